-- Maps: pins for the homes of a map, and clusters where there are too many for pins.
--
-- The work is bounded: at most 3000 homes are read. If a box has more, a sample is read: every
-- fourth home, every sixteenth and so on. It is chosen by a hash of the id, so that a home is in
-- the sample of every map or of none, and the clusters stay the same while a map is dragged.

create index listing_search_place_4_idx on private.listing_search using gist (place)
  where listed and (uuid_hash(listing_id) & 3) = 0;
create index listing_search_place_16_idx on private.listing_search using gist (place)
  where listed and (uuid_hash(listing_id) & 15) = 0;
create index listing_search_place_64_idx on private.listing_search using gist (place)
  where listed and (uuid_hash(listing_id) & 63) = 0;
create index listing_search_place_256_idx on private.listing_search using gist (place)
  where listed and (uuid_hash(listing_id) & 255) = 0;
create index listing_search_place_1024_idx on private.listing_search using gist (place)
  where listed and (uuid_hash(listing_id) & 1023) = 0;

-- One of so many homes of the box of a wish. Without settings, so that it becomes a part of the
-- query that names it; five of the six pairs are then never run.
create function private.share_of_homes(terms private.search_terms, share integer)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select home.*
  from (
    select one.* from private.homes_around(terms) as one
    where share = 1
    union all
    select listing_search.* from private.listing_search
    where share = 4 and listed and (uuid_hash(listing_id) & 3) = 0 and place <@ terms.near[1]
    union all
    select listing_search.* from private.listing_search
    where share = 4 and listed and (uuid_hash(listing_id) & 3) = 0 and place <@ terms.near[2]
    union all
    select listing_search.* from private.listing_search
    where share = 16 and listed and (uuid_hash(listing_id) & 15) = 0 and place <@ terms.near[1]
    union all
    select listing_search.* from private.listing_search
    where share = 16 and listed and (uuid_hash(listing_id) & 15) = 0 and place <@ terms.near[2]
    union all
    select listing_search.* from private.listing_search
    where share = 64 and listed and (uuid_hash(listing_id) & 63) = 0 and place <@ terms.near[1]
    union all
    select listing_search.* from private.listing_search
    where share = 64 and listed and (uuid_hash(listing_id) & 63) = 0 and place <@ terms.near[2]
    union all
    select listing_search.* from private.listing_search
    where share = 256 and listed and (uuid_hash(listing_id) & 255) = 0 and place <@ terms.near[1]
    union all
    select listing_search.* from private.listing_search
    where share = 256 and listed and (uuid_hash(listing_id) & 255) = 0 and place <@ terms.near[2]
    union all
    select listing_search.* from private.listing_search
    where share = 1024 and listed and (uuid_hash(listing_id) & 1023) = 0
      and place <@ terms.near[1]
    union all
    select listing_search.* from private.listing_search
    where share = 1024 and listed and (uuid_hash(listing_id) & 1023) = 0
      and place <@ terms.near[2]) as home;
end;

create function private.share_looked_at(terms private.search_terms, most integer)
  returns integer language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set jit = off
as $$
declare
  share integer := 1;
begin
  -- Most boxes end here: the query below has a pair of scans for each share.
  if terms.among is not null or most >= (
    select count(*) from (
      select from private.homes_around(terms) limit most + 1) as looked_at)
  then
    return 1;
  end if;
  loop
    share := share * 4;
    exit when share = 1024 or most >= (
      select count(*) from (
        select from private.share_of_homes(terms, share) limit most + 1) as looked_at);
  end loop;
  return share;
end $$;

comment on function private.share_looked_at is
  'Rule: all homes of a box are looked at if there are at most so many, else one in 4, 16, 64, 256 '
  'or 1024.';

create type private.seen_home as (
  listing_id    uuid,
  place         point,
  currency      text,
  -- As search shows it: of a night, and with days of the stay
  nightly_minor bigint,
  total_minor   bigint,
  room_type     public.room_type,
  property_type text,
  bedrooms      smallint,
  amenities     bigint,
  instant_book  boolean,
  superhost     boolean
);

create function private.seen_homes(terms private.search_terms, share integer)
  returns setof private.seen_home language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set jit = off
as $$
declare
  seen private.seen_home[];
