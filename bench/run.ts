/**
 * Measures what matters against the least it could cost, in one run:
 *
 *   npm run bench                       100,000 homes, a few minutes on two cores
 *   npm run bench -- --listings 1000000
 *   npm run bench -- --quick            2,000 homes and short rounds, half a minute: does it still run
 *   npm run bench -- --only graph       GraphQL against REST alone
 *   npm run bench -- --only search      only searches and quotes, with what they read: for a million
 *
 * Only ratios within a run count: machines differ, and are never quiet. The figures go to
 * bench/results/<time>.json, the plans of important queries to bench/plans; a quick run keeps neither,
 * for so few homes have other plans. The exit code tells of errors, deadlocks and shared nights, never
 * of times.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { dropDatabases } from '../local/postgres/templates.ts';
import { startThrowaway, type Throwaway } from '../local/postgres/throwaway.ts';
import { measureAbuse } from './abuse.ts';
import { measureBookings } from './bookings.ts';
import { createMarketplace } from './database.ts';
import { floors } from './floors.ts';
import { measureGraph } from './graph.ts';
import { measureHttp } from './http.ts';
import { measureOneHotListing } from './hot-listing.ts';
import { buildMarketplace } from './marketplace.ts';
import {
  alternate,
  compareTimes,
  connect,
  interleave,
  type Line,
  processorOf,
  table,
} from './measure.ts';
import { measureDisk, measureRebuild } from './costs.ts';
import { comparePlans } from './plans.ts';
import { measureRowSecurity } from './row-security.ts';
import { measureScreen } from './screen.ts';
import { measureUsualBooking, measureUsualSearch } from './usual.ts';
import { searchPage, searchPageLines } from './search-page.ts';
import { clock, workloads } from './workloads.ts';

const usage = `Measures every query that a user waits for against the least it could cost.

  npm run bench                           100,000 homes, a few minutes on two cores
  npm run bench -- --listings 1000000     from 1,000 up
  npm run bench -- --quick                2,000 homes and short rounds
  npm run bench -- --rounds 100           rounds of each workload, instead of 400
  npm run bench -- --cpu                  CPU time where one session is measured (Linux):
                                          for a shared machine
  npm run bench -- --only graph           GraphQL against REST alone
  npm run bench -- --only search          only searches and quotes, with what they read
  npm run bench -- --shared-buffers 8GB   of the server; default 128MB, from 50,000 homes 2GB`;

const { values: flags } = readCommandLine(usage, {
  options: {
    listings: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    cpu: { type: 'boolean', default: false },
    'shared-buffers': { type: 'string' },
  },
});
const quick = flags.quick;
const listings = Number(flags.listings ?? (quick ? 2_000 : 100_000));
if (!Number.isInteger(listings) || listings < 1000) {
  endWithUsage(usage, '--listings is a whole number from 1000 up.');
}
if (flags.only !== undefined && flags.only !== 'graph' && flags.only !== 'search') {
  endWithUsage(usage, '--only takes graph or search.');
}
const onlySearch = flags.only === 'search';
const rounds = Number(flags.rounds ?? (quick ? 20 : 400));
if (!Number.isInteger(rounds) || rounds < 20) {
  endWithUsage(usage, '--rounds is a whole number from 20 up.');
}
const isLarge = listings >= 50_000;
const sharedBuffers = flags['shared-buffers'] ?? (isLarge ? '2GB' : '128MB');
if (!/^[1-9]\d*[MG]B$/.test(sharedBuffers)) {
  endWithUsage(usage, '--shared-buffers is a size such as 512MB or 8GB.');
}
const database = 'bench';

const began = performance.now();
const say = (what: string) => {
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${what}`);
};

// A large marketplace fills memory as its server would, and is not looked at by autovacuum while it is built.
// Pages cost what they do for the API's logins (private.limit_roles).
const throwaway = await startThrowaway({
  random_page_cost: '1.1',
  shared_buffers: sharedBuffers,
  ...(isLarge ? { max_wal_size: '8GB', autovacuum: 'off' } : {}),
});
// Its homes take gigabytes: they go with the run, also when it is ended half-way.
const stop = async () => {
  await dropDatabases(throwaway.cluster, database);
  await throwaway.stop();
};
let isEnding = false;
endWhenTold(async () => {
  isEnding = true;
  await stop();
});
let status = 1;
try {
  status = await run(throwaway);
} catch (error) {
  if (!isEnding) console.error(error);
}
// Whoever ended it stops what runs, and exits.
if (isEnding) await new Promise(() => {});
await stop();
process.exit(status);

async function run({ cluster, directory }: Throwaway): Promise<number> {
  await createMarketplace(cluster, database);
  const building = performance.now();
  await buildMarketplace(cluster, database, { listings, claimsEach: 20, onlySearch }, say);
  const buildSeconds = Math.round((performance.now() - building) / 1000);

  if (flags.only === 'graph') {
    console.log(`\n${table(await measureGraph({ cluster, database, directory, rounds }))}`);
    return 0;
  }

  const lines: Line[] = [];
  const measured = (line: Line) => {
    lines.push(line);
    say(line.what);
  };
  const admin = await connect(cluster.url(database, 'supabase_admin'));
  await admin.query(clock(flags.cpu ? 'processor' : 'wall') + workloads + searchPage + floors);
  await admin.query('select private.rebuild_places()');
  await admin.query('analyze private.places, private.place_names');

  const ofSearches = [
    [
      'map: the walk, dates and filters',
      'map_walk',
      'tile_merge',
      2,
      'floor: the tiles merged, no filters',
    ],
    [
      'map: search_listings, dates and filters',
      'map_search',
      'tile_merge',
      undefined,
      'with totals, rows, checks',
    ],
    [
      'map: search_listings, dates and filters, beside plain reads',
      'map_search',
      'plain_map',
      3.5,
      'floor: as many homes walked, priced and shown, no rules',
    ],
    ['map: search_listings, no dates', 'map_search_undated', 'tile_merge', undefined, ''],
    [
      'city: the walk, with dates',
      'city_walk',
      'heap_rows',
      1.6,
      'floor: 20 rows of listings by price',
    ],
    [
      'city: search_listings, with dates',
      'city_search',
      'heap_rows',
      undefined,
      'with totals, rows, checks',
    ],
    [
      'city: search_listings, with dates, beside plain reads',
      'city_search',
      'plain_city',
      3.5,
      'floor: as many homes walked, priced and shown, no rules',
    ],
    ['map by rating, with dates', 'rating_search', 'tile_merge', undefined, ''],
    ['nearest, with dates', 'distance_search', 'tile_merge', undefined, ''],
    [
      'newest anywhere, with dates',
      'newest_search',
      'first_page',
      undefined,
      'floor: the first page by price',
    ],
    ['a deep page', 'deep_page', 'first_page', 1.2, 'floor: the first page'],
    ...searchPageLines,
  ] as const;
  const ofPeople = [
    ['inbox', 'small_inbox', 'small_inbox_rows', 6, 'floor: its rows, and their last messages'],
    [
      'inbox of a company',
      'company_inbox',
      'company_inbox_rows',
      6,
      'a two-hundredth of all homes',
    ],
    [
      'a wishlist of ten homes',
      'wishlist',
      'wishlist_rows',
      15,
      'floor: the homes, rated and priced',
    ],
    ['earnings of a company', 'earned', 'earned_rows', 3, 'floor: fifty rows'],
    [
      'calendar conflicts of a company',
      'conflicts',
      'conflict_rows',
      2,
      'floor: events on stays',
    ],
    [
      'a host’s calendar: 20 homes, 62 days',
      'host_calendar',
      'host_calendar_rows',
      4,
      'floor: the homes by title, who is in them and what is set for days',
    ],
    [
      "staff's queue of reports",
      'reports',
      'report_rows',
      30,
      'floor: fifty rows; with evidence',
    ],
    ['the audit log of one home', 'log_of_one', 'log_rows', 10, 'floor: its rows'],
  ] as const;
  for (
    const [lineup, again] of [[ofSearches, false], [onlySearch ? [] : ofPeople, true]] as const
  ) {
    for (const [what, subject, floor, most, note] of lineup) {
      const times = await interleave(admin, subject, floor, rounds, { again });
      measured(compareTimes(what, times, most, note || undefined));
    }
  }
  const calendar = compareTimes(
    'listing_calendar of 12 months',
    await interleave(admin, 'calendar', 'nothing', Math.min(rounds, 200)),
  );
  measured({
    ...calendar,
    target: '<= 2 ms',
    met: calendar.subject.p50 <= 2000,
    note: 'floor: counting to 365',
  });

  for (const line of await measureQuote()) measured(line);
  measured(await measureScreen({ cluster, database, directory, rounds }));
  if (onlySearch) {
    for (const line of await measureDisk(admin)) measured(line);
    for (const line of await measureRebuild(admin)) measured(line);
    await admin.end();
    console.log(`\n${table(lines)}`);
    if (!quick) keepResults();
    return 0;
  }
  for (const line of await measureUsualSearch(admin, Math.min(rounds, 100))) measured(line);
  const policies = { admin, asking, listings, rounds, cpu: flags.cpu };
  for (const line of await measureRowSecurity(policies)) measured(line);
  const http = quick ? { seconds: 1, rounds: 1 } : { seconds: 4, rounds: 3 };
  for (const line of await measureHttp({ cluster, database, directory, ...http })) measured(line);
  measured(
    await measureAbuse({
      cluster,
      database,
      directory,
      seconds: quick ? 0.5 : 10,
      rounds: quick ? 1 : 3,
    }),
  );
  for (const line of await measureGraph({ cluster, database, directory, rounds })) measured(line);
  const bookings = Math.min(3000, Math.floor(listings / 8));
  for (const line of await measureBookings(cluster, database, bookings)) measured(line);
  const hot = await measureOneHotListing(cluster, database, quick ? 1 : 3);
  measured(hot.line);
  measured(await measureUsualBooking(cluster, database, quick ? 0.5 : 3));
  for (const line of await measureDisk(admin)) measured(line);
  for (const line of await measureRebuild(admin)) measured(line);

  console.log(
    `\n${listings.toLocaleString('en')} homes, 20 claims each, ${availableParallelism()} cores\n`,
  );
  console.log(table(lines));
  const differences = await comparePlans(admin, { write: !quick });
  await admin.end();
  if (hot.faults.length > 0) {
    console.error(`\n64 sessions on one home went wrong: ${hot.faults.join('; ')}`);
    return 1;
  }
  if (quick) return 0;

  console.log(
    differences.length === 0
      ? '\nThe plans in bench/plans are as they were.'
      : `\nPlans that differ from bench/plans (now written there):\n${differences.join('\n')}`,
  );
  keepResults();
  return 0;

  function keepResults(): void {
    const results = inProject('bench', 'results');
    mkdirSync(results, { recursive: true });
    const file = join(results, `${new Date().toISOString().replaceAll(':', '-')}.json`);
    writeFileSync(
      file,
      JSON.stringify(
        {
          listings,
          rounds,
          cores: availableParallelism(),
          buildSeconds,
          onlySearch,
          cpu: flags.cpu,
          lines,
        },
        null,
        2,
      ),
    );
    console.log(`\nWritten to ${file}`);
  }

  /** A connection that asks as a person, or for them as the owner, past row level security. */
  async function asking(as: 'person' | 'owner', name = 'guest5'): Promise<pg.Client> {
    const client = await connect(cluster.url(database, 'postgres'));
    await client.query(
      `select set_config('request.jwt.claims',
         json_build_object('sub', bench.named($1), 'role', 'authenticated')::text, false)`,
      [name],
    );
    if (as === 'person') await client.query('set role authenticated');
    return client;
  }

  async function measureQuote(): Promise<Line[]> {
    const client = await asking('person');
    const { rows: homes } = await admin.query<{ id: string; day: string }>(
      `select listing_id as id, check_in::text as day
       from (select listing_id, current_date + 15 as check_in from public.listings where status = 'published' limit 2000) as homes
       where private.stay_problem(listing_id, check_in, check_in + 3, 2, 0, 0, null) is null limit 200`,
    );
    const asked = (name: string, text: string) => (round: number) => {
      const home = homes[round % homes.length];
      return client.query({ name, text, values: [home?.id, home?.day] });
    };
    const quote = asked(
      'quote',
      'select * from public.quote_stay($1, $2, ($2::text::date + 3)::text, 2)',
    );
    const plain = asked(
      'plain',
      'select * from public.plain_quote($1, $2, ($2::text::date + 3)::text, 2)',
    );
    const one = () => client.query({ name: 'one', text: 'select 1' });
    const clocks = async () =>
      flags.cpu
        ? { subject: await processorOf(client), floor: await processorOf(client) }
        : undefined;
    const toOne = await alternate(rounds * 2, quote, one, await clocks());
    const toPlain = await alternate(rounds * 2, quote, plain, await clocks());
    await client.end();
    return [
      compareTimes('quote_stay, three nights', toOne, 3, 'floor: select 1, same connection'),
      compareTimes(
        'quote_stay, beside plain reads',
        toPlain,
        2,
        'floor: the same rows read by key into the same answer, no rules',
      ),
    ];
  }
}
