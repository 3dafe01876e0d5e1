-- Notifications: who is told what, where, and what other programs hear.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['ada', 'grace', 'margaret']) as name;
insert into private.staff (profile_id) values (tests.person('margaret'));

create function pg_temp.told(who text) returns text language sql as $$
  select string_agg(template, ', ' order by template) from public.notifications where profile_id = tests.person(who)
$$;
create function pg_temp.letters(who text) returns text language sql as $$
  select string_agg(template, ', ' order by template) from private.commands
  where kind = 'send_mail' and recipient_id = tests.person(who)
$$;
create function pg_temp.say(who text, body text) returns void language plpgsql as $$
declare
  room uuid := (select conversation_id from public.conversations);
begin
  perform tests.become(who);
  perform public.send_message(gen_random_uuid(), room, body);
  perform tests.back();
end $$;

-- Bookings and money

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
select is(pg_temp.told('grace'), 'booking_confirmed_guest', 'what Grace reads in a letter she is told in the app');
select is(pg_temp.letters('grace'), 'booking_confirmed_guest',
  'what Grace is told in the app is ordered as an e-mail');
select is(pg_temp.told('ada'), 'booking_confirmed_host',
  'Ada is told in the app of the booking too');
select private.write_mail('booking_confirmed_guest', tests.person('grace'), tests.id('visit'));
select is(pg_temp.told('grace'), 'booking_confirmed_guest', 'Grace is told in the app once');
select is(tests.outcome('grace', format('select public.set_notification(%L, %L, false)', kind, channel)), 'kind_essential',
  format('%s by %s cannot be turned off', kind, channel))
from unnest(array['booking', 'payment']) as kind, unnest(enum_range(null::public.notification_channel)) as channel;
insert into public.notification_settings (profile_id, kind, channel, wanted) values (tests.person('grace'), 'booking', 'email', false);
select is(private.wants(tests.person('grace'), 'booking', 'email'), true,
  'a row that somebody wrote cannot turn off what must be told');
delete from public.notification_settings;
select is(tests.outcome('grace', 'select public.set_notification(''weather'', ''email'', false)'), 'kind_not_found',
  'a kind that does not exist cannot be set');

-- Messages: one letter until it is read

select private.send_automatic_messages(10);
select is(pg_temp.letters('grace'), 'booking_confirmed_guest', 'the automated confirmation needs no second letter');
savepoint before_words;
select pg_temp.say('ada', 'Welcome!');
select pg_temp.say('ada', 'Bring shoes.');
select is(pg_temp.letters('grace'), 'booking_confirmed_guest, message_received', 'two messages are one letter');
select is(private.facts_of(command_id, null) ->> 'body', 'Bring shoes.',
  'the e-mail is about the newest message')
from private.commands where template = 'message_received';
select isnt(private.facts_of(command_id, null) ->> 'unsubscribe_token', null,
  'an e-mail about messages has a link to unsubscribe')
from private.commands where template = 'message_received';
select is(private.facts_of(command_id, '{}'), '{}', 'a letter about a booking has none')
from private.commands where template = 'booking_confirmed_guest';
select tests.become('grace');
select public.mark_read(conversation_id, 99) from public.conversations;
select tests.back();
select is(private.facts_of(command_id, null), null, 'read meanwhile, the letter has nothing to say')
from private.commands where template = 'message_received';
select pg_temp.say('ada', 'And a coat.');
select is(pg_temp.letters('grace'), 'booking_confirmed_guest, message_received, message_received', 'new words are a new letter');
rollback to before_words;
select tests.become('grace');
select public.set_notification('message', 'email', false);
select tests.back();
select pg_temp.say('ada', 'Welcome!');
select is(pg_temp.letters('grace'), 'booking_confirmed_guest', 'a letter that Grace does not want is not ordered');
select is(pg_temp.told('grace'), 'booking_confirmed_guest, message_received',
  'the app tells Grace of a message of which she wants no e-mail');
rollback to before_words;
select tests.become('grace');
select public.set_notification('message', 'in_app', false);
select tests.back();
select pg_temp.say('ada', 'Welcome!');
select is(pg_temp.told('grace'), 'booking_confirmed_guest',
  'a person may have e-mails and no notifications in the app');
rollback to before_words;

-- Out by a link

select is(private.unsubscribe(private.unsubscribe_token(tests.person('grace'), 'message')), 'message', 'the link turns letters off');
select is(private.unsubscribe(private.unsubscribe_token(tests.person('grace'), 'message')), 'message',
  'using the link to unsubscribe twice changes nothing');
select results_eq($$ select profile_id, kind, channel::text, wanted from public.notification_settings $$,
  $$ values (tests.person('grace'), 'message', 'email', false) $$,
  'the link turns off e-mails of its own person and kind alone');
select is(tests.outcome('service', format('select public.unsubscribe(%L)', token)), 'invalid_token', 'no link of ours: ' || left(token, 20))
from (
  select private.unsubscribe_token(tests.person('grace'), 'message') as ours,
    private.unsubscribe_token(tests.person('ada'), 'message') as adas) as tokens,
  unnest(array['', 'x', replace(ours, 'message', 'review'), left(ours, -1), ours || '0',
    split_part(ours, '.', 1) || '.message.' || split_part(adas, '.', 3), upper(ours), repeat('x', 10000)]) as token;
select is(tests.outcome('service', format('select public.unsubscribe(%L)',
  private.unsubscribe_token(tests.person('grace'), 'booking'))), 'kind_essential', 'a link for what must be told does nothing');

-- Reading

select is(tests.outcome('margaret', format('select public.mark_notifications_read(array[%L]::uuid[])',
  (select notification_id from public.notifications where profile_id = tests.person('grace')))), '1',
  'Margaret asks to mark a notification of Grace as read');
select is((select count(*) from public.notifications where read_at is not null), 0::bigint,
  'Margaret cannot mark notifications of Grace as read');
select tests.become('grace');
select is(public.mark_notifications_read(), 1, 'Grace marks her notification as read');
select is(public.mark_notifications_read(), 0, 'a notification is marked as read once');
select tests.back();
select is((select count(*) from public.notifications where read_at is null and profile_id = tests.person('ada')), 1::bigint,
  'Grace does not mark notifications of Ada as read');

-- Other programs

select is((select count(*) from private.webhook_events), 0::bigint, 'while nobody listens nothing is told');
select tests.become('margaret');
select matches((public.add_webhook_endpoint(tests.id('ear'), 'https://example.com/hook')).secret, '^whsec_[0-9a-f]{48}$',
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
select isnt((select count(*) from public.notifications), 0::bigint, 'people keep what they were told');
select tests.at('2032-05-21 12:00:01+00');
select private.forget_news(100);
select is((select count(*) from public.notifications), 0::bigint,
  'notifications are kept for a year');

delete from auth.users where id = tests.person('grace');
select is((select count(*) from public.notifications where profile_id = tests.person('grace')), 0::bigint,
  'the notifications of a deleted person are gone');

select * from finish();
rollback;
