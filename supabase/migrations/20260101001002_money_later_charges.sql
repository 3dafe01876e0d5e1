-- Later charges: money that may not be taken yet. A stay too far away, and every 30 nights of a
-- long one, are charged from a card that was saved when booking.
--
-- When its time comes, the worker charges the saved card. What the card refuses the guest may pay
-- otherwise, for some days; then the stay is cancelled by its policy, as far as it is paid.

-- Saving a card without paying yet

create function private.lock_for_setup(payment_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select bookings.* into booking
  from public.bookings
  where bookings.booking_id = (
    select payments.booking_id from public.payments
      where payments.payment_id = lock_for_setup.payment_id)
  for update;
  if not found or not exists (select from private.saved_cards
    where saved_cards.booking_id = booking.booking_id)
  then
    perform private.refuse('payment_not_found', 'card');
  end if;
  return booking;
end $$;

create function private.record_setup(payment_id uuid, stripe_setup_intent_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.lock_for_setup(record_setup.payment_id);
begin
  update private.saved_cards
  set stripe_setup_intent_id = coalesce(saved_cards.stripe_setup_intent_id,
    record_setup.stripe_setup_intent_id)
  where saved_cards.booking_id = booking.booking_id;
  if not exists (
    select from private.saved_cards
    where saved_cards.stripe_setup_intent_id = record_setup.stripe_setup_intent_id
      and saved_cards.booking_id = booking.booking_id)
  then
    perform private.refuse('intent_mismatch');
  end if;
  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.payment_id = record_setup.payment_id and commands.kind = 'create_setup'
    and commands.status in ('waiting', 'running');
  delete from private.payment_problems
  where payment_problems.payment_id = record_setup.payment_id
    and payment_problems.problem = 'create_setup_failed';
  if booking.placed_at is null and booking.status <> 'awaiting_payment' then
    perform private.forget_card(booking.booking_id);
  end if;
end $$;

comment on function private.record_setup is
  'Rule: a booking has only one setup intent; one created for a booking that has ended is '
  'cancelled.';

-- Charging it

create function private.order_charge(payment public.payments)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  if payment.status <> 'pending' or coalesce(payment.retry_at, payment.charge_at) > private.now()
    or payment.charge_attempts >= 3
  then
    return false;
  end if;
  if payment.stripe_intent_id is not null then
    return private.queue_command('charge',
      concat_ws('/', payment.payment_id, payment.charge_attempts),
      payment.booking_id, payment.payment_id);
  end if;
  if private.queue_command('create_intent', payment.payment_id::text,
    payment.booking_id, payment.payment_id)
  then
    return true;
  end if;
  -- An intent is made by one command, whose key is used once: if it failed, the same runs again.
  update private.commands
  set status = 'waiting', attempts = 0, problem = null, finished_at = null, due_at = private.now()
  where commands.payment_id = payment.payment_id and commands.kind = 'create_intent'
    and commands.status = 'failed';
  return found;
end $$;

comment on function private.order_charge is
  'Rule: first the payment intent is created, then the saved card is tried, up to three times; '
  'each attempt is a separate command.';

create function private.order_charges_of(booking public.bookings)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
  ordered integer := 0;
begin
  if booking.status = 'requested' then
    return 0;
  end if;
  for payment in
    select * from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'pending'
      and coalesce(payments.retry_at, payments.charge_at) <= private.now()
    order by payments.instalment
    for update
  loop
    perform from private.customer_of(payment.guest_id);
    ordered := ordered + private.order_charge(payment)::integer;
  end loop;
  return ordered;
end $$;

create function private.order_charges(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  ordered integer := 0;
begin
  for booking in
    select * from public.bookings
    where bookings.booking_id in (
      select payments.booking_id
      from public.payments
      -- A request that waits for its host's answer is charged when it has it.
      join public.bookings as placed on placed.booking_id = payments.booking_id
        and placed.placed_at is not null and placed.status <> 'requested'
      where payments.status = 'pending' and payments.charge_at is not null
        and coalesce(payments.retry_at, payments.charge_at) <= private.now()
          and payments.charge_attempts < 3
        and not exists (
          select from private.commands
          where commands.payment_id = payments.payment_id
            and commands.kind in ('create_intent', 'charge')
            and commands.status in ('waiting', 'running'))
        and payments.booking_id not in (select private.rows_aside('order_charges'))
      order by coalesce(payments.retry_at, payments.charge_at)
      limit order_charges.most)
    order by bookings.booking_id
    for update skip locked
  loop
    ordered := ordered + private.attempt(
      'order_charges', booking.booking_id, 'order_charges_of', booking);
  end loop;
  return ordered;
end $$;

comment on function private.order_charges is 'Job: charges the saved cards for what is due.';

create function private.refuse_charge(payment_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments := private.lock_payment(refuse_charge.payment_id);
begin
  if payment.charge_at is null or payment.status <> 'pending' then
    return;
  end if;
  -- A bank that wants to see the guest, and a card that is gone, answer the next attempt alike.
  update public.payments
  set charge_attempts = case
        when refuse_charge.reason in ('authentication_required', 'expired_card', 'no_card') then 3
        else least(3, payments.charge_attempts + 1) end,
      retry_at = private.now() + interval '24 hours',
      pay_by = coalesce(payments.pay_by,
        private.now() + make_interval(hours => (select settings.pay_hours from private.settings))),
      last_error = coalesce(payments.last_error, refuse_charge.reason)
  where payments.payment_id = payment.payment_id;
  perform private.write_mail(
    case payment.purpose when 'damage' then 'damage_refused' else 'charge_failed' end,
    payment.booking_id, payment.instalment::text);
end $$;

comment on function private.refuse_charge is
  'Rule: a declined charge is retried after a day, three times in all, unless only the guest can '
  'help; they are told at once and have until pay_by.';

create function private.open_shortfall(booking public.bookings, owed_minor bigint)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Less than a card can be charged is let go.
  if owed_minor < (
    select currencies.minimum_charge_minor from private.currencies
      where currencies.currency = booking.currency)
  then
    return;
  end if;
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, purpose, capture_mode, charge_at, currency,
      amount_minor, created_at)
  select booking.booking_id, booking.listing_id, booking.guest_id, max(payments.instalment) + 1,
    'shortfall', 'automatic',
    private.now(), booking.currency, owed_minor, private.now()
  from public.payments
  where payments.booking_id = booking.booking_id;
end $$;

comment on function private.open_shortfall is
  'Rule: what a cancelled stay costs beyond what was paid is charged to the saved card at once.';

create function private.is_let_go(payment public.payments)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return payment.stripe_intent_id is null or exists (
    select from private.commands
    where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent');
end $$;

comment on function private.is_let_go is
  'Rule: whether an intent was cancelled by us or never created, as opposed to cancelled by '
  'somebody in Stripe''s dashboard.';

-- The server's verbs

create function public.record_setup(payment_id uuid, stripe_setup_intent_id text)
  returns void language sql volatile security invoker set search_path = ''
  return private.record_setup(payment_id, stripe_setup_intent_id);

create function public.refuse_charge(payment_id uuid, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.refuse_charge(payment_id, reason);

grant execute on function
  private.record_setup, public.record_setup,
  private.refuse_charge, public.refuse_charge
  to service_role;

comment on function public.record_setup is
  'Server: records the setup intent created for a payment whose card is saved. Errors: '
  'payment_not_found, intent_mismatch.';
comment on function public.refuse_charge is
  'Server: records that the saved card was not charged, with Stripe''s code. Errors: '
  'payment_not_found.';
