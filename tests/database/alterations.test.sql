-- Alterations: other days or guests for a stay that is confirmed, agreed by both sides.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;
select tests.home('mill', 'ada');
update public.listing_prices
set included_guests = 2, extra_guest_price_minor = 1500, cleaning_fee_minor = 4000, pet_fee_minor = 2500
where listing_id = tests.id('mill');
update public.listings set maximum_pets = 1 where listing_id = tests.id('mill');
update public.booking_rules set preparation_nights = 1 where listing_id = tests.id('mill');
insert into private.taxes (name, country_code, basis, rate_bp) values ('City', 'FR', 'percent_of_nights', 1000);

create function pg_temp.claims(booking text) returns text language sql as $$
  select string_agg(kind || ' ' || to_char(lower(nights), 'MM-DD') || '..' || to_char(upper(nights), 'MM-DD'), ', '
    order by nights, kind)
  from private.claims where booking_id = tests.id(booking)
$$;
create function pg_temp.stay(booking text) returns text language sql as $$
  select concat_ws(' ', status, to_char(check_in, 'MM-DD') || '..' || to_char(check_out, 'MM-DD'), guests || ' guests',
    guest_totals.total_minor, host_totals.payout_minor)
  from public.bookings join public.guest_totals using (booking_id) join public.host_totals using (booking_id)
  where booking_id = tests.id(booking)
$$;
create function pg_temp.state(alteration text) returns text language sql as $$
  select status::text from public.alterations where alteration_id = tests.id(alteration)
$$;
-- What the guest has paid and not got back, in the ledger's words and in the payments'.
create function pg_temp.money(booking text) returns text language sql as $$
  select concat_ws(' ', 'net', (
      select sum(captured_minor - refunded_minor) from public.payments where booking_id = tests.id(booking)),
    'host', (select -sum(amount_minor) from private.ledger_entries
      where booking_id = tests.id(booking) and account = 'host'),
    'payouts', (select sum(amount_minor) from public.payouts
      where booking_id = tests.id(booking) and status <> 'cancelled'))
$$;
create function pg_temp.unbalanced() returns text language sql as $$
  select string_agg(difference || ' ' || detail, '; ') from private.reconciliation_report()
  where difference = 'ledger_differs'
$$;
create function pg_temp.proposes(alteration text, booking text, check_in date, check_out date, rest text default '')
  returns text language sql as $$
  select format('select * from public.propose_alteration(%L, %L, %L, %L%s)', tests.id(alteration), tests.id(booking),
    check_in, check_out, rest)
$$;
create function pg_temp.does(verb text, alteration text) returns text language sql as $$
  select format('select * from public.%I(%L)', verb, tests.id(alteration))
$$;
grant execute on all functions in schema pg_temp to authenticated;

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-13');
select tests.money('visit', 'succeeded');
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-13 1 guests 41794 32980', 'Grace stays three nights');
select is(pg_temp.claims('visit'), 'stay 06-10..06-13, preparation 06-13..06-14',
  'Grace''s stay is followed by a night of preparation');

-- The price: nights that stay keep theirs

update public.listing_prices set base_price_minor = 20000, cleaning_fee_minor = 9000 where listing_id = tests.id('mill');
update private.fee_schemes set guest_bp = 5000, host_bp = 5000;
select tests.become('grace');
select results_eq(
  format($$ select total_minor, difference_minor, payout_minor, status::text, proposed_by::text, subtotal_minor,
       guest_fee_minor, taxes_minor
     from public.preview_alteration(%L, check_out => '2031-06-14') $$, tests.id('visit')),
  $$ values (66614::bigint, 24820::bigint, null::bigint, null, 'guest', 54000::bigint, 7614::bigint, 5000::bigint) $$,
  'one more night costs today''s price; the rest, cleaning and the fees stay as agreed');
select tests.back();
select tests.become('ada');
select results_eq(
  format($$ select total_minor, guest_fee_minor, difference_minor, payout_minor
     from public.preview_alteration(%L, check_out => '2031-06-14') $$,
    tests.id('visit')),
  $$ values (null::bigint, null::bigint, null::bigint, 52380::bigint) $$, 'the owner sees the payout alone');
select tests.back();
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-13 1 guests 41794 32980',
  'a preview changes nothing');
select tests.become('grace');
select is((public.preview_alteration(tests.id('visit'), guests => 3)).subtotal_minor, 34000 + 3 * 1500::bigint,
  'a third guest costs what the third guest costs');
select is((public.preview_alteration(tests.id('visit'), pets => 1)).subtotal_minor, 34000 + 2500::bigint,
  'a dog adds to the previewed price');
select tests.back();

-- Who may, and what is refused

