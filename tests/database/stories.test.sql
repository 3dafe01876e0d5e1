-- Stories: what staff see of a booking, and when they read its messages.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'grace', 'margaret', 'sam', 'sally']) as name;
insert into private.staff (profile_id) select tests.person(name) from unnest(array['sam', 'sally']) as name;
select tests.home('mill', 'ada'), tests.home('loft', 'sally');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.at('2031-05-20 13:00+00');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
select tests.at('2031-05-20 14:00+00');
select tests.book('other', 'grace', 'loft', '2031-07-10', '2031-07-12');
set constraints all immediate;

select tests.become('sam');
select results_eq(
  'select booking_id from public.staff_bookings()',
  $$ select tests.id(name) from unnest(array['other', 'hold', 'visit']) as name $$, 'all bookings, the newest first');
select results_eq(
  $$ select booking_id from public.staff_bookings(before => tests.id('other'), page_size => 1) $$,
  $$ select tests.id('hold') $$, 'a page goes on after the last');
select results_eq(
  $$ select booking_id from public.staff_bookings(status => 'confirmed') $$,
  $$ select tests.id('visit') $$, 'those of one status');
select results_eq(
  $$ select booking_id from public.staff_bookings(profile_id => tests.person('grace')) $$,
  $$ select tests.id(name) from unnest(array['other', 'visit']) as name $$, 'those of a guest');
select results_eq(
  $$ select booking_id from public.staff_bookings(profile_id => tests.person('ada'), before => tests.id('hold')) $$,
  $$ select tests.id('visit') $$, 'those of a host, after a row');

select results_eq(
  $$ select status::text, guest_name, host_name, captured_minor = total_minor, refunded_minor, nights, has_open_case
     from public.staff_booking(tests.id('visit')) $$,
  $$ values ('confirmed', 'Grace', 'Ada', true, 0::bigint,
       array['stay 2031-06-02 to 2031-06-05'], false) $$,
  'a booking has its people, its money and its nights');
select tests.back();
update public.bookings set message = 'We come late.' where booking_id = tests.id('visit');
select tests.become('sam');
select is_empty(
  $$ select seen::text from public.staff_bookings() as seen where seen::text like '%come late%'
     union all select seen::text from public.staff_booking_story(tests.id('visit')) as seen
     where seen::text like '%come late%' $$,
  'what a guest wrote with the request is a message like any other, and not among them');
select is(
  tests.outcome('sam', $$ select public.staff_booking(tests.id('nothing')) $$), 'booking_not_found',
  'one that does not exist is not found');
select tests.become('sam');

-- What happened
select bag_eq(
  $$ select kind from public.staff_booking_story(tests.id('visit')) where kind in ('move', 'payment', 'payout') $$,
  $$ values ('move'), ('move'), ('payment'), ('payment'), ('payout') $$,
  'moves and money are in the story');
select results_eq(
  $$ select actor, said from public.staff_booking_story(tests.id('visit'))
     where kind = 'mail' and what = 'booking_confirmed_guest' $$,
  $$ values (null::text, 'waiting') $$,
  'so are e-mails, with how they ended');
select is(
  (select array_agg(happened_at) from public.staff_booking_story(tests.id('visit'))),
  (select array_agg(happened_at order by happened_at) from public.staff_booking_story(tests.id('visit'))),
  'in the order of time');
select is((select count(*) from public.staff_booking_story(tests.id('visit'), 2)), 2::bigint, 'a story has an end');

-- Messages: between guest and host, until one of them asks for a decision. So are masked ones.
create function pg_temp.masked()
  returns setof text language sql volatile as $$
  select concat_ws(' ', subject, field, coalesce(original, '-'))
  from public.staff_masked_words(author_id => tests.person('grace')) $$;
create function pg_temp.readings(about text)
  returns bigint language sql volatile as $$
  select count(*) from public.staff_audit_log(object_id => tests.id(about)) where action = 'messages.read' $$;
select tests.back();
select private.keep_words('booking', tests.id('visit'), 'reason', tests.person('grace'), 'My 06 12 34 56 78.');
select private.keep_words('person', tests.person('grace'), 'about', tests.person('grace'), 'grace@example.com');
select tests.become('grace');
select public.start_conversation(tests.id('hello'), tests.id('mill'), 'Is there a lift?');
select tests.back();
select private.keep_words('message', tests.id('hello'), 'body', tests.person('grace'), 'Is there a lift? 06 12 34 56 78');
select tests.become('sam');
select results_eq('select pg_temp.masked()', array['message body -', 'person about grace@example.com', 'booking reason -'],
  'staff read what was hidden on pages, not what was hidden between guest and host');
select is(pg_temp.readings('visit'), 0::bigint, 'so nothing is in the audit log');
select is(
  tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$), 'no_open_case',
  'staff do not read the messages of a stay that nobody complains about');
select is(
  tests.outcome('sam', $$ select public.staff_messages(tests.id('nothing')) $$), 'booking_not_found',
  'nor those of none');
