-- Cancellations: what a guest gets back when a confirmed stay does not happen, and what the host
-- keeps.
--
-- The policies are rows of private.refund_tiers. One function, private.refund_terms, finds the row
-- that holds at a moment; one, private.settle_stay, reckons the money from the frozen lines. What
-- is previewed is what is paid.

-- The tiers

-- The policies, and what stands before or instead of them.
create type public.cancellation_rule as enum (
  'flexible', 'moderate', 'limited', 'firm', 'strict', 'non_refundable', 'long_stay', 'grace', 'host_cancelled', 'staff',
  'unpaid');

-- A policy that no rule is named after could never be settled, so it cannot be offered.
alter table public.cancellation_policies
  add constraint cancellation_policies_are_rules check (
    cancellation_policy = any (enum_range(null::public.cancellation_rule)::text[]));

-- A tier holds until its deadline, which counts: exactly 24 hours before check-in is still in time.
-- The tier without a deadline holds afterwards. Nights spent are always kept; a tier says what is
-- kept beyond them.
create table private.refund_tiers (
  rule         public.cancellation_rule not null,
  position     smallint                 not null,
  days_before  smallint,
  hours_before smallint,
  full_refund  boolean                  not null,
  kept_nights  smallint                 not null default 0,
  kept_bp      integer                  not null default 0,

  primary key (rule, position),
  constraint refund_tiers_have_one_deadline check (days_before is null or hours_before is null),
  constraint refund_tiers_count_forward     check (days_before > 0 and kept_nights >= 0),
  constraint refund_tiers_count_hours       check (hours_before > 0),
  constraint refund_tiers_keep_a_share      check (kept_bp between 0 and 10000),
  constraint refund_tiers_give_all_or_keep  check (not full_refund or (kept_nights = 0 and kept_bp = 0))
);

alter table private.refund_tiers enable row level security;
comment on table private.refund_tiers is
  'What each cancellation policy gives back, earliest deadline first; long_stay is the one for 28 '
  'nights and more.';
comment on column private.refund_tiers.days_before is
  'Until so many days before check-in, at the same hour of the listing''s clock.';
comment on column private.refund_tiers.hours_before is
  'Until so many hours before check-in, counted in real time.';
comment on column private.refund_tiers.kept_nights is 'Nights the host keeps beyond those spent.';
comment on column private.refund_tiers.kept_bp is
  'The host''s share of the nights after those, in basis points.';

insert into private.refund_tiers
  (rule, position, days_before, hours_before, full_refund, kept_nights, kept_bp)
values
  ('flexible',       1, null,   24, true,   0,     0),
  ('flexible',       2, null, null, false,  1,     0),
  ('moderate',       1,    5, null, true,   0,     0),
  ('moderate',       2, null, null, false,  1,  5000),
  ('limited',        1,   14, null, true,   0,     0),
  ('limited',        2,    7, null, false,  0,  5000),
  ('limited',        3, null, null, false,  0, 10000),
  ('firm',           1,   30, null, true,   0,     0),
  ('firm',           2,    7, null, false,  0,  5000),
  ('firm',           3, null, null, false,  0, 10000),
  ('strict',         1,    7, null, false,  0,  5000),
  ('strict',         2, null, null, false,  0, 10000),
  ('non_refundable', 1, null, null, false,  0, 10000),
  ('long_stay',      1,   30, null, true,   0,     0),
  ('long_stay',      2, null, null, false, 30,     0);

-- What the host owes who cancels, as rows: the share of the subtotal by the time left.
create table private.penalty_tiers (
  position     smallint primary key,
  days_before  smallint,
  hours_before smallint,
  penalty_bp   integer  not null,

  constraint penalty_tiers_have_one_deadline check (days_before is null or hours_before is null),
  constraint penalty_tiers_take_a_share      check (penalty_bp between 0 and 10000)
);

alter table private.penalty_tiers enable row level security;
comment on table private.penalty_tiers is
  'What a host owes who cancels: the tier whose deadline has not been reached, else the last. Here '
  'the deadline itself is late.';

insert into private.penalty_tiers (position, days_before, hours_before, penalty_bp) values
  (1,   30, null, 1000),
  (2, null,   48, 2500),
  (3, null, null, 5000);

-- Rules

