-- Shown amounts: prices in the currency a guest thinks in, by rates that an operator loads.
--
-- For the eye alone. Everything is priced, charged, refunded and paid out in the currency of the
-- home; no rule about money reads a rate, and a test of the house keeps it so. That is why the
-- rates stand here and nothing else does: what converts, and what is converted, is in this chapter.

insert into private.refusals (topic, code, status, raised_by, detail) values
  ('Invalid requests', 'invalid_amounts', 400, 'database',
   'Give up to 1000 amounts in minor units, and one currency for all of them or one for each.'),
  ('Invalid requests', 'invalid_rates', 400, 'database',
   'Give a base currency, a day that is not in the future, a source of up to 200 characters, and '
   'up to 500 currencies, each with a positive number: how many of it one unit of the base buys.');

-- Shown beside the currencies that the marketplace settles in, which have their own table.
create table private.display_currencies (
  currency   text     primary key,
  exponent   smallint not null,
  step_minor bigint   not null default 1,

  constraint display_currencies_are_iso_codes    check (currency ~ '^[A-Z]{3}$'),
  constraint display_currencies_have_an_exponent check (exponent between 0 and 4),
  constraint display_currencies_step_up          check (step_minor between 1 and 10000)
);

alter table private.display_currencies enable row level security;
comment on table private.display_currencies is
  'Currencies that amounts are shown in although nothing is charged in them. The exponent is the '
  'one of ISO 4217; amounts are rounded to step_minor.';

-- Where nobody uses the smaller coins any more, amounts are shown without them.
insert into private.display_currencies (currency, exponent, step_minor) values
  ('AED', 2,   1), ('ARS', 2, 100), ('BRL', 2,   1), ('CLP', 0,   1), ('CNY', 2,   1),
  ('COP', 2, 100), ('CZK', 2, 100), ('HKD', 2,   1), ('HUF', 2, 100), ('IDR', 2, 100),
  ('ILS', 2,   1), ('INR', 2,   1), ('MYR', 2,   1), ('NZD', 2,   1), ('PHP', 2,   1),
  ('PLN', 2,   1), ('RON', 2,   1), ('SGD', 2,   1), ('TRY', 2,   1), ('TWD', 2, 100),
  ('UAH', 2,   1), ('VND', 0,   1), ('ZAR', 2,   1);

create table private.exchange_rates (
  rated_on      date        not null,
  base_currency text        not null,
  currency      text        not null,
  rate          numeric     not null,
  source        text        not null,
  loaded_at     timestamptz not null,

  primary key (rated_on, base_currency, currency),
  constraint exchange_rates_are_between_two   check (base_currency <> currency),
  constraint exchange_rates_are_iso_codes     check (
    base_currency ~ '^[A-Z]{3}$' and currency ~ '^[A-Z]{3}$'),
  constraint exchange_rates_buy_something     check (rate > 0 and rate < 1000000000000),
  constraint exchange_rates_name_their_source check (
    char_length(btrim(source)) between 1 and 200)
);

create index exchange_rates_currency_idx on private.exchange_rates (currency, rated_on);
alter table private.exchange_rates enable row level security;
comment on table private.exchange_rates is
  'Rates for showing prices in other currencies, by day, as an operator loads them '
  '(load_exchange_rates). Nothing is charged by them.';
comment on column private.exchange_rates.rate is
  'How many units of the currency one unit of the base buys.';

-- Loading

create type public.loaded_rates as (
  base_currency text,
  rated_on      date,
  loaded        integer,
  left_out      text[]
);

comment on column public.loaded_rates.left_out is
  'Currencies that are in neither private.currencies nor private.display_currencies.';

create type private.coin as (
  exponent   smallint,
  step_minor bigint
);

create function private.coin_of(currency text)
  returns private.coin language plpgsql stable security definer set search_path = ''
as $$
declare
  coin private.coin;
