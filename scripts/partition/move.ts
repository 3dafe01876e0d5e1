import type pg from 'pg';
import { type Definition, readDefinition } from './definition.ts';
import { catchUp, copy, drain, drainOnce, Rewritten, verify } from './copy.ts';
import { foreignKeysOf, joinForeignKeys } from './foreign-keys.ts';
import { inOneTransaction, patiently } from './patience.ts';
import { fresh, keyOf, type Move, notCopied, noteChange, partitionsOf, run } from './shared.ts';
import {
  logTrigger,
  moveSchema,
  type Partitionable,
  PartitionProblem,
  type Partitions,
  partitionSchema,
  pastSchema,
} from './tables.ts';

/** How a table is kept, and what an earlier run left undone. */
export interface Standing {
  /** 0 when it is not partitioned. */
  partitions: Partitions;
  rows: number;
  /** A copy was begun, and the marketplace still uses the table as it was. */
  begun: Partitions | undefined;
  /** The table was exchanged, and the old one is still there. */
  unfinished: boolean;
}

export async function readStanding(client: pg.ClientBase, table: Partitionable): Promise<Standing> {
  const { rows: [is] } = await client.query<
    { partitions: number; rows: string; begun: boolean; unfinished: boolean }
  >(
    `select (select count(*)::integer from pg_inherits where inhparent = subject.oid) as partitions,
       (select coalesce(sum(greatest(reltuples, 0)), 0) from pg_class as part
        where relkind = 'r' and (part.oid = subject.oid
          or part.oid in (select inhrelid from pg_inherits where inhparent = subject.oid))) as rows,
       to_regclass($2) is not null as begun,
       to_regclass($3) is not null as unfinished
     from pg_class as subject where oid = to_regclass($1)`,
    [table.relation, `${moveSchema}.${table.name}`, `${pastSchema}.${table.name}`],
  );
  if (is === undefined) throw new PartitionProblem(`There is no table ${table.relation} here.`);
  const begun = is.begun
    ? (await client.query<{ partitions: number }>(
      `select count(*)::integer as partitions from pg_inherits where inhparent = to_regclass($1)`,
      [`${moveSchema}.${table.name}`],
    )).rows[0]?.partitions
    : undefined;
  return { ...is, rows: Number(is.rows), begun };
}

/**
 * Exchanges a table for one that is kept differently, while everybody works. A copy is filled in batches; a trigger
 * logs the key of every row that changes; what was logged is copied anew, again and again, at last in the
 * transaction that exchanges the two. Each step is a transaction: whenever it ends, the marketplace has one whole
 * table, and the next run goes on from there.
 */
export async function moveTable(move: Move): Promise<void> {
  const { client, table, wanted, progress } = move;
  let standing = await readStanding(client, table);
  if (standing.unfinished) {
    await finish(move);
    standing = await readStanding(client, table);
  }
  if (standing.begun !== undefined && standing.begun !== wanted) {
    await abandon(move);
    standing = await readStanding(client, table);
  }
  if (standing.partitions === wanted) {
    await abandon(move);
    return;
  }
  const definition = await readDefinition(client, table);
  if (standing.begun === undefined) await begin(move, definition);
  await watch(move, definition);
  try {
    await copy(move, definition);
  } catch (error) {
    if (error instanceof Rewritten) await abandon(move);
    throw error;
  }
  await catchUp(move, definition);
  await joinForeignKeys(move, definition);
  progress('Reading statistics');
  await client.query(`analyze ${moveSchema}.${table.name}`);
  await verify(move, definition);
  await swap(move, definition);
  await finish(move);
}

/** The new table, empty, with all that it needs before its rows come. Nobody uses it yet. */
async function begin(move: Move, definition: Definition): Promise<void> {
  const { client, table, wanted, progress } = move;
  progress(wanted === 0 ? 'Creating the table' : `Creating ${wanted} partitions`);
  await inOneTransaction(client, async () => {
    await run(client, [
      `create schema if not exists ${partitionSchema}`,
      `comment on schema ${partitionSchema} is 'The partitions of large tables (npm run partition); nobody names them.'`,
      `drop schema if exists ${moveSchema} cascade`,
      `create schema ${moveSchema}`,
      `comment on schema ${moveSchema} is 'npm run partition is at work, or was stopped half-way.'`,
      `create table ${
        fresh(move)
      } (like ${table.relation} including defaults including constraints including comments
         including generated including identity including storage including compression including statistics)
       ${wanted === 0 ? '' : `partition by hash (${table.key})`}`,
      ...partitionsOf(move).map(({ name, remainder }) =>
        `create table ${name} partition of ${
          fresh(move)
        } for values with (modulus ${wanted}, remainder ${remainder})`
      ),
      ...definition.shape(fresh(move), wanted),
      ...partitionsOf(move).flatMap(({ name }) => definition.shapeOfPartition(name)),
      ...namesOfPromises(move),
      `create table ${moveSchema}.changes (
         change_id bigint generated always as identity primary key, ${
        keyOf(table).map((column) => `${column} uuid not null`).join(', ')
      })`,
      `create table ${moveSchema}.copied (
         part oid primary key, file oid not null, next_page bigint not null, pages bigint not null)`,
      noteChange(table, ''),
      `revoke all on function ${moveSchema}.note_change from public`,
    ]);
  });
}

