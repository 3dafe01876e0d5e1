-- Links: secret addresses at which other marketplaces read what is taken here.

create table private.calendar_links (
  listing_id uuid        primary key references public.listings on delete cascade,
  token      text        not null,
  made_at    timestamptz not null,

  constraint calendar_links_are_secret unique (token)
);

alter table private.calendar_links enable row level security;
comment on table private.calendar_links is
  'The secret in the address of a listing''s calendar: anyone who knows it can see which nights '
  'are taken.';

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
    where calendar_feeds.feed_id = give_calendar_link.feed_id
      and calendar_feeds.listing_id = listing.listing_id)
  then
    perform private.refuse('feed_not_found');
  end if;
  -- Two random uuids: 244 bits that nobody guesses.
  insert into private.calendar_links (listing_id, token, made_at)
  values (
    listing.listing_id, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
      private.now())
  on conflict on constraint calendar_links_pkey do update
  set token = excluded.token, made_at = excluded.made_at where anew;
  select * into link from private.calendar_links
    where calendar_links.listing_id = listing.listing_id;
  return row(
    listing.listing_id, give_calendar_link.feed_id,
    '/functions/v1/calendar-export/' || link.token
      || coalesce('/' || give_calendar_link.feed_id, '') || '.ics',
    link.made_at)::public.calendar_link;
end $$;

comment on function private.give_calendar_link is
  'Rule: a listing has one secret; when it is replaced, all links of the listing are.';

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
      encode(sha256(convert_to(
        concat_ws(' ', listing_id, taken_by, to_char(starts_on, 'YYYY-MM-DD')), 'UTF8')), 'hex'),
      32)
    || '@' || listing_id || '.staybase';
end $$;

comment on function private.exported_uid is
  'Rule: an exported event has the same UID as long as what takes its nights, and does not reveal '
  'the id of a booking. Its suffix names the listing, so that sync-calendars recognises an echo of '
  'our own.';

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
      case when claims.kind = 'import'
        then datemultirange(claims.nights) - coalesce(theirs.nights, '{}')
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
  'Rule: the other platform sees which nights are taken, from today on, but not by whom: no unpaid '
  'holds, no preparation, and none of its own events.';

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

create function public.calendar_link(listing_id uuid, feed_id uuid default null)
  returns public.calendar_link language sql volatile security invoker set search_path = ''
  return private.calendar_link(listing_id, feed_id);

create function public.rotate_calendar_link(listing_id uuid)
  returns public.calendar_link language sql volatile security invoker set search_path = ''
  return private.rotate_calendar_link(listing_id);

grant execute on function
  private.calendar_link, public.calendar_link, private.rotate_calendar_link,
  public.rotate_calendar_link
  to authenticated;

create function public.export_calendar(token text, feed_id uuid)
  returns public.exported_calendar language sql stable security invoker set search_path = ''
  return private.export_calendar(token, feed_id);

grant execute on function private.export_calendar, public.export_calendar to service_role;

comment on function public.calendar_link is
  'The path of a listing''s calendar, to be appended to the project''s address and given to '
  'another marketplace. With the feed_id of the calendar imported from there, that calendar''s own '
  'events are left out. Anyone with the link can see which nights are taken. Errors: '
  'feed_not_found, listing_not_found, not_your_listing.';
comment on function public.rotate_calendar_link is
  'Creates a new secret for a listing''s calendar: all existing links stop working. Errors: '
  'listing_not_found, not_your_listing.';
comment on function public.export_calendar is
  'Server: the taken nights of the listing that this secret belongs to. Errors: '
  'calendar_not_found.';
