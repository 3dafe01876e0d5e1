-- Read model: how search finds the homes a guest can have without looking at all of them.
--
-- `listing_search` is a read model: one narrow row per listing with what a search asks, the taken
-- nights as bits. It is derived and never decides: claims do, and `stay_problem` says what a stay
-- must meet. A search walks an index in the order of its result, drops what does not fit, stops
-- when the page is full, and reads and prices only that page.

-- Where
--
-- What is computed for each row is plpgsql: its `return` costs 1 us, a call of an SQL function that
-- keeps its search_path 5 us.

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

create function private.metres_between(
  latitude double precision, longitude double precision, place point)
  returns double precision language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return 12742017.6 * asin(least(1, sqrt(
    sin(radians(place[1] - latitude) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(place[1])) * sin(
      radians(place[0] - longitude) / 2) ^ 2)));
end $$;

comment on function private.metres_between is
  'Rule: the distance on a sphere the size of the earth (mean radius 6,371,008.8 m).';

create function private.boxes(
  west double precision, width double precision, south double precision, north double precision)
  returns box[] language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when west + width < 180
      or width >= 360 then array[box(point(west, south), point(west + width, north))]
    else array[box(point(west, south), point(180, north)),
      box(point(-180, south), point(west + width - 360, north))]
  end;
end $$;

comment on function private.boxes is 'Rule: a box across the 180th meridian is two boxes.';

create function private.box_around(
  latitude double precision, longitude double precision, radius_metres double precision,
  out west double precision, out width double precision, out south double precision,
    out north double precision)
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

-- The read model

create table private.listing_search (
  listing_id            uuid             primary key references public.listings on delete cascade,
  host_id               uuid             not null,
  listed                boolean          not null default false,
  price_minor           bigint,
  lowest_minor          bigint,
  short_night_minor     integer,
  week_night_minor      integer,
  currency              text             not null,
  room_type             public.room_type not null,
  property_type         text             not null,
  capacity              smallint         not null,
  bedrooms              smallint         not null,
  beds                  smallint         not null,
  bathrooms             numeric(4, 1)    not null,
  maximum_pets          smallint         not null,
  instant_book          boolean          not null,
  cancellation_policy   text             not null,
  amenities             bigint           not null default 0,
  country_code          text,
  region                text,
  city                  text,
  place                 point,
  rating                numeric(3, 2),
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
  step_minor            bigint,
  cheapest_minor        bigint,
  weekday_minor         bigint,
  weekend_minor         bigint,
  floors_from           integer,
  weekday_floors        bigint[],
  weekend_floors        bigint[],
  short_bp              integer,
  week_bp               integer,
  long_bp               integer,
  included_guests       smallint,
  extra_guest_minor     bigint,
  cleaning_minor        bigint,
  pet_minor             bigint,
  own_fee_scheme        boolean          not null default false,
  priced_on             date,
  priced_at             timestamptz,
  first_day             date             not null,
  nights                bit(768)         not null default repeat('0', 768)::bit(768),
  longitude_e4          integer          generated always as (
    floor(place[0] * 10000)::integer) stored,
  latitude_e4           integer          generated always as (
    floor(place[1] * 10000)::integer) stored,
  tile_3                integer          generated always as (private.tile(3, place)) stored,
  tile_5                integer          generated always as (private.tile(5, place)) stored,
  tile_7                integer          generated always as (private.tile(7, place)) stored,
  tile_9                integer          generated always as (private.tile(9, place)) stored,
  tile_11               integer          generated always as (private.tile(11, place)) stored,
  tile_13               integer          generated always as (private.tile(13, place)) stored,

  constraint listing_search_lists_what_can_be_found check (
    not listed or (place is not null and price_minor is not null and lowest_minor is not null
      and short_night_minor is not null and week_night_minor is not null
      and published_at is not null))
)
-- Room for new versions of a row on its page, and dead ones cleared early: a walk reads pages in
-- the order of its result, so rows that died slow down everybody who looks there.
with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

-- Nights, holds and special days change often and stand in no index: those updates stay on their
-- page (HOT). Homes outside a box, and too dear ones, are left out by the last columns, without
-- reading their rows.
create index listing_search_price_minor_idx on private.listing_search (price_minor, listing_id)
  where listed;
create index listing_search_lowest_minor_idx on private.listing_search
  (lowest_minor, listing_id, short_night_minor, week_night_minor) where listed;
create index listing_search_score_idx on private.listing_search (score, listing_id) where listed;
create index listing_search_published_at_idx on private.listing_search (published_at, listing_id)
  where listed;
