-- Expiry: what happens to a booking because time passes.

create function private.expire_if_overdue(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  answer  text := private.registered('booking_overdue', booking.status::text);
  expired boolean;
begin
  if answer is not null then
    execute format('select private.%I($1)', answer) into expired using booking;
    return expired;
  end if;
  if booking.expires_at is null or booking.expires_at > private.now() then
    return false;
  end if;
  perform private.end_booking(booking, 'expired', 'system',
    case booking.status when 'requested' then 'not_answered' else 'not_paid' end);
  return true;
end $$;

comment on function private.expire_if_overdue is
  'Rule: a request that the host does not answer in time ends as expired (not_answered), a hold '
  'that nobody paid ends as expired too (not_paid).';

create function private.release_overdue_holds(listing_id uuid, nights daterange)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  overdue  public.bookings;
  released integer := 0;
begin
  if not exists (
    select from private.claims
    where claims.listing_id = release_overdue_holds.listing_id
      and claims.nights && release_overdue_holds.nights
      and claims.expires_at <= private.now())
  then
    return 0;
  end if;

  -- Two who each undo a claim and then want what the other undoes would deadlock (measured: up to
  -- four times in 2,000 requests for three listings whose holds expire), and so would who undoes
  -- one and who found the listing free before it was made: that one holds a night, and waits with
  -- the preparation after it. From here on nobody may wait for a booking, so those that another
  -- session has in hand are passed by.
  perform private.have_nights_alone(release_overdue_holds.listing_id);
  for overdue in
    select * from public.bookings
    where bookings.booking_id in (
      select claims.booking_id from private.claims
      where claims.listing_id = release_overdue_holds.listing_id
        and claims.nights && release_overdue_holds.nights
        and claims.expires_at <= private.now())
    order by bookings.booking_id
    for update skip locked
  loop
    released := released + private.expire_if_overdue(overdue)::integer;
  end loop;
  return released;
end $$;

comment on function private.release_overdue_holds is
  'Rule: an expired hold never blocks; whoever needs its nights ends it in their own transaction.';

create function private.lock_bookings_of(person uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.bookings
  where bookings.guest_id = person or bookings.host_id = person
  order by bookings.listing_id, bookings.booking_id
  for no key update;
end $$;

comment on function private.lock_bookings_of is
  'Rule: anything that changes many bookings of a person locks them all before any of their other '
  'rows.';
