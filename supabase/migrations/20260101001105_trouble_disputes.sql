-- Disputes: what happens to the money of a stay without us. A cardholder's bank disputes a charge
-- or warns of fraud; an operator refunds in Stripe's dashboard. We hear of it, freeze what has not
-- left, and settle what was lost.

create function private.lock_by_intent(stripe_intent_id text)
  returns public.payments language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  payment := private.lock_payment((
    select payments.payment_id from public.payments
    where payments.stripe_intent_id = lock_by_intent.stripe_intent_id), 'intent');
  -- The charge was known to Stripe before this: its own event brings the payment here first.
  if payment.status <> 'captured' then perform private.refuse('try_again', 'capture'); end if;
  return payment;
end $$;

create function private.standing_of_dispute(stripe_status text)
  returns private.dispute_status language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when stripe_status in ('won', 'lost') then stripe_status
    when stripe_status in ('warning_closed', 'prevented') then 'inquiry_closed'
    when stripe_status like 'warning\_%' then 'inquiry'
    else 'open'
  end;
end $$;

comment on function private.standing_of_dispute is
  'Rule: only these statuses end a dispute; with any other, including one that Stripe adds later, '
  'the bank has not decided.';

create function private.apply_dispute(
  event_id text, stripe_dispute_id text, stripe_intent_id text, dispute_status text,
    amount_minor bigint,
  currency text, withdrawn_minor bigint, reinstated_minor bigint, fee_minor bigint,
  asked_at timestamptz default null)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment    public.payments := private.lock_by_intent(stripe_intent_id);
  known      private.disputes;
  dispute    private.disputes;
  new_status private.dispute_status := private.standing_of_dispute(apply_dispute.dispute_status);
  look_at    timestamptz := coalesce(apply_dispute.asked_at, private.now());
  owed       bigint := private.owed_to_guest(payment.booking_id);
begin
  select * into known from private.disputes
  where disputes.stripe_dispute_id = apply_dispute.stripe_dispute_id for update;
  if known.looked_at > look_at then
    perform private.close_stripe_event(event_id, 'dispute_' || known.status);
    return known.status;
  end if;
  -- Only an appeal, or the bank after an inquiry, opens again what has ended.
  if new_status in ('inquiry', 'open') and new_status < known.status and not (
    apply_dispute.dispute_status like 'appeal\_%'
      or (known.status = 'inquiry_closed' and new_status = 'open'))
  then
    new_status := known.status;
  end if;

  insert into private.disputes (
    stripe_dispute_id, payment_id, booking_id, status, currency, amount_minor, withdrawn_minor,
      reinstated_minor,
    fee_minor, opened_at, closed_at, looked_at)
  values (
    apply_dispute.stripe_dispute_id, payment.payment_id, payment.booking_id, new_status,
      payment.currency,
    apply_dispute.amount_minor, apply_dispute.withdrawn_minor, apply_dispute.reinstated_minor,
    apply_dispute.fee_minor, private.now(),
    case when new_status in ('inquiry_closed', 'won', 'lost') then private.now() end, look_at)
  on conflict on constraint disputes_pkey do update
  set status = excluded.status,
      is_appealed = excluded.status = 'open' and disputes.is_lost,
      round = disputes.round
        + (disputes.closed_at is not null and excluded.closed_at is null)::integer,
      closed_at = case when excluded.status = disputes.status then disputes.closed_at
        else excluded.closed_at end,
      looked_at = excluded.looked_at,
      withdrawn_minor = greatest(disputes.withdrawn_minor, excluded.withdrawn_minor),
      reinstated_minor = greatest(disputes.reinstated_minor, excluded.reinstated_minor),
      fee_minor = greatest(disputes.fee_minor, excluded.fee_minor),
      covered_minor = case when excluded.status in ('open', 'lost') then disputes.covered_minor
        else 0 end
  returning * into dispute;

  if upper(apply_dispute.currency) <> payment.currency then
    perform private.note_problem(payment.payment_id, 'settled_in_another_currency');
  end if;
  owed := private.owed_to_guest(payment.booking_id) - owed;
  if known.is_lost and not dispute.is_lost and owed > 0 then
    perform private.refund_again(dispute, owed);
  end if;
  perform private.place_hold(payment.booking_id, 'disputed', private.round_of(dispute));
  if dispute.closed_at is null then
    perform private.note_problem(payment.payment_id, 'disputed');
  else
    perform private.adjust_payout(payment.booking_id);
    perform private.lift_hold('disputed', private.round_of(dispute));
    if not exists (
      select from private.disputes
      where disputes.payment_id = payment.payment_id and disputes.closed_at is null)
    then
      delete from private.payment_problems
      where payment_problems.payment_id = payment.payment_id
        and payment_problems.problem = 'disputed';
    end if;
  end if;
  perform private.close_stripe_event(event_id, 'dispute_' || dispute.status);
  return dispute.status;
end $$;

comment on function private.apply_dispute is
  'Rule: a dispute or inquiry freezes the payout while it is open; if won, the host is paid; if '
  'lost, the host''s share pays for it, taken back if it has left. An appeal reopens it, and a win '
  'then returns to everybody what the loss took.';

