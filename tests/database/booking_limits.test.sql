-- Booking limits: what a guest may take without having paid for it, alone and together with others.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'loft', 'tower', 'barn', 'attic', 'shed']) as home;
select tests.person('guest ' || number) from generate_series(1, 30) as number;
select tests.person(name) from unnest(array['grace', 'margaret', 'mallory']) as name;
update public.booking_rules set booking_window_months = 24;
update public.listings set instant_book = false where listing_id = tests.id('attic');

create function pg_temp.ask(name text, guest text, home text, check_in text, check_out text) returns text
  language plpgsql as $$
declare
  hold public.booking_hold;
begin
  perform tests.become(guest);
  hold := public.request_booking(
    tests.id(name), tests.id(home), check_in, check_out,
    (public.quote_stay(tests.id(home), check_in, check_out)).total_minor);
  perform tests.back();
  return concat_ws(' ', hold.status, case when not hold.holds_nights then 'without nights' end);
exception when others then
  perform tests.back();
  return sqlerrm;
end $$;
create function pg_temp.save_card(booking text) returns text language plpgsql as $$
declare
  outcome text;
begin
  perform set_config('role', 'authenticated', true), set_config('request.jwt.claims', jsonb_build_object(
    'sub', bookings.guest_id, 'role', 'authenticated')::text, true)
  from public.bookings where bookings.booking_id = tests.id(booking);
  perform public.start_payment(tests.id(booking));
  perform tests.back();
  perform private.apply_setup('evt_' || booking, payments.payment_id, 'seti_' || booking, 'succeeded', 'pm_' || booking, null)
  from public.payments where payments.booking_id = tests.id(booking) and payments.instalment = 1;
  return (select status from public.bookings where booking_id = tests.id(booking));
end $$;
create function pg_temp.state(name text) returns text language sql as $$
  select concat_ws(' ', status, reason) from public.bookings where booking_id = tests.id(name)
$$;
create function pg_temp.claims(name text) returns text language sql as $$
  select string_agg(concat_ws(' ', kind, nights), ', ' order by nights) from private.claims where booking_id = tests.id(name)
$$;

-- Stays of which nothing is paid: three, on different nights

savepoint fresh;
select is(pg_temp.ask('far 1', 'mallory', 'mill', '2031-12-01', '2031-12-04'), 'awaiting_payment', 'a stay far away is held');
select is(pg_temp.ask('far 2', 'mallory', 'loft', '2031-12-03', '2031-12-06'), 'unpaid_stays_overlap',
  'a second unpaid stay for the same night is refused');
select is(pg_temp.save_card('far 1'), 'confirmed', 'a far stay with a saved card is confirmed');
select is(pg_temp.ask('far 2', 'mallory', 'loft', '2031-12-03', '2031-12-06'), 'unpaid_stays_overlap',
  'a second stay for the same night is refused when the first is confirmed too');
select is(pg_temp.ask('far 2', 'mallory', 'loft', '2031-12-04', '2031-12-06'), 'awaiting_payment',
  'a stay that begins when the first ends is held');
select is(pg_temp.save_card('far 2'), 'confirmed', 'a second far stay is confirmed');
select is(pg_temp.ask('near 1', 'mallory', 'tower', '2031-06-02', '2031-06-04'), 'awaiting_payment', 'a stay that is paid at once is something else');
select is(pg_temp.ask('far 3', 'mallory', 'tower', '2031-12-10', '2031-12-12'), 'awaiting_payment', 'a third far one is held');
select is(pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-20', '2031-12-22'), 'too_many_unpaid_stays',
  'a fourth far stay is refused, while it may become a stay');
select is(pg_temp.save_card('far 3'), 'confirmed', 'the third is confirmed');
select is(pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-20', '2031-12-22'), 'too_many_unpaid_stays',
  'three far stays are the limit');
update public.listing_prices set base_price_minor = 0 where listing_id = tests.id('shed');
select is(pg_temp.ask('gift', 'mallory', 'shed', '2031-06-20', '2031-06-22'), 'too_many_unpaid_stays',
  'a free stay counts as a stay of which nothing is paid');
