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

create type private.faceted_home as (
  listing_id    uuid,
  currency      text,
  nightly_minor bigint,
  room_type     public.room_type,
  property_type text,
  bedrooms      smallint,
  amenities     bigint,
  instant_book  boolean,
  superhost     boolean,
  paid          boolean,
  room          boolean,
  property      boolean,
  bedroom       boolean,
  amenity       boolean,
  instant       boolean,
  super         boolean,
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

create function private.search_facets(
  wish private.search_wish, most_homes integer default 3000)
  returns public.search_facets language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  terms  private.search_terms := private.search_terms(wish);
  -- Without what is counted below
  wide   private.search_terms := terms;
  share  integer;
  facets public.search_facets;
  seen   private.faceted_home[];
begin
  wide.minimum_price := 0;
  wide.maximum_price := 1000000000000;
  wide.room_types := null;
  wide.property_types := null;
  wide.bedrooms := 0;
  wide.amenities := 0;
  wide.instant_book := null;
  wide.superhost := null;
  share := private.share_looked_at(terms, most_homes);

  -- missed is how many of these filters a home does not meet: it counts below a filter of its own
  -- if it meets all, or misses that one alone.
  seen := array(
    select row(home.*, asked.paid, asked.room, asked.property, asked.bedroom, asked.amenity,
      asked.instant, asked.super,
      (not asked.paid)::integer + (not asked.room)::integer + (not asked.property)::integer
        + (not asked.bedroom)::integer + (not asked.amenity)::integer
        + (not asked.instant)::integer + (not asked.super)::integer)::private.faceted_home
    from (
      select one.listing_id, one.currency, one.nightly_minor, one.room_type,
        one.property_type, one.bedrooms, one.amenities, one.instant_book, one.superhost
      from private.seen_homes(wide, share) as one) as home
    cross join lateral (
      select home.nightly_minor between terms.minimum_price and terms.maximum_price as paid,
        terms.room_types is null or home.room_type = any (terms.room_types) as room,
        terms.property_types is null
          or home.property_type = any (terms.property_types) as property,
        home.bedrooms >= terms.bedrooms as bedroom,
        home.amenities & terms.amenities = terms.amenities as amenity,
        terms.instant_book is null or home.instant_book = terms.instant_book as instant,
        terms.superhost is null or home.superhost = terms.superhost as super) as asked);

  facets.estimated := share > 1;
  select private.count_homes(terms, share, count(*)::integer, most_homes) into facets.homes
  from unnest(seen) as home where home.missed = 0;
  facets.more := facets.homes > 1000;
  facets.homes := least(facets.homes, 1000);

  select coalesce(terms.currency, mode() within group (order by home.currency)) into facets.currency
  from unnest(seen) as home where home.missed = (not home.paid)::integer;
  facets.prices := array(
    select row(bar.from_minor, case when bar.number < 20 then bar.from_minor + bar.width end,
      count(home.listing_id) * share)::public.price_bar
    from (
      select scale.least + (number - 1) * scale.width as from_minor, number, scale.width
      from (
        select min(home.nightly_minor) as least,
          -- Twenty bars up to what only one home in twenty exceeds.
          1 + (percentile_disc(0.95) within group (order by home.nightly_minor)
            - min(home.nightly_minor)) / 20 as width
        from unnest(seen) as home
        where home.missed = (not home.paid)::integer
          and home.currency = facets.currency) as scale
      cross join generate_series(1, 20) as number
      where scale.least is not null) as bar
    left join unnest(seen) as home
      on home.missed = (not home.paid)::integer and home.currency = facets.currency
        and home.nightly_minor >= bar.from_minor
        and (bar.number = 20 or home.nightly_minor < bar.from_minor + bar.width)
    group by bar.number, bar.from_minor, bar.width
    order by bar.number);

  facets.room_types := array(
    select row(kind.room_type::text, count(home.listing_id) * share)::public.facet
    from unnest(enum_range(null::public.room_type)) as kind (room_type)
    left join unnest(seen) as home
      on home.room_type = kind.room_type and home.missed = (not home.room)::integer
    group by kind.room_type
    order by kind.room_type);
  facets.property_types := array(
    select row(property_types.property_type, count(home.listing_id) * share)::public.facet
    from public.property_types
    left join unnest(seen) as home
      on home.property_type = property_types.property_type
        and home.missed = (not home.property)::integer
    group by property_types.property_type
    order by property_types.position, property_types.property_type);
  facets.amenities := array(
    select row(amenities.amenity, count(home.listing_id) * share)::public.facet
    from public.amenities
    left join unnest(seen) as home
      -- With those that were asked for already
      on home.missed = 0 and home.amenities & (1::bigint << amenities.bit) <> 0
    group by amenities.amenity
    order by amenities.amenity);
  facets.bedrooms := array(
    select count(home.listing_id) * share
    from generate_series(1, 8) as least
    left join unnest(seen) as home
      on home.bedrooms >= least and home.missed = (not home.bedroom)::integer
    group by least
    order by least);
  select count(*) filter (
      where home.instant_book and home.missed = (not home.instant)::integer) * share,
    count(*) filter (where home.superhost and home.missed = (not home.super)::integer) * share
  into facets.instant_book, facets.superhost
  from unnest(seen) as home;
  return facets;
end $$;

comment on function private.search_facets is
  'Rule: each count keeps to all other filters and leaves out its own; amenities are asked for '
  'together, so that of one is with those asked for already.';

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
  'estimates. Errors: as search_listings, except those about pages.';
