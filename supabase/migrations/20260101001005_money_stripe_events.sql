-- Stripe events: what Stripe tells, and what is believed of it.

create table private.stripe_events (
  event_id    text        primary key,
  type        text        not null,
  object_id   text        not null,
  outcome     text,
  received_at timestamptz not null,
  tried_at    timestamptz,
  applied_at  timestamptz,

  constraint stripe_events_are_named
    check (char_length(event_id) between 1 and 255 and char_length(type) between 1 and 255),
  constraint stripe_events_have_effect check ((applied_at is null) = (outcome is null))
);

create index stripe_events_unapplied_idx on private.stripe_events (received_at)
  where applied_at is null;
alter table private.stripe_events enable row level security;
comment on table private.stripe_events is
  'Events from Stripe, once each: the type and the id of the object, no personal data.';
comment on column private.stripe_events.tried_at is
  'When the worker last took it, because it could not be applied on arrival.';

create function private.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.stripe_events (event_id, type, object_id, received_at)
  values (store_stripe_event.event_id, store_stripe_event.type, store_stripe_event.object_id,
    private.now())
  on conflict on constraint stripe_events_pkey do nothing;
  return exists (
    select from private.stripe_events
    where stripe_events.event_id = store_stripe_event.event_id
      and stripe_events.applied_at is not null);
end $$;