select is(tests.outcome(person, statement), outcome, person || ': ' || outcome)
from (values
  ('margaret', pg_temp.proposes('a', 'visit', '2031-06-10', '2031-06-14'), 'booking_not_found'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-06-10', '2031-06-13'), 'nothing_changed'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-06-14', '2031-06-13'), 'dates_reversed'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-05-10', '2031-06-13'), 'date_in_past'),
  ('ada', pg_temp.proposes('a', 'visit', '2031-05-10', '2031-06-13'), 'date_in_past'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-06-10', '2031-06-14', ', guests => 9'), 'too_many_guests'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-06-10', '2031-06-14', ', expected_total_minor => 1'), 'price_changed'),
  ('grace', pg_temp.proposes('a', 'visit', '2031-06-10', '2031-08-20'), 'paid_in_parts'),
  ('grace', 'select public.propose_alteration(null, tests.id(''visit''))', 'alteration_id_required'),
  ('grace', pg_temp.does('accept_alteration', 'none'), 'alteration_not_found')
) as tried (person, statement, outcome);

-- Preparation stays that of the booking, whatever the host asks of later ones

savepoint preparing;
select tests.book('next', 'margaret', 'mill', '2031-06-15', '2031-06-17');
update public.booking_rules set preparation_nights = 2 where listing_id = tests.id('mill');
select is(tests.outcome('grace', pg_temp.proposes('x', 'visit', '2031-06-10', '2031-06-14')), '1',
  'a later preparation setting does not stop a longer stay');
update public.booking_rules set preparation_nights = 0 where listing_id = tests.id('mill');
select is(tests.outcome('grace', pg_temp.proposes('x', 'visit', '2031-06-10', '2031-06-15')), 'nights_taken',
  'the day of a proposal is not given up: an offered night can be accepted');
rollback to preparing;

-- More to pay: the added nights are held, the stay is as it was until the money is there

select tests.become('grace');
select lives_ok(pg_temp.proposes('longer', 'visit', '2031-06-10', '2031-06-14', ', expected_total_minor => 66614'),
  'Grace proposes a longer stay');
select lives_ok(pg_temp.proposes('longer', 'visit', '2031-06-10', '2031-06-14'),
  'the same proposal again is answered with the first one');
select throws_ok(pg_temp.proposes('longer', 'visit', '2031-06-10', '2031-06-15'), 'PT409', 'id_reused',
  'the id of a proposal cannot be reused for other dates');
select throws_ok(pg_temp.proposes('other', 'visit', '2031-06-10', '2031-06-15'), 'PT409', 'alteration_open',
  'a booking has one open proposal at a time');
select throws_ok(pg_temp.does('accept_alteration', 'longer'), 'PT409', 'own_proposal',
  'Grace cannot accept her own proposal');
select throws_ok(pg_temp.does('decline_alteration', 'longer'), 'PT409', 'own_proposal',
  'Grace cannot decline her own proposal');
select tests.back();
select is(tests.outcome('margaret', pg_temp.does('accept_alteration', 'longer')), 'alteration_not_found',
  'Margaret cannot accept a proposal of others');
select is(tests.outcome('ada', pg_temp.does('withdraw_alteration', 'longer')), 'alteration_closed', 'Ada cannot take it back');
select is(pg_temp.claims('visit'), 'stay 06-10..06-13, preparation 06-13..06-14', 'a proposal holds nothing');
update public.listing_prices set base_price_minor = 90000 where listing_id = tests.id('mill');

savepoint proposed;

-- Nobody is written to without end

update private.settings set attempts_per_stay = 1;
select is(tests.outcome('grace', pg_temp.does('withdraw_alteration', 'longer')), '1', 'Grace takes it back');
select tests.become('grace');
select public.withdraw_alteration(tests.id('longer'));
select throws_ok(pg_temp.proposes('more', 'visit', '2031-06-10', '2031-06-14'), 'PT429', 'too_many_attempts',
  'a guest has a limited number of proposals');
select tests.back();
rollback to proposed;

select tests.become('ada');
select is((public.decline_alteration(tests.id('longer'))).status::text, 'declined',
  'Ada may decline a proposal');
select is((public.decline_alteration(tests.id('longer'))).status::text, 'declined',
  'declining a proposal twice changes nothing');
select throws_ok(pg_temp.does('accept_alteration', 'longer'), 'PT409', 'alteration_closed',
  'a declined proposal cannot be accepted');
select tests.back();
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-13 1 guests 41794 32980',
  'a declined proposal changes nothing of the stay');
rollback to proposed;
select tests.at('2031-05-21 12:00+00');
select is(tests.outcome('ada', pg_temp.does('accept_alteration', 'longer')), 'alteration_expired', 'a day is enough');
select is(private.expire_alterations(10), 1, 'the job writes it down');
select is(pg_temp.state('longer'), 'expired', 'a proposal that nobody answered is expired');
rollback to proposed;

select tests.become('ada');
select is((public.accept_alteration(tests.id('longer'))).status::text, 'awaiting_payment',
  'Ada accepts the longer stay');
select is((public.accept_alteration(tests.id('longer'))).status::text, 'awaiting_payment',
  'accepting a proposal twice changes nothing');
