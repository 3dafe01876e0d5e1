-- Pricing: what a stay costs, line by line. Only the database knows; the client sends what it
-- expects to pay.
--
-- Amounts are minor units of the listing's currency in bigint. Every line is rounded half up, once,
-- to the smallest coin of the currency, and the total is the sum of the lines.

-- What a host asks

create table public.listing_prices (
  listing_id              uuid     primary key references public.listings on delete cascade,
  base_price_minor        bigint   not null,
  weekend_price_minor     bigint,
  included_guests         smallint not null default 64,
  extra_guest_price_minor bigint   not null default 0,
  cleaning_fee_minor      bigint   not null default 0,
  pet_fee_minor           bigint   not null default 0,
  new_listing_discount    boolean  not null default false,
  early_bird_days         smallint,
  early_bird_bp           integer,
  last_minute_days        smallint,
  last_minute_bp          integer,

  constraint listing_prices_are_not_absurd check (
    base_price_minor between 0 and 10000000000 and weekend_price_minor between 0 and 10000000000
    and extra_guest_price_minor between 0 and 1000000000
    and cleaning_fee_minor between 0 and 10000000000 and pet_fee_minor between 0 and 10000000000),
  constraint listing_prices_include_someone check (included_guests between 1 and 64),
  constraint listing_prices_greet_early_birds check (
    (early_bird_days is null) = (early_bird_bp is null)
    and early_bird_days between 28 and 360 and early_bird_bp between 1 and 9000),
  constraint listing_prices_catch_last_minutes check (
    (last_minute_days is null) = (last_minute_bp is null)
    and last_minute_days between 1 and 28 and last_minute_bp between 1 and 9000)
);

comment on table public.listing_prices is
  'What a host asks for a stay. Minor units; bp are basis points.';
comment on column public.listing_prices.weekend_price_minor is
  'Friday and Saturday nights; null: as other nights.';
comment on column public.listing_prices.extra_guest_price_minor is
  'Per night and guest beyond included_guests.';
comment on column public.listing_prices.early_bird_days is 'Booked at least so many days ahead.';
comment on column public.listing_prices.last_minute_days is 'Booked at most so many days ahead.';

create table public.length_discounts (
  listing_id     uuid     not null references public.listings on delete cascade,
  minimum_nights smallint not null,
  discount_bp    integer  not null,

  primary key (listing_id, minimum_nights),
  constraint length_discounts_start_somewhere check (minimum_nights between 2 and 365),
  constraint length_discounts_leave_something check (discount_bp between 1 and 9000)
);

comment on table public.length_discounts is
  'Discounts for long stays; the highest tier reached counts. 7 nights is the weekly one, 28 the '
  'monthly one.';

-- An amount that cannot be paid in coins of its currency cannot be charged either. Once a statement, not
-- once a row: an import writes a million days, and a look at the listing for each took half a minute.
create function private.check_price_steps()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  step bigint;
begin
  select currencies.step_minor into step
  from after
  join public.listings on listings.listing_id = after.listing_id
  join private.currencies on currencies.currency = listings.currency and currencies.step_minor > 1
  cross join lateral jsonb_each_text(to_jsonb(after)) as amount
  where case when amount.key like '%\_minor' then amount.value::bigint % currencies.step_minor <> 0 end
  limit 1;
  if found then perform private.refuse('price_not_in_steps', 'step', step::text); end if;
  return null;
end $$;

create trigger check_the_new_price_steps after insert on public.listing_prices
  referencing new table as after
  for each statement execute function private.check_price_steps();
create trigger check_the_price_steps after update on public.listing_prices
  referencing new table as after
  for each statement execute function private.check_price_steps();
create trigger check_the_new_price_steps after insert on public.calendar_days
  referencing new table as after
  for each statement execute function private.check_price_steps();
create trigger check_the_price_steps after update on public.calendar_days
  referencing new table as after
  for each statement execute function private.check_price_steps();

create trigger keep_the_listing after update of listing_id on public.listing_prices
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();
create trigger keep_the_listing after update of listing_id on public.length_discounts
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();

