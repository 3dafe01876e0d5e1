import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { functionNames } from '../../local/functions.ts';
import { inProject } from '../../local/paths.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { baseTemplate, createDatabase, dropDatabases } from '../../local/postgres/templates.ts';
import { connectionTo } from '../../scripts/deploy/database.ts';
import { readBuckets } from '../../scripts/deploy/buckets.ts';
import { documentedList, readChecklist, readFirstGuest } from '../../scripts/deploy/checklist.ts';
import { configFor } from '../../scripts/deploy/revision.ts';
import { functionSettings } from '../../scripts/deploy/target.ts';
import { type FakeProject, startFakeProject } from '../support/fake-project.ts';
import { runScript } from '../support/scripts.ts';

const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
const database = `file_${process.pid}_project`;
const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
let project: FakeProject;

/** As hosted projects have them: a vault, and a clock that runs jobs. */
const platform = `
  create schema vault;
  create table vault.secrets (id uuid primary key default gen_random_uuid(), name text unique, secret text);
  create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
  create function vault.create_secret(secret text, name text) returns void language sql
    as 'insert into vault.secrets (name, secret) values ($2, $1)';
  create function vault.update_secret(id uuid, secret text) returns void language sql
    as 'update vault.secrets set secret = $2 where secrets.id = $1';
  create schema cron;
  create table cron.job (jobname text primary key, schedule text, command text, active boolean default true);
  create function cron.schedule(name text, schedule text, command text) returns void language sql
    as 'insert into cron.job values ($1, $2, $3) on conflict (jobname) do update set command = excluded.command, active = true';
  grant usage on schema vault, cron to postgres;
  grant all on all tables in schema vault, cron to postgres;`;

beforeAll(async () => {
  await createDatabase(cluster, database, await baseTemplate(cluster));
  await cluster.using(database, 'supabase_admin', (client) => client.query(platform));
  project = await startFakeProject();
});
afterAll(async () => {
  project.stop();
  await dropDatabases(cluster, database);
});

async function deploy(
  env: Record<string, string> = {},
  args: string[] = ['--smoke', 'none'],
): Promise<{ said: string; code: number }> {
  const before = project.changes.length;
  const { said, code } = await runScript('deploy', args, {
    PATH: process.env.PATH,
    DATABASE_URL: cluster.url(database),
    STAYBASE_REVISION: first,
    ...project.env,
    ...env,
  });
  changed = project.changes.slice(before);
  return { said, code };
}
/** What the last deploy changed at the project. */
let changed: string[] = [];

const ask = async (sql: string) =>
  (await cluster.using(database, 'postgres', (client) => client.query(sql))).rows;

test('a dry run names every step, and changes nothing', async () => {
  const { said, code } = await deploy({}, ['--dry-run']);
  expect(code).toBe(0);
  for (
    const line of [
      'migrations: to do\n  ground_schemas',
      'environment: to do\n  production becomes staging',
      'buckets: to do\n',
      '  listing-photos is made',
      'config: to do\n  auth.site_url differs',
      'secrets: to do\n  STAYBASE_ENVIRONMENT is set',
      'functions: to do\n  calendar-export is new',
      'schedules: to do\n  vault: staybase_url is set',
    ]
  ) expect(said).toContain(line);
  expect(changed).toEqual([]);
  expect(await ask(`select to_regclass('public.profiles') as there`)).toEqual([{ there: null }]);
});

test('a deploy that failed on its way goes on where something is missing', async () => {
  project.failOnce('functions deploy');
  const failed = await deploy();
  expect(failed).toMatchObject({ code: 1, said: expect.stringContaining('The network is gone.') });
  expect(changed).toEqual([
    'config push',
    expect.stringMatching(/^secrets STAYBASE_ENVIRONMENT STRIPE_SECRET_KEY/),
  ]);
  const again = await deploy();
  expect(again).toMatchObject({ code: 0, said: expect.stringContaining('migrations: up to date') });
  expect(changed).toEqual(['functions deploy']);
  expect(project.secrets.get('STRIPE_SECRET_KEY')).toBe('sk_test_of_ours');
  expect(await ask('select environment from private.settings')).toEqual([{
    environment: 'staging',
  }]);
  expect(await ask('select name, secret from vault.secrets order by name')).toEqual([
    { name: 'staybase_secret_key', secret: 'sb_secret_test' },
    { name: 'staybase_url', secret: 'https://abcdefghijklmnopqrst.supabase.co' },
  ]);
  expect(
    await ask(
      'select revision, finished_at is not null as finished, proved_at from private.deployments',
    ),
  )
    .toEqual([{ revision: first, finished: true, proved_at: null }]);
});

