-- Facets: how many homes there are, what they cost, and how many each further filter would leave.
--
-- All of it is counted over the homes that search_pins would look at, at most three thousand: a
-- filter is asked of them as a column, not of the index, because each count leaves out its own.

create type public.facet as (
  word  text,
  homes integer
);

create type public.price_bar as (
  from_minor bigint,
  to_minor   bigint,
  homes      integer
);

create type public.search_facets as (
  homes          integer,
  more           boolean,
  estimated      boolean,
  currency       text,
  prices         public.price_bar[],
  room_types     public.facet[],
  property_types public.facet[],
  amenities      public.facet[],
  bedrooms       integer[],
  instant_book   integer,
  superhost      integer
);

comment on column public.facet.word is 'A word that the filter takes.';
comment on column public.price_bar.to_minor is
  'Not itself in the bar. Null: for the last bar, which has all that is dearer.';
comment on column public.search_facets.homes is
  'At most 1000. An estimate only where the box has more than 21,000 homes and few of them fit.';
comment on column public.search_facets.more is 'Whether there are more than 1000: "1000+".';
comment on column public.search_facets.estimated is
  'Whether the other numbers are estimated, because the box has more than 3000 homes.';
comment on column public.search_facets.currency is
  'Of the prices: the one asked for, or that of most homes. Null: without homes.';
comment on column public.search_facets.bedrooms is
  'How many homes have at least one bedroom, at least two, and so on up to eight.';

-- missed is which of the filters that are counted a home does not meet: the price (1), the kind of
-- room (2), of property (4), bedrooms (8), amenities (16), instant book (32), superhost (64). It
-- counts below a filter of its own if it meets all, or misses that one alone.
create type private.faceted_home as (
  listing_id    uuid,
  place         point,
  currency      text,
  nightly_minor bigint,
  total_minor   bigint,
  room_type     public.room_type,
  property_type text,
  bedrooms      smallint,
  amenities     bigint,
  instant_book  boolean,
  superhost     boolean,
  missed        integer
);

create function private.count_homes(
  terms private.search_terms, share integer, seen integer, most_homes integer)
  returns integer language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set jit = off
as $$
declare
  fitting uuid[];
  known   integer;
begin
  if share = 1 then
    return seen;
  end if;
  -- A crowded box: a thousand are soon found; if not, the sample says how many there are.
  fitting := array(
    select home.listing_id
    from (
      select one.* from private.share_of_homes(terms, 1) as one limit 7 * most_homes) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    where terms.check_in is not null
      or home.price_minor between terms.minimum_price and terms.maximum_price
    limit 1001);
  known := cardinality(fitting);
  if terms.check_in is not null then
    select count(*) into known from private.prices_for(fitting, terms);
  end if;
  if known > 1000 or (cardinality(fitting) <= 1000 and 7 * most_homes >= (
    select count(*) from (
      select from private.share_of_homes(terms, 1) limit 7 * most_homes + 1) as all_of_it))
  then
    return known;
  end if;
  return greatest(known, seen * share);
end $$;

comment on function private.count_homes is
  'Rule: how many homes fit a wish, exact up to a thousand where a box has at most 21,000 homes or '
  'a thousand of the first 21,000 fit; else estimated from those seen.';

create function private.faceted_homes(terms private.search_terms, share integer)
  returns private.faceted_home[] language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  -- Without what is counted
  wide private.search_terms := terms;
begin
  wide.minimum_price := 0;
  wide.maximum_price := 1000000000000;
  wide.room_types := null;
  wide.property_types := null;
  wide.bedrooms := 0;
  wide.amenities := 0;
  wide.instant_book := null;
  wide.superhost := null;
  return array(
    select row(home.*,
      (home.nightly_minor not between terms.minimum_price and terms.maximum_price)::integer
      + 2 * (terms.room_types is not null
        and home.room_type <> all (terms.room_types))::integer
      + 4 * (terms.property_types is not null
        and home.property_type <> all (terms.property_types))::integer
      + 8 * (home.bedrooms < terms.bedrooms)::integer
      + 16 * (home.amenities & terms.amenities <> terms.amenities)::integer
      + 32 * (terms.instant_book is not null
        and home.instant_book <> terms.instant_book)::integer
      + 64 * (terms.superhost is not null and home.superhost <> terms.superhost)::integer
      )::private.faceted_home
    from private.seen_homes(wide, share) as home);
end $$;

comment on function private.faceted_homes is
  'Rule: the homes of this share that fit a wish but for the filters that are counted, each with '
  'those that it does not meet.';

create function private.facets_of_homes(
  terms private.search_terms, share integer, seen private.faceted_home[], most_homes integer)
  returns public.search_facets language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  facets public.search_facets;
  lowest bigint;
  width  bigint;
  -- The bits 0, 16, 32 and 48
  ones   constant bigint := 281479271743489;
  lanes  bigint[];
