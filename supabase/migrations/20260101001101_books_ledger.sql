-- Ledger: where every cent is. Entries are written by the rows that move money, in the same
-- transaction, and never changed.
--
-- Debit is positive: what Stripe holds for us and what hosts owe. Credit is negative: what belongs
-- to guests, hosts, the tax office and the marketplace. Captured money is the guest's until the
-- stay is confirmed, then it is shared; a share that changes is booked as the difference. A guest's
-- balance that is not zero is a refund on its way.

create type private.ledger_account as enum (
  'stripe_balance', 'guest', 'host', 'platform', 'tax', 'stripe_fee', 'dispute', 'host_debt');

-- Closed, so that a row that moves money cannot book under a name nobody reads. Private: guests and
-- hosts are told of a part of it each, public.receipt_source and public.earning_kind.
create type private.ledger_source as enum (
  'capture', 'stripe_fee', 'refund', 'refund_failed', 'refund_covered', 'payout', 'reversal',
    'reversal_owed',
  'debt_collected', 'penalty', 'damage_share', 'dispute_withdrawn', 'dispute_reinstated',
    'cover_ended',
  'share_confirmed', 'share_captured', 'share_settled', 'share_altered', 'share_alteration_ended',
    'share_complaint',
  'share_refund', 'share_refund_failed', 'share_refund_cut', 'share_returned', 'share_dispute');

create table private.ledger_entries (
  entry_id     bigint                 generated always as identity primary key,
  source_kind  private.ledger_source  not null,
  source_id    text                   not null,
  account      private.ledger_account not null,
  host_id      uuid                   references public.profiles on delete restrict,
  listing_id   uuid                   not null references public.listings on delete restrict,
  booking_id   uuid                   not null references public.bookings on delete restrict,
  currency     text                   not null references private.currencies,
  amount_minor bigint                 not null,
  entered_at   timestamptz            not null,

  constraint ledger_entries_happen_once       unique (source_kind, source_id, account),
  constraint ledger_entries_move_something    check (amount_minor <> 0),
  constraint ledger_entries_name_their_host
    check ((host_id is not null) = (account in ('host', 'host_debt')))
);

create index ledger_entries_booking_id_idx on private.ledger_entries (booking_id);
create index ledger_entries_listing_id_idx on private.ledger_entries (listing_id);
create index ledger_entries_host_id_idx on private.ledger_entries (host_id, account, currency)
  where host_id is not null;
create index ledger_entries_currency_idx on private.ledger_entries (currency);
alter table private.ledger_entries enable row level security;
comment on table private.ledger_entries is
  'Double entry, append-only. What one source books sums to zero in each currency; booking it '
  'again books nothing.';

create trigger keep_the_ledger before update or delete or truncate on private.ledger_entries
  for each statement execute function private.refuse_change();

create function private.check_balanced()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from private.ledger_entries
    where ledger_entries.source_kind = new.source_kind and ledger_entries.source_id = new.source_id
    group by ledger_entries.currency
    having sum(ledger_entries.amount_minor) <> 0)
  then
    perform private.refuse(
      'ledger_unbalanced', 'source', new.source_kind::text, new.source_id::text);
  end if;
  return null;
end $$;

comment on function private.check_balanced is
  'Rule: the entries of one source sum to zero in each currency, or none is written.';

create constraint trigger check_the_balance after insert on private.ledger_entries
  deferrable initially deferred for each row execute function private.check_balanced();

create function private.post(
  source_kind private.ledger_source, source_id text, booking public.bookings,
    stripe_balance bigint default 0, guest bigint default 0,
  host bigint default 0, platform bigint default 0, tax bigint default 0,
    stripe_fee bigint default 0,
  dispute bigint default 0, host_debt bigint default 0)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.ledger_entries (
    source_kind, source_id, account, host_id, listing_id, booking_id, currency, amount_minor,
      entered_at)
  select post.source_kind, post.source_id, leg.account::private.ledger_account,
    case when leg.account in ('host', 'host_debt') then booking.host_id end,
    booking.listing_id, booking.booking_id, booking.currency, leg.amount_minor, private.now()
  from (values
    ('stripe_balance', stripe_balance), ('guest', guest), ('host', host), ('platform', platform),
      ('tax', tax),
    ('stripe_fee', stripe_fee), ('dispute', dispute), ('host_debt', host_debt)) as leg (account,
      amount_minor)
  where leg.amount_minor <> 0
  on conflict on constraint ledger_entries_happen_once do nothing;
