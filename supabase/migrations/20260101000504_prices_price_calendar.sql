-- Price calendar: which nights are free, and at what price, as guests read it.

create type public.calendar_entry as (
  day               date,
  available         boolean,
  price_minor       bigint,
  currency          text,
  minimum_nights    smallint,
  arrival_allowed   boolean,
  departure_allowed boolean
);

create function private.listing_calendar(listing_id uuid, starts_on date, ends_on date)
  returns setof public.calendar_entry language plpgsql stable security definer set search_path = ''
as $$
declare
  listing     public.listings;
  rules       public.booking_rules;
  price       public.listing_prices;
  local_now   timestamp;
  today       date;
  first_day   date;
  window_end  date;
  taken       datemultirange;
begin
  select * into listing from public.listings
    where listings.listing_id = listing_calendar.listing_id;
  if listing.status is distinct from 'published'
    and not private.may_manage(listing_calendar.listing_id, 'see')
  then
    perform private.refuse('listing_not_found');
  end if;
  local_now := private.now() at time zone listing.time_zone;
  today := local_now::date;
  starts_on := coalesce(starts_on, today);
  ends_on := coalesce(ends_on, starts_on + 365);
  perform private.check_days(starts_on, ends_on);
  select * into rules from public.booking_rules where booking_rules.listing_id = listing.listing_id;
  select * into price from public.listing_prices
    where listing_prices.listing_id = listing.listing_id;

  first_day := today + rules.advance_notice_days;
  if first_day = today and extract(hour from local_now) >= rules.same_day_cutoff_hour then
    first_day := today + 1;
  end if;
  window_end := (today + make_interval(months => rules.booking_window_months))::date;
  select coalesce(range_agg(claims.nights), '{}') into taken
  from private.claims
  where claims.listing_id = listing.listing_id
    and claims.nights && daterange(starts_on, ends_on)
    and (claims.expires_at is null or claims.expires_at > private.now());

  -- The price is private.night_price written out: called per row it costs twenty times as much.
  return query
    select
      listed.day,
      listed.day >= today and listed.day < window_end and not taken @> listed.day,
      coalesce(
        calendar_days.price_minor,
        case when extract(isodow from listed.day) in (5, 6) then price.weekend_price_minor end,
        price.base_price_minor),
      listing.currency,
      coalesce(calendar_days.minimum_nights, rules.minimum_nights),
      listed.day >= first_day and listed.day < window_end and not taken @> listed.day
        and not coalesce(calendar_days.closed_to_arrival, false)
        and extract(isodow from listed.day)::smallint = any (rules.arrival_weekdays),
      listed.day > first_day and listed.day <= window_end
        and not coalesce(calendar_days.closed_to_departure, false)
        and extract(isodow from listed.day)::smallint = any (rules.departure_weekdays)
    from (select starts_on + ahead as day
      from generate_series(0, ends_on - starts_on - 1) as ahead) as listed
    left join public.calendar_days
      on calendar_days.listing_id = listing.listing_id and calendar_days.day = listed.day
    order by listed.day;
end $$;

create function public.listing_calendar(
  listing_id uuid, starts_on text default null, ends_on text default null)
  returns setof public.calendar_entry language sql stable security invoker
begin atomic
  select * from private.listing_calendar(
    listing_calendar.listing_id,
    private.day(listing_calendar.starts_on, 'starts_on'),
    private.day(listing_calendar.ends_on, 'ends_on'));
end;

grant execute on function private.listing_calendar, public.listing_calendar to anon, authenticated;

comment on function public.listing_calendar is
  'For each day from starts_on (default: today in the listing''s time zone) to ends_on (exclusive; '
  'default: one year): whether the night is free, its price in minor units, the minimum nights of '
  'a stay arriving that day, and whether arrival and departure are allowed. Errors: '
  'listing_not_found, invalid_dates, dates_reversed, too_many_days.';
