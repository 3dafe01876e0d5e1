-- Refund steps: until when a guest would get back how much, told before they book.
--
-- The moments come from the tiers and the hours of the stay, the amounts from the rules that a
-- cancellation is settled by (private.refund_terms, private.kept_of). A verb beside the quote and
-- not a part of it: quotes are asked for far more often, and one with these steps takes twice as
-- long.

create type public.refund_step as (
  rule               public.cancellation_rule,
  ends_at            timestamptz,
  ends_on            date,
  ends_time          time,
  end_included       boolean,
  refund_bp          integer,
  nights_minor       bigint,
  extra_guests_minor bigint,
  cleaning_minor     bigint,
  pets_minor         bigint,
  taxes_minor        bigint,
  guest_fee_minor    bigint,
  refund_minor       bigint,
  kept_minor         bigint
);

comment on column public.refund_step.rule is
  'The policy, or what holds instead of it: grace, long_stay.';
comment on column public.refund_step.ends_at is
  'The step holds from the end of the one before it until here.';
comment on column public.refund_step.ends_on is 'The day of ends_at where the home stands.';
comment on column public.refund_step.ends_time is 'What a clock at the home shows at ends_at.';
comment on column public.refund_step.end_included is
  'True for a deadline, whose moment is still in time. False for check-in, the end of a night and '
  'check-out: at that moment the next step holds.';
comment on column public.refund_step.refund_bp is
  'The refunded share of the price of the nights, in basis points; the amounts are exact.';
comment on column public.refund_step.nights_minor is
  'What comes back of the nights; the next five are what comes back of the other parts of the '
  'total. Together they are refund_minor.';
comment on column public.refund_step.refund_minor is
  'What of the total is not paid in the end: what has been paid comes back, what is charged later '
  'is not charged.';
comment on column public.refund_step.kept_minor is
  'What the stay costs who cancels it in this step: the total less refund_minor. If less was paid '
  'by then (charges of the quote), the difference is charged.';

create type public.stay_refunds as (
  listing_id          uuid,
  check_in            date,
  check_out           date,
  time_zone           text,
  currency            text,
  total_minor         bigint,
  cancellation_policy text,
  check_in_at         timestamptz,
  confirmed_at        timestamptz,
  grace_closes_at     timestamptz,
  steps               public.refund_step[]
);

comment on column public.stay_refunds.check_in_at is
  'The instant of check-in; steps that end later hold during the stay.';
comment on column public.stay_refunds.confirmed_at is
  'The moment from which grace is counted here: now. It runs from the confirmation, which comes '
  'with the payment, or with the answer to a request.';
comment on column public.stay_refunds.grace_closes_at is
  'The stay has its 24 hours of grace if it is confirmed by then. Null: it has none, because of '
  'its policy.';
comment on column public.stay_refunds.steps is
  'In order of time, from now to check-out; of stays of 28 nights and more, to the end of the 30th '
  'night.';

create function private.refund_steps(
  priced private.priced_stay, cancellation_policy text, check_in date, check_out date,
  check_in_time time, check_out_time time, time_zone text, confirmed_at timestamptz,
  from_at timestamptz)
  returns public.refund_step[] language plpgsql stable security definer set search_path = ''
as $$
declare
  steps  public.refund_step[] := '{}';
  last   integer;
  step   public.refund_step;
  moment record;
  terms  private.refund_terms;
  former private.refund_terms;
  kept   private.kept_price;
  -- All of it is what is kept when everything is.
  whole  private.kept_price := private.kept_of(
    priced, row('non_refundable', false, 0, 0, 10000)::private.refund_terms);
begin
  for moment in
    select distinct boundary.at, boundary.included
    from (
      select private.grace_ends_at(
        cancellation_policy, check_in, check_in_time, time_zone, confirmed_at) as at,
        true as included
      union all
      -- Of all rules the stay could follow: a moment at which nothing changes makes no step.
      select private.deadline(check_in, check_in_time, time_zone, refund_tiers.days_before,
        refund_tiers.hours_before), true
      from private.refund_tiers
      where refund_tiers.rule in (cancellation_policy::public.cancellation_rule, 'long_stay')
      union all
      select private.instant_at(check_in + check_in_time, time_zone), false
      union all
      select private.instant_at(check_in + night + check_out_time, time_zone), false
      from generate_series(1, least(check_out - check_in, 30)) as night) as boundary
    where boundary.at > from_at or (boundary.at = from_at and boundary.included)
    order by boundary.at
  loop
    terms := private.refund_terms(
      cancellation_policy, check_in, check_out, check_in_time, check_out_time, time_zone,
      confirmed_at,
      case when moment.included then moment.at else moment.at - interval '1 microsecond' end);
    if terms is distinct from former then
      kept := private.kept_of(priced, terms);
      former := terms;
    end if;

    step.rule := terms.rule;
    step.ends_at := moment.at;
    step.ends_on := (moment.at at time zone time_zone)::date;
    step.ends_time := (moment.at at time zone time_zone)::time;
    step.end_included := moment.included;
    step.refund_bp := 10000 - kept.kept_bp;
    step.nights_minor := whole.nights_minor - kept.nights_minor;
    step.extra_guests_minor := whole.extra_guests_minor - kept.extra_guests_minor;
    step.cleaning_minor := whole.cleaning_minor - kept.cleaning_minor;
    step.pets_minor := whole.pets_minor - kept.pets_minor;
    step.taxes_minor := whole.taxes_minor - kept.taxes_minor;
    step.guest_fee_minor := whole.guest_fee_minor - kept.guest_fee_minor;
    step.refund_minor := step.nights_minor + step.extra_guests_minor + step.cleaning_minor
      + step.pets_minor + step.taxes_minor + step.guest_fee_minor;
    step.kept_minor := priced.total_minor - step.refund_minor;

    last := cardinality(steps);
    if last > 0 and row(steps[last].refund_bp, steps[last].nights_minor,
        steps[last].extra_guests_minor, steps[last].cleaning_minor, steps[last].pets_minor,
        steps[last].taxes_minor, steps[last].guest_fee_minor)
      = row(step.refund_bp, step.nights_minor, step.extra_guests_minor, step.cleaning_minor,
        step.pets_minor, step.taxes_minor, step.guest_fee_minor)
    then
      steps[last] := step;
    else
      steps := steps || step;
    end if;
  end loop;
  return steps;
