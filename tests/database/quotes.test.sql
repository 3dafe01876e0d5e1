-- Quotes: the price of a stay as a guest gets it.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');

select tests.person('dorothy');
update public.listing_prices
set included_guests = 2, extra_guest_price_minor = 500, cleaning_fee_minor = 0, pet_fee_minor = 0;
select tests.book('hold', 'dorothy', 'mill', '2031-07-01', '2031-07-03');

select tests.become_anon();
select results_eq(
  $$ select listing_id, check_in, check_out, nights, guests, infants, pets, currency, discount,
    discount_bp, subtotal_minor,
       guest_fee_minor, taxes_minor, total_minor, cancellation_policy, instant_book,
       cardinality(lines)
     from public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05', 2, 1, 1) $$,
  $$ values (tests.id('mill'), '2031-06-02'::date, '2031-06-05'::date, 3, 2, 1, 1, 'EUR', null, 0,
    30000::bigint, 4230::bigint,
       0::bigint, 34230::bigint, 'moderate', true, 3) $$,
  'a stranger gets a quote; of the host''s fee it says nothing');
select throws_ok(statement, errcode, code, format('%s: %s', code, statement))
from (values
  ($$ select public.quote_stay(tests.id('mill'), '2031-06-05', '2031-06-02') $$, 'PT400',
  'dates_reversed'),
  ($$ select public.quote_stay(tests.id('mill'), '2031-05-19', '2031-06-02') $$, 'PT422',
  'date_in_past'),
  ($$ select public.quote_stay(tests.id('mill'), '2031-07-02', '2031-07-03') $$, 'PT409',
  'nights_taken'),
  ($$ select public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03', 5) $$, 'PT422',
  'too_many_guests'),
  ($$ select public.quote_stay(null, '2031-06-02', '2031-06-03') $$, 'PT404',
  'listing_not_found')) as refused (statement, errcode, code);
select tests.back();
-- Dorothy's hold stands in others' way, not in hers.
select throws_ok($$ select public.quote_stay(tests.id('mill'), '2031-07-01', '2031-07-02') $$,
  'PT409', 'nights_taken', 'nights that Dorothy holds are not quoted to others');
select tests.become('dorothy');
select lives_ok($$ select public.quote_stay(tests.id('mill'), '2031-07-01', '2031-07-02') $$,
  'Dorothy gets a quote for nights that she holds');
select tests.back();

-- Children are guests, and some taxes spare them
insert into private.taxes (name, listing_id, basis, amount_minor, currency, minimum_age)
values ('Kurtaxe', tests.id('mill'), 'per_guest_night', 200, 'EUR', 16);
select tests.become_anon();
select results_eq(
  $$ select guests, child_ages, subtotal_minor, taxes_minor
     from public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05', 3, child_ages => null)
     union all
     select guests, child_ages, subtotal_minor, taxes_minor
     from public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05', 3, child_ages => '{16,3}') $$,
  $$ values (3, '{}'::smallint[], 31500::bigint, 1800::bigint), (3, '{3,16}', 31500, 1200) $$,
  'who says that a child of three comes pays the tax of two, and for three guests what the host asks');
select throws_ok(
  format($$ select public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05', 3, child_ages => %L) $$, ages),
  'PT400', 'invalid_guests', format('no children: %s', ages))
from (values ('{1}'), ('{18}'), ('{2,3,4}'), ('{null}')) as told (ages);
select throws_ok(
  $$ select public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03', 5, child_ages => '{2,3,4}') $$, 'PT422',
  'too_many_guests', 'children need a bed');
select is(
  (public.quote_refunds(tests.id('mill'), '2031-06-02', '2031-06-05', 3, child_ages => '{3,16}')).total_minor,
  (public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05', 3, child_ages => '{16,3}')).total_minor,
  'what is given back is of that total');
select tests.back();

select * from finish();
rollback;