begin
  select currencies.exponent, currencies.step_minor into coin
  from private.currencies where currencies.currency = coin_of.currency;
  if not found then
    select display_currencies.exponent, display_currencies.step_minor into coin
    from private.display_currencies where display_currencies.currency = coin_of.currency;
  end if;
  return coin;
end $$;

comment on function private.coin_of is
  'Rule: a currency is shown in the steps in which it is charged, or in its own of '
  'private.display_currencies. Null: it is unknown.';

create function private.load_exchange_rates(
  base_currency text, rated_on date, rates jsonb, source text)
  returns public.loaded_rates language plpgsql volatile security definer set search_path = ''
as $$
declare
  loaded public.loaded_rates;
begin
  -- A day is over in the east while it lasts in the west.
  if (private.coin_of(base_currency) is not null
      and rated_on between '1999-01-01' and (private.now() at time zone 'UTC')::date + 1
      and char_length(btrim(source)) between 1 and 200
      and jsonb_typeof(rates) = 'object') is not true
    or (select count(*) from jsonb_object_keys(rates)) not between 1 and 500
    or exists (
      select from jsonb_each(rates) as said
      where said.key !~ '^[A-Z]{3}$' or jsonb_typeof(said.value) <> 'number'
        or case when jsonb_typeof(said.value) = 'number'
          then said.value::numeric <= 0 or said.value::numeric >= 1000000000000 end)
  then
    perform private.refuse('invalid_rates');
  end if;
  loaded.base_currency := load_exchange_rates.base_currency;
  loaded.rated_on := load_exchange_rates.rated_on;
  select coalesce(array_agg(said.key order by said.key), '{}') into loaded.left_out
  from jsonb_each(rates) as said
  where private.coin_of(said.key) is null;
  insert into private.exchange_rates (rated_on, base_currency, currency, rate, source, loaded_at)
  select load_exchange_rates.rated_on, load_exchange_rates.base_currency, said.key,
    said.value::numeric, btrim(load_exchange_rates.source), private.now()
  from jsonb_each(rates) as said
  where said.key <> load_exchange_rates.base_currency and said.key <> all (loaded.left_out)
  on conflict on constraint exchange_rates_pkey do update
  set rate = excluded.rate, source = excluded.source, loaded_at = excluded.loaded_at;
  get diagnostics loaded.loaded = row_count;
  return loaded;
end $$;

comment on function private.load_exchange_rates is
  'Rule: rates have a base, a day and a source; those of a day replace what was loaded for it. All '
  'of them are taken or none.';

create function public.load_exchange_rates(
  base_currency text, rated_on text, rates jsonb, source text)
  returns public.loaded_rates language sql volatile security invoker set search_path = ''
  return private.load_exchange_rates(
    base_currency, private.day(rated_on, 'rated_on'), rates, source);

grant execute on function private.load_exchange_rates, public.load_exchange_rates to service_role;

comment on function public.load_exchange_rates is
  'Server: loads the rates of a day, for show_amounts: how many units of each currency one unit of '
  'the base buys, and who says so. Repeating it changes nothing; other rates for the same day '
  'replace the former. Errors: invalid_rates, invalid_dates.';

-- Offered currencies

create type public.offered_currency as (
  currency   text,
  exponent   smallint,
  step_minor bigint,
  charged    boolean,
  shown      boolean
);

comment on column public.offered_currency.exponent is
  'How many digits of an amount in minor units are decimals.';
comment on column public.offered_currency.step_minor is
  'Amounts are multiples of this, in minor units.';
comment on column public.offered_currency.charged is
  'Whether homes can be priced in it. The others are only for display.';
comment on column public.offered_currency.shown is
  'Whether there is a rate, at most rate_days old, with which show_amounts converts into it.';

create function private.offered_currencies()
  returns setof public.offered_currency language sql stable security definer set search_path = ''
