import type { Market } from './market.ts';

/** Bytes on disk with indexes of what searches and bookings read, by home and by run of nights. */
export interface Stored {
  /** Of a home: the read model of search. */
  searchOfHome: number;
  /** Of a home: what its page and its price read, without its calendar. */
  homeItself: number;
  /** Of a day of a calendar that has a price or a rule of its own. */
  calendarDay: number;
  /** Of a stay or block. */
  claim: number;
}

const ofHome = [
  'public.listings',
  'public.listing_hosts',
  'public.booking_rules',
  'public.listing_prices',
  'public.listing_amenities',
  'public.listing_ratings',
  'public.listing_photos',
];

export async function storedBytes({ superQuery }: Market): Promise<Stored> {
  const [row] = await superQuery<Stored>(
    `with sizes as (
       select name, pg_total_relation_size(name::regclass)::float8 as bytes
       from unnest($1::text[] || '{private.listing_search, public.calendar_days, private.claims}')
         as name
     ), homes as (select count(*)::float8 as count from public.listings)
     select (select bytes from sizes where name = 'private.listing_search') / homes.count
         as "searchOfHome",
       (select sum(bytes) from sizes where name = any ($1)) / homes.count as "homeItself",
       (select bytes from sizes where name = 'public.calendar_days')
         / (select count(*) from public.calendar_days) as "calendarDay",
       (select bytes from sizes where name = 'private.claims')
         / (select count(*) from private.claims) as claim
     from homes`,
    [ofHome],
  );
  if (row === undefined) throw new Error('Nothing is stored.');
  return row;
}
