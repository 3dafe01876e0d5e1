import type pg from 'pg';
import { ownSchemas } from '../catalog.ts';
import { databaseOf, inDatabase, using } from '../connect.ts';
import type { Details } from '../manifest.ts';
import { BackupProblem } from '../problem.ts';

/** True when a marketplace, or any other table of somebody's, is in it. */
export async function isInhabited(client: pg.Client): Promise<boolean> {
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

export const notEmpty = (database: string) =>
  new BackupProblem(
    'target_not_empty',
    `The database ${database} is not empty. Restore into an empty one, or use --replace.`,
  );

/** True when the server has a database of this name. */
export async function hasDatabase(admin: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
  return rowCount === 1;
}

/** Ends with `target_not_empty` unless the database is missing or empty, or may be replaced. */
export async function refuseInhabited(url: string, replace: boolean): Promise<void> {
  const database = databaseOf(url);
  const there = await using(
    inDatabase(url, 'template1'),
    (client) => hasDatabase(client, database),
  );
  if (there && !replace && await using(url, isInhabited)) throw notEmpty(database);
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

/** True when this connection is the superuser's. */
export async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return rows[0]?.rolsuper === true;
}
