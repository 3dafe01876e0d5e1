-- Share changes: when the host's share changes after it was paid, transfers are reversed and debts
-- kept.

create function private.post_shares(
  booking_id uuid, source_kind private.ledger_source, source_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  shares  private.shares;
  booked  private.shares;
begin
  select * into booking from public.bookings
  where bookings.booking_id = post_shares.booking_id for update;
  if not found or not exists (
    select from public.payments where payments.booking_id = booking.booking_id
      and payments.status = 'captured')
  then
    return;
  end if;
  shares := private.shares_of(booking);
  select
    -coalesce(sum(ledger_entries.amount_minor) filter (where ledger_entries.account = 'host'), 0),
    -coalesce(sum(ledger_entries.amount_minor) filter (where ledger_entries.account = 'tax'), 0),
    -coalesce(sum(ledger_entries.amount_minor)
      filter (where ledger_entries.account = 'platform'), 0),
    -coalesce(sum(ledger_entries.amount_minor) filter (where ledger_entries.account = 'dispute'), 0)
  into booked.host_minor, booked.tax_minor, booked.platform_minor, booked.disputed_minor
  from private.ledger_entries
  where ledger_entries.booking_id = booking.booking_id
    and starts_with(ledger_entries.source_kind::text, 'share_');

  perform private.post(
    post_shares.source_kind,
    private.next_source(booking.booking_id, post_shares.source_kind, post_shares.source_id),
      booking,
    host => booked.host_minor - shares.host_minor,
    tax => booked.tax_minor - shares.tax_minor,
    platform => booked.platform_minor - shares.platform_minor,
    dispute => booked.disputed_minor - shares.disputed_minor,
    guest => shares.host_minor + shares.tax_minor + shares.platform_minor + shares.disputed_minor
      - booked.host_minor - booked.tax_minor - booked.platform_minor - booked.disputed_minor);
end $$;

comment on function private.post_shares is
  'Rule: shares are posted as the difference between the old and the new amount; so nothing '
  'drifts, whatever happened in which order and how often.';

create function private.take_back(payout public.payouts, amount_minor bigint)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  reversal   private.reversals;
  reversible bigint;
begin
  select case when payout.is_by_hand then 0
      else payout.amount_minor - payout.withheld_minor - coalesce(sum(reversals.amount_minor), 0)
    end
    into reversible
  from private.reversals
  where reversals.payout_id = payout.payout_id and reversals.status <> 'owed';
  reversible := least(reversible, take_back.amount_minor);

  update public.payouts
  set taken_back_minor = payouts.taken_back_minor + take_back.amount_minor,
      status = case when payouts.taken_back_minor + take_back.amount_minor = payouts.amount_minor
        then 'reversed' else payouts.status end
  where payouts.payout_id = payout.payout_id;
  if reversible > 0 then
    insert into private.reversals (payout_id, status, amount_minor, created_at)
    values (payout.payout_id, 'pending', reversible, private.now())
    returning * into reversal;
    perform private.queue_command('reverse_transfer', reversal.reversal_id::text,
      payout.booking_id, payout.payment_id, payout_id => payout.payout_id,
      reversal_id => reversal.reversal_id);
  end if;
  if take_back.amount_minor > reversible then
    insert into private.reversals (payout_id, status, amount_minor, created_at)
    values (payout.payout_id, 'owed', take_back.amount_minor - reversible, private.now());
  end if;
end $$;

comment on function private.take_back is
  'Rule: an amount that a host received in excess is reversed up to the amount of the transfer, '
  'and owed beyond that; what was paid by hand is owed.';

create function private.adjust_payout(booking_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  missing bigint;
begin
  if not exists (
    select from public.bookings
    where bookings.booking_id = adjust_payout.booking_id and bookings.confirmed_at is not null)
  then
    return;
  end if;
  booking := private.lock_payments(adjust_payout.booking_id);
  perform from public.payouts where payouts.booking_id = booking.booking_id
    order by payouts.instalment, payouts.part for update;
  select (private.shares_of(booking)).host_minor - coalesce(
    sum(payouts.amount_minor - payouts.taken_back_minor), 0)
  into missing
  from public.payouts
  join public.payments on payments.payment_id = payouts.payment_id
  where payouts.booking_id = booking.booking_id and payouts.status <> 'cancelled'
    and payments.purpose <> 'damage';
  if missing <= 0 then
    -- What was missing for a moment, between two words of Stripe, is not any more.
    delete from private.payment_problems
    where payment_problems.problem = 'host_underpaid' and payment_problems.payment_id in (
      select payments.payment_id from public.payments
        where payments.booking_id = booking.booking_id);
  end if;
  if missing < 0 then
    perform private.shrink_payouts(booking, -missing);
  elsif missing > 0 then
    perform private.grow_payouts(booking, missing);
  end if;
end $$;

comment on function private.adjust_payout is
  'Rule: the payouts of a stay are the host''s share of it. Before they are sent they are adjusted '
  'to it; afterwards the difference is taken back.';

create function private.grow_payouts(
  booking public.bookings, amount_minor bigint, damage_payment uuid default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment  public.payments;
  payout   public.payouts;
  room     bigint;
  intended bigint;
  missing  bigint;
begin
  select least(grow_payouts.amount_minor, coalesce(sum(reversals.by_hand_minor), 0)) into intended
  from private.reversals
  join public.payouts on payouts.payout_id = reversals.payout_id
  join public.payments on payments.payment_id = payouts.payment_id
  where payouts.booking_id = booking.booking_id
    and case when damage_payment is null then payments.purpose <> 'damage'
      else payments.payment_id = damage_payment end;
  missing := grow_payouts.amount_minor - intended;
  for payment in
    select * from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'captured'
      and case when damage_payment is null then payments.purpose <> 'damage'
        else payments.payment_id = damage_payment end
      and payments.refunded_minor < payments.captured_minor
    -- New money funds a payout of its own; otherwise the latest grow first, as they shrink.
    order by exists (select from public.payouts where payouts.payment_id = payments.payment_id),
      payments.instalment desc
  loop
    exit when missing = 0;
    select * into payout from public.payouts
    where payouts.payment_id = payment.payment_id
    order by payouts.part desc
    limit 1;
    if found then
      payout := private.withdraw_transfer(payout);
    end if;
    continue when payout.status = 'sent';
    -- A host gets no more out of a charge than the charge brought.
    select least(missing, payment.captured_minor - coalesce(
      sum(payouts.amount_minor - payouts.taken_back_minor), 0))
    into room
    from public.payouts
    where payouts.payment_id = payment.payment_id and payouts.status <> 'cancelled';
    continue when room <= 0;
    if payout.payout_id is null or payout.status in ('paid', 'reversed') then
      insert into public.payouts (
        booking_id, payment_id, listing_id, host_id, instalment, part, currency, amount_minor,
          due_at, created_at)
      values (
        booking.booking_id, payment.payment_id, booking.listing_id, booking.host_id,
          payment.instalment,
        coalesce(payout.part, 0) + 1, booking.currency, room,
        case when payout.payout_id is null then private.payout_due(booking, payment)
          else private.now() end,
        private.now());
    else
      update public.payouts
      set amount_minor = case payout.status when 'cancelled' then 0 else payouts.amount_minor
        end + room,
          status = case payout.status when 'cancelled' then 'scheduled' else payouts.status end,
          reason = case payout.status when 'cancelled' then null else payouts.reason end
      where payouts.payout_id = payout.payout_id;
    end if;
    missing := missing - room;
  end loop;
  if missing + intended > 0 and not exists (
    select from public.payouts where payouts.booking_id = booking.booking_id
      and payouts.status = 'sent')
  then
    perform private.note_problem(payments.payment_id, 'host_underpaid')
    from public.payments
    where payments.booking_id = booking.booking_id
      and case when damage_payment is null then payments.instalment = 1
        else payments.payment_id = damage_payment end;
  end if;
end $$;

comment on function private.grow_payouts is
  'Rule: each charge funds one payout; what a share grows by after it was paid is another part, '
  'such as what a dispute took that was won in the end. What an operator reversed in the dashboard '
  'was intended and is not paid again: an operator sees that the host lacks it.';

create function private.shrink_payouts(
  booking public.bookings, amount_minor bigint, damage_payment uuid default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout  public.payouts;
  taken   bigint;
  surplus bigint := amount_minor;
begin
  for payout in
    select payouts.* from public.payouts
    join public.payments on payments.payment_id = payouts.payment_id
    where payouts.booking_id = booking.booking_id and payouts.status <> 'cancelled'
      and case when damage_payment is null then payments.purpose <> 'damage'
        else payments.payment_id = damage_payment end
    order by payouts.instalment desc, payouts.part desc
  loop
    exit when surplus = 0;
    payout := private.withdraw_transfer(payout);
    taken := least(surplus, payout.amount_minor - payout.taken_back_minor);
    if payout.status in ('scheduled', 'blocked') then
      update public.payouts
      set amount_minor = case when taken < payouts.amount_minor then payouts.amount_minor - taken
        else payouts.amount_minor end,
          status = case when taken < payouts.amount_minor then payouts.status else 'cancelled' end,
          reason = case when taken < payouts.amount_minor then payouts.reason
            else 'nothing_due' end,
          retry_at = case when taken < payouts.amount_minor then payouts.retry_at end
      where payouts.payout_id = payout.payout_id;
    elsif payout.status in ('paid', 'reversed') and taken > 0 then
      perform private.take_back(payout, taken);
    elsif payout.status = 'sent' then
      -- Under way: when it has arrived, or was refused, it is looked at again.
      return;
    end if;
    surplus := surplus - taken;
  end loop;
end $$;

comment on function private.shrink_payouts is
  'Rule: refunds to a guest are deducted from the latest payout first. A transfer under way is '
  'waited for.';

create function private.adjust_to_confirmation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.adjust_payout(new.booking_id);
  return null;
end $$;

comment on function private.adjust_to_confirmation is
  'Rule: when a stay is confirmed or a payment captured, the payouts of the booking are set to '
  'the host''s share of the money that has arrived.';

create trigger adjust_the_payouts_to_confirmation after update of status on public.bookings
  for each row when (new.status = 'confirmed' and old.status <> 'confirmed')
  execute function private.adjust_to_confirmation();
create trigger adjust_the_payouts_to_money after update of status on public.payments
  for each row when (new.status = 'captured' and old.status <> 'captured')
  execute function private.adjust_to_confirmation();

create function private.withdraw_transfer(payout public.payouts)
  returns public.payouts language plpgsql volatile security definer set search_path = ''
as $$
declare
  withdrawn public.payouts;
begin
  -- Only what no worker has ever had in hand: then Stripe cannot have heard of it.
  delete from private.commands
  where payout.status = 'sent' and commands.payout_id = payout.payout_id
    and commands.kind = 'transfer'
    and commands.status = 'waiting' and commands.attempts = 0;
  if not found then
    return payout;
  end if;
  update public.payouts set status = 'scheduled', withheld_minor = 0
  where payouts.payout_id = payout.payout_id
  returning * into withdrawn;
  return withdrawn;
end $$;

create function private.share_changed()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.adjust_payout(new.booking_id);
  return null;
end $$;

comment on function private.share_changed is
  'Rule: the payouts of a booking follow its settlement, a failed refund and a refund made in the '
  'Stripe dashboard.';

create trigger adjust_the_payout after insert on public.host_settlements
  for each row execute function private.share_changed();
create trigger adjust_the_payout_to_outside after insert on public.refunds
  for each row when (new.reason = 'dashboard') execute function private.share_changed();
create trigger adjust_the_payout_to_failure after update of status on public.refunds
  for each row when (new.status = 'failed' and old.status <> 'failed')
    execute function private.share_changed();

-- Holds

create function private.place_hold(booking_id uuid, kind public.payout_reason, source_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout public.payouts;
begin
  perform private.lock_payments(place_hold.booking_id);
  insert into private.payout_holds (kind, source_id, booking_id, placed_at)
  values (place_hold.kind, place_hold.source_id, place_hold.booking_id, private.now())
  on conflict on constraint payout_holds_pkey do nothing;
  if not found then
    return;
  end if;
  for payout in
    select * from public.payouts where payouts.booking_id = place_hold.booking_id for update
  loop
    payout := private.withdraw_transfer(payout);
    update public.payouts set status = 'blocked', reason = place_hold.kind
    where payouts.payout_id = payout.payout_id
      and (payout.status = 'scheduled'
        or (payout.status = 'blocked' and payout.reason <> 'transfer_failed'));
  end loop;
end $$;

create function private.lift_hold(kind public.payout_reason, source_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  held uuid;
begin
  select payout_holds.booking_id into held from private.payout_holds
  where payout_holds.kind = lift_hold.kind and payout_holds.source_id = lift_hold.source_id;
  perform private.lock_payments(held);
  update private.payout_holds set lifted_at = private.now()
  where payout_holds.kind = lift_hold.kind and payout_holds.source_id = lift_hold.source_id
    and payout_holds.lifted_at is null;
  -- Lifted before: what the payout waits for now is something else.
  if not found then
    return;
  end if;
  -- Whatever else holds it is found when it is released.
  update public.payouts set status = 'scheduled', reason = null
  where payouts.booking_id = held and payouts.status = 'blocked'
    and payouts.reason <> 'transfer_failed';
end $$;

comment on function private.lift_hold is
  'Rule: what waited for this hold continues; a transfer that failed waits for staff, whatever is '
  'lifted.';

comment on function private.place_hold is
  'Rule: a hold freezes what has not left yet; each is placed once, and a lifted one is not placed '
  'again.';
