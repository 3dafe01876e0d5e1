-- Payouts: the host's share leaves the day after check-in, once, and comes back when it has to.
--
-- The guest's money is charged to the platform; a transfer funded by that charge pays the host. A
-- payout is a row from the moment a stay is confirmed. Whatever changes the host's share changes
-- the payout before it is sent, and is taken back from the host afterwards; what cannot be taken
-- back is a debt, which later payouts pay.

-- The hosts' accounts at Stripe

create type public.host_account_status as enum ('new', 'pending', 'active', 'restricted', 'closed');

create table public.host_accounts (
  host_id           uuid                       primary key references public.profiles on delete restrict,
  status            public.host_account_status not null default 'new',
  country_code      text                       not null,
  requirements      text[]                     not null default '{}',
  stripe_account_id text,
  created_at        timestamptz                not null,
  looked_at         timestamptz                not null,

  constraint host_accounts_belong_to_one_host  unique (stripe_account_id),
  constraint host_accounts_are_in_a_country    check (country_code ~ '^[A-Z]{2}$'),
  constraint host_accounts_exist_before_they_are_judged check (status = 'new' or stripe_account_id is not null)
);

comment on table public.host_accounts is
  'Whether a host can be paid, as Stripe last told it. Seen by that host alone; bookings do not '
  'wait for it.';
comment on column public.host_accounts.requirements is
  'What Stripe still wants to know, as its codes.';
comment on column public.host_accounts.looked_at is
  'When Stripe was asked; an answer to an older question changes nothing.';

alter table public.host_accounts enable row level security;

create policy "hosts see their own account" on public.host_accounts
  for select to authenticated using (host_id = (select auth.uid()));
grant select on public.host_accounts to authenticated;

create type public.host_account_start as (
  host_id           uuid,
  status            public.host_account_status,
  country_code      text,
  contact_email     text,
  display_name      text,
  stripe_account_id text,
  idempotency_key   text
);

create function private.start_host_account(country_code text)
  returns public.host_account_start language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  account public.host_accounts;
  email   text;
  name    text;
begin
  if country_code is null or country_code !~ '^[A-Za-z]{2}$' then
    perform private.refuse('invalid_country');
  end if;
  if not exists (
    select from public.listing_hosts where listing_hosts.profile_id = caller and listing_hosts.role = 'owner')
  then
    perform private.refuse('listing_required');
  end if;
  -- Until the account exists the country may still be corrected; afterwards it is Stripe's.
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (caller, upper(start_host_account.country_code), private.now(), private.now())
  on conflict on constraint host_accounts_pkey do update
  set country_code = case when host_accounts.stripe_account_id is null
    then excluded.country_code else host_accounts.country_code end
  returning * into account;

  select private_profiles.email, profiles.display_name into email, name
  from public.profiles
  join public.private_profiles on private_profiles.profile_id = profiles.profile_id
  where profiles.profile_id = caller;
  -- The key stands for these words: Stripe refuses it with others.
  return row(
    account.host_id, account.status, account.country_code, email, name, account.stripe_account_id,
    'staybase/host_account/' || account.host_id || '/'
      || md5(concat_ws(' ', account.country_code, email, name)))::public.host_account_start;
end $$;

comment on function private.start_host_account is
  'Rule: an owner has one account, and its row is there before Stripe is asked for it.';

