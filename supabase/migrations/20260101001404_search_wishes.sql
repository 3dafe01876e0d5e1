-- Wishes: what can be asked of search, checked once for every verb, and which homes fit it.
--
-- A verb passes its arguments on as a `search_wish`. `search_terms` validates it and turns it into
-- what rows are compared with. `fits` compares: every query over homes, for a page, a map or a
-- count, joins it.

create type private.search_wish as (
  west                    double precision,
  south                   double precision,
  east                    double precision,
  north                   double precision,
  latitude                double precision,
  longitude               double precision,
  radius_metres           double precision,
  check_in                date,
  check_out               date,
  guests                  integer,
  infants                 integer,
  pets                    integer,
  child_ages              smallint[],
  minimum_price_minor     bigint,
  maximum_price_minor     bigint,
  currency                text,
  room_types              public.room_type[],
  property_types          text[],
  bedrooms                integer,
  beds                    integer,
  bathrooms               numeric,
  amenities               text[],
  instant_book            boolean,
  minimum_rating          numeric,
  superhost               boolean,
  host_id                 uuid,
  free_cancellation_until date,
  words                   text,
  custom_fields           jsonb
);

-- The last six describe a page: its order, size, position and walk. most_minor and the three
-- after it shrink while a page is filled. If only a few homes can match, `among` lists them, and
-- only these are checked.
create type private.search_terms as (
  west               double precision,
  width              double precision,
  south              double precision,
  north              double precision,
  near               box[],
  west_e4            integer,
  east_e4            integer,
  south_e4           integer,
  north_e4           integer,
  latitude           double precision,
  longitude          double precision,
  radius_metres      double precision,
  guests             integer,
  pets               integer,
  child_ages         smallint[],
  minimum_price      bigint,
  maximum_price      bigint,
  currency           text,
  room_types         public.room_type[],
  property_types     text[],
  bedrooms           integer,
  beds               integer,
  bathrooms          numeric,
  amenities          bigint,
  instant_book       boolean,
  minimum_rating     numeric,
  superhost          boolean,
  host_id            uuid,
  policies           text[],
  words              tsquery,
  custom_fields      jsonpath,
  among              uuid[],
  check_in           date,
  check_out          date,
  nights             integer,
  caller             uuid,
  not_theirs         uuid[],
  arrival_bit        integer,
  departure_bit      integer,
  clock              timestamptz,
  surely_ahead       integer,
  surely_open_months integer,
  weekday_nights     integer,
  weekend_nights     integer,
  first_span         integer,
  last_span          integer,
  guest_fee_bp       integer,
  least_minor        bigint,
  most_minor         bigint,
  most_lowest        bigint,
  most_short_night   bigint,
  most_week_night    bigint,
  sort               text,
  most               integer,
  after_key          double precision,
  after_id           uuid,
  route              text,
  tiles              integer[]
);

-- What is asked

create function private.limit_walk(
  walk private.search_terms, stay private.search_terms, most_minor bigint)
  returns private.search_terms language plpgsql immutable security invoker set search_path = ''
as $$
begin
  walk.most_lowest := least(walk.most_lowest,
    limit_walk.most_minor / coalesce(stay.nights, 1));
  if stay.nights < 7 then
    walk.most_short_night := limit_walk.most_minor * 10000
      / (stay.nights * (10000 + stay.guest_fee_bp));
  elsif stay.nights < 28 then
    walk.most_week_night := limit_walk.most_minor * 10000
      / (stay.nights * (10000 + stay.guest_fee_bp));
  end if;
  return walk;
end $$;

comment on function private.limit_walk is
  'Rule: a walk leaves out homes whose stay must cost more than most_minor: n nights cost at least '
  'n times lowest_minor and, before the guest fee, n times short_night_minor (week_night_minor '
  'from 7 nights on). Measured in a city of a hundred thousand homes: of 4,387 with a low enough '
  'lowest_minor, 53 are left.';

create function private.search_terms(wish private.search_wish)
  returns private.search_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  terms    private.search_terms;
  -- Noon is over at -12 h when midnight is at +14 h: between them lies today, wherever one asks.
  clock    timestamptz := private.now();
  earliest date := (clock at time zone 'UTC' - interval '12 hours')::date;
  latest   date := (clock at time zone 'UTC' + interval '14 hours')::date;
  friday   constant date := '1999-12-31';
  known    integer;
  -- The greatest finite number: NaN and infinity are not between it and its opposite.
  farthest  constant double precision := 1.7976931348623157e308;
  spans_all boolean;
