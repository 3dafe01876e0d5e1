/**
 * npm run create -- ../my-stays: a project of your own, with Staybase as its backend and a storefront that
 * no upgrade touches.
 */
import { basename, relative, resolve } from 'node:path';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { projectDirectory } from '../local/paths.ts';
import { isFolder } from './create/git.ts';
import { nameFromFolder } from './create/names.ts';
import { type Created, createProject, CreateRefused } from './create/project.ts';

const usage =
  `Makes a project of your own: a git repository with Staybase as its backend, and a storefront in
apps/storefront that no upgrade touches. docs/in-your-project.md describes it.

  npm run create -- FOLDER                such as ../my-stays; its name becomes that of the npm package
  npm run create -- FOLDER --name NAME    what guests see; by default from the folder's name: My Stays`;

const { positionals: [named, ...rest], values } = readCommandLine(usage, {
  allowPositionals: true,
  options: { name: { type: 'string' } },
});
if (named === undefined || rest.length > 0) endWithUsage(usage, 'Name one folder.');

// npm runs this in the folder of the package; INIT_CWD is where the command was typed.
const typedIn = process.env.INIT_CWD ?? process.cwd();
const folder = resolve(typedIn, named);
const name = values.name?.trim() ?? nameFromFolder(basename(folder));
const stopping = new AbortController();

const creating = createProject({
  checkout: projectDirectory,
  folder,
  name,
  signal: stopping.signal,
});
endWhenTold(async () => {
  stopping.abort();
  await creating.catch(() => {});
});
try {
  console.log(whatNext(await creating));
} catch (error) {
  if (stopping.signal.aborted) console.error('Interrupted. Nothing was changed.');
  else if (error instanceof CreateRefused) {
    console.error(`${error.message}\nNothing was changed.`);
    process.exitCode = 1;
  } else throw error;
}

function whatNext({ upstream, uncommitted }: Created): string {
  const to = relative(typedIn, folder);
  return `${name} is in ${folder}.

  cd ${/^[\w./-]+$/.test(to) ? to : `'${to.replaceAll("'", `'\\''`)}'`}
  npm ci
  npm start

apps/storefront is yours: npm run dev in it shows each change as you save it.
Everything else is Staybase's, and changes when you upgrade:

  git fetch upstream
  git merge upstream/main

To put it on a server of yours:

  git remote add origin ADDRESS
  git push --set-upstream origin main

docs/in-your-project.md says more.${
    isFolder(upstream)
      ? `\n\nupstream is a folder on this machine, ${upstream}. Once Staybase has an address:
  git remote set-url upstream ADDRESS`
      : ''
  }${
    uncommitted === 0
      ? ''
      : `\n\nNot included: uncommitted changes in ${projectDirectory} (${uncommitted} ${
        uncommitted === 1 ? 'file' : 'files'
      }).`
  }`;
}
