-- Pages: what the homes of a page cost, and the verb.

create function private.stay_totals(
  listing_ids uuid[], check_in date, check_out date, guests integer, pets integer,
  child_ages smallint[] default '{}')
  returns table (listing_id uuid, total_minor bigint) language plpgsql stable security definer
  set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  setting     private.settings;
  clock       timestamptz;
  stay_nights integer := check_out - check_in;
  usual_guest_bp integer;
  -- How many of the first so many nights are Friday's or Saturday's.
  weekends    integer[];
begin
  if check_in is null then
    return;
  end if;
  select * into strict setting from private.settings;
  usual_guest_bp := (select fee_schemes.guest_bp from private.fee_schemes
    where fee_schemes.fee_scheme = setting.fee_scheme);
  clock := private.now();
  for night in 1 .. stay_nights loop
    weekends[night] := coalesce(weekends[night - 1], 0)
      + (extract(isodow from check_in + night - 1) in (5, 6))::integer;
  end loop;

  -- price_stay for many listings at once, from their rows in search; what is rare is looked up. A
  -- share of an amount, rounded half up to a coin, is
  -- (amount * bp + 5000 * step) / (10000 * step) * step in whole numbers. Like nights cost alike,
  -- so they are counted; days with a price of their own are corrected. Each `offset 0` keeps what
  -- is above it from being computed again for every use below.
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
                when 'per_guest_night' then taxes.amount_minor * taxed.nights * (
                  stay_totals.guests - case when taxes.minimum_age is null then 0 else (
                    select count(*) from unnest(stay_totals.child_ages) as age
                    where age < taxes.minimum_age) end)
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
                         where stay.has_own_prices
                           and calendar_days.listing_id = stay.listing_id
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
            select home.listing_id, home.country_code, home.region, home.city, home.currency,
              home.step_minor, currencies.minimum_charge_minor, currencies.maximum_charge_minor,
              case
                when home.own_fee_scheme then (
                  select fee_schemes.guest_bp
                  from private.listing_fee_schemes
                  join private.fee_schemes
                    on fee_schemes.fee_scheme = listing_fee_schemes.fee_scheme
                  where listing_fee_schemes.listing_id = home.listing_id)
                else usual_guest_bp
              end as guest_bp,
              home.weekday_minor as base_price_minor,
              home.weekend_minor as saturday_minor,
              home.weekday_floors is not null as has_own_prices,
              home.extra_guest_minor
                * greatest(0, stay_totals.guests - home.included_guests) * stay_nights
                + home.cleaning_minor
                + case when stay_totals.pets > 0 then home.pet_minor else 0 end as extras_minor,
              case when home.long_bp = 0 then 0 else (
                select case
                  when listing_prices.new_listing_discount and (
                    select count(*) from (
                      select from public.bookings
                      where bookings.listing_id = home.listing_id
                        and bookings.confirmed_at is not null
                      limit setting.new_listing_bookings)
                        as first_bookings) < setting.new_listing_bookings
                  then setting.new_listing_bp
                  else coalesce(
                    (select length_discounts.discount_bp
                     from public.length_discounts
                     where length_discounts.listing_id = home.listing_id
                       and length_discounts.minimum_nights <= stay_nights
                     order by length_discounts.minimum_nights desc
                     limit 1),
                    case
                      when stay_totals.check_in - (clock at time zone home.time_zone)::date
                        >= listing_prices.early_bird_days
                      then listing_prices.early_bird_bp
                      when stay_totals.check_in - (clock at time zone home.time_zone)::date
                        <= listing_prices.last_minute_days
                      then listing_prices.last_minute_bp
                    end,
                    0)
                end
                from public.listing_prices
                where listing_prices.listing_id = home.listing_id) end as discount_bp
            from unnest(stay_totals.listing_ids) as wanted (listing_id)
            join private.listing_search as home on home.listing_id = wanted.listing_id
            join private.currencies on currencies.currency = home.currency
            where home.weekday_minor is not null
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
               where night.has_own_prices and calendar_days.listing_id = night.listing_id
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

