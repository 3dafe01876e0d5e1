-- Stripe events: each is stored once, applied once, and tried again when it could not be applied.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada');
update public.listings set instant_book = false where listing_id = tests.id('attic');
update private.settings set newcomer_hold_minutes = 15;
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;

create function pg_temp.payment(name text) returns uuid language sql security definer as $$
  select payment_id from public.payments where booking_id = tests.id(name)
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

select * from finish();
rollback;
