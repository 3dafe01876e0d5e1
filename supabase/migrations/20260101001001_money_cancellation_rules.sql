-- Cancellation rules: what a guest gets back when a confirmed stay does not happen, and what the
-- host keeps.
--
-- The policies are rows of private.refund_tiers. One function, private.refund_terms, finds the row
-- that holds at a moment; one, private.kept_of, computes the money from the lines of a price. What
-- is quoted is what is previewed, and that is what is paid.

-- The tiers

-- The policies, and what stands before or instead of them.
create type public.cancellation_rule as enum (
  'flexible', 'moderate', 'limited', 'firm', 'strict', 'non_refundable', 'long_stay', 'grace',
  'host_cancelled', 'staff', 'unpaid');

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
  constraint refund_tiers_give_all_or_keep
    check (not full_refund or (kept_nights = 0 and kept_bp = 0))
);

alter table private.refund_tiers enable row level security;
comment on table private.refund_tiers is
  'The refund tiers of each cancellation policy, earliest deadline first; long_stay is the one for '
  '28 nights and more.';
comment on column private.refund_tiers.days_before is
  'Deadline in days before check-in, at the same local time of the listing.';
comment on column private.refund_tiers.hours_before is
  'Deadline in hours before check-in, in elapsed time.';
comment on column private.refund_tiers.kept_nights is
  'Nights the host is paid for in addition to those already spent.';
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
  'What a host owes for cancelling: the tier whose deadline has not been reached, otherwise the '
  'last one. Here the deadline itself is late.';

insert into private.penalty_tiers (position, days_before, hours_before, penalty_bp) values
  (1,   30, null, 1000),
  (2, null,   48, 2500),
  (3, null, null, 5000);

-- Rules

create function private.grace_closes_at(
  cancellation_policy text, check_in date, check_in_time time, time_zone text)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if cancellation_policy = 'non_refundable' then
    return null;
  end if;
  return private.deadline(check_in, check_in_time, time_zone, 7::smallint, null);
end $$;

comment on function private.grace_closes_at is
  'Rule: a stay confirmed at least 7 days before check-in has a grace period, except a '
  'non-refundable one. Null: it has none whenever it is confirmed.';

create function private.grace_ends_at(
  cancellation_policy text, check_in date, check_in_time time, time_zone text,
    confirmed_at timestamptz)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if confirmed_at <= private.grace_closes_at(
    cancellation_policy, check_in, check_in_time, time_zone)
  then
    return confirmed_at + interval '24 hours';
  end if;
  return null;
end $$;

comment on function private.grace_ends_at is
  'Rule: a stay with a grace period can be cancelled free of charge for 24 hours from its '
  'confirmation. Null: it has no grace period.';

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
  return private.instant_at(check_in + check_in_time,
    time_zone) - make_interval(hours => hours_before);
end $$;

comment on function private.deadline is
  'Rule: days before check-in are in the listing''s local time, hours are elapsed time. Null '
  'without either.';

create function private.refund_terms(
  cancellation_policy text, check_in date, check_out date, check_in_time time, check_out_time time,
  time_zone text, confirmed_at timestamptz, cancelled_at timestamptz)
  returns private.refund_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  nights   integer := check_out - check_in;
  arrival  timestamptz := private.instant_at(check_in + check_in_time, time_zone);
  terms    private.refund_terms;
  followed public.cancellation_rule;
begin
  -- After check-in the running night counts as spent; it ends at the hour of check-out. Compared as
  -- instants: by local time a spent night would become unspent in the hour that repeats when summer
  -- time ends. No night that ends after tomorrow can be spent, so those are skipped.
  terms.spent_nights := case
    when cancelled_at < arrival then 0
    else (
      select 1 + count(*)
      from generate_series(1, least(nights - 1,
        (cancelled_at at time zone time_zone)::date - check_in + 1)) as night
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
      check_in, check_in_time, time_zone, refund_tiers.days_before, refund_tiers.hours_before),
        true)
  order by refund_tiers.position
  limit 1;
  return terms;
end $$;

comment on function private.refund_terms is
  'Rule: non_refundable comes before grace, grace before long stays, and those before the policy; '
  'within one, the first tier whose deadline has not passed applies. Source of the tiers: the '
  'published policies of the large marketplaces, with a decision where they are vague.';

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

