-- Movements: what staff see of the money.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'grace', 'margaret', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.at('2031-05-21 12:00+00');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
set constraints all immediate;
create temporary table paid as
select payment_id, booking_id, amount_minor from public.payments where booking_id = tests.id('visit');
grant select on paid to public;

-- Differences
select tests.become('sam');
select is_empty(
  $$ select * from public.staff_differences() where difference = 'payment_problem' $$, 'no payment has a problem');
select tests.back();
insert into private.payment_problems (payment_id, problem, noted_at)
select payment_id, problem, private.now() from paid cross join unnest(array['amount_mismatch', 'refund_failed']) as problem;
select tests.become('sam');
select bag_eq(
  $$ select difference, booking_id, detail from public.staff_differences() where difference = 'payment_problem' $$,
  $$ select 'payment_problem', tests.id('visit'), problem
     from unnest(array['amount_mismatch', 'refund_failed']) as problem $$, 'what does not is told');
select is((select count(*) from public.staff_differences(page_size => 1)), 1::bigint, 'not all at once');

-- The ledger
select results_eq(
  $$ select source, -amount_minor from public.staff_ledger(account => 'guest', booking_id => tests.id('visit'))
     where source = 'capture' $$,
  'select ''capture'', amount_minor from paid', 'a capture is owed to the guest');
select is(
  (select sum(amount_minor) from public.staff_ledger(booking_id => tests.id('visit'))), 0::numeric,
  'the entries of a booking sum to zero');
select is(
  (select count(*) from public.staff_ledger()),
  1 + (select count(*) from public.staff_ledger(before => (select max(entry_id) from public.staff_ledger()))),
  'a page begins before the last entry');
select is_empty(
  $$ select * from public.staff_ledger(account => 'dispute') $$, 'an account without entries is empty');
select is(
  tests.outcome('sam', $$ select public.staff_ledger(account => 'pocket') $$), '22P02', 'there is no such account');
select tests.become('sam');

-- Figures
select results_eq(
  $$ select day, name, value from public.staff_figures('2031-05-20', '2031-05-22') where figure = 'bookings' $$,
  $$ values ('2031-05-20'::date, 'confirmed', 1::bigint), ('2031-05-21', 'awaiting_payment', 1) $$,
  'bookings by day, and what became of them');
select results_eq(
  $$ select day, currency, value from public.staff_figures('2031-05-20', '2031-05-21')
     where figure = 'ledger' and name = 'stripe_balance' $$,
  $$ select '2031-05-20'::date, 'EUR', amount_minor from paid $$, 'money by day and account');
select is_empty(
  $$ select * from public.staff_figures('2031-05-22', '2031-05-23') $$, 'nothing of a day without any');

-- Payments
select results_eq(
  'select booking_id from public.staff_payments()',
  $$ select tests.id(name) from unnest(array['hold', 'visit']) as name $$, 'payments, the newest first');
select results_eq(
  $$ select booking_id, problems from public.staff_payments(
       before => (select payment_id from public.staff_payments(page_size => 1))) $$,
  $$ values (tests.id('visit'), array['amount_mismatch', 'refund_failed']) $$, 'and the page after it, with problems');
select results_eq(
  $$ select booking_id from public.staff_payments(status => 'captured') $$,
  $$ select tests.id('visit') $$, 'those of one status');

-- Payouts
select tests.back();
insert into private.payout_holds (kind, source_id, booking_id, placed_at, lifted_at) values
  ('fraud_warning', 'one', tests.id('visit'), private.now(), null),
  ('complaint', 'two', tests.id('visit'), private.now(), private.now());
select tests.become('sam');
select results_eq(
  'select booking_id, status::text, holds from public.staff_payouts()',
  $$ values (tests.id('visit'), 'scheduled', array['fraud_warning']) $$, 'a payout says what holds it now');
select is_empty($$ select * from public.staff_payouts(status => 'paid') $$, 'those of one status');
select is_empty(
  $$ select * from public.staff_payouts(before => (select payout_id from public.staff_payouts())) $$,
  'nothing after the last');

-- Disputes
select tests.back();
insert into private.disputes (stripe_dispute_id, payment_id, booking_id, status, currency, amount_minor, opened_at)
select id, payment_id, booking_id, 'inquiry', 'EUR', 100, private.now() + days * interval '1 day'
from paid cross join (values ('dp_1', 0), ('dp_2', 1)) as disputes (id, days);
select tests.become('sam');
select results_eq(
  'select stripe_dispute_id from public.staff_disputes()', array['dp_2', 'dp_1'], 'disputes, the newest first');
select results_eq(
  $$ select stripe_dispute_id from public.staff_disputes(before => 'dp_2') $$, array['dp_1'], 'and the page after it');

select is(tests.outcome('ada', 'select public.' || verb), 'staff_only', verb || ' is for staff')
from unnest(array['staff_differences()', 'staff_ledger()', 'staff_figures(''2031-05-20'', ''2031-05-22'')',
  'staff_payments()', 'staff_payouts()', 'staff_disputes()']) as verb;
select is(tests.outcome('sam', 'select public.' || call), said, call || ' is refused')
from (values
  ('staff_differences(0)', 'invalid_page_size'), ('staff_ledger(page_size => 101)', 'too_many_results'),
  ('staff_figures(null, ''2031-05-22'')', 'dates_required'), ('staff_figures(''2031-05-22'', ''2031-05-20'')', 'dates_reversed'),
  ('staff_figures(''2031-05-22'', ''2035-05-20'')', 'too_many_days'),
  ('staff_payments(page_size => 0)', 'invalid_page_size'), ('staff_payouts(page_size => 0)', 'invalid_page_size'),
  ('staff_disputes(page_size => 0)', 'invalid_page_size')) as calls (call, said);

select * from finish();
rollback;
