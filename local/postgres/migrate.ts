import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { inProject } from '../paths.ts';
import type { Cluster } from './cluster.ts';
import { forPartitions } from './partitioned-indexes.ts';
import { located } from './sql-error.ts';
import { splitStatements } from './statements.ts';

export interface Migration {
  version: string;
  name: string;
  path: string;
  sql: string;
}

/** supabase/migrations in order; a file is `<version>_<name>.sql`, as the Supabase CLI wants it. */
export function readMigrations(directory = inProject('supabase', 'migrations')): Migration[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(file) ?? [];
      if (version === undefined || name === undefined) {
        throw new Error(`supabase/migrations/${file} is not named <version>_<name>.sql`);
      }
      const path = `supabase/migrations/${file}`;
      return { version, name, path, sql: readFileSync(`${directory}/${file}`, 'utf8') };
    });
}

/** A migration that already ran reads differently now. */
export class ChangedMigration extends Error {}

/** Others held a lock that a migration needs, for longer than it was tried. */
export class BlockedMigration extends Error {}

/** Less than any job of private.jobs waits for a lock: whoever queued behind a migration outlasts it. */
export const lockPatienceMs = 2_000;

export interface ApplyOptions {
  /**
   * How long a statement waits for a lock. Whoever comes after it waits behind it, so this is the
   * longest that a migration stalls the marketplace for a lock it does not get.
   */
  lockTimeoutMs?: number;
  /** How often a file is tried before the deploy gives up. */
  attempts?: number;
  /** Milliseconds before the attempt after this one: others pass meanwhile. */
  pauseMs?: (attempt: number) => number;
  /** Hears which file waits, and for whom. */
  say?: (line: string) => void;
}

/**
 * Applies what is missing as `postgres`, one transaction a file, and records it as `supabase db push`
 * does, so that both may work on one database. Returns the names applied.
 * Throws `ChangedMigration` when a recorded file was edited or is gone.
 */
export async function migrate(
  cluster: Cluster,
  database: string,
  migrations: Migration[] = readMigrations(),
  options: ApplyOptions = {},
): Promise<string[]> {
  const url = cluster.url(database, 'postgres');
  return await migrateAt({ connectionString: url }, migrations, options).catch((error) => {
    if (error instanceof ChangedMigration) {
      error.message += ' Run npm run reset to rebuild the database from the migrations.';
    }
    throw error;
  });
}

