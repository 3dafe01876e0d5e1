-- Money that may not be taken yet: stays too far away, and long ones.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person('grace');
update public.booking_rules set booking_window_months = 24;
insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'active', 'FR', 'acct_ada', private.now(), private.now());

create function pg_temp.plan(check_in text, check_out text, home text default 'mill') returns text
  language sql as $$
  select string_agg(concat_ws(' ', charge.instalment, charge.nights, charge.amount_minor,
    to_char(charge.charge_at at time zone 'Europe/Paris', 'YYYY-MM-DD HH24:MI')), ', ' order by charge.instalment)
  from unnest((public.quote_stay(tests.id(home), check_in, check_out)).charges) as charge $$;

create function pg_temp.money(name text) returns text
  language sql as $$
  select string_agg(concat_ws(' ', payments.instalment, payments.purpose, payments.status, payments.amount_minor,
    nullif(payments.refunded_minor, 0)), ', ' order by payments.instalment)
  from public.payments where payments.booking_id = tests.id(name) $$;

create function pg_temp.paid_out(name text) returns text
  language sql as $$
  select string_agg(concat_ws(' ', payouts.instalment, payouts.status, payouts.amount_minor,
    to_char(payouts.due_at at time zone 'Europe/Paris', 'YYYY-MM-DD HH24:MI')), ', ' order by payouts.instalment)
  from public.payouts where payouts.booking_id = tests.id(name) $$;

create function pg_temp.orders(name text) returns text
  language sql as $$
  select string_agg(commands.kind::text, ' ' order by commands.created_at, commands.idempotency_key)
  from private.commands
  where commands.booking_id = tests.id(name) and commands.kind <> 'send_mail' and commands.status in ('waiting', 'running') $$;

create function pg_temp.letters(name text) returns text
  language sql as $$
  select string_agg(commands.template, ' ' order by commands.template)
  from private.commands where commands.booking_id = tests.id(name) and commands.kind = 'send_mail' $$;

-- When what is charged. 10,000 a night and 14.1 % for the guest; the payout is due the day after
-- check-in, and money is held for 90 days at most.

select is(pg_temp.plan('2031-08-17', '2031-08-19'), '1 2 22820',
  'a stay with check-in in 89 days is charged at once');
select is(pg_temp.plan('2031-08-18', '2031-08-20'), '1 2 22820 2031-05-21 15:00',
  'a stay with check-in in 90 days is charged tomorrow, at the hour of check-in');
select is(pg_temp.plan('2032-03-27', '2032-03-29'), '1 2 22820 2031-12-29 15:00',
  'a stay far ahead is charged 90 days before the payout');
update private.settings set hold_limit_days = 10;
select is(pg_temp.plan('2031-05-29', '2031-05-31'), '1 2 22820',
  'where money may be kept for ten days, a stay nine days ahead is charged at once');
select is(pg_temp.plan('2031-05-30', '2031-05-31'), '1 1 11410 2031-05-21 15:00',
  'where money may be kept for ten days, a stay ten days ahead is charged later');
update private.settings set hold_limit_days = 90;
select is(pg_temp.plan('2031-06-02', '2031-06-29'), '1 27 308070', '27 nights are one charge');
select is(pg_temp.plan('2031-06-02', '2031-06-30'), '1 28 319480', '28 nights are, too: the first 30 nights');
select is(pg_temp.plan('2031-06-02', '2031-08-08'),
  '1 30 342300, 2 30 342300 2031-06-25 15:00, 3 7 79870 2031-07-25 15:00',
  '67 nights are three, the later ones a week before their nights begin');
select is(pg_temp.plan('2031-12-01', '2032-01-05'),
  '1 30 342300 2031-09-03 15:00, 2 5 57050 2031-12-24 15:00', 'a long stay far away is charged twice, both later');
update public.listing_prices set base_price_minor = 40 where listing_id = tests.id('mill');
select is(pg_temp.plan('2031-06-02', '2031-07-03'), '1 31 1415', 'what no card can be charged goes with the one before');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');
savepoint cheap;
select tests.become('ada');
select public.set_calendar(tests.id('mill'), '2031-07-02', '2031-08-01', 1);
select tests.back();
select is(pg_temp.plan('2031-06-02', '2031-08-08'), '1 60 342334, 3 7 79870 2031-07-25 15:00',
  'a month too cheap to be charged goes with the one before, and leaves the next its number');
