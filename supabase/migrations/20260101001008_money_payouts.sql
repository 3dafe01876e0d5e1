-- Payouts: the host's share leaves 24 hours after check-in, once, and comes back when it has to.
--
-- The guest's money is charged to the platform; a transfer funded by that charge pays the host. A
-- payout is a row from the moment a stay is confirmed. Whatever changes the host's share changes
-- the payout before it is sent, and is taken back from the host afterwards; what cannot be taken
-- back is a debt, which later payouts pay.

create type public.payout_status as enum ('scheduled', 'blocked', 'sent', 'paid', 'reversed',
  'cancelled');
-- Why one waits: what holds it, the host's account, or what Stripe said; nothing_due: why it was
-- cancelled.
create type public.payout_reason as enum (
  'disputed', 'fraud_warning', 'complaint', 'no_show', 'settled_in_another_currency',
    'host_not_ready',
  'balance_insufficient', 'transfer_failed', 'nothing_due');

create table public.payouts (
  payout_id          uuid                 primary key default gen_random_uuid(),
  booking_id         uuid                 not null references public.bookings on delete restrict,
  payment_id         uuid                 not null references public.payments on delete restrict,
  listing_id         uuid                 not null references public.listings on delete restrict,
  host_id            uuid                 not null references public.profiles on delete restrict,
  instalment         smallint             not null default 1,
  part               smallint             not null default 1,
  status             public.payout_status not null default 'scheduled',
  reason             public.payout_reason,
  currency           text                 not null references private.currencies,
  amount_minor       bigint               not null,
  withheld_minor     bigint               not null default 0,
  taken_back_minor   bigint               not null default 0,
  due_at             timestamptz          not null,
  retry_at           timestamptz,
  attempts           integer              not null default 0,
  stripe_transfer_id text,
  is_by_hand         boolean              not null default false,
  created_at         timestamptz          not null,
  paid_at            timestamptz,

  constraint payouts_are_one_per_instalment unique (payment_id, host_id, instalment, part),
  constraint payouts_have_a_first_part      check (part > 0),
  constraint payouts_are_one_per_transfer   unique (stripe_transfer_id),
  constraint payouts_pay_something          check (amount_minor > 0),
  constraint payouts_withhold_what_they_pay check (withheld_minor between 0 and amount_minor),
  constraint payouts_take_back_what_was_paid check (
    taken_back_minor between 0 and amount_minor
      and (taken_back_minor = 0 or status in ('paid', 'reversed'))),
  constraint payouts_are_reversed_whole
    check ((status = 'reversed') = (taken_back_minor = amount_minor)),
  constraint payouts_say_why_they_wait
    check (status not in ('blocked', 'cancelled') or reason is not null),
  constraint payouts_say_when_they_were_paid
    check ((status in ('paid', 'reversed')) = (paid_at is not null)),
  constraint payouts_transfer_what_they_pay check (
    stripe_transfer_id is not null or status not in ('paid', 'reversed')
      or withheld_minor = amount_minor or is_by_hand),
  constraint payouts_by_hand_have_no_transfer check (
    not is_by_hand or (status in ('paid', 'reversed') and stripe_transfer_id is null))
);

create index payouts_booking_id_idx on public.payouts (booking_id);
create index payouts_listing_id_idx on public.payouts (listing_id);
create index payouts_host_id_idx on public.payouts (host_id, due_at desc);
create index payouts_currency_idx on public.payouts (currency);
create index payouts_due_at_idx on public.payouts (due_at) where status in ('scheduled', 'blocked');

comment on table public.payouts is
  'What a host gets for a stay, when, and its status. Visible to that host alone, not to co-hosts '
  'or guests.';
comment on column public.payouts.reason is 'Why it is on hold or was cancelled.';
comment on column public.payouts.part is
  'From 2 on: what was taken back and is due to the host again, for example after an appeal was '
  'won.';
comment on column public.payouts.withheld_minor is 'Deducted for what the host owes.';
comment on column public.payouts.is_by_hand is
  'Paid outside Stripe, for example by bank transfer.';
