-- Feeds: the calendars of other marketplaces, read and served as iCalendar.
--
-- A home is often offered elsewhere too. Its hosts name the other calendars here, and what these say
-- is taken becomes claims; they give the other side a secret link, and what is taken here is read
-- there. Fetching and parsing are the work of an edge function; which nights a feed takes, keeps and
-- frees is decided here. A feed never displaces a booking: where both want a night the booking has
-- it, the host sees a conflict, and the feed gets the night once the booking lets it go.

create type public.feed_health as enum ('new', 'healthy', 'failing');
create type public.feed_problem as enum (
  'address_not_allowed', 'host_not_found', 'unreachable', 'too_slow', 'too_large', 'too_many_redirects',
  'bad_answer', 'unknown_encoding', 'not_a_calendar', 'too_many_events');

-- Feeds

create table public.calendar_feeds (
  feed_id         uuid                primary key,
  listing_id      uuid                not null references public.listings on delete cascade,
  name            text                not null,
  url             text                not null,
  ignored_summaries text[]            not null default '{}',
  health          public.feed_health  not null generated always as (
                                        case when last_error is not null then 'failing'::public.feed_health
                                          when last_success_at is null then 'new'::public.feed_health
                                          else 'healthy'::public.feed_health end) stored,
  last_error      public.feed_problem,
  last_status     smallint,
  failures        integer             not null default 0,
  event_count     integer             not null default 0,
  event_problems  text[]              not null default '{}',
  created_at      timestamptz         not null,
  last_polled_at  timestamptz,
  last_success_at timestamptz,
  next_poll_at    timestamptz         not null,
  read_at         timestamptz,
  empty_at        timestamptz,
  attempt         integer             not null default 0,
  idle_reads      smallint            not null default 0,
  claimed_until   timestamptz,
  etag            text,
  last_modified   text,

  constraint calendar_feeds_come_in_once    unique (listing_id, url),
  constraint calendar_feeds_have_a_name     check (char_length(btrim(name)) between 1 and 80),
  constraint calendar_feeds_have_an_address check (
    char_length(url) <= 2000
    and url ~* '^https?://([^\s/?#@\\:\[\]]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?([/?]\S*)?$'),
  constraint calendar_feeds_leave_out_what_is_named check (
    cardinality(ignored_summaries) <= 10 and array_position(ignored_summaries, null) is null),
  constraint calendar_feeds_tell_a_few      check (cardinality(event_problems) <= 10)
);

create index calendar_feeds_next_poll_at_idx on public.calendar_feeds (next_poll_at);

comment on table public.calendar_feeds is
  'Calendars elsewhere that take nights of a listing here. Seen by its hosts.';
comment on column public.calendar_feeds.ignored_summaries is
  'Events whose summary matches one of these patterns take no night; see set_feed_filters.';
comment on column public.calendar_feeds.health is
  'new: not read yet; failing: the last try brought no calendar, and the nights stay as they were.';
comment on column public.calendar_feeds.last_status is
  'The HTTP status of an answer that was none of 200 and 304.';
comment on column public.calendar_feeds.event_problems is
  'The first ten events that could not be read, and why; what they held before is kept.';
comment on column public.calendar_feeds.read_at is
  'When its content came last; every day it is asked for again, changed or not.';
comment on column public.calendar_feeds.empty_at is
  'It held events and was empty then; empty once more, its nights are freed.';
comment on column public.calendar_feeds.idle_reads is
  'How often in a row it was empty or took long; from the third time on it is read less often.';
comment on column public.calendar_feeds.attempt is
  'Counts polls, so that a slow one cannot undo what a later one read.';

alter table public.calendar_feeds enable row level security;

create policy "hosts see the calendar feeds of their listings" on public.calendar_feeds
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('calendar'))));

grant select on public.calendar_feeds to authenticated;
-- No writes: a feed changes through its verbs and by what it says.

-- What a feed says, as it says it. An event never moves: what moved is another event. Those that the
-- hosts leave out are kept, so that leaving out and taking back need no reading.
create table public.imported_events (
  event_id   uuid primary key default gen_random_uuid(),
  feed_id    uuid not null references public.calendar_feeds on delete cascade,
  listing_id uuid not null references public.listings on delete cascade,
  uid        text not null,
  check_in   date not null,
  check_out  date not null,
  summary    text not null default '',
  left_out   boolean not null default false,
  first_read_at timestamptz not null default private.now(),

  constraint imported_events_come_in_once       unique (feed_id, uid, check_in, check_out),
  constraint imported_events_have_a_short_uid   check (char_length(uid) between 1 and 300),
  constraint imported_events_are_short_to_read  check (char_length(summary) <= 200),
  constraint imported_events_cover_some_nights  check (
    isfinite(check_in) and isfinite(check_out) and check_out > check_in and check_out - check_in <= 2000)
);