select tests.book('cheap', 'grace', 'mill', '2031-06-02', '2031-08-08');
select is(private.payout_due(bookings, payments), timestamptz '2031-08-02 13:00+00',
  'the host is paid for nights after a cheap month a day after these have begun')
from public.bookings join public.payments using (booking_id) where booking_id = tests.id('cheap') and instalment = 3;
rollback to cheap;
update public.listing_prices set base_price_minor = 3333 where listing_id = tests.id('mill');
select is(
  (select sum(charge.amount_minor) from unnest((public.quote_stay(tests.id('mill'), '2031-06-02', '2032-05-18')).charges) as charge),
  (public.quote_stay(tests.id('mill'), '2031-06-02', '2032-05-18')).total_minor::numeric,
  'the charges of a year add up to its total');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');

-- A long stay: the first 30 nights are paid when booking, and the card is kept

select tests.book('long', 'grace', 'mill', '2031-06-02', '2031-08-08');
select is(pg_temp.money('long'), '1 stay pending 342300, 2 stay pending 342300, 3 stay pending 79870',
  'a stay of 67 nights has three instalments');
select tests.become('grace');
select is(start.mode || ' ' || start.amount_minor || ' ' || start.saves_card, 'payment 342300 true', 'the first is paid now')
from public.start_payment(tests.id('long')) as start;
select tests.back();
select is((select count(*) from private.customers where guest_id = tests.person('grace')), 1::bigint, 'Grace is a customer');
select tests.money('long', 'succeeded', card => 'pm_grace');
select is((select status::text from public.bookings where booking_id = tests.id('long')), 'confirmed',
  'the first instalment confirms the stay');
select is((select stripe_payment_method_id from private.saved_cards where booking_id = tests.id('long')), 'pm_grace',
  'the card of a long stay is saved');
select is(pg_temp.paid_out('long'), '1 scheduled 291000 2031-06-03 15:00', 'Ada gets what was paid, when its nights began');
select is(private.order_charges(10), 0, 'after the first instalment nothing more is due');

select tests.at('2031-06-25 13:00+00');
select is(private.order_charges(10), 1, 'a week before the 31st night the second is');
select is(pg_temp.orders('long'), 'create_intent',
  'an instalment gets one intent before it is charged');
select is(private.order_charges(10), 0, 'an instalment is ordered once');
select private.record_intent(
  (select payment_id from public.payments where booking_id = tests.id('long') and instalment = 2), 'pi_long_2');
select is(pg_temp.orders('long'), 'charge', 'an instalment is charged to the saved card');
update private.commands set status = 'done', finished_at = private.now()
where booking_id = tests.id('long') and kind = 'charge';
select tests.money('long', 'succeeded', instalment => 2);
select is(pg_temp.paid_out('long'),
  '1 scheduled 291000 2031-06-03 15:00, 2 scheduled 291000 2031-07-03 15:00', 'paid out a month on');
select is(private.order_charges(10), 0, 'what is paid is not charged again');

-- A card that refuses: three attempts, a letter, and then the stay ends by its policy

savepoint refusal;
select tests.at('2031-07-25 13:00+00');
select private.order_charges(10);
select private.record_intent(
  (select payment_id from public.payments where booking_id = tests.id('long') and instalment = 3), 'pi_long_3');
create function pg_temp.refused(reason text) returns text
  language sql as $$
  update private.commands set status = 'done', finished_at = private.now()
  where booking_id = tests.id('long') and kind = 'charge' and status = 'waiting';
  select private.refuse_charge(
    (select payment_id from public.payments where booking_id = tests.id('long') and instalment = 3), reason);
  select concat_ws(' ', charge_attempts, to_char(retry_at, 'DD HH24'), to_char(pay_by, 'DD HH24'), last_error)
  from public.payments where booking_id = tests.id('long') and instalment = 3 $$;
select is(pg_temp.refused('card_declined'), '1 26 13 28 13 card_declined', 'refused: again tomorrow, paid within three days');
select alike(pg_temp.letters('long'), '%charge_failed%',
  'Grace is sent an e-mail about the refused card');
