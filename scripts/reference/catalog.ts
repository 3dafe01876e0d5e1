import type pg from 'pg';
import { readAnswerTypes } from '../../local/answer-types.ts';

/** Who may call an operation: anonymous, signed in, or a server with the secret key. */
export type Role = 'anon' | 'authenticated' | 'service_role';

export interface Argument {
  name: string;
  type: string;
  /** As SQL; absent for a required argument. */
  default?: string;
  /** The values that it, or each element of it, can have. */
  words: string[] | null;
}

export interface Verb {
  name: string;
  comment: string;
  roles: Role[];
  arguments: Argument[];
  /** A type, or a domain's base type; `void` for none. */
  answer: string;
  many: boolean;
  /** Whether it only reads, so that GET works as well. */
  reads: boolean;
}

export interface Column {
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
  /** The values that it can have. */
  words: string[] | null;
  /** The table it refers to. */
  refers: string | null;
  isKey: boolean;
  /** Whether clients may set it in a new row, or change it. */
  inserted: boolean;
  updated: boolean;
  /** Whether it has a default in a new row. */
  hasDefault: boolean;
}

export interface Table {
  name: string;
  comment: string;
  roles: Role[];
  deletable: boolean;
  columns: Column[];
}

export interface Composite {
  name: string;
  comment: string | null;
  fields: {
    name: string;
    type: string;
    nullable: boolean;
    words: string[] | null;
    comment: string | null;
  }[];
}

export interface Refusal {
  code: string;
  topic: string;
  /** 0 if there was no response at all. */
  status: number;
  raised_by: string;
  detail: string;
}

/** The description of the API from the database. */
export interface Catalog {
  verbs: Verb[];
  tables: Table[];
  composites: Composite[];
  enums: Record<string, string[]>;
  refusals: Refusal[];
}

/** Reads a migrated database. The result is sorted, so that it is the same everywhere. */
export async function readCatalog(client: pg.Client): Promise<Catalog> {
  const rows = async <Row extends pg.QueryResultRow>(sql: string) =>
    (await client.query<Row>(sql)).rows;
  const answers = await readAnswerTypes(client);

  const verbs = await rows<Verb>(`
    select proname::text as name, obj_description(pg_proc.oid, 'pg_proc') as comment,
      array(
        select role from unnest(array['anon', 'authenticated', 'service_role']) as role
        where has_function_privilege(role, pg_proc.oid, 'execute')) as roles,
      coalesce((
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'name', proargnames[place], 'type', format_type(argument, null),
          'default', pg_get_function_arg_default(pg_proc.oid, place::integer))) order by place)
        from unnest(proargtypes) with ordinality as argument (argument, place)), '[]') as arguments,
      case pg_type.typtype when 'd' then format_type(pg_type.typbasetype, pg_type.typtypmod)
        else format_type(prorettype, null) end as answer,
      proretset as many, provolatile <> 'v' as reads
    from pg_proc join pg_type on pg_type.oid = prorettype
    where pronamespace = 'public'::regnamespace and prokind = 'f'
    order by proname collate "C"`);
  for (const verb of verbs) {
    for (const argument of verb.arguments) {
      argument.words = answers.arguments
        .find((known) => known.function === verb.name && known.argument === argument.name)?.words ??
        null;
    }
  }

  const tables = await rows<Table>(`
    select pg_class.relname::text as name, obj_description(pg_class.oid, 'pg_class') as comment,
      array(
        select role from unnest(array['anon', 'authenticated']) as role
        where has_table_privilege(role, pg_class.oid, 'select')) as roles,
      has_table_privilege('authenticated', pg_class.oid, 'delete') as deletable,
      (select jsonb_agg(jsonb_build_object(
          'name', attname, 'type', format_type(atttypid, null), 'nullable', not attnotnull,
          'comment', col_description(pg_class.oid, attnum),
          'isKey', exists (
            select from pg_constraint
            where conrelid = pg_class.oid and contype = 'p' and attnum = any (conkey)),
          'refers', (
            select min(other.relname) from pg_constraint join pg_class as other on other.oid = confrelid
            where conrelid = pg_class.oid and contype = 'f' and conkey = array[attnum]
              and other.relnamespace = 'public'::regnamespace),
          'inserted', has_column_privilege('authenticated', pg_class.oid, attnum, 'insert'),
          'updated', has_column_privilege('authenticated', pg_class.oid, attnum, 'update'),
          'hasDefault', atthasdef or attidentity <> '') order by attnum)
        from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped) as columns
    from pg_class
    where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'p')
    order by pg_class.relname collate "C"`);
  for (const table of tables) {
    for (const column of table.columns) {
      column.words = answers.columns
        .find((known) => known.table === table.name && known.column === column.name)?.words ?? null;
    }
  }

  const composites = await rows<Composite>(`
    select pg_type.typname::text as name, obj_description(pg_type.oid, 'pg_type') as comment,
      (select jsonb_agg(jsonb_build_object(
          'name', attname, 'type', format_type(atttypid, null),
          'comment', col_description(pg_class.oid, attnum)) order by attnum)
        from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped) as fields
    from pg_type join pg_class on pg_class.oid = pg_type.typrelid and pg_class.relkind = 'c'
    where pg_type.typnamespace = 'public'::regnamespace
    order by pg_type.typname collate "C"`);
  for (const composite of composites) {
    for (const field of composite.fields) {
      const known = answers.fields
        .find(({ answer, field: name }) => answer === composite.name && name === field.name);
      field.nullable = known?.nullable ?? true;
      field.words = known?.words ?? null;
    }
  }

  const enums = await rows<{ name: string; words: string[] }>(`
    select typname::text as name,
      array(select enumlabel::text from pg_enum where enumtypid = pg_type.oid order by enumsortorder) as words
    from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'
    order by typname collate "C"`);

  return {
    verbs,
    tables: tables.filter(({ roles }) => roles.length > 0),
    composites,
    enums: Object.fromEntries(enums.map(({ name, words }) => [name, words])),
    refusals: await rows<Refusal>(
      'select code, topic, status, raised_by, detail from private.refusals order by position',
    ),
  };
}
