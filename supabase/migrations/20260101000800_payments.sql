-- Payments: the money of a booking. The database decides and writes commands; a worker carries them
-- out at Stripe and reports; Stripe's events are hints that make us look again. Whatever happens
-- twice has one effect.

-- Payments and refunds

create type public.payment_status as enum ('pending', 'processing', 'authorized', 'captured', 'cancelled');
create type public.capture_mode as enum ('automatic', 'manual');
create type public.payment_purpose as enum ('stay', 'shortfall', 'damage', 'alteration');
create type public.refund_status as enum ('pending', 'succeeded', 'failed');
-- How the booking ended, or what else gave money back; dashboard: somebody at Stripe, past us.
create type public.refund_reason as enum (
  'declined', 'expired', 'payment_conflict', 'cancelled_by_guest', 'cancelled_by_host', 'cancelled_by_staff', 'no_show',
  'paid_after_the_end', 'amount_mismatch', 'customer_mismatch', 'unpaid', 'altered', 'alteration_ended', 'complaint',
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
  constraint payments_capture_in_the_end       check (captured_minor >= 0 and (captured_minor > 0) = (status = 'captured')),
  constraint payments_never_refund_more_than_captured check (refunded_minor between 0 and captured_minor),
  constraint payments_come_one_after_another   check (instalment > 0 and charge_attempts >= 0),
  constraint payments_later_are_captured_at_once check (charge_at is null or capture_mode = 'automatic'),
  constraint payments_are_paid_late_only_if_later check (pay_by is null or charge_at is not null),
  constraint payments_captured_say_when        check ((captured_at is not null) = (status = 'captured'))
);

create index payments_listing_id_idx on public.payments (listing_id);
create index payments_kept_idx on public.payments (guest_id) where captured_minor > refunded_minor;
create index payments_guest_id_idx on public.payments (guest_id, created_at desc);
create index payments_currency_idx on public.payments (currency);
create index payments_charge_at_idx on public.payments (coalesce(retry_at, charge_at)) where status = 'pending' and charge_at is not null;
create index payments_pay_by_idx on public.payments (pay_by) where status in ('pending', 'cancelled') and pay_by is not null;

comment on table public.payments is
  'The money of a booking as Stripe last told it, instalment by instalment. Seen by the guest '
  'alone.';
comment on column public.payments.purpose is
  'stay: planned when it was booked; shortfall: what a cancelled stay still costs; damage: what a '
  'guest broke; alteration: what an altered stay costs more.';
comment on column public.payments.charge_at is
  'When the saved card is charged; null: paid by the guest when booking.';
comment on column public.payments.pay_by is
  'The saved card refused; until then the guest may pay it otherwise.';
comment on column public.payments.saves_card is
  'Whether the card it is paid with is kept for later charges.';
comment on column public.payments.refunded_minor is 'Claimed for refunds, before any money moves.';
comment on column public.payments.last_error is
  'Stripe''s code for the last refused attempt, such as card_declined.';

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
comment on table public.refunds is 'Money on its way back to a guest.';
comment on column public.refunds.reason is
  'How the booking ended, or what else gave money back; dashboard: made in Stripe''s dashboard.';

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
  'Intents that payments had and that were replaced; nothing Stripe tells of them changes anything.';

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
  'Payments that need a person; the row is deleted when it was dealt with.';

create function private.note_problem(payment_id uuid, problem text)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.payment_problems (payment_id, problem, noted_at)
  values (payment_id, problem, private.now())
  on conflict on constraint payment_problems_pkey do nothing;
end;

-- The outbox

create type public.command_kind as enum (
  'create_intent', 'create_setup', 'capture', 'charge', 'cancel_intent', 'cancel_setup', 'refund', 'transfer',
  'reverse_transfer', 'reconcile', 'delete_customer', 'remove_evidence', 'remove_photos', 'remove_pictures',
  'remove_unused', 'send_mail', 'deliver_webhook');
create type private.command_status as enum ('waiting', 'running', 'done', 'failed');

create table private.commands (
  command_id      uuid                   primary key default gen_random_uuid(),
  position        bigint                 generated always as identity,
  kind            public.command_kind    not null,
  idempotency_key text                   not null,
  booking_id      uuid                   not null references public.bookings on delete restrict,
  payment_id      uuid                   references public.payments on delete restrict,
  refund_id       uuid                   references public.refunds on delete restrict,
  recipient_id    uuid                   references public.profiles on delete restrict,
  template        text,
  subject_id      uuid,
  status          private.command_status not null default 'waiting',
  attempts        integer                not null default 0,
  due_at          timestamptz            not null,
  claimed_until   timestamptz,
  alone           boolean                not null default false,
  problem         text,
  created_at      timestamptz            not null,
  finished_at     timestamptz,

  constraint commands_happen_once         unique (idempotency_key),
  constraint commands_name_their_object   check (
    case
      when kind = 'send_mail' then template is not null and num_nonnulls(recipient_id, subject_id) > 0
      when kind = 'deliver_webhook' then true
      when kind in ('delete_customer', 'remove_evidence', 'remove_photos', 'remove_pictures', 'remove_unused') then subject_id is not null
      when kind = 'refund' then refund_id is not null and payment_id is not null
      else payment_id is not null
    end),
  constraint commands_run_under_a_claim   check ((status = 'running') = (claimed_until is not null)),
  constraint commands_end_some_time       check ((status in ('done', 'failed')) = (finished_at is not null)),
  constraint commands_fail_for_a_reason   check (status <> 'failed' or problem is not null)
);

create index commands_due_idx on private.commands (due_at, position) where status in ('waiting', 'running');
create index commands_lapsed_idx on private.commands (claimed_until) where status = 'running' and alone;
create index commands_booking_id_idx on private.commands (booking_id);
create index commands_payment_id_idx on private.commands (payment_id) where payment_id is not null;
create index commands_refund_id_idx on private.commands (refund_id) where refund_id is not null;
create index commands_recipient_id_idx on private.commands (recipient_id) where recipient_id is not null;
create index commands_failed_idx on private.commands (finished_at) where status = 'failed';
alter table private.commands enable row level security;

