-- Bookings: from a hold to a stay that is over. Every move is a row, every term is frozen, and only
-- verbs move it.

-- Where a new status must be known, tests/database/booking-statuses.test.ts says in red; what to
-- look at besides is in CONTRIBUTING.md, "A new status of a booking".
create type public.booking_status as enum (
  'awaiting_payment', 'requested', 'confirmed', 'completed', 'declined', 'expired',
  'cancelled_by_guest', 'cancelled_by_host', 'cancelled_by_staff', 'no_show', 'payment_conflict');
create type public.booking_actor as enum ('guest', 'host', 'staff', 'system');

-- The booking

create table public.bookings (
  booking_id          uuid                  primary key,
  listing_id          uuid                  not null references public.listings on delete restrict,
  host_id             uuid                  not null references public.profiles on delete restrict,
  guest_id            uuid                  not null references public.profiles on delete restrict,
  status              public.booking_status not null default 'awaiting_payment',
  check_in            date                  not null,
  check_out           date                  not null,
  guests              smallint              not null,
  infants             smallint              not null,
  pets                smallint              not null,
  child_ages          smallint[]            not null default '{}',
  message             text                  not null default '',
  currency            text                  not null references private.currencies,
  subtotal_minor      bigint                not null,
  taxes_minor         bigint                not null,
  discount            text,
  discount_bp         integer               not null,
  cancellation_policy text                  not null references public.cancellation_policies,
  instant_book        boolean               not null,
  preparation_nights  smallint              not null,
  time_zone           text                  not null,
  check_in_time       time                  not null,
  check_out_time      time                  not null,
  reason              text,
  expires_at          timestamptz,
  created_at          timestamptz           not null,
  placed_at           timestamptz,
  accepted_at         timestamptz,
  confirmed_at        timestamptz,
  offer_id            uuid,

  constraint bookings_last_some_nights      check (check_out > check_in),
  constraint bookings_are_for_someone       check (guests > 0 and infants >= 0 and pets >= 0),
  constraint bookings_tell_ages_of_children check (private.are_children(child_ages, guests)),
  constraint bookings_are_not_ones_own      check (guest_id <> host_id),
  constraint bookings_never_owe_the_guest   check (subtotal_minor >= 0 and taxes_minor >= 0),
  constraint bookings_carry_a_short_message check (char_length(message) <= 2000),
  constraint bookings_have_a_short_reason   check (char_length(reason) <= 2000),
  constraint bookings_know_their_discount   check (
    discount in ('new_listing', 'length_of_stay', 'early_bird', 'last_minute')),
  constraint bookings_wait_for_an_end       check (
    (expires_at is not null)
    = (status = 'awaiting_payment' or (status = 'requested' and accepted_at is null))),
  constraint bookings_confirmed_say_when    check (
    status not in ('confirmed', 'completed', 'no_show') or confirmed_at is not null),
  constraint bookings_conflict_before_they_are_confirmed check (
    status <> 'payment_conflict' or confirmed_at is null)
);

create index bookings_listing_id_idx on public.bookings (listing_id, check_in);
create index bookings_host_id_idx on public.bookings (host_id, created_at desc);
create index bookings_guest_id_idx on public.bookings (guest_id, created_at desc);
create index bookings_currency_idx on public.bookings (currency);
create index bookings_cancellation_policy_idx on public.bookings (cancellation_policy);
create index bookings_confirmed_idx on public.bookings (listing_id) where confirmed_at is not null;
-- With the status, so that metrics and jobs count what is overdue from the index alone.
create index bookings_expires_at_idx on public.bookings (expires_at) include (status)
  where expires_at is not null;
create index bookings_check_out_idx on public.bookings (check_out) where status = 'confirmed';
create index bookings_offer_id_idx on public.bookings (offer_id) where offer_id is not null;
create index bookings_open_idx on public.bookings (guest_id, status)
  where status in ('awaiting_payment', 'requested', 'confirmed');
create index bookings_unplaced_idx on public.bookings (listing_id, created_at)
  where placed_at is null;

comment on table public.bookings is
  'A booking of a stay, with the terms as they were at that time. Visible to its guest, and to its '
  'hosts once it was placed.';
comment on column public.bookings.child_ages is
  'The ages at check-in of the guests under 18, as given when booking. Cleared some time after the '
  'stay (private.retention).';