select is(private.order_charges(10), 0, 'a refused card is not charged again before the next day');
select tests.become('grace');
select is(start.mode || ' ' || start.amount_minor || ' ' || start.stripe_intent_id, 'payment 79870 pi_long_3',
  'a guest may pay a refused instalment with another card')
from public.start_payment(tests.id('long')) as start;
select tests.back();
savepoint another;
select tests.money('long', 'succeeded', instalment => 3, card => 'pm_other');
select is((select stripe_payment_method_id from private.saved_cards where booking_id = tests.id('long')), 'pm_other',
  'the card she pays it with is the one for later');
select is(private.let_unpaid_charges_go(10) + private.cancel_unpaid_stays(10), 0,
  'a stay whose charge was refused once is not cancelled');
rollback to another;
select tests.at('2031-07-26 13:00+00');
select is(private.order_charges(10), 1, 'the second attempt is made a day later');
select is(pg_temp.refused('authentication_required'), '3 27 13 28 13 card_declined', 'a bank that wants to see her is not asked again');
select tests.at('2031-07-27 13:00+00');
select is(private.order_charges(10), 0, 'a card that needs its owner is not charged a third time');
select is(private.let_unpaid_charges_go(10) + private.cancel_unpaid_stays(10), 0,
  'the stay is not cancelled while Grace has time to pay');
savepoint in_the_dashboard;
select tests.money('long', 'canceled', instalment => 3);
select tests.at('2031-07-28 13:00+00');
select is(private.let_unpaid_charges_go(10) + private.cancel_unpaid_stays(10), 0, 'what somebody cancelled at Stripe is for an operator to look at');
select is((select count(*) from private.payment_problems where problem = 'instalment_cancelled'), 1::bigint,
  'an operator sees an instalment that was cancelled at Stripe');
rollback to in_the_dashboard;
select tests.at('2031-07-28 13:00+00');
select is(private.let_unpaid_charges_go(10), 1, 'the intent of an unpaid instalment is cancelled');
select is(private.let_unpaid_charges_go(10) + private.cancel_unpaid_stays(10), 0, 'once, and as long as it has not answered nothing is over');
select alike(pg_temp.orders('long'), '%cancel_intent%', 'what she did not pay she can pay no more');
savepoint unheard;
select tests.money('long', 'succeeded', instalment => 3);
select is(private.let_unpaid_charges_go(10) + private.cancel_unpaid_stays(10), 0, 'had she paid it and nobody heard');
select is((select status::text from public.bookings where booking_id = tests.id('long')), 'confirmed',
  'a stay whose instalment was paid unnoticed goes on');
select is_empty($$ select problem from private.payment_problems where problem = 'stay_unpaid' $$,
  'a stay whose instalment was paid unnoticed is no problem');
rollback to unheard;
select tests.money('long', 'canceled', instalment => 3);
select is_empty($$ select problem from private.payment_problems where problem = 'instalment_cancelled' $$,
  'an instalment that the marketplace cancelled is no problem');
select is(private.cancel_unpaid_stays(10), 1, 'the stay is over');
select is(private.cancel_unpaid_stays(10), 0, 'a stay that was not paid is cancelled once');
select is(
  (select concat_ws(' ', status, reason) from public.bookings where booking_id = tests.id('long')),
  'cancelled_by_guest unpaid', 'a stay that was not paid is cancelled as if by its guest');
select is(pg_temp.money('long'),
  '1 stay captured 342300, 2 stay captured 342300, 3 stay cancelled 79870', 'nothing more is asked for, and nothing comes back');
select is((select owed_minor from public.guest_settlements where booking_id = tests.id('long')), 0::bigint,
  'the guest of an unpaid stay owes nothing');
select is((select sum(amount_minor) from public.payouts where booking_id = tests.id('long') and status <> 'cancelled'),
  582000::numeric, 'Ada keeps her share of what was paid');
select is((select count(*) from private.payment_problems where problem = 'stay_unpaid'), 1::bigint, 'an operator sees it');
select is_empty($$ select * from private.reconciliation_report() where difference = 'ledger_differs' $$, 'every cent is where it belongs');
rollback to refusal;

-- What is not the money that was to come goes back whole, and is nothing to the host

