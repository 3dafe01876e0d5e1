-- Flexible days: for guests who know where and about when, each home's cheapest free stay of those
-- that would do, and what the days of a month cost at least.
--
-- Each possible stay has its own search terms, as in search_listings. The homes are walked once, in
-- the order of their lowest price, and each is compared with all stays: later homes cost more on
-- any dates, so a page is soon complete. At most 3000 homes and 31 stays are compared; if a page
-- may lack a cheaper home because of that limit, it says so (estimated).

-- Like public.found_listing, so that one card shows both; without a cursor, as there is one page.
create type public.flexible_stay as (
  listing_id      uuid,
  check_in        date,
  check_out       date,
  title           text,
  room_type       public.room_type,
  property_type   text,
  city            text,
  country_code    text,
  latitude        double precision,
  longitude       double precision,
  capacity        smallint,
  bedrooms        smallint,
  beds            smallint,
  bathrooms       numeric(4, 1),
  instant_book    boolean,
  rating          numeric(3, 2),
  review_count    integer,
  currency        text,
  nightly_minor   bigint,
  nights          integer,
  total_minor     bigint,
  distance_metres double precision,
  photo_path      text,
  estimated       boolean
);

comment on column public.flexible_stay.estimated is
  'Whether cheaper homes may be missing, because the search ended after 3000 homes.';

create type public.calendar_price as (
  check_in      date,
  check_out     date,
  currency      text,
  nightly_minor bigint,
  total_minor   bigint,
  estimated     boolean
);

comment on column public.calendar_price.estimated is
  'Whether a cheaper home may be missing, because the search ended after 3000 homes.';

-- A home with its cheapest stay, before a card is made of it.
create type private.cheapest_stay as (
  listing_id    uuid,
  check_in      date,
  check_out     date,
  currency      text,
  nightly_minor bigint,
  total_minor   bigint,
  estimated     boolean
);

-- Which stays would do

create function private.month(written text)
  returns date language plpgsql immutable security definer set search_path = ''
as $$
begin
  if written !~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])$' then
    perform private.refuse('invalid_dates', 'month');
  end if;
  return make_date(left(written, 4)::integer, right(written, 2)::integer, 1);
end $$;

comment on function private.month is
  'Rule: a month is written YYYY-MM and begins on its first day.';

create function private.flexible_wishes(
  wish private.search_wish, flex_days integer, month text, stay text, nights integer)
  returns private.search_wish[] language plpgsql stable security definer set search_path = ''
as $$
declare
  starts   date[];
  earliest constant date := (private.now() at time zone 'UTC' - interval '12 hours')::date;
  latest   constant date :=
    ((private.now() at time zone 'UTC' + interval '14 hours')::date + interval '24 months')::date;
  first    constant date := private.month(month);
  possible date[];
begin
  if num_nonnulls(wish.check_in, wish.check_out) = 1 then
    perform private.refuse('dates_required');
  end if;
  if not coalesce(
    case when month is null
      then wish.check_in is not null and num_nonnulls(stay, nights) = 0
        and flex_days between 1 and 3
      else wish.check_in is null and flex_days is null and num_nonnulls(stay, nights) = 1
        and (stay in ('weekend', 'week') or nights between 1 and 28)
    end, false)
  then
    perform private.refuse('invalid_flexibility');
  end if;
  if month is null then
    nights := wish.check_out - wish.check_in;
    starts := array(
      select wish.check_in + shift from generate_series(-flex_days, flex_days) as shift);
  else
    nights := case stay when 'weekend' then 2 when 'week' then 7 else nights end;
    starts := array(
      select day::date
      from generate_series(first, first + interval '1 month' - interval '1 day', '1 day') as day
      where stay is distinct from 'weekend' or extract(isodow from day) = 5);
  end if;
  -- Of a range that has begun, or ends too late, the rest; search_terms refuses if there is none.
  possible := array(
    select day from unnest(starts) as day where day >= earliest and day + nights <= latest);
  if possible = '{}' then
    possible := starts[cardinality(starts):];
  end if;
  return array(
    select jsonb_populate_record(wish, jsonb_build_object(
      'check_in', day, 'check_out', day + nights))
    from unnest(possible) as day
    order by day);
