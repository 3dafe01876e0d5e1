-- A row that a job cannot handle: it is set aside, and the rows behind it come up.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.book('one', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.book('two', 'margaret', 'mill', '2031-06-10', '2031-06-12');
set constraints all immediate;
select tests.run_due_jobs();

-- The first in the order of the job is the one that fails.
create temp table holds as
select booking_id, row_number() over (order by booking_id) = 1 as fails from public.bookings;
create function pg_temp.bad() returns uuid language sql as 'select booking_id from holds where fails';
create function pg_temp.good() returns uuid language sql as 'select booking_id from holds where not fails';
create function pg_temp.status(booking uuid) returns text language sql as $$
  select status::text from public.bookings where booking_id = booking
$$;
create function pg_temp.aside() returns text language sql as $$
  select string_agg(format('%s %s of %s: %s %s, again in %s', attempts, job,
    case subject_id when pg_temp.bad() then 'bad' when pg_temp.good() then 'good' end, code, problem,
    retry_at - failed_at), '; ' order by job, subject_id) from private.rows_set_aside
$$;
create function pg_temp.jobs() returns text language sql as $$
  select health.detail from tests.run_due_jobs() right join private.health() on health.part = 'jobs' limit 1
$$;
create function pg_temp.fail() returns trigger language plpgsql as $$
begin
  raise exception 'broken' using errcode = tg_argv[0];
end $$;
-- What is wrong with the row: an error of the code, when it moves.
create procedure pg_temp.break(code text) language plpgsql as $$
begin
  execute format('create trigger break before update of status on public.bookings for each row
    when (old.booking_id = %L) execute function pg_temp.fail(%L)', pg_temp.bad(), code);
end $$;

select tests.at('2031-05-20 12:17+00');
savepoint due;
call pg_temp.break('P0001');
select results_eq($$ select job, done from tests.run_due_jobs() where job = 'expire_bookings' $$,
  $$ values ('expire_bookings', 1) $$, 'behind a row that fails the job goes on');
select is(pg_temp.status(pg_temp.bad()), 'awaiting_payment', 'what failed is undone');
select is(pg_temp.status(pg_temp.good()), 'expired', 'the hold behind it ended in the same run');
select is(pg_temp.aside(), '1 expire_bookings of bad: P0001 broken, again in 00:01:00',
  'the row is set aside, with its error');
select results_eq(
  $$ select done, set_aside, code, ended_at is not null from private.job_runs where job = 'expire_bookings' $$,
  $$ values (1, 1, null, true) $$, 'the run says how many it set aside');
select is((select detail from private.health() where part = 'jobs'),
  format('expire_bookings failed: set aside 1 in private.rows_set_aside, %s: broken', pg_temp.bad()),
  'an operator sees which row it is');
select is((select is_failing from private.job_metrics() where job = 'expire_bookings'), true,
  'the job counts as failing');
select tests.run_due_jobs();
select matches(pg_temp.aside(), '^1 ', 'before its time it is not tried again');
select tests.at('2031-05-20 12:18+00');
select tests.run_due_jobs();
select is(pg_temp.aside(), '2 expire_bookings of bad: P0001 broken, again in 00:02:00', 'its pause grows');
do $$
begin
  for attempt in 3 .. 12 loop
    perform tests.at(retry_at) from private.rows_set_aside;
    perform tests.run_due_jobs();
  end loop;
end $$;
select is(pg_temp.aside(), '12 expire_bookings of bad: P0001 broken, again in 01:00:00', 'up to an hour');
select is((select overdue from private.job_metrics() where job = 'expire_bookings'), '0',
  'the job is not late by the row that is set aside');

savepoint tried;
drop trigger break on public.bookings;
select tests.at(retry_at) from private.rows_set_aside;
select tests.run_due_jobs();
select is(pg_temp.status(pg_temp.bad()), 'expired', 'mended, it is done at the next attempt');
select is(pg_temp.aside(), null, 'then it is not aside any more');
select is((select detail from private.health() where part = 'jobs'), 'all ran', 'and the job is well');
rollback to tried;

drop trigger break on public.bookings;
select private.end_booking(bookings, 'expired', 'system', 'not_paid') from public.bookings
where booking_id = pg_temp.bad();
select tests.run_due_jobs();
select matches(pg_temp.aside(), '^12 ', 'what ended by itself is aside until its time');
select tests.at(retry_at) from private.rows_set_aside;
select tests.run_due_jobs();
select is(pg_temp.aside(), null, 'a row that is not due any more is not aside either');
select is((select detail from private.health() where part = 'jobs'), 'all ran', 'nothing is left of it');
rollback to due;

-- A promise that is kept at the end of a transaction is asked for with the row.
create function pg_temp.unbalance() returns trigger language plpgsql as $$
begin
  perform private.post('damage_share', 'one', new, guest => 5);
  return new;
end $$;
do $$
begin
  execute format('create trigger unbalance after update of status on public.bookings for each row
    when (old.booking_id = %L) execute function pg_temp.unbalance()', pg_temp.bad());
end $$;
select tests.run_due_jobs();
select matches(pg_temp.aside(), '^1 expire_bookings of bad: .* ledger_unbalanced, again in 00:01:00$',
  'a row that breaks a promise is set aside');
select is(pg_temp.status(pg_temp.good()), 'expired', 'the others keep theirs');
select lives_ok('set constraints all immediate', 'nothing of it is left for the end');
rollback to due;

-- What is of the moment is not the row's.
create function pg_temp.of_the_moment(error text) returns text language plpgsql as $$
declare
  said text;
begin
  begin
    call pg_temp.break(error);
    perform tests.run_due_jobs();
    select concat_ws(' ', job_runs.code, done, set_aside, (select count(*) from private.rows_set_aside))
    into said from private.job_runs where job = 'expire_bookings';
    raise exception using errcode = 'TEST1', message = said;
  exception when sqlstate 'TEST1' then
    return sqlerrm;
  end;
end $$;
select is(pg_temp.of_the_moment(code), code || ' 0 0 0', name || ' stops the batch, and sets nothing aside')
from (values ('40001', 'a failed serialization'), ('40P01', 'a deadlock'), ('55P03', 'a lock that did not come'),
  ('57014', 'a cancelled statement'), ('53100', 'a full disk')) as moments (code, name);
rollback to due;

-- One subject has several rows in one batch: those behind the one that failed wait with it.
create function private.fail_once(subject uuid) returns boolean language plpgsql as $$
begin
  if subject = pg_temp.bad() then raise exception 'broken'; end if;
  return true;
end $$;
select results_eq(
  $$ select private.attempt('expire_bookings', booking_id, 'fail_once', booking_id)
     from (values (1, pg_temp.bad()), (2, pg_temp.bad()), (3, pg_temp.good())) as given (place, booking_id)
     order by place $$, '{0,0,1}'::integer[], 'a row counts when it is done');
select matches(pg_temp.aside(), '^1 expire_bookings of bad', 'what is aside is left alone in the same batch, too');
select throws_ok(
  $$ select private.attempt('expire_books', pg_temp.bad(), 'fail_once', pg_temp.bad()) $$, '23503', null,
  'only a job sets a row aside');

-- Each job by its own name, in both places.
select is_empty(
  $$ select proname, named[1]
     from pg_proc cross join regexp_matches(prosrc, 'private\.(?:attempt|rows_aside)\(\s*''(\w+)''', 'g') as named
     where pronamespace = 'private'::regnamespace and named[1] <> proname $$,
  'a job sets aside under its own name');
select is_empty(
  $$ select proname from pg_proc
     where pronamespace = 'private'::regnamespace
       and (prosrc ~ 'private\.attempt\(') <> (prosrc ~ 'private\.rows_aside\(')
       -- These walk past them.
       and proname not in ('attempt', 'run_job', 'compare_files', 'evaluate_superhosts') $$,
  'a job that sets rows aside does not begin with them again');
select set_eq(
  $$ select job from private.jobs join pg_proc on proname = job and pronamespace = 'private'::regnamespace
     where prosrc !~ 'private\.attempt\(' $$,
  -- They count, or delete what is old: of many rows in a statement none has others behind it.
  array['order_stripe_checks', 'forget_news', 'forget_invitations', 'forget_refusals', 'forget_records',
    'forget_job_runs', 'count_differences', 'count_places'],
  'every job that goes from row to row sets aside what it cannot do');

select * from finish();
rollback;
