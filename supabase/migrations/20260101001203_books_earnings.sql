-- Earnings: what moves a host's money, row by row and as a file.

-- What moves a host's money or debt, of private.ledger_source.
create type public.earning_kind as enum ('payout', 'reversal', 'reversal_owed', 'debt_collected',
  'penalty');

create table public.earnings (
  earning_id       uuid        primary key default gen_random_uuid(),
  kind             public.earning_kind not null,
  source_id        text        not null,
  host_id          uuid        not null references public.profiles on delete restrict,
  booking_id       uuid        not null references public.bookings on delete restrict,
  listing_id       uuid        not null references public.listings on delete restrict,
  payout_id        uuid        references public.payouts on delete restrict,
  listing_title    text        not null,
  check_in         date        not null,
  check_out        date        not null,
  currency         text        not null references private.currencies,
  gross_minor      bigint      not null,
  host_fee_minor   bigint      not null,
  adjustment_minor bigint      not null,
  penalty_minor    bigint      not null,
  debt_minor       bigint      not null,
  net_minor        bigint      not null,
  earned_on        date        not null,
  entered_at       timestamptz not null,

  constraint earnings_happen_once unique (kind, source_id),
  constraint earnings_add_up      check (
    net_minor = gross_minor - host_fee_minor + adjustment_minor - penalty_minor + debt_minor)
);

create index earnings_host_id_idx on public.earnings (host_id, earned_on, entered_at, earning_id);
create index earnings_booking_id_idx on public.earnings (booking_id);
create index earnings_listing_id_idx on public.earnings (listing_id);
create index earnings_payout_id_idx on public.earnings (payout_id) where payout_id is not null;
create index earnings_currency_idx on public.earnings (currency);

comment on table public.earnings is
  'Every event that changed a host''s money or debt, with the figures at that time; immutable. '
  'Visible to that host alone, not to co-hosts.';
comment on column public.earnings.kind is
  'payout, reversal (taken back from the account), reversal_owed (taken back as a debt), '
  'debt_collected (a manual reversal that paid a debt), penalty: the kind of its ledger entry.';
comment on column public.earnings.adjustment_minor is
  'Changes caused by disputes and refunds outside the settlement, and amounts taken back.';
comment on column public.earnings.debt_minor is
  'Added to the host''s debt; negative if this event paid a debt.';
comment on column public.earnings.net_minor is
  'Transferred to the host''s Stripe account; negative if it was taken back.';
comment on column public.earnings.earned_on is 'The date in the listing''s time zone.';

alter table public.earnings enable row level security;

create policy "hosts see their own earnings" on public.earnings
  for select to authenticated using (host_id = (select auth.uid()));
grant select on public.earnings to authenticated;

create trigger keep_the_earnings before update or delete or truncate on public.earnings
  for each statement execute function private.refuse_change();

create type private.split as (gross_minor bigint, host_fee_minor bigint);

create function private.split_of(payout public.payouts, booking public.bookings)
  returns private.split language plpgsql stable security definer set search_path = ''
as $$
declare
  settled private.settlement := private.settled_before(booking);
  step    bigint;
  whole   private.split;
  told    private.split;
  split   private.split;
begin
  -- What a host gets for a damage is no part of the stay.
  if exists (
    select from public.payments
    where payments.payment_id = payout.payment_id and payments.purpose = 'damage')
  then
    return row(payout.amount_minor, 0)::private.split;
  end if;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  if settled.rule is null then
    select booking.subtotal_minor, host_totals.host_fee_minor into strict whole
    from public.host_totals where host_totals.booking_id = booking.booking_id;
  else
    whole.gross_minor := settled.kept_minor;
    whole.host_fee_minor := settled.host_fee_minor;
  end if;
  if whole.gross_minor > whole.host_fee_minor and exists (
    select from public.payments
    left join public.payouts on payouts.payment_id = payments.payment_id
    where payments.booking_id = booking.booking_id and payments.purpose <> 'damage'
      and payouts.payout_id is distinct from payout.payout_id
      and (payments.status in ('pending', 'processing', 'authorized')
        or payouts.status in ('scheduled', 'blocked', 'sent')))
  then
    split.gross_minor := private.part_of(
      payout.amount_minor, whole.gross_minor, whole.gross_minor - whole.host_fee_minor, step);
    split.host_fee_minor := split.gross_minor - payout.amount_minor;
    return split;
  end if;
  -- The last one takes what rounding left, and so both always sum up.
  select coalesce(sum(earnings.gross_minor), 0), coalesce(sum(earnings.host_fee_minor), 0) into told
  from public.earnings
  join public.payouts on payouts.payout_id = earnings.payout_id
  join public.payments on payments.payment_id = payouts.payment_id
  where earnings.booking_id = booking.booking_id and earnings.kind = 'payout'
    and payments.purpose <> 'damage';
  split.gross_minor := whole.gross_minor - told.gross_minor;
  split.host_fee_minor := whole.host_fee_minor - told.host_fee_minor;
  return split;