create index listing_search_place_idx on private.listing_search using gist (place) where listed;
create index listing_search_tile_3_idx on private.listing_search
  (tile_3, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_tile_5_idx on private.listing_search
  (tile_5, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_tile_7_idx on private.listing_search
  (tile_7, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_tile_9_idx on private.listing_search
  (tile_9, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_tile_11_idx on private.listing_search
  (tile_11, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_tile_13_idx on private.listing_search
  (tile_13, lowest_minor, listing_id, longitude_e4, latitude_e4, short_night_minor,
    week_night_minor) where listed;
create index listing_search_first_day_idx on private.listing_search (first_day);
create index listing_search_priced_on_idx on private.listing_search (priced_on)
  where weekday_floors is not null;

alter table private.listing_search enable row level security;

comment on table private.listing_search is
  'The search read model of a listing, derived from its tables; only rows with listed (published, '
  'with a price) are found.';
comment on column private.listing_search.place is 'The public point: longitude, latitude.';
comment on column private.listing_search.longitude_e4 is 'In ten thousandths of a degree.';
comment on column private.listing_search.latitude_e4 is 'In ten thousandths of a degree.';
comment on column private.listing_search.amenities is 'A bit per amenity, see amenities.bit.';
comment on column private.listing_search.score is
  'Thousandths of a star, see private.rating_score.';
comment on column private.listing_search.arrival_weekdays is
  'A bit per ISO weekday, Monday is bit 1.';
comment on column private.listing_search.departure_weekdays is
  'A bit per ISO weekday, Monday is bit 1.';
comment on column private.listing_search.special_days is
  'Whether some days may have rules of their own. False is reliable; true may be out of date and '
  'only costs a check.';
comment on column private.listing_search.has_holds is
  'Some claims expire or do not block everyone: a set bit means that private.nights_free has to be '
  'asked.';
comment on column private.listing_search.nights is
  'One bit per night from first_day on, set where there is a claim. Nights outside are unknown: '
  'ask private.nights_free.';

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
  'Rule: which of the 768 nights from first_day on are in a range of nights.';

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
      currency = listings.currency,
      room_type = listings.room_type,
      property_type = listings.property_type,
      capacity = listings.capacity,
      bedrooms = listings.bedrooms,
      beds = listings.beds,
      bathrooms = listings.bathrooms,
      maximum_pets = listings.maximum_pets,
      instant_book = listings.instant_book,
      cancellation_policy = listings.cancellation_policy,
      country_code = listings.country_code,
      region = listings.region,
      city = listings.city,
      place = private.place(listings.longitude, listings.latitude),
      rating = listing_ratings.rating,
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
  left join public.booking_rules on booking_rules.listing_id = listings.listing_id
  left join public.listing_ratings on listing_ratings.listing_id = listings.listing_id
  left join private.listing_stars on listing_stars.listing_id = listings.listing_id
  where listings.listing_id = refresh_search.listing_id
    and listing_search.listing_id = refresh_search.listing_id;
end $$;

comment on function private.refresh_search is
  'Rule: the search columns of a listing other than its nights, amenities, special days and '
  'prices.';

create function private.refresh_words(listing_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from private.listing_search
  where listing_search.listing_id = any (refresh_words.listing_ids)
  order by listing_search.listing_id
  for no key update;
  insert into private.listing_words (listing_id, language, words)
  select listings.listing_id, private.text_language(listings.language),
    private.home_words(listings.language, listings.title, listings.description)
  from public.listings
  where listings.listing_id = any (refresh_words.listing_ids)
  on conflict on constraint listing_words_pkey do update
  set language = excluded.language, words = excluded.words
  where listing_words.language <> excluded.language or listing_words.words <> excluded.words;
end $$;

comment on function private.refresh_words is
  'Rule: the indexed words of these listings are those of their titles and descriptions.';

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
    (listing_id, host_id, currency, room_type, property_type, capacity, bedrooms, beds, bathrooms,
      maximum_pets, instant_book, cancellation_policy, time_zone, first_day)
  select listings.listing_id, listings.host_id, listings.currency, listings.room_type,
    listings.property_type, listings.capacity, listings.bedrooms, listings.beds,
    listings.bathrooms, listings.maximum_pets, listings.instant_book,
    listings.cancellation_policy, listings.time_zone,
    (private.now() at time zone 'UTC')::date - 2
  from public.listings
  where listings.listing_id = new.listing_id
  on conflict on constraint listing_search_pkey do nothing;
  perform private.refresh_search(new.listing_id);
  perform private.refresh_words(array[new.listing_id]);
  return null;
end $$;

create function private.follow_words_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refresh_words(array[new.listing_id]);
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

-- A bulk load (private.begin_bulk_load) refreshes search itself: its rows queue nothing. Measured:
-- 250,000 of these took 7 of the 9 minutes of an import, all in its commit.
create constraint trigger add_the_listing_to_search after insert on public.listings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.add_to_search();
create constraint trigger follow_the_listing_in_search
  after update of host_id, room_type, property_type, capacity, bedrooms, beds, bathrooms,
    maximum_pets, latitude, longitude, country_code, region, city, time_zone, currency,
    instant_book, cancellation_policy, published_at on public.listings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
create constraint trigger follow_the_words_in_search
  after update of title, description, language on public.listings
  deferrable initially deferred for each row
  when ((old.title, old.description, old.language)
      is distinct from (new.title, new.description, new.language)
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_words_in_search();
create constraint trigger follow_the_rules_in_search after insert or update
  or delete on public.booking_rules
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
create constraint trigger follow_the_amenity_in_search after insert or update
  or delete on public.listing_amenities
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_amenity_in_search();
create constraint trigger follow_the_special_day_in_search after insert
  or update on public.calendar_days
  deferrable initially deferred for each row
  when ((new.minimum_nights is not null or new.closed_to_arrival or new.closed_to_departure)
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_special_day_in_search();
create constraint trigger follow_the_claim_in_search after insert or update
  or delete on private.claims
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_claim_in_search();

create constraint trigger follow_the_rating_in_search after insert or update
  or delete on public.listing_ratings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();
