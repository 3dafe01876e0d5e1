-- Unpaid stays: a charge that was not paid in time is let go, and the stay it was for is cancelled.

create function private.let_charges_go(booking public.bookings)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
  let_go  integer := 0;
begin
  if exists (
    select from private.disputes where disputes.booking_id = booking.booking_id
      and disputes.status = 'open')
  then
    return 0;
  end if;
  for payment in
    select * from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'pending'
      and payments.pay_by <= private.now()
    order by payments.instalment
    for update
  loop
    perform private.return_payment(payment, 'unpaid');
    if payment.purpose <> 'stay' or booking.status <> 'confirmed' then
      perform private.note_problem(payment.payment_id, payment.purpose || '_unpaid');
      update public.payments set pay_by = null where payments.payment_id = payment.payment_id;
    end if;
    let_go := let_go + 1;
  end loop;
  return let_go;
end $$;

create function private.let_unpaid_charges_go(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  let_go  integer := 0;
begin
  for booking in
    select * from public.bookings
    where bookings.booking_id in (
      select payments.booking_id from public.payments
      where payments.status = 'pending' and payments.pay_by <= private.now()
        and (payments.stripe_intent_id is null or not private.is_let_go(payments))
        -- While a bank takes the money back nothing of it can be given back: when that is decided.
        and not exists (
          select from private.disputes
          where disputes.booking_id = payments.booking_id and disputes.status = 'open')
        and payments.booking_id not in (select private.rows_aside('let_unpaid_charges_go'))
      order by payments.pay_by
      limit let_unpaid_charges_go.most)
    order by bookings.booking_id
    for update skip locked
  loop
    let_go := let_go + private.attempt(
      'let_unpaid_charges_go', booking.booking_id, 'let_charges_go', booking);
  end loop;
  return let_go;
end $$;

comment on function private.let_unpaid_charges_go is
  'Job: cancels the intent of a payment that was not paid in time. Only Stripe knows whether it '
  'was paid at the last moment, and says so in its response.';

create function private.cancel_unpaid_stay(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from private.disputes where disputes.booking_id = booking.booking_id
      and disputes.status = 'open')
  then
    return false;
  end if;
  perform private.note_problem(payments.payment_id, 'stay_unpaid')
  from public.payments
  where payments.booking_id = booking.booking_id and payments.status = 'cancelled'
    and payments.pay_by <= private.now();
  update public.payments set pay_by = null
  where payments.booking_id = booking.booking_id and payments.status = 'cancelled';
  perform private.end_stay(booking, 'system', 'unpaid', private.settle_unpaid(booking));
  return true;
end $$;

create function private.cancel_unpaid_stays(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  ended   integer := 0;
begin
  for booking in
    select * from public.bookings
    where bookings.status = 'confirmed' and bookings.booking_id in (
      select payments.booking_id from public.payments
      where payments.status = 'cancelled' and payments.purpose = 'stay'
        and payments.pay_by <= private.now()
        and private.is_let_go(payments))
      and not exists (
        select from private.disputes
        where disputes.booking_id = bookings.booking_id and disputes.status = 'open')
      and bookings.booking_id not in (select private.rows_aside('cancel_unpaid_stays'))
    order by bookings.booking_id
    limit cancel_unpaid_stays.most
    for update skip locked
  loop
    ended := ended + private.attempt(
      'cancel_unpaid_stays', booking.booking_id, 'cancel_unpaid_stay', booking);
  end loop;
  return ended;
end $$;

comment on function private.cancel_unpaid_stays is
  'Job: a stay whose instalment was not paid in time, and cannot be paid any more, is cancelled '
  'under its policy, as far as it is paid; an operator is notified.';