alter table public.listing_prices enable row level security;
alter table public.length_discounts enable row level security;

create policy "anyone sees the prices of what they see" on public.listing_prices
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = listing_prices.listing_id));
create policy "hosts set their own prices" on public.listing_prices
  for insert to authenticated with check (private.may_manage(listing_id, 'prices'));
create policy "hosts edit their own prices" on public.listing_prices
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('prices'))))
  with check (private.may_manage(listing_id, 'prices'));

grant select on public.listing_prices to anon, authenticated;
grant
  insert (listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor,
    cleaning_fee_minor, pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp,
    last_minute_days, last_minute_bp),
  update (listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor,
    cleaning_fee_minor, pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp,
    last_minute_days, last_minute_bp)
  on public.listing_prices to authenticated;

create policy "anyone sees the discounts of what they see" on public.length_discounts
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = length_discounts.listing_id));
create policy "hosts set their own discounts" on public.length_discounts
  for insert to authenticated with check (private.may_manage(listing_id, 'prices'));
create policy "hosts edit their own discounts" on public.length_discounts
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('prices'))))
  with check (private.may_manage(listing_id, 'prices'));
create policy "hosts remove their own discounts" on public.length_discounts
  for delete to authenticated
  using (listing_id = any (array(select private.listings_of_caller('prices'))));

grant select on public.length_discounts to anon, authenticated;
grant
  insert (listing_id, minimum_nights, discount_bp),
  update (listing_id, minimum_nights, discount_bp),
  delete
  on public.length_discounts to authenticated;

-- What the marketplace takes

create table private.fee_schemes (
  fee_scheme text    primary key,
  guest_bp   integer not null,
  host_bp    integer not null,

  constraint fee_schemes_are_shares check (guest_bp between 0 and 5000 and host_bp between 0 and 5000)
);

alter table private.fee_schemes enable row level security;
comment on table private.fee_schemes is
  'Service fees as shares of the subtotal; frozen with each booking.';

insert into private.fee_schemes (fee_scheme, guest_bp, host_bp) values
  ('split',  1410,  300),
  ('single',    0, 1550);

alter table private.settings
  add constraint settings_name_a_fee_scheme foreign key (fee_scheme) references private.fee_schemes;

create table private.listing_fee_schemes (
  listing_id uuid primary key references public.listings on delete cascade,
  fee_scheme text not null references private.fee_schemes
);

create index listing_fee_schemes_fee_scheme_idx on private.listing_fee_schemes (fee_scheme);
create index settings_fee_scheme_idx on private.settings (fee_scheme);
alter table private.listing_fee_schemes enable row level security;
comment on table private.listing_fee_schemes is
  'Listings whose fee scheme differs from the setting.';

-- What the state takes

create type private.tax_basis as enum (
  'percent_of_nights', 'percent_of_nights_and_fees', 'per_night', 'per_guest_night', 'per_booking');

create table private.taxes (
  tax_id             uuid              primary key default gen_random_uuid(),
  name               text              not null,
  listing_id         uuid              references public.listings on delete cascade,
  country_code       text,
  region             text,
  city               text,
  basis              private.tax_basis not null,
  rate_bp            integer,
  amount_minor       bigint,
  currency           text              references private.currencies,
  maximum_nights     smallint,
  exempt_from_nights smallint,

  constraint taxes_have_a_name          check (char_length(btrim(name)) between 1 and 100),
  constraint taxes_are_levied_somewhere check ((listing_id is null) = (country_code is not null)),
  constraint taxes_of_cities_and_regions_name_the_country check (
    country_code is not null or (region is null and city is null)),
  constraint taxes_are_a_share_or_an_amount check (
    case when basis in ('percent_of_nights', 'percent_of_nights_and_fees')
      then rate_bp between 1 and 10000 and rate_bp is not null
        and amount_minor is null and currency is null
      else amount_minor > 0 and amount_minor is not null and currency is not null and rate_bp is null
    end),
  constraint taxes_cap_some_nights      check (maximum_nights > 0),
  constraint taxes_exempt_long_stays    check (exempt_from_nights > 1)
);