create function private.grace_ends_at(
  cancellation_policy text, check_in date, check_in_time time, time_zone text, confirmed_at timestamptz)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if cancellation_policy <> 'non_refundable'
    and confirmed_at <= private.deadline(check_in, check_in_time, time_zone, 7::smallint, null)
  then
    return confirmed_at + interval '24 hours';
  end if;
  return null;
end $$;

comment on function private.grace_ends_at is
  'Rule: a stay confirmed 7 days before check-in or earlier can be cancelled for nothing for 24 '
  'hours, except a non-refundable one. Null: it has no grace period.';

create type private.refund_terms as (
  rule         public.cancellation_rule,
  full_refund  boolean,
  spent_nights integer,
  kept_nights  integer,
  kept_bp      integer
);

create function private.deadline(
  check_in date, check_in_time time, time_zone text, days_before smallint, hours_before smallint)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if days_before is not null then
    return private.instant_at((check_in - days_before) + check_in_time, time_zone);
  end if;
  return private.instant_at(check_in + check_in_time, time_zone) - make_interval(hours => hours_before);
end $$;

comment on function private.deadline is
  'Rule: days before check-in are the listing''s wall clock, hours are real time. Null without '
  'either.';

create function private.refund_terms(
  cancellation_policy text, check_in date, check_out date, check_in_time time, check_out_time time,
  time_zone text, confirmed_at timestamptz, cancelled_at timestamptz)
  returns private.refund_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  nights     integer := check_out - check_in;
  arrival  timestamptz := private.instant_at(check_in + check_in_time, time_zone);
  terms    private.refund_terms;
  followed public.cancellation_rule;
begin
  -- After check-in the running night counts as spent; it ends at the hour of check-out. Counted by
  -- instants: by the clock on the wall a night would come back with the hour that comes twice.
  terms.spent_nights := case
    when cancelled_at < arrival then 0
    else (
      select 1 + count(*) from generate_series(1, nights - 1) as night
      where cancelled_at >= private.instant_at(check_in + night + check_out_time, time_zone))
  end;

  if cancelled_at < arrival
    and cancelled_at <= private.grace_ends_at(
      cancellation_policy, check_in, check_in_time, time_zone, confirmed_at)
  then
    terms.rule := 'grace';
    terms.full_refund := true;
    terms.kept_nights := 0;
    terms.kept_bp := 0;
    return terms;
  end if;

  followed := case
    when cancellation_policy <> 'non_refundable' and nights >= 28 then 'long_stay'
    else cancellation_policy
  end::public.cancellation_rule;
  select refund_tiers.rule, refund_tiers.full_refund, terms.spent_nights, refund_tiers.kept_nights,
    refund_tiers.kept_bp
  into strict terms
  from private.refund_tiers
  where refund_tiers.rule = followed
    and coalesce(cancelled_at <= private.deadline(
      check_in, check_in_time, time_zone, refund_tiers.days_before, refund_tiers.hours_before), true)
  order by refund_tiers.position
  limit 1;
  return terms;
end $$;

comment on function private.refund_terms is
  'Rule: non_refundable before grace, grace before long stays, those before the policy; within '
  'one, the first tier whose deadline has not passed. Source of the tiers: the published policies '
  'of the large marketplaces, decided where they are vague.';

create type private.settlement as (
  rule             public.cancellation_rule,
  paid_minor       bigint,
  refund_minor     bigint,
  owed_minor       bigint,
  kept_minor       bigint,
  kept_taxes_minor bigint,
  kept_fee_minor   bigint,
  host_fee_minor   bigint,
  payout_minor     bigint,
  penalty_minor    bigint
);

create function private.settle_stay(booking public.bookings, terms private.refund_terms)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  guest_total public.guest_totals;
  host_total  public.host_totals;
  step        bigint;
  nights      bigint[];
  kept        numeric[];
  kept_value  numeric;
  all_value   numeric;
  fees_minor  bigint;
  settled     private.settlement;
