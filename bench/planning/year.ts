import { randomFrom } from '../../local/stripe/webhooks.ts';
import { secondsOf } from '../processes.ts';
import {
  book,
  cancel,
  dayAfter,
  type Home,
  review,
  send,
  type Stay,
  writeToHost,
} from './deeds.ts';
import { type Market, onboard, type Person, Refused } from './market.ts';

/** What happens in the days of a sample; shares of bookings. */
export const habits = {
  /** Guests who write before they book, and are answered, and write again. */
  writes: 0.5,
  /** Stays that their guest cancels, on a day between booking and arrival. */
  cancels: 0.1,
  /** Stays that are reviewed by their guest. */
  reviews: 0.6,
};

export interface Day {
  day: number;
  booked: number;
  refused: number;
  /** CPU seconds of Postgres: all of the day, and of its jobs, commands and webhooks alone. */
  cpu: number;
  jobsCpu: number;
}

export interface Sample {
  homes: number;
  bookingsADay: number;
  days: number;
  seed: number;
}

/** Homes with their prices, made by their hosts' rows, whose accounts at Stripe are open. */
export async function buildHomes(market: Market, count: number): Promise<Home[]> {
  const hosts = await market.people('host', Math.max(2, Math.ceil(count / 5)));
  const rows = await market.query<{ id: string; host: string }>(
    `with listing as (
       insert into public.listings
         (listing_id, host_id, status, title, description, capacity, country_code, city,
          latitude, longitude, time_zone, currency, instant_book, published_at)
       select gen_random_uuid(), ($1::uuid[])[1 + number % cardinality($1::uuid[])], 'published',
         'Home ' || number, repeat('A quiet home with a garden. ', 20), 4, 'FR', 'Mâcon',
         46.3 + number % 100 / 1000.0, 4.8 + number / 100 / 1000.0, 'UTC', 'EUR', true, private.now()
       from generate_series(1, $2::integer) as number
       returning listing_id, host_id
     ), hosts as (
       insert into public.listing_hosts (listing_id, profile_id, role)
       select listing_id, host_id, 'owner' from listing
     ), rules as (
       insert into public.booking_rules (listing_id, preparation_nights) select listing_id, 0
       from listing
     ), profiles as (
       update public.profiles set hosting = true where profile_id = any ($1)
     )
     select listing_id as id, host_id as host from listing`,
    [hosts.map(({ id }) => id), count],
  );
  await market.query(
    `insert into public.listing_prices (listing_id, base_price_minor)
     select listing_id, 8000 + 10 * number
     from unnest($1::uuid[]) with ordinality as own (listing_id, number)`,
    [rows.map(({ id }) => id)],
  );
  for (const host of hosts) await onboard(market, host);
  const byId = new Map(hosts.map((host) => [host.id, host]));
  return rows.map(({ id, host }) => ({ id, host: byId.get(host)! }));
}

/** Lives through the days; `onDay` hears of each, `onBegin` when the homes are there. */
export async function liveThrough(
  market: Market,
  { homes: count, bookingsADay, days, seed }: Sample,
  { onBegin, onDay }: { onBegin(): Promise<void>; onDay(day: Day): Promise<void> },
): Promise<void> {
  // What one person may do in an hour is not what is measured.
  await market.query(
    `update private.settings set messages_per_hour = 10000, new_conversations = 1000,
       newcomer_holds = 30000, newcomer_nights = 30000, unpaid_stays = 100`,
  );
  const begins = new Date(Date.now() + 3_600_000);
  const homes = await buildHomes(market, count);
  const guests = await market.people('guest', count * 3);
  const random = randomFrom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const at = (day: number, hour: number) =>
    new Date(begins.getTime() + day * 86_400_000 + hour * 3_600_000);
  const later = { cancel: new Map<number, Stay[]>(), review: new Map<number, Stay[]>() };
  const note = (what: keyof typeof later, day: number, stay: Stay) =>
    later[what].set(day, [...later[what].get(day) ?? [], stay]);

  await market.quiet();
  await onBegin();
  for (let day = 0; day < days; day += 1) {
    const cpu = secondsOf().postgres;
    let jobsCpu = 0;
    let [booked, refused] = [0, 0];
    const beat = async (hour: number) => {
      await market.setClock(at(day, hour));
      const before = secondsOf().postgres;
      await market.work();
      jobsCpu += secondsOf().postgres - before;
    };
    /** One guest, until they have a stay; a home that is taken sends them to the next. */
    const oneGuest = async (guest: Person) => {
      const writes = random() < habits.writes;
      for (let tries = 0; tries < 5; tries += 1) {
        const home = homes[Math.floor(random() ** 1.5 * homes.length)]!;
        const ahead = 1 + Math.floor(random() ** 2 * 90);
        const nights = 1 + upTo(5);
        const talk = writes ? await writeToHost(market, guest, home) : undefined;
        if (talk !== undefined) await send(market, home.host, talk, 'Yes, there is. Do come!');
        try {
          const stay = await book(market, guest, home, {
            checkIn: dayAfter(at(day, 0), ahead),
            checkOut: dayAfter(at(day, 0), ahead + nights),
          });
          booked += 1;
          if (random() < habits.cancels) note('cancel', day + upTo(ahead), stay);
          else if (random() < habits.reviews) note('review', day + ahead + nights + 2, stay);
          if (talk !== undefined) await send(market, guest, talk, 'We have booked. See you soon!');
          return;
        } catch (error) {
          if (!(error instanceof Refused) || error.code !== 'nights_taken') throw error;
          refused += 1;
        }
      }
    };

    await market.setClock(at(day, 9));
    for (let one = 0; one < bookingsADay; one += 1) await oneGuest(guests[upTo(guests.length)]!);
    for (const stay of later.cancel.get(day) ?? []) await cancel(market, stay);
    for (const stay of later.review.get(day) ?? []) {
      await review(market, stay, 3 + upTo(3));
    }
    await beat(16);
    await beat(23);
    await onDay({ day, booked, refused, cpu: secondsOf().postgres - cpu, jobsCpu });
  }
}
