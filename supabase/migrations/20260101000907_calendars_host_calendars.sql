-- Host calendars: all homes of a host between two days, in one answer.
--
-- A calendar page draws bars and runs, not cells: who is in a home is a range of nights, and what
-- is asked for nights is a run of days that are alike. A host's co-hosts see what their role shows
-- them elsewhere: the note of a block and that nights are taken with `see`, the summary of an
-- imported event with `calendar`, the booking and the guest's name with `bookings`.

create type public.taken_nights as (
  taken_id       uuid,
  kind           text,
  check_in       date,
  check_out      date,
  note           text,
  feed_id        uuid,
  booking_id     uuid,
  booking_status public.booking_status,
  guest_id       uuid,
  guest_name     text,
  guests         smallint,
  expires_at     timestamptz
);

create type public.calendar_run as (
  starts_on           date,
  ends_on             date,
  price_minor         bigint,
  price_is_own        boolean,
  minimum_nights      smallint,
  minimum_is_own      boolean,
  closed_to_arrival   boolean,
  closed_to_departure boolean
);

create type public.host_calendar as (
  listing_id         uuid,
  title              text,
  status             public.listing_status,
  currency           text,
  bookable_from      date,
  bookable_until     date,
  arrival_weekdays   smallint[],
  departure_weekdays smallint[],
  taken              public.taken_nights[],
  days               public.calendar_run[]
);

create function private.check_homes(listing_ids uuid[], permission text)
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  managed uuid[] := array(select private.listings_of_caller(check_homes.permission));
  refused record;
begin
  if listing_ids is null then perform private.refuse('listing_not_found'); end if;
  if cardinality(listing_ids) > 100 then perform private.refuse('too_many_results'); end if;
  select asked.listing_id,
    listings.status = 'published' or private.may_manage(asked.listing_id, 'see') as seen
  into refused
  from unnest(check_homes.listing_ids) as asked (listing_id)
  left join public.listings on listings.listing_id = asked.listing_id
  where (asked.listing_id = any (managed)) is not true
  order by asked.listing_id
  limit 1;
  if not found then
    return;
  end if;
  if refused.seen then
    perform private.refuse('not_your_listing', 'home', refused.listing_id::text);
  end if;
  perform private.refuse('listing_not_found', 'home', coalesce(refused.listing_id::text, 'null'));
end $$;

comment on function private.check_homes is
  'Rule: at most 100 homes at once, each of which the caller hosts with this permission; the first '
  'that is not is named. Others learn no more than what they can see.';

create function private.check_home_days(homes integer, days integer)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if homes::bigint * days > 20000 then
    perform private.refuse('too_many_days', 'homes', '20000');
  end if;
end $$;

comment on function private.check_home_days is
  'Rule: at most 20,000 days of homes at once: a year of 54 homes, or 200 days of a hundred.';

create function private.host_calendars(
  starts_on date, ends_on date, listing_ids uuid[], page_size integer, after uuid)
  returns setof public.host_calendar language plpgsql stable security definer set search_path = ''
  -- Half of a call was the plan, made anew each time (measured).
  set plan_cache_mode = 'force_generic_plan'
as $$
declare
  caller      uuid := private.signed_in();
  wanted      daterange;
  instant     timestamptz := private.now();
  managed     uuid[];
  owner       uuid;
  others      uuid[];
  last_title  text := '';
  last_id     uuid := '00000000-0000-0000-0000-000000000000';
  calendar_of uuid[];
  bookings_of uuid[];
