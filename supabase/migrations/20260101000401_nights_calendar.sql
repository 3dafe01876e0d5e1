-- Calendar: which nights of a listing are taken, and which a guest may ask for.
--
-- A night is taken by a claim, whoever makes it: a hold, a stay, the preparation after it, a host's
-- block, an imported event, the nights of a stay the host cancelled. One table, one exclusion
-- constraint. Nothing else decides.

-- Claims

create type private.claim_kind as enum (
  'hold', 'stay', 'preparation', 'block', 'import', 'host_cancelled');

-- A hold or stay owns every lane and so excludes everything. Preparation lies in lane 0: it
-- excludes stays and lets blocks be. Each block, imported event and host-cancelled run has a lane
-- of its own: they may cover the same night, and when one goes the others still hold it.
create sequence private.claim_lanes as integer minvalue 1 maxvalue 2147483646 cycle;

create table private.claims (
  claim_id   uuid               primary key default gen_random_uuid(),
  listing_id uuid               not null references public.listings on delete restrict,
  nights     daterange          not null,
  lane       int4range          not null,
  kind       private.claim_kind not null,
  booking_id uuid,
  held_by    uuid               references public.profiles on delete restrict,
  expires_at timestamptz,
  note       text,
  source     text,

  constraint claims_never_share_a_night
    exclude using gist (listing_id with =, nights with &&, lane with &&),
  -- An empty range overlaps nothing and would slip past the exclusion; an endless one would take
  -- everything.
  constraint claims_cover_some_nights check (
    not isempty(nights) and not lower_inf(nights) and not upper_inf(nights)
    and isfinite(lower(nights)) and isfinite(upper(nights))),
  constraint claims_keep_to_their_lanes check (
    case kind
      when 'hold'        then lane = '(,)'
      when 'stay'        then lane = '(,)'
      when 'preparation' then lane = '[0,1)'
      -- A missing bound makes this null, and a check lets null pass: an empty lane would overlap
      -- nothing.
      else coalesce(lower(lane) > 0 and upper(lane) = lower(lane) + 1, false)
    end),
  constraint claims_name_their_booking check (
    (booking_id is not null) = (kind in ('hold', 'stay', 'preparation', 'host_cancelled'))),
  constraint claims_expire_only_as_holds
    check (expires_at is null or kind in ('hold', 'preparation')),
  constraint claims_are_held_for_payment check (held_by is null or expires_at is not null),
  constraint claims_have_short_notes check (char_length(note) <= 500),
  constraint claims_say_where_from check ((source is not null) = (kind = 'import'))
)
-- Holds come and go where everybody wants to stay, and each look at nights there passes the dead
-- ones in the index. By default they are cleared when a fifth of all claims died, of however many.
with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);

create index claims_booking_id_idx on private.claims (booking_id) where booking_id is not null;
create index claims_held_by_idx on private.claims (held_by) where held_by is not null;
alter table private.claims enable row level security;

comment on table private.claims is 'One row is one claim on one listing for a range of nights.';
comment on constraint claims_never_share_a_night on private.claims is
  'Rule: no two stays share a night; a stay shares none with a block, an imported event or '
  'preparation either.';
comment on column private.claims.held_by is
  'The guest whose unpaid hold this is; it never blocks that guest.';
comment on column private.claims.expires_at is
  'From then on the claim is ignored, whether or not its row still exists.';

-- What a host asks of a stay

create table public.booking_rules (
  listing_id            uuid       primary key references public.listings on delete cascade,
  minimum_nights        smallint   not null default 1,
  maximum_nights        smallint   not null default 365,
  advance_notice_days   smallint   not null default 0,
  same_day_cutoff_hour  smallint   not null default 18,
  booking_window_months smallint   not null default 12,
  preparation_nights    smallint   not null default 0,
  arrival_weekdays      smallint[] not null default '{1,2,3,4,5,6,7}',
  departure_weekdays    smallint[] not null default '{1,2,3,4,5,6,7}',

  constraint booking_rules_last_some_nights    check (minimum_nights between 1 and 365),
  constraint booking_rules_end_some_day
    check (maximum_nights between minimum_nights and 1125),
  constraint booking_rules_give_fair_notice    check (advance_notice_days between 0 and 7),
  constraint booking_rules_cut_off_some_hour   check (same_day_cutoff_hour between 0 and 24),
  constraint booking_rules_open_some_months    check (booking_window_months between 1 and 24),
  constraint booking_rules_prepare_briefly     check (preparation_nights between 0 and 2),
  constraint booking_rules_let_guests_arrive   check (
    cardinality(arrival_weekdays) > 0 and arrival_weekdays <@ '{1,2,3,4,5,6,7}'
    and array_position(arrival_weekdays, null) is null),
  constraint booking_rules_let_guests_depart   check (
    cardinality(departure_weekdays) > 0 and departure_weekdays <@ '{1,2,3,4,5,6,7}'
    and array_position(departure_weekdays, null) is null)
);