create index imported_events_listing_id_idx on public.imported_events (listing_id, check_in);

comment on table public.imported_events is
  'What the calendars elsewhere say is taken, from today on. Seen by the hosts of the listing.';

comment on column public.imported_events.left_out is
  'It takes no night: its summary matches one of ignored_summaries of its feed.';

alter table public.imported_events enable row level security;

create policy "hosts see what was imported for their listings" on public.imported_events
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('calendar'))));

grant select on public.imported_events to authenticated;
-- No writes: only the feed itself changes what it says.

alter table private.claims
  add column event_id uuid references public.imported_events on delete cascade,
  add constraint claims_are_imported_from_events check (event_id is null or kind = 'import');

create index claims_event_id_idx on private.claims (event_id) where event_id is not null;

comment on column private.claims.event_id is
  'The event that takes these nights; with it they are free again.';

-- Which nights a feed has

create function private.claim_imports(listing_id uuid, within daterange)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted  integer;
  taken   integer;
  claimed integer := 0;
begin
  loop
    -- Stays in the way stay there until this commits: who ends one of them then sees these events
    -- and gives them its nights.
    with stays as materialized (
      select claims.nights from private.claims
      where claims.listing_id = claim_imports.listing_id and claims.nights && within
        and claims.kind in ('hold', 'stay')
      for share
    ), missing as materialized (
      select imported_events.event_id, run as nights
      from public.imported_events, unnest(
        datemultirange(daterange(imported_events.check_in, imported_events.check_out) * within)
          - coalesce((select range_agg(stays.nights) from stays), '{}')
          - coalesce((
              select range_agg(claims.nights) from private.claims
              where claims.event_id = imported_events.event_id), '{}')) as run
      where imported_events.listing_id = claim_imports.listing_id and not imported_events.left_out
        and imported_events.check_in < upper(within) and imported_events.check_out > lower(within)
    ), inserted as (
      insert into private.claims (listing_id, nights, lane, kind, source, event_id)
      select claim_imports.listing_id, missing.nights, private.own_lane(), 'import', 'calendar_feed',
        missing.event_id
      from missing
      on conflict do nothing
      returning claims.claim_id
    )
    select (select count(*) from missing), (select count(*) from inserted) into wanted, taken;
    claimed := claimed + taken;
    -- A booking that was faster is seen by the next round, which leaves its nights out.
    exit when taken = wanted;
  end loop;
  return claimed;
end $$;

comment on function private.claim_imports is
  'Rule: an imported event takes its nights, unless it is left out, except those of holds and stays: it '
  'never displaces a booking.';

create function private.claim_feed(feed public.calendar_feeds)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.claims
  where claims.event_id in (
    select imported_events.event_id from public.imported_events
    where imported_events.feed_id = feed.feed_id and imported_events.left_out);
  perform private.claim_imports(
    feed.listing_id, daterange(min(imported_events.check_in), max(imported_events.check_out)))
  from public.imported_events
  where imported_events.feed_id = feed.feed_id
  having count(*) > 0;
end $$;

comment on function private.claim_feed is
  'Rule: an event that is left out lets its nights go, and every other event of the feed has its own.';

create function private.give_nights_to_imports()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from public.imported_events
    where imported_events.listing_id = old.listing_id
      and imported_events.check_in < upper(old.nights) and imported_events.check_out > lower(old.nights))
  then
    perform private.claim_imports(old.listing_id, old.nights);
  end if;
  return null;
end $$;

comment on function private.give_nights_to_imports is
  'Rule: nights that a booking lets go and a calendar elsewhere wants are never free in between.';

create constraint trigger give_the_nights_to_imports after delete or update of nights on private.claims
  deferrable initially deferred for each row when (old.kind in ('hold', 'stay'))
  execute function private.give_nights_to_imports();

-- Polling

create type public.calendar_feed_to_read as (
  feed_id       uuid,
  attempt       integer,
  url           text,
  listing_id    uuid,
  time_zone     text,
  today         date,
  starts_on     date,
  ends_on       date,
  etag          text,
  last_modified text,
  may_be_local  boolean
);

create type public.feed_event as (
  uid       text,
  check_in  date,
  check_out date,
  summary   text
);