select tests.back();
select is(pg_temp.claims('visit'), 'stay 06-10..06-13, hold 06-13..06-14, preparation 06-14..06-15',
  'the added night is held and the preparation moves');
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-13 1 guests 41794 32980',
  'the stay does not change before the difference is paid');
select is(tests.outcome('margaret', format('select public.quote_stay(%L, ''2031-06-13'', ''2031-06-14'')', tests.id('mill'))),
  'nights_taken', 'nobody else gets that night');
select is(tests.outcome('postgres', format('update public.bookings set check_out = ''2031-06-20'' where booking_id = %L',
  tests.id('visit'))), 'frozen', 'days become what was agreed, nothing else');

savepoint accepted;
select tests.at('2031-05-20 12:14:30+00');
select is(tests.outcome('grace', format('select public.start_payment(%L)', tests.id('visit'))), 'already_paid', 'the last minute is too late');
select tests.at('2031-05-20 12:15+00');
select lives_ok($$ select tests.book('next', 'margaret', 'mill', '2031-06-14', '2031-06-16') $$,
  'another guest can book a night whose payment is overdue');
select is(pg_temp.state('longer'), 'expired', 'a proposal whose night was booked has expired');
select is(pg_temp.claims('visit'), 'stay 06-10..06-13, preparation 06-13..06-14',
  'a proposal that ended unpaid leaves the booking exactly as it was');
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-13 1 guests 41794 32980',
  'a proposal that ended unpaid leaves the money as it was');
select is(tests.money('visit', 'succeeded', instalment => 2), 'paid_after_cancel', 'nothing was begun to be paid');
rollback to accepted;

select tests.become('grace');
select is((public.start_payment(tests.id('visit'))).amount_minor, 24820::bigint, 'Grace pays the difference');
select tests.back();
savepoint paying;
select tests.at('2031-05-20 12:17+00');
select is(private.expire_alterations(10), 1, 'the difference is not paid in time');
select is(tests.money('visit', 'succeeded', instalment => 2), 'captured',
  'the difference is paid too late');
select is(pg_temp.state('longer'), 'expired',
  'a difference paid too late leaves the proposal expired');
select is(pg_temp.money('visit'), 'net 41794 host 32980 payouts 32980',
  'a difference paid too late is refunded');
select is(pg_temp.unbalanced(), null, 'the ledger balances after a late difference is refunded');
select is((select refund_minor || ' ' || paid_minor from private.settle_stay(
    (select bookings from public.bookings where booking_id = tests.id('visit')),
    row('grace', true, 0, 0, 0)::private.refund_terms)), '41794 41794',
  'a late difference is not refunded twice');
rollback to paying;
select is(tests.money('visit', 'canceled', instalment => 2), 'cancelled', 'Stripe cancels the intent');
select is(pg_temp.claims('visit'), 'stay 06-10..06-13, preparation 06-13..06-14',
  'the added night is free when its proposal has expired');
rollback to paying;
select is(tests.money('visit', 'requires_payment_method', instalment => 2), 'unchanged', 'a card is declined');
select is(tests.money('visit', 'succeeded', instalment => 2), 'captured',
  'another card pays the difference');
select is(pg_temp.state('longer'), 'applied', 'the stay is altered');
select is(pg_temp.stay('visit'), 'confirmed 06-10..06-14 1 guests 66614 52380',
  'the altered stay has its new days and money');
select is(pg_temp.claims('visit'), 'stay 06-10..06-14, preparation 06-14..06-15',
  'the altered stay holds its new nights');
select is(pg_temp.money('visit'), 'net 66614 host 52380 payouts 52380', 'all of it is paid, and the host''s share follows');
select is(pg_temp.unbalanced(), null, 'the ledger balances after a longer stay is paid');
select is((select string_agg(kind || ' ' || amount_minor, ', ' order by position) from public.booking_lines
    where booking_id = tests.id('visit')),
  'night 10000, night 10000, night 10000, night 20000, cleaning 4000, tax 5000',
  'the altered stay has a line for each part of its price');
select is((select (former).total_minor || ' ' || cardinality((former).lines) from private.alteration_prices
    where alteration_id = tests.id('longer')), '41794 5', 'what was agreed before is kept');
select is(tests.outcome('postgres', 'delete from public.booking_lines'), 'frozen', 'the lines are frozen again');
select is((select confirmed_at from public.bookings where booking_id = tests.id('visit')),
  timestamptz '2031-05-20 12:00+00', 'grace does not begin anew');
select is((select string_agg(template, ', ' order by template) from private.commands
    where booking_id = tests.id('visit') and kind = 'send_mail' and template like '%alter%'),
  'alteration_proposed_host, alteration_to_pay_guest, booking_altered_guest, booking_altered_host', 'both sides are told');

-- Less to pay: swapped at once

select tests.become('ada');
select lives_ok(pg_temp.proposes('later', 'visit', '2031-06-12', '2031-06-14'), 'Ada proposes two nights less');
select tests.back();
select tests.become('grace');
select is((public.read_alteration(tests.id('later'))).difference_minor, -24820::bigint, 'Grace would get so much back');
select is((public.accept_alteration(tests.id('later'))).status::text, 'applied',
  'Grace accepts the shorter stay');
