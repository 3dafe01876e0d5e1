-- Stripe polling: what is looked at again at Stripe because time passed, whether or not anything
-- was heard. A check changes nothing there that cannot be done twice, so it needs no key and is
-- never given up: it is tried ever more rarely, and seen in the report.

create type public.stripe_check_kind as enum ('host', 'balance', 'floor');

create table private.stripe_checks (
  kind          public.stripe_check_kind not null,
  subject       text             not null,
  due_at        timestamptz      not null,
  attempts      integer          not null default 0,
  claimed_until timestamptz,
  problem       text,

  primary key (kind, subject)
);

create index stripe_checks_due_at_idx on private.stripe_checks (due_at);
alter table private.stripe_checks enable row level security;
comment on table private.stripe_checks is
  'A host''s account, the balance of the platform and its floor: when each is polled next.';

-- The platform's money as Stripe tells it: each movement once, read from where the last reading
-- ended.
create table private.stripe_movements (
  movement_id  text        primary key,
  object_id    text        not null,
  about_id     text,
  type         text        not null,
  currency     text        not null,
  net_minor    bigint      not null,
  moved_at     timestamptz not null,

  constraint stripe_movements_are_named check (movement_id ~ '^txn_')
);

create index stripe_movements_object_id_idx on private.stripe_movements (object_id);
create index stripe_movements_moved_at_idx on private.stripe_movements (moved_at);
alter table private.stripe_movements enable row level security;
comment on table private.stripe_movements is
  'Every movement on the platform''s balance at Stripe, after its fee.';
comment on column private.stripe_movements.object_id is
  'The charge, refund, transfer, reversal, dispute or payout that moved the money.';
comment on column private.stripe_movements.about_id is
  'The charge or transfer that this object belongs to.';

create table private.stripe_balances (
  currency      text        primary key,
  balance_minor bigint,
  floor_minor   bigint,
  read_at       timestamptz,

  constraint stripe_balances_were_read_when_known
    check ((balance_minor is null) = (read_at is null))
);

alter table private.stripe_balances enable row level security;
comment on table private.stripe_balances is
  'The platform''s balance when it was last read, available and pending, and the floor that '
  'payouts to its bank leave.';

create table private.balance_reading (
  singleton  boolean     primary key default true,
  read_from  timestamptz not null,
  read_until timestamptz not null,

  constraint balance_reading_is_one_row check (singleton),
  constraint balance_reading_goes_on    check (read_until >= read_from)
);

alter table private.balance_reading enable row level security;
comment on table private.balance_reading is
  'The period for which the movements at Stripe are known here.';

-- What is due

create function private.plan_host_check()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.stripe_checks (kind, subject, due_at)
  values ('host', new.stripe_account_id, private.now() + interval '1 hour')
  on conflict on constraint stripe_checks_pkey do nothing;
  return null;
end $$;

create trigger plan_the_host_check after insert
  or update of stripe_account_id on public.host_accounts
  for each row when (new.stripe_account_id is not null)
  execute function private.plan_host_check();

