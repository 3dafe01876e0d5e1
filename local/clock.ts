import { keys } from './keys.ts';

export interface ClockOptions {
  /** Runs a statement as `postgres`. */
  query(sql: string): Promise<unknown>;
  gatewayUrl: string;
}

/**
 * One beat: due jobs in the database, then the outbox worker. Hosted Supabase has pg_cron for it.
 * Throws what went wrong.
 */
export async function tick({ query, gatewayUrl }: ClockOptions): Promise<void> {
  await query('select private.run_due_jobs()');
  const answer = await fetch(`${gatewayUrl}/functions/v1/run-commands`, {
    method: 'POST',
    headers: { apikey: keys.secret, authorization: `Bearer ${keys.secret}` },
    body: '{}',
  });
  if (!answer.ok) {
    throw new Error(
      `run-commands answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`,
    );
  }
}

export interface Clock {
  isHealthy(): boolean;
  stop(): Promise<void>;
}

/** Beats every few seconds; a failure is told once, until it changes or ends. */
export function startClock(
  options: ClockOptions & { everySeconds: number; onTrouble: (trouble: string) => void },
): Clock {
  let trouble: string | undefined;
  let wake = () => {};
  let running = true;
  const beating = (async () => {
    while (running) {
      const now = await tick(options).then(
        () => undefined,
        (error) => String(error.message ?? error),
      );
      if (now !== undefined && now !== trouble && running) options.onTrouble(now);
      trouble = now;
      if (!running) break;
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
      await beating;
    },
  };
}