select tests.back();
select is(pg_temp.stay('visit'), 'confirmed 06-12..06-14 1 guests 41794 32980',
  'the accepted alteration changes the stay at once');
select is(pg_temp.claims('visit'), 'stay 06-12..06-14, preparation 06-14..06-15', 'the nights before it are free');
select is(pg_temp.money('visit'), 'net 41794 host 32980 payouts 32980', 'the money is exact');
select is(pg_temp.unbalanced(), null, 'the ledger balances after a shorter stay is refunded');
select is((select distinct due_at from public.payouts where booking_id = tests.id('visit') and status = 'scheduled'),
  timestamptz '2031-06-13 13:00+00', 'the payout follows the new check-in');

-- Then it is cancelled: what an alteration gave back is not given back twice

savepoint altered;
select tests.become('grace');
select is((public.cancel_booking(tests.id('visit'))).refund_minor, 41794::bigint, 'grace counts from the confirmation: all comes back');
select tests.back();
select is(pg_temp.money('visit'), 'net 0 host 0 payouts',
  'the cancelled stay is refunded to the cent');
select is(pg_temp.unbalanced(), null, 'the ledger balances after the altered stay is cancelled');
rollback to altered;
select is(private.refuse_refund(refund_id, 1000, false), 'cut', 'Stripe has only a part of it left to give')
from public.refunds where booking_id = tests.id('visit') and reason = 'altered';
select is(private.paid_for(tests.id('visit')), 66614 - 1000::bigint, 'what was cut was not given back, and its rest is counted once');
rollback to altered;

-- A stay that ends overtakes its alterations

select tests.become('grace');
select lives_ok(pg_temp.proposes('again', 'visit', '2031-06-12', '2031-06-15'), 'Grace wants a night more');
select tests.back();
select tests.become('ada');
select is((public.accept_alteration(tests.id('again'))).status::text, 'awaiting_payment',
  'Ada accepts one more night for the second time');
select tests.back();
savepoint once_more;
select tests.become('grace');
select is((public.withdraw_alteration(tests.id('again'))).status::text, 'withdrawn', 'Grace would rather not pay');
select tests.back();
select is(pg_temp.claims('visit'), 'stay 06-12..06-14, preparation 06-14..06-15',
  'the stay does not change while the difference is unpaid');
rollback to once_more;
select tests.become('grace');
select public.start_payment(tests.id('visit'));
select (public.cancel_booking(tests.id('visit'))).refund_minor;
select tests.back();
select is(pg_temp.state('again'), 'overtaken', 'a cancelled booking is not altered any more');
select is(pg_temp.claims('visit'), null, 'a cancelled booking frees all of its nights');
select is(tests.money('visit', 'succeeded', instalment => 3), 'captured', 'money that comes now');
select is(pg_temp.money('visit'), 'net 0 host 0 payouts',
  'a difference paid after the cancellation is refunded');
select is(pg_temp.unbalanced(), null,
  'the ledger balances when a difference is paid after the cancellation');
rollback to once_more;

-- What cannot be altered, each for its reason.

rollback to once_more;
select tests.home('barn', 'ada');
select tests.book('night', 'grace', 'barn', '2031-06-10', '2031-06-11');
select tests.money('night', 'succeeded');
select is(tests.outcome('grace', pg_temp.proposes('x', 'night', '2031-06-10', '2031-06-12')), '1',
  'a stay of two nights can be proposed');
create function pg_temp.altered_when(change text) returns text language plpgsql as $$
declare
  answer text;
begin
  execute change;
  answer := tests.outcome('grace', pg_temp.proposes('x', 'night', '2031-06-10', '2031-06-12'));
  raise exception using errcode = 'UNDO1', message = answer;
exception when sqlstate 'UNDO1' then
  return sqlerrm;
end $$;
select is(pg_temp.altered_when(change), outcome, reason)
from (values
  ($$ select private.apply_dispute(null, 'dp_1', 'pi_night', 'needs_response', 22820, 'eur', 0, 0, 0) $$, 'not_alterable',
    'not while a bank asks for the money'),
  ($$ update public.payments set status = 'pending', captured_minor = 0, captured_at = null
      where booking_id = tests.id('night') $$, 'paid_in_parts', 'nor what is not paid yet'),
  ($$ update public.listings set currency = 'USD' where listing_id = tests.id('barn') $$, 'not_alterable',
    'nor in a home that is priced in other money now'),
  ($$ update public.listing_prices set base_price_minor = 20 where listing_id = tests.id('barn') $$,
    'below_minimum_charge', 'nor for less than a card can be charged')
) as tried (change, outcome, reason);

-- Collisions are tried once more.

create sequence pg_temp.tries;
grant usage on sequence pg_temp.tries to public;
create function pg_temp.collide() returns trigger language plpgsql as $$
begin
  perform nextval('pg_temp.tries');
  raise exception using errcode = '40P01';
