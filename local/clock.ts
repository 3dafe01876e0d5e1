import pg from 'pg';
import { keys } from './keys.ts';

/** Runs a statement, or several in one transaction, as `postgres`; returns the rows of the last. */
export type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** The rows of the last of a query's statements: pg answers one result, or one for each. */
export function lastRows(result: pg.QueryResult | pg.QueryResult[]): Record<string, unknown>[] {
  return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
}

/**
 * Runs what is due, job by job and batch by batch, each in a transaction with the limits of its job.
 * Any number of workers may do it at once. Returns the jobs that fail.
 */
export async function runDueJobs(query: Query, isStopping = () => false): Promise<string[]> {
  let place = 0;
  while (!isStopping()) {
    const [run] = await query(`select * from private.take_job(${place}::smallint)`);
    if (run === undefined) break;
    place = Number(run.place);
    const batch = `set local statement_timeout = ${Number(run.time_limit_ms)};
      select private.run_job(${Number(run.run_id)}) as more`;
    while ((await query(batch))[0]?.more === true && !isStopping());
  }
  const failures = await query('select job from private.job_failures order by job');
  return failures.map(({ job }) => String(job));
}

export interface Functions {
  /** Supabase, or the gateway of a local stack. */
  gatewayUrl: string;
  /** The secret key; by default that of a local stack. */
  secretKey?: string;
  /** How long an edge function may take; by default as long as hosted Supabase lets one, 150 s. */
  functionLimitMs?: number;
}

export interface TickOptions extends Functions {
  query: Query;
}

/**
 * One beat: due jobs in the database, then the edge functions that have something to do. Hosted Supabase
 * has pg_cron for it. Throws what went wrong.
 */
export async function tick(options: TickOptions, signal?: AbortSignal): Promise<void> {
  const { query } = options;
  const failed = await runDueJobs(query);
  // What the worker did may have made another function due, or itself.
  for (let round = 0; round < 2; round += 1) {
    for (const { name } of await query('select name from private.due_functions() as name')) {
      await call(String(name), options, signal);
    }
  }
  if (failed.length > 0) throw new Error(whyJobsFail(failed));
}

const whyJobsFail = (failed: string[]) =>
  `${failed.join(', ')} failed; private.job_failures says why`;

