-- Transfers: what the worker reports of payouts and reversals: made at Stripe, refused, given up.

create function private.lock_payout(payout_id uuid)
  returns public.payouts language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout public.payouts;
begin
  perform private.lock_payment(payouts.payment_id) from public.payouts
  where payouts.payout_id = lock_payout.payout_id;
  select * into payout from public.payouts
  where payouts.payout_id = lock_payout.payout_id for update;
  if not found then perform private.refuse('payout_not_found'); end if;
  return payout;
end $$;

create function private.apply_transfer(
  event_id text, payout_id uuid, stripe_transfer_id text, amount_minor bigint, currency text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout  public.payouts := private.lock_payout(payout_id);
  outcome text;
begin
  if payout.stripe_transfer_id = apply_transfer.stripe_transfer_id then
    outcome := 'unchanged';
  elsif payout.status not in ('scheduled', 'blocked', 'sent') then
    perform private.note_problem(payout.payment_id, 'second_transfer');
    outcome := 'second_transfer';
  elsif apply_transfer.amount_minor <> payout.amount_minor - payout.withheld_minor
    or upper(apply_transfer.currency) <> payout.currency
  then
    perform private.note_problem(payout.payment_id, 'transfer_mismatch');
    outcome := 'transfer_mismatch';
  else
    update public.payouts
    set status = 'paid', reason = null, retry_at = null, paid_at = private.now(),
        stripe_transfer_id = apply_transfer.stripe_transfer_id
    where payouts.payout_id = payout.payout_id;
    delete from private.payment_problems
    where payment_problems.payment_id = payout.payment_id
      and payment_problems.problem in ('balance_insufficient', 'transfer_failed');
    perform private.adjust_payout(payout.booking_id);
    outcome := 'paid';
  end if;
  perform private.close_stripe_event(event_id, outcome);
  return outcome;
end $$;

comment on function private.apply_transfer is
  'Rule: a payout only ever has one transfer, even one that is reported after it was given up; if '
  'the share shrank in the meantime, the difference is taken back at once.';

create function private.refuse_transfer(payout_id uuid, reason public.payout_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout public.payouts := private.lock_payout(payout_id);
begin
  if payout.status <> 'sent' then
    return;
  end if;
  if reason = 'balance_insufficient' then
    update public.payouts
    set status = 'scheduled', reason = refuse_transfer.reason, withheld_minor = 0,
        retry_at = private.now() + interval '1 hour'
    where payouts.payout_id = payout.payout_id;
  else
    update public.payouts
    set status = 'blocked', reason = refuse_transfer.reason, withheld_minor = 0
    where payouts.payout_id = payout.payout_id;
  end if;
  if reason <> 'host_not_ready' then
    perform private.note_problem(payout.payment_id, reason::text);
  end if;
  perform private.adjust_payout(payout.booking_id);
end $$;

comment on function private.refuse_transfer is
  'Rule: a transfer that Stripe refuses for lack of balance is retried every hour, under a new '
  'key, visible to an operator; one refused for another reason blocks the payout.';

create function private.apply_reversal(
  reversal_id uuid, stripe_reversal_id text, amount_minor bigint default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  reversal private.reversals;
  made     bigint;
begin
  perform private.lock_payout(reversals.payout_id) from private.reversals
  where reversals.reversal_id = apply_reversal.reversal_id;
  select * into reversal from private.reversals
  where reversals.reversal_id = apply_reversal.reversal_id;
  if not found then perform private.refuse('reversal_not_found'); end if;
  made := case when apply_reversal.stripe_reversal_id is null then reversal.amount_minor
    else least(reversal.amount_minor,
      coalesce(apply_reversal.amount_minor, reversal.amount_minor)) end;
  update private.reversals
  set status = case when apply_reversal.stripe_reversal_id is null then 'owed'
    else 'reversed' end::private.reversal_status,
      stripe_reversal_id = apply_reversal.stripe_reversal_id, amount_minor = made
  where reversals.reversal_id = reversal.reversal_id and reversals.status = 'pending';
  if found and made < reversal.amount_minor then
    insert into private.reversals (payout_id, status, amount_minor, created_at)
    values (reversal.payout_id, 'owed', reversal.amount_minor - made, private.now());
  end if;
end $$;

comment on function private.apply_reversal is
  'Rule: what is available in a host''s account is taken back; the rest becomes a debt, which '
  'later payouts pay.';

create function private.undo_order()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.kind = 'transfer' then
    perform private.refuse_transfer(new.payout_id, 'transfer_failed');
  elsif new.kind = 'reverse_transfer' and new.attempts < 12 then
    -- Refused. One that was given up after many attempts may have been made: a debt would take it
    -- twice.
    perform private.apply_reversal(new.reversal_id, null);
  elsif new.kind = 'refund' then
    update public.refunds set status = 'failed'
    where refunds.refund_id = new.refund_id and refunds.status = 'pending'
      and refunds.stripe_refund_id is null;
  end if;
  return null;
end $$;

comment on function private.undo_order is
  'Rule: what cannot be carried out is undone in the ledger: a payout is blocked, a reversal that '
  'was refused becomes a debt, a refund that never reached Stripe has failed.';

create trigger undo_the_order after update of status on private.commands
  for each row when (new.status = 'failed' and old.status <> 'failed')
  execute function private.undo_order();

-- Verbs

create function public.apply_transfer(
  event_id text, payout_id uuid, stripe_transfer_id text, amount_minor bigint, currency text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_transfer(event_id, payout_id, stripe_transfer_id, amount_minor, currency);

comment on function public.apply_transfer is
  'Server: applies a transfer as fetched from Stripe, in minor units. Returns what it did. Errors: '
  'payout_not_found.';

create function public.refuse_transfer(payout_id uuid, reason public.payout_reason)
  returns void language sql volatile security invoker set search_path = ''
  return private.refuse_transfer(payout_id, reason);

comment on function public.refuse_transfer is
  'Server: records that Stripe refused the transfer of a payout; the reason is '
  'balance_insufficient, host_not_ready or another code. Errors: payout_not_found.';

create function public.apply_reversal(
  reversal_id uuid, stripe_reversal_id text, amount_minor bigint default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.apply_reversal(reversal_id, stripe_reversal_id, amount_minor);

comment on function public.apply_reversal is
  'Server: applies a reversal of all or part of the amount requested; null when the host''s '
  'balance covers none of it. The missing part is owed. Errors: reversal_not_found.';

grant execute on function
  private.apply_transfer, public.apply_transfer, private.refuse_transfer, public.refuse_transfer,
  private.apply_reversal, public.apply_reversal
  to service_role;
