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
  select string_agg(done || ' ' || job, ', ' order by job) from tests.run_due_jobs()
    where done > 0
$$;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
set constraints all immediate;
select pg_temp.jobs();
select is(pg_temp.jobs(), null, 'at first no job is due');
select tests.at('2031-05-20 12:17+00');
select is(pg_temp.jobs(), '1 expire_bookings', 'two minutes after its time a hold ends');
select is(pg_temp.jobs(), null, 'a hold ends once');
select tests.at('2031-06-05 09:00+00');
select matches(pg_temp.jobs(), '1 complete_stays', 'a stay is completed at its check-out');
select pg_temp.jobs();
select is(pg_temp.jobs(), null, 'a stay is completed once');
select set_eq('select job from private.jobs', 'select job from private.job_due_times()',
  'each job has a time when it is due');
select set_eq('select job from private.jobs',
  $$ select proname::text from pg_proc
     where pronamespace = 'private'::regnamespace and obj_description(oid, 'pg_proc') like 'Job:%' $$,
  'what says that it is a job is one');
select is_empty(
  $$ select job from private.jobs where batch > 1 and job not in (
       -- They touch no booking, or skip what is locked and wait for nobody.
       'order_stripe_checks', 'advance_search', 'forget_news', 'forget_invitations', 'forget_files', 'forget_refusals',
       'compare_files', 'forget_customers', 'forget_records', 'forget_job_runs', 'count_places') $$,
  'a job that moves bookings moves one in a transaction: two share what comes after them in the lock order');

savepoint calm;
select tests.book('stay', 'grace', 'mill', '2031-06-20', '2031-06-22');
select tests.money('stay', 'succeeded');
select tests.book('late', 'margaret', 'mill', '2031-06-24', '2031-06-26');
select tests.at('2031-06-22 09:00+00');
savepoint jobs;
create or replace function private.expire_bookings(most integer) returns integer language plpgsql
  as $$ begin raise exception 'stuck' using errcode = 'XX001'; end $$;
select matches(pg_temp.jobs(), '1 complete_stays', 'a job that fails leaves the others alone');
select is((select array_agg(coalesce(done, -1)) from tests.run_due_jobs() where job = 'expire_bookings'), '{-1}',
  'a job that failed has done nothing');
select matches(pg_temp.health(), 'jobs: expire_bookings failed: stuck',
  'an operator sees why a job failed');
select results_eq(
  $$ select code, problem, done, due_at, lag from private.job_runs where job = 'expire_bookings'
     order by run_id desc limit 1 $$,
  $$ select 'XX001', 'stuck', 0, expires_at + interval '2 minutes',
       '2031-06-22 09:00+00' - (expires_at + interval '2 minutes')
     from public.bookings where booking_id = tests.id('late') $$,
  'a run that failed is written down: with its SQLSTATE, and how late it began');
select results_eq(
  $$ select overdue, failures > 0, is_failing from private.job_metrics() where job = 'expire_bookings' $$,
  $$ select '2031-06-22 09:00+00' - (expires_at + interval '2 minutes'), true, true
     from public.bookings where booking_id = tests.id('late') $$,
  'the metrics of a job say how late it is');
select is_empty($$ select * from private.take_job() where job = 'expire_bookings' $$,
  'a job that failed pauses');
create or replace function private.expire_bookings(most integer) returns integer language sql
  return 0;
select pg_temp.jobs();
select doesnt_match(pg_temp.health(), 'jobs:', 'a job that works again does not pause any more');
rollback to jobs;

create or replace function private.expire_bookings(most integer) returns integer language sql as $$
  select private.post('damage_share', 'one', bookings, guest => 5) from public.bookings where booking_id = tests.id('stay');
  select 1;
$$;
create or replace function private.forget_homes(most integer) returns integer language plpgsql
  as $$ begin raise exception 'canceling statement due to statement timeout' using errcode = '57014'; end $$;
select matches(pg_temp.jobs(), '1 complete_stays',
  'a job that breaks a promise or takes too long does not hold up the others');
select lives_ok('set constraints all immediate', 'what the other jobs did stays');
select matches(pg_temp.health(),
  'jobs: expire_bookings failed: ledger_unbalanced; forget_homes failed: canceling statement',
  'an operator sees both failures');
rollback to jobs;

-- A job of a marketplace itself

create table private.bicycles (lent_at timestamptz);
insert into private.bicycles values ('2031-06-22 09:30+00');
create function private.lend_bicycles(most integer) returns integer language sql
  as $$ with lent as (delete from private.bicycles returning 1) select count(*)::integer from lent $$;
create function private.bicycles_due() returns timestamptz language sql
  as $$ select min(lent_at) from private.bicycles $$;
insert into private.jobs (position, job, batch, most, every, time_limit, lock_limit)
values (101, 'lend_bicycles', 1, 500, '1 hour', '20 seconds', '3 seconds');
insert into private.registrations (question, about, answer)
values ('job_due_at', 'lend_bicycles', 'bicycles_due');
select doesnt_match(pg_temp.jobs(), 'lend_bicycles', 'a job that is registered waits for its time');
select tests.at('2031-06-22 09:30+00');
select matches(pg_temp.jobs(), '1 lend_bicycles', 'then it runs like any other');
rollback to jobs;

-- Workers

update private.jobs set next_at = null;
select is((select array_agg(job || ' ' || place) from private.take_job()), '{expire_bookings 1}',
  'a worker takes the first job that is due');
select is((select array_agg(job) from private.take_job()), '{complete_stays}',
  'a second worker takes the next job: a job has one worker');
select is((select array_agg(job) from private.take_job(19::smallint)), '{forget_records}',
  'jobs are taken in turn, so that one without end keeps nobody waiting');
select ok(private.run_job((select run_id from private.job_runs where job = 'expire_bookings' and ended_at is null)),
  'a job may have more to do after a batch');
select is((select done from private.job_runs where job = 'expire_bookings' and ended_at is null), 1,
  'what is done so far is kept');
select tests.at('2031-06-22 09:05+00');
select isnt((select array_agg(job) from private.take_job(4::smallint)), '{complete_stays}',
  'a job whose worker did not come back lets the others go first');
select tests.at('2031-06-22 09:06+00');
select is((select array_agg(job) from private.take_job(4::smallint)), '{complete_stays}',
  'a job whose worker did not come back is taken again');
select results_eq(
  $$ select code, problem, ended_at is not null from private.job_runs where job = 'complete_stays'
     order by run_id desc limit 2 $$,
  $$ values (null, null, false), ('08006', 'its worker was lost', true) $$,
  'a worker that did not come back is written down');
select is(private.run_job((select min(run_id) from private.job_runs where job = 'complete_stays' and code = '08006')), false,
  'should it come back after all, it does nothing');
select tests.at('2031-06-30 09:00+00');
select matches(pg_temp.jobs(), '\d forget_job_runs', 'a week later a run is forgotten');
rollback to calm;
select throws_ok($$ insert into private.jobs values ('x', 99, 1, 1, '1 second', '1 second', '2 seconds') $$, '23514', null,
  'a wait for a lock is shorter than the whole');

-- Calling the functions does nothing where nobody said where they are.
select lives_ok($$ select private.call_function('run-commands') $$,
  'a database that knows no url calls nobody');

select * from finish();
rollback;
