-- Payments: whatever Stripe tells, in whatever order and however often, has one effect.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada');
update public.listings set instant_book = false where listing_id = tests.id('attic');
update private.settings set newcomer_hold_minutes = 15;
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;

create function pg_temp.story(name text) returns text language sql as $$
  select format('%s, %s %s of %s, back %s%s', bookings.status
    || coalesce(' (' || bookings.reason || ')', ''), payments.status,
    payments.captured_minor, payments.amount_minor, payments.refunded_minor,
    coalesce('; '
      || (select string_agg(problem, ', ' order by problem) from private.payment_problems
      where payment_problems.payment_id = payments.payment_id), ''))
  from public.bookings join public.payments on payments.booking_id = bookings.booking_id
  where bookings.booking_id = tests.id(name)
$$;
create function pg_temp.orders(name text, which text default '%') returns text language sql as $$
  select string_agg(kind || ' ' || status, ', ' order by kind, status) from private.commands
  where booking_id = tests.id(name) and kind::text like which
    and kind <> 'send_mail' and not (kind = 'create_intent' and status = 'done')
$$;
create function pg_temp.claims(name text) returns bigint language sql as $$
  select count(*) from private.claims where booking_id = tests.id(name)
$$;
create function pg_temp.payment(name text) returns uuid language sql security definer as $$
  select payment_id from public.payments where booking_id = tests.id(name)
$$;
create function pg_temp.command(name text, which public.command_kind) returns uuid
  language sql as $$
  select command_id from private.commands where booking_id = tests.id(name) and kind = which
$$;
create function pg_temp.odd(name text, intent_status text, amount bigint, received bigint,
  currency text) returns text language plpgsql as $$
begin
  return public.apply_payment_intent('evt_odd', pg_temp.payment(name), 'pi_' || name, intent_status,
    amount, received, currency, 'ch', null, null);
end $$;
grant execute on function pg_temp.payment to service_role;

create function pg_temp.begin(name text, guest text) returns void language plpgsql as $$
begin
  perform tests.become(guest);
  perform public.start_payment(tests.id(name));
  perform tests.become_service();
  perform public.record_intent(pg_temp.payment(name), 'pi_' || name);
  perform tests.back();
end $$;

-- Beginning to pay

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.become('grace');
select results_eq(
  $$ select booking_id, amount_minor, currency, capture_mode::text, stripe_intent_id, expires_at,
    idempotency_key = 'staybase/create_intent/' || payment_id
     from public.start_payment(tests.id('visit')) $$,
  $$ values (tests.id('visit'), 34230::bigint, 'EUR', 'automatic', null,
    timestamptz '2031-05-20 12:15+00', true) $$,
  'Grace begins to pay');
select is((public.start_payment(tests.id('visit'))).idempotency_key,
  (public.start_payment(tests.id('visit'))).idempotency_key,
  'a double click is one payment under one key');
select tests.back();
select is(pg_temp.orders('visit'), 'create_intent running',
  'the payment has one command, which its guest runs');
select is_empty($$ select * from public.claim_commands(10) $$,
  'no worker takes a command that a person runs');
savepoint begun;
select tests.at('2031-05-20 12:01+00');
select is((select kind || ' ' || attempts from public.claim_commands(10)), 'create_intent 1',
  'a worker takes the command when nothing was heard for a minute');
rollback to begun;
select tests.at('2031-05-20 12:13:59+00');
select is(tests.outcome('grace', $$ select public.start_payment(tests.id('visit')) $$), '1',
  'a minute before the end she may still pay');
select tests.at('2031-05-20 12:14+00');
select is(tests.outcome('grace', $$ select public.start_payment(tests.id('visit')) $$),
  'hold_expired', 'a guest cannot begin to pay in the last minute of a hold');
select tests.at('2031-05-20 12:00+00');

select tests.become_service();
select lives_ok($$ select public.record_intent(pg_temp.payment('visit'), 'pi_visit') $$,
  'the intent is recorded');
select throws_ok($$ select public.record_intent(gen_random_uuid(), 'pi_x') $$, 'PT404',
  'payment_not_found', 'an intent of no payment is refused');
select tests.back();
select is((select status::text from private.commands where booking_id = tests.id('visit')), 'done',
  'recording the intent marks its command as done');
select is(tests.outcome('service',
  format('select public.record_intent(%L, ''pi_visit'')', pg_temp.payment('visit'))), '1',
    'recording it again changes nothing');
select is(tests.outcome('service',
  format('select public.record_intent(%L, ''pi_other'')', pg_temp.payment('visit'))),
    'intent_mismatch', 'a payment has one intent for ever');
savepoint recorded;

-- What Stripe says, in every order: the end is the same

