-- Prices: what hosts ask, what the marketplace takes and what the state takes. Only the database
-- knows; the client sends what it expects to pay.
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
  'A host''s prices for a listing. Minor units; bp are basis points.';
comment on column public.listing_prices.weekend_price_minor is
  'Friday and Saturday nights; null: the same as other nights.';
comment on column public.listing_prices.extra_guest_price_minor is
  'Per night and guest beyond included_guests.';
comment on column public.listing_prices.early_bird_days is
  'Applies to bookings made at least this many days ahead.';
comment on column public.listing_prices.last_minute_days is
  'Applies to bookings made at most this many days ahead.';

create table public.length_discounts (
  listing_id     uuid     not null references public.listings on delete cascade,
  minimum_nights smallint not null,
  discount_bp    integer  not null,

  primary key (listing_id, minimum_nights),
  constraint length_discounts_start_somewhere check (minimum_nights between 2 and 365),
  constraint length_discounts_leave_something check (discount_bp between 1 and 9000)
);

comment on table public.length_discounts is
  'Discounts for long stays; the highest tier reached applies. 7 nights is the weekly discount, 28 '
  'the monthly one.';

-- An amount that cannot be paid in coins of its currency cannot be charged either. Once a
-- statement, not once a row: an import writes a million days, and a look at the listing for each
-- took half a minute.
create function private.check_price_steps()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  step bigint;
  home uuid;
begin
  select currencies.step_minor, listings.listing_id into step, home
  from after
  join public.listings on listings.listing_id = after.listing_id
  join private.currencies on currencies.currency = listings.currency and currencies.step_minor > 1
  cross join lateral jsonb_each_text(to_jsonb(after)) as amount
  where case when amount.key like '%\_minor'
    then amount.value::bigint % currencies.step_minor <> 0 end
  limit 1;
  if found then
    perform private.refuse('price_not_in_steps', 'home', step::text, home::text);
  end if;
  return null;
end $$;

-- Days are many, their prices few, and the amount is read by its name (measured with 40,000 days in
-- a currency with steps: a tenth of the time).
create function private.check_day_steps()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  step bigint;
  home uuid;
begin
  select currencies.step_minor, listings.listing_id into step, home
  from (
    select distinct after.listing_id, after.price_minor from after
    where after.price_minor is not null) as asked
  join public.listings on listings.listing_id = asked.listing_id
  join private.currencies on currencies.currency = listings.currency
  where asked.price_minor % currencies.step_minor <> 0
  limit 1;
  if found then
    perform private.refuse('price_not_in_steps', 'home', step::text, home::text);
  end if;
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
  for each statement execute function private.check_day_steps();
create trigger check_the_price_steps after update on public.calendar_days
  referencing new table as after
  for each statement execute function private.check_day_steps();

create trigger keep_the_listing after update of listing_id on public.listing_prices
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();
create trigger keep_the_listing after update of listing_id on public.length_discounts
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();

alter table public.listing_prices enable row level security;
alter table public.length_discounts enable row level security;

create policy "anyone sees the prices of what they see" on public.listing_prices
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = listing_prices.listing_id offset 0));
create policy "hosts set their own prices" on public.listing_prices
  for insert to authenticated with check (private.may_manage(listing_id, 'prices'));
create policy "hosts edit their own prices" on public.listing_prices
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('prices'))))
  with check (private.may_manage(listing_id, 'prices'));

grant select on public.listing_prices to anon, authenticated;
grant
  insert (listing_id, base_price_minor, weekend_price_minor, included_guests,
    extra_guest_price_minor,
    cleaning_fee_minor, pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp,
    last_minute_days, last_minute_bp),
  update (listing_id, base_price_minor, weekend_price_minor, included_guests,
    extra_guest_price_minor,
    cleaning_fee_minor, pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp,
    last_minute_days, last_minute_bp)
  on public.listing_prices to authenticated;

create policy "anyone sees the discounts of what they see" on public.length_discounts
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = length_discounts.listing_id offset 0));
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

  constraint fee_schemes_are_shares
    check (guest_bp between 0 and 5000 and host_bp between 0 and 5000)
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
  minimum_age        smallint,

  constraint taxes_have_a_name          check (char_length(btrim(name)) between 1 and 100),
  constraint taxes_are_levied_somewhere check ((listing_id is null) = (country_code is not null)),
  constraint taxes_of_cities_and_regions_name_the_country check (
    country_code is not null or (region is null and city is null)),
  constraint taxes_are_a_share_or_an_amount check (
    case when basis in ('percent_of_nights', 'percent_of_nights_and_fees')
      then rate_bp between 1 and 10000 and rate_bp is not null
        and amount_minor is null and currency is null
      else amount_minor > 0 and amount_minor is not null and currency is not null
        and rate_bp is null
    end),
  constraint taxes_cap_some_nights      check (maximum_nights > 0),
  constraint taxes_exempt_long_stays    check (exempt_from_nights > 1),
  constraint taxes_spare_children       check (
    minimum_age is null or (basis = 'per_guest_night' and minimum_age between 3 and 18))
);

create index taxes_listing_id_idx on private.taxes (listing_id) where listing_id is not null;
create index taxes_country_code_idx on private.taxes (country_code) where country_code is not null;
create index taxes_currency_idx on private.taxes (currency) where currency is not null;
alter table private.taxes enable row level security;

comment on table private.taxes is
  'Taxes by place or listing. Fees are the host''s other charges: cleaning, extra guests, pets.';
comment on column private.taxes.maximum_nights is 'Only the first this many nights are taxed.';
comment on column private.taxes.exempt_from_nights is
  'Stays of this many nights or more are exempt.';
comment on column private.taxes.minimum_age is
  'Guests younger than this are exempt; null: nobody is. Infants, under 2, always are.';

create function private.check_tax_steps()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  step bigint := (select currencies.step_minor from private.currencies
    where currencies.currency = new.currency);
begin
  if new.amount_minor % step <> 0 then
    perform private.refuse('price_not_in_steps', 'step', step::text);
  end if;
  return new;
end $$;

create trigger check_the_tax_steps before insert
  or update of amount_minor, currency on private.taxes
  for each row when (new.amount_minor is not null) execute function private.check_tax_steps();
