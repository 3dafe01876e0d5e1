-- Refund steps: until when a guest would get back how much, before they book.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
update public.listing_prices set cleaning_fee_minor = 3000;
insert into private.taxes (name, country_code, basis, rate_bp)
values ('City tax', 'FR', 'percent_of_nights_and_fees', 1000);

-- Three nights at 100.00, cleaning 30.00, tax 33.00, fee 46.53: 409.53 in all.
create function pg_temp.steps(
  policy text, check_in date, check_out date default null, offer_id uuid default null)
  returns setof text language plpgsql as $$
begin
  update public.listings set cancellation_policy = policy where policy is not null;
  perform tests.become('grace');
  return query
    select concat_ws(' ', step.rule, step.ends_on, to_char(step.ends_time, 'HH24:MI'),
      case when step.end_included then 'and then' end, step.refund_bp, step.refund_minor)
    from public.quote_refunds(tests.id('mill'), check_in::text,
      coalesce(check_out, check_in + 3)::text, offer_id => steps.offer_id) as said
    cross join unnest(said.steps) as step;
  perform tests.back();
end $$;

select results_eq($$ select pg_temp.steps('moderate', '2031-07-10') $$, array[
  'moderate 2031-07-05 15:00 and then 10000 40953',
  'moderate 2031-07-10 15:00 3333 12100',
  'moderate 2031-07-11 11:00 1667 5500',
  'moderate 2031-07-13 11:00 0 0'],
  'everything, then what remains of the nights, then of those not spent, then nothing');
select results_eq($$ select pg_temp.steps('firm', '2031-07-10') $$, array[
  'firm 2031-06-10 15:00 and then 10000 40953',
  'firm 2031-07-03 15:00 and then 5000 18150',
  'firm 2031-07-13 11:00 0 0'],
  'all, half, nothing; check-in changes nothing any more and makes no step');
select results_eq($$ select pg_temp.steps('strict', '2031-07-10') $$, array[
  'grace 2031-05-21 14:00 and then 10000 40953',
  'strict 2031-07-03 15:00 and then 5000 18150',
  'strict 2031-07-13 11:00 0 0'],
  'a policy that never gives everything does so for a day, from the confirmation');
select results_eq($$ select pg_temp.steps('non_refundable', '2031-07-10') $$, array[
  'non_refundable 2031-07-13 11:00 0 0'], 'what is not refundable has one step, and no grace');
select results_eq($$ select pg_temp.steps('strict', '2031-05-25') $$, array[
  'strict 2031-05-28 11:00 0 0'], 'who books in the last step sees the last step alone');
select results_eq($$ select pg_temp.steps('flexible', '2031-05-21') $$, array[
  'flexible 2031-05-20 15:00 and then 10000 40953',
  'flexible 2031-05-21 15:00 6667 24200',
  'flexible 2031-05-22 11:00 3333 11000',
  'flexible 2031-05-24 11:00 0 0'],
  'who books 25 hours before check-in has one hour; during the stay the nights spent are kept');
select results_eq($$ select pg_temp.steps('strict', '2031-07-10', '2031-08-08') limit 3 $$, array[
  'long_stay 2031-06-10 15:00 and then 10000 363613',
  'long_stay 2031-08-08 11:00 0 0'],
  'a long stay goes by its own rule, whatever the policy says');
select results_eq(
  $$ select count(*), max(step) from pg_temp.steps('flexible', '2031-07-10', '2031-10-10') as step $$,
  $$ values (32::bigint, 'long_stay 2031-08-09 11:00 3478 352000') $$,
  'of a long stay the nights are told to the end of the 30th');
-- Clocks go back on 2031-10-26: 24 hours before 15:00 it is 16:00.
select results_eq($$ select pg_temp.steps('flexible', '2031-10-26') limit 1 $$, array[
  'flexible 2031-10-25 16:00 and then 10000 40953'], 'hours are elapsed, the clock shows another');
select results_eq($$ select pg_temp.steps('moderate', '2031-10-28') limit 1 $$, array[
  'moderate 2031-10-23 15:00 and then 10000 40953'], 'days are by the clock on the wall');

