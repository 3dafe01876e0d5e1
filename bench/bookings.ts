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
const rulesWork = (clients: pg.Client[], work: boolean) =>
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

const connectAll = (cluster: Cluster, database: string, count: number): Promise<pg.Client[]> =>
  Promise.all(
    Array.from({ length: count }, () => connect(cluster.url(database, 'supabase_admin'))),
  );

const close = (clients: pg.Client[]) => Promise.all(clients.map((client) => client.end()));

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

const median = (numbers: number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/**
 * 64 sessions want nights of one home, mostly the same ones, against 64 sessions that insert bare claims
 * `on conflict do nothing`, without rules, and answer those who get none with an error, as a verb must;
 * beside it stands the ratio to the same inserts that say nothing. All make as many attempts, from the same
 * empty calendar: who gets a night takes many times as long as who does not, so with as much time instead
 * the faster side would have fewer of those among its attempts, and a short round hardly any other on the
 * slower side. Each attempt is that of another guest, who has paid before: one who asks again would replace
 * their own hold, and nights would become free again and again, as no bare claim does; and that newcomers
 * hold a night six times and no more is counted only until six. Each session has got nights once before it
 * is timed: it has its plans, as those of a pool have. `faults` says what must never happen: a deadlock or another error that is
 * no refusal, a shared night, or that nobody got a night at all.
 */
export async function measureOneHotListing(
  cluster: Cluster,
  database: string,
  timedRounds: number,
): Promise<{ line: Line; faults: string[] }> {
  const clients = await connectAll(cluster, database, 64);
  const [first] = clients as [pg.Client];
  const { rows: [hot] } = await first.query<{ listing: string }>(
    `select listing_id as listing from public.listings
     join public.booking_rules using (listing_id)
     where status = 'published' and minimum_nights = 1 and maximum_nights > 30 and booking_window_months > 4
       and advance_notice_days = 0 and cardinality(arrival_weekdays) = 7
     order by listing_id limit 1`,
  );
  if (hot === undefined) throw new Error('No home is open enough to be hot.');
  const { rows: [guests] } = await first.query<{ count: number }>(
    `select count(*)::integer as count from public.profiles where not hosting`,
  );
  if (guests === undefined) throw new Error('Nobody is there.');
  const someGuest = () => 1 + Math.floor(Math.random() * guests.count);
  const { rows: totals } = await first.query<{ ahead: number; nights: number; total: string }>(
    `select ahead, nights, (private.price_stay($1, current_date + ahead, current_date + ahead + nights, 1, 0)).total_minor
       as total
     from generate_series(1, 80) as ahead, generate_series(1, 3) as nights`,
    [hot.listing],
  );
  const someStay = () => totals[Math.floor(Math.random() * totals.length)]!;
  await rulesWork([first], false);
  await first.query(
    `insert into public.payments (booking_id, listing_id, guest_id, status, capture_mode, currency,
       amount_minor, captured_minor, created_at, captured_at)
     select distinct on (guest_id) booking_id, listing_id, guest_id, 'captured', 'automatic', currency,
       30000, 30000, created_at, created_at
     from public.bookings where status = 'completed' order by guest_id, booking_id
     on conflict do nothing`,
  );
  await rulesWork([first], true);
  const errors = new Map<string, number>();
  let bookings = 0;
  let overlaps = 0;

  const attempts = {
    async book(client: pg.Client) {
      const { ahead, nights, total } = someStay();
      try {
        await client.query({
          name: 'book',
          text:
            `select bench.book(gen_random_uuid(), $1, bench.id('guest', $2), current_date + $3::integer,
              current_date + $3::integer + $4::integer, $5)`,
          values: [hot.listing, someGuest(), ahead, nights, total],
        });
        bookings += 1;
      } catch (error) {
        const message = error instanceof pg.DatabaseError
          ? `${error.code} ${error.message}`
          : String(error);
        errors.set(message, (errors.get(message) ?? 0) + 1);
      }
    },
    async write(client: pg.Client) {
      const { ahead, nights } = someStay();
      try {
        await client.query({
          name: 'bare',
          text: `select bench.claim($1, current_date + $2::integer,
            current_date + $2::integer + $3::integer, bench.id('guest', $4))`,
          values: [hot.listing, ahead, nights, someGuest()],
        });
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === 'PT409')) throw error;
      }
    },
    async writeSilently(client: pg.Client) {
      const { ahead, nights } = someStay();
      await client.query({
        name: 'silent',
        text:
          `insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
          values ($1, daterange(current_date + $2::integer, current_date + $2::integer + $3::integer), '(,)', 'hold',
            gen_random_uuid(), bench.id('guest', $4), now() + interval '15 minutes')
          on conflict do nothing`,
        values: [hot.listing, ahead, nights, someGuest()],
      });
    },
  };

  const kinds = ['book', 'write', 'writeSilently'] as const;
  // The server's log of refusals is read by this process, at the expense of what is measured.
  await Promise.all(clients.map((client) => client.query(`set log_min_messages = 'fatal'`)));
  const emptyTheHome = async () => {
    await first.query(`delete from private.claims where listing_id = $1`, [hot.listing]);
    await first.query(
      `update public.bookings set status = 'expired', expires_at = null where status = 'awaiting_payment'`,
    );
    await first.query('select private.refresh_nights($1)', [hot.listing]);
  };
  for (const kind of kinds) {
    for (const client of clients) {
      await rulesWork([first], false);
      await emptyTheHome();
      await rulesWork([first, client], kind === 'book');
      await attempts[kind](client);
    }
  }

  const rounds: Record<typeof kinds[number], { times: number[]; perSecond: number }[]> = {
    book: [],
    write: [],
    writeSilently: [],
  };
  for (let round = 0; round <= timedRounds; round += 1) {
    for (const kind of kinds) {
      await rulesWork(clients, false);
      await emptyTheHome();
      if (kind === 'book') await rulesWork(clients, true);
      const done = await inParallel(
        clients,
        Array.from({ length: 1500 }, (_, attempt) => attempt),
        attempts[kind],
      );
      if (kind === 'book') overlaps += await sharedNights(first, hot.listing);
      if (round > 0) rounds[kind].push(done);
    }
  }
  await close(clients);
  const deadlocks = [...errors].filter(([message]) => message.startsWith('40'))
    .reduce((sum, [, count]) => sum + count, 0);
  const unexpected = [...errors.keys()].filter((message) => !message.endsWith('nights_taken'));
  const faults = [
    ...unexpected.filter((message) => !message.startsWith('PT')),
    ...(overlaps > 0 ? [`${overlaps} pairs of stays share a night`] : []),
    ...(bookings === 0 ? [`nobody could book (${unexpected.join('; ')})`] : []),
  ];
  const figuresOf = (kind: typeof kinds[number]) => ({
    ...figures(rounds[kind].flatMap(({ times }) => times)),
    perSecond: median(rounds[kind].map((one) => one.perSecond)),
  });
  const silent = figuresOf('book').perSecond / figuresOf('writeSilently').perSecond;
  const line = compareThroughput(
    'request_booking, 64 sessions on one home',
    figuresOf('book'),
    figuresOf('write'),
    0.6,
    `${bookings} bookings, ${deadlocks} deadlocks, ${overlaps} overlaps; ${
      silent.toFixed(2)
    } of inserts that answer nothing${
      unexpected.length > 0 ? `, also ${unexpected.join('; ')}` : ''
    }`,
  );
  return { line, faults };
}

/** How many pairs of claims hold one night of a home; none, ever. */
async function sharedNights(client: pg.Client, listing: string): Promise<number> {
  const { rowCount } = await client.query(
    `select from private.claims as one join private.claims as other
       on other.listing_id = one.listing_id and other.claim_id > one.claim_id
       and other.nights && one.nights and other.lane && one.lane
     where one.listing_id = $1`,
    [listing],
  );
  return rowCount ?? 0;
}
