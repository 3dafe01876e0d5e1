-- Ledger: where every cent is. Entries are written by the rows that move money, in the same
-- transaction, and never changed.
--
-- Debit is positive: what Stripe holds for us and what hosts owe. Credit is negative: what belongs
-- to guests, hosts, the tax office and the marketplace, and what it paid hosts by hand. Captured
-- money is the guest's until the stay is confirmed, then it is shared; a share that changes is
-- booked as the difference. A guest's balance that is not zero is a refund on its way.

create type private.ledger_account as enum (
  'stripe_balance', 'guest', 'host', 'platform', 'tax', 'stripe_fee', 'dispute', 'host_debt',
  'by_hand');

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
  'Double entry, append-only. The entries of one source sum to zero in each currency; posting it '
  'again does nothing.';

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
  dispute bigint default 0, host_debt bigint default 0, by_hand bigint default 0)
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
    ('stripe_fee', stripe_fee), ('dispute', dispute), ('host_debt', host_debt),
      ('by_hand', by_hand)) as leg (account, amount_minor)
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
  'Rule: differences with the same cause may be posted more than once, and each has an id of its '
  'own: that of the cause, then the same with /2, /3 and so on.';
