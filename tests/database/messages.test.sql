-- Messages: who writes to whom, what is hidden and what is unread.
--
-- Ada owns the mill, Hedy hosts it with her, Radia keeps its calendar. Grace asks and books; Margaret is
-- somebody else.

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
create function pg_temp.ask(name text, guest text, body text) returns text language plpgsql as $$
declare said text;
begin
  perform tests.become(guest);
  select message.body into said
  from public.start_conversation(tests.id(name), tests.id('mill'), ask.body) as message;
  perform tests.back();
  return said;
end $$;
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
create function pg_temp.read(who text, guest text, read_position integer) returns text language plpgsql as $$
declare
  left_over text;
  room uuid := pg_temp.conversation(guest);
begin
  perform tests.become(who);
  select format('%s unread, read to %s', entry.unread, entry.read_position) into left_over
  from public.mark_read(room, read.read_position) as entry;
  perform tests.back();
  return left_over;
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

-- An inquiry

select is(pg_temp.ask('m1', 'grace', 'Is it quiet?'), 'Is it quiet?', 'Grace asks Ada a question');
select is(pg_temp.ask('m1', 'grace', 'Is it quiet?'), 'Is it quiet?',
  'sending a message again answers with the same message');
select is((select count(*) from public.messages), 1::bigint,
  'a message that was sent twice is stored once');
select is(pg_temp.unread(), 'Ada 1, Grace 0, Hedy 1',
  'a question is unread for both hosts and not for the keeper of the calendar');
select is(pg_temp.ask('m2', 'grace', 'And light?'), 'And light?', 'a second question goes to the same place');
select is((select count(*) from public.conversations), 1::bigint,
  'two questions about a home are one conversation');
select is(pg_temp.say('m3', 'hedy', 'grace', 'Very.'), 'Very.', 'Hedy answers the question');
select is(pg_temp.unread(), 'Ada 2, Grace 1, Hedy 0', 'Grace has something to read, Hedy has read what was there');
select is(pg_temp.unread(), pg_temp.counted(),
  'the unread counts agree with a recount after an answer');
select is(pg_temp.read('ada', 'grace', 1), '1 unread, read to 1', 'Ada reads the first');
select is(pg_temp.read('ada', 'grace', 0), '1 unread, read to 1',
  'reading an older message leaves the newer ones read');
select is(pg_temp.read('ada', 'grace', 99), '0 unread, read to 3', 'nobody reads what is not there');
select is(pg_temp.read('grace', 'grace', null), '1 unread, read to 2', 'reading nothing reads nothing');
select is(pg_temp.unread(), pg_temp.counted(), 'the counts still hold');

select is(tests.outcome('margaret', format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), 'conversation_not_found', 'Margaret has no part in it');
select is(tests.outcome('radia', format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), 'conversation_not_found',
  'who keeps the calendar has no part in the conversation');
select is(tests.outcome('radia', 'select from public.messages'), '0',
  'who keeps the calendar reads no messages');
select is(tests.outcome('margaret', 'select from public.messages'), '0',
  'Margaret reads no messages of others');
select is(tests.outcome('margaret', format('select public.mark_read(%L, 1)', pg_temp.conversation('grace'))),
  'conversation_not_found', 'Margaret cannot mark messages of others as read');
select is(tests.outcome('margaret', format('select public.start_conversation(%L, %L, ''Hi'')',
  tests.id('m1'), tests.id('mill'))), 'id_reused', 'an id is taken once');
select is(tests.outcome('ada', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), 'own_listing', 'Ada does not ask herself');

-- Who knows whom

select is(tests.outcome(who, format('select from public.profiles where profile_id = %L', tests.person(whom))), seen,
  format('%s %s the profile of %s', initcap(who), case seen when '1' then 'sees' else 'does not see' end, initcap(whom)))
from (values
  ('grace', 'grace', '1'), ('margaret', 'margaret', '1'), ('grace', 'ada', '1'), ('margaret', 'ada', '1'),
  ('ada', 'grace', '1'), ('hedy', 'grace', '1'), ('radia', 'grace', '0'), ('margaret', 'grace', '0'),
  ('radia', 'hedy', '1'), ('hedy', 'radia', '1'), ('ada', 'radia', '1'), ('grace', 'hedy', '0'),
  ('margaret', 'radia', '0'), ('ada', 'margaret', '0')) as pairs (who, whom, seen);

-- What cannot be said

select is(tests.outcome('grace', format('select public.start_conversation(%L, %L, %L)', id, tests.id('mill'), body)),
  code, 'not said: ' || code)
