/**
 * How fast `npm run import` takes a marketplace: people, homes with amenities, prices and rules, and a year of
 * calendar for each, into a fresh database, another such marketplace after it, and the first once more without changes.
 *
 *   node bench/import.ts                    10,000 homes
 *   node bench/import.ts --listings 2000
 *   node bench/import.ts --sessions 1
 *
 * It prints elapsed time, and the CPU time of the server's sessions and of the importing process, which can be compared
 * on a shared machine. The floors are the same rows by COPY into tables with the same columns, indexes and checks: what a
 * load costs that asks no rule, with and without foreign keys.
 */
import { fork } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { dropDatabases } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { createMarketplace } from './database.ts';
import { connect, processorOf } from './measure.ts';

const usage = `Measures npm run import.

  node bench/import.ts                    10,000 homes, a year of calendar each
  node bench/import.ts --listings 2000    from 100 up
  node bench/import.ts --sessions 1       as npm run import; default 2`;

const { values: flags } = readCommandLine(usage, {
  options: { listings: { type: 'string' }, sessions: { type: 'string', default: '2' } },
});
const homes = Number(flags.listings ?? 10_000);
if (!Number.isInteger(homes) || homes < 100) {
  endWithUsage(usage, '--listings is a whole number from 100 up.');
}
const sessions = Number(flags.sessions);
if (!/^[1-8]$/.test(flags.sessions)) {
  endWithUsage(usage, '--sessions is a whole number from 1 to 8.');
}
const people = Math.ceil(homes / 3);
/** A year in runs: some weeks have their own price, others are blocked. */
const runsEach = 12;
/** Of three runs one is blocked. */
const pricedNightsEach = runsEach / 3 * 2 * 30;
const daysEach = runsEach * 30;

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

for (const city of ['a', 'b']) await writeCity(city);
await createMarketplace(cluster, database);
/** The CPU time of Postgres for a home and a day of the first import, in milliseconds. */
const ours = { homes: 0, days: 0 };
for (
  const [what, city] of [
    ['first, into an empty marketplace', 'a'],
    ['as many others, after it', 'b'],
    ['the first once more, without a change', 'a'],
  ] as const
) await measureImport(what, city);
await measureFloors();
await stop();
process.exit(0);