test('a deploy of what is there changes nothing', async () => {
  const { said, code } = await deploy();
  expect(code).toBe(0);
  expect(said).not.toContain('to do');
  expect(changed).toEqual([]);
  expect(await ask('select count(*)::int as rows from private.deployments')).toEqual([{ rows: 1 }]);
});

test('no process is given a secret as an argument, and none is printed', async () => {
  const { said } = await deploy({ STRIPE_SECRET_KEY: 'sk_test_rotated' });
  expect(changed).toEqual(['secrets STRIPE_SECRET_KEY']);
  expect(said).toContain('STRIPE_SECRET_KEY is replaced');
  for (const secret of ['sk_test', 'whsec_', 'sb_secret_test', 'sbp_test', ':postgres@']) {
    expect(project.arguments().filter((argument) => argument.includes(secret))).toEqual([]);
    expect(said).not.toContain(secret);
  }
  project.secrets.set('STRIPE_SECRET_KEY', 'sk_test_of_ours');
});

test('settings come from a file too, and it stands above the environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-env-'));
  try {
    writeFileSync(
      join(folder, '.env'),
      'MAIL_FROM="Stays <stays@example.com>"\nSTRIPE_SECRET_KEY=sk_test_2\n',
    );
    await deploy({}, ['--env-file', join(folder, '.env'), '--smoke', 'none']);
    expect(changed).toEqual(['secrets STRIPE_SECRET_KEY MAIL_FROM']);
    expect(project.secrets.get('MAIL_FROM')).toBe('Stays <stays@example.com>');
    expect(project.secrets.get('STRIPE_SECRET_KEY')).toBe('sk_test_2');
  } finally {
    rmSync(folder, { recursive: true });
  }
  await deploy();
});

test('a function that somebody else replaced, a lost job and a lost bucket come back', async () => {
  const listed = project.functions.get('create-payment');
  if (listed) listed.version += 1;
  await ask('delete from cron.job');
  await ask(`update storage.buckets set file_size_limit = 1 where id = 'avatars'`);
  const { said } = await deploy();
  expect(said).toContain('create-payment was replaced by somebody else');
  expect(said).toContain('avatars is set right');
  expect(changed).toEqual(['functions deploy']);
  expect(await ask('select jobname, active from cron.job')).toEqual([
    { jobname: 'staybase', active: true },
  ]);
  await deploy();
  expect(changed).toEqual([]);
});

test('production takes only the commit that staging has proved', async () => {
  const production = {
    STAYBASE_ENVIRONMENT: 'production',
    STAGING_DATABASE_URL: cluster.url(database),
    STAYBASE_REVISION: second,
  };
  const refused = await deploy(production);
  expect(refused).toMatchObject({
    code: 1,
    said: expect.stringContaining('Staging has not passed the smoke test of bbbbbbbbbbbb'),
  });
  expect(changed).toEqual([]);
  await ask(
    `insert into private.deployments (revision, version, finished_at, proved_at)
     values ('${second}', '1.0.0', now(), now())`,
  );
  const taken = await deploy(production, ['--dry-run']);
  expect(taken).toMatchObject({
    code: 0,
    said: expect.stringContaining('Staging has passed the smoke test of this commit.'),
  });
  await ask(`delete from private.deployments where revision = '${second}'`);
});

test('a live key is refused where money is not real', async () => {
  const refused = await deploy({ STRIPE_SECRET_KEY: 'sk_live_x' });
  expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('live Stripe key') });
});

test('what is missing is named before anything is done', async () => {
  const refused = await deploy({ STRIPE_WEBHOOK_SECRET: '', SUPABASE_ACCESS_TOKEN: '' });
  expect(refused.said).toContain('SUPABASE_ACCESS_TOKEN, STRIPE_WEBHOOK_SECRET');
  expect((await deploy({ DATABASE_URL: '' })).said).toContain('DATABASE_URL=postgresql://');
  expect((await deploy({}, ['--smoke', 'all'])).said).toContain('read, hold, full or none');
});

