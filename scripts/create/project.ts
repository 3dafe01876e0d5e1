import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { exampleStorefront, ownStorefront } from '../../local/paths.ts';
import { type Git, GitFailed, gitIn, upstreamOf } from './git.ts';
import { folderProblem, nameProblem } from './names.ts';

/** Something has to be fixed first; nothing was changed. */
export class CreateRefused extends Error {}

export interface Created {
  /** Where upgrades come from. */
  upstream: string;
  /** Files of the checkout with uncommitted changes, which the project does not have. */
  uncommitted: number;
}

/**
 * Makes a project: a git repository with the history of a checkout of Staybase, so that releases can be
 * merged, and on top of it one commit with a storefront of that name, in a folder that Staybase never
 * has. It is made in a temporary folder next to the destination, which is renamed when it is complete.
 * @throws `CreateRefused` when it can't be
 */
export async function createProject(
  { checkout, folder, name, signal }: {
    /** Of Staybase. */
    checkout: string;
    /** Absolute. */
    folder: string;
    /** What guests know it by. */
    name: string;
    signal: AbortSignal;
  },
): Promise<Created> {
  const problem = folderProblem(basename(folder)) ?? nameProblem(name) ??
    placeProblem(folder, checkout);
  if (problem !== undefined) throw new CreateRefused(problem);
  try {
    const here = gitIn(checkout, signal);
    await checkCheckout(checkout, here);
    const upstream = upstreamOf(checkout, await remotesOf(here));
    const uncommitted = lines(await here('status', '--porcelain')).length;

    const draft = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    try {
      chmodSync(draft, 0o777 & ~process.umask());
      const git = gitIn(draft, signal);
      await git('init', '--quiet', '--initial-branch=main');
      await checkIdentity(git);
      await takeHistory(git, checkout, upstream);
      makeStorefront(draft, basename(folder), name);
      await git('add', '--', ownStorefront);
      await git('commit', '--quiet', `--message=storefront: ${name}, from the example of Staybase`);
      putInPlace(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
    return { upstream, uncommitted };
  } catch (error) {
    if (error instanceof GitFailed) throw new CreateRefused(error.message);
    throw error;
  }
}

const lines = (text: string) => text.split('\n').filter(Boolean);

/** Why the folder can't be made there. */
function placeProblem(folder: string, checkout: string): string | undefined {
  const parent = dirname(folder);
  if (!existsSync(parent) || !statSync(parent).isDirectory()) {
    return `The folder ${parent} does not exist.`;
  }
  const place = lstatSync(folder, { throwIfNoEntry: false });
  if (place !== undefined && !(place.isDirectory() && readdirSync(folder).length === 0)) {
    return `${folder} already exists and is not an empty folder.`;
  }
  const fromCheckout = relative(realpathSync(checkout), realpathSync(parent));
  if (!fromCheckout.startsWith('..')) {
    return `${folder} is inside Staybase's own checkout; choose a folder outside it.`;
  }
  return undefined;
}

async function checkCheckout(checkout: string, git: Git): Promise<void> {
  // A copy without a repository may lie inside another repository.
  const top = await git('rev-parse', '--show-toplevel').catch((error: Error) => {
    if (error.message.includes('not a git repository')) return '';
    throw error;
  });
  if (top === '' || realpathSync(top) !== realpathSync(checkout)) {
    throw new CreateRefused(
      `${checkout} has no git repository, and without its history no upgrade could be merged later. ` +
        'Clone Staybase with git clone, and run this there.',
    );
  }
  if (existsSync(join(checkout, ownStorefront))) {
    throw new CreateRefused(
      `${checkout} is already a project: it has ${ownStorefront}. Run this in a checkout of Staybase.`,
    );
  }
}

async function checkIdentity(git: Git): Promise<void> {
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    // Otherwise git guesses it from the names of the account and the machine.
    await git('-c', 'user.useConfigOnly=true', 'var', who).catch((error: Error) => {
      if (!/user\.(name|email)|no email|ident/i.test(error.message)) throw error;
      throw new CreateRefused(
        'git does not know who you are, and the project begins with a commit. Tell it once:\n' +
          '  git config --global user.name "Your Name"\n' +
          '  git config --global user.email you@example.com',
      );
    });
  }
}

async function remotesOf(git: Git): Promise<Record<string, string>> {
  const remotes: Record<string, string> = {};
  for (const remote of lines(await git('remote'))) {
    remotes[remote] = await git('remote', 'get-url', remote);
  }
  return remotes;
}

/**
 * The commit of the checkout and all before it. Staybase's tags become upstream/v1.2.3: as tags of the
 * project they would conflict with its own, and be pushed with them, which would deploy them.
 */
async function takeHistory(git: Git, checkout: string, upstream: string): Promise<void> {
  const tags = '+refs/tags/*:refs/remotes/upstream/*';
  // From a shallow clone comes what it has; later releases can still be merged.
  await git('fetch', '--quiet', '--no-tags', '--update-shallow', checkout, 'HEAD', tags);
  await git('reset', '--quiet', '--hard', 'FETCH_HEAD');
  await git('remote', 'add', 'upstream', upstream);
  await git('config', '--add', 'remote.upstream.fetch', tags);
  await git('config', 'remote.upstream.tagOpt', '--no-tags');
}

/** Makes the example the team's storefront: only its package.json and README contain the name. */
function makeStorefront(project: string, slug: string, name: string): void {
  const own = join(project, ownStorefront);
  cpSync(join(project, exampleStorefront), own, { recursive: true });
  const change = (file: string, to: (text: string) => string) =>
    writeFileSync(join(own, file), to(readFileSync(join(own, file), 'utf8')));
  change('package.json', (text) => {
    const { license: _, ...described } = JSON.parse(text);
    return JSON.stringify({ ...described, name: slug, displayName: name }, null, 2) + '\n';
  });
  change('README.md', (text) => text.replace(/^# .*/, () => `# ${name}`));
}

function putInPlace(draft: string, folder: string): void {
  try {
    // Only on POSIX can a rename replace an empty folder.
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(draft, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    throw new CreateRefused(`${folder} is no longer empty.`);
  }
}