create function private.nightly(total_minor bigint, nights integer)
  returns bigint language sql immutable security invoker set search_path = ''
  return (total_minor + nights - 1) / nights;

comment on function private.nightly is
  'Rule: the price of a night of a stay, everything included, is its total by its nights, rounded '
  'up. This is what is shown, filtered and, since all stays of a search have as many nights, '
  'ordered: n nights cost at most m a night exactly if they cost at most n times m.';

create function private.prices_for(listing_ids uuid[], terms private.search_terms)
  returns table (listing_id uuid, minor bigint) language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return query
    select totals.listing_id, totals.total_minor
    from private.stay_totals(
      listing_ids, terms.check_in, terms.check_out, terms.guests, terms.pets,
      terms.child_ages) as totals
    -- private.nightly between both, written out
    where totals.total_minor <= terms.maximum_price * terms.nights
      and totals.total_minor > (terms.minimum_price - 1) * terms.nights;
end $$;

comment on function private.prices_for is
  'Rule: which of these homes cost what a wish with days may cost, and how much.';

create function private.cheapest(
  terms private.search_terms, most_priced integer default 5000)
  returns private.search_hit[] language plpgsql stable security definer set search_path = ''
as $$
declare
  wanted    constant integer := terms.most;
  after_key constant double precision := terms.after_key;
  after_id  constant uuid := terms.after_id;
  -- Most pages need the totals of fewer homes than that, and each statement that prices some costs
  -- as much to begin as twenty homes.
  at_once   constant integer := wanted + wanted / 2;
  best      private.search_hit[] := '{}';
  walked    private.search_hit[];
  waiting   private.search_hit[];
  chunk     uuid[];
  known     private.search_hit[];
  priced    integer := 0;
  place     integer;
begin
  -- The walk begins at the beginning for each page: a home with a low least total may cost much.
  terms.after_key := -1000000000000;
  terms.after_id := '00000000-0000-0000-0000-000000000000';
  -- So many that most pages need one walk: to begin one costs as much as to walk fifty homes.
  terms.most := case when terms.check_in is null then 2 else 4 end * wanted;
  loop
    walked := private.search_walk(terms);
    waiting := array(select hit from unnest(walked) as hit order by hit.minor);
    place := 1;
    -- Exact totals, those that may be the least first, until no other can be among the best.
    while place <= cardinality(waiting) and waiting[place].minor <= terms.most_minor loop
      if terms.check_in is null then
        known := waiting[place : place + at_once - 1];
      else
        chunk := array(
          select hit.listing_id from unnest(waiting[place : place + at_once - 1]) as hit
          where hit.minor <= terms.most_minor);
        priced := priced + cardinality(chunk);
        if priced > most_priced then perform private.refuse('too_many_results', 'search'); end if;
        known := array(
          select row(exact.listing_id, exact.minor, exact.minor)::private.search_hit
          from private.prices_for(chunk, terms) as exact);
      end if;
      best := array(
        select row(hit.listing_id, hit.minor, hit.minor)::private.search_hit
        from unnest(best || known) as hit
        where (hit.minor, hit.listing_id) > (after_key, after_id)
        order by hit.minor, hit.listing_id
        limit wanted);
      place := place + at_once;
      if cardinality(best) = wanted then
        terms.most_minor := best[wanted].minor;
        terms := private.limit_walk(terms, terms, terms.most_minor);
      end if;
    end loop;
    -- Whoever is walked later has no lower lowest price.
    exit when cardinality(walked) < terms.most
      or walked[cardinality(walked)].key > terms.most_lowest;
    terms.after_key := walked[cardinality(walked)].key;
    terms.after_id := walked[cardinality(walked)].listing_id;
    terms.most := least(2 * terms.most, 1000);
  end loop;
  return best;
end $$;