begin
  facets.estimated := share > 1;
  select private.count_homes(terms, share, count(*)::integer, most_homes) into facets.homes
  from unnest(seen) as home where home.missed = 0;
  facets.more := facets.homes > 1000;
  facets.homes := least(facets.homes, 1000);

  select coalesce(terms.currency, mode() within group (order by home.currency)) into facets.currency
  from unnest(seen) as home where home.missed in (0, 1);
  -- Twenty bars up to what only one home in twenty exceeds.
  select min(home.nightly_minor),
    1 + (percentile_disc(0.95) within group (order by home.nightly_minor)
      - min(home.nightly_minor)) / 20
  into lowest, width
  from unnest(seen) as home where home.missed in (0, 1) and home.currency = facets.currency;
  facets.prices := array(
    select row(lowest + (bar - 1) * width, case when bar < 20 then lowest + bar * width end,
      coalesce(counted.homes, 0) * share)::public.price_bar
    from generate_series(1, 20) as bar
    left join (
      select least(20, 1 + (home.nightly_minor - lowest) / width) as bar, count(*) as homes
      from unnest(seen) as home
      where home.missed in (0, 1) and home.currency = facets.currency
      group by 1) as counted using (bar)
    where lowest is not null
    order by bar);

  facets.room_types := array(
    select row(kind.room_type::text, coalesce(counted.homes, 0) * share)::public.facet
    from unnest(enum_range(null::public.room_type)) as kind (room_type)
    left join (
      select home.room_type, count(*) as homes
      from unnest(seen) as home where home.missed in (0, 2) group by 1) as counted using (room_type)
    order by kind.room_type);
  facets.property_types := array(
    select row(property_types.property_type, coalesce(counted.homes, 0) * share)::public.facet
    from public.property_types
    left join (
      select home.property_type, count(*) as homes
      from unnest(seen) as home where home.missed in (0, 4) group by 1) as counted
      using (property_type)
    order by property_types.position, property_types.property_type);
  facets.bedrooms := array(
    select coalesce(sum(counted.homes) filter (where counted.bedrooms >= least), 0) * share
    from generate_series(1, 8) as least
    left join (
      select home.bedrooms, count(*) as homes
      from unnest(seen) as home where home.missed in (0, 8) group by 1) as counted on true
    group by least
    order by least);
  -- Four sums in one, of 16 bits each: as many homes were never seen. One by one, the amenities of
  -- 2500 homes took 50 ms, so 2.
  select array[
    sum(home.amenities >> 0 & ones)::bigint, sum(home.amenities >> 1 & ones)::bigint,
    sum(home.amenities >> 2 & ones)::bigint, sum(home.amenities >> 3 & ones)::bigint,
    sum(home.amenities >> 4 & ones)::bigint, sum(home.amenities >> 5 & ones)::bigint,
    sum(home.amenities >> 6 & ones)::bigint, sum(home.amenities >> 7 & ones)::bigint,
    sum(home.amenities >> 8 & ones)::bigint, sum(home.amenities >> 9 & ones)::bigint,
    sum(home.amenities >> 10 & ones)::bigint, sum(home.amenities >> 11 & ones)::bigint,
    sum(home.amenities >> 12 & ones)::bigint, sum(home.amenities >> 13 & ones)::bigint,
    sum(home.amenities >> 14 & ones)::bigint, sum(home.amenities >> 15 & ones)::bigint]
  into lanes
  -- With those that were asked for already
  from unnest(seen) as home where home.missed = 0;
  facets.amenities := array(
    select row(amenities.amenity,
      coalesce(lanes[1 + amenities.bit % 16] >> amenities.bit / 16 * 16 & 65535, 0) * share
      )::public.facet
    from public.amenities
    order by amenities.amenity);
  select count(*) filter (where home.instant_book and home.missed in (0, 32)) * share,
    count(*) filter (where home.superhost and home.missed in (0, 64)) * share
  into facets.instant_book, facets.superhost
  from unnest(seen) as home;
  return facets;
end $$;

comment on function private.facets_of_homes is
  'Rule: each count keeps to all other filters and leaves out its own; amenities are asked for '
  'together, so that of one is with those asked for already.';

create function private.search_facets(
  wish private.search_wish, most_homes integer default 3000)
  returns public.search_facets language plpgsql stable security definer set search_path = ''
as $$
declare
  terms private.search_terms := private.search_terms(wish);
  share integer := private.share_looked_at(terms, most_homes);
begin
  return private.facets_of_homes(terms, share, private.faceted_homes(terms, share), most_homes);
end $$;

create function public.search_facets(
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
  custom_fields           jsonb              default null)
  returns public.search_facets language sql stable security invoker
  return private.search_facets(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish);

grant execute on function private.search_facets, public.search_facets to anon, authenticated;

comment on function public.search_facets is
  'How many homes search_listings would find with the same arguments (exact up to 1000, then more '
  'is true), and how many for each value of a filter, each counted under all other filters: prices '
  'in twenty bars (nightly_minor of search_listings) in one currency, room_types, property_types, '
  'amenities (together with those asked for), bedrooms (at least that many), instant_book and '
  'superhost. Where a box has more than 3000 homes, a sample is counted and the numbers are '
  'estimates. Errors: those of search_listings without invalid_sort, point_required, '
  'invalid_page_size, invalid_cursor.';
