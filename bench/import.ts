/**
 * How fast `npm run import` takes a marketplace: people, homes with amenities, prices and rules, and a year of
 * calendar for each, into a fresh database, and once more without changes.
 *
 *   node bench/import.ts                    10,000 homes
 *   node bench/import.ts --listings 2000
 *
 * It prints elapsed time, and the CPU time of the server's session and of this process, which can be compared on a
 * shared machine. The floors are the same rows, copied within the database into tables with the same columns, indexes
 * and checks: what a load costs that asks no rule, with and without foreign keys.
 */
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { dropDatabases } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { importFolder } from '../scripts/bring-data/import.ts';
import { createMarketplace } from './database.ts';
import { connect, processorOf } from './measure.ts';

const usage = `Measures npm run import.

  node bench/import.ts                    10,000 homes, a year of calendar each
  node bench/import.ts --listings 2000    from 100 up`;

const { values: flags } = readCommandLine(usage, { options: { listings: { type: 'string' } } });
const homes = Number(flags.listings ?? 10_000);
if (!Number.isInteger(homes) || homes < 100) {
  endWithUsage(usage, '--listings is a whole number from 100 up.');
}
const people = Math.ceil(homes / 3);
/** A year in runs: some weeks have their own price, others are blocked. */
const runsEach = 12;
/** Of three runs one is blocked. */
const pricedNightsEach = runsEach / 3 * 2 * 30;

const folder = mkdtempSync(join(tmpdir(), 'staybase-import-'));
const throwaway = await startThrowaway();
const { cluster } = throwaway;
const database = 'import_bench';
const stop = async () => {
  await dropDatabases(cluster, database);
  await throwaway.stop();
  rmSync(folder, { recursive: true, force: true });
};
endWhenTold(stop);

await writeRows('people', people, (at) => ({
  id: `person-${at}`,
  display_name: `Person ${at}`,
  about: 'Likes guests.',
}));
const amenities = ['wifi', 'kitchen', 'heating', 'washer', 'tv', 'workspace', 'free_parking'];
await writeRows('listings', homes, (at) => ({
  id: `home-${at}`,
  host_id: `person-${at % people}`,
  status: 'published',
  title: `Quiet loft number ${at}`,
  description: 'A quiet place with a view of the river, near the market. '.repeat(12),
  property_type: 'apartment',
  room_type: 'entire_home',
  capacity: 1 + at % 6,
  language: 'en',
  country_code: 'FR',
  city: `City ${at % 50}`,
  public_latitude: 43 + (at % 700) / 100,
  public_longitude: 1 + (at % 430) / 100,
  time_zone: 'Europe/Paris',
  currency: 'EUR',
  base_price_minor: 5000 + 100 * (at % 200),
  cleaning_fee_minor: 3000,
  length_discounts: { 7: 1000 },
  minimum_nights: 1 + at % 3,
  amenities,
}));
const today = new Date();
const day = (ahead: number) =>
  new Date(today.getTime() + ahead * 86_400_000).toISOString().slice(0, 10);
await writeRows('calendar', homes * runsEach, (at) => ({
  listing_id: `home-${Math.floor(at / runsEach)}`,
  first_night: day(5 + 30 * (at % runsEach)),
  last_night: day(34 + 30 * (at % runsEach)),
  ...(at % 3 === 0 ? { blocked: true } : { price_minor: 6000 + 100 * (at % 97) }),
}));

