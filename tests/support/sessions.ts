import { createHash } from 'node:crypto';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Person } from './people.ts';
import { asPostgres, lendSession } from './stack.ts';

/**
 * One database session in a race: begin, run, commit, in the order a test writes down. It acts as a
 * person (or, without one, as the server with the secret key), with the role and claims that PostgREST
 * would set.
 */
export interface Session {
  begin(): Promise<void>;
  /** Rows of a statement. Left unawaited it may wait for another session's lock. */
  run<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Resolves when this session waits for a lock; throws when its statements end without waiting. */
  waits(): Promise<void>;
}

const isOneStatement = /^\s*(?:select|with|insert|update|delete)\b[^;]*$/i;

/** Opens a session; it is rolled back with the test. */
export async function session(someone?: Person): Promise<Session> {
  const { client, known, giveBack } = await lendSession();
  let underWay = 0;
  let ended = 0;
  onTestFinished(() => giveBack({ works: underWay > 0 }));
  const ask = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => {
    underWay += 1;
    try {
      // What comes again is prepared: to plan all promises anew took seven times what it took to look at them.
      const comesAgain = known.has(sql) && isOneStatement.test(sql);
      known.add(sql);
      const name = comesAgain ? createHash('md5').update(sql).digest('hex') : undefined;
      return await client.query<Row>({
        text: sql,
        values,
        ...(name === undefined ? {} : { name }),
      });
    } finally {
      underWay -= 1;
      ended += 1;
    }
  };
  const { rows: [backend] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const role = someone === undefined ? 'service_role' : 'authenticated';
  const claims = { role, ...(someone && { sub: someone.id, aud: role, email: someone.email }) };

  return {
    async begin() {
      await ask('begin');
      await ask(
        `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
        [role, JSON.stringify(claims)],
      );
    },
    async run<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) {
      return (await ask<Row>(sql, values)).rows;
    },
    async commit() {
      await ask('commit');
    },
    async rollback() {
      await ask('rollback');
    },
    async waits() {
      // The statement may be about to be sent: what is begun beside may look something up before.
      const before = ended;
      while (underWay > 0 || ended === before) {
        const found = await asPostgres(
          `select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`,
          [backend?.pid],
        );
        if (found.length > 0) return;
        await new Promise((wake) => setTimeout(wake, 10));
      }
      throw new Error('The session does not wait for anyone.');
    },
  };
}

/** Deadlocks in this file's database, once every session has told what it counted. */
export async function deadlocks(sessions: Session[] = []): Promise<number> {
  for (const each of sessions) await each.run('select pg_stat_force_next_flush()');
  await asPostgres(
    `select pg_terminate_backend(pid, 1000) from pg_stat_activity
     where datname = current_database() and usename = 'authenticator'`,
  );
  const [counted] = await asPostgres<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(counted?.deadlocks);
}
