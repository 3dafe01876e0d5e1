import type pg from 'pg';
import { logTrigger, type Partitionable, PartitionProblem, type Partitions } from './tables.ts';

/** Everything that makes a table what it is besides its rows, as statements for another table. */
export interface Definition {
  /** The columns that are stored, in their order. */
  columns: string[];
  /** Before its rows: constraints with an index, indexes, who may do what, comments. */
  shape(table: string, partitions: Partitions): string[];
  /** What one partition has of its own. */
  shapeOfPartition(partition: string): string[];
  /** With the swap: until then they would fire for rows that are copied. */
  triggers(table: string): string[];
  foreignKeys: { name: string; definition: string; references: string }[];
  publications(table: string): string[];
  /** The tables with rows: the table itself, or its partitions. */
  parts: { oid: string; relation: string }[];
}

/** Reads it from the catalog. Refuses what a swap would lose. */
export async function readDefinition(
  client: pg.ClientBase,
  table: Partitionable,
): Promise<Definition> {
  await refuseDependents(client, table);
  const { rows: [is] } = await client.query<Row>(read, [table.relation, logTrigger]);
  if (is === undefined) throw new PartitionProblem(`There is no table ${table.relation}.`);
  for (const { name, columns, condition, viaRoot } of is.publications) {
    if (viaRoot || (columns === null && condition === null)) continue;
    throw new PartitionProblem(
      `${name} publishes some columns or rows of ${table.relation}, which Postgres does for a partitioned table only ` +
        `after: alter publication ${name} set (publish_via_partition_root = true)`,
    );
  }
  const { relation, key, identity } = table;
  const onto = (statement: string, target: string) =>
    statement.replace(
      new RegExp(` ON (?:ONLY )?${relation.replace('.', '\\.')} `),
      ` ON ${target} `,
    );

  return {
    columns: is.columns,
    shape: (target, partitions) => [
      `alter table ${target} owner to ${is.owner}`,
      `alter table ${target} add constraint ${is.primary_key} primary key (${
        (partitions === 0 ? identity : [...identity, key]).join(', ')
      })`,
      ...is.constraints.map(({ name, definition }) =>
        `alter table ${target} add constraint ${name} ${definition}`
      ),
      ...is.indexes.map((statement) => onto(statement, target)),
      ...(is.secured ? [`alter table ${target} enable row level security`] : []),
      ...(is.forced ? [`alter table ${target} force row level security`] : []),
      ...is.policies.map((statement) => statement.replace(/%table%/, target)),
      ...rightsOf(target, is),
      ...is.targets.map(({ column, target: rows }) =>
        `alter table ${target} alter column ${column} set statistics ${rows}`
      ),
      ...is.comments.map(({ what, words }) =>
        `comment on ${what.replace(/%table%/, target)} is ${words}`
      ),
      ...(is.identity === 'f' ? [`alter table ${target} replica identity full`] : []),
      ...(partitions === 0 && is.options !== null
        ? [`alter table ${target} set (${is.options})`]
        : []),
    ],
    shapeOfPartition: (partition) => [
      `alter table ${partition} owner to ${is.owner}`,
      // Policies and grants of the parent count for whoever names the parent. Nobody may name these.
      `alter table ${partition} enable row level security`,
      ...revoked(partition, is.roles),
      `comment on table ${partition} is 'A partition of ${relation}.'`,
      ...(is.identity === 'f' ? [`alter table ${partition} replica identity full`] : []),
      ...(is.options === null ? [] : [`alter table ${partition} set (${is.options})`]),
    ],
    triggers: (target) =>
      is.triggers.flatMap(({ statement, name, enabled, words }) => [
        onto(statement, target),
        ...(enabled === 'D' ? [`alter table ${target} disable trigger ${name}`] : []),
        ...(enabled === 'A' ? [`alter table ${target} enable always trigger ${name}`] : []),
        ...(enabled === 'R' ? [`alter table ${target} enable replica trigger ${name}`] : []),
        ...(words === null ? [] : [`comment on trigger ${name} on ${target} is ${words}`]),
      ]),
    foreignKeys: is.foreign_keys,
    publications: (target) =>
      is.publications.map(({ name, columns, condition }) =>
        `alter publication ${name} add table ${target}${columns === null ? '' : ` (${columns})`}${
          condition === null ? '' : ` where (${condition})`
        }`
      ),
    parts: is.parts,
  };
}