create function private.record_host_account(host_id uuid, stripe_account_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.host_accounts;
begin
  update public.host_accounts
  set stripe_account_id = coalesce(host_accounts.stripe_account_id, record_host_account.stripe_account_id)
  where host_accounts.host_id = record_host_account.host_id
  returning * into account;
  if not found then perform private.refuse('host_account_not_found'); end if;
  if account.stripe_account_id <> record_host_account.stripe_account_id then
    perform private.refuse('account_mismatch');
  end if;
end $$;

create function private.apply_host_account(
  event_id text, host_id uuid, stripe_account_id text, transfers_status text, closed boolean,
  requirements text[], asked_at timestamptz)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  account    public.host_accounts;
  new_status public.host_account_status;
begin
  select * into account from public.host_accounts
  where host_accounts.stripe_account_id = apply_host_account.stripe_account_id for update;
  if not found then
    select * into account from public.host_accounts
    where host_accounts.host_id = apply_host_account.host_id for update;
    if account.stripe_account_id <> apply_host_account.stripe_account_id then
      perform private.close_stripe_event(event_id, 'second_account');
      return 'second_account';
    end if;
    perform private.record_host_account(apply_host_account.host_id, apply_host_account.stripe_account_id);
  end if;

  new_status := case
    when closed or account.status = 'closed' then 'closed'
    when transfers_status = 'active' then 'active'
    when transfers_status = 'pending' then 'pending'
    when transfers_status is null then 'new'
    else 'restricted'
  end;
  if asked_at >= account.looked_at then
    update public.host_accounts
    set status = new_status, requirements = coalesce(apply_host_account.requirements, '{}'), looked_at = asked_at
    where host_accounts.host_id = account.host_id
    returning * into account;
    if account.status = 'active' then
      perform private.release_payouts(100, account.host_id);
    end if;
  end if;
  perform private.close_stripe_event(event_id, 'host_' || account.status);
  return account.status;
end $$;

comment on function private.apply_host_account is
  'Rule: a host is ready when Stripe says that transfers to the account are active; payouts that '
  'waited for it leave at once. A closed account stays closed; a second one is none.';

-- Payouts

create type public.payout_status as enum ('scheduled', 'blocked', 'sent', 'paid', 'reversed', 'cancelled');
-- Why one waits: what holds it, the host's account, or what Stripe said; nothing_due: why it was cancelled.
create type public.payout_reason as enum (
  'disputed', 'fraud_warning', 'complaint', 'no_show', 'settled_in_another_currency', 'host_not_ready',
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
  created_at         timestamptz          not null,
  paid_at            timestamptz,

  constraint payouts_are_one_per_instalment unique (payment_id, host_id, instalment, part),
  constraint payouts_have_a_first_part      check (part > 0),
  constraint payouts_are_one_per_transfer   unique (stripe_transfer_id),
  constraint payouts_pay_something          check (amount_minor > 0),
  constraint payouts_withhold_what_they_pay check (withheld_minor between 0 and amount_minor),
  constraint payouts_take_back_what_was_paid check (
    taken_back_minor between 0 and amount_minor and (taken_back_minor = 0 or status in ('paid', 'reversed'))),
  constraint payouts_are_reversed_whole     check ((status = 'reversed') = (taken_back_minor = amount_minor)),
  constraint payouts_say_why_they_wait      check (status not in ('blocked', 'cancelled') or reason is not null),
  constraint payouts_say_when_they_were_paid check ((status in ('paid', 'reversed')) = (paid_at is not null)),
  constraint payouts_transfer_what_they_pay check (
    stripe_transfer_id is not null or status not in ('paid', 'reversed') or withheld_minor = amount_minor)
);

create index payouts_booking_id_idx on public.payouts (booking_id);
create index payouts_listing_id_idx on public.payouts (listing_id);
create index payouts_host_id_idx on public.payouts (host_id, due_at desc);
create index payouts_currency_idx on public.payouts (currency);
create index payouts_due_at_idx on public.payouts (due_at) where status in ('scheduled', 'blocked');

comment on table public.payouts is
  'What a host gets for a stay, when, and what became of it. Seen by that host alone: not by '
  'co-hosts or guests.';
comment on column public.payouts.reason is 'Why it waits or was cancelled.';
comment on column public.payouts.part is
  'From 2 on: what was taken back and is the host''s again, such as after an appeal that was won.';
comment on column public.payouts.withheld_minor is 'Kept back for what the host owes.';
comment on column public.payouts.taken_back_minor is
  'Given back or owed by the host, because the share became smaller after it was paid.';

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
  stripe_reversal_id text,
  created_at         timestamptz             not null,

  constraint reversals_are_made_once        unique (stripe_reversal_id),
  constraint reversals_take_something       check (amount_minor > 0),
  constraint reversals_are_known_at_stripe  check ((status = 'reversed') = (stripe_reversal_id is not null))
);

create index reversals_payout_id_idx on private.reversals (payout_id);
alter table private.reversals enable row level security;
comment on table private.reversals is
  'Money taken back from a host: pending at Stripe, reversed, or owed by the host.';

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
  'Freezes the payouts of a booking until it is lifted: a dispute, a warning, a complaint.';

