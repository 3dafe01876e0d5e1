-- Notifications: who is told what, where, and what is turned off.

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
select private.write_mail('booking_confirmed_guest', tests.id('visit'));
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
select is(private.facts_of(commands) ->> 'body', 'Bring shoes.',
  'the e-mail is about the newest message')
from private.commands where template = 'message_received';
select isnt(private.facts_of(commands) ->> 'unsubscribe_token', null,
  'an e-mail about messages has a link to unsubscribe')
from private.commands where template = 'message_received';
select is(private.facts_of(commands) ->> 'unsubscribe_token', null, 'a letter about a booking has none')
from private.commands where template = 'booking_confirmed_guest';
select tests.become('grace');
select public.mark_read(conversation_id, 99) from public.conversations;
select tests.back();
select is(private.facts_of(commands), null, 'once the message is read, its e-mail has no content')
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

-- What is no longer news

select tests.at('2031-06-20 12:00:01+00');
select private.forget_news(100);
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
