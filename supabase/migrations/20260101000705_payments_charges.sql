-- Charges: what a booking orders of its payments: to be opened, captured, refunded, cancelled.

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
    charge.charge_at, booking.currency, charge.amount_minor, booking.created_at
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

create function private.forget_card(booking_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  select private.queue_command('cancel_setup', payments.payment_id::text,
    payments.booking_id, payments.payment_id)
  from private.saved_cards
  join public.payments on payments.booking_id = saved_cards.booking_id and payments.instalment = 1
  where saved_cards.booking_id = forget_card.booking_id and saved_cards.saved_at is null
    and exists (
      select from private.commands
      where commands.payment_id = payments.payment_id and commands.kind = 'create_setup'
        and commands.status <> 'failed');
end;

comment on function private.forget_card is
  'Rule: a card about to be saved for a booking that has ended is not saved.';
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