comment on table public.booking_rules is 'A host''s requirements for every stay in a listing.';
comment on column public.booking_rules.advance_notice_days is
  'Minimum number of days between booking and arrival.';
comment on column public.booking_rules.same_day_cutoff_hour is
  'Without advance notice, arrivals today can be booked until this hour in the listing''s time '
  'zone.';
comment on column public.booking_rules.booking_window_months is
  'Nights can be booked at most this many months from today.';
comment on column public.booking_rules.preparation_nights is
  'Nights kept free after each stay; fixed when the stay is booked.';
comment on column public.booking_rules.arrival_weekdays is 'ISO weekdays, Monday is 1.';
comment on column public.booking_rules.departure_weekdays is 'ISO weekdays, Monday is 1.';

alter table public.booking_rules enable row level security;

create policy "anyone sees the rules of what they see" on public.booking_rules
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = booking_rules.listing_id offset 0));
create policy "hosts edit their own rules" on public.booking_rules
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('calendar'))))
  with check (private.may_manage(listing_id, 'calendar'));

grant select on public.booking_rules to anon, authenticated;
grant update (
  minimum_nights, maximum_nights, advance_notice_days, same_day_cutoff_hour, booking_window_months,
  preparation_nights, arrival_weekdays, departure_weekdays
) on public.booking_rules to authenticated;

-- What is special about a day

create table public.calendar_days (
  listing_id          uuid     not null references public.listings on delete cascade,
  day                 date     not null,
  price_minor         bigint,
  minimum_nights      smallint,
  closed_to_arrival   boolean  not null default false,
  closed_to_departure boolean  not null default false,

  primary key (listing_id, day),
  constraint calendar_days_cost_something   check (price_minor between 0 and 10000000000),
  constraint calendar_days_ask_for_nights   check (minimum_nights between 1 and 365),
  constraint calendar_days_are_real_days    check (isfinite(day)),
  constraint calendar_days_say_something    check (
    price_minor is not null or minimum_nights is not null or closed_to_arrival
      or closed_to_departure)
);

comment on table public.calendar_days is
  'Exceptions for single days: the price of the night, the minimum nights of a stay arriving that '
  'day, arrival, departure.';

alter table public.calendar_days enable row level security;

create policy "hosts see their own calendar days" on public.calendar_days
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('see'))));

grant select on public.calendar_days to authenticated;
-- No writes: set_calendar. Guests read listing_calendar.

-- Rules

create function private.nights_free(
  listing_id uuid, check_in date, check_out date, preparation_nights smallint, guest_id uuid,
  besides uuid default null, clock timestamptz default private.now())
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return not exists (
    select from private.claims
    where claims.listing_id = nights_free.listing_id
      and claims.nights && daterange(check_in, check_out + preparation_nights)
      and (claims.nights && daterange(check_in, check_out) or claims.kind in ('hold', 'stay'))
      and (claims.expires_at > clock) is not false
      and (claims.held_by = guest_id) is not true
      and (claims.booking_id = besides) is not true);
end $$;

comment on function private.nights_free is
  'Rule: free of every valid claim, with the preparation after it free of stays. Sees all claims, '
  'whoever asks; ignores the guest''s own unpaid hold and the booking being altered (besides).';

create function private.own_lane()
  returns int4range language sql volatile security invoker set search_path = ''
begin atomic
  select int4range(lane, lane + 1)
  from (select nextval('private.claim_lanes')::integer as lane offset 0) as next_lane;
