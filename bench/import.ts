/**
 * How fast `npm run import` takes a marketplace: people, homes with amenities, prices and rules, and a year of
 * calendar for each, into a fresh database, and once more without changes.
 *
 *   node bench/import.ts                    10,000 homes
 *   node bench/import.ts --listings 2000
 *
 * It prints elapsed time, and the CPU time of the server's session and of this process, which can be compared on a
 * shared machine.
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
const nightsEach = runsEach * 30;

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
  let mostMemory = 0;
  const summary = await importFolder({
    databaseUrl: cluster.url(database),
    folder,
    progress(step) {
      const now = performance.now();
      timings.set(step, (timings.get(step) ?? 0) + now - since);
      since = now;
      last = step;
      mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(`\n${what}: ${homes.toLocaleString('en')} homes in ${seconds.toFixed(1)} s`);
  for (const [step, milliseconds] of timings) {
    const rate = (count: number) => `${Math.round(count / milliseconds * 1000)} a second`;
    console.log(
      `  ${step}: ${(milliseconds / 1000).toFixed(1)} s${
        step.endsWith('listings')
          ? `, ${rate(homes)}`
          : step.endsWith('calendar')
          ? `, ${rate(homes * nightsEach)} nights`
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

/** The CPU time, in milliseconds, of the server's sessions that have ended. */
function serverTime(): number {
  const pid = readFileSync(join(throwaway.directory, 'cluster', 'postmaster.pid'), 'utf8')
    .split('\n')[0];
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // cutime and cstime, in hundredths of a second: of ended children, such as the session of each import.
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
