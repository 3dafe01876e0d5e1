import { availableParallelism } from 'node:os';
import pg from 'pg';
import { type Entry, type OpenBackup, useList } from './archive.ts';
import type { Progress } from './back-up.ts';
import {
  allSchemas,
  differences,
  fingerprint,
  hashRows,
  openCatalog,
  ownSchemas,
  sequences,
} from './catalog.ts';
import { type FileAccess, filesThatDiffer, restoreFiles } from './files.ts';
import { forEverybody } from './extras.ts';
import type { Details, Extra } from './manifest.ts';
import { BackupProblem } from './problem.ts';
import { type PostgresPrograms, runPostgresProgram } from './programs.ts';

export interface RestoreOptions {
  backup: OpenBackup;
  programs: PostgresPrograms;
  access: FileAccess | undefined;
  /** True restores over a marketplace that is there. */
  replace: boolean;
  progress: Progress;
}

/** What was made and what still has to be done by hand. */
export interface Restored {
  database: string;
  /** The database that was there before, under the name it has now. */
  kept?: string;
  notes: string[];
}

/** Rows that a project of its own makes: sessions and what is on its way, beside what counts its migrations. */
const serviceRows = [
  'auth.audit_log_entries',
  'auth.flow_state',
  'auth.instances',
  'auth.mfa_amr_claims',
  'auth.mfa_challenges',
  'auth.oauth_authorizations',
  'auth.oauth_client_states',
  'auth.one_time_tokens',
  'auth.refresh_tokens',
  'auth.saml_relay_states',
  'auth.schema_migrations',
  'auth.sessions',
  'auth.webauthn_challenges',
];
const storageRows = ['storage.buckets', 'storage.objects'];

const workers = () => String(Math.min(4, availableParallelism()));

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {});
  await client.connect().catch((error) => {
    throw new BackupProblem('unreachable', `The database does not answer: ${error.message}`);
  });
  return client;
}

async function using<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const inDatabase = (url: string, database: string) => {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
};

/** True when a marketplace, or any other table of somebody's, is in it. */
async function isInhabited(client: pg.Client): Promise<boolean> {
  const schemas = (await ownSchemas(client)).filter((name) => name !== 'supabase_migrations');
  const { rowCount } = await client.query(
    `select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'p', 'm') and nspname = any ($1)
       and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
     limit 1`,
    [schemas],
  );
  if (rowCount === 1) return true;
  const { rows: [auth] } = await client.query<{ there: boolean }>(
    `select to_regclass('auth.users') is not null as there`,
  );
  if (auth?.there !== true) return false;
  return (await client.query('select from auth.users limit 1')).rowCount === 1;
}

const notEmpty = (database: string) =>
  new BackupProblem(
    'target_not_empty',
    `The database ${database} is not empty. Restore into an empty one, or use --replace.`,
  );

/** Ends with `target_not_empty` unless the database is missing or empty, or may be replaced. */
export async function refuseInhabited(url: string, replace: boolean): Promise<void> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  const there = await using(
    inDatabase(url, 'template1'),
    async (client) =>
      (await client.query('select from pg_database where datname = $1', [database])).rowCount === 1,
  );
  if (there && !replace && await using(url, isInhabited)) throw notEmpty(database);
}

/**
 * Restores a whole database as the superuser: embedded stacks, and servers of your own. It is built and
 * compared beside the one that is there, under another name, and takes its place at the end; so nothing
 * sees half a copy, and a restore that died is just started again.
 * @param url the superuser's, in the database to be restored
 */
