/** What a name is refused with; undefined for a good one. */
type Problem = string | undefined;

// That of a directory, an npm package and whatever else wants an address: one rule for all.
const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const folderProblem = (folder: string): Problem =>
  slug.test(folder) && folder.length <= 60 ? undefined : `"${folder}" can't be the name of the ` +
    'folder, which is also that of an npm package: at most 60 lower-case letters, digits and single ' +
    'hyphens, such as my-stays.';

// It is the sender of e-mails too, where these would end a name.
export const nameProblem = (name: string): Problem =>
  /^[^<>"\\\p{C}\p{Zl}\p{Zp}]{1,60}$/u.test(name) && /[\p{L}\p{N}]/u.test(name)
    ? undefined
    : `"${name}" can't be the name of a marketplace: at most 60 characters on one line, ` +
      'without < > " and \\.';

/** "my-stays" is "My Stays". */
export const nameFromFolder = (folder: string): string =>
  folder.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(' ');