await createMarketplace(cluster, database);
for (const what of ['first, into an empty marketplace', 'second, without a change']) {
  const began = performance.now();
  let since = began;
  let last = '';
  const cpu = process.cpuUsage();
  const server = serverTime();
  const timings = new Map<string, number>();
  const work = new Map<string, number>();
  const session = sessionClock();
  let sessionSince = 0;
  let mostMemory = 0;
  const summary = await importFolder({
    databaseUrl: cluster.url(database),
    folder,
    progress(step) {
      const now = performance.now();
      timings.set(step, (timings.get(step) ?? 0) + now - since);
      since = now;
      const worked = session.read();
      work.set(step, (work.get(step) ?? 0) + worked - sessionSince);
      sessionSince = worked;
      last = step;
      mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
    },
  });
  await session.end();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(`\n${what}: ${homes.toLocaleString('en')} homes in ${seconds.toFixed(1)} s`);
  for (const [step, milliseconds] of timings) {
    const worked = work.get(step) ?? 0;
    const rate = (count: number, what: string) =>
      `, ${Math.round(count / milliseconds * 1000)} ${what} a second, ${
        Math.round(count / worked * 1000)
      } a second of CPU`;
    console.log(
      `  ${step}: ${(milliseconds / 1000).toFixed(1)} s, CPU of Postgres ${
        (worked / 1000).toFixed(1)
      } s${
        step.endsWith('listings')
          ? rate(homes, 'homes')
          : step.endsWith('calendar')
          ? rate(homes * pricedNightsEach, 'nights with a price')
          : ''
      }`,
    );
  }
  console.log(
    `  CPU time: Postgres ${((serverTime() - server) / 1000).toFixed(1)} s, this process ${
      ((user + system) / 1_000_000).toFixed(1)
    } s; memory of this process at most ${Math.round(mostMemory / 1_000_000)} MB (after ${last})`,
  );
  if (summary.refused > 0) console.log(`  ${summary.refused} rows were refused`);
}
await measureFloors();
await stop();
process.exit(0);

async function writeRows(kind: string, count: number, row: (at: number) => object): Promise<void> {
  const file = createWriteStream(join(folder, `${kind}.ndjson`));
  for (let at = 0; at < count; at += 1) {
    if (!file.write(`${JSON.stringify(row(at))}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** The CPU time, in milliseconds, of the only other session in the database; 0 until it is found. */
function sessionClock(): { read: () => number; end: () => Promise<void> } {
  let file: string | undefined;
  let ended = false;
  const found = (async () => {
    const client = await connect(cluster.url(database));
    while (!ended && file === undefined) {
      const { rows: [other] } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'`,
        [database],
      );
      if (other !== undefined) file = `/proc/${other.pid}/schedstat`;
      else await new Promise((wake) => setTimeout(wake, 5));
    }
    await client.end();
  })();
  return {
    read: () => file === undefined ? 0 : Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6,
    async end() {
      ended = true;
      await found;
    },
  };
}

async function measureFloors(): Promise<void> {
  const client = await connect(cluster.url(database));
  const clock = await processorOf(client);
  const tables = {
    homes: [
      'public.listings',
      'public.listing_hosts',
      'public.booking_rules',
      'public.listing_prices',
      'public.length_discounts',
      'public.listing_amenities',
      'private.listing_search',
      'private.listing_words',
      'private.imported',
    ],
    days: ['public.calendar_days'],
  };
  console.log('\nfloors, CPU of Postgres');
  for (
    const [what, names, keys] of [
      ['homes, their rows in nine tables', tables.homes, false],
      ['days', tables.days, false],
      ['days, with their foreign key', tables.days, true],
    ] as const
  ) {
    let worked = 0;
    let count = 0;
    for (const name of names) {
      await client.query('begin');
      await client.query(`create table private.floor (like ${name} including all)`);
      if (keys) {
        await client.query(
          'alter table private.floor add foreign key (listing_id) references public.listings',
        );
      }
      const { rows } = await client.query<{ column_name: string }>(
        `select column_name from information_schema.columns
         where (table_schema || '.' || table_name) = $1 and is_generated = 'NEVER'`,
        [name],
      );
      const columns = rows.map(({ column_name: column }) => column).join(', ');
      const began = clock();
      const { rowCount } = await client.query(
        `insert into private.floor (${columns}) select ${columns} from ${name}${
          name === 'private.imported' ? ` where kind = 'listing'` : ''
        }`,
      );
      worked += (clock() - began) / 1000;
      if (name === names[0]) count = rowCount ?? 0;
      await client.query('rollback');
    }
    console.log(
      `  ${what}: ${(worked / 1000).toFixed(2)} s, ${Math.round(count / worked * 1000)} a second`,
    );
  }
  await client.end();
}

/** The CPU time, in milliseconds, of the server's sessions that have ended. */
function serverTime(): number {
  const pid = readFileSync(join(throwaway.directory, 'cluster', 'postmaster.pid'), 'utf8')
    .split('\n')[0];
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // cutime and cstime, in hundredths of a second: of ended children, such as the session of each import.
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
