-- Charges: what a booking orders, and what the money means for it.

create function private.open_payments(booking public.bookings, charges public.planned_charge[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, capture_mode, saves_card, charge_at, currency,
      amount_minor,
    created_at)
  select
    booking.booking_id, booking.listing_id, booking.guest_id, charge.instalment,
    case when booking.instant_book
      or charge.charge_at is not null then 'automatic' else 'manual' end::public.capture_mode,
    charge.instalment = 1 and (
      charge.charge_at is not null or cardinality(charges) > 1
      or (select listings.damage_claims from public.listings
        where listings.listing_id = booking.listing_id)),
    charge.charge_at, booking.currency, charge.amount_minor, private.now()
  from unnest(charges) as charge;
end $$;

comment on function private.open_payments is
  'Rule: a card is saved only if something will be charged later, or may be for damage.';

create function private.capture_money(booking_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  select * into payment from public.payments
  where payments.booking_id = capture_money.booking_id and payments.instalment = 1 for update;
  if not found or payment.status = 'captured' or payment.charge_at is not null then
    return true;
  end if;
  perform private.queue_command('capture', payment.payment_id::text,
    payment.booking_id, payment.payment_id);
  return false;
end $$;

comment on function private.capture_money is
  'Rule: true if there is nothing to capture, now or yet; otherwise the capture is queued.';

create function private.claim_from_payment(
  payment public.payments, amount_minor bigint, reason public.refund_reason)
  returns bigint language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund  public.refunds;
  claimed bigint := least(amount_minor, payment.captured_minor - payment.refunded_minor);
begin
  if claimed is null or claimed <= 0 then
    return 0;
  end if;
  insert into public.refunds (
    payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
  values (
    payment.payment_id, payment.booking_id, payment.guest_id, payment.currency, claimed, reason,
      private.now())
  returning * into refund;
  update public.payments set refunded_minor = payments.refunded_minor + claimed
  where payments.payment_id = payment.payment_id;
  perform private.queue_command('refund', refund.refund_id::text,
    payment.booking_id, payment.payment_id, refund.refund_id);
  return claimed;
end $$;

create function private.claim_refund(
  booking_id uuid, amount_minor bigint, reason public.refund_reason)
  returns bigint language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
  claimed bigint := 0;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = claim_refund.booking_id and payments.status = 'captured'
      and payments.purpose <> 'damage'
    order by payments.instalment desc
    for update
  loop
    claimed := claimed
      + private.claim_from_payment(payment, claim_refund.amount_minor - claimed,
        claim_refund.reason);
  end loop;
  return claimed;
end $$;

comment on function private.claim_refund is
  'Rule: a refund is reserved under the lock of its payment before money moves, and never exceeds '
  'what is left of the capture; of several instalments, the last is refunded first. Returns what '
  'was reserved.';

create function private.return_payment(payment public.payments, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if payment.status = 'captured' then
    perform private.claim_from_payment(payment, payment.captured_minor, reason);
  elsif payment.status = 'cancelled' then
    return;
  elsif payment.stripe_intent_id is null and not exists (
    select from private.commands
    where commands.payment_id = payment.payment_id and commands.kind = 'create_intent'
      and commands.status <> 'failed')
  then
    update public.payments set status = 'cancelled' where payments.payment_id = payment.payment_id;
  else
    perform private.queue_command('cancel_intent', payment.payment_id::text,
      payment.booking_id, payment.payment_id);
  end if;
end $$;

comment on function private.return_payment is
  'Rule: captured money is refunded, once and never more than was captured; an authorisation is '
  'released; an intent is cancelled. A payment that has none, and gets none, just ends.';

create function private.return_money(booking_id uuid, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = return_money.booking_id
    order by payments.instalment
    for update
  loop
    perform private.return_payment(payment, return_money.reason);
  end loop;
  perform private.forget_card(return_money.booking_id);
end $$;

comment on function private.return_money is
  'Rule: whatever was paid, authorised or saved for a booking that failed is released.';

create function private.return_open_payments(booking_id uuid, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = return_open_payments.booking_id
      and payments.status not in ('captured', 'cancelled') and payments.purpose <> 'damage'
    order by payments.instalment
    for update
  loop
    perform private.return_payment(payment, return_open_payments.reason);
  end loop;
end $$;

comment on function private.return_open_payments is
  'Rule: if a stay ends early, nothing more is charged than its settlement says.';

create function private.return_late_payment(payment public.payments, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.return_payment(payment, reason);
  perform private.post_shares(payment.booking_id, 'share_returned', payment.payment_id::text);
  perform private.adjust_payout(payment.booking_id);
end $$;

comment on function private.return_late_payment is
  'Rule: money that should not have arrived, and was shared out when it did, is taken out of all '
  'shares again.';

-- What the money means for the booking

create function private.money_arrived(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  answer_until timestamptz := least(
    private.now() + make_interval(hours => (select settings.answer_hours from private.settings)),
    payment.capture_before - interval '12 hours');
begin
  if payment.purpose = 'alteration' then
    perform private.alteration_paid(booking, payment);
    return;
  end if;
  case booking.status
    when 'awaiting_payment' then
      if payment.instalment = 1 then
        perform private.place_with_nights(booking, answer_until);
      end if;
    when 'requested' then
      if payment.status = 'captured' then
        if booking.accepted_at is not null then
          perform private.confirm_booking(booking);
        else
          perform private.note_problem(payment.payment_id, 'captured_before_accepted');
        end if;
      end if;
    when 'expired' then
      perform private.late_money_arrived(booking, payment, answer_until);
    when 'cancelled_by_guest' then
      if booking.confirmed_at is null then
        perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_after_the_end');
      elsif payment.purpose = 'stay' then
        perform private.return_late_payment(payment, 'paid_after_the_end');
      end if;
    when 'cancelled_by_host', 'cancelled_by_staff', 'no_show' then
      if payment.purpose = 'stay' then
        perform private.return_late_payment(payment, 'paid_after_the_end');
      end if;
    when 'declined', 'payment_conflict' then
      perform private.return_money(booking.booking_id, 'paid_after_the_end');
    else null;
  end case;
end $$;

comment on function private.money_arrived is
  'Rule: the effect of paid or authorised money on a booking, whatever its status by then.';

create function private.late_money_arrived(
  booking public.bookings, payment public.payments, answer_until timestamptz)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  revived public.bookings;
begin
  -- An unpaid hold may come back; so may an accepted request whose capture was given up too early.
  -- A request the host let pass does not: it had its time.
  if (booking.placed_at is null
    or (booking.accepted_at is not null and payment.status = 'captured'))
    and booking.check_in >= private.today(booking.time_zone)
    and private.may_revive(booking)
    and not exists (
      select from private.commands
      where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent'
        and commands.status = 'running' and payment.status = 'authorized')
  then
    perform private.release_overdue_holds(
      booking.listing_id,
        daterange(booking.check_in, booking.check_out + booking.preparation_nights));
    begin
      if booking.instant_book or booking.accepted_at is not null then
        if private.claim_nights(booking, 'stay') then
          perform private.confirm_booking(booking);
          return;
        end if;
      else
        revived := booking;
        revived.expires_at := answer_until;
        if private.claim_nights(revived, 'hold') then
          -- Whatever became of it: the order must be free to be given again.
          delete from private.commands
          where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent'
            and commands.status <> 'running';
          perform private.place_booking(booking, answer_until);
          return;
        end if;
      end if;
      perform private.refuse('nights_taken');
    exception when sqlstate 'PT409' then
      null;
    end;
  end if;
  perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_too_late');
end $$;

comment on function private.late_money_arrived is
  'Rule: money that arrives after the hold expired takes the same nights again if they are free '
  'and the home can still be booked (private.may_revive); otherwise it is refunded, once.';