comment on column public.payouts.taken_back_minor is
  'Returned or owed by the host, because the host''s share became smaller after it was paid.';

alter table public.payouts enable row level security;

create policy "hosts see their own payouts" on public.payouts
  for select to authenticated using (host_id = (select auth.uid()));
grant select on public.payouts to authenticated;

-- What is taken back after it was paid: by a reversal of the transfer, or else as a debt.
create type private.reversal_status as enum ('pending', 'reversed', 'owed');

create table private.reversals (
  reversal_id        uuid                    primary key default gen_random_uuid(),
  payout_id          uuid                    not null references public.payouts on delete restrict,
  status             private.reversal_status not null,
  amount_minor       bigint                  not null,
  by_hand_minor      bigint                  not null default 0,
  stripe_reversal_id text,
  created_at         timestamptz             not null,

  constraint reversals_are_made_once        unique (stripe_reversal_id),
  constraint reversals_take_something       check (amount_minor > 0),
  constraint reversals_by_hand_are_reversed check (
    by_hand_minor between 0 and amount_minor and (by_hand_minor = 0 or status = 'reversed')),
  constraint reversals_are_known_at_stripe
    check ((status = 'reversed') = (stripe_reversal_id is not null))
);

create index reversals_payout_id_idx on private.reversals (payout_id);
alter table private.reversals enable row level security;
comment on table private.reversals is
  'Money taken back from a host: pending at Stripe, reversed, or owed by the host.';
comment on column private.reversals.by_hand_minor is
  'Reversed by an operator in the dashboard, beyond what the host owed.';

-- Why a payout may not leave yet, whatever the rest says.
create table private.payout_holds (
  kind        public.payout_reason not null,
  source_id   text                 not null,
  booking_id  uuid                 not null references public.bookings on delete restrict,
  placed_at   timestamptz          not null,
  lifted_at   timestamptz,
  lift_reason text,

  primary key (kind, source_id),
  constraint payout_holds_are_lifted_by_someone check (
    kind in ('disputed', 'fraud_warning', 'complaint', 'no_show', 'settled_in_another_currency'))
);

create index payout_holds_booking_id_idx on private.payout_holds (booking_id);
alter table private.payout_holds enable row level security;
comment on table private.payout_holds is
  'Freezes the payouts of a booking until it is lifted: a dispute, a fraud warning, a complaint.';

alter table private.commands
  add foreign key (payout_id) references public.payouts on delete restrict,
  add foreign key (reversal_id) references private.reversals on delete restrict;

-- Whose the money is

create type private.shares as (
  host_minor     bigint,
  tax_minor      bigint,
  platform_minor bigint,
  disputed_minor bigint
);

create function private.shares_of(booking public.bookings)
  returns private.shares language plpgsql stable security definer set search_path = ''
as $$
declare
  settled   private.settlement := private.settled_before(booking);
  agreed    record;
  step      bigint;
  costs     bigint;
  left_over bigint;
  shares    private.shares;