comment on function private.cheapest is
  'Rule: the cheapest homes after a price, at most terms.most, exactly and in order, though few of '
  'those that are walked are priced: a home whose least total is above the last of a full page '
  'cannot be on it. A page that needs more than most_priced exact totals is refused.';

create function private.found_homes(
  terms private.search_terms, most_priced integer default 5000)
  returns private.search_hit[] language plpgsql stable security definer set search_path = ''
as $$
declare
  wanted constant integer := terms.most;
  walked private.search_hit[];
  best   private.search_hit[] := '{}';
  priced integer := 0;
begin
  terms := private.search_route(terms);
  if terms.sort = 'price' and terms.route <> 'walk price' then
    return private.cheapest(terms, most_priced);
  end if;
  loop
    walked := private.search_walk(terms);
    if terms.check_in is null then
      return walked;
    end if;
    priced := priced + cardinality(walked);
    if priced > most_priced then perform private.refuse('too_many_results', 'search'); end if;
    best := best || array(
      select row(hit.listing_id, hit.key, known.minor)::private.search_hit
      from unnest(walked) with ordinality as hit (listing_id, key, minor, position)
      join private.prices_for(
        array(select one.listing_id from unnest(walked) as one), terms) as known
        on known.listing_id = hit.listing_id
      order by hit.position);
    -- Stays that cost too much, or less than a card can be charged, are left out.
    exit when cardinality(best) >= wanted or cardinality(walked) < terms.most;
    terms.after_key := walked[cardinality(walked)].key;
    terms.after_id := walked[cardinality(walked)].listing_id;
    terms.most := least(2 * terms.most, 1000);
  end loop;
  return best[1 : wanted];
end $$;

comment on function private.found_homes is
  'Rule: the homes of a page, in order, each with what it costs exactly. A page that needs more '
  'than most_priced exact totals is refused.';

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
  nightly_minor   bigint,
  nights          integer,
  total_minor     bigint,
  distance_metres double precision,
  photo_path      text,
  cursor          text
);

create function private.search_page(
  terms private.search_terms, sort text, page_size integer, after text)
  returns private.search_terms language plpgsql immutable security definer set search_path = ''
as $$
begin
  -- In which order, from where on
  if sort is null or sort not in ('price', 'rating', 'distance', 'newest') then
    perform private.refuse('invalid_sort');
  end if;
  if sort = 'distance' and terms.latitude is null then
    perform private.refuse('point_required');
  end if;
  if page_size is null or page_size < 1 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  if page_size > 100 then perform private.refuse('too_many_results'); end if;
  terms.sort := sort;
  terms.most := page_size;
  if after is null then
    terms.after_key := case sort when 'price' then -1 when 'distance' then -1 when 'rating'
      then 32767 else float8 'infinity' end;
    terms.after_id := '00000000-0000-0000-0000-000000000000';
  else
    if after !~ ('^' || left(sort, 1)
      || '[0-9]{1,16}(\.[0-9]{1,20})?(e-[0-9]{1,2})?_[0-9a-f]{32}$')
    then
      perform private.refuse('invalid_cursor');
    end if;
    terms.after_key := substr(split_part(after, '_', 1), 2)::double precision;
    terms.after_id := split_part(after, '_', 2)::uuid;
    if sort = 'rating' and terms.after_key > 32767 then
      perform private.refuse('invalid_cursor');
    end if;
  end if;
  return terms;
end $$;

comment on function private.search_page is
  'Rule: which page of a search: its order, its size, and the row it begins after.';

