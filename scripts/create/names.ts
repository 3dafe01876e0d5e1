/** Why a name is refused; undefined for a valid one. */
type Problem = string | undefined;

// One rule for a directory, an npm package and anything else that needs a URL-safe name.
const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const folderProblem = (folder: string): Problem =>
  slug.test(folder) && folder.length <= 60 ? undefined : `"${folder}" can't be the name of the ` +
    'folder, which is also the name of an npm package: at most 60 lower-case letters, digits and single ' +
    'hyphens, such as my-stays.';

// The name is also the sender of e-mails, where these characters would end it.
export const nameProblem = (name: string): Problem =>
  /^[^<>"\\\p{C}\p{Zl}\p{Zp}]{1,60}$/u.test(name) && /[\p{L}\p{N}]/u.test(name)
    ? undefined
    : `"${name}" can't be the name of a marketplace: at most 60 characters on one line, ` +
      'without < > " and \\.';

/** "my-stays" becomes "My Stays". */
export const nameFromFolder = (folder: string): string =>
  folder.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(' ');
