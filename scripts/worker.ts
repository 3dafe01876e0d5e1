/**
 * Runs the jobs of the database and calls its edge functions where pg_cron is not wanted: on a server of
 * one's own, in a container. Any number of workers may run at once.
 *
 *   DATABASE_URL=... SUPABASE_URL=... SUPABASE_SECRET_KEY=... npm run worker              until it is stopped
 *   DATABASE_URL=... SUPABASE_URL=... SUPABASE_SECRET_KEY=... npm run worker -- --once    what is due now
 *
 * DATABASE_URL is that of `postgres`, not through a pooler that lends a session for a transaction: the
 * worker listens. All comes from the environment, since every user of a machine sees the arguments of
 * every process.
 */
import pg from 'pg';
import { lastRows, startClock, tick } from '../local/clock.ts';
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';

const usage = `Runs the jobs of the database and calls its functions; for servers without pg_cron.

  npm run worker              until it is stopped
  npm run worker -- --once    what is due now

Reads DATABASE_URL (as postgres, not through a pooler in transaction mode), SUPABASE_URL and SUPABASE_SECRET_KEY.`;

const { values } = readCommandLine(usage, {
  options: { once: { type: 'boolean', default: false } },
});
const names = ['DATABASE_URL', 'SUPABASE_URL', 'SUPABASE_SECRET_KEY'];
const [databaseUrl = '', gatewayUrl = '', secretKey = ''] = names.map((name) => process.env[name]);
const missing = names.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(
    `Set ${missing.join(', ')}: npm run worker -- --help explains them.`,
  );
  process.exit(1);
}

try {
  await (values.once ? once() : untilStopped());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function once(): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const query = async (sql: string) => lastRows(await client.query(sql));
    await tick({ query, gatewayUrl, secretKey });
  } finally {
    await client.end();
  }
}

async function untilStopped(): Promise<void> {
  const clock = await startClock({
    databaseUrl,
    gatewayUrl,
    secretKey,
    everySeconds: 5,
    onTrouble: (trouble) => console.error(trouble),
  });
  console.log('The worker runs.');
  endWhenTold(() => clock.stop(), { exitCode: 0 });
}