end $$;
savepoint calm;
select tests.become('grace');
select public.propose_alteration(tests.id('calm'), tests.id('night'), '2031-06-10', '2031-06-12');
select tests.back();
create trigger collide before update on public.alterations for each row execute function pg_temp.collide();
select is(tests.outcome('ada', pg_temp.does('accept_alteration', 'calm')), 'try_again',
  'an alteration that always ends in a deadlock answers try_again');
rollback to calm;
select is(nextval('pg_temp.tries'), 3::bigint,
  'an alteration that ends in a deadlock is tried twice');

-- A stay that has begun: only its end moves

select tests.become('grace');
select (public.withdraw_alteration(tests.id('again'))).status;
select tests.back();
update public.listing_prices set base_price_minor = 10000, cleaning_fee_minor = 0 where listing_id = tests.id('mill');
update private.fee_schemes set guest_bp = 1410, host_bp = 300;
select tests.book('week', 'dorothy', 'mill', '2031-06-20', '2031-06-25');
select tests.money('week', 'succeeded');
insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'active', 'FR', 'acct_ada', private.now(), private.now());
select is(pg_temp.stay('week'), 'confirmed 06-20..06-25 1 guests 62050 48500', 'Dorothy stays five nights');
select tests.become('ada');
select public.block_nights(tests.id('mill'), '2031-06-28', '2031-06-29');
select tests.back();

select tests.at('2031-06-20 12:00+00');
select tests.become('dorothy');
select lives_ok(pg_temp.proposes('one more', 'week', '2031-06-20', '2031-06-26'), 'on the day of arrival she wants a night more');
select tests.back();
select tests.at('2031-06-21 11:00+00');
select is(tests.outcome('ada', pg_temp.does('accept_alteration', 'one more')), '1', 'check-in passes, it can still be agreed');
select tests.become('dorothy');
select (public.withdraw_alteration(tests.id('one more'))).status;
select lives_ok(pg_temp.proposes('one less', 'week', '2031-06-20', '2031-06-22'),
  'a guest may propose during the stay to leave earlier');
select tests.back();
select is((select expires_at from public.alterations where alteration_id = tests.id('one less')),
  timestamptz '2031-06-22 09:00+00',
  'a proposal to leave earlier expires at the check-out it would have');
select tests.become('dorothy');
select (public.withdraw_alteration(tests.id('one less'))).status;
select tests.back();
select is(tests.outcome(person, statement), outcome, person || ': ' || outcome)
from (values
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-19', '2031-06-25'), 'stay_begun'),
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-22', '2031-06-25'), 'stay_begun'),
  ('ada', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-25', ', guests => 2'), 'stay_begun'),
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-21'), 'nights_spent'),
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-22'), '1'),
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-28'), '1'),
  ('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-29'), 'nights_taken')
) as tried (person, statement, outcome);
savepoint second_morning;
select tests.at('2031-06-21 08:59:59+00');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-21')), '1',
  'a guest may leave that day until the hour of check-out');
select tests.at('2031-06-21 09:00+00');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-21')), 'nights_spent',
  'a guest cannot give up a night that has begun');
rollback to second_morning;

-- What it has already is not asked anew, what it adds is

savepoint asked_anew;
update public.booking_rules
set advance_notice_days = 7, minimum_nights = 30, arrival_weekdays = '{1}', maximum_nights = 100, booking_window_months = 1
where listing_id = tests.id('mill');
update public.listings set capacity = 1, status = 'hidden' where listing_id = tests.id('mill');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-22')), '1', 'fewer nights, whatever the host asks of others');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-26')), 'listing_not_found', 'no more nights in a home that is hidden');
update public.listings set status = 'published' where listing_id = tests.id('mill');
update public.booking_rules set departure_weekdays = '{1}', maximum_nights = 30 where listing_id = tests.id('mill');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-26')), 'departure_not_allowed', 'the new day of departure is asked');
rollback to asked_anew;

-- Shorter: what was paid out comes back from the host

select tests.at('2031-06-21 13:00+00');
select is(private.release_payouts(10), 3, 'what the stays bring is on its way');
create function pg_temp.arrives(booking text) returns void language sql as $$
  select public.apply_transfer(null, payout_id, 'tr_' || payout_id, amount_minor - withheld_minor, lower(currency))
  from public.payouts where booking_id = tests.id(booking) and status = 'sent'
$$;
select pg_temp.arrives('week');
select pg_temp.arrives('visit');
select tests.become('dorothy');
select is((public.preview_alteration(tests.id('week'), check_out => '2031-06-23')).difference_minor, -24820::bigint,
  'two nights less, with the fee and the tax of these');
select lives_ok(pg_temp.proposes('less', 'week', '2031-06-20', '2031-06-23'), 'Dorothy has to go');
select tests.back();
select tests.become('ada');
select is((public.accept_alteration(tests.id('less'))).status::text, 'applied',
  'Ada accepts that Dorothy leaves earlier');
