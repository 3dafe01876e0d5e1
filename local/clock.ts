import pg from 'pg';
import { keys } from './keys.ts';

export interface ClockOptions {
  /** Runs a statement as `postgres`; returns the rows. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  gatewayUrl: string;
}

/**
 * One beat: due jobs in the database, then the outbox worker and whatever function is due. Hosted Supabase has pg_cron for it.
 * Throws what went wrong.
 */
export async function tick(
  { query, gatewayUrl }: ClockOptions,
  signal?: AbortSignal,
): Promise<void> {
  const jobs = await query('select job, done from private.run_due_jobs()');
  await call('run-commands', gatewayUrl, signal);
  for (const { name } of await query('select name from private.due_functions() as name')) {
    await call(String(name), gatewayUrl, signal);
  }
  const failed = jobs.filter(({ done }) => done === null).map(({ job }) => job);
  if (failed.length > 0) {
    throw new Error(`${failed.join(', ')} failed; private.job_failures says why`);
  }
}

async function call(
  name: string,
  gatewayUrl: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await fetch(`${gatewayUrl}/functions/v1/${name}`, {
    method: 'POST',
    headers: { apikey: keys.secret, authorization: `Bearer ${keys.secret}` },
    body: '{}',
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) {
    throw new Error(`${name} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  }
}

export interface Clock {
  isHealthy(): boolean;
  stop(): Promise<void>;
}

export interface BeatingClockOptions extends ClockOptions {
  /** Connection string of the database whose calls of functions are heard. */
  databaseUrl: string;
  everySeconds: number;
  onTrouble: (trouble: string) => void;
}

/**
 * Beats every few seconds, and as soon as the database calls a function (hosted Supabase has pg_net
 * for it). A failure is told once, until it changes or ends.
 */
export async function startClock(options: BeatingClockOptions): Promise<Clock> {
  let trouble: string | undefined;
  let isCalled = false;
  let wake = () => {};
  let running = true;
  const stopping = new AbortController();

  const ear = new pg.Client({ connectionString: options.databaseUrl });
  // A database that goes away is noticed, and told, by the next beat.
  ear.on('error', () => {});
  ear.on('notification', () => {
    isCalled = true;
    // What is still due after a failure calls again and again; it can wait for the next beat.
    if (trouble === undefined) wake();
  });
  await ear.connect();
  await ear.query('listen staybase_functions');

  const beating = (async () => {
    while (running) {
      isCalled = false;
      const now = await tick(options, stopping.signal).then(
        () => undefined,
        (error) => String(error.message ?? error),
      );
      if (now !== undefined && now !== trouble && running) options.onTrouble(now);
      trouble = now;
      if (!running) break;
      if (isCalled && trouble === undefined) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.everySeconds * 1000);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return {
    isHealthy: () => trouble === undefined,
    async stop() {
      running = false;
      wake();
      // A call of a function may take minutes. Cut off it is like a crash: the next beat repeats it.
      const cut = setTimeout(() => stopping.abort(), 10_000);
      await beating;
      clearTimeout(cut);
      await ear.end();
    },
  };
}
