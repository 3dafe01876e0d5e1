-- Polling: when a calendar elsewhere is read, and what its events become.

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
      set attempt = calendar_feeds.attempt + 1,
        claimed_until = private.now() + interval '2 minutes',
          last_polled_at = private.now()
      from due
      where calendar_feeds.feed_id = due.feed_id
      returning calendar_feeds.*
    )
    select
      claimed.feed_id, claimed.attempt, claimed.url, claimed.listing_id, listings.time_zone,
        days.today,
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
  'Rule: a feed is read by one worker at a time; if the worker dies, the feed is released after '
  'two minutes. Owners take turns: the one with the fewest feeds in progress is next, then the one '
  'that waited longest. Only a local stack reads calendars on its own machine.';

create function private.feed_in_hand(feed_id uuid, attempt integer)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed public.calendar_feeds;
begin
  select * into feed from public.calendar_feeds
  where calendar_feeds.feed_id = feed_in_hand.feed_id
    and calendar_feeds.attempt = feed_in_hand.attempt
    and calendar_feeds.claimed_until is not null
  for update;
  return feed;
end $$;

comment on function private.feed_in_hand is
  'Rule: only the latest poll of a feed is applied, and only once.';

create function private.next_poll(feed public.calendar_feeds, failures integer, idle_reads integer)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  poll interval := make_interval(
    mins => (select settings.calendar_poll_minutes from private.settings));
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
  'Rule: a calendar is read every half hour; less often while it fails, but at least every 6 '
  'hours; up to every 2 hours once it was empty or slow three times in a row; every 6 hours while '
  'nobody can book the home.';

create function private.idle_reads(feed public.calendar_feeds, is_empty boolean)
  returns smallint language sql stable security invoker set search_path = ''
  return case
    when is_empty or private.now() - feed.last_polled_at > interval '5 seconds'
    then least(feed.idle_reads + 1, 100) else 0 end;

comment on function private.idle_reads is
  'Rule: a calendar is idle while it has no event, and slow when it took more than 5 seconds to '
  'read.';

create function private.apply_calendar_feed(
  feed_id uuid, attempt integer, events public.feed_event[], events_seen integer,
    broken_uids text[],
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
  where claims.listing_id = feed.listing_id and claims.kind = 'hold'
    and claims.expires_at <= private.now()
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
    set empty_at = private.now(), last_success_at = private.now(), last_error = null,
      last_status = null,
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
  insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out, summary,
    left_out)
  select distinct on (read.uid, read.check_in, read.check_out)
    feed.feed_id, feed.listing_id, read.uid, read.check_in, read.check_out,
      coalesce(read.summary, ''),
    private.is_left_out(coalesce(read.summary, ''), feed.ignored_summaries)
  from unnest(events) as read
  on conflict on constraint imported_events_come_in_once do update
  set summary = excluded.summary, left_out = excluded.left_out
  where imported_events.summary <> excluded.summary;
  perform private.claim_feed(feed);

  idle := private.idle_reads(feed, not exists (
    select from public.imported_events where imported_events.feed_id = feed.feed_id));
  update public.calendar_feeds
  set empty_at = null, idle_reads = idle, last_success_at = private.now(), read_at = private.now(),
    last_error = null,
      last_status = null, failures = 0, claimed_until = null,
      event_count = (
        select count(*) from public.imported_events where imported_events.feed_id = feed.feed_id),
      event_problems = apply_calendar_feed.event_problems,
        etag = left(apply_calendar_feed.etag, 500),
      last_modified = left(apply_calendar_feed.last_modified, 100),
        next_poll_at = private.next_poll(feed, 0, idle)
  where calendar_feeds.feed_id = feed.feed_id;
  return 'applied';
end $$;

comment on function private.apply_calendar_feed is
  'Rule: nights no longer in a feed become free, except for events that could not be read (one '
  'whose uid is null may be any, so nothing is freed); an empty feed frees nights only when it is '
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
  set last_error = coalesce(fail_calendar_feed.problem, 'unreachable'),
    last_status = fail_calendar_feed.http_status,
      failures = feed.failures + 1, claimed_until = null,
        next_poll_at = private.next_poll(feed, feed.failures + 1, 0)
  where calendar_feeds.feed_id = feed.feed_id;
  return 'failed';
end $$;

comment on function private.fail_calendar_feed is
  'Rule: a feed that cannot be read neither frees nor takes nights.';

create function private.read_calendars_soon()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.calendar_feeds set next_poll_at = private.now()
  where calendar_feeds.listing_id = new.listing_id and calendar_feeds.next_poll_at > private.now();
  return null;
end $$;

comment on function private.read_calendars_soon is
  'Rule: when a home becomes bookable, its calendars are read at once.';

create trigger read_the_calendars_soon after update of status on public.listings
  for each row when (old.status <> 'published' and new.status = 'published')
  execute function private.read_calendars_soon();

create function private.is_left_out(summary text, patterns text[])
  returns boolean language plpgsql immutable security invoker set search_path = ''
as $$
declare
  -- The work grows with the length of the text times that of the pattern. A host writes both: of
  -- 200 characters, 3,000 events and 10 patterns made to be slow would take seconds.
  said    text := lower(left(is_left_out.summary, 100));
  pattern text;
begin
  foreach pattern in array patterns loop
    pattern := replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_');
    if said like lower(replace(pattern, '*', '%')) then
      return true;
    end if;
  end loop;
  return false;
end $$;

comment on function private.is_left_out is
  'Rule: a pattern must match the whole summary, of which the first 100 characters count; * stands '
  'for any text, and case does not matter. No regular expressions: no pattern of a host can be '
  'slow.';

-- Verbs

create function public.claim_calendar_feeds(most integer)
  returns setof public.calendar_feed_to_read language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_calendar_feeds(claim_calendar_feeds.most);
end;

comment on function public.claim_calendar_feeds is
  'Server: claims the calendars that are due, each for two minutes. ends_on is exclusive.';

create function public.apply_calendar_feed(
  feed_id uuid, attempt integer, events public.feed_event[], events_seen integer,
    broken_uids text[],
  event_problems text[], etag text, last_modified text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_calendar_feed(
    feed_id, attempt, events, events_seen, broken_uids, event_problems, etag, last_modified);

comment on function public.apply_calendar_feed is
  'Server: applies what was read from a calendar: its events in the window, how many it had in '
  'all, and the uids of those that could not be read. Returns applied, kept (it was empty) or '
  'too_late.';

create function public.keep_calendar_feed(feed_id uuid, attempt integer)
  returns text language sql volatile security invoker set search_path = ''
  return private.keep_calendar_feed(feed_id, attempt);

comment on function public.keep_calendar_feed is
  'Server: records that a calendar has not changed. Returns unchanged or too_late.';

create function public.fail_calendar_feed(
  feed_id uuid, attempt integer, problem public.feed_problem, http_status smallint)
  returns text language sql volatile security invoker set search_path = ''
  return private.fail_calendar_feed(feed_id, attempt, problem, http_status);

comment on function public.fail_calendar_feed is
  'Server: records that a calendar could not be read; its nights stay taken. Returns failed or '
  'too_late.';

grant execute on function
  private.claim_calendar_feeds, public.claim_calendar_feeds, private.apply_calendar_feed,
  public.apply_calendar_feed, private.keep_calendar_feed, public.keep_calendar_feed,
  private.fail_calendar_feed, public.fail_calendar_feed
  to service_role;