select tests.back();
select is(pg_temp.stay('week'), 'confirmed 06-20..06-23 1 guests 37230 29100', 'the stay is shorter');
select is(pg_temp.claims('week'), 'stay 06-20..06-23, preparation 06-23..06-24',
  'the nights of the shortened stay are free');
select is((select string_agg(reversals.status || ' ' || reversals.amount_minor, ', ') from private.reversals
    join public.payouts using (payout_id) where booking_id = tests.id('week')), 'pending 19400', 'the host gives back their share');
select is(pg_temp.unbalanced(), null, 'the ledger balances after the host gives back their share');
select is((select spent_nights || ' of ' || cardinality(lines) from private.refund_terms('firm', '2031-06-20', '2031-06-23', '15:00', '11:00',
    'Europe/Paris', '2031-05-20 12:00+00', '2031-06-21 13:00+00'), lateral (select array[1, 2, 3] as lines) as stay), '2 of 3',
  'the nights that stay are those that were spent');
select is((private.review_window(bookings)).opens_at, timestamptz '2031-06-23 09:00+00', 'reviews open when she goes')
from public.bookings where booking_id = tests.id('week');

-- Longer: the added nights are paid out of their own money

select tests.become('ada');
select lives_ok(pg_temp.proposes('more', 'week', '2031-06-20', '2031-06-24'), 'Ada would keep her a night more');
select tests.back();
select tests.become('dorothy');
select is((public.accept_alteration(tests.id('more'))).status::text, 'awaiting_payment',
  'Dorothy accepts one more night');
select public.start_payment(tests.id('week'));
select tests.back();

savepoint extending;
select tests.become('ada');
select public.report_no_show(tests.id('week'), 'Nobody here.');
select tests.back();
select is(pg_temp.state('more'), 'overtaken', 'a guest who is said not to have come alters nothing');
select is(pg_temp.claims('week'), 'stay 06-20..06-23, preparation 06-23..06-24',
  'an added night is free while a no-show is open');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-24')), 'not_alterable',
  'an alteration is refused while a no-show is open');
rollback to extending;
insert into private.suspensions (profile_id, reason, suspended_at) values (tests.person('ada'), 'Fraud.', private.now());
select is(tests.money('week', 'succeeded', instalment => 2), 'captured', 'money that was on its way when Ada was suspended');
select is(pg_temp.state('more'), 'expired',
  'a difference paid while the host is suspended alters nothing');
select is((select sum(captured_minor - refunded_minor) from public.payments where booking_id = tests.id('week')), 37230::numeric,
  'a difference paid while the host is suspended is refunded');
select is(pg_temp.unbalanced(), null,
  'the ledger balances when the host was suspended before the payment');
rollback to extending;
select is(tests.money('week', 'succeeded', instalment => 2), 'captured',
  'Dorothy pays for one more night');
select is(pg_temp.stay('week'), 'confirmed 06-20..06-24 1 guests 49640 38800', 'the stay is longer');
select is((select status || ' ' || amount_minor || ' ' || due_at from public.payouts
    where booking_id = tests.id('week') and instalment = 2), 'scheduled 9700 ' || timestamptz '2031-06-21 13:00+00',
  'the added night is paid out at once, for she is there');
select is(pg_temp.unbalanced(), null, 'the ledger balances after an added night is paid out');

-- The end of a stay overtakes what would have moved it

select tests.become('dorothy');
select lives_ok(pg_temp.proposes('last', 'week', '2031-06-20', '2031-06-25'),
  'Dorothy proposes another night');
select tests.back();
select tests.at('2031-06-24 08:55+00');
update public.alterations set expires_at = '2031-06-24 09:00+00' where alteration_id = tests.id('last');
select tests.become('ada');
select is((public.accept_alteration(tests.id('last'))).expires_at, timestamptz '2031-06-24 09:00+00',
  'an added night has to be paid before check-out');
select tests.back();
select tests.become('dorothy');
select public.start_payment(tests.id('week'));
select tests.back();
select tests.at('2031-06-24 09:00+00');
savepoint leaving;
select is(tests.money('week', 'succeeded', instalment => 3), 'captured', 'money that comes then');
select is(pg_temp.state('last'), 'expired',
  'a difference paid after check-out leaves the proposal expired');
rollback to leaving;
select is(private.complete_stays(10), 3, 'the stay is over, as Grace''s were before');
select is(pg_temp.state('last'), 'overtaken', 'a stay that is over is not altered any more');
select is(pg_temp.claims('week'), 'stay 06-20..06-24, preparation 06-24..06-25',
  'the added night of the expired proposal is free');
select is((select status::text from private.commands where booking_id = tests.id('week') and kind = 'cancel_intent'), 'waiting',
  'the payment of the expired proposal is cancelled');
select is(tests.outcome('dorothy', pg_temp.proposes('x', 'week', '2031-06-20', '2031-06-26')), 'not_alterable',
  'a proposal for a stay that is over is refused');
