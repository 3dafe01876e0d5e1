-- Shown amounts: prices in another currency, for the eye alone.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');

select tests.become_service();
select results_eq(
  $$ select base_currency, rated_on, loaded, left_out from public.load_exchange_rates('EUR', '2031-05-19',
       '{"USD": 1.10, "JPY": 160.5, "KWD": 0.335, "ISK": 150, "HUF": 400.25, "XAU": 0.0003, "EUR": 1}',
       ' European Central Bank ') $$,
  $$ values ('EUR', '2031-05-19'::date, 5, array['XAU']) $$,
  'a server loads the rates of a day; what nobody knows is left out and named');
select is((public.load_exchange_rates('USD', '2031-05-18', '{"EUR": 0.5, "MXN": 20, "THB": 33}', 'A bank')).loaded, 3,
  'another source may have another base');
select tests.back();

select tests.become_anon();
select is((select string_agg(currency, ' ' order by currency) from public.offered_currencies() where shown),
  'EUR HUF ISK JPY KWD MXN THB USD', 'everybody reads which currencies amounts are shown in');
select is((select count(*) filter (where charged) || ' of ' || count(*) from public.offered_currencies()),
  '15 of 38', 'and in which currencies homes are priced');
select results_eq(
  $$ select exponent, step_minor, charged from public.offered_currencies() where currency in ('HUF', 'ISK') order by currency $$,
  $$ values (2::smallint, 100::bigint, false), (2::smallint, 100::bigint, true) $$, 'with the digits and steps of their amounts');
select tests.back();

create function pg_temp.shown(amounts bigint[], currencies text[], shown_in text)
  returns setof text language sql as $$
  select concat_ws(' ', shown_minor, rate, to_char(rated_on, 'MM-DD'), source, indicative, problem)
  from public.show_amounts(amounts, currencies, shown_in) $$;
grant execute on function pg_temp.shown to public;

select tests.become_anon();
select results_eq($$ select pg_temp.shown('{10000,1,49}', '{EUR}', 'USD') $$, array[
  '11000 1.1 05-19 European Central Bank t',
  '1 1.1 05-19 European Central Bank t',
  '54 1.1 05-19 European Central Bank t'],
  'anyone has a page of amounts shown in one call, rounded half up, with rate, day and source');
select results_eq(
  $$ select shown_minor, exponent from public.show_amounts('{10000,10000,10000,10000}', '{EUR}', 'JPY')
     union all select shown_minor, exponent from public.show_amounts('{10000}', '{EUR}', 'KWD')
     union all select shown_minor, exponent from public.show_amounts('{10049}', '{EUR}', 'ISK')
     union all select shown_minor, exponent from public.show_amounts('{10049}', '{EUR}', 'HUF')
     union all select shown_minor, exponent from public.show_amounts('{-15}', '{EUR}', 'USD') $$,
  $$ values (16050::bigint, 0::smallint), (16050, 0::smallint), (16050, 0::smallint), (16050, 0::smallint),
       (33500, 3::smallint), (1507400, 2::smallint), (4022100, 2::smallint), (-16, 2::smallint) $$,
  'in the minor units and the steps of the other currency');
select results_eq($$ select pg_temp.shown('{16050,11000,5,700}', '{JPY,USD,EUR,HUF}', 'EUR') $$, array[
  '10000 0.006230529595 05-19 European Central Bank t',
  '10000 0.909090909091 05-19 European Central Bank t',
  '5 1 f',
  '2 0.002498438476 05-19 European Central Bank t'],
  'each amount has its own currency; what is in that currency already is what is charged');
select results_eq($$ select pg_temp.shown('{160500}', '{JPY}', 'USD') $$, array[
  '110000 0.006853582555 05-19 European Central Bank t'], 'between two others, over the base');
select results_eq($$ select pg_temp.shown('{2000,2000}', '{MXN,EUR}', 'USD') $$, array[
  '100 0.05 05-18 A bank t', '2200 1.1 05-19 European Central Bank t'],
  'by the newest load that knows both');
select results_eq($$ select pg_temp.shown('{100,100,100,null}', '{JPY,THB,GBP,USD}', 'KWD') $$, array[
  '210 0.002087227414 05-19 European Central Bank t', 't no_rate', 't no_rate',
  '0.304545454545 05-19 European Central Bank t'],
  'two loads are never mixed; without a rate there is no amount, and the others are there');
