-- Publishing: what a listing needs before guests see it, and the verbs of its hosts.

create table private.hidden_listings (
  listing_id uuid        primary key references public.listings on delete restrict,
  hidden_at  timestamptz not null
);

alter table private.hidden_listings enable row level security;
comment on table private.hidden_listings is
  'Homes hidden by staff; their hosts cannot publish them. Showing one again deletes its row.';

create function private.check_listing()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  known text := private.known_time_zone(new.time_zone);
begin
  if known is null and new.time_zone is not null then
    perform private.refuse('invalid_time_zone');
  end if;
  new.time_zone := known;
  return new;
end $$;

comment on function private.check_listing is
  'Rule: a home is in a time zone of the IANA database, with the spelling used there.';

create trigger check_the_listing before insert or update of time_zone on public.listings
  for each row execute function private.check_listing();

-- Verbs

create function private.create_listing(
  listing_id uuid, title text, time_zone text, currency text, room_type public.room_type,
    capacity smallint)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  listing public.listings;
begin
  -- The currency stays for ever: a draft that could never be published would be a trap.
  if not exists (
    select from private.currencies where currencies.currency = create_listing.currency)
  then
    perform private.refuse('currency_not_offered');
  end if;
  -- In the owner's language, until they say another.
  insert into public.listings (
    listing_id, host_id, title, time_zone, currency, room_type, capacity, language)
  values (
    create_listing.listing_id, caller, create_listing.title, create_listing.time_zone,
    create_listing.currency, create_listing.room_type, create_listing.capacity, (
      select split_part(private_profiles.locale, '-', 1) from public.private_profiles
      where private_profiles.profile_id = caller))
  on conflict on constraint listings_pkey do nothing
  returning * into listing;

  if not found then
    select * into listing from public.listings
    where listings.listing_id = create_listing.listing_id and listings.host_id = caller;
    if not found then perform private.refuse('id_reused', 'id', 'listing_id'); end if;
    return listing;
  end if;
  -- One after another; the new one counts.
  perform pg_advisory_xact_lock(hashtextextended('drafts of ' || caller, 0));
  if (select count(*) from public.listings where listings.host_id = caller
    and listings.status = 'draft')
    > (select settings.drafts_per_owner from private.settings)
  then
    perform private.refuse('too_many_drafts');
  end if;

  insert into public.listing_hosts (listing_id, profile_id, role)
  values (listing.listing_id, caller, 'owner');
  insert into public.booking_rules (listing_id) values (listing.listing_id);
  return listing;
end $$;

create function public.create_listing(
  listing_id uuid,
  title      text,
  time_zone  text,
  currency   text,
  room_type  public.room_type default 'entire_home',
  capacity   smallint         default 2)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.create_listing(listing_id, title, time_zone, currency, room_type, capacity);

grant execute on function private.create_listing to authenticated;
grant execute on function public.create_listing to authenticated;
comment on function public.create_listing is
  'Creates a draft listing owned by the caller. The client chooses listing_id; a repeated call '
  'returns the same draft. Errors: id_reused, invalid_time_zone, currency_not_offered, '
  'too_many_drafts.';

create function private.missing_in(listing public.listings)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
begin
  return array_remove(array[
    case when listing.latitude is null then 'address' end,
    case when listing.country_code is null then 'country_code' end,
    case when listing.city is null then 'city' end,
    case when btrim(listing.description) = '' then 'description' end,
    case when not exists (
      select from public.listing_prices where listing_prices.listing_id = listing.listing_id)
      then 'prices' end,
    'custom_fields.' || (private.fields_problem(listing.custom_fields,
      (select listing_forms.schema from public.listing_forms), true))[1]], null);
end $$;

comment on function private.missing_in is
  'Rule: what a home needs before it is published: a place, a description, prices, and the '
  'required custom fields, of which the first that is missing or does not fit is named.';

create function private.missing_for_publishing(listing_id uuid)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
declare
  listing public.listings;
begin
  perform private.signed_in();
  select * into listing from public.listings
  where listings.listing_id = missing_for_publishing.listing_id;
  if not private.may_manage(missing_for_publishing.listing_id, 'see') then
    if listing.status = 'published' then perform private.refuse('not_your_listing'); end if;
    perform private.refuse('listing_not_found');
  end if;
  return private.missing_in(listing);
end $$;

create function private.publish_listing(listing_id uuid)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(publish_listing.listing_id, 'listing');
  missing text[];