end $$;

comment on function private.split_of is
  'Rule: the payout expected from the booking''s gross and host fee; any difference to the actual '
  'payout is an adjustment.';

create function private.enter_earnings()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  event   record;
  booking public.bookings;
  payout  public.payouts;
  split   private.split;
begin
  for event in
    select entered.source_kind, entered.source_id, entered.booking_id,
      min(entered.entered_at) as entered_at,
      (array_agg(entered.host_id) filter (where entered.host_id is not null))[1] as host_id,
      coalesce(sum(entered.amount_minor)
        filter (where entered.account = 'host'), 0)::bigint as host,
      coalesce(sum(entered.amount_minor)
        filter (where entered.account = 'host_debt'), 0)::bigint as debt,
      -coalesce(sum(entered.amount_minor)
        filter (where entered.account in ('stripe_balance', 'by_hand')), 0)::bigint as net
    from entered
    group by entered.source_kind, entered.source_id, entered.booking_id
    having bool_or(entered.account = 'host_debt')
      or (bool_or(entered.account = 'host')
        and bool_or(entered.account in ('stripe_balance', 'by_hand')))
  loop
    select * into strict booking from public.bookings where bookings.booking_id = event.booking_id;
    payout := null;
    split := row(0, 0);
    if event.source_kind = 'payout' then
      select * into strict payout from public.payouts
        where payouts.payout_id = event.source_id::uuid;
      split := private.split_of(payout, booking);
    elsif event.source_kind in ('reversal', 'reversal_owed') then
      select payouts.* into strict payout
      from private.reversals
      join public.payouts on payouts.payout_id = reversals.payout_id
      where reversals.reversal_id = event.source_id::uuid;
    end if;
    insert into public.earnings (
      kind, source_id, host_id, booking_id, listing_id, payout_id, listing_title, check_in,
        check_out, currency,
      gross_minor, host_fee_minor, adjustment_minor, penalty_minor, debt_minor, net_minor,
        earned_on, entered_at)
    select event.source_kind::text::public.earning_kind, event.source_id, event.host_id,
      booking.booking_id, booking.listing_id,
      payout.payout_id, listings.title, booking.check_in, booking.check_out, booking.currency,
      split.gross_minor, split.host_fee_minor,
        event.host - split.gross_minor + split.host_fee_minor,
      event.host + event.debt - event.net, event.debt, event.net,
      (event.entered_at at time zone booking.time_zone)::date, event.entered_at
    from public.listings where listings.listing_id = booking.listing_id;
  end loop;
  return null;
end $$;

comment on function private.enter_earnings is
  'Rule: every ledger entry on a host''s debt, between a host and Stripe, or of a payout by hand, '
  'is an earning with the same figures.';

create trigger enter_the_earnings after insert on private.ledger_entries
  referencing new table as entered
  for each statement execute function private.enter_earnings();

create type public.earning_total as (
  month_on         date,
  currency         text,
  payouts          integer,
  gross_minor      bigint,
  host_fee_minor   bigint,
  adjustment_minor bigint,
  penalty_minor    bigint,
  debt_minor       bigint,
  net_minor        bigint
);

create function private.my_earnings(starts_on date, ends_on date, after uuid, page_size integer)
  returns setof public.earnings language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
  last   public.earnings;
begin
  perform private.check_days(starts_on, ends_on);
  if coalesce(page_size, 0) < 1 then
    perform private.refuse('invalid_page_size');
  elsif page_size > 100 then
    perform private.refuse('too_many_results');
  end if;
  if after is not null then
    select * into last from public.earnings
    where earnings.earning_id = my_earnings.after and earnings.host_id = caller;
    if not found then perform private.refuse('invalid_cursor'); end if;
  end if;
  return query
    select * from public.earnings
    where earnings.host_id = caller
      and earnings.earned_on >= greatest(starts_on, last.earned_on) and earnings.earned_on < ends_on
      and (last.earning_id is null
        or (earnings.earned_on, earnings.entered_at, earnings.earning_id)
          > (last.earned_on, last.entered_at, last.earning_id))
    order by earnings.earned_on, earnings.entered_at, earnings.earning_id
    limit page_size;
end $$;

create function private.earning_totals(starts_on date, ends_on date)
  returns setof public.earning_total language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
