-- Offers: what a guest asks about before they book, and what a host answers with.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy', 'hedy', 'radia', 'alan']) as name;
select tests.home(home, 'ada') from unnest(array['mill', 'loft']) as home;
update public.listings set instant_book = false where listing_id = tests.id('mill');
update public.listing_prices
set included_guests = 2, extra_guest_price_minor = 1500, cleaning_fee_minor = 4000, pet_fee_minor = 2500
where listing_id = tests.id('mill');
update public.booking_rules set minimum_nights = 4, preparation_nights = 1 where listing_id = tests.id('mill');
insert into private.taxes (name, country_code, basis, rate_bp) values ('City', 'FR', 'percent_of_nights', 1000);
insert into private.taxes (name, country_code, basis, amount_minor, currency)
values ('Stay', 'FR', 'per_guest_night', 110, 'EUR');
select tests.become('ada');
select public.block_nights(tests.id('mill'), '2031-07-01', '2031-07-03');
select tests.back();

create function pg_temp.state(offer text) returns text language sql as $$
  select status::text from public.offers where offer_id = tests.id(offer)
$$;
create function pg_temp.booked(booking text) returns text language sql as $$
  select status || coalesce(': ' || reason, '') from public.bookings where booking_id = tests.id(booking)
$$;
create function pg_temp.inquires(name text, home text, check_in date, check_out date, guests integer default 2)
  returns text language sql as $$
  select format('select * from public.send_inquiry(%L, %L, %L, %L, ''Is it free?'', %s)', tests.id(name),
    tests.id(home), check_in, check_out, guests)
$$;
create function pg_temp.takes(booking text, offer text, total bigint, check_in date default '2031-06-02',
  check_out date default '2031-06-05', guests integer default 2, home text default 'mill')
  returns text language sql as $$
  select format('select * from public.request_booking(%L, %L, %L, %L, %s, %s, offer_id => %L)',
    tests.id(booking), tests.id(home), check_in, check_out, total, guests, tests.id(offer))
$$;
create function pg_temp.special(offer text, inquiry text, subtotal text, rest text default '')
  returns text language sql as $$
  select format('select * from public.send_special_offer(%L, %L, %s%s)', tests.id(offer), tests.id(inquiry),
    subtotal, rest)
$$;
grant execute on all functions in schema pg_temp to authenticated;

-- A question

select tests.become('grace');
select results_eq(
  replace(pg_temp.inquires('question', 'mill', '2031-06-02', '2031-06-05'), '*',
    'inquiry_id, listing_id, guest_id, check_in, check_out, guests::integer, created_at'),
  $$ values (tests.id('question'), tests.id('mill'), tests.person('grace'), date '2031-06-02',
       date '2031-06-05', 2, timestamptz '2031-05-20 12:00+00') $$,
  'Grace asks for three nights, although the mill wants four');
select is((select conversation_id from public.inquiries), (select conversation_id from public.conversations),
  'a question belongs to a conversation');
select is((select body from public.messages), 'Is it free?',
  'the question of an inquiry is its first message');
select lives_ok(pg_temp.inquires('question', 'mill', '2031-06-02', '2031-06-05'),
  'Grace asks the same question again');
select is((select count(*) from public.messages), 1::bigint,
  'a question that was asked twice is stored once');
select throws_ok(pg_temp.inquires('question', 'mill', '2031-06-02', '2031-06-06'), 'PT409', 'id_reused',
  'the id is for that question');
select lives_ok(pg_temp.inquires('crowd', 'mill', '2031-07-01', '2031-07-09', 9),
  'nights that are taken, and more guests than beds, may be asked about');
select tests.back();
select is(tests.outcome('margaret', pg_temp.inquires('question', 'mill', '2031-06-02', '2031-06-05')), 'id_reused',
  'the id of a question belongs to Grace');