create function private.claim_calendar_feeds(most integer)
  returns setof public.calendar_feed_to_read language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  -- One after another: two workers that look at once would both find the same owner least served.
  perform pg_advisory_xact_lock(hashtextextended('calendar feeds', 0));
  return query
    with waiting as materialized (
      select calendar_feeds.feed_id, calendar_feeds.next_poll_at, listings.host_id
      from public.calendar_feeds
      join public.listings on listings.listing_id = calendar_feeds.listing_id
      where calendar_feeds.next_poll_at <= private.now()
        and (calendar_feeds.claimed_until is null or calendar_feeds.claimed_until <= private.now())
    ), owners as materialized (
      select listings.host_id, max(calendar_feeds.last_polled_at) as last_polled_at,
        count(*) filter (where calendar_feeds.claimed_until > private.now()) as in_hand
      from public.listings
      join public.calendar_feeds on calendar_feeds.listing_id = listings.listing_id
      where listings.host_id in (select waiting.host_id from waiting)
      group by listings.host_id
    ), ranked as materialized (
      select waiting.feed_id, owners.last_polled_at, waiting.next_poll_at,
        owners.in_hand + row_number() over (
          partition by waiting.host_id order by waiting.next_poll_at, waiting.feed_id) as turn
      from waiting
      join owners on owners.host_id = waiting.host_id
    ), due as (
      select ranked.feed_id
      from ranked
      join public.calendar_feeds on calendar_feeds.feed_id = ranked.feed_id
      order by ranked.turn, ranked.last_polled_at nulls first, ranked.next_poll_at
      limit least(claim_calendar_feeds.most, 100)
      for update of calendar_feeds skip locked
    ), claimed as (
      update public.calendar_feeds
      set attempt = calendar_feeds.attempt + 1, claimed_until = private.now() + interval '2 minutes',
          last_polled_at = private.now()
      from due
      where calendar_feeds.feed_id = due.feed_id
      returning calendar_feeds.*
    )
    select
      claimed.feed_id, claimed.attempt, claimed.url, claimed.listing_id, listings.time_zone, days.today,
      (date_trunc('month', days.today) - interval '27 months')::date,
      (date_trunc('month', days.today) + interval '27 months')::date,
      -- Unasked for a day, a calendar is read anew: events come into sight that were too far away.
      case when claimed.read_at > private.now() - interval '1 day' then claimed.etag end,
      case when claimed.read_at > private.now() - interval '1 day' then claimed.last_modified end,
      (select settings.environment = 'local' from private.settings)
    from claimed
    join public.listings on listings.listing_id = claimed.listing_id,
      lateral (select private.today(listings.time_zone) as today) as days
    order by claimed.next_poll_at;
end $$;

comment on function private.claim_calendar_feeds is
  'Rule: a feed is read by one worker at a time; one that died gives it back after two minutes. '
  'Owners take turns: whoever has the fewest feeds in hand is next, then whoever waited longest. Only '
  'a local stack reads calendars of its own machine.';

create function private.feed_in_hand(feed_id uuid, attempt integer)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds;
begin
  select * into feed from public.calendar_feeds
  where calendar_feeds.feed_id = feed_in_hand.feed_id and calendar_feeds.attempt = feed_in_hand.attempt
    and calendar_feeds.claimed_until is not null
  for update;
  return feed;
end $$;

comment on function private.feed_in_hand is
  'Rule: only the latest poll of a feed has a say, and once.';

create function private.next_poll(feed public.calendar_feeds, failures integer, idle_reads integer)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  poll interval := make_interval(mins => (select settings.calendar_poll_minutes from private.settings));
begin
  return private.now() + case
    when not exists (
      select from public.listings
      where listings.listing_id = feed.listing_id and listings.status = 'published')
    then interval '6 hours'
    when failures > 0 then least(poll * 2 ^ (least(failures, 10) - 1), interval '6 hours')
    else least(poll * 2 ^ least(greatest(idle_reads - 2, 0), 2), interval '6 hours')
  end;
end $$;

comment on function private.next_poll is
  'Rule: a calendar is read every half an hour; less often while it fails, at least every 6 hours; up '
  'to every 2 hours once it was empty or slow three times in a row; every 6 hours while nobody can '
  'book the home.';

create function private.idle_reads(feed public.calendar_feeds, is_empty boolean)
  returns smallint language sql stable security invoker set search_path = ''
  return case
    when is_empty or private.now() - feed.last_polled_at > interval '5 seconds'
    then least(feed.idle_reads + 1, 100) else 0 end;

