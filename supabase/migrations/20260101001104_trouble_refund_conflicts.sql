-- Refund conflicts: when what was done at Stripe past us collides with what we ordered. A refund of
-- ours that no longer fits is cut to what is left, or waits for a bank's decision; a transfer
-- reversed in the dashboard is imported once. Nothing stays claimed for a refund that cannot come.

alter table private.disputes
  add column covered_minor bigint not null default 0,
  add constraint disputes_cover_what_they_took check (covered_minor between 0 and withdrawn_minor);
comment on column private.disputes.covered_minor is
  'What the guest was owed anyway and has now received from the bank: nobody''s loss.';

-- Refunds that Stripe refuses

create function private.refuse_refund(refund_id uuid, left_minor bigint, dispute_open boolean)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund  public.refunds := private.lock_refund(refuse_refund.refund_id);
  booking public.bookings;
  payment public.payments;
  again   public.refunds;
  lost    bigint;
begin
  if refund.status <> 'pending' or refund.stripe_refund_id is not null then
    return refund.status;
  end if;
  if dispute_open then
    perform private.note_problem(refund.payment_id, 'refund_waits');
    return 'waits';
  end if;
  if coalesce(left_minor, 0) >= refund.amount_minor then
    return 'refused';
  end if;

  update public.refunds set status = 'failed' where refunds.refund_id = refund.refund_id;
  if left_minor > 0 then
    insert into public.refunds (payment_id, booking_id, guest_id, currency, amount_minor, reason,
      created_at)
    values (
      refund.payment_id, refund.booking_id, refund.guest_id, refund.currency, left_minor,
        refund.reason, refund.created_at)
    returning * into again;
    perform private.queue_command('refund', again.refund_id::text,
      again.booking_id, again.payment_id, again.refund_id);
  end if;
  update public.payments
  set refunded_minor = least(payments.captured_minor, (
    select coalesce(sum(refunds.amount_minor), 0) from public.refunds
    where refunds.payment_id = refund.payment_id and refunds.status <> 'failed'))
  where payments.payment_id = refund.payment_id
  returning * into payment;
  select sum(disputes.withdrawn_minor - disputes.reinstated_minor - disputes.covered_minor)
    into lost
  from private.disputes
  where disputes.payment_id = refund.payment_id and disputes.is_lost;
  if lost < least(refund.amount_minor, payment.captured_minor - payment.refunded_minor) then
    perform private.note_problem(refund.payment_id, 'refund_cut');
  end if;
  delete from private.payment_problems
  where payment_problems.payment_id = refund.payment_id
    and payment_problems.problem = 'refund_waits';
  select * into strict booking from public.bookings where bookings.booking_id = refund.booking_id;
  perform private.cover_by_dispute(booking, refund.refund_id);
  perform private.post_shares(booking.booking_id, 'share_refund_cut', refund.refund_id::text);
  perform private.adjust_payout(booking.booking_id);
  return 'cut';
end $$;

comment on function private.refuse_refund is
  'Rule: a refund larger than what Stripe has left is made for what is left, by a new row; one of '
  'a disputed charge waits until the bank has decided. If the bank gave the guest less than that '
  'refund, an operator is notified.';

create function private.owed_to_guest(booking_id uuid)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce((
    select -sum(ledger_entries.amount_minor) from private.ledger_entries
    where ledger_entries.booking_id = owed_to_guest.booking_id
      and ledger_entries.account = 'guest'), 0)
    - coalesce((
    select sum(refunds.amount_minor) from public.refunds
    where refunds.booking_id = owed_to_guest.booking_id and refunds.status = 'pending'), 0);
end $$;

comment on function private.owed_to_guest is
  'Rule: what the ledger owes a guest beyond the refunds under way.';

