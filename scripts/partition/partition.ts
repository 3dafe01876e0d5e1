import pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import { moveTable, readStanding } from './move.ts';
import { type Stall, watchStalls } from './stall.ts';
import { type Partitionable, PartitionProblem, type Partitions } from './tables.ts';

/** A session that names everything with its schema, and is the only one of its kind. */
export async function openSession(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ application_name: 'staybase partition', ...config });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`set search_path = ''`);
    await client.query('set statement_timeout = 0');
    const { rows: [lock] } = await client.query<{ alone: boolean }>(
      `select pg_try_advisory_lock(hashtext('staybase partition')) as alone`,
    );
    if (!lock?.alone) {
      throw new PartitionProblem(
        'It is running elsewhere, or its last statement has not ended yet.',
      );
    }
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Keeps a table in so many partitions (0: in none); returns how long a writer waited meanwhile. */
export async function partition(
  config: pg.ClientConfig,
  table: Partitionable,
  wanted: Partitions,
  { batch = 5000, progress = () => {} }: { batch?: number; progress?: Progress } = {},
): Promise<Stall> {
  const client = await openSession(config);
  try {
    // It says whether the table is there, before anything else looks at it.
    await readStanding(client, table);
    const { rows } = await client.query<{ other: string }>(
      `select distinct confrelid::regclass::text as other from pg_constraint
       where contype = 'f' and conrelid = to_regclass($1) order by 1`,
      [table.relation],
    );
    const stalls = await watchStalls(config, {
      relation: table.relation,
      column: table.identity[0] ?? table.key,
      others: rows.map(({ other }) => other),
    });
    try {
      await moveTable({
        client,
        table,
        wanted,
        batch,
        progress(what, done, of) {
          stalls.during(what);
          progress(what, done, of);
        },
      });
    } catch (error) {
      await stalls.stop();
      throw error;
    }
    return await stalls.stop();
  } finally {
    await client.end();
  }
}