begin
  -- Where
  if num_nonnulls(wish.west, wish.south, wish.east, wish.north) not in (0, 4)
    or not coalesce(wish.west between -farthest and farthest
      and wish.east between -farthest and farthest
      and wish.south between -farthest and farthest
      and wish.north between -farthest and farthest and wish.south <= wish.north, true)
  then
    perform private.refuse('invalid_box');
  end if;
  if num_nonnulls(wish.latitude, wish.longitude) not in (0, 2)
    or (wish.latitude is null and wish.radius_metres is not null)
    or not coalesce(wish.latitude between -farthest and farthest
      and wish.longitude between -farthest and farthest, true)
    or not coalesce(wish.radius_metres > 0 and wish.radius_metres <= 20037508, true)
  then
    perform private.refuse('invalid_point');
  end if;
  terms.latitude := case when wish.latitude > 90 then 90 when wish.latitude < -90 then -90
    else wish.latitude end;
  terms.longitude := private.longitude(wish.longitude);
  terms.radius_metres := wish.radius_metres;
  if wish.west is not null then
    -- 180 east is 180 west. By numeric: east - west may overflow, and 380.4 - 20.4 is a hair less
    -- than 360.
    spans_all := wish.east::numeric - wish.west::numeric >= 360;
    wish.east := private.longitude(wish.east);
    terms.west := private.longitude(wish.west);
    terms.west := case when spans_all or terms.west = 180 then -180 else terms.west end;
    terms.width := case
      when spans_all then 360
      when terms.west = -180 and wish.east = 180 then 0
      when wish.east < terms.west then wish.east + 360 - terms.west
      else wish.east - terms.west
    end;
    terms.south := greatest(-90, least(90, wish.south));
    terms.north := greatest(-90, least(90, wish.north));
  elsif wish.radius_metres is not null then
    select around.west, around.width, around.south, around.north
    into terms.west, terms.width, terms.south, terms.north
    from private.box_around(terms.latitude, terms.longitude, wish.radius_metres) as around;
  else
    terms.west := -180;
    terms.width := 360;
    terms.south := -90;
    terms.north := 90;
  end if;
  terms.near := private.boxes(terms.west, terms.width, terms.south, terms.north);
  -- A box across the 180th meridian is no range of longitudes.
  terms.west_e4 := case when cardinality(terms.near) = 1
    then floor(terms.west * 10000) else -1800000 end;
  terms.east_e4 := case when cardinality(terms.near) = 1
    then floor((terms.west + terms.width) * 10000) else 1800000 end;
  terms.south_e4 := floor(terms.south * 10000);
  terms.north_e4 := floor(terms.north * 10000);

  -- Who
  if wish.guests is null or wish.infants is null or wish.pets is null or wish.guests < 1
    or wish.infants not between 0 and 50 or wish.pets < 0
    or not private.are_children(wish.child_ages, wish.guests)
  then
    perform private.refuse('invalid_guests');
  end if;
  terms.guests := wish.guests;
  terms.pets := wish.pets;
  terms.child_ages := wish.child_ages;

  -- What
  if not coalesce(wish.minimum_price_minor >= 0, true)
    or not coalesce(wish.maximum_price_minor >= coalesce(wish.minimum_price_minor, 0), true)
  then
    perform private.refuse('invalid_price_range');
  end if;
  if wish.currency is null
    and num_nonnulls(wish.minimum_price_minor, wish.maximum_price_minor) > 0
  then
    perform private.refuse('currency_required');
  end if;
  if wish.currency is not null
    and not exists (select from private.currencies where currencies.currency = wish.currency)
  then
    perform private.refuse('currency_not_offered');
  end if;
  -- No price is that high, and times a stay's nights it is still a bigint.
  terms.minimum_price := least(coalesce(wish.minimum_price_minor, 0), 1000000000000);
  terms.maximum_price := least(coalesce(wish.maximum_price_minor, 1000000000000), 1000000000000);
  terms.currency := wish.currency;
  -- Each once: the list is gone through for every home that is looked at.
  if wish.room_types is not null then
    terms.room_types := nullif(array(
      select distinct wanted from unnest(wish.room_types) as wanted order by wanted), '{}');
  end if;
  if cardinality(wish.property_types) > 100 then perform private.refuse('too_many_results'); end if;
  if wish.property_types is not null then
    terms.property_types := nullif(array(
      select distinct wanted from unnest(wish.property_types) as wanted order by wanted), '{}');
    select count(*) into known from public.property_types
    where property_types.property_type = any (terms.property_types);
    if known <> cardinality(terms.property_types) then
      perform private.refuse('unknown_property_type');
    end if;
  end if;
  if least(wish.bedrooms, wish.beds, wish.bathrooms) < 0 or wish.bathrooms = 'NaN' then
    perform private.refuse('invalid_rooms');
  end if;
  terms.bedrooms := coalesce(wish.bedrooms, 0);
  terms.beds := coalesce(wish.beds, 0);
  terms.bathrooms := coalesce(wish.bathrooms, 0);
  terms.instant_book := wish.instant_book;
  if wish.minimum_rating not between 0 and 5 then perform private.refuse('invalid_rating'); end if;
  terms.minimum_rating := wish.minimum_rating;
  terms.superhost := wish.superhost;
  terms.host_id := wish.host_id;
  terms.amenities := 0;
  if cardinality(wish.amenities) > 0 then
    select bit_or(1::bigint << amenities.bit), count(*) into terms.amenities, known
    from public.amenities
    where amenities.amenity = any (wish.amenities);
    if known <> (select count(distinct coalesce(wanted, ''))
      from unnest(wish.amenities) as wanted)
    then
      perform private.refuse('unknown_amenity');
    end if;
  end if;
  -- A search box that was left empty.
  if btrim(wish.words) <> '' then
    terms.words := private.word_query(wish.words);
    terms.among := private.homes_with_words(terms.words);
    if terms.among is not null then terms.words := null; end if;
  end if;
  terms.custom_fields := private.custom_filter(wish.custom_fields);
  -- A range alone is in no index.
  if terms.among is null and terms.custom_fields::text like '% == %' then
    terms.among := private.homes_with_fields(terms.custom_fields);
    if terms.among is not null then terms.custom_fields := null; end if;
  end if;

  -- When
  if num_nonnulls(wish.check_in, wish.check_out) > 0 then
    if wish.check_in is null or wish.check_out is null then
      perform private.refuse('dates_required');
    end if;
    if not isfinite(wish.check_in) or not isfinite(wish.check_out) then
      perform private.refuse('invalid_dates');
    end if;
    if wish.check_out <= wish.check_in then perform private.refuse('dates_reversed'); end if;
    if wish.check_in < earliest then perform private.refuse('date_in_past'); end if;
    -- No home opens its calendar for more than two years.
    if wish.check_out > (latest + interval '24 months')::date then
      perform private.refuse('outside_booking_window');
    end if;
    terms.check_in := wish.check_in;
    terms.check_out := wish.check_out;
    terms.nights := wish.check_out - wish.check_in;
    -- Of each week two, counted from a Friday.
    terms.weekend_nights :=
      (wish.check_out - friday) / 7 * 2 + least((wish.check_out - friday) % 7, 2)
      - (wish.check_in - friday) / 7 * 2 - least((wish.check_in - friday) % 7, 2);
    terms.weekday_nights := terms.nights - terms.weekend_nights;
    terms.first_span := private.span(wish.check_in);
    terms.last_span := private.span(wish.check_out - 1);
    terms.guest_fee_bp := (
      select fee_schemes.guest_bp from private.settings
      join private.fee_schemes on fee_schemes.fee_scheme = settings.fee_scheme);
    terms.arrival_bit := 1 << extract(isodow from wish.check_in)::integer;
    terms.departure_bit := 1 << extract(isodow from wish.check_out)::integer;
    terms.clock := clock;
    terms.surely_ahead := case when wish.check_in > latest then wish.check_in - latest else -1 end;
    terms.surely_open_months := greatest(1,
      12 * (extract(year from wish.check_out) - extract(year from earliest))
        + extract(month from wish.check_out) - extract(month from earliest));
    if wish.check_out > (earliest + make_interval(months => terms.surely_open_months))::date then
      terms.surely_open_months := terms.surely_open_months + 1;
    end if;
    terms.caller := auth.uid();
    if terms.caller is not null then
      terms.not_theirs := nullif(array(
        select listing_hosts.listing_id
        from public.listing_hosts
        where listing_hosts.profile_id = terms.caller
        union
        -- private.is_blocked for all hosts at once.
        select listing_hosts.listing_id
        from (
          select blocks.blocked_id as profile_id from public.blocks
            where blocks.blocker_id = terms.caller
          union all
          select blocks.blocker_id from public.blocks
            where blocks.blocked_id = terms.caller) as strangers
        join public.listing_hosts on listing_hosts.profile_id = strangers.profile_id
        where listing_hosts.role in ('owner', 'full')), '{}');
    end if;
  end if;
  -- A stay of n nights costs at most n times so much a night, see private.nightly.
  terms.least_minor := case when wish.check_in is null then terms.minimum_price
    else -1000000000000 end;
  terms.most_minor := terms.maximum_price * coalesce(terms.nights, 1);
  terms.most_lowest := terms.maximum_price;
  terms.most_short_night := 1000000000000;
  terms.most_week_night := 1000000000000;
  terms := private.limit_walk(terms, terms, terms.most_minor);
  if wish.free_cancellation_until is not null then
    if wish.check_in is null then perform private.refuse('dates_required'); end if;
    if not isfinite(wish.free_cancellation_until) then
      perform private.refuse('invalid_dates');
    end if;
    terms.policies := private.policies_free_until(
      wish.free_cancellation_until, wish.check_in, terms.nights);
  end if;
  return terms;