select is(tests.outcome(person, statement), outcome, person || ': ' || outcome)
from (values
  ('ada', pg_temp.inquires('new', 'mill', '2031-06-02', '2031-06-05'), 'own_listing'),
  ('grace', pg_temp.inquires('new', 'nowhere', '2031-06-02', '2031-06-05'), 'listing_not_found'),
  ('grace', pg_temp.inquires('new', 'mill', '2031-05-02', '2031-05-05'), 'date_in_past'),
  ('grace', pg_temp.inquires('new', 'mill', '2031-06-02', '2031-06-02'), 'dates_reversed'),
  ('grace', pg_temp.inquires('new', 'mill', '2031-06-02', 'infinity'), 'invalid_dates'),
  ('grace', pg_temp.inquires('new', 'mill', null, '2031-06-02'), 'dates_required'),
  ('grace', pg_temp.inquires('new', 'mill', '2031-06-02', '2041-06-02'), 'too_many_days'),
  ('grace', pg_temp.inquires('new', 'mill', '2031-06-02', '2031-06-05', 0), 'invalid_guests'),
  ('grace', format('select public.send_inquiry(null, %L, ''2031-06-02'', ''2031-06-05'', ''Hello'')',
    tests.id('mill')), 'inquiry_id_required'),
  ('grace', format('select public.send_inquiry(%L, %L, ''2031-06-02'', ''2031-06-05'', '' '')',
    tests.id('new'), tests.id('mill')), 'message_empty')
) as tried (person, statement, outcome);

-- A pre-approval: the listed price, no approval, no least nights

select is(tests.outcome('grace', format(
    'select public.quote_stay(%L, ''2031-06-02'', ''2031-06-05'', 2)', tests.id('mill'))), 'below_minimum_nights',
  'Grace cannot book the three nights by herself');
select tests.become('ada');
select results_eq(
  $$ select kind::text, status::text, check_in, check_out, guests::integer, subtotal_minor, guest_id, sent_by, expires_at
     from public.preapprove_inquiry(tests.id('yes'), tests.id('question'), 'With pleasure.') $$,
  $$ values ('pre_approval', 'open', date '2031-06-02', date '2031-06-05', 2, null::bigint, tests.person('grace'),
       tests.person('ada'), timestamptz '2031-05-21 12:00+00') $$,
  'Ada says yes, for a day');
select is((public.preapprove_inquiry(tests.id('yes'), tests.id('question'))).status::text, 'open',
  'a pre-approval that is repeated is stored once');
select tests.back();
select is((select answered_at from private.host_responses), timestamptz '2031-05-20 12:00+00',
  'a pre-approval counts as an answer');
select is((select count(*) from public.messages), 3::bigint,
  'the words of a pre-approval are in the conversation');
select is((select count(*) from private.claims where kind <> 'block'), 0::bigint, 'an offer holds no nights');
select tests.become('grace');
select results_eq(
  $$ select nights, guests, subtotal_minor, guest_fee_minor, taxes_minor, total_minor, cancellation_policy, instant_book
     from public.quote_offer(tests.id('yes')) $$,
  $$ values (3, 2, 34000::bigint, 4794::bigint, 3660::bigint, 42454::bigint, 'moderate', true) $$,
  'the listed price with fees and taxes');
savepoint preapproved;
select results_eq(pg_temp.takes('visit', 'yes', 42454),
  $$ values (tests.id('visit'), 'awaiting_payment'::public.booking_status, timestamptz '2031-05-20 12:10+00', 'EUR', 42454::bigint, true) $$,
  'Grace books the pre-approved stay');
select lives_ok(pg_temp.takes('visit', 'yes', 42454), 'the same request again');
select is((select count(*) from public.bookings), 1::bigint,
  'the same request for an offer is the same booking');
select tests.back();
select is(tests.outcome('grace', format(
    'select public.request_booking(%L, %L, ''2031-06-02'', ''2031-06-05'', 42454, 2)', tests.id('visit'), tests.id('mill'))),
  'id_reused', 'the booking of an offer cannot be repeated without the offer');
select results_eq(
  $$ select instant_book, offer_id from public.bookings $$, $$ values (true, tests.id('yes')) $$,
  'the booking of an offer needs no approval');
select is(pg_temp.state('yes'), 'accepted', 'the offer is taken');
select is(tests.outcome('ada', format('select public.withdraw_offer(%L)', tests.id('yes'))), 'offer_closed',
  'an offer that was taken cannot be withdrawn');