create function pg_temp.orders_of(statuses text[]) returns setof text[] language sql as $$
  with recursive orders (done, left_over) as (
    select '{}'::text[], statuses
    union all
    select done || status, array_remove(left_over, status) from orders, unnest(left_over) as status
  )
  select done from orders where left_over = '{}'
$$;
create function pg_temp.told(name text, statuses text[]) returns text language plpgsql as $$
declare
  told text;
begin
  begin
    for told in select unnest(statuses) loop
      perform tests.money(name, told);
      -- And each of them twice.
      perform tests.money(name, told);
    end loop;
    told := pg_temp.story(name) || '; ' || coalesce(pg_temp.orders(name), 'no orders') || '; ' || (
      select count(*) from private.commands where booking_id = tests.id(name)
        and kind = 'send_mail') || ' mails';
    raise exception using errcode = 'UNDO2';
  exception when sqlstate 'UNDO2' then null;
  end;
  return told;
end $$;

select is(pg_temp.told('visit', statuses),
  'confirmed, captured 34230 of 34230, back 0; no orders; 2 mails', array_to_string(statuses, ', '))
from pg_temp.orders_of(array['requires_payment_method', 'requires_action', 'processing',
  'succeeded']) as statuses;
select is(pg_temp.told('visit', statuses),
  'expired (payment_cancelled), cancelled 0 of 34230, back 0; no orders; 0 mails',
  array_to_string(statuses, ', '))
from pg_temp.orders_of(array['requires_payment_method', 'processing', 'canceled']) as statuses;
select tests.book('question', 'margaret', 'attic', '2031-06-10', '2031-06-12');
select pg_temp.begin('question', 'margaret');
select is(pg_temp.told('question', statuses),
  'requested, authorized 0 of 22820, back 0; no orders; 1 mails', array_to_string(statuses, ', '))
from pg_temp.orders_of(array['requires_payment_method', 'requires_action', 'processing',
  'requires_capture']) as statuses;
savepoint asked;
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.become('ada');
select public.accept_booking(tests.id('question'));
select tests.back();
select is(pg_temp.told('question', statuses),
  'confirmed, captured 22820 of 22820, back 0; capture waiting; 3 mails', 'accepted: '
  || array_to_string(statuses, ', '))
from pg_temp.orders_of(array['requires_payment_method', 'processing', 'requires_capture',
  'succeeded']) as statuses;
rollback to asked;

-- A refused card is no end: another may be tried on the same intent.
select tests.become_service();
select is(public.apply_payment_intent('evt_1', null, 'pi_visit', 'requires_payment_method', 34230,
  0, 'eur', null, null, 'card_declined'), 'unchanged', 'a card is refused');
select tests.back();
select is((select last_error from public.payments where booking_id = tests.id('visit')),
  'card_declined', 'Grace reads why her card was refused');
select is(pg_temp.claims('visit'), 1::bigint, 'Grace keeps her nights when her card was refused');
select is(tests.money('visit', 'succeeded'), 'captured', 'the next card pays');
select is((select last_error from public.payments where booking_id = tests.id('visit')), null,
  'a payment that succeeds clears the earlier refusal');
select is(tests.money('visit', 'requires_payment_method'), 'unchanged',
  'a refusal that arrives again changes nothing');
select is(pg_temp.story('visit'), 'confirmed, captured 34230 of 34230, back 0',
  'the stay is confirmed');
select is((select stripe_charge_id from public.payments where booking_id = tests.id('visit')),
  'ch_visit', 'the charge is known');
rollback to asked;

-- An intent is found by our own id when its own is not known yet, and by neither it is nobody's
select tests.book('fast', 'dorothy', 'mill', '2031-06-20', '2031-06-22');
select tests.become('dorothy');
select public.start_payment(tests.id('fast'));
select tests.back();
select is(tests.money('fast', 'succeeded'), 'captured',
  'an event that comes before the answer of Stripe is applied');
select is((select stripe_intent_id from public.payments where booking_id = tests.id('fast')),
  'pi_fast', 'an event records the intent');
select is(pg_temp.orders('fast'), null, 'an event marks the creation of the intent as done');
select is(tests.outcome('service',
  $$ select public.apply_payment_intent('evt_1', null, 'pi_unknown', 'succeeded', 1, 1, 'eur', null, null, null) $$),
  'payment_not_found', 'an intent of nobody');
select is(tests.outcome('service',
  $$ select public.apply_payment_intent('evt_1', gen_random_uuid(), 'pi_unknown', 'succeeded', 1, 1, 'eur', null, null, null) $$),
  'payment_not_found', 'an intent of somebody else is refused');
-- A second intent of one payment is looked at by a person.
select tests.become_service();
select public.store_stripe_event('evt_2', 'payment_intent.succeeded', 'pi_second');
select is(public.apply_payment_intent('evt_2', pg_temp.payment('visit'), 'pi_second', 'succeeded',
  34230, 34230, 'eur', null, null, null),
  'second_intent', 'a payment refuses a second intent');