select tests.at('2031-06-02 16:00+00');
select tests.become('grace');
select public.file_complaint(tests.id('complaint'), tests.id('visit'), 'not_clean', 'Dust.');
select tests.become('sam');
select ok((select has_open_case from public.staff_booking(tests.id('visit'))), 'a complaint opens a case');
select results_eq(
  $$ select body from public.staff_messages(tests.id('visit')) where kind = 'text' $$,
  array['Is there a lift?'], 'then they do');
select results_eq(
  $$ select action, actor_id from public.staff_audit_log(object_id => tests.id('visit')) limit 1 $$,
  $$ values ('messages.read', tests.person('sam')) $$, 'and it is in the audit log');
select is_empty(
  $$ select body from public.staff_messages(tests.id('visit'), before => tests.id('hello')) where kind = 'text' $$,
  'before the first is nothing');
select is(
  (select count(*) from public.staff_audit_log(object_id => tests.id('visit')) where action = 'messages.read'),
  2::bigint, 'which is a reading, too');
select results_eq(
  $$ select kind, what, actor, said from public.staff_booking_story(tests.id('visit')) where kind = 'complaint' $$,
  $$ values ('complaint', 'not_clean', 'guest', 'Dust.') $$, 'the story has the complaint');
select ok(
  exists (select from public.staff_booking_story(tests.id('visit')) where kind = 'hold'),
  'and what it holds');
select results_eq('select pg_temp.masked()',
  array['message body Is there a lift? 06 12 34 56 78', 'person about grace@example.com', 'booking reason My 06 12 34 56 78.'],
  'a case opens the originals of that guest at that home');
select is(pg_temp.readings('visit'), 3::bigint, 'and a page of them is a reading of messages');
select public.staff_decide_complaint(tests.id('complaint'), 0, 'It was clean.');
select is(
  tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$), 'no_open_case',
  'once it is decided, the messages are closed to staff');
select tests.become('sam');
select results_eq('select pg_temp.masked()', array['message body -', 'person about grace@example.com', 'booking reason -'],
  'and so are the originals');
select tests.become('sam');
select results_eq(
  $$ select what, said from public.staff_booking_story(tests.id('visit'))
     where kind = 'complaint' and actor = 'staff' $$,
  $$ values ('dismissed', 'It was clean.') $$, 'the story has the decision');

-- Each kind of case opens them; nobody reads those of a home of their own.
select tests.back();
insert into public.no_shows (booking_id, report, reported_at, object_until)
values (tests.id('visit'), 'Nobody came.', private.now(), private.now() + interval '48 hours');
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$) ~ '^[0-9]+$', true,
  'a report of a no-show opens them');
update public.no_shows set status = 'withdrawn', closed_at = private.now();
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$), 'no_open_case',
  'one that was withdrawn closes them');
insert into public.damage_claims (
  claim_id, booking_id, status, currency, amount_minor, damage, objection, created_at, answer_until)
values (tests.id('claim'), tests.id('visit'), 'disputed', 'EUR', 1000, 'A cup.', 'No.', private.now(), private.now());
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$) ~ '^[0-9]+$', true,
  'a claim for damage opens them');
update public.damage_claims set status = 'withdrawn', closed_at = private.now();
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$), 'no_open_case',
  'a claim that was withdrawn closes them');
insert into private.disputes (stripe_dispute_id, payment_id, booking_id, status, currency, amount_minor, opened_at)
select 'dp_1', payment_id, booking_id, 'open', currency, amount_minor, private.now()
from public.payments where booking_id = tests.id('visit');
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$) ~ '^[0-9]+$', true,
  'a dispute opens them');
update private.disputes set status = 'won', closed_at = private.now();
select is(tests.outcome('sam', $$ select public.staff_messages(tests.id('visit')) $$), 'no_open_case',
  'a dispute that was won closes them');
update private.disputes set booking_id = tests.id('other'), status = 'open', closed_at = null;
select is(
  tests.outcome('sally', $$ select public.staff_messages(tests.id('other')) $$), 'own_case',
  'nobody reads the messages about a home of their own');
select tests.back();
select private.keep_words('booking', tests.id('other'), 'reason', tests.person('grace'), 'My number.');
select tests.become('sally');
select is((select original from public.staff_masked_words(subject_id => tests.id('other'))), null,
  'nor what was hidden in them');
select tests.become('sam');
select is((select original from public.staff_masked_words(subject_id => tests.id('other'))), 'My number.',
  'somebody else does');
select tests.back();

select is(tests.outcome('grace', call), 'staff_only', call || ' is for staff')
from (values
  ('select public.staff_bookings()'), ('select public.staff_booking(tests.id(''visit''))'),
  ('select public.staff_booking_story(tests.id(''visit''))'), ('select public.staff_messages(tests.id(''visit''))')
) as calls (call);
select is(tests.outcome('sam', call), said, call || ' is refused')
from (values
  ('select public.staff_bookings(page_size => 0)', 'invalid_page_size'),
  ('select public.staff_bookings(page_size => 101)', 'too_many_results'),
  ('select public.staff_booking_story(tests.id(''visit''), 501)', 'invalid_page_size')) as calls (call, said);

select * from finish();
rollback;
