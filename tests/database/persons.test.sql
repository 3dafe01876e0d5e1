-- Persons: who somebody is, for staff.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'adaline', 'alan', 'grace', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');
insert into public.host_accounts (host_id, status, country_code, requirements, stripe_account_id, created_at, looked_at)
values
  (tests.person('ada'), 'restricted', 'FR', array['individual.id_number'], 'acct_1', private.now(), private.now()),
  (tests.person('alan'), 'active', 'GB', '{}', 'acct_2', private.now(), private.now());
set constraints all immediate;

select tests.become('sam');
select results_eq(
  $$ select display_name from public.staff_people('ADA') $$, array['Ada', 'Adaline'], 'by the beginning of the name');
select results_eq(
  $$ select display_name from public.staff_people('ada', after => tests.person('ada')) $$, array['Adaline'],
  'and the page after it');
select results_eq(
  $$ select display_name from public.staff_people('Ada@Example.com') $$, array['Ada'], 'by the whole address');
select is_empty($$ select * from public.staff_people('ada@') $$, 'not by a part of one');
select is_empty($$ select * from public.staff_people('%') $$, 'a pattern is only a word');
select is((select count(*) from public.staff_people()), 5::bigint, 'no words: everybody');

select results_eq(
  $$ select display_name, email, account_status::text, account_requirements, listings, is_staff, suspended_at is null
     from public.staff_person(tests.person('ada')) $$,
  $$ values ('Ada', 'ada@example.com', 'restricted', array['individual.id_number'], 1, false, true) $$,
  'a person, and why they are not paid');
select public.staff_suspend(tests.person('grace'), 'Fraud.');
select results_eq(
  $$ select suspension_reason, account_status is null, account_requirements
     from public.staff_person(tests.person('grace')) $$,
  $$ values ('Fraud.', true, '{}'::text[]) $$, 'a suspended one says why');
select is(
  tests.outcome('sam', $$ select public.staff_person(tests.id('nobody')) $$), 'profile_not_found',
  'nobody is not found');
select tests.become('sam');

-- Hosts' accounts
select is((select count(*) from public.staff_host_accounts()), 2::bigint, 'all accounts');
select results_eq(
  $$ select host_id, requirements from public.staff_host_accounts(status => 'restricted') $$,
  $$ values (tests.person('ada'), array['individual.id_number']) $$, 'those of one status');
select is(
  (select count(*) from public.staff_host_accounts(after => (select min(host_id::text)::uuid from public.staff_host_accounts()))),
  1::bigint, 'the page after the first');

-- Superhosts
select results_eq(
  $$ select evaluated_on, stays, superhost from public.staff_superhost(tests.person('ada')) $$,
  $$ values ('2031-07-01'::date, 0, false) $$, 'the figures of the next evaluation');
select tests.back();
insert into public.superhost_evaluations (
  host_id, evaluated_on, stays, nights, guests, questions, answered, cancellations, reviews, rating, hosts_often,
  answers_soon, keeps_bookings, well_rated, superhost)
values (tests.person('ada'), '2031-04-01', 10, 30, 9, 4, 4, 0, 5, 4.9, true, true, true, true, true);
select tests.become('sam');
select results_eq(
  $$ select evaluated_on from public.staff_superhost(tests.person('ada')) $$,
  $$ values ('2031-07-01'::date), ('2031-04-01') $$, 'then the former ones');
select is(
  tests.outcome('sam', $$ select public.staff_superhost(tests.id('nobody')) $$), 'profile_not_found',
  'nobody is no superhost');

select is(tests.outcome('ada', 'select public.' || call), 'staff_only', call || ' is for staff')
from unnest(array['staff_people()', 'staff_person(tests.person(''alan''))', 'staff_host_accounts()',
  'staff_superhost(tests.person(''alan''))']) as call;
select is(tests.outcome('sam', 'select public.' || call), said, call || ' is refused')
from (values
  ('staff_people(page_size => 0)', 'invalid_page_size'), ('staff_people(repeat(''a'', 2001))', 'message_too_long'),
  ('staff_host_accounts(page_size => 101)', 'too_many_results')) as calls (call, said);

select * from finish();
rollback;