select tests.back();
select is(pg_temp.story('visit'), 'awaiting_payment, pending 0 of 34230, back 0; second_intent',
  'moves nothing and is noted');
select is((select outcome from private.stripe_events where event_id = 'evt_2'), 'second_intent',
  'the event of a second intent is kept with its outcome');
rollback to asked;

-- Amounts that are not ours

select is(
  tests.outcome('postgres',
    format('select set_config(''tests.story'', pg_temp.odd(''visit'', ''succeeded'', %L, %L, %L) || '' '' || pg_temp.story(''visit'')
    || '' '' || coalesce(pg_temp.orders(''visit'', ''refund''), ''''), true);
    do $x$ begin raise exception using errcode = ''PT000'', message = current_setting(''tests.story''); end $x$', amount, received, currency)),
  format('amount_mismatch awaiting_payment, captured %s of 34230, back %s; amount_mismatch refund waiting', received, received),
  format('%s of %s %s is taken, confirms nothing, and goes back', received, amount, currency))
from (values (34229, 34229, 'eur'), (34231, 34231, 'eur'), (34230, 100, 'eur'),
  (34230, 34230, 'usd'), (34230, 34230, null), (null, 34230, 'eur')
) as odd (amount, received, currency);
select pg_temp.odd('question', 'requires_capture', 1, 0, 'eur');
select is(pg_temp.story('question') || ', ' || pg_temp.orders('question'),
  'awaiting_payment, authorized 0 of 22820, back 0; amount_mismatch, cancel_intent waiting',
  'an odd authorisation is released');
rollback to asked;
select is(pg_temp.odd('visit', 'succeeded', 34230, 34230, 'EUR'), 'captured',
  'capitals are no difference');
rollback to asked;

-- Money that comes too late

select tests.at('2031-05-20 12:17+00');
select private.expire_bookings(100);
select is(pg_temp.story('visit'), 'expired (not_paid), pending 0 of 34230, back 0',
  'the hold is over');
select is(pg_temp.orders('visit'), 'cancel_intent waiting',
  'the intent of a hold that is over is ordered to be cancelled');
savepoint over;
select is(tests.money('visit', 'succeeded'), 'captured',
  'the payment of a hold that is over succeeds');
select is(pg_temp.story('visit'), 'confirmed, captured 34230 of 34230, back 0',
  'the nights are free: the stay is confirmed');
select is(pg_temp.claims('visit'), 1::bigint, 'a stay that was paid late has its nights');
select is((select string_agg(to_status || coalesce(' ' || reason, ''), ', ' order by position)
  from public.booking_history where booking_id = tests.id('visit')),
  'awaiting_payment, expired not_paid, confirmed', 'the history says that the stay was paid late');
select tests.money('visit', 'succeeded');
select is(pg_temp.orders('visit', 'refund'), null,
  'the money of a stay that was paid late is kept');
rollback to over;
select tests.book('other', 'dorothy', 'mill', '2031-06-04', '2031-06-06');
select is(tests.money('visit', 'succeeded'), 'captured',
  'money comes when another has one of the nights');
select is(pg_temp.story('visit'),
  'payment_conflict (paid_too_late), captured 34230 of 34230, back 34230',
  'all of the late money is refunded');
select is(pg_temp.orders('visit', 'refund'), 'refund waiting',
  'late money is ordered to be refunded');
select is((select array_agg(amount_minor || ' ' || reason) from public.refunds
  where booking_id = tests.id('visit')), '{"34230 payment_conflict"}',
  'the refund of late money is of the whole sum');
select tests.money('visit', 'succeeded');
select is((select count(*) from public.refunds), 1::bigint,
  'late money is refunded once, however often Stripe reports it');
select is(pg_temp.claims('visit'), 0::bigint, 'late money leaves no claim on a night behind');
select is(pg_temp.claims('other'), 1::bigint, 'the other guest keeps her nights');
select is((select count(*) from private.commands where booking_id = tests.id('visit')
  and template = 'payment_returned'), 1::bigint,
  'Grace is sent an e-mail about the returned payment');
rollback to over;
-- Its preparation is part of what must be free.
update public.booking_rules set preparation_nights = 1 where listing_id = tests.id('mill');
select tests.book('prepared', 'dorothy', 'mill', '2031-06-20', '2031-06-22');
select pg_temp.begin('prepared', 'dorothy');
select tests.at('2031-05-20 12:34+00');
select private.expire_bookings(100);
update public.booking_rules set preparation_nights = 0 where listing_id = tests.id('mill');
select tests.book('next', 'margaret', 'mill', '2031-06-22', '2031-06-23');
select tests.money('prepared', 'succeeded');
select is(pg_temp.story('prepared'),
  'payment_conflict (paid_too_late), captured 22820 of 22820, back 22820',
  'a stay whose preparation is taken is not revived');
select is(pg_temp.claims('prepared'), 0::bigint,
  'a stay with only its nights taken is not revived either');
rollback to over;
-- A hold that is over as well does not stand in the way; its booking ends.
select tests.book('other', 'dorothy', 'mill', '2031-06-04', '2031-06-06');
select tests.at('2031-05-20 12:32+00');
select tests.money('visit', 'succeeded');
select is(pg_temp.story('visit'), 'confirmed, captured 34230 of 34230, back 0',
  'late money beats a later hold that is over');
select is(pg_temp.story('other'), 'expired (not_paid), cancelled 0 of 22820, back 0',
  'late money ends the later hold');
rollback to over;
select tests.at('2031-06-03 12:00+00');
select tests.money('visit', 'succeeded');
select is(pg_temp.story('visit'),
  'payment_conflict (paid_too_late), captured 34230 of 34230, back 34230',
  'money after the day of arrival buys nothing');
rollback to over;
select tests.money('visit', 'canceled');
select is(pg_temp.story('visit'), 'expired (not_paid), cancelled 0 of 34230, back 0',
  'mostly the intent is simply cancelled');
rollback to over;

-- By request, late
select is(pg_temp.story('question'), 'expired (not_paid), pending 0 of 22820, back 0',
  'Margaret''s hold is over too');
select is(tests.money('question', 'requires_capture', capture_before => '2031-05-21 06:00+00'),
  'authorized', 'a card for a request is authorised late');
select is(pg_temp.story('question'), 'requested, authorized 0 of 22820, back 0',
  'the nights are free: it is a request');
select is((select expires_at from public.bookings where booking_id = tests.id('question')),
  '2031-05-20 18:00+00',
  'a late request is to be answered 12 hours before its authorisation runs out');
select is(pg_temp.orders('question'), null,
  'the intent of a late request is not cancelled any more');
select is(pg_temp.claims('question'), 1::bigint, 'the nights are claimed');
-- A request nobody answered had its time.
select tests.at('2031-05-20 18:00+00');
select private.expire_bookings(100);
select is(pg_temp.story('question') || ', ' || pg_temp.orders('question'),
  'expired (not_answered), authorized 0 of 22820, back 0, cancel_intent waiting',
  'a request that nobody answered is expired');
select tests.money('question', 'requires_capture');
select is(pg_temp.story('question'), 'expired (not_answered), authorized 0 of 22820, back 0',
  'an authorisation does not bring an expired request back');
select tests.money('question', 'succeeded');
select is(pg_temp.story('question'),
  'payment_conflict (paid_too_late), captured 22820 of 22820, back 22820',
  'money captured for an expired request is refunded');
rollback to over;
-- A cancellation that was given up is forgotten with it, so that a no releases the card after all.
update private.commands set status = 'failed', finished_at = private.now(), problem = 'away'
  where booking_id = tests.id('question') and kind = 'cancel_intent';
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select is(pg_temp.story('question') || coalesce(', ' || pg_temp.orders('question'), ''),
  'requested, authorized 0 of 22820, back 0',
  'a cancelled intent that was authorised again is a request again');
select tests.become('ada');
select public.decline_booking(tests.id('question'));
select tests.back();
select is(pg_temp.story('question') || ', ' || pg_temp.orders('question'),
  'declined, authorized 0 of 22820, back 0, cancel_intent waiting',
  'the intent of a request that is declined again is cancelled');
rollback to over;
-- A worker that is cancelling the intent right now is not overtaken: the authorisation is about to
-- go.
update private.commands set status = 'running', claimed_until = private.now() + interval '2 minutes'
where booking_id = tests.id('question') and kind = 'cancel_intent';
select tests.money('question', 'requires_capture');
select is(pg_temp.story('question'),
  'payment_conflict (paid_too_late), authorized 0 of 22820, back 0',
  'while it is being cancelled nothing comes back');
rollback to asked;

-- Withdrawn, and paid all the same
select tests.become('grace');
select public.withdraw_booking(tests.id('visit'));
select tests.back();
select tests.money('visit', 'succeeded');
select is(pg_temp.story('visit'),
  'payment_conflict (paid_after_the_end), captured 34230 of 34230, back 34230',
  'money for a withdrawn booking goes back');
select is(pg_temp.orders('visit', 'refund'), 'refund waiting',
  'the money of a withdrawn booking is refunded once');
rollback to asked;
select tests.money('question', 'requires_capture');
select tests.become('ada');
select public.decline_booking(tests.id('question'));
select tests.back();
select tests.money('question', 'succeeded');
select is(pg_temp.story('question'), 'declined, captured 22820 of 22820, back 22820',
  'the money of a declined booking is refunded');
select is(pg_temp.orders('question'), 'cancel_intent waiting, refund waiting',
  'a declined booking is refunded when its cancellation came too late');
rollback to asked;

-- Captured before the host said yes: a person looks, and a yes or a no still does the right thing
select tests.money('question', 'requires_capture');
select tests.money('question', 'succeeded');
select is(pg_temp.story('question'),
  'requested, captured 22820 of 22820, back 0; captured_before_accepted', 'captured without a yes');
savepoint early;
select tests.become('ada');
select is((public.accept_booking(tests.id('question'))).status::text, 'confirmed',
  'a yes confirms at once');
select tests.back();
select is(pg_temp.orders('question'), null,
  'a request that was captured before has nothing left to capture');
rollback to early;
select tests.become('ada');
select public.decline_booking(tests.id('question'));
select tests.back();
select is(pg_temp.story('question') || ', ' || pg_temp.orders('question'),
  'declined, captured 22820 of 22820, back 22820; captured_before_accepted, refund waiting',
  'declining a request that was captured before refunds it');
rollback to asked;

-- Never more back than came in

select tests.money('visit', 'succeeded');
select is(tests.outcome('postgres', statement), outcome, statement)
from (values
  ($$ update public.payments set refunded_minor = 34231 where stripe_intent_id = 'pi_visit' $$,
  '23514'),
  ($$ update public.payments set refunded_minor = -1 where stripe_intent_id = 'pi_visit' $$,
  '23514'),
  ($$ update public.payments set captured_minor = 0 where stripe_intent_id = 'pi_visit' $$,
  '23514'),
  ($$ update public.payments set status = 'cancelled' where stripe_intent_id = 'pi_visit' $$,
  '23514'),
  ($$ update public.payments set captured_minor = 1 where stripe_intent_id = 'pi_question' $$,
  '23514'),
  ($$ update public.payments set amount_minor = 0 where stripe_intent_id = 'pi_visit' $$, '23514'),
  ($$ update public.payments set stripe_intent_id = 'pi_visit' $$, '23505'),
  ($$ insert into public.payments select (jsonb_populate_record(null::public.payments, to_jsonb(payments)
        || jsonb_build_object('payment_id', gen_random_uuid(), 'stripe_intent_id', null))).* from public.payments $$, '23505')) as wrong (statement, outcome);
update public.payments set refunded_minor = 30000 where booking_id = tests.id('visit');
select private.return_money(tests.id('visit'), 'expired');
select private.return_money(tests.id('visit'), 'expired');
select is((select array_agg(amount_minor) from public.refunds), '{4230}',
  'what is left is refunded, and only once');
select is(pg_temp.story('visit'), 'confirmed, captured 34230 of 34230, back 34230',
  'a payment that was refunded twice has nothing left');

-- Refunds as Stripe tells of them
select is(public.apply_refund('evt_r', refund_id, 're_1', told.status), becomes,
  format('a refund that is %s', told.status))
from public.refunds, (values
  (1, 'pending', 'pending'), (2, 'requires_action', 'pending'), (3, 'succeeded', 'succeeded'),
    (4, 'pending', 'succeeded'), (5, 'failed', 'failed'),
  (6, 'succeeded', 'failed'), (7, 'canceled', 'failed')) as told (place, status, becomes);
select is(pg_temp.story('visit'), 'confirmed, captured 34230 of 34230, back 34230; refund_failed',
  'a refund that failed is noted, and its money stays claimed');
select is((select stripe_refund_id from public.refunds), 're_1',
  'Stripe''s id of a refund that failed is kept');
select throws_ok($$ select public.apply_refund('evt_r', gen_random_uuid(), 're_2', 'succeeded') $$,
  'PT404', 'refund_not_found', 'a refund that does not exist is refused');
rollback to asked;

-- Events

select tests.become_service();
select is(public.store_stripe_event('evt_a', 'payment_intent.succeeded', 'pi_visit'), false,
  'an event that was not stored before is new');
select is(public.store_stripe_event('evt_a', 'payment_intent.succeeded', 'pi_visit'), false,
  'an event stays new until it is applied');
select is(public.apply_payment_intent('evt_a', null, 'pi_visit', 'succeeded', 34230, 34230, 'eur',
  'ch', null, null), 'captured', 'an event is applied');
select is(public.store_stripe_event('evt_a', 'payment_intent.succeeded', 'pi_visit'), true,
  'an applied event is known');
select is(public.store_stripe_event('evt_b', 'charge.updated', 'ch_visit'), false,
  'another event is new');
select public.close_stripe_event('evt_b', 'ignored');
select public.close_stripe_event('evt_b', 'something else');
select is(public.store_stripe_event('evt_b', 'charge.updated', 'ch_visit'), true,
  'an ignored event is known');
select tests.back();
select results_eq($$ select event_id, outcome, applied_at from private.stripe_events
  order by event_id $$,
  $$ values ('evt_a', 'captured', private.now()), ('evt_b', 'ignored', private.now()) $$,
  'each event keeps its first outcome');
select is(tests.outcome('postgres', $$ update private.stripe_events set outcome = null $$), '23514',
  'applied means with an effect');
rollback to asked;
-- What stays unapplied is tried again every hour.
select tests.become_service();
select public.store_stripe_event('evt_d', 'charge.updated', 'ch_visit');
select public.store_stripe_event('evt_e', 'charge.updated', 'ch_visit');
select public.close_stripe_event('evt_e', 'ignored');
select is_empty($$ select * from public.claim_stripe_events(10) $$,
  'an unapplied event is left to Stripe at first');
select tests.back();
select tests.at(private.now() + interval '1 hour');
select tests.become_service();
select results_eq($$ select * from public.claim_stripe_events(10) $$,
  $$ values ('evt_d', 'charge.updated', 'ch_visit') $$,
  'an unapplied event is taken by the worker after an hour');
select is_empty($$ select * from public.claim_stripe_events(10) $$,
  'an event that a worker has taken is not claimed again');
select tests.back();
select tests.at(private.now() + interval '1 hour');
select tests.become_service();
select is((select event_id from public.claim_stripe_events(10)), 'evt_d',
  'an unapplied event is due again an hour later');
select tests.back();
rollback to asked;
-- An application that fails leaves the event unapplied, to be tried again.
select tests.become_service();
select public.store_stripe_event('evt_c', 'payment_intent.succeeded', 'pi_nobody');
select throws_ok($$
  select public.apply_payment_intent('evt_c', null, 'pi_nobody', 'succeeded', 1, 1, 'eur', null,
    null, null) $$, 'PT404', 'payment_not_found', 'the row is not there yet');
select is(public.store_stripe_event('evt_c', 'payment_intent.succeeded', 'pi_nobody'), false,
  'an event whose row is not there yet is still to be applied');
select tests.back();
rollback to asked;

-- The worker

select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.become('ada');
select public.accept_booking(tests.id('question'));
select tests.back();
savepoint unclaimed;
select private.write_mail('booking_requested', tests.person('ada'), tests.id('question'), occasion::text)
from generate_series(1, 5) as occasion;
-- Touched, these stand behind the others in the table.
update private.commands set problem = 'touched' where split_part(idempotency_key, '/', 6) in ('1', '3');
create function pg_temp.occasions(most integer) returns text language sql
  return (
    select string_agg(nullif(split_part(idempotency_key, '/', 6), ''), ' ' order by ordinality)
    from private.claim_commands(most) with ordinality);
savepoint written;
select is(pg_temp.occasions(100), '1 2 3 4 5', 'what is due at one instant is claimed in the order in which it was written');
rollback to written;
select is((select string_agg(pg_temp.occasions(1), ' ') from generate_series(1, 7)), '1 2 3 4 5',
  'commands are claimed in their order one by one');
rollback to unclaimed;
select tests.become_service();
select results_eq(
  $$ select kind::text, attempts, amount_minor, currency, capture_mode::text, stripe_intent_id,
    template, recipient, facts ->> 'payout_minor', facts ->> 'total_minor'
     from public.claim_commands(10) order by kind $$,
  $$ values ('capture', 1, 22820::bigint, 'EUR', 'manual', 'pi_question', null, null, null, null),
       ('send_mail', 1, null, null, null, null, 'booking_requested', 'ada@example.com', '19400',
       null) $$,
  'a worker takes what is due, with all it needs; to Ada her payout is told, not what Margaret pays');
select is_empty($$ select * from public.claim_commands(10) $$,
  'a second worker gets nothing of it');
select tests.back();
savepoint claimed;
select tests.at('2031-05-20 12:01:59+00');
select is_empty($$ select * from public.claim_commands(10) $$,
  'a second worker gets no command before two minutes are over');
select tests.at('2031-05-20 12:02+00');
create function pg_temp.claimed() returns text language sql
  return (select string_agg(kind || ' ' || attempts, ', ' order by kind) from public.claim_commands(10));
select ok(pg_temp.claimed() in ('capture 1', 'send_mail 1'),
  'a command of a dead worker is run again alone');
select ok(pg_temp.claimed() in ('capture 1', 'send_mail 1'),
  'the other commands of a dead worker have lost no attempt');
select is(pg_temp.claimed(), null, 'no more commands are claimed than there are');
select tests.at('2031-05-20 12:04+00');
select matches(pg_temp.claimed(), '^(capture|send_mail) 2$', 'a worker that dies of one command alone costs it an attempt');
rollback to claimed;
-- What is new does not wait for what a worker died of, nor that for ever.
select public.fail_command(pg_temp.command('question', 'send_mail'), 'away', true);
select tests.at('2031-05-20 12:02+00');
create function pg_temp.claimed() returns text language sql
  return (select string_agg(kind || ' ' || attempts, ', ' order by kind) from public.claim_commands(10));
select is(pg_temp.claimed(), 'send_mail 2', 'what no worker died of goes first');
select is(pg_temp.claimed(), 'capture 1', 'the other command is claimed alone');
rollback to claimed;
select public.fail_command(pg_temp.command('question', 'send_mail'), 'away', true);
select tests.at('2031-05-20 12:12+00');
select is((select kind::text from public.claim_commands(10)), 'capture', 'ten minutes late it goes first');
rollback to claimed;
-- A letter whose facts cannot be told
create or replace function private.no_show_facts(booking_id uuid) returns jsonb language plpgsql
  as $$ begin raise exception 'no facts'; end $$;
select tests.at('2031-05-20 12:12+00');
update private.commands set status = 'waiting', claimed_until = null where status = 'running';
select results_eq(
  $$ select kind::text, stripe_intent_id, problem from public.claim_commands(10) order by kind $$,
  $$ values ('capture', 'pi_question', null), ('send_mail', null, 'untold: no facts (P0001)') $$,
  'leaves the others of its batch alone');
rollback to claimed;
select public.finish_command(pg_temp.command('question', 'capture'));
select is(pg_temp.orders('question'), 'capture done', 'a command is done');
select public.fail_command(pg_temp.command('question', 'capture'), 'late answer', false);
select is(pg_temp.orders('question') || ', ' || pg_temp.story('question'),
  'capture done, requested, authorized 0 of 22820, back 0', 'what is done does not fail any more');
rollback to claimed;

-- Ever more rarely
create temp table waits (attempt integer, wait interval);
select public.finish_command(pg_temp.command('question', 'send_mail'));
do $$
begin
  for attempt in 1 .. 11 loop
    perform public.fail_command(pg_temp.command('question', 'capture'), 'away', true);
    insert into waits select attempt, due_at - private.now() from private.commands
      where command_id = pg_temp.command('question', 'capture');
    perform tests.at((select due_at from private.commands
      where command_id = pg_temp.command('question', 'capture')));
    perform from public.claim_commands(10);
  end loop;
end $$;
select results_eq($$ select wait from waits order by attempt $$,
  $$ select unnest(array['5 s', '10 s', '20 s', '40 s', '80 s', '160 s', '320 s', '640 s', '1280 s',
    '2560 s', '1 hour']::interval[]) $$,
  'a command is tried again after 5 s, 10 s ... an hour');
select is((select status || ' ' || attempts || ' ' || problem from private.commands
  where command_id = pg_temp.command('question', 'capture')), 'running 12 away',
    'a capture is tried for the twelfth time');
select public.fail_command(pg_temp.command('question', 'capture'), 'away', true);
select is((select status::text from private.commands
  where command_id = pg_temp.command('question', 'capture')), 'failed',
  'a command is given up after its twelfth attempt');
select is(pg_temp.story('question'),
  'expired (capture_failed), authorized 0 of 22820, back 0; capture_failed',
  'the stay is not confirmed');
rollback to claimed;

-- A command that every worker dies of
do $$
begin
  for attempt in 1 .. 12 loop
    perform tests.at(private.now() + interval '2 minutes');
    perform private.give_up_commands(10);
    perform from public.claim_commands(10);
    perform from public.claim_commands(10);
  end loop;
end $$;
select is((select status || ' ' || attempts from private.commands
  where command_id = pg_temp.command('question', 'capture')), 'running 12',
  'a command that no worker survives is tried twelve times alone');
select is(private.give_up_commands(10), 0, 'a command that a worker may still run is not given up');
select tests.at(private.now() + interval '2 minutes');
select is_empty($$ select * from public.claim_commands(10) where kind = 'capture' $$,
  'nobody takes it up again');
select is(private.give_up_commands(10), 2,
  'a command that no worker survives is given up, as is its mail');
select is(pg_temp.story('question'),
  'expired (capture_failed), authorized 0 of 22820, back 0; capture_failed',
  'a capture that was given up is a visible problem');
rollback to claimed;

-- A capture that Stripe refuses
select public.fail_command(pg_temp.command('question', 'capture'), 'card_declined', false);
select is(pg_temp.story('question'),
  'expired (capture_failed), authorized 0 of 22820, back 0; capture_failed',
  'a refused capture ends the booking');
select is(pg_temp.claims('question'), 0::bigint, 'the nights of a refused capture are free');
select is(pg_temp.orders('question'), 'capture failed, cancel_intent waiting',
  'the authorisation of a refused capture is released');
select is((select count(*) from private.commands where template = 'booking_expired'), 1::bigint,
  'Margaret is sent an e-mail about the refused capture');
-- ... but it had gone through, said a lost answer:
select is(tests.money('question', 'succeeded'), 'captured', 'the money is there after all');
select is(pg_temp.story('question'), 'confirmed, captured 22820 of 22820, back 0; capture_failed',
  'a stay whose capture was lost is confirmed: its nights are free');
rollback to claimed;
select public.fail_command(pg_temp.command('question', 'capture'), 'card_declined', false);
select tests.book('other', 'dorothy', 'attic', '2031-06-10', '2031-06-12');
select tests.money('question', 'succeeded');
select is(pg_temp.story('question'),
  'payment_conflict (paid_too_late), captured 22820 of 22820, back 22820; capture_failed',
  'money captured after the nights were taken is refunded');
rollback to claimed;
select tests.money('question', 'canceled');
select is(pg_temp.story('question'), 'expired (capture_failed), cancelled 0 of 22820, back 0',
  'an authorisation that ran out before the capture ends it too');
select is(pg_temp.claims('question'), 0::bigint, 'an expired authorisation frees its nights');
rollback to asked;

-- An intent under way cannot be cancelled before it is known
select tests.book('third', 'dorothy', 'mill', '2031-06-20', '2031-06-22');
select tests.become('dorothy');
select public.start_payment(tests.id('third'));
select public.withdraw_booking(tests.id('third'));
select tests.back();
select is(pg_temp.orders('third'), 'create_intent running, cancel_intent waiting',
  'withdrawn while the intent is made');
select is_empty($$ select * from public.claim_commands(10) $$, 'the cancellation waits for it');
savepoint under_way;
select public.record_intent(pg_temp.payment('third'), 'pi_third');
select is((select kind || ' ' || stripe_intent_id from public.claim_commands(10)),
  'cancel_intent pi_third', 'the cancellation is made when the intent is there');
rollback to under_way;
select tests.at('2031-05-20 12:01+00');
select count(*) from public.claim_commands(10);
select public.fail_command(pg_temp.command('third', 'create_intent'), 'invalid_request', false);
select is(pg_temp.orders('third'), 'create_intent failed',
  'an intent that could not be created needs no cancellation');
select is(tests.money('third', 'requires_payment_method'), 'unchanged',
  'an intent was created in spite of a failed command');
select is(pg_temp.orders('third'), 'create_intent failed, cancel_intent waiting',
  'an intent that was created in spite of a failure is cancelled');
rollback to asked;

-- A booking that was never begun to be paid leaves Stripe alone
select tests.book('silent', 'dorothy', 'mill', '2031-06-20', '2031-06-22');
select tests.become('dorothy');
select public.withdraw_booking(tests.id('silent'));
select tests.back();
select is(pg_temp.story('silent') || coalesce(pg_temp.orders('silent'), ''),
  'cancelled_by_guest (withdrawn), cancelled 0 of 22820, back 0',
  'a payment without an intent has no order');
-- Should money for it appear, nobody overlooks it.
select is(tests.money('silent', 'succeeded'), 'paid_after_cancel',
  'money for a payment that was void');
select is(pg_temp.story('silent'),
  'cancelled_by_guest (withdrawn), cancelled 0 of 22820, back 0; paid_after_cancel',
  'an operator is shown money for a void payment');
rollback to asked;

-- Commands are whole
select is(tests.outcome('postgres', statement), outcome, statement)
from (values
  ($$ insert into private.commands (kind, idempotency_key, booking_id, due_at, created_at) values ('capture', 'x', tests.id('visit'), now(), now()) $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, due_at, created_at) values ('send_mail', 'x', tests.id('visit'), now(), now()) $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, payment_id, due_at, created_at)
      values ('refund', 'x', tests.id('visit'), pg_temp.payment('visit'), now(), now()) $$,
      '23514'),
  ($$ update private.commands set status = 'running', finished_at = null $$, '23514'),
  ($$ update private.commands set finished_at = null $$, '23514'),
  ($$ update private.commands set status = 'failed' $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, payment_id, due_at, created_at)
      values ('capture', 'staybase/create_intent/' || pg_temp.payment('visit'), tests.id('visit'), pg_temp.payment('visit'), now(), now()) $$, '23505')
) as wrong (statement, outcome);

select is_empty(
  $$ select to_status::text from private.booking_moves where to_status not in ('requested', 'confirmed', 'completed')
     except select unnest(enum_range(null::public.refund_reason))::text $$,
  'every state in which a booking ends is a reason to give money back');

select * from finish();
rollback;
