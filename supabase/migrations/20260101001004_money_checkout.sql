-- Checkout: what the function create-payment asks.

create type public.payment_start as (
  payment_id       uuid,
  booking_id       uuid,
  mode             text,
  amount_minor     bigint,
  currency         text,
  capture_mode     public.capture_mode,
  saves_card       boolean,
  charge_at        timestamptz,
  guest_id         uuid,
  stripe_customer_id text,
  stripe_intent_id text,
  idempotency_key  text,
  expires_at       timestamptz
);

comment on type public.payment_start is
  'mode is payment, or setup when only the card is saved now; stripe_intent_id is then that of the '
  'setup intent.';

create function private.payable_until(payment public.payments)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  answer   text := private.registered('payment_payable_until', payment.purpose::text);
  deadline timestamptz;
begin
  if answer is not null then
    execute format('select private.%I($1)', answer) into deadline using payment;
  end if;
  return deadline;
end $$;

comment on function private.payable_until is
  'Rule: until when the guest can pay this, if its purpose says so; null if it cannot be paid, or '
  'the purpose has no say.';

create function private.start_payment(booking_id uuid)
  returns public.payment_start language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.active_caller();
  booking  public.bookings;
  payment  public.payments;
  customer private.customers;
  mode     text := 'payment';
  creation public.command_kind := 'create_intent';
begin
  select * into booking from public.bookings
  where bookings.booking_id = start_payment.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  if booking.status = 'awaiting_payment' then
    -- In the last minute a payment would more likely arrive too late than in time.
    if booking.expires_at <= private.now() + interval '1 minute' then
      perform private.refuse('hold_expired');
    end if;
    -- Of one that holds no nights: nobody pays for what is gone by now.
    if exists (
      select from private.claims
      where claims.listing_id = booking.listing_id
        and claims.nights && daterange(booking.check_in, booking.check_out)
        and claims.booking_id is distinct from booking.booking_id
        and (claims.expires_at is null or claims.expires_at > private.now()))
    then
      perform private.refuse('nights_taken');
    end if;
    select * into strict payment from public.payments
    where payments.booking_id = booking.booking_id and payments.instalment = 1 for update;
    if payment.charge_at is not null then
      mode := 'setup';
      creation := 'create_setup';
    end if;
  else
    -- What a saved card refused, or is about to be charged, the guest may pay themselves.
    select * into payment from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'pending'
      and (payments.charge_at <= private.now()
        -- In the last minute a payment would more likely arrive too late than in time.
        or private.payable_until(payments) > private.now() + interval '1 minute')
      and (payments.purpose <> 'stay' or booking.status in ('confirmed', 'completed'))
    order by payments.instalment
    limit 1
    for update;
    if not found then
      if booking.status in ('requested', 'confirmed', 'completed') then
        perform private.refuse('already_paid', 'status', booking.status::text);
      end if;
      perform private.refuse('hold_expired');
    end if;
  end if;

  if payment.saves_card or payment.charge_at is not null then
    customer := private.customer_of(caller);
  end if;
  if mode = 'setup' then
    insert into private.saved_cards (booking_id) values (booking.booking_id)
    on conflict on constraint saved_cards_pkey do nothing;
  end if;
  perform private.queue_command(creation, payment.payment_id::text,
    booking.booking_id, payment.payment_id, claimed => true);
  -- One that had failed is tried once more.
  update private.commands
  set status = 'running', attempts = 1, finished_at = null,
      claimed_until = private.now() + interval '1 minute'
  where commands.payment_id = payment.payment_id and commands.kind = creation
    and commands.status = 'failed';

  return row(
    payment.payment_id, booking.booking_id, mode, payment.amount_minor, payment.currency,
      payment.capture_mode,
    payment.saves_card, payment.charge_at, booking.guest_id, customer.stripe_customer_id,
    case mode
      when 'setup' then (
        select saved_cards.stripe_setup_intent_id from private.saved_cards
        where saved_cards.booking_id = booking.booking_id)
      else payment.stripe_intent_id
    end,
    (select commands.idempotency_key from private.commands
     where commands.payment_id = payment.payment_id and commands.kind = creation),
    coalesce(booking.expires_at, payment.pay_by,
      private.payable_until(payment)))::public.payment_start;