end;

comment on function private.own_lane is
  'Rule: blocks, imported events and nights cancelled by a host each get a lane of their own.';

-- What a stay that is altered has already.
create type private.standing_stay as (
  booking_id         uuid,
  check_in           date,
  check_out          date,
  guests             smallint,
  pets               smallint,
  preparation_nights smallint
);

-- Which guests are children. Capacity, prices and most taxes count a child like any other guest; a
-- tax may exempt children (`taxes.minimum_age`).
create function private.are_children(child_ages smallint[], guests integer)
  returns boolean language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return child_ages is null or coalesce(
    2 <= all (child_ages) and 17 >= all (child_ages) and cardinality(child_ages) < guests, false);
end $$;

comment on function private.are_children is
  'Rule: children are 2 to 17 years old on the day of check-in and count as guests; at least one '
  'guest is an adult. Anyone younger is an infant and does not count as a guest. Without ages, all '
  'guests are adults.';

create function private.in_order(child_ages smallint[])
  returns smallint[] language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case when cardinality(child_ages) > 0
    then array(select age from unnest(child_ages) as age order by age) else child_ages end;
end $$;

comment on function private.in_order is
  'Rule: ages are stored and compared in ascending order, so that the order in which they are '
  'given does not matter.';

grant execute on function private.in_order to anon, authenticated;

-- Why a stay is refused, as rows: the code, its HTTP status, and a sentence for people.
create function private.stay_problem(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  guest_id uuid, any_length boolean default false, besides private.standing_stay default null,
  child_ages smallint[] default '{}')
  returns text language plpgsql stable security definer set search_path = ''
as $$
declare
  listing      record;
  rules        public.booking_rules;
  arrival      public.calendar_days;
  no_departure boolean;
  clock        timestamptz;
  local_now    timestamp;
  today        date;
  problem      text;
begin
  problem := case
    when check_in is null or check_out is null then 'dates_required'
    when not isfinite(check_in) or not isfinite(check_out) then 'invalid_dates'
    when check_out <= check_in then 'dates_reversed'
    when guests is null or infants is null or pets is null or guests < 1
      or infants not between 0 and 50 or pets < 0
      or not private.are_children(child_ages, guests) then 'invalid_guests'
  end;
  if problem is not null then return problem; end if;

  select listings.host_id, listings.capacity, listings.maximum_pets, listings.time_zone
  into listing
  from public.listings
  where listings.listing_id = stay_problem.listing_id
    and (listings.status = 'published'
      or (check_in >= besides.check_in and check_out <= besides.check_out));
  if not found then return 'listing_not_found'; end if;
  select * into rules from public.booking_rules
  where booking_rules.listing_id = stay_problem.listing_id;

  clock := private.now();
  local_now := clock at time zone listing.time_zone;
  today := local_now::date;

  -- Who. A suspended host and a block give the same code: nobody is told that they are blocked.
  -- One statement per table takes half the time of a single statement over all of them (measured).
  if exists (
    select from private.suspensions where suspensions.profile_id = listing.host_id)
  then
    return 'host_unavailable';
  end if;
  if stay_problem.guest_id is not null then
    if exists (
      select from public.listing_hosts
      where listing_hosts.listing_id = stay_problem.listing_id
        and listing_hosts.profile_id = stay_problem.guest_id)
    then
      return 'own_listing';
    end if;
    -- Few guests have blocked anybody or are blocked: the hosts are looked up only for those.
    if exists (
      select from public.blocks where blocks.blocker_id = stay_problem.guest_id
      union all
      select from public.blocks where blocks.blocked_id = stay_problem.guest_id)
    then
      if exists (
        select from public.listing_hosts
        where listing_hosts.listing_id = stay_problem.listing_id
          and listing_hosts.role in ('owner', 'full')
          and private.is_blocked(listing_hosts.profile_id, stay_problem.guest_id))
      then
        return 'host_unavailable';
      end if;
    end if;
  end if;

  select * into arrival from public.calendar_days
  where calendar_days.listing_id = stay_problem.listing_id and calendar_days.day = check_in;
  select calendar_days.closed_to_departure into no_departure from public.calendar_days
  where calendar_days.listing_id = stay_problem.listing_id and calendar_days.day = check_out;
  -- The order matters: the first condition that holds is the code.
  return case
    when guests > greatest(listing.capacity, besides.guests) then 'too_many_guests'
    when pets > greatest(listing.maximum_pets, besides.pets) then 'pets_not_allowed'

    -- When
    when check_in is distinct from besides.check_in and check_in < today then 'date_in_past'
    when check_in is distinct from besides.check_in
      and (check_in - today < rules.advance_notice_days
        or (check_in = today and extract(hour from local_now) >= rules.same_day_cutoff_hour))
    then 'too_short_notice'
    when check_out > greatest(
      (today + make_interval(months => rules.booking_window_months))::date, besides.check_out)
    then 'outside_booking_window'

    -- How long, from which day to which
    when not any_length
      and check_out - check_in < coalesce(arrival.minimum_nights, rules.minimum_nights)
    then 'below_minimum_nights'
    when check_out - check_in
      > greatest(rules.maximum_nights, besides.check_out - besides.check_in)
    then 'above_maximum_nights'
    when check_in is distinct from besides.check_in and (
      arrival.closed_to_arrival
        or not extract(isodow from check_in)::smallint = any (rules.arrival_weekdays))
    then 'arrival_not_allowed'
    when check_out is distinct from besides.check_out and (
      no_departure
        or not extract(isodow from check_out)::smallint = any (rules.departure_weekdays))
    then 'departure_not_allowed'

    when not private.nights_free(
      stay_problem.listing_id, check_in, check_out,
      coalesce(besides.preparation_nights, rules.preparation_nights), stay_problem.guest_id,
      besides.booking_id, clock)
    then 'nights_taken'
  end;