async function call(
  name: string,
  { gatewayUrl, secretKey = keys.secret, functionLimitMs = 150_000 }: Functions,
  signal: AbortSignal | undefined,
): Promise<{ didSomething: boolean }> {
  // A function that never answers would keep the others waiting.
  const limit = AbortSignal.timeout(functionLimitMs);
  const answer = await fetch(`${gatewayUrl}/functions/v1/${name}`, {
    method: 'POST',
    headers: { apikey: secretKey, authorization: `Bearer ${secretKey}` },
    body: '{}',
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  if (!answer.ok) {
    throw new Error(`${name} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  }
  const { done = 0, retried = 0, failed = 0 } = await answer.json() as Record<string, number>;
  return { didSomething: done + retried + failed > 0 };
}

export interface Clock {
  isHealthy(): boolean;
  stop(): Promise<void>;
}

export interface ClockOptions extends Functions {
  /** Connection string of the database whose calls of functions are heard. */
  databaseUrl: string;
  /** How long what is due may wait at most. */
  everySeconds: number;
  onTrouble: (trouble: string) => void;
  /** How long a server that accepts a connection may say nothing; by default 10 s. */
  connectLimitMs?: number;
}

// A second one starts when the first is still busy with a slow job at the next beat.
const lanes = 2;

const probe = `
  select
    (select extract(epoch from min(start_at) - private.now()) from private.due_jobs())::float8 as seconds,
    array(select private.due_functions()) as functions`;

/**
 * Does what is due at its time: asks every few seconds, when the next job is due, and as soon as the
 * database calls a function (hosted Supabase has pg_net for it). A failure is told once, until it
 * changes or ends.
 *
 * One session listens and asks, and keeps its plans; those that run jobs are opened when one is due and
 * closed after a minute without work. (Measured: with a session for each question, in which everything
 * is planned anew, an idle stack kept a core half busy.)
 */
export async function startClock(options: ClockOptions): Promise<Clock> {
  const { databaseUrl, everySeconds, onTrouble, connectLimitMs = 10_000 } = options;
  // A server that is gone may say nothing.
  const patience = { connectionTimeoutMillis: connectLimitMs, keepAlive: true };
  const stopping = new AbortController();
  const troubles = new Map<string, string>();
  let told: string | undefined;
  const note = (source: string, trouble: string | undefined) => {
    if (trouble === undefined) troubles.delete(source);
    else troubles.set(source, trouble);
    const all = troubles.size === 0 ? undefined : [...troubles.values()].join('; ');
    if (all !== undefined && all !== told && running) onTrouble(all);
    told = all;
  };

  let running = true;
  let isCalled = false;
  let wake = () => {};
  const askAgain = () => {
    isCalled = true;
    wake();
  };
  const isFailing = () => [...troubles.keys()].some((source) => source !== 'jobs');
  let ear: pg.Client | undefined;
  const listen = async () => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      ...patience,
      query_timeout: 30_000,
    });
    // A database that goes away is noticed, and told, by the next beat.
    client.on('error', () => ear = ear === client ? undefined : ear);
    client.on('notification', () => {
      // What is still due after a failure calls again and again; it can wait for the next beat.
      if (!isFailing()) askAgain();
    });
    await client.connect();
    await client.query('listen staybase_functions');
    return client;
  };
  ear = await listen();

  const sessions = new pg.Pool({
    connectionString: databaseUrl,
    ...patience,
    max: lanes,
    idleTimeoutMillis: 60_000,
  });
  sessions.on('error', () => {});
  const underWay = new Map<string, Promise<void>>();
  const wanted = new Set<string>();
  /**
   * Does it unless it is being done; what goes wrong is told. Asks again at once when it was wanted
   * meanwhile, or when there may be more.
   * @param source whose trouble it is, and ends with the next deed of the same source that goes well
   */
  const begin = (
    name: string,
    source: string,
    deed: () => Promise<{ trouble?: string; mayHaveMore?: boolean }>,
  ) => {
    if (underWay.has(name)) return void wanted.add(name);
    const doing = deed().catch((error) => ({ trouble: messageOf(error), mayHaveMore: false }))
      .then(({ trouble, mayHaveMore }) => {
        note(source, trouble);
        underWay.delete(name);
        if ((wanted.delete(name) || mayHaveMore) && trouble === undefined) askAgain();
      });
    underWay.set(name, doing);
  };
  const runJobs = async () => {
    const session = await sessions.connect();
    // A database that goes away in the middle of a job tells whoever lent the session too, and a word that
    // nobody hears would end this process.
    const heard = () => {};
    session.on('error', heard);
    try {
      const failed = await runDueJobs(
        async (sql) => lastRows(await session.query(sql)),
        () => !running,
      );
      session.off('error', heard);
      session.release();
      return failed.length === 0 ? {} : { trouble: whyJobsFail(failed) };
    } catch (error) {
      session.release(true);
      throw error;
    }
  };

  const beating = (async () => {
    while (running) {
      isCalled = false;
      let pause = everySeconds;
      try {
        ear ??= await listen();
        const [due] =
          (await ear.query<{ seconds: number | null; functions: string[] }>(probe)).rows;
        note('beat', undefined);
        const isDue = due?.seconds != null && due.seconds <= 0;
        if (isDue) {
          const free = Array.from({ length: lanes }, (_, lane) => `jobs ${lane}`)
            .find((lane) => !underWay.has(lane));
          // Each asks the database which jobs fail, so the last to end knows of all of them.
          if (free !== undefined) begin(free, 'jobs', runJobs);
        } else if (due?.seconds != null) {
          pause = Math.min(pause, due.seconds + 0.01);
        }
        for (const name of due?.functions ?? []) {
          begin(name, name, async () => {
            const { didSomething } = await call(name, options, stopping.signal);
            return { mayHaveMore: didSomething };
          });
        }
      } catch (error) {
        note('beat', messageOf(error));
        // Whatever it was: the next beat listens with another session.
        ear?.end().catch(() => {});
        ear = undefined;
      }
      if (!running) break;
      if (isCalled && !isFailing()) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause * 1000);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return {
    isHealthy: () => told === undefined,
    async stop() {
      running = false;
      wake();
      // A call of a function, and a job, may take minutes. Cut off it is like a crash: the next beat
      // repeats it, and what the job did is undone with its session.
      const cut = setTimeout(() => stopping.abort(), 10_000);
      const isCut = new Promise<void>((resolve) =>
        stopping.signal.addEventListener('abort', () => resolve())
      );
      await beating;
      await Promise.race([Promise.allSettled(underWay.values()), isCut]);
      clearTimeout(cut);
      const closed = sessions.end();
      await Promise.race([closed, isCut]);
      await ear?.end();
    },
  };
}

const messageOf = (error: unknown) => error instanceof Error ? error.message : String(error);