create index taxes_listing_id_idx on private.taxes (listing_id) where listing_id is not null;
create index taxes_country_code_idx on private.taxes (country_code) where country_code is not null;
create index taxes_currency_idx on private.taxes (currency) where currency is not null;
alter table private.taxes enable row level security;

comment on table private.taxes is
  'Taxes by place or listing. Fees are what the host asks beside the nights: cleaning, extra '
  'guests, pets.';
comment on column private.taxes.maximum_nights is 'Only the first so many nights are taxed.';
comment on column private.taxes.exempt_from_nights is
  'Stays of so many nights and more are exempt.';

create function private.check_tax_steps()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  step bigint := (select currencies.step_minor from private.currencies where currencies.currency = new.currency);
begin
  if new.amount_minor % step <> 0 then
    perform private.refuse('price_not_in_steps', 'step', step::text);
  end if;
  return new;
end $$;

create trigger check_the_tax_steps before insert or update of amount_minor, currency on private.taxes
  for each row when (new.amount_minor is not null) execute function private.check_tax_steps();

-- The quote

create type public.line_kind as enum ('night', 'extra_guests', 'cleaning', 'pets', 'tax');

create type public.stay_line as (
  kind           public.line_kind,
  night          date,
  description    text,
  quantity       integer,
  unit_minor     bigint,
  discount_minor bigint,
  amount_minor   bigint
);

-- What a tax line was levied on, needed when a part of it is given back; and by whom, for receipts.
create type private.priced_tax as (
  line         smallint,
  basis        private.tax_basis,
  taxed_nights smallint,
  jurisdiction text
);

create type private.priced_stay as (
  currency        text,
  nights          integer,
  discount        text,
  discount_bp     integer,
  subtotal_minor  bigint,
  guest_fee_bp    integer,
  guest_fee_minor bigint,
  host_fee_bp     integer,
  host_fee_minor  bigint,
  taxes_minor     bigint,
  total_minor     bigint,
  payout_minor    bigint,
  lines           public.stay_line[],
  taxes           private.priced_tax[]
);