end $$;

comment on function private.flexible_wishes is
  'Rule: one wish for each stay that would do: the days asked for, up to flex_days earlier or '
  'later; or in a month, by their check-in, its weekends from Friday to Sunday, its weeks of seven '
  'nights, or so many nights.';

-- What they cost

create function private.cheapest_stays(
  walk private.search_terms, stays private.search_terms[], wanted integer, most_homes integer)
  returns setof private.cheapest_stay language plpgsql stable security definer
  -- A page. Postgres expects a thousand, and reads whole tables for their cards.
  rows 20
  set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set jit = off
as $$
declare
  stay_nights constant integer := stays[1].nights;
  most_minor  bigint := stays[1].most_minor;
  best        private.cheapest_stay[] := '{}';
  unfinished  boolean := false;
  looked_at   integer := 0;
  stay        private.search_terms;
  walked      private.search_hit[];
  waiting     private.search_hit[];
  chunk       uuid[];
  place       integer;
begin
  walk.most := least(greatest(50, 4 * wanted), most_homes);
  loop
    walked := private.search_walk(walk);
    looked_at := looked_at + cardinality(walked);
    foreach stay in array stays loop
      waiting := array(
        select row(home.listing_id, least.minor, least.minor)::private.search_hit
        from (
          select listing_search.* from unnest(walked) as hit
          join private.listing_search on listing_search.listing_id = hit.listing_id
          offset 0) as home
        cross join private.fits(row(home.*)::private.listing_search, stay)
        cross join private.least_total(row(home.*)::private.listing_search, stay) as least (minor)
        where least.minor <= most_minor
        order by least.minor);
      place := 1;
      -- As in private.cheapest
      while place <= cardinality(waiting) and waiting[place].minor <= most_minor loop
        chunk := array(
          select hit.listing_id from unnest(waiting[place : place + wanted - 1]) as hit);
        best := array(
          select row(
            one.listing_id, one.check_in, one.check_out, null, null, one.total_minor,
            null)::private.cheapest_stay
          from (
            select distinct on (priced.listing_id) priced.*
            from (
              select known.listing_id, known.check_in, known.check_out, known.total_minor
              from unnest(best) as known
              union all
              select prices_for.listing_id, stay.check_in, stay.check_out, prices_for.minor
              from private.prices_for(chunk, stay)) as priced
            order by priced.listing_id, priced.total_minor, priced.check_in) as one
          order by one.total_minor, one.listing_id
          limit wanted);
        place := place + wanted;
        if cardinality(best) = wanted then
          most_minor := best[wanted].total_minor;
        end if;
      end loop;
    end loop;
    walk := private.limit_walk(walk, stays[1], most_minor);
    exit when cardinality(walked) < walk.most
      or walked[cardinality(walked)].key > walk.most_lowest;
    unfinished := looked_at >= most_homes;
    exit when unfinished;
    walk.after_key := walked[cardinality(walked)].key;
    walk.after_id := walked[cardinality(walked)].listing_id;
    walk.most := least(2 * walk.most, 1000, greatest(1, most_homes - looked_at));
  end loop;
  return query
    select one.listing_id, one.check_in, one.check_out, listing_search.currency,
      -- private.nightly, written out
      (one.total_minor + stay_nights - 1) / stay_nights, one.total_minor, unfinished
    from unnest(best) as one
    join private.listing_search on listing_search.listing_id = one.listing_id
    order by one.total_minor, one.listing_id;
end $$;

comment on function private.cheapest_stays is
  'Rule: the homes whose cheapest stay of these, all of as many nights, costs the least, with that '
  'stay, exactly and in order; of two at one price the earlier. At most so many homes are looked '
  'at, those with the lowest price of a night.';