end $$;

create function private.next_source(
  booking_id uuid, source_kind private.ledger_source, source_id text)
  returns text language plpgsql stable security definer set search_path = ''
as $$
declare
  entries bigint;
begin
  select count(distinct ledger_entries.source_id) into entries
  from private.ledger_entries
  where ledger_entries.booking_id = next_source.booking_id
    and ledger_entries.source_kind = next_source.source_kind
    and split_part(ledger_entries.source_id, '/', 1) = next_source.source_id;
  return next_source.source_id || case when entries > 0 then '/' || entries + 1 else '' end;
end $$;

comment on function private.next_source is
  'Rule: what is booked as a difference may come more than once of the same cause, and each time '
  'has an id of its own: the cause''s, then the same with /2, /3 and so on.';

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
  'Rule: what was shared is brought to what is to be shared, as a difference; so nothing drifts, '
  'whatever happened in which order and how often.';

-- What each row books

create function private.book_capture()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  perform private.post('capture', new.payment_id::text, booking,
    stripe_balance => new.captured_minor, guest => -new.captured_minor);
  -- An instalment of a stay that is confirmed already.
  perform private.post_shares(new.booking_id, 'share_captured', new.payment_id::text);
  return null;
end $$;

create trigger book_the_capture after update of captured_minor on public.payments
  for each row when (new.captured_minor > 0 and old.captured_minor = 0)
    execute function private.book_capture();

create function private.book_confirmation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.post_shares(new.booking_id, 'share_confirmed', new.booking_id::text);
  return null;
end $$;

create trigger book_the_confirmation after update of status on public.bookings
  for each row when (new.status = 'confirmed' and old.status <> 'confirmed')
  execute function private.book_confirmation();

create function private.book_settlement()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  perform private.post_shares(new.booking_id, 'share_settled', new.booking_id::text);
  if new.penalty_minor > 0 then
    select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
    perform private.post('penalty', new.booking_id::text, booking,
      host_debt => new.penalty_minor, platform => -new.penalty_minor);
  end if;
  return null;
end $$;

create trigger book_the_settlement after insert on public.host_settlements
  for each row execute function private.book_settlement();

create function private.book_refund()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  if new.status = 'succeeded' then
    perform private.post('refund', new.refund_id::text, booking,
      guest => new.amount_minor, stripe_balance => -new.amount_minor);
  elsif new.status = 'failed' and tg_op = 'UPDATE' then
    if old.status = 'succeeded' then
      perform private.post('refund_failed', new.refund_id::text, booking,
        guest => -new.amount_minor, stripe_balance => new.amount_minor);
    end if;
    perform private.post_shares(new.booking_id, 'share_refund_failed', new.refund_id::text);
  end if;
  if new.reason = 'dashboard' then
    perform private.post_shares(new.booking_id, 'share_refund', new.refund_id::text);
  end if;
  return null;
end $$;

create trigger book_the_refund after insert or update of status on public.refunds
  for each row execute function private.book_refund();

create function private.book_payout()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  perform private.post('payout', new.payout_id::text, booking,
    host => new.amount_minor, host_debt => -new.withheld_minor,
    stripe_balance => new.withheld_minor - new.amount_minor);
  return null;
end $$;

create trigger book_the_payout after update of status on public.payouts
  for each row when (new.status = 'paid' and old.status in ('scheduled', 'blocked', 'sent'))
  execute function private.book_payout();

create function private.book_reversal()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select bookings.* into strict booking
  from public.payouts join public.bookings on bookings.booking_id = payouts.booking_id
  where payouts.payout_id = new.payout_id;
  if new.status = 'reversed' then
    perform private.post('reversal', new.reversal_id::text, booking,
      stripe_balance => new.amount_minor, host => -new.amount_minor);
  elsif new.status = 'owed' then
    perform private.post('reversal_owed', new.reversal_id::text, booking,
      host_debt => new.amount_minor, host => -new.amount_minor);
  end if;
  return null;
end $$;

create trigger book_the_reversal after insert or update of status on private.reversals
  for each row execute function private.book_reversal();

