import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { inProject, ownStorefront } from '../../local/paths.ts';
import { storefrontFrom } from '../../local/storefront.ts';
import { upstreamOf } from '../../scripts/create/git.ts';
import { folderProblem, nameFromFolder, nameProblem } from '../../scripts/create/names.ts';
import { isOfATeam } from '../support/chapters.ts';
import { type Ended, runScript } from '../support/scripts.ts';

// Follows docs/in-your-project.md literally: a project is made from a copy of this one, a team changes its
// storefront and adds a migration, Staybase makes a release, and the release is merged.

const name = "Ann & Bob's Stays";
const place = mkdtempSync(join(tmpdir(), 'staybase-create-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const [staybase, project] = [join(place, 'staybase'), join(place, 'my-stays')];

/** Nobody's settings but these. */
const config = join(place, 'gitconfig');
const env = {
  PATH: process.env.PATH,
  HOME: join(place, 'home'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: config,
  // As if typed in the folder of Staybase.
  INIT_CWD: staybase,
};

const git = (cwd: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout.trim();
};
const write = (folder: string, file: string, to: (text: string) => string) => {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, to(existsSync(path) ? readFileSync(path, 'utf8') : ''));
};
const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');
const commit = (folder: string, message: string) => {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
};
const create = (args: string[], settings = {}, cwd = staybase): Promise<Ended> =>
  runScript('create', args, { ...env, ...settings }, cwd);

/** The only block of the document with these words, as a shell runs it in a folder. */
function follow(words: string, cwd: string): void {
  const found = [...read(inProject(), 'docs/in-your-project.md').matchAll(/^```sh\n([^]*?)^```$/gm)]
    .map(([, text = '']) => text).filter((text) => text.includes(words));
  expect(found, words).toHaveLength(1);
  const path = [inProject('node_modules', '.bin'), env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-euc', found[0] ?? ''], {
    cwd,
    env: { ...env, PATH: path },
    encoding: 'utf8',
  });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.any(String) });
}

beforeAll(() => {
  writeFileSync(config, '[user]\n  name = Ada\n  email = ada@example.com\n');
  mkdirSync(env.HOME);
  // Without what is large and not needed.
  const isLeftOut = (path: string) =>
    ['node_modules', 'dist', 'pictures', 'openapi.json', 'schema.js', '.temp'].includes(
      basename(path),
    );
  for (
    const part of [
      ...['.gitignore', 'CHANGELOG.md', 'README.md', 'package.json', 'tsconfig.json'],
      ...['docs', 'examples', 'local', 'packages', 'scripts', 'supabase', 'types'],
    ]
  ) {
    cpSync(inProject(part), join(staybase, part), {
      recursive: true,
      // Nor the migrations of a team, if this is its project.
      filter: (path) => !isLeftOut(path) && !isOfATeam(basename(path)),
    });
  }
  git(staybase, 'init', '--quiet', '--initial-branch=main');
  symlinkSync(inProject('node_modules'), join(staybase, 'node_modules'));
  // To git a link is not a folder, so the slash in .gitignore does not match it.
  writeFileSync(join(staybase, '.git/info/exclude'), 'node_modules\n');
  commit(staybase, 'Staybase');
  git(staybase, 'tag', 'v0.1.0');
  follow('npm run create', staybase);
});

test('a project is the history of Staybase and one commit, in a folder that Staybase does not have', () => {
  expect(git(project, 'log', '--format=%s')).toBe(
    'storefront: My Stays, from the example of Staybase\nStaybase',
  );
  expect(git(project, 'status', '--porcelain')).toBe('');
  expect(git(project, 'branch', '--show-current')).toBe('main');
  const changed = git(project, 'diff', '--name-only', 'HEAD^').split('\n');
  expect(changed.length).toBeGreaterThan(100);
  expect(changed.filter((file) => !file.startsWith(`${ownStorefront}/`))).toEqual([]);
  expect(git(staybase, 'ls-files', 'apps')).toBe('');
  // No temporary folder is left next to it.
  expect(readdirSync(place).sort()).toEqual(['gitconfig', 'home', 'my-stays', 'staybase']);
});

