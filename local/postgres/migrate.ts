import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { inProject } from '../paths.ts';
import type { Cluster } from './cluster.ts';
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

/**
 * Applies what is missing as `postgres`, one transaction a file, and records it as `supabase db push`
 * does, so that both may work on one database. Returns the names applied.
 * Throws `ChangedMigration` when a recorded file was edited or is gone.
 */
export async function migrate(
  cluster: Cluster,
  database: string,
  migrations: Migration[] = readMigrations(),
): Promise<string[]> {
  return await cluster.using(database, 'postgres', async (client) => {
    const missing = await migrationsToApply(client, migrations).catch((error) => {
      if (error instanceof ChangedMigration) {
        error.message += ' Run npm run reset to rebuild the database from the migrations.';
      }
      throw error;
    });
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  });
}

/**
 * What a database still lacks, by supabase_migrations.schema_migrations. `db push` compares versions
 * only; this compares what was run. Throws `ChangedMigration` when a recorded file was edited or is gone.
 */
export async function migrationsToApply(
  client: pg.Client,
  migrations: Migration[] = readMigrations(),
): Promise<Migration[]> {
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

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [migration.version, migration.name, splitStatements(migration.sql)],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw located(error, migration);
  }
}
