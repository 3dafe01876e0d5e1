-- Bookings: from a hold to a stay that is over.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'attic', 'shed', 'loft']) as home;
-- The attic and the shed want to be asked.
update public.listings set instant_book = false
  where listing_id in (tests.id('attic'), tests.id('shed'));
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy', 'hedy']) as name;
-- What newcomers get is in the chapter of booking limits.
update private.settings set newcomer_hold_minutes = 15;

create function pg_temp.state(name text) returns text language sql as $$
  select status || coalesce(': ' || reason, '') from public.bookings
    where booking_id = tests.id(name)
$$;
create function pg_temp.claims(name text) returns text language sql as $$
  select string_agg(format('%s %s%s%s', kind, nights,
    case when expires_at is not null then ' until '
      || (expires_at at time zone 'UTC')::text else '' end,
    case when held_by is not null then ' unpaid' else '' end), ', ' order by nights)
  from private.claims where booking_id = tests.id(name)
$$;
create function pg_temp.history(name text) returns text language sql as $$
  select string_agg(format('%s by %s', to_status, actor), ', ' order by position)
    from public.booking_history where booking_id = tests.id(name)
$$;
create function pg_temp.orders(name text) returns text language sql as $$
  select string_agg(kind || coalesce(' ' || template, ''), ', ' order by kind, template)
    from private.commands where booking_id = tests.id(name)
$$;
create function pg_temp.expect(id text, home text, total bigint, check_in date default '2031-06-02',
  check_out date default '2031-06-05', guests integer default 1)
  returns text language sql as $$
  select format('select * from public.request_booking(%L, %L, %L, %L, %s, %s)', tests.id(id),
    tests.id(home), check_in, check_out, total, guests)
$$;

-- A hold

update public.booking_rules set preparation_nights = 1 where listing_id = tests.id('mill');
select tests.become('grace');
select results_eq(
  $$ select booking_id, status::text, expires_at, currency, total_minor
     from public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-02', '2031-06-05',
       34230, 2, 1, 1, 'We are two.') $$,
  $$ values (tests.id('visit'), 'awaiting_payment', timestamptz '2031-05-20 12:15+00', 'EUR',
    34230::bigint) $$,
  'Grace holds three nights for a quarter of an hour');
select results_eq(
  $$ select guest_id, host_id, check_in, check_out, guests::integer, infants::integer,
    pets::integer, message, subtotal_minor, taxes_minor,
       cancellation_policy, instant_book, preparation_nights::integer, time_zone, check_in_time,
       check_out_time, placed_at, confirmed_at
     from public.bookings $$,
  $$ values (tests.person('grace'), tests.person('ada'), '2031-06-02'::date, '2031-06-05'::date, 2,
    1, 1, 'We are two.', 30000::bigint, 0::bigint,
       'moderate', true, 1, 'Europe/Paris', time '15:00', time '11:00', null::timestamptz,
       null::timestamptz) $$,
  'the terms are those of that moment');
select results_eq(
  $$ select position::integer, kind::text, night, amount_minor from public.booking_lines
    order by position $$,
  $$ values (1, 'night', '2031-06-02'::date, 10000::bigint), (2, 'night', '2031-06-03', 10000),
    (3, 'night', '2031-06-04', 10000) $$,
  'a hold has the lines of the quote');
select results_eq(
  $$ select guest_fee_bp, guest_fee_minor, total_minor from public.guest_totals $$,
  $$ values (1410, 4230::bigint, 34230::bigint) $$,
  'a hold shows what Grace pays');
select results_eq(
  $$ select status::text, capture_mode::text, amount_minor, captured_minor, stripe_intent_id
    from public.payments $$,
  $$ values ('pending', 'automatic', 34230::bigint, 0::bigint, null) $$,
  'a hold has one payment that waits for its intent');
select tests.back();
select results_eq($$ select host_fee_bp, host_fee_minor, payout_minor from public.host_totals $$,
  $$ values (300, 900::bigint, 29100::bigint) $$,
  'a hold shows what Ada gets');
select is(pg_temp.claims('visit'),
  'hold [2031-06-02,2031-06-05) until 2031-05-20 12:15:00 unpaid, preparation [2031-06-05,2031-06-06) until 2031-05-20 12:15:00 unpaid',
  'the nights are claimed, and one to prepare');