begin
  seen := array(
    select row(
      home.listing_id, home.place, home.currency, home.price_minor, null, home.room_type,
      home.property_type, home.bedrooms, home.amenities, home.instant_book,
      profiles.superhost)::private.seen_home
    from (select one.* from private.share_of_homes(terms, share) as one offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    join public.profiles on profiles.profile_id = home.host_id
    where terms.check_in is not null
      or home.price_minor between terms.minimum_price and terms.maximum_price);
  if terms.check_in is null then
    return query select * from unnest(seen);
    return;
  end if;
  return query
    select home.listing_id, home.place, home.currency,
      -- private.nightly, written out
      (priced.minor + terms.nights - 1) / terms.nights, priced.minor, home.room_type,
      home.property_type, home.bedrooms, home.amenities, home.instant_book, home.superhost
    from unnest(seen) as home
    join private.prices_for(array(select one.listing_id from unnest(seen) as one), terms) as priced
      on priced.listing_id = home.listing_id;
end $$;

comment on function private.seen_homes is
  'Rule: the homes of this share that search_listings would find, with what they cost there.';

-- Pins and clusters

create type public.search_pin as (
  listing_id    uuid,
  latitude      double precision,
  longitude     double precision,
  homes         integer,
  estimated     boolean,
  currency      text,
  nightly_minor bigint,
  total_minor   bigint
);

comment on column public.search_pin.listing_id is 'Null: for a cluster.';
comment on column public.search_pin.latitude is
  'The public point of a home, or the middle of the homes of a cluster.';
comment on column public.search_pin.homes is '1 for a pin.';
comment on column public.search_pin.estimated is
  'Whether a part of the homes was looked at, because the map has so many.';
comment on column public.search_pin.currency is
  'In a cluster, that of most of its homes; its prices are the least in this currency.';
comment on column public.search_pin.total_minor is 'Null: without dates in the search.';

create function private.clusters_of_homes(terms private.search_terms, most_homes integer)
  returns setof public.search_pin language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  share   integer;
  across  integer;
  first_x integer;
  first_y integer;
  columns integer;
  rows    integer;
begin
  -- From six to eleven tiles across and as many up: the tiles of private.tile, so that they stay
  -- where they are when the map is dragged, and become four when it is drawn twice as large.
  across := 1 << greatest(1, least(22, floor(
    log(2, (11 / greatest(terms.width / 360, (terms.north - terms.south) / 180, 1e-7))::numeric)
    )::integer));
  first_x := floor((terms.west + 180) / 360 * across)::integer % across;
  first_y := least(across - 1, floor((terms.south + 90) / 180 * across)::integer);
  columns := least(across,
    1 + floor((terms.west + terms.width + 180) / 360 * across)::integer - first_x);
  rows := 1 + least(across - 1, floor((terms.north + 90) / 180 * across)::integer) - first_y;
  terms.west := first_x * 360.0 / across - 180;
  terms.width := columns * 360.0 / across;
  terms.south := first_y * 180.0 / across - 90;
  terms.north := (first_y + rows) * 180.0 / across - 90;
  terms.near := private.boxes(terms.west, terms.width, terms.south, terms.north);
  share := private.share_looked_at(terms, most_homes);

  return query
    with parts as (
      select floor((home.place[0] + 180) / 360 * across)::integer as x,
        least(across - 1, floor((home.place[1] + 90) / 180 * across)::integer) as y,
        home.currency, count(*) as homes, min(home.nightly_minor) as nightly_minor,
        min(home.total_minor) as total_minor, sum(home.place[0]) as longitudes,
        sum(home.place[1]) as latitudes, min(home.listing_id::text) as listing_id
      from private.seen_homes(terms, share) as home
      group by 1, 2, 3)
    select case when share = 1 and sum(parts.homes) = 1 then min(parts.listing_id)::uuid end,
      round((sum(parts.latitudes) / sum(parts.homes))::numeric, 6)::double precision,
      round((sum(parts.longitudes) / sum(parts.homes))::numeric, 6)::double precision,
      (sum(parts.homes) * share)::integer, share > 1,
      (array_agg(parts.currency order by parts.homes desc, parts.currency))[1],
      (array_agg(parts.nightly_minor order by parts.homes desc, parts.currency))[1],
      (array_agg(parts.total_minor order by parts.homes desc, parts.currency))[1]
    from parts
    -- A home on the last edge belongs to the next tile.
    where (parts.x - first_x + across) % across < columns
      and parts.y between first_y and first_y + rows - 1
    group by parts.x, parts.y;
end $$;

comment on function private.clusters_of_homes is
  'Rule: one cluster for each tile of a grid that stays where it is. A cluster has all homes of its '
  'tile, also those beside the map.';

create function private.search_pins(
  wish private.search_wish, most_pins integer default 1000, most_homes integer default 3000)
  returns setof public.search_pin language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  terms private.search_terms := private.search_terms(wish);
  seen  private.seen_home[];
begin
  if private.share_looked_at(terms, most_homes) = 1 then
    seen := array(select home from private.seen_homes(terms, 1) as home);
    if cardinality(seen) <= most_pins then
      return query
        select home.listing_id, home.place[1], home.place[0], 1, false, home.currency,
          home.nightly_minor, home.total_minor
        from unnest(seen) as home;
      return;
    end if;
  end if;
  return query select * from private.clusters_of_homes(terms, most_homes);
end $$;

comment on function private.search_pins is
  'Rule: up to a thousand homes are pins; more are clusters.';

create function public.search_pins(
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
  returns setof public.search_pin language sql stable security invoker
begin atomic
  select * from private.search_pins(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish);
end;

grant execute on function private.search_pins, public.search_pins to anon, authenticated;

comment on function public.search_pins is
  'What a map shows: the homes that search_listings would find with the same arguments, in no '
  'order. Up to 1000 are pins: listing_id, public point, nightly_minor and, with days, '
  'total_minor, as there. More are at most 150 clusters (no listing_id) with how many homes they '
  'have and their least price; they lie on a grid, so that they stay where they are when the map '
  'is dragged, and count the homes of their part of the grid, also outside the box. Where a box '
  'has more than 3000 homes, a part is looked at and the numbers are estimated. Errors: those of '
  'search_listings without invalid_sort, point_required, invalid_page_size, invalid_cursor.';
