-- Receipts: what the ledger says, in the words of the people it is about. A guest gets numbered
-- receipts and credit notes, a host earnings, event by event and month by month.
--
-- Both are written down once, from the ledger's own entries, and never computed again: a stay that
-- is cancelled after its receipt leaves the receipt as it was and adds a credit note.

-- Receipts

create type public.receipt_kind as enum ('receipt', 'credit_note');
-- What can change what a guest is charged: the shares of private.ledger_source.
create type public.receipt_source as enum (
  'share_confirmed', 'share_captured', 'share_settled', 'share_altered', 'share_alteration_ended',
    'share_complaint',
  'share_refund', 'share_refund_failed', 'share_refund_cut', 'share_returned', 'share_dispute');

create type public.receipt_line as (
  kind           text,
  night          date,
  description    text,
  jurisdiction   text,
  quantity       integer,
  unit_minor     bigint,
  discount_minor bigint,
  amount_minor   bigint
);

create table public.receipts (
  receipt_id    uuid                primary key default gen_random_uuid(),
  number        text                not null,
  kind          public.receipt_kind not null,
  booking_id    uuid                not null references public.bookings on delete restrict,
  guest_id      uuid                not null references public.profiles on delete restrict,
  source_kind   public.receipt_source not null,
  source_id     text                not null,
  currency      text                not null references private.currencies,
  stay_minor    bigint              not null,
  fee_minor     bigint              not null,
  taxes_minor   bigint              not null,
  total_minor   bigint              not null,
  lines         public.receipt_line[] not null,
  listing_title text                not null,
  city          text,
  country_code  text,
  check_in      date                not null,
  check_out     date                not null,
  issued_at     timestamptz         not null,

  constraint receipts_are_numbered_once   unique (number),
  constraint receipts_are_issued_once     unique (source_kind, source_id),
  constraint receipts_add_up
    check (total_minor = stay_minor + fee_minor + taxes_minor),
  constraint receipts_are_about_something check (total_minor > 0 and cardinality(lines) > 0)
);

create index receipts_booking_id_idx on public.receipts (booking_id);
create index receipts_guest_id_idx on public.receipts (guest_id, issued_at desc);
create index receipts_currency_idx on public.receipts (currency);

comment on table public.receipts is
  'What a guest was charged for a stay, and credit notes for refunds; numbered without gaps, '
  'immutable. Visible to the guest alone. They contain no names; those are in the profiles.';
comment on column public.receipts.source_kind is 'The kind of ledger entry it documents.';
comment on column public.receipts.lines is
  'Nights, fees and taxes by jurisdiction. A credit note or a part payment has one line for the '
  'whole stay.';

alter table public.receipts enable row level security;

create policy "guests see their own receipts" on public.receipts
  for select to authenticated using (guest_id = (select auth.uid()));
grant select on public.receipts to authenticated;

create trigger keep_the_receipts before update or delete or truncate on public.receipts
  for each statement execute function private.refuse_change();

create table private.receipt_series (
  year        integer primary key,
  last_number bigint  not null
);

alter table private.receipt_series enable row level security;
comment on table private.receipt_series is 'The last receipt number used in each year.';

-- Numbers without gaps are given out one after the other, so not while a payment is applied.
create table private.receipts_due (
  position    bigint                generated always as identity primary key,
  booking_id  uuid                  not null references public.bookings on delete restrict,
  source_kind private.ledger_source not null,
  source_id   text                  not null,

  constraint receipts_due_come_once unique (source_kind, source_id)
);

create index receipts_due_booking_id_idx on private.receipts_due (booking_id);
alter table private.receipts_due enable row level security;
comment on table private.receipts_due is
  'Changes of what a guest is charged that have no receipt yet; issued within a minute, or when '
  'requested.';

create function private.plan_receipt()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Money for what never was a stay goes back; nothing was charged.
  insert into private.receipts_due (booking_id, source_kind, source_id)
  select bookings.booking_id, new.source_kind, new.source_id
  from public.bookings
  where bookings.booking_id = new.booking_id and bookings.confirmed_at is not null
  on conflict on constraint receipts_due_come_once do nothing;
  return null;
