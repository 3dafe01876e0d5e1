import type pg from 'pg';
import type { Progress } from '../../shared/progress.ts';
import { ownSchemas } from '../catalog.ts';
import type { Details } from '../manifest.ts';
import { BackupProblem } from '../problem.ts';
import { isInhabited, notEmpty } from './target.ts';

/** Makes room: refuses what is not empty, clears what an unfinished restore left, takes old rights away. */
export async function prepareProject(
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