begin
  select * into strict guest_total from public.guest_totals
  where guest_totals.booking_id = booking.booking_id;
  select * into strict host_total from public.host_totals where host_totals.booking_id = booking.booking_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  settled.rule := terms.rule;

  settled.paid_minor := private.paid_for(booking.booking_id);
  if terms.full_refund then
    settled.refund_minor := settled.paid_minor;
    settled.owed_minor := 0;
    settled.kept_minor := 0;
    settled.kept_taxes_minor := 0;
    settled.kept_fee_minor := 0;
    settled.host_fee_minor := 0;
    settled.payout_minor := 0;
    settled.penalty_minor := 0;
    return settled;
  end if;

  -- The earliest nights are kept whole, of those after them a share.
  select array_agg(booking_lines.amount_minor order by booking_lines.night) into nights
  from public.booking_lines
  where booking_lines.booking_id = booking.booking_id and booking_lines.kind = 'night';
  select
    array_agg(
      case when place <= terms.spent_nights + terms.kept_nights then amount::numeric
        else amount::numeric * terms.kept_bp / 10000 end
      order by place),
    -- Free nights have no value to share by; then they count alike.
    case when sum(amount) > 0 then sum(amount) else count(*) end,
    sum(case when place <= terms.spent_nights + terms.kept_nights then value
      else value * terms.kept_bp / 10000 end)
  into kept, all_value, kept_value
  from (
    select amount, place, case when sum(amount) over () > 0 then amount::numeric else 1 end as value
    from unnest(nights) with ordinality as night (amount, place)) as valued;

  select coalesce(sum(
    case when booking_lines.kind in ('cleaning', 'pets') and terms.spent_nights > 0
      then booking_lines.amount_minor
      else private.part_of(booking_lines.amount_minor, kept_value, all_value, step) end), 0)
  into fees_minor
  from public.booking_lines
  where booking_lines.booking_id = booking.booking_id
    and booking_lines.kind in ('extra_guests', 'cleaning', 'pets');
  settled.kept_minor := private.round_to((select sum(amount) from unnest(kept) as amount), step) + fees_minor;

  -- A tax stays in the proportion in which its base was kept.
  select coalesce(sum(
    case when base.whole > 0 then private.part_of(booking_lines.amount_minor, base.kept, base.whole, step)
      else private.part_of(booking_lines.amount_minor, kept_value, all_value, step) end), 0)
  into settled.kept_taxes_minor
  from public.booking_lines
  join private.booking_taxes
    on booking_taxes.booking_id = booking_lines.booking_id
    and booking_taxes.position = booking_lines.position
  cross join lateral (
    select sum(amount) as minor from unnest(kept[1:booking_taxes.taxed_nights]) as amount) as kept_nights
  cross join lateral (
    select sum(amount) as minor from unnest(nights[1:booking_taxes.taxed_nights]) as amount) as all_nights
  cross join lateral (
    select
      case booking_taxes.basis
        when 'per_booking' then 0
        when 'percent_of_nights_and_fees' then kept_nights.minor + fees_minor
        else kept_nights.minor end as kept,
      case booking_taxes.basis
        when 'per_booking' then 0
        when 'percent_of_nights_and_fees' then
          all_nights.minor + booking.subtotal_minor - (select sum(amount) from unnest(nights) as amount)
        else all_nights.minor end as whole) as base
  where booking_lines.booking_id = booking.booking_id;

  settled.kept_fee_minor := guest_total.guest_fee_minor;
  settled := private.against_paid(settled);
  settled.host_fee_minor := private.share_of(settled.kept_minor, host_total.host_fee_bp, step);
  settled.payout_minor := settled.kept_minor - settled.host_fee_minor;
  settled.penalty_minor := 0;
  return settled;
end $$;

comment on function private.settle_stay is
  'Rule: what is kept of every frozen line. paid - refund + owed = kept + kept taxes + kept fee; '
  'cleaning and pets stay whole once the stay began; the guest fee comes back with a full refund '
  'only.';

create function private.against_paid(settled private.settlement)
  returns private.settlement language plpgsql immutable security invoker set search_path = ''
as $$
declare
  costs bigint := settled.kept_minor + settled.kept_taxes_minor + settled.kept_fee_minor;
begin
  settled.refund_minor := greatest(0, settled.paid_minor - costs);
  settled.owed_minor := greatest(0, costs - settled.paid_minor);
  return settled;
end $$;

comment on function private.against_paid is
  'Rule: what a stay still costs is taken from what was paid for it; the rest comes back, or what '
  'is missing is charged.';

create function private.paid_for(booking_id uuid)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce((
    select sum(payments.captured_minor) from public.payments
    where payments.booking_id = paid_for.booking_id and payments.purpose <> 'damage'), 0)
    - coalesce((
    -- One that never reached Stripe gave nothing back: it was cut, and another stands for the rest.
    select sum(refunds.amount_minor) from public.refunds
    where refunds.booking_id = paid_for.booking_id and refunds.reason in ('altered', 'alteration_ended')
      and (refunds.status <> 'failed' or refunds.stripe_refund_id is not null)), 0);