end $$;

comment on function private.refund_steps is
  'Rule: the moments at which the refund of a cancellation changes, and what it is in between, by '
  'the rules that settle one. Moments that change no amount make no step; the rule of a step is '
  'the one that holds at its end.';

create function private.quote_refunds(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  offer_id uuid, child_ages smallint[])
  returns public.stay_refunds language plpgsql stable security definer set search_path = ''
as $$
declare
  priced  private.priced_stay;
  listing public.listings;
  refunds public.stay_refunds;
begin
  if offer_id is null then
    priced := private.offer_stay(
      quote_refunds.listing_id, check_in, check_out, guests, infants, pets, auth.uid(),
      child_ages);
  else
    priced := private.price_offer(
      quote_refunds.offer_id, auth.uid(), quote_refunds.listing_id, check_in, check_out, guests,
      infants, pets, child_ages);
  end if;
  select * into strict listing from public.listings
  where listings.listing_id = quote_refunds.listing_id;
  refunds.listing_id := listing.listing_id;
  refunds.check_in := quote_refunds.check_in;
  refunds.check_out := quote_refunds.check_out;
  refunds.time_zone := listing.time_zone;
  refunds.currency := priced.currency;
  refunds.total_minor := priced.total_minor;
  refunds.cancellation_policy := coalesce(
    (select offers.cancellation_policy from public.offers
     where offers.offer_id = quote_refunds.offer_id),
    listing.cancellation_policy);
  refunds.check_in_at := private.instant_at(
    quote_refunds.check_in + listing.check_in_time, listing.time_zone);
  refunds.confirmed_at := private.now();
  refunds.grace_closes_at := private.grace_closes_at(
    refunds.cancellation_policy, quote_refunds.check_in, listing.check_in_time,
    listing.time_zone);
  refunds.steps := private.refund_steps(
    priced, refunds.cancellation_policy, quote_refunds.check_in, quote_refunds.check_out,
    listing.check_in_time, listing.check_out_time, listing.time_zone, refunds.confirmed_at,
    refunds.confirmed_at);
  return refunds;
end $$;

create function public.quote_refunds(
  listing_id uuid,
  check_in   text,
  check_out  text,
  guests     integer default 1,
  infants    integer default 0,
  pets       integer default 0,
  offer_id   uuid    default null,
  child_ages smallint[] default null)
  returns public.stay_refunds language sql stable security invoker set search_path = ''
  return private.quote_refunds(listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, offer_id, coalesce(private.in_order(child_ages), '{}'));

grant execute on function private.quote_refunds, public.quote_refunds to anon, authenticated;

comment on function public.quote_refunds is
  'Until when a guest who books this stay now would get back how much of it: the steps of its '
  'cancellation policy, with their amounts in minor units, as cancelling at that moment would '
  'settle it. Takes what quote_stay takes, and offer_id for the stay of an offer. Show it beside a '
  'quote of the same total_minor. Errors: those of quote_stay; offer_not_found, offer_differs, '
  'offer_closed, offer_expired.';

-- For the page of a home, where no stay is chosen yet

create type public.cancellation_tier as (
  rule         public.cancellation_rule,
  "position"   smallint,
  days_before  smallint,
  hours_before smallint,
  full_refund  boolean,
  kept_nights  smallint,
  kept_bp      integer
);

comment on column public.cancellation_tier.days_before is
  'The tier holds until this many days before check-in, at the same time of the home''s clock. '
  'Null: it has a deadline in hours, or none.';
comment on column public.cancellation_tier.hours_before is
  'The tier holds until this many hours before check-in. Null: it has a deadline in days, or none.';
comment on column public.cancellation_tier.kept_nights is
  'Nights that are paid in addition to those already spent.';
comment on column public.cancellation_tier.kept_bp is
  'The share of the nights after those that is paid, in basis points.';

create function private.cancellation_tiers()
  returns setof public.cancellation_tier language sql stable security definer set search_path = ''
begin atomic
  select refund_tiers.rule, refund_tiers.position, refund_tiers.days_before,
    refund_tiers.hours_before, refund_tiers.full_refund, refund_tiers.kept_nights,
    refund_tiers.kept_bp
  from private.refund_tiers
  order by refund_tiers.rule, refund_tiers.position;
end;

create function public.cancellation_tiers()
  returns setof public.cancellation_tier language sql stable security invoker set search_path = ''
begin atomic
  select * from private.cancellation_tiers();
end;

grant execute on function private.cancellation_tiers, public.cancellation_tiers
  to anon, authenticated;

comment on function public.cancellation_tiers is
  'What each cancellation policy gives back, in tiers, for pages that say it in their own words '
  'before a stay is chosen. The first tier of a policy whose deadline has not passed holds, and '
  'the one without a deadline afterwards. long_stay holds instead for 28 nights and more, except '
  'with non_refundable; any other stay that is confirmed 7 days before check-in or earlier can be '
  'cancelled for nothing within 24 hours.';