select results_eq($$ select pg_temp.shown('{100,100}', '{EUR,XAU}', 'USD') $$, array[
  '110 1.1 05-19 European Central Bank t', 't unknown_currency'], 'an unknown currency is a word of its own');
select results_eq($$ select pg_temp.shown('{100}', '{EUR}', null) $$, array['t unknown_currency'],
  'and so is none');
select results_eq($$ select pg_temp.shown('{9007199254740991}', '{EUR}', 'HUF') $$, array[
  '400.25 05-19 European Central Bank t too_large'], 'what JSON cannot carry is not shown');
select is_empty($$ select pg_temp.shown('{}', '{}', 'USD') $$, 'nothing is shown as nothing');
select is_empty($$ select pg_temp.shown(null, null, 'USD') $$, 'and so is null');
select throws_ok(statement, 'PT400', 'invalid_amounts', statement)
from unnest(array[
  $$ select public.show_amounts('{1,2,3}', '{EUR,USD}', 'USD') $$,
  $$ select public.show_amounts('{1}', '{}', 'USD') $$,
  $$ select public.show_amounts('{1}', null, 'USD') $$,
  $$ select public.show_amounts('{{1,2},{3,4}}', '{EUR}', 'USD') $$,
  $$ select public.show_amounts(array_fill(1::bigint, array[1001]), '{EUR}', 'USD') $$]) as statement;
select throws_ok($$ select public.load_exchange_rates('EUR', '2031-05-19', '{"USD": 2}', 'Me') $$, '42501', null,
  'nobody but a server loads rates');
select tests.back();

-- They grow old.
select tests.at('2031-05-26 23:59:59+00');
select is((select shown_minor from public.show_amounts('{100}', '{EUR}', 'USD')), 110::bigint,
  'a rate is shown for seven days');
select is((select value from private.metrics() where metric = 'staybase_exchange_rates_age_seconds'), 691199::double precision,
  'its age is a figure, from the beginning of its day');
select tests.at('2031-05-27 00:00+00');
select results_eq($$ select pg_temp.shown('{100}', '{EUR}', 'USD') $$, array['t stale_rate'], 'then no longer');
select is((select count(*) from public.offered_currencies() where shown), 0::bigint, 'and no currency is marked as shown');
update private.settings set rate_days = 10;
select is((select shown_minor from public.show_amounts('{100}', '{EUR}', 'USD')), 110::bigint, 'unless the operator says so');

select tests.become_service();
select is((public.load_exchange_rates('EUR', '2031-05-19', '{"USD": 1.2}', 'Corrected')).loaded, 1,
  'rates of a day are loaded again');
select tests.back();
select results_eq($$ select pg_temp.shown('{100}', '{EUR}', 'USD') $$, array['120 1.2 05-19 Corrected t'],
  'and replace the former');
select tests.become_service();
select throws_ok(format('select public.load_exchange_rates(%L, %L, %L, %L)', base, day, rates, source),
  'PT400', code, concat_ws(' ', base, day, rates, source))
from (values
  (null, '2031-05-26', '{"USD": 1.1}', 'A bank', 'invalid_rates'),
  ('XAU', '2031-05-26', '{"USD": 1.1}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-29', '{"USD": 1.1}', 'A bank', 'invalid_rates'),
  ('EUR', '1998-12-31', '{"USD": 1.1}', 'A bank', 'invalid_rates'),
  ('EUR', null, '{"USD": 1.1}', 'A bank', 'invalid_rates'),
  ('EUR', '26.05.2031', '{"USD": 1.1}', 'A bank', 'invalid_dates'),
  ('EUR', '2031-05-26', '{}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '[1.1]', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', null, 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": 0}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": -1}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": "1.1"}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": null}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": 1000000000000}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"usd": 1.1}', 'A bank', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": 1.1}', ' ', 'invalid_rates'),
  ('EUR', '2031-05-26', '{"USD": 1.1}', null, 'invalid_rates')) as bad (base, day, rates, source, code);
select tests.back();
select is((select count(*) from private.exchange_rates), 8::bigint, 'of refused rates none is there');

delete from private.exchange_rates;
select is_empty($$ select from private.metrics() where metric = 'staybase_exchange_rates_age_seconds' $$,
  'without rates there is no figure, and no alert');

select * from finish();
rollback;