end $$;

comment on function private.paid_for is
  'Rule: what was paid for the stay as it is now: what an alteration gave back, or came too late '
  'for, was not paid for it.';

create function private.round_to(amount numeric, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return (floor(amount / step_minor + 0.5) * step_minor)::bigint;
end $$;

comment on function private.round_to is 'Rule: half up, to the currency''s smallest coin.';

create function private.part_of(amount_minor bigint, part numeric, whole numeric, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return private.round_to(amount_minor * part / whole, step_minor);
end $$;

comment on function private.part_of is
  'Rule: so much of an amount as the part is of the whole. Divided last: a share such as 7/12 has '
  'no end, and what is cut off would take a cent from every half.';

create function private.host_penalty(booking public.bookings, cancelled_at timestamptz)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
declare
  bounds private.currencies;
  share  integer;
begin
  if private.was_settled_elsewhere(booking.booking_id) then
    return 0;
  end if;
  select * into strict bounds from private.currencies where currencies.currency = booking.currency;
  select penalty_tiers.penalty_bp into strict share
  from private.penalty_tiers
  where coalesce(cancelled_at < private.deadline(
    booking.check_in, booking.check_in_time, booking.time_zone, penalty_tiers.days_before,
    penalty_tiers.hours_before), true)
  order by penalty_tiers.position
  limit 1;
  return greatest(bounds.minimum_penalty_minor, least(bounds.maximum_penalty_minor,
    private.share_of(booking.subtotal_minor, share, bounds.step_minor)));
end $$;

comment on function private.host_penalty is
  'Rule: a host who cancels owes a share of the subtotal that grows as check-in comes near, within '
  'the bounds of the currency; nothing for a stay that was settled elsewhere.';

create function private.settle_cancellation(
  booking public.bookings, actor public.booking_actor, cancelled_at timestamptz)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  settled private.settlement;
begin
  if actor = 'host' then
    settled := private.settle_stay(booking, row('host_cancelled', true, 0, 0, 0)::private.refund_terms);
    settled.penalty_minor := private.host_penalty(booking, cancelled_at);
    return settled;
  end if;
  return private.settle_stay(booking, private.refund_terms(
    booking.cancellation_policy, booking.check_in, booking.check_out, booking.check_in_time,
    booking.check_out_time, booking.time_zone, booking.confirmed_at, cancelled_at));
end $$;

create function private.settle_unpaid(booking public.bookings)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  settled private.settlement := private.settle_cancellation(booking, 'guest', private.now());
begin
  if settled.owed_minor > 0 then
    return private.share_by_kept(booking, settled.paid_minor, 'unpaid');
  end if;
  return settled;
end $$;

comment on function private.settle_unpaid is
  'Rule: a stay that the guest''s card does not pay is settled as if they had cancelled it, but for '
  'no more than they paid; that is shared as the total was.';

-- What was settled, each side its own

create table public.cancellations (
  booking_id   uuid                     primary key references public.bookings on delete restrict,
  cancelled_by public.booking_actor     not null,
  rule         public.cancellation_rule not null,
  cancelled_at timestamptz              not null
);

create table public.guest_settlements (
  booking_id       uuid   primary key references public.bookings on delete restrict,
  guest_id         uuid   not null references public.profiles on delete restrict,
  paid_minor       bigint not null,
  refund_minor     bigint not null,
  back_before_minor bigint not null default 0,
  owed_minor       bigint not null,
  kept_fee_minor   bigint not null,

  constraint guest_settlements_refund_what_was_paid check (
    refund_minor >= 0 and back_before_minor >= 0 and refund_minor + back_before_minor <= paid_minor
    and kept_fee_minor >= 0),
  constraint guest_settlements_refund_or_ask        check (owed_minor >= 0 and (refund_minor = 0 or owed_minor = 0))
);

create table public.host_settlements (
  booking_id     uuid   primary key references public.bookings on delete restrict,
  listing_id     uuid   not null references public.listings on delete restrict,
  kept_minor     bigint not null,
  host_fee_minor bigint not null,
  payout_minor   bigint not null,
  penalty_minor  bigint not null,

  constraint host_settlements_add_up check (payout_minor = kept_minor - host_fee_minor and penalty_minor >= 0)
);

create index guest_settlements_guest_id_idx on public.guest_settlements (guest_id);
create index host_settlements_listing_id_idx on public.host_settlements (listing_id);

comment on table public.cancellations is
  'Who cancelled a confirmed stay, when, and by which rule it was settled.';
comment on column public.cancellations.rule is
  'The policy, or what stands before or instead of it: grace, long_stay, host_cancelled, staff, unpaid.';
comment on table public.guest_settlements is 'What the guest got back; hosts do not see it.';
comment on column public.guest_settlements.refund_minor is
  'What was still to come when it was settled, and is sent: the figure of the preview and the e-mail.';
comment on column public.guest_settlements.back_before_minor is
  'What of the money that does not stay paid had gone back before: by a refund, or by the bank in a lost '
  'dispute.';
comment on column public.guest_settlements.owed_minor is
  'What the stay still costs beyond what was paid; charged to the saved card.';
comment on table public.host_settlements is
  'What the owner keeps of a cancelled stay and owes for cancelling it; guests and co-hosts do not '
  'see it.';

alter table public.cancellations enable row level security;
alter table public.guest_settlements enable row level security;
alter table public.host_settlements enable row level security;

create policy "people see how bookings they see were cancelled" on public.cancellations
  for select to authenticated
  using (exists (select from public.bookings where bookings.booking_id = cancellations.booking_id));
create policy "guests see what they got back" on public.guest_settlements
  for select to authenticated using (guest_id = (select auth.uid()));
create policy "owners see what they keep" on public.host_settlements
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('payouts'))));