create function private.walk_without_days(
  wish private.search_wish, stay private.search_terms, page_size integer)
  returns private.search_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  walk private.search_terms;
begin
  wish.check_in := null;
  wish.check_out := null;
  wish.free_cancellation_until := null;
  walk := private.search_page(private.search_terms(wish), 'price', page_size, null);
  -- In the order of the lowest price, as a search with days; what the home costs without days does
  -- not count.
  stay.sort := 'price';
  stay.among := walk.among;
  stay := private.search_route(stay);
  walk.route := stay.route;
  walk.tiles := stay.tiles;
  walk.least_minor := -1000000000000;
  walk.most_minor := 1000000000000;
  walk.after_key := -1000000000000;
  return walk;
end $$;

comment on function private.walk_without_days is
  'Rule: how the homes of a wish are walked before its days are known.';

create function private.wish_of_stays(wish private.search_wish)
  returns private.search_wish language plpgsql immutable security invoker set search_path = ''
as $$
begin
  wish.words := null;
  wish.custom_fields := null;
  return wish;
end $$;

comment on function private.wish_of_stays is
  'Rule: words and custom fields are matched once, by the walk: all homes it returns have them, '
  'whatever the dates.';

create function private.search_flexible_days(
  wish private.search_wish, flex_days integer, month text, stay text, nights integer,
  page_size integer, most_homes integer default 3000)
  returns setof public.flexible_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  stays private.search_terms[] := array(
    select private.search_terms(one)
    from unnest(private.flexible_wishes(
      private.wish_of_stays(wish), flex_days, month, stay, nights)) as one);
begin
  return query
    select listings.listing_id, hit.check_in, hit.check_out, listings.title, listings.room_type,
      listings.property_type, listings.city, listings.country_code, listings.latitude,
      listings.longitude, listings.capacity, listings.bedrooms, listings.beds,
      listings.bathrooms, listings.instant_book, listing_ratings.rating,
      coalesce(listing_ratings.review_count, 0), hit.currency, hit.nightly_minor,
      hit.check_out - hit.check_in, hit.total_minor,
      case when wish.latitude is not null then
        private.metres_between(
          stays[1].latitude, stays[1].longitude,
          point(listings.longitude, listings.latitude)) end,
      (select listing_photos.storage_path
       from public.listing_photos
       where listing_photos.listing_id = listings.listing_id and listing_photos.published
       order by listing_photos.position
       limit 1),
      hit.estimated
    from private.cheapest_stays(
      private.walk_without_days(wish, stays[1], page_size), stays, page_size, most_homes) as hit
    join public.listings on listings.listing_id = hit.listing_id
    left join public.listing_ratings on listing_ratings.listing_id = hit.listing_id
    order by hit.total_minor, hit.listing_id;
end $$;

create function public.search_flexible_days(
  west                    double precision   default null,
  south                   double precision   default null,
  east                    double precision   default null,
  north                   double precision   default null,
  latitude                double precision   default null,
  longitude               double precision   default null,
  radius_metres           double precision   default null,
  check_in                text               default null,
  check_out               text               default null,
  guests                  integer            default 1,
  infants                 integer            default 0,
  pets                    integer            default 0,
  child_ages              smallint[]         default null,
  minimum_price_minor     bigint             default null,
  maximum_price_minor     bigint             default null,
  currency                text               default null,
  room_types              public.room_type[] default null,
  property_types          text[]             default null,
  bedrooms                integer            default null,
  beds                    integer            default null,
  bathrooms               numeric            default null,
  amenities               text[]             default null,
  instant_book            boolean            default null,
  minimum_rating          numeric            default null,
  superhost               boolean            default null,
  host_id                 uuid               default null,
  free_cancellation_until text               default null,
  words                   text               default null,
  custom_fields           jsonb              default null,
  flex_days               integer            default null,
  month                   text               default null,
  stay                    text               default null,
  nights                  integer            default null,
  page_size               integer            default 20)
  returns setof public.flexible_stay language sql stable security invoker set search_path = ''