select tests.money('visit', 'succeeded');
select is(pg_temp.booked('visit'), 'confirmed', 'paid, it is confirmed at once');
select is(tests.outcome('grace', pg_temp.takes('again', 'yes', 42454)), 'offer_closed', 'an offer is used once');
select is(tests.outcome('grace', format('select public.quote_offer(%L)', tests.id('yes'))), 'offer_closed',
  'an offer that was used cannot be quoted');
select tests.become('grace');
select public.cancel_booking(tests.id('visit'));
select tests.back();
select is(tests.outcome('grace', pg_temp.takes('again', 'yes', 42454)), 'offer_closed',
  'an offer that was used cannot be booked again after a cancellation');
rollback to preapproved;
select tests.back();

-- The listed price is that of the day of booking

update public.listing_prices set base_price_minor = 12000 where listing_id = tests.id('mill');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'price_changed', 'a pre-approval locks no price');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');

-- Nobody else's, nothing else

select is(tests.outcome('margaret', pg_temp.takes('visit', 'yes', 42454)), 'offer_not_found',
  'an offer is for Grace alone');
select is(tests.outcome('margaret', format('select public.quote_offer(%L)', tests.id('yes'))), 'offer_not_found',
  'Margaret cannot quote an offer to Grace');
select is(tests.outcome('margaret', format('select public.decline_offer(%L)', tests.id('yes'))), 'offer_not_found',
  'Margaret cannot decline an offer to Grace');
select is(tests.outcome('grace', statement), 'offer_differs', statement)
from unnest(array[
  pg_temp.takes('visit', 'yes', 1, '2031-06-02', '2031-06-06'), pg_temp.takes('visit', 'yes', 1, '2031-06-01', '2031-06-05'),
  pg_temp.takes('visit', 'yes', 1, guests => 3), pg_temp.takes('visit', 'yes', 1, home => 'loft')]) as statement;
select is(tests.outcome('grace', pg_temp.takes('visit', 'no', 42454)), 'offer_not_found',
  'an offer that does not exist cannot be booked');
select is(tests.outcome('postgres', statement), 'frozen', statement)
from unnest(array[
  'update public.offers set guest_id = tests.person(''margaret'')', 'update public.offers set expires_at = ''2032-01-01''',
  'delete from public.offers', 'update public.inquiries set guests = 1', 'delete from public.inquiries',
  'update private.offer_prices set offer_id = offer_id']) as statement;

-- All other rules hold when it is accepted

savepoint open_offer;
select tests.become('ada');
select public.block_nights(tests.id('mill'), '2031-06-03', '2031-06-04');
select tests.back();
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'nights_taken', 'the host blocked a night');
rollback to open_offer;
update public.listings set capacity = 1 where listing_id = tests.id('mill');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'too_many_guests', 'the home sleeps fewer now');
rollback to open_offer;
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'listing_not_found', 'the home is hidden');
rollback to open_offer;
insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'host_unavailable', 'the host is suspended');
rollback to open_offer;
update public.booking_rules set advance_notice_days = 7, arrival_weekdays = '{6}' where listing_id = tests.id('mill');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'arrival_not_allowed',
  'a pre-approval waives the least nights alone');
rollback to open_offer;

-- A day later

select tests.at('2031-05-21 11:59:59+00');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), '1',
  'an offer can be booked within 24 hours');
select tests.at('2031-05-21 12:00+00');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'offer_expired',
  'an offer cannot be booked after 24 hours');
select is(tests.outcome('grace', format('select public.quote_offer(%L)', tests.id('yes'))), 'offer_expired',
  'an offer cannot be quoted after 24 hours');
select is(private.expire_offers(100), 1, 'the job writes it down');
select is(private.expire_offers(100), 0, 'an offer expires once');
select is(pg_temp.state('yes'), 'expired', 'an offer that was not taken is expired');
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'offer_closed',
  'an expired offer cannot be booked');
select is(tests.outcome('ada', format('select public.withdraw_offer(%L)', tests.id('yes'))), 'offer_closed',
  'an expired offer cannot be withdrawn');
rollback to open_offer;

-- Said no, taken back

select tests.become('grace');
select is((public.decline_offer(tests.id('yes'))).status::text, 'declined',
  'Grace declines the offer');