begin
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  select coalesce(sum(
    disputes.withdrawn_minor - disputes.reinstated_minor - disputes.covered_minor), 0)
  into shares.disputed_minor
  from private.disputes
  join public.payments on payments.payment_id = disputes.payment_id
  where disputes.booking_id = booking.booking_id and disputes.is_lost
    and payments.purpose <> 'damage';

  -- What never was a stay is the guest's whole; a bank that takes more than is left of it takes it
  -- from the platform.
  if booking.confirmed_at is null then
    shares.host_minor := 0;
    shares.tax_minor := 0;
    shares.platform_minor := least(0,
      private.paid_for(booking.booking_id) - shares.disputed_minor - (
      select coalesce(sum(refunds.amount_minor), 0) from public.refunds
      where refunds.booking_id = booking.booking_id and refunds.status <> 'failed'));
    return shares;
  end if;

  select guest_totals.total_minor, host_totals.payout_minor, booking.taxes_minor into strict agreed
  from public.guest_totals
  join public.host_totals on host_totals.booking_id = guest_totals.booking_id
  where guest_totals.booking_id = booking.booking_id;
  if settled.rule is null then
    costs := agreed.total_minor;
    shares.host_minor := agreed.payout_minor;
    shares.tax_minor := agreed.taxes_minor;
  else
    costs := settled.paid_minor - settled.refund_minor + settled.owed_minor;
    shares.host_minor := settled.payout_minor;
    shares.tax_minor := settled.kept_taxes_minor;
  end if;

  -- What is there: not yet all of it while instalments are to come, less after refunds beside the
  -- settlement, such as those made in Stripe's dashboard. A refund that failed stays claimed.
  select private.paid_for(booking.booking_id) - greatest(coalesce(settled.refund_minor, 0),
    coalesce(sum(refunds.amount_minor), 0))
  into left_over
  from public.refunds
  join public.payments on payments.payment_id = refunds.payment_id
  where refunds.booking_id = booking.booking_id and refunds.status <> 'failed'
    and payments.purpose <> 'damage'
    and refunds.reason not in ('altered', 'alteration_ended');
  left_over := greatest(0, left_over);
  if left_over < costs and settled.rule in ('unpaid', 'staff') then
    -- As private.share_by_kept shares, and not a share of it: rounded twice, what a host has been
    -- paid could come to a cent more.
    shares.host_minor := private.part_of(agreed.payout_minor, left_over, agreed.total_minor, step);
    shares.tax_minor := private.part_of(agreed.taxes_minor, left_over, agreed.total_minor, step);
  elsif left_over < costs then
    shares.host_minor := private.part_of(shares.host_minor, left_over, costs, step);
    shares.tax_minor := private.part_of(shares.tax_minor, left_over, costs, step);
  end if;
  shares.host_minor := least(left_over, shares.host_minor);
  shares.tax_minor := least(left_over - shares.host_minor, shares.tax_minor);

  -- What a lost dispute took is the host's loss first.
  shares.host_minor := shares.host_minor - least(shares.host_minor, shares.disputed_minor);
  -- What is beyond the costs is nobody's share: it is on its way back to the guest.
  shares.platform_minor := least(left_over,
    costs) - shares.disputed_minor - shares.host_minor - shares.tax_minor;
  return shares;
end $$;

comment on function private.shares_of is
  'Rule: host + tax + platform = captured - refunded - lost in disputes (and no more than it '
  'costs). As long as there is less than the stay costs, because instalments are to come or money '
  'was refunded outside the settlement, everyone has their share of what is there and the platform '
  'absorbs the rounding; a lost dispute is paid by the host''s share first.';

-- From confirmed to paid

create function private.payout_due(booking public.bookings, payment public.payments)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  block integer := case payment.purpose when 'stay' then payment.instalment - 1 else 0 end;
begin
  if payment.purpose = 'damage' then
    return private.now();
  end if;
  return greatest(
    private.instant_at(
      least(booking.check_in + block * 30, booking.check_out) + booking.check_in_time,
        booking.time_zone)
      + interval '24 hours',
    case when payment.purpose <> 'stay' then private.now() end);
end $$;

comment on function private.payout_due is
  'Rule: a stay is paid out 24 hours after its scheduled check-in, so that a guest in front of a '
  'locked door has a day to say so; a long stay every 30 nights, as it is charged.';

create function private.host_debt(host_id uuid, currency text)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return greatest(0,
    coalesce((
      select sum(ledger_entries.amount_minor) from private.ledger_entries
      where ledger_entries.host_id = host_debt.host_id and ledger_entries.account = 'host_debt'
        and ledger_entries.currency = host_debt.currency), 0)
    - coalesce((
      select sum(payouts.withheld_minor) from public.payouts
      where payouts.host_id = host_debt.host_id and payouts.currency = host_debt.currency
        and payouts.status = 'sent'), 0));
end $$;