from (values
  (null::uuid, 'Hi', 'message_id_required'), (gen_random_uuid(), null, 'message_empty'),
  (gen_random_uuid(), E' \n\t', 'message_empty'), (gen_random_uuid(), repeat('x', 2001), 'message_too_long')
) as bad (id, body, code);
savepoint limits;
select lives_ok(format('select pg_temp.ask(''long'', ''grace'', %L)', repeat('x', 2000)), 'two thousand signs may be said');
update private.settings set messages_per_hour = 3;
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), 'too_many_messages',
  'a person can send a limited number of messages an hour');
select tests.at('2031-05-20 13:00:01+00');
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), '1', 'an hour later one may write again');
rollback to limits;
select tests.home('tower', 'ada');
update private.settings set new_conversations = 1;
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('tower'))), 'too_many_conversations',
  'a person can ask about a limited number of homes a day');
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), '1', 'the limit of new homes does not close conversations that exist');
select tests.at('2031-05-21 12:00:01+00');
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('tower'))), '1', 'the limit of new homes ends with the day');
update public.listings set status = 'hidden' where listing_id = tests.id('tower');
select is(tests.outcome('grace', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('tower'))), 'listing_not_found', 'a hidden home is not asked about');
rollback to limits;
insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
select is(tests.outcome('margaret', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), 'host_unavailable', 'nobody asks somebody who is suspended');
select is(tests.outcome('ada', format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), 'account_suspended', 'a suspended host writes to nobody');
rollback to limits;

-- A block

select tests.become('hedy');
select public.block_person(tests.person('grace'));
select tests.back();
select is(tests.outcome(person, format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), code, person || ' writes no more')
from (values ('grace', 'host_unavailable'), ('ada', 'guest_unavailable'), ('hedy', 'guest_unavailable'))
  as blocked (person, code);
select is(tests.outcome('margaret', format('select public.start_conversation(gen_random_uuid(), %L, ''Hi'')',
  tests.id('mill'))), '1', 'Margaret, who is blocked by nobody, does');
select is(tests.outcome('grace', 'select from public.messages'), '3', 'what was said stays');
rollback to limits;
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Test.');
select is(tests.outcome('grace', format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), 'account_suspended', 'Grace, suspended, writes to nobody');
select is(tests.outcome('ada', format('select public.send_message(gen_random_uuid(), %L, ''Hi'')',
  pg_temp.conversation('grace'))), 'guest_unavailable',
  'nobody writes to Grace while she is suspended');
rollback to limits;

-- How soon the host answered

select results_eq(
  $$ select host_id, extract(epoch from answered_at - asked_at)::int from private.host_responses $$,
  $$ values (tests.person('ada'), 0) $$, 'the inquiry was answered, for Ada, by Hedy');
select pg_temp.ask('n1', 'margaret', 'Are dogs welcome?');
select pg_temp.ask('n2', 'margaret', 'Hello?');
select is((select count(*) from private.host_responses where answered_at is null), 1::bigint,
  'asking twice is one question, and it is open');
select tests.at('2031-05-20 18:00+00');
select pg_temp.say('n3', 'ada', 'margaret', 'Yes.');
select pg_temp.say('n4', 'ada', 'margaret', 'All of them.');
select is((select array_agg(extract(epoch from answered_at - asked_at)::int order by 1) from private.host_responses),
  '{0,21600}', 'answered after six hours, once');

-- What is hidden

select is(pg_temp.say('o1', 'grace', 'grace', 'Call 06 12 34 56 78!'), 'Call •••!', 'a number is hidden in what Grace says');
select is(pg_temp.say('o2', 'ada', 'grace', 'ada@example.com'), '•••',
  'a number is hidden in what Ada says');
select is((select array_agg(masked order by position) from public.messages
  where conversation_id = pg_temp.conversation('grace')), '{f,f,f,t,t}', 'the rows say where');

-- A booking in the conversation

select tests.become('grace');
select public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-10', '2031-06-12',
  (public.quote_stay(tests.id('mill'), '2031-06-10', '2031-06-12')).total_minor, 1, message => 'Mine is 06 12 34 56 78.');
select tests.back();
select is((select message from public.bookings where booking_id = tests.id('visit')), 'Mine is •••.',
  'the opening words are masked as messages are');
select is((select count(*) from public.messages where booking_id is not null), 0::bigint,
  'a hold that is not paid says nothing');
select tests.money('visit', 'succeeded');
select results_eq(
  $$ select kind::text, body, event::text from public.messages where booking_id = tests.id('visit') order by position $$,
  $$ values ('text', 'Mine is •••.', null), ('event', '', 'confirmed') $$,
  'paid, its words and its move are in the conversation');
