/**
 * Floors that do what an answer cannot do without, and nothing else: they read the same rows by the same indexes
 * and return the same columns, with no argument checked, no rule asked and nobody known. What is above them is the
 * price of the rules. The shorter floors of `workloads.ts` stand beside them.
 */
import { timed } from './workloads.ts';

const across = (level: number) => 2 ** level;
const tilesOf = (level: number) => `
  array(
    select distinct (floor((y + 90) / 180 * ${across(level)})::integer << ${level})
      | floor((x + 180) / 360 * ${across(level)})::integer
    from unnest(array[west, (west + east) / 2, east]) as x
    cross join unnest(array[south, (south + north) / 2, north]) as y)`;

const branches = (level: number) =>
  Array.from({ length: 9 }, (_, at) => `
  (select * from private.listing_search where listed and tile_${level} = tiles[${at + 1}]
   order by lowest_minor, listing_id)`).join(' union all ');

/**
 * A page by what a stay costs, in one statement: eighty homes in the order of their lowest price with the nights
 * free, the thirty that may cost the least priced with fee and taxes, the twenty cheapest with their cards. That is how many
 * search walks and prices. The price leaves out discounts, prices by day, guests, pets and currencies.
 */
const plainPage = (schema: string, level: number) => `
  create function ${schema}.plain_page_${level}(
    west double precision, south double precision, east double precision, north double precision,
    check_in date, check_out date)
    returns setof public.found_listing language plpgsql stable security definer set search_path = ''
    set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off set jit = off
  as $$
  declare
    tiles integer[] := ${tilesOf(level)};
    stay_nights integer := check_out - check_in;
  begin
    return query
      select listings.listing_id, listings.title, listings.room_type, listings.property_type, listings.city,
        listings.country_code, listings.latitude, listings.longitude, listings.capacity, listings.bedrooms,
        listings.beds, listings.bathrooms, listings.instant_book, listing_ratings.rating,
        coalesce(listing_ratings.review_count, 0), listings.currency,
        (page.total_minor + stay_nights - 1) / stay_nights, stay_nights, page.total_minor, null::double precision,
        (select listing_photos.storage_path from public.listing_photos
         where listing_photos.listing_id = listings.listing_id and listing_photos.published
         order by listing_photos.position limit 1),
        'p' || page.total_minor || '_' || replace(page.listing_id::text, '-', '')
      from (
        select priced.listing_id,
          priced.subtotal_minor * 11 / 10 + coalesce((
            select sum(priced.subtotal_minor * taxes.rate_bp / 10000) from private.taxes
            where taxes.country_code = priced.country_code), 0)::bigint as total_minor
        from (
          select walked.listing_id, walked.country_code,
            stay_nights * walked.weekday_minor + walked.cleaning_minor as subtotal_minor
          from (
            select home.* from (${
  branches(level)
} order by lowest_minor, listing_id offset 0) as home
            where home.place[0] between west and east and home.place[1] between south and north
              and bit_count(substring(home.nights from 1 + check_in - home.first_day for stay_nights)) = 0
            order by home.lowest_minor, home.listing_id limit 80) as walked
          order by subtotal_minor, walked.listing_id limit 30) as priced
        order by total_minor, priced.listing_id limit 20) as page
      join public.listings on listings.listing_id = page.listing_id
      left join public.listing_ratings on listing_ratings.listing_id = page.listing_id
      order by page.total_minor, page.listing_id;
  end $$;`;

/**
 * A quote: the rows of the home that say whether and for how much it can be had, one statement for each table
 * (joined they take longer), and an answer of the same shape.
 */
