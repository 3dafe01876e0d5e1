import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { baseTemplate, createDatabase } from '../../local/postgres/templates.ts';
import { runScript } from '../support/scripts.ts';
import { processes } from '../support/stack-process.ts';
import { startThrowaway, type Throwaway } from '../../local/postgres/throwaway.ts';

const run = promisify(execFile);
let throwaway: Throwaway;

beforeAll(async () => {
  throwaway = await startThrowaway();
  await createDatabase(throwaway.cluster, 'hosted', await baseTemplate(throwaway.cluster));
});
afterAll(() => throwaway.stop());

const revision = '0123456789abcdef0123456789abcdef01234567';

/** What `npm run deploy` prints, and its exit code. */
async function deploy(
  env: Record<string, string> = {},
  ...args: string[]
): Promise<{ said: string; code: number }> {
  const { said, code } = await runScript('deploy', args, {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DATABASE_URL: throwaway.cluster.url('hosted'),
    STAYBASE_REVISION: revision,
    ...env,
  });
  return { said, code };
}

interface Finding {
  name: string;
  detail: string;
  metadata: { schema: string };
}

/** What Supabase's advisors find, down to the level of hints. */
async function advisorFindings(): Promise<Finding[]> {
  const { stdout } = await run(inProject('node_modules', '.bin', 'supabase'), [
    ...['db', 'advisors', '--type', 'all', '--level', 'info'],
    `--remote=${throwaway.cluster.url('hosted')}`,
  ], { cwd: inProject(), env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' } });
  return JSON.parse(stdout) as Finding[];
}

test('a dry run says what would be done and does nothing', async () => {
  const dry = await deploy({}, '--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    said: expect.stringMatching(/migrations: to do\n {2}ground_schemas\n[\s\S]*dry run/),
  });
  const { rows } = await throwaway.cluster.using(
    'hosted',
    'postgres',
    (client) => client.query(`select to_regclass('public.profiles') as profiles`),
  );
  expect(rows).toEqual([{ profiles: null }]);
});

test('a database gets the schema, a second deploy changes nothing, and no process shows a password', async () => {
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const { command } of processes()) seen.add(command);
      await new Promise((wake) => setTimeout(wake, 10));
    }
  })();
  const first = await deploy();
  isOver = true;
  await watching;
  expect([...seen]).toContainEqual(expect.stringContaining('scripts/deploy.ts'));
  expect([...seen].filter((command) => command.includes(':postgres@'))).toEqual([]);
  expect(first).toMatchObject({ code: 0, said: expect.stringContaining('migrations ...') });
  const second = await deploy();
  expect(second).toMatchObject({
    code: 0,
    said: expect.stringMatching(/migrations: up to date[\s\S]*functions: not from here/),
  });
  expect(second.said).not.toContain(' ...\n');
});

test('the advisors of Supabase find nothing to mend', async () => {
  // No index is used in an empty database; tables of `private` have no policies because nobody may read them.
  const findings = (await advisorFindings()).filter(({ name, metadata }) =>
    name !== 'unused_index' && !(name === 'rls_enabled_no_policy' && metadata.schema === 'private')
  );
  // Read when they were made, so no path changes what their names mean, and a setting would keep the planner from
  // seeing into them (search, tests/database/house.test.sql).
  const { rows: seenThrough } = await throwaway.cluster.using(
    'hosted',
    'postgres',
    (client) =>
      client.query<{ name: string }>(
        `select pronamespace::regnamespace || '.' || proname as name from pg_proc
         where pronamespace in ('private'::regnamespace, 'public'::regnamespace)
           and prosqlbody is not null and proconfig is null`,
      ),
  );
  expect(seenThrough.length).toBeGreaterThan(5);
  // Postgres lets a procedure that commits have no settings; all its names say their schema.
  const without = ['private.run_due_jobs', ...seenThrough.map(({ name }) => name)];
  expect(findings.map(({ detail }) => detail).toSorted()).toEqual(
    without.map((name) => `Function \`${name}\` has a role mutable search_path`).toSorted(),
  );
});

test('the small town is refused by a project that is not local, and leaves nothing there', async () => {
  const push = run(inProject('node_modules', '.bin', 'supabase'), [
    ...['db', 'push', '--include-seed', '--yes', '--skip-vault'],
    `--remote=${throwaway.cluster.url('hosted')}`,
  ], { cwd: inProject(), env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' } });
  await expect(push).rejects.toMatchObject({ stderr: expect.stringContaining('not_local') });
  const { rows } = await throwaway.cluster.using('hosted', 'postgres', (client) =>
    client.query(
      `select (select count(*) from public.profiles)::int as people, (select count(*) from public.listings)::int as homes`,
    ));
  expect(rows).toEqual([{ people: 0, homes: 0 }]);
});

test('the advisors would find a table without row-level security', async () => {
  await throwaway.cluster.using('hosted', 'postgres', (client) =>
    client.query(
      'create table public.open_door (door_id int primary key); grant select on public.open_door to anon',
    ));
  const findings = await advisorFindings();
  expect(findings).toContainEqual(expect.objectContaining({ name: 'rls_disabled_in_public' }));
});

test('a bucket that somebody changed is set right', async () => {
  await throwaway.cluster.using(
    'hosted',
    'postgres',
    (client) => client.query(`update storage.buckets set public = not public where id = 'avatars'`),
  );
  expect((await deploy()).said).toContain('avatars is set right');
  expect((await deploy()).said).toContain('buckets: up to date');
});

test('a chapter that was edited after it ran is refused', async () => {
  await throwaway.cluster.using('hosted', 'postgres', (client) =>
    client.query(
      `update supabase_migrations.schema_migrations set statements = array['select 1'] where name = 'people_profiles'`,
    ));
  const refused = await deploy();
  expect(refused).toMatchObject({
    code: 1,
    said: expect.stringContaining('profiles.sql was changed'),
  });
});
