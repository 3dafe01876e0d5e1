-- Cancellations: what a guest gets back, what the host keeps, and what a host owes who cancels.

begin;
select no_plan();

-- What it comes to. Four nights of 100.00, cleaning 30.00, tax 10 % of nights and fees, guest fee 14.1 %, host fee 3 %:
-- subtotal 430.00, fee 60.63, tax 43.00, total 533.63.

select tests.at('2031-05-01 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'attic', 'shed']) as home;
update public.listing_prices set cleaning_fee_minor = 3000;
insert into private.taxes (name, country_code, basis, rate_bp)
values ('City tax', 'FR', 'percent_of_nights_and_fees', 1000);
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));

create function pg_temp.stay(name text, home text, policy text) returns void language plpgsql as $$
begin
  update public.listings set cancellation_policy = policy where listing_id = tests.id(home);
  perform tests.book(name, 'grace', home, '2031-06-10', '2031-06-14');
  perform tests.money(name, 'succeeded');
end $$;
create function pg_temp.settled(name text) returns text language sql as $$
  select format('%s by %s: refund %s, fee kept %s, host keeps %s less %s, owes %s, payment %s of %s',
    cancellations.rule, cancelled_by, refund_minor, kept_fee_minor, kept_minor, host_fee_minor, penalty_minor,
    payments.refunded_minor, payments.captured_minor)
  from public.cancellations
  join public.guest_settlements using (booking_id) join public.host_settlements using (booking_id)
  join public.payments using (booking_id)
  where booking_id = tests.id(name)
$$;
create function pg_temp.claims(home text) returns text language sql as $$
  select string_agg(format('%s %s', kind, nights), ', ' order by nights) from private.claims where listing_id = tests.id(home)
$$;

-- What is said to come back is what is still to come

savepoint before;
select pg_temp.stay('spring', 'mill', 'moderate');
select private.import_refund(null, 're_9', (select stripe_intent_id from public.payments), 1000, 'succeeded');
savepoint given;
select tests.at('2031-06-01 12:00+00');
select is(tests.outcome('ada', format('select public.cancel_booking(%L, %s => 1)', tests.id('spring'), figure)), 'invalid_value',
  'a host does not expect ' || figure || ', which is the guest''s')
from unnest(array['expected_refund_minor', 'expected_owed_minor']) as figure;
select tests.become('grace');
select is((public.preview_cancellation(tests.id('spring'))).refund_minor, 52363::bigint, 'less what was given back before');
select throws_ok($$ select public.cancel_booking(tests.id('spring'), null, 53363) $$, 'PT409', 'refund_changed',
  'nobody may insist on more');
select is((public.cancel_booking(tests.id('spring'), null, 52363)).refund_minor, 52363::bigint,
  'the previewed refund is what is refunded');
select is((public.cancel_booking(tests.id('spring'))).refund_minor, 52363::bigint,
  'cancelling again gives the same refund');
select tests.back();
select is((select array_agg(amount_minor::integer order by amount_minor) from public.refunds), '{1000,52363}',
  'refunds add up to the whole payment');
select is(private.cancellation_facts(tests.id('spring'), tests.person('grace')),
  '{"refund_minor": 52363, "back_before_minor": 1000, "owed_minor": 0}', 'the e-mail says both');
select is_empty($$ select * from private.reconciliation_report() where difference = 'ledger_differs' $$,
  'the ledger balances after both refunds');
rollback to given;
select tests.become('sam');
select is((public.staff_cancel_booking(tests.id('spring'), 53363, 'A flood.')).refund_minor, 52363::bigint,
  'staff too are told the refund that is still to come');
select is((public.staff_cancel_booking(tests.id('spring'), 53363, 'A flood.')).refund_minor, 52363::bigint,
  'staff who cancel again are told the same refund');
select tests.back();
rollback to given;
select private.apply_dispute(null, 'dp_1', (select stripe_intent_id from public.payments), 'lost', 53363, 'eur', 53363, 0, 0);
select tests.at('2031-06-01 12:00+00');
select tests.become('grace');
select is((public.preview_cancellation(tests.id('spring'))).refund_minor, 0::bigint, 'what a bank has given back is not still to come');
select is((public.cancel_booking(tests.id('spring'), null, 0)).refund_minor, 0::bigint,
  'a refund by a bank is not announced to the guest who cancels either');
select tests.back();
rollback to before;

select pg_temp.stay('spring', 'mill', 'moderate');
select tests.at('2031-06-01 12:00+00');
select tests.become('grace');
select results_eq(
  $$ select cancelled_by::text, rule, refund_minor, payout_minor, penalty_minor from public.preview_cancellation(tests.id('spring')) $$,
  $$ values ('guest', 'moderate'::public.cancellation_rule, 53363::bigint, null::bigint, null::bigint) $$,
  'in time Grace gets everything back and is not told what Ada loses');
select throws_ok(
  $$ select public.cancel_booking(tests.id('spring'), null, 53362) $$, 'PT409', 'refund_changed',
  'a guest who saw another figure is not cancelled on');