begin atomic
  select * from private.search_flexible_days(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish,
    flex_days, month, stay, nights, page_size);
end;

grant execute on function private.search_flexible_days, public.search_flexible_days
  to anon, authenticated;

comment on function public.search_flexible_days is
  'The homes that search_listings would find on one of several stays, each with its cheapest: '
  'check_in, check_out, and what search_listings shows of the home for these days, in the order of '
  'total_minor, then listing_id. Which stays: check_in and check_out with flex_days (1 to 3), the '
  'same nights up to so many days earlier or later; or a month (YYYY-MM) with stay or with nights '
  '(1 to 28), by the day of check-in. stay is one of: weekend, week. A weekend is Friday to '
  'Sunday, a week is 7 nights from any day. Days that have passed or are too far ahead are left '
  'out; if all are, it is an error. All other arguments are those of search_listings; minor units '
  'are compared as they are, so give a currency. One page (page_size 20, at most 100), without a '
  'next one. At most 3000 homes are looked at, those with the lowest prices of a night; estimated '
  'says that the search ended there. Errors: those of search_listings without invalid_sort, '
  'point_required, invalid_cursor; invalid_flexibility.';

-- A price calendar

create function private.search_price_calendar(
  wish private.search_wish, month text, nights integer, most_homes integer default 3000)
  returns setof public.calendar_price language plpgsql stable security definer set search_path = ''
as $$
declare
  stays private.search_terms[] := array(
    select private.search_terms(one)
    from unnest(private.flexible_wishes(
      private.wish_of_stays(wish), null, month, null, nights)) as one);
  walk  private.search_terms := private.walk_without_days(wish, stays[1], 1);
begin
  return query
    select one.check_in, one.check_out, one.currency, one.nightly_minor, one.total_minor,
      one.estimated
    from unnest(stays) as stay
    cross join private.cheapest_stays(
      walk, array[row(stay.*)::private.search_terms], 1, most_homes) as one
    order by one.check_in;
end $$;

create function public.search_price_calendar(
  west                    double precision   default null,
  south                   double precision   default null,
  east                    double precision   default null,
  north                   double precision   default null,
  latitude                double precision   default null,
  longitude               double precision   default null,
  radius_metres           double precision   default null,
  guests                  integer            default 1,
  infants                 integer            default 0,
  pets                    integer            default 0,
  child_ages              smallint[]         default null,
  minimum_price_minor     bigint             default null,
  maximum_price_minor     bigint             default null,
  currency                text               default null,
  room_types              public.room_type[] default null,
  property_types          text[]             default null,
  bedrooms                integer            default null,
  beds                    integer            default null,
  bathrooms               numeric            default null,
  amenities               text[]             default null,
  instant_book            boolean            default null,
  minimum_rating          numeric            default null,
  superhost               boolean            default null,
  host_id                 uuid               default null,
  free_cancellation_until text               default null,
  words                   text               default null,
  custom_fields           jsonb              default null,
  month                   text               default null,
  nights                  integer            default 1)
  returns setof public.calendar_price language sql stable security invoker set search_path = ''
begin atomic
  select * from private.search_price_calendar(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      null, null,
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish,
    month, nights);
end;

grant execute on function private.search_price_calendar, public.search_price_calendar
  to anon, authenticated;

comment on function public.search_price_calendar is
  'For each day of a month (YYYY-MM) on which a stay of so many nights (1 to 28, by default 1) can '
  'begin at one home at least, the least price: check_in, check_out, total_minor, nightly_minor '
  'and currency, as the first row of search_listings with these days has them. A day without a '
  'home has no row, nor have days that have passed or are too far ahead; if all are, it is an '
  'error. All other arguments are those of search_listings; minor units are compared as they are, '
  'so give a currency. At most 3000 homes are looked at for each day, those with the lowest prices '
  'of a night; estimated says that the search ended there. Errors: those of search_listings '
  'without invalid_sort, point_required, invalid_page_size, invalid_cursor; invalid_flexibility.';
