import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { connect } from './connect.ts';

/** `kind name` and what it is. */
export type Fingerprint = Record<string, string>;

export interface TableRows {
  rows: string;
  /** A sum over the hashes of all rows, so their order does not matter. */
  hash: string;
}

export interface Sequence {
  last: string;
  called: boolean;
}

/** A role, as far as a copy has to know it: never its password. */
export interface Role {
  login: boolean;
  attributes: string;
  memberOf: { role: string; options: string }[];
  settings: string[];
}

// These belong to Supabase's own services, or to extensions: a project brings its own. Everything else
// that is no extension's is the marketplace's.
const managed = [
  '_analytics',
  '_realtime',
  '_supavisor',
  'auth',
  'cron',
  'extensions',
  'graphql',
  'graphql_public',
  'net',
  'pgbouncer',
  'pgmq',
  'pgsodium',
  'pgsodium_masks',
  'pgtle',
  'realtime',
  'repack',
  'staybase_restore',
  'storage',
  'supabase_functions',
  'vault',
];

/** The schemas that are the marketplace's: public, private, gate, supabase_migrations and your own. */
export async function ownSchemas(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ nspname: string }>(
    `select nspname from pg_namespace
     where nspname !~ '^pg_' and nspname <> 'information_schema' and nspname <> all ($1)
       and not exists (select from pg_depend
         where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid and deptype = 'e')
     order by nspname`,
    [managed],
  );
  return rows.map(({ nspname }) => nspname);
}

/** All schemas with something in them but Postgres' own. */
export async function allSchemas(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ nspname: string }>(
    `select nspname from pg_namespace
     where nspname !~ '^pg_' and nspname not in ('information_schema', 'staybase_restore') order by nspname`,
  );
  return rows.map(({ nspname }) => nspname);
}

const catalogSql = readFileSync(new URL('catalog.sql', import.meta.url), 'utf8');

/** A connection on which values are written the same way whatever a database's settings are. */
export async function openCatalog(url: string): Promise<pg.Client> {
  const client = await connect(url);
  await client.query(
    `set search_path = ''; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';
     set extra_float_digits = 1; set bytea_output = 'hex'; set jit = off; set row_security = off;
     set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
     create or replace function pg_temp.rights(list aclitem[]) returns text language sql
     as $$ select string_agg(format('%s=%s%s/%s', case grantee when 0 then 'public' else grantee::regrole::text end,
         privilege_type, case when is_grantable then '*' end, grantor::regrole), ','
         order by grantee = 0, grantee::regrole::text, privilege_type, grantor::regrole::text)
       from aclexplode(list) $$`,
  );
  return client;
}

/** What the schemas are made of. */
export async function fingerprint(client: pg.ClientBase, schemas: string[]): Promise<Fingerprint> {
  const { rows } = await client.query<{ kind: string; name: string; definition: string }>(
    catalogSql,
    [schemas],
  );
  return Object.fromEntries(
    rows.map(({ kind, name, definition }) => [`${kind} ${name}`, definition] as const)
      .sort(([one], [other]) => one < other ? -1 : 1),
  );
}

/** One line for each thing that is in one of them only, or differs. */
export function differences(wanted: Fingerprint, found: Fingerprint): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort().flatMap((name) => {
    if (!(name in found)) return [`missing in the copy: ${name}`];
    if (!(name in wanted)) return [`only in the copy: ${name}`];
    return wanted[name] === found[name]
      ? []
      : [`differs: ${name}\n    was ${wanted[name]}\n    is  ${found[name]}`];
  });
}

/** Every ordinary table of the schemas, with the columns that are stored and not computed. */
export async function tablesOf(
  client: pg.ClientBase,
  schemas: string[],
): Promise<{ table: string; schema: string; name: string; columns: string[] }[]> {
  const { rows } = await client.query(
    `select format('%I.%I', nspname, relname) as table, nspname::text as schema, relname::text as name,
       coalesce((select array_agg(attname::text order by attname) from pg_attribute
         where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''), '{}') as columns
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and nspname = any ($1) and relpersistence <> 't'
       and has_schema_privilege(nspname, 'usage') and has_table_privilege(pg_class.oid, 'select')
     order by pg_relation_size(pg_class.oid) desc, 1`,
    [schemas],
  );
  return rows;
}

/**
 * Counts and hashes the rows of one table: 64 bits a row, added up. It finds what got lost or changed by
 * accident; that nobody changed a backup on purpose is for the encryption to tell.
 */
export async function hashRows(
  client: pg.ClientBase,
  table: string,
  columns: string[],
): Promise<TableRows> {
  const row = columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(', ');
  const { rows: [found] } = await client.query<TableRows>(
    `select count(*)::text as rows, coalesce(sum(hashtextextended(row(${row})::text, 0)), 0)::text as hash
     from only ${table}`,
  );
  return found ?? { rows: '0', hash: '0' };
}

/** Where each sequence stands. */
export async function sequences(
  client: pg.ClientBase,
  schemas: string[],
): Promise<Record<string, Sequence>> {
  const { rows } = await client.query<{ name: string }>(
    `select pg_class.oid::regclass::text as name from pg_class
     join pg_namespace on pg_namespace.oid = relnamespace
     where nspname = any ($1) and has_schema_privilege(nspname, 'usage')
       and case when relkind = 'S' then has_sequence_privilege(pg_class.oid, 'select') end
     order by 1`,
    [schemas],
  );
  const found: Record<string, Sequence> = {};
  for (const { name } of rows) {
    const { rows: [at] } = await client.query<Sequence>(
      `select last_value::text as last, is_called as called from ${name}`,
    );
    if (at !== undefined) found[name] = at;
  }
  return found;
}

/** Roles that are not Postgres' own, with what they may and are set to. */
export async function roles(client: pg.ClientBase): Promise<Record<string, Role>> {
  const { rows } = await client.query<{ name: string } & Role>(
    `select rolname::text as name, rolcanlogin as login,
       concat_ws(' ', case when rolsuper then 'superuser' else 'nosuperuser' end,
         case when rolinherit then 'inherit' else 'noinherit' end,
         case when rolcreaterole then 'createrole' else 'nocreaterole' end,
         case when rolcreatedb then 'createdb' else 'nocreatedb' end,
         case when rolbypassrls then 'bypassrls' else 'nobypassrls' end,
         case when rolreplication then 'replication' else 'noreplication' end) as attributes,
       coalesce((select json_agg(distinct jsonb_build_object('role', pg_auth_members.roleid::regrole::text,
           'options', format('admin %s, inherit %s, set %s', admin_option::text, inherit_option::text, set_option::text)))
         from pg_auth_members where member = pg_roles.oid), '[]') as "memberOf",
       coalesce((select array_agg(setting order by setting) from pg_db_role_setting, unnest(setconfig) as setting
         where setrole = pg_roles.oid and setdatabase = 0), '{}') as settings
     from pg_roles where rolname !~ '^pg_' order by rolname`,
  );
  return Object.fromEntries(rows.map(({ name, ...role }) => [name, role]));
}