async function writeCity(city: string): Promise<void> {
  mkdirSync(join(folder, city));
  await writeRows(city, 'people', people, (at) => ({
    id: `${city}-person-${at}`,
    display_name: `Person ${at}`,
    about: 'Likes guests.',
  }));
  const amenities = ['wifi', 'kitchen', 'heating', 'washer', 'tv', 'workspace', 'free_parking'];
  await writeRows(city, 'listings', homes, (at) => ({
    id: `${city}-home-${at}`,
    host_id: `${city}-person-${at % people}`,
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
  await writeRows(city, 'calendar', homes * runsEach, (at) => ({
    listing_id: `${city}-home-${Math.floor(at / runsEach)}`,
    first_night: day(5 + 30 * (at % runsEach)),
    last_night: day(34 + 30 * (at % runsEach)),
    ...(at % 3 === 0 ? { blocked: true } : { price_minor: 6000 + 100 * (at % 97) }),
  }));
}

async function measureImport(what: string, city: string): Promise<void> {
  const began = performance.now();
  let since = began;
  const timings = new Map<string, number>();
  const work = new Map<string, number>();
  const clock = sessionsClock();
  let workedSince = 0;
  const child = fork(
    new URL('./import-child.ts', import.meta.url),
    [cluster.url(database), join(folder, city), String(sessions)],
    // As in package.json
    { execArgv: ['--max-semi-space-size=4'] },
  );
  let end: { refused: number; cpu: number; memory: number } | undefined;
  child.on('message', (message: { step?: string; end?: typeof end }) => {
    end = message.end ?? end;
    const { step } = message;
    if (step === undefined) return;
    const now = performance.now();
    timings.set(step, (timings.get(step) ?? 0) + now - since);
    since = now;
    const worked = clock.read();
    work.set(step, (work.get(step) ?? 0) + worked - workedSince);
    workedSince = worked;
  });
  await once(child, 'exit');
  await clock.end();
  if (end === undefined) throw new Error('The import did not end well.');
  const seconds = (performance.now() - began) / 1000;
  console.log(`\n${what}: ${homes.toLocaleString('en')} homes in ${seconds.toFixed(1)} s`);
  for (const [step, milliseconds] of timings) {
    const worked = work.get(step) ?? 0;
    const rate = (count: number, what: string) =>
      `, ${Math.round(count / milliseconds * 1000)} ${what} a second, ${
        Math.round(count / worked * 1000)
      } a second of CPU`;
    const rates = step.endsWith('listings')
      ? rate(homes, 'homes')
      : step.endsWith('calendar')
      ? rate(homes * daysEach, 'days') + rate(homes * pricedNightsEach, 'of them with a price')
      : '';
    console.log(
      `  ${step}: ${(milliseconds / 1000).toFixed(1)} s, CPU of Postgres ${
        (worked / 1000).toFixed(1)
      } s${rates}`,
    );
  }
  ours.homes ||= (work.get('Taking listings') ?? 0) / homes;
  ours.days ||= (work.get('Taking calendar') ?? 0) / (homes * pricedNightsEach);
  const worked = [...work.values()].reduce((sum, part) => sum + part, 0);
  console.log(
    `  CPU time: Postgres ${(worked / 1000).toFixed(1)} s, the importing process ${
      (end.cpu / 1000).toFixed(1)
    } s; its memory at most ${Math.round(end.memory / 1_000_000)} MB`,
  );
  if (end.refused > 0) console.log(`  ${end.refused} rows were refused`);
}

async function writeRows(
  city: string,
  kind: string,
  count: number,
  row: (at: number) => object,
): Promise<void> {
  const file = createWriteStream(join(folder, city, `${kind}.ndjson`));
  for (let at = 0; at < count; at += 1) {
    if (!file.write(`${JSON.stringify(row(at))}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** The CPU time, in milliseconds, of the other sessions in the database, from when they are found. */
function sessionsClock(): { read: () => number; end: () => Promise<void> } {
  const files = new Set<string>();
  let ended = false;
  const looked = (async () => {
    const client = await connect(cluster.url(database));
    while (!ended && files.size < sessions) {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'`,
        [database],
      );
      for (const { pid } of rows) files.add(`/proc/${pid}/schedstat`);
      await new Promise((wake) => setTimeout(wake, 5));
    }
    await client.end();
  })();
  return {
    read: () =>
      [...files].reduce(
        (sum, file) => sum + Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6,
        0,
      ),
    async end() {
      ended = true;
      await looked;
    },
  };
}

async function measureFloors(): Promise<void> {
  const client = await connect(cluster.url(database));
  const clock = await processorOf(client);
  const homeTables = [
    'public.listings',
    'public.listing_hosts',
    'public.booking_rules',
    'public.listing_prices',
    'public.length_discounts',
    'public.listing_amenities',
    'private.listing_search',
    'private.listing_words',
    'private.imported',
  ];
  const dayTables = ['public.calendar_days'];
  console.log('\nfloors: the rows of both by COPY, CPU of Postgres');
  for (
    const [what, names, keys, measured] of [
      ['homes, their rows in nine tables', homeTables, false, ours.homes],
      ['homes, with their foreign keys', homeTables, true, ours.homes],
      ['days with a price', dayTables, false, ours.days],
      ['days with a price, with their foreign key', dayTables, true, ours.days],
    ] as const
  ) {
    let worked = 0;
    for (const name of names) worked += await copyMilliseconds(client, clock, name, keys);
    const { rows: [{ count } = { count: 0 }] } = await client.query<{ count: number }>(
      `select count(*)::integer as count from ${names[0]}`,
    );
    console.log(
      `  ${what}: ${(worked / 1000).toFixed(2)} s, ${
        Math.round(count / worked * 1000)
      } a second; the first import took ${(measured / (worked / count)).toFixed(2)} times as long`,
    );
  }
  await client.end();
}

/** The CPU time of a COPY of a table's rows into one like it, that is taken back. */
async function copyMilliseconds(
  client: pg.Client,
  clock: () => number,
  name: string,
  withKeys: boolean,
): Promise<number> {
  const { rows } = await client.query<{ column_name: string }>(
    `select column_name from information_schema.columns
     where (table_schema || '.' || table_name) = $1 and is_generated = 'NEVER'`,
    [name],
  );
  const columns = rows.map(({ column_name: column }) => column).join(', ');
  const only = name === 'private.imported' ? ` where kind = 'listing'` : '';
  const file = join(folder, 'floor.copy');
  await pipeline(
    client.query(copyTo(`copy (select ${columns} from ${name}${only}) to stdout`)),
    createWriteStream(file),
  );
  await client.query('begin');
  await client.query(`create table private.floor (like ${name} including all)`);
  if (withKeys) {
    const { rows: keys } = await client.query<{ key: string }>(
      `select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = $1::regclass and contype = 'f'`,
      [name],
    );
    for (const { key } of keys) await client.query(`alter table private.floor add ${key}`);
  }
  const began = clock();
  await pipeline(
    createReadStream(file),
    client.query(copyFrom(`copy private.floor (${columns}) from stdin`)),
  );
  await client.query('set constraints all immediate');
  const worked = (clock() - began) / 1000;
  await client.query('rollback');
  return worked;
}