create function private.rows_of_page(terms private.search_terms, hits private.search_hit[])
  returns setof public.found_listing language plpgsql stable security definer set search_path = ''
  -- By keys: with a hash, all ratings were read for a page.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  return query
    select
      listings.listing_id, listings.title, listings.room_type, listings.property_type,
      listings.city, listings.country_code, listings.latitude, listings.longitude,
      listings.capacity, listings.bedrooms, listings.beds, listings.bathrooms,
      listings.instant_book, listing_ratings.rating,
      coalesce(listing_ratings.review_count, 0), listings.currency,
      case when terms.nights is null then hit.minor
        -- private.nightly, written out
        else (hit.minor + terms.nights - 1) / terms.nights end,
      terms.nights,
      case when terms.nights is not null then hit.minor end,
      case when terms.latitude is not null then
        private.metres_between(
          terms.latitude, terms.longitude, point(listings.longitude, listings.latitude)) end,
      (select listing_photos.storage_path
       from public.listing_photos
       where listing_photos.listing_id = listings.listing_id and listing_photos.published
       order by listing_photos.position
       limit 1),
      left(terms.sort, 1)
        || case when terms.sort = 'distance' then hit.key::text else hit.key::bigint::text end
        || '_' || replace(hit.listing_id::text, '-', '')
    from unnest(hits) with ordinality as hit (listing_id, key, minor, position)
    join public.listings on listings.listing_id = hit.listing_id
    left join public.listing_ratings on listing_ratings.listing_id = hit.listing_id
    order by hit.position;
end $$;

comment on function private.rows_of_page is
  'Rule: what a page shows of its homes, in their order, each with the cursor of the next page.';

create function private.search_listings(
  wish private.search_wish, sort text, page_size integer, after text)
  returns setof public.found_listing language plpgsql stable security definer set search_path = ''
as $$
declare
  terms private.search_terms := private.search_page(
    private.search_terms(wish), sort, page_size, after);
begin
  return query select * from private.rows_of_page(terms, private.found_homes(terms));
end $$;

create function public.search_listings(
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
  sort                    text               default 'price',
  page_size               integer            default 20,
  after                   text               default null)
  returns setof public.found_listing language sql stable security invoker
begin atomic
  select * from private.search_listings(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish,
    sort, page_size, after);
end;

grant execute on function private.search_listings, public.search_listings to anon, authenticated;

comment on function public.search_listings is
  'Published listings that match, one page at a time. Where: a map box (west, south, east, north; '
  'west greater than east crosses the 180th meridian), a point with radius_metres, or both. '
  'Longitudes are taken modulo 360, a box of 360 degrees or more spans the globe, latitudes end at '
  'the poles. When: with check_in and check_out, only homes the caller can book for all these '
  'nights, with total_minor as in quote_stay, fees and taxes included, and nightly_minor, which is '
  'total_minor divided by the nights, rounded up; without dates, availability is not checked and '
  'nightly_minor is the median price of the home''s nights in the next eight weeks, before fees '
  'and taxes, updated once a day. What: guests and child_ages as in quote_stay, pets, a range of '
  'nightly_minor (minimum_price_minor, maximum_price_minor) in currency, room_types and '
  'property_types (any of them, at most 100), a minimum of bedrooms, beds and bathrooms, amenities '
  '(all of them), instant_book, minimum_rating (homes with fewer than three reviews have none), '
  'superhost, host_id, free_cancellation_until (with dates: the policy gives a full refund until '
  'some hour of that day or later), words (title and description contain all of them, in any form '
  'of the home''s language, without regard to case and accents; or, quotes and a minus work as in '
  'web searches; a misspelled word also matches similar words of titles), custom_fields (an object '
  'of fields that listing_forms makes filterable, each with a value, a list of alternatives, or '
  'for numbers a minimum and a maximum). sort is one of: price, rating, distance, newest. By '
  'price, homes are compared by total_minor, without dates by nightly_minor, and minor units as '
  'they are, so give a currency; distance needs the point. Pass the last row''s cursor as after '
  'to get the next page (page_size 20, at most 100); an empty page is the end. Errors: '
  'invalid_box, invalid_point, invalid_guests, '
  'invalid_price_range, currency_required, currency_not_offered, invalid_rooms, invalid_rating, '
  'unknown_amenity, unknown_property_type, invalid_words, invalid_filter, dates_required, '
  'invalid_dates, dates_reversed, date_in_past, outside_booking_window, invalid_sort, '
  'point_required, invalid_page_size, too_many_results, invalid_cursor.';
