-- Lowest prices: what a home costs at least, so that search need not price all it looks at.
--
-- With days, search orders by the total of the stay. It walks homes in the order of `lowest_minor`,
-- which no night of theirs falls below, and stops when no later home can be cheaper than those it
-- has. `least_total` is closer, from the columns of the row; exact totals (`stay_totals`) are asked
-- only of homes whose least total is below. So these columns may be too low, which costs time, and
-- must never be too high.
--
-- Why it is a bound: a night costs its own price, the weekend's or the base price, less one
-- discount, rounded to a coin; other charges, fees and taxes are never negative.

comment on column private.listing_search.price_minor is
  'What a night costs without days: the middle price of the nights of eight weeks from priced_on '
  'on, free or not, before fees and taxes.';
comment on column private.listing_search.lowest_minor is
  'No night comes to less: cheapest_minor after the greatest discount, less a coin for rounding.';
comment on column private.listing_search.short_night_minor is
  'No night of a stay of fewer than 7 nights comes to less, with a sixth of the cleaning, before '
  'the guest fee of the settings and taxes. Two coins less for rounding; two thirds of it where the '
  'guest fee may be less (fee_schemes_are_shares: at most half).';
comment on column private.listing_search.week_night_minor is
  'The same for fewer than 28 nights, with a 27th of the cleaning.';
comment on column private.listing_search.cheapest_minor is
  'The least of the base price, the weekend price and all prices of days to come.';
comment on column private.listing_search.weekday_floors is
  'The least price of a night from Sunday to Thursday in each of 25 spans of 32 days (see '
  'private.span); null: no day has a price of its own, so it is weekday_minor.';
comment on column private.listing_search.weekend_floors is 'The same for Fridays and Saturdays.';
comment on column private.listing_search.floors_from is 'The span before the first of the floors.';
comment on column private.listing_search.short_bp is
  'The greatest discount a stay of fewer than 7 nights can have.';
comment on column private.listing_search.week_bp is 'The same for fewer than 28 nights.';
comment on column private.listing_search.long_bp is 'The same for any stay.';
comment on column private.listing_search.own_fee_scheme is
  'Its guest fee is not that of the settings.';
comment on column private.listing_search.priced_at is
  'The statement that priced it, whose further rows need not price it again.';

create function private.span(day date)
  returns integer language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return (day - date '2000-01-01') / 32;
end $$;

comment on function private.span is 'Rule: prices of days are kept as the least of 32 days.';

create function private.bound_of_night(
  cheapest_minor bigint, discount_bp integer, cleaning_minor bigint, nights integer,
    step_minor bigint, own_fee_scheme boolean)
  returns integer language plpgsql immutable security invoker set search_path = ''
as $$
declare
  minor bigint := cheapest_minor * (10000 - discount_bp) / 10000 + cleaning_minor / nights
    - 2 * step_minor;
begin
  return least(2147483647, case when own_fee_scheme then minor * 2 / 3 else minor end);
end $$;

comment on function private.bound_of_night is
  'Rule: what a night of a stay of at most so many nights comes to at least, before the guest fee '
  'of the settings. See private.limit_walk, which compares it.';