select tests.at('2031-07-25 13:00+00');
select private.order_charges(10);
select private.record_intent(
  (select payment_id from public.payments where booking_id = tests.id('long') and instalment = 3), 'pi_long_3');
create function pg_temp.for_ada() returns text language sql as $$
  select concat_ws(' ', sum(amount_minor - taken_back_minor),
    (select -sum(amount_minor) from private.ledger_entries
     where booking_id = tests.id('long') and account = 'host'))
  from public.payouts where booking_id = tests.id('long') and status <> 'cancelled' $$;
create function pg_temp.unbalanced() returns setof text language sql as $$
  select detail from private.reconciliation_report() where difference = 'ledger_differs' $$;
savepoint odd_money;
select is(tests.money('long', 'succeeded', 50000, instalment => 3), 'amount_mismatch', 'an instalment of another amount');
select is(pg_temp.for_ada(), '582000 582000',
  'a payment of another amount does not change what Ada gets');
select is_empty('select pg_temp.unbalanced()',
  'the ledger balances after a payment of another amount');
rollback to odd_money;

select private.import_refund(null, 're_half', stripe_intent_id, 100000, 'succeeded')
from public.payments where booking_id = tests.id('long') and instalment = 1;
select tests.become('grace');
select public.cancel_booking(tests.id('long'));
select tests.back();
select is(pg_temp.for_ada(), '496987 496987',
  'a refund in the dashboard before the cancellation leaves Ada her share');
select tests.money('long', 'succeeded', instalment => 3);
select is(pg_temp.for_ada(), '496987 496987', 'an instalment that is paid after the end changes nothing');
select is_empty('select pg_temp.unbalanced()',
  'the ledger balances after an instalment that came too late');
rollback to refusal;

-- A stay far away: only the card is saved

select tests.book('winter', 'grace', 'mill', '2032-02-01', '2032-02-04');
select tests.become('grace');
select is(concat_ws(' ', start.mode, start.amount_minor, start.charge_at), 'setup 34230 2031-11-04 14:00:00+00',
  'a stay far ahead takes no payment when it is booked')
from public.start_payment(tests.id('winter')) as start;
select tests.back();
create function pg_temp.setup(setup_status text, card text default null) returns text
  language sql as $$
  select private.apply_setup(null, payments.payment_id, 'seti_winter', setup_status, card, null)
  from public.payments where payments.booking_id = tests.id('winter') $$;
savepoint unsaved;
select is(pg_temp.setup('requires_payment_method'), 'unchanged', 'a card that is refused leaves the hold as it is');
select is(pg_temp.setup('canceled'), 'cancelled', 'a setup that is cancelled is applied');
select is((select status::text from public.bookings where booking_id = tests.id('winter')), 'expired',
  'a cancelled setup ends the hold');
rollback to unsaved;
select tests.at('2031-06-25 13:40+00');
select is(private.expire_bookings(10), 1, 'a card that is never saved lets the hold expire');
select is(pg_temp.money('winter'), '1 stay cancelled 34230', 'an expired hold cancels its payment');
select is(pg_temp.setup('succeeded', 'pm_grace'), 'saved_too_late', 'a card saved afterwards brings nothing back');
select is((select saved_at from private.saved_cards where booking_id = tests.id('winter')), null,
  'a card saved after the hold ended is not kept');
rollback to unsaved;

select is(pg_temp.setup('succeeded', 'pm_grace'), 'saved', 'the card is saved');
select is(pg_temp.setup('succeeded', 'pm_grace'), 'unchanged', 'a card is saved once');
select is(pg_temp.setup('canceled'), 'unchanged', 'an older answer does not change a saved card');
select is((select status::text from public.bookings where booking_id = tests.id('winter')), 'confirmed',
  'a saved card confirms the stay');
select is(pg_temp.paid_out('winter'), null, 'a stay charged later has no payout yet');
select is(private.apply_setup(null, payment_id, 'seti_other', 'succeeded', 'pm_x', null), 'second_intent', 'a booking has one setup')
from public.payments where booking_id = tests.id('winter');
select is(private.complete_stays(10) + private.let_unpaid_charges_go(10) + private.order_charges(10), 0,
  'a stay far ahead is not charged before its time');

