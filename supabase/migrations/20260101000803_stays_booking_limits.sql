-- Booking limits: what a guest may take without having paid for it, alone and together with others.
--
-- Nights are held for nothing before they are paid, and a stay far away is confirmed before it
-- costs anything. Each guest gets so much of that; and accounts cost nothing either, so those that
-- never paid get so much of one home together. Beyond it nobody is turned away: a newcomer's hold
-- no longer keeps others out, and a newcomer's stay far away asks the host first.

alter table private.settings
  add column unpaid_stays          smallint not null default 3,
  add column open_requests         smallint not null default 5,
  add column newcomer_hold_minutes smallint not null default 10,
  add column newcomer_holds        smallint not null default 6,
  add column newcomer_nights       smallint not null default 60,
  add constraint settings_limit_guests
    check (unpaid_stays between 1 and 100 and open_requests between 1 and 100),
  add constraint settings_limit_newcomers check (
    newcomer_hold_minutes between 5 and 60 and newcomer_holds >= 0 and newcomer_nights >= 0);

comment on column private.settings.unpaid_stays is
  'How many stays for which nothing is paid a guest may have at a time; no two of them on the same '
  'night.';
comment on column private.settings.open_requests is
  'How many requests waiting for a host a guest may have at a time.';
comment on column private.settings.newcomer_hold_minutes is
  'How long nights are held for a guest who never paid, if that is less than hold_minutes.';
comment on column private.settings.newcomer_holds is
  'How often in 24 hours guests who never paid may together hold a night of one home.';
comment on column private.settings.newcomer_nights is
  'How many nights of one home guests who never paid may together book without the host''s '
  'approval and with nothing paid.';

-- One guest

create function private.check_limits(
  guest_id uuid, listing_id uuid, nights daterange, instant_book boolean, unpaid boolean,
  clock timestamptz)
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  setting  record;
  holds    bigint;
  requests bigint;
  stays    bigint;
  clash    boolean;
begin
  select settings.unpaid_holds, settings.unpaid_tries, settings.unpaid_stays,
    settings.open_requests
  into strict setting
  from private.settings where settings.singleton;
  if unpaid then
    select
      count(*) filter (where open.status = 'awaiting_payment'),
      count(*) filter (where (open.status = 'requested' and open.accepted_at is null)
        or (open.status = 'awaiting_payment' and not open.instant_book)),
      count(*) filter (where open.unpaid),
      coalesce(bool_or(open.unpaid and daterange(open.check_in, open.check_out) && nights), false)
    into holds, requests, stays, clash
    from (
      select bookings.status, bookings.accepted_at, bookings.instant_book, bookings.check_in,
        bookings.check_out, private.is_unpaid(bookings.booking_id) as unpaid
      from public.bookings
      where bookings.guest_id = check_limits.guest_id
        and bookings.status in ('awaiting_payment', 'requested', 'confirmed')
        and (bookings.status <> 'awaiting_payment' or bookings.expires_at > clock)
      offset 0) as open;
  else
    -- is_unpaid reads the payments of each stay. Confirmed stays are many and do not count here
    -- (measured for a guest with forty: a tenth of a request).
    select
      count(*) filter (where bookings.status = 'awaiting_payment'),
      count(*) filter (where (bookings.status = 'requested' and bookings.accepted_at is null)
        or (bookings.status = 'awaiting_payment' and not bookings.instant_book))
    into holds, requests
    from public.bookings
    where bookings.guest_id = check_limits.guest_id
      and bookings.status in ('awaiting_payment', 'requested')
      and (bookings.status <> 'awaiting_payment' or bookings.expires_at > clock);
  end if;

  if holds >= setting.unpaid_holds then
    perform private.refuse('too_many_holds', 'unpaid', setting.unpaid_holds::text);
  end if;
  -- Without this, a guest who asks again whenever a hold ends keeps the nights from everyone, for
  -- nothing.
  if (select count(*) from public.bookings
      where bookings.guest_id = check_limits.guest_id
        and bookings.listing_id = check_limits.listing_id
        and bookings.created_at > clock - interval '24 hours'
        and bookings.placed_at is null and bookings.status <> 'payment_conflict')
    >= setting.unpaid_tries
  then
    perform private.refuse('too_many_holds', 'today');
  end if;
  if unpaid and stays >= setting.unpaid_stays then
    perform private.refuse('too_many_unpaid_stays', 'limit', setting.unpaid_stays::text);
  end if;
  if unpaid and clash then perform private.refuse('unpaid_stays_overlap'); end if;
  if not instant_book and requests >= setting.open_requests then
    perform private.refuse('too_many_open_requests', 'limit', requests::text);
  end if;