end $$;

-- Shares move between the guest and all others: what the guest gave for the stay, or got back.
create trigger plan_the_receipt after insert on private.ledger_entries
  for each row when (new.account = 'guest' and starts_with(new.source_kind::text, 'share_'))
  execute function private.plan_receipt();

create function private.charged_fee(
  booking public.bookings, untaxed_minor bigint, step_minor bigint)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
declare
  full_fee bigint;
  settled  private.settlement := private.settled_before(booking);
begin
  select guest_totals.guest_fee_minor into strict full_fee
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  if settled.rule is not null and untaxed_minor <= settled.kept_minor + settled.kept_fee_minor then
    return coalesce(private.part_of(
      settled.kept_fee_minor, untaxed_minor,
        nullif(settled.kept_minor + settled.kept_fee_minor, 0), step_minor), 0);
  end if;
  return coalesce(
    private.part_of(full_fee, untaxed_minor, nullif(booking.subtotal_minor + full_fee, 0),
      step_minor), 0);
end $$;

comment on function private.charged_fee is
  'Rule: how much of what a guest was charged besides taxes is the service fee: what a '
  'cancellation kept of it, otherwise in proportion.';

create function private.tax_lines(
  booking public.bookings, before_minor bigint, after_minor bigint, step_minor bigint)
  returns setof public.receipt_line language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    with taxes as (
      select booking_lines.position, booking_lines.description, booking_taxes.jurisdiction,
        sum(booking_lines.amount_minor) over (order by booking_lines.position) as so_far,
        sum(booking_lines.amount_minor)
          over (order by booking_lines.position) - booking_lines.amount_minor as up_to
      from public.booking_lines
      join private.booking_taxes
        on booking_taxes.booking_id = booking_lines.booking_id
        and booking_taxes.position = booking_lines.position
      where booking_lines.booking_id = booking.booking_id
    ), changed as (
      select taxes.*, abs(
        private.part_of(after_minor, taxes.so_far, booking.taxes_minor, step_minor)
        - private.part_of(after_minor, taxes.up_to, booking.taxes_minor, step_minor)
        - private.part_of(before_minor, taxes.so_far, booking.taxes_minor, step_minor)
        + private.part_of(before_minor, taxes.up_to, booking.taxes_minor, step_minor)) as amount
      from taxes
    )
    select 'tax', null::date, changed.description, changed.jurisdiction, 1, changed.amount,
      0::bigint, changed.amount
    from changed
    where changed.amount <> 0
    order by changed.position;
end $$;

comment on function private.tax_lines is
  'Rule: the change of a booking''s taxes, tax by tax: the remainder is shared as they were '
  'levied, and always adds up.';

create function private.issue_receipt(due private.receipts_due)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  listing    public.listings;
  full_total public.guest_totals;
  step       bigint;
  charged    bigint;
  taxes      bigint;
  before     bigint;
  tax_before bigint;
  receipt    public.receipts;
  sign       integer;
  this_year  integer := extract(year from private.now() at time zone 'UTC');
  issued     bigint;