/** The same for any database that `postgres` can log in to. */
export async function migrateAt(
  config: pg.ClientConfig,
  migrations: Migration[] = readMigrations(),
  options: ApplyOptions = {},
): Promise<string[]> {
  const client = new pg.Client({ application_name: 'staybase migrations', ...config });
  await client.connect();
  try {
    await client.query(history);
    const missing = await migrationsToApply(client, migrations);
    for (const migration of missing) await applyPatiently(client, config, migration, options);
    return missing.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

/** As `supabase db push` makes it; a new project has none. */
const history = `do $$ begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    create schema if not exists supabase_migrations;
    create table supabase_migrations.schema_migrations (
      version text not null primary key, statements text[], name text);
  end if;
end $$`;

/**
 * What a database still lacks, by supabase_migrations.schema_migrations. `db push` compares versions
 * only; this compares what was run. Throws `ChangedMigration` when a recorded file was edited or is gone.
 */
export async function migrationsToApply(
  client: pg.Client,
  migrations: Migration[] = readMigrations(),
): Promise<Migration[]> {
  const { rows: [history] } = await client.query<{ there: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as there`,
  );
  if (history?.there !== true) return migrations;
  const { rows } = await client.query<{ version: string; name: string; statements: string[] }>(
    'select version, name, statements from supabase_migrations.schema_migrations order by version',
  );
  for (const applied of rows) {
    const file = migrations.find((migration) => migration.version === applied.version);
    const difference = file === undefined
      ? `${applied.version}_${applied.name} was applied here, but its file is gone`
      : essence(splitStatements(file.sql)) !== essence(applied.statements)
      ? `${file.path} was changed after it was applied here`
      : undefined;
    if (difference !== undefined) {
      throw new ChangedMigration(`${difference}.`);
    }
  }
  return migrations.filter((file) => !rows.some((applied) => applied.version === file.version));
}

/** What a list of statements says, however it was split or laid out at its edges. */
const essence = (statements: string[] | null) => (statements ?? []).join('').replace(/[\s;]+/g, '');

/** Tries a file until it gets its locks: it waits for each only briefly, and lets others pass between. */
async function applyPatiently(
  client: pg.Client,
  config: pg.ClientConfig,
  migration: Migration,
  { lockTimeoutMs = lockPatienceMs, attempts = 10, pauseMs = backOff, say = console.warn }:
    ApplyOptions,
): Promise<void> {
  for (let attempt = 1;; attempt += 1) {
    const blockers = watchBlockers(client, config);
    try {
      return await (isConcurrent(migration)
        ? applyOutsideTransaction(client, migration)
        : apply(client, migration, lockTimeoutMs));
    } catch (error) {
      if (!isBlocked(error)) throw error;
      const inTheWay = (await blockers.stop()).map((one) => `\n  ${one}`).join('');
      const who = inTheWay === '' ? 'Who held it is gone.' : `In the way:${inTheWay}`;
      if (attempt >= attempts) {
        throw new BlockedMigration(
          `${migration.path} did not get a lock in ${attempts} attempts. ${who}\n` +
            'This file left nothing; run again when that session is over, or end it with ' +
            'select pg_terminate_backend(PID).',
        );
      }
      const pause = pauseMs(attempt);
      say(
        `${migration.name} did not get a lock and stepped back; attempt ${attempt + 1} of ` +
          `${attempts} in ${(pause / 1000).toFixed(1)} s. ${who}`,
      );
      await new Promise((wake) => setTimeout(wake, pause));
    } finally {
      await blockers.stop();
    }
  }
}

/** lock_not_available or deadlock_detected, in an error that `located` may have wrapped. */
function isBlocked(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return ['55P03', '40P01'].includes(cause?.code ?? code ?? '');
}

const backOff = (attempt: number) => Math.min(30_000, 500 * 2 ** attempt);

async function apply(client: pg.Client, migration: Migration, lockTimeoutMs: number) {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${Number(lockTimeoutMs)}`);
    // A second deploy at the same time waits here, and finds the file applied.
    await client.query(
      'lock table supabase_migrations.schema_migrations in share row exclusive mode',
    );
    if (!await isRecorded(client, migration)) {
      await client.query(migration.sql);
      await record(client, migration);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw located(error, migration);
  }
}

/** True when a file's statements are those that Postgres refuses in a transaction. */
function isConcurrent({ path, sql }: Migration): boolean {
  const statements = splitStatements(sql).map(withoutComments);
  const concurrent = statements.filter((statement) =>
    /^(create\s+(unique\s+)?index|drop\s+index|reindex\s+\w+)\s+concurrently\b/i.test(statement)
  );
  if (concurrent.length === 0) return false;
  if (concurrent.length < statements.length) {
    throw new Error(
      `${path} mixes indexes made concurrently with other statements. They run outside a transaction, ` +
        'so they need a file of their own.',
    );
  }
  return true;
}

const withoutComments = (statement: string) =>
  statement.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '');

/**
 * An index that is made concurrently waits for old transactions without stopping anybody, so it may
 * wait as long as it takes. One that failed stays behind as invalid: the file drops it first.
 */
async function applyOutsideTransaction(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('set lock_timeout = 0');
  await client.query('set statement_timeout = 0');
  try {
    for (const statement of splitStatements(migration.sql)) {
      await runOnPartitions(client, statement).catch((error) => {
        const position = Number(error.position ?? 1) + migration.sql.indexOf(statement);
        throw located(Object.assign(error, { position: String(position) }), migration);
      });
    }
    await record(client, migration);
  } finally {
    await client.query('reset lock_timeout');
    await client.query('reset statement_timeout');
  }
}

/** As it stands, where it is about no table in partitions. */
async function runOnPartitions(client: pg.Client, statement: string): Promise<void> {
  const bare = withoutComments(statement);
  const statements = await forPartitions(client, bare);
  if (statements.length === 1 && statements[0] === bare) await client.query(statement);
  else for (const each of statements) await client.query(each);
}

async function isRecorded(client: pg.Client, { version }: Migration): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from supabase_migrations.schema_migrations where version = $1',
    [version],
  );
  return rowCount === 1;
}

async function record(client: pg.Client, { version, name, sql }: Migration): Promise<void> {
  await client.query(
    'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
    [version, name, splitStatements(sql)],
  );
}

/**
 * Looks, from a connection of its own, who keeps a session waiting. When Postgres says that a lock
 * was not to be had, the wait is over and nobody is in the way any more, so it is looked at meanwhile.
 * Most files never wait, and never open that connection.
 */
function watchBlockers(client: pg.Client, config: pg.ClientConfig) {
  const pid = (client as unknown as { processID: number }).processID;
  let watcher: pg.Client | undefined;
  let seen: string[] = [];
  let stopped: Promise<void> | undefined;
  let wake = () => {};

  const watching = (async () => {
    while (stopped === undefined) {
      await new Promise<void>((resume) => {
        wake = resume;
        setTimeout(resume, 250).unref();
      });
      if (stopped !== undefined) break;
      if (watcher === undefined) {
        watcher = new pg.Client({ ...config, application_name: 'staybase migrations, watching' });
        await watcher.connect();
      }
      const { rows } = await watcher.query<{ blocker: string }>(blockersOf, [pid]);
      if (rows.length > 0) seen = rows.map(({ blocker }) => blocker);
    }
  })().catch(() => {
    // Whoever may not look, or has no connection left, still migrates.
  });

  return {
    async stop(): Promise<string[]> {
      stopped ??= (async () => {
        wake();
        await watching;
        await watcher?.end();
      })();
      await stopped;
      return seen;
    },
  };
}

const blockersOf = `
  select format('pid %s, %s%s, %s for %s s: %s', pid, usename,
      case when application_name = '' then '' else format(' (%s)', application_name) end, state,
      round(extract(epoch from clock_timestamp() - xact_start)),
      left(regexp_replace(query, '\\s+', ' ', 'g'), 120)) as blocker
  from pg_catalog.pg_stat_activity
  where pid = any(pg_catalog.pg_blocking_pids($1))
  order by xact_start`;
