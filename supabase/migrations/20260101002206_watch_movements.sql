-- Movements: which money moved, what is stuck and what does not add up, for staff.

-- For the newest of one status, and for ledger entries of one account or of a few days.
create index payments_status_created_at_idx
  on public.payments (status, created_at desc, payment_id desc);
create index payouts_status_due_at_idx on public.payouts (status, due_at desc, payout_id desc);
create index disputes_opened_at_idx on private.disputes (opened_at desc, stripe_dispute_id desc);
create index ledger_entries_account_idx on private.ledger_entries (account, entry_id desc);
create index ledger_entries_entered_at_idx on private.ledger_entries (entered_at)
  include (account, currency, amount_minor);

-- Differences

create type public.staff_difference as (
  difference text,
  booking_id uuid,
  detail     text
);

comment on column public.staff_difference.booking_id is
  'Null: it does not concern a single booking.';

create function private.staff_differences(page_size integer)
  returns setof public.staff_difference language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.staff_reader();
  if page_size is null or page_size not between 1 and 1000 then
    perform private.refuse('invalid_page_size', 'up_to', '1000');
  end if;
  return query
    select reconciliation_report.difference, reconciliation_report.booking_id,
      coalesce(reconciliation_report.detail, '')
    from private.reconciliation_report()
    limit page_size;
end $$;

comment on function private.staff_differences is
  'Rule: staff read the reconciliation report, which scans the whole ledger.';

create function public.staff_differences(page_size integer default 50)
  returns setof public.staff_difference language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_differences(page_size);
end;

comment on function public.staff_differences is
  'For staff: what currently does not add up between Stripe, the ledger and the bookings, or needs '
  'a person. It scans the whole ledger: with millions of entries, query it in SQL. Errors: '
  'staff_only, invalid_page_size.';

-- The ledger

create type public.staff_ledger_entry as (
  entry_id     bigint,
  entered_at   timestamptz,
  account      text,
  source       text,
  source_id    text,
  booking_id   uuid,
  host_id      uuid,
  currency     text,
  amount_minor bigint
);

comment on column public.staff_ledger_entry.host_id is
  'Null: the account does not belong to a host.';

create function private.staff_ledger(
  account text, booking_id uuid, before bigint, page_size integer)
  returns setof public.staff_ledger_entry language plpgsql stable security definer
  set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
declare
  wanted private.ledger_account := staff_ledger.account;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  return query
    select ledger_entries.entry_id, ledger_entries.entered_at, ledger_entries.account::text,
      ledger_entries.source_kind::text, ledger_entries.source_id, ledger_entries.booking_id,
      ledger_entries.host_id, ledger_entries.currency, ledger_entries.amount_minor
    from private.ledger_entries
    where (wanted is null or ledger_entries.account = wanted)
      and (staff_ledger.booking_id is null or ledger_entries.booking_id = staff_ledger.booking_id)
      and (staff_ledger.before is null or ledger_entries.entry_id < staff_ledger.before)
    order by ledger_entries.entry_id desc
    limit page_size;
end $$;

comment on function private.staff_ledger is
  'Rule: staff read the ledger, optionally of one account or booking.';

create function public.staff_ledger(
  account    text    default null,
  booking_id uuid    default null,
  before     bigint  default null,
  page_size  integer default 50)
  returns setof public.staff_ledger_entry language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_ledger(account, booking_id, before, page_size);
end;

comment on function public.staff_ledger is
  'For staff: ledger entries, newest first, optionally of one account (stripe_balance, guest, '
  'host, platform, tax, stripe_fee, dispute, host_debt, by_hand) or one booking. Debits are '
  'positive. One page at a time: before is the last entry_id seen. Errors: staff_only, '
  'invalid_value, invalid_page_size, too_many_results.';

-- Daily figures, for charts

create type public.staff_figure as (
  day      date,
  figure   text,
  name     text,
  currency text,
  value    bigint
);

comment on column public.staff_figure.figure is 'One of: bookings, ledger.';
comment on column public.staff_figure.name is
  'The status of the bookings, or the account of the ledger.';
comment on column public.staff_figure.currency is 'Null: for bookings, which are counted.';
comment on column public.staff_figure.value is
  'The number of bookings, or the change of the account''s balance in minor units.';

create function private.staff_figures(starts_on date, ends_on date)
  returns setof public.staff_figure language plpgsql stable security definer set search_path = ''
as $$
declare
  starts timestamptz := starts_on::timestamp at time zone 'UTC';
  ends   timestamptz := ends_on::timestamp at time zone 'UTC';