begin
  select * into strict booking from public.bookings where bookings.booking_id = due.booking_id;
  select * into strict listing from public.listings where listings.listing_id = booking.listing_id;
  select * into strict full_total from public.guest_totals
    where guest_totals.booking_id = booking.booking_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  select
    coalesce(sum(ledger_entries.amount_minor) filter (where ledger_entries.account = 'guest'), 0),
    -coalesce(sum(ledger_entries.amount_minor) filter (where ledger_entries.account = 'tax'), 0)
  into charged, taxes
  from private.ledger_entries
  where ledger_entries.source_kind = due.source_kind and ledger_entries.source_id = due.source_id;
  select
    coalesce(sum(case receipts.kind when 'receipt' then receipts.total_minor
      else -receipts.total_minor end), 0),
    coalesce(sum(case receipts.kind when 'receipt' then receipts.taxes_minor
      else -receipts.taxes_minor end), 0)
  into before, tax_before
  from public.receipts where receipts.booking_id = booking.booking_id;

  sign := sign(charged);
  receipt.kind := case sign when 1 then 'receipt' else 'credit_note' end;
  receipt.total_minor := abs(charged);
  receipt.taxes_minor := sign * taxes;
  receipt.fee_minor := sign * (
    private.charged_fee(booking, before + charged - tax_before - taxes, step)
    - private.charged_fee(booking, before - tax_before, step));
  receipt.stay_minor := receipt.total_minor - receipt.taxes_minor - receipt.fee_minor;

  if before = 0 and charged = full_total.total_minor then
    receipt.fee_minor := full_total.guest_fee_minor;
    receipt.stay_minor := booking.subtotal_minor;
    select array_agg(row(
        booking_lines.kind, booking_lines.night, booking_lines.description, null,
          booking_lines.quantity,
        booking_lines.unit_minor, booking_lines.discount_minor,
          booking_lines.amount_minor)::public.receipt_line
      order by booking_lines.position)
    into receipt.lines
    from public.booking_lines
    where booking_lines.booking_id = booking.booking_id and booking_lines.kind <> 'tax';
  elsif receipt.stay_minor <> 0 then
    receipt.lines := array[row(
      'stay', null, 'Accommodation', null, 1, receipt.stay_minor, 0,
        receipt.stay_minor)::public.receipt_line];
  end if;
  if receipt.fee_minor <> 0 then
    receipt.lines := receipt.lines || row(
      'service_fee', null, 'Service fee', null, 1, receipt.fee_minor, 0,
        receipt.fee_minor)::public.receipt_line;
  end if;
  receipt.lines := receipt.lines || array(
    select line from private.tax_lines(booking, tax_before, tax_before + taxes, step) as line);
  if receipt.taxes_minor <> 0 and booking.taxes_minor = 0 then
    -- Altered, the stay is taxed no more.
    receipt.lines := receipt.lines || row(
      'tax', null, 'Taxes', null, 1, receipt.taxes_minor, 0,
        receipt.taxes_minor)::public.receipt_line;
  end if;

  insert into private.receipt_series as series (year, last_number) values (this_year, 1)
  on conflict on constraint receipt_series_pkey do update set last_number = series.last_number + 1
  returning series.last_number into issued;
  insert into public.receipts (
    number, kind, booking_id, guest_id, source_kind, source_id, currency, stay_minor, fee_minor,
      taxes_minor,
    total_minor, lines, listing_title, city, country_code, check_in, check_out, issued_at)
  values (
    this_year || '-' || lpad(issued::text, 6, '0'), receipt.kind, booking.booking_id,
      booking.guest_id,
    due.source_kind::text::public.receipt_source, due.source_id, booking.currency,
      receipt.stay_minor, receipt.fee_minor, receipt.taxes_minor,
    receipt.total_minor, receipt.lines, listing.title, listing.city, listing.country_code,
      booking.check_in,
    booking.check_out, private.now());
  delete from private.receipts_due where receipts_due.position = due.position;
  return true;
end $$;

comment on function private.issue_receipt is
  'Rule: one document for each change of what a guest is charged, with the ledger''s own figures; '
  'an increase is a receipt, a decrease a credit note.';

create function private.issue_receipts(most integer, booking_id uuid default null)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  in_hand uuid[];
  due     private.receipts_due;
  issued  integer := 0;
begin
  -- The bookings before the series: who has a booking in hand may want a number as well.
  in_hand := array(
    select bookings.booking_id from public.bookings
    where bookings.booking_id in (
      select receipts_due.booking_id from private.receipts_due
      where case when issue_receipts.booking_id is null
        then receipts_due.booking_id not in (select private.rows_aside('issue_receipts'))
        else receipts_due.booking_id = issue_receipts.booking_id end
      order by receipts_due.position
      limit issue_receipts.most)
    order by bookings.booking_id
    for no key update skip locked);
  if in_hand = '{}' then
    return 0;
  end if;
  -- One at a time: whoever waited here finds issued what the other issued.
  lock table private.receipt_series in exclusive mode;
  for due in
    select * from private.receipts_due
    where receipts_due.booking_id = any (in_hand)
    order by receipts_due.position
    limit issue_receipts.most
  loop
    if issue_receipts.booking_id is null then
      issued := issued + private.attempt(
        'issue_receipts', due.booking_id, 'issue_receipt', due);
    else
      -- For a verb, which does not go on without it.
      issued := issued + private.issue_receipt(due)::integer;
    end if;
  end loop;
  return issued;
