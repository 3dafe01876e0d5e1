-- What happens because time passes, and how an operator sees that it did.

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
  select string_agg(done || ' ' || job, ', ' order by job) from private.run_due_jobs()
    where done > 0
$$;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
set constraints all immediate;
select pg_temp.jobs();
select is(pg_temp.jobs(), null, 'nothing is due');
select tests.at('2031-05-20 12:17+00');
select is(pg_temp.jobs(), '1 expire_bookings', 'two minutes after its time a hold ends');
select is(pg_temp.jobs(), null, 'once');
select tests.at('2031-06-05 09:00+00');
select matches(pg_temp.jobs(), '1 complete_stays', 'at its check-out a stay is over');
select pg_temp.jobs();
select is(pg_temp.jobs(), null, 'once');
select is((select array_agg(job order by job) from private.run_due_jobs()),
  '{advance_search,cancel_unpaid_stays,compare_files,complete_stays,expire_alterations,expire_bookings,expire_offers,forget_customers,forget_files,forget_homes,forget_invitations,forget_news,forget_records,forget_refusals,give_up_commands,issue_receipts,let_unpaid_charges_go,order_charges,order_looks,order_reconciliations,reckon_superhosts,release_payouts,reveal_reviews,send_automatic_messages,settle_no_shows}',
  'these are the jobs');
savepoint jobs;
create or replace function private.expire_bookings(most integer) returns integer language plpgsql
  as $$ begin raise exception 'stuck'; end $$;
select tests.book('stay', 'grace', 'mill', '2031-06-20', '2031-06-22');
select tests.money('stay', 'succeeded');
select tests.at('2031-06-22 09:00+00');
select matches(pg_temp.jobs(), '1 complete_stays', 'a job that fails leaves the others alone');
select is((select done from private.run_due_jobs() where job = 'expire_bookings'), null,
  'it has done nothing');
select matches(pg_temp.health(), 'jobs: expire_bookings failed: stuck', 'and an operator sees why');
create or replace function private.expire_bookings(most integer) returns integer language sql
  return 0;
select pg_temp.jobs();
select doesnt_match(pg_temp.health(), 'jobs:', 'until it works again');
rollback to jobs;

set constraints all deferred;
select tests.book('stay', 'grace', 'mill', '2031-06-20', '2031-06-22');
select tests.money('stay', 'succeeded');
create or replace function private.expire_bookings(most integer) returns integer language sql as $$
  select private.post('damage_share', 'one', bookings, guest => 5) from public.bookings where booking_id = tests.id('stay');
  select 1;
$$;
create or replace function private.expire_offers(most integer) returns integer language plpgsql
  as $$ begin raise exception 'canceling statement due to statement timeout' using errcode = '57014'; end $$;
select tests.at('2031-06-22 09:00+00');
select matches(pg_temp.jobs(), '1 complete_stays', 'nor does one hold them up whose work breaks a promise, or that takes too long');
select lives_ok('set constraints all immediate', 'what the others did stays');
select matches(pg_temp.health(),
  'jobs: expire_bookings failed: ledger_unbalanced; expire_offers failed: canceling statement',
  'and an operator sees both');
rollback to jobs;

-- Health

select tests.at('2031-05-20 12:00+00');
update private.commands set due_at = private.now(), created_at = private.now();
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data', 'all is well');
savepoint well;
update private.settings set environment = 'local';
update private.commands set due_at = private.now() - interval '10 minutes';
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command may wait ten minutes');
update private.commands set due_at = private.now() - interval '601 seconds';
select is(pg_temp.health(), 'calendars, commands: 5 open, 0 failed, files, jobs, payments, schedule, stripe_events, zone_data',
  'not longer');
rollback to well;
update private.commands set status = 'failed', finished_at = private.now(), problem = 'gone';
select is(pg_temp.health(), 'calendars, commands: 0 open, 5 failed, files, jobs, payments, schedule, stripe_events, zone_data',
  'a command that failed is seen');
rollback to well;
select private.store_stripe_event('evt_1', 'charge.updated', 'ch_1');
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data',
  'an event may take its time');
update private.stripe_events set received_at = private.now() - interval '601 seconds';
select is(pg_temp.health(),
  'calendars, commands, files, jobs, payments, schedule, stripe_events: 1 stored more than ten minutes ago and not applied, zone_data',
  'not more than ten minutes');
select private.close_stripe_event('evt_1', 'ignored');
select is(pg_temp.health(), 'calendars, commands, files, jobs, payments, schedule, stripe_events, zone_data', 'applied, it is well');
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
select matches(pg_temp.health(), 'files: 1 to be checked, 0 of them tried five times and more', 'not longer');
update private.files_to_check set tries = 5, due_at = private.now();
select matches(pg_temp.health(), 'files: 1 to be checked, 1 of them tried five times and more', 'nor more often');
rollback to well;
update private.clock set shift = '0';
update private.settings set environment = 'production';
select matches(pg_temp.health(),
  case when to_regnamespace('cron') is null then 'schedule: no pg_cron' else 'schedule' end,
    'a server where nothing keeps time is not well');
rollback to well;

-- Calling the functions does nothing where nobody said where they are.
select lives_ok($$ select private.call_function('run-commands') $$,
  'a database that knows no url calls nobody');

-- Before strangers may sign up

create function pg_temp.warned() returns text language sql as $$
  select string_agg(part || ': ' || detail, '; ' order by part) from private.health()
  where part in ('confirmations', 'staff_mfa', 'graphql', 'realtime', 'time_limits') and not healthy
$$;
select is((select count(*) from private.stranger_checks()), 0::bigint, 'on this machine there are no strangers');
select tests.person('barbara');
update auth.users set confirmation_sent_at = created_at;
update private.clock set shift = '0';
update private.settings set environment = 'production';
select is((select string_agg(part, ', ' order by part) from private.stranger_checks() where healthy),
  'confirmations, graphql, realtime, staff_mfa, time_limits', 'a project that is set up well is not warned');
insert into auth.users (id, email, email_confirmed_at, created_at, raw_app_meta_data)
values (gen_random_uuid(), 'unproven@example.com', now(), now(), '{"provider": "email"}');
select matches(pg_temp.warned(), '^confirmations: 1 signed up in the last 30 days', 'an address that nobody confirmed is seen');
update auth.users set confirmation_sent_at = now() where email = 'unproven@example.com';
select is(pg_temp.warned(), null, 'one that was asked for is not');
insert into private.staff (profile_id, since) values (tests.person('barbara'), now());
select is(pg_temp.warned(), 'staff_mfa: 1 of the staff have no second factor', 'staff need a second factor');
delete from private.staff;
create table public.published_openly (published_id integer primary key);
alter publication supabase_realtime add table public.published_openly;
select is(pg_temp.warned(), 'realtime: public.published_openly is published without row-level security',
  'what is published needs row-level security');

select * from finish();
rollback;