const revoked = (target: string, roles: string[]) => [
  `revoke all on table ${target} from ${['public', ...roles].join(', ')}`,
];

/** The default privileges of whoever creates a table may say more than the table had. */
const rightsOf = (target: string, { roles, rights }: Row) => [
  ...revoked(target, roles),
  ...rights.map(({ what, role, grantable }) =>
    `grant ${what} on table ${target} to ${role}${grantable ? ' with grant option' : ''}`
  ),
];

interface Row {
  owner: string;
  secured: boolean;
  forced: boolean;
  identity: string;
  options: string | null;
  columns: string[];
  primary_key: string;
  constraints: { name: string; definition: string }[];
  indexes: string[];
  foreign_keys: { name: string; definition: string; references: string }[];
  triggers: { name: string; statement: string; enabled: string; words: string | null }[];
  policies: string[];
  roles: string[];
  rights: { what: string; role: string; grantable: boolean }[];
  targets: { column: string; target: number }[];
  comments: { what: string; words: string }[];
  publications: {
    name: string;
    columns: string | null;
    condition: string | null;
    viaRoot: boolean;
  }[];
  parts: { oid: string; relation: string }[];
}

const list = (rows: string) => `coalesce((select json_agg(found) from (${rows}) as found), '[]')`;
const texts = (rows: string) => `array(${rows})`;

const read = `
  with subject as (select * from pg_class where oid = to_regclass($1))
  select
    quote_ident(pg_get_userbyid(relowner)) as owner, relrowsecurity as secured,
    relforcerowsecurity as forced, relreplident as identity,
    -- Of a partitioned table, its partitions have them.
    (select array_to_string(reloptions, ', ') from pg_class
     where oid = coalesce((select min(inhrelid) from pg_inherits where inhparent = subject.oid), subject.oid)) as options,
    ${
  texts(`select quote_ident(attname) from pg_attribute
         where attrelid = subject.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`)
} as columns,
    (select quote_ident(conname) from pg_constraint where conrelid = subject.oid and contype = 'p') as primary_key,
    ${
  list(
    `select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
        where conrelid = subject.oid and contype in ('u', 'x') order by conname`,
  )
} as constraints,
    ${
  texts(`select pg_get_indexdef(indexrelid) from pg_index
         where indrelid = subject.oid and not exists (
           select from pg_constraint where conindid = indexrelid and conrelid = subject.oid)
         order by indexrelid::regclass::text`)
} as indexes,
    ${
  list(`select distinct on (conname) quote_ident(conname) as name,
          regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') as definition,
          confrelid::regclass::text as references
        from pg_constraint
        where contype = 'f' and (conrelid = subject.oid
          or conrelid in (select inhrelid from pg_inherits where inhparent = subject.oid))
        order by conname`)
} as foreign_keys,
    ${
  list(
    `select quote_ident(tgname) as name, pg_get_triggerdef(oid) as statement, tgenabled as enabled,
          quote_literal(obj_description(oid, 'pg_trigger')) as words
        from pg_trigger where tgrelid = subject.oid and not tgisinternal and tgname <> $2 order by tgname`,
  )
} as triggers,
    ${
  texts(`select format('create policy %I on %%table%% as %s for %s to %s%s%s', polname,
           case when polpermissive then 'permissive' else 'restrictive' end,
           case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
             else 'all' end,
           (select string_agg(case when role = 0 then 'public' else role::regrole::text end, ', ') from unnest(polroles) as role),
           ' using (' || pg_get_expr(polqual, polrelid) || ')',
           ' with check (' || pg_get_expr(polwithcheck, polrelid) || ')')
         from pg_policy where polrelid = subject.oid order by polname`)
} as policies,
    ${
  texts(`select quote_ident(rolname) from pg_roles
         where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
         order by rolname`)
} as roles,
    ${
  list(`select lower(privilege_type) as what,
          case when grantee = 0 then 'public' else grantee::regrole::text end as role, is_grantable as grantable
        from aclexplode(relacl) where grantee <> relowner
        union all
        select format('%s (%I)', lower(privilege_type), attname),
          case when grantee = 0 then 'public' else grantee::regrole::text end, is_grantable
        from pg_attribute, aclexplode(attacl) where attrelid = subject.oid and attnum > 0
        order by 1, 2`)
} as rights,
    ${
  list(`select quote_ident(attname) as column, attstattarget as target from pg_attribute
        where attrelid = subject.oid and attnum > 0 and attstattarget >= 0 order by attnum`)
} as targets,
    ${
  list(
    `select 'table %table%' as what, quote_literal(obj_description(subject.oid, 'pg_class')) as words
        where obj_description(subject.oid, 'pg_class') is not null
        union all
        select format('constraint %I on %%table%%', conname), quote_literal(obj_description(oid, 'pg_constraint'))
        from pg_constraint where conrelid = subject.oid and contype in ('p', 'u', 'x')
          and obj_description(oid, 'pg_constraint') is not null
        union all
        select format('policy %I on %%table%%', polname), quote_literal(obj_description(oid, 'pg_policy'))
        from pg_policy where polrelid = subject.oid and obj_description(oid, 'pg_policy') is not null`,
  )
} as comments,
    ${
  list(`select quote_ident(pubname) as name,
          (select string_agg(quote_ident(attname), ', ') from pg_attribute
           where attrelid = subject.oid and attnum = any (prattrs::smallint[])) as columns,
          pg_get_expr(prqual, prrelid) as condition, pubviaroot as "viaRoot"
        from pg_publication_rel join pg_publication on pg_publication.oid = prpubid
        where prrelid = subject.oid order by pubname`)
} as publications,
    ${
  list(
    `select pg_class.oid::text, pg_class.oid::regclass::text as relation from pg_partition_tree(subject.oid)
        join pg_class on pg_class.oid = relid where isleaf
        union select subject.oid::text, subject.oid::regclass::text where subject.relkind = 'r'
        order by 2`,
  )
} as parts
  from subject`;