begin
  perform private.staff_reader();
  perform private.check_days(starts_on, ends_on);
  return query
    select (bookings.created_at at time zone 'UTC')::date, 'bookings', one.status::text, null,
      count(*)
    from unnest(enum_range(null::public.booking_status)) as one (status)
    join public.bookings on array[bookings.status] = array[one.status]
      and bookings.created_at >= starts and bookings.created_at < ends
    group by 1, 3
    order by 1, 3;
  return query
    select (ledger_entries.entered_at at time zone 'UTC')::date, 'ledger',
      ledger_entries.account::text, ledger_entries.currency,
      sum(ledger_entries.amount_minor)::bigint
    from private.ledger_entries
    where ledger_entries.entered_at >= starts and ledger_entries.entered_at < ends
    group by 1, 3, 4
    order by 1, 3, 4;
end $$;

comment on function private.staff_figures is
  'Rule: staff see how many bookings were made and how much money moved on each day (UTC).';

create function public.staff_figures(starts_on text, ends_on text)
  returns setof public.staff_figure language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_figures(
    private.day(staff_figures.starts_on, 'starts_on'),
    private.day(staff_figures.ends_on, 'ends_on'));
end;

comment on function public.staff_figures is
  'For staff: for each day from starts_on to ends_on (exclusive, UTC) the bookings made that day, '
  'by their present status, and the change of each ledger account. Errors: staff_only, '
  'dates_required, invalid_dates, dates_reversed, too_many_days.';

-- Payments

create type public.staff_payment as (
  payment_id       uuid,
  booking_id       uuid,
  guest_id         uuid,
  status           public.payment_status,
  purpose          public.payment_purpose,
  currency         text,
  amount_minor     bigint,
  captured_minor   bigint,
  refunded_minor   bigint,
  stripe_intent_id text,
  last_error       text,
  problems         text[],
  pay_by           timestamptz,
  charge_at        timestamptz,
  created_at       timestamptz
);

comment on column public.staff_payment.stripe_intent_id is 'Null: Stripe does not know it yet.';
comment on column public.staff_payment.last_error is 'Null: no attempt was declined.';
comment on column public.staff_payment.problems is 'Codes of what needs a person.';
comment on column public.staff_payment.pay_by is 'Null: the guest does not have to do anything.';
comment on column public.staff_payment.charge_at is 'Null: it is charged immediately.';

create function private.staff_payments(
  status public.payment_status, before uuid, page_size integer)
  returns setof public.staff_payment language plpgsql stable security definer set search_path = ''