end $$;

comment on function private.search_terms is
  'Rule: what is no wish is refused; the rest is what homes are compared with.';

create function private.policies_free_until(free_until date, check_in date, nights integer)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
begin
  return array(
    select cancellation_policies.cancellation_policy
    from public.cancellation_policies
    where exists (
      select from private.refund_tiers
      where refund_tiers.full_refund
        and refund_tiers.rule = case
          when nights >= 28 and cancellation_policies.cancellation_policy <> 'non_refundable'
            then 'long_stay'
          else cancellation_policies.cancellation_policy end::public.cancellation_rule
        and check_in - coalesce(refund_tiers.days_before, (refund_tiers.hours_before + 23) / 24, 0)
          >= free_until));
end $$;

comment on function private.policies_free_until is
  'Rule: the policies whose full refund for this stay lasts until some hour of that day or longer '
  '(see private.refund_terms); hours before check-in are taken as whole days.';

-- Which homes fit
--
-- No settings and no rights of its own: such a function becomes a part of the query that joins it,
-- in which the comparison costs 0.05 us; called, it would cost 5. `walks.test.sql` holds it to
-- that. Its names were bound when it was made.

create function private.fits(home private.listing_search, terms private.search_terms)
  returns setof boolean language sql stable security invoker
begin atomic
  select true
  where
    (case when home.place[0] < terms.west then home.place[0] + 360 else home.place[0] end)
      - terms.west <= terms.width
    and home.place[1] between terms.south and terms.north
    and home.capacity >= terms.guests
    and home.maximum_pets >= terms.pets
    and (home.amenities & terms.amenities) = terms.amenities
    and home.bedrooms >= terms.bedrooms
    and home.beds >= terms.beds
    and home.bathrooms >= terms.bathrooms
    and (terms.currency is null or home.currency = terms.currency)
    and (terms.room_types is null or home.room_type = any (terms.room_types))
    and (terms.property_types is null or home.property_type = any (terms.property_types))
    and (terms.instant_book is null or home.instant_book = terms.instant_book)
    and (terms.minimum_rating is null or home.rating >= terms.minimum_rating)
    and (terms.host_id is null or home.host_id = terms.host_id)
    and (terms.policies is null or home.cancellation_policy = any (terms.policies))
    and (terms.words is null or (
      select listing_words.words @@ terms.words from private.listing_words
      where listing_words.listing_id = home.listing_id))
    and (terms.custom_fields is null or (
      select listings.custom_fields @@ terms.custom_fields from public.listings
      where listings.listing_id = home.listing_id))
    -- metres_between, written out
    and (terms.radius_metres is null or 12742017.6 * asin(least(1, sqrt(
      sin(radians(home.place[1] - terms.latitude) / 2) ^ 2
      + cos(radians(terms.latitude)) * cos(radians(home.place[1]))
        * sin(radians(home.place[0] - terms.longitude) / 2) ^ 2))) <= terms.radius_metres)
    and (terms.superhost is null or terms.superhost = (
      select profiles.superhost from public.profiles where profiles.profile_id = home.host_id))
    -- A case, so that suspensions are looked up of homes alone that are free.
    and case
      -- stay_problem, in the same order, where only what is rare asks a second table. A property
      -- holds both equal.
      when terms.check_in is null or (
        (terms.not_theirs is null or home.listing_id <> all (terms.not_theirs))
        -- Days ahead, for a guest anywhere on earth; near today and at the end of the window the
        -- time zone decides.
        and (
          (terms.surely_ahead >= home.advance_notice_days
            and terms.surely_open_months <= home.booking_window_months)
          or exists (
            select
            from (select terms.clock at time zone home.time_zone as now offset 0) as local
            where terms.check_in - local.now::date >= home.advance_notice_days
              and (terms.check_in > local.now::date
                or extract(hour from local.now) < home.same_day_cutoff_hour)
              and terms.check_out
                <= (local.now::date + make_interval(months => home.booking_window_months))::date))
        and terms.nights <= home.maximum_nights
        and home.arrival_weekdays & terms.arrival_bit <> 0
        and home.departure_weekdays & terms.departure_bit <> 0
        and case
          when home.special_days then
            terms.nights >= coalesce(
              (select calendar_days.minimum_nights from public.calendar_days
               where calendar_days.listing_id = home.listing_id
                 and calendar_days.day = terms.check_in),
              home.minimum_nights)
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = home.listing_id
                and calendar_days.day = terms.check_in and calendar_days.closed_to_arrival) is null
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = home.listing_id
                and calendar_days.day = terms.check_out
                and calendar_days.closed_to_departure) is null
          else terms.nights >= home.minimum_nights
        end
        -- The bits answer when they know; a hold, preparation that meets a claim and far nights ask
        -- the claims.
        and case
          when terms.check_in < home.first_day
            or terms.check_out + home.preparation_nights > home.first_day + 768
          then private.nights_free(
            home.listing_id, terms.check_in, terms.check_out, home.preparation_nights, terms.caller)
          when bit_count(substring(home.nights from 1 + terms.check_in - home.first_day
            for terms.nights + home.preparation_nights)) = 0
          then true
          when home.has_holds
            or (home.preparation_nights > 0
              and bit_count(substring(home.nights
                from 1 + terms.check_in - home.first_day for terms.nights)) = 0)
          then private.nights_free(
            home.listing_id, terms.check_in, terms.check_out, home.preparation_nights, terms.caller)
          else false
        end)
      then (
        select true from private.suspensions where suspensions.profile_id = home.host_id) is null
      else false
    end;
