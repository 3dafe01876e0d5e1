-- Search: the homes a guest can have, found without looking at all of them.
--
-- `listing_search` is a read model: one narrow row per listing with what a search asks, the taken
-- nights as bits. It is derived and never decides: claims do, and `stay_problem` says what a stay
-- must meet. A search walks an index in the order of its result, drops what does not fit, stops
-- when the page is full, and reads and prices only that page.

-- The read model
--
-- What is reckoned for each row is plpgsql: its `return` costs 1 us, a call of an SQL function that keeps its
-- search_path 5 us.

create function private.tile(level integer, place point)
  returns integer language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return least((1 << level) - 1, floor((place[1] + 90) / 180 * (1 << level))::integer) << level
    | mod(floor((place[0] + 180) / 360 * (1 << level))::integer, 1 << level);
end $$;

comment on function private.tile is
  'Rule: the number of the tile a point (longitude, latitude) lies in when the world is 2^level '
  'tiles wide and high; 180 degrees east is 180 west.';

create function private.place(longitude double precision, latitude double precision)
  returns point language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return point(case when longitude = 180 then -180 else longitude end, latitude);
end $$;

create table private.listing_search (
  listing_id            uuid             primary key references public.listings on delete cascade,
  host_id               uuid             not null,
  listed                boolean          not null default false,
  price_minor           bigint,
  currency              text             not null,
  room_type             public.room_type not null,
  capacity              smallint         not null,
  maximum_pets          smallint         not null,
  instant_book          boolean          not null,
  amenities             bigint           not null default 0,
  place                 point,
  score                 smallint         not null default 4500,
  published_at          timestamptz,
  time_zone             text             not null,
  minimum_nights        smallint         not null default 1,
  maximum_nights        smallint         not null default 365,
  advance_notice_days   smallint         not null default 0,
  same_day_cutoff_hour  smallint         not null default 24,
  booking_window_months smallint         not null default 12,
  preparation_nights    smallint         not null default 0,
  arrival_weekdays      smallint         not null default 254,
  departure_weekdays    smallint         not null default 254,
  special_days          boolean          not null default false,
  has_holds             boolean          not null default false,
  first_day             date             not null,
  nights                bit(768)         not null default repeat('0', 768)::bit(768),
  tile_3                integer          generated always as (private.tile(3, place)) stored,
  tile_5                integer          generated always as (private.tile(5, place)) stored,
  tile_7                integer          generated always as (private.tile(7, place)) stored,
  tile_9                integer          generated always as (private.tile(9, place)) stored,
  tile_11               integer          generated always as (private.tile(11, place)) stored,
  tile_13               integer          generated always as (private.tile(13, place)) stored,

  constraint listing_search_lists_what_can_be_found check (
    not listed or (place is not null and price_minor is not null and published_at is not null))
) with (fillfactor = 80);

-- Nights, holds and special days change often and stand in no index: those updates stay on their
-- page (HOT).
create index listing_search_price_minor_idx on private.listing_search (price_minor, listing_id) where listed;
create index listing_search_score_idx on private.listing_search (score, listing_id) where listed;
create index listing_search_published_at_idx on private.listing_search (published_at, listing_id) where listed;
create index listing_search_place_idx on private.listing_search using gist (place) where listed;
create index listing_search_tile_3_idx on private.listing_search (tile_3, price_minor, listing_id) where listed;
create index listing_search_tile_5_idx on private.listing_search (tile_5, price_minor, listing_id) where listed;
create index listing_search_tile_7_idx on private.listing_search (tile_7, price_minor, listing_id) where listed;
create index listing_search_tile_9_idx on private.listing_search (tile_9, price_minor, listing_id) where listed;
create index listing_search_tile_11_idx on private.listing_search (tile_11, price_minor, listing_id) where listed;
create index listing_search_tile_13_idx on private.listing_search (tile_13, price_minor, listing_id) where listed;
create index listing_search_first_day_idx on private.listing_search (first_day);

alter table private.listing_search enable row level security;

comment on table private.listing_search is
  'What a search asks of a listing, derived from its tables; only listed rows (published, with a '
  'price) are found.';
comment on column private.listing_search.place is 'The public point: longitude, latitude.';
comment on column private.listing_search.amenities is 'A bit per amenity, see amenities.bit.';
comment on column private.listing_search.score is
  'Thousandths of a star, see private.rating_score.';
comment on column private.listing_search.arrival_weekdays is
  'A bit per ISO weekday, Monday is bit 1.';
comment on column private.listing_search.departure_weekdays is
  'A bit per ISO weekday, Monday is bit 1.';
comment on column private.listing_search.special_days is
  'Some days may have rules of their own. False is certain; true may be out of date and only costs '
  'a look.';
comment on column private.listing_search.has_holds is
  'Some claims expire or do not stand in everyone''s way: a set bit is a reason to ask '
  'private.nights_free.';
comment on column private.listing_search.nights is
  'A bit per night from first_day on, set where a claim lies. What lies outside is unknown: ask '
  'private.nights_free.';

create function private.rating_score(rating numeric, reviews integer)
  returns smallint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when rating is null then 4500
    else round(1000 * (4.5 * 10 + rating * reviews) / (10 + reviews))
  end::smallint;
end $$;

comment on function private.rating_score is
  'Rule: a rating counts as if ten guests had given 4.5 stars before, so that 400 reviews at 4.9 '
  'come before three at 5. In thousandths of a star.';

create function private.weekday_bits(weekdays smallint[])
  returns smallint language sql immutable security invoker set search_path = ''
  return (select bit_or(1 << weekday) from unnest(weekdays) as weekday)::smallint;

create function private.night_bits(nights daterange, first_day date)
  returns bit language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when nights && daterange(first_day, first_day + 768) then
      overlay(
        repeat('0', 768)::bit(768)
        placing substring(repeat('1', 768)::bit(768)
          from 1 for least(upper(nights), first_day + 768) - greatest(lower(nights), first_day))
        from 1 + greatest(lower(nights), first_day) - first_day)
    else repeat('0', 768)::bit(768)
  end;
end $$;

comment on function private.night_bits is
  'Rule: which of the 768 nights from first_day on lie in a run of nights.';

-- Keeping it right
--
-- All of this happens when the transaction commits, so that the row of listing_search is the last
-- lock it takes: a booking deletes and inserts claims and may wait in between for another booking
-- of the same listing, which would wait for this row. And it always locks first and reads in a
-- second statement, which then sees what others committed.

