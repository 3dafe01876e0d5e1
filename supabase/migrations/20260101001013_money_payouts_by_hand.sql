-- Payouts by hand: a host whom Stripe cannot pay is paid from the marketplace's own bank account.
-- Staff record it, so that nothing sends the money again and the books say where it came from.

create table private.payouts_by_hand (
  payout_id   uuid        primary key references public.payouts on delete restrict,
  reason      text        not null,
  recorded_at timestamptz not null,

  constraint payouts_by_hand_say_why check (btrim(reason) <> '' and char_length(reason) <= 2000)
);

alter table private.payouts_by_hand enable row level security;
comment on table private.payouts_by_hand is
  'What staff wrote when they recorded that a payout was paid outside Stripe.';

create function private.check_by_hand(payout public.payouts)
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  waits public.payout_reason := payout.reason;
begin
  if payout.status <> 'blocked' then
    perform private.refuse('payout_not_by_hand', 'status', payout.status::text);
  end if;
  if waits in ('settled_in_another_currency', 'transfer_failed', 'host_not_ready') then
    select payout_holds.kind into waits from private.payout_holds
    where payout_holds.booking_id = payout.booking_id and payout_holds.lifted_at is null
      and payout_holds.kind <> 'settled_in_another_currency'
    limit 1;
  end if;
  if waits is not null then
    perform private.refuse('payout_not_by_hand', 'waits', waits::text);
  end if;
end $$;

comment on function private.check_by_hand is
  'Rule: only what Stripe cannot pay is paid by hand: the charge settled in another currency, the '
  'transfer was given up, or the host''s account is not ready. What waits for a decision is not, '
  'nor what is scheduled or on its way: it would be paid twice.';

create function private.staff_record_payout(payout_id uuid, paid_minor bigint, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout   public.payouts;
  booking  public.bookings;
  withheld bigint;
  debt     bigint;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  payout := private.lock_payout(payout_id);
  select * into strict booking from public.bookings
  where bookings.booking_id = payout.booking_id;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  withheld := payout.amount_minor - paid_minor;
  if payout.is_by_hand and payout.withheld_minor = withheld then
    return;
  end if;
  perform private.check_by_hand(payout);

  -- As private.release_payout does, so that two payouts are not cut for the same debt. A host
  -- without an account has no row there.
  perform from public.profiles where profiles.profile_id = payout.host_id for no key update;
  perform from public.host_accounts where host_accounts.host_id = payout.host_id for update;
  debt := least(payout.amount_minor, private.host_debt(payout.host_id, payout.currency));
  if withheld is null or withheld not between 0 and debt then
    perform private.refuse('invalid_payout_amount', 'amounts', payout.currency,
      (payout.amount_minor - debt)::text, payout.amount_minor::text);
  end if;

  update public.payouts
  set status = 'paid', reason = null, is_by_hand = true, withheld_minor = withheld,
      paid_at = private.now()
  where payouts.payout_id = payout.payout_id;
  insert into private.payouts_by_hand (payout_id, reason, recorded_at)
  values (payout.payout_id, btrim(staff_record_payout.reason), private.now());
  delete from private.payment_problems
  where payment_problems.payment_id = payout.payment_id
    and payment_problems.problem in ('settled_in_another_currency', 'transfer_failed');
end $$;

comment on function private.staff_record_payout is
  'Rule: a payout that was paid by hand is paid, less what was withheld for a debt of the host, '
  'and no transfer is ordered for it any more. A hold for the currency stays, for what the host''s '
  'share grows by.';

create function public.staff_record_payout(payout_id uuid, paid_minor bigint, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_record_payout(payout_id, paid_minor, reason);

grant execute on function private.staff_record_payout, public.staff_record_payout to authenticated;
comment on function public.staff_record_payout is
  'Staff record that a blocked payout was paid outside Stripe, for example by bank transfer: '
  'paid_minor is what the host was given, in minor units of the payout''s currency, which is its '
  'amount less what was withheld for a debt. Errors: staff_only, reason_required, '
  'payout_not_found, own_case, payout_not_by_hand, invalid_payout_amount.';
