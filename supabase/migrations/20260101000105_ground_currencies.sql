-- Currencies: which money is taken, and in which steps.

create table private.currencies (
  currency              text     primary key,
  exponent              smallint not null,
  step_minor            bigint   not null default 1,
  minimum_charge_minor  bigint   not null,
  maximum_charge_minor  bigint   not null default 99999999,
  minimum_penalty_minor bigint   not null,
  maximum_penalty_minor bigint   not null,

  constraint currencies_are_iso_codes         check (currency ~ '^[A-Z]{3}$'),
  constraint currencies_have_an_exponent      check (exponent in (0, 2, 3)),
  constraint currencies_step_up               check (step_minor in (1, 10, 100)),
  constraint currencies_charge_something      check (
    minimum_charge_minor > 0 and maximum_charge_minor >= minimum_charge_minor),
  constraint currencies_bound_their_penalties check (
    minimum_penalty_minor >= 0 and maximum_penalty_minor >= minimum_penalty_minor)
);

alter table private.currencies enable row level security;

comment on table private.currencies is
  'One row per currency the platform settles in. Amounts are minor units; step_minor is the '
  'smallest coin Stripe accepts.';

-- The greatest charge has eight digits in every currency. Minimum charges:
-- docs.stripe.com/currencies#minimum-and-maximum-charge-amounts; where Stripe names none, about USD
-- 0.50. Penalty bounds follow USD 50 to 1000, rounded to what a host of that currency would call a
-- round figure.
insert into private.currencies
  (currency, exponent, step_minor, minimum_charge_minor, minimum_penalty_minor,
    maximum_penalty_minor)
values
  ('USD', 2,   1,    50,    5000,   100000),
  ('EUR', 2,   1,    50,    5000,   100000),
  ('GBP', 2,   1,    30,    4000,    80000),
  ('CHF', 2,   1,    50,    5000,   100000),
  ('CAD', 2,   1,    50,    7000,   140000),
  ('AUD', 2,   1,    50,    7500,   150000),
  ('DKK', 2,   1,   250,   35000,   700000),
  ('NOK', 2,   1,   300,   50000,  1000000),
  ('SEK', 2,   1,   300,   50000,  1000000),
  ('MXN', 2,   1,  1000,  100000,  2000000),
  ('THB', 2,   1,  2000,  180000,  3600000),
  ('JPY', 0,   1,    50,    7500,   150000),
  ('KRW', 0,   1,   700,   70000,  1400000),
  ('ISK', 2, 100, 10000,  700000, 14000000),
  ('KWD', 3,  10,   200,   15000,   300000);