select is(pg_temp.history('visit'), 'awaiting_payment by guest',
  'the history of a hold begins with awaiting_payment');
select is(pg_temp.orders('visit'), null, 'nothing is ordered of anyone yet');

-- Said again

select tests.become('grace');
select results_eq(
  $$ select status::text, expires_at
    from public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-02', '2031-06-05',
      34230, 2, 1, 1, 'We are two.') $$,
  $$ values ('awaiting_payment', timestamptz '2031-05-20 12:15+00') $$,
  'the same request again is the same hold');
select results_eq(
  $$ select total_minor
    from public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-02', '2031-06-05', 1,
      2, 1, 1) $$,
  $$ values (34230::bigint) $$,
  'the same request is the same hold whatever total is expected the second time');
select throws_ok(
  format('select public.request_booking(%L, tests.id(%L), %L, %L, 34230, %s, %s, %s)',
    tests.id('visit'), home, check_in, check_out, guests, infants, pets),
  'PT409', 'id_reused',
  format('the id is taken: %s %s %s %s %s %s', home, check_in, check_out, guests, infants, pets))
from (values
  ('attic', '2031-06-02', '2031-06-05', 2, 1, 1), ('mill', '2031-06-01', '2031-06-05', 2, 1, 1),
    ('mill', '2031-06-02', '2031-06-06', 2, 1, 1),
  ('mill', '2031-06-02', '2031-06-05', 3, 1, 1), ('mill', '2031-06-02', '2031-06-05', 2, 0, 1),
    ('mill', '2031-06-02', '2031-06-05', 2, 1, 0)
) as other (home, check_in, check_out, guests, infants, pets);
select tests.back();
select is(tests.outcome('margaret', pg_temp.expect('visit', 'mill', 34230)), 'id_reused',
  'the id of a booking is taken for Margaret too');
select is((select count(*) from public.bookings), 1::bigint,
  'requests with the same id make one booking');

-- Children

savepoint children;
insert into private.taxes (name, listing_id, basis, amount_minor, currency, minimum_age)
values ('Kurtaxe', tests.id('loft'), 'per_guest_night', 200, 'EUR', 16);
create function pg_temp.family(ages text, total bigint) returns text language sql as $$
  select format('select * from public.request_booking(%L, %L, %L, %L, %s, 3, child_ages => %L)', tests.id('family'),
    tests.id('loft'), '2031-06-02', '2031-06-05', total, ages)
$$;
grant execute on function pg_temp.family to authenticated;
select is(tests.outcome('dorothy', pg_temp.family(ages, total)), outcome, format('%s for %s: %s', ages, total, outcome))
from (values
  ('{3,16}', 36030::bigint, 'price_changed'), ('{1}', 35430, 'invalid_guests'), ('{3,4,5}', 35430, 'invalid_guests'),
  (null, 35430, 'price_changed'), ('{16,3}', 35430, '1'))
  as told (ages, total, outcome);
select tests.become('dorothy');
select lives_ok(pg_temp.family('{16,3}', 35430), 'Dorothy comes with two of her children');
select tests.back();
select is(tests.outcome('dorothy', pg_temp.family(ages, 35430)), outcome, format('again, with %s', ages))
from (values ('{3,16}', '1'), ('{16,3}', '1'), ('{3,15}', 'id_reused'), (null, 'id_reused')) as told (ages, outcome);
select results_eq(
  $$ select guests::integer, child_ages, taxes_minor from public.bookings where booking_id = tests.id('family') $$,
  $$ values (3, '{3,16}'::smallint[], 1200::bigint) $$, 'the ages are kept with what they change');
select tests.money('family', 'succeeded');
select is(tests.outcome(person, $$ select child_ages from public.bookings where booking_id = tests.id('family') $$),
  sees, format('%s sees the ages: %s', person, sees))
from (values ('dorothy', '1'), ('ada', '1'), ('grace', '0')) as reader (person, sees);
select is(tests.outcome('postgres', format(
  $$ update public.bookings set child_ages = %L where booking_id = tests.id('family') $$, ages)), 'frozen',
  format('of a stay to come nobody makes the ages %s', ages))
from unnest(array['{4,16}', '{}']) as ages;
rollback to children;

