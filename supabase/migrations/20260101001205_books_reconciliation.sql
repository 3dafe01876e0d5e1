-- Reconciliation: what was lost on the way is found and mended. Every payment is looked at again at
-- Stripe: hourly while it is open, ever more rarely once it is captured, and at once when money
-- moved there that nobody ordered here. What Stripe then says goes through the same rules as an
-- event.

create table private.reconciliations (
  payment_id uuid        primary key references public.payments on delete restrict,
  due_at     timestamptz not null
);

create index reconciliations_due_at_idx on private.reconciliations (due_at);
alter table private.reconciliations enable row level security;
comment on table private.reconciliations is
  'When each payment is next compared with Stripe; one that was cancelled, or is half a year old, '
  'is no longer compared.';

create function private.plan_reconciliation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.reconciliations (payment_id, due_at)
  values (new.payment_id, private.now() + interval '1 hour')
  on conflict on constraint reconciliations_pkey do nothing;
  return null;
end $$;

comment on function private.plan_reconciliation is
  'Rule: a payment is compared with Stripe for the first time an hour after its intent is known.';

create trigger plan_the_reconciliation after update of stripe_intent_id on public.payments
  for each row when (new.stripe_intent_id is not null and old.stripe_intent_id is null)
  execute function private.plan_reconciliation();

create function private.plan_setup_reconciliation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.reconciliations (payment_id, due_at)
  select payments.payment_id, private.now() + interval '1 hour'
  from public.payments
  where payments.booking_id = new.booking_id and payments.instalment = 1
  on conflict on constraint reconciliations_pkey do nothing;
  return null;
end $$;

create trigger plan_the_reconciliation after update of stripe_setup_intent_id on private.saved_cards
  for each row when (new.stripe_setup_intent_id is not null and old.stripe_setup_intent_id is null)
  execute function private.plan_setup_reconciliation();

-- A look costs several requests to Stripe and a command: a payment that nothing happens to is
-- looked at some thirty times in its half year, not every day.
create function private.compare_again_in(payment public.payments)
  returns interval language plpgsql stable security definer set search_path = ''
as $$
begin
  if payment.status <> 'captured' then return interval '1 hour'; end if;
  if exists (
      select from private.disputes
      where disputes.payment_id = payment.payment_id and disputes.closed_at is null)
    or exists (
      select from public.refunds
      where refunds.payment_id = payment.payment_id and refunds.status = 'pending')
    or exists (
      select from public.payouts
      where payouts.payment_id = payment.payment_id
        and payouts.status in ('scheduled', 'blocked', 'sent')
        and payouts.due_at < private.now() + interval '7 days')
  then
    return interval '1 day';
  end if;
  return greatest(interval '1 day',
    least(private.now() - payment.captured_at, interval '7 days'));
end $$;

comment on function private.compare_again_in is
  'Rule: an open payment is compared with Stripe hourly; a captured one daily while a dispute is '
  'open, a refund is on its way or its payout is less than a week away; otherwise after as long '
  'as it has been captured, at least a day and at most a week.';

create function private.order_reconciliation(due private.reconciliations)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  select * into strict payment from public.payments where payments.payment_id = due.payment_id;
  perform private.queue_command('reconcile',
    concat_ws('/', payment.payment_id, extract(epoch from due.due_at)),
    payment.booking_id, payment.payment_id);

  -- A card that is saved says no more until it is charged: then its intent is planned anew.
  if payment.status = 'cancelled'
    or (payment.stripe_intent_id is null and exists (
      select from private.saved_cards
      where saved_cards.booking_id = payment.booking_id and saved_cards.saved_at is not null))
    or coalesce(payment.captured_at, payment.charge_at,
      payment.created_at) <= private.now() - interval '180 days' then
    delete from private.reconciliations where reconciliations.payment_id = due.payment_id;
  else
    update private.reconciliations
    set due_at = private.now() + private.compare_again_in(payment)
    where reconciliations.payment_id = due.payment_id;
  end if;
  return true;
end $$;