create function private.frozen_price(booking public.bookings)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  priced private.priced_stay;
begin
  priced.currency := booking.currency;
  priced.nights := booking.check_out - booking.check_in;
  priced.discount := booking.discount;
  priced.discount_bp := booking.discount_bp;
  priced.subtotal_minor := booking.subtotal_minor;
  priced.taxes_minor := booking.taxes_minor;
  select guest_totals.guest_fee_bp, guest_totals.guest_fee_minor, guest_totals.total_minor
  into strict priced.guest_fee_bp, priced.guest_fee_minor, priced.total_minor
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  select host_totals.host_fee_bp, host_totals.host_fee_minor, host_totals.payout_minor
  into strict priced.host_fee_bp, priced.host_fee_minor, priced.payout_minor
  from public.host_totals where host_totals.booking_id = booking.booking_id;
  select array_agg(
    row(booking_lines.kind, booking_lines.night, booking_lines.description, booking_lines.quantity,
      booking_lines.unit_minor, booking_lines.discount_minor,
        booking_lines.amount_minor)::public.stay_line
    order by booking_lines.position)
  into priced.lines
  from public.booking_lines where booking_lines.booking_id = booking.booking_id;
  select array_agg(
    row(booking_taxes.position, booking_taxes.basis, booking_taxes.taxed_nights,
      booking_taxes.jurisdiction)::private.priced_tax
    order by booking_taxes.position)
  into priced.taxes
  from private.booking_taxes where booking_taxes.booking_id = booking.booking_id;
  return priced;
end $$;

comment on function private.frozen_price is
  'Rule: the price of a booking as it was agreed, line by line.';

create type private.kept_price as (
  kept_bp            integer,
  nights_minor       bigint,
  extra_guests_minor bigint,
  cleaning_minor     bigint,
  pets_minor         bigint,
  taxes_minor        bigint,
  guest_fee_minor    bigint
);

create function private.kept_of(priced private.priced_stay, terms private.refund_terms)
  returns private.kept_price language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  -- The earliest nights are kept whole, of those after them a share.
  sure         integer := terms.spent_nights + terms.kept_nights;
  step         bigint;
  nights       bigint[];
  nights_minor bigint;
  sure_minor   bigint;
  kept_value   numeric;
  all_value    numeric;
  fees_minor   bigint;
  keeps        private.kept_price;
begin
  -- A stay that was paid on another platform has no lines, and nothing of it is kept here.
  if terms.full_refund or priced.lines is null then
    return row(0, 0, 0, 0, 0, 0, 0)::private.kept_price;
  end if;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = priced.currency;

  -- The lines begin with the nights in their order.
  select array_agg(line.amount_minor order by line.night), sum(line.amount_minor)
  into nights, nights_minor
  from unnest(priced.lines[1:priced.nights]) as line;
  select coalesce(sum(night), 0) into strict sure_minor from unnest(nights[1:sure]) as night;
  all_value := nights_minor;
  kept_value := sure_minor + (nights_minor - sure_minor)::numeric * terms.kept_bp / 10000;
  keeps.nights_minor := private.round_to(kept_value, step);
  if nights_minor = 0 then
    -- Free nights have no value to share by; then they count alike.
    all_value := priced.nights;
    kept_value := least(sure, priced.nights)
      + greatest(0, priced.nights - sure)::numeric * terms.kept_bp / 10000;
  end if;
  keeps.kept_bp := round(kept_value * 10000 / all_value);

  select
    coalesce(sum(fee.kept_minor) filter (where fee.kind = 'extra_guests'), 0),
    coalesce(sum(fee.kept_minor) filter (where fee.kind = 'cleaning'), 0),
    coalesce(sum(fee.kept_minor) filter (where fee.kind = 'pets'), 0)
  into keeps.extra_guests_minor, keeps.cleaning_minor, keeps.pets_minor
  from (
    select line.kind,
      case when line.kind in ('cleaning', 'pets') and terms.spent_nights > 0
        then line.amount_minor
        else private.part_of(line.amount_minor, kept_value, all_value, step) end as kept_minor
    from unnest(priced.lines[priced.nights + 1:]) as line
    where line.kind in ('extra_guests', 'cleaning', 'pets')) as fee;
  fees_minor := keeps.extra_guests_minor + keeps.cleaning_minor + keeps.pets_minor;

  -- A tax stays in the proportion in which its base was kept.
  select coalesce(sum(
    case when base.whole > 0
      then private.part_of(base.amount_minor, base.kept, base.whole, step)
      else private.part_of(base.amount_minor, kept_value, all_value, step) end), 0)
  into keeps.taxes_minor
  from (
    select priced.lines[tax.line].amount_minor,
      case tax.basis
        when 'per_booking' then 0
        when 'percent_of_nights_and_fees' then taxed.kept + fees_minor
        else taxed.kept end as kept,
      case tax.basis
        when 'per_booking' then 0
        when 'percent_of_nights_and_fees' then
          taxed.whole + priced.subtotal_minor - nights_minor
        else taxed.whole end as whole
    from unnest(priced.taxes) as tax
    cross join lateral (
      select sum(amount) as whole,
        sum(case when place <= sure then amount
          else amount::numeric * terms.kept_bp / 10000 end) as kept
      from unnest(nights[1:tax.taxed_nights]) with ordinality as night (amount, place)) as taxed
  ) as base;

  keeps.guest_fee_minor := priced.guest_fee_minor;
  return keeps;