-- Refusals of a request

select is(tests.outcome('margaret', pg_temp.expect('other', 'mill', 34230)), 'nights_taken',
  'the nights are taken');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-06-05', '2031-06-06')), 'nights_taken',
    'the night after a stay is kept for preparation');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-06-01', '2031-06-02')), 'nights_taken',
    'a stay that leaves no night for preparation is refused');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-06-06', '2031-06-07')), '1',
  'the night after the preparation can be booked');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-05-31', '2031-06-01')), '1',
  'a stay that ends before the preparation can be booked');
select is(tests.outcome('margaret', pg_temp.expect('other', 'attic', total)), 'price_changed',
  format('34230, not %s', total))
from unnest(array[34229, 34231, 0, -34230]) as total;
select is(tests.outcome('margaret',
  $$ select public.request_booking(tests.id('other'), tests.id('attic'), '2031-06-02', '2031-06-05', null) $$), 'price_changed',
  'nobody books without expecting a price');
select is(tests.outcome('margaret',
  $$ select public.request_booking(null, tests.id('attic'), '2031-06-02', '2031-06-05', 34230) $$),
    'booking_id_required', 'a booking needs an id');
select is(tests.outcome('margaret',
  $$ select public.request_booking(tests.id('other'), tests.id('attic'), '2031-06-02', '2031-06-05', 34230,
  message => repeat('x', 2001)) $$), 'message_too_long',
  'a message of 2001 characters is too long');
select is(tests.outcome('margaret',
  $$ select public.request_booking(tests.id('other'), tests.id('attic'), '2031-06-02', '2031-06-05', 34230,
  message => repeat('x', 2000)) $$), '1', 'a message of 2000 characters is accepted');
select is(tests.outcome('ada', pg_temp.expect('other', 'attic', 34230)), 'own_listing',
  'Ada does not book her own home');
select set_config('role', 'authenticated', true),
  set_config('request.jwt.claims', '{"role": "authenticated"}', true);
select throws_ok($$
  select public.request_booking(gen_random_uuid(), gen_random_uuid(), '2031-06-02', '2031-06-05',
    34230) $$,
  'PT401', 'sign_in_required', 'a token without a person books nothing');
select tests.back();

-- Three unpaid holds, one per home

select tests.book('at the attic', 'grace', 'attic', '2031-06-02', '2031-06-05');
select tests.book('at the shed', 'grace', 'shed', '2031-06-02', '2031-06-05');
select is((select count(*) from public.bookings where guest_id = tests.person('grace')
  and status = 'awaiting_payment'), 3::bigint,
  'the same nights in three homes: families do');
select is(tests.outcome('grace', pg_temp.expect('fourth', 'loft', 34230)), 'too_many_holds',
  'a fourth unpaid hold is one too many');
select is(tests.outcome('margaret', pg_temp.expect('fourth', 'loft', 34230)), '1',
  'the unpaid holds of Grace do not count for Margaret');
savepoint three_holds;
select tests.money('at the shed', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select is(tests.outcome('grace', pg_temp.expect('fourth', 'loft', 34230)), '1',
  'a paid hold does not count as unpaid');
rollback to three_holds;
select tests.become('grace');
select public.withdraw_booking(tests.id('at the shed'));
select tests.back();
select is(tests.outcome('grace', pg_temp.expect('fourth', 'loft', 34230)), '1',
  'a withdrawn hold does not count as unpaid');
rollback to three_holds;
select tests.at('2031-05-20 12:15+00');
select is(tests.outcome('grace', pg_temp.expect('fourth', 'loft', 34230)), '1',
  'a hold that has ended does not count as unpaid');
rollback to three_holds;

select tests.book('again', 'grace', 'mill', '2031-06-04', '2031-06-06');
select is(pg_temp.state('visit'), 'cancelled_by_guest: replaced',
  'a new request in the same home takes the place of the unpaid one');
select is(pg_temp.claims('visit'), null, 'the nights of the replaced hold are free');
select is((select status::text from public.payments where booking_id = tests.id('visit')),
  'cancelled', 'the payment of the replaced hold is void: no intent was made');
select is(pg_temp.claims('again'),
  'hold [2031-06-04,2031-06-06) until 2031-05-20 12:15:00 unpaid, preparation [2031-06-06,2031-06-07) until 2031-05-20 12:15:00 unpaid',
  'a new hold may overlap the one that it replaces');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 22820, '2031-06-01', '2031-06-03')), '1',
    'Margaret may have what Grace gave up');