test("Staybase's releases are refs of upstream, not tags of the project", () => {
  expect(git(project, 'tag')).toBe('');
  expect(git(project, 'rev-parse', 'upstream/v0.1.0')).toBe(git(staybase, 'rev-parse', 'v0.1.0'));
  git(staybase, 'tag', 'v0.1.1');
  git(project, 'fetch', '--quiet', 'upstream');
  expect(git(project, 'tag')).toBe('');
  expect(git(project, 'rev-parse', 'upstream/v0.1.1')).toBe(git(staybase, 'rev-parse', 'main'));
});

test("the storefront has the team's name, and npm start serves it", () => {
  expect(JSON.parse(read(project, 'apps/storefront/package.json'))).toMatchObject({
    name: 'my-stays',
    displayName: 'My Stays',
    private: true,
  });
  expect(JSON.parse(read(project, 'apps/storefront/package.json'))).not.toHaveProperty('license');
  expect(read(project, 'apps/storefront/README.md')).toMatch(/^# My Stays\n/);
  expect(storefrontFrom({}, project)).toMatchObject({
    site: { folder: join(project, 'apps/storefront') },
    name: 'My Stays',
  });
});

test('the storefront is built with the name in its title and in its script', async () => {
  expect((await create(['../named-stays', '--name', ` ${name} `])).stdout).toContain(
    `${name} is in ${join(place, 'named-stays')}.\n\n  cd ../named-stays\n  npm ci\n  npm start\n`,
  );
  const named = join(place, 'named-stays');
  symlinkSync(inProject('node_modules'), join(named, 'node_modules'));
  const built = spawnSync(inProject('node_modules/.bin/vite'), ['build', '--logLevel', 'warn'], {
    cwd: join(named, 'apps/storefront'),
    encoding: 'utf8',
  });
  expect(built.stdout + built.stderr).toBe('');
  expect(read(named, 'apps/storefront/dist/index.html'))
    .toContain(`<title>Ann &amp; Bob's Stays</title>`);
  const scripts = globSync('apps/storefront/dist/assets/*.js', { cwd: named })
    .map((file) => read(named, file));
  expect(scripts.some((text) => text.includes(name))).toBe(true);
  expect(scripts.some((text) => text.includes('Staybase, '))).toBe(false);
  // The build is not committed.
  expect(git(named, 'status', '--porcelain', '--', 'apps')).toBe('');
});

const migration = 'supabase/migrations/30270301090000_hosts_can_lend_bicycles.sql';
const teams = [
  'apps/storefront/src/layout/footer.tsx',
  'apps/storefront/src/pages/about.tsx',
  migration,
];

test('a release is merged without a conflict, and leaves what the team wrote as it is', () => {
  write(project, teams[0]!, (text) => text.replace("'site-footer'", "'site-footer our-footer'"));
  write(project, teams[1]!, () => 'export default () => <p>About us</p>;\n');
  write(project, teams[2]!, () => '-- Hosts can lend bicycles: a team wrote this.\n\nselect 1;\n');
  write(project, 'supabase/functions/lend-bicycles/index.ts', () => 'export default {};\n');
  write(
    project,
    'supabase/config.toml',
    (text) => `${text}\n[functions.lend-bicycles]\nverify_jwt = false\n`,
  );
  commit(project, 'our footer, a page, bicycles');
  const before = git(project, 'rev-parse', 'HEAD');

  write(staybase, 'README.md', (text) => text.replace('# Staybase', '# Staybase 9'));
  write(
    staybase,
    'package.json',
    (text) => text.replace(/"version": "[^"]+"/, '"version": "9.0.0"'),
  );
  write(staybase, 'examples/storefront/src/layout/footer.tsx', (text) => `${text}// Newer.\n`);
  write(staybase, 'examples/storefront/src/layout/news.tsx', () => 'export {};\n');
  write(staybase, 'supabase/migrations/20270101000000_guests_can_wave.sql', () => 'select 1;\n');
  write(
    staybase,
    'supabase/config.toml',
    (text) => text.replace('[analytics]', '[functions.wave]\nverify_jwt = false\n\n[analytics]'),
  );
  commit(staybase, 'Release 9.0.0');
  git(staybase, 'tag', 'v1.2.3');

  follow('git merge', project);
  expect(git(project, 'status', '--porcelain')).toBe('');
  expect(read(project, 'README.md')).toContain('# Staybase 9');
  expect(read(project, 'examples/storefront/src/layout/footer.tsx')).toContain('// Newer.');
  expect(git(project, 'diff', '--name-only', before, 'HEAD', '--', 'apps', migration)).toBe('');
  const settings = read(project, 'supabase/config.toml');
  for (const there of ['[functions.wave]', '[functions.lend-bicycles]']) {
    expect(settings).toContain(there);
  }
});

test('the team can take changes of the example over into its storefront', () => {
  follow('git apply', project);
  const footer = read(project, teams[0]!);
  expect(footer).toContain('our-footer');
  expect(footer).toContain('// Newer.');
  expect(existsSync(join(project, 'apps/storefront/src/layout/news.tsx'))).toBe(true);
  git(project, 'reset', '--quiet', '--hard');
});

/** Everything in a folder and below, with what is in it. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    // Others write into their caches.
    .filter((path) => !/\.git\/|\/node_modules\//.test(path))
    .toSorted();

/** A folder for one test. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-create-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function expectRefused(args: string[], why: string, where: string, settings = {}) {
  const before = contents(where);
  const { code, stdout, stderr } = await create(args, settings);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(why);
  expect(stderr).toMatch(/\nNothing was changed\.\n$/);
  expect(contents(where)).toEqual(before);
}

test('a folder that is taken or impossible and an invalid name are refused, and nothing is changed', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'taken/deep'), { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nowhere', join(folder, 'link'));
  for (const taken of ['taken', 'file', 'link']) {
    const there = join(folder, taken);
    await expectRefused([there], `${there} already exists and is not an empty folder.`, folder);
  }
  const far = join(folder, 'none', 'my-stays');
  await expectRefused([far], `The folder ${join(folder, 'none')} does not exist.`, folder);
  await expectRefused(['docs/my-stays'], "is inside Staybase's own checkout", staybase);
  await expectRefused(
    [join(folder, 'My Stays')],
    '"My Stays" can\'t be the name of the folder',
    folder,
  );
  await expectRefused(
    [join(folder, 'my-stays'), '--name', 'My "Stays"'],
    `"My "Stays"" can't be the name of a marketplace`,
    folder,
  );
});

test('a folder name is a valid package name, and a site name fits on one line', () => {
  for (const good of ['stays', 'my-stays', '24-hours', 'a', 'a'.repeat(60)]) {
    expect([good, folderProblem(good)]).toEqual([good, undefined]);
  }
  const bad = [
    '',
    'My-Stays',
    'my stays',
    'my_stays',
    '-my',
    'my-',
    'my--stays',
    '.my',
    'mÿ',
    '..',
  ];
  for (const name of [...bad, 'a'.repeat(61)]) {
    expect([name, folderProblem(name)]).not.toContain(undefined);
  }
  for (const good of ['My Stays', 'Ann & Bob’s', '民宿', 'Ü', 'x'.repeat(60)]) {
    expect([good, nameProblem(good)]).toEqual([good, undefined]);
  }
  for (
    const name of ['', ' ', '&', 'a\nb', 'a\u2028b', 'a<b', 'a>b', 'a"b', 'a\\b', 'x'.repeat(61)]
  ) {
    expect([name, nameProblem(name)]).not.toContain(undefined);
  }
  expect(nameFromFolder('my-24-stays')).toBe('My 24 Stays');
});

test('without git, a repository or a user name in git, the command says what is missing', async () => {
  const folder = emptyFolder();
  const to = join(folder, 'my-stays');
  const nobody = join(folder, 'gitconfig');
  writeFileSync(nobody, '');
  await expectRefused([to], 'git does not know who you are', folder, { GIT_CONFIG_GLOBAL: nobody });
  await expectRefused([to], 'git cannot be run: ', folder, { PATH: '/nowhere' });

  // As a tarball is unpacked, in somebody else's repository too.
  const unpacked = join(folder, 'unpacked');
  for (const part of ['scripts', 'local']) {
    cpSync(inProject(part), join(unpacked, part), { recursive: true });
  }
  symlinkSync(inProject('node_modules'), join(unpacked, 'node_modules'));
  for (const around of ['', folder]) {
    if (around !== '') git(around, 'init', '--quiet');
    const { code, stderr } = await create([to], {}, unpacked);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${unpacked} has no git repository`),
    ]);
    expect(stderr).toContain('Clone Staybase with git clone');
    expect(existsSync(to)).toBe(false);
  }

  // A project is not made of a project.
  const { stderr } = await create([to], {}, project);
  expect(stderr).toContain(`${project} is already a project`);
});

test('an empty folder and a shallow clone can be used, and releases can be merged afterwards', async () => {
  const folder = emptyFolder();
  const shallow = join(folder, 'staybase');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${staybase}`, shallow);
  symlinkSync(inProject('node_modules'), join(shallow, 'node_modules'));
  const to = join(folder, 'my-stays');
  mkdirSync(to);
  const { code, stdout } = await create([to], { INIT_CWD: folder }, shallow);
  expect([code, stdout]).toEqual([0, expect.stringContaining('  cd my-stays\n')]);
  // What it says comes next is done below.
  expect(stdout).toContain('\n  git fetch upstream\n  git merge upstream/main\n');
  // The link to the packages is not committed.
  expect(stdout).toContain(`Not included: uncommitted changes in ${shallow} (1 file).`);
  expect(git(to, 'remote', 'get-url', 'upstream')).toBe(`file://${staybase}`);

  write(staybase, 'README.md', (text) => `${text}\nOne line more.\n`);
  commit(staybase, 'One line more');
  git(to, 'fetch', '--quiet', 'upstream');
  git(to, 'merge', '--quiet', 'upstream/main');
  expect(read(to, 'README.md')).toContain('One line more.');
});

test('upstream is the remote of the checkout, without its password', () => {
  expect(upstreamOf('/a/staybase', {})).toBe('/a/staybase');
  const from = (origin: string) => upstreamOf('/a/staybase', { origin });
  expect(from('https://user:secret@example.com/staybase.git'))
    .toBe('https://example.com/staybase.git');
  for (
    const same of ['git@example.com:our/staybase.git', 'ssh://git@example.com/s', '/b/staybase']
  ) {
    expect(from(same)).toBe(same);
  }
  expect(from('../mirror')).toBe('/a/mirror');
  expect(upstreamOf('/a', { origin: 'https://fork.example/', upstream: 'https://first.example/' }))
    .toBe('https://first.example/');
});

test('an interrupted run leaves nothing behind', async () => {
  const folder = emptyFolder();
  // A git that stops at the commit, when everything else is done.
  const slow = join(folder, 'bin');
  const found = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(slow);
  writeFileSync(
    join(slow, 'git'),
    `#!/bin/sh\nif [ "$1" = commit ]; then echo > "${slow}/reached"; exec sleep 1000; fi\nexec ${found} "$@"\n`,
  );
  chmodSync(join(slow, 'git'), 0o755);
  const before = readdirSync(folder);
  const child = spawn(
    inProject('node_modules/.bin/node'),
    ['scripts/create.ts', join(folder, 'my-stays')],
    { cwd: staybase, env: { ...env, PATH: `${slow}${delimiter}${env.PATH}` } },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => said += text);
  const ended = once(child, 'exit');
  await expect.poll(() => existsSync(join(slow, 'reached'))).toBe(true);
  // The temporary folder exists, next to the destination.
  expect(readdirSync(folder).filter((entry) => entry.startsWith('.my-stays-'))).toHaveLength(1);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(said).toBe('Interrupted. Nothing was changed.\n');
  expect(readdirSync(folder)).toEqual(before);
});
