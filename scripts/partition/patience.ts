import type pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import { PartitionProblem } from './tables.ts';

export async function inOneTransaction<T>(
  client: pg.ClientBase,
  work: () => Promise<T>,
): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/**
 * Shorter than the second after which Postgres looks for deadlocks, so that it is us who give way: whoever comes
 * after us waits behind us for no longer than this, for each lock.
 */
export const lockTimeout = '200ms';
const attempts = 60;

export interface Patience {
  progress: Progress;
  what: string;
  done?: number;
  of?: number;
  /** Tables to lock first, in this order. */
  locks: string[];
  mode?: 'share row exclusive' | 'access exclusive';
  /** Returns false to try again. */
  work: () => Promise<boolean | void>;
  /** Before it is tried again. */
  between?: () => Promise<unknown>;
}

/**
 * Runs `work` in a transaction that has its locks. While it does not get one, it lets others pass and tries again, at
 * growing intervals.
 */
export async function patiently(
  client: pg.ClientBase,
  { progress, what, done, of, locks, mode = 'share row exclusive', work, between }: Patience,
): Promise<void> {
  progress(what, done, of);
  let last = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await inOneTransaction(client, async () => {
        await client.query(`set local lock_timeout = '${lockTimeout}'`);
        for (const relation of locks) {
          await client.query(`lock table ${relation} in ${mode} mode`);
        }
        if (await work() === false) throw new NotYet();
      });
    } catch (error) {
      if (!(error instanceof NotYet) && !isBlocked(error)) throw error;
      last = error instanceof NotYet ? 'the log of changes grows' : (error as Error).message;
    }
    await between?.();
    const pause = Math.min(5000, 50 * 2 ** Math.min(attempt, 7)) * (0.5 + Math.random());
    progress(`${what}, attempt ${attempt + 1}`);
    await new Promise((wake) => setTimeout(wake, pause));
  }
  throw new PartitionProblem(
    `${what}: others hold the locks (${last}). End long transactions (npm run doctor shows them), then run this again.`,
  );
}

class NotYet extends Error {}

/** A lock timeout, a deadlock, or a row that another transaction has just changed. */
export const isBlocked = (error: unknown) =>
  ['55P03', '40P01', '40001'].includes((error as { code?: string }).code ?? '');