create function private.book_dispute()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking   public.bookings;
  booked    record;
  taken     bigint;
  fee       bigint;
  given     bigint;
  uncovered bigint;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  select
    coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.source_kind = 'dispute_withdrawn'
        and ledger_entries.account = 'dispute'), 0) as withdrawn,
    coalesce(sum(ledger_entries.amount_minor)
      filter (where ledger_entries.account = 'stripe_fee'), 0) as fee,
    -coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.source_kind = 'dispute_reinstated'
        and ledger_entries.account = 'dispute'), 0) as reinstated
  into booked
  from private.ledger_entries
  where ledger_entries.booking_id = new.booking_id
    and ledger_entries.source_kind in ('dispute_withdrawn', 'dispute_reinstated')
    and split_part(ledger_entries.source_id, '/', 1) = new.stripe_dispute_id;
  taken := new.withdrawn_minor - booked.withdrawn;
  fee := new.fee_minor - booked.fee;
  perform private.post(
    'dispute_withdrawn',
      private.next_source(new.booking_id, 'dispute_withdrawn', new.stripe_dispute_id), booking,
    dispute => taken, stripe_fee => fee, stripe_balance => -taken - fee);
  given := new.reinstated_minor - booked.reinstated;
  perform private.post(
    'dispute_reinstated',
      private.next_source(new.booking_id, 'dispute_reinstated', new.stripe_dispute_id), booking,
    stripe_balance => given, dispute => -given);
  if tg_op = 'UPDATE' then
    uncovered := greatest(0, old.covered_minor - new.covered_minor);
    perform private.post(
      'cover_ended', private.next_source(new.booking_id, 'cover_ended', new.stripe_dispute_id),
        booking,
      dispute => uncovered, guest => -uncovered);
  end if;
  -- What of it is covered later is booked with the refund it covers.
  if tg_op = 'INSERT'
    or row(old.status, old.is_lost, old.withdrawn_minor, old.reinstated_minor)
      is distinct from row(new.status, new.is_lost, new.withdrawn_minor, new.reinstated_minor)
  then
    perform private.post_shares(new.booking_id, 'share_dispute', new.stripe_dispute_id);
  end if;
  return null;
end $$;

create trigger book_the_dispute after insert or update on private.disputes
  for each row execute function private.book_dispute();

create function private.record_stripe_fee(
  event_id text, stripe_intent_id text, fee_minor bigint, currency text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments := private.lock_by_intent(stripe_intent_id);
  booking public.bookings;
  outcome text := 'fee_recorded';
begin
  if fee_minor is null then
    outcome := 'fee_unknown';
  elsif upper(record_stripe_fee.currency) <> payment.currency then
    -- A transfer out of this charge would have to be in the other currency.
    perform private.place_hold(payment.booking_id, 'settled_in_another_currency',
      payment.payment_id::text);
    perform private.note_problem(payment.payment_id, 'settled_in_another_currency');
    outcome := 'settled_in_another_currency';
  else
    select * into strict booking from public.bookings
      where bookings.booking_id = payment.booking_id;
    perform private.post('stripe_fee', payment.payment_id::text, booking,
      stripe_fee => fee_minor, stripe_balance => -fee_minor);
  end if;
  perform private.close_stripe_event(event_id, outcome);
  return outcome;
end $$;

comment on function private.record_stripe_fee is
  'Rule: what Stripe keeps of a charge is known only after the charge. Money that settled in '
  'another currency than the booking''s waits for a person.';

create function public.record_stripe_fee(
  event_id text, stripe_intent_id text, fee_minor bigint, currency text)
  returns text language sql volatile security invoker set search_path = ''
  return private.record_stripe_fee(event_id, stripe_intent_id, fee_minor, currency);

grant execute on function private.record_stripe_fee, public.record_stripe_fee to service_role;
comment on function public.record_stripe_fee is
  'Server: what Stripe kept of a charge, minor units; null while it is not known. Errors: '
  'payment_not_found, try_again.';

-- For operators

create function private.ledger_balances()
  returns table (currency text, account text, balance_minor bigint) language plpgsql stable
  security definer set search_path = ''
as $$
begin
  return query
    select ledger_entries.currency,
      ledger_entries.account || coalesce(':' || ledger_entries.host_id, ''),
      sum(ledger_entries.amount_minor)::bigint
    from private.ledger_entries
    group by ledger_entries.currency, ledger_entries.account, ledger_entries.host_id
    order by ledger_entries.currency, ledger_entries.account, ledger_entries.host_id;
end $$;

comment on function private.ledger_balances is
  'For operators: every account in every currency. Positive is held or owed to us, negative '
  'belongs to somebody.';