create function private.order_reconciliations(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  due     private.reconciliations;
  ordered integer := 0;
begin
  for due in
    select reconciliations.*
    from private.reconciliations
    join public.payments on payments.payment_id = reconciliations.payment_id
    join public.bookings on bookings.booking_id = payments.booking_id
    where reconciliations.due_at <= private.now()
      and reconciliations.payment_id not in (select private.rows_aside('order_reconciliations'))
    order by reconciliations.due_at
    limit order_reconciliations.most
    -- The booking too: the command refers to it, and whoever has it in hand may want this row.
    for update of reconciliations skip locked
    for key share of payments, bookings skip locked
  loop
    ordered := ordered + private.attempt(
      'order_reconciliations', due.payment_id, 'order_reconciliation', due);
  end loop;
  return ordered;
end $$;

comment on function private.order_reconciliations is
  'Job: schedules another comparison with Stripe for payments that are due.';

create index payments_stripe_charge_id_idx on public.payments (stripe_charge_id)
  where stripe_charge_id is not null;

create function private.compare_what_moved()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.reconciliations (payment_id, due_at)
  select payments.payment_id, private.now()
  from moved
  join public.payments on payments.stripe_charge_id = moved.about_id
  where not exists (
    select from public.refunds
    where refunds.stripe_refund_id = moved.object_id and moved.net_minor < 0)
  union
  select payouts.payment_id, private.now()
  from moved
  join public.payouts on payouts.stripe_transfer_id = moved.about_id
  where not exists (
    select from private.reversals where reversals.stripe_reversal_id = moved.object_id)
  on conflict on constraint reconciliations_pkey do update
  set due_at = least(reconciliations.due_at, excluded.due_at);
  return null;
end $$;

comment on function private.compare_what_moved is
  'Rule: a refund or reversal that is not known here, a refund that came back, and every movement '
  'of a dispute have their payment compared with Stripe at once, however old it is.';

create trigger compare_the_payment after insert on private.stripe_movements
  referencing new table as moved
  for each statement execute function private.compare_what_moved();

create function private.reconciliation_report()
  returns table (difference text, booking_id uuid, detail text) language plpgsql stable
  security definer set search_path = ''
as $$
begin
  return query
    select 'command_failed', commands.booking_id, format('%s: %s', commands.kind, commands.problem)
    from private.commands
    where commands.status = 'failed';
  return query
    select 'command_overdue', commands.booking_id,
      format('%s, attempt %s', commands.kind, commands.attempts)
    from private.commands
    where commands.status in ('waiting', 'running')
      and commands.due_at < private.now() - interval '1 hour';
  return query
    select 'event_not_applied', null::uuid,
      format('%s %s', stripe_events.type, stripe_events.event_id)
    from private.stripe_events
    where stripe_events.applied_at is null
      and stripe_events.received_at < private.now() - interval '1 hour';
  return query
    select 'stripe_check_failing', null::uuid,
      format('%s %s: %s', stripe_checks.kind, stripe_checks.subject, stripe_checks.problem)
    from private.stripe_checks
    where stripe_checks.problem is not null and stripe_checks.attempts >= 5;
  return query
    select * from private.balance_differences();
  return query
    select 'payment_problem', payments.booking_id, payment_problems.problem
    from private.payment_problems
    join public.payments on payments.payment_id = payment_problems.payment_id;

  return query
    select 'payment_in_limbo', payments.booking_id,
      format('%s, the booking is %s', payments.status, bookings.status)
    from public.payments
    join public.bookings on bookings.booking_id = payments.booking_id
    where payments.status in ('pending', 'processing', 'authorized')
      and bookings.status not in ('awaiting_payment', 'requested')
      and coalesce(payments.pay_by, payments.charge_at,
        payments.created_at) < private.now() - interval '1 day';
  return query
    select 'refund_stuck', refunds.booking_id,
      format('%s %s, nothing is ordered', refunds.amount_minor, refunds.currency)
    from public.refunds
    where refunds.status = 'pending' and refunds.stripe_refund_id is null
      and not exists (
        select from private.commands
        where commands.refund_id = refunds.refund_id and commands.status in ('waiting', 'running'))
      and not exists (
        select from private.disputes
        where disputes.payment_id = refunds.payment_id and disputes.closed_at is null);
  return query
    select 'refund_slow', refunds.booking_id,
      format('%s %s, %s', refunds.amount_minor, refunds.currency, refunds.stripe_refund_id)
    from public.refunds
    where refunds.status = 'pending' and refunds.stripe_refund_id is not null
      and refunds.created_at < private.now() - interval '14 days';
  return query
    select 'fee_unknown', payments.booking_id, payments.stripe_intent_id
    from public.payments
    where payments.status = 'captured' and payments.captured_at < private.now() - interval '8 days'
      and not private.settled_in_another_currency(payments.booking_id)
      and not exists (
        select from private.ledger_entries
        where ledger_entries.source_kind = 'stripe_fee'
          and ledger_entries.source_id = payments.payment_id::text);
  return query
    select 'payout_late', payouts.booking_id, concat_ws(' ', payouts.status, payouts.reason)
    from public.payouts
    where (payouts.status in ('scheduled', 'sent')
        or (payouts.status = 'blocked'
          and payouts.reason in ('transfer_failed', 'settled_in_another_currency')))
      and payouts.due_at < private.now() - interval '1 day';
  return query
    select 'held_too_long', payouts.booking_id, concat_ws(' ', payouts.status, payouts.reason)
    from public.payouts
    join public.payments on payments.payment_id = payouts.payment_id
    cross join private.settings
    where payouts.status in ('scheduled', 'blocked')
      -- Days are counted when it is charged, not hours: a payout may be a day beyond, and is tried
      -- then.
      and payments.captured_at < private.now() - make_interval(
        days => settings.hold_limit_days + 2);

  return query
    select 'receipt_missing', receipts_due.booking_id,
      format('%s %s', receipts_due.source_kind, receipts_due.source_id)
    from private.receipts_due
    join private.ledger_entries
      on ledger_entries.source_kind = receipts_due.source_kind
        and ledger_entries.source_id = receipts_due.source_id
      and ledger_entries.account = 'guest'
    where ledger_entries.entered_at < private.now() - interval '1 hour';

  -- Every cent of a booking: what the guest is still owed is on its way, what the host is still
  -- owed has a payout.
  return query
    select 'ledger_differs', booked.booking_id,
      format('%s is %s, should be %s', leg.account, leg.minor, leg.should_be)
    from (
      select ledger_entries.booking_id,
        coalesce(sum(ledger_entries.amount_minor)
          filter (where ledger_entries.account = 'guest'), 0)::bigint as guest,
        coalesce(sum(ledger_entries.amount_minor)
          filter (where ledger_entries.account = 'host'), 0)::bigint as host,
        coalesce(sum(ledger_entries.amount_minor)
          filter (where ledger_entries.account = 'dispute'), 0)::bigint as dispute
      from private.ledger_entries
      group by ledger_entries.booking_id) as booked
    join public.bookings on bookings.booking_id = booked.booking_id
    cross join lateral (
      select coalesce(sum(refunds.amount_minor), 0)::bigint as minor from public.refunds
      where refunds.booking_id = booked.booking_id and refunds.status = 'pending') as coming_back
    cross join lateral (
      select coalesce(sum(payouts.amount_minor), 0)::bigint as minor from public.payouts
      where payouts.booking_id = booked.booking_id
        and payouts.status in ('scheduled', 'blocked', 'sent')) as leaving
    cross join lateral (
      select coalesce(sum(reversals.amount_minor), 0)::bigint as minor
      from private.reversals
      join public.payouts on payouts.payout_id = reversals.payout_id
      where payouts.booking_id = booked.booking_id and reversals.status = 'pending') as reversing
    cross join lateral (
      select coalesce(sum(disputes.withdrawn_minor - disputes.reinstated_minor), 0)::bigint as minor
      from private.disputes
      where disputes.booking_id = booked.booking_id and disputes.status = 'open'
        and not disputes.is_lost) as disputed
    cross join lateral (values
      ('guest', booked.guest, -coming_back.minor),
      ('host', booked.host, reversing.minor - leaving.minor),
      ('dispute', booked.dispute, disputed.minor)) as leg (account, minor, should_be)
    where bookings.status not in ('awaiting_payment', 'requested') and leg.minor <> leg.should_be;
end $$;

comment on function private.reconciliation_report is
  'For operators: differences, and cases that need a person. Empty if everything adds up.';

-- How many there are is counted by a job, for the metrics: the report reads the whole ledger.

create table private.difference_counts (
  difference  text        primary key,
  differences bigint      not null,
  read_at     timestamptz not null
);

alter table private.difference_counts enable row level security;
comment on table private.difference_counts is
  'The number of differences of each kind that private.reconciliation_report() found when it was '
  'last read.';