end $$;

comment on function private.stay_problem is
  'Rule: the first reason why this guest (null: anyone) cannot book this stay, or null. All '
  'availability conditions are here. Offers and alterations waive the minimum nights (any_length); '
  'a stay being altered (besides) does not block itself, and what it already has is not checked '
  'again.';

create function private.check_days(starts_on date, ends_on date)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if starts_on is null or ends_on is null then perform private.refuse('dates_required'); end if;
  if not isfinite(starts_on) or not isfinite(ends_on) then
    perform private.refuse('invalid_dates');
  end if;
  if ends_on <= starts_on then perform private.refuse('dates_reversed'); end if;
  if ends_on - starts_on > 800 then perform private.refuse('too_many_days'); end if;
end $$;

-- Single days

create type public.calendar_change as (listing_id uuid, changed_days integer);

create function private.write_days(
  listing_ids uuid[], days datemultirange, price_minor bigint, minimum_nights smallint,
  closed_to_arrival boolean, closed_to_departure boolean, clear_fields text[])
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  -- A day says what was said before, unless it is said anew or taken back; a day that says nothing
  -- is no row, and one that goes on saying the same is not written.
  return query
    with former as materialized (
      -- Homes and days by name: by a join with what is said, the planner read all days there are.
      select * from public.calendar_days
      where calendar_days.listing_id = any (write_days.listing_ids)
        and calendar_days.day >= lower(write_days.days)
        and calendar_days.day < upper(write_days.days)
    ), said as materialized (
      select home.listing_id, listed.day, former.day is not null as known,
        case when 'price_minor' = any (clear_fields) then null
          else coalesce(write_days.price_minor, former.price_minor) end as price_minor,
        case when 'minimum_nights' = any (clear_fields) then null
          else coalesce(write_days.minimum_nights, former.minimum_nights) end as minimum_nights,
        coalesce(write_days.closed_to_arrival, former.closed_to_arrival, false) as no_arrival,
        coalesce(write_days.closed_to_departure, former.closed_to_departure,
          false) as no_departure,
        former
      from unnest(write_days.listing_ids) as home (listing_id)
      cross join (
        select lower(run) + ahead as day
        from unnest(write_days.days) as run,
          generate_series(0, upper(run) - lower(run) - 1) as ahead) as listed
      left join former
        on former.listing_id = home.listing_id and former.day = listed.day
    ), heard as materialized (
      select said.*,
        said.price_minor is not null or said.minimum_nights is not null
          or said.no_arrival or said.no_departure as speaks
      from said
    ), silenced as (
      delete from public.calendar_days
      using heard
      where calendar_days.listing_id = heard.listing_id and calendar_days.day = heard.day
        and not heard.speaks
        and calendar_days.listing_id = any (write_days.listing_ids)
        and calendar_days.day >= lower(write_days.days)
        and calendar_days.day < upper(write_days.days)
      returning calendar_days.listing_id
    ), written as (
      insert into public.calendar_days
        (listing_id, day, price_minor, minimum_nights, closed_to_arrival, closed_to_departure)
      select heard.listing_id, heard.day, heard.price_minor, heard.minimum_nights,
        heard.no_arrival, heard.no_departure
      from heard
      where heard.speaks and (not heard.known
        or row(heard.price_minor, heard.minimum_nights, heard.no_arrival, heard.no_departure)
          is distinct from row((heard.former).price_minor, (heard.former).minimum_nights,
            (heard.former).closed_to_arrival, (heard.former).closed_to_departure))
      order by heard.listing_id, heard.day
      on conflict on constraint calendar_days_pkey do update
      set price_minor = excluded.price_minor, minimum_nights = excluded.minimum_nights,
          closed_to_arrival = excluded.closed_to_arrival,
            closed_to_departure = excluded.closed_to_departure
      returning calendar_days.listing_id
    ), changed as (
      select silenced.listing_id from silenced union all select written.listing_id from written
    )
    select home.listing_id, count(changed.listing_id)::integer
    from unnest(write_days.listing_ids) as home (listing_id)
    left join changed on changed.listing_id = home.listing_id
    group by home.listing_id
    order by home.listing_id;