-- Cancelled before anything was charged, too late for a full refund: the policy counts
savepoint before_the_charge;
select tests.become('grace');
select is(concat_ws(' ', rule, refund_minor, owed_minor), 'grace 0 0', 'within a day it costs nothing')
from public.preview_cancellation(tests.id('winter'));
select tests.back();
select tests.at('2032-01-31 12:00+00');
select tests.become('grace');
select is(concat_ws(' ', rule, refund_minor, owed_minor), 'moderate 0 24230', 'on the eve a night and half the others, and the fee')
from public.preview_cancellation(tests.id('winter'));
select is(tests.outcome('grace', format('select public.cancel_booking(%L, null, 0, 24229)', tests.id('winter'))), 'refund_changed',
  'what is owed can be insisted on');
select tests.become('grace');
select public.cancel_booking(tests.id('winter'), null, 0, 24230);
select tests.back();
select is(pg_temp.money('winter'), '1 stay cancelled 34230, 2 shortfall pending 24230',
  'only what is owed is charged after a cancellation');
select is(private.order_charges(10), 2, 'what is owed for both stays is charged at once');
select private.record_intent(payment_id, 'pi_winter_2') from public.payments where booking_id = tests.id('winter') and instalment = 2;
savepoint shortfall;
select tests.money('winter', 'succeeded', instalment => 2);
select is(pg_temp.paid_out('winter'), '2 scheduled 19400 2032-02-02 15:00',
  'what is charged after a cancellation is paid out, less the host fee');
select is_empty($$ select * from private.reconciliation_report() where difference = 'ledger_differs' $$,
  'the ledger balances after a cancellation is charged');
rollback to shortfall;
select private.refuse_charge(payment_id, 'expired_card') from public.payments where booking_id = tests.id('winter') and instalment = 2;
select tests.at('2032-02-03 12:01+00');
select is(private.let_unpaid_charges_go(10), 1, 'a card that is gone pays nothing');
select is(pg_temp.paid_out('winter'), null, 'the host gets nothing when the card is gone');
select is((select count(*) from private.payment_problems where problem = 'shortfall_unpaid'), 1::bigint,
  'an operator sees a charge that nobody paid');
rollback to before_the_charge;

-- Its time comes
select tests.at('2031-11-04 14:00+00');
select is(private.order_charges(10), 2, 'ninety days before the payout it is charged, with what else is due');
select private.record_intent(payment_id, 'pi_winter') from public.payments where booking_id = tests.id('winter');
select tests.money('winter', 'succeeded');
select is(pg_temp.paid_out('winter'), '1 scheduled 29100 2032-02-02 15:00',
  'a stay charged later is paid out the day after check-in');
select is((select status::text from public.bookings where booking_id = tests.id('winter')), 'confirmed',
  'a later charge leaves the booking confirmed');

-- A request for a stay far away is charged when its time comes, not when it is accepted

update public.listings set instant_book = false where listing_id = tests.id('mill');
select tests.book('spring', 'grace', 'mill', '2032-05-01', '2032-05-03');
select tests.become('grace');
select mode from public.start_payment(tests.id('spring'));
select tests.back();
select is(private.apply_setup(null, payment_id, 'seti_spring', 'succeeded', 'pm_grace', null), 'saved',
  'the card of a request is saved')
from public.payments where booking_id = tests.id('spring');
select is((select status::text from public.bookings where booking_id = tests.id('spring')), 'requested',
  'a saved card asks the host');
savepoint asked;
select tests.become('ada');
select status from public.decline_booking(tests.id('spring'));
select tests.back();
select is(pg_temp.money('spring'), '1 stay cancelled 22820',
  'nothing is charged for a declined request');
rollback to asked;
select tests.become('ada');
select is((public.accept_booking(tests.id('spring'))).status::text, 'confirmed',
  'an accepted request with a saved card is confirmed at once');
select tests.back();
select is(pg_temp.money('spring'), '1 stay pending 22820', 'an accepted request is charged later');

-- One setup for ever

select is(
  tests.outcome('service', format('select public.record_setup(%L, %L)', payments.payment_id, setup)), outcome,
  format('%s for a setup called %s', outcome, setup))
from public.payments, private.saved_cards,
  lateral (values (saved_cards.stripe_setup_intent_id, '1'), ('seti_other', 'intent_mismatch')) as tried (setup, outcome)