select is(pg_temp.ask('near 2', 'mallory', 'barn', '2031-06-02', '2031-06-04'), 'awaiting_payment',
  'what is paid at once is booked as before, also for the same nights');
savepoint three;
update private.settings set unpaid_stays = 4;
select is(pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-20', '2031-12-22'), 'awaiting_payment',
  'the limit of unpaid stays is a setting');
rollback to three;
select tests.become('mallory');
select public.cancel_booking(tests.id('far 3'));
select tests.back();
select is(pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-20', '2031-12-22'), 'awaiting_payment',
  'a guest who gives up a far stay may book another');
rollback to three;

-- An alteration is no way around it

select tests.become('mallory');
select throws_ok($$ select public.preview_alteration(tests.id('far 2'), '2031-12-02', '2031-12-05') $$,
  'PT409', 'unpaid_stays_overlap', 'nights of another unpaid stay are not previewed');
select throws_ok($$ select public.propose_alteration(tests.id('swap'), tests.id('far 2'), '2031-12-02', '2031-12-05') $$,
  'PT409', 'unpaid_stays_overlap',
  'an alteration to nights of another unpaid stay cannot be proposed');
select lives_ok($$ select public.propose_alteration(tests.id('swap'), tests.id('far 2'), '2031-12-14', '2031-12-16') $$,
  'an alteration to free nights can be proposed');
select tests.back();
select pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-20', '2031-12-22');
select tests.become('mallory');
select public.cancel_booking(tests.id('far 3'));
select tests.back();
select is(pg_temp.ask('far 5', 'mallory', 'barn', '2031-12-15', '2031-12-17'), 'awaiting_payment',
  'the nights of the proposal are held by another stay meanwhile');
select tests.become('ada');
select throws_ok($$ select public.accept_alteration(tests.id('swap')) $$,
  'PT409', 'unpaid_stays_overlap', 'an alteration to nights held meanwhile cannot be accepted');
select tests.back();
rollback to three;

-- The first money makes room

update public.payments set charge_at = private.now() - interval '1 minute' where booking_id = tests.id('far 1');
select tests.money('far 1', 'succeeded');
select is(pg_temp.ask('far 4', 'mallory', 'barn', '2031-12-02', '2031-12-04'), 'awaiting_payment',
  'a stay that was charged does not count any more, nor do its nights');
rollback to fresh;

-- Requests that wait for a host: five

create function pg_temp.request(number integer) returns text language plpgsql as $$
declare
  answer text := pg_temp.ask('request ' || number, 'grace', 'attic', ('2031-06-01'::date + 2 * number)::text, ('2031-06-03'::date + 2 * number)::text);
begin
  perform tests.money('request ' || number, 'requires_capture', capture_before => '2031-05-27 12:00+00');
  return answer;
end $$;
select is(pg_temp.request(number), 'awaiting_payment', 'Grace asks a host: ' || number)
from generate_series(1, 4) as number;
select is(pg_temp.ask('request 5', 'grace', 'attic', '2031-06-11', '2031-06-13'), 'awaiting_payment',
  'a fifth request may wait for a host');
select is(pg_temp.ask('request 5', 'grace', 'attic', '2031-06-11', '2031-06-13'), 'awaiting_payment',
  'the fifth request may be repeated');
update public.listings set instant_book = false where listing_id = tests.id('loft');
select is(pg_temp.ask('request 6', 'grace', 'loft', '2031-06-13', '2031-06-15'), 'too_many_open_requests',
  'a sixth request is refused');
select is(pg_temp.ask('instant', 'grace', 'tower', '2031-06-13', '2031-06-15'), 'awaiting_payment',
  'instant bookings do not count as requests that wait');
savepoint five;
update private.settings set open_requests = 6;
select is(pg_temp.ask('request 6', 'grace', 'loft', '2031-06-13', '2031-06-15'), 'awaiting_payment',
  'the limit of waiting requests is a setting');
