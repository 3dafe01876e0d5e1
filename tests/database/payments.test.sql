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

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select pg_temp.begin('visit', 'grace');

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

select is_empty(
  $$ select to_status::text from private.booking_moves where to_status not in ('requested', 'confirmed', 'completed')
     except select unnest(enum_range(null::public.refund_reason))::text $$,
  'every state in which a booking ends is a reason to give money back');

select * from finish();
rollback;
