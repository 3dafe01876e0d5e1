-- Upkeep: what time does to the read model, and how it is built for many listings at once.

create function private.advance_nights(listing_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refresh_nights(listing_id);
  return true;
end $$;

create function private.advance_prices(listing_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refresh_prices(array[listing_id]);
  return true;
end $$;

create function private.advance_search(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  today    date := (private.now() at time zone 'UTC')::date;
  home     uuid;
  advanced integer := 0;
begin
  for home in
    select listing_search.listing_id
    from private.listing_search
    where (listing_search.first_day < today - 16 or listing_search.first_day > today)
      and listing_search.listing_id not in (select private.rows_aside('advance_search'))
    order by listing_search.listing_id
    limit advance_search.most
    for no key update skip locked
  loop
    advanced := advanced + private.attempt('advance_search', home, 'advance_nights', home);
  end loop;
  for home in
    select listing_search.listing_id
    from private.listing_search
    where listing_search.weekday_floors is not null and listing_search.priced_on < today
      and listing_search.listing_id not in (select private.rows_aside('advance_search'))
    order by listing_search.listing_id
    limit advance_search.most - advanced
    for no key update skip locked
  loop
    advanced := advanced + private.attempt('advance_search', home, 'advance_prices', home);
  end loop;
  return advanced;
end $$;

comment on function private.advance_search is
  'Job: moves the bits of listings forward so that they cover the next two years, and prices '
  'calendars anew each day. Until then a search reads the claims and more homes: slower, never '
  'wrong.';

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
    listing_id, host_id, currency, room_type, property_type, capacity,
    bedrooms, beds, bathrooms, maximum_pets, instant_book, cancellation_policy, amenities,
    country_code, region, city, place, rating, score, published_at, time_zone,
    minimum_nights, maximum_nights,
    advance_notice_days,
    same_day_cutoff_hour, booking_window_months, preparation_nights, arrival_weekdays,
      departure_weekdays,
    special_days, has_holds, first_day, nights)
  select
    listings.listing_id, listings.host_id,
    listings.currency, listings.room_type,
    listings.property_type, listings.capacity, listings.bedrooms, listings.beds,
    listings.bathrooms, listings.maximum_pets, listings.instant_book,
    listings.cancellation_policy, coalesce(offered.amenities, 0),
    listings.country_code, listings.region, listings.city,
    private.place(listings.longitude, listings.latitude), listing_ratings.rating,
    private.rating_score(listing_ratings.rating, listing_stars.rated_reviews),
    coalesce(listings.published_at, listings.created_at), listings.time_zone,
    coalesce(booking_rules.minimum_nights, 1), coalesce(booking_rules.maximum_nights, 365),
    coalesce(booking_rules.advance_notice_days, 0),
      coalesce(booking_rules.same_day_cutoff_hour, 24),
    coalesce(booking_rules.booking_window_months, 12),
      coalesce(booking_rules.preparation_nights, 0),
    coalesce(private.weekday_bits(booking_rules.arrival_weekdays), 254),
    coalesce(private.weekday_bits(booking_rules.departure_weekdays), 254),
    special.listing_id is not null, coalesce(claimed.has_holds, false), since,
    coalesce(claimed.nights, repeat('0', 768)::bit(768))
  from public.listings
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
    where calendar_days.listing_id = any (refresh_whole_search.listing_ids)
      and calendar_days.day >= since
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
  set host_id = excluded.host_id, currency = excluded.currency, room_type = excluded.room_type,
      property_type = excluded.property_type, capacity = excluded.capacity,
      bedrooms = excluded.bedrooms, beds = excluded.beds, bathrooms = excluded.bathrooms,
      maximum_pets = excluded.maximum_pets, instant_book = excluded.instant_book,
      cancellation_policy = excluded.cancellation_policy, amenities = excluded.amenities,
      country_code = excluded.country_code, region = excluded.region, city = excluded.city,
      place = excluded.place, rating = excluded.rating, score = excluded.score,
      published_at = excluded.published_at, time_zone = excluded.time_zone,
      minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights,
      advance_notice_days = excluded.advance_notice_days,
      same_day_cutoff_hour = excluded.same_day_cutoff_hour,
      booking_window_months = excluded.booking_window_months,
      preparation_nights = excluded.preparation_nights,
      arrival_weekdays = excluded.arrival_weekdays,
      departure_weekdays = excluded.departure_weekdays, special_days = excluded.special_days,
      has_holds = excluded.has_holds, first_day = excluded.first_day, nights = excluded.nights;
  get diagnostics refreshed = row_count;
  perform private.refresh_words(refresh_whole_search.listing_ids);
  perform private.refresh_prices(refresh_whole_search.listing_ids);
  return refreshed;
end $$;

comment on function private.refresh_whole_search is
  'Rule: the whole search read model of these listings, built from their tables in one pass.';

create function private.refresh_calendars(listing_ids uuid[])
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  since     date := (private.now() at time zone 'UTC')::date - 2;
  refreshed integer;
begin
  perform from private.listing_search
  where listing_search.listing_id = any (refresh_calendars.listing_ids)
  order by listing_search.listing_id
  for no key update;

  update private.listing_search
  set first_day = since,
      nights = coalesce(claimed.nights, repeat('0', 768)::bit(768)),
      has_holds = coalesce(claimed.has_holds, false),
      special_days = special.listing_id is not null
  from unnest(refresh_calendars.listing_ids) as home (listing_id)
  left join (
    select claims.listing_id, bit_or(private.night_bits(claims.nights, since)) as nights,
      bool_or(claims.expires_at is not null) as has_holds
    from private.claims
    where claims.listing_id = any (refresh_calendars.listing_ids)
      and claims.nights && daterange(since, since + 768)
    group by claims.listing_id) as claimed on claimed.listing_id = home.listing_id
  left join (
    select distinct calendar_days.listing_id
    from public.calendar_days
    where calendar_days.listing_id = any (refresh_calendars.listing_ids)
      and calendar_days.day >= since
      and (calendar_days.minimum_nights is not null
        or calendar_days.closed_to_arrival or calendar_days.closed_to_departure)) as special
    on special.listing_id = home.listing_id
  where listing_search.listing_id = home.listing_id;
  get diagnostics refreshed = row_count;
  perform private.refresh_prices(refresh_calendars.listing_ids);
  return refreshed;
end $$;

comment on function private.refresh_calendars is
  'Rule: what search knows of the calendars of these listings: their nights, special days and '
  'prices. For bulk loads that change nothing else of them (measured: half the time of all).';

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
-- A setting of the transaction, so that it ends with it. Only a connection to the database can set
-- it: the API runs no statement that does.

create function private.begin_bulk_load()
  returns void language plpgsql volatile security invoker set search_path = ''
as $$
begin
  perform pg_catalog.set_config('staybase.bulk_load', 'on', true);
end $$;

comment on function private.begin_bulk_load is
  'For imports: until the end of the transaction, search is not updated row by row; call '
  'private.refresh_whole_search with every listing that was changed before the commit, or '
  'private.refresh_calendars if only its calendar was.';