select is((public.decline_offer(tests.id('yes'))).status::text, 'declined',
  'declining an offer twice changes nothing');
select tests.back();
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'offer_closed',
  'an offer that was declined cannot be booked');
rollback to open_offer;
select tests.become('ada');
select is((public.withdraw_offer(tests.id('yes'))).status::text, 'withdrawn',
  'Ada withdraws the offer');
select is((public.withdraw_offer(tests.id('yes'))).status::text, 'withdrawn',
  'withdrawing an offer twice changes nothing');
select tests.back();
select is(tests.outcome('grace', pg_temp.takes('visit', 'yes', 42454)), 'offer_closed',
  'an offer that was withdrawn cannot be booked');
select is(tests.outcome('grace', format('select public.decline_offer(%L)', tests.id('yes'))), 'offer_closed',
  'Grace cannot decline an offer that was withdrawn');
rollback to open_offer;

-- A special offer: the host's price, on the days of their choice

select tests.become('ada');
select results_eq(
  $$ select kind::text, check_in, check_out, guests::integer, pets::integer, subtotal_minor, taxes_minor, cancellation_policy
     from public.send_special_offer(tests.id('gift'), tests.id('question'), 20000, '2031-06-10', '2031-06-13', 3, 0, 1) $$,
  $$ values ('special_offer', date '2031-06-10', date '2031-06-13', 3, 1, 20000::bigint, 2990::bigint, 'moderate') $$,
  'three nights for three and a dog at 200.00');
select is((public.send_special_offer(tests.id('small'), tests.id('question'), 10000)).check_in, date '2031-06-02',
  'left out, the days are those of the question');
select throws_ok(pg_temp.special('gift', 'question', '20001', ', ''2031-06-10'', ''2031-06-13'', 3, 0, 1'),
  'PT409', 'id_reused', 'an id is for one offer');
select throws_ok(pg_temp.special('yes', 'question', '20000'), 'PT409', 'id_reused',
  'an id is for one offer of either kind');
select tests.back();
select tests.become('grace');
select results_eq(
  $$ select subtotal_minor, guest_fee_minor, taxes_minor, total_minor,
       (select sum(line.amount_minor) from unnest(lines) as line) from public.quote_offer(tests.id('gift')) $$,
  $$ values (20000::bigint, 2820::bigint, 2990::bigint, 25810::bigint, 22990::numeric) $$,
  'fees and taxes come on top: 14.1 %, 10 % and 1.10 a guest and night');
select tests.back();
-- What happens in the meantime does not touch it.
update public.listing_prices set base_price_minor = 99900 where listing_id = tests.id('mill');
update private.taxes set rate_bp = 2000 where name = 'City';
update public.listings set cancellation_policy = 'strict' where listing_id = tests.id('mill');
update private.settings set fee_scheme = 'single';
select tests.become('grace');
select is((public.quote_offer(tests.id('gift'))).total_minor, 25810::bigint, 'the price is locked');
select is((public.quote_offer(tests.id('gift'))).cancellation_policy, 'moderate',
  'a special offer keeps the cancellation policy');
select public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-10', '2031-06-13', 25810, 3, 0, 1,
  'Thank you!', 'moderate', tests.id('gift'));
select results_eq(
  $$ select subtotal_minor, taxes_minor, discount, discount_bp, cancellation_policy, instant_book from public.bookings $$,
  $$ values (20000::bigint, 2990::bigint, null::text, 0, 'moderate', true) $$, 'the booking keeps it');
select results_eq(
  $$ select kind::text, night, unit_minor, amount_minor from public.booking_lines order by position $$,
  $$ values ('night', date '2031-06-10', 6666::bigint, 6666::bigint), ('night', '2031-06-11', 6667, 6667),
     ('night', '2031-06-12', 6667, 6667), ('tax', null, 2000, 2000), ('tax', null, 990, 990) $$,
  'line by line, and the lines add up');
select results_eq($$ select guest_fee_minor, total_minor from public.guest_totals $$,
  $$ values (2820::bigint, 25810::bigint) $$, 'the guest of a special offer pays the fee on top');