export async function restoreWhole(url: string, options: RestoreOptions): Promise<Restored> {
  const { backup, programs, access, replace, progress } = options;
  const { details } = backup;
  const database = decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
  const unfinished = `${database}_restoring`;
  // No one is ever connected to the template, and renaming needs a database to stand in.
  const admin = await connect(inDatabase(url, 'template1'));
  const name = (text: string) => admin.escapeIdentifier(text);
  try {
    const { rows: [me] } = await admin.query<{ rolsuper: boolean }>(
      'select rolsuper from pg_roles where rolname = current_user',
    );
    if (me?.rolsuper !== true) {
      throw new BackupProblem('not_allowed', 'Only the superuser can restore a whole database.');
    }
    const there = (await admin.query('select from pg_database where datname = $1', [database]))
      .rowCount === 1;
    const inhabited = there && await using(url, isInhabited);
    if (inhabited && !replace) throw notEmpty(database);

    progress('Roles and an empty database');
    await makeRoles(admin, details);
    await admin.query(`drop database if exists ${name(unfinished)} with (force)`);
    await admin.query(
      `create database ${name(unfinished)} template template0 owner ${name(details.database.owner)}
       ${details.database.locale}`,
    );
    for (const setting of details.database.settings) {
      await admin.query(`alter database ${name(unfinished)} set ${asSetting(admin, setting)}`);
    }
    for (const grant of details.database.grants) {
      await admin.query(grant.replace('%s', name(unfinished)));
    }

    progress('Restoring the database');
    const copy = inDatabase(url, unfinished);
    // pg_cron lives in one database of a server, which this is not yet.
    const entries = backup.contents.filter(({ schema, rest }) =>
      schema !== 'cron' &&
      !(schema === '-' && /^((EXTENSION|SCHEMA) )?(pg_)?cron\b/.test(rest))
    );
    await runPostgresProgram(programs.restore, [
      '--exit-on-error',
      '--no-password',
      `--jobs=${workers()}`,
      `--use-list=${useList(backup, entries)}`,
      `--dbname=${unfinished}`,
      backup.archive,
    ], copy);
    await analyze(copy, progress);

    if (access !== undefined) {
      await restoreFiles({
        ...backup,
        files: details.files,
        access,
        onFile: (done, of) => progress('Files of Storage', done, of),
      });
    }
    const wrong = await compareWhole(copy, details, access, progress);
    if (wrong.length > 0) throw differs(unfinished, wrong);

    progress('Taking its place');
    let kept: string | undefined;
    if (there && inhabited) {
      kept = `${database}_before_${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
      await cutOff(admin, database);
      await admin.query(`alter database ${name(database)} rename to ${name(kept)}`);
      await admin.query(`alter database ${name(kept)} with allow_connections false`);
    } else if (there) {
      await admin.query(`drop database ${name(database)} with (force)`);
    }
    await cutOff(admin, unfinished);
    await admin.query(`alter database ${name(unfinished)} rename to ${name(database)}`);
    return { database, ...(kept === undefined ? {} : { kept }), notes: notesFor(details) };
  } finally {
    await admin.end();
  }
}

async function cutOff(admin: pg.Client, database: string): Promise<void> {
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [database],
  );
}

/** Makes the roles that are not there, without a password, and grants and sets what they lack. */
async function makeRoles(
  client: pg.Client,
  details: Details,
  isWanted: (role: string) => boolean = () => true,
): Promise<void> {
  const name = (text: string) => client.escapeIdentifier(text);
  const { rows } = await client.query<{ rolname: string }>('select rolname::text from pg_roles');
  const known = new Set(rows.map(({ rolname }) => rolname));
  const missing = Object.entries(details.roles)
    .filter(([role]) => !known.has(role) && isWanted(role));
  const { rows: [me] } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  for (const [role, { login, attributes }] of missing) {
    // Only the superuser hands these out.
    const may = me?.rolsuper
      ? attributes
      : attributes.replaceAll(/\b(superuser|bypassrls|replication)\b/g, 'no$1');
    await client.query(`create role ${name(role)} ${login ? 'login' : 'nologin'} ${may}`);
  }
  for (const [role, { memberOf, settings }] of missing) {
    for (const { role: group, options } of memberOf) {
      await client.query(`grant ${group} to ${name(role)} with ${options}`);
    }
    for (const setting of settings) {
      await client.query(`alter role ${name(role)} set ${asSetting(client, setting)}`);
    }
  }
  // Of roles that are there, only what PostgREST reads from its own: the check before each request.
  const wanted = (details.roles.authenticator?.settings ?? []).filter((one) =>
    one.startsWith('pgrst.')
  );
  const { rows: [has] } = await client.query<{ settings: string[] }>(
    `select coalesce(array_agg(setting), '{}') as settings
     from pg_db_role_setting, unnest(setconfig) as setting
     where setrole = to_regrole('authenticator') and setdatabase = 0`,
  );
  for (const setting of wanted.filter((one) => !has?.settings.includes(one))) {
    await client.query(`alter role authenticator set ${asSetting(client, setting)}`);
  }
}

/** `name=value` as the catalog has it. A list, such as a search path, is written without quotes around it. */
function asSetting(client: pg.Client, setting: string): string {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const isList =
    /^(search_path|session_preload_libraries|local_preload_libraries|temp_tablespaces)$/;
  return `${name} to ${isList.test(name) ? value : client.escapeLiteral(value)}`;
}

async function analyze(url: string, progress: Progress): Promise<void> {
  progress('Gathering statistics');
  await using(url, (client) => client.query('analyze'));
}

/** What differs between the copy and the moment of the backup; empty when nothing does. */
export async function compareWhole(
  url: string,
  details: Details,
  access: FileAccess | undefined,
  progress: Progress,
): Promise<string[]> {
  progress('Comparing the schema');
  const client = await openCatalog(url);
  try {
    const schemas = await allSchemas(client);
    const wrong = differences(
      withoutCron(details.fingerprint.all),
      withoutCron(await fingerprint(client, schemas)),
    );
    wrong.push(...await compareRows(client, details, Object.keys(details.tables), progress));
    const standing = await sequences(client, schemas);
    for (const [sequence, { last, called }] of Object.entries(details.sequences)) {
      const at = standing[sequence];
      if (at?.last !== last || at.called !== called) {
        wrong.push(`differs: sequence ${sequence} stood at ${last}, stands at ${at?.last}`);
      }
    }
    if (access !== undefined) wrong.push(...await filesThatDiffer(details.files, access));
    return wrong;
  } finally {
    await client.end();
  }
}

const withoutCron = (all: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) => !/^\S+( rights)? .*\bcron\b/.test(name)),
  );

async function compareRows(
  client: pg.Client,
  details: Details,
  tables: string[],
  progress: Progress,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [at, table] of tables.entries()) {
    const wanted = details.tables[table];
    if (wanted === undefined) continue;
    const found = await hashRows(client, table, wanted.columns).catch((error) => error as Error);
    if (found instanceof Error) wrong.push(`missing in the copy: table ${table}: ${found.message}`);
    else if (found.rows !== wanted.rows || found.hash !== wanted.hash) {
      wrong.push(`differs: rows of ${table}, ${wanted.rows} were there and ${found.rows} are`);
    }
    progress('Comparing the rows of every table', at + 1, tables.length);
  }
  return wrong;
}

const differs = (database: string, wrong: string[]) =>
  new BackupProblem(
    'copy_differs',
    `The copy in ${database} is not what was backed up (${wrong.length} differences):\n  ` +
      wrong.slice(0, 20).join('\n  '),
  );

const notesFor = ({ jobs, missing }: Details): string[] => [
  ...jobs.map(({ jobname, schedule, command }) =>
    `select cron.schedule(${jobname === null ? '' : `${literal(jobname)}, `}${literal(schedule)}, ${
      literal(command)
    });`
  ),
  ...missing.map(({ bucket, name }) => `-- ${bucket}/${name} had no content when it was backed up`),
];

const literal = (text: string) => `'${text.replaceAll(`'`, `''`)}'`;

/**
 * Restores the marketplace into a project of Supabase's that has its own auth, storage and extensions, as
 * its owner (postgres). People, their ways to sign in and the rows of Storage are put into the services'
 * own tables; sessions are not, so everybody signs in again. Rights come last: until the rules stand, no
 * one but the owner can read a row.
 */
export async function restoreSchemas(url: string, options: RestoreOptions): Promise<Restored> {
  const { backup, programs, access, replace, progress } = options;
  const { details, contents } = backup;
  const database = decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
  const client = await connect(url);
  try {
    await client.query(`set statement_timeout = 0`);
    const lacking = await prepareProject(client, details, replace, database, progress);
    // A provider's own roles stay the provider's.
    const rules = Object.values(details.fingerprint.own).join('\n');
    const isOurs = (role: string) =>
      role.startsWith('staybase_') || new RegExp(`(^|[^\\w])${role}[=/]|/${role}\\b`).test(rules);
    await makeRoles(client, details, isOurs);

    const own = new Set(details.ownSchemas);
    const skipped = ['PUBLICATION TABLE', 'DEFAULT ACL', 'EVENT TRIGGER', 'EXTENSION'];
    const ours = contents.filter(({ type, schema, rest }) =>
      !skipped.includes(type) &&
      (own.has(schema) || (schema === '-' && isOfOwnSchema(type, rest, own)))
    );
    const isRight = ({ type }: Entry) => type === 'ACL';
    const run = async (entries: Entry[], ...section: string[]) => {
      if (entries.length === 0) return;
      await runPostgresProgram(programs.restore, [
        '--exit-on-error',
        '--no-password',
        ...section,
        `--use-list=${useList(backup, entries)}`,
        `--dbname=${database}`,
        backup.archive,
      ], url);
    };
    const laws = ours.filter((entry) => !isRight(entry));
    progress('Restoring tables and functions');
    await run(laws, '--section=pre-data');
    progress('Restoring rows');
    await run(laws, '--section=data', `--jobs=${workers()}`);
    await run(await rowsOfServices(client, contents, [...serviceRows, ...storageRows], 'auth'));
    await run(await rowsOfServices(client, contents, [], 'storage'));

    if (access !== undefined) {
      const rows = await storedObjects(client);
      await restoreFiles({
        ...backup,
        files: details.files,
        access,
        onFile: (done, of) => progress('Files of Storage', done, of),
      });
      await giveBackOwners(client, rows);
    }

    progress('Restoring indexes, constraints, triggers and policies');
    await run(laws, '--section=post-data', `--jobs=${workers()}`);
    const isForEverybody = ({ what }: Extra) => what.startsWith(forEverybody);
    await makeExtras(client, details.extras.filter((extra) => !isForEverybody(extra)));
    progress('Restoring rights');
    await run(ours.filter(isRight));
    await makeExtras(client, details.extras.filter(isForEverybody));
    await client.query('analyze');

    const wrong = await compareSchemas(url, details, access, progress);
    if (wrong.length > 0) throw differs(database, wrong);
    await client.query('drop schema staybase_restore cascade');
    await client.query(`notify pgrst, 'reload schema'`);
    return {
      database,
      notes: [
        `select vault.create_secret('https://PROJECT.supabase.co', 'staybase_url');`,
        `select vault.create_secret('sb_secret_...', 'staybase_secret_key');`,
        ...lacking,
        ...notesFor(details),
      ],
    };
  } finally {
    await client.end();
  }
}

/** `SCHEMA - private postgres` and its comment and rights; public is there already. */
function isOfOwnSchema(type: string, rest: string, own: Set<string>): boolean {
  const words = rest.split(' ');
  if (type === 'SCHEMA') return own.has(words[0] ?? '') && words[0] !== 'public';
  const isAbout = (type === 'ACL' || type === 'COMMENT') && words[0] === 'SCHEMA';
  return isAbout && own.has(words[1] ?? '') && !(type === 'COMMENT' && words[1] === 'public');
}

/** Makes room: refuses what is not empty, clears what an unfinished restore left, takes old rights away. */
async function prepareProject(
  client: pg.Client,
  details: Details,
  replace: boolean,
  database: string,
  progress: Progress,
): Promise<string[]> {
  const { rows: [state] } = await client.query<{ fit: boolean; begun: boolean }>(
    `select to_regclass('auth.users') is not null and to_regclass('storage.objects') is not null as fit,
       to_regnamespace('staybase_restore') is not null as begun`,
  );
  if (state?.fit !== true) {
    throw new BackupProblem(
      'target_unfit',
      `${database} has no auth and storage: it is not a Supabase project. Restore the whole database there.`,
    );
  }
  const inhabited = await isInhabited(client);
  if (inhabited && !replace && !state.begun) throw notEmpty(database);

  progress('Making room');
  await client.query('create schema if not exists staybase_restore');
  await client.query(
    `comment on schema staybase_restore is 'A restore began here and did not end.'`,
  );
  if (inhabited) await clearProject(client);
  const { rows: bare } = await client.query<{ there: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as there`,
  );
  // The CLI's own, made empty with the project.
  if (bare[0]?.there) await client.query('drop schema supabase_migrations cascade');

  const { rows: known } = await client.query<{ extname: string }>(
    'select extname::text from pg_extension',
  );
  const lacking: string[] = [];
  for (const { name, schema } of details.extensions) {
    if (known.some(({ extname }) => extname === name)) continue;
    const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [
      schema,
    ]);
    const place = rowCount === 1 ? ` with schema ${client.escapeIdentifier(schema)}` : '';
    const sql = `create extension if not exists ${client.escapeIdentifier(name)}${place} cascade`;
    // Where it is needed, the first table that needs it says so; most are a provider's own tools.
    await client.query(sql).catch((error) => lacking.push(`${sql}; -- ${error.message}`));
  }
  // A project may hand every new table to the API's roles by default: nothing restored may get that.
  const { rows: given } = await client.query<{ sql: string }>(
    `select format('alter default privileges for role %s%s revoke all on %s from %s', defaclrole::regrole,
       case when defaclnamespace = 0 then '' else format(' in schema %s', defaclnamespace::regnamespace) end,
       case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
         when 'T' then 'types' else 'schemas' end,
       case grantee when 0 then 'public' else grantee::regrole::text end) as sql
     from pg_default_acl, aclexplode(defaclacl)
     where pg_has_role(defaclrole, 'usage') and grantee <> defaclrole
       and (defaclnamespace = 0 or defaclnamespace::regnamespace::text = any ($1))`,
    [details.ownSchemas],
  );
  for (const { sql } of given) await client.query(sql);
  // Nor may anybody call what is restored before its rights are.
  await client.query('alter default privileges revoke execute on functions from public');
  return lacking;
}

/**
 * Extensions of the backup that a server does not offer: it can't have the whole database. One that was made
 * on hosted Supabase has several.
 */
export async function extensionsNotOffered(url: string, details: Details): Promise<string[]> {
  return await using(inDatabase(url, 'template1'), async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select name::text from pg_available_extensions',
    );
    const offered = new Set(rows.map(({ name }) => name));
    // pg_cron is left out anyway.
    return details.extensions.map(({ name }) => name)
      .filter((name) => !offered.has(name) && name !== 'pg_cron');
  });
}

async function clearProject(client: pg.Client): Promise<void> {
  const own = (await ownSchemas(client)).filter((name) => name !== 'public');
  // What hangs on auth and storage goes with the functions it calls.
  for (const schema of own) {
    await client.query(`drop schema ${client.escapeIdentifier(schema)} cascade`);
  }
  const { rows } = await client.query<{ sql: string }>(
    `select format('drop %s if exists %s cascade', case relkind when 'v' then 'view' when 'm' then 'materialized view'
         when 'S' then 'sequence' when 'c' then 'type' else 'table' end, pg_class.oid::regclass) as sql
     from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S', 'c')
       -- What belongs to a column goes with it; a composite type belongs to its own row type.
       and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid
         and (deptype = 'e' or (deptype in ('a', 'i') and relkind <> 'c')))
     union all
     select format('drop %s if exists %s cascade', case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
       pg_proc.oid::regprocedure)
     from pg_proc
     where pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
     union all
     select format('drop type if exists %s cascade', pg_type.oid::regtype)
     from pg_type
     where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r')
       and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = pg_type.oid and deptype = 'e')`,
  );
  for (const { sql } of rows) await client.query(sql);
  const { rows: rules } = await client.query<{ sql: string }>(
    `select format('drop policy %I on %s', polname, polrelid::regclass) as sql
     from pg_policy join pg_class on pg_class.oid = polrelid
     where relnamespace::regnamespace::text in ('storage', 'realtime')`,
  );
  for (const { sql } of rules) await client.query(sql);
  await client.query('delete from auth.users');
  await client.query('delete from storage.objects');
  await client.query('delete from storage.buckets');
}

/** The rows of a service's tables that the project has too, those others refer to first. */
async function rowsOfServices(
  client: pg.Client,
  contents: Entry[],
  left: string[],
  schema: 'auth' | 'storage',
): Promise<Entry[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(
    `select relname::text as name,
       coalesce((select array_agg(distinct other.relname::text) from pg_constraint
         join pg_class as other on other.oid = confrelid
         where conrelid = pg_class.oid and contype = 'f' and confrelid <> conrelid), '{}') as needs
     from pg_class where relnamespace = $1::regnamespace and relkind = 'r'`,
    [schema],
  );
  const entries = contents.filter((entry) => {
    const table = `${schema}.${entry.rest.split(' ')[0]}`;
    return entry.type === 'TABLE DATA' && entry.schema === schema && !left.includes(table) &&
      (schema === 'auth' || storageRows.includes(table));
  });
  const waiting = new Map(rows.map(({ name, needs }) => [name, needs]));
  const ordered: Entry[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, needs]) => needs.every((need) => !waiting.has(need)));
    for (const [name] of ready.length > 0 ? ready : waiting) {
      waiting.delete(name);
      ordered.push(...entries.filter(({ rest }) => rest.split(' ')[0] === name));
    }
  }
  return ordered;
}

interface ObjectOwner {
  id: string;
  owner: string | null;
  created_at: Date;
}

async function storedObjects(client: pg.Client): Promise<ObjectOwner[]> {
  const { rows } = await client.query<ObjectOwner>(
    'select id::text, owner::text, created_at from storage.objects',
  );
  return rows;
}

/** An upload with the secret key is nobody's; whose it was counts for the policies. */
async function giveBackOwners(client: pg.Client, rows: ObjectOwner[]): Promise<void> {
  const { rows: columns } = await client.query<{ attname: string }>(
    `select attname::text from pg_attribute where attrelid = 'storage.objects'::regclass and not attisdropped`,
  );
  const has = (name: string) => columns.some(({ attname }) => attname === name);
  await client.query(
    `update storage.objects
     set owner = given.owner::uuid, created_at = given.created_at${
      has('owner_id') ? ', owner_id = given.owner' : ''
    }
     from jsonb_to_recordset($1) as given (id uuid, owner text, created_at timestamptz)
     where objects.id = given.id`,
    [JSON.stringify(rows)],
  );
}

async function makeExtras(client: pg.Client, extras: Extra[]): Promise<void> {
  for (const { what, sql } of extras) {
    await client.query(sql).catch((error) => {
      const isPublished = error.code === '42710' && what.includes(' in publication ');
      if (!isPublished) throw new BackupProblem('target_unfit', `${what}: ${error.message}`);
    });
  }
}

/** What differs in the marketplace's own schemas, its people and its files. */
export async function compareSchemas(
  url: string,
  details: Details,
  access: FileAccess | undefined,
  progress: Progress,
): Promise<string[]> {
  progress('Comparing the schema');
  const client = await openCatalog(url);
  try {
    const wrong = differences(
      details.fingerprint.own,
      await fingerprint(client, details.ownSchemas),
    );
    const tables = Object.keys(details.tables).filter((table) => {
      const schema = table.split('.')[0] ?? '';
      return details.ownSchemas.includes(schema) ||
        // A project of another age may lack a table that nobody used.
        (schema === 'auth' && !serviceRows.includes(table) && details.tables[table]?.rows !== '0');
    });
    wrong.push(...await compareRows(client, details, tables, progress));
    const standing = await sequences(client, details.ownSchemas);
    for (const [sequence, at] of Object.entries(standing)) {
      const wanted = details.sequences[sequence];
      if (wanted?.last !== at.last || wanted.called !== at.called) {
        wrong.push(`differs: sequence ${sequence} stood at ${wanted?.last}, stands at ${at.last}`);
      }
    }
    if (access !== undefined) wrong.push(...await filesThatDiffer(details.files, access));
    return wrong;
  } finally {
    await client.end();
  }
}