create function private.refresh_prices(listing_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  today   date := (private.now() at time zone 'UTC')::date;
  -- Somewhere on earth it may still be yesterday.
  since   date := (private.now() at time zone 'UTC')::date - 2;
  spans_from integer := private.span((private.now() at time zone 'UTC')::date - 2);
  new_listing_bp integer := (select settings.new_listing_bp from private.settings);
begin
  perform from private.listing_search
  where listing_search.listing_id = any (refresh_prices.listing_ids)
  order by listing_search.listing_id
  for no key update;

  with spans as materialized (
    select (night.day - date '2000-01-01') / 32 as span,
      extract(isodow from night.day) in (5, 6) as weekend, count(*) as days
    from (select since + ahead as day from generate_series(0, 799) as ahead) as night
    group by 1, 2
  ), own_days as (
    select calendar_days.listing_id, (calendar_days.day - date '2000-01-01') / 32 as span,
      extract(isodow from calendar_days.day) in (5, 6) as weekend,
      min(calendar_days.price_minor) as minor, count(*) as days
    from public.calendar_days
    where calendar_days.listing_id = any (refresh_prices.listing_ids)
      and calendar_days.day >= since and calendar_days.price_minor is not null
    group by 1, 2, 3
  ), own_prices as (
    select own_days.listing_id, min(own_days.minor) as minor
    from own_days group by own_days.listing_id
  ), discounts as (
    select length_discounts.listing_id,
      max(length_discounts.discount_bp) filter (where length_discounts.minimum_nights < 7)
        as short_bp,
      max(length_discounts.discount_bp) filter (where length_discounts.minimum_nights < 28)
        as week_bp,
      max(length_discounts.discount_bp) as long_bp
    from public.length_discounts
    where length_discounts.listing_id = any (refresh_prices.listing_ids)
    group by length_discounts.listing_id
  ), middles as (
    select night.listing_id, percentile_disc(0.5) within group (order by coalesce(
      calendar_days.price_minor,
      case when extract(isodow from night.day) in (5, 6) then night.weekend_price_minor end,
      night.base_price_minor)) as minor
    from (
      select own_prices.listing_id, listing_prices.weekend_price_minor,
        listing_prices.base_price_minor, today + ahead as day
      from own_prices
      join public.listing_prices on listing_prices.listing_id = own_prices.listing_id
      cross join generate_series(0, 55) as ahead
      -- Fenced, so that days are joined by home and day, not by home alone.
      offset 0) as night
    -- Homes and days by name: by the join alone, the planner read all days there are.
    left join public.calendar_days on calendar_days.listing_id = night.listing_id
      and calendar_days.day = night.day
      and calendar_days.listing_id = any (refresh_prices.listing_ids)
      and calendar_days.day >= today and calendar_days.day < today + 56
    group by night.listing_id
  ), priced as (
    select listings.listing_id, listings.status, currencies.step_minor,
      listing_prices.base_price_minor as weekday_minor,
      coalesce(listing_prices.weekend_price_minor, listing_prices.base_price_minor)
        as weekend_minor,
      listing_prices.included_guests, listing_prices.extra_guest_price_minor,
      listing_prices.cleaning_fee_minor, listing_prices.pet_fee_minor,
      own_prices.listing_id is not null as has_own_prices,
      coalesce(middles.minor, listing_prices.base_price_minor) as middle_minor,
      greatest(any_stay.bp, discounts.short_bp) as short_bp,
      greatest(any_stay.bp, discounts.week_bp) as week_bp,
      greatest(any_stay.bp, discounts.long_bp) as long_bp,
      least(listing_prices.base_price_minor, listing_prices.weekend_price_minor,
        own_prices.minor) as cheapest_minor,
      listing_fee_schemes.listing_id is not null as own_fee_scheme
    from public.listings
    join private.currencies on currencies.currency = listings.currency
    left join public.listing_prices on listing_prices.listing_id = listings.listing_id
    left join own_prices on own_prices.listing_id = listings.listing_id
    left join middles on middles.listing_id = listings.listing_id
    left join discounts on discounts.listing_id = listings.listing_id
    left join private.listing_fee_schemes on listing_fee_schemes.listing_id = listings.listing_id
    cross join lateral (
      select greatest(0, listing_prices.early_bird_bp, listing_prices.last_minute_bp,
        case when listing_prices.new_listing_discount then new_listing_bp end) as bp) as any_stay
    where listings.listing_id = any (refresh_prices.listing_ids)
  ), floors as (
    -- A span with fewer prices of its own than nights has a night at the usual price.
    select priced.listing_id,
      array_agg(floor.minor order by spans.span) filter (where not spans.weekend) as weekdays,
      array_agg(floor.minor order by spans.span) filter (where spans.weekend) as weekends
    from priced
    cross join spans
    left join own_days on own_days.listing_id = priced.listing_id
      and own_days.span = spans.span and own_days.weekend = spans.weekend
    cross join lateral (
      select least(own_days.minor,
        case when own_days.days is null or own_days.days < spans.days then
          case when spans.weekend then priced.weekend_minor else priced.weekday_minor end
        end) as minor) as floor
    where priced.has_own_prices and spans.span <= spans_from + 25
    group by priced.listing_id
  )
  update private.listing_search
  set listed = priced.status = 'published' and priced.weekday_minor is not null,
      price_minor = priced.middle_minor,
      lowest_minor = priced.cheapest_minor * (10000 - priced.long_bp) / 10000 - priced.step_minor,
      short_night_minor = private.bound_of_night(priced.cheapest_minor, priced.short_bp,
        priced.cleaning_fee_minor, 6, priced.step_minor, priced.own_fee_scheme),
      week_night_minor = private.bound_of_night(priced.cheapest_minor, priced.week_bp,
        priced.cleaning_fee_minor, 27, priced.step_minor, priced.own_fee_scheme),
      step_minor = priced.step_minor,
      cheapest_minor = priced.cheapest_minor,
      weekday_minor = priced.weekday_minor,
      weekend_minor = priced.weekend_minor,
      floors_from = spans_from - 1,
      weekday_floors = floors.weekdays,
      weekend_floors = floors.weekends,
      short_bp = priced.short_bp,
      week_bp = priced.week_bp,
      long_bp = priced.long_bp,
      included_guests = priced.included_guests,
      extra_guest_minor = priced.extra_guest_price_minor,
      cleaning_minor = priced.cleaning_fee_minor,
      pet_minor = priced.pet_fee_minor,
      own_fee_scheme = priced.own_fee_scheme,
      priced_on = today,
      priced_at = pg_catalog.statement_timestamp()
  from priced
  left join floors on floors.listing_id = priced.listing_id
  where listing_search.listing_id = priced.listing_id;
end $$;

comment on function private.refresh_prices is
  'Rule: whether these listings are found, their price without days, and what they cost at least.';

-- Keeping it a bound, at the end of each transaction as in `search_read_model`.

create function private.price_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.refresh_prices(array[old.listing_id]);
  else
    perform private.refresh_prices(array[new.listing_id]);
  end if;
  return null;
end $$;

create function private.price_day_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  changed public.calendar_days := case when tg_op = 'DELETE' then old else new end;
  home    private.listing_search;
  floor   bigint;
  price   bigint;
begin
  if tg_op = 'INSERT' and new.price_minor is null then return null; end if;
  if tg_op = 'DELETE' and old.price_minor is null then return null; end if;
  if not private.lock_search(changed.listing_id) then return null; end if;
  select * into home from private.listing_search
  where listing_search.listing_id = changed.listing_id;
  -- A year of days is a row each: the first prices them all, the others find nothing to do.
  if extract(isodow from changed.day) in (5, 6) then
    floor := home.weekend_floors[private.span(changed.day) - home.floors_from];
    price := home.weekend_minor;
  else
    floor := home.weekday_floors[private.span(changed.day) - home.floors_from];
    price := home.weekday_minor;
  end if;
  if tg_op <> 'DELETE' then price := coalesce(changed.price_minor, price); end if;
  if price < coalesce(floor, home.cheapest_minor) or home.weekday_floors is null
    or home.cheapest_minor is null
    or home.priced_at is distinct from pg_catalog.statement_timestamp()
  then
    perform private.refresh_prices(array[changed.listing_id]);
  end if;
  return null;
end $$;

create function private.price_all_in_search()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refresh_prices(array(select listings.listing_id from public.listings));
  return null;
end $$;

-- After `add_the_listing_to_search`: triggers of one event run in the order of their names.
create constraint trigger price_the_listing_in_search
  after insert or update of status, currency on public.listings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.price_in_search();
create constraint trigger price_the_home_again after insert or update
  or delete on public.listing_prices
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.price_in_search();
create constraint trigger price_the_home_again after insert or update
  or delete on public.length_discounts
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.price_in_search();
create constraint trigger price_the_home_again after insert or update
  or delete on private.listing_fee_schemes
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.price_in_search();
create constraint trigger price_the_day_in_search after insert or update of price_minor
  or delete on public.calendar_days
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.price_day_in_search();
-- What an operator sets once in a year, and all homes follow.
create constraint trigger price_the_homes_again after update of new_listing_bp on private.settings
  deferrable initially deferred for each row execute function private.price_all_in_search();
create constraint trigger price_the_homes_again after update of step_minor on private.currencies
  deferrable initially deferred for each row execute function private.price_all_in_search();