end $$;

comment on function private.issue_receipts is
  'Job: issues what is due, in the order in which it happened; a stay locked by another session is '
  'left for the next run.';

create type public.receipt_movement as (
  kind         text,
  object_id    uuid,
  status       text,
  reason       text,
  amount_minor bigint,
  moved_at     timestamptz
);

create type public.booking_receipt as (
  booking_id     uuid,
  currency       text,
  charged_minor  bigint,
  paid_minor     bigint,
  refunded_minor bigint,
  documents      public.receipts[],
  movements      public.receipt_movement[]
);

create function private.booking_receipt(booking_id uuid)
  returns public.booking_receipt language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- Whoever paid may read what they paid, also when they may do nothing else any more.
  caller  uuid := private.signed_in();
  booking public.bookings;
  receipt public.booking_receipt;
begin
  select * into booking from public.bookings
  where bookings.booking_id = booking_receipt.booking_id and bookings.guest_id = caller
  for no key update;
  if not found then perform private.refuse('booking_not_found'); end if;
  perform private.issue_receipts(100, booking.booking_id);

  receipt.booking_id := booking.booking_id;
  receipt.currency := booking.currency;
  select
    coalesce(sum(case receipts.kind when 'receipt' then receipts.total_minor
      else -receipts.total_minor end), 0),
    coalesce(array_agg(receipts order by receipts.issued_at, receipts.number), '{}')
  into receipt.charged_minor, receipt.documents
  from public.receipts where receipts.booking_id = booking.booking_id;
  select
    coalesce(sum(payments.captured_minor), 0)
  into receipt.paid_minor
  from public.payments where payments.booking_id = booking.booking_id
    and payments.purpose <> 'damage';
  select coalesce(sum(refunds.amount_minor), 0) into receipt.refunded_minor
  from public.refunds
  join public.payments on payments.payment_id = refunds.payment_id
  where refunds.booking_id = booking.booking_id and refunds.status = 'succeeded'
    and payments.purpose <> 'damage';

  select coalesce(array_agg(row(
      movement.kind, movement.object_id, movement.status, movement.reason, movement.amount_minor,
      movement.moved_at)::public.receipt_movement
        order by movement.moved_at, movement.kind, movement.object_id), '{}')
  into receipt.movements
  from (
    select 'payment' as kind, payments.payment_id as object_id, payments.status::text as status,
      payments.purpose::text as reason,
      payments.captured_minor as amount_minor, ledger_entries.entered_at as moved_at
    from public.payments
    join private.ledger_entries
      on ledger_entries.source_kind = 'capture'
        and ledger_entries.source_id = payments.payment_id::text
      and ledger_entries.account = 'guest'
    where payments.booking_id = booking.booking_id
    union all
    select 'refund', refunds.refund_id, refunds.status::text, refunds.reason::text,
      refunds.amount_minor,
      coalesce(ledger_entries.entered_at, refunds.created_at)
    from public.refunds
    left join private.ledger_entries
      on ledger_entries.source_kind = 'refund'
        and ledger_entries.source_id = refunds.refund_id::text
      and ledger_entries.account = 'guest'
    where refunds.booking_id = booking.booking_id) as movement;
  return receipt;
end $$;

comment on function private.booking_receipt is
  'Rule: the documents of a stay, issuing now those that are due, next to the actual movements of '
  'money.';

-- Verbs

create function public.booking_receipt(booking_id uuid)
  returns public.booking_receipt language sql volatile security invoker set search_path = ''
  return private.booking_receipt(booking_id);

comment on function public.booking_receipt is
  'The receipts and credit notes of the caller''s booking, oldest first, and the payments and '
  'refunds that were made. charged_minor is the receipts minus the credit notes; paid_minor and '
  'refunded_minor are those of the stay; payments for damage are among the movements. Errors: '
  'booking_not_found.';

grant execute on function private.booking_receipt, public.booking_receipt to authenticated;