create function private.order_stripe_checks(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.balance_reading (read_from, read_until)
  select first_entry.entered_at, first_entry.entered_at
  from (
    select min(ledger_entries.entered_at) - interval '1 hour' as entered_at
    from private.ledger_entries
    where not exists (select from private.balance_reading)) as first_entry
  where first_entry.entered_at is not null
  on conflict on constraint balance_reading_pkey do nothing;
  if found then
    insert into private.stripe_checks (kind, subject, due_at)
    values ('balance', 'platform', private.now() + interval '1 day'),
      ('floor', 'platform', private.now() + interval '1 day')
    on conflict on constraint stripe_checks_pkey do nothing;
    return least(order_stripe_checks.most, 2);
  end if;
  return 0;
end $$;

comment on function private.order_stripe_checks is
  'Job: from the first payment on, the platform''s balance is read and its floor updated daily.';

create function private.check_again_in(due private.stripe_checks)
  returns interval language plpgsql stable security definer set search_path = ''
as $$
begin
  case due.kind
    when 'host' then
      return (
        select case
          when host_accounts.status = 'closed' then null
          when host_accounts.status <> 'active' and (
            host_accounts.created_at > private.now() - interval '30 days' or exists (
              select from public.payouts
              where payouts.host_id = host_accounts.host_id and payouts.status = 'blocked'
                and payouts.reason = 'host_not_ready'))
            then interval '1 hour'
          else interval '1 day' end
        from public.host_accounts where host_accounts.stripe_account_id = due.subject);
    when 'balance' then
      return (
        select case when balance_reading.read_until < private.now() - interval '1 hour'
          then interval '0' else interval '1 day' end
        from private.balance_reading);
    else
      return interval '1 day';
  end case;
end $$;

comment on function private.check_again_in is
  'Rule: a host who is not ready is polled hourly while money waits or the account is new, '
  'otherwise daily, and no longer once it is closed; the balance daily, or at once while there is '
  'more to read.';

create function private.balance_floors()
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(lower(owed.currency), owed.minor), '{}')
    from (
      select ledger_entries.currency,
        greatest(0, -sum(ledger_entries.amount_minor))::bigint as minor
      from private.ledger_entries
      where ledger_entries.account in ('host', 'guest', 'tax')
      group by ledger_entries.currency) as owed
    left join private.stripe_balances on stripe_balances.currency = owed.currency
    where stripe_balances.floor_minor is distinct from owed.minor);
end $$;

comment on function private.balance_floors is
  'Rule: what belongs to hosts, guests and tax authorities stays on the platform''s balance, or '
  'later transfers fail. Returns the floors that are not set to that yet.';

-- What the worker asks

create type public.stripe_check_to_run as (
  kind       public.stripe_check_kind,
  subject    text,
  read_from  timestamptz,
  read_until timestamptz,
  floors     jsonb
);

create function private.claim_stripe_checks(most integer)
  returns setof public.stripe_check_to_run language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  return query
    with due as (
      select stripe_checks.kind, stripe_checks.subject
      from private.stripe_checks
      where stripe_checks.due_at <= private.now()
        and (stripe_checks.claimed_until is null or stripe_checks.claimed_until <= private.now())
      order by stripe_checks.due_at
      limit least(claim_stripe_checks.most, 100)
      for update skip locked
    ), claimed as (
      update private.stripe_checks
      set claimed_until = private.now() + interval '2 minutes',
          attempts = stripe_checks.attempts + 1
      from due
      where stripe_checks.kind = due.kind and stripe_checks.subject = due.subject
      returning stripe_checks.kind, stripe_checks.subject, stripe_checks.attempts
    )
    select claimed.kind, claimed.subject,
      case when claimed.kind = 'balance' then balance_reading.read_until end,
      -- A reading that takes too long fails, and the next one is over half of that time. An hour
      -- before it is read once more: movements appear a little late.
      case when claimed.kind = 'balance'
        then least(balance_reading.read_until
          + interval '14 days' / 2 ^ least(claimed.attempts, 10), private.now()) end,
      case when claimed.kind = 'floor' then private.balance_floors() end
    from claimed
    left join private.balance_reading on claimed.kind = 'balance';
end $$;

