-- Many homes: what hosts change for many homes and days in one call, all or nothing.
--
-- Each verb here is the verb of one home, for up to a hundred: the same rights, floors and
-- refusals, which name the home. Nothing is written row by row, and what already says so is not
-- written at all: repeating a call changes nothing and says so.

create type public.day_range as (starts_on text, ends_on text);

create function private.days_in(ranges public.day_range[], weekdays smallint[])
  returns datemultirange language plpgsql stable security definer set search_path = ''
as $$
declare
  asked  public.day_range;
  first  date;
  last   date;
  listed datemultirange := '{}';
begin
  if coalesce(cardinality(ranges), 0) = 0 then perform private.refuse('dates_required'); end if;
  if cardinality(ranges) > 100 then perform private.refuse('too_many_days'); end if;
  if weekdays = '{}' or not weekdays <@ '{1,2,3,4,5,6,7}'
    or array_position(weekdays, null) is not null
  then
    perform private.refuse('invalid_value', 'weekdays');
  end if;
  foreach asked in array ranges loop
    first := private.day(asked.starts_on, 'starts_on');
    last := private.day(asked.ends_on, 'ends_on');
    perform private.check_days(first, last);
    listed := listed + datemultirange(daterange(first, last));
  end loop;
  if weekdays is null then
    return listed;
  end if;
  return (
    select coalesce(range_agg(daterange(day.listed, day.listed + 1)), '{}')
    from (
      select lower(run) + ahead as listed
      from unnest(listed) as run, generate_series(0, upper(run) - lower(run) - 1) as ahead) as day
    where extract(isodow from day.listed)::smallint = any (weekdays));
end $$;

comment on function private.days_in is
  'Rule: the days of these ranges that are one of these weekdays (ISO, Monday is 1; null: all).';

create function private.days_of(listed datemultirange)
  returns integer language sql immutable security invoker set search_path = ''
begin atomic
  select coalesce(sum(upper(run) - lower(run)), 0)::integer from unnest(listed) as run;
end;

create function private.homes_to_manage(listing_ids uuid[], permission text)
  returns uuid[] language plpgsql volatile security definer set search_path = ''
as $$
declare
  homes uuid[];
begin
  perform private.active_caller();
  -- Nobody locks a home of others by naming it; and who lost a home meanwhile is refused below.
  perform private.check_homes(listing_ids, permission);
  perform from public.listings
  where listings.listing_id = any (homes_to_manage.listing_ids)
  order by listings.listing_id
  for no key update;
  perform private.check_homes(listing_ids, permission);
  select coalesce(array_agg(distinct asked.listing_id), '{}') into homes
  from unnest(homes_to_manage.listing_ids) as asked (listing_id);
  return homes;
end $$;

comment on function private.homes_to_manage is
  'Rule: these homes, each once, locked in their order, for a host with this permission for each '
  'of them.';

-- Days

create function private.set_calendars(
  listing_ids uuid[], ranges public.day_range[], weekdays smallint[], price_minor bigint,
  minimum_nights smallint, closed_to_arrival boolean, closed_to_departure boolean,
  clear_fields text[])
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  days  datemultirange := private.days_in(ranges, weekdays);
  homes uuid[];
begin
  if not coalesce(clear_fields, '{}') <@ array['price_minor', 'minimum_nights'] then
    perform private.refuse('invalid_field');
  end if;
  perform private.check_home_days(cardinality(listing_ids), private.days_of(days));
  homes := private.homes_to_manage(listing_ids,
    case when price_minor is not null
      or 'price_minor' = any (clear_fields) then 'prices' else 'calendar' end);
  return query
    select * from private.write_days(
      homes, days, price_minor, minimum_nights, closed_to_arrival, closed_to_departure,
      clear_fields);
end $$;

