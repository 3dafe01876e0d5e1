-- Pages: what the homes of a page cost, and the verb.

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
  -- (amount * bp + 5000 * step) / (10000 * step) * step in whole numbers. Like nights cost alike,
  -- so they are counted; days with a price of their own are corrected. Each `offset 0` keeps what
  -- is above it from being reckoned again for every use below.
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
              and (taxes.exempt_from_nights is null or stay_nights < taxes.exempt_from_nights)),
                0)::bigint
          as total_minor
      from (
        select night.*, nights.minor as nights_minor,
          nights.minor + night.extras_minor as subtotal_minor
        from (
          select stay.*,
            stay.base_price_minor
              - (stay.base_price_minor * stay.discount_bp + 5000 * stay.step_minor)
                / (10000 * stay.step_minor) * stay.step_minor as weekday_minor,
            stay.saturday_minor
              - (stay.saturday_minor * stay.discount_bp + 5000 * stay.step_minor)
                / (10000 * stay.step_minor) * stay.step_minor as weekend_minor
          from (
            select listings.listing_id, listings.country_code, listings.region, listings.city,
              listings.currency,
              currencies.step_minor, currencies.minimum_charge_minor,
                currencies.maximum_charge_minor,
              fee_schemes.guest_bp,
              listing_prices.base_price_minor,
              coalesce(listing_prices.weekend_price_minor,
                listing_prices.base_price_minor) as saturday_minor,
              listing_prices.extra_guest_price_minor
                * greatest(0, stay_totals.guests - listing_prices.included_guests) * stay_nights
                + listing_prices.cleaning_fee_minor
                + case when stay_totals.pets > 0 then listing_prices.pet_fee_minor else 0
                  end as extras_minor,
              case
                when listing_prices.new_listing_discount and (
                  select count(*) from (
                    select from public.bookings
                    where bookings.listing_id = listings.listing_id
                      and bookings.confirmed_at is not null
                    limit setting.new_listing_bookings)
                      as first_bookings) < setting.new_listing_bookings
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
            left join private.listing_fee_schemes
              on listing_fee_schemes.listing_id = wanted.listing_id
            join private.fee_schemes
              on fee_schemes.fee_scheme = coalesce(listing_fee_schemes.fee_scheme,
                setting.fee_scheme)
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
  'total too small to be charged is not offered. A test verifies that both agree.';

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
      and south between -farthest and farthest and north between -farthest and farthest
        and south <= north, true)
  then
    perform private.refuse('invalid_box');
  end if;
  if num_nonnulls(latitude, longitude) not in (0, 2)
    or (latitude is null and radius_metres is not null)
    or not coalesce(latitude between -farthest and farthest
      and longitude between -farthest and farthest, true)
    or not coalesce(radius_metres > 0 and radius_metres <= 20037508, true)
  then
    perform private.refuse('invalid_point');
  end if;
  wish.latitude := case when latitude > 90 then 90 when latitude < -90 then -90 else latitude end;
  wish.longitude := private.longitude(longitude);
  wish.radius_metres := radius_metres;
  if west is not null then
    -- 180 east is 180 west. By numeric: east - west may overflow, and 380.4 - 20.4 is a hair less
    -- than 360.
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
  if guests is null or infants is null or pets is null or guests < 1
    or infants not between 0 and 50 or pets < 0
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
    if known <> (select count(distinct coalesce(wanted, ''))
      from unnest(search_wish.amenities) as wanted)
    then
      perform private.refuse('unknown_amenity');
    end if;
  end if;

  -- When
  if num_nonnulls(check_in, check_out) > 0 then
    if check_in is null or check_out is null then perform private.refuse('dates_required'); end if;
    if not isfinite(check_in)
      or not isfinite(check_out) then perform private.refuse('invalid_dates'); end if;
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
          select blocks.blocked_id as profile_id from public.blocks
            where blocks.blocker_id = wish.caller
          union all
          select blocks.blocker_id from public.blocks
            where blocks.blocked_id = wish.caller) as strangers
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
    wish.after_key := case sort when 'price' then -1 when 'distance' then -1 when 'rating'
      then 32767 else float8 'infinity' end;
    wish.after_id := '00000000-0000-0000-0000-000000000000';
  else
    if after !~ ('^' || left(sort, 1)
      || '[0-9]{1,16}(\.[0-9]{1,20})?(e-[0-9]{1,2})?_[0-9a-f]{32}$')
    then
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
    west, south, east, north, latitude, longitude, radius_metres, check_in, check_out, guests,
      infants, pets,
    minimum_price_minor, maximum_price_minor, currency, room_types, amenities, instant_book, sort,
      page_size, after);
  hits  private.search_hit[];
  found integer;
begin
  loop
    hits := array(select hit from private.search_step(wish) as hit);
    exit when hits = '{}';

    return query
      select
        listings.listing_id, listings.title, listings.room_type, listings.property_type,
          listings.city,
        listings.country_code, listings.latitude, listings.longitude, listings.capacity,
          listings.bedrooms,
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
    minimum_price_minor, maximum_price_minor, currency, room_types, amenities, instant_book, sort,
      page_size, after);
end;

grant execute on function private.search_listings, public.search_listings to anon, authenticated;

comment on function public.search_listings is
  'Published listings that match, one page at a time. Where: a map box (west, south, east, north; '
  'west greater than east crosses the 180th meridian), a point with radius_metres, or both. '
  'Longitudes are taken modulo 360, a box of 360 degrees or more spans the globe, latitudes end at '
  'the poles. When: with check_in and check_out, only homes the caller can book for all these '
  'nights, with total_minor as in quote_stay; without dates, availability is not checked. What: '
  'guests, pets, nightly price range in minor units of currency, room_types (any of them), '
  'amenities (all of them), instant_book. sort: price (base nightly price), rating, distance '
  '(needs the point) or newest. Pass the last row''s cursor as after to get the next page '
  '(page_size 20, at most 100); an empty page is the end. Errors: invalid_box, invalid_point, '
  'invalid_guests, invalid_price_range, currency_required, currency_not_offered, unknown_amenity, '
  'dates_required, invalid_dates, dates_reversed, date_in_past, outside_booking_window, '
  'invalid_sort, point_required, invalid_page_size, too_many_results, invalid_cursor.';
