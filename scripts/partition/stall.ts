import pg from 'pg';

/** How long a writer had to wait while the tables were exchanged. */
export interface Stall {
  longestMs: number;
  medianMs: number;
  /** What was being done then. */
  during: string;
  writes: number;
}

/**
 * A session that asks for what every writer of these tables asks for, all the time: it begins, locks the tables that
 * the table refers to as a writer does, updates a row of the table that does not exist, and commits. It changes nothing
 * and leaves no dead rows.
 */
export async function watchStalls(
  config: pg.ClientConfig,
  { relation, column, others }: { relation: string; column: string; others: string[] },
): Promise<{ during(what: string): void; stop(): Promise<Stall> }> {
  const client = new pg.Client({ application_name: 'staybase partition (stalls)', ...config });
  client.on('error', () => {});
  await client.connect();
  const nobody = '00000000-0000-0000-0000-000000000000';
  const times: number[] = [];
  let isOver = false;
  let now = '';
  let longest = { ms: 0, during: '' };
  const work = (async () => {
    while (!isOver) {
      const began = performance.now();
      const during = now;
      await client.query(
        `begin;
         ${others.map((one) => `lock table ${one} in row exclusive mode;`).join(' ')}
         update ${relation} set ${column} = ${column} where ${column} = '${nobody}';
         commit`,
      );
      const ms = performance.now() - began;
      times.push(ms);
      if (ms > longest.ms) longest = { ms, during: now === during ? during : `${during}, ${now}` };
      await new Promise((wake) => setTimeout(wake, 3));
    }
  })().catch(() => {});
  return {
    during: (what) => now = what,
    async stop() {
      isOver = true;
      await work;
      await client.end();
      const sorted = times.toSorted((one, other) => one - other);
      return {
        longestMs: longest.ms,
        medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
        during: longest.during,
        writes: times.length,
      };
    },
  };
}
