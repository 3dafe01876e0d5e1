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

select * from finish();
rollback;