where payments.booking_id = tests.id('spring') and saved_cards.booking_id = tests.id('spring');

-- A share that grows after it was paid out

rollback to refusal;
create function pg_temp.pay_out() returns void language plpgsql as $$
begin
  perform private.release_payouts(10);
  perform private.apply_transfer(
    null, payout_id, 'tr_' || payout_id, amount_minor - withheld_minor, lower(currency))
  from public.payouts where status = 'sent';
  perform private.apply_reversal(reversal_id, 'trr_' || reversal_id)
  from private.reversals where status = 'pending';
end $$;
create function pg_temp.parts() returns text
  language sql as $$
  select string_agg(concat_ws(' ', payouts.part, payouts.status, payouts.amount_minor,
    nullif(payouts.taken_back_minor, 0)), ', ' order by payouts.instalment, payouts.part)
  from public.payouts where payouts.booking_id = tests.id('autumn') $$;
create function pg_temp.amiss() returns setof text language sql as $$
  select problem from private.payment_problems where problem = 'host_underpaid'
  union all
  select detail from private.reconciliation_report() where difference = 'ledger_differs' $$;
create function pg_temp.arrive(base_price_minor bigint) returns void language plpgsql as $$
begin
  update public.listing_prices set base_price_minor = arrive.base_price_minor
  where listing_id = tests.id('mill');
  perform tests.book('autumn', 'grace', 'mill', '2031-09-02', '2031-11-08');
  perform tests.money('autumn', 'succeeded', card => 'pm_grace');
  perform tests.at('2031-09-03 16:00+00');
  perform pg_temp.pay_out();
end $$;
savepoint no_autumn;

-- The total is shared once more when nobody pays the rest: the same share of it, rounded once.
select pg_temp.arrive(3333);
select is(pg_temp.parts(), '1 paid 96991', 'the first of three instalments is paid out');
select private.import_refund(null, 're_autumn', stripe_intent_id, 10000, 'succeeded')
from public.payments where booking_id = tests.id('autumn') and instalment = 1;
select pg_temp.pay_out();
select is(pg_temp.parts(), '1 paid 96991 8502', 'a refund in the dashboard takes back what the host had of it');
select tests.at('2031-09-25 13:00+00');
select private.order_charges(10);
select private.record_intent(payment_id, 'pi_autumn_2')
from public.payments where booking_id = tests.id('autumn') and instalment = 2;
select private.refuse_charge(payment_id, 'authentication_required')
from public.payments where booking_id = tests.id('autumn') and instalment = 2;
select tests.at('2031-09-28 13:00+00');
select private.let_unpaid_charges_go(10);
select tests.money('autumn', 'canceled', instalment => 2);
select is(private.cancel_unpaid_stays(10), 1, 'the second is not paid, and the stay is over');
select is(pg_temp.parts(), '1 paid 96991 8502', 'not a cent of the host''s share is another');
select is_empty('select pg_temp.amiss()', 'a stay that nobody paid on leaves nothing amiss');
rollback to no_autumn;

-- A guest who leaves early leaves the cleaning whole, and of the tax on nights only those of some nights.
update private.fee_schemes set guest_bp = 0;
update public.listing_prices set cleaning_fee_minor = 90000 where listing_id = tests.id('mill');
insert into private.taxes (name, country_code, basis, rate_bp) values ('City', 'FR', 'percent_of_nights', 2000);
select pg_temp.arrive(3000);
select is(pg_temp.parts(), '1 paid 126390', 'the first of them is paid out with its part of the cleaning');
select tests.become('grace');
select public.cancel_booking(tests.id('autumn'));
select tests.back();
select is(pg_temp.parts(), '1 paid 126390, 2 scheduled 4000',
  'what her share grows by is another part of it');
select is_empty('select pg_temp.amiss()', 'a share that grows leaves nothing amiss');
select pg_temp.pay_out();
select tests.money('autumn', 'succeeded', instalment => 4);
select pg_temp.pay_out();
select is(pg_temp.parts(), '1 paid 126390, 2 paid 4000, 1 paid 50030',
  'what Grace still owed is a payout of its own');
select is_empty('select pg_temp.amiss()', 'a guest who leaves early leaves nothing amiss');

select * from finish();
rollback;