begin
  starts_on := coalesce(starts_on, (instant at time zone 'UTC')::date);
  ends_on := coalesce(ends_on, starts_on + 31);
  perform private.check_days(starts_on, ends_on);
  perform private.check_page(page_size);
  perform private.check_home_days(page_size, ends_on - starts_on);
  wanted := daterange(starts_on, ends_on);
  if listing_ids is not null then
    perform private.check_homes(listing_ids, 'see');
  end if;
  managed := coalesce(listing_ids, array(select private.listings_of_caller('see')));
  if after is not null then
    if (after = any (managed)) is not true then perform private.refuse('invalid_cursor'); end if;
    select listings.title, listings.listing_id into last_title, last_id
    from public.listings where listings.listing_id = after;
  end if;
  -- Their own are read in the order of an index: of 500 homes a page, not all (measured: a third of
  -- the call).
  if listing_ids is null then
    owner := caller;
    others := array(
      select listing_hosts.listing_id
      from public.listing_hosts
      where listing_hosts.profile_id = caller and listing_hosts.role <> 'owner'
        and listing_hosts.listing_id = any (managed));
  else
    others := managed;
  end if;
  calendar_of := array(select private.listings_of_caller('calendar'));
  bookings_of := array(select private.listings_of_caller('bookings'));

  return query
    with homes as materialized (
      select listings.listing_id, listings.title, listings.status, listings.currency,
        listings.time_zone
      from (
        (select * from public.listings
         where listings.host_id = owner and listings.listing_id = any (managed)
           and row(listings.title, listings.listing_id) > row(last_title, last_id)
         order by listings.title, listings.listing_id
         limit host_calendars.page_size)
        union all
        (select * from public.listings
         where listings.listing_id = any (others)
           and row(listings.title, listings.listing_id) > row(last_title, last_id)
         order by listings.title, listings.listing_id
         limit host_calendars.page_size)) as listings
      order by listings.title, listings.listing_id
      limit host_calendars.page_size
    ), asked as materialized (
      select homes.*, booking_rules.minimum_nights, booking_rules.booking_window_months,
        booking_rules.arrival_weekdays, booking_rules.departure_weekdays,
        local.time::date as today,
        local.time::date + case
          when booking_rules.advance_notice_days = 0
            and extract(hour from local.time) >= booking_rules.same_day_cutoff_hour then 1
          else booking_rules.advance_notice_days end as bookable_from,
        listing_prices.base_price_minor,
        coalesce(listing_prices.weekend_price_minor,
          listing_prices.base_price_minor) as weekend_price_minor,
        homes.listing_id = any (bookings_of) as shows_bookings,
        homes.listing_id = any (calendar_of) as shows_events
      from homes
      cross join lateral (
        select instant at time zone homes.time_zone as time) as local
      left join public.booking_rules on booking_rules.listing_id = homes.listing_id
      left join public.listing_prices on listing_prices.listing_id = homes.listing_id
    ), taken as materialized (
      select asked.listing_id, array_agg(
        row(
          claims.claim_id, claims.kind::text, lower(claims.nights), upper(claims.nights),
          coalesce(claims.note, imported_events.summary), imported_events.feed_id,
          bookings.booking_id, bookings.status, bookings.guest_id, profiles.display_name,
          bookings.guests, claims.expires_at)::public.taken_nights
        order by lower(claims.nights), upper(claims.nights), claims.claim_id) as nights
      from asked
      join private.claims
        on claims.listing_id = asked.listing_id and claims.nights && wanted
        and (claims.expires_at is null or claims.expires_at > instant)
      left join public.bookings
        on bookings.booking_id = claims.booking_id and bookings.placed_at is not null
        and asked.shows_bookings
      left join public.profiles on profiles.profile_id = bookings.guest_id
      left join public.imported_events
        on imported_events.event_id = claims.event_id and asked.shows_events
      group by asked.listing_id
    ), weekends as materialized (
      select host_calendars.starts_on + ahead as day
      from generate_series(1, host_calendars.ends_on - host_calendars.starts_on - 1) as ahead
      where extract(isodow from host_calendars.starts_on + ahead) in (5, 7)
    ), edges as (
      -- Where a run may begin: on the first day, on one with something of its own and on the one
      -- after it, and where a weekend begins or ends. The days between them are not looked at.
      select asked.listing_id, asked.base_price_minor, asked.weekend_price_minor,
        asked.minimum_nights as usual_nights, edge.*
      from asked
      cross join lateral (
        select host_calendars.starts_on as day, null::bigint as price_minor,
          null::smallint as minimum_nights, null::boolean as closed_to_arrival,
          null::boolean as closed_to_departure
        union all
        select calendar_days.day, calendar_days.price_minor, calendar_days.minimum_nights,
          calendar_days.closed_to_arrival, calendar_days.closed_to_departure
        from public.calendar_days
        where calendar_days.listing_id = asked.listing_id
          and calendar_days.day >= host_calendars.starts_on
          and calendar_days.day < host_calendars.ends_on
        union all
        select calendar_days.day + 1, null, null, null, null
        from public.calendar_days
        where calendar_days.listing_id = asked.listing_id
          and calendar_days.day >= host_calendars.starts_on
          and calendar_days.day < host_calendars.ends_on - 1
        union all
        select weekends.day, null, null, null, null
        from weekends where asked.weekend_price_minor <> asked.base_price_minor) as edge
    ), listed as (
      -- The price is private.night_price written out: called per row it costs twenty times as much.
      select edges.listing_id, edges.day,
        coalesce(any_value(edges.price_minor),
          any_value(case when extract(isodow from edges.day) in (5, 6)
            then edges.weekend_price_minor else edges.base_price_minor end)) as price_minor,
        any_value(edges.price_minor) is not null as price_is_own,
        coalesce(any_value(edges.minimum_nights), any_value(edges.usual_nights)) as minimum_nights,
        any_value(edges.minimum_nights) is not null as minimum_is_own,
        coalesce(any_value(edges.closed_to_arrival), false) as closed_to_arrival,
        coalesce(any_value(edges.closed_to_departure), false) as closed_to_departure
      from edges
      group by edges.listing_id, edges.day
    ), runs as (
      -- It goes on where a day is like the one before.
      select listed.listing_id, listed.day as starts_on,
        lead(listed.day, 1, host_calendars.ends_on) over (
          partition by listed.listing_id order by listed.day) as ends_on,
        listed.price_minor, listed.price_is_own, listed.minimum_nights, listed.minimum_is_own,
        listed.closed_to_arrival, listed.closed_to_departure
      from (
        select listed.*,
          row(listed.price_minor, listed.price_is_own, listed.minimum_nights,
            listed.minimum_is_own, listed.closed_to_arrival, listed.closed_to_departure)
          is not distinct from lag(
            row(listed.price_minor, listed.price_is_own, listed.minimum_nights,
              listed.minimum_is_own, listed.closed_to_arrival, listed.closed_to_departure))
            over (partition by listed.listing_id order by listed.day) as goes_on
        from listed) as listed
      where not listed.goes_on
    ), days as materialized (
      select runs.listing_id, array_agg(
        row(runs.starts_on, runs.ends_on, runs.price_minor, runs.price_is_own,
          runs.minimum_nights, runs.minimum_is_own, runs.closed_to_arrival,
          runs.closed_to_departure)::public.calendar_run
        order by runs.starts_on) as runs
      from runs
      group by runs.listing_id
    )
    select asked.listing_id, asked.title, asked.status, asked.currency, asked.bookable_from,
      (asked.today + make_interval(months => asked.booking_window_months))::date,
      asked.arrival_weekdays, asked.departure_weekdays,
      coalesce(taken.nights, '{}'), days.runs
    from asked
    join days on days.listing_id = asked.listing_id
    left join taken on taken.listing_id = asked.listing_id
    order by asked.title, asked.listing_id;