/** What docs/deploying.md tells people to type, as the words after `npm run deploy --`. */
function rollbackOfTheGuide(): string[] {
  const guide = readFileSync(inProject('docs/deploying.md'), 'utf8');
  const [, words = ''] = /^```sh\nnpm run deploy -- (rollback .*)\n```$/m.exec(guide) ?? [];
  const [file] = /\S*\.env\.\S+/.exec(words) ?? [];
  expect(file).toBeDefined();
  return words.replace(file ?? '', '/dev/null').split(' ');
}

const head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: inProject(), encoding: 'utf8' });

test.skipIf(head.status !== 0)(
  'functions go back to an earlier commit, and come again',
  async () => {
    const commit = head.stdout.trim();
    const { said, code } = await deploy({}, ['rollback', commit]);
    expect([said, code]).toEqual([expect.stringContaining(`those of ${commit}`), 0]);
    expect(changed).toEqual(['functions deploy']);
    expect(project.arguments()).toContainEqual(expect.stringContaining('--workdir=/'));
    expect(project.shown()).toContain('create-payment');
    expect((await deploy({}, ['--dry-run'])).said).toContain(`comes from ${first.slice(0, 12)}`);
    await deploy();
    expect(changed).toEqual(['functions deploy']);

    await ask(`update private.deployments set proved_at = now() where revision = '${commit}'`);
    expect(await deploy({}, rollbackOfTheGuide())).toMatchObject({
      code: 0,
      said: expect.stringContaining(`those of ${commit}`),
    });
    expect((await deploy({}, ['rollback', 'HEAD'])).said).toContain('40 hexadecimal digits');
    expect((await deploy({}, ['rollback', 'c'.repeat(40)])).said).toContain('There is no commit');
  },
);

test('the check list is that of docs/operations.md, each item looked up where it can be', async () => {
  const open = {
    'config/auth': {
      mailer_autoconfirm: true,
      smtp_host: null,
      security_captcha_enabled: false,
      password_hibp_enabled: false,
    },
    'network-restrictions': { config: { dbAllowedCidrs: ['0.0.0.0/0'] } },
    'ssl-enforcement': { currentConfig: { database: true } },
    'config/realtime': { private_only: false },
  };
  const done = {
    'config/auth': {
      mailer_autoconfirm: false,
      smtp_host: 'smtp.example.com',
      security_captcha_enabled: true,
      password_hibp_enabled: true,
    },
    'network-restrictions': { config: { dbAllowedCidrs: ['192.0.2.0/24'] } },
    'ssl-enforcement': { currentConfig: { database: true } },
    'config/realtime': { private_only: true },
  };
  const env = { SMTP_URL: 'smtps://u:p@smtp.example.com:465' };
  const marks = async (settings: object) => {
    Object.assign(project.settings, settings);
    const { said } = await deploy(env, ['check']);
    const [, list = ''] = said.split('Before strangers may sign up');
    return [...list.matchAll(/^ {2}(done|OPEN|check by hand) +([^:]+): (.*)$/gm)].map((
      [, mark, what],
    ) => [what, mark]);
  };
  const items = await marks(open);
  const rows = documentedList('Before strangers may sign up');
  expect(items.length).toBe(rows.length);
  for (const [at, [what = '']] of items.entries()) expect(rows[at]).toContain(what);
  expect(Object.fromEntries(items)).toMatchObject({
    'Confirmations': 'OPEN',
    'SMTP of your own': 'OPEN',
    'A CAPTCHA': 'OPEN',
    'A second factor for staff': 'done',
    'Leaked passwords': 'OPEN',
    'The database is reached only': 'OPEN',
    'Realtime channels are private': 'OPEN',
    'Statements of clients end after a time': 'done',
    'pg_graphql is off': 'done',
    'Your own keys': 'check by hand',
  });
  const better = Object.fromEntries(await marks(done));
  expect(Object.values(better).filter((mark) => mark === 'OPEN')).toEqual([]);
  expect(Object.values(better).filter((mark) => mark === 'check by hand')).toHaveLength(2);
  for (const name of Object.keys(done)) delete project.settings[name];
  expect(Object.fromEntries(await marks({}))).toMatchObject({ 'A CAPTCHA': 'check by hand' });
});