/**
 * An error names the constraint of the partition: its name begins as that of the table. An index has its name for
 * itself in its schema, so the partition's number follows.
 */
function namesOfPromises(move: Move): string[] {
  return partitionsOf(move).map(({ name, suffix }) =>
    `do $$ declare one record; begin
       for one in
         select pg_constraint.conname, parent.conname as promise from pg_constraint
         join pg_constraint as parent on parent.oid = pg_constraint.conparentid
         where pg_constraint.conrelid = '${name}'::regclass and pg_constraint.contype in ('p', 'u', 'x')
       loop
         execute format('alter table ${name} rename constraint %I to %I', one.conname,
           left(one.promise, 50) || '${suffix}');
       end loop;
     end $$`
  );
}

/** From here on no change is lost: it waits for writers that are at work, and others for a moment behind it. */
async function watch(move: Move, definition: Definition): Promise<void> {
  const { client, table, progress } = move;
  const { rowCount } = await client.query(
    'select from pg_trigger where tgrelid = to_regclass($1) and tgname = $2',
    [table.relation, logTrigger],
  );
  if (rowCount !== 0) return;
  // Of a run that was stopped while it was undone. Not under the lock: it takes a while for many partitions.
  await run(client, [`truncate ${fresh(move)}, ${moveSchema}.copied, ${moveSchema}.changes`]);
  await patiently(client, {
    progress,
    what: 'Watching for changes',
    locks: [table.relation],
    work: () =>
      run(client, [
        `create trigger ${logTrigger} after insert or update or delete on ${table.relation}
           for each row execute function ${moveSchema}.note_change()`,
        ...definition.parts.map(({ relation }) => notCopied(relation)),
      ]),
  });
}

/** The one moment for which writers wait: the rest of the log, triggers, the two names. */
async function swap(move: Move, definition: Definition): Promise<void> {
  const { client, table, progress } = move;
  const old = definition.parts.map(({ relation }) => relation);
  await patiently(client, {
    progress,
    what: 'Exchanging the tables',
    locks: [table.relation],
    mode: 'access exclusive',
    async work() {
      if (await drain(move, definition, 1000) >= 1000) return false;
      await run(client, [
        `create schema ${pastSchema}`,
        `comment on schema ${pastSchema} is 'A table that npm run partition has replaced and not dropped yet.'`,
        `drop trigger ${logTrigger} on ${table.relation}`,
        // Its rows would go on holding on to bookings and people that somebody wants to delete.
        `truncate ${old.join(', ')}`,
        `alter table ${table.relation} set schema ${pastSchema}`,
        `alter table ${fresh(move)} set schema ${table.schema}`,
        ...definition.triggers(table.relation),
        ...definition.publications(table.relation),
      ]);
      return true;
    },
    between: () => drainOnce(move, definition),
  });
}

/** After the swap the old table goes, and what was needed for the move. */
async function finish({ client, table, progress }: Move): Promise<void> {
  const past = `${pastSchema}.${table.name}`;
  // A foreign key at a time: while one is dropped, nobody reads the table that it refers to.
  for (const { name, references } of await foreignKeysOf(client, past)) {
    await patiently(client, {
      progress,
      what: 'Dropping the old table',
      locks: [references],
      mode: 'access exclusive',
      work: () => run(client, [`alter table ${past} drop constraint ${name}`]),
    });
  }
  progress('Dropping the old table');
  await run(client, [`drop schema if exists ${pastSchema}, ${moveSchema} cascade`]);
  await dropEmptySchema(client);
}

/** Undoes what was begun and not exchanged. */
async function abandon({ client, table, progress }: Move): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [
    moveSchema,
  ]);
  if (rowCount !== 0) {
    await patiently(client, {
      progress,
      what: 'Removing the copy',
      locks: [table.relation],
      mode: 'access exclusive',
      work: () => run(client, [`drop trigger if exists ${logTrigger} on ${table.relation}`]),
    });
    for (const { name, references } of await foreignKeysOf(client, `${moveSchema}.${table.name}`)) {
      await patiently(client, {
        progress,
        what: 'Removing the copy',
        locks: [references],
        mode: 'access exclusive',
        work: () =>
          run(client, [`alter table ${moveSchema}.${table.name} drop constraint ${name}`]),
      });
    }
    await run(client, [`drop schema ${moveSchema} cascade`]);
  }
  await dropEmptySchema(client);
}

async function dropEmptySchema(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query(
    'select from pg_class where relnamespace = to_regnamespace($1)',
    [partitionSchema],
  );
  if (rowCount === 0) await client.query(`drop schema if exists ${partitionSchema}`);
}