end $$;

create function public.start_payment(booking_id uuid)
  returns public.payment_start language sql volatile security invoker set search_path = ''
  return private.start_payment(booking_id);

grant execute on function private.start_payment, public.start_payment to authenticated;
comment on function public.start_payment is
  'What create-payment needs to create the payment intent for what is due on the caller''s '
  'booking: the first instalment, a later one that was declined on the saved card, or the '
  'difference of an accepted alteration; a repeated call returns the same. Frontends call the '
  'function create-payment instead. Errors: booking_not_found, already_paid, hold_expired, '
  'nights_taken.';

create function private.record_intent(payment_id uuid, stripe_intent_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  payment public.payments;
begin
  payment := private.lock_payment(record_intent.payment_id);
  select * into strict booking from public.bookings
  where bookings.booking_id = payment.booking_id;
  if payment.stripe_intent_id <> record_intent.stripe_intent_id or exists (
    select from private.retired_intents
    where retired_intents.stripe_intent_id = record_intent.stripe_intent_id)
  then
    perform private.refuse('intent_mismatch');
  end if;

  update public.payments
  set stripe_intent_id = coalesce(payments.stripe_intent_id, record_intent.stripe_intent_id)
  where payments.payment_id = payment.payment_id
  returning * into payment;
  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.payment_id = payment.payment_id and commands.kind = 'create_intent'
    and commands.status in ('waiting', 'running');
  delete from private.payment_problems
  where payment_problems.payment_id = payment.payment_id
    and payment_problems.problem = 'create_intent_failed';
  if payment.status = 'cancelled' then
    -- Its making was given up, and the payment with it.
    perform private.queue_command('cancel_intent', payment.payment_id::text,
      payment.booking_id, payment.payment_id);
  elsif payment.purpose = 'stay'
    and booking.status not in ('awaiting_payment', 'requested', 'confirmed', 'completed')
  then
    perform private.return_payment(payment, booking.status::text::public.refund_reason);
  elsif payment.purpose = 'alteration' and private.payable_until(payment) is null then
    perform private.return_payment(payment, 'alteration_ended');
  elsif payment.charge_at is not null then
    perform private.order_charge(payment);
  end if;
end $$;

comment on function private.record_intent is
  'Rule: a payment has one intent; an intent created for a booking that has ended is cancelled.';

create function private.retire_intent(payment_id uuid, stripe_intent_id text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  payment := private.lock_payment(retire_intent.payment_id);
  if payment.status <> 'pending'
    or payment.stripe_intent_id is distinct from retire_intent.stripe_intent_id
    or exists (
      select from private.commands
      where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent')
  then
    return false;
  end if;
  insert into private.retired_intents (stripe_intent_id, payment_id, retired_at)
  values (payment.stripe_intent_id, payment.payment_id, private.now());
  update public.payments set stripe_intent_id = null where payments.payment_id = payment.payment_id;
  -- As when the payment began: the caller makes the next, the worker takes over a minute later.
  update private.commands
  set status = 'running', attempts = 1, problem = null, finished_at = null,
      due_at = private.now(), claimed_until = private.now() + interval '1 minute'
  where commands.payment_id = payment.payment_id and commands.kind = 'create_intent';
  return true;
end $$;

comment on function private.retire_intent is
  'Rule: an intent that nobody can pay any more is replaced by another, unless it is paid or being '
  'cancelled. False if it is not the payment''s intent, or no longer.';

-- Verbs

create function public.record_intent(payment_id uuid, stripe_intent_id text)
  returns void language sql volatile security invoker set search_path = ''
  return private.record_intent(payment_id, stripe_intent_id);

comment on function public.record_intent is
  'Server: records the intent created for a payment. Errors: payment_not_found, intent_mismatch.';

create function public.retire_intent(payment_id uuid, stripe_intent_id text)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.retire_intent(payment_id, stripe_intent_id);

comment on function public.retire_intent is
  'Server: records that an intent can never be paid because its customer was deleted at Stripe; '
  'the payment gets another one. Returns false if it already has another. Errors: '
  'payment_not_found.';

grant execute on function
  private.record_intent, private.retire_intent, public.record_intent, public.retire_intent
  to service_role;