select tests.become('ada');
select results_eq(
  $$ select last_message, last_event::text from public.my_conversations() where with_name = 'Grace' $$,
  $$ values (null::text, 'confirmed') $$, 'a conversation that ends with an event has no last words');
select tests.back();
select is(pg_temp.unread(), pg_temp.counted(),
  'the unread counts agree with a recount after a booking');
select is(pg_temp.say('o3', 'grace', 'grace', 'Now: 06 12 34 56 78'), 'Now: 06 12 34 56 78',
  'a confirmed stay lets numbers pass');
select is((select body from public.messages where message_id = tests.id('o1')), 'Call •••!',
  'what was hidden stays hidden');
select is(pg_temp.say('o4', 'margaret', 'margaret', '06 12 34 56 78'), '•••', 'Margaret has booked nothing');

-- Requests are answered by accepting and declining

update public.listings set instant_book = false where listing_id = tests.id('mill');
delete from private.host_responses;
select tests.book('question', 'margaret', 'mill', '2031-06-20', '2031-06-22');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.at('2031-05-20 20:00+00');
select pg_temp.say('q1', 'ada', 'margaret', 'Let me see.');
select is((select answered_at from private.host_responses where booking_id = tests.id('question')), null,
  'a request is not answered by words');
savepoint asked;
select tests.become('ada');
select public.decline_booking(tests.id('question'), 'Call me: 06 12 34 56 78');
select tests.back();
select is((select extract(epoch from answered_at - asked_at)::int from private.host_responses), 7200,
  'declining a request answers it');
select is((select reason from public.bookings where booking_id = tests.id('question')), 'Call me: •••',
  'the reason of a declined request shows no telephone number');
select is((select string_agg(reason, '') from public.booking_history where booking_id = tests.id('question')),
  'Call me: •••', 'no history shows the telephone number either');
rollback to asked;
select tests.become('ada');
select public.accept_booking(tests.id('question'));
select tests.back();
select is((select extract(epoch from answered_at - asked_at)::int from private.host_responses), 7200,
  'accepting a request answers it');
rollback to asked;
select tests.become('margaret');
select public.withdraw_booking(tests.id('question'));
select tests.back();
select is((select count(*) from private.host_responses), 0::bigint, 'a question taken back was none');
rollback to asked;
select tests.at('2031-05-21 18:00+00');
select private.expire_bookings(10);
select results_eq($$ select answered_at from private.host_responses $$, $$ values (null::timestamptz) $$,
  'a request that expired stays unanswered');
rollback to asked;

-- Pages

rollback to asked;
select tests.become('ada');
select results_eq(
  $$ select with_name, side::text, last_event::text, unread from public.my_conversations(most => 1) $$,
  $$ values ('Margaret', 'host', null::text, 0) $$, 'what was said last stands first');
select results_eq(
  $$ select next.with_name from public.my_conversations(most => 1) as first,
       public.my_conversations(to_json(first.last_message_at) #>> '{}', first.conversation_id) as next $$,
  $$ values ('Grace') $$, 'the next page of conversations goes on behind the first');
select tests.become('grace');
select results_eq(
  $$ select with_name, listing_title, side::text from public.my_conversations() $$,
  $$ values ('Ada', 'Mill', 'guest') $$, 'Grace sees hers, with whose home it is');
select tests.back();

-- Who leaves

select tests.become('ada');
select public.remove_cohost(tests.id('mill'), tests.person('hedy'));
select tests.back();
select is((select count(*) from public.inbox_entries where profile_id = tests.person('hedy')), 0::bigint,
  'Hedy, removed, has no inbox of the mill');
select is(tests.outcome('hedy', 'select from public.messages'), '0',
  'a removed co-host reads no messages');
select is(tests.outcome('hedy', 'select * from public.my_conversations()'), '0',
  'a removed co-host reads no conversations');
select tests.cohost('mill', 'hedy', 'full');
select is(pg_temp.read('hedy', 'grace', 99), '0 unread, read to ' || (select messages from public.conversations
  where conversation_id = pg_temp.conversation('grace')),
  'a co-host who is back begins with everything read');
delete from auth.users where id = tests.person('grace');
select is((select string_agg(body, '') from public.messages where sender_id = tests.person('grace')), '',
  'the words of Grace go with her account');
select isnt((select count(*) from public.messages where conversation_id = pg_temp.conversation('grace')), 0::bigint,
  'a message without its words stays when its author goes');

select * from finish();
rollback;