select results_eq(
  $$ select total_minor, currency, cancellation_policy, time_zone, check_in_at, confirmed_at,
       grace_closes_at
     from public.quote_refunds(tests.id('mill'), '2031-07-10', '2031-07-13') $$,
  $$ values (40953::bigint, 'EUR', 'moderate', 'Europe/Paris', '2031-07-10 13:00+00'::timestamptz,
       '2031-05-20 12:00+00'::timestamptz, '2031-07-03 13:00+00'::timestamptz) $$,
  'the answer says what it counts from');
update public.listings set cancellation_policy = 'non_refundable';
select is(
  (public.quote_refunds(tests.id('mill'), '2031-07-10', '2031-07-13')).grace_closes_at, null,
  'what is not refundable has no grace whenever it is confirmed');
update public.listings set cancellation_policy = 'limited';
select results_eq(
  $$ select step.nights_minor, step.cleaning_minor, step.extra_guests_minor, step.pets_minor,
       step.taxes_minor, step.guest_fee_minor, step.refund_minor, step.kept_minor
     from public.quote_refunds(tests.id('mill'), '2031-07-10', '2031-07-13') as said,
       unnest(said.steps[2:2]) as step $$,
  $$ values (15000::bigint, 1500::bigint, 0::bigint, 0::bigint, 1650::bigint, 0::bigint,
       18150::bigint, 22803::bigint) $$,
  'half of the nights is half of cleaning and taxes, and nothing of the fee');

-- The grace of a request begins with the answer.
update public.listings set instant_book = false, cancellation_policy = 'strict';
select tests.book('ask', 'grace', 'mill', '2031-07-10', '2031-07-13');
select tests.money('ask', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.at('2031-05-20 20:00+00');
select tests.become('ada');
select public.accept_booking(tests.id('ask'));
select tests.money('ask', 'succeeded');
select tests.at('2031-05-21 20:00+00');
select tests.become('grace');
select is((public.preview_cancellation(tests.id('ask'))).rule::text, 'grace',
  'a day after the answer the grace is not over');
select tests.back();
select tests.at('2031-05-21 20:00:01+00');
select tests.become('grace');
select is((public.preview_cancellation(tests.id('ask'))).refund_minor, 18150::bigint,
  'then the step holds that was quoted');
select tests.back();

-- An offer has its own price and keeps its policy.
select tests.become('hedy');
select public.send_inquiry(
  tests.id('words'), tests.id('mill'), '2031-08-10', '2031-08-13', 'Hello');
select tests.become('ada');
select public.send_special_offer(tests.id('deal'), tests.id('words'), 20000);
select tests.back();
update public.listings set cancellation_policy = 'non_refundable';
select tests.become('hedy');
select results_eq(
  $$ select said.cancellation_policy, said.total_minor = (public.quote_offer(tests.id('deal'))).total_minor
     from public.quote_refunds(tests.id('mill'), '2031-08-10', '2031-08-13', offer_id => tests.id('deal')) as said $$,
  $$ values ('strict', true) $$, 'an offer is told by its own terms');
select throws_ok(
  $$ select public.quote_refunds(tests.id('mill'), '2031-08-10', '2031-08-14', offer_id => tests.id('deal')) $$,
  'PT422', 'offer_differs', 'an offer is for its stay alone');
select tests.become('grace');
select throws_ok(
  $$ select public.quote_refunds(tests.id('mill'), '2031-08-10', '2031-08-13', offer_id => tests.id('deal')) $$,
  'PT404', 'offer_not_found', 'and for its guest');
select throws_ok(
  $$ select public.quote_refunds(tests.id('mill'), '2031-07-10', '2031-07-13') $$,
  'PT409', 'nights_taken', 'what cannot be booked has no steps');

select tests.become_anon();
select results_eq(
  $$ select distinct rule::text from public.cancellation_tiers() order by 1 $$,
  array['firm', 'flexible', 'limited', 'long_stay', 'moderate', 'non_refundable', 'strict'],
  'anyone reads the tiers of every policy');
select tests.back();
select results_eq(
  $$ select rule::text, position, days_before, hours_before, full_refund, kept_nights, kept_bp
     from public.cancellation_tiers() $$,
  $$ select rule::text, position, days_before, hours_before, full_refund, kept_nights, kept_bp
     from private.refund_tiers order by refund_tiers.rule, position $$,
  'they are the ones that stays are settled by');

select * from finish();
rollback;
