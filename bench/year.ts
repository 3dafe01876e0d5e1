/**
 * Lives through a year of a small marketplace by its real verbs: guests write, book, pay, cancel and
 * review, hosts are paid, and every job runs, while the clock moves on day by day. Then it looks at the
 * books.
 *
 *   npm run year                                     50 homes, a booking a day, 365 days
 *   npm run year -- --homes 1000 --bookings-a-day 20
 *   npm run year -- --quick                          does it still run: 20 homes, 12 days
 *   npm run year -- --write                          keeps the result for npm run plan
 *
 * The exit code is 1 when a night is shared, a posting does not balance, the ledger differs from the
 * fake Stripe, or health finds something. Linux only; no time is judged.
 */
import { writeFileSync } from 'node:fs';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import { faultsOf, readBooks } from './planning/books.ts';
import { bloatOf, type Sizes, tableSizes } from './planning/growth.ts';
import { runAndExit, startMarket } from './planning/market.ts';
import { spreadOf, whereMeasured } from './planning/meter.ts';
import { rounded, yearTable } from './planning/tables.ts';
import { type Day, habits, liveThrough } from './planning/year.ts';

const usage =
  `Lives through a year of a small marketplace by its real verbs, and looks at the books.

  npm run year                            50 homes, a booking a day, 365 days; Linux only
  npm run year -- --homes 1000            from 10 up
  npm run year -- --bookings-a-day 20     from 1 up
  npm run year -- --days 90               from 4 up
  npm run year -- --seed 7                1 unless told
  npm run year -- --quick                 20 homes, 12 days: does it still run
  npm run year -- --write                 keeps the result in bench/planning/year.json`;

const { values: flags } = readCommandLine(usage, {
  options: {
    homes: { type: 'string' },
    'bookings-a-day': { type: 'string' },
    days: { type: 'string' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const { quick } = flags;
const numbers = {
  homes: Number(flags.homes ?? (quick ? 20 : 50)),
  bookingsADay: Number(flags['bookings-a-day'] ?? 1),
  days: Number(flags.days ?? (quick ? 12 : 365)),
  seed: Number(flags.seed),
};
const least = { homes: 10, bookingsADay: 1, days: 4, seed: 0 };
for (const name of ['homes', 'bookingsADay', 'days', 'seed'] as const) {
  if (!Number.isInteger(numbers[name]) || numbers[name] < least[name]) {
    const flag = name === 'bookingsADay' ? 'bookings-a-day' : name;
    endWithUsage(usage, `--${flag} is a whole number from ${least[name]} up.`);
  }
}
if (quick && flags.write) endWithUsage(usage, 'A quick run measures too little to be kept.');
if (process.platform !== 'linux') endWithUsage(usage, 'CPU time is read from /proc: Linux only.');

const began = performance.now();
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);

// Autovacuum looks as often in a day of the sample as it does in an hour or two of a server's.
const market = await startMarket(
  (cluster, database) =>
    cluster.using(database, 'supabase_admin', async (client) => {
      await client.query('create schema bench; create extension pgstattuple schema bench');
    }),
  { autovacuum_naptime: '1s' },
);
await runAndExit(market, run);

async function run(): Promise<number> {
  const lsn = async () =>
    (await market.superQuery<{ bytes: number }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes`,
    ))[0]?.bytes ?? Number.NaN;
  const days: Day[] = [];
  const quarters: Sizes[] = [];
  const log: number[] = [];
  const look = async () => {
    quarters.push(await tableSizes(market));
    log.push(await lsn());
  };
  const booked = () => days.reduce((sum, day) => sum + day.booked, 0);

  /** What was found so far: it may take long, and end early. */
  const found = async () => {
    const last = quarters.at(-1)!;
    const tables = Object.keys(last).toSorted((one, other) =>
      last[other]!.bytes - last[one]!.bytes
    );
    const half = days.slice(Math.floor(days.length / 2));
    return {
      command: `npm run year -- --homes ${numbers.homes} ` +
        `--bookings-a-day ${numbers.bookingsADay} --days ${numbers.days} --seed ${numbers.seed}`,
      ...await whereMeasured(market),
      ...numbers,
      days: days.length,
      habits,
      booked: booked(),
      askedElsewhere: days.reduce((sum, { refused }) => sum + refused, 0),
      walOfABooking: (log.at(-1)! - log[0]!) / booked(),
      tables: Object.fromEntries(tables.map((name) => [
        name,
        {
          bytes: quarters.map((sizes) => sizes[name]?.bytes ?? 0),
          rows: quarters.map((sizes) => sizes[name]?.rows ?? 0),
        },
      ])),
      bloat: await bloatOf(market, tables.slice(0, 10)),
      // The second half, when stays begin and end as often as they are booked.
      cpuOfABooking: half.reduce((sum, { cpu }) => sum + cpu, 0) /
        half.reduce((sum, day) => sum + day.booked, 0),
      jobsCpuOfADay: spreadOf(half.map(({ jobsCpu }) => jobsCpu)),
      jobsCpuByQuarter: [0, 1, 2, 3].map((quarter) => {
        const from = Math.floor(quarter * days.length / 4);
        const to = Math.max(from + 1, Math.floor((quarter + 1) * days.length / 4));
        return spreadOf(days.slice(from, to).map(({ jobsCpu }) => jobsCpu)).mean;
      }),
      books: await readBooks(market),
    };
  };
  const keep = (result: object) => {
    if (!flags.write) return;
    const file = inProject('bench', 'planning', 'year.json');
    writeFileSync(file, `${JSON.stringify(rounded(result), null, 2)}\n`);
    say(`written to ${file}`);
  };

  await liveThrough(market, numbers, {
    onBegin: look,
    async onDay(day) {
      days.push(day);
      if ((days.length * 4) % numbers.days < 4) {
        await look();
        keep(await found());
      }
      if (days.length % Math.max(1, Math.floor(numbers.days / 12)) === 0) {
        say(`day ${days.length}: ${booked()} bookings`);
      }
    },
  });
  // What the last day has ordered is done before the books are read.
  await market.quiet();
  const result = await found();
  keep(result);
  console.log(`\n${yearTable(result)}`);
  const faults = faultsOf(result.books);
  console.log(faults.length === 0 ? '\nThe books are clean.' : `\n${faults.join('\n')}`);
  return faults.length === 0 ? 0 : 1;
}