grant select on public.cancellations, public.guest_settlements, public.host_settlements to authenticated;

create trigger keep_the_cancellations before update or delete or truncate on public.cancellations
  for each statement execute function private.refuse_change();
create trigger keep_the_guest_settlements before update or delete or truncate on public.guest_settlements
  for each statement execute function private.refuse_change();
create trigger keep_the_host_settlements before update or delete or truncate on public.host_settlements
  for each statement execute function private.refuse_change();

-- Cancelling

create type public.cancellation_preview as (
  booking_id    uuid,
  cancelled_by  public.booking_actor,
  rule          public.cancellation_rule,
  currency      text,
  refund_minor  bigint,
  owed_minor    bigint,
  payout_minor  bigint,
  penalty_minor bigint
);

create function private.cancelling_side(booking public.bookings)
  returns public.booking_actor language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.guest_id = auth.uid() then
    return 'guest';
  elsif booking.placed_at is not null and private.may_manage(booking.listing_id, 'bookings') then
    return 'host';
  end if;
  perform private.refuse('booking_not_found');
end $$;

comment on function private.cancelling_side is
  'Rule: the guest or a host of the booking may cancel it; for others it does not exist.';

create function private.still_to_come(booking_id uuid, refund_minor bigint)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  -- Claimed as private.claim_refund does it; what a bank keeps of a payment the guest has already.
  return (
    select coalesce(sum(least(
      paid.left_minor, greatest(0, still_to_come.refund_minor - (paid.so_far_minor - paid.left_minor)))), 0)
    from (
      select payments.payment_id, payments.captured_minor - payments.refunded_minor as left_minor,
        sum(payments.captured_minor - payments.refunded_minor) over (order by payments.instalment desc) as so_far_minor
      from public.payments
      where payments.booking_id = still_to_come.booking_id and payments.status = 'captured'
        and payments.purpose <> 'damage') as paid
    where not exists (
      select from private.disputes where disputes.payment_id = paid.payment_id and disputes.is_lost))::bigint;
end $$;

comment on function private.still_to_come is
  'Rule: what a guest is told they get back is what is still to come: less than does not stay paid, if '
  'some of it has gone back before, by a refund or by their bank.';

-- Each side is told its own figures: the guest the refund, the owner the payout and the penalty.
create function private.preview_of(
  booking public.bookings, actor public.booking_actor, settled private.settlement, coming_minor bigint)
  returns public.cancellation_preview language plpgsql stable security definer set search_path = ''
as $$
declare
  owns boolean := private.may_manage(booking.listing_id, 'payouts');
begin
  return row(
    booking.booking_id, actor, settled.rule, booking.currency,
    case when actor = 'guest' then coming_minor end,
    case when actor = 'guest' then settled.owed_minor end,
    case when owns then settled.payout_minor end,
    case when owns then settled.penalty_minor end)::public.cancellation_preview;
end $$;

