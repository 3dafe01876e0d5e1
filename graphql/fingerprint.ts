import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Query = (sql: string) => Promise<{ rows: { line: string }[] }>;

/**
 * A digest of all that the graph is made of: what the catalog says of `public` (rows, columns, verbs,
 * keys, indexes, grants, comments) and the files of this folder. A change to the body of a rule leaves
 * it alone, so whether the graph is stale is known without building it.
 */
export async function fingerprint(query: Query): Promise<string> {
  const hash = createHash('sha256');
  for (const file of sources()) hash.update(readFileSync(join(import.meta.dirname, file)));
  const { rows } = await query(catalog);
  hash.update(rows.map(({ line }) => line).toSorted().join('\n'));
  return hash.digest('hex').slice(0, 32);
}

const sources = () =>
  [
    ...readdirSync(import.meta.dirname).filter((name) =>
      /\.(ts|js)$|package-lock\.json/.test(name) && !/exported/.test(name)
    ),
    ...readdirSync(join(import.meta.dirname, 'plugins')).map((name) => `plugins/${name}`),
  ].toSorted();

const catalog = `
  select concat_ws(' ', 'row', pg_class.relname, pg_class.relkind, pg_attribute.attname,
    format_type(pg_attribute.atttypid, pg_attribute.atttypmod), pg_attribute.attnotnull,
    pg_class.relacl, pg_attribute.attacl, obj_description(pg_class.oid, 'pg_class'),
    col_description(pg_class.oid, pg_attribute.attnum)) as line
  from pg_catalog.pg_class
    join pg_catalog.pg_attribute on pg_attribute.attrelid = pg_class.oid
  where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'c')
    and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
  union all
  select concat_ws(' ', 'verb', pg_proc.proname, pg_get_function_arguments(pg_proc.oid),
    pg_get_function_result(pg_proc.oid), pg_proc.provolatile, pg_proc.proacl,
    obj_description(pg_proc.oid, 'pg_proc'))
  from pg_catalog.pg_proc
  where pg_proc.pronamespace = 'public'::regnamespace
  union all
  select concat_ws(' ', 'type', pg_type.typname, pg_type.typtype, pg_type.typbasetype::regtype,
    (select string_agg(pg_enum.enumlabel, ',' order by pg_enum.enumsortorder)
     from pg_catalog.pg_enum where pg_enum.enumtypid = pg_type.oid),
    obj_description(pg_type.oid, 'pg_type'))
  from pg_catalog.pg_type
  where pg_type.typnamespace = 'public'::regnamespace
  union all
  select concat_ws(' ', 'key', pg_constraint.conrelid::regclass, pg_constraint.conname,
    pg_get_constraintdef(pg_constraint.oid))
  from pg_catalog.pg_constraint
  where pg_constraint.connamespace = 'public'::regnamespace
    and pg_constraint.contype in ('p', 'u', 'f')
  union all
  select concat_ws(' ', 'index', pg_get_indexdef(pg_index.indexrelid))
  from pg_catalog.pg_index
    join pg_catalog.pg_class on pg_class.oid = pg_index.indrelid
  where pg_class.relnamespace = 'public'::regnamespace
`;