-- Stays that are charged later: what is not charged yet is planned anew, all of it from the saved card

update public.booking_rules set booking_window_months = 24, preparation_nights = 0 where listing_id = tests.id('mill');
delete from private.taxes;

-- Children: what an alteration says of them is priced, agreed and kept like the rest

savepoint children;
insert into private.taxes (name, listing_id, basis, amount_minor, currency, minimum_age)
values ('Kurtaxe', tests.id('mill'), 'per_guest_night', 200, 'EUR', 12);
select tests.book('family', 'dorothy', 'mill', '2031-09-10', '2031-09-12');
select tests.money('family', 'succeeded');
create function pg_temp.child(verb text, rest text) returns text language sql as $$
  select format('select * from public.%s%L, %s)', verb || '_alteration('
    || case verb when 'propose' then quote_literal(tests.id('child')) || ', ' else '' end, tests.id('family'), rest)
$$;
grant execute on function pg_temp.child to authenticated;
select is(tests.outcome('dorothy', pg_temp.child('propose', said)), outcome, format('%s: %s', said, outcome))
from (values
  ('guests => 2, child_ages => ''{5,6}''', 'invalid_guests'), ('guests => 2, child_ages => ''{1}''', 'invalid_guests'),
  ('child_ages => ''{}''', 'nothing_changed'), ('guests => 2, child_ages => ''{11}''', '1')) as told (said, outcome);
select tests.become('dorothy');
select is((select taxes_minor from public.preview_alteration(tests.id('family'), guests => 2, child_ages => ages::smallint[])),
  taxes, format('two nights of two guests, the children %s', ages))
from (values ('{11}', 400::bigint), ('{12}', 800), (null, 800)) as told (ages, taxes);
select public.propose_alteration(tests.id('child'), tests.id('family'), guests => 3, child_ages => '{11,3}');
select is(tests.outcome('dorothy', pg_temp.child('propose', said)), outcome, format('%s again: %s', said, outcome))
from (values
  ('guests => 3, child_ages => ''{3,11}''', '1'), ('guests => 3, child_ages => ''{3,12}''', 'id_reused'),
  ('guests => 3', 'id_reused')) as told (said, outcome);
select tests.become('ada');
select is((public.read_alteration(tests.id('child'))).child_ages, '{3,11}', 'the host sees the ages before they agree');
select tests.back();
select is(tests.outcome('ada', pg_temp.does('accept_alteration', 'child')), '1', 'the host agrees');
select tests.become('ada');
select public.accept_alteration(tests.id('child'));
select tests.back();
select tests.money('family', 'succeeded', instalment => 2);
select results_eq(
  $$ select guests::integer, child_ages, taxes_minor from public.bookings where booking_id = tests.id('family') $$,
  $$ values (3, '{3,11}'::smallint[], 400::bigint) $$, 'the stay has the ages that were agreed');
select is((select former_child_ages from public.alterations where alteration_id = tests.id('child')), '{}',
  'what they were before is kept beside them');
select is(tests.outcome('dorothy', format('select public.preview_alteration(%L, guests => 2)', tests.id('family'))),
  'invalid_guests', 'who takes an adult out says which children stay');
rollback to children;
create function pg_temp.charges(booking text) returns text language sql as $$
  select string_agg(concat_ws(' ', instalment, purpose, status, amount_minor, nullif(refunded_minor, 0),
    case when status = 'pending' then to_char(charge_at at time zone 'Europe/Paris', 'YYYY-MM-DD') end), ', '
    order by instalment)
  from public.payments where booking_id = tests.id(booking)
$$;
create function pg_temp.agree(alteration text, booking text, check_in text, check_out text) returns text
  language plpgsql as $$
declare
  now_is text;
begin
  perform tests.become('margaret');
  perform public.propose_alteration(tests.id(alteration), tests.id(booking), check_in, check_out);
  perform tests.become('ada');
  now_is := (public.accept_alteration(tests.id(alteration))).status;
  perform tests.back();
  return now_is || ': ' || pg_temp.charges(booking);
end $$;

select tests.at('2031-07-01 12:00+00');
select tests.book('far', 'margaret', 'mill', '2032-02-01', '2032-02-04');
select tests.become('margaret');
select public.start_payment(tests.id('far'));
select tests.back();
select private.apply_setup(null, payment_id, 'seti_far', 'succeeded', 'pm_margaret', null)
from public.payments where booking_id = tests.id('far');
select is(pg_temp.charges('far'), '1 stay pending 34230 2031-11-04', 'Margaret''s stay in winter is charged in November');
select is(pg_temp.agree('then farther', 'far', '2032-02-11', '2032-02-15'), 'applied: 1 stay pending 45640 2031-11-14',
  'ten days later and a night longer it is charged ten days later');
savepoint far;
select is(pg_temp.agree('then nearer', 'far', '2031-09-01', '2031-09-03'), 'applied: 1 stay pending 22820 2031-07-01',
  'a stay altered to begin nearer is charged earlier');