create function private.check_cancellable(booking public.bookings)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'confirmed' then
    perform private.refuse('not_cancellable', 'status', booking.status::text);
  end if;
  if private.now() >= private.instant_at(booking.check_out + booking.check_out_time, booking.time_zone) then
    perform private.refuse('stay_over');
  end if;
end $$;

create function private.preview_cancellation(booking_id uuid)
  returns public.cancellation_preview language plpgsql stable security definer set search_path = ''
as $$
declare
  booking public.bookings;
  actor   public.booking_actor;
  settled private.settlement;
begin
  perform private.signed_in();
  select * into booking from public.bookings where bookings.booking_id = preview_cancellation.booking_id;
  actor := private.cancelling_side(booking);
  perform private.check_cancellable(booking);
  settled := private.settle_cancellation(booking, actor, private.now());
  return private.preview_of(
    booking, actor, settled, private.still_to_come(booking.booking_id, settled.refund_minor));
end $$;

create function private.cancel_booking(
  booking_id uuid, reason text, expected_refund_minor bigint, expected_owed_minor bigint)
  returns public.cancellation_preview language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  booking public.bookings;
  actor   public.booking_actor;
  settled private.settlement;
  coming  bigint;
begin
  perform private.active_caller();
  if char_length(reason) > 2000 then perform private.refuse('message_too_long'); end if;
  select * into booking from public.bookings
  where bookings.booking_id = cancel_booking.booking_id for update;
  actor := private.cancelling_side(booking);
  if booking.status = ('cancelled_by_' || actor)::public.booking_status and booking.confirmed_at is not null then
    return private.preview_of(
      booking, actor, private.settled_before(booking), private.told_to_come(booking.booking_id));
  end if;
  perform private.check_cancellable(booking);

  settled := private.settle_cancellation(booking, actor, private.now());
  coming := private.still_to_come(booking.booking_id, settled.refund_minor);
  if actor = 'guest'
    and (coming <> expected_refund_minor or settled.owed_minor <> expected_owed_minor)
  then
    perform private.refuse(
      'refund_changed', 'amounts', booking.currency, coming::text, settled.owed_minor::text);
  end if;
  booking := private.end_stay(booking, actor, reason, settled);
  return private.preview_of(booking, actor, settled, coming);
end $$;

comment on function private.cancel_booking is
  'Rule: a cancellation settles what its preview showed, once; the guest may insist on the figure '
  'they saw.';

create function private.settled_before(booking public.bookings)
  returns private.settlement language sql stable security definer set search_path = ''
begin atomic
  select cancellations.rule, guest_settlements.paid_minor,
    guest_settlements.refund_minor + guest_settlements.back_before_minor,
    guest_settlements.owed_minor, host_settlements.kept_minor,
    guest_settlements.paid_minor - guest_settlements.refund_minor - guest_settlements.back_before_minor
      + guest_settlements.owed_minor - guest_settlements.kept_fee_minor - host_settlements.kept_minor,
    guest_settlements.kept_fee_minor, host_settlements.host_fee_minor, host_settlements.payout_minor,
    host_settlements.penalty_minor
  from public.cancellations
  join public.guest_settlements on guest_settlements.booking_id = cancellations.booking_id
  join public.host_settlements on host_settlements.booking_id = cancellations.booking_id
  where cancellations.booking_id = booking.booking_id;
end;

create function private.told_to_come(booking_id uuid)
  returns bigint language sql stable security definer set search_path = ''
  return (
    select guest_settlements.refund_minor from public.guest_settlements
    where guest_settlements.booking_id = told_to_come.booking_id);

create function private.keep_settlement(
  ended public.bookings, cancelled_by public.booking_actor, cancelled_at timestamptz, settled private.settlement)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  coming bigint := private.still_to_come(ended.booking_id, settled.refund_minor);
begin
  perform private.claim_refund(
    ended.booking_id, settled.refund_minor, ended.status::text::public.refund_reason);
  perform private.return_open_payments(ended.booking_id, ended.status::text::public.refund_reason);
  perform private.open_shortfall(ended, settled.owed_minor);
  insert into public.cancellations (booking_id, cancelled_by, rule, cancelled_at)
  values (ended.booking_id, keep_settlement.cancelled_by, settled.rule, keep_settlement.cancelled_at);
  insert into public.guest_settlements (
    booking_id, guest_id, paid_minor, refund_minor, back_before_minor, owed_minor, kept_fee_minor)
  values (
    ended.booking_id, ended.guest_id, settled.paid_minor, coming, settled.refund_minor - coming, settled.owed_minor,
    settled.kept_fee_minor);
  insert into public.host_settlements (
    booking_id, listing_id, kept_minor, host_fee_minor, payout_minor, penalty_minor)
  values (
    ended.booking_id, ended.listing_id, settled.kept_minor, settled.host_fee_minor,
    settled.payout_minor, settled.penalty_minor);
  delete from private.claims where claims.booking_id = ended.booking_id;