rollback to five;
select tests.become('ada');
select public.accept_booking(tests.id('request 1'));
select tests.back();
select is(pg_temp.ask('request 6', 'grace', 'loft', '2031-06-13', '2031-06-15'), 'awaiting_payment',
  'an answer of the host makes room for another request');
select is(tests.money('request 6', 'requires_capture', capture_before => '2031-05-27 12:00+00'), 'authorized',
  'five requests wait for a host again');
select tests.become('grace');
select public.start_payment(tests.id('request 5'));
select tests.back();
select private.record_intent(payment_id, 'pi_request 5') from public.payments where booking_id = tests.id('request 5');
select tests.at('2031-05-20 12:30+00');
select is(private.expire_bookings(10) > 0, true, 'the fifth hold passes');
select is(pg_temp.state('request 5'), 'expired not_paid', 'the fifth hold expired unpaid');
select is(pg_temp.ask('request 7', 'grace', 'attic', '2031-06-21', '2031-06-23'), 'awaiting_payment',
  'another request takes the place of the fifth');
select tests.money('request 7', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.money('request 5', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select is(pg_temp.state('request 5'), 'payment_conflict paid_too_late',
  'late money for the fifth request makes no sixth');
rollback to fresh;

-- Newcomers hold for less time

select pg_temp.ask('first', 'margaret', 'mill', '2031-06-02', '2031-06-05');
select is((select expires_at from public.bookings where booking_id = tests.id('first')), '2031-05-20 12:10+00'::timestamptz,
  'a guest who never paid holds nights for ten minutes');
select is(tests.money('first', 'succeeded'), 'captured', 'the newcomer pays for the first stay');
select pg_temp.ask('second', 'margaret', 'mill', '2031-06-12', '2031-06-15');
select is((select expires_at from public.bookings where booking_id = tests.id('second')), '2031-05-20 12:15+00'::timestamptz,
  'a guest who has paid holds nights for fifteen minutes');
update public.payments set refunded_minor = captured_minor where booking_id = tests.id('first');
select is(private.has_paid(tests.person('margaret')), false,
  'a guest who got everything back has never paid');
rollback to fresh;

-- Together they hold a night six times a day; then they book without a hold, and whoever pays first has it

create function pg_temp.hold_and_withdraw(number integer) returns text language plpgsql as $$
declare
  answer text := pg_temp.ask('hostage ' || number, 'guest ' || number, 'mill', '2031-06-01', '2031-07-01');
begin
  perform tests.become('guest ' || number);
  perform public.withdraw_booking(tests.id('hostage ' || number));
  perform tests.back();
  return answer;
end $$;
select is(pg_temp.hold_and_withdraw(number), 'awaiting_payment', 'account ' || number || ' holds a month')
from generate_series(1, 6) as number;
savepoint hostage;
select is(pg_temp.ask('hostage 7', 'guest 7', 'mill', '2031-06-01', '2031-07-01'), 'awaiting_payment without nights',
  'a seventh account cannot hold the nights');
select is(pg_temp.claims('hostage 7'), null, 'none of the nights is taken');
select is(pg_temp.ask('honest', 'guest 8', 'mill', '2031-06-10', '2031-06-12'), 'awaiting_payment without nights', 'an honest newcomer asks, too');
select is(pg_temp.ask('honest 2', 'guest 9', 'mill', '2031-06-11', '2031-06-13'), 'awaiting_payment without nights',
  'an honest newcomer may ask for a second stay');
select is(pg_temp.ask('next', 'guest 10', 'mill', '2031-07-01', '2031-07-03'), 'awaiting_payment', 'other nights are held as ever');
select is(pg_temp.ask('elsewhere', 'guest 11', 'loft', '2031-06-01', '2031-07-01'), 'awaiting_payment',
  'nights of other homes are held as ever');
select is(
  (select string_agg(concat(night), '') from (
    select count(*) as night from private.claims where listing_id = tests.id('mill') and nights && '[2031-06-10,2031-06-13)') as counted),
  '0', 'all nights are on sale');
select tests.become('guest 8');
select is((public.start_payment(tests.id('honest'))).mode, 'payment', 'the honest one goes to pay');
select tests.back();
select is(tests.money('honest', 'succeeded'), 'captured',
  'an honest newcomer pays for a stay without held nights');
select is(pg_temp.state('honest') || ', ' || pg_temp.claims('honest'), 'confirmed, stay [2031-06-10,2031-06-12)',
  'the nights go to the newcomer who paid');
select is(tests.outcome('guest 9', format('select public.start_payment(%L)', tests.id('honest 2'))), 'nights_taken', 'nobody else begins to pay for them');
select is(tests.money('honest 2', 'succeeded'), 'captured',
  'a second payment for the same nights was on its way');
select is(pg_temp.state('honest 2'), 'payment_conflict nights_taken',
  'a payment for nights that were taken is a conflict');
select is((select refunded_minor = captured_minor from public.payments where booking_id = tests.id('honest 2')), true,
  'a payment for nights that were taken is refunded whole');
rollback to hostage;

-- A guest who paid before holds them, and nobody takes them away

select pg_temp.ask('past', 'grace', 'loft', '2031-05-25', '2031-05-27');
select tests.money('past', 'succeeded');
select is(pg_temp.ask('known', 'grace', 'mill', '2031-06-10', '2031-06-12'), 'awaiting_payment',
  'a guest who has paid before holds nights that newcomers hold');
select is(pg_temp.ask('hostage 7', 'guest 7', 'mill', '2031-06-01', '2031-07-01'), 'nights_taken',
  'the nights of a guest who has paid before are taken for everybody');
rollback to hostage;
select tests.at('2031-05-21 12:01+00');
select is(pg_temp.ask('tomorrow', 'guest 12', 'mill', '2031-06-10', '2031-06-12'), 'awaiting_payment', 'a day later newcomers hold again');
rollback to hostage;
update private.settings set newcomer_holds = 7;
select is(pg_temp.ask('hostage 7', 'guest 7', 'mill', '2031-06-01', '2031-07-01'), 'awaiting_payment',
  'the limit of held nights is a setting');
rollback to fresh;

-- With saved cards they take sixty nights of a home together; beyond that the host is asked

select is(pg_temp.ask('summer 1', 'guest 1', 'mill', '2031-12-01', '2031-12-31'), 'awaiting_payment',
  'an account holds thirty nights with a saved card');
select is(pg_temp.save_card('summer 1'), 'confirmed',
  'a stay of thirty nights is confirmed with nothing paid');
select is(pg_temp.ask('summer 2', 'guest 2', 'mill', '2032-01-02', '2032-01-31'), 'awaiting_payment',
  'a second account holds 29 nights with a saved card');
select is(pg_temp.save_card('summer 2'), 'confirmed',
  'a stay of 29 nights is confirmed with nothing paid either');
select is(pg_temp.ask('summer 3', 'guest 3', 'mill', '2032-02-01', '2032-02-03'), 'awaiting_payment',
  'a stay of two more nights is held');
select is(pg_temp.save_card('summer 3'), 'requested',
  'a stay beyond sixty unpaid nights waits for the host');
select tests.become('ada');
select is((public.accept_booking(tests.id('summer 3'))).status::text, 'confirmed',
  'the host may accept a stay beyond sixty unpaid nights');
select tests.back();
select is(pg_temp.ask('soon', 'guest 4', 'mill', '2031-06-01', '2031-06-20'), 'awaiting_payment', 'a stay that is paid at once');
select is(tests.money('soon', 'succeeded'), 'captured', 'a stay near its check-in is paid');
select is(pg_temp.state('soon'), 'confirmed', 'a paid stay does not wait for the host');
select pg_temp.ask('past', 'grace', 'loft', '2031-05-25', '2031-05-27');
select tests.money('past', 'succeeded');
select is(pg_temp.ask('known', 'grace', 'mill', '2032-03-01', '2032-03-10'), 'awaiting_payment',
  'a guest who has paid before may book beyond sixty unpaid nights');
select is(pg_temp.save_card('known'), 'confirmed',
  'a stay of a guest who has paid before does not wait for the host');

select * from finish();
rollback;
