/**
 * What partitions of the claims cost and save: the same marketplace twice in one server, as one table and in
 * partitions, asked in turn. Processor time of the sessions (Linux), so that a busy machine does not show. Also prints
 * how long a writer waited while the table was split.
 *
 *   node bench/partitions.ts                                     10,000 homes, 32 partitions
 *   node bench/partitions.ts --listings 100000 --partitions 64
 */
import type pg from 'pg';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { createDatabase, dropDatabases } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { partition } from '../scripts/partition/partition.ts';
import { partitionable } from '../scripts/partition/tables.ts';
import { createProgressLine } from '../scripts/shared/progress.ts';
import { bookFunction, createMarketplace } from './database.ts';
import { buildMarketplace } from './marketplace.ts';
import { alternate, connect, figures, processorOf } from './measure.ts';
import { clock, workloads } from './workloads.ts';

const usage = `Measures what partitions of the claims cost and save.

  node bench/partitions.ts                      10,000 homes with 20 claims each, 32 partitions
  node bench/partitions.ts --listings 100000    from 1,000 up
  node bench/partitions.ts --partitions 64      2 to 256
  node bench/partitions.ts --claims 100         of each home, 2 to 400
  node bench/partitions.ts --bookings 2000      from 100 up`;

const { values: flags } = readCommandLine(usage, {
  options: {
    listings: { type: 'string', default: '10000' },
    partitions: { type: 'string', default: '32' },
    claims: { type: 'string', default: '20' },
    bookings: { type: 'string', default: '1000' },
  },
});
const [listings = 0, partitions = 0, claimsEach = 0, bookings = 0] = [
  flags.listings,
  flags.partitions,
  flags.claims,
  flags.bookings,
].map(Number);
if (
  ![listings, partitions, claimsEach, bookings].every(Number.isInteger) || listings < 1000 ||
  partitions < 2 || partitions > 256 || claimsEach < 2 || claimsEach > 400 || bookings < 100
) endWithUsage(usage, 'A number is out of its range.');

const bench = `
  ${bookFunction}
  create function bench.withdraw(booking uuid, guest uuid) returns void language plpgsql as $$
  begin
    perform set_config('request.jwt.claims', json_build_object('sub', guest, 'role', 'authenticated')::text, true);
    perform public.withdraw_booking(booking);
  end $$;
  create function bench.free(home integer) returns boolean language plpgsql as $$
  begin
    return private.nights_free(bench.id('listing', home), current_date + 30, current_date + 33, 0::smallint, null);
  end $$;
  create function bench.year(home uuid) returns bigint language plpgsql as $$
  begin
    return (select count(*) from public.listing_calendar(home, current_date::text,
      (current_date + 365)::text));
  end $$;`;

const throwaway = await startThrowaway({
  autovacuum: 'off',
  shared_buffers: listings < 100_000 ? '128MB' : '2GB',
  max_wal_size: '8GB',
});
const { cluster } = throwaway;
const stop = async () => {
  await dropDatabases(cluster, 'partitions_');
  await throwaway.stop();
};
endWhenTold(stop);