create function public.set_calendars(
  listing_ids         uuid[],
  ranges              public.day_range[],
  weekdays            smallint[] default null,
  price_minor         bigint     default null,
  minimum_nights      smallint   default null,
  closed_to_arrival   boolean    default null,
  closed_to_departure boolean    default null,
  clear_fields        text[]     default '{}')
  returns setof public.calendar_change language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.set_calendars(
    set_calendars.listing_ids, set_calendars.ranges, set_calendars.weekdays,
    set_calendars.price_minor, set_calendars.minimum_nights, set_calendars.closed_to_arrival,
    set_calendars.closed_to_departure, set_calendars.clear_fields);
end;

-- Blocks

create function private.release_overdue_of(homes uuid[], nights datemultirange)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.release_overdue_holds(overdue.listing_id, overdue.nights)
  from (
    select claims.listing_id, claims.nights
    from private.claims
    where claims.listing_id = any (homes) and claims.nights && release_overdue_of.nights
      and claims.expires_at <= private.now()
    order by claims.listing_id, claims.nights
    offset 0) as overdue;
end $$;

create function private.block_calendars(
  listing_ids uuid[], ranges public.day_range[], weekdays smallint[], note text)
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  wanted datemultirange := private.days_in(ranges, weekdays);
  homes  uuid[];
begin
  perform private.check_home_days(cardinality(listing_ids), private.days_of(wanted));
  homes := private.homes_to_manage(listing_ids, 'calendar');
  perform private.release_overdue_of(homes, wanted);
  return query select * from private.write_blocks(homes, wanted, note);
end $$;

create function private.unblock_calendars(
  listing_ids uuid[], ranges public.day_range[], weekdays smallint[])
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  wanted datemultirange := private.days_in(ranges, weekdays);
  homes  uuid[];
begin
  perform private.check_home_days(cardinality(listing_ids), private.days_of(wanted));
  homes := private.homes_to_manage(listing_ids, 'calendar');
  return query select * from private.remove_blocks(homes, wanted);
end $$;

create function public.block_calendars(
  listing_ids uuid[],
  ranges      public.day_range[],
  weekdays    smallint[] default null,
  note        text       default null)
  returns setof public.calendar_change language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.block_calendars(
    block_calendars.listing_ids, block_calendars.ranges, block_calendars.weekdays,
    block_calendars.note);
end;

create function public.unblock_calendars(
  listing_ids uuid[], ranges public.day_range[], weekdays smallint[] default null)
  returns setof public.calendar_change language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.unblock_calendars(
    unblock_calendars.listing_ids, unblock_calendars.ranges, unblock_calendars.weekdays);
end;

-- Rules of stays

create function private.set_booking_rules(
  listing_ids uuid[], minimum_nights smallint, maximum_nights smallint,
  advance_notice_days smallint, same_day_cutoff_hour smallint, booking_window_months smallint,
  preparation_nights smallint, arrival_weekdays smallint[], departure_weekdays smallint[])
  returns setof public.booking_rules language plpgsql volatile security definer set search_path = ''
as $$
declare
  homes   uuid[] := private.homes_to_manage(set_booking_rules.listing_ids, 'calendar');
  refused uuid;
