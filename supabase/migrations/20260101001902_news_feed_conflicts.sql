-- Feed conflicts: hosts hear when a calendar elsewhere and a stay here want the same night.
--
-- Once for each stay and calendar, until they agreed again. Many calendars hold blocks that are not
-- guests and move on by a day each day: the days too soon to be booked, the days too far away, a
-- block that is running and loses its past. Each day such a block is another event, and a host who
-- gets the same e-mail every morning does not read the one that matters.

create table private.told_conflicts (
  conflict_id uuid        not null default gen_random_uuid(),
  feed_id     uuid        not null references public.calendar_feeds on delete cascade,
  booking_id  uuid        not null references public.bookings on delete cascade,
  told_at     timestamptz not null,

  primary key (feed_id, booking_id)
);

create index told_conflicts_booking_id_idx on private.told_conflicts (booking_id);
alter table private.told_conflicts enable row level security;
comment on table private.told_conflicts is
  'Stays and external calendars whose conflict hosts were notified of; the row is deleted when it '
  'is resolved.';

create function private.moves_daily(event public.imported_events, today date, last_day date)
  returns boolean language plpgsql stable security invoker set search_path = ''
as $$
begin
  return event.summary !~* '\m(reserved|reservation|booked)\M' and (
    -- The notice that the other side wants, which is a week at most.
    (event.check_in between today - 1 and today and event.check_out <= today + 8)
    -- What lies beyond its booking window runs to the last day of which it speaks, and was another
    -- event yesterday. A guest who comes in a year is the same event tomorrow.
    or (event.check_out = last_day and event.check_out >= today + 300
      and event.first_read_at > private.now() - interval '2 days'));
end $$;

comment on function private.moves_daily is
  'Rule: a block in an external calendar is not a guest if it only covers the days of notice from '
  'today on, or if it is new and runs to the last day of a calendar, 300 days away or more, unless '
  'it says that it is reserved.';

create function private.disagreements(event_ids uuid[])
  returns table (
    event_id uuid, feed_id uuid, listing_id uuid, booking_id uuid, check_in date,
      moves_daily boolean)
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    with met as materialized (
      select imported_events as event, claims.booking_id, claims.nights,
        daterange(imported_events.check_in, imported_events.check_out) as wanted,
        private.today(listings.time_zone) as today,
        range_agg(claims.nights) over (partition by imported_events.event_id) as booked
      from public.imported_events
      join public.listings on listings.listing_id = imported_events.listing_id
      join private.claims on claims.listing_id = imported_events.listing_id
        and claims.nights && daterange(imported_events.check_in, imported_events.check_out)
        and claims.kind in ('hold', 'stay')
      join public.bookings on bookings.booking_id = claims.booking_id
        and bookings.placed_at is not null
      where imported_events.event_id = any (event_ids) and not imported_events.left_out
    ), ends as materialized (
      select met_feeds.feed_id, (
          select max(imported_events.check_out) from public.imported_events
          where imported_events.feed_id = met_feeds.feed_id) as last_day
      from (select distinct (met.event).feed_id from met) as met_feeds
    )
    select (met.event).event_id, (met.event).feed_id, (met.event).listing_id, met.booking_id,
      (met.event).check_in, private.moves_daily(met.event, met.today, ends.last_day)
    from met
    join ends on ends.feed_id = (met.event).feed_id
    where met.booked <> datemultirange(met.wanted) and upper(met.nights) > met.today;
end $$;

comment on function private.disagreements is
  'Rule: an event conflicts with the placed bookings on its nights, as in calendar_conflicts; an '
  'echo of our own bookings does not, and neither does an ignored event.';

create function private.tell_of_conflicts(event_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  conflict record;
  told     uuid;
begin
  for conflict in
    select disagreements.event_id, disagreements.feed_id, disagreements.listing_id,
      array_agg(disagreements.booking_id) as booking_ids
    from private.disagreements(event_ids)
    where not disagreements.moves_daily
    group by disagreements.event_id, disagreements.feed_id, disagreements.listing_id
    order by min(disagreements.check_in), disagreements.event_id
  loop
    with news as (
      insert into private.told_conflicts (feed_id, booking_id, told_at)
      select conflict.feed_id, booking_id, private.now()
        from unnest(conflict.booking_ids) as booking_id
      on conflict on constraint told_conflicts_pkey do nothing
      returning conflict_id
    )
    select news.conflict_id into told from news limit 1;
    continue when not found;
    perform private.mail_about('calendar_conflict', listing_hosts.profile_id, conflict.event_id,
      occasion => told::text)
    from public.listing_hosts
    where listing_hosts.listing_id = conflict.listing_id;
    perform private.tell_programs('calendar.conflict', jsonb_build_object(
      'event_id', conflict.event_id, 'listing_id', conflict.listing_id));
  end loop;
end $$;

comment on function private.tell_of_conflicts is
  'Rule: all hosts of a home are notified once that a stay and an external calendar conflict, '
  'until it is resolved; not yet for a hold that nobody paid, and never for a block that moves '
  'daily.';

create function private.tell_of_imports()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_of_conflicts(array(select added.event_id from added));
  return null;
end $$;

create function private.tell_of_placed_booking()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_of_conflicts(array(
    select imported_events.event_id from public.imported_events
    where imported_events.listing_id = new.listing_id
      and imported_events.check_in < new.check_out and imported_events.check_out > new.check_in));
  return null;
end $$;

comment on function private.tell_of_placed_booking is
  'Rule: the hosts are notified when a booking is placed on nights that an imported calendar '
  'shows as taken.';

create function private.tell_of_read_feed()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  events uuid[] := array(
    select imported_events.event_id from public.imported_events
    where imported_events.feed_id = new.feed_id);
begin
  delete from private.told_conflicts
  where told_conflicts.feed_id = new.feed_id and not exists (
    select from private.disagreements(events)
    where disagreements.booking_id = told_conflicts.booking_id);
  -- What was believed to move daily, and did not.
  perform private.tell_of_conflicts(events);
  return null;
end $$;

comment on function private.tell_of_read_feed is
  'Rule: a conflict is resolved when the calendar was read, or its filters were set, and takes '
  'none of the stay''s nights.';

create trigger tell_the_news_of_imports after insert on public.imported_events
  referencing new table as added for each statement execute function private.tell_of_imports();
create trigger tell_the_news_of_placed_booking after update of placed_at on public.bookings
  for each row when (old.placed_at is null and new.placed_at is not null)
  execute function private.tell_of_placed_booking();
create trigger tell_the_news_of_read_feed after update of read_at, ignored_summaries
  on public.calendar_feeds
  for each row when (new.read_at is not null) execute function private.tell_of_read_feed();
