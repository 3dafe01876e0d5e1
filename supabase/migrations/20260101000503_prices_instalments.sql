-- Instalments: when a stay is paid.

create type public.planned_charge as (
  instalment   smallint,
  nights       integer,
  charge_at    timestamptz,
  amount_minor bigint
);

create function private.planned_charges(
  priced private.priced_stay, check_in date, check_in_time time, time_zone text)
  returns public.planned_charge[] language plpgsql stable security definer set search_path = ''
as $$
declare
  setting  record;
  currency private.currencies;
  all_of   numeric;
  so_far   numeric := 0;
  billed   bigint := 0;
  charge   public.planned_charge;
  charges  public.planned_charge[] := '{}';
begin
  select settings.hold_limit_days, settings.charge_ahead_days into strict setting
  from private.settings where settings.singleton;
  charge.instalment := 1;
  charge.nights := priced.nights;
  charge.amount_minor := priced.total_minor;
  -- The payout is due the day after check-in: as long as that is the charge is held.
  if check_in + 1 - private.today(time_zone) > setting.hold_limit_days then
    charge.charge_at := private.instant_at(check_in + 1 - setting.hold_limit_days + check_in_time,
      time_zone);
  end if;
  if priced.nights < 28 or priced.total_minor = 0 then
    return array[charge];
  end if;

  select * into strict currency from private.currencies where currencies.currency = priced.currency;
  select sum(line.amount_minor) into all_of from unnest(priced.lines[1:priced.nights]) as line;
  for block in 0 .. (priced.nights - 1) / 30 loop
    charge.instalment := block + 1;
    charge.nights := least(30, priced.nights - block * 30);
    -- Free nights have no value to share by; then they count alike.
    so_far := so_far + case when all_of > 0
      then (select sum(line.amount_minor)
        from unnest(priced.lines[block * 30 + 1 : block * 30 + charge.nights]) as line)
      else charge.nights end;
    charge.amount_minor := private.round_to(
      priced.total_minor * so_far / case when all_of > 0 then all_of
        else priced.nights end, currency.step_minor)
      - billed;
    if block > 0 then
      charge.charge_at := private.instant_at(
        check_in + block * 30 - least(setting.charge_ahead_days, setting.hold_limit_days - 1)
          + check_in_time,
        time_zone);
    end if;
    if block > 0 and charge.amount_minor < currency.minimum_charge_minor then
      -- What no card can be charged by itself goes with the one before.
      charges[cardinality(charges)].nights := charges[cardinality(charges)].nights + charge.nights;
      charges[cardinality(charges)].amount_minor := charges[cardinality(charges)].amount_minor
        + charge.amount_minor;
    else
      charges := charges || charge;
    end if;
    billed := billed + charge.amount_minor;
  end loop;
  if charges[1].amount_minor < currency.minimum_charge_minor then
    charges[1].nights := priced.nights;
    charges[1].amount_minor := priced.total_minor;
    charges := charges[1:1];
  end if;
  return charges;
end $$;

comment on function private.planned_charges is
  'Rule: a stay is charged when it is booked (charge_at null), unless its payout is further away '
  'than money may be held: then as soon as it no longer is. Stays of 28 nights and more are '
  'charged 30 nights at a time, some days before these begin; each instalment is the share of the '
  'total that corresponds to its nights.';

create type public.stay_quote as (
  listing_id          uuid,
  check_in            date,
  check_out           date,
  nights              integer,
  guests              integer,
  infants             integer,
  pets                integer,
  child_ages          smallint[],
  currency            text,
  discount            text,
  discount_bp         integer,
  subtotal_minor      bigint,
  guest_fee_minor     bigint,
  taxes_minor         bigint,
  total_minor         bigint,
  cancellation_policy text,
  instant_book        boolean,
  lines               public.stay_line[],
  charges             public.planned_charge[]
);

create function private.check_charge(priced private.priced_stay)
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  least_minor bigint;
  most_minor  bigint;
begin
  select currencies.minimum_charge_minor, currencies.maximum_charge_minor
  into least_minor, most_minor
  from private.currencies where currencies.currency = priced.currency;
  if priced.total_minor > 0 and priced.total_minor < least_minor then
    perform private.refuse('below_minimum_charge');
  end if;
  if priced.total_minor > most_minor then perform private.refuse('above_maximum_charge'); end if;
end $$;

comment on function private.check_charge is
  'Rule: a stay is free, or costs an amount that can be charged to a card.';

create function private.offer_stay(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  guest_id uuid, child_ages smallint[])
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  problem text := private.stay_problem(
    offer_stay.listing_id, check_in, check_out, guests, infants, pets, offer_stay.guest_id,
    child_ages => child_ages);
  priced  private.priced_stay;
begin
  if problem is not null then
    perform private.refuse(problem);
  end if;
  priced := private.price_stay(
    offer_stay.listing_id, check_in, check_out, guests, pets, child_ages);
  perform private.check_charge(priced);
  return priced;
end $$;

comment on function private.offer_stay is 'Rule: a quote can be booked, at the price quoted.';

create function private.quote_stay(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  child_ages smallint[])
  returns public.stay_quote language plpgsql stable security definer set search_path = ''
  -- By keys, also when a table was empty at the first quote of a connection.
  set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off set jit = off
as $$
declare
  priced  private.priced_stay := private.offer_stay(
    quote_stay.listing_id, check_in, check_out, guests, infants, pets, auth.uid(), child_ages);
  listing record;
begin
  select listings.listing_id, listings.cancellation_policy, listings.instant_book,
    listings.check_in_time, listings.time_zone
  into strict listing
  from public.listings where listings.listing_id = quote_stay.listing_id;
  return row(
    listing.listing_id, check_in, check_out, priced.nights, guests, infants, pets, child_ages,
    priced.currency, priced.discount, priced.discount_bp, priced.subtotal_minor,
    priced.guest_fee_minor, priced.taxes_minor, priced.total_minor, listing.cancellation_policy,
    listing.instant_book, priced.lines,
    private.planned_charges(priced, check_in, listing.check_in_time,
      listing.time_zone))::public.stay_quote;
end $$;

create function public.quote_stay(
  listing_id uuid,
  check_in   text,
  check_out  text,
  guests     integer default 1,
  infants    integer default 0,
  pets       integer default 0,
  child_ages smallint[] default null)
  returns public.stay_quote language sql stable security invoker
  return private.quote_stay(listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, coalesce(private.in_order(child_ages), '{}'));

grant execute on function private.quote_stay, public.quote_stay to anon, authenticated;

comment on function public.quote_stay is
  'The price of a stay for the guest, line by line, if it can be booked now. guests counts '
  'everyone but infants (under 2). child_ages are the ages at check-in of the guests under 18; '
  'without it, all guests are adults. Some taxes exempt children. subtotal_minor + guest_fee_minor '
  '+ taxes_minor = total_minor; the lines are the nights, the host''s other charges and the taxes. '
  'charges lists each charge: those with charge_at are taken then from the card saved at booking, '
  'the others at once. Errors: dates_required, invalid_dates, dates_reversed, invalid_guests, '
  'listing_not_found, host_unavailable, own_listing, too_many_guests, pets_not_allowed, '
  'date_in_past, too_short_notice, outside_booking_window, below_minimum_nights, '
  'above_maximum_nights, arrival_not_allowed, departure_not_allowed, nights_taken, '
  'below_minimum_charge, above_maximum_charge.';
