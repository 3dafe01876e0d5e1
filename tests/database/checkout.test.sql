-- Checkout: a guest begins to pay, and the intent of the payment is recorded.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada');
update public.listings set instant_book = false where listing_id = tests.id('attic');
update private.settings set newcomer_hold_minutes = 15;
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;

create function pg_temp.orders(name text, which text default '%') returns text language sql as $$
  select string_agg(kind || ' ' || status, ', ' order by kind, status) from private.commands
  where booking_id = tests.id(name) and kind::text like which
    and kind <> 'send_mail' and not (kind = 'create_intent' and status = 'done')
$$;
create function pg_temp.payment(name text) returns uuid language sql security definer as $$
  select payment_id from public.payments where booking_id = tests.id(name)
$$;
grant execute on function pg_temp.payment to service_role;

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

select * from finish();
rollback;
