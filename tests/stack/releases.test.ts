import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { notesOf, releaseNotes, unreleasedNotes } from '../../scripts/release/changelog.ts';
import { frozenProblems } from '../../scripts/release/frozen.ts';
import { badMigration, example } from '../support/changing-the-schema.ts';
import { runScript } from '../support/scripts.ts';

/** squawk is installed by `npm run lint:migrations` and by CI. */
const isSquawkThere = existsSync(inProject('lint', 'node_modules', '.bin', 'squawk'));

test('no migration that was released is edited or gone, and each new one has its place and name', () => {
  expect(frozenProblems(inProject())).toEqual([]);
});

test('CHANGELOG.md has notes for what is not released, and for the version of the package', () => {
  const changelog = readFileSync(inProject('CHANGELOG.md'), 'utf8');
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  const { releases } = JSON.parse(readFileSync(inProject('supabase/releases.json'), 'utf8'));
  if (releases.length === 0) expect(unreleasedNotes(changelog)).not.toBe('');
  else expect(notesOf(changelog, version)).toBeTruthy();
});

test('notes move under their version, and those of older versions stay', () => {
  const first = releaseNotes(
    '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n',
    '1.0.0',
    'day 1',
  );
  expect(first).toBe(
    '# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - day 1\n\n### Added\n\n- A.\n',
  );
  const second = releaseNotes(
    first.replace('[Unreleased]\n', () => '[Unreleased]\n\n- $& B.\n'),
    '1.1.0',
    'day 2',
  );
  expect([notesOf(second, '1.1.0'), notesOf(second, '1.0.0')]).toEqual([
    '- $& B.',
    '### Added\n\n- A.',
  ]);
  expect(() => releaseNotes(second, '1.2.0', 'day 3')).toThrow('nothing under "Unreleased"');
});

/** A repository of its own, in which the chapters are frozen. */
const copy = mkdtempSync(join(tmpdir(), 'staybase-release-'));
afterAll(() => rmSync(copy, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' }).trim();
const path = (file: string) => join(copy, file);
const read = (file: string) => readFileSync(path(file), 'utf8');
const write = (file: string, text: string) => writeFileSync(path(file), text);
const migration = ({ path: file, sql }: { path: string; sql: string }) => write(file, sql);
const commit = () => (git('add', '-A'), git('commit', '--quiet', '--message', 'a change'));

async function run(script: string, ...args: string[]): Promise<{ said: string; code: number }> {
  const { said, code } = await runScript(script, args, process.env, copy);
  return { said, code };
}

beforeAll(() => {
  for (
    const part of [
      ...['package.json', 'package-lock.json', 'CHANGELOG.md', '.gitignore', 'local', 'scripts'],
      ...['supabase/migrations', 'supabase/releases.json', 'lint/squawk.toml'],
    ]
  ) cpSync(inProject(part), path(part), { recursive: true });
  // Before the first release everything is open.
  write('supabase/releases.json', '{ "releases": [] }\n');
  write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\n- Everything.\n');
  write('package.json', read('package.json').replace(/"version": "[^"]+"/, '"version": "0.1.0"'));
  symlinkSync(inProject('node_modules'), path('node_modules'));
  if (isSquawkThere) symlinkSync(inProject('lint', 'node_modules'), path('lint/node_modules'));
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Release test');
  git('config', 'user.email', 'release@example.com');
  // A link is no folder to git, so the slash of .gitignore does not match it.
  write('.git/info/exclude', 'node_modules\n');
  commit();
});

test('a version before 1.0 freezes nothing', async () => {
  expect(await run('release', '0.2.0')).toMatchObject({
    code: 0,
    said: expect.stringContaining('no migration was frozen'),
  });
  expect(await run('lint-migrations')).toMatchObject({ code: 0 });
});

test('a release refuses an uncommitted change, an older version and an empty changelog', async () => {
  const first = 'supabase/migrations/20260101000101_ground_schemas.sql';
  const chapter = read(first);
  write(first, `${chapter}\n-- Edited.\n`);
  expect((await run('release', '1.0.0')).said).toContain('uncommitted');
  write(first, chapter);
  for (const version of ['0.2.0', '0.1.9', '1.0', 'v1.0.0', '']) {
    expect((await run('release', version)).code).toBe(1);
  }
  expect((await run('release', '1.0.0')).said).toContain('nothing under "Unreleased"');
  expect(git('tag')).toBe('v0.2.0');
  expect(git('status', '--porcelain')).toBe('');
});

test('version 1.0.0 freezes every chapter, bumps the version and is one commit with a tag', async () => {
  write(
    'CHANGELOG.md',
    read('CHANGELOG.md').replace('[Unreleased]\n', '[Unreleased]\n\n- Stable.\n'),
  );
  commit();
  expect(await run('release', '1.0.0')).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^v1\.0\.0 is committed and tagged; \d+ migrations are frozen/),
  });
  expect(git('describe')).toBe('v1.0.0');
  expect(git('log', '-1', '--format=%s', '--name-only').split('\n')).toEqual([
    'release: 1.0.0',
    '',
    'CHANGELOG.md',
    'package-lock.json',
    'package.json',
    'supabase/releases.json',
  ]);
  const lock = JSON.parse(read('package-lock.json'));
  expect([JSON.parse(read('package.json')).version, lock.version, lock.packages[''].version])
    .toEqual(['1.0.0', '1.0.0', '1.0.0']);
  expect(notesOf(read('CHANGELOG.md'), '1.0.0')).toBe('- Stable.');
  expect(frozenProblems(copy)).toEqual([]);
});

