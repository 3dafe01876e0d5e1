-- Stays: what the clock does to bookings.

create function private.expire_bookings(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  overdue public.bookings;
  expired integer := 0;
begin
  for overdue in
    select bookings.* from public.bookings, private.settings
    where bookings.expires_at <= private.now() - case bookings.status
      when 'awaiting_payment' then make_interval(secs => settings.expiry_grace_seconds)
        else interval '0' end
      and bookings.booking_id not in (select private.rows_aside('expire_bookings'))
    order by bookings.booking_id
    limit expire_bookings.most
    for update of bookings skip locked
  loop
    expired := expired + private.attempt(
      'expire_bookings', overdue.booking_id, 'expire_if_overdue', overdue);
  end loop;
  return expired;
end $$;

comment on function private.expire_bookings is
  'Job: ends holds two minutes after they expire (a payment may be under way) and requests when '
  'they expire.';

create function private.complete_stay(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Asked once it is locked: a host may have reported a no-show in the last moment.
  if private.no_show_open(booking.booking_id) then
    return false;
  end if;
  perform private.move_booking(booking.booking_id, 'completed', 'system', null, null);
  return true;
end $$;

create function private.complete_stays(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  over      public.bookings;
  completed integer := 0;
begin
  for over in
    select * from public.bookings
    where bookings.status = 'confirmed'
      and bookings.check_out <= ((private.now() + interval '1 day') at time zone 'UTC')::date
      and private.instant_at(bookings.check_out + bookings.check_out_time, bookings.time_zone)
        <= private.now()
      and not private.no_show_open(bookings.booking_id)
      and bookings.booking_id not in (select private.rows_aside('complete_stays'))
    order by bookings.booking_id
    limit complete_stays.most
    for update skip locked
  loop
    completed := completed + private.attempt(
      'complete_stays', over.booking_id, 'complete_stay', over);
  end loop;
  return completed;
end $$;

comment on function private.complete_stays is
  'Job: completes a confirmed stay at its check-out, unless the host reported a no-show.';