alter table private.commands
  add column payout_id uuid references public.payouts on delete restrict,
  add column reversal_id uuid references private.reversals on delete restrict,
  add constraint commands_name_their_payout check (
    (payout_id is not null) = (kind in ('transfer', 'reverse_transfer'))
    and (reversal_id is not null) = (kind = 'reverse_transfer'));

create index commands_payout_id_idx on private.commands (payout_id) where payout_id is not null;
create index commands_reversal_id_idx on private.commands (reversal_id) where reversal_id is not null;

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
  step      bigint;
  costs     bigint;
  left_over bigint;
  shares    private.shares;
begin
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  select coalesce(sum(disputes.withdrawn_minor - disputes.reinstated_minor - disputes.covered_minor), 0)
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
    shares.platform_minor := least(0, private.paid_for(booking.booking_id) - shares.disputed_minor - (
      select coalesce(sum(refunds.amount_minor), 0) from public.refunds
      where refunds.booking_id = booking.booking_id and refunds.status <> 'failed'));
    return shares;
  end if;

  if settled.rule is null then
    select guest_totals.total_minor, host_totals.payout_minor into strict costs, shares.host_minor
    from public.guest_totals
    join public.host_totals on host_totals.booking_id = guest_totals.booking_id
    where guest_totals.booking_id = booking.booking_id;
    shares.tax_minor := booking.taxes_minor;
  else
    costs := settled.paid_minor - settled.refund_minor + settled.owed_minor;
    shares.host_minor := settled.payout_minor;
    shares.tax_minor := settled.kept_taxes_minor;
  end if;

  -- What is there: not yet all of it while instalments are to come, less after refunds beside the
  -- settlement, such as those made in Stripe's dashboard. A refund that failed stays claimed.
  select private.paid_for(booking.booking_id) - greatest(coalesce(settled.refund_minor, 0), coalesce(sum(refunds.amount_minor), 0))
  into left_over
  from public.refunds
  join public.payments on payments.payment_id = refunds.payment_id
  where refunds.booking_id = booking.booking_id and refunds.status <> 'failed' and payments.purpose <> 'damage'
    and refunds.reason not in ('altered', 'alteration_ended');
  left_over := greatest(0, left_over);
  if left_over < costs then
    shares.host_minor := least(left_over, private.part_of(shares.host_minor, left_over, costs, step));
    shares.tax_minor := least(left_over - shares.host_minor,
      private.part_of(shares.tax_minor, left_over, costs, step));
  end if;

  -- What a lost dispute took is the host's loss first.
  shares.host_minor := shares.host_minor - least(shares.host_minor, shares.disputed_minor);
  -- What is beyond the costs is nobody's share: it is on its way back to the guest.
  shares.platform_minor := least(left_over, costs) - shares.disputed_minor - shares.host_minor - shares.tax_minor;
  return shares;
end $$;

comment on function private.shares_of is
  'Rule: host + tax + platform = captured - refunded - lost in disputes (and no more than it costs). As long as less is there '
  'than the stay costs, because instalments are to come or money went back beside the settlement, '
  'all have their share of what is there and the platform takes what rounding leaves; a lost '
  'dispute is paid by the host''s share first.';

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
      least(booking.check_in + block * 30, booking.check_out) + booking.check_in_time, booking.time_zone)
      + interval '24 hours',
    case when payment.purpose <> 'stay' then private.now() end);
end $$;

comment on function private.payout_due is
  'Rule: a stay is paid out 24 hours after its scheduled check-in, so that a guest who stands before '
  'a locked door has a day to say so; a long one every 30 nights, as it is charged, and the last at its '
  'end.';

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
  'Rule: what a host owes by the ledger, less what transfers under way already keep back.';

create function private.release_payout(payout_id uuid)
  returns public.payout_status language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout  public.payouts;
  account public.host_accounts;
  obstacle public.payout_reason;
