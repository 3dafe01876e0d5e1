-- The worker: commands are claimed in their order, tried again, and given up.

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
select tests.book('question', 'margaret', 'attic', '2031-06-10', '2031-06-12');
select pg_temp.begin('question', 'margaret');
savepoint asked;

-- The worker

select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.become('ada');
select public.accept_booking(tests.id('question'));
select tests.back();
savepoint unclaimed;
select private.write_mail('booking_requested', tests.id('question'), occasion::text)
from generate_series(1, 5) as occasion;
-- Touched, these stand behind the others in the table.
update private.commands set problem = 'touched' where split_part(idempotency_key, '/', 5) in ('1', '3');
create function pg_temp.occasions(most integer) returns text language sql
  return (
    select string_agg(nullif(split_part(idempotency_key, '/', 5), ''), ' ' order by ordinality)
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
create function pg_temp.speechless(facts text, arguments text) returns void language plpgsql as $do$
begin
  execute format('create or replace function private.%s_facts(%s) returns jsonb language plpgsql
    as $$ begin raise exception ''no facts''; end $$', facts, arguments);
end $do$;
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
select pg_temp.speechless('mail', 'booking_id uuid, recipient_id uuid');
select tests.at('2031-05-20 12:12+00');
update private.commands set status = 'waiting', claimed_until = null where status = 'running';
select results_eq(
  $$ select kind::text, stripe_intent_id, problem from public.claim_commands(10) order by kind $$,
  $$ values ('capture', 'pi_question', null), ('send_mail', null, 'untold: no facts (P0001)') $$,
  'leaves the others of its batch alone');
rollback to claimed;
-- Facts that it does not say
select pg_temp.speechless('money', 'subject_id uuid, template text'),
  pg_temp.speechless('no_show', 'booking_id uuid'), pg_temp.speechless('damage', 'booking_id uuid'),
  pg_temp.speechless(facts, 'booking_id uuid, recipient_id uuid')
from unnest(array['alteration', 'cancellation', 'complaint']) as facts;
select private.write_mail('damage_claimed', tests.id('question'));
select tests.at('2031-05-20 12:12+00');
update private.commands set status = 'waiting', claimed_until = null where status = 'running';
select results_eq(
  $$ select template, problem from public.claim_commands(10) where kind = 'send_mail' order by template $$,
  $$ values ('booking_requested', null), (null, 'untold: no facts (P0001)') $$,
  'are not looked up for a letter');
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

select * from finish();
rollback;