begin atomic
  with rated as materialized (
    select distinct unnest(array[exchange_rates.currency, exchange_rates.base_currency]) as currency
    from private.exchange_rates
    where exchange_rates.rated_on >= (private.now() at time zone 'UTC')::date - (
      select settings.rate_days from private.settings)
  )
  select known.currency, known.exponent, known.step_minor, known.charged,
    exists (select from rated where rated.currency = known.currency)
  from (
    select currencies.currency, currencies.exponent, currencies.step_minor, true as charged
    from private.currencies
    union all
    select display_currencies.currency, display_currencies.exponent,
      display_currencies.step_minor, false
    from private.display_currencies
    where not exists (
      select from private.currencies
      where currencies.currency = display_currencies.currency)) as known
  order by known.currency;
end;

comment on function private.offered_currencies is
  'Rule: the currencies the marketplace settles in, and those it shows amounts in.';

create function public.offered_currencies()
  returns setof public.offered_currency language sql stable security invoker set search_path = ''
begin atomic
  select * from private.offered_currencies();
end;

grant execute on function private.offered_currencies, public.offered_currencies
  to anon, authenticated;

comment on function public.offered_currencies is
  'The currencies in which homes can be priced (charged) and amounts shown (shown), by code.';

-- Showing

create type private.shown_rate as (
  rate     numeric,
  rated_on date,
  source   text,
  problem  text
);

create function private.rate_to_show(from_currency text, to_currency text)
  returns private.shown_rate language plpgsql stable security definer set search_path = ''
as $$
declare
  oldest date := (private.now() at time zone 'UTC')::date - (
    select settings.rate_days from private.settings);
  since  date;
  shown  private.shown_rate;
begin
  if private.coin_of(from_currency) is null or private.coin_of(to_currency) is null then
    shown.problem := 'unknown_currency';
    return shown;
  end if;
  if from_currency = to_currency then
    shown.rate := 1;
    return shown;
  end if;
  foreach since in array array[oldest, '-infinity'::date] loop
    -- Both from one load: a rate of Friday over one of Monday is nobody's.
    with known as materialized (
      select exchange_rates.rated_on, exchange_rates.base_currency, exchange_rates.currency,
        exchange_rates.rate, exchange_rates.source
      from private.exchange_rates
      where exchange_rates.currency in (from_currency, to_currency)
        and exchange_rates.rated_on >= since
    ), legs as materialized (
      select * from known
      union all
      select known.rated_on, known.base_currency, known.base_currency, 1::numeric, null
      from known where known.base_currency in (from_currency, to_currency)
    )
    select bought.rate / sold.rate, bought.rated_on, coalesce(bought.source, sold.source)
    into shown.rate, shown.rated_on, shown.source
    from legs as bought
    join legs as sold
      on sold.rated_on = bought.rated_on and sold.base_currency = bought.base_currency
    where bought.currency = to_currency and sold.currency = from_currency
    order by bought.rated_on desc, bought.base_currency
    limit 1;
    if found then
      return case when since = oldest then shown
        else row(null, null, null, 'stale_rate')::private.shown_rate end;
    end if;
  end loop;
  return row(null, null, null, 'no_rate')::private.shown_rate;
end $$;

comment on function private.rate_to_show is
  'Rule: amounts are shown by the newest rates of one base and day that know both currencies, none '
  'older than rate_days; without them there is no rate, and a word that says why.';

create type public.shown_amount as (
  "position"     integer,
  amount_minor   bigint,
  currency       text,
  shown_minor    bigint,
  shown_currency text,
  exponent       smallint,
  rate           numeric,
  rated_on       date,
  source         text,
  indicative     boolean,
  problem        text
);

comment on column public.shown_amount.position is 'Which amount of the call this is, from 1.';
comment on column public.shown_amount.amount_minor is 'As it was given. Null: if it was given so.';
comment on column public.shown_amount.currency is
  'What amount_minor is in. Null: if none was given.';