begin
  perform private.check_days(starts_on, ends_on);
  return query
    select date_trunc('month', earnings.earned_on)::date, earnings.currency,
      count(*) filter (where earnings.kind = 'payout')::integer,
      sum(earnings.gross_minor)::bigint, sum(earnings.host_fee_minor)::bigint,
        sum(earnings.adjustment_minor)::bigint,
      sum(earnings.penalty_minor)::bigint, sum(earnings.debt_minor)::bigint,
        sum(earnings.net_minor)::bigint
    from public.earnings
    where earnings.host_id = caller and earnings.earned_on >= starts_on
      and earnings.earned_on < ends_on
    group by 1, 2
    order by 1, 2;
end $$;

-- As a file

-- PostgREST answers a function that returns this with the bare text, to whoever accepts text/csv.
create domain public."text/csv" as text;
comment on domain public."text/csv" is 'A file of comma-separated values (RFC 4180).';

create function private.csv_field(content text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return '"' || case when content ~ '^\s*[-=+@\t\r\n]' then '''' else '' end
    || replace(content, '"', '""') || '"';
end $$;

comment on function private.csv_field is
  'Rule: a text is quoted, and one that a spreadsheet would take for a formula begins with an '
  'apostrophe.';

create function private.csv_amount(amount_minor bigint, exponent smallint)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return round(amount_minor / 10::numeric ^ exponent, exponent)::text;
end $$;

create function private.earnings_csv(starts_on date, ends_on date)
  returns public."text/csv" language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
  rows   text;
begin
  perform private.check_days(starts_on, ends_on);
  select string_agg(
    concat_ws(',', earnings.earned_on, earnings.kind, earnings.booking_id,
      coalesce(earnings.payout_id::text, ''),
      private.csv_field(earnings.listing_title), earnings.check_in, earnings.check_out,
        earnings.currency,
      private.csv_amount(earnings.gross_minor, currencies.exponent),
      private.csv_amount(earnings.host_fee_minor, currencies.exponent),
      private.csv_amount(earnings.adjustment_minor, currencies.exponent),
      private.csv_amount(earnings.penalty_minor, currencies.exponent),
      private.csv_amount(earnings.debt_minor, currencies.exponent),
      private.csv_amount(earnings.net_minor, currencies.exponent)),
    e'\r\n' order by earnings.earned_on, earnings.entered_at, earnings.earning_id)
  into rows
  from public.earnings
  join private.currencies on currencies.currency = earnings.currency
  where earnings.host_id = caller and earnings.earned_on >= starts_on
    and earnings.earned_on < ends_on;
  return concat_ws(e'\r\n',
    'earned_on,kind,booking_id,payout_id,listing,check_in,check_out,currency,gross,host_fee,adjustment,penalty,debt,net',
    rows) || e'\r\n';
end $$;

-- Verbs

create function public.my_earnings(
  starts_on text, ends_on text, after uuid default null, page_size integer default 50)
  returns setof public.earnings language sql stable security invoker set search_path = ''
begin atomic
  select * from private.my_earnings(
    private.day(my_earnings.starts_on, 'starts_on'), private.day(my_earnings.ends_on, 'ends_on'),
    my_earnings.after, my_earnings.page_size);
end;

create function public.earning_totals(starts_on text, ends_on text)
  returns setof public.earning_total language sql stable security invoker set search_path = ''
begin atomic
  select * from private.earning_totals(
    private.day(earning_totals.starts_on, 'starts_on'),
    private.day(earning_totals.ends_on, 'ends_on'));
end;

create function public.earnings_csv(starts_on text, ends_on text)
  returns public."text/csv" language sql stable security invoker set search_path = ''
  return private.earnings_csv(private.day(starts_on, 'starts_on'), private.day(ends_on, 'ends_on'));

grant execute on function
  private.my_earnings, public.my_earnings, private.earning_totals, public.earning_totals,
  private.earnings_csv, public.earnings_csv
  to authenticated;

comment on function public.my_earnings is
  'Everything that changed the caller''s money as a host, from starts_on to ends_on (exclusive), '
  'oldest first. Pass the last row''s earning_id as after to get the next page (page_size 50, at '
  'most 100). net = gross - host_fee + adjustment - penalty + debt. Errors: dates_required, '
  'invalid_dates, dates_reversed, too_many_days, invalid_page_size, too_many_results, '
  'invalid_cursor.';
comment on function public.earning_totals is
  'The caller''s earnings, summed by month and currency. Errors: dates_required, invalid_dates, '
  'dates_reversed, too_many_days.';
comment on function public.earnings_csv is
  'The caller''s earnings as a file: request it with Accept: text/csv, or .csv() in supabase-js. '
  'Amounts are decimal. Errors: dates_required, invalid_dates, dates_reversed, too_many_days.';
