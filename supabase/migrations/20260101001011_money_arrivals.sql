-- Arrivals: what paid, authorised and failed money, and a saved card, mean for the booking they are
-- for.

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

create function private.tell_purpose(
  question text, booking public.bookings, payment public.payments)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  answer text := private.registered(question, payment.purpose::text);
begin
  if answer is not null then
    execute format('select private.%I($1, $2)', answer) using booking, payment;
  end if;
  return answer is not null;
end $$;

comment on function private.tell_purpose is
  'Rule: whoever registered for the purpose of a payment decides what its arrival or cancellation '
  'means; false if nobody did.';

create function private.money_arrived(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  answer_until timestamptz := least(
    private.now() + make_interval(hours => (select settings.answer_hours from private.settings)),
    payment.capture_before - interval '12 hours');
begin
  if private.tell_purpose('payment_arrived', booking, payment) then
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
    -- Kept. There is no else: a new status has to say what money means that arrives then.
    when 'confirmed', 'completed' then null;
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

-- As Stripe says

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
    elsif new_status = 'cancelled' and booking.status = 'confirmed' then
      if not private.tell_purpose('intent_cancelled', booking, payment)
        and payment.purpose = 'stay' and not private.is_let_go(payment)
      then
        perform private.note_problem(payment.payment_id, 'instalment_cancelled');
      end if;
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

create function private.apply_setup(
  event_id text, payment_id uuid, stripe_setup_intent_id text, setup_status text,
    stripe_payment_method_id text,
  last_error text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.lock_for_setup(apply_setup.payment_id);
  card    private.saved_cards;
  outcome text := 'unchanged';
begin
  perform from public.payments where payments.booking_id = booking.booking_id
    order by payments.instalment for update;
  select * into strict card from private.saved_cards
    where saved_cards.booking_id = booking.booking_id;
  if card.stripe_setup_intent_id is null then
    perform private.record_setup(apply_setup.payment_id, apply_setup.stripe_setup_intent_id);
  elsif card.stripe_setup_intent_id <> apply_setup.stripe_setup_intent_id then
    perform private.close_stripe_event(event_id, 'second_intent');
    return 'second_intent';
  end if;

  if card.saved_at is null and setup_status = 'succeeded' then
    if booking.status = 'awaiting_payment' then
      perform private.save_card(booking.booking_id, stripe_payment_method_id);
      perform private.place_with_nights(
        booking, private.now()
          + make_interval(hours => (select settings.answer_hours from private.settings)));
      outcome := 'saved';
    else
      -- No money has moved: nothing is to be given back, and nothing is brought back to life.
      outcome := 'saved_too_late';
    end if;
  elsif card.saved_at is null and setup_status = 'canceled'
    and booking.status = 'awaiting_payment'
  then
    perform private.end_booking(booking, 'expired', 'system', 'payment_cancelled');
    outcome := 'cancelled';
  elsif card.saved_at is null then
    update public.payments set last_error = apply_setup.last_error
    where payments.payment_id = apply_setup.payment_id and payments.status = 'pending';
  end if;
  perform private.close_stripe_event(event_id, 'setup_' || outcome);
  return outcome;
end $$;

comment on function private.apply_setup is
  'Rule: a stay whose first charge is far away is placed when its card is saved. A card saved '
  'after the hold expired has no effect.';

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
create function public.apply_setup(
  event_id text, payment_id uuid, stripe_setup_intent_id text, setup_status text,
    stripe_payment_method_id text,
  last_error text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_setup(
    event_id, payment_id, stripe_setup_intent_id, setup_status, stripe_payment_method_id,
      last_error);
comment on function public.apply_setup is
  'Server: applies a setup intent as fetched from Stripe. Returns what it did. Errors: '
  'payment_not_found.';

grant execute on function
  private.apply_payment_intent, public.apply_payment_intent, private.apply_setup,
  public.apply_setup
  to service_role;
