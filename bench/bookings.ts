import pg from 'pg';
import type { Cluster } from '../local/postgres/cluster.ts';
import { bookFunction } from './database.ts';
import {
  compareThroughput,
  connect,
  type Figures,
  figures,
  inParallel,
  type Line,
} from './measure.ts';

interface Job {
  booking: string;
  listing: string;
  guest: string;
  checkIn: string;
  checkOut: string;
  total: string;
}

const tables = [
  'public.bookings',
  'public.booking_history',
  'public.booking_lines',
  'private.booking_taxes',
  'public.guest_totals',
  'public.host_totals',
  'public.payments',
  'private.commands',
  'private.claims',
];
const nameOf = (table: string) => table.split('.')[1];

/** What a row is found by: the floors write the same rows under ids of their own. */
const ids = ['booking_id', 'payment_id', 'claim_id'];

/**
 * bench.write puts the rows that a booking left behind into the same tables once more, with their checks, indexes
 * and exclusion, but without foreign keys, triggers and rules: the least that keeping them could cost. Under ids of their
 * own, as a booking has: where those of the booking go, its index pages are in the cache already.
 */
const schema = `
  ${bookFunction}
  create function bench.claim(listing uuid, starts_on date, ends_on date, guest uuid)
    returns void language plpgsql as $$
  begin
    insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
    values (listing, daterange(starts_on, ends_on), '(,)', 'hold', gen_random_uuid(), guest,
      now() + interval '15 minutes')
    on conflict do nothing;
    if not found then raise exception 'nights_taken' using errcode = 'PT409'; end if;
  end $$;
  create type bench.rows as (${tables.map((table) => `${nameOf(table)} ${table}[]`).join(', ')});
  create table bench.written (booking_id uuid primary key, rows bench.rows);
  create function bench.renamed(id uuid, floor text) returns uuid language sql immutable
    return md5(id || floor)::uuid;
  create function bench.write(booking uuid) returns void language plpgsql as $$
  declare
    kept bench.rows;
  begin
    select (written.rows).* into kept from bench.written where booking_id = booking;
    ${
  tables.map((table) =>
    `insert into ${table} overriding system value select * from unnest(kept.${
      nameOf(table)
    }) on conflict do nothing;`
  ).join('\n    ')
}
  end $$;
`;

const renamed = (table: string) => {
  const row = nameOf(table);
  const others = ids.map((id) => `'${id}', bench.renamed((kept ->> '${id}')::uuid, floor)`);
  return `array(
    select jsonb_populate_record(${row}, jsonb_build_object(${others.join(', ')}))
    from ${table}, to_jsonb(${row}) as kept where ${row}.booking_id = wanted.booking_id)`;
};
const keepRows = `
  insert into bench.written
  select bench.renamed(booking_id, floor), row(${tables.map(renamed).join(', ')})::bench.rows
  from unnest($1::uuid[]) as wanted (booking_id), unnest($2::text[]) as floor`;

/** Whether triggers and foreign keys work in these sessions. */
export const rulesWork = (clients: pg.Client[], work: boolean) =>
  Promise.all(
    clients.map((client) =>
      client.query(`set session_replication_role = ${work ? 'origin' : 'replica'}`)
    ),
  );

// A free stay in each of so many homes, each for a guest of its own, with the total to expect.
const findJobs = `
  select gen_random_uuid() as booking, listing_id as listing, bench.id('guest', number) as guest,
    check_in::text as "checkIn", check_out::text as "checkOut",
    (private.price_stay(listing_id, check_in, check_out, 1, 0)).total_minor as total
  from (
    select listing_id, check_in, check_in + 3 as check_out, row_number() over () as number
    from (
      select listing_id, current_date + 20 + (random() * 60)::integer as check_in
      from public.listings tablesample bernoulli (40) repeatable (7)
      where status = 'published' offset 0) as anywhere
    where private.stay_problem(listing_id, check_in, check_in + 3, 1, 0, 0, null) is null
    limit $1) as free
  where number <= (select count(*) from public.profiles) / 2`;

export const connectAll = (
  cluster: Cluster,
  database: string,
  count: number,
): Promise<pg.Client[]> =>
  Promise.all(
    Array.from({ length: count }, () => connect(cluster.url(database, 'supabase_admin'))),
  );

export const close = (clients: pg.Client[]) => Promise.all(clients.map((client) => client.end()));

/**
 * Bookings of all rules and lines against inserts of the rows they leave, eight clients, in turns: bare, and with their
 * foreign keys. In a marketplace nobody keeps rows without those, and they cost more than the rows.
 */
