-- Lags: how an operator sees what waits, what failed and what nobody does.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;

create function pg_temp.health() returns text language sql as $$
  select string_agg(part || case when healthy then '' else ': ' || detail end, ', ' order by part)
    from private.health()
$$;
create function pg_temp.jobs() returns text language sql as $$
  select string_agg(done || ' ' || job, ', ' order by job) from tests.run_due_jobs()
    where done > 0
$$;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
set constraints all immediate;
select pg_temp.jobs();
select tests.at('2031-05-20 12:17+00');
select pg_temp.jobs();
select tests.at('2031-06-05 09:00+00');
select pg_temp.jobs();
select pg_temp.jobs();

select tests.at('2031-05-20 12:00+00');
update private.commands set due_at = private.now(), created_at = private.now();
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'a healthy server has no details to report');
savepoint well;
update private.settings set environment = 'local';
update private.commands set due_at = private.now() - interval '10 minutes';
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command may wait ten minutes');
update private.commands set due_at = private.now() - interval '601 seconds';
select is(pg_temp.health(), 'calendars, commands: 5 open, 0 of them tried five times and more, 0 failed, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command that waits longer than ten minutes is reported');
rollback to well;
update private.commands set attempts = 4, due_at = private.now() + interval '1 minute';
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command may fail four times');
update private.commands set attempts = 5;
select matches(pg_temp.health(), 'commands: 5 open, 5 of them tried five times and more, 0 failed',
  'a command that failed five times is reported although it is not due');
delete from private.commands;
insert into private.webhook_endpoints (endpoint_id, url, description, secret, created_at)
values (tests.id('endpoint'), 'https://one.test/', 'One', 'whsec_x', private.now());
insert into private.webhook_events (event_id, type, facts, created_at)
values (tests.id('event'), 'booking.confirmed', '{}', private.now());
insert into private.webhook_deliveries (delivery_id, endpoint_id, event_id, created_at)
values (tests.id('delivery'), tests.id('endpoint'), tests.id('event'), private.now());
insert into private.commands (kind, idempotency_key, delivery_id, attempts, due_at, created_at)
values ('deliver_webhook', 'health/webhook', tests.id('delivery'), 5, private.now() + interval '1 minute', private.now());
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'an endpoint of somebody else that is down makes nothing here unwell');
rollback to well;
update private.commands set status = 'failed', finished_at = private.now(), problem = 'gone';
select is(pg_temp.health(), 'calendars, commands: 0 open, 0 of them tried five times and more, 5 failed, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command that failed is seen');
update private.commands set status = 'waiting', attempts = 0, due_at = private.now(), finished_at = null, problem = null
where status = 'failed' and kind = 'send_mail';
select set_eq(
  $$ select distinct kind, status = 'waiting' and exists (
       select from private.claim_commands(100) as claimed where claimed.command_id = commands.command_id)
     from private.commands $$,
  $$ select distinct kind, kind = 'send_mail' from private.commands $$,
  'e-mails that were given up are sent again as the runbook says, and nothing else');
rollback to well;
select private.store_stripe_event('evt_1', 'charge.updated', 'ch_1');
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'an event that waits ten minutes is not reported');
update private.stripe_events set received_at = private.now() - interval '601 seconds';
select is(pg_temp.health(),
  'calendars, commands, files, jobs, payments, schedule, stripe_events: 1 stored more than ten minutes ago and not applied, zone_data',
  'an event that waits longer than ten minutes is reported');
select private.close_stripe_event('evt_1', 'ignored');
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'an event that is applied is not reported any more');
select private.note_problem(payment_id, 'second_intent') from public.payments
  where booking_id = tests.id('visit');
select private.note_problem(payment_id, 'second_intent') from public.payments
  where booking_id = tests.id('visit');
select is(pg_temp.health(),
  'calendars, commands, files, jobs, payments: 1 with a problem to look at, schedule, stripe_events, zone_data',
  'a payment with a problem is seen, once');
rollback to well;
insert into private.files_to_check (bucket_id, name, tries, due_at)
values ('photo-uploads', 'a.jpg', 4, private.now() - interval '10 minutes');
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'a file may be tried four times, and wait ten minutes');
update private.files_to_check set due_at = private.now() - interval '601 seconds';
select matches(pg_temp.health(), 'files: 1 to be checked, 0 of them tried five times and more',
  'a file that waits longer than ten minutes is reported');
update private.files_to_check set tries = 5, due_at = private.now();
select matches(pg_temp.health(), 'files: 1 to be checked, 1 of them tried five times and more',
  'a file that was tried five times is reported');
rollback to well;
update private.clock set shift = '0';
update private.settings set environment = 'production';
select matches(pg_temp.health(), 'schedule: no job has ever run: something must run them',
  'a server where nothing keeps time is not well, with pg_cron or without');
update private.jobs set next_at = private.now() - interval '10 minutes';
select doesnt_match(pg_temp.health(), 'schedule:', 'a job may wait ten minutes');
update private.jobs set next_at = private.now() - interval '601 seconds' where job = 'forget_records';
select matches(pg_temp.health(), 'schedule: forget_records has been due since .*: nothing runs the jobs',
  'a job that waits longer than ten minutes is reported');
update private.jobs set claimed_until = private.now() where job = 'forget_records';
select doesnt_match(pg_temp.health(), 'schedule:', 'a job that runs is not');

select * from finish();
rollback;