rollback to three_holds;
select is(tests.outcome('grace', pg_temp.expect('again', 'mill', 1, '2031-06-04', '2031-06-06')),
  'price_changed', 'a new request at an outdated price fails');
select is(pg_temp.state('visit'), 'awaiting_payment',
  'a new request that fails does not replace the old hold');

-- Whoever wants the nights of a hold that is over ends it

select tests.at('2031-05-20 12:14:59.999+00');
select is(tests.outcome('margaret', pg_temp.expect('other', 'mill', 34230)), 'nights_taken',
  'a hold keeps its nights until its last moment');
select tests.at('2031-05-20 12:15+00');
savepoint overdue;
select tests.book('other', 'margaret', 'mill', '2031-06-02', '2031-06-05');
select is(pg_temp.state('visit'), 'expired: not_paid',
  'a request of another guest ends a hold that is over');
select is(pg_temp.state('other'), 'awaiting_payment',
  'Margaret has the nights of a hold that ended');
select is(pg_temp.claims('visit'), null, 'the old claims are gone, preparation too');
rollback to overdue;
-- The job waits two minutes longer: a payment may be on its way.
select is(private.expire_bookings(100), 0, 'the job does nothing yet');
select tests.at('2031-05-20 12:16:59+00');
select is(private.expire_bookings(100), 0,
  'the job leaves a hold that ended a minute and 59 seconds ago');
select tests.at('2031-05-20 12:17+00');
select is(private.expire_bookings(2), 2, 'two minutes later it ends as many as it is told');
select is(private.expire_bookings(100), 1, 'the job ends the remaining holds the next time');
select is(private.expire_bookings(100), 0, 'the job finds nothing when all holds have ended');
select is(pg_temp.state('visit'), 'expired: not_paid', 'a hold that was not paid is expired');
select is(pg_temp.orders('visit'), null,
  'a hold that ended sends no e-mail and cancels no intent');
select is(pg_temp.history('visit'), 'awaiting_payment by guest, expired by system',
  'the history of an expired hold names the system');
rollback to three_holds;

-- Instant book

select is(tests.money('visit', 'succeeded'), 'captured', 'Stripe has the money');
select is(pg_temp.state('visit'), 'confirmed', 'the stay is confirmed');
select is(pg_temp.claims('visit'),
  'stay [2031-06-02,2031-06-05), preparation [2031-06-05,2031-06-06)',
  'a paid instant booking claims its nights for good');
select is(pg_temp.history('visit'), 'awaiting_payment by guest, confirmed by system',
  'the history of an instant booking has two moves');
select is(pg_temp.orders('visit'),
  'send_mail booking_confirmed_guest, send_mail booking_confirmed_host',
  'guest and host are sent an e-mail about an instant booking');
select results_eq($$ select placed_at, confirmed_at, expires_at from public.bookings
  where booking_id = tests.id('visit') $$,
  $$ values (timestamptz '2031-05-20 12:00+00', timestamptz '2031-05-20 12:00+00',
    null::timestamptz) $$, 'placed and confirmed at once');
select is(private.expire_bookings(100), 0, 'no job ends a confirmed booking');
-- A setting that changes later changes nothing.
update public.booking_rules set preparation_nights = 0 where listing_id = tests.id('mill');
select is(pg_temp.claims('visit'),
  'stay [2031-06-02,2031-06-05), preparation [2031-06-05,2031-06-06)',
  'preparation is frozen with the claim');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-06-05', '2031-06-06')), 'nights_taken',
    'the preparation of an old booking holds when the setting has changed');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'mill', 11410, '2031-06-01', '2031-06-02')), '1',
    'a new stay needs no preparation when the setting has changed');

-- By request

update public.booking_rules set preparation_nights = 2 where listing_id = tests.id('attic');
select tests.book('question', 'margaret', 'attic', '2031-06-10', '2031-06-12');
select is((select capture_mode::text from public.payments where booking_id = tests.id('question')),
  'manual', 'the card is to be authorised only');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select is(pg_temp.state('question'), 'requested',
  'a request whose card is authorised waits for the host');
