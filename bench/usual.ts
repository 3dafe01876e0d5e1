/**
 * What people build first, in the same database and the same run: a search that asks `not exists` over the
 * bookings and pages by offset, and a booking that looks whether the nights are free and then inserts.
 */
import pg from 'pg';
import type { Cluster } from '../local/postgres/cluster.ts';
import { compareTimes, connect, figures, interleave, type Line } from './measure.ts';
import { timed, where } from './workloads.ts';

// The index is what such a search would have; it goes when this is measured.
const schema = `
  create index usual_place_idx on public.listings (latitude, longitude);
  create index usual_price_idx on public.listing_prices (base_price_minor, listing_id);
  create table bench.usual_bookings (
    listing_id uuid not null, check_in date not null, check_out date not null);
  create index on bench.usual_bookings (listing_id, check_in);
  ${
  timed(
    'usual_search',
    'city bench.cities; day date; found bigint;',
    where,
    `select count(*) into found from (
       select listings.*, listing_prices.base_price_minor
       from public.listings
       join public.listing_prices on listing_prices.listing_id = listings.listing_id
       where listings.status = 'published'
         and listings.latitude between city.latitude - 0.04 and city.latitude + 0.04
         and listings.longitude between city.longitude - 0.05 and city.longitude + 0.05
         and listings.capacity >= 2
         and listing_prices.base_price_minor <= 20000 and listings.currency = city.currency
         and exists (
           select from public.listing_amenities
           where listing_amenities.listing_id = listings.listing_id and listing_amenities.amenity = 'wifi')
         and not exists (
           select from public.bookings
           where bookings.listing_id = listings.listing_id and bookings.status = 'confirmed'
             and bookings.check_in < day + 3 and bookings.check_out > day)
       order by listing_prices.base_price_minor, listings.listing_id
       limit 20) as page;`,
  )
}
  ${
  timed(
    'usual_deep_page',
    'skipped integer; found bigint;',
    `select count(*) / 2 into skipped from public.listings where status = 'published';`,
    `select count(*) into found from (
       select listings.*, listing_prices.base_price_minor
       from public.listing_prices
       join public.listings on listings.listing_id = listing_prices.listing_id
       where listings.status = 'published'
       order by listing_prices.base_price_minor, listings.listing_id
       limit 20 offset skipped) as page;`,
  )
}`;

const indexesOff = `
  drop index public.usual_place_idx;
  drop index public.usual_price_idx`;

/** Searches as they are usually built, as ratios to ours: above 1 they are slower. */
export async function measureUsualSearch(client: pg.Client, rounds: number): Promise<Line[]> {
  await client.query(schema);
  await client.query('analyze public.listings, public.listing_prices');
  const compared = async (what: string, theirs: string, ours: string, note: string) =>
    compareTimes(what, await interleave(client, theirs, ours, rounds), undefined, note);
  const lines = [
    await compared(
      'usually built: not exists over bookings',
      'usual_search',
      'map_search',
      'beside map_search of ours; without its rules, holds and totals',
    ),
    await compared(
      'usually built: half-way down by offset',
      'usual_deep_page',
      'deep_page',
      'beside deep_page of ours',
    ),
  ];
  await client.query(indexesOff);
  return lines;
}

/**
 * 64 sessions that look whether nights of one home are free, then insert. Nothing refuses: the note counts
 * the pairs of stays that share a night.
 */
export async function measureUsualBooking(
  cluster: Cluster,
  database: string,
  seconds: number,
): Promise<Line> {
  const clients = await Promise.all(
    Array.from({ length: 64 }, () => connect(cluster.url(database, 'supabase_admin'))),
  );
  const [first] = clients as [pg.Client];
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(clients.map(async (client) => {
    while (performance.now() - began < seconds * 1000) {
      const start = performance.now();
      const from = 1 + Math.floor(Math.random() * 80);
      const nights = [from, from + 1 + Math.floor(Math.random() * 3)];
      await client.query('begin');
      const { rowCount } = await client.query({
        name: 'look',
        text: `select from bench.usual_bookings where listing_id = bench.id('listing', 1)
          and check_in < current_date + $2::integer and check_out > current_date + $1::integer`,
        values: nights,
      });
      if (rowCount === 0) {
        await client.query({
          name: 'take',
          text: `insert into bench.usual_bookings values
            (bench.id('listing', 1), current_date + $1::integer, current_date + $2::integer)`,
          values: nights,
        });
      }
      await client.query('commit');
      times.push((performance.now() - start) * 1000);
    }
  }));
  const { rows: [shared] } = await first.query<{ stays: number; pairs: number }>(
    `select (select count(*) from bench.usual_bookings)::integer as stays, count(*)::integer as pairs
     from bench.usual_bookings as one join bench.usual_bookings as other
       on other.ctid > one.ctid and other.check_in < one.check_out and one.check_in < other.check_out`,
  );
  await Promise.all(clients.map((client) => client.end()));
  return {
    what: 'usually built: look, then insert, 64 sessions on one home',
    subject: { ...figures(times), perSecond: times.length / seconds },
    note: `${shared?.stays} stays, ${shared?.pairs} pairs of them share a night`,
  };
}
