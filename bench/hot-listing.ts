import pg from 'pg';
import type { Cluster } from '../local/postgres/cluster.ts';
import { close, connectAll, median, rulesWork } from './bookings.ts';
import { compareThroughput, figures, inParallel, type Line } from './measure.ts';

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