export async function measureBookings(
  cluster: Cluster,
  database: string,
  count: number,
): Promise<Line[]> {
  const clients = await connectAll(cluster, database, 8);
  const [first] = clients as [pg.Client];
  await first.query(schema);
  const { rows: jobs } = await first.query<Job>(findJobs, [count]);

  type Round = Figures & { perSecond: number; times: number[] };
  const rounds: Record<'book' | 'write' | 'writeWithKeys', Round[]> = {
    book: [],
    write: [],
    writeWithKeys: [],
  };
  const size = Math.ceil(jobs.length / 6);
  // The WAL of one booking, including its foreign keys and indexes.
  const lsn = async () =>
    (await first.query<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn')).rows[0]?.lsn;
  let logged = 0;
  for (let from = 0; from < jobs.length; from += size) {
    const batch = jobs.slice(from, from + size);
    const before = await lsn();
    const booked = await inParallel(clients, batch, async (client, job) => {
      await client.query({
        name: 'book',
        text: 'select bench.book($1, $2, $3, $4, $5, $6)',
        values: [job.booking, job.listing, job.guest, job.checkIn, job.checkOut, job.total],
      });
    });
    const { rows: [log] } = await first.query<{ bytes: number }>(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::float as bytes',
      [before],
    );
    logged += log?.bytes ?? 0;
    const bookedIds = batch.map(({ booking }) => booking);
    await first.query(keepRows, [bookedIds, ['bare', 'with keys']]);
    const remove = async (floor?: string) => {
      await rulesWork([first], false);
      const which = floor === undefined ? 'id' : 'bench.renamed(id, $2)';
      for (const table of tables) {
        await first.query(
          `delete from ${table} where booking_id in (select ${which} from unnest($1::uuid[]) as id)`,
          floor === undefined ? [bookedIds] : [bookedIds, floor],
        );
      }
    };
    const write = (floor: string) =>
      inParallel(clients, batch, async (client, job) => {
        await client.query({
          name: 'write',
          text: 'select bench.write(bench.renamed($1, $2))',
          values: [job.booking, floor],
        });
      });
    await remove();
    await rulesWork(clients, false);
    const written = await write('bare');
    await remove('bare');
    await rulesWork(clients, true);
    await ownTriggers(first, 'disable');
    const writtenWithKeys = await write('with keys');
    await ownTriggers(first, 'enable');
    await checkWritten(first, bookedIds);
    // The first round warms caches and plans.
    if (from === 0) continue;
    rounds.book.push(booked);
    rounds.write.push(written);
    rounds.writeWithKeys.push(writtenWithKeys);
  }
  await close(clients);
  const booked = together(rounds.book);
  return [
    compareThroughput(
      'request_booking, all over the place',
      booked,
      together(rounds.write),
      0.5,
      `${jobs.length} bookings, 8 clients; floor: bare inserts of the same rows; ${
        (logged / jobs.length / 1000).toFixed(1)
      } kB of log each`,
    ),
    compareThroughput(
      'request_booking, beside inserts with foreign keys',
      booked,
      together(rounds.writeWithKeys),
      0.5,
      'floor: the same rows with their foreign keys, without triggers and rules',
    ),
  ];
}

/** A floor that skipped rows would be no floor. */
async function checkWritten(client: pg.Client, booked: string[]): Promise<void> {
  for (const table of tables) {
    const { rows: [found] } = await client.query<{ kept: number; written: number }>(
      `select coalesce(sum(cardinality((written.rows).${nameOf(table)})), 0)::int as kept,
         (select count(*)::int from ${table} where booking_id in (
           select bench.renamed(id, 'with keys') from unnest($1::uuid[]) as id)) as written
       from bench.written where booking_id in (
         select bench.renamed(id, 'with keys') from unnest($1::uuid[]) as id)`,
      [booked],
    );
    if (found?.kept !== found?.written) {
      throw new Error(`The floor wrote ${found?.written} of ${found?.kept} rows of ${table}.`);
    }
  }
}

/** The triggers of the tables of a booking, but not those that hold their foreign keys. */
async function ownTriggers(client: pg.Client, switched: 'enable' | 'disable'): Promise<void> {
  for (const table of tables) await client.query(`alter table ${table} ${switched} trigger user`);
}

const together = (rounds: (Figures & { perSecond: number; times: number[] })[]) => ({
  ...figures(rounds.flatMap(({ times }) => times)),
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
});

export const median = (numbers: number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