end;

comment on function private.fits is
  'Rule: one row if a home is what a wish asks for, with days also free and allowed as '
  'private.stay_problem says, else none.';

create function private.least_total(home private.listing_search, terms private.search_terms)
  returns setof bigint language sql stable security invoker
begin atomic
  -- Linear, so that each part is computed once: a share that is rounded half up is less than a coin
  -- away from the share.
  select case
    when terms.check_in is null then home.price_minor
    else (
      (terms.weekday_nights * case
          when home.weekday_floors is null then home.weekday_minor
          when terms.last_span > terms.first_span + 1 then home.cheapest_minor
          else least(
            coalesce(home.weekday_floors[terms.first_span - home.floors_from],
              home.cheapest_minor),
            coalesce(home.weekday_floors[terms.last_span - home.floors_from],
              home.cheapest_minor))
        end
        + terms.weekend_nights * case
          when home.weekend_floors is null then home.weekend_minor
          when terms.last_span > terms.first_span + 1 then home.cheapest_minor
          else least(
            coalesce(home.weekend_floors[terms.first_span - home.floors_from],
              home.cheapest_minor),
            coalesce(home.weekend_floors[terms.last_span - home.floors_from],
              home.cheapest_minor))
        end)
      * (10000 - case when terms.nights < 7 then home.short_bp
          when terms.nights < 28 then home.week_bp else home.long_bp end) / 10000
      - terms.nights * home.step_minor
      + home.extra_guest_minor * greatest(0, terms.guests - home.included_guests) * terms.nights
      + home.cleaning_minor
      + case when terms.pets > 0 then home.pet_minor else 0 end)
      * (10000 + case when home.own_fee_scheme then 0 else terms.guest_fee_bp end) / 10000
      - home.step_minor
  end;
