-- Postings: what each row that moves money books in the ledger.

create function private.book_capture()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  perform private.post('capture', new.payment_id::text, booking,
    stripe_balance => new.captured_minor, guest => -new.captured_minor);
  -- An instalment of a stay that is confirmed already.
  perform private.post_shares(new.booking_id, 'share_captured', new.payment_id::text);
  return null;
end $$;

comment on function private.book_capture is
  'Rule: captured money is posted to the ledger, and each party''s share of it if the stay is '
  'confirmed already.';

create trigger book_the_capture after update of captured_minor on public.payments
  for each row when (new.captured_minor > 0 and old.captured_minor = 0)
    execute function private.book_capture();

create function private.book_confirmation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.post_shares(new.booking_id, 'share_confirmed', new.booking_id::text);
  return null;
end $$;

comment on function private.book_confirmation is
  'Rule: when a stay is confirmed, the shares of host, platform and tax authorities are posted to '
  'the ledger.';

create trigger book_the_confirmation after update of status on public.bookings
  for each row when (new.status = 'confirmed' and old.status <> 'confirmed')
  execute function private.book_confirmation();

create function private.book_settlement()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  perform private.post_shares(new.booking_id, 'share_settled', new.booking_id::text);
  if new.penalty_minor > 0 then
    select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
    perform private.post('penalty', new.booking_id::text, booking,
      host_debt => new.penalty_minor, platform => -new.penalty_minor);
  end if;
  return null;
end $$;

comment on function private.book_settlement is
  'Rule: when a stay is cancelled, what each side keeps of it is posted to the ledger, and the '
  'penalty of a host who cancelled becomes their debt.';

create trigger book_the_settlement after insert on public.host_settlements
  for each row execute function private.book_settlement();

create function private.book_refund()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  if new.status = 'succeeded' then
    perform private.post('refund', new.refund_id::text, booking,
      guest => new.amount_minor, stripe_balance => -new.amount_minor);
  elsif new.status = 'failed' and tg_op = 'UPDATE' then
    if old.status = 'succeeded' then
      perform private.post('refund_failed', new.refund_id::text, booking,
        guest => -new.amount_minor, stripe_balance => new.amount_minor);
    end if;
    perform private.post_shares(new.booking_id, 'share_refund_failed', new.refund_id::text);
  end if;
  if new.reason = 'dashboard' then
    perform private.post_shares(new.booking_id, 'share_refund', new.refund_id::text);
  end if;
  return null;
end $$;

comment on function private.book_refund is
  'Rule: a refund is posted to the ledger when it succeeds, and posted back when it fails after '
  'that; the shares follow a failed refund and one made in the Stripe dashboard.';

create trigger book_the_refund after insert or update of status on public.refunds
  for each row execute function private.book_refund();

create function private.book_payout()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  paid    bigint := new.amount_minor - new.withheld_minor;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  perform private.post('payout', new.payout_id::text, booking,
    host => new.amount_minor, host_debt => -new.withheld_minor,
    stripe_balance => case when new.is_by_hand then 0 else -paid end,
    by_hand => case when new.is_by_hand then -paid else 0 end);
  return null;
end $$;

comment on function private.book_payout is
  'Rule: a payout is posted to the ledger when it is paid; what was withheld of it reduces the '
  'host''s debt. What was paid by hand did not come out of the balance at Stripe.';

create trigger book_the_payout after update of status on public.payouts
  for each row when (new.status = 'paid' and old.status in ('scheduled', 'blocked', 'sent'))
  execute function private.book_payout();

create function private.book_reversal()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select bookings.* into strict booking
  from public.payouts join public.bookings on bookings.booking_id = payouts.booking_id
  where payouts.payout_id = new.payout_id;
  if new.status = 'reversed' then
    perform private.post('reversal', new.reversal_id::text, booking,
      stripe_balance => new.amount_minor, host => -new.amount_minor);
  elsif new.status = 'owed' then
    perform private.post('reversal_owed', new.reversal_id::text, booking,
      host_debt => new.amount_minor, host => -new.amount_minor);
  end if;
  return null;
end $$;

comment on function private.book_reversal is
  'Rule: what a reversed transfer brought back from a host is posted to the ledger; what it did '
  'not bring back is posted as their debt.';

create trigger book_the_reversal after insert or update of status on private.reversals
  for each row execute function private.book_reversal();