select is((select expires_at from public.bookings where booking_id = tests.id('question')),
  '2031-05-21 12:00+00', 'Ada has a day to answer');
select is(pg_temp.claims('question'),
  'hold [2031-06-10,2031-06-12) until 2031-05-21 12:00:00, preparation [2031-06-12,2031-06-14) until 2031-05-21 12:00:00',
  'the nights of a request are held for everyone until its deadline');
select is(tests.outcome('margaret',
  pg_temp.expect('other', 'attic', 22820, '2031-06-10', '2031-06-12')), 'nights_taken',
    'a request stands in the way of its own guest too');
select is(pg_temp.orders('question'), 'send_mail booking_requested',
  'Ada is sent an e-mail about the request');
savepoint asked;

-- ... declined
select tests.become('ada');
select is((public.decline_booking(tests.id('question'), 'Sorry.')).status::text, 'declined',
  'Ada declines the request');
select is((public.decline_booking(tests.id('question'), 'Really.')).reason, 'Sorry.',
  'declining again keeps the first reason');
select throws_ok($$ select public.accept_booking(tests.id('question')) $$, 'PT409',
  'not_awaiting_answer', 'a declined request cannot be accepted');
select tests.back();
select is(pg_temp.claims('question'), null, 'the nights are free at once');
select is(pg_temp.orders('question'),
  'cancel_intent, send_mail booking_declined, send_mail booking_requested',
  'declining releases the authorisation and sends Margaret an e-mail');
select is(pg_temp.history('question'),
  'awaiting_payment by guest, requested by system, declined by host',
  'the history of a declined request has three moves');
rollback to asked;
select is(tests.outcome('ada',
  $$ select public.decline_booking(tests.id('question'), repeat('x', 2001)) $$), 'message_too_long',
    'a reason of 2001 characters is too long');

-- ... withdrawn
select tests.become('margaret');
select is((public.withdraw_booking(tests.id('question'))).status::text, 'cancelled_by_guest',
  'Margaret withdraws her request');
select is((public.withdraw_booking(tests.id('question'))).status::text, 'cancelled_by_guest',
  'withdrawing a request twice changes nothing');
select tests.back();
select is(pg_temp.claims('question'), null, 'a withdrawn request frees its nights');
select is(pg_temp.orders('question'),
  'cancel_intent, send_mail booking_requested, send_mail booking_withdrawn',
  'the authorisation is released once, Ada is told');
select is(pg_temp.state('question'), 'cancelled_by_guest: withdrawn',
  'the history says why a request ended');
rollback to asked;

-- ... left without an answer
select tests.at('2031-05-21 11:59:59+00');
select is(private.expire_bookings(100), 2,
  'a second early the job ends Grace''s other holds and not this');
select tests.at('2031-05-21 12:00+00');
select is(tests.outcome('ada', $$ select public.accept_booking(tests.id('question')) $$),
  'request_expired', 'a request cannot be accepted after its deadline');
select is(private.expire_bookings(100), 1,
  'the job ends it at its time, for no payment is on its way');
select is(pg_temp.state('question'), 'expired: not_answered',
  'a request that nobody answered is expired');
select is(pg_temp.orders('question'),
  'cancel_intent, send_mail booking_expired, send_mail booking_missed, send_mail booking_requested',
  'expiry releases the authorisation and sends guest and host an e-mail');
select is(pg_temp.claims('question'), null, 'an expired request frees its nights');
rollback to asked;

-- ... accepted
select tests.become('ada');
select is((public.accept_booking(tests.id('question'))).status::text, 'requested',
  'Ada says yes: the money is not there yet');
select results_eq($$ select accepted_at, expires_at
  from public.accept_booking(tests.id('question')) $$,
  $$ values (timestamptz '2031-05-20 12:00+00', null::timestamptz) $$,
  'accepting again changes nothing while the capture is under way');
select throws_ok($$ select public.decline_booking(tests.id('question')) $$, 'PT409',
  'already_accepted', 'Ada cannot decline a request that she has accepted');
select tests.back();
select is(tests.outcome('margaret', $$ select public.withdraw_booking(tests.id('question')) $$),
  'already_accepted', 'Margaret cannot withdraw a request that was accepted');
