import type pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import { moveSchema, type Partitionable, type Partitions, partitionSchema } from './tables.ts';

export interface Move {
  client: pg.ClientBase;
  table: Partitionable;
  /** How it is to be kept. */
  wanted: Partitions;
  /** Rows of one transaction of the copy. */
  batch: number;
  progress: Progress;
}

/** Where the new table lies until it is exchanged. */
export const fresh = ({ table }: Move) => `${moveSchema}.${table.name}`;

export const keyOf = ({ identity, key }: Partitionable) => [...identity, key];

export function partitionsOf(
  { table, wanted }: Move,
): { name: string; suffix: string; remainder: number }[] {
  const width = String(wanted - 1).length;
  return Array.from({ length: wanted }, (_, remainder) => {
    const suffix = `_of_${wanted}_${String(remainder).padStart(width, '0')}`;
    return { name: `${partitionSchema}.${table.name}${suffix}`, suffix, remainder };
  });
}

/** Logs the key of a row; `more` is what else it does when one is changed or deleted. */
export function noteChange(table: Partitionable, more: string): string {
  const keys = keyOf(table);
  const note = (row: string) =>
    `insert into ${moveSchema}.changes (${keys.join(', ')})
     values (${keys.map((column) => `${row}.${column}`).join(', ')});`;
  return `
    create or replace function ${moveSchema}.note_change() returns trigger language plpgsql volatile
      security definer set search_path = '' as $$
    begin
      if tg_op <> 'INSERT' then
        ${note('old')}
        ${more}
      end if;
      if tg_op <> 'DELETE' then
        ${note('new')}
      end if;
      return null;
    end $$`;
}

export const notCopied = (part: string) =>
  `insert into ${moveSchema}.copied
   select oid, relfilenode, 0, pg_relation_size(oid) / current_setting('block_size')::integer
   from pg_class where oid = '${part}'::regclass`;

export async function run(client: pg.ClientBase, statements: string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
}
