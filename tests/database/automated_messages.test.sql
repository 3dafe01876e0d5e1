-- Automated messages: what is sent by itself, when, and in whose words.
--
-- Ada owns the mill, Radia keeps its calendar; Grace has booked it and Margaret asks for it.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['ada', 'hedy', 'radia', 'grace', 'margaret']) as name;
select tests.cohost('mill', 'hedy', 'full');
select tests.cohost('mill', 'radia', 'calendar');

create function pg_temp.conversation(guest text) returns uuid language sql as $$
  select conversation_id from public.conversations
  where listing_id = tests.id('mill') and guest_id = tests.person(guest)
$$;
create function pg_temp.say(name text, who text, guest text, body text) returns text language plpgsql as $$
declare
  said text;
  room uuid := pg_temp.conversation(guest);
begin
  perform tests.become(who);
  select message.body into said from public.send_message(tests.id(name), room, say.body) as message;
  perform tests.back();
  return said;
end $$;
create function pg_temp.unread() returns text language sql as $$
  select string_agg(display_name || ' ' || unread, ', ' order by display_name)
  from public.inbox_entries join public.profiles using (profile_id)
$$;
-- What the counts must be, told by the messages themselves.
create function pg_temp.counted() returns text language sql as $$
  select string_agg(display_name || ' ' || (
      select count(*) from public.messages
      where messages.conversation_id = inbox_entries.conversation_id and kind <> 'event'
        and messages.side <> inbox_entries.side and messages.position > inbox_entries.read_position),
    ', ' order by display_name)
  from public.inbox_entries join public.profiles using (profile_id)
$$;

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
update public.listings set instant_book = false where listing_id = tests.id('mill');
select tests.book('question', 'margaret', 'mill', '2031-06-20', '2031-06-22');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');

-- What is sent by itself

create function pg_temp.sent() returns text language sql as $$
  select string_agg(occasion::text, ', ' order by position) from public.messages where occasion is not null
$$;
select is(private.send_automatic_messages(100), 1, 'the confirmation is due');
select is(private.send_automatic_messages(100), 0, 'the confirmation is sent once');
select is((select body from public.messages where occasion = 'booking_confirmed'),
  'Hello Grace, your stay at Mill from 2031-06-10 to 2031-06-12 is confirmed. Write to me here if you have any questions. Ada',
  'the confirmation is sent in the words of the marketplace');
savepoint confirmed;
-- Paris is two hours ahead in June; check-in is at three in the afternoon.
select tests.at('2031-06-08 12:59:59+00');
select is(private.send_automatic_messages(100), 0, 'two days before, a second to three, it is too early');
select tests.at('2031-06-08 13:00+00');
select is(private.send_automatic_messages(100), 1,
  'the instructions are sent at three where the mill stands');
select is(private.send_automatic_messages(100), 0, 'the instructions are sent once');
select is(pg_temp.unread(), pg_temp.counted(),
  'automated messages count as unread for Grace alone');
select tests.at('2031-06-12 10:00+00');
select private.complete_stays(10);
select is(private.send_automatic_messages(100), 0, 'the day of departure is too early for a reminder');
select tests.at('2031-06-13 09:00+00');
select is(private.send_automatic_messages(100), 1,
  'the day after departure is not too early for a reminder');
select is(pg_temp.sent(), 'booking_confirmed, check_in_instructions, review_reminder',
  'confirmation, instructions and reminder are all that is sent');
select is((select count(*) from private.due_messages), 0::bigint, 'nothing is left over');

rollback to confirmed;
select tests.at('2031-06-12 10:00+00');
delete from private.due_messages where occasion <> 'review_reminder';
select private.complete_stays(10);
insert into public.reviews (
  booking_id, listing_id, author_name, stars, cleanliness, accuracy, check_in, communication, location, value,
  written_on, closes_at)
values (tests.id('visit'), tests.id('mill'), 'Grace', 5, 5, 5, 5, 5, 5, 5, '2031-06-12', '2031-06-26 09:00+00');
select tests.at('2031-06-13 09:00+00');
select is(private.send_automatic_messages(100), 0,
  'a guest who has written a review is not reminded');

rollback to confirmed;
select private.move_booking(tests.id('visit'), 'cancelled_by_guest', 'guest', null, null);
select tests.at('2031-06-20 12:00+00');
select is(private.send_automatic_messages(100), 0, 'about a cancelled stay nothing is sent');
select is(pg_temp.say('p1', 'grace', 'grace', '06 12 34 56 78'), '•••',
  'the numbers of a cancelled stay are hidden again');

rollback to confirmed;
select tests.at('2031-06-13 09:00+00');
select private.complete_stays(10);
select is(private.send_automatic_messages(100), 1, 'a job that slept through the stay sends no instructions any more');
select is(pg_temp.sent(), 'booking_confirmed, review_reminder',
  'a job that slept through the stay still sends the reminder');