/**
 * A swap gives the name to another table, and whatever Postgres bound to the old one goes on meaning that: functions
 * with a body of SQL, views, policies of other tables, foreign keys to it, functions of its row type.
 */
async function refuseDependents(client: pg.ClientBase, { relation }: Partitionable): Promise<void> {
  const { rows } = await client.query<{ what: string }>(
    `with subject as (select oid, reltype from pg_class where oid = to_regclass($1))
     select distinct pg_describe_object(pg_depend.classid, pg_depend.objid, 0) as what
     from subject, pg_depend
     left join pg_constraint on classid = 'pg_constraint'::regclass and pg_constraint.oid = objid
     left join pg_policy on classid = 'pg_policy'::regclass and pg_policy.oid = objid
     left join pg_trigger on classid = 'pg_trigger'::regclass and pg_trigger.oid = objid
     where deptype in ('n', 'a')
       and ((refclassid = 'pg_class'::regclass and refobjid = subject.oid)
         or (refclassid = 'pg_type'::regclass
           and refobjid in (select subject.reltype union select typarray from pg_type where pg_type.oid = subject.reltype)))
       and classid in ('pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
         'pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_statistic_ext'::regclass)
       and coalesce(pg_constraint.conrelid, pg_policy.polrelid, pg_trigger.tgrelid, 0) <> subject.oid
       and coalesce(pg_constraint.conrelid, 0) not in (select relid from pg_partition_tree(subject.oid))
     order by 1`,
    [relation],
  );
  if (rows.length === 0) return;
  throw new PartitionProblem(
    `${relation} cannot be exchanged, because these would go on using the table that is replaced:\n  ${
      rows.map(({ what }) => what).join('\n  ')
    }`,
  );
}