const began = performance.now();
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}`);
const [whole, split] = ['partitions_whole', 'partitions_split'];
await dropDatabases(cluster, 'partitions_');
await createMarketplace(cluster, whole);
const progress = createProgressLine(process.stderr);
await buildMarketplace(
  cluster,
  whole,
  { listings, claimsEach, onlyStays: true },
  (what) => progress.progress(what),
);
progress.end();
say(`${listings.toLocaleString('en')} homes with ${claimsEach} claims each`);
await cluster.using(
  whole,
  'supabase_admin',
  (client) => client.query(clock('processor') + workloads + bench),
);
await createDatabase(cluster, split, whole);
const stall = await partition(
  { connectionString: cluster.url(split) },
  partitionable.claims!,
  partitions,
  {
    progress: (what, done, of) =>
      done === of && say(`${what}${of === undefined ? '' : ` (${of})`}`),
  },
);
say(
  `split; a writer waited at most ${stall.longestMs.toFixed(0)} ms (${stall.during}), ` +
    `usually ${stall.medianMs.toFixed(1)} ms, in ${stall.writes} transactions`,
);
for (const database of [whole, split]) {
  await cluster.using(database, 'supabase_admin', (client) => client.query('vacuum analyze'));
}

const one = await connect(cluster.url(whole, 'supabase_admin'));
const other = await connect(cluster.url(split, 'supabase_admin'));
const clocks = { floor: await processorOf(one), subject: await processorOf(other) };
/** Asks both in turn; prints the processor time and the ratio. */
async function compare(
  what: string,
  rounds: number,
  ask: (client: pg.Client, round: number) => Promise<unknown>,
): Promise<void> {
  const { subject, floor } = await alternate(
    rounds,
    (round) => ask(other, round),
    (round) => ask(one, round),
    clocks,
  );
  const sum = (times: number[]) => times.reduce((all, time) => all + time, 0) / times.length;
  say(
    `${what}: ${sum(floor).toFixed(0)} us as one table, ${
      sum(subject).toFixed(0)
    } us in ${partitions} partitions ` +
      `(means; ${(sum(floor) / sum(subject)).toFixed(2)} of its speed, by medians ${
        (figures(floor).p50 / figures(subject).p50).toFixed(2)
      })`,
  );
}

// Booking, as PostgREST calls it: the same home, guest and nights in both.
const { rows: jobs } = await one.query<Record<string, string>>(findJobs(), [bookings]);
await compare(`request_booking (${jobs.length})`, jobs.length, async (client, round) => {
  const job = jobs[round - 1]!;
  await client.query({
    name: 'book',
    text: 'select bench.book($1, $2, $3, $4, $5, $6)',
    values: [job.booking, job.listing, job.guest, job.checkIn, job.checkOut, job.total],
  });
});
await compare(
  'withdraw_booking, with generic plans',
  Math.min(300, jobs.length),
  async (client, round) => {
    if (round === 1) await client.query('set plan_cache_mode = force_generic_plan');
    const job = jobs[round - 1]!;
    await client.query({
      name: 'withdraw',
      text: 'select bench.withdraw($1, $2)',
      values: [job.booking, job.guest],
    });
  },
);
for (const client of [one, other]) await client.query('reset plan_cache_mode');
await compare(
  'nights_free',
  2000,
  (client, round) =>
    client.query({ name: 'free', text: 'select bench.free($1)', values: [1 + round % listings] }),
);
await compare(
  'listing_calendar, a year',
  500,
  (client, round) =>
    client.query({
      name: 'year',
      text: 'select bench.year($1)',
      values: [jobs[round % jobs.length]?.listing],
    }),
);
await compare(
  'a city search with days, its walk',
  200,
  (client, round) =>
    client.query({ name: 'walk', text: 'select bench.city_walk($1)', values: [round] }),
);
await compare(
  'claims by booking alone (an index in each partition)',
  500,
  (client, round) =>
    client.query({
      name: 'by',
      text: `select * from private.claims where booking_id = bench.id('booking', $1)`,
      values: [round * 1000 + 3],
    }),
);
await compare(
  'planning: claims of one home',
  500,
  (client, round) =>
    client.query(
      `explain select * from private.claims where listing_id = bench.id('listing', ${round})`,
    ),
);
await compare(
  'planning: claims of one booking',
  500,
  (client, round) =>
    client.query(
      `explain select * from private.claims where booking_id = bench.id('booking', ${round})`,
    ),
);

// Vacuum: the same rows die in both.
for (const client of [one, other]) {
  await client.query(`set staybase.bulk_load = 'on'`);
  await client.query(
    `delete from private.claims where kind = 'block' and bench.h(uuid_hash(claim_id), 5) < 0.2`,
  );
}
const parts = (await other.query<{ part: string }>(
  `select inhrelid::regclass::text as part from pg_inherits where inhparent = 'private.claims'::regclass`,
)).rows.map(({ part }) => part);
const cost = async (client: pg.Client, used: () => number, table: string) => {
  const before = used();
  await client.query(`vacuum ${table}`);
  return used() - before;
};
const all = await cost(one, clocks.floor, 'private.claims');
const each: number[] = [];
for (const part of parts) each.push(await cost(other, clocks.subject, part));
say(
  `vacuum after a fifth of the blocks died: ${
    (all / 1000).toFixed(0)
  } ms for all of it; of a partition ` +
    `${(Math.max(...each) / 1000).toFixed(1)} ms at most, ${
      (Math.max(...each) / all).toFixed(3)
    } of that; all partitions ${(each.reduce((sum, time) => sum + time, 0) / 1000).toFixed(0)} ms`,
);
for (const client of [one, other]) {
  const { rows: [size] } = await client.query<{ size: string }>(
    `select pg_size_pretty(sum(pg_total_relation_size(oid))) as size from pg_class
     where relkind = 'r' and (oid = 'private.claims'::regclass
       or oid in (select inhrelid from pg_inherits where inhparent = 'private.claims'::regclass))`,
  );
  say(`on disk ${client === one ? 'as one table' : 'in partitions'}: ${size?.size}`);
  await client.end();
}
await stop();
process.exit(0);

function findJobs(): string {
  return `
  select gen_random_uuid() as booking, listing_id as listing, bench.id('guest', number) as guest,
    check_in::text as "checkIn", check_out::text as "checkOut",
    (private.price_stay(listing_id, check_in, check_out, 1, 0)).total_minor as total
  from (
    select listing_id, check_in, check_in + 3 as check_out, row_number() over () as number
    from (
      select listing_id, current_date + 20 + (random() * 60)::integer as check_in
      from public.listings where status = 'published' offset 0) as anywhere
    where private.stay_problem(listing_id, check_in, check_in + 3, 1, 0, 0, null) is null
    limit $1) as free
  where number <= (select count(*) from public.profiles) / 2`;
}