end $$;

comment on function private.check_limits is
  'Rule: the limits of what one guest may have open at a time: holds, stays for which nothing is '
  'paid (none of them on the same night), requests. Holds count as what they may become. The '
  'caller has locked the guest and says what time it is.';

create function private.is_unpaid(booking_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return not exists (
    select from public.payments
    where payments.booking_id = is_unpaid.booking_id and payments.purpose <> 'damage'
      and (payments.status = 'captured'
        or (payments.instalment = 1 and payments.charge_at is null)));
end $$;

comment on function private.is_unpaid is
  'Rule: nothing is paid for the booking, and confirming it charges nothing: its card is charged '
  'later, or it is free.';

create function private.check_altered_nights(booking public.bookings, nights daterange)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if private.is_unpaid(booking.booking_id) and exists (
    select from public.bookings as other
    where other.guest_id = booking.guest_id and other.booking_id <> booking.booking_id
      and other.status in ('awaiting_payment', 'requested', 'confirmed')
      and (other.status <> 'awaiting_payment' or other.expires_at > private.now())
      and daterange(other.check_in, other.check_out) && nights
      and private.is_unpaid(other.booking_id))
  then
    perform private.refuse('unpaid_stays_overlap');
  end if;
end $$;

comment on function private.check_altered_nights is
  'Rule: an alteration must not put two stays for which nothing is paid on the same night.';

-- All who never paid

create function private.has_paid(guest_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.payments
    where payments.guest_id = has_paid.guest_id
      and payments.captured_minor > payments.refunded_minor);
end $$;

comment on function private.has_paid is
  'Rule: a guest is a newcomer while none of their payments (for damage, too) is kept: they made '
  'none, or all were refunded in full.';

create function private.holds_for_newcomers(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  most integer;
begin
  select settings.newcomer_holds into strict most from private.settings where settings.singleton;
  return (
    select count(*)
    from (
      select
      from public.bookings as other
      where other.listing_id = booking.listing_id and other.placed_at is null
        and other.created_at > booking.created_at - interval '24 hours'
        and other.booking_id <> booking.booking_id and other.status <> 'payment_conflict'
        and daterange(other.check_in, other.check_out) && daterange(booking.check_in,
          booking.check_out)
        and not private.has_paid(other.guest_id)
      limit most) as counted) < most;
end $$;

comment on function private.holds_for_newcomers is
  'Rule: all guests who never paid can together hold a night of a home newcomer_holds times in 24 '
  'hours. After that they book without a hold: nobody is excluded, and the first to pay gets the '
  'nights. Evaluated once the nights are claimed, so that of two concurrent bookings the second '
  'counts the first.';

create function private.newcomers_have_enough(listing_id uuid, nights integer)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Newcomers at one home, one after another: twenty at once would each find room.
  perform pg_advisory_xact_lock(
    hashtextextended('staybase/newcomers/' || newcomers_have_enough.listing_id, 0));
  return nights + coalesce((
    select sum(bookings.check_out - bookings.check_in)
    from public.bookings
    where bookings.listing_id = newcomers_have_enough.listing_id
      and bookings.check_in >= ((private.now() - interval '1 day') at time zone 'UTC')::date
      and bookings.status in ('awaiting_payment', 'requested', 'confirmed')
      and (bookings.status <> 'awaiting_payment' or bookings.expires_at > private.now())
      and private.is_unpaid(bookings.booking_id)
      and not private.has_paid(bookings.guest_id)), 0)
    > (select settings.newcomer_nights from private.settings);
end $$;

comment on function private.newcomers_have_enough is
  'Rule: guests who never paid can together book newcomer_nights nights of one home with nothing '
  'paid; beyond that, a stay of theirs that is charged later needs the host''s approval, whatever '
  'the listing says.';

-- When the money is there

create function private.place_with_nights(booking public.bookings, answer_until timestamptz)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from private.claims
    where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id)
  then
    return private.place_booking(booking, answer_until);
  end if;
  perform private.release_overdue_holds(
    booking.listing_id,
      daterange(booking.check_in, booking.check_out + booking.preparation_nights));
  begin
    if private.claim_nights(booking, 'hold') then
      return private.place_booking(booking, answer_until);
    end if;
    perform private.refuse('nights_taken');
  exception when sqlstate 'PT409' then
    null;
  end;
  return private.end_booking(booking, 'payment_conflict', 'system', 'nights_taken');
end $$;

comment on function private.place_with_nights is
  'Rule: a booking without a hold takes its nights when it is paid, if they are free; otherwise it '
  'is refunded.';