select is(private.order_charges(10), 1, 'the charge that an alteration brought forward is ordered');
select is(tests.outcome('margaret', pg_temp.proposes('x', 'far', '2031-09-01', '2031-09-04')), 'paid_in_parts',
  'meanwhile nothing else is agreed');
select tests.money('far', 'succeeded');
select is(pg_temp.money('far'), 'net 22820 host 19400 payouts 19400',
  'a payout follows the charge that an alteration brought forward');
select is(tests.outcome('margaret', pg_temp.proposes('x', 'far', '2032-02-01', '2032-02-02')), 'paid_in_parts',
  'what is paid is not given back to be charged later');
rollback to far;
select is(pg_temp.agree('then longer', 'far', '2032-02-11', '2032-03-17'),
  'applied: 1 stay pending 342300 2031-11-14, 2 stay pending 57050 2032-03-05', 'longer than a month it is charged twice');
select is(pg_temp.agree('then shorter', 'far', '2032-02-11', '2032-02-14'),
  'applied: 1 stay pending 34230 2031-11-14, 2 stay cancelled 57050',
  'a stay altered to less than a month is charged once again');
select is(pg_temp.agree('then again longer', 'far', '2032-02-11', '2032-03-17'),
  'applied: 1 stay pending 342300 2031-11-14, 2 stay pending 57050 2032-03-05',
  'a stay altered to more than a month is charged twice again');

-- Charged between the proposal and the answer

savepoint charged;
select tests.at('2031-11-14 13:55+00');
select tests.become('margaret');
select public.propose_alteration(tests.id('later on'), tests.id('far'), '2032-03-01', '2032-04-05');
select tests.back();
select tests.at('2031-11-14 14:00+00');
select tests.money('far', 'succeeded');
select is(tests.outcome('ada', pg_temp.does('accept_alteration', 'later on')), 'paid_in_parts',
  'what was paid meanwhile is not held for longer');
rollback to charged;

-- In the middle of a long stay

select tests.book('long', 'margaret', 'mill', '2031-07-02', '2031-09-07');
select tests.money('long', 'succeeded', card => 'pm_margaret');
select is(pg_temp.charges('long'), '1 stay captured 342300, 2 stay pending 342300 2031-07-25, 3 stay pending 79870 2031-08-24',
  'Margaret stays 67 nights');
select tests.at('2031-07-10 12:00+00');
savepoint long;
select is(pg_temp.agree('then fewer', 'long', '2031-07-02', '2031-08-21'),
  'applied: 1 stay captured 342300, 2 stay pending 228200 2031-07-25, 3 stay cancelled 79870',
  'a stay that is cut shrinks what is not charged yet');
rollback to long;
select is(pg_temp.agree('then few', 'long', '2031-07-02', '2031-07-12'),
  'applied: 1 stay captured 342300 228200, 2 stay cancelled 342300, 3 stay cancelled 79870',
  'much earlier: what was charged comes back too');
select is(pg_temp.unbalanced(), null, 'the ledger balances after a long stay is shortened');
rollback to long;
select is(pg_temp.agree('then more', 'long', '2031-07-02', '2031-10-05'),
  'applied: 1 stay captured 342300, 2 stay pending 342300 2031-07-25, 3 stay pending 342300 2031-08-24, 4 stay pending 57050 2031-09-23',
  'a stay that is extended has another instalment');
select tests.become('ada');
select public.claim_damage(tests.id('cup'), tests.id('long'), 5000, 'A cup.');
select tests.become('margaret');
select public.accept_damage_claim(tests.id('cup'));
select tests.back();
select is(pg_temp.agree('then still more', 'long', '2031-07-02', '2031-11-04'),
  'applied: 1 stay captured 342300, 2 stay pending 342300 2031-07-25, 3 stay pending 342300 2031-08-24, '
  '4 stay pending 342300 2031-09-23, 5 damage pending 5000 2031-07-10, 10 stay pending 57050 2031-10-23',
  'what she broke is charged beside it');
select is(private.payout_due(bookings, payments), timestamptz '2031-11-05 14:00+00',
  'the host is paid for the added nights at their end')
from public.bookings join public.payments using (booking_id) where booking_id = tests.id('long') and payments.instalment = 10;
rollback to long;
select tests.at('2031-08-28 12:00+00');
select tests.money('long', 'succeeded', instalment => 2);
select tests.money('long', 'succeeded', instalment => 3);
select tests.become('margaret');
select (public.propose_alteration(tests.id('a day'), tests.id('long'), '2031-07-02', '2031-09-08')).difference_minor;
select tests.become('ada');
select is((public.accept_alteration(tests.id('a day'))).status::text, 'awaiting_payment',
  'a guest who has paid everything pays an added night herself');
select tests.back();
select is(pg_temp.charges('long'),
  '1 stay captured 342300, 2 stay captured 342300, 3 stay captured 79870, 4 alteration pending 11410',
  'an added night of a long stay is a payment of its own');
set constraints all immediate;
select * from finish();
rollback;
