-- Payments: the money of a booking. The database decides and writes commands; a worker carries them
-- out at Stripe and reports; Stripe's events are hints that make us look again. Whatever happens
-- twice has one effect.

-- Payments and refunds

create type public.payment_status as enum ('pending', 'processing', 'authorized', 'captured',
  'cancelled');
create type public.capture_mode as enum ('automatic', 'manual');
create type public.payment_purpose as enum ('stay', 'shortfall', 'damage', 'alteration');
create type public.refund_status as enum ('pending', 'succeeded', 'failed');
-- How the booking ended, or what else gave money back; dashboard: somebody at Stripe, past us.
create type public.refund_reason as enum (
  'declined', 'expired', 'payment_conflict', 'cancelled_by_guest', 'cancelled_by_host',
    'cancelled_by_staff', 'no_show',
  'paid_after_the_end', 'amount_mismatch', 'customer_mismatch', 'unpaid', 'altered',
    'alteration_ended', 'complaint',
  'dispute_won', 'dashboard');

create table public.payments (
  payment_id       uuid                  primary key default gen_random_uuid(),
  booking_id       uuid                  not null references public.bookings on delete restrict,
  listing_id       uuid                  not null references public.listings on delete restrict,
  guest_id         uuid                  not null references public.profiles on delete restrict,
  instalment       smallint              not null default 1,
  purpose          public.payment_purpose not null default 'stay',
  status           public.payment_status not null default 'pending',
  capture_mode     public.capture_mode   not null,
  saves_card       boolean               not null default false,
  charge_at        timestamptz,
  retry_at         timestamptz,
  pay_by           timestamptz,
  charge_attempts  smallint              not null default 0,
  currency         text                  not null references private.currencies,
  amount_minor     bigint                not null,
  captured_minor   bigint                not null default 0,
  refunded_minor   bigint                not null default 0,
  stripe_intent_id text,
  stripe_charge_id text,
  capture_before   timestamptz,
  last_error       text,
  created_at       timestamptz           not null,
  captured_at      timestamptz,

  constraint payments_one_per_instalment       unique (booking_id, instalment),
  constraint payments_one_per_intent           unique (stripe_intent_id),
  constraint payments_ask_for_something        check (amount_minor > 0),
  constraint payments_capture_in_the_end
    check (captured_minor >= 0 and (captured_minor > 0) = (status = 'captured')),
  constraint payments_never_refund_more_than_captured
    check (refunded_minor between 0 and captured_minor),
  constraint payments_come_one_after_another   check (instalment > 0 and charge_attempts >= 0),
  constraint payments_later_are_captured_at_once
    check (charge_at is null or capture_mode = 'automatic'),
  constraint payments_are_paid_late_only_if_later check (pay_by is null or charge_at is not null),
  constraint payments_captured_say_when
    check ((captured_at is not null) = (status = 'captured'))
);

create index payments_listing_id_idx on public.payments (listing_id);
create index payments_kept_idx on public.payments (guest_id) where captured_minor > refunded_minor;
create index payments_guest_id_idx on public.payments (guest_id, created_at desc);
create index payments_currency_idx on public.payments (currency);
create index payments_charge_at_idx on public.payments (coalesce(retry_at, charge_at))
  where status = 'pending' and charge_at is not null;
create index payments_pay_by_idx on public.payments (pay_by)
  where status in ('pending', 'cancelled') and pay_by is not null;

comment on table public.payments is
  'The payments of a booking as last reported by Stripe, one row per instalment. Visible to the '
  'guest alone.';
comment on column public.payments.purpose is
  'stay: planned when it was booked; shortfall: what a cancelled stay still costs; damage: a '
  'damage claim; alteration: the additional price of an altered stay.';
comment on column public.payments.charge_at is
  'When the saved card is charged; null: paid by the guest when booking.';
comment on column public.payments.pay_by is
  'Set when the saved card was declined: the deadline for the guest to pay it another way.';
comment on column public.payments.saves_card is 'Whether the card used is saved for later charges.';
comment on column public.payments.refunded_minor is 'Reserved for refunds, before any money moves.';
comment on column public.payments.last_error is
  'Stripe''s code for the last failed attempt, such as card_declined.';

create table public.refunds (
  refund_id        uuid                 primary key default gen_random_uuid(),
  payment_id       uuid                 not null references public.payments on delete restrict,
  booking_id       uuid                 not null references public.bookings on delete restrict,
  guest_id         uuid                 not null references public.profiles on delete restrict,
  status           public.refund_status not null default 'pending',
  currency         text                 not null references private.currencies,
  amount_minor     bigint               not null,
  reason           public.refund_reason not null,
  stripe_refund_id text,
  created_at       timestamptz          not null,

  constraint refunds_come_in_once      unique (stripe_refund_id),
  constraint refunds_return_something  check (amount_minor > 0)
);

create index refunds_payment_id_idx on public.refunds (payment_id);
create index refunds_booking_id_idx on public.refunds (booking_id);
create index refunds_guest_id_idx on public.refunds (guest_id);
create index refunds_currency_idx on public.refunds (currency);
comment on table public.refunds is 'Refunds to a guest.';
comment on column public.refunds.reason is
  'How the booking ended, or what else caused the refund; dashboard: made in Stripe''s dashboard.';

alter table public.payments enable row level security;
alter table public.refunds enable row level security;

create policy "guests see their own payments" on public.payments
  for select to authenticated using (guest_id = (select auth.uid()));
create policy "guests see their own refunds" on public.refunds
  for select to authenticated using (guest_id = (select auth.uid()));

grant select on public.payments, public.refunds to authenticated;

-- An intent whose customer was deleted at Stripe can never be paid.
create table private.retired_intents (
  stripe_intent_id text        primary key,
  payment_id       uuid        not null references public.payments on delete restrict,
  retired_at       timestamptz not null
);

create index retired_intents_payment_id_idx on private.retired_intents (payment_id);
alter table private.retired_intents enable row level security;
comment on table private.retired_intents is
  'Intents of payments that were replaced; Stripe events about them are ignored.';

-- What an operator should look at. Not a column of payments: guests read those.
create table private.payment_problems (
  payment_id uuid        not null references public.payments on delete restrict,
  problem    text        not null,
  noted_at   timestamptz not null,

  primary key (payment_id, problem),
  constraint payment_problems_are_codes check (problem ~ '^[a-z_]+$')
);

alter table private.payment_problems enable row level security;
comment on table private.payment_problems is
  'Payments that need a person; the row is deleted once it is resolved. What each code means and '
  'what to do is in docs/operations.md, "What the report says".';

create function private.lock_payment(payment_id uuid, about text default null)
  returns public.payments language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select payments.booking_id from public.payments
    where payments.payment_id = lock_payment.payment_id)
  for update;
  select * into payment from public.payments
  where payments.payment_id = lock_payment.payment_id for update;
  if not found then perform private.refuse('payment_not_found', lock_payment.about); end if;
  return payment;
end $$;

comment on function private.lock_payment is
  'Rule: a payment is locked after its booking, never before; what hangs on it, after both.';

create function private.lock_payments(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id = lock_payments.booking_id for update;
  perform from public.payments where payments.booking_id = booking.booking_id
    order by payments.instalment for update;
  return booking;
end $$;

comment on function private.lock_payments is
  'Rule: the payments of a booking are locked after it, in their order.';

create function private.note_problem(payment_id uuid, problem text)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.payment_problems (payment_id, problem, noted_at)
  values (payment_id, problem, private.now())
  on conflict on constraint payment_problems_pkey do nothing;
end;
