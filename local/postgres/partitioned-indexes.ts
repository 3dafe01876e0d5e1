import type pg from 'pg';

const creates =
  /^create\s+(unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?([\w"]+)\s+on\s+([\w."]+)([^]*)$/i;
const drops = /^drop\s+index\s+concurrently\s+(?:if\s+exists\s+)?([\w."]+)\s*$/i;

/**
 * The statements for one that makes or drops an index concurrently. Postgres does not do that for a table in partitions
 * (npm run partition): there the index is made concurrently on each of them, and then becomes one of the whole table.
 */
export async function forPartitions(client: pg.ClientBase, statement: string): Promise<string[]> {
  const [, unique = '', name = '', table = '', rest = ''] = creates.exec(statement) ?? [];
  if (table !== '') {
    const { rows: [found] } = await client.query<{ schema: string; parts: Part[] }>(
      `select quote_ident(nspname) as schema, array(
         select json_build_object('schema', quote_ident(part_of.nspname), 'name', part.relname)
         from pg_inherits join pg_class as part on part.oid = inhrelid
         join pg_namespace as part_of on part_of.oid = part.relnamespace
         where inhparent = pg_class.oid order by part.relname) as parts
       from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where pg_class.oid = to_regclass($1) and relkind = 'p'`,
      [table],
    );
    if (found === undefined) return [statement];
    const indexOf = (part: Part) => `"${`${part.name}_${name.replaceAll('"', '')}`.slice(0, 63)}"`;
    return [
      `create ${unique}index ${name} on only ${table}${rest}`,
      ...found.parts.flatMap((part) => [
        `drop index concurrently if exists ${part.schema}.${indexOf(part)}`,
        `create ${unique}index concurrently ${
          indexOf(part)
        } on ${part.schema}."${part.name}"${rest}`,
        `alter index ${found.schema}.${name} attach partition ${part.schema}.${indexOf(part)}`,
      ]),
    ];
  }
  const [, dropped] = drops.exec(statement) ?? [];
  if (dropped === undefined) return [statement];
  const { rowCount } = await client.query(
    `select from pg_class where oid = to_regclass($1) and relkind = 'I'`,
    [dropped],
  );
  // The partitions' go with it. It needs a lock for a moment.
  return rowCount === 0 ? [statement] : [`drop index ${dropped}`];
}

interface Part {
  schema: string;
  name: string;
}