end $$;

comment on function private.keep_settlement is
  'Rule: a stay that ended early is settled once, its refund claimed, or what it still costs '
  'ordered, and its nights freed, in the transaction that ended it.';

create function private.end_stay(
  booking public.bookings, actor public.booking_actor, reason text, settled private.settlement)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  ended public.bookings;
begin
  ended := private.move_booking(
    booking.booking_id,
    case actor when 'system' then 'cancelled_by_guest' else 'cancelled_by_' || actor end::public.booking_status,
    actor, reason, null);
  perform private.keep_settlement(ended, actor, private.now(), settled);
  if actor = 'host' then
    -- A host who cancels cannot sell the same nights again.
    insert into private.claims (listing_id, nights, lane, kind, booking_id)
    select booking.listing_id, nights, private.own_lane(), 'host_cancelled', booking.booking_id
    from (select daterange(greatest(booking.check_in, private.today(booking.time_zone)), booking.check_out) as nights)
      as left_over
    where not isempty(nights);
  end if;
  perform private.write_mail(
    'booking_cancelled_guest', booking.guest_id, booking.booking_id);
  perform private.write_mail(
    'booking_cancelled_host', booking.host_id, booking.booking_id);
  return ended;
end $$;

comment on function private.end_stay is
  'Rule: a confirmed stay that is cancelled is moved, settled, refunded and its nights freed in '
  'one transaction; nights a host cancelled stay closed.';

create function private.cancellation_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language sql stable security definer set search_path = ''
  return coalesce(
    (select jsonb_build_object(
       'refund_minor', guest_settlements.refund_minor, 'back_before_minor', guest_settlements.back_before_minor,
       'owed_minor', guest_settlements.owed_minor)
     from public.guest_settlements
     where guest_settlements.booking_id = cancellation_facts.booking_id
       and guest_settlements.guest_id = recipient_id),
    (select jsonb_build_object(
       'left_minor', host_settlements.payout_minor, 'penalty_minor', host_settlements.penalty_minor)
     from public.host_settlements
     join public.bookings on bookings.booking_id = host_settlements.booking_id
     where host_settlements.booking_id = cancellation_facts.booking_id and bookings.host_id = recipient_id),
    '{}');

comment on function private.cancellation_facts is
  'What a mail about a cancelled stay may say to its recipient beside the facts of the booking.';

-- Staff

create function private.has_second_factor()
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(auth.jwt() ->> 'aal', '') = 'aal2'
    or not (select settings.staff_need_second_factor from private.settings);
end $$;

comment on function private.has_second_factor is
  'Rule: where the setting says so, staff act only in a session that Auth opened with a second factor.';

create function private.staff_caller()
  returns uuid language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  if not exists (select from private.staff where staff.profile_id = caller) then
    perform private.refuse('staff_only');
  end if;
  if not private.has_second_factor() then perform private.refuse('second_factor_required'); end if;
  return caller;
end $$;

comment on function private.staff_caller is
  'Rule: staff are rows of private.staff, looked up at every call; where the setting says so, they have '
  'signed in with a second factor.';

create function private.check_impartial(guest_id uuid, listing_id uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if check_impartial.guest_id = auth.uid() or exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = check_impartial.listing_id and listing_hosts.profile_id = auth.uid())
  then
    perform private.refuse('own_case');
  end if;
end $$;

comment on function private.check_impartial is
  'Rule: nobody of the staff decides about a stay they booked or a home they host.';

create function private.share_by_kept(
  booking public.bookings, costs_minor bigint, rule public.cancellation_rule)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  total    bigint;
  payout   bigint;
  step     bigint;
  settled  private.settlement;