end $$;

comment on function private.write_days is
  'Rule: what is special about these days of these homes; a null leaves a value as it is.';

create function private.set_calendar(
  listing_id uuid, starts_on date, ends_on date, price_minor bigint, minimum_nights smallint,
  closed_to_arrival boolean, closed_to_departure boolean, clear_fields text[])
  returns setof public.calendar_days language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.check_days(starts_on, ends_on);
  if not coalesce(clear_fields, '{}') <@ array['price_minor', 'minimum_nights'] then
    perform private.refuse('invalid_field');
  end if;
  perform private.listing_to_manage(set_calendar.listing_id,
    case when price_minor is not null
      or 'price_minor' = any (clear_fields) then 'prices' else 'calendar' end);
  perform private.write_days(array[set_calendar.listing_id],
    datemultirange(daterange(set_calendar.starts_on, set_calendar.ends_on)),
    price_minor, minimum_nights, closed_to_arrival, closed_to_departure, clear_fields);

  return query
    select * from public.calendar_days
    where calendar_days.listing_id = set_calendar.listing_id
      and calendar_days.day >= set_calendar.starts_on and calendar_days.day < set_calendar.ends_on
    order by calendar_days.day;
end $$;

create function public.set_calendar(
  listing_id          uuid,
  starts_on           text,
  ends_on             text,
  price_minor         bigint   default null,
  minimum_nights      smallint default null,
  closed_to_arrival   boolean  default null,
  closed_to_departure boolean  default null,
  clear_fields        text[]   default '{}')
  returns setof public.calendar_days language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.set_calendar(
    set_calendar.listing_id,
    private.day(set_calendar.starts_on, 'starts_on'), private.day(set_calendar.ends_on, 'ends_on'),
    set_calendar.price_minor,
    set_calendar.minimum_nights, set_calendar.closed_to_arrival, set_calendar.closed_to_departure,
    set_calendar.clear_fields);
end;

grant execute on function private.set_calendar, public.set_calendar to authenticated;

comment on function public.set_calendar is
  'Sets exceptions from starts_on to ends_on (exclusive): the nightly price in minor units, the '
  'minimum nights of a stay arriving that day, closed to arrival or departure. A null leaves the '
  'value as it is; clear_fields removes any of: price_minor, minimum_nights. Co-hosts with the '
  'role calendar cannot set prices. Returns the days. Errors: listing_not_found, '
  'not_your_listing, dates_required, invalid_dates, dates_reversed, too_many_days, invalid_field, '
  'invalid_value, price_not_in_steps.';