comment on table private.commands is
  'What is to be done outside: a row with its own idempotency key, committed before anything is '
  'called.';
comment on column private.commands.position is
  'The order in which they were written: what is due at the same instant is claimed in it.';
comment on column private.commands.subject_id is
  'What it is about, where no other column says so: the guest, report or home whose customer or files '
  'are to go; for a letter what letter_kinds.about names.';
comment on column private.commands.alone is
  'Its worker has nothing else in hand: an earlier one was not heard of again while it had this command.';
comment on column private.commands.claimed_until is
  'A worker that died gives the command back at this time.';

create function private.write_command(
  kind public.command_kind, object_id uuid, booking_id uuid, payment_id uuid, refund_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.commands (
    kind, idempotency_key, booking_id, payment_id, refund_id, due_at, created_at)
  values (
    kind, 'staybase/' || kind || '/' || object_id, booking_id, payment_id, refund_id,
    private.now(), private.now())
  on conflict on constraint commands_happen_once do nothing;
end $$;

create function private.write_mail(
  template text, recipient_id uuid, booking_id uuid, occasion text default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.commands (
    kind, idempotency_key, booking_id, recipient_id, template, due_at, created_at)
  values (
    'send_mail', concat_ws('/', 'staybase/mail', template, recipient_id, booking_id, occasion), booking_id,
    recipient_id, template, private.now(), private.now())
  on conflict on constraint commands_happen_once do nothing;
end $$;

comment on function private.write_mail is
  'Rule: a letter is written once for each occasion; without one, once for the booking.';

-- What a booking orders

create function private.open_payments(booking public.bookings, charges public.planned_charge[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, capture_mode, saves_card, charge_at, currency, amount_minor,
    created_at)
  select
    booking.booking_id, booking.listing_id, booking.guest_id, charge.instalment,
    case when booking.instant_book or charge.charge_at is not null then 'automatic' else 'manual' end::public.capture_mode,
    charge.instalment = 1 and (
      charge.charge_at is not null or cardinality(charges) > 1
      or (select listings.damage_claims from public.listings where listings.listing_id = booking.listing_id)),
    charge.charge_at, booking.currency, charge.amount_minor, private.now()
  from unnest(charges) as charge;
end $$;

comment on function private.open_payments is
  'Rule: a card is kept only when something will, or for damage may, be charged later.';

create function private.capture_money(booking_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  select * into payment from public.payments
  where payments.booking_id = capture_money.booking_id and payments.instalment = 1 for update;
  if not found or payment.status = 'captured' or payment.charge_at is not null then
    return true;
  end if;
  perform private.write_command(
    'capture', payment.payment_id, payment.booking_id, payment.payment_id, null);
  return false;
end $$;

comment on function private.capture_money is
  'Rule: true when there is nothing to capture, now or yet; else the capture is ordered.';

create function private.claim_from_payment(payment public.payments, amount_minor bigint, reason public.refund_reason)
  returns bigint language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund  public.refunds;
  claimed bigint := least(amount_minor, payment.captured_minor - payment.refunded_minor);
begin
  if claimed is null or claimed <= 0 then
    return 0;
  end if;
  insert into public.refunds (
    payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
  values (
    payment.payment_id, payment.booking_id, payment.guest_id, payment.currency, claimed, reason, private.now())
  returning * into refund;
  update public.payments set refunded_minor = payments.refunded_minor + claimed
  where payments.payment_id = payment.payment_id;
  perform private.write_command(
    'refund', refund.refund_id, payment.booking_id, payment.payment_id, refund.refund_id);
  return claimed;
end $$;

create function private.claim_refund(booking_id uuid, amount_minor bigint, reason public.refund_reason)
  returns bigint language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
  claimed bigint := 0;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = claim_refund.booking_id and payments.status = 'captured'
      and payments.purpose <> 'damage'
    order by payments.instalment desc
    for update
  loop
    claimed := claimed + private.claim_from_payment(payment, claim_refund.amount_minor - claimed, claim_refund.reason);
  end loop;
  return claimed;
end $$;

comment on function private.claim_refund is
  'Rule: a refund is claimed under the lock of its payment before money moves, and never exceeds '
  'what is left of the capture; of several instalments the last comes back first. Returns what was '
  'claimed.';

create function private.return_payment(payment public.payments, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if payment.status = 'captured' then
    perform private.claim_from_payment(payment, payment.captured_minor, reason);
  elsif payment.status = 'cancelled' then
    return;
  elsif payment.stripe_intent_id is null and not exists (
    select from private.commands
    where commands.payment_id = payment.payment_id and commands.kind = 'create_intent'
      and commands.status <> 'failed')
  then
    update public.payments set status = 'cancelled' where payments.payment_id = payment.payment_id;
  else
    perform private.write_command(
      'cancel_intent', payment.payment_id, payment.booking_id, payment.payment_id, null);
  end if;
end $$;

comment on function private.return_payment is
  'Rule: captured money is refunded, once and never more than was captured; an authorisation is '
  'released; an intent is cancelled. What has none, and gets none, just ends.';

create function private.return_money(booking_id uuid, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = return_money.booking_id
    order by payments.instalment
    for update
  loop
    perform private.return_payment(payment, return_money.reason);
  end loop;
  perform private.forget_card(return_money.booking_id);
end $$;

comment on function private.return_money is
  'Rule: whatever was paid, authorised or saved for a booking that came to nothing is let go.';

create function private.return_open_payments(booking_id uuid, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  for payment in
    select * from public.payments
    where payments.booking_id = return_open_payments.booking_id
      and payments.status not in ('captured', 'cancelled') and payments.purpose <> 'damage'
    order by payments.instalment
    for update
  loop
    perform private.return_payment(payment, return_open_payments.reason);
  end loop;
end $$;

comment on function private.return_open_payments is
  'Rule: of a stay that ends early nothing more is charged than what its settlement says.';

create function private.return_late_payment(payment public.payments, reason public.refund_reason)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.return_payment(payment, reason);
  perform private.post_shares(payment.booking_id, 'share_returned', payment.payment_id::text);
  perform private.adjust_payout(payment.booking_id);
end $$;

comment on function private.return_late_payment is
  'Rule: money that was not to come, and was shared when it came, is taken out of all shares again.';

-- What the money means for the booking

create function private.money_arrived(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  answer_until timestamptz := least(
    private.now() + make_interval(hours => (select settings.answer_hours from private.settings)),
    payment.capture_before - interval '12 hours');
begin
  if payment.purpose = 'alteration' then
    perform private.alteration_paid(booking, payment);
    return;
  end if;
  case booking.status
    when 'awaiting_payment' then
      if payment.instalment = 1 then
        perform private.place_with_nights(booking, answer_until);
      end if;
    when 'requested' then
      if payment.status = 'captured' then
        if booking.accepted_at is not null then
          perform private.confirm_booking(booking);
        else
          perform private.note_problem(payment.payment_id, 'captured_before_accepted');
        end if;
      end if;
    when 'expired' then
      perform private.late_money_arrived(booking, payment, answer_until);
    when 'cancelled_by_guest' then
      if booking.confirmed_at is null then
        perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_after_the_end');
      elsif payment.purpose = 'stay' then
        perform private.return_late_payment(payment, 'paid_after_the_end');
      end if;
    when 'cancelled_by_host', 'cancelled_by_staff', 'no_show' then
      if payment.purpose = 'stay' then
        perform private.return_late_payment(payment, 'paid_after_the_end');
      end if;
    when 'declined', 'payment_conflict' then
      perform private.return_money(booking.booking_id, 'paid_after_the_end');
    else null;
  end case;
end $$;

comment on function private.money_arrived is
  'Rule: what paid or authorised money does to a booking, whatever has become of it meanwhile.';

create function private.late_money_arrived(
  booking public.bookings, payment public.payments, answer_until timestamptz)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  revived public.bookings;
begin
  -- An unpaid hold may come back; so may an accepted request whose capture was given up too early.
  -- A request the host let pass does not: it had its time.
  if (booking.placed_at is null or (booking.accepted_at is not null and payment.status = 'captured'))
    and booking.check_in >= private.today(booking.time_zone)
    and private.may_revive(booking)
    and not exists (
      select from private.commands
      where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent'
        and commands.status = 'running' and payment.status = 'authorized')
  then
    perform private.release_overdue_holds(
      booking.listing_id, daterange(booking.check_in, booking.check_out + booking.preparation_nights));
    begin
      if booking.instant_book or booking.accepted_at is not null then
        if private.claim_nights(booking, 'stay') then
          perform private.confirm_booking(booking);
          return;
        end if;
      else
        revived := booking;
        revived.expires_at := answer_until;
        if private.claim_nights(revived, 'hold') then
          -- Whatever became of it: the order must be free to be given again.
          delete from private.commands
          where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent'
            and commands.status <> 'running';
          perform private.place_booking(booking, answer_until);
          return;
        end if;
      end if;
      perform private.refuse('nights_taken');
    exception when sqlstate 'PT409' then
      null;
    end;
  end if;
  perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_too_late');
end $$;

comment on function private.late_money_arrived is
  'Rule: money after the hold expired takes the same nights again if they are free and the home can '
  'still be booked (private.may_revive), else it goes back, once.';

-- What the create-payment function asks

create type public.payment_start as (
  payment_id       uuid,
  booking_id       uuid,
  mode             text,
  amount_minor     bigint,
  currency         text,
  capture_mode     public.capture_mode,
  saves_card       boolean,
  charge_at        timestamptz,
  guest_id         uuid,
  stripe_customer_id text,
  stripe_intent_id text,
  idempotency_key  text,
  expires_at       timestamptz
);

comment on type public.payment_start is
  'mode is payment, or setup when only the card is saved now; stripe_intent_id is then that of '
  'the setup.';

create function private.start_payment(booking_id uuid)
  returns public.payment_start language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.active_caller();
  booking  public.bookings;
  payment  public.payments;
  customer private.customers;
  command  private.commands;
  mode     text := 'payment';
begin
  select * into booking from public.bookings
  where bookings.booking_id = start_payment.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  if booking.status = 'awaiting_payment' then
    -- In the last minute a payment would more likely arrive too late than in time.
    if booking.expires_at <= private.now() + interval '1 minute' then
      perform private.refuse('hold_expired');
    end if;
    -- Of one that holds no nights: nobody pays for what is gone by now.
    if exists (
      select from private.claims
      where claims.listing_id = booking.listing_id
        and claims.nights && daterange(booking.check_in, booking.check_out)
        and claims.booking_id is distinct from booking.booking_id
        and (claims.expires_at is null or claims.expires_at > private.now()))
    then
      perform private.refuse('nights_taken');
    end if;
    select * into strict payment from public.payments
    where payments.booking_id = booking.booking_id and payments.instalment = 1 for update;
    if payment.charge_at is not null then
      mode := 'setup';
    end if;
  else
    -- What a saved card refused, or is about to be charged, the guest may pay themselves.
    select * into payment from public.payments
    where payments.booking_id = booking.booking_id and payments.status = 'pending'
      and (payments.charge_at <= private.now() or payments.payment_id = private.alteration_to_pay(booking.booking_id))
      and (payments.purpose <> 'stay' or booking.status in ('confirmed', 'completed'))
    order by payments.instalment
    limit 1
    for update;
    if not found then
      if booking.status in ('requested', 'confirmed', 'completed') then
        perform private.refuse('already_paid', 'status', booking.status::text);
      end if;
      perform private.refuse('hold_expired');
    end if;
  end if;

  if payment.saves_card or payment.charge_at is not null then
    customer := private.customer_of(caller);
  end if;
  if mode = 'setup' then
    insert into private.saved_cards (booking_id) values (booking.booking_id)
    on conflict on constraint saved_cards_pkey do nothing;
  end if;
  -- The caller runs this command itself; the worker takes over a minute later if no answer was
  -- recorded.
  insert into private.commands (
    kind, idempotency_key, booking_id, payment_id, status, attempts, due_at, claimed_until, created_at)
  values (
    case mode when 'setup' then 'create_setup' else 'create_intent' end::public.command_kind,
    'staybase/create_' || case mode when 'setup' then 'setup' else 'intent' end || '/' || payment.payment_id,
    booking.booking_id, payment.payment_id, 'running', 1, private.now(), private.now() + interval '1 minute',
    private.now())
  -- An update, so that the row that was there comes back; one that had failed is tried once more.
  on conflict on constraint commands_happen_once do update
  set status = case commands.status when 'failed' then 'running' else commands.status end,
      attempts = case commands.status when 'failed' then 1 else commands.attempts end,
      claimed_until = case commands.status when 'failed' then excluded.claimed_until else commands.claimed_until end,
      finished_at = case commands.status when 'failed' then null else commands.finished_at end
  returning * into command;

  return row(
    payment.payment_id, booking.booking_id, mode, payment.amount_minor, payment.currency, payment.capture_mode,
    payment.saves_card, payment.charge_at, booking.guest_id, customer.stripe_customer_id,
    case mode
      when 'setup' then (
        select saved_cards.stripe_setup_intent_id from private.saved_cards
        where saved_cards.booking_id = booking.booking_id)
      else payment.stripe_intent_id
    end,
    command.idempotency_key, coalesce(booking.expires_at, payment.pay_by, (
      select alterations.expires_at
      from public.alterations
      join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
      where alteration_prices.payment_id = payment.payment_id)))::public.payment_start;
end $$;

create function public.start_payment(booking_id uuid)
  returns public.payment_start language sql volatile security invoker set search_path = ''
  return private.start_payment(booking_id);

grant execute on function private.start_payment, public.start_payment to authenticated;
comment on function public.start_payment is
  'What create-payment needs to make the one intent of what the caller''s booking has due: the '
  'first instalment, a later one that the saved card refused, or the difference of an accepted '
  'alteration; repeated, the same. Frontends call '
  'the function create-payment instead. Errors: booking_not_found, already_paid, hold_expired, '
  'nights_taken.';

create function private.record_intent(payment_id uuid, stripe_intent_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  payment public.payments;
begin
  select bookings.* into booking
  from public.bookings
  where bookings.booking_id = (
    select payments.booking_id from public.payments where payments.payment_id = record_intent.payment_id)
  for update;
  select * into payment from public.payments where payments.payment_id = record_intent.payment_id for update;
  if not found then perform private.refuse('payment_not_found'); end if;
  if payment.stripe_intent_id <> record_intent.stripe_intent_id or exists (
    select from private.retired_intents
    where retired_intents.stripe_intent_id = record_intent.stripe_intent_id)
  then
    perform private.refuse('intent_mismatch');
  end if;

  update public.payments
  set stripe_intent_id = coalesce(payments.stripe_intent_id, record_intent.stripe_intent_id)
  where payments.payment_id = payment.payment_id
  returning * into payment;
  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.payment_id = payment.payment_id and commands.kind = 'create_intent'
    and commands.status in ('waiting', 'running');
  delete from private.payment_problems
  where payment_problems.payment_id = payment.payment_id and payment_problems.problem = 'create_intent_failed';
  if payment.status = 'cancelled' then
    -- Its making was given up, and the payment with it.
    perform private.write_command(
      'cancel_intent', payment.payment_id, payment.booking_id, payment.payment_id, null);
  elsif payment.purpose = 'stay'
    and booking.status not in ('awaiting_payment', 'requested', 'confirmed', 'completed')
  then
    perform private.return_payment(payment, booking.status::text::public.refund_reason);
  elsif payment.purpose = 'alteration'
    and payment.payment_id is distinct from private.alteration_under_way(booking.booking_id)
  then
    perform private.return_payment(payment, 'alteration_ended');
  elsif payment.charge_at is not null then
    perform private.order_charge(payment);
  end if;
end $$;

comment on function private.record_intent is
  'Rule: a payment has one intent; an intent made for a booking that has ended is cancelled.';

create function private.retire_intent(payment_id uuid, stripe_intent_id text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select payments.booking_id from public.payments where payments.payment_id = retire_intent.payment_id)
  for update;
  select * into payment from public.payments where payments.payment_id = retire_intent.payment_id for update;
  if not found then perform private.refuse('payment_not_found'); end if;
  if payment.status <> 'pending' or payment.stripe_intent_id is distinct from retire_intent.stripe_intent_id
    or exists (
      select from private.commands
      where commands.payment_id = payment.payment_id and commands.kind = 'cancel_intent')
  then
    return false;
  end if;
  insert into private.retired_intents (stripe_intent_id, payment_id, retired_at)
  values (payment.stripe_intent_id, payment.payment_id, private.now());
  update public.payments set stripe_intent_id = null where payments.payment_id = payment.payment_id;
  -- As when the payment began: the caller makes the next, the worker takes over a minute later.
  update private.commands
  set status = 'running', attempts = 1, problem = null, finished_at = null,
      due_at = private.now(), claimed_until = private.now() + interval '1 minute'
  where commands.payment_id = payment.payment_id and commands.kind = 'create_intent';
  return true;
end $$;

comment on function private.retire_intent is
  'Rule: an intent that nobody can pay any more is replaced by another, unless it is paid or being '
  'cancelled. False when it is not the payment''s intent, or no longer.';

-- What Stripe tells

create table private.stripe_events (
  event_id    text        primary key,
  type        text        not null,
  object_id   text        not null,
  outcome     text,
  received_at timestamptz not null,
  tried_at    timestamptz,
  applied_at  timestamptz,

  constraint stripe_events_are_named   check (char_length(event_id) between 1 and 255 and char_length(type) between 1 and 255),
  constraint stripe_events_have_effect check ((applied_at is null) = (outcome is null))
);

create index stripe_events_unapplied_idx on private.stripe_events (received_at) where applied_at is null;
alter table private.stripe_events enable row level security;
comment on table private.stripe_events is
  'What Stripe told us, once each: the type and the object to look at, no personal data.';
comment on column private.stripe_events.tried_at is
  'When the worker last took it, because it could not be applied when it came.';

create function private.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.stripe_events (event_id, type, object_id, received_at)
  values (store_stripe_event.event_id, store_stripe_event.type, store_stripe_event.object_id, private.now())
  on conflict on constraint stripe_events_pkey do nothing;
  return exists (
    select from private.stripe_events
    where stripe_events.event_id = store_stripe_event.event_id and stripe_events.applied_at is not null);
end $$;

create function private.close_stripe_event(event_id text, outcome text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update private.stripe_events
  set applied_at = private.now(), outcome = close_stripe_event.outcome
  where stripe_events.event_id = close_stripe_event.event_id and stripe_events.applied_at is null;
end $$;

create type public.stripe_event_to_apply as (event_id text, type text, object_id text);

create function private.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  return query
    with due as (
      select stripe_events.event_id from private.stripe_events
      where stripe_events.applied_at is null
        and stripe_events.received_at <= private.now() - interval '1 hour'
        and (stripe_events.tried_at is null or stripe_events.tried_at <= private.now() - interval '1 hour')
      order by stripe_events.received_at
      limit least(claim_stripe_events.most, 100)
      for update skip locked
    )
    update private.stripe_events set tried_at = private.now()
    from due
    where stripe_events.event_id = due.event_id
    returning stripe_events.event_id, stripe_events.type, stripe_events.object_id;
end $$;

comment on function private.claim_stripe_events is
  'Rule: an event that was kept and not applied is tried again every hour, also when Stripe has '
  'given up sending it.';

create function private.apply_payment_intent(
  event_id text, payment_id uuid, stripe_intent_id text, intent_status text, amount_minor bigint,
  received_minor bigint, currency text, stripe_charge_id text, capture_before timestamptz,
  last_error text, stripe_payment_method_id text default null, stripe_customer_id text default null)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  payment    public.payments;
  new_status public.payment_status;
  mismatch   text;
  outcome    text := 'unchanged';
begin
  if exists (
    select from private.retired_intents
    where retired_intents.stripe_intent_id = apply_payment_intent.stripe_intent_id)
  then
    if intent_status in ('requires_capture', 'succeeded') then
      perform private.note_problem(apply_payment_intent.payment_id, 'second_intent');
    end if;
    perform private.close_stripe_event(event_id, 'retired');
    return 'retired';
  end if;
  select bookings.* into booking
  from public.bookings
  where bookings.booking_id = coalesce(
    (select payments.booking_id from public.payments
     where payments.stripe_intent_id = apply_payment_intent.stripe_intent_id),
    (select payments.booking_id from public.payments
     where payments.payment_id = apply_payment_intent.payment_id))
  for update;
  if not found then perform private.refuse('payment_not_found', 'intent'); end if;
  select * into strict payment from public.payments
  where payments.payment_id = coalesce(
    (select known.payment_id from public.payments as known
     where known.stripe_intent_id = apply_payment_intent.stripe_intent_id),
    apply_payment_intent.payment_id)
  for update;

  if payment.stripe_intent_id is null then
    perform private.record_intent(payment.payment_id, apply_payment_intent.stripe_intent_id);
  elsif payment.stripe_intent_id <> apply_payment_intent.stripe_intent_id then
    perform private.note_problem(payment.payment_id, 'second_intent');
    perform private.close_stripe_event(event_id, 'second_intent');
    return 'second_intent';
  end if;

  new_status := case intent_status
    when 'succeeded'        then 'captured'
    when 'requires_capture' then 'authorized'
    when 'canceled'         then 'cancelled'
    when 'processing'       then 'processing'
    else 'pending'
  end;

  -- Forward only, by the order of the enum; nothing follows a capture or a cancellation.
  if payment.status = 'cancelled' and new_status in ('authorized', 'captured') then
    perform private.note_problem(payment.payment_id, 'paid_after_cancel');
    outcome := 'paid_after_cancel';
  elsif payment.status in ('captured', 'cancelled') or new_status < payment.status then
    outcome := 'unchanged';
  elsif new_status = payment.status then
    -- Why a saved card was not charged the intent may not know: a card that is gone was never tried.
    update public.payments
    set last_error = coalesce(
      apply_payment_intent.last_error, case when payments.charge_attempts > 0 then payments.last_error end)
    where payments.payment_id = payment.payment_id and payments.status = 'pending';
  else
    update public.payments
    set status = new_status,
        stripe_charge_id = coalesce(apply_payment_intent.stripe_charge_id, payments.stripe_charge_id),
        capture_before = coalesce(apply_payment_intent.capture_before, payments.capture_before),
        captured_minor = case when new_status = 'captured' then received_minor else 0 end,
        captured_at = case when new_status = 'captured' then private.now() end,
        last_error = apply_payment_intent.last_error
    where payments.payment_id = payment.payment_id
    returning * into payment;
    outcome := new_status::text;

    if new_status in ('authorized', 'captured') then
      mismatch := case
        when apply_payment_intent.amount_minor is distinct from payment.amount_minor then 'amount_mismatch'
        when new_status = 'captured' and received_minor is distinct from payment.amount_minor then 'amount_mismatch'
        when upper(apply_payment_intent.currency) is distinct from payment.currency then 'amount_mismatch'
        when not exists (
          select from private.customers
          where customers.guest_id = payment.guest_id
            and customers.stripe_customer_id = apply_payment_intent.stripe_customer_id)
          and apply_payment_intent.stripe_customer_id is not null then 'customer_mismatch'
      end;
      if mismatch is not null then
        perform private.note_problem(payment.payment_id, mismatch);
        perform private.return_late_payment(payment,
          case payment.purpose when 'alteration' then 'alteration_ended' else mismatch end::public.refund_reason);
        outcome := mismatch;
      else
        if stripe_payment_method_id is not null then
          perform private.save_card(booking.booking_id, stripe_payment_method_id);
        end if;
        perform private.money_arrived(booking, payment);
      end if;
    elsif new_status = 'cancelled' and payment.purpose = 'stay' and booking.status = 'confirmed' then
      if not private.is_let_go(payment) then
        perform private.note_problem(payment.payment_id, 'instalment_cancelled');
      end if;
    elsif new_status = 'cancelled' and payment.purpose = 'alteration' and booking.status = 'confirmed' then
      perform private.alteration_unpaid(booking, payment);
    elsif new_status = 'cancelled' and booking.status in ('awaiting_payment', 'requested') then
      perform private.end_booking(booking, 'expired', 'system',
        case when booking.accepted_at is not null then 'capture_failed' else 'payment_cancelled' end);
    end if;
  end if;

  perform private.close_stripe_event(event_id, outcome);
  return outcome;
end $$;

comment on function private.apply_payment_intent is
  'Rule: what an intent, fetched from Stripe a moment ago, does to its payment and booking; under '
  'their locks, forward only, in one transaction with the event. One of another amount, currency or '
  'customer confirms nothing, saves no card and goes back.';

create function private.lock_refund(refund_id uuid)
  returns public.refunds language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select refunds.booking_id from public.refunds where refunds.refund_id = lock_refund.refund_id)
  for update;
  perform from public.payments
  where payments.payment_id = (
    select refunds.payment_id from public.refunds where refunds.refund_id = lock_refund.refund_id)
  for update;
  select * into refund from public.refunds where refunds.refund_id = lock_refund.refund_id for update;
  if not found then perform private.refuse('refund_not_found'); end if;
  return refund;
end $$;

comment on function private.lock_refund is
  'Rule: who changes a refund has its booking and its payment first.';

create function private.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds := private.lock_refund(apply_refund.refund_id);
begin
  -- What an operator gave back by hand, and did not get to the guest, was only claimed by that.
  update public.payments
  set refunded_minor = greatest(payments.refunded_minor - refund.amount_minor, (
    select coalesce(sum(others.amount_minor), 0) from public.refunds as others
    where others.payment_id = refund.payment_id and others.refund_id <> refund.refund_id and others.status <> 'failed'))
  where payments.payment_id = refund.payment_id and refund.reason = 'dashboard' and refund.status <> 'failed'
    and apply_refund.refund_status in ('failed', 'canceled');
  update public.refunds
  set stripe_refund_id = coalesce(refunds.stripe_refund_id, apply_refund.stripe_refund_id),
      status = case
        -- One that was given up, of which Stripe knows after all, was made.
        when apply_refund.refund_status = 'succeeded'
          and (refunds.status <> 'failed' or refunds.stripe_refund_id is null) then 'succeeded'
        when apply_refund.refund_status in ('failed', 'canceled') then 'failed'
        else refunds.status
      end::public.refund_status
  where refunds.refund_id = refund.refund_id
  returning * into refund;
  if refund.status = 'failed' then
    perform private.note_problem(refund.payment_id, 'refund_failed');
  end if;
  perform private.close_stripe_event(event_id, 'refund_' || refund.status);
  return refund.status;
end $$;

comment on function private.apply_refund is
  'Rule: a refund that fails, even after it succeeded, is shown to an operator; its money stays '
  'claimed, unless it was made in the dashboard.';

-- What the worker asks

create type public.command_to_run as (
  command_id         uuid,
  kind               public.command_kind,
  idempotency_key    text,
  attempts           integer,
  created_at         timestamptz,
  booking_id         uuid,
  payment_id         uuid,
  refund_id          uuid,
  payout_id          uuid,
  reversal_id        uuid,
  amount_minor       bigint,
  currency           text,
  capture_mode       public.capture_mode,
  saves_card         boolean,
  charge_at          timestamptz,
  guest_id           uuid,
  stripe_customer_id text,
  stripe_intent_id   text,
  stripe_setup_intent_id   text,
  stripe_payment_method_id text,
  stripe_charge_id   text,
  stripe_account_id  text,
  stripe_transfer_id text,
  template           text,
  recipient          text,
  locale             text,
  facts              jsonb,
  problem            text
);

create function private.mail_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language sql stable security definer set search_path = ''
  return (
    select jsonb_build_object(
      'booking_id', bookings.booking_id,
      'listing_title', listings.title,
      'city', coalesce(listings.city, ''),
      'check_in', bookings.check_in,
      'check_out', bookings.check_out,
      'check_in_time', to_char(bookings.check_in_time, 'HH24:MI'),
      'check_out_time', to_char(bookings.check_out_time, 'HH24:MI'),
      'guests', bookings.guests,
      'guest_name', guest.display_name,
      'host_name', host.display_name,
      'currency', bookings.currency,
      'exponent', currencies.exponent,
      'answer_until', bookings.expires_at,
      'total_minor', case when recipient_id = bookings.guest_id then guest_totals.total_minor end,
      'paid_minor', money.paid_minor,
      'later_minor', money.later_minor,
      'unpaid_minor', money.unpaid_minor,
      'pay_by', money.pay_by,
      'payout_minor', case when recipient_id = bookings.host_id then host_totals.payout_minor end)
    from public.bookings
    join public.listings on listings.listing_id = bookings.listing_id
    join public.profiles as guest on guest.profile_id = bookings.guest_id
    join public.profiles as host on host.profile_id = bookings.host_id
    join private.currencies on currencies.currency = bookings.currency
    join public.guest_totals on guest_totals.booking_id = bookings.booking_id
    join public.host_totals on host_totals.booking_id = bookings.booking_id
    left join lateral (
      select
        sum(payments.captured_minor) as paid_minor,
        sum(payments.amount_minor) filter (where payments.status = 'pending' and payments.pay_by is null) as later_minor,
        sum(payments.amount_minor) filter (where payments.status = 'pending' and payments.pay_by is not null) as unpaid_minor,
        min(payments.pay_by) filter (where payments.status = 'pending') as pay_by
      from public.payments
      where payments.booking_id = bookings.booking_id and payments.guest_id = recipient_id) as money on true
    where bookings.booking_id = mail_facts.booking_id);

comment on function private.mail_facts is
  'What a mail about a booking may say to its recipient: the total and what of it is paid to the '
  'guest, the payout to the owner.';

create function private.told_of(command private.commands)
  returns public.command_to_run language plpgsql stable security definer set search_path = ''
as $$
declare
  told public.command_to_run;
begin
  select
    command.command_id, command.kind, command.idempotency_key, command.attempts, command.created_at,
    command.booking_id, command.payment_id, command.refund_id, command.payout_id, command.reversal_id,
    coalesce(
      refunds.amount_minor, reversals.amount_minor, payouts.amount_minor - payouts.withheld_minor,
      payments.amount_minor),
    payments.currency, payments.capture_mode, payments.saves_card, payments.charge_at,
    coalesce(payments.guest_id, case when command.kind = 'delete_customer' then command.subject_id end),
    customers.stripe_customer_id, payments.stripe_intent_id, saved_cards.stripe_setup_intent_id,
    case when saved_cards.lost_at is null then saved_cards.stripe_payment_method_id end,
    -- What is paid again comes from the balance, where it has come back to.
    case when payouts.part > 1 then null else payments.stripe_charge_id end,
    host_accounts.stripe_account_id, payouts.stripe_transfer_id, command.template,
    case when command.recipient_id is null then invited.email else private_profiles.email end,
    coalesce(private_profiles.locale, invited.locale),
    private.facts_of(command.command_id,
      case when command.kind = 'send_mail'
        then private.mail_facts(command.booking_id, command.recipient_id)
          || private.cancellation_facts(command.booking_id, command.recipient_id)
          || private.no_show_facts(command.booking_id)
          || private.complaint_facts(command.booking_id, command.recipient_id)
          || private.damage_facts(command.booking_id)
          || private.alteration_facts(command.booking_id, command.recipient_id) end),
    null
  into told
  from (select) as one
  left join public.payments on payments.payment_id = command.payment_id
  left join private.customers on customers.guest_id = coalesce(
    payments.guest_id, case when command.kind = 'delete_customer' then command.subject_id end)
  left join private.saved_cards on saved_cards.booking_id = payments.booking_id
  left join public.refunds on refunds.refund_id = command.refund_id
  left join public.payouts on payouts.payout_id = command.payout_id
  left join public.host_accounts on host_accounts.host_id = payouts.host_id
  left join private.reversals on reversals.reversal_id = command.reversal_id
  left join public.private_profiles on private_profiles.profile_id = command.recipient_id
  -- Only an invitation is written to somebody who may have no account.
  left join lateral private.invited(command.subject_id) as invited
    on command.kind = 'send_mail' and command.recipient_id is null;
  return told;
exception when others then
  -- The others of the batch are told of all the same; the worker has this one come again later.
  told.command_id := command.command_id;
  told.kind := command.kind;
  told.idempotency_key := command.idempotency_key;
  told.attempts := command.attempts;
  told.created_at := command.created_at;
  told.problem := format('untold: %s (%s)', sqlerrm, sqlstate);
  return told;
end $$;

comment on function private.told_of is
  'Rule: all that a worker needs for a command; or the problem, where the database cannot say it.';

create function private.due_commands(wanted private.command_status, lapsed_by timestamptz, most integer)
  returns uuid[] language plpgsql volatile security definer set search_path = ''
as $$
begin
  return array(
    select commands.command_id
    from private.commands
    left join public.payments on payments.payment_id = commands.payment_id
    left join private.saved_cards on saved_cards.booking_id = commands.booking_id
    where commands.status in ('waiting', 'running')
      and commands.status = due_commands.wanted
      and commands.due_at <= private.now()
      and (commands.claimed_until is null or commands.claimed_until <= due_commands.lapsed_by)
      and (commands.attempts < 12 or not commands.alone)
      -- An intent whose making is still under way cannot be cancelled yet.
      and not (commands.kind = 'cancel_intent' and payments.stripe_intent_id is null)
      and not (commands.kind = 'cancel_setup' and saved_cards.stripe_setup_intent_id is null)
    order by commands.due_at, commands.position
    limit due_commands.most
    for update of commands skip locked);
end $$;

create function private.claim_commands(most integer)
  returns setof public.command_to_run language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  picked  uuid[];
  lapsed  boolean := true;
  command private.commands;
begin
  picked := private.due_commands('running', private.now() - interval '10 minutes', 1);
  if picked = '{}' then
    picked := private.due_commands('waiting', private.now(), least(claim_commands.most, 100));
    lapsed := false;
  end if;
  if picked = '{}' then
    picked := private.due_commands('running', private.now(), 1);
    lapsed := true;
  end if;
  -- An update returns its rows as it finds them.
  for command in
    with claimed as (
      update private.commands
      set status = 'running', claimed_until = private.now() + interval '2 minutes', alone = lapsed,
          attempts = commands.attempts + case when lapsed and not commands.alone then 0 else 1 end
      where commands.command_id = any (picked)
      returning commands.*)
    select claimed.* from claimed order by claimed.due_at, claimed.position
  loop
    return next private.told_of(command);
  end loop;
end $$;

comment on function private.claim_commands is
  'Rule: commands are claimed in the order in which they are due, those of one instant in the order in which '
  'they were written. A command is run by one worker at a time, and again when that worker was not heard of for '
  'two minutes: then alone, after what is new or after ten minutes, for it may be what the worker died '
  'of. Only such an end alone counts as an attempt, so that one command costs the others none.';

create function private.finish_command(command_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.command_id = finish_command.command_id and commands.status = 'running';
end;

create function private.fail_command(command_id uuid, problem text, retry boolean)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  command private.commands;
  booking public.bookings;
begin
  select * into command from private.commands where commands.command_id = fail_command.command_id;
  select * into booking from public.bookings where bookings.booking_id = command.booking_id for update;
  select * into command from private.commands
  where commands.command_id = fail_command.command_id and commands.status = 'running' for update;
  if not found then
    return;
  end if;

  -- 5 s, 10 s, 20 s ... an hour: twelve attempts take about three and a half hours.
  if fail_command.retry and command.attempts < 12 then
    update private.commands
    set status = 'waiting', claimed_until = null, problem = left(fail_command.problem, 500),
        due_at = private.now() + least(interval '5 seconds' * 2 ^ (command.attempts - 1), interval '1 hour')
    where commands.command_id = command.command_id;
    return;
  end if;

  update private.commands
  set status = 'failed', claimed_until = null, finished_at = private.now(),
      problem = left(fail_command.problem, 500)
  where commands.command_id = command.command_id;
  if command.payment_id is not null then
    perform private.note_problem(command.payment_id, command.kind || '_failed');
  end if;
  if command.kind in ('create_intent', 'create_setup') then
    -- Nothing was made, nothing is to be cancelled. Should it exist after all, recording it orders
    -- it again.
    delete from private.commands
    where commands.payment_id = command.payment_id and commands.status = 'waiting'
      and commands.kind = case command.kind
        when 'create_intent' then 'cancel_intent' else 'cancel_setup' end::public.command_kind;
    if found and command.kind = 'create_intent' then
      update public.payments set status = 'cancelled'
      where payments.payment_id = command.payment_id and payments.status = 'pending' and payments.stripe_intent_id is null;
    end if;
  end if;
  if command.kind in ('create_intent', 'charge') then
    perform private.refuse_charge(command.payment_id, 'not_charged');
  end if;
  if command.kind = 'capture' and booking.status = 'requested' then
    perform private.end_booking(booking, 'expired', 'system', 'capture_failed');
  end if;
end $$;

comment on function private.fail_command is
  'Rule: what may work later is tried again, ever more rarely; what cannot ends as failed with its '
  'reason, and a stay whose capture failed is not confirmed. A payment whose intent cannot be made '
  'ends with what it was for.';

create function private.give_up_commands(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  lost     uuid;
  given_up integer := 0;
begin
  for lost in
    select commands.command_id from private.commands
    where commands.status = 'running' and commands.claimed_until <= private.now()
      and commands.attempts >= 12 and commands.alone
    order by commands.booking_id, commands.command_id
    limit greatest(give_up_commands.most, 100)
  loop
    exit when given_up = give_up_commands.most;
    begin
      perform private.fail_command(lost, 'no worker came back from it', false);
      given_up := given_up + 1;
    exception when others then
      raise warning 'command % cannot be given up: % (%)', lost, sqlerrm, sqlstate;
    end;
  end loop;
  return given_up;
end $$;

comment on function private.give_up_commands is
  'Job: a command that every worker dies of ends as failed after its twelve attempts.';

-- The server's verbs: one line each, for service_role alone

create function public.record_intent(payment_id uuid, stripe_intent_id text)
  returns void language sql volatile security invoker set search_path = ''
  return private.record_intent(payment_id, stripe_intent_id);

create function public.retire_intent(payment_id uuid, stripe_intent_id text)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.retire_intent(payment_id, stripe_intent_id);

create function public.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.store_stripe_event(event_id, type, object_id);

create function public.close_stripe_event(event_id text, outcome text)
  returns void language sql volatile security invoker set search_path = ''
  return private.close_stripe_event(event_id, outcome);

create function public.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_stripe_events(claim_stripe_events.most);
end;

create function public.apply_payment_intent(
  event_id text, payment_id uuid, stripe_intent_id text, intent_status text, amount_minor bigint,
  received_minor bigint, currency text, stripe_charge_id text, capture_before timestamptz,
  last_error text, stripe_payment_method_id text default null, stripe_customer_id text default null)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_payment_intent(
    event_id, payment_id, stripe_intent_id, intent_status, amount_minor, received_minor, currency,
    stripe_charge_id, capture_before, last_error, stripe_payment_method_id, stripe_customer_id);

create function public.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_refund(event_id, refund_id, stripe_refund_id, refund_status);

create function public.claim_commands(most integer)
  returns setof public.command_to_run language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.claim_commands(claim_commands.most);
end;

create function public.finish_command(command_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.finish_command(command_id);

create function public.fail_command(command_id uuid, problem text, retry boolean)
  returns void language sql volatile security invoker set search_path = ''
  return private.fail_command(command_id, problem, retry);

grant execute on function
  private.record_intent, private.retire_intent, private.store_stripe_event,
  private.close_stripe_event, private.claim_stripe_events, private.apply_payment_intent,
  private.apply_refund, private.claim_commands, private.finish_command, private.fail_command,
  public.record_intent, public.retire_intent, public.store_stripe_event, public.close_stripe_event,
  public.claim_stripe_events, public.apply_payment_intent, public.apply_refund,
  public.claim_commands, public.finish_command, public.fail_command
  to service_role;

comment on function public.record_intent is
  'Server: the intent made for a payment. Errors: payment_not_found, intent_mismatch.';
comment on function public.retire_intent is
  'Server: the intent of a payment can never be paid, for its customer was deleted at Stripe; the '
  'payment gets another. False when it has another already. Errors: payment_not_found.';
comment on function public.store_stripe_event is
  'Server: keeps an event once; true when it was applied before and needs no more.';
comment on function public.close_stripe_event is
  'Server: marks an event as seen that changes nothing here, and why.';
comment on function public.claim_stripe_events is
  'Server: takes up to so many events that were kept an hour ago or longer and are not applied.';
comment on function public.apply_payment_intent is
  'Server: an intent as fetched from Stripe. Amounts in minor units. Returns what it did. Errors: '
  'payment_not_found.';
comment on function public.apply_refund is
  'Server: a refund as fetched from Stripe. Returns its status. Errors: refund_not_found.';
comment on function public.claim_commands is
  'Server: takes up to so many due commands for two minutes.';
comment on function public.finish_command is
  'Server: the command was carried out and its result applied.';
comment on function public.fail_command is
  'Server: the command failed; retry says whether it may work later.';