comment on function private.idle_reads is
  'Rule: a calendar is idle while it has no event, and slow when it took more than 5 seconds to read.';

create function private.apply_calendar_feed(
  feed_id uuid, attempt integer, events public.feed_event[], events_seen integer, broken_uids text[],
  event_problems text[], etag text, last_modified text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds;
  idle smallint;
begin
  select * into feed from public.calendar_feeds
  where calendar_feeds.feed_id = apply_calendar_feed.feed_id;
  perform private.release_overdue_holds(feed.listing_id, claims.nights)
  from private.claims
  where claims.listing_id = feed.listing_id and claims.kind = 'hold' and claims.expires_at <= private.now()
    and exists (
      select from unnest(events) as read
      where read.check_in < upper(claims.nights) and read.check_out > lower(claims.nights));
  -- Who changes what is imported for a listing has it alone, as who undoes a claim to take its
  -- nights.
  perform from public.listings where listings.listing_id = feed.listing_id for no key update;
  feed := private.feed_in_hand(feed_id, attempt);
  if feed.feed_id is null then
    return 'too_late';
  end if;

  -- An empty calendar may be an accident elsewhere, and its nights are sold twice then.
  if (events is null or coalesce(events_seen, 0) = 0) and feed.empty_at is null and exists (
    select from public.imported_events where imported_events.feed_id = feed.feed_id)
  then
    update public.calendar_feeds
    set empty_at = private.now(), last_success_at = private.now(), last_error = null, last_status = null,
        failures = 0, event_problems = apply_calendar_feed.event_problems, claimed_until = null,
        etag = null, last_modified = null, next_poll_at = private.next_poll(feed, 0, 0)
    where calendar_feeds.feed_id = feed.feed_id;
    return 'kept';
  end if;

  delete from public.imported_events
  where imported_events.feed_id = feed.feed_id
    and imported_events.uid <> all (broken_uids)
    and not exists (
      select from unnest(events) as read
      where read.uid = imported_events.uid and read.check_in = imported_events.check_in
        and read.check_out = imported_events.check_out);
  insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out, summary, left_out)
  select distinct on (read.uid, read.check_in, read.check_out)
    feed.feed_id, feed.listing_id, read.uid, read.check_in, read.check_out, coalesce(read.summary, ''),
    private.is_left_out(coalesce(read.summary, ''), feed.ignored_summaries)
  from unnest(events) as read
  on conflict on constraint imported_events_come_in_once do update
  set summary = excluded.summary, left_out = excluded.left_out
  where imported_events.summary <> excluded.summary;
  perform private.claim_feed(feed);

  idle := private.idle_reads(feed, not exists (
    select from public.imported_events where imported_events.feed_id = feed.feed_id));
  update public.calendar_feeds
  set empty_at = null, idle_reads = idle, last_success_at = private.now(), read_at = private.now(), last_error = null,
      last_status = null, failures = 0, claimed_until = null,
      event_count = (
        select count(*) from public.imported_events where imported_events.feed_id = feed.feed_id),
      event_problems = apply_calendar_feed.event_problems, etag = left(apply_calendar_feed.etag, 500),
      last_modified = left(apply_calendar_feed.last_modified, 100), next_poll_at = private.next_poll(feed, 0, idle)
  where calendar_feeds.feed_id = feed.feed_id;
  return 'applied';
end $$;

comment on function private.apply_calendar_feed is
  'Rule: what a feed no longer says is free again, but for events that could not be read (one whose '
  'uid is null may be any, so nothing is freed); an empty feed frees nights only when it is seen '
  'empty twice.';

create function private.keep_calendar_feed(feed_id uuid, attempt integer)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds := private.feed_in_hand(feed_id, attempt);
  idle smallint;
begin
  if feed.feed_id is null then
    return 'too_late';
  end if;
  idle := private.idle_reads(feed, feed.event_count = 0);
  update public.calendar_feeds
  set last_success_at = private.now(), last_error = null, last_status = null, failures = 0,
      idle_reads = idle, claimed_until = null, next_poll_at = private.next_poll(feed, 0, idle)
  where calendar_feeds.feed_id = feed.feed_id;
  return 'unchanged';
end $$;

create function private.fail_calendar_feed(
  feed_id uuid, attempt integer, problem public.feed_problem, http_status smallint)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds := private.feed_in_hand(feed_id, attempt);