end $$;

comment on function private.host_calendars is
  'Rule: a host sees all nights that are taken; whose they are only with the permission to see '
  'bookings and once the booking is placed, what another calendar calls them only with that to '
  'keep the calendar.';

create function public.host_calendars(
  starts_on   text    default null,
  ends_on     text    default null,
  listing_ids uuid[]  default null,
  page_size   integer default 20,
  after       uuid    default null)
  returns setof public.host_calendar language sql stable security invoker
begin atomic
  select * from private.host_calendars(
    private.day(host_calendars.starts_on, 'starts_on'),
    private.day(host_calendars.ends_on, 'ends_on'),
    host_calendars.listing_ids, host_calendars.page_size, host_calendars.after);
end;

grant execute on function private.host_calendars, public.host_calendars to authenticated;

comment on function public.host_calendars is
  'The calendars of the homes that the caller hosts, or of listing_ids among them, from starts_on '
  '(default: today in UTC) to ends_on (exclusive; default: 31 days later), by title: what takes '
  'nights (taken: whole runs, also where they reach beyond these days) and what is asked for each '
  'night (days: runs of days that are alike, which cover the range). bookable_from is the next '
  'possible arrival, bookable_until the last possible departure. Pass the last row''s listing_id '
  'as after to get the next page (page_size 20, at most 100; at most 20,000 days of homes); an '
  'empty page is the end. Errors: not_your_listing and listing_not_found (the detail names the '
  'home), invalid_dates, dates_reversed, too_many_days, invalid_page_size, too_many_results, '
  'invalid_cursor.';