select tests.back();
select results_eq($$ select host_fee_minor, payout_minor from public.host_totals $$,
  $$ values (600::bigint, 19400::bigint) $$, 'the host of a special offer pays the host fee');
select is((select count(*) from private.booking_taxes), 2::bigint, 'the taxes know what they were levied on');
select is(pg_temp.state('small'), 'open', 'other offers stay open when one is booked');

-- An unpaid booking gives the offer back

select tests.become('grace');
select public.start_payment(tests.id('visit'));
select tests.back();
select private.record_intent(payment_id, 'pi_visit') from public.payments where booking_id = tests.id('visit');
savepoint unpaid;
select tests.at('2031-05-20 12:18+00');
select private.expire_bookings(10);
select is(pg_temp.booked('visit'), 'expired: not_paid', 'the hold is over');
select is(pg_temp.state('gift'), 'open', 'the offer of a hold that is over is still open');
select is(tests.outcome('grace', format(
    'select public.request_booking(%L, %L, ''2031-06-10'', ''2031-06-13'', 25810, 3, 0, 1, offer_id => %L)',
    tests.id('second'), tests.id('mill'), tests.id('gift'))), '1', 'Grace takes it again');
savepoint given_back;
select tests.money('visit', 'succeeded');
select is(pg_temp.booked('visit'), 'confirmed', 'late money takes the offer again');
select is(pg_temp.state('gift'), 'accepted', 'late money for an offer uses it');
rollback to given_back;
select tests.become('ada');
select public.withdraw_offer(tests.id('gift'));
select tests.back();
select tests.money('visit', 'succeeded');
select is(pg_temp.booked('visit'), 'payment_conflict: paid_too_late', 'money that comes after it was taken back goes back');
rollback to given_back;
select tests.become('grace');
select public.request_booking(tests.id('second'), tests.id('mill'), '2031-06-10', '2031-06-13', 25810, 3, 0, 1,
  offer_id => tests.id('gift'));
select tests.back();
select tests.money('second', 'succeeded');
select tests.become('grace');
select public.cancel_booking(tests.id('second'));
select tests.back();
select tests.money('visit', 'succeeded');
select is(pg_temp.booked('visit'), 'payment_conflict: paid_too_late',
  'money for an offer that was used goes back');
rollback to unpaid;
select tests.become('grace');
select public.withdraw_booking(tests.id('visit'));
select tests.back();
select is(pg_temp.state('gift'), 'open', 'a withdrawn booking gives it back too');
select tests.at('2031-05-21 12:00+00');
select private.expire_bookings(10);
select is(pg_temp.state('gift'), 'open',
  'the offer of an unpaid booking is open until the job runs');
select private.expire_offers(10);
select is(pg_temp.state('gift'), 'expired', 'an offer ends with its day');
rollback to unpaid;
select tests.at('2031-05-21 11:59+00');
select private.expire_bookings(10);
select is(pg_temp.state('gift'), 'open',
  'the offer of an expired booking is open for its last minute');
rollback to unpaid;
select tests.become('grace');
select public.request_booking(tests.id('second'), tests.id('mill'), '2031-06-10', '2031-06-13', 25810, 3, 0, 1,
  offer_id => tests.id('gift'));
select tests.back();
select is(pg_temp.booked('visit'), 'cancelled_by_guest: replaced', 'asked for anew, the unpaid booking gives way');
select is(pg_temp.state('gift'), 'accepted',
  'an unpaid booking gives way to another one of the same offer');
rollback to unpaid;
-- A hold that outlives the offer is still good; but when it ends, so does the offer.
update private.settings set hold_minutes = 60;
select tests.at('2031-05-20 12:14+00');
select tests.money('visit', 'succeeded');
select is(pg_temp.booked('visit'), 'confirmed',
  'an unpaid booking of an offer is confirmed when it is paid in time');
rollback to open_offer;

-- What may be offered, and by whom

select is(tests.outcome(person, format('select public.preapprove_inquiry(%L, %L)', tests.id('new'), tests.id('question'))),
  outcome, person)
from (values ('ada', '1'), ('grace', 'inquiry_not_found'), ('margaret', 'inquiry_not_found'),
  ('hedy', 'inquiry_not_found'), ('anon', '42501')) as who (person, outcome);