begin
  if feed.feed_id is null then
    return 'too_late';
  end if;
  update public.calendar_feeds
  set last_error = coalesce(fail_calendar_feed.problem, 'unreachable'), last_status = fail_calendar_feed.http_status,
      failures = feed.failures + 1, claimed_until = null, next_poll_at = private.next_poll(feed, feed.failures + 1, 0)
  where calendar_feeds.feed_id = feed.feed_id;
  return 'failed';
end $$;

comment on function private.fail_calendar_feed is
  'Rule: a feed that cannot be read frees nothing and takes nothing.';

create function private.read_calendars_soon()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.calendar_feeds set next_poll_at = private.now()
  where calendar_feeds.listing_id = new.listing_id and calendar_feeds.next_poll_at > private.now();
  return null;
end $$;

comment on function private.read_calendars_soon is
  'Rule: when a home can be booked, its calendars are read at once.';

create trigger read_the_calendars_soon after update of status on public.listings
  for each row when (old.status <> 'published' and new.status = 'published')
  execute function private.read_calendars_soon();

-- What hosts do

create function private.is_calendar_url(url text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  parts text[] := regexp_match(
    url, '^(https?)://(?:[^\s/?#@\\:\[\]]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?:[/?]\S*)?$', 'i');
begin
  if parts is null or char_length(url) > 2000 then
    return false;
  end if;
  return parts[2] is null
    or parts[2]::integer = case lower(parts[1]) when 'https' then 443 else 80 end
    or (parts[2]::integer between 1 and 65535
      and (select settings.environment = 'local' from private.settings));
end $$;

comment on function private.is_calendar_url is
  'Rule: an address that can be read: https, http or webcal, without user and password, at the port of '
  'its scheme. sync-calendars goes to no other; only a local stack reads its own machine at any port.';

create function private.add_calendar_feed(feed_id uuid, listing_id uuid, url text, name text)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(add_calendar_feed.listing_id, 'calendar');
  feed    public.calendar_feeds;
  address text := regexp_replace(
    regexp_replace(btrim(add_calendar_feed.url), '^webcals?://', 'https://', 'i'), '#.*$', '');
begin
  select * into feed from public.calendar_feeds where calendar_feeds.feed_id = add_calendar_feed.feed_id;
  if found then
    if feed.listing_id = listing.listing_id and feed.url = address then
      return feed;
    end if;
    perform private.refuse('id_reused', 'id', 'feed_id');
  end if;
  if not coalesce(private.is_calendar_url(address), false) then
    perform private.refuse('invalid_calendar_url');
  end if;
  if exists (
    select from public.calendar_feeds
    where calendar_feeds.listing_id = listing.listing_id and calendar_feeds.url = address)
  then
    perform private.refuse('feed_exists');
  end if;
  if (select count(*) from public.calendar_feeds where calendar_feeds.listing_id = listing.listing_id) >= 20 then
    perform private.refuse('too_many_feeds');
  end if;
  -- Homes of one owner are counted together, one after another.
  perform pg_advisory_xact_lock(hashtextextended('calendar feeds of ' || listing.host_id, 0));
  if (
    select count(*) from public.calendar_feeds
    join public.listings on listings.listing_id = calendar_feeds.listing_id
    where listings.host_id = listing.host_id) >= (select settings.feeds_per_owner from private.settings)
  then
    perform private.refuse('too_many_feeds');
  end if;

  insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
  values (
    add_calendar_feed.feed_id, listing.listing_id, btrim(add_calendar_feed.name), address, private.now(),
    private.now())
  returning * into feed;
  perform private.call_function('sync-calendars');
  return feed;
end $$;

create function private.feed_to_manage(feed_id uuid)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds;
begin
  perform private.active_caller();
  select * into feed from public.calendar_feeds where calendar_feeds.feed_id = feed_to_manage.feed_id;
  if found and private.may_manage(feed.listing_id, 'calendar') then
    perform private.listing_to_manage(feed.listing_id, 'calendar');
    select * into feed from public.calendar_feeds where calendar_feeds.feed_id = feed_to_manage.feed_id;
    return feed;
  end if;
  perform private.refuse('feed_not_found');
end $$;

comment on function private.feed_to_manage is
  'Rule: the feed, with its listing locked, for hosts who keep the calendar.';

create function private.remove_calendar_feed(feed_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds;
begin
  perform private.active_caller();
  if not exists (
    select from public.calendar_feeds where calendar_feeds.feed_id = remove_calendar_feed.feed_id)
  then
    return;
  end if;
  feed := private.feed_to_manage(feed_id);
  delete from public.calendar_feeds where calendar_feeds.feed_id = feed.feed_id;
end $$;

create function private.sync_calendar_feed(feed_id uuid)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds := private.feed_to_manage(feed_id);
begin
  update public.calendar_feeds
  set next_poll_at = least(
    calendar_feeds.next_poll_at,
    greatest(private.now(), calendar_feeds.last_polled_at + interval '1 minute'))
  where calendar_feeds.feed_id = feed.feed_id
  returning * into feed;
  if feed.next_poll_at <= private.now() then
    perform private.call_function('sync-calendars');
  end if;
  return feed;
end $$;

comment on function private.sync_calendar_feed is
  'Rule: whoever asks, a calendar elsewhere is read once a minute at most.';

create type public.calendar_conflict as (
  listing_id uuid,
  feed_id    uuid,
  event_id   uuid,
  summary    text,
  check_in   date,
  check_out  date,
  booking_id uuid,
  booked_from date,
  booked_to  date
);

create function private.calendar_conflicts(listing_id uuid)
  returns setof public.calendar_conflict language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.signed_in();
  if calendar_conflicts.listing_id is not null
    and not private.may_manage(calendar_conflicts.listing_id, 'calendar')
  then
    perform private.refuse('not_your_listing');
  end if;
  return query
    with wanted as materialized (
      select imported_events.*, daterange(imported_events.check_in, imported_events.check_out) as nights
      from public.imported_events
      where imported_events.listing_id = any (array(select private.listings_of_caller('calendar')))
        and not imported_events.left_out
        and (calendar_conflicts.listing_id is null
          or imported_events.listing_id = calendar_conflicts.listing_id)
    ), met as (
      select wanted.*, claims.booking_id, claims.nights as booked,
        range_agg(claims.nights) over (partition by wanted.event_id) as all_booked
      from wanted
      join private.claims on claims.listing_id = wanted.listing_id and claims.nights && wanted.nights
      where claims.kind in ('hold', 'stay')
        and (claims.expires_at is null or claims.expires_at > (select private.now()))
    )
    select met.listing_id, met.feed_id, met.event_id, met.summary, met.check_in, met.check_out,
      case when bookings.placed_at is not null
          and met.listing_id = any (array(select private.listings_of_caller('bookings')))
        then met.booking_id end,
      lower(met.booked), upper(met.booked)
    from met
    join public.listings on listings.listing_id = met.listing_id
    left join public.bookings on bookings.booking_id = met.booking_id
    -- The other side publishes what it read here: that is an echo and no second guest.
    where met.all_booked <> datemultirange(met.nights)
      and upper(met.booked) > private.today(listings.time_zone)
    order by lower(met.booked), met.listing_id, met.event_id;
end $$;

comment on function private.calendar_conflicts is
  'Rule: an imported event and a booking that want the same night are a conflict, unless the event '
  'is exactly our own bookings: then it is their echo.';

-- Links to what is taken here

create table private.calendar_links (
  listing_id uuid        primary key references public.listings on delete cascade,
  token      text        not null,
  made_at    timestamptz not null,

  constraint calendar_links_are_secret unique (token)
);

alter table private.calendar_links enable row level security;
comment on table private.calendar_links is
  'The secret in the address of a listing''s calendar: who knows it may read which nights are taken.';

create type public.calendar_link as (
  listing_id uuid,
  feed_id    uuid,
  path       text,
  made_at    timestamptz
);

create function private.give_calendar_link(listing_id uuid, feed_id uuid, anew boolean)
  returns public.calendar_link language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(give_calendar_link.listing_id, 'calendar');
  link    private.calendar_links;
begin
  if feed_id is not null and not exists (
    select from public.calendar_feeds
    where calendar_feeds.feed_id = give_calendar_link.feed_id and calendar_feeds.listing_id = listing.listing_id)
  then
    perform private.refuse('feed_not_found');
  end if;
  -- Two random uuids: 244 bits that nobody guesses.
  insert into private.calendar_links (listing_id, token, made_at)
  values (
    listing.listing_id, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), private.now())
  on conflict on constraint calendar_links_pkey do update
  set token = excluded.token, made_at = excluded.made_at where anew;
  select * into link from private.calendar_links where calendar_links.listing_id = listing.listing_id;
  return row(
    listing.listing_id, give_calendar_link.feed_id,
    '/functions/v1/calendar-export/' || link.token || coalesce('/' || give_calendar_link.feed_id, '') || '.ics',
    link.made_at)::public.calendar_link;
end $$;

comment on function private.give_calendar_link is
  'Rule: a listing has one secret; when it is made anew, all links of the listing are.';

create function private.calendar_link(listing_id uuid, feed_id uuid)
  returns public.calendar_link language sql volatile security definer set search_path = ''
  return private.give_calendar_link(listing_id, feed_id, false);

create function private.rotate_calendar_link(listing_id uuid)
  returns public.calendar_link language sql volatile security definer set search_path = ''
  return private.give_calendar_link(listing_id, null, true);

create type public.exported_event as (
  uid       text,
  check_in  date,
  check_out date,
  is_stay   boolean
);

create type public.exported_calendar as (
  listing_id uuid,
  title      text,
  events     public.exported_event[],
  asked_at   timestamptz
);

create function private.exported_uid(listing_id uuid, taken_by uuid, starts_on date)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return left(
      encode(sha256(convert_to(concat_ws(' ', listing_id, taken_by, to_char(starts_on, 'YYYY-MM-DD')), 'UTF8')), 'hex'),
      32)
    || '@' || listing_id || '.staybase';
end $$;

comment on function private.exported_uid is
  'Rule: an exported event has the same UID as long as what takes its nights, and tells nobody the id of a '
  'booking. Its end names the listing, so that sync-calendars knows an echo of our own.';

create function private.export_calendar(token text, feed_id uuid)
  returns public.exported_calendar language plpgsql stable security definer set search_path = ''
as $$
declare
  listing public.listings;
  today   date;
  events  public.exported_event[];
begin
  select listings.* into listing
  from private.calendar_links
  join public.listings on listings.listing_id = calendar_links.listing_id
  where calendar_links.token = export_calendar.token;
  if not found then perform private.refuse('calendar_not_found'); end if;
  today := private.today(listing.time_zone);

  with theirs as (
    select range_agg(daterange(imported_events.check_in, imported_events.check_out)) as nights
    from public.imported_events
    where imported_events.listing_id = listing.listing_id
      and imported_events.feed_id = export_calendar.feed_id and not imported_events.left_out
  ), taken as (
    select claims.claim_id, claims.booking_id, claims.kind,
      -- What they said themselves is not said back, nor by way of a third calendar: such nights
      -- would hold each other for ever.
      case when claims.kind = 'import' then datemultirange(claims.nights) - coalesce(theirs.nights, '{}')
        else datemultirange(claims.nights) end as nights
    from private.claims, theirs
    where claims.listing_id = listing.listing_id and claims.nights && daterange(today, null)
      and claims.kind <> 'preparation' and claims.held_by is null
      and (claims.expires_at is null or claims.expires_at > private.now())
  )
  select coalesce(array_agg(
    row(
      private.exported_uid(
        listing.listing_id,
        case when taken.kind in ('hold', 'stay') then taken.booking_id else taken.claim_id end,
        case when taken.kind = 'import' and lower(run) <> lower(taken.nights) then lower(run) end),
      lower(run), upper(run), taken.kind in ('hold', 'stay'))::public.exported_event
    order by lower(run), upper(run), taken.claim_id), '{}')
  into events
  from taken, unnest(taken.nights) as run;
  return row(listing.listing_id, listing.title, events, private.now())::public.exported_calendar;
end $$;

comment on function private.export_calendar is
  'Rule: the other side reads which nights are taken, from today on, and by nobody it knows: no '
  'unpaid holds, no preparation, nothing that it said itself.';

-- With its owner a listing lets go of what leads elsewhere.
create function private.forget_calendars()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.calendar_feeds
  where calendar_feeds.listing_id in (
    select listings.listing_id from public.listings where listings.host_id = new.profile_id);
  delete from private.calendar_links
  where calendar_links.listing_id in (
    select listings.listing_id from public.listings where listings.host_id = new.profile_id);
  return null;
end $$;

comment on function private.forget_calendars is
  'Rule: when an account is closed, the calendars of its listings are neither read nor served.';

create trigger forget_the_calendars after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.forget_calendars();

-- Verbs

create function public.add_calendar_feed(feed_id uuid, listing_id uuid, url text, name text)
  returns public.calendar_feeds language sql volatile security invoker set search_path = ''
  return private.add_calendar_feed(feed_id, listing_id, url, name);

create function public.remove_calendar_feed(feed_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_calendar_feed(feed_id);

create function public.sync_calendar_feed(feed_id uuid)
  returns public.calendar_feeds language sql volatile security invoker set search_path = ''
  return private.sync_calendar_feed(feed_id);

create function public.calendar_conflicts(listing_id uuid default null)
  returns setof public.calendar_conflict language sql stable security invoker set search_path = ''
begin atomic
  select * from private.calendar_conflicts(calendar_conflicts.listing_id);
end;

create function public.calendar_link(listing_id uuid, feed_id uuid default null)
  returns public.calendar_link language sql volatile security invoker set search_path = ''
  return private.calendar_link(listing_id, feed_id);

create function public.rotate_calendar_link(listing_id uuid)
  returns public.calendar_link language sql volatile security invoker set search_path = ''
  return private.rotate_calendar_link(listing_id);

grant execute on function
  private.add_calendar_feed, public.add_calendar_feed, private.remove_calendar_feed,
  public.remove_calendar_feed, private.sync_calendar_feed, public.sync_calendar_feed,
  private.calendar_conflicts, public.calendar_conflicts, private.calendar_link,
  public.calendar_link, private.rotate_calendar_link, public.rotate_calendar_link
  to authenticated;

create function public.claim_calendar_feeds(most integer)
  returns setof public.calendar_feed_to_read language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_calendar_feeds(claim_calendar_feeds.most);
end;

create function public.apply_calendar_feed(
  feed_id uuid, attempt integer, events public.feed_event[], events_seen integer, broken_uids text[],
  event_problems text[], etag text, last_modified text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_calendar_feed(
    feed_id, attempt, events, events_seen, broken_uids, event_problems, etag, last_modified);

create function public.keep_calendar_feed(feed_id uuid, attempt integer)
  returns text language sql volatile security invoker set search_path = ''
  return private.keep_calendar_feed(feed_id, attempt);

create function public.fail_calendar_feed(
  feed_id uuid, attempt integer, problem public.feed_problem, http_status smallint)
  returns text language sql volatile security invoker set search_path = ''
  return private.fail_calendar_feed(feed_id, attempt, problem, http_status);

create function public.export_calendar(token text, feed_id uuid)
  returns public.exported_calendar language sql stable security invoker set search_path = ''
  return private.export_calendar(token, feed_id);

grant execute on function
  private.claim_calendar_feeds, public.claim_calendar_feeds, private.apply_calendar_feed,
  public.apply_calendar_feed, private.keep_calendar_feed, public.keep_calendar_feed,
  private.fail_calendar_feed, public.fail_calendar_feed, private.export_calendar,
  public.export_calendar
  to service_role;

comment on function public.add_calendar_feed is
  'Reads a calendar elsewhere (https, http or webcal) from now on: what it says is taken cannot be '
  'booked here. The client chooses feed_id; repeated, the same feed comes back. It is read at once; '
  'select on calendar_feeds tells its health. Errors: invalid_calendar_url, feed_exists, '
  'too_many_feeds, id_reused, listing_not_found, not_your_listing.';
comment on function public.remove_calendar_feed is
  'Reads this calendar no more and frees the nights that it took. Repeating it changes nothing. '
  'Errors: feed_not_found.';
comment on function public.sync_calendar_feed is
  'Has a calendar read now, or a minute after it was read last. Errors: feed_not_found.';
comment on function public.calendar_conflicts is
  'Nights that a calendar elsewhere and a booking here both want, for a listing or for all that the '
  'caller keeps the calendar of. The booking has them; booking_id is null for who does not see '
  'bookings, and while it is not placed. Errors: not_your_listing.';
comment on function public.calendar_link is
  'The path of a listing''s calendar, to be put behind the address of the project and given to '
  'another marketplace. With the feed_id of the calendar read from there, what it said itself is '
  'left out. Whoever knows it can read which nights are taken. Errors: feed_not_found, '
  'listing_not_found, not_your_listing.';
comment on function public.rotate_calendar_link is
  'A new secret for the calendar of a listing: all links given out end here. Errors: '
  'listing_not_found, not_your_listing.';
comment on function public.claim_calendar_feeds is
  'Server: the calendars that are due, each for two minutes. ends_on is exclusive.';
comment on function public.apply_calendar_feed is
  'Server: what was read in a calendar: its events in the window, how many it had in all, and the '
  'uids of those that could not be read. Returns applied, kept (it was empty) or too_late.';
comment on function public.keep_calendar_feed is
  'Server: a calendar has not changed. Returns unchanged or too_late.';
comment on function public.fail_calendar_feed is
  'Server: a calendar could not be read; its nights stay. Returns failed or too_late.';
comment on function public.export_calendar is
  'Server: what is taken of the listing that this secret belongs to. Errors: calendar_not_found.';