as $$
declare
  last public.payments;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from public.payments where payments.payment_id = staff_payments.before;
  return query
    select newest.payment_id, newest.booking_id, newest.guest_id, newest.status, newest.purpose,
      newest.currency, newest.amount_minor, newest.captured_minor, newest.refunded_minor,
      newest.stripe_intent_id, newest.last_error,
      array(
        select payment_problems.problem from private.payment_problems
        where payment_problems.payment_id = newest.payment_id order by payment_problems.problem),
      newest.pay_by, newest.charge_at, newest.created_at
    from unnest(case when staff_payments.status is null
      then enum_range(null::public.payment_status)
      else array[staff_payments.status] end) as one (status)
    cross join lateral (
      select * from public.payments
      where payments.status = one.status
        and (payments.created_at, payments.payment_id)
          < (coalesce(last.created_at, 'infinity'),
             coalesce(last.payment_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by payments.created_at desc, payments.payment_id desc
      limit page_size) as newest
    order by newest.created_at desc, newest.payment_id desc
    limit page_size;
end $$;

comment on function private.staff_payments is
  'Rule: staff see payments and their problems, but no card details.';

create function public.staff_payments(
  status public.payment_status default null, before uuid default null, page_size integer default 50)
  returns setof public.staff_payment language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_payments(status, before, page_size);
end;

comment on function public.staff_payments is
  'For staff: payments, newest first, optionally of one status. One page at a time: before is the '
  'last payment_id seen. Errors: staff_only, invalid_page_size, too_many_results.';

-- Payouts and their holds

create type public.staff_payout as (
  payout_id      uuid,
  booking_id     uuid,
  host_id        uuid,
  status         public.payout_status,
  reason         public.payout_reason,
  holds          text[],
  currency       text,
  amount_minor   bigint,
  withheld_minor bigint,
  is_by_hand     boolean,
  due_at         timestamptz,
  paid_at        timestamptz
);

comment on column public.staff_payout.reason is 'Null: nothing blocks it.';
comment on column public.staff_payout.holds is
  'The holds on payouts of this booking; staff_release_payout lifts those that staff may lift.';
comment on column public.staff_payout.withheld_minor is
  'Deducted for what the host owes; of a payout that is not sent yet, what would be deducted now.';
comment on column public.staff_payout.is_by_hand is
  'Paid outside Stripe, as recorded by staff_record_payout.';
comment on column public.staff_payout.paid_at is 'Null: it has not been paid yet.';

create function private.staff_payouts(
  status public.payout_status, before uuid, page_size integer)
  returns setof public.staff_payout language plpgsql stable security definer set search_path = ''
as $$
declare
  last public.payouts;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from public.payouts where payouts.payout_id = staff_payouts.before;
  return query
    select latest.payout_id, latest.booking_id, latest.host_id, latest.status, latest.reason,
      array(
        select distinct payout_holds.kind::text from private.payout_holds
        where payout_holds.booking_id = latest.booking_id and payout_holds.lifted_at is null
        order by 1),
      latest.currency, latest.amount_minor,
      case when latest.status in ('scheduled', 'blocked')
        then least(latest.amount_minor, private.host_debt(latest.host_id, latest.currency))
        else latest.withheld_minor end,
      latest.is_by_hand, latest.due_at, latest.paid_at
    from unnest(case when staff_payouts.status is null
      then enum_range(null::public.payout_status)
      else array[staff_payouts.status] end) as one (status)
    cross join lateral (
      select * from public.payouts
      where payouts.status = one.status
        and (payouts.due_at, payouts.payout_id)
          < (coalesce(last.due_at, 'infinity'),
             coalesce(last.payout_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by payouts.due_at desc, payouts.payout_id desc
      limit page_size) as latest
    order by latest.due_at desc, latest.payout_id desc
    limit page_size;
end $$;

comment on function private.staff_payouts is
  'Rule: staff see payouts, why they wait and which holds are on them.';

create function public.staff_payouts(
  status public.payout_status default null, before uuid default null, page_size integer default 50)
  returns setof public.staff_payout language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_payouts(status, before, page_size);
end;

comment on function public.staff_payouts is
  'For staff: payouts to hosts, latest due date first, optionally of one status. One page at a '
  'time: before is the last payout_id seen. Errors: staff_only, invalid_page_size, '
  'too_many_results.';

-- Disputes

create type public.staff_dispute as (
  stripe_dispute_id text,
  booking_id        uuid,
  payment_id        uuid,
  status            text,
  currency          text,
  amount_minor      bigint,
  withdrawn_minor   bigint,
  reinstated_minor  bigint,
  fee_minor         bigint,
  is_appealed       boolean,
  opened_at         timestamptz,
  closed_at         timestamptz
);

comment on column public.staff_dispute.status is
  'One of: inquiry, open, inquiry_closed, won, lost.';
comment on column public.staff_dispute.closed_at is 'Null: it is still open.';

create function private.staff_disputes(before text, page_size integer)
  returns setof public.staff_dispute language plpgsql stable security definer set search_path = ''
as $$
declare
  last private.disputes;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from private.disputes
  where disputes.stripe_dispute_id = staff_disputes.before;
  return query
    select disputes.stripe_dispute_id, disputes.booking_id, disputes.payment_id,
      disputes.status::text, disputes.currency, disputes.amount_minor, disputes.withdrawn_minor,
      disputes.reinstated_minor, disputes.fee_minor, disputes.is_appealed, disputes.opened_at,
      disputes.closed_at
    from private.disputes
    where last.opened_at is null
      or (disputes.opened_at, disputes.stripe_dispute_id) < (last.opened_at, last.stripe_dispute_id)
    order by disputes.opened_at desc, disputes.stripe_dispute_id desc
    limit page_size;
end $$;

comment on function private.staff_disputes is
  'Rule: staff see disputes; evidence is submitted in Stripe''s dashboard.';

create function public.staff_disputes(before text default null, page_size integer default 50)
  returns setof public.staff_dispute language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_disputes(before, page_size);
end;

comment on function public.staff_disputes is
  'For staff: disputes and inquiries from cardholders'' banks, newest first. One page at a time: '
  'before is the last stripe_dispute_id seen. Errors: staff_only, invalid_page_size, '
  'too_many_results.';

grant execute on function
  private.staff_differences, private.staff_ledger, private.staff_figures, private.staff_payments,
  private.staff_payouts, private.staff_disputes, public.staff_differences, public.staff_ledger,
  public.staff_figures, public.staff_payments, public.staff_payouts, public.staff_disputes
  to authenticated;