create function private.cover_by_dispute(booking public.bookings, refund_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  dispute private.disputes;
  owed    bigint := private.owed_to_guest(booking.booking_id);
begin
  select disputes.* into dispute
  from private.disputes
  join public.payments on payments.payment_id = disputes.payment_id
  where disputes.booking_id = booking.booking_id and disputes.is_lost
    and payments.purpose <> 'damage'
    and disputes.withdrawn_minor - disputes.reinstated_minor > disputes.covered_minor
  order by disputes.opened_at, disputes.stripe_dispute_id
  limit 1
  for update of disputes;
  owed := least(owed, dispute.withdrawn_minor - dispute.reinstated_minor - dispute.covered_minor);
  if owed > 0 then
    update private.disputes set covered_minor = disputes.covered_minor + owed
    where disputes.stripe_dispute_id = dispute.stripe_dispute_id;
    perform private.post('refund_covered', cover_by_dispute.refund_id::text, booking,
      guest => owed, dispute => -owed);
  end if;
end $$;

comment on function private.cover_by_dispute is
  'Rule: an amount owed to a guest that the bank returned is paid, and is nobody''s loss.';

create function private.refund_again(dispute private.disputes, amount_minor bigint)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  why public.refund_reason;
begin
  -- For the reason of the refund that the bank stood in for.
  select refunds.reason into why from public.refunds
  where refunds.booking_id = dispute.booking_id and refunds.status = 'failed'
  order by refunds.created_at desc, refunds.refund_id
  limit 1;
  if private.claim_refund(dispute.booking_id, refund_again.amount_minor,
    coalesce(why, 'dispute_won'))
    < refund_again.amount_minor
  then
    perform private.note_problem(dispute.payment_id, 'refund_cut');
  end if;
  perform private.post_shares(dispute.booking_id, 'share_dispute', dispute.stripe_dispute_id);
end $$;

comment on function private.refund_again is
  'Rule: a refund that was covered by a lost dispute is owed again when the dispute is won: the '
  'bank has taken the money from the guest.';

create function private.order_waiting_refunds()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.queue_command('refund', concat_ws('/', refunds.refund_id, private.round_of(new)),
    refunds.booking_id, refunds.payment_id, refunds.refund_id)
  from public.refunds
  where refunds.payment_id = new.payment_id and refunds.status = 'pending'
    and refunds.stripe_refund_id is null
    and not exists (
      select from private.commands
      where commands.refund_id = refunds.refund_id and commands.status in ('waiting', 'running'));
  delete from private.payment_problems
  where payment_problems.payment_id = new.payment_id and payment_problems.problem = 'refund_waits';
  return null;
end $$;

comment on function private.order_waiting_refunds is
  'Rule: a refund that waited for the bank is resumed when it has decided: if won, it is made; if '
  'lost, the guest has the money.';

create trigger order_the_waiting_refunds after update of closed_at on private.disputes
  for each row when (new.closed_at is not null and old.closed_at is null)
  execute function private.order_waiting_refunds();

-- Reversals made in Stripe's dashboard

create function private.import_reversal(
  payout_id uuid, stripe_reversal_id text, amount_minor bigint)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout   public.payouts := private.lock_payout(payout_id);
  booking  public.bookings;
  lost     private.reversals;
  debt     bigint;
  over     bigint;
begin
  if exists (
    select from private.reversals
      where reversals.stripe_reversal_id = import_reversal.stripe_reversal_id)
  then
    return 'unchanged';
  end if;
  if payout.status not in ('paid', 'reversed') then
    perform private.refuse('try_again', 'transfer');
  end if;

  -- One that we gave up and somebody made by hand.
  select reversals.* into lost
  from private.reversals
  where reversals.payout_id = payout.payout_id and reversals.status = 'pending'
    and reversals.amount_minor = import_reversal.amount_minor
    and not exists (
      select from private.commands
      where commands.reversal_id = reversals.reversal_id
        and commands.status in ('waiting', 'running'))
  order by reversals.created_at
  limit 1;
  if found then
    perform private.apply_reversal(lost.reversal_id, import_reversal.stripe_reversal_id,
      import_reversal.amount_minor);
    return 'found';
  end if;

  select * into strict booking from public.bookings where bookings.booking_id = payout.booking_id;
  perform from public.host_accounts where host_accounts.host_id = payout.host_id for update;
  debt := least(import_reversal.amount_minor, private.host_debt(payout.host_id, payout.currency));
  over := least(import_reversal.amount_minor - debt, payout.amount_minor - payout.taken_back_minor);
  insert into private.reversals (
    payout_id, status, amount_minor, by_hand_minor, stripe_reversal_id, created_at)
  values (payout.payout_id, 'reversed', import_reversal.amount_minor, over,
    import_reversal.stripe_reversal_id, private.now());
  if debt > 0 then
    perform private.post('debt_collected', import_reversal.stripe_reversal_id, booking,
      host => debt, host_debt => -debt);
  end if;
  if over > 0 then
    update public.payouts
    set taken_back_minor = payouts.taken_back_minor + over,
        status = case when payouts.taken_back_minor + over = payouts.amount_minor
          then 'reversed' else payouts.status end
    where payouts.payout_id = payout.payout_id;
    perform private.adjust_payout(payout.booking_id);
  end if;
  return 'imported';
end $$;

comment on function private.import_reversal is
  'Rule: a reversal that an operator made in the dashboard is imported, once. It pays what the '
  'host owes; any amount beyond that is missing for the host, visible to an operator.';

-- The server's verbs

create function public.refuse_refund(refund_id uuid, left_minor bigint, dispute_open boolean)
  returns text language sql volatile security invoker set search_path = ''
  return private.refuse_refund(refund_id, left_minor, dispute_open);

create function public.import_reversal(payout_id uuid, stripe_reversal_id text, amount_minor bigint)
  returns text language sql volatile security invoker set search_path = ''
  return private.import_reversal(payout_id, stripe_reversal_id, amount_minor);

grant execute on function
  private.refuse_refund, public.refuse_refund, private.import_reversal, public.import_reversal
  to service_role;

comment on function public.refuse_refund is
  'Server: records that Stripe refused a refund, how much of the charge can still be refunded, and '
  'whether a bank is deciding. Returns cut, waits, refused when it should have fit, or the status '
  'of one that is settled. Errors: refund_not_found.';
comment on function public.import_reversal is
  'Server: imports a reversal of a payout''s transfer that was made outside Staybase, in minor '
  'units. Returns imported, found for one of ours that was lost, or unchanged. Errors: '
  'payout_not_found, try_again.';