comment on column public.bookings.placed_at is
  'When it was first paid or authorised; hosts see it only from then on.';
comment on column public.bookings.expires_at is
  'Unpaid: until when the nights are held. Requested: the deadline for the host''s answer.';
comment on column public.bookings.accepted_at is
  'When the host accepted; it is confirmed once the money is captured.';
comment on column public.bookings.offer_id is
  'The host''s offer that this booking accepts; it then needs no approval.';

alter table private.claims
  add constraint claims_belong_to_a_booking foreign key (booking_id)
  references public.bookings on delete restrict;

alter table public.bookings enable row level security;

create policy "people see what they booked and what was placed with them" on public.bookings
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or (placed_at is not null
      and listing_id = any (array(select private.listings_of_caller('bookings')))));

grant select on public.bookings to authenticated;
-- No writes: a booking changes only through its verbs.

-- Its lines: what both sides may read, then each side's own

create table public.booking_lines (
  booking_id     uuid             not null references public.bookings on delete restrict,
  position       smallint         not null,
  kind           public.line_kind not null,
  night          date,
  description    text             not null,
  quantity       integer          not null,
  unit_minor     bigint           not null,
  discount_minor bigint           not null,
  amount_minor   bigint           not null,

  primary key (booking_id, position),
  constraint booking_lines_add_up
    check (amount_minor = quantity * unit_minor - discount_minor),
  constraint booking_lines_never_pay_back  check (amount_minor >= 0 and discount_minor >= 0),
  constraint booking_lines_date_the_nights check ((kind = 'night') = (night is not null))
);

comment on table public.booking_lines is
  'The nights, the host''s other charges and the taxes; fixed until an alteration is agreed.';

create table public.guest_totals (
  booking_id      uuid    primary key references public.bookings on delete restrict,
  guest_id        uuid    not null references public.profiles on delete restrict,
  guest_fee_bp    integer not null,
  guest_fee_minor bigint  not null,
  total_minor     bigint  not null,

  constraint guest_totals_are_paid_by_the_guest
    check (guest_fee_minor >= 0 and total_minor >= guest_fee_minor)
);

create index guest_totals_guest_id_idx on public.guest_totals (guest_id);
comment on table public.guest_totals is
  'What the guest pays in total, and the fee in it; not visible to hosts.';

create table public.host_totals (
  booking_id     uuid    primary key references public.bookings on delete restrict,
  listing_id     uuid    not null references public.listings on delete restrict,
  host_fee_bp    integer not null,
  host_fee_minor bigint  not null,
  payout_minor   bigint  not null,

  constraint host_totals_pay_the_host check (host_fee_minor >= 0 and payout_minor >= 0)
);

create index host_totals_listing_id_idx on public.host_totals (listing_id);
comment on table public.host_totals is
  'What the owner receives and the fee deducted from it; not visible to guests and co-hosts.';

alter table public.booking_lines enable row level security;
alter table public.guest_totals enable row level security;
alter table public.host_totals enable row level security;

create policy "people see the lines of bookings they see" on public.booking_lines
  for select to authenticated
  using (exists (select from public.bookings where bookings.booking_id = booking_lines.booking_id));
create policy "guests see what they pay" on public.guest_totals
  for select to authenticated using (guest_id = (select auth.uid()));
create policy "owners see what they get" on public.host_totals
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('payouts')))
    and exists (select from public.bookings where bookings.booking_id = host_totals.booking_id));

grant select on public.booking_lines, public.guest_totals, public.host_totals to authenticated;

-- Taxes are given back in proportion to what they were levied on, so that is kept with the booking.
create table private.booking_taxes (
  booking_id   uuid              not null,
  position     smallint          not null,
  basis        private.tax_basis not null,
  taxed_nights smallint          not null,
  jurisdiction text              not null,

  primary key (booking_id, position),
  constraint booking_taxes_belong_to_a_line foreign key (booking_id, position)
    references public.booking_lines (booking_id, position) on delete restrict,
  constraint booking_taxes_tax_some_nights check (taxed_nights > 0)
);

alter table private.booking_taxes enable row level security;
comment on table private.booking_taxes is
  'What each tax line of a booking was levied on, and where; fixed.';