create function private.finish_stripe_check(kind public.stripe_check_kind, subject text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  due   private.stripe_checks;
  again interval;
begin
  select * into due from private.stripe_checks
  where stripe_checks.kind = finish_stripe_check.kind
    and stripe_checks.subject = finish_stripe_check.subject for update;
  again := private.check_again_in(due);
  if again is null then
    delete from private.stripe_checks
    where stripe_checks.kind = due.kind and stripe_checks.subject = due.subject;
  else
    update private.stripe_checks
    set due_at = private.now() + again, attempts = 0, claimed_until = null, problem = null
    where stripe_checks.kind = due.kind and stripe_checks.subject = due.subject;
  end if;
end $$;

create function private.fail_stripe_check(kind public.stripe_check_kind, subject text, problem text)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  update private.stripe_checks
  set claimed_until = null, problem = left(fail_stripe_check.problem, 500),
      due_at = private.now()
        + least(interval '5 seconds' * 2 ^ least(stripe_checks.attempts - 1, 12), interval '1 hour')
  where stripe_checks.kind = fail_stripe_check.kind
    and stripe_checks.subject = fail_stripe_check.subject
    and stripe_checks.claimed_until is not null;
end;

comment on function private.claim_stripe_checks is
  'Rule: a poll is claimed by one worker at a time, and again if that worker was not heard of for '
  'two minutes.';
comment on function private.fail_stripe_check is
  'Rule: a failed poll is retried after 5 s, 10 s, 20 s and so on up to an hour, without end.';

create type public.stripe_movement as (
  movement_id text,
  object_id   text,
  about_id    text,
  type        text,
  currency    text,
  net_minor   bigint,
  moved_at    timestamptz
);

create function private.record_movements(movements public.stripe_movement[], read_until timestamptz)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  added integer;
begin
  insert into private.stripe_movements (movement_id, object_id, about_id, type, currency,
    net_minor, moved_at)
  select movement.movement_id, movement.object_id, movement.about_id, movement.type,
    upper(movement.currency),
    movement.net_minor, movement.moved_at
  from unnest(movements) as movement
  on conflict on constraint stripe_movements_pkey do nothing;
  get diagnostics added = row_count;
  update private.balance_reading
  set read_until = greatest(balance_reading.read_until, record_movements.read_until)
  where record_movements.read_until <= private.now();
  return added;
end $$;

create type public.stripe_balance as (currency text, balance_minor bigint);

create function private.record_balances(balances public.stripe_balance[])
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.stripe_balances (currency, balance_minor, read_at)
  select upper(balance.currency), balance.balance_minor, private.now()
  from unnest(balances) as balance
  on conflict on constraint stripe_balances_pkey do update
  set balance_minor = excluded.balance_minor, read_at = excluded.read_at;
end;

create function private.record_floor(currency text, floor_minor bigint)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.stripe_balances (currency, floor_minor)
  values (upper(record_floor.currency), record_floor.floor_minor)
  on conflict on constraint stripe_balances_pkey do update set floor_minor = excluded.floor_minor;
end;

-- How both agree

create function private.balance_differences()
  returns table (difference text, booking_id uuid, detail text) language plpgsql stable
  security definer set search_path = ''
as $$
begin
  return query
    with booked as (
      select ledger_entries.booking_id, ledger_entries.amount_minor, ledger_entries.entered_at,
        coalesce(payments.stripe_charge_id, refunds.stripe_refund_id, payouts.stripe_transfer_id,
          reversals.stripe_reversal_id,
          case when ledger_entries.source_kind in ('dispute_withdrawn', 'dispute_reinstated')
            then split_part(ledger_entries.source_id, '/', 1) end) as object_id
      from private.ledger_entries
      left join public.payments
        on ledger_entries.source_kind in ('capture', 'stripe_fee')
        and payments.payment_id::text = ledger_entries.source_id
      left join public.refunds
        on ledger_entries.source_kind in ('refund', 'refund_failed')
        and refunds.refund_id::text = ledger_entries.source_id
      left join public.payouts
        on ledger_entries.source_kind = 'payout'
          and payouts.payout_id::text = ledger_entries.source_id
      left join private.reversals
        on ledger_entries.source_kind = 'reversal'
          and reversals.reversal_id::text = ledger_entries.source_id
      where ledger_entries.account = 'stripe_balance'
    ), here as (
      select booked.object_id, (array_agg(booked.booking_id))[1] as booking_id,
        sum(booked.amount_minor) as minor,
        max(booked.entered_at) as changed_at
      from booked
      group by booked.object_id
    ), there as (
      select stripe_movements.object_id, min(stripe_movements.type) as type,
        min(stripe_movements.about_id) as about_id,
        sum(stripe_movements.net_minor) as minor, max(stripe_movements.moved_at) as changed_at
      from private.stripe_movements
      group by stripe_movements.object_id
    )
    select 'balance_differs',
      coalesce(here.booking_id, payments.booking_id, payouts.booking_id),
      format('%s %s is %s at Stripe, %s in the ledger', coalesce(there.type, 'object'),
        coalesce(there.object_id, here.object_id, 'without an id'), coalesce(there.minor, 0),
          coalesce(here.minor, 0))
    from here
    full join there on there.object_id = here.object_id
    left join public.payments
      on payments.stripe_charge_id = coalesce(there.about_id, there.object_id)
    left join public.payouts
      on payouts.stripe_transfer_id = coalesce(there.about_id, there.object_id)
    cross join private.balance_reading
    -- Other applications of the account move money too: that is not ours to explain.
    where coalesce(here.minor, 0) <> coalesce(there.minor, 0)
      and coalesce(here.booking_id, payments.booking_id, payouts.booking_id) is not null
      and not private.settled_in_another_currency(
        coalesce(here.booking_id, payments.booking_id, payouts.booking_id))
      -- What was just heard of may be on its way from one to the other.
      and greatest(here.changed_at,
        there.changed_at) < balance_reading.read_until - interval '1 day';
  return query
    select 'balance_short', null::uuid,
      format('%s at Stripe, %s belongs to others (%s)', stripe_balances.balance_minor, owed.minor,
        stripe_balances.currency)
    from private.stripe_balances
    cross join lateral (
      select -sum(ledger_entries.amount_minor)::bigint as minor
      from private.ledger_entries
      where ledger_entries.account in ('host', 'guest', 'tax')
        and ledger_entries.currency = stripe_balances.currency
        and ledger_entries.entered_at <= stripe_balances.read_at) as owed
    where stripe_balances.balance_minor < owed.minor;
end $$;

comment on function private.balance_differences is
  'Rule: the amount of each charge, refund, transfer, reversal and dispute at Stripe equals what '
  'the ledger recorded for it, including fees, and Stripe holds what belongs to others.';

-- The server's verbs

create function public.claim_stripe_checks(most integer)
  returns setof public.stripe_check_to_run language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_stripe_checks(claim_stripe_checks.most);
end;

create function public.finish_stripe_check(kind public.stripe_check_kind, subject text)
  returns void language sql volatile security invoker set search_path = ''
  return private.finish_stripe_check(kind, subject);

create function public.fail_stripe_check(kind public.stripe_check_kind, subject text, problem text)
  returns void language sql volatile security invoker set search_path = ''
  return private.fail_stripe_check(kind, subject, problem);

create function public.record_movements(movements public.stripe_movement[], read_until timestamptz)
  returns integer language sql volatile security invoker set search_path = ''
  return private.record_movements(movements, read_until);

create function public.record_balances(balances public.stripe_balance[])
  returns void language sql volatile security invoker set search_path = ''
  return private.record_balances(balances);

create function public.record_floor(currency text, floor_minor bigint)
  returns void language sql volatile security invoker set search_path = ''
  return private.record_floor(currency, floor_minor);

grant execute on function
  private.claim_stripe_checks, public.claim_stripe_checks, private.finish_stripe_check,
  public.finish_stripe_check,
  private.fail_stripe_check, public.fail_stripe_check, private.record_movements,
  public.record_movements,
  private.record_balances, public.record_balances, private.record_floor, public.record_floor
  to service_role;

comment on function public.claim_stripe_checks is
  'Server: claims up to the given number of polls that are due, for two minutes.';
comment on function public.finish_stripe_check is
  'Server: records that a poll succeeded; the next one is scheduled.';
comment on function public.fail_stripe_check is
  'Server: records that a poll failed; it is retried later.';
comment on function public.record_movements is
  'Server: records movements on the platform''s balance, complete up to read_until. Returns how '
  'many were new.';
comment on function public.record_balances is
  'Server: records the platform''s current balance, available and pending, in minor units.';
comment on function public.record_floor is
  'Server: records the balance floor that was set in a currency, in minor units.';