create function private.lock_search(listing_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from private.listing_search
  where listing_search.listing_id = lock_search.listing_id
  for no key update;
  return found;
end $$;

create function private.refresh_search(listing_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.lock_search(refresh_search.listing_id) then
    return;
  end if;
  update private.listing_search
  set host_id = listings.host_id,
      listed = listings.status = 'published' and listing_prices.base_price_minor is not null,
      price_minor = listing_prices.base_price_minor,
      currency = listings.currency,
      room_type = listings.room_type,
      capacity = listings.capacity,
      maximum_pets = listings.maximum_pets,
      instant_book = listings.instant_book,
      place = private.place(listings.longitude, listings.latitude),
      score = private.rating_score(listing_ratings.rating, listing_stars.rated_reviews),
      published_at = coalesce(listings.published_at, listings.created_at),
      time_zone = listings.time_zone,
      minimum_nights = coalesce(booking_rules.minimum_nights, 1),
      maximum_nights = coalesce(booking_rules.maximum_nights, 365),
      advance_notice_days = coalesce(booking_rules.advance_notice_days, 0),
      same_day_cutoff_hour = coalesce(booking_rules.same_day_cutoff_hour, 24),
      booking_window_months = coalesce(booking_rules.booking_window_months, 12),
      preparation_nights = coalesce(booking_rules.preparation_nights, 0),
      arrival_weekdays = coalesce(private.weekday_bits(booking_rules.arrival_weekdays), 254),
      departure_weekdays = coalesce(private.weekday_bits(booking_rules.departure_weekdays), 254)
  from public.listings
  left join public.listing_prices on listing_prices.listing_id = listings.listing_id
  left join public.booking_rules on booking_rules.listing_id = listings.listing_id
  left join public.listing_ratings on listing_ratings.listing_id = listings.listing_id
  left join private.listing_stars on listing_stars.listing_id = listings.listing_id
  where listings.listing_id = refresh_search.listing_id
    and listing_search.listing_id = refresh_search.listing_id;
end $$;

comment on function private.refresh_search is
  'Rule: what a search asks of a listing beside its nights, amenities and special days.';

create function private.refresh_nights(listing_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  since date := (private.now() at time zone 'UTC')::date - 2;
begin
  if not private.lock_search(refresh_nights.listing_id) then
    return;
  end if;
  update private.listing_search
  set first_day = since,
      nights = coalesce(claimed.nights, repeat('0', 768)::bit(768)),
      has_holds = coalesce(claimed.has_holds, false),
      special_days = exists (
        select from public.calendar_days
        where calendar_days.listing_id = refresh_nights.listing_id and calendar_days.day >= since
          and (calendar_days.minimum_nights is not null
            or calendar_days.closed_to_arrival or calendar_days.closed_to_departure))
  from (
    select bit_or(private.night_bits(claims.nights, since)) as nights,
      bool_or(claims.expires_at is not null) as has_holds
    from private.claims
    where claims.listing_id = refresh_nights.listing_id
      and claims.nights && daterange(since, since + 768)) as claimed
  where listing_search.listing_id = refresh_nights.listing_id;
end $$;

comment on function private.refresh_nights is
  'Rule: the bits of a listing are the nights of its claims, from the day before yesterday on.';

create function private.add_to_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.listing_search
    (listing_id, host_id, currency, room_type, capacity, maximum_pets, instant_book, time_zone, first_day)
  select listings.listing_id, listings.host_id, listings.currency, listings.room_type, listings.capacity,
    listings.maximum_pets, listings.instant_book, listings.time_zone,
    (private.now() at time zone 'UTC')::date - 2
  from public.listings
  where listings.listing_id = new.listing_id
  on conflict on constraint listing_search_pkey do nothing;
  perform private.refresh_search(new.listing_id);
  return null;
end $$;

create function private.follow_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.refresh_search(old.listing_id);
  else
    perform private.refresh_search(new.listing_id);
  end if;
  return null;
end $$;

create function private.follow_amenity_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- One bit at a time: an import adds thirty to each listing in one transaction.
  if tg_op in ('DELETE', 'UPDATE') then
    update private.listing_search
    set amenities = listing_search.amenities & ~ (1::bigint << amenities.bit)
    from public.amenities
    where listing_search.listing_id = old.listing_id and amenities.amenity = old.amenity;
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    update private.listing_search
    set amenities = listing_search.amenities | (1::bigint << amenities.bit)
    from public.amenities
    where listing_search.listing_id = new.listing_id and amenities.amenity = new.amenity;
  end if;
  return null;
end $$;

create function private.follow_special_day_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Only ever set here: a mark too many costs a look, and private.advance_search takes it back.
  update private.listing_search set special_days = true
  where listing_search.listing_id = new.listing_id and not listing_search.special_days;
  return null;
end $$;

create function private.follow_claim_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update private.listing_search
    set nights = listing_search.nights | private.night_bits(new.nights, listing_search.first_day),
        has_holds = listing_search.has_holds or new.expires_at is not null
    where listing_search.listing_id = new.listing_id;
  else
    -- Another claim may cover the same night, so nothing is taken out: all is read again.
    perform private.refresh_nights(old.listing_id);
    if tg_op = 'UPDATE' and new.listing_id <> old.listing_id then
      perform private.refresh_nights(new.listing_id);
    end if;
  end if;
  return null;
end $$;

-- A bulk load (private.begin_bulk_load) refreshes search itself: its rows queue nothing. Measured: 250,000
-- of these took 7 of the 9 minutes of an import, all in its commit.
create constraint trigger add_the_listing_to_search after insert on public.listings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.add_to_search();
create constraint trigger follow_the_listing_in_search
  after update of host_id, status, room_type, capacity, maximum_pets, latitude, longitude, time_zone, currency,
    instant_book, published_at on public.listings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
create constraint trigger follow_the_price_in_search
  after insert or update of base_price_minor or delete on public.listing_prices
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
create constraint trigger follow_the_rules_in_search after insert or update or delete on public.booking_rules
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
create constraint trigger follow_the_amenity_in_search after insert or update or delete on public.listing_amenities
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_amenity_in_search();
create constraint trigger follow_the_special_day_in_search after insert or update on public.calendar_days
  deferrable initially deferred for each row
  when ((new.minimum_nights is not null or new.closed_to_arrival or new.closed_to_departure)
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_special_day_in_search();
create constraint trigger follow_the_claim_in_search after insert or update or delete on private.claims
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_claim_in_search();

create function private.advance_search(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  today    date := (private.now() at time zone 'UTC')::date;
  outdated uuid;
  advanced integer := 0;
begin
  for outdated in
    select listing_search.listing_id
    from private.listing_search
    where listing_search.first_day < today - 16 or listing_search.first_day > today
    order by listing_search.listing_id
    limit advance_search.most
    for no key update skip locked
  loop
    perform private.refresh_nights(outdated);
    advanced := advanced + 1;
  end loop;
  return advanced;
end $$;

comment on function private.advance_search is
  'Job: moves the bits of listings on, so that the coming two years lie in them. Until then a '
  'search asks the claims: slower, never wrong.';

create function private.refresh_whole_search(listing_ids uuid[])
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  since     date := (private.now() at time zone 'UTC')::date - 2;
  refreshed integer;
begin
  perform from private.listing_search
  where listing_search.listing_id = any (refresh_whole_search.listing_ids)
  order by listing_search.listing_id
  for no key update;

  insert into private.listing_search (
    listing_id, host_id, listed, price_minor, currency, room_type, capacity, maximum_pets, instant_book, amenities,
    place, score, published_at, time_zone, minimum_nights, maximum_nights, advance_notice_days,
    same_day_cutoff_hour, booking_window_months, preparation_nights, arrival_weekdays, departure_weekdays,
    special_days, has_holds, first_day, nights)
  select
    listings.listing_id, listings.host_id,
    listings.status = 'published' and listing_prices.base_price_minor is not null,
    listing_prices.base_price_minor, listings.currency, listings.room_type, listings.capacity,
    listings.maximum_pets, listings.instant_book, coalesce(offered.amenities, 0),
    private.place(listings.longitude, listings.latitude),
    private.rating_score(listing_ratings.rating, listing_stars.rated_reviews),
    coalesce(listings.published_at, listings.created_at), listings.time_zone,
    coalesce(booking_rules.minimum_nights, 1), coalesce(booking_rules.maximum_nights, 365),
    coalesce(booking_rules.advance_notice_days, 0), coalesce(booking_rules.same_day_cutoff_hour, 24),
    coalesce(booking_rules.booking_window_months, 12), coalesce(booking_rules.preparation_nights, 0),
    coalesce(private.weekday_bits(booking_rules.arrival_weekdays), 254),
    coalesce(private.weekday_bits(booking_rules.departure_weekdays), 254),
    special.listing_id is not null, coalesce(claimed.has_holds, false), since,
    coalesce(claimed.nights, repeat('0', 768)::bit(768))
  from public.listings
  left join public.listing_prices on listing_prices.listing_id = listings.listing_id
  left join public.booking_rules on booking_rules.listing_id = listings.listing_id
  left join public.listing_ratings on listing_ratings.listing_id = listings.listing_id
  left join private.listing_stars on listing_stars.listing_id = listings.listing_id
  left join (
    select listing_amenities.listing_id, bit_or(1::bigint << amenities.bit) as amenities
    from public.listing_amenities
    join public.amenities on amenities.amenity = listing_amenities.amenity
    where listing_amenities.listing_id = any (refresh_whole_search.listing_ids)
    group by listing_amenities.listing_id) as offered on offered.listing_id = listings.listing_id
  left join (
    select distinct calendar_days.listing_id
    from public.calendar_days
    where calendar_days.listing_id = any (refresh_whole_search.listing_ids) and calendar_days.day >= since
      and (calendar_days.minimum_nights is not null
        or calendar_days.closed_to_arrival or calendar_days.closed_to_departure)) as special
    on special.listing_id = listings.listing_id
  left join (
    select claims.listing_id, bit_or(private.night_bits(claims.nights, since)) as nights,
      bool_or(claims.expires_at is not null) as has_holds
    from private.claims
    where claims.listing_id = any (refresh_whole_search.listing_ids)
      and claims.nights && daterange(since, since + 768)
    group by claims.listing_id) as claimed on claimed.listing_id = listings.listing_id
  where listings.listing_id = any (refresh_whole_search.listing_ids)
  on conflict on constraint listing_search_pkey do update
  set host_id = excluded.host_id, listed = excluded.listed, price_minor = excluded.price_minor,
      currency = excluded.currency, room_type = excluded.room_type, capacity =
      excluded.capacity, maximum_pets = excluded.maximum_pets, instant_book =
      excluded.instant_book, amenities = excluded.amenities, place = excluded.place, score =
      excluded.score, published_at = excluded.published_at, time_zone = excluded.time_zone,
      minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights,
      advance_notice_days = excluded.advance_notice_days, same_day_cutoff_hour =
      excluded.same_day_cutoff_hour, booking_window_months = excluded.booking_window_months,
      preparation_nights = excluded.preparation_nights, arrival_weekdays =
      excluded.arrival_weekdays, departure_weekdays = excluded.departure_weekdays, special_days
      = excluded.special_days, has_holds = excluded.has_holds, first_day = excluded.first_day,
      nights = excluded.nights;
  get diagnostics refreshed = row_count;
  return refreshed;
end $$;

comment on function private.refresh_whole_search is
  'Rule: all that a search asks of these listings, made from their tables in one go.';

create function private.rebuild_search()
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
begin
  lock table private.listing_search in share row exclusive mode;
  delete from private.listing_search;
  return private.refresh_whole_search(array(select listings.listing_id from public.listings));
end $$;

comment on function private.rebuild_search is
  'For operators: rebuilds the whole read model, after a load that ran without triggers.';

-- Bulk loads
--
-- A setting of the transaction, so that it ends with it. Only a connection to the database can set it:
-- the API runs no statement that does.

create function private.begin_bulk_load()
  returns void language plpgsql volatile security invoker set search_path = ''
as $$
begin
  perform pg_catalog.set_config('staybase.bulk_load', 'on', true);
end $$;

comment on function private.begin_bulk_load is
  'For imports: from here to the end of the transaction search does not follow row by row; call '
  'private.refresh_whole_search with every listing that was touched before the commit.';

-- What is asked

create type private.search_wish as (
  sort               text,
  most               integer,
  after_key          double precision,
  after_id           uuid,
  west               double precision,
  width              double precision,
  south              double precision,
  north              double precision,
  latitude           double precision,
  longitude          double precision,
  radius_metres      double precision,
  tiles              integer[],
  near               box[],
  guests             integer,
  pets               integer,
  minimum_price      bigint,
  maximum_price      bigint,
  currency           text,
  room_types         public.room_type[],
  amenities          bigint,
  instant_book       boolean,
  check_in           date,
  check_out          date,
  nights             integer,
  caller             uuid,
  not_theirs         uuid[],
  arrival_bit        integer,
  departure_bit      integer,
  clock              timestamptz,
  surely_ahead       integer,
  surely_open_months integer
);

create type private.search_hit as (listing_id uuid, key double precision, price_minor bigint);

create function private.metres_between(
  latitude double precision, longitude double precision, place point)
  returns double precision language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return 12742017.6 * asin(least(1, sqrt(
    sin(radians(place[1] - latitude) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(place[1])) * sin(radians(place[0] - longitude) / 2) ^ 2)));
end $$;

comment on function private.metres_between is
  'Rule: distance over the ground on a sphere as large as the earth (mean radius 6,371,008.8 m).';

-- The walks
--
-- Each walk is one prepared query over one index in the order of its result. They differ in that
-- index and share the test of a row, which is written out in each: called as a function it costs
-- more than all the rest (measured: 1 us a call against 0.05). The planner may not look inside the
-- walk (offset 0): it would leave the order for a sort.
do $walks$
declare
  -- stay_problem for a row, in the same order, where only what is rare asks a second table. A test
  -- holds both equal.
  fits text := $fits$
      (case when walk.place[0] < wish.west then walk.place[0] + 360 else walk.place[0] end) - wish.west <= wish.width
      and walk.place[1] between wish.south and wish.north
      and walk.capacity >= wish.guests
      and walk.maximum_pets >= wish.pets
      and walk.price_minor between wish.minimum_price and wish.maximum_price
      and (walk.amenities & wish.amenities) = wish.amenities
      and (wish.currency is null or walk.currency = wish.currency)
      and (wish.room_types is null or walk.room_type = any (wish.room_types))
      and (wish.instant_book is null or walk.instant_book = wish.instant_book)
      and (wish.radius_metres is null or {metres} <= wish.radius_metres)
      and (select true from private.suspensions where suspensions.profile_id = walk.host_id) is null
      and (wish.check_in is null or (
        (wish.not_theirs is null or walk.listing_id <> all (wish.not_theirs))
        -- Days ahead, for a guest anywhere on earth; near today and at the end of the window the
        -- time zone decides.
        and (
          (wish.surely_ahead >= walk.advance_notice_days
            and wish.surely_open_months <= walk.booking_window_months)
          or exists (
            select
            from (select wish.clock at time zone walk.time_zone as now offset 0) as local
            where wish.check_in - local.now::date >= walk.advance_notice_days
              and (wish.check_in > local.now::date
                or extract(hour from local.now) < walk.same_day_cutoff_hour)
              and wish.check_out
                <= (local.now::date + make_interval(months => walk.booking_window_months))::date))
        and wish.nights <= walk.maximum_nights
        and walk.arrival_weekdays & wish.arrival_bit <> 0
        and walk.departure_weekdays & wish.departure_bit <> 0
        and case
          when walk.special_days then
            wish.nights >= coalesce(
              (select calendar_days.minimum_nights from public.calendar_days
               where calendar_days.listing_id = walk.listing_id and calendar_days.day = wish.check_in),
              walk.minimum_nights)
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = walk.listing_id and calendar_days.day = wish.check_in
                and calendar_days.closed_to_arrival) is null
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = walk.listing_id and calendar_days.day = wish.check_out
                and calendar_days.closed_to_departure) is null
          else wish.nights >= walk.minimum_nights
        end
        -- The bits answer when they know; a hold, preparation that meets a claim and far nights ask
        -- the claims.
        and case
          when wish.check_in < walk.first_day
            or wish.check_out + walk.preparation_nights > walk.first_day + 768
          then private.nights_free(
            walk.listing_id, wish.check_in, wish.check_out, walk.preparation_nights, wish.caller)
          when bit_count(substring(walk.nights
            from 1 + wish.check_in - walk.first_day for wish.nights + walk.preparation_nights)) = 0
          then true
          when walk.has_holds
            or (walk.preparation_nights > 0
              and bit_count(substring(walk.nights
                from 1 + wish.check_in - walk.first_day for wish.nights)) = 0)
          then private.nights_free(
            walk.listing_id, wish.check_in, wish.check_out, walk.preparation_nights, wish.caller)
          else false
        end))
  $fits$;

  -- metres_between, written out
  metres constant text := $metres$(12742017.6 * asin(least(1, sqrt(
        sin(radians(walk.place[1] - wish.latitude) / 2) ^ 2
        + cos(radians(wish.latitude)) * cos(radians(walk.place[1]))
          * sin(radians(walk.place[0] - wish.longitude) / 2) ^ 2))))$metres$;

  walk constant text := $walk$
    create function private.%1$I(wish private.search_wish)
      returns setof private.search_hit
      language plpgsql
      stable
      security definer
      set search_path = ''
      set plan_cache_mode = force_generic_plan
      set enable_bitmapscan = off
      set enable_seqscan = off
      set jit = off
    as $body$
    begin
      return query
        select walk.listing_id, (%2$s)::double precision, walk.price_minor
        from (%3$s offset 0) as walk
        where %4$s
        order by %5$s
        limit wish.most;
    end $body$ $walk$;

  level  integer;
  source text;
begin
  fits := replace(fits, '{metres}', metres);

  -- By price through at most nine tiles: nine ordered branches, merged.
  foreach level in array '{3,5,7,9,11,13}'::integer[] loop
    select string_agg(format($branch$
          (select * from private.listing_search
           where listed and tile_%1$s = wish.tiles[%2$s]
             and (price_minor, listing_id) > (wish.after_key::bigint, wish.after_id)
           order by price_minor, listing_id)$branch$, level, branch),
        ' union all ' order by branch)
      || ' order by price_minor, listing_id'
    into source
    from generate_series(1, 9) as branch;
    execute format(walk,
      'walk_tiles_' || level, 'walk.price_minor', source, fits, 'walk.price_minor, walk.listing_id');
  end loop;

  -- Through all the world
  execute format(walk, 'walk_by_price', 'walk.price_minor', $source$
    select * from private.listing_search
    where listed and (price_minor, listing_id) > (wish.after_key::bigint, wish.after_id)
    order by price_minor, listing_id$source$, fits, 'walk.price_minor, walk.listing_id');
  execute format(walk, 'walk_by_rating', 'walk.score', $source$
    select * from private.listing_search
    where listed and (score, listing_id) < (wish.after_key::smallint, wish.after_id)
    order by score desc, listing_id desc$source$, fits, 'walk.score desc, walk.listing_id desc');
  execute format(walk, 'walk_by_newest', 'extract(epoch from walk.published_at) * 1000000', $source$
    select * from private.listing_search
    where listed
      and (published_at, listing_id) < (
        case when wish.after_key = 'infinity' then 'infinity'::timestamptz
          else timestamptz 'epoch' + wish.after_key * interval '1 microsecond' end, wish.after_id)
    order by published_at desc, listing_id desc$source$, fits, 'walk.published_at desc, walk.listing_id desc');

  -- Through a small region, which is gathered and sorted
  source := $source$
    select * from private.listing_search where listed and place <@ wish.near[1]
    union all
    select * from private.listing_search where listed and place <@ wish.near[2]$source$;
  execute format(walk, 'gather_by_price', 'walk.price_minor', source,
    fits || ' and (walk.price_minor, walk.listing_id) > (wish.after_key, wish.after_id)',
    'walk.price_minor, walk.listing_id');
  execute format(walk, 'gather_by_rating', 'walk.score', source,
    fits || ' and (walk.score, walk.listing_id) < (wish.after_key, wish.after_id)',
    'walk.score desc, walk.listing_id desc');
  execute format(walk, 'gather_by_newest', 'extract(epoch from walk.published_at) * 1000000', source,
    fits || ' and (extract(epoch from walk.published_at) * 1000000, walk.listing_id) < (wish.after_key, wish.after_id)',
    'walk.published_at desc, walk.listing_id desc');
  execute format(walk, 'gather_by_distance', metres, source,
    fits || format(' and (%s, walk.listing_id) > (wish.after_key, wish.after_id)', metres),
    metres || ', walk.listing_id');
end $walks$;

create function private.gather_or_walk(wish private.search_wish)
  returns text language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  if wish.near is null or (
    select count(*) from (
      select from private.listing_search where listed and listing_search.place <@ wish.near[1]
      union all
      select from private.listing_search where listed and listing_search.place <@ wish.near[2]
      limit 3001) as found) > 3000
  then
    return 'walk';
  end if;
  return 'gather';
end $$;

comment on function private.gather_or_walk is
  'Rule: up to 3000 listings are gathered and sorted; where more lie, a walk in order soon meets a '
  'page of them.';

create function private.boxes(west double precision, width double precision, south double precision, north double precision)
  returns box[] language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when west + width < 180 or width >= 360 then array[box(point(west, south), point(west + width, north))]
    else array[box(point(west, south), point(180, north)), box(point(-180, south), point(west + width - 360, north))]
  end;
end $$;

comment on function private.boxes is 'Rule: a box across the 180th meridian is two boxes.';

create function private.reach_of_nearest(latitude double precision, longitude double precision, homes integer)
  returns double precision language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  -- Nearest in degrees is not nearest over the ground, but near enough for a guess.
  return (
    select percentile_disc(0.67) within group (order by private.metres_between(
      reach_of_nearest.latitude, reach_of_nearest.longitude, near.place))
    from (
      select listing_search.place
      from private.listing_search
      where listing_search.listed
      order by listing_search.place <-> point(reach_of_nearest.longitude, reach_of_nearest.latitude)
      limit reach_of_nearest.homes) as near);
end $$;

comment on function private.reach_of_nearest is
  'Rule: how far to look first for the nearest homes: as far as two thirds of so many lie.';

create function private.box_around(
  latitude double precision, longitude double precision, radius_metres double precision,
  out west double precision, out width double precision, out south double precision, out north double precision)
  returns record language plpgsql immutable security invoker set search_path = ''
as $$
declare
  -- A hair more than the circle, so that rounding leaves out nobody on its edge.
  reach double precision := radius_metres / 6371008.8 * 1.000001 + 1e-9;
begin
  south := greatest(-90, latitude - degrees(reach));
  north := least(90, latitude + degrees(reach));
  if south = -90 or north = 90 then
    west := -180;
    width := 360;
  else
    width := 2 * degrees(asin(least(1, sin(reach) / cos(radians(latitude)))));
    west := longitude - width / 2;
    west := case when west < -180 then west + 360 else west end;
  end if;
end $$;

comment on function private.box_around is
  'Rule: the box around a circle on the globe; around a pole it has every longitude.';

create function private.search_step(wish private.search_wish)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
as $$
declare
  level   integer;
  across  integer;
  x       integer;
  y       integer;
  columns integer;
  rows    integer;
  reach   double precision;
  farthest double precision := coalesce(wish.radius_metres, 20037508);
  found   private.search_hit[];
begin
  -- By price: at most three by three tiles cover the box. The same floor as in private.tile.
  if wish.sort = 'price' and wish.width <= 90 then
    foreach level in array '{13,11,9,7,5,3}'::integer[] loop
      across := 1 << level;
      x := floor((wish.west + 180) / 360 * across)::integer % across;
      y := least(across - 1, floor((wish.south + 90) / 180 * across)::integer);
      columns := 1 + (floor((
        case when wish.west + wish.width >= 180 then wish.west + wish.width - 360 else wish.west + wish.width end
        + 180) / 360 * across)::integer - x + across) % across;
      rows := 1 + least(across - 1, floor((wish.north + 90) / 180 * across)::integer) - y;
      if columns <= 3 and rows <= 3 then
        for tile in 0 .. columns * rows - 1 loop
          wish.tiles[tile + 1] := ((y + tile / columns) << level) | ((x + tile % columns) % across);
        end loop;
        case level
          when 13 then return query select * from private.walk_tiles_13(wish);
          when 11 then return query select * from private.walk_tiles_11(wish);
          when  9 then return query select * from private.walk_tiles_9(wish);
          when  7 then return query select * from private.walk_tiles_7(wish);
          when  5 then return query select * from private.walk_tiles_5(wish);
          when  3 then return query select * from private.walk_tiles_3(wish);
        end case;
        return;
      end if;
    end loop;
  end if;

  if wish.width < 360 or wish.north - wish.south < 180 then
    wish.near := private.boxes(wish.west, wish.width, wish.south, wish.north);
  end if;
  case private.gather_or_walk(wish) || ' ' || wish.sort
    when 'walk price'      then return query select * from private.walk_by_price(wish);
    when 'walk rating'     then return query select * from private.walk_by_rating(wish);
    when 'walk newest'     then return query select * from private.walk_by_newest(wish);
    when 'gather price'    then return query select * from private.gather_by_price(wish);
    when 'gather rating'   then return query select * from private.gather_by_rating(wish);
    when 'gather newest'   then return query select * from private.gather_by_newest(wish);
    when 'gather distance' then return query select * from private.gather_by_distance(wish);
    when 'walk distance' then
      -- Outwards in circles: the nearest lie in the first one that holds a page of them.
      reach := greatest(
        100, 1.5 * wish.after_key,
        private.reach_of_nearest(wish.latitude, wish.longitude, 3 * wish.most));
      loop
        reach := least(reach, farthest);
        select private.boxes(around.west, around.width, around.south, around.north) into wish.near
        from private.box_around(wish.latitude, wish.longitude, reach) as around;
        found := array(select hit from private.gather_by_distance(wish) as hit where hit.key <= reach);
        exit when cardinality(found) = wish.most or reach = farthest;
        reach := reach * 1.7;
      end loop;
      return query select * from unnest(found);
  end case;
end $$;

comment on function private.search_step is
  'Rule: the next hits in order, at most wish.most, by the walk that has to look at the fewest '
  'homes.';

-- What a page costs

create function private.stay_totals(
  listing_ids uuid[], check_in date, check_out date, guests integer, pets integer)
  returns table (listing_id uuid, total_minor bigint) language plpgsql stable security definer
  set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  setting     private.settings;
  clock       timestamptz;
  stay_nights integer := check_out - check_in;
  -- How many of the first so many nights are Friday's or Saturday's.
  weekends    integer[];
begin
  if check_in is null then
    return;
  end if;
  select * into strict setting from private.settings;
  clock := private.now();
  for night in 1 .. stay_nights loop
    weekends[night] := coalesce(weekends[night - 1], 0)
      + (extract(isodow from check_in + night - 1) in (5, 6))::integer;
  end loop;

  -- price_stay for many listings at once. A share of an amount, rounded half up to a coin, is
  -- (amount * bp + 5000 * step) / (10000 * step) * step in whole numbers. Like nights cost alike, so they are
  -- counted; days with a price of their own are corrected. Each `offset 0` keeps what is above it from being
  -- reckoned again for every use below.
  return query
    select total.listing_id, total.total_minor
    from (
      select stay.listing_id, stay.minimum_charge_minor, stay.maximum_charge_minor,
        stay.subtotal_minor
          + (stay.subtotal_minor * stay.guest_bp + 5000 * stay.step_minor)
            / (10000 * stay.step_minor) * stay.step_minor
          + coalesce((
            select sum(
              case taxes.basis
                when 'per_booking' then taxes.amount_minor
                when 'per_night' then taxes.amount_minor * taxed.nights
                when 'per_guest_night' then taxes.amount_minor * taxed.nights * stay_totals.guests
                else (
                  (case
                    when taxed.nights = stay_nights then stay.nights_minor
                    else (taxed.nights - weekends[taxed.nights]) * stay.weekday_minor
                      + weekends[taxed.nights] * stay.weekend_minor
                      + (select coalesce(sum(
                           calendar_days.price_minor
                           - (calendar_days.price_minor * stay.discount_bp + 5000 * stay.step_minor)
                             / (10000 * stay.step_minor) * stay.step_minor
                           - case when extract(isodow from calendar_days.day) in (5, 6)
                             then stay.weekend_minor else stay.weekday_minor end), 0)::bigint
                         from public.calendar_days
                         where calendar_days.listing_id = stay.listing_id
                           and calendar_days.day >= stay_totals.check_in
                           and calendar_days.day < stay_totals.check_in + taxed.nights
                           and calendar_days.price_minor is not null)
                  end + case when taxes.basis = 'percent_of_nights_and_fees'
                    then stay.subtotal_minor - stay.nights_minor else 0 end) * taxes.rate_bp
                  + 5000 * stay.step_minor) / (10000 * stay.step_minor) * stay.step_minor
              end)
            from private.taxes
            cross join lateral (select least(stay_nights, taxes.maximum_nights) as nights) as taxed
            where (taxes.listing_id = stay.listing_id
                or (taxes.country_code = stay.country_code
                  and (taxes.region is null or lower(taxes.region) = lower(stay.region))
                  and (taxes.city is null or lower(taxes.city) = lower(stay.city))))
              and (taxes.currency is null or taxes.currency = stay.currency)
              and (taxes.exempt_from_nights is null or stay_nights < taxes.exempt_from_nights)), 0)::bigint
          as total_minor
      from (
        select night.*, nights.minor as nights_minor, nights.minor + night.extras_minor as subtotal_minor
        from (
          select stay.*,
            stay.base_price_minor
              - (stay.base_price_minor * stay.discount_bp + 5000 * stay.step_minor)
                / (10000 * stay.step_minor) * stay.step_minor as weekday_minor,
            stay.saturday_minor
              - (stay.saturday_minor * stay.discount_bp + 5000 * stay.step_minor)
                / (10000 * stay.step_minor) * stay.step_minor as weekend_minor
          from (
            select listings.listing_id, listings.country_code, listings.region, listings.city, listings.currency,
              currencies.step_minor, currencies.minimum_charge_minor, currencies.maximum_charge_minor,
              fee_schemes.guest_bp,
              listing_prices.base_price_minor,
              coalesce(listing_prices.weekend_price_minor, listing_prices.base_price_minor) as saturday_minor,
              listing_prices.extra_guest_price_minor
                * greatest(0, stay_totals.guests - listing_prices.included_guests) * stay_nights
                + listing_prices.cleaning_fee_minor
                + case when stay_totals.pets > 0 then listing_prices.pet_fee_minor else 0 end as extras_minor,
              case
                when listing_prices.new_listing_discount and (
                  select count(*) from (
                    select from public.bookings
                    where bookings.listing_id = listings.listing_id and bookings.confirmed_at is not null
                    limit setting.new_listing_bookings) as first_bookings) < setting.new_listing_bookings
                then setting.new_listing_bp
                else coalesce(
                  (select length_discounts.discount_bp
                   from public.length_discounts
                   where length_discounts.listing_id = listings.listing_id
                     and length_discounts.minimum_nights <= stay_nights
                   order by length_discounts.minimum_nights desc
                   limit 1),
                  case
                    when stay_totals.check_in - (clock at time zone listings.time_zone)::date
                      >= listing_prices.early_bird_days
                    then listing_prices.early_bird_bp
                    when stay_totals.check_in - (clock at time zone listings.time_zone)::date
                      <= listing_prices.last_minute_days
                    then listing_prices.last_minute_bp
                  end,
                  0)
              end as discount_bp
            from unnest(stay_totals.listing_ids) as wanted (listing_id)
            join public.listings on listings.listing_id = wanted.listing_id
            join public.listing_prices on listing_prices.listing_id = wanted.listing_id
            join private.currencies on currencies.currency = listings.currency
            left join private.listing_fee_schemes on listing_fee_schemes.listing_id = wanted.listing_id
            join private.fee_schemes
              on fee_schemes.fee_scheme = coalesce(listing_fee_schemes.fee_scheme, setting.fee_scheme)
            offset 0) as stay
          offset 0) as night
        cross join lateral (
          select (stay_nights - weekends[stay_nights]) * night.weekday_minor
            + weekends[stay_nights] * night.weekend_minor
            + (select coalesce(sum(
                 calendar_days.price_minor
                 - (calendar_days.price_minor * night.discount_bp + 5000 * night.step_minor)
                   / (10000 * night.step_minor) * night.step_minor
                 - case when extract(isodow from calendar_days.day) in (5, 6)
                   then night.weekend_minor else night.weekday_minor end), 0)::bigint
               from public.calendar_days
               where calendar_days.listing_id = night.listing_id
                 and calendar_days.day >= stay_totals.check_in
                 and calendar_days.day < stay_totals.check_in + stay_nights
                 and calendar_days.price_minor is not null) as minor
          offset 0) as nights
        offset 0) as stay
      offset 0) as total
    where total.total_minor = 0
      or total.total_minor between total.minimum_charge_minor and total.maximum_charge_minor;
end $$;

comment on function private.stay_totals is
  'Rule: the totals of offer_stay for many listings at once (measured: a tenth of the time); a '
  'total too small to be charged is no offer. A test holds both equal.';

-- The verb

create type public.found_listing as (
  listing_id      uuid,
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
  price_minor     bigint,
  nights          integer,
  total_minor     bigint,
  distance_metres double precision,
  photo_path      text,
  cursor          text
);

create function private.search_wish(
  west double precision, south double precision, east double precision, north double precision,
  latitude double precision, longitude double precision, radius_metres double precision,
  check_in date, check_out date, guests integer, infants integer, pets integer,
  minimum_price_minor bigint, maximum_price_minor bigint, currency text,
  room_types public.room_type[], amenities text[], instant_book boolean,
  sort text, page_size integer, after text)
  returns private.search_wish language plpgsql stable security definer set search_path = ''
as $$
declare
  wish     private.search_wish;
  -- Noon is over at -12 h when midnight is at +14 h: between them lies today, wherever one asks.
  earliest date := (private.now() at time zone 'UTC' - interval '12 hours')::date;
  latest   date := (private.now() at time zone 'UTC' + interval '14 hours')::date;
  known    integer;
  -- The greatest finite number: NaN and infinity are not between it and its opposite.
  farthest  constant double precision := 1.7976931348623157e308;
  spans_all boolean;
begin
  -- Where
  if num_nonnulls(west, south, east, north) not in (0, 4)
    or not coalesce(west between -farthest and farthest and east between -farthest and farthest
      and south between -farthest and farthest and north between -farthest and farthest and south <= north, true)
  then
    perform private.refuse('invalid_box');
  end if;
  if num_nonnulls(latitude, longitude) not in (0, 2) or (latitude is null and radius_metres is not null)
    or not coalesce(latitude between -farthest and farthest and longitude between -farthest and farthest, true)
    or not coalesce(radius_metres > 0 and radius_metres <= 20037508, true)
  then
    perform private.refuse('invalid_point');
  end if;
  wish.latitude := case when latitude > 90 then 90 when latitude < -90 then -90 else latitude end;
  wish.longitude := private.longitude(longitude);
  wish.radius_metres := radius_metres;
  if west is not null then
    -- 180 east is 180 west. By numeric: east - west may overflow, and 380.4 - 20.4 is a hair less than 360.
    spans_all := east::numeric - west::numeric >= 360;
    east := private.longitude(east);
    wish.west := private.longitude(west);
    wish.west := case when spans_all or wish.west = 180 then -180 else wish.west end;
    wish.width := case
      when spans_all then 360
      when wish.west = -180 and east = 180 then 0
      when east < wish.west then east + 360 - wish.west
      else east - wish.west
    end;
    wish.south := greatest(-90, least(90, south));
    wish.north := greatest(-90, least(90, north));
  elsif radius_metres is not null then
    select around.west, around.width, around.south, around.north
    into wish.west, wish.width, wish.south, wish.north
    from private.box_around(wish.latitude, wish.longitude, radius_metres) as around;
  else
    wish.west := -180;
    wish.width := 360;
    wish.south := -90;
    wish.north := 90;
  end if;

  -- Who
  if guests is null or infants is null or pets is null or guests < 1 or infants not between 0 and 50 or pets < 0
  then
    perform private.refuse('invalid_guests');
  end if;
  wish.guests := guests;
  wish.pets := pets;

  -- What
  if not coalesce(minimum_price_minor >= 0, true)
    or not coalesce(maximum_price_minor >= coalesce(minimum_price_minor, 0), true)
  then
    perform private.refuse('invalid_price_range');
  end if;
  if currency is null and num_nonnulls(minimum_price_minor, maximum_price_minor) > 0 then
    perform private.refuse('currency_required');
  end if;
  if currency is not null
    and not exists (select from private.currencies where currencies.currency = search_wish.currency)
  then
    perform private.refuse('currency_not_offered');
  end if;
  wish.minimum_price := coalesce(minimum_price_minor, 0);
  wish.maximum_price := coalesce(maximum_price_minor, 9223372036854775807);
  wish.currency := currency;
  -- Each once: the list is gone through for every home that is looked at.
  wish.room_types := nullif(array(
    select distinct wanted from unnest(search_wish.room_types) as wanted order by wanted), '{}');
  wish.instant_book := instant_book;
  wish.amenities := 0;
  if cardinality(amenities) > 0 then
    select bit_or(1::bigint << amenities.bit), count(*) into wish.amenities, known
    from public.amenities
    where amenities.amenity = any (search_wish.amenities);
    if known <> (select count(distinct coalesce(wanted, '')) from unnest(search_wish.amenities) as wanted) then
      perform private.refuse('unknown_amenity');
    end if;
  end if;

  -- When
  if num_nonnulls(check_in, check_out) > 0 then
    if check_in is null or check_out is null then perform private.refuse('dates_required'); end if;
    if not isfinite(check_in) or not isfinite(check_out) then perform private.refuse('invalid_dates'); end if;
    if check_out <= check_in then perform private.refuse('dates_reversed'); end if;
    if check_in < earliest then perform private.refuse('date_in_past'); end if;
    -- No home opens its calendar for more than two years.
    if check_out > (latest + interval '24 months')::date then
      perform private.refuse('outside_booking_window');
    end if;
    wish.check_in := check_in;
    wish.check_out := check_out;
    wish.nights := check_out - check_in;
    wish.arrival_bit := 1 << extract(isodow from check_in)::integer;
    wish.departure_bit := 1 << extract(isodow from check_out)::integer;
    wish.clock := private.now();
    wish.surely_ahead := case when check_in > latest then check_in - latest else -1 end;
    wish.surely_open_months := (
      select coalesce(min(months), 25)
      from generate_series(1, 24) as months
      where check_out <= (earliest + make_interval(months => months))::date);
    wish.caller := auth.uid();
    if wish.caller is not null then
      wish.not_theirs := nullif(array(
        select listing_hosts.listing_id
        from public.listing_hosts
        where listing_hosts.profile_id = wish.caller
        union
        -- private.is_blocked for all hosts at once.
        select listing_hosts.listing_id
        from (
          select blocks.blocked_id as profile_id from public.blocks where blocks.blocker_id = wish.caller
          union all
          select blocks.blocker_id from public.blocks where blocks.blocked_id = wish.caller) as strangers
        join public.listing_hosts on listing_hosts.profile_id = strangers.profile_id
        where listing_hosts.role in ('owner', 'full')), '{}');
    end if;
  end if;

  -- In which order, from where on
  if sort is null or sort not in ('price', 'rating', 'distance', 'newest') then
    perform private.refuse('invalid_sort');
  end if;
  if sort = 'distance' and latitude is null then perform private.refuse('point_required'); end if;
  if page_size is null or page_size < 1 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  if page_size > 100 then perform private.refuse('too_many_results'); end if;
  wish.sort := sort;
  wish.most := page_size;
  if after is null then
    wish.after_key := case sort when 'price' then -1 when 'distance' then -1 when 'rating' then 32767 else float8 'infinity' end;
    wish.after_id := '00000000-0000-0000-0000-000000000000';
  else
    if after !~ ('^' || left(sort, 1) || '[0-9]{1,16}(\.[0-9]{1,20})?(e-[0-9]{1,2})?_[0-9a-f]{32}$') then
      perform private.refuse('invalid_cursor');
    end if;
    wish.after_key := substr(split_part(after, '_', 1), 2)::double precision;
    wish.after_id := split_part(after, '_', 2)::uuid;
    if sort = 'rating' and wish.after_key > 32767 then
      perform private.refuse('invalid_cursor');
    end if;
  end if;
  return wish;
end $$;

create function private.search_listings(
  west double precision, south double precision, east double precision, north double precision,
  latitude double precision, longitude double precision, radius_metres double precision,
  check_in date, check_out date, guests integer, infants integer, pets integer,
  minimum_price_minor bigint, maximum_price_minor bigint, currency text,
  room_types public.room_type[], amenities text[], instant_book boolean,
  sort text, page_size integer, after text)
  returns setof public.found_listing language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  wish  private.search_wish := private.search_wish(
    west, south, east, north, latitude, longitude, radius_metres, check_in, check_out, guests, infants, pets,
    minimum_price_minor, maximum_price_minor, currency, room_types, amenities, instant_book, sort, page_size, after);
  hits  private.search_hit[];
  found integer;
begin
  loop
    hits := array(select hit from private.search_step(wish) as hit);
    exit when hits = '{}';

    return query
      select
        listings.listing_id, listings.title, listings.room_type, listings.property_type, listings.city,
        listings.country_code, listings.latitude, listings.longitude, listings.capacity, listings.bedrooms,
        listings.beds, listings.bathrooms, listings.instant_book, listing_ratings.rating,
        coalesce(listing_ratings.review_count, 0), listings.currency, hit.price_minor,
        wish.nights, totals.total_minor,
        case when wish.latitude is not null then
          private.metres_between(
            wish.latitude, wish.longitude, point(listings.longitude, listings.latitude)) end,
        (select listing_photos.storage_path
         from public.listing_photos
         where listing_photos.listing_id = listings.listing_id and listing_photos.published
         order by listing_photos.position
         limit 1),
        left(wish.sort, 1)
          || case when wish.sort = 'distance' then hit.key::text else hit.key::bigint::text end
          || '_' || replace(hit.listing_id::text, '-', '')
      from unnest(hits) with ordinality as hit (listing_id, key, price_minor, position)
      join public.listings on listings.listing_id = hit.listing_id
      left join public.listing_ratings on listing_ratings.listing_id = hit.listing_id
      left join private.stay_totals(
        array(select one.listing_id from unnest(hits) as one),
        wish.check_in, wish.check_out, wish.guests, wish.pets) as totals
        on totals.listing_id = hit.listing_id
      where wish.check_in is null or totals.total_minor is not null
      order by hit.position;
    get diagnostics found = row_count;

    -- Stays that cost less than a card can be charged are left out; what they leave free is
    -- searched on.
    exit when found = cardinality(hits) or cardinality(hits) < wish.most;
    wish.after_key := hits[cardinality(hits)].key;
    wish.after_id := hits[cardinality(hits)].listing_id;
    wish.most := cardinality(hits) - found;
  end loop;
end $$;

create function public.search_listings(
  west                double precision   default null,
  south               double precision   default null,
  east                double precision   default null,
  north               double precision   default null,
  latitude            double precision   default null,
  longitude           double precision   default null,
  radius_metres       double precision   default null,
  check_in            text               default null,
  check_out           text               default null,
  guests              integer            default 1,
  infants             integer            default 0,
  pets                integer            default 0,
  minimum_price_minor bigint             default null,
  maximum_price_minor bigint             default null,
  currency            text               default null,
  room_types          public.room_type[] default null,
  amenities           text[]             default null,
  instant_book        boolean            default null,
  sort                text               default 'price',
  page_size           integer            default 20,
  after               text               default null)
  returns setof public.found_listing language sql stable security invoker set search_path = ''
begin atomic
  select * from private.search_listings(
    west, south, east, north, latitude, longitude, radius_metres,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets,
    minimum_price_minor, maximum_price_minor, currency, room_types, amenities, instant_book, sort, page_size, after);
end;

grant execute on function private.search_listings, public.search_listings to anon, authenticated;

comment on function public.search_listings is
  'Published homes that fit, a page at a time. Where: a map box (west, south, east, north; west '
  'east of east crosses the 180th meridian), a point with radius_metres, or both. Longitudes are taken '
  'modulo 360, a box of 360 degrees or more goes all around, latitudes end at the poles. When: check_in '
  'and check_out give only homes the caller can book for all these nights, with total_minor as '
  'quote_stay says it; without dates no night is looked at. What: guests, pets, nightly price '
  'range in minor units of currency, room_types (any of them), amenities (all of them), '
  'instant_book. sort: price (base price of a night), rating, distance (needs the point) or '
  'newest. Give the last row''s cursor as after for the next page (page_size 20, at most 100); the '
  'end is an empty page. Errors: invalid_box, invalid_point, invalid_guests, invalid_price_range, '
  'currency_required, currency_not_offered, unknown_amenity, dates_required, invalid_dates, '
  'dates_reversed, date_in_past, outside_booking_window, invalid_sort, point_required, '
  'invalid_page_size, too_many_results, invalid_cursor.';
