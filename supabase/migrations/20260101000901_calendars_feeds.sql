-- Feeds: the calendars of other marketplaces, read and served as iCalendar.
--
-- A home is often offered elsewhere too. Its hosts name the other calendars here, and what these
-- say is taken becomes claims; they give the other side a secret link, and what is taken here is
-- read there. Fetching and parsing are the work of an edge function; which nights a feed takes,
-- keeps and frees is decided here. A feed never displaces a booking: where both want a night the
-- booking has it, the host sees a conflict, and the feed gets the night once the booking lets it
-- go.

create type public.feed_health as enum ('new', 'healthy', 'failing');
create type public.feed_problem as enum (
  'address_not_allowed', 'host_not_found', 'unreachable', 'too_slow', 'too_large',
    'too_many_redirects',
  'bad_answer', 'unknown_encoding', 'not_a_calendar', 'too_many_events');

-- Feeds

create table public.calendar_feeds (
  feed_id         uuid                primary key,
  listing_id      uuid                not null references public.listings on delete cascade,
  name            text                not null,
  url             text                not null,
  ignored_summaries text[]            not null default '{}',
  health          public.feed_health  not null generated always as (
                                        case when last_error is not null
                                          then 'failing'::public.feed_health
                                          when last_success_at is null
                                            then 'new'::public.feed_health
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
  'External calendars that block nights of a listing here. Visible to its hosts.';
comment on column public.calendar_feeds.ignored_summaries is
  'Events whose summary matches one of these patterns block no nights; see set_feed_filters.';
comment on column public.calendar_feeds.health is
  'new: not read yet; failing: the last attempt failed, and the nights stay as they were.';
comment on column public.calendar_feeds.last_status is
  'The HTTP status of the response, if it was neither 200 nor 304.';
comment on column public.calendar_feeds.event_problems is
  'The first ten events that could not be read, and why; their earlier version is kept.';
comment on column public.calendar_feeds.read_at is
  'When its content was last received; it is requested in full every day, changed or not.';
comment on column public.calendar_feeds.empty_at is
  'When it was first empty after having had events; if it is empty again, its nights are freed.';
comment on column public.calendar_feeds.idle_reads is
  'How often in a row it was empty or slow; from the third time on it is read less often.';
comment on column public.calendar_feeds.attempt is
  'Counts polls, so that a slow one cannot overwrite the result of a later one.';

alter table public.calendar_feeds enable row level security;

create policy "hosts see the calendar feeds of their listings" on public.calendar_feeds
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('calendar'))));

grant select on public.calendar_feeds to authenticated;
-- No writes: a feed changes through its verbs and by what it says.

-- What a feed says, as it says it. An event never moves: what moved is another event. Those that
-- the hosts leave out are kept, so that leaving out and taking back need no reading.
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
    isfinite(check_in) and isfinite(check_out) and check_out > check_in
      and check_out - check_in <= 2000)
);

create index imported_events_listing_id_idx on public.imported_events (listing_id, check_in);

comment on table public.imported_events is
  'The events of external calendars, from today on. Visible to the hosts of the listing.';

comment on column public.imported_events.left_out is
  'It blocks no nights because its summary matches one of ignored_summaries of its feed.';

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
  'The event that takes these nights; they become free with it.';

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
              where claims.event_id = imported_events.event_id
                and claims.listing_id = imported_events.listing_id), '{}')) as run
      where imported_events.listing_id = claim_imports.listing_id and not imported_events.left_out
        and imported_events.check_in < upper(within) and imported_events.check_out > lower(within)
    ), inserted as (
      insert into private.claims (listing_id, nights, lane, kind, source, event_id)
      select claim_imports.listing_id, missing.nights, private.own_lane(), 'import',
        'calendar_feed',
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
  'Rule: an imported event takes its nights, unless it is ignored, but never those of holds and '
  'stays: it never displaces a booking.';

create function private.claim_feed(feed public.calendar_feeds)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.claims
  where claims.listing_id = feed.listing_id and claims.event_id in (
    select imported_events.event_id from public.imported_events
    where imported_events.feed_id = feed.feed_id and imported_events.left_out);
  perform private.claim_imports(
    feed.listing_id, daterange(min(imported_events.check_in), max(imported_events.check_out)))
  from public.imported_events
  where imported_events.feed_id = feed.feed_id
  having count(*) > 0;
end $$;

comment on function private.claim_feed is
  'Rule: an ignored event releases its nights, and every other event of the feed has its own.';

create function private.give_nights_to_imports()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from public.imported_events
    where imported_events.listing_id = old.listing_id
      and imported_events.check_in < upper(old.nights)
        and imported_events.check_out > lower(old.nights))
  then
    perform private.claim_imports(old.listing_id, old.nights);
  end if;
  return null;
end $$;

comment on function private.give_nights_to_imports is
  'Rule: nights that a booking releases and an external calendar claims are never free in between.';

create constraint trigger give_the_nights_to_imports after delete
  or update of nights on private.claims
  deferrable initially deferred for each row when (old.kind in ('hold', 'stay'))
  execute function private.give_nights_to_imports();