begin
  select guest_totals.total_minor into strict total
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  select host_totals.payout_minor into strict payout
  from public.host_totals where host_totals.booking_id = booking.booking_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;

  settled.rule := share_by_kept.rule;
  settled.paid_minor := private.paid_for(booking.booking_id);
  settled.kept_minor := private.part_of(booking.subtotal_minor, costs_minor, greatest(total, 1), step);
  settled.kept_taxes_minor := least(
    private.part_of(booking.taxes_minor, costs_minor, greatest(total, 1), step),
    costs_minor - settled.kept_minor);
  settled.kept_fee_minor := costs_minor - settled.kept_minor - settled.kept_taxes_minor;
  settled := private.against_paid(settled);
  -- By the same fraction as instalments are shared: what has left for them is what the host keeps.
  settled.payout_minor := private.part_of(payout, costs_minor, greatest(total, 1), step);
  settled.host_fee_minor := settled.kept_minor - settled.payout_minor;
  settled.penalty_minor := 0;
  return settled;
end $$;

comment on function private.share_by_kept is
  'Rule: what a stay costs by another measure than its lines is shared between host, taxes and '
  'marketplace as the total was; the marketplace takes what rounding leaves.';

create function private.share_by_refund(booking public.bookings, refund_minor bigint)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  paid bigint := private.paid_for(booking.booking_id);
begin
  if refund_minor is null or refund_minor not between 0 and paid
    or refund_minor % (select currencies.step_minor from private.currencies where currencies.currency = booking.currency) <> 0
  then
    perform private.refuse('invalid_refund');
  end if;
  return private.share_by_kept(booking, paid - refund_minor, 'staff');
end $$;

comment on function private.share_by_refund is
  'Rule: staff decide what of the money paid goes back; nothing more is charged.';

create function private.staff_cancel_booking(booking_id uuid, refund_minor bigint, reason text)
  returns public.cancellation_preview language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  booking public.bookings;
  settled private.settlement;
begin
  perform private.staff_caller();
  if coalesce(btrim(reason), '') = '' or char_length(reason) > 2000 then
    perform private.refuse('reason_required');
  end if;
  select * into booking from public.bookings
  where bookings.booking_id = staff_cancel_booking.booking_id for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  if booking.status = 'cancelled_by_staff' then
    settled := private.settled_before(booking);
  else
    if booking.status <> 'confirmed' then
      perform private.refuse('not_cancellable', 'status', booking.status::text);
    end if;
    settled := private.share_by_refund(booking, staff_cancel_booking.refund_minor);
    booking := private.end_stay(booking, 'staff', reason, settled);
  end if;
  return row(
    booking.booking_id, 'staff', settled.rule, booking.currency, private.told_to_come(booking.booking_id), settled.owed_minor,
    settled.payout_minor, settled.penalty_minor)::public.cancellation_preview;
end $$;

create function public.preview_cancellation(booking_id uuid)
  returns public.cancellation_preview language sql stable security invoker set search_path = ''
  return private.preview_cancellation(booking_id);

create function public.cancel_booking(
  booking_id uuid, reason text default null, expected_refund_minor bigint default null,
  expected_owed_minor bigint default null)
  returns public.cancellation_preview language sql volatile security invoker set search_path = ''
  return private.cancel_booking(booking_id, reason, expected_refund_minor, expected_owed_minor);

create function public.staff_cancel_booking(booking_id uuid, refund_minor bigint, reason text)
  returns public.cancellation_preview language sql volatile security invoker set search_path = ''
  return private.staff_cancel_booking(booking_id, refund_minor, reason);

grant execute on function
  private.preview_cancellation, private.cancel_booking, private.staff_cancel_booking,
  public.preview_cancellation, public.cancel_booking, public.staff_cancel_booking
  to authenticated;

comment on function public.preview_cancellation is
  'What cancelling now would mean for the caller: the guest sees the refund that is still to come '
  '(less than the policy gives, if some of it has gone back before), or what is still owed '
  'and will be charged; the owner the payout left and the penalty. Minor units. Errors: booking_not_found, not_cancellable, stay_over.';
comment on function public.cancel_booking is
  'Cancels a confirmed stay, by its guest or a host of it. A guest may give expected_refund_minor '
  'and expected_owed_minor, the figures of the preview. Repeated by the same side, the same answer. Errors: '
  'booking_not_found, not_cancellable, stay_over, refund_changed, message_too_long.';
comment on function public.staff_cancel_booking is
  'Staff cancel a confirmed stay with a refund of their choice, as far as so much is left, and a '
  'reason. refund_minor of the answer is what is still to come. Repeating it changes nothing. Errors: staff_only, booking_not_found, own_case, not_cancellable, invalid_refund, '
  'reason_required.';