rollback to confirmed;
select tests.at('2031-06-20 09:00+00');
delete from private.due_messages;
update public.listings set instant_book = true where listing_id = tests.id('mill');
select tests.book('tonight', 'margaret', 'mill', '2031-06-20', '2031-06-22');
select tests.money('tonight', 'succeeded');
select ok((select min(due_at) = max(due_at) from private.due_messages where occasion <> 'review_reminder'),
  'the instructions for a stay of tonight are due at once, not before the confirmation');
select is(private.send_automatic_messages(1), 1, 'one due message is sent at a time');
select is((select max(occasion) from public.messages where booking_id = tests.id('tonight')),
  'booking_confirmed', 'the confirmation is sent first');
select is(private.send_automatic_messages(1), 1,
  'the second due message is sent in the next batch');
select is((select string_agg(occasion::text, ', ' order by position) from public.messages
  where booking_id = tests.id('tonight') and occasion is not null),
  'booking_confirmed, check_in_instructions', 'the instructions stand below it');

rollback to confirmed;
select is((select count(*) from private.due_messages), 2::bigint,
  'two messages are planned for the new stay');
insert into private.due_messages (booking_id, occasion, due_at)
values (tests.id('visit'), 'booking_confirmed', private.now());
select is(private.send_automatic_messages(100), 0, 'what was sent is not sent again, even when somebody plans it');

-- The host's own words

select tests.become('ada');
select public.set_automatic_message(tests.id('mill'), 'check_in_instructions', days => 5);
select public.set_automatic_text(tests.id('mill'), 'check_in_instructions', 'en', '{guest_name}, the key is at {host_name}''s.');
select public.set_automatic_text(tests.id('mill'), 'check_in_instructions', 'fr', '{guest_name}, bienvenue à {listing_title} le {check_in}.');
select tests.back();
update public.profiles set display_name = '{host_name}' where profile_id = tests.person('grace');
savepoint written;
select tests.at('2031-06-05 13:00+00');
select is(private.send_automatic_messages(100), 1, 'five days before, as Ada wishes');
select is((select body from public.messages where occasion = 'check_in_instructions'), '{host_name}, the key is at Ada''s.',
  'the message is in Ada''s words, and a guest''s name is not expanded');
rollback to written;
update public.private_profiles set locale = 'fr-CA' where profile_id = tests.person('grace');
select tests.at('2031-06-05 13:00+00');
select private.send_automatic_messages(100);
select is((select body from public.messages where occasion = 'check_in_instructions'),
  '{host_name}, bienvenue à Mill le 2031-06-10.',
  'the message is in the language that Grace reads');
rollback to written;
update public.private_profiles set locale = 'de' where profile_id = tests.person('grace');
select is(private.text_for(bookings, 'check_in_instructions', 'de'), '{host_name}, the key is at Ada''s.',
  'Ada''s own words in English come before the marketplace''s in German')
from public.bookings where booking_id = tests.id('visit');
select matches(private.text_for(bookings, 'review_reminder', locale), words, 'a reminder in ' || locale)
from public.bookings, (values ('de', '^Hallo'), ('fr-FR', '^Bonjour'), ('es', '^Hola'), ('en', '^Hello'), ('tlh', '^Hello'))
  as languages (locale, words)
where booking_id = tests.id('visit');
rollback to written;
select tests.become('ada');
select public.set_automatic_message(tests.id('mill'), 'check_in_instructions', active => false);
select tests.back();
select tests.at('2031-06-05 13:00+00');
select is(private.send_automatic_messages(100), 0, 'what Ada turned off is not sent');
rollback to written;
select tests.become('ada');
select public.set_automatic_text(tests.id('mill'), 'check_in_instructions', locale) from unnest(array['en', 'fr']) as locale;
select tests.back();
select is((select count(*) from public.automatic_texts), 0::bigint, 'words can be taken back');
rollback to written;
select is(tests.outcome('ada', format('select public.set_automatic_text(%L, ''review_reminder'', %L, %L)', tests.id('mill'), locale, body)),
  code, 'not taken: ' || code)
from (values
  ('en', 'The code is {door_code}.', 'invalid_placeholder'), ('en', '{guest_name} {', 'invalid_placeholder'),
  ('en', '{{guest_name}}', 'invalid_placeholder'), ('English', 'Hi', 'invalid_locale'), (null, 'Hi', 'invalid_locale'),
  ('en', repeat('x', 2001), 'message_too_long')) as bad (locale, body, code);
select is(tests.outcome('ada', format('select public.set_automatic_message(%L, ''review_reminder'', days => %s)', tests.id('mill'), days)),
  'invalid_days', days || ' days')
from unnest(array[-1, 31]) as days;
select is(tests.outcome('radia', format('select public.set_automatic_message(%L, ''review_reminder'', days => 3)', tests.id('mill'))),
  'not_your_listing', 'who keeps the calendar writes no messages');

select * from finish();
rollback;