end;

comment on function private.least_total is
  'Rule: a stay costs at least this; without days, exactly price_minor. A part of the query that '
  'joins it, as private.fits.';

create function private.homes_around(terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where terms.among is null and listing_search.listed and listing_search.place <@ terms.near[1]
  union all
  select listing_search.* from private.listing_search
  where terms.among is null and listing_search.listed and listing_search.place <@ terms.near[2]
  union all
  select listing_search.* from unnest(terms.among) as one (listing_id)
  join private.listing_search on listing_search.listing_id = one.listing_id
  where listing_search.listed;
end;

comment on function private.homes_around is
  'Rule: the candidates of a search: the homes in `among` if there are such, otherwise those in '
  'the box or circle. Inlined into the query that joins it, like private.fits.';

create function private.homes_that_fit(terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select home.*
  from (select one.* from private.homes_around(terms) as one offset 0) as home
  cross join private.fits(row(home.*)::private.listing_search, terms)
  cross join private.least_total(row(home.*)::private.listing_search, terms) as least_total (minor)
  where least_total.minor between terms.least_minor and terms.most_minor;
end;

comment on function private.homes_that_fit is
  'Rule: all homes of the box or circle of a wish that fit it, in no order. With days and a price '
  'range, some may cost more or less: private.prices_for says.';
