-- Contacts: who sees which home, whose address and whose telephone because of a booking, and when.
--
-- A confirmed stay need not have cost anything yet: a card that is saved for a stay seven months
-- ahead may refuse every charge. So confirmation alone opens nothing. The address and the contacts
-- open with the first money, or when the guest can no longer cancel for nothing within the grace
-- period; how to get in opens a few days before check-in. All of it closes at check-out.

alter table private.settings
  add column access_days smallint not null default 3,
  add constraint settings_open_doors_soon check (access_days between 0 and 30);

comment on column private.settings.access_days is
  'How many days before check-in the guest can see how to get in: door code, Wi-Fi, instructions.';

-- When

create function private.contacts_open_at(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status not in ('confirmed', 'completed') then
    return null;
  end if;
  return least(
    (select min(payments.captured_at) from public.payments
     where payments.booking_id = booking.booking_id and payments.purpose <> 'damage'),
    coalesce(
      private.grace_ends_at(
        booking.cancellation_policy, booking.check_in, booking.check_in_time, booking.time_zone,
        booking.confirmed_at),
      booking.confirmed_at));
end $$;

comment on function private.contacts_open_at is
  'Rule: address and contacts become visible when something was captured or when the grace period '
  'is over, whichever is first; for a free stay only the latter. Null while it is not confirmed.';

create function private.contacts_are_open(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return booking.status = 'confirmed'
    and coalesce(private.contacts_open_at(booking) <= private.now(), false)
    and private.now() < private.stay_ends_at(booking);
end $$;

comment on function private.contacts_are_open is
  'Rule: address and contacts are visible for a confirmed stay from private.contacts_open_at to '
  'check-out. A completed stay shows neither; its booking, receipts and messages stay.';

create function private.access_is_open(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.contacts_are_open(booking)
    and private.today(booking.time_zone)
      >= booking.check_in - (select settings.access_days from private.settings)::integer
    and (
      exists (
        select from public.payments
        where payments.booking_id = booking.booking_id and payments.status = 'captured'
          and payments.purpose <> 'damage')
      or (select guest_totals.total_minor = 0 from public.guest_totals
        where guest_totals.booking_id = booking.booking_id));
end $$;

comment on function private.access_is_open is
  'Rule: how to get in is visible from access_days before check-in to check-out, in the listing''s '
  'time zone, and for a stay that is not free only once part of it was paid.';

-- Who sees what

-- One array, not a set of hosts and one of guests: what the policy of listings asks is part of the
-- plan of each table that belongs to a home, and a set takes two nodes more there.
create function private.listings_seen_by_caller()
  returns uuid[] language plpgsql stable security definer set search_path = ''
as $$
begin
  return array(
    select private.listings_of_caller('see')
    union all
    select bookings.listing_id
    from public.bookings
    where bookings.guest_id = (select auth.uid())
      -- A hold is free of charge: one that came to nothing shows no home for ever.
      and (bookings.placed_at is not null or bookings.status = 'awaiting_payment'));
end $$;

comment on function private.listings_seen_by_caller is
  'Rule: hosts see their homes, published or not; guests keep seeing the homes they paid for, and '
  'see those they hold.';

create function private.listings_open_to_guest(access boolean)
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select bookings.listing_id
    from public.bookings
    where bookings.guest_id = (select auth.uid()) and bookings.status = 'confirmed'
      and case when access then private.access_is_open(bookings)
        else private.contacts_are_open(bookings) end;
end $$;

comment on function private.listings_open_to_guest is
  'Rule: the homes whose address, or with access also how to get in, is visible to the caller now '
  'because of a stay.';

create function private.people_of_caller()
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select bookings.host_id
    from public.bookings
    where bookings.guest_id = (select auth.uid())
    union
    select listing_hosts.profile_id
    from public.listing_hosts
    where listing_hosts.listing_id = any (array(select private.listings_of_caller('see')));
end $$;

comment on function private.people_of_caller is
  'Rule: people see those they host with, and the hosts of homes they booked.';

grant execute on function
  private.listings_seen_by_caller, private.listings_open_to_guest, private.people_of_caller
  to authenticated;

-- What signed-in people see of each other depends on their conversations too: that policy is in
-- messages_conversations.
create policy "people see published listings, their own and those they booked" on public.listings
  for select to authenticated
  using (
    status = 'published'
    or listing_id = any ((select private.listings_seen_by_caller())::uuid[]));
create policy "hosts and guests whose stay opens it see the address" on public.listing_addresses
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('listing')))
    or listing_id = any (array(select private.listings_open_to_guest(false))));
create policy "hosts and guests about to arrive see how to get in" on public.listing_access
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('listing')))
    or listing_id = any (array(select private.listings_open_to_guest(true))));

-- Contacts

create type public.booking_contact as (
  profile_id   uuid,
  party        public.booking_actor,
  display_name text,
  email        text,
  phone        text
);

create function private.booking_contacts(booking_id uuid)
  returns setof public.booking_contact language plpgsql stable security definer set search_path = ''
as $$
declare
  caller  uuid := private.signed_in();
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id = booking_contacts.booking_id
    and (bookings.guest_id = caller
      or (bookings.placed_at is not null and private.may_manage(bookings.listing_id, 'contacts')));
  if not found then perform private.refuse('booking_not_found'); end if;
  if booking.status <> 'confirmed' then perform private.refuse('not_confirmed'); end if;
  if not private.contacts_are_open(booking) then
    perform private.refuse(
      'contacts_closed',
      case when private.now() >= private.stay_ends_at(booking) then 'over' else 'later' end,
      to_char(private.contacts_open_at(booking) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
  end if;
  return query
    select profiles.profile_id, party.name, profiles.display_name, private_profiles.email,
      private_profiles.phone
    from (values
      (booking.host_id, 'host'::public.booking_actor),
      (booking.guest_id, 'guest'::public.booking_actor)) as party (profile_id, name)
    join public.profiles on profiles.profile_id = party.profile_id
    left join public.private_profiles on private_profiles.profile_id = party.profile_id;
end $$;

create function public.booking_contacts(booking_id uuid)
  returns setof public.booking_contact language sql stable security invoker set search_path = ''
begin atomic
  select * from private.booking_contacts(booking_contacts.booking_id);
end;

grant execute on function private.booking_contacts, public.booking_contacts to authenticated;
comment on function public.booking_contacts is
  'Names, e-mail addresses and phone numbers of both sides of a confirmed booking, for those two '
  'sides: from the first payment, or the end of the grace period, until check-out. Errors: '
  'booking_not_found, not_confirmed, contacts_closed.';