select is(pg_temp.orders('question'), 'capture, send_mail booking_requested',
  'accepting a request orders one capture');
select is(pg_temp.claims('question'),
  'hold [2031-06-10,2031-06-12), preparation [2031-06-12,2031-06-14)',
  'the nights no longer expire');
select tests.at('2031-06-01 12:00+00');
select private.expire_bookings(100);
select is(pg_temp.state('question'), 'requested', 'no job ends it');
select tests.at('2031-05-20 12:00+00');
select is(tests.outcome('postgres',
  format('select private.move_booking(%L, %L, %L, null, null)', tests.id('question'), status,
    actor)),
  'illegal_move', format('accepted, it is not %s by a %s', status, actor))
from unnest(array['declined', 'cancelled_by_guest', 'cancelled_by_host',
  'cancelled_by_staff']) as status, unnest(array['guest', 'host', 'staff']) as actor;
select is(tests.money('question', 'succeeded'), 'captured',
  'the authorised money of an accepted request is captured');
select is(pg_temp.state('question'), 'confirmed', 'a captured request is confirmed');
select is(pg_temp.claims('question'),
  'stay [2031-06-10,2031-06-12), preparation [2031-06-12,2031-06-14)',
  'a confirmed request claims its nights for good');
select is(pg_temp.history('question'),
  'awaiting_payment by guest, requested by system, confirmed by system',
  'the history of an accepted request has three moves');
select is(pg_temp.orders('question'),
  'capture, send_mail booking_confirmed_guest, send_mail booking_confirmed_host, send_mail booking_requested',
  'guest and host are sent an e-mail about an accepted request');
select is(tests.outcome('ada', $$ select public.accept_booking(tests.id('question')) $$), '1',
  'yes once more is still yes');
rollback to asked;

-- A stay that costs nothing waits for no money
update public.listing_prices set base_price_minor = 0
  where listing_id in (tests.id('loft'), tests.id('attic'));
select tests.become('dorothy');
select is((public.request_booking(tests.id('gift'), tests.id('loft'), '2031-06-02', '2031-06-04',
  0)).status::text, 'confirmed', 'a free stay is confirmed at once');
select is((public.request_booking(tests.id('free question'), tests.id('attic'), '2031-06-20',
  '2031-06-21', 0)).status::text, 'requested',
  'a free stay that needs approval is a request at once');
select tests.back();
select is((select count(*) from public.payments
  where booking_id in (tests.id('gift'), tests.id('free question'))), 0::bigint,
    'a free stay has no payment');
select is(pg_temp.claims('gift'), 'stay [2031-06-02,2031-06-04)', 'a free stay claims its nights');
select is(tests.outcome('dorothy', $$ select public.start_payment(tests.id('gift')) $$),
  'already_paid', 'a free stay has nothing to pay');
select tests.become('ada');
select is((public.accept_booking(tests.id('free question'))).status::text, 'confirmed',
  'accepting a request for a free stay confirms it');
select tests.back();
rollback to asked;

-- Time passes

select tests.at('2031-06-05 08:59:59+00');
select is(private.complete_stays(100), 0, 'a second before eleven in Paris the stay is not over');
select tests.at('2031-06-05 09:00+00');
select is(private.complete_stays(100), 1, 'at eleven in Paris the stay is over');
select is(pg_temp.state('visit'), 'completed', 'a stay that is over is completed');
select is(private.complete_stays(100), 0, 'a stay is completed once');
rollback to asked;
savepoint zones;
update public.listings set time_zone = 'Pacific/Kiritimati' where listing_id = tests.id('loft');
select tests.book('far east', 'dorothy', 'loft', '2031-06-02', '2031-06-05');
select tests.money('far east', 'succeeded');
update public.listings set time_zone = 'Pacific/Niue' where listing_id = tests.id('loft');
select tests.book('far west', 'dorothy', 'loft', '2031-06-05', '2031-06-06');
select tests.money('far west', 'succeeded');
select tests.at('2031-06-04 20:59:59+00');
select is(private.complete_stays(100), 0,
  'on Kiritimati eleven on the 5th is nine in the evening of the 4th in London');
select tests.at('2031-06-04 21:00+00');
select is(private.complete_stays(100), 1,
  'a stay on Kiritimati is over by the clock of its home');