select results_eq(
  $$ select rule, refund_minor from public.cancel_booking(tests.id('spring'), 'ill', 53363) $$,
  $$ values ('moderate'::public.cancellation_rule, 53363::bigint) $$, 'Grace cancels at the figure of the preview');
select results_eq(
  $$ select rule, refund_minor from public.cancel_booking(tests.id('spring')) $$,
  $$ values ('moderate'::public.cancellation_rule, 53363::bigint) $$,
  'cancelling again gives the same answer');
select throws_ok(
  $$ select public.preview_cancellation(tests.id('spring')) $$, 'PT409', 'not_cancellable',
  'a cancelled booking cannot be cancelled again');
select tests.back();
select is(pg_temp.settled('spring'),
  'moderate by guest: refund 53363, fee kept 0, host keeps 0 less 0, owes 0, payment 53363 of 53363',
  'a cancellation in time refunds everything');
select is(pg_temp.claims('mill'), null, 'the nights are free');
select is((select count(*)::integer from private.commands where kind = 'refund' and booking_id = tests.id('spring')), 1,
  'a cancellation orders one refund');

select tests.at('2031-05-01 12:00+00');
select pg_temp.stay('summer', 'mill', 'moderate');
select tests.at('2031-06-08 12:00+00');
select tests.become('grace');
-- Kept: 100 + half of 300 = 250 of 400, so 62.5 % of cleaning (18.75) and of the tax (26.875, half up 26.88).
select results_eq(
  $$ select refund_minor from public.cancel_booking(tests.id('summer')) $$, $$ values (17737::bigint) $$,
  'late, Grace gets back half of three nights, with the same share of cleaning and tax');
select tests.back();
select is(pg_temp.settled('summer'),
  'moderate by guest: refund 17737, fee kept 6063, host keeps 26875 less 806, owes 0, payment 17737 of 53363',
  'Ada keeps the rest of the subtotal and pays her fee on it; the guest fee stays');

-- Six nights and 6 cents of cleaning. Kept: 100 + half of 500 = 350 of 600, so 3.5 cents of cleaning: half up 4.
savepoint sixths;
select tests.at('2031-05-01 12:00+00');
update public.listing_prices set cleaning_fee_minor = 6 where listing_id = tests.id('shed');
update public.listings set cancellation_policy = 'moderate' where listing_id = tests.id('shed');
select tests.book('sixths', 'grace', 'shed', '2031-06-10', '2031-06-16');
select tests.money('sixths', 'succeeded');
select tests.at('2031-06-08 12:00+00');
select tests.become('grace');
select is((public.cancel_booking(tests.id('sixths'))).refund_minor, 27502::bigint,
  'a share that no decimal writes is rounded half up all the same');
select tests.back();
rollback to sixths;

select tests.at('2031-05-01 12:00+00');
select pg_temp.stay('begun', 'mill', 'flexible');
select tests.at('2031-06-11 20:00+00');
select tests.become('grace');
-- Two nights are spent and one more is kept: 300 of 400. Cleaning stays whole. Tax: 330/430 of 43.00.
select results_eq(
  $$ select refund_minor from public.cancel_booking(tests.id('begun')) $$, $$ values (11000::bigint) $$,
  'once the stay has begun, the cleaning fee is not given back');
select tests.back();
select is(pg_temp.settled('begun'),
  'flexible by guest: refund 11000, fee kept 6063, host keeps 33000 less 990, owes 0, payment 11000 of 53363',
  'once the stay has begun, the service fee is not given back');

-- The host cancels.

select tests.at('2031-05-01 12:00+00');
select pg_temp.stay('wedding', 'attic', 'non_refundable');
select tests.at('2031-06-08 13:00:01+00');
select tests.become('hedy');
select throws_ok($$ select public.cancel_booking(tests.id('wedding')) $$, 'PT404', 'booking_not_found',
  'Hedy cannot cancel the booking');
select tests.become('ada');
select results_eq(
  $$ select cancelled_by::text, refund_minor, payout_minor, penalty_minor from public.preview_cancellation(tests.id('wedding')) $$,
  $$ values ('host', null::bigint, 0::bigint, 21500::bigint) $$,
  'a host who cancels in the last 48 hours owes half the subtotal');
select is((public.cancel_booking(tests.id('wedding'), 'a leak')).penalty_minor, 21500::bigint,
  'the cancelling host owes a penalty');
select tests.back();
select is(pg_temp.settled('wedding'),
  'host_cancelled by host: refund 53363, fee kept 0, host keeps 0 less 0, owes 21500, payment 53363 of 53363',
  'the guest gets everything back, whatever the policy');
select is(pg_temp.claims('attic'), 'host_cancelled [2031-06-10,2031-06-14)',
  'the nights that a host cancelled cannot be sold again');

select is(
  private.host_penalty(bookings, cancelled::timestamptz), owed, name)
from public.bookings, (values
  ('more than thirty days before: 10 %, but no less than the least', '2031-05-11 12:59:59+00', 5000::bigint),
  ('exactly thirty days before: 25 %',                               '2031-05-11 13:00+00',    10750),
  ('more than 48 hours before: 25 %',                                '2031-06-08 12:59:59+00', 10750),
  ('exactly 48 hours before: half',                                  '2031-06-08 13:00+00',    21500)
) as moment (name, cancelled, owed)
where booking_id = tests.id('wedding');
-- Staff decide.