begin
  perform from public.payments
  where payments.payment_id = (
    select payouts.payment_id from public.payouts where payouts.payout_id = release_payout.payout_id)
  for update;
  select * into payout from public.payouts where payouts.payout_id = release_payout.payout_id for update;
  if payout.status not in ('scheduled', 'blocked') then
    return payout.status;
  end if;

  -- The host's row also keeps two payouts from being cut for the same debt.
  select * into account from public.host_accounts where host_accounts.host_id = payout.host_id for update;
  obstacle := coalesce(
    (select payout_holds.kind from private.payout_holds
     where payout_holds.booking_id = payout.booking_id and payout_holds.lifted_at is null
     order by payout_holds.placed_at, payout_holds.kind limit 1),
    case when account.status is distinct from 'active' then 'host_not_ready' end::public.payout_reason);
  if obstacle is not null then
    update public.payouts set status = 'blocked', reason = obstacle
    where payouts.payout_id = payout.payout_id;
    return 'blocked';
  end if;

  update public.payouts
  set withheld_minor = least(payouts.amount_minor, private.host_debt(payout.host_id, payout.currency)),
      attempts = payouts.attempts + 1, reason = null, retry_at = null, status = 'sent'
  where payouts.payout_id = payout.payout_id
  returning * into payout;
  if payout.withheld_minor = payout.amount_minor then
    update public.payouts set status = 'paid', paid_at = private.now()
    where payouts.payout_id = payout.payout_id;
    return 'paid';
  end if;
  insert into private.commands (
    kind, idempotency_key, booking_id, payment_id, payout_id, due_at, created_at)
  values (
    'transfer', 'staybase/transfer/' || payout.payout_id || '/' || payout.attempts, payout.booking_id,
    payout.payment_id, payout.payout_id, private.now(), private.now());
  return 'sent';
end $$;

comment on function private.release_payout is
  'Rule: a payout leaves when nothing holds it and its host is ready, less what the host owes, '
  'never below nothing. The transfer is ordered in the same transaction, under the lock that '
  'refunds take too.';

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
    released := released + (private.release_payout(due) in ('sent', 'paid'))::integer;
  end loop;
  return released;
end $$;

comment on function private.release_payouts is
  'Job: sends what is due. A payout blocked because its host was not ready is sent once the host '
  'is.';

-- What the worker reports

create function private.lock_payout(payout_id uuid)
  returns public.payouts language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout public.payouts;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select payouts.booking_id from public.payouts where payouts.payout_id = lock_payout.payout_id)
  for update;
  perform from public.payments
  where payments.payment_id = (
    select payouts.payment_id from public.payouts where payouts.payout_id = lock_payout.payout_id)
  for update;
  select * into payout from public.payouts where payouts.payout_id = lock_payout.payout_id for update;
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
  'Rule: a payout has one transfer for ever, also one that is heard of when it was given up; a '
  'share that shrank meanwhile is taken back at once.';

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
  'Rule: a transfer that Stripe refuses for want of balance is tried again every hour, under a new '
  'key, where an operator sees it; one refused for another reason blocks the payout.';

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
    where refunds.refund_id = new.refund_id and refunds.status = 'pending' and refunds.stripe_refund_id is null;
  end if;
  return null;
end $$;

comment on function private.undo_order is
  'Rule: what cannot be carried out is undone in the books: a payout is blocked, a reversal that '
  'was refused becomes a debt, a refund that never reached Stripe has failed.';

create trigger undo_the_order after update of status on private.commands
  for each row when (new.status = 'failed' and old.status <> 'failed')
  execute function private.undo_order();

-- When the host's share changes

create function private.take_back(payout public.payouts, amount_minor bigint)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  reversal   private.reversals;
  reversible bigint;
begin
  select payout.amount_minor - payout.withheld_minor - coalesce(sum(reversals.amount_minor), 0) into reversible
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
    insert into private.commands (
      kind, idempotency_key, booking_id, payment_id, payout_id, reversal_id, due_at, created_at)
    values (
      'reverse_transfer', 'staybase/reverse_transfer/' || reversal.reversal_id, payout.booking_id,
      payout.payment_id, payout.payout_id, reversal.reversal_id, private.now(), private.now());
  end if;
  if take_back.amount_minor > reversible then
    insert into private.reversals (payout_id, status, amount_minor, created_at)
    values (payout.payout_id, 'owed', take_back.amount_minor - reversible, private.now());
  end if;
end $$;

comment on function private.take_back is
  'Rule: what a host got too much is reversed as far as the transfer reaches, and owed beyond '
  'that.';