begin
  -- A constraint refuses it too, and would not say where.
  select booking_rules.listing_id into refused
  from public.booking_rules
  where booking_rules.listing_id = any (homes)
    and coalesce(set_booking_rules.minimum_nights, booking_rules.minimum_nights)
      > coalesce(set_booking_rules.maximum_nights, booking_rules.maximum_nights)
  order by booking_rules.listing_id
  limit 1;
  if found then perform private.refuse('invalid_value', 'lengths', refused::text); end if;

  with said as (
    select booking_rules.listing_id,
      coalesce(set_booking_rules.minimum_nights, booking_rules.minimum_nights)
        as minimum_nights,
      coalesce(set_booking_rules.maximum_nights, booking_rules.maximum_nights)
        as maximum_nights,
      coalesce(set_booking_rules.advance_notice_days, booking_rules.advance_notice_days)
        as advance_notice_days,
      coalesce(set_booking_rules.same_day_cutoff_hour, booking_rules.same_day_cutoff_hour)
        as same_day_cutoff_hour,
      coalesce(set_booking_rules.booking_window_months, booking_rules.booking_window_months)
        as booking_window_months,
      coalesce(set_booking_rules.preparation_nights, booking_rules.preparation_nights)
        as preparation_nights,
      coalesce(set_booking_rules.arrival_weekdays, booking_rules.arrival_weekdays)
        as arrival_weekdays,
      coalesce(set_booking_rules.departure_weekdays, booking_rules.departure_weekdays)
        as departure_weekdays
    from public.booking_rules
    where booking_rules.listing_id = any (homes)
    order by booking_rules.listing_id
  )
  update public.booking_rules
  set minimum_nights = said.minimum_nights, maximum_nights = said.maximum_nights,
      advance_notice_days = said.advance_notice_days,
      same_day_cutoff_hour = said.same_day_cutoff_hour,
      booking_window_months = said.booking_window_months,
      preparation_nights = said.preparation_nights,
      arrival_weekdays = said.arrival_weekdays, departure_weekdays = said.departure_weekdays
  from said
  where booking_rules.listing_id = said.listing_id and booking_rules is distinct from said;

  return query
    select * from public.booking_rules
    where booking_rules.listing_id = any (homes)
    order by booking_rules.listing_id;
end $$;

create function public.set_booking_rules(
  listing_ids           uuid[],
  minimum_nights        smallint   default null,
  maximum_nights        smallint   default null,
  advance_notice_days   smallint   default null,
  same_day_cutoff_hour  smallint   default null,
  booking_window_months smallint   default null,
  preparation_nights    smallint   default null,
  arrival_weekdays      smallint[] default null,
  departure_weekdays    smallint[] default null)
  returns setof public.booking_rules language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.set_booking_rules(
    set_booking_rules.listing_ids, set_booking_rules.minimum_nights,
    set_booking_rules.maximum_nights, set_booking_rules.advance_notice_days,
    set_booking_rules.same_day_cutoff_hour, set_booking_rules.booking_window_months,
    set_booking_rules.preparation_nights, set_booking_rules.arrival_weekdays,
    set_booking_rules.departure_weekdays);
end;

grant execute on function
  private.set_calendars, public.set_calendars, private.block_calendars, public.block_calendars,
  private.unblock_calendars, public.unblock_calendars, private.set_booking_rules,
  public.set_booking_rules
  to authenticated;

comment on type public.day_range is
  'Days from starts_on to ends_on (exclusive), both written YYYY-MM-DD.';
comment on type public.calendar_change is
  'How many days, or nights, of a listing a call has changed; 0 where all was so already.';
comment on function public.set_calendars is
  'set_calendar for up to 100 homes and 100 ranges at once, on these ISO weekdays (null: all), all '
  'or nothing: at most 20,000 days of homes. clear_fields removes any of: price_minor, '
  'minimum_nights. Repeating it changes nothing. Returns how many days it changed in each home. '
  'Errors: listing_not_found, not_your_listing, below_price_floor and price_not_in_steps (the '
  'detail names the first home that is refused), dates_required, invalid_dates, dates_reversed, '
  'too_many_days, too_many_results, invalid_field, invalid_value.';
comment on function public.block_calendars is
  'block_nights for up to 100 homes and 100 ranges at once, on the nights of these ISO weekdays '
  '(null: all), all or nothing. Repeating it changes nothing. Returns how many nights it blocked '
  'in each home. Errors: nights_taken, listing_not_found, not_your_listing (the detail names the '
  'first home that is refused), dates_required, invalid_dates, dates_reversed, too_many_days, '
  'too_many_results, invalid_value.';
comment on function public.unblock_calendars is
  'unblock_nights for up to 100 homes and 100 ranges at once. Returns how many nights it took out '
  'of the blocks of each home. Errors: those of block_calendars without nights_taken.';
comment on function public.set_booking_rules is
  'Sets booking rules of up to 100 homes at once, all or nothing; a null leaves a value as it is. '
  'Repeating it changes nothing. Returns the rules. Errors: listing_not_found, not_your_listing '
  'and invalid_value (the detail names the first home that is refused), too_many_results.';
