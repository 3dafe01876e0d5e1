-- Feed verbs: what hosts do with the calendars they read.

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
  'Rule: an address that can be read: https, http or webcal, without user and password, on the '
  'default port of its scheme. sync-calendars requests no other; only a local stack reads its own '
  'machine on any port.';

create function private.add_calendar_feed(feed_id uuid, listing_id uuid, url text, name text)
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(add_calendar_feed.listing_id, 'calendar');
  feed    public.calendar_feeds;
  address text := regexp_replace(
    regexp_replace(btrim(add_calendar_feed.url), '^webcals?://', 'https://', 'i'), '#.*$', '');
begin
  select * into feed from public.calendar_feeds
    where calendar_feeds.feed_id = add_calendar_feed.feed_id;
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
  if (select count(*) from public.calendar_feeds
    where calendar_feeds.listing_id = listing.listing_id) >= 20
  then
    perform private.refuse('too_many_feeds');
  end if;
  -- Homes of one owner are counted together, one after another.
  perform pg_advisory_xact_lock(hashtextextended('calendar feeds of ' || listing.host_id, 0));
  if (
    select count(*) from public.calendar_feeds
    join public.listings on listings.listing_id = calendar_feeds.listing_id
    where listings.host_id = listing.host_id) >= (select settings.feeds_per_owner
      from private.settings)
  then
    perform private.refuse('too_many_feeds');
  end if;

  insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
  values (
    add_calendar_feed.feed_id, listing.listing_id, btrim(add_calendar_feed.name), address,
      private.now(),
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
  select * into feed from public.calendar_feeds
    where calendar_feeds.feed_id = feed_to_manage.feed_id;
  if found and private.may_manage(feed.listing_id, 'calendar') then
    perform private.listing_to_manage(feed.listing_id, 'calendar');
    select * into feed from public.calendar_feeds
      where calendar_feeds.feed_id = feed_to_manage.feed_id;
    return feed;
  end if;
  perform private.refuse('feed_not_found');
end $$;

comment on function private.feed_to_manage is
  'Rule: the feed, with its listing locked, for hosts who manage the calendar.';

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
  'Rule: an external calendar is read at most once a minute, whoever asks.';

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
      select imported_events.*,
        daterange(imported_events.check_in, imported_events.check_out) as nights
      from public.imported_events
      where imported_events.listing_id = any (array(select private.listings_of_caller('calendar')))
        and not imported_events.left_out
        and (calendar_conflicts.listing_id is null
          or imported_events.listing_id = calendar_conflicts.listing_id)
    ), met as (
      select wanted.*, claims.booking_id, claims.nights as booked,
        range_agg(claims.nights) over (partition by wanted.event_id) as all_booked
      from wanted
      join private.claims on claims.listing_id = wanted.listing_id
        and claims.nights && wanted.nights
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
  'Rule: an imported event and a booking on the same night are a conflict, unless the event covers '
  'exactly our own bookings: then it is their echo.';

-- Verbs

create function public.add_calendar_feed(feed_id uuid, listing_id uuid, url text, name text)
  returns public.calendar_feeds language sql volatile security invoker set search_path = ''
  return private.add_calendar_feed(feed_id, listing_id, url, name);

comment on function public.add_calendar_feed is
  'Imports an external calendar (https, http or webcal) from now on: nights taken there cannot be '
  'booked here. The client chooses feed_id; a repeated call returns the same feed. The calendar is '
  'read at once; calendar_feeds shows its health. Errors: invalid_calendar_url, feed_exists, '
  'too_many_feeds, id_reused, listing_not_found, not_your_listing, invalid_value.';

create function public.remove_calendar_feed(feed_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_calendar_feed(feed_id);

comment on function public.remove_calendar_feed is
  'Stops importing this calendar and frees the nights that it took. Repeating it changes nothing. '
  'Errors: feed_not_found.';

create function public.sync_calendar_feed(feed_id uuid)
  returns public.calendar_feeds language sql volatile security invoker set search_path = ''
  return private.sync_calendar_feed(feed_id);

comment on function public.sync_calendar_feed is
  'Reads a calendar now, or one minute after it was last read. Errors: feed_not_found.';

create function public.calendar_conflicts(listing_id uuid default null)
  returns setof public.calendar_conflict language sql stable security invoker set search_path = ''
begin atomic
  select * from private.calendar_conflicts(calendar_conflicts.listing_id);
end;

comment on function public.calendar_conflicts is
  'Nights that are taken both by an external calendar and by a booking here, for one listing or '
  'for all listings whose calendar the caller manages. The booking keeps them; booking_id is null '
  'for callers who cannot see bookings, and until the booking is placed. Errors: not_your_listing.';

grant execute on function
  private.add_calendar_feed, public.add_calendar_feed, private.remove_calendar_feed,
  public.remove_calendar_feed, private.sync_calendar_feed, public.sync_calendar_feed,
  private.calendar_conflicts, public.calendar_conflicts
  to authenticated;