create function private.check_undisputed(booking_id uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (
    select from private.disputes
    where disputes.booking_id = check_undisputed.booking_id and disputes.status = 'open')
  then
    perform private.refuse('dispute_open');
  end if;
end $$;

create function private.refuse_refund_in_dispute()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.check_undisputed(new.booking_id);
  return new;
end $$;

comment on function private.check_undisputed is
  'Rule: nothing is refunded while a dispute is open: the guest would get the money twice.';

create trigger refuse_the_refund_in_dispute before insert on public.guest_settlements
  for each row when (new.refund_minor > 0) execute function private.refuse_refund_in_dispute();

create function private.apply_fraud_warning(
  event_id text, stripe_warning_id text, stripe_intent_id text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments := private.lock_by_intent(stripe_intent_id);
begin
  -- One that staff have looked at is not theirs to look at again.
  if not exists (
    select from private.payout_holds
    where payout_holds.kind = 'fraud_warning' and payout_holds.source_id = stripe_warning_id)
  then
    perform private.place_hold(payment.booking_id, 'fraud_warning', stripe_warning_id);
    perform private.note_problem(payment.payment_id, 'fraud_warning');
  end if;
  perform private.close_stripe_event(event_id, 'fraud_warning');
  return 'fraud_warning';
end $$;

comment on function private.apply_fraud_warning is
  'Rule: a fraud warning holds the payout until staff release it.';

create function private.staff_release_payout(booking_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  hold    private.payout_holds;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  select * into booking from public.bookings
  where bookings.booking_id = staff_release_payout.booking_id for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  for hold in
    select * from private.payout_holds
    where payout_holds.booking_id = staff_release_payout.booking_id
      and payout_holds.lifted_at is null
      and payout_holds.kind = 'fraud_warning'
    order by payout_holds.source_id
  loop
    perform private.lift_hold(hold.kind, hold.source_id);
    update private.payout_holds set lift_reason = btrim(staff_release_payout.reason)
    where payout_holds.kind = hold.kind and payout_holds.source_id = hold.source_id;
  end loop;
  update public.payouts set status = 'scheduled', reason = null
  where payouts.booking_id = staff_release_payout.booking_id and payouts.status = 'blocked'
    and payouts.reason = 'transfer_failed';
  delete from private.payment_problems
  where payment_problems.problem in ('fraud_warning', 'transfer_failed')
    and payment_problems.payment_id in (
    select payments.payment_id from public.payments
    where payments.booking_id = staff_release_payout.booking_id);
end $$;

-- Refunds made in Stripe's dashboard

create function private.import_refund(
  event_id text, stripe_refund_id text, stripe_intent_id text, amount_minor bigint,
    refund_status text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment  public.payments := private.lock_by_intent(stripe_intent_id);
  imported uuid;
begin
  insert into public.refunds (
    payment_id, booking_id, guest_id, status, currency, amount_minor, reason, stripe_refund_id,
      created_at)
  values (
    payment.payment_id, payment.booking_id, payment.guest_id,
    case when refund_status = 'succeeded' then 'succeeded'
      when refund_status in ('failed', 'canceled') then 'failed'
      else 'pending' end::public.refund_status,
    payment.currency, import_refund.amount_minor, 'dashboard', import_refund.stripe_refund_id,
      private.now())
  on conflict on constraint refunds_come_in_once do nothing
  returning refunds.refund_id into imported;
  if imported is null then
    return private.apply_refund(event_id, refunds.refund_id, import_refund.stripe_refund_id,
      refund_status)
    from public.refunds where refunds.stripe_refund_id = import_refund.stripe_refund_id;
  end if;
  update public.payments
  set refunded_minor = least(payments.captured_minor,
    payments.refunded_minor + import_refund.amount_minor)
  where payments.payment_id = payment.payment_id and refund_status not in ('failed', 'canceled');
  perform private.close_stripe_event(event_id, 'refund_imported');
  return 'imported';
end $$;

comment on function private.import_refund is
  'Rule: a refund that an operator made in the dashboard is imported, once; it leaves less for '
  'later refunds and reduces all shares alike.';

-- Verbs

create function public.staff_release_payout(booking_id uuid, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_release_payout(booking_id, reason);

grant execute on function
  private.staff_release_payout, public.staff_release_payout
  to authenticated;

create function public.apply_dispute(
  event_id text, stripe_dispute_id text, stripe_intent_id text, dispute_status text,
    amount_minor bigint,
  currency text, withdrawn_minor bigint, reinstated_minor bigint, fee_minor bigint,
  asked_at timestamptz default null)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_dispute(
    event_id, stripe_dispute_id, stripe_intent_id, dispute_status, amount_minor, currency,
      withdrawn_minor,
    reinstated_minor, fee_minor, asked_at);

create function public.apply_fraud_warning(
  event_id text, stripe_warning_id text, stripe_intent_id text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_fraud_warning(event_id, stripe_warning_id, stripe_intent_id);

create function public.import_refund(
  event_id text, stripe_refund_id text, stripe_intent_id text, amount_minor bigint,
    refund_status text)
  returns text language sql volatile security invoker set search_path = ''
  return private.import_refund(event_id, stripe_refund_id, stripe_intent_id, amount_minor,
    refund_status);

grant execute on function
  private.apply_dispute, public.apply_dispute, private.apply_fraud_warning,
  public.apply_fraud_warning, private.import_refund, public.import_refund
  to service_role;

comment on function public.staff_release_payout is
  'Staff release a payout that is held by a fraud warning or whose transfer failed, with a reason. '
  'Disputes still hold it. Errors: staff_only, booking_not_found, own_case, reason_required.';
comment on function public.apply_dispute is
  'Server: applies a dispute as fetched from Stripe, with what it has taken, given back and cost '
  'so far, and when it was requested. Returns its status. Errors: payment_not_found, try_again.';
comment on function public.apply_fraud_warning is
  'Server: records a fraud warning from the cardholder''s bank. Errors: payment_not_found, '
  'try_again.';
comment on function public.import_refund is
  'Server: imports a refund that was made outside Staybase. Returns imported, or the status of one '
  'that is known. Errors: payment_not_found, try_again.';
