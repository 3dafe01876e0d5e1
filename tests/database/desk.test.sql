-- The desk: how the machinery is, for staff in a browser.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'grace', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
set constraints all immediate;

select tests.become('sam');
select bag_eq(
  $$ select object from public.staff_health() $$,
  array['schedule', 'jobs', 'commands', 'stripe_events', 'calendars', 'files', 'payments', 'zone_data'],
  'each part is there');
select ok(
  (select count(*) from public.staff_health(doctor => true)) >= (select count(*) from public.staff_health()),
  'the doctor adds what was found');
select is(
  (select count(*) from public.staff_jobs()),
  (select count(*) from public.staff_jobs() where failed_at is null), 'no job has failed');

-- Jobs that failed come first, with the reason.
select tests.back();
insert into private.job_failures (job, problem, failed_at)
values ('issue_receipts', 'out of paper', private.now());
select tests.become('sam');
select results_eq(
  'select job, problem from public.staff_jobs() limit 1',
  $$ values ('issue_receipts', 'out of paper') $$, 'a job that failed comes first, and says why');

-- The outbox
select tests.back();
update private.commands
set status = 'failed', problem = 'No such mailbox.', attempts = 12, finished_at = private.now(), claimed_until = null
where kind = 'send_mail';
create temporary table given_up as
select command_id, row_number() over (order by finished_at desc, command_id desc) as place
from private.commands where status = 'failed';
insert into private.commands (command_id, kind, idempotency_key, booking_id, payment_id, status, problem, due_at,
  created_at, finished_at)
select tests.id('intent'), 'cancel_intent', 'desk', booking_id, payment_id, 'failed', 'Refused.', private.now(),
  private.now(), private.now() - interval '1 hour'
from public.payments where booking_id = tests.id('visit');
grant select on given_up to public;
select tests.become('sam');
select ok((select count(*) from given_up) >= 2, 'two e-mails failed');
select results_eq(
  $$ select command_id from public.staff_commands(page_size => 1) $$,
  $$ select command_id from given_up where place = 1 $$, 'the first page of what failed');
select results_eq(
  $$ select command_id from public.staff_commands(
       after => (select command_id from given_up where place = 1), page_size => 1) $$,
  $$ select command_id from given_up where place = 2 $$, 'the page after it');
select bag_eq(
  'select kind::text, repeatable from public.staff_commands()',
  $$ select 'send_mail' as kind, true as repeatable from given_up union all values ('cancel_intent', false) $$,
  'an e-mail can be tried again, what is about a payment cannot');
select is(
  (select count(*) from public.staff_commands(failed => false) where status in ('failed', 'done')), 0::bigint,
  'the open ones are another list');

select is(
  tests.outcome('sam', $$ select public.staff_retry_command(tests.id('nothing')) $$), 'command_not_found',
  'what does not exist cannot be tried again');
select is(
  tests.outcome('sam', $$ select public.staff_retry_command(tests.id('intent')) $$), 'not_repeatable',
  'a command about a payment is not tried again by itself');
select is(
  tests.outcome('ada', format('select public.staff_retry_command(%L)',
    (select command_id from given_up where place = 1))), 'staff_only', 'a host tries nothing again');
select tests.become('sam');
select results_eq(
  $$ select (again).status, (again).attempts, (again).problem
     from public.staff_retry_command((select command_id from given_up where place = 1)) as again $$,
  $$ values ('waiting', 0, null::text) $$, 'staff have an e-mail tried again');
select results_eq(
  $$ select (again).status
     from public.staff_retry_command((select command_id from given_up where place = 1)) as again $$,
  array['waiting'], 'once more changes nothing');
select is(
  (select count(*) from public.staff_audit_log() where action = 'command.repeated'), 1::bigint,
  'it is in the audit log, once');

-- Feeds
select tests.back();
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at, last_error, failures)
select tests.id(name), tests.id('mill'), name, 'https://calendars.example.com/secret/' || name, private.now(),
  private.now(), case when failures > 0 then 'unreachable'::public.feed_problem end, failures
from (values ('fine', 0), ('once', 1), ('often', 9)) as feeds (name, failures);
select tests.become('sam');
select results_eq(
  'select name, server, failures from public.staff_feeds()',
  $$ values ('often', 'calendars.example.com', 9), ('once', 'calendars.example.com', 1) $$,
  'those that fail, the worst first, without the secret of the address');
select results_eq(
  $$ select name from public.staff_feeds(after => tests.id('often')) $$, array['once'], 'and the page after it');

-- Settings
select is(
  (select value from public.staff_settings() where name = 'hold_minutes'), '15', 'staff read a setting');
select is_empty(
  $$ select name from public.staff_settings() where meaning = '' $$, 'each says what it means');

-- A page has an end, and a reader is staff, with a second factor where that is asked.
select is(tests.outcome('sam', call), said, call || ' is refused')
from (values
  ('select public.staff_commands(page_size => 0)', 'invalid_page_size'),
  ('select public.staff_feeds(page_size => 101)', 'too_many_results')) as calls (call, said);
select is(tests.outcome('ada', 'select public.' || verb), 'staff_only', verb || ' is for staff')
from unnest(array['staff_health()', 'staff_jobs()', 'staff_commands()', 'staff_feeds()', 'staff_settings()']) as verb;
select tests.back();
update private.settings set staff_need_second_factor = true;
select is(tests.outcome('sam', 'select public.' || verb), 'second_factor_required', verb || ' asks for a second factor')
from unnest(array['staff_health()', 'staff_jobs()', 'staff_commands()', 'staff_feeds()', 'staff_settings()']) as verb;

select * from finish();
rollback;