begin
  if listing.status = 'published' then
    return listing;
  end if;
  if exists (
    select from private.hidden_listings where hidden_listings.listing_id = listing.listing_id)
  then
    perform private.refuse('hidden_by_staff');
  end if;

  -- Locked, so that it cannot go meanwhile: private.erase_profile hides what it finds published.
  perform from public.profiles
  where profiles.profile_id = listing.host_id and profiles.erased_at is null
  for no key update;
  if not found then perform private.refuse('account_closed', 'owner'); end if;
  if not exists (select from private.currencies where currencies.currency = listing.currency) then
    perform private.refuse('currency_not_offered', 'in', listing.currency);
  end if;
  missing := private.missing_in(listing);
  if missing <> '{}' then
    perform private.refuse('listing_incomplete', 'missing', array_to_string(missing, ', '));
  end if;

  update public.listings
  set status = 'published', published_at = coalesce(listings.published_at, private.now())
  where listings.listing_id = listing.listing_id
  returning * into listing;
  update public.profiles set hosting = true
  where profiles.profile_id = listing.host_id and not profiles.hosting;
  return listing;
end $$;

create function private.hide_listing(listing_id uuid)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(hide_listing.listing_id, 'listing');
begin
  update public.listings set status = 'hidden'
  where listings.listing_id = listing.listing_id and listings.status = 'published'
  returning * into listing;
  if not found then
    select * into listing from public.listings where listings.listing_id = hide_listing.listing_id;
  end if;
  return listing;
end $$;

create function public.publish_listing(listing_id uuid)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.publish_listing(listing_id);

create function public.missing_for_publishing(listing_id uuid)
  returns text[] language sql stable security invoker set search_path = ''
  return private.missing_for_publishing(listing_id);

create function public.hide_listing(listing_id uuid)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.hide_listing(listing_id);

grant execute on function private.publish_listing, private.hide_listing to authenticated;
grant execute on function public.publish_listing, public.hide_listing to authenticated;
grant execute on function private.missing_for_publishing, public.missing_for_publishing
  to authenticated;
comment on function public.missing_for_publishing is
  'For hosts: what publish_listing still needs, in this order: address, country_code, city, '
  'description, prices, custom_fields.<name>. Empty: nothing. Errors: '
  'listing_not_found, not_your_listing.';
comment on function public.publish_listing is
  'Publishes a complete draft or hidden listing, so that everyone can see it. Repeating it changes '
  'nothing. Errors: listing_not_found, not_your_listing, listing_incomplete '
  '(missing_for_publishing lists what), currency_not_offered, hidden_by_staff, account_closed (the caller''s or the owner''s).';
comment on function public.hide_listing is
  'Removes a listing from search; existing bookings continue. Repeating it changes nothing. '
  'Errors: listing_not_found, not_your_listing.';

create function private.set_cohost_role(listing_id uuid, profile_id uuid, role public.host_role)
  returns public.listing_hosts language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(set_cohost_role.listing_id, 'roles');
  cohost  public.listing_hosts;
begin
  if set_cohost_role.role is null or set_cohost_role.role = 'owner'
    or set_cohost_role.profile_id = listing.host_id
  then
    perform private.refuse('one_owner_only');
  end if;
  update public.listing_hosts set role = set_cohost_role.role
  where listing_hosts.listing_id = listing.listing_id
    and listing_hosts.profile_id = set_cohost_role.profile_id
  returning * into cohost;
  if not found then perform private.refuse('cohost_not_found'); end if;
  return cohost;
end $$;

create function private.remove_cohost(listing_id uuid, profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(
    remove_cohost.listing_id, case when remove_cohost.profile_id = auth.uid() then 'see'
      else 'roles' end);
begin
  if remove_cohost.profile_id = listing.host_id then
    perform private.refuse('one_owner_only');
  end if;
  delete from public.listing_hosts
  where listing_hosts.listing_id = listing.listing_id
    and listing_hosts.profile_id = remove_cohost.profile_id;
end $$;

create function public.set_cohost_role(listing_id uuid, profile_id uuid, role public.host_role)
  returns public.listing_hosts language sql volatile security invoker set search_path = ''
  return private.set_cohost_role(listing_id, profile_id, role);

create function public.remove_cohost(listing_id uuid, profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_cohost(listing_id, profile_id);

grant execute on function private.set_cohost_role, private.remove_cohost to authenticated;
grant execute on function public.set_cohost_role, public.remove_cohost to authenticated;
comment on function public.set_cohost_role is
  'The owner changes the role (full or calendar) of a co-host. Errors: listing_not_found, '
  'not_your_listing, cohost_not_found, one_owner_only.';
comment on function public.remove_cohost is
  'The owner removes a co-host, or a co-host leaves. Repeating it changes nothing. Errors: '
  'listing_not_found, not_your_listing, one_owner_only.';
