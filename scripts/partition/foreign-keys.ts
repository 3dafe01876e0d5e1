import type pg from 'pg';
import { catchUp, drainOnce } from './copy.ts';
import type { Definition } from './definition.ts';
import { patiently } from './patience.ts';
import { fresh, keyOf, type Move, noteChange, partitionsOf, run } from './shared.ts';

/**
 * The foreign keys of the new table, before it is used: a lock for a moment for each partition, then a look at all
 * rows that locks nobody out, at last the key of the whole table, for which Postgres takes those of its partitions
 * and reads no row. Meanwhile a row that is gone must not hold on to what somebody deletes, so it goes at once.
 */
export async function joinForeignKeys(move: Move, definition: Definition): Promise<void> {
  const { client, table, wanted, progress } = move;
  const target = fresh(move);
  await run(client, [
    noteChange(
      table,
      `delete from ${target} as one where ${
        keyOf(table).map((column) => `one.${column} = old.${column}`).join(' and ')
      };`,
    ),
  ]);
  await catchUp(move, definition);
  const parts = wanted === 0 ? [target] : partitionsOf(move).map(({ name }) => name);
  const { rows: there } = await client.query<{ part: string; name: string; valid: boolean }>(
    `select conrelid::regclass::text as part, quote_ident(conname) as name, convalidated as valid
     from pg_constraint where contype = 'f' and conrelid = any ($1::regclass[])`,
    [[...parts, target]],
  );
  const has = (part: string, name: string) =>
    there.some((one) => one.part === part && one.name === name);
  let added = 0;
  for (const { name, definition: says, references } of definition.foreignKeys) {
    for (const part of parts) {
      added += 1;
      if (has(part, name)) continue;
      await patiently(client, {
        progress,
        what: 'Adding foreign keys',
        done: added,
        of: parts.length * definition.foreignKeys.length,
        locks: [references],
        work: () => run(client, [`alter table ${part} add constraint ${name} ${says} not valid`]),
        between: () => drainOnce(move, definition),
      });
    }
    await catchUp(move, definition);
  }
  progress('Checking foreign keys');
  for (const { name } of definition.foreignKeys) {
    for (const part of parts) {
      if (there.some((one) => one.part === part && one.name === name && one.valid)) continue;
      await client.query(`alter table ${part} validate constraint ${name}`);
    }
    await catchUp(move, definition);
  }
  if (wanted === 0) return;
  for (const { name, definition: says, references } of definition.foreignKeys) {
    if (has(target, name)) continue;
    await patiently(client, {
      progress,
      what: 'Joining foreign keys',
      locks: [references],
      // The triggers of the partitions' own keys are dropped: a lock that grew to this one would meet writers halfway.
      mode: 'access exclusive',
      work: () => run(client, [`alter table ${target} add constraint ${name} ${says}`]),
      between: () => drainOnce(move, definition),
    });
  }
}

export const foreignKeysOf = async (client: pg.ClientBase, relation: string) =>
  (await client.query<{ name: string; references: string }>(
    `select quote_ident(conname) as name, confrelid::regclass::text as references from pg_constraint
     where contype = 'f' and conrelid = to_regclass($1) order by 1`,
    [relation],
  )).rows;