comment on function private.host_debt is
  'Rule: what a host owes according to the ledger, less what transfers under way already withhold.';

create function private.release_payout(payout_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout  public.payouts;
  account public.host_accounts;
  obstacle public.payout_reason;
begin
  perform from public.payments
  where payments.payment_id = (
    select payouts.payment_id from public.payouts
      where payouts.payout_id = release_payout.payout_id)
  for update;
  select * into payout from public.payouts
    where payouts.payout_id = release_payout.payout_id for update;
  if payout.status not in ('scheduled', 'blocked') then
    return false;
  end if;

  -- The host's row also keeps two payouts from being cut for the same debt.
  select * into account from public.host_accounts
    where host_accounts.host_id = payout.host_id for update;
  obstacle := coalesce(
    (select payout_holds.kind from private.payout_holds
     where payout_holds.booking_id = payout.booking_id and payout_holds.lifted_at is null
     order by payout_holds.placed_at, payout_holds.kind limit 1),
    case when account.status is distinct from 'active'
      then 'host_not_ready' end::public.payout_reason);
  if obstacle is not null then
    update public.payouts set status = 'blocked', reason = obstacle
    where payouts.payout_id = payout.payout_id;
    return false;
  end if;

  update public.payouts
  set withheld_minor = least(payouts.amount_minor,
    private.host_debt(payout.host_id, payout.currency)),
      attempts = payouts.attempts + 1, reason = null, retry_at = null, status = 'sent'
  where payouts.payout_id = payout.payout_id
  returning * into payout;
  if payout.withheld_minor = payout.amount_minor then
    update public.payouts set status = 'paid', paid_at = private.now()
    where payouts.payout_id = payout.payout_id;
    return true;
  end if;
  perform private.queue_command('transfer', concat_ws('/', payout.payout_id, payout.attempts),
    payout.booking_id, payout.payment_id, payout_id => payout.payout_id);
  return true;
end $$;

comment on function private.release_payout is
  'Rule: a payout leaves when nothing holds it and its host is ready, less what the host owes, '
  'never below zero. The transfer is queued in the same transaction, under the lock that refunds '
  'take too.';

create function private.release_payouts(most integer, host_id uuid default null)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  due      uuid;
  released integer := 0;
begin
  for due in
    select payouts.payout_id
    from public.payouts
    where payouts.due_at <= private.now()
      and payouts.host_id = coalesce(release_payouts.host_id, payouts.host_id)
      and (payouts.retry_at is null or payouts.retry_at <= private.now())
      and (payouts.status = 'scheduled'
        or (payouts.status = 'blocked' and payouts.reason = 'host_not_ready' and exists (
          select from public.host_accounts
          where host_accounts.host_id = payouts.host_id and host_accounts.status = 'active')))
      and payouts.payout_id not in (select private.rows_aside('release_payouts'))
    -- Host by host, for each host's account is locked until the end: two who do this never wait for
    -- each other.
    order by payouts.host_id, payouts.due_at, payouts.payout_id
    -- Those that are found blocked do not count.
    limit greatest(release_payouts.most, 100)
  loop
    exit when released = release_payouts.most;
    perform from public.payouts
    join public.bookings on bookings.booking_id = payouts.booking_id
    where payouts.payout_id = due and payouts.status in ('scheduled', 'blocked')
      and (payouts.retry_at is null or payouts.retry_at <= private.now())
    for update of bookings skip locked;
    continue when not found;
    released := released + private.attempt('release_payouts', due, 'release_payout', due);
  end loop;
  return released;
end $$;

comment on function private.release_payouts is
  'Job: sends what is due. A payout blocked because its host was not ready is sent once the host '
  'is.';

create function private.release_waiting_payouts()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.release_payouts(100, new.host_id);
  return null;
end $$;

comment on function private.release_waiting_payouts is
  'Rule: payouts that were waiting for the account of their host leave when it is ready.';

create trigger release_the_payouts after update of status on public.host_accounts
  for each row when (new.status = 'active') execute function private.release_waiting_payouts();