insert into public.listing_hosts (listing_id, profile_id, role)
values (tests.id('mill'), tests.person('hedy'), 'full'), (tests.id('mill'), tests.person('radia'), 'calendar');
select is(tests.outcome('hedy', pg_temp.special('new', 'question', '50000')), '1', 'a co-host with full rights offers');
select is(tests.outcome('radia', pg_temp.special('new', 'question', '20000')), 'inquiry_not_found',
  'a co-host with the calendar alone cannot make offers');
select is(tests.outcome('ada', statement), outcome, statement)
from (values
  (pg_temp.special('new', 'question', 'null'), 'invalid_price'),
  (pg_temp.special('new', 'question', '-1'), 'invalid_price'),
  (pg_temp.special('new', 'question', '0'), '1'),
  (pg_temp.special('new', 'question', '1000000000001'), 'invalid_price'),
  (pg_temp.special('new', 'question', '100000000'), 'above_maximum_charge'),
  (pg_temp.special('new', 'question', '20000', ', ''2031-06-10'''), 'dates_required'),
  (pg_temp.special('new', 'question', '20000', ', ''2031-06-10'', ''2031-06-10'''), 'dates_reversed'),
  (pg_temp.special('new', 'question', '20000', ', ''2031-05-10'', ''2031-05-12'''), 'date_in_past'),
  (pg_temp.special('new', 'question', '20000', ', ''2031-07-01'', ''2031-07-05'''), 'nights_taken'),
  (pg_temp.special('new', 'question', '20000', ', guests => 5'), 'too_many_guests'),
  (pg_temp.special('new', 'question', '20000', ', pets => 3'), 'pets_not_allowed'),
  (pg_temp.special('new', 'question', '20000', ', guests => 0'), 'invalid_guests'),
  (pg_temp.special('new', 'question', '20000', format(', message => %L', repeat('x', 2001))), 'message_too_long'),
  (pg_temp.special('new', 'nothing', '20000'), 'inquiry_not_found'),
  (format('select public.preapprove_inquiry(null, %L)', tests.id('question')), 'offer_id_required'),
  (format('select public.preapprove_inquiry(%L, %L)', tests.id('new'), tests.id('crowd')), 'too_many_guests')
) as tried (statement, outcome);
select tests.become('ada');
select public.send_special_offer(tests.id('offer ' || number), tests.id('question'), 20000) from generate_series(1, 4) as number;
select tests.back();
select is(tests.outcome('ada', pg_temp.special('new', 'question', '20000')), 'too_many_offers',
  'a guest may have five open offers');
select tests.become('ada');
select public.withdraw_offer(tests.id('offer 1'));
select tests.back();
select is(tests.outcome('ada', pg_temp.special('new', 'question', '20000')), '1',
  'an offer that was withdrawn makes room for another');
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Test.');
select is(tests.outcome('ada', pg_temp.special('new', 'question', '20000')), 'guest_unavailable',
  'nobody offers a suspended guest anything');
delete from private.suspensions;
delete from auth.users where id = tests.person('grace');
select is(tests.outcome('ada', pg_temp.special('new', 'question', '20000')), 'guest_unavailable',
  'nobody offers anything to a guest whose account is gone');
select is((select array_agg(distinct status::text) from public.offers), '{withdrawn}',
  'the offers to a deleted guest are withdrawn');
rollback to open_offer;

-- A coin is the smallest part of a price

select tests.home('geyser', 'ada', 1500000, 'ISK', 'Atlantic/Reykjavik');
select tests.become('grace');
select public.send_inquiry(tests.id('iceland'), tests.id('geyser'), '2031-06-02', '2031-06-09', 'Cold?');
select tests.back();
select is(tests.outcome('ada', pg_temp.special('ice', 'iceland', '700050')), 'price_not_in_steps',
  'an offer in crowns must be in whole crowns');
select tests.become('ada');
select public.send_special_offer(tests.id('ice'), tests.id('iceland'), 1000000);
select tests.back();
select results_eq(
  $$ select line.amount_minor from private.offer_prices, unnest((offer_prices.priced).lines) as line where line.kind = 'night' $$,
  $$ values (142800::bigint), (142900), (142800), (142900), (142800), (142900), (142900) $$,
  'an offer of a week in whole crowns is accepted');