test('the check list tells what is missing before the first guest', async () => {
  const target = (settings: Record<string, string>) => ({
    databaseUrl: '',
    settings: new Map(Object.entries(settings)),
  });
  const mail = { SMTP_URL: 'smtps://u:p@smtp.example.com:465', MAIL_FROM: 'a@example.com' };
  const { rows: [{ profile_id }] } = await cluster.using(
    database,
    'supabase_admin',
    (client) =>
      client.query(
        `insert into auth.users (id, email) values (gen_random_uuid(), 'first@example.com') returning id as profile_id`,
      ),
  );
  const marks = await cluster.using(database, 'postgres', async (client) => {
    const list = async (settings: Record<string, string>) =>
      Object.fromEntries(
        (await readFirstGuest(client, target(settings))).map(({ what, done }) => [what, done]),
      );
    await client.query('begin');
    const before = await list({ STAYBASE_ENVIRONMENT: 'staging' });
    const unknown = await list({});
    await client.query('insert into private.staff (profile_id) values ($1)', [profile_id]);
    await client.query(
      `insert into private.taxes (name, country_code, basis, rate_bp) values ('VAT', 'FR', 'percent_of_nights', 500)`,
    );
    const after = await list(mail);
    await client.query('rollback');
    return { before, unknown, after };
  });
  expect(marks.before).toEqual({
    'E-mails': false,
    'Taxes': undefined,
    'The first of staff': false,
  });
  expect(marks.unknown['E-mails']).toBe(undefined);
  expect(marks.after).toEqual({ 'E-mails': true, 'Taxes': true, 'The first of staff': true });
  const rows = documentedList('Before the first guest');
  for (const what of Object.keys(marks.after)) {
    expect(rows.some((row) => row.startsWith(`${what}:`))).toBe(true);
  }
});

test('every setting that a function reads can be deployed', () => {
  const own = new Set(functionSettings);
  const read = globSync('supabase/functions/**/*.ts', { cwd: inProject() }).flatMap((file) =>
    [...readFileSync(inProject(file), 'utf8').matchAll(/(?:[sS]etting|env\.get)\(([^)]*)\)/g)]
      .flatMap(([, names = '']) =>
        [...names.matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, name = '']) => name)
      )
  ).filter((name) => !name.startsWith('SUPABASE_'));
  expect(read.length).toBeGreaterThan(5);
  expect([...new Set(read)].filter((name) => !own.has(name)).sort()).toEqual([]);
});

test('the configuration of a project leads to its own frontend', () => {
  const config = configFor(
    readFileSync(inProject('supabase/config.toml'), 'utf8'),
    'https://a.example/',
  );
  expect(config).toContain('site_url = "https://a.example"\n');
  expect(config).toContain('additional_redirect_urls = ["https://a.example"]\n');
  expect(config).not.toContain('3000');
});

test('a database elsewhere is spoken to encrypted, unless its address says otherwise', () => {
  const ssl = (url: string) => connectionTo(url).ssl;
  expect(ssl('postgresql://postgres:x@db.example.com:5432/postgres')).toBeTruthy();
  expect(ssl('postgresql://postgres:x@127.0.0.1:5432/postgres')).toBeUndefined();
  expect(ssl('postgresql://postgres:x@db.example.com/postgres?sslmode=disable')).toBeUndefined();
});

test('the buckets are read from config.toml', () => {
  expect(readBuckets().map(({ id }) => id)).toEqual(
    expect.arrayContaining(['listing-photos', 'avatars']),
  );
  expect(
    readBuckets(
      '[storage.buckets.a]\npublic = false\nfile_size_limit = "2MiB"\nallowed_mime_types = ["x/y"]\n',
    ),
  )
    .toEqual([{ id: 'a', public: false, bytes: 2_097_152, types: ['x/y'] }]);
  expect(functionNames().length).toBeGreaterThan(5);
});

test('without the schema the check list still says what it does not know', async () => {
  const empty = `${database}_empty`;
  await createDatabase(cluster, empty, await baseTemplate(cluster));
  const { items } = await cluster.using(
    empty,
    'postgres',
    (client) => readChecklist(client, { databaseUrl: '', settings: new Map() }),
  );
  expect(items.map(({ done }) => done)).toEqual(items.map(() => undefined));
});
