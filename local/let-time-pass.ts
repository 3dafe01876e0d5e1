/**
 * Moves the clock of the local stack ahead; it never goes back.
 *
 *   npm run clock -- "2 days"
 */
import pg from 'pg';
import { endWithUsage, readCommandLine } from './command-line.ts';
import { addressesOf, runningPorts, settingsOrEnd } from './settings.ts';

const usage = `Moves the clock of the stack on this machine forward; what becomes due is done.

  npm run clock -- "2 days"       or "20 minutes", "1 month"`;

// "-1 day" is a span of time, which the database refuses.
const words = process.argv.slice(2);
const { positionals: [ahead, ...rest] } = readCommandLine(usage, {
  args: /^-\d/.test(words[0] ?? '') ? ['--', ...words] : words,
  allowPositionals: true,
});
if (ahead === undefined || rest.length > 0) endWithUsage(usage, 'Name one span of time.');

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
      ? `"${ahead}" is not a span of time, such as "2 days" or "20 minutes".`
      : message,
  );
  process.exitCode = 1;
} finally {
  await client.end().catch(() => {});
}