-- Children: an offer is for those the guest asked for, or for those its host says

insert into private.taxes (name, listing_id, basis, amount_minor, currency, minimum_age)
values ('Kurtaxe', tests.id('loft'), 'per_guest_night', 200, 'EUR', 12);
select tests.person('frances');
select tests.become('frances');
select is((public.send_inquiry(tests.id('family'), tests.id('loft'), '2031-09-02', '2031-09-04', 'All of us?', 3,
  child_ages => '{11,3}')).child_ages, '{3,11}', 'Frances asks for herself and two children');
select is(
  tests.outcome('frances', format('select public.send_inquiry(%L, %L, ''2031-09-02'', ''2031-09-04'', ''All of us?'', 3, child_ages => %L)',
    tests.id('family'), tests.id('loft'), ages)), outcome, format('again, with %s', ages))
from (values ('{3,11}', '1'), ('{3,12}', 'id_reused'), (null, 'id_reused')) as told (ages, outcome);
select tests.become('ada');
select is((public.preapprove_inquiry(tests.id('asked'), tests.id('family'))).child_ages, '{3,11}', 'a pre-approval is for them');
select results_eq(
  $$ select (offer).child_ages, (offer).taxes_minor from (values
       (public.send_special_offer(tests.id('the same'), tests.id('family'), 20000)),
       (public.send_special_offer(tests.id('others'), tests.id('family'), 20000, child_ages => '{12,12}'))) as sent (offer) $$,
  $$ values ('{3,11}'::smallint[], 3060::bigint), ('{12,12}', 3860) $$,
  'a special offer is for them, or for others, who may be taxed');
select is(tests.outcome('ada', format('select public.send_special_offer(gen_random_uuid(), %L, 20000, child_ages => ''{1}'')',
  tests.id('family'))), 'invalid_guests', 'an infant is no guest of an offer either');
select tests.become('frances');
select is((public.quote_offer(tests.id('asked'))).child_ages, '{3,11}', 'the guest sees for whom it is');
select is((public.quote_offer(tests.id('asked'))).taxes_minor,
  (public.quote_stay(tests.id('loft'), '2031-09-02', '2031-09-04', 3, child_ages => '{3,11}')).taxes_minor,
  'at the listed price the taxes are those of the quote');
select is((public.quote_offer(tests.id('asked'))).total_minor, 25880::bigint, 'and so is the total');
select is(tests.outcome('frances', format(
  'select public.request_booking(gen_random_uuid(), %L, ''2031-09-02'', ''2031-09-04'', 25880, 3, offer_id => %L, child_ages => %L)',
  tests.id('loft'), tests.id('asked'), ages)),
  outcome, format('booked with %s: %s', ages, outcome))
from (values ('{11,3}', '1'), ('{3,12}', 'offer_differs'), (null, 'offer_differs')) as told (ages, outcome);
select tests.become('frances');
select is(
  (public.quote_refunds(tests.id('loft'), '2031-09-02', '2031-09-04', 3, offer_id => tests.id('asked'),
    child_ages => '{11,3}')).total_minor, (public.quote_offer(tests.id('asked'))).total_minor, 'refunds are of that offer');
select tests.back();
-- Nobody makes them others; only that they are forgotten is no change of what was said.
select is(tests.outcome('postgres', format(statement, ages)), outcome, format(statement, ages))
from (values
  ('update public.offers set child_ages = %L where offer_id = tests.id(''asked'')', '{4,11}', 'frozen'),
  ('update public.inquiries set child_ages = %L where inquiry_id = tests.id(''family'')', '{4,11}', 'frozen'),
  ('update public.offers set child_ages = %L where offer_id = tests.id(''asked'')', '{}', '1'),
  ('update public.inquiries set child_ages = %L where inquiry_id = tests.id(''family'')', '{}', '1'))
  as told (statement, ages, outcome);
select is(tests.outcome('postgres', statement), 'frozen', statement)
from unnest(array[
  'update public.inquiries set guests = 2, child_ages = ''{}''',
  'update public.offers set guests = 2, child_ages = ''{}''']) as statement;

select * from finish();
rollback;
