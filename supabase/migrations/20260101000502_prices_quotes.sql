-- Quotes: what a stay costs, line by line.

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
  return (floor(amount_minor::numeric * basis_points / (10000 * step_minor)
    + 0.5) * step_minor)::bigint;
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
  'Rule: the day''s own price (a season is days with prices of their own), otherwise the weekend '
  'price on Friday and Saturday nights, otherwise the base price.';

create function private.price_stay(
  listing_id uuid, check_in date, check_out date, guests integer, pets integer,
  child_ages smallint[] default '{}')
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
  -- Measured: half of the time it takes with a plan made anew for each call.
  set plan_cache_mode = 'force_generic_plan'
as $$
declare
  price        public.listing_prices;
  time_zone    text;
  step         bigint;
  new_until    smallint;
  new_bp       integer;
  days_ahead   integer;
  days         date[];
  day_prices   bigint[];
  unit         bigint;
  discount     bigint;
  nights_minor bigint := 0;
  extra_guests integer;
  amount       bigint;
  lines        public.stay_line[];
  priced       private.priced_stay;
begin
  select listings.currency, listings.time_zone into strict priced.currency, time_zone
  from public.listings where listings.listing_id = price_stay.listing_id;
  select * into strict price from public.listing_prices
    where listing_prices.listing_id = price_stay.listing_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = priced.currency;

  priced.nights := check_out - check_in;

  -- One discount, the first that applies.
  priced.discount_bp := 0;
  if price.new_listing_discount then
    select settings.new_listing_bookings, settings.new_listing_bp into strict new_until, new_bp
    from private.settings;
    if (
      select count(*) from (
        select from public.bookings
        where bookings.listing_id = price_stay.listing_id and bookings.confirmed_at is not null
        limit new_until) as first_bookings) < new_until
    then
      priced.discount := 'new_listing';
      priced.discount_bp := new_bp;
    end if;
  end if;
  if priced.discount is null then
    select 'length_of_stay', length_discounts.discount_bp into priced.discount, priced.discount_bp
    from public.length_discounts
    where length_discounts.listing_id = price_stay.listing_id
      and length_discounts.minimum_nights <= priced.nights
    order by length_discounts.minimum_nights desc
    limit 1;
  end if;
  if priced.discount is null then
    priced.discount_bp := 0;
    if price.early_bird_days is not null or price.last_minute_days is not null then
      days_ahead := check_in - private.today(time_zone);
      if days_ahead >= price.early_bird_days then
        priced.discount := 'early_bird';
        priced.discount_bp := price.early_bird_bp;
      elsif days_ahead <= price.last_minute_days then
        priced.discount := 'last_minute';
        priced.discount_bp := price.last_minute_bp;
      end if;
    end if;
  end if;

  -- Nights, one after the other. Measured: a stay of three nights is priced in 85 us, with a query
  -- of its nights and taxes in 176.
  select array_agg(calendar_days.day), array_agg(calendar_days.price_minor) into days, day_prices
  from public.calendar_days
  where calendar_days.listing_id = price_stay.listing_id
    and calendar_days.day >= check_in and calendar_days.day < check_out
    and calendar_days.price_minor is not null;
  for ahead in 0 .. priced.nights - 1 loop
    unit := private.night_price(
      price.base_price_minor, price.weekend_price_minor,
      day_prices[array_position(days, check_in + ahead)], check_in + ahead);
    discount := case when priced.discount_bp = 0 then 0
      else private.share_of(unit, priced.discount_bp, step) end;
    lines := lines || row('night', check_in + ahead, 'Night', 1, unit, discount,
      unit - discount)::public.stay_line;
    nights_minor := nights_minor + unit - discount;
  end loop;
  priced.subtotal_minor := nights_minor;

  -- What the host asks beside the nights
  extra_guests := greatest(0, guests - price.included_guests);
  if extra_guests > 0 and price.extra_guest_price_minor > 0 then
    amount := price.extra_guest_price_minor * extra_guests * priced.nights;
    lines := lines || row('extra_guests', null, 'Extra guests',
      extra_guests * priced.nights, price.extra_guest_price_minor, 0, amount)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + amount;
  end if;
  if price.cleaning_fee_minor > 0 then
    lines := lines || row('cleaning', null, 'Cleaning fee',
      1, price.cleaning_fee_minor, 0, price.cleaning_fee_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + price.cleaning_fee_minor;
  end if;
  if pets > 0 and price.pet_fee_minor > 0 then
    lines := lines || row('pets', null, 'Pet fee',
      1, price.pet_fee_minor, 0, price.pet_fee_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + price.pet_fee_minor;
  end if;
  priced.lines := lines;

  return private.add_fees_and_taxes(
    priced, price_stay.listing_id, nights_minor, guests, child_ages, step);
end $$;

comment on function private.price_stay is
  'Rule: what a stay costs. Nights after one discount, extra guests, cleaning, pets = subtotal; '
  'plus guest fee and taxes = total; subtotal less host fee = payout.';

create function private.add_fees_and_taxes(
  priced private.priced_stay, listing_id uuid, nights_minor bigint, guests integer,
  child_ages smallint[], step_minor bigint)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  home   record;
  levied private.taxes[];
  tax    private.taxes;
  amount bigint;
begin
  select fee_schemes.guest_bp, fee_schemes.host_bp
  into strict priced.guest_fee_bp, priced.host_fee_bp
  from private.fee_schemes
  where fee_schemes.fee_scheme = coalesce(
    (select listing_fee_schemes.fee_scheme from private.listing_fee_schemes
     where listing_fee_schemes.listing_id = add_fees_and_taxes.listing_id),
    (select settings.fee_scheme from private.settings where settings.singleton));

  -- Service fees
  priced.guest_fee_minor := private.share_of(
    priced.subtotal_minor, priced.guest_fee_bp, step_minor);
  priced.host_fee_minor := private.share_of(
    priced.subtotal_minor, priced.host_fee_bp, step_minor);

  -- Taxes
  priced.taxes_minor := 0;
  select listings.country_code, listings.region, listings.city into strict home
  from public.listings where listings.listing_id = add_fees_and_taxes.listing_id;
  select array_agg(taxes order by taxes.name, taxes.tax_id) into levied
  from private.taxes
  where (taxes.listing_id = add_fees_and_taxes.listing_id
      or (taxes.country_code = home.country_code
        and (taxes.region is null or lower(taxes.region) = lower(home.region))
        and (taxes.city is null or lower(taxes.city) = lower(home.city))))
    and (taxes.currency is null or taxes.currency = priced.currency)
    and (taxes.exempt_from_nights is null or priced.nights < taxes.exempt_from_nights);
  foreach tax in array coalesce(levied, '{}') loop
    amount := private.tax_on(tax, priced, nights_minor, guests, child_ages, step_minor);
    if amount > 0 then
      priced.lines := priced.lines
        || row('tax', null, tax.name, 1, amount, 0, amount)::public.stay_line;
      priced.taxes_minor := priced.taxes_minor + amount;
      priced.taxes := priced.taxes || row(
        cardinality(priced.lines), tax.basis,
        least(priced.nights, coalesce(tax.maximum_nights, priced.nights)),
        case when tax.listing_id is null
          then concat_ws(', ', tax.city, tax.region, tax.country_code)
          else concat_ws(', ', home.city, home.region, home.country_code)
        end)::private.priced_tax;
    end if;
  end loop;

  priced.total_minor := priced.subtotal_minor + priced.guest_fee_minor + priced.taxes_minor;
  priced.payout_minor := priced.subtotal_minor - priced.host_fee_minor;
  return priced;
end $$;

comment on function private.add_fees_and_taxes is
  'Rule: adds the service fees and the local taxes to the lines and the subtotal of a stay, '
  'however these were calculated.';

create function private.tax_on(
  tax private.taxes, priced private.priced_stay, nights_minor bigint, guests integer,
  child_ages smallint[], step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
declare
  taxed_nights integer := least(priced.nights, coalesce(tax.maximum_nights, priced.nights));
  taxed_minor  bigint;
begin
  case tax.basis
    when 'per_booking' then return tax.amount_minor;
    when 'per_night' then return tax.amount_minor * taxed_nights;
    when 'per_guest_night' then
      if tax.minimum_age is not null then
        guests := guests - (
          select count(*) from unnest(child_ages) as age where age < tax.minimum_age);
      end if;
      return tax.amount_minor * taxed_nights * guests;
    else
      -- The lines begin with the nights in their order.
      taxed_minor := nights_minor;
      if taxed_nights < priced.nights then
        select sum(line.amount_minor) into taxed_minor
        from unnest(priced.lines[1:taxed_nights]) as line;
      end if;
      if tax.basis = 'percent_of_nights_and_fees' then
        taxed_minor := taxed_minor + priced.subtotal_minor - nights_minor;
      end if;
      return private.share_of(taxed_minor, tax.rate_bp, step_minor);
  end case;
end $$;

comment on function private.tax_on is
  'Rule: one tax on one stay; a cap in nights counts the first nights, fees are taxed whole, and '
  'children below the age of a tax by guests are not counted.';
