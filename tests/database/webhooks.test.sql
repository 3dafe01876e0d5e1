-- Webhooks: what other programs are told, and how often it is tried.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['ada', 'grace', 'margaret']) as name;
insert into private.staff (profile_id) values (tests.person('margaret'));

create function pg_temp.say(who text, body text) returns void language plpgsql as $$
declare
  room uuid := (select conversation_id from public.conversations);
begin
  perform tests.become(who);
  perform public.send_message(gen_random_uuid(), room, body);
  perform tests.back();
end $$;

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
select private.send_automatic_messages(10);

-- Other programs

select is((select count(*) from private.webhook_events), 0::bigint, 'while nobody listens nothing is told');
select tests.become('margaret');
select matches((public.add_webhook_endpoint(tests.id('ear'), 'https://example.com/hook')).secret, '^whsec_[0-9A-Za-z+/]{32}$',
  'staff register an address, and get its secret');
select is((public.add_webhook_endpoint(tests.id('ear'), 'https://example.com/hook')).secret,
  (public.add_webhook_endpoint(tests.id('ear'), 'https://example.com/hook')).secret,
  'registering an address again gives the same secret');
select public.add_webhook_endpoint(tests.id('other ear'), 'https://example.org', array['refund.pending']);
select is((select count(*) from public.list_webhook_endpoints() where secret is not null), 0::bigint, 'a list shows no secret');
select tests.back();
select is(tests.outcome('margaret', format('select public.add_webhook_endpoint(%L, %L)', tests.id('ear'), 'https://else.example')),
  'id_reused', 'an endpoint has one address');
select is(tests.outcome('service', format('select public.add_webhook_endpoint(gen_random_uuid(), ''https://example.com'', %L)', types)),
  'invalid_event_types', 'no types: ' || types)
from unnest(array['{}', '{booking}', '{NULL}', '{"a.b c.d e"}']) as types;
update private.clock set shift = '0';
update private.settings set environment = 'production';
select is(tests.outcome('service', format('select public.add_webhook_endpoint(gen_random_uuid(), %L)', url)), 'invalid_url', url)
from unnest(array['http://example.com', 'https://user@example.com', 'https://localhost', 'https://127.0.0.1/x', 'https://[::1]/',
  'https://db.internal', 'https://10.1.2.3', 'ftp://example.com', 'javascript:alert(1)', 'https://', 'example.com']) as url;
select is(tests.outcome('service', 'select public.add_webhook_endpoint(gen_random_uuid(), ''https://example.com:8443/a?b=c'')'), '1',
  'an address that everyone can reach is taken');
select tests.at('2031-05-20 12:00+00');

select pg_temp.say('grace', 'See you.');
select results_eq($$ select type, facts ->> 'side' from private.webhook_events $$, $$ values ('message.sent', 'guest') $$,
  'a message is told, without its words');
select is((select count(*) from private.commands where kind = 'deliver_webhook'), 1::bigint,
  'an event is sent to endpoints that asked for its type');
select private.move_booking(tests.id('visit'), 'cancelled_by_guest', 'guest', null, null);
select private.claim_refund(tests.id('visit'), 100, 'complaint');
select set_eq($$ select type from private.webhook_events $$,
  $$ values ('message.sent'), ('booking.cancelled_by_guest'), ('refund.pending') $$, 'bookings and money are told');
select is((select count(*) from private.commands where kind = 'deliver_webhook'), 4::bigint,
  'both endpoints are sent the refund');
select is_empty($$ select facts from private.webhook_events where facts::text ~ 'Grace|example|See you' $$, 'no personal data is told');
select is((select array_agg(distinct (facts -> 'event' ->> 'type')) from public.claim_commands(100)
  where kind = 'deliver_webhook' and facts ->> 'url' = 'https://example.org'), '{refund.pending}',
  'the worker is given the address of the endpoint');

create function pg_temp.ear() returns private.webhook_endpoints language sql as $$
  select * from private.webhook_endpoints where endpoint_id = tests.id('ear')
$$;
create function pg_temp.delivery() returns uuid language sql as $$
  select delivery_id from private.webhook_deliveries where endpoint_id = tests.id('ear') order by delivery_id limit 1
$$;
select is(jsonb_array_length(private.delivery_facts(pg_temp.delivery()) -> 'secrets'), 1,
  'an event is signed with one secret');
select isnt((public.rotate_webhook_secret(tests.id('ear'))).secret, old.secret,
  'the secret of an endpoint can be changed')
from (select (pg_temp.ear()).secret) as old, (select tests.become('margaret')) as margaret;
select tests.back();
select is(jsonb_array_length(private.delivery_facts(pg_temp.delivery()) -> 'secrets'), 2,
  'events are signed with two secrets for a day');
select tests.at('2031-05-21 12:00+00');
select is(jsonb_array_length(private.delivery_facts(pg_temp.delivery()) -> 'secrets'), 1,
  'events are signed with one secret after a day');

select is(private.record_delivery(pg_temp.delivery(), 500, 'answered 500', 12), false, 'an attempt that failed is noted');
select is(private.record_delivery(pg_temp.delivery(), null, 'no answer', 10000), false,
  'an attempt without an answer is noted');
select is((pg_temp.ear()).failures, 2, 'attempts that failed are counted');
select is(private.record_delivery(pg_temp.delivery(), 204, null, 12), true,
  'an attempt that succeeded is noted');
select is((pg_temp.ear()).failures, 0, 'an attempt that succeeded resets the count of failures');
select results_eq(
  $$ select attempt::int, status_code::int, problem from private.webhook_attempts order by attempt $$,
  $$ values (1, 500, 'answered 500'), (2, null, 'no answer'), (3, 204, null) $$,
  'the log has all attempts');
savepoint working;
select private.record_delivery(pg_temp.delivery(), 500, 'answered 500', 12) from generate_series(1, 49);
select is((pg_temp.ear()).disabled_at, null,
  'an endpoint is on after forty-nine failures in a row');
select private.record_delivery(pg_temp.delivery(), 500, 'answered 500', 12);
select isnt((pg_temp.ear()).disabled_at, null, 'an endpoint is off after fifty failures in a row');
select is(private.delivery_facts(pg_temp.delivery()), null, 'what waits for it is not sent');
select pg_temp.say('ada', 'Bye.');
select is((select count(*) from private.webhook_deliveries where endpoint_id = tests.id('ear')), 3::bigint,
  'no event is ordered for an endpoint that is off');
select tests.become_service();
select throws_ok($$ select public.enable_webhook_endpoint(tests.id('ear'), null) $$, 'PT400', 'enabled_required',
  'on or off, nothing between');
select is((public.enable_webhook_endpoint(tests.id('ear'), true)).failures, 0,
  'an operator turns an endpoint on again');
select tests.back();
select isnt(private.delivery_facts(pg_temp.delivery()), null,
  'waiting events are sent when the endpoint is on again');
rollback to working;
select private.record_delivery(pg_temp.delivery(), 410, 'answered 410', 12);
select isnt((pg_temp.ear()).disabled_at, null,
  'an endpoint that answers 410 is turned off at once');
rollback to working;

-- What is no longer news

select is(private.forget_news(100), 0, 'what happened just now is not forgotten');
select tests.at('2031-06-20 12:00:01+00');
select is(private.forget_news(2), 2, 'events go after thirty days, so many at a time');
select is(private.forget_news(100), 1, 'old events go in batches until none is left');
select is((select count(*) from private.commands where delivery_id is not null), 0::bigint,
  'old events go with their deliveries');

select * from finish();
rollback;
