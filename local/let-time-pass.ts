/**
 * Moves the clock of the local stack ahead; it never goes back.
 *
 *   npm run clock -- "2 days"
 */
import pg from 'pg';
import { addressesOf, runningPorts, settingsOrEnd } from './settings.ts';

const usage = 'Say how far: npm run clock -- "2 days" (or "20 minutes", "1 month").';
const ahead = process.argv[2];
if (ahead === undefined) {
  console.error(usage);
  process.exit(1);
}

const client = new pg.Client({
  connectionString: addressesOf(runningPorts(settingsOrEnd())).database_url,
});
try {
  await client.connect();
  const { rows: [moved] } = await client.query<{ now: Date }>(
    `update private.clock set shift = shift + $1::interval where $1::interval >= '0'
     returning pg_catalog.now() + shift as now`,
    [ahead],
  );
  if (moved === undefined) throw new Error('Time only goes forward.');
  console.log(
    `In Staybase it is ${moved.now.toISOString()}. What became due is done within seconds.`,
  );
} catch (error) {
  const { code, message } = error as Error & { code?: string };
  console.error(
    code === 'ECONNREFUSED'
      ? 'The stack does not run. Start it with npm start.'
      : code?.startsWith('22')
      ? `"${ahead}" is no span of time. ${usage}`
      : message,
  );
  process.exitCode = 1;
} finally {
  await client.end().catch(() => {});
}