select tests.at('2031-05-01 12:00+00');
select pg_temp.stay('quarrel', 'shed', 'strict');
select tests.become('grace');
select throws_ok($$ select public.staff_cancel_booking(tests.id('quarrel'), 100, 'mine') $$, 'PT403', 'staff_only', 'a guest is not staff');
select tests.back();
savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['grace', 'ada']) as who;
select is(tests.outcome(who, $$ select public.staff_cancel_booking(tests.id('quarrel'), 100, 'mine') $$), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['grace', 'ada']) as who;
rollback to impartial;
select tests.become('sam');
select throws_ok($$ select public.staff_cancel_booking(tests.id('quarrel'), 53364, 'generous') $$, 'PT422', 'invalid_refund', 'no more than was paid');
select throws_ok($$ select public.staff_cancel_booking(tests.id('quarrel'), -1, 'odd') $$, 'PT422', 'invalid_refund',
  'staff cannot refund less than nothing');
select throws_ok($$ select public.staff_cancel_booking(tests.id('quarrel'), 100, ' ') $$, 'PT400', 'reason_required',
  'staff need a reason for a cancellation');
select is((public.staff_cancel_booking(tests.id('quarrel'), 20000, 'no hot water')).refund_minor, 20000::bigint, 'Sam gives back 200.00');
select is((public.staff_cancel_booking(tests.id('quarrel'), 1, 'again')).refund_minor, 20000::bigint,
  'a cancellation by staff is decided once');
select tests.back();
-- 333.63 of 533.63 is kept: 268.84 of the subtotal, 26.88 of the taxes, the rest of the fee.
select is(pg_temp.settled('quarrel'),
  'staff by staff: refund 20000, fee kept 3791, host keeps 26884 less 807, owes 0, payment 20000 of 53363',
  'the rest is shared as the total was');

-- Who sees what.

select tests.become('grace');
select is((select count(*)::integer from public.guest_settlements), 5, 'Grace sees what she got back');
select is_empty('select * from public.host_settlements', 'Grace does not see what Ada keeps');
select tests.become('ada');
select is((select count(*)::integer from public.host_settlements), 5, 'Ada sees what she keeps');
select is_empty('select * from public.guest_settlements', 'Ada does not see what Grace got back');
select is((select count(*)::integer from public.cancellations), 5,
  'guest and host see the cancellations');
select tests.become('margaret');
select is_empty('select * from public.cancellations', 'other people see nothing of a cancellation');
select tests.back();
select throws_ok('update public.guest_settlements set refund_minor = 0', 'PT409', 'frozen', 'what was settled is not rewritten');

-- It is too late.

select tests.at('2031-05-01 12:00+00');
select pg_temp.stay('over', 'mill', 'flexible');
select tests.at('2031-06-14 09:00+00');
select tests.become('grace');
select throws_ok($$ select public.cancel_booking(tests.id('over')) $$, 'PT409', 'stay_over',
  'a stay cannot be cancelled after check-out');

select tests.back();
select is(tests.outcome('sam', format($$ select public.staff_cancel_booking(%L, 0, 'Flood.') $$, booking)), code, reason)
from (values
  (tests.id('nowhere'), 'booking_not_found', 'staff cancel no booking that is not there'),
  (tests.id('spring'), 'not_cancellable', 'and none that is cancelled')
) as tried (booking, code, reason);

-- A stay that was paid on another platform, given up too late for its policy.
select tests.at('2031-05-20 12:00+00');
select tests.home('barn', 'ada');
select set_config('staybase.actor', 'system', true);
insert into private.settled_elsewhere values (tests.id('brought'), 'EUR', 34230, 0, 29100);
insert into public.bookings (
  booking_id, listing_id, host_id, guest_id, status, check_in, check_out, guests, infants, pets,
  currency, subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book,
  preparation_nights, time_zone, check_in_time, check_out_time, created_at, placed_at, confirmed_at)
values (
  tests.id('brought'), tests.id('barn'), tests.person('ada'), tests.person('hedy'), 'confirmed',
  '2031-05-21', '2031-05-24', 1, 0, 0, 'EUR', 0, 0, 0, 'strict', true, 0, 'Europe/Paris', '15:00',
  '11:00', '2031-01-01', '2031-01-01', '2031-01-01');
select set_config('staybase.actor', '', true);
insert into public.guest_totals values (tests.id('brought'), tests.person('hedy'), 0, 0, 0);
insert into public.host_totals values (tests.id('brought'), tests.id('barn'), 0, 0, 0);
select tests.become('hedy');
select results_eq(
  $$ select cancelled_by::text, rule::text, refund_minor, owed_minor
     from public.cancel_booking(tests.id('brought')) $$,
  $$ values ('guest', 'strict', 0::bigint, 0::bigint) $$,
  'a stay paid elsewhere is given up at any time, and no money moves');
select tests.back();

select * from finish();
rollback;