create function private.book_dispute()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking   public.bookings;
  booked    record;
  taken     bigint;
  fee       bigint;
  given     bigint;
  uncovered bigint;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  select
    coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.source_kind = 'dispute_withdrawn'
        and ledger_entries.account = 'dispute'), 0) as withdrawn,
    coalesce(sum(ledger_entries.amount_minor)
      filter (where ledger_entries.account = 'stripe_fee'), 0) as fee,
    -coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.source_kind = 'dispute_reinstated'
        and ledger_entries.account = 'dispute'), 0) as reinstated
  into booked
  from private.ledger_entries
  where ledger_entries.booking_id = new.booking_id
    and ledger_entries.source_kind in ('dispute_withdrawn', 'dispute_reinstated')
    and split_part(ledger_entries.source_id, '/', 1) = new.stripe_dispute_id;
  taken := new.withdrawn_minor - booked.withdrawn;
  fee := new.fee_minor - booked.fee;
  perform private.post(
    'dispute_withdrawn',
      private.next_source(new.booking_id, 'dispute_withdrawn', new.stripe_dispute_id), booking,
    dispute => taken, stripe_fee => fee, stripe_balance => -taken - fee);
  given := new.reinstated_minor - booked.reinstated;
  perform private.post(
    'dispute_reinstated',
      private.next_source(new.booking_id, 'dispute_reinstated', new.stripe_dispute_id), booking,
    stripe_balance => given, dispute => -given);
  if tg_op = 'UPDATE' then
    uncovered := greatest(0, old.covered_minor - new.covered_minor);
    perform private.post(
      'cover_ended', private.next_source(new.booking_id, 'cover_ended', new.stripe_dispute_id),
        booking,
      dispute => uncovered, guest => -uncovered);
  end if;
  -- What of it is covered later is booked with the refund it covers.
  if tg_op = 'INSERT'
    or row(old.status, old.is_lost, old.withdrawn_minor, old.reinstated_minor)
      is distinct from row(new.status, new.is_lost, new.withdrawn_minor, new.reinstated_minor)
  then
    perform private.post_shares(new.booking_id, 'share_dispute', new.stripe_dispute_id);
  end if;
  return null;
end $$;

comment on function private.book_dispute is
  'Rule: a dispute is posted to the ledger as the bank takes money and gives it back; who bears '
  'the loss is private.shares_of: the host''s share first, then the marketplace.';

create trigger book_the_dispute after insert or update on private.disputes
  for each row execute function private.book_dispute();

create function private.record_stripe_fee(
  event_id text, stripe_intent_id text, fee_minor bigint, currency text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments := private.lock_by_intent(stripe_intent_id);
  booking public.bookings;
  outcome text := 'fee_recorded';
begin
  if fee_minor is null then
    outcome := 'fee_unknown';
  elsif upper(record_stripe_fee.currency) <> payment.currency then
    -- A transfer out of this charge would have to be in the other currency.
    perform private.place_hold(payment.booking_id, 'settled_in_another_currency',
      payment.payment_id::text);
    perform private.note_problem(payment.payment_id, 'settled_in_another_currency');
    outcome := 'settled_in_another_currency';
  else
    select * into strict booking from public.bookings
      where bookings.booking_id = payment.booking_id;
    perform private.post('stripe_fee', payment.payment_id::text, booking,
      stripe_fee => fee_minor, stripe_balance => -fee_minor);
  end if;
  perform private.close_stripe_event(event_id, outcome);
  return outcome;
end $$;

comment on function private.record_stripe_fee is
  'Rule: Stripe''s fee for a charge is known only after the charge. Money that settled in a '
  'different currency than the booking''s waits for a person.';

create function public.record_stripe_fee(
  event_id text, stripe_intent_id text, fee_minor bigint, currency text)
  returns text language sql volatile security invoker set search_path = ''
  return private.record_stripe_fee(event_id, stripe_intent_id, fee_minor, currency);

grant execute on function private.record_stripe_fee, public.record_stripe_fee to service_role;
comment on function public.record_stripe_fee is
  'Server: records Stripe''s fee for a charge, in minor units; null while it is not known. Errors: '
  'payment_not_found, try_again.';

create function private.settled_in_another_currency(booking_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from private.payout_holds
    where payout_holds.booking_id = settled_in_another_currency.booking_id
      and payout_holds.kind = 'settled_in_another_currency');
end $$;

comment on function private.settled_in_another_currency is
  'Rule: what Stripe keeps in a different currency than the booking''s cannot be compared with the '
  'ledger, and its fee is in no entry.';

-- For operators

create function private.ledger_balances()
  returns table (currency text, account text, balance_minor bigint) language plpgsql stable
  security definer set search_path = ''
as $$
begin
  return query
    select ledger_entries.currency,
      ledger_entries.account || coalesce(':' || ledger_entries.host_id, ''),
      sum(ledger_entries.amount_minor)::bigint
    from private.ledger_entries
    group by ledger_entries.currency, ledger_entries.account, ledger_entries.host_id
    order by ledger_entries.currency, ledger_entries.account, ledger_entries.host_id;
end $$;

comment on function private.ledger_balances is
  'For operators: every account in every currency. Positive is held or owed to us, negative '
  'belongs to somebody.';