test('an edited, a removed and a late chapter are found once they are frozen', async () => {
  const edited = 'supabase/migrations/20260101000201_people_profiles.sql';
  const chapter = read(edited);
  write(edited, `${chapter}-- One word more.\n`);
  expect(frozenProblems(copy)).toEqual([
    expect.stringContaining('20260101000201_people_profiles.sql was edited after its release'),
  ]);
  expect(await run('lint-migrations')).toMatchObject({ code: 1 });
  rmSync(path(edited));
  expect(frozenProblems(copy)).toEqual([expect.stringContaining('is missing')]);
  write(edited, chapter);

  const late = 'supabase/migrations/20260101000202_guests_can_have_pets.sql';
  write(late, 'select 1;\n');
  expect(frozenProblems(copy)).toEqual([expect.stringContaining('sorts before')]);
  rmSync(path(late));
});

test('a migration is named by the time and a sentence about the product', () => {
  const problemsOf = (name: string) => {
    write(`supabase/migrations/${name}.sql`, 'select 1;\n');
    const problems = frozenProblems(copy);
    rmSync(path(`supabase/migrations/${name}.sql`));
    return problems.length;
  };
  expect(problemsOf('20270301090000_hosts_can_set_an_entry_code')).toBe(0);
  for (
    const name of [
      '20270301090000_add_entry_code',
      '20270301090000_entry_code',
      '20270301090000_Hosts_can_set',
      '20271301090000_hosts_can_set_codes',
      '3_hosts_can_set_codes',
    ]
  ) expect([name, problemsOf(name) > 0]).toEqual([name, true]);
});

test.skipIf(!isSquawkThere)('a migration that rewrites or blocks a table is refused', async () => {
  const bad = 'supabase/migrations/20270301090000_stays_have_a_reference.sql';
  write(bad, badMigration);
  const { code, said } = await run('lint-migrations');
  expect(code).toBe(1);
  for (
    const rule of [
      'adding-field-with-default',
      'require-concurrent-index-creation',
      'adding-required-field',
    ]
  ) expect(said).toMatch(new RegExp(`stays_have_a_reference.sql:\\d: ${rule}`));

  write('CHANGELOG.md', read('CHANGELOG.md').replace('[Unreleased]\n', '[Unreleased]\n\n- Bad.\n'));
  commit();
  expect((await run('release', '1.1.0')).said).toContain('adding-required-field');
  rmSync(path(bad));
  commit();
});

test.skipIf(!isSquawkThere)('the worked example passes, as does an index of its own', async () => {
  example.forEach(migration);
  const index = 'supabase/migrations/20270602090000_codes_are_found_by_their_home.sql';
  const create =
    'create index concurrently access_code_idx on public.listing_access (entry_code);\n';
  write(index, create);
  expect((await run('lint-migrations')).said).toContain('begin with drop index concurrently');
  write(index, `drop index concurrently if exists public.access_code_idx;\n${create}`);
  expect(await run('lint-migrations')).toMatchObject({
    code: 0,
    said: expect.stringContaining('entry_codes_replace_door_codes.sql'),
  });
});

test.skipIf(!isSquawkThere)('a rule is set aside only with a reason', async () => {
  const [, , contract] = example;
  if (contract === undefined) throw new Error('The guide has three migrations.');
  migration({ ...contract, sql: contract.sql.replace(/^-- Release 2.*\n/m, '') });
  expect((await run('lint-migrations')).said).toContain('say why');
  migration({ ...contract, sql: contract.sql.replace(/^-- squawk-ignore.*\n/m, '') });
  expect((await run('lint-migrations')).said).toContain('ban-drop-column');
  migration(contract);
});

test('the next release freezes only what is new', async () => {
  if (!isSquawkThere) return;
  commit();
  expect((await run('release', '1.1.0')).said).toContain('4 migrations are frozen');
  expect(await run('lint-migrations')).toMatchObject({
    code: 0,
    said: expect.stringContaining('No migration is newer'),
  });
});