end $$;

comment on function private.kept_of is
  'Rule: what is kept of every line of a price under the terms of a cancellation, for a stay that '
  'is cancelled and for one that is quoted. Cleaning and pets stay whole once the stay began; the '
  'guest fee comes back with a full refund only. kept_bp is the share of the nights'' value.';

create function private.settle_stay(booking public.bookings, terms private.refund_terms)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  priced  private.priced_stay := private.frozen_price(booking);
  keeps   private.kept_price := private.kept_of(priced, terms);
  step    bigint;
  settled private.settlement;
begin
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;
  settled.rule := terms.rule;
  settled.paid_minor := private.paid_for(booking.booking_id);
  settled.kept_minor := keeps.nights_minor + keeps.extra_guests_minor + keeps.cleaning_minor
    + keeps.pets_minor;
  settled.kept_taxes_minor := keeps.taxes_minor;
  settled.kept_fee_minor := keeps.guest_fee_minor;
  settled := private.against_paid(settled);
  settled.host_fee_minor := private.share_of(settled.kept_minor, priced.host_fee_bp, step);
  settled.payout_minor := settled.kept_minor - settled.host_fee_minor;
  settled.penalty_minor := 0;
  return settled;
end $$;

comment on function private.settle_stay is
  'Rule: a stay is settled by what is kept of its frozen lines: paid - refund + owed = kept + kept '
  'taxes + kept fee.';

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
  'Rule: what a stay still costs is deducted from what was paid for it; the rest is refunded, or '
  'the missing amount is charged.';

create function private.paid_for(booking_id uuid)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce((
    select sum(payments.captured_minor) from public.payments
    where payments.booking_id = paid_for.booking_id and payments.purpose <> 'damage'), 0)
    - coalesce((
    -- A refund that never reached Stripe gave nothing back.
    select sum(refunds.amount_minor) from public.refunds
    where refunds.booking_id = paid_for.booking_id
      and refunds.reason in ('altered', 'alteration_ended')
      and (refunds.status <> 'failed' or refunds.stripe_refund_id is not null)), 0);
end $$;

comment on function private.paid_for is
  'Rule: what was paid for the stay as it is now: amounts refunded by an alteration, or that came '
  'too late for one, do not count.';

create function private.part_of(amount_minor bigint, part numeric, whole numeric, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return private.round_to(amount_minor * part / whole, step_minor);
end $$;

comment on function private.part_of is
  'Rule: the same share of an amount as the part is of the whole. Divided last: a share such as '
  '7/12 does not end, and truncating it would lose a cent from every half.';

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
  'Rule: a host who cancels owes a share of the subtotal that grows as check-in approaches, within '
  'the limits of the currency; nothing for a stay that was settled on another platform.';

create function private.settle_cancellation(
  booking public.bookings, actor public.booking_actor, cancelled_at timestamptz)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  settled private.settlement;
begin
  if actor = 'host' then
    settled := private.settle_stay(booking,
      row('host_cancelled', true, 0, 0, 0)::private.refund_terms);
    settled.penalty_minor := private.host_penalty(booking, cancelled_at);
    return settled;
  end if;
  return private.settle_stay(booking, private.refund_terms(
    booking.cancellation_policy, booking.check_in, booking.check_out, booking.check_in_time,
    booking.check_out_time, booking.time_zone, booking.confirmed_at, cancelled_at));
end $$;

comment on function private.settle_cancellation is
  'Rule: a cancelled stay is refunded by its agreed policy; a host who cancels refunds all of it '
  'and may owe a penalty.';

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
  'Rule: a stay whose guest''s card does not pay is settled as if they had cancelled it, but for '
  'no more than they paid; that is shared as the total was.';

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
  settled.kept_minor := private.part_of(booking.subtotal_minor, costs_minor, greatest(total, 1),
    step);
  settled.kept_taxes_minor := least(
    private.part_of(booking.taxes_minor, costs_minor, greatest(total, 1), step),
    costs_minor - settled.kept_minor);
  settled.kept_fee_minor := costs_minor - settled.kept_minor - settled.kept_taxes_minor;
  settled := private.against_paid(settled);
  -- The same fraction of the total as for instalments, so that what was already transferred to the
  -- host is what the host keeps.
  settled.payout_minor := private.part_of(payout, costs_minor, greatest(total, 1), step);
  settled.host_fee_minor := settled.kept_minor - settled.payout_minor;
  settled.penalty_minor := 0;
  return settled;
end $$;

comment on function private.share_by_kept is
  'Rule: if the price kept does not come from the lines of a stay, it is shared between host, '
  'taxes and marketplace in the same proportion as the total; the marketplace absorbs the '
  'rounding.';