create function private.close_stripe_event(event_id text, outcome text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update private.stripe_events
  set applied_at = private.now(), outcome = close_stripe_event.outcome
  where stripe_events.event_id = close_stripe_event.event_id and stripe_events.applied_at is null;
end $$;

create type public.stripe_event_to_apply as (event_id text, type text, object_id text);

create function private.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  return query
    with due as (
      select stripe_events.event_id from private.stripe_events
      where stripe_events.applied_at is null
        and stripe_events.received_at <= private.now() - interval '1 hour'
        and (stripe_events.tried_at is null
          or stripe_events.tried_at <= private.now() - interval '1 hour')
      order by stripe_events.received_at
      limit least(claim_stripe_events.most, 100)
      for update skip locked
    )
    update private.stripe_events set tried_at = private.now()
    from due
    where stripe_events.event_id = due.event_id
    returning stripe_events.event_id, stripe_events.type, stripe_events.object_id;
end $$;

comment on function private.claim_stripe_events is
  'Rule: an event that was stored and not applied is retried every hour, even after Stripe has '
  'stopped sending it.';

create function private.apply_payment_intent(
  event_id text, payment_id uuid, stripe_intent_id text, intent_status text, amount_minor bigint,
  received_minor bigint, currency text, stripe_charge_id text, capture_before timestamptz,
  last_error text, stripe_payment_method_id text default null, stripe_customer_id text default null)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  payment    public.payments;
  new_status public.payment_status;
  mismatch   text;
  outcome    text := 'unchanged';
begin
  if exists (
    select from private.retired_intents
    where retired_intents.stripe_intent_id = apply_payment_intent.stripe_intent_id)
  then
    if intent_status in ('requires_capture', 'succeeded') then
      perform private.note_problem(apply_payment_intent.payment_id, 'second_intent');
    end if;
    perform private.close_stripe_event(event_id, 'retired');
    return 'retired';
  end if;
  payment := private.lock_payment(coalesce(
    (select payments.payment_id from public.payments
     where payments.stripe_intent_id = apply_payment_intent.stripe_intent_id),
    apply_payment_intent.payment_id), 'intent');
  select * into strict booking from public.bookings
  where bookings.booking_id = payment.booking_id;

  if payment.stripe_intent_id is null then
    perform private.record_intent(payment.payment_id, apply_payment_intent.stripe_intent_id);
  elsif payment.stripe_intent_id <> apply_payment_intent.stripe_intent_id then
    perform private.note_problem(payment.payment_id, 'second_intent');
    perform private.close_stripe_event(event_id, 'second_intent');
    return 'second_intent';
  end if;

  new_status := case intent_status
    when 'succeeded'        then 'captured'
    when 'requires_capture' then 'authorized'
    when 'canceled'         then 'cancelled'
    when 'processing'       then 'processing'
    else 'pending'
  end;

  -- Forward only, by the order of the enum; nothing follows a capture or a cancellation.
  if payment.status = 'cancelled' and new_status in ('authorized', 'captured') then
    perform private.note_problem(payment.payment_id, 'paid_after_cancel');
    outcome := 'paid_after_cancel';
  elsif payment.status in ('captured', 'cancelled') or new_status < payment.status then
    outcome := 'unchanged';
  elsif new_status = payment.status then
    -- Why a saved card was not charged the intent may not know: a card that is gone was never
    -- tried.
    update public.payments
    set last_error = coalesce(
      apply_payment_intent.last_error, case when payments.charge_attempts > 0
        then payments.last_error end)
    where payments.payment_id = payment.payment_id and payments.status = 'pending';
  else
    update public.payments
    set status = new_status,
        stripe_charge_id = coalesce(apply_payment_intent.stripe_charge_id,
          payments.stripe_charge_id),
        capture_before = coalesce(apply_payment_intent.capture_before, payments.capture_before),
        captured_minor = case when new_status = 'captured' then received_minor else 0 end,
        captured_at = case when new_status = 'captured' then private.now() end,
        last_error = apply_payment_intent.last_error
    where payments.payment_id = payment.payment_id
    returning * into payment;
    outcome := new_status::text;

    if new_status in ('authorized', 'captured') then
      mismatch := case
        when apply_payment_intent.amount_minor is distinct from payment.amount_minor
          then 'amount_mismatch'
        when new_status = 'captured' and received_minor is distinct from payment.amount_minor
          then 'amount_mismatch'
        when upper(apply_payment_intent.currency) is distinct from payment.currency
          then 'amount_mismatch'
        when not exists (
          select from private.customers
          where customers.guest_id = payment.guest_id
            and customers.stripe_customer_id = apply_payment_intent.stripe_customer_id)
          and apply_payment_intent.stripe_customer_id is not null then 'customer_mismatch'
      end;
      if mismatch is not null then
        perform private.note_problem(payment.payment_id, mismatch);
        perform private.return_late_payment(payment,
          case payment.purpose when 'alteration' then 'alteration_ended'
            else mismatch end::public.refund_reason);
        outcome := mismatch;
      else
        if stripe_payment_method_id is not null then
          perform private.save_card(booking.booking_id, stripe_payment_method_id);
        end if;
        perform private.money_arrived(booking, payment);
      end if;
    elsif new_status = 'cancelled' and payment.purpose = 'stay'
      and booking.status = 'confirmed'
    then
      if not private.is_let_go(payment) then
        perform private.note_problem(payment.payment_id, 'instalment_cancelled');
      end if;
    elsif new_status = 'cancelled' and payment.purpose = 'alteration'
      and booking.status = 'confirmed'
    then
      perform private.alteration_unpaid(booking, payment);
    elsif new_status = 'cancelled' and booking.status in ('awaiting_payment', 'requested') then
      perform private.end_booking(booking, 'expired', 'system',
        case when booking.accepted_at is not null then 'capture_failed'
          else 'payment_cancelled' end);
    end if;
  end if;

  perform private.close_stripe_event(event_id, outcome);
  return outcome;
end $$;

comment on function private.apply_payment_intent is
  'Rule: the effect of an intent, just fetched from Stripe, on its payment and booking; under '
  'their locks, forward only, in one transaction with the event. An intent with a different '
  'amount, currency or customer confirms nothing, saves no card and is refunded.';

create function private.lock_refund(refund_id uuid)
  returns public.refunds language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds;
begin
  perform private.lock_payment(refunds.payment_id) from public.refunds
  where refunds.refund_id = lock_refund.refund_id;
  select * into refund from public.refunds
  where refunds.refund_id = lock_refund.refund_id for update;
  if not found then perform private.refuse('refund_not_found'); end if;
  return refund;
end $$;

comment on function private.lock_refund is
  'Rule: changing a refund requires its booking and its payment to be locked first.';

create function private.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds := private.lock_refund(apply_refund.refund_id);
begin
  -- What an operator gave back by hand, and did not get to the guest, was only claimed by that.
  update public.payments
  set refunded_minor = greatest(payments.refunded_minor - refund.amount_minor, (
    select coalesce(sum(others.amount_minor), 0) from public.refunds as others
    where others.payment_id = refund.payment_id and others.refund_id <> refund.refund_id
      and others.status <> 'failed'))
  where payments.payment_id = refund.payment_id and refund.reason = 'dashboard'
    and refund.status <> 'failed'
    and apply_refund.refund_status in ('failed', 'canceled');
  update public.refunds
  set stripe_refund_id = coalesce(refunds.stripe_refund_id, apply_refund.stripe_refund_id),
      status = case
        -- One that was given up, of which Stripe knows after all, was made.
        when apply_refund.refund_status = 'succeeded'
          and (refunds.status <> 'failed' or refunds.stripe_refund_id is null) then 'succeeded'
        when apply_refund.refund_status in ('failed', 'canceled') then 'failed'
        else refunds.status
      end::public.refund_status
  where refunds.refund_id = refund.refund_id
  returning * into refund;
  if refund.status = 'failed' then
    perform private.note_problem(refund.payment_id, 'refund_failed');
  end if;
  perform private.close_stripe_event(event_id, 'refund_' || refund.status);
  return refund.status;
end $$;

comment on function private.apply_refund is
  'Rule: a refund that fails, even after it succeeded, is reported to an operator; its money stays '
  'reserved, unless it was made in the dashboard.';

-- Verbs

create function public.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.store_stripe_event(event_id, type, object_id);

comment on function public.store_stripe_event is
  'Server: stores an event once; returns true if it was already applied and needs no further work.';

create function public.close_stripe_event(event_id text, outcome text)
  returns void language sql volatile security invoker set search_path = ''
  return private.close_stripe_event(event_id, outcome);

comment on function public.close_stripe_event is
  'Server: marks an event that changes nothing here as done, and why.';

create function public.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_stripe_events(claim_stripe_events.most);
end;

comment on function public.claim_stripe_events is
  'Server: claims up to the given number of events that were stored at least an hour ago and are '
  'not applied.';

create function public.apply_payment_intent(
  event_id text, payment_id uuid, stripe_intent_id text, intent_status text, amount_minor bigint,
  received_minor bigint, currency text, stripe_charge_id text, capture_before timestamptz,
  last_error text, stripe_payment_method_id text default null, stripe_customer_id text default null)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_payment_intent(
    event_id, payment_id, stripe_intent_id, intent_status, amount_minor, received_minor, currency,
    stripe_charge_id, capture_before, last_error, stripe_payment_method_id, stripe_customer_id);

comment on function public.apply_payment_intent is
  'Server: applies an intent as fetched from Stripe. Amounts in minor units. Returns what it did. '
  'Errors: payment_not_found.';

create function public.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_refund(event_id, refund_id, stripe_refund_id, refund_status);

comment on function public.apply_refund is
  'Server: applies a refund as fetched from Stripe. Returns its status. Errors: refund_not_found.';

grant execute on function
  private.store_stripe_event, private.close_stripe_event, private.claim_stripe_events,
  private.apply_payment_intent, private.apply_refund, public.store_stripe_event,
  public.close_stripe_event, public.claim_stripe_events, public.apply_payment_intent,
  public.apply_refund
  to service_role;