comment on column public.shown_amount.shown_minor is
  'The amount in shown_currency, for show. Null: without a rate, then show amount_minor.';
comment on column public.shown_amount.shown_currency is 'Null: if none was given.';
comment on column public.shown_amount.exponent is
  'How many digits of shown_minor are decimals. Null: if the currency is unknown.';
comment on column public.shown_amount.rate is
  'How many units of shown_currency one unit of currency buys, to twelve decimals. Null: if there '
  'is none.';
comment on column public.shown_amount.rated_on is
  'The day of the rate. Null: without a rate, or if both currencies are the same.';
comment on column public.shown_amount.source is
  'Who published the rate. Null: without a rate, or if both currencies are the same.';
comment on column public.shown_amount.indicative is
  'True: the amount is converted, and what is charged is amount_minor in its own currency.';
comment on column public.shown_amount.problem is
  'One of: no_rate, stale_rate, unknown_currency, too_large. Null: if there is none.';

create function private.show_amounts(amounts bigint[], currencies text[], shown_in text)
  returns setof public.shown_amount language plpgsql stable security definer set search_path = ''
as $$
declare
  count integer := coalesce(cardinality(amounts), 0);
  coin  private.coin := private.coin_of(shown_in);
begin
  if count > 1000
    or count > 0 and (cardinality(currencies) in (1, count)
      and array_ndims(amounts) = 1 and array_ndims(currencies) = 1) is not true
  then
    perform private.refuse('invalid_amounts');
  end if;
  return query
    with given as materialized (
      select given.amount, given.place::integer,
        (currencies)[case when cardinality(currencies) = 1 then 1 else given.place end] as currency
      from unnest(amounts) with ordinality as given (amount, place)
    ), rates as materialized (
      select used.currency, shown.rate, shown.rated_on, shown.source, shown.problem,
        -- From minor units to minor units.
        shown.rate * power(10::numeric, coin.exponent - (private.coin_of(used.currency)).exponent)
          as times
      from (select distinct given.currency from given) as used
      cross join lateral private.rate_to_show(used.currency, shown_in) as shown
    ), converted as materialized (
      select given.place, given.amount, rates.currency, rates.rate, rates.rated_on, rates.source,
        rates.problem,
        floor(given.amount * rates.times / coin.step_minor + 0.5) * coin.step_minor as shown
      from given
      join rates on rates.currency is not distinct from given.currency
    )
    select converted.place, converted.amount, converted.currency,
      -- Beyond these a number of JSON is not exact.
      case
        when converted.currency = shown_in then converted.amount
        when converted.shown between -9007199254740991 and 9007199254740991
          then converted.shown::bigint
      end,
      shown_in, coin.exponent, trim_scale(round(converted.rate, 12)), converted.rated_on,
      converted.source, converted.currency is distinct from shown_in,
      case
        when converted.currency is distinct from shown_in
          and abs(converted.shown) > 9007199254740991 then 'too_large'
        else converted.problem end
    from converted
    order by converted.place;
end $$;

comment on function private.show_amounts is
  'Rule: an amount is shown in another currency rounded half up to its step, with the rate and its '
  'day. What cannot be shown is empty, and the others are shown.';

create function public.show_amounts(amounts bigint[], currencies text[], shown_in text)
  returns setof public.shown_amount language sql stable security invoker set search_path = ''
begin atomic
  select * from private.show_amounts(amounts, currencies, shown_in);
end;

grant execute on function private.show_amounts, public.show_amounts to anon, authenticated;

comment on function public.show_amounts is
  'Amounts in another currency, for show: those of a page of search results or of a quote in one '
  'call, in the order given. amounts are minor units, currencies one code for all of them or one '
  'for each, shown_in the wished code. Show them as approximate, with rated_on: what is charged is '
  'the amount in its own currency. An amount without a rate has shown_minor null and a problem. '
  'Errors: invalid_amounts.';