select is(pg_temp.state('far east'), 'completed',
  'a booking keeps the time zone that was frozen with it');
select tests.at('2031-06-06 21:59:59+00');
select private.complete_stays(100);
select is(pg_temp.state('far west'), 'confirmed',
  'on Niue it takes until ten in the evening of the day');
select tests.at('2031-06-06 22:00+00');
select private.complete_stays(100);
select is(pg_temp.state('far west'), 'completed', 'at ten in the evening on Niue the stay is over');
rollback to zones;

-- What the host changes later touches no booking
create temp table before as select to_jsonb(bookings) as booking from public.bookings
  where booking_id = tests.id('visit');
select tests.become('ada');
update public.listings
set cancellation_policy = 'strict', time_zone = 'Asia/Tokyo', check_in_time = '17:00',
  check_out_time = '09:00', instant_book = false
where listing_id = tests.id('mill');
update public.listing_prices set base_price_minor = 1, cleaning_fee_minor = 1
  where listing_id = tests.id('mill');
select tests.back();
update private.settings set fee_scheme = 'single';
select is((select to_jsonb(bookings) from public.bookings where booking_id = tests.id('visit')),
  (select booking from before), 'the booking is as it was');
select is((select guest_fee_minor from public.guest_totals where booking_id = tests.id('visit')),
  4230::bigint, 'a change of the host''s fee scheme leaves a booking''s guest fee as it was');

-- Histories are whole: each begins unpaid, each move begins where the last ended, the last is the
-- state it is in.
select is_empty(
  $$ select booking_id, position, from_status, to_status from (
       select *, lag(to_status) over (partition by booking_id order by position) as last_status,
         row_number() over (partition by booking_id order by position) as place
       from public.booking_history) as moves
     where from_status is distinct
     from last_status or place <> position or (place = 1) <> (from_status is null) $$,
  'no history has a gap');
select is_empty(
  $$ select booking_id from public.bookings
     where status is distinct from (
       select to_status from public.booking_history
         where booking_history.booking_id = bookings.booking_id
       order by position desc limit 1) $$,
  'no history ends in another state than its booking');
select is_empty(
  $$ select booking_id from public.bookings
     where subtotal_minor + taxes_minor <> (select sum(amount_minor) from public.booking_lines
       where booking_lines.booking_id = bookings.booking_id)
       or subtotal_minor + taxes_minor + (select guest_fee_minor from public.guest_totals
         where guest_totals.booking_id = bookings.booking_id)
         <> (select total_minor from public.guest_totals
           where guest_totals.booking_id = bookings.booking_id)
       or subtotal_minor - (select host_fee_minor from public.host_totals
         where host_totals.booking_id = bookings.booking_id)
         <> (select payout_minor from public.host_totals
           where host_totals.booking_id = bookings.booking_id) $$,
  'the lines of every booking add up to what is paid and what is paid out');

-- What two transactions did to each other is tried once more, and then it is the caller's turn.

create sequence pg_temp.tries;
grant usage on sequence pg_temp.tries to public;
create function pg_temp.collide() returns trigger language plpgsql as $$
begin
  perform nextval('pg_temp.tries');
  raise exception using errcode = tg_argv[0];
end $$;
create function pg_temp.after_collisions(errcode text) returns text language plpgsql as $$
begin
  execute format('create trigger collide before insert on public.bookings
    for each row execute function pg_temp.collide(%L)', errcode);
  return tests.outcome('dorothy',
    $s$ select public.request_booking(tests.id('crowd'), tests.id('quay'), '2031-07-10', '2031-07-12',
      (public.quote_stay(tests.id('quay'), '2031-07-10', '2031-07-12')).total_minor) $s$);
end $$;
select tests.home('quay', 'ada');
savepoint calm;
select is(pg_temp.after_collisions('40P01'), 'try_again',
  'a booking that always ends in a deadlock answers try_again');
rollback to calm;
select is(pg_temp.after_collisions('40001'), 'try_again', 'what cannot be put in an order');
rollback to calm;
select is(pg_temp.after_collisions('55P03'), '55P03', 'no other error is a collision');
rollback to calm;
select is(nextval('pg_temp.tries'), 6::bigint, 'deadlocks are tried twice and other errors once');

select * from finish();
rollback;