create function private.adjust_payout(booking_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  missing bigint;
begin
  select * into booking from public.bookings
  where bookings.booking_id = adjust_payout.booking_id and bookings.confirmed_at is not null for update;
  if not found then
    return;
  end if;
  perform from public.payments where payments.booking_id = booking.booking_id order by payments.instalment for update;
  perform from public.payouts where payouts.booking_id = booking.booking_id order by payouts.instalment, payouts.part for update;
  select (private.shares_of(booking)).host_minor - coalesce(sum(payouts.amount_minor - payouts.taken_back_minor), 0)
  into missing
  from public.payouts
  join public.payments on payments.payment_id = payouts.payment_id
  where payouts.booking_id = booking.booking_id and payouts.status <> 'cancelled' and payments.purpose <> 'damage';
  if missing <= 0 then
    -- What was missing for a moment, between two words of Stripe, is not any more.
    delete from private.payment_problems
    where payment_problems.problem = 'host_underpaid' and payment_problems.payment_id in (
      select payments.payment_id from public.payments where payments.booking_id = booking.booking_id);
  end if;
  if missing < 0 then
    perform private.shrink_payouts(booking, -missing);
  elsif missing > 0 then
    perform private.grow_payouts(booking, missing);
  end if;
end $$;

comment on function private.adjust_payout is
  'Rule: the payouts of a stay are the host''s share of it. Before they are sent they follow it; '
  'afterwards the difference is taken back.';

create function private.to_pay_again(payment_id uuid)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return least(
    coalesce((
      select sum(reversals.amount_minor)
      from private.reversals
      join public.payouts on payouts.payout_id = reversals.payout_id
      where payouts.payment_id = to_pay_again.payment_id
        and (reversals.status <> 'reversed' or exists (
          select from private.commands where commands.reversal_id = reversals.reversal_id))), 0),
    coalesce((
      select sum(disputes.reinstated_minor) from private.disputes
      where disputes.payment_id = to_pay_again.payment_id and disputes.status = 'won'), 0))
    - coalesce((
    select sum(payouts.amount_minor) from public.payouts
    where payouts.payment_id = to_pay_again.payment_id and payouts.part > 1 and payouts.status <> 'cancelled'), 0);
end $$;

comment on function private.to_pay_again is
  'Rule: what we took back of a payment''s payouts for a dispute that was won in the end, and have not '
  'paid again. What an operator reversed in the dashboard was meant.';

create function private.grow_payouts(booking public.bookings, amount_minor bigint, damage_payment uuid default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
  payout  public.payouts;
  room    bigint;
  missing bigint := amount_minor;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'captured'
      and case when damage_payment is null then payments.purpose <> 'damage' else payments.payment_id = damage_payment end
      and payments.refunded_minor < payments.captured_minor
    -- New money funds a payout of its own.
    order by exists (select from public.payouts where payouts.payment_id = payments.payment_id), payments.instalment
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
    -- A transfer takes no more out of a charge than the charge brought.
    room := least(missing, case
      when payout.payout_id is null then payment.captured_minor
      when payout.part > 1 or payout.status in ('paid', 'reversed') then private.to_pay_again(payment.payment_id)
      when payout.status = 'cancelled' then payment.captured_minor
      else payment.captured_minor - payout.amount_minor end);
    continue when room <= 0;
    if payout.payout_id is null or payout.status in ('paid', 'reversed') then
      insert into public.payouts (
        booking_id, payment_id, listing_id, host_id, instalment, part, currency, amount_minor, due_at, created_at)
      values (
        booking.booking_id, payment.payment_id, booking.listing_id, booking.host_id, payment.instalment,
        coalesce(payout.part, 0) + 1, booking.currency, room,
        case when payout.payout_id is null then private.payout_due(booking, payment) else private.now() end,
        private.now());
    else
      update public.payouts
      set amount_minor = case payout.status when 'cancelled' then 0 else payouts.amount_minor end + room,
          status = case payout.status when 'cancelled' then 'scheduled' else payouts.status end,
          reason = case payout.status when 'cancelled' then null else payouts.reason end
      where payouts.payout_id = payout.payout_id;
    end if;
    missing := missing - room;
  end loop;
  if missing > 0 and not exists (
    select from public.payouts where payouts.booking_id = booking.booking_id and payouts.status = 'sent')
  then
    perform private.note_problem(payments.payment_id, 'host_underpaid')
    from public.payments
    where payments.booking_id = booking.booking_id
      and case when damage_payment is null then payments.instalment = 1 else payments.payment_id = damage_payment end;
  end if;
end $$;

comment on function private.grow_payouts is
  'Rule: each charge funds one payout; what was taken back of it and is the host''s again is another '
  'part. What a host gets too little beyond that is seen by an operator.';

create function private.shrink_payouts(booking public.bookings, amount_minor bigint, damage_payment uuid default null)
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
      and case when damage_payment is null then payments.purpose <> 'damage' else payments.payment_id = damage_payment end
    order by payouts.instalment desc, payouts.part desc
  loop
    exit when surplus = 0;
    payout := private.withdraw_transfer(payout);
    taken := least(surplus, payout.amount_minor - payout.taken_back_minor);
    if payout.status in ('scheduled', 'blocked') then
      update public.payouts
      set amount_minor = case when taken < payouts.amount_minor then payouts.amount_minor - taken else payouts.amount_minor end,
          status = case when taken < payouts.amount_minor then payouts.status else 'cancelled' end,
          reason = case when taken < payouts.amount_minor then payouts.reason else 'nothing_due' end,
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
  'Rule: what comes back from a guest comes out of the latest payout first. A transfer under way is '
  'waited for.';

create function private.adjust_to_confirmation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.adjust_payout(new.booking_id);
  return null;
end $$;

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
  where payout.status = 'sent' and commands.payout_id = payout.payout_id and commands.kind = 'transfer'
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

create trigger adjust_the_payout after insert on public.host_settlements
  for each row execute function private.share_changed();
create trigger adjust_the_payout_to_outside after insert on public.refunds
  for each row when (new.reason = 'dashboard') execute function private.share_changed();
create trigger adjust_the_payout_to_failure after update of status on public.refunds
  for each row when (new.status = 'failed' and old.status <> 'failed') execute function private.share_changed();

create function private.apply_reversal(
  reversal_id uuid, stripe_reversal_id text, amount_minor bigint default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  reversal private.reversals;
  made     bigint;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select payouts.booking_id
    from private.reversals join public.payouts on payouts.payout_id = reversals.payout_id
    where reversals.reversal_id = apply_reversal.reversal_id)
  for update;
  select * into reversal from private.reversals where reversals.reversal_id = apply_reversal.reversal_id;
  if not found then perform private.refuse('reversal_not_found'); end if;
  perform private.lock_payout(reversal.payout_id);
  made := case when apply_reversal.stripe_reversal_id is null then reversal.amount_minor
    else least(reversal.amount_minor, coalesce(apply_reversal.amount_minor, reversal.amount_minor)) end;
  update private.reversals
  set status = case when apply_reversal.stripe_reversal_id is null then 'owed' else 'reversed' end::private.reversal_status,
      stripe_reversal_id = apply_reversal.stripe_reversal_id, amount_minor = made
  where reversals.reversal_id = reversal.reversal_id and reversals.status = 'pending';
  if found and made < reversal.amount_minor then
    insert into private.reversals (payout_id, status, amount_minor, created_at)
    values (reversal.payout_id, 'owed', reversal.amount_minor - made, private.now());
  end if;
end $$;

comment on function private.apply_reversal is
  'Rule: what there is in a host''s account is taken back; what it cannot give becomes a debt, which '
  'later payouts pay.';

-- Holds

create function private.place_hold(booking_id uuid, kind public.payout_reason, source_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payout public.payouts;
begin
  perform from public.bookings where bookings.booking_id = place_hold.booking_id for update;
  perform from public.payments where payments.booking_id = place_hold.booking_id for update;
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
      and (payout.status = 'scheduled' or (payout.status = 'blocked' and payout.reason <> 'transfer_failed'));
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
  perform from public.bookings where bookings.booking_id = held for update;
  perform from public.payments where payments.booking_id = held for update;
  update private.payout_holds set lifted_at = private.now()
  where payout_holds.kind = lift_hold.kind and payout_holds.source_id = lift_hold.source_id
    and payout_holds.lifted_at is null;
  -- Lifted before: what the payout waits for now is something else.
  if not found then
    return;
  end if;
  -- Whatever else holds it is found when it is released.
  update public.payouts set status = 'scheduled', reason = null
  where payouts.booking_id = held and payouts.status = 'blocked' and payouts.reason <> 'transfer_failed';
end $$;

comment on function private.lift_hold is
  'Rule: what waited for this goes on; a transfer that failed waits for staff, whatever is lifted.';

comment on function private.place_hold is
  'Rule: a hold freezes what has not left yet; each is placed once, and what was lifted is not '
  'placed again.';
