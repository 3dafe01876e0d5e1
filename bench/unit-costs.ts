/**
 * Measures what one deed costs in a marketplace: CPU time of Postgres, PostgREST and the functions, WAL,
 * disk, transactions. docs/planning.md says what is made of it.
 *
 *   npm run costs                       10,000 homes beside, some minutes
 *   npm run costs -- --quick            does it still run: 1,000 homes and one short round
 *   npm run costs -- --write            keeps the result for npm run plan
 *
 * Linux only: CPU time is read from /proc. No time is judged.
 */
import { writeFileSync } from 'node:fs';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import { buildMarketplace } from './marketplace.ts';
import { kindsOf } from './planning/kinds.ts';
import { runAndExit, startMarket } from './planning/market.ts';
import { type Cost, measureKind, whereMeasured } from './planning/meter.ts';
import { storedBytes } from './planning/stored.ts';
import { costTable, rounded } from './planning/tables.ts';
import { where } from './workloads.ts';

const usage =
  `Measures what a booking, a search, a page, a message and a home cost, for npm run plan.

  npm run costs                        10,000 homes beside, some minutes; Linux only
  npm run costs -- --listings 2000     from 1,000 up
  npm run costs -- --rounds 5          rounds of each, from 1 up
  npm run costs -- --quick             1,000 homes and one short round: does it still run
  npm run costs -- --write             keeps the result in bench/planning/costs.json`;

const { values: flags } = readCommandLine(usage, {
  options: {
    listings: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const { quick } = flags;
const listings = Number(flags.listings ?? (quick ? 1_000 : 10_000));
if (!Number.isInteger(listings) || listings < 1000) {
  endWithUsage(usage, '--listings is a whole number from 1000 up.');
}
const rounds = Number(flags.rounds ?? (quick ? 1 : 5));
if (!Number.isInteger(rounds) || rounds < 1) endWithUsage(usage, '--rounds is a whole number.');
if (quick && flags.write) endWithUsage(usage, 'A quick run measures too little to be kept.');
if (process.platform !== 'linux') endWithUsage(usage, 'CPU time is read from /proc: Linux only.');

const began = performance.now();
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);

const market = await startMarket(async (cluster, database) => {
  // Without the bookings that are there, whose jobs would be measured with those that are made.
  await buildMarketplace(
    cluster,
    database,
    { listings, claimsEach: 20, onlySearch: true },
    quick ? () => {} : say,
  );
  await cluster.using(database, 'supabase_admin', (client) =>
    client.query(
      `create extension pg_walinspect schema bench;
       -- Its photos are rows without files, which nobody has to check.
       set session_replication_role = replica;
       delete from storage.objects;
       delete from private.files_to_check;
       set session_replication_role = origin;
       create function bench.map_query(i integer) returns text language plpgsql as $$
       declare city bench.cities; day date;
       begin
         ${where}
         return format('west=%s&south=%s&east=%s&north=%s&check_in=%s&check_out=%s',
           city.longitude - 0.05, city.latitude - 0.04, city.longitude + 0.05, city.latitude + 0.04,
           day, day + 3);
       end $$`,
    ));
});
await runAndExit(market, async () => {
  say(`${listings.toLocaleString('en')} homes, PostgREST, functions and a fake Stripe`);
  const costs: Record<string, Cost> = {};
  for (const [name, kind] of Object.entries(await kindsOf(market, quick))) {
    costs[name] = await measureKind(market, kind, rounds, !quick);
    say(kind.what);
  }
  const result = {
    command: `npm run costs -- --listings ${listings} --rounds ${rounds}`,
    ...await whereMeasured(market),
    homes: listings,
    stored: await storedBytes(market),
    costs,
  };
  console.log(`\n${costTable(result)}`);
  if (flags.write) {
    const file = inProject('bench', 'planning', 'costs.json');
    writeFileSync(file, `${JSON.stringify(rounded(result), null, 2)}\n`);
    console.log(`\nWritten to ${file}`);
  }
  return 0;
});