create function private.share_of(amount_minor bigint, basis_points integer, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return (floor(amount_minor::numeric * basis_points / (10000 * step_minor) + 0.5) * step_minor)::bigint;
end $$;

comment on function private.share_of is
  'Rule: a share of an amount, rounded half up to the currency''s smallest coin.';

create function private.night_price(
  base_price_minor bigint, weekend_price_minor bigint, day_price_minor bigint, night date)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return coalesce(
    day_price_minor,
    case when extract(isodow from night) in (5, 6) then weekend_price_minor end,
    base_price_minor);
end $$;

comment on function private.night_price is
  'Rule: the day''s own price, else the weekend price on Friday and Saturday nights, else the base '
  'price.';

create function private.price_stay(
  listing_id uuid, check_in date, check_out date, guests integer, pets integer)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
  -- Measured: 158 us against 333 us with a plan made anew for each call.
  set plan_cache_mode = 'force_generic_plan'
as $$
declare
  listing      public.listings;
  price        public.listing_prices;
  setting      private.settings;
  step         bigint;
  days_ahead   integer;
  extra_guests integer;
  priced       private.priced_stay;
  nights_minor bigint;
  amount       bigint;
begin
  select * into strict listing from public.listings where listings.listing_id = price_stay.listing_id;
  select * into strict price from public.listing_prices where listing_prices.listing_id = price_stay.listing_id;
  select * into strict setting from private.settings;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = listing.currency;

  priced.currency := listing.currency;
  priced.nights := check_out - check_in;
  days_ahead := check_in - private.today(listing.time_zone);

  -- One discount, the first that applies.
  priced.discount_bp := 0;
  if price.new_listing_discount and (
    select count(*) from (
      select from public.bookings
      where bookings.listing_id = price_stay.listing_id and bookings.confirmed_at is not null
      limit setting.new_listing_bookings) as first_bookings) < setting.new_listing_bookings
  then
    priced.discount := 'new_listing';
    priced.discount_bp := setting.new_listing_bp;
  else
    select 'length_of_stay', length_discounts.discount_bp into priced.discount, priced.discount_bp
    from public.length_discounts
    where length_discounts.listing_id = price_stay.listing_id
      and length_discounts.minimum_nights <= priced.nights
    order by length_discounts.minimum_nights desc
    limit 1;
    if priced.discount is null then
      if days_ahead >= price.early_bird_days then
        priced.discount := 'early_bird';
        priced.discount_bp := price.early_bird_bp;
      elsif days_ahead <= price.last_minute_days then
        priced.discount := 'last_minute';
        priced.discount_bp := price.last_minute_bp;
      else
        priced.discount_bp := 0;
      end if;
    end if;
  end if;

  -- Nights. Materialized, or each amount is reckoned once per place that names it.
  with nights as materialized (
    select check_in + ahead as night,
      private.night_price(
        price.base_price_minor, price.weekend_price_minor, calendar_days.price_minor, check_in + ahead)
        as unit_minor
    from generate_series(0, priced.nights - 1) as ahead
    left join public.calendar_days
      on calendar_days.listing_id = price_stay.listing_id and calendar_days.day = check_in + ahead
  ), discounted as materialized (
    select nights.night, nights.unit_minor,
      private.share_of(nights.unit_minor, priced.discount_bp, step) as discount_minor
    from nights
  )
  select
    array_agg(
      row('night', discounted.night, 'Night', 1, discounted.unit_minor, discounted.discount_minor,
        discounted.unit_minor - discounted.discount_minor)::public.stay_line
      order by discounted.night),
    sum(discounted.unit_minor - discounted.discount_minor)
  into priced.lines, nights_minor
  from discounted;
  priced.subtotal_minor := nights_minor;

  -- What the host asks beside the nights
  extra_guests := greatest(0, guests - price.included_guests);
  if extra_guests > 0 and price.extra_guest_price_minor > 0 then
    amount := price.extra_guest_price_minor * extra_guests * priced.nights;
    priced.lines := priced.lines || row('extra_guests', null, 'Extra guests',
      extra_guests * priced.nights, price.extra_guest_price_minor, 0, amount)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + amount;
  end if;
  if price.cleaning_fee_minor > 0 then
    priced.lines := priced.lines || row('cleaning', null, 'Cleaning fee',
      1, price.cleaning_fee_minor, 0, price.cleaning_fee_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + price.cleaning_fee_minor;
  end if;
  if pets > 0 and price.pet_fee_minor > 0 then
    priced.lines := priced.lines || row('pets', null, 'Pet fee',
      1, price.pet_fee_minor, 0, price.pet_fee_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + price.pet_fee_minor;
  end if;

  return private.add_fees_and_taxes(priced, listing, nights_minor, guests);
end $$;

comment on function private.price_stay is
  'Rule: what a stay costs. Nights after one discount, extra guests, cleaning, pets = subtotal; '
  'plus guest fee and taxes = total; subtotal less host fee = payout.';

create function private.add_fees_and_taxes(
  priced private.priced_stay, listing public.listings, nights_minor bigint, guests integer)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  scheme private.fee_schemes;
  tax    private.taxes;
  step   bigint;
  amount bigint;
begin
  select fee_schemes.* into strict scheme
  from private.fee_schemes
  where fee_schemes.fee_scheme = coalesce(
    (select listing_fee_schemes.fee_scheme from private.listing_fee_schemes
     where listing_fee_schemes.listing_id = listing.listing_id),
    (select settings.fee_scheme from private.settings));
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = listing.currency;

  -- Service fees
  priced.guest_fee_bp := scheme.guest_bp;
  priced.host_fee_bp := scheme.host_bp;
  priced.guest_fee_minor := private.share_of(priced.subtotal_minor, scheme.guest_bp, step);
  priced.host_fee_minor := private.share_of(priced.subtotal_minor, scheme.host_bp, step);

  -- Taxes
  priced.taxes_minor := 0;
  for tax in
    select taxes.* from private.taxes
    where (taxes.listing_id = listing.listing_id
        or (taxes.country_code = listing.country_code
          and (taxes.region is null or lower(taxes.region) = lower(listing.region))
          and (taxes.city is null or lower(taxes.city) = lower(listing.city))))
      and (taxes.currency is null or taxes.currency = listing.currency)
      and (taxes.exempt_from_nights is null or priced.nights < taxes.exempt_from_nights)
    order by taxes.name, taxes.tax_id
  loop
    amount := private.tax_on(tax, priced, nights_minor, guests, step);
    if amount > 0 then
      priced.lines := priced.lines || row('tax', null, tax.name, 1, amount, 0, amount)::public.stay_line;
      priced.taxes_minor := priced.taxes_minor + amount;
      priced.taxes := priced.taxes || row(
        cardinality(priced.lines), tax.basis,
        least(priced.nights, coalesce(tax.maximum_nights, priced.nights)),
        case when tax.listing_id is null then concat_ws(', ', tax.city, tax.region, tax.country_code)
          else concat_ws(', ', listing.city, listing.region, listing.country_code) end)::private.priced_tax;
    end if;
  end loop;

  priced.total_minor := priced.subtotal_minor + priced.guest_fee_minor + priced.taxes_minor;
  priced.payout_minor := priced.subtotal_minor - priced.host_fee_minor;
  return priced;
end $$;

comment on function private.add_fees_and_taxes is
  'Rule: to the lines and the subtotal of a stay, however they came about, the service fees and the '
  'taxes of its place.';

create function private.tax_on(
  tax private.taxes, priced private.priced_stay, nights_minor bigint, guests integer, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
declare
  taxed_nights integer := least(priced.nights, coalesce(tax.maximum_nights, priced.nights));
  taxed_minor  bigint;
begin
  case tax.basis
    when 'per_booking' then return tax.amount_minor;
    when 'per_night' then return tax.amount_minor * taxed_nights;
    when 'per_guest_night' then return tax.amount_minor * taxed_nights * guests;
    else
      -- The lines begin with the nights in their order.
      select sum(line.amount_minor) into taxed_minor
      from unnest(priced.lines[1:taxed_nights]) as line;
      if tax.basis = 'percent_of_nights_and_fees' then
        taxed_minor := taxed_minor + priced.subtotal_minor - nights_minor;
      end if;
      return private.share_of(taxed_minor, tax.rate_bp, step_minor);
  end case;
end $$;

comment on function private.tax_on is
  'Rule: one tax on one stay; a cap in nights counts the first nights, fees are taxed whole.';

-- When it is paid

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
  setting  private.settings;
  currency private.currencies;
  today    date := private.today(time_zone);
  all_of   numeric;
  so_far   numeric := 0;
  billed   bigint := 0;
  charge   public.planned_charge;
  charges  public.planned_charge[] := '{}';
begin
  select * into strict setting from private.settings;
  charge.instalment := 1;
  charge.nights := priced.nights;
  charge.amount_minor := priced.total_minor;
  -- The payout is due the day after check-in: as long as that is the charge is held.
  if check_in + 1 - today > setting.hold_limit_days then
    charge.charge_at := private.instant_at(check_in + 1 - setting.hold_limit_days + check_in_time, time_zone);
  end if;
  if priced.nights < 28 or priced.total_minor = 0 then
    return array[charge];
  end if;

  select * into strict currency from private.currencies where currencies.currency = priced.currency;
  select sum(line.amount_minor) into all_of from unnest(priced.lines[1:priced.nights]) as line;
  for block in 0 .. (priced.nights - 1) / 30 loop
    charge.nights := least(30, priced.nights - block * 30);
    -- Free nights have no value to share by; then they count alike.
    so_far := so_far + case when all_of > 0
      then (select sum(line.amount_minor) from unnest(priced.lines[block * 30 + 1 : block * 30 + charge.nights]) as line)
      else charge.nights end;
    charge.amount_minor := private.round_to(
      priced.total_minor * so_far / case when all_of > 0 then all_of else priced.nights end, currency.step_minor)
      - billed;
    if block > 0 then
      charge.charge_at := private.instant_at(
        check_in + block * 30 - least(setting.charge_ahead_days, setting.hold_limit_days - 1) + check_in_time,
        time_zone);
    end if;
    if block > 0 and charge.amount_minor < currency.minimum_charge_minor then
      -- What no card can be charged by itself goes with the one before.
      charges[cardinality(charges)].nights := charges[cardinality(charges)].nights + charge.nights;
      charges[cardinality(charges)].amount_minor := charges[cardinality(charges)].amount_minor + charge.amount_minor;
    else
      charge.instalment := cardinality(charges) + 1;
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
  'than money may be held: then as soon as it is not. Stays of 28 nights and more are charged 30 '
  'nights at a time, some days before these begin; each instalment is the share of the total that '
  'its nights have of all.';

create type public.stay_quote as (
  listing_id          uuid,
  check_in            date,
  check_out           date,
  nights              integer,
  guests              integer,
  infants             integer,
  pets                integer,
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
begin
  if priced.total_minor > 0 and priced.total_minor < (
    select currencies.minimum_charge_minor from private.currencies
    where currencies.currency = priced.currency)
  then
    perform private.refuse('below_minimum_charge');
  end if;
  if priced.total_minor > (
    select currencies.maximum_charge_minor from private.currencies
    where currencies.currency = priced.currency)
  then
    perform private.refuse('above_maximum_charge');
  end if;
end $$;

comment on function private.check_charge is
  'Rule: a stay is free, or costs what a card can be charged.';

create function private.offer_stay(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  guest_id uuid)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  problem text := private.stay_problem(
    offer_stay.listing_id, check_in, check_out, guests, infants, pets, offer_stay.guest_id);
  priced  private.priced_stay;
begin
  if problem is not null then
    perform private.refuse(problem);
  end if;
  priced := private.price_stay(offer_stay.listing_id, check_in, check_out, guests, pets);
  perform private.check_charge(priced);
  return priced;
end $$;

comment on function private.offer_stay is
  'Rule: what is quoted is what can be booked, at the price at which it can be booked.';

create function private.quote_stay(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns public.stay_quote language plpgsql stable security definer set search_path = ''
as $$
declare
  priced  private.priced_stay := private.offer_stay(
    quote_stay.listing_id, check_in, check_out, guests, infants, pets, auth.uid());
  listing public.listings;
begin
  select * into strict listing from public.listings where listings.listing_id = quote_stay.listing_id;
  return row(
    listing.listing_id, check_in, check_out, priced.nights, guests, infants, pets, priced.currency,
    priced.discount, priced.discount_bp, priced.subtotal_minor, priced.guest_fee_minor,
    priced.taxes_minor, priced.total_minor, listing.cancellation_policy, listing.instant_book,
    priced.lines,
    private.planned_charges(priced, check_in, listing.check_in_time, listing.time_zone))::public.stay_quote;
end $$;

create function public.quote_stay(
  listing_id uuid,
  check_in   text,
  check_out  text,
  guests     integer default 1,
  infants    integer default 0,
  pets       integer default 0)
  returns public.stay_quote language sql stable security invoker set search_path = ''
  return private.quote_stay(listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets);

grant execute on function private.quote_stay, public.quote_stay to anon, authenticated;

comment on function public.quote_stay is
  'What a stay costs the guest, line by line, if it can be booked now. subtotal_minor + '
  'guest_fee_minor + taxes_minor = total_minor; the lines are the nights, what the host asks '
  'beside them, and the taxes. charges says what is charged when: without charge_at at once, else '
  'then, from the card that is saved when booking. Errors: every refusal of a stay (dates_required, '
  'invalid_dates, dates_reversed, invalid_guests, listing_not_found, host_unavailable, own_listing, '
  'too_many_guests, pets_not_allowed, date_in_past, too_short_notice, outside_booking_window, '
  'below_minimum_nights, above_maximum_nights, arrival_not_allowed, '
  'departure_not_allowed, nights_taken), below_minimum_charge and above_maximum_charge.';

-- The calendar as a guest reads it

create type public.calendar_entry as (
  day               date,
  available         boolean,
  price_minor       bigint,
  currency          text,
  minimum_nights    smallint,
  arrival_allowed   boolean,
  departure_allowed boolean
);

create function private.listing_calendar(listing_id uuid, starts_on date, ends_on date)
  returns setof public.calendar_entry language plpgsql stable security definer set search_path = ''
as $$
declare
  listing     public.listings;
  rules       public.booking_rules;
  price       public.listing_prices;
  local_now   timestamp;
  today       date;
  first_day   date;
  window_end  date;
  taken       datemultirange;
begin
  select * into listing from public.listings where listings.listing_id = listing_calendar.listing_id;
  if listing.status is distinct from 'published'
    and not private.may_manage(listing_calendar.listing_id, 'see')
  then
    perform private.refuse('listing_not_found');
  end if;
  local_now := private.now() at time zone listing.time_zone;
  today := local_now::date;
  starts_on := coalesce(starts_on, today);
  ends_on := coalesce(ends_on, starts_on + 365);
  perform private.check_days(starts_on, ends_on);
  select * into rules from public.booking_rules where booking_rules.listing_id = listing.listing_id;
  select * into price from public.listing_prices where listing_prices.listing_id = listing.listing_id;

  first_day := today + rules.advance_notice_days;
  if first_day = today and extract(hour from local_now) >= rules.same_day_cutoff_hour then
    first_day := today + 1;
  end if;
  window_end := (today + make_interval(months => rules.booking_window_months))::date;
  select coalesce(range_agg(claims.nights), '{}') into taken
  from private.claims
  where claims.listing_id = listing.listing_id
    and claims.nights && daterange(starts_on, ends_on)
    and (claims.expires_at is null or claims.expires_at > private.now());

  -- The price is private.night_price written out: called per row it costs twenty times as much.
  return query
    select
      listed.day,
      listed.day >= today and listed.day < window_end and not taken @> listed.day,
      coalesce(
        calendar_days.price_minor,
        case when extract(isodow from listed.day) in (5, 6) then price.weekend_price_minor end,
        price.base_price_minor),
      listing.currency,
      coalesce(calendar_days.minimum_nights, rules.minimum_nights),
      listed.day >= first_day and listed.day < window_end and not taken @> listed.day
        and not coalesce(calendar_days.closed_to_arrival, false)
        and extract(isodow from listed.day)::smallint = any (rules.arrival_weekdays),
      listed.day > first_day and listed.day <= window_end
        and not coalesce(calendar_days.closed_to_departure, false)
        and extract(isodow from listed.day)::smallint = any (rules.departure_weekdays)
    from (select starts_on + ahead as day from generate_series(0, ends_on - starts_on - 1) as ahead) as listed
    left join public.calendar_days
      on calendar_days.listing_id = listing.listing_id and calendar_days.day = listed.day
    order by listed.day;
end $$;

create function public.listing_calendar(
  listing_id uuid, starts_on text default null, ends_on text default null)
  returns setof public.calendar_entry language sql stable security invoker set search_path = ''
begin atomic
  select * from private.listing_calendar(
    listing_calendar.listing_id,
    private.day(listing_calendar.starts_on, 'starts_on'),
    private.day(listing_calendar.ends_on, 'ends_on'));
end;

grant execute on function private.listing_calendar, public.listing_calendar to anon, authenticated;

comment on function public.listing_calendar is
  'Day by day from starts_on (default today there) up to ends_on (exclusive; default a year): is '
  'the night free, its price in minor units, least nights of a stay arriving then, may one arrive '
  'or depart. Errors: listing_not_found, invalid_dates, dates_reversed, too_many_days.';