const plainQuote = `
  create function public.plain_quote(home uuid, check_in text, check_out text, guests integer)
    returns public.stay_quote language plpgsql stable security definer set search_path = ''
    set plan_cache_mode = force_generic_plan
  as $$
  declare
    first_night  date := check_in::date;
    leaving      date := check_out::date;
    stay_nights  integer := leaving - first_night;
    caller       uuid := auth.uid();
    listing      public.listings;
    rules        public.booking_rules;
    price        public.listing_prices;
    currency     private.currencies;
    setting      private.settings;
    arrival      public.calendar_days;
    departure    public.calendar_days;
    guest_bp     integer;
    discount_bp  integer;
    rate_bp      bigint;
    total        bigint;
    day_prices   bigint[];
    lines        public.stay_line[];
    clock        timestamptz;
  begin
    clock := now() + (select clock.shift from private.clock);
    select * into listing from public.listings where listings.listing_id = home;
    select * into rules from public.booking_rules where booking_rules.listing_id = home;
    perform from private.suspensions where suspensions.profile_id = listing.host_id;
    perform from public.listing_hosts where listing_hosts.listing_id = home and listing_hosts.profile_id = caller;
    perform from public.blocks where blocks.blocker_id = caller;
    perform from public.blocks where blocks.blocked_id = caller;
    select * into arrival from public.calendar_days
      where calendar_days.listing_id = home and calendar_days.day = first_night;
    select * into departure from public.calendar_days
      where calendar_days.listing_id = home and calendar_days.day = leaving;
    perform from private.claims where claims.listing_id = home and claims.nights && daterange(first_night, leaving);
    select * into price from public.listing_prices where listing_prices.listing_id = home;
    select * into currency from private.currencies where currencies.currency = listing.currency;
    select * into setting from private.settings;
    select length_discounts.discount_bp into discount_bp from public.length_discounts
      where length_discounts.listing_id = home and length_discounts.minimum_nights <= stay_nights
      order by length_discounts.minimum_nights desc limit 1;
    select array_agg(calendar_days.price_minor) into day_prices from public.calendar_days
      where calendar_days.listing_id = home and calendar_days.day >= first_night and calendar_days.day < leaving;
    select fee_schemes.guest_bp into guest_bp from private.fee_schemes
      where fee_schemes.fee_scheme = setting.fee_scheme;
    perform from private.listing_fee_schemes where listing_fee_schemes.listing_id = home;
    select sum(taxes.rate_bp) into rate_bp from private.taxes
      where taxes.listing_id = home or taxes.country_code = listing.country_code;
    for ahead in 0 .. stay_nights - 1 loop
      lines := lines || row('night', first_night + ahead, 'Night', 1, price.base_price_minor, 0,
        price.base_price_minor)::public.stay_line;
    end loop;
    total := price.base_price_minor * stay_nights;
    lines := lines || row('tax', null, 'Tax', 1, total, 0, total * coalesce(rate_bp, 0) / 10000)::public.stay_line;
    return row(home, first_night, leaving, stay_nights, guests, 0, 0, '{}'::smallint[], listing.currency, null,
      discount_bp, total, total * guest_bp / 10000, 0, total, listing.cancellation_policy, listing.instant_book, lines,
      array[row(1, stay_nights, clock, total)::public.planned_charge])::public.stay_quote;
  end $$;
  grant execute on function public.plain_quote to authenticated;`;

const page = (name: string, level: number, halves: [number, number]) =>
  timed(
    name,
    'city bench.cities; day date; found bigint;',
    `select * into city from bench.cities
       where cities.city = 1 + floor(500 * power(bench.h(i, 999), 3))::integer;
     day := current_date + 10 + i % 60;`,
    `select count(*) into found from bench.plain_page_${level}(
       city.longitude - ${halves[0]}, city.latitude - ${halves[1]},
       city.longitude + ${halves[0]}, city.latitude + ${halves[1]}, day, day + 3);`,
  );

export const floors = [
  plainPage('bench', 9),
  plainPage('bench', 11),
  plainPage('public', 11),
  'grant execute on function public.plain_page_11 to anon;',
  plainQuote,
  page('plain_city', 9, [0.2, 0.15]),
  page('plain_map', 11, [0.05, 0.04]),
].join('\n');
