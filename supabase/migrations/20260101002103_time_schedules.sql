-- Schedules: the jobs, which do what becomes due because time passes.

create function private.nudge_worker()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.call_function('run-commands');
  return null;
end $$;

create trigger nudge_the_worker after insert on private.commands
  for each statement execute function private.nudge_worker();

create function private.due_functions()
  returns setof text language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (
    select from private.commands
    where commands.status in ('waiting', 'running') and commands.due_at <= private.now()
      and (commands.claimed_until is null or commands.claimed_until <= private.now()))
    or exists (
      select from private.stripe_events
      where stripe_events.applied_at is null
        and stripe_events.received_at <= private.now() - interval '1 hour'
        and (stripe_events.tried_at is null
          or stripe_events.tried_at <= private.now() - interval '1 hour'))
    or exists (
      select from private.stripe_checks
      where stripe_checks.due_at <= private.now()
        and (stripe_checks.claimed_until is null or stripe_checks.claimed_until <= private.now()))
  then
    return next 'run-commands';
  end if;
  if exists (
    select from public.calendar_feeds
    where calendar_feeds.next_poll_at <= private.now()
      and (calendar_feeds.claimed_until is null or calendar_feeds.claimed_until <= private.now()))
  then
    return next 'sync-calendars';
  end if;
  if exists (select from private.files_to_check where files_to_check.due_at <= private.now()) then
    return next 'check-files';
  end if;
end $$;

comment on function private.due_functions is
  'Rule: the edge functions that have something to do now.';

-- Jobs: what becomes due because time passes
--
-- Lock order, for jobs and verbs alike:
--   1. the job's own row here
--   2. bookings, by listing_id and booking_id, all that a transaction needs before it goes on
--   3. the home and its nights (private.have_nights_alone), then claims
--   4. what hangs on a booking: payments, refunds, payouts, complaints, commands
--   5. the host's account at Stripe, people, offers and conversations
--   6. the series of receipts
--   7. search, at the end of the transaction (private.lock_search)
-- Money that arrives locks its payment right behind the booking, before 3: only who has the booking
-- locks its payment.
-- A verb for one booking keeps it by itself. A job moves one booking in a transaction, because two
-- bookings share what comes after them (a home, a host, the series), and skips a booking that is
-- locked. tests/races/jobs-meet-verbs.test.ts runs the jobs against the verbs that they can meet.

create table private.jobs (
  job           text     primary key,
  position      smallint not null,
  batch         integer  not null,
  most          integer  not null,
  every         interval not null,
  time_limit    interval not null,
  lock_limit    interval not null,
  next_at       timestamptz,
  claimed_until timestamptz,

  constraint jobs_have_a_place      unique (position),
  constraint jobs_have_batches      check (batch > 0 and most >= batch),
  constraint jobs_have_limits       check (
    every > '0' and lock_limit > '0' and time_limit > lock_limit
      and time_limit <= interval '10 minutes')
);

alter table private.jobs enable row level security;
comment on table private.jobs is
  'Rule: the jobs and their limits: rows per transaction (batch) and per run (most), the time a '
  'transaction may take and wait for a lock, and the pause after a run that found nothing to do.';

-- A migration gives up a lock after two seconds (local/postgres/migrate.ts). With the same limit
-- a job that queued behind it gave up too, and counted as failing (measured: one time in six).
insert into private.jobs (position, job, batch, most, every, time_limit, lock_limit)
values
  ( 1, 'expire_bookings',         1,   500, '5 seconds', '20 seconds', '3 seconds'),
  ( 2, 'expire_offers',           1,   500, '5 seconds', '20 seconds', '3 seconds'),
  ( 3, 'expire_alterations',      1,   500, '5 seconds', '20 seconds', '3 seconds'),
  ( 4, 'settle_no_shows',         1,   500, '1 minute',  '20 seconds', '3 seconds'),
  ( 5, 'complete_stays',          1,   500, '5 seconds', '20 seconds', '3 seconds'),
  ( 6, 'reveal_reviews',          1,   500, '1 minute',  '20 seconds', '3 seconds'),
  ( 7, 'let_unpaid_charges_go',   1,   200, '1 minute',  '20 seconds', '3 seconds'),
  ( 8, 'cancel_unpaid_stays',     1,   200, '1 minute',  '20 seconds', '3 seconds'),
  ( 9, 'order_charges',           1,   200, '1 minute',  '20 seconds', '3 seconds'),
  (10, 'evaluate_superhosts',     1,   500, '1 minute',  '20 seconds', '3 seconds'),
  (11, 'release_payouts',         1,   500, '1 minute',  '20 seconds', '3 seconds'),
  (12, 'order_stripe_checks',     2,   200, '1 minute',  '20 seconds', '3 seconds'),
  (13, 'order_reconciliations',   1,   200, '1 minute',  '20 seconds', '3 seconds'),
  (14, 'advance_search',         20,   500, '1 minute',  '60 seconds', '3 seconds'),
  (15, 'send_automatic_messages', 1,   500, '5 seconds', '20 seconds', '3 seconds'),
  (16, 'give_up_commands',        1,   500, '1 minute',  '20 seconds', '3 seconds'),
  (17, 'forget_news',           200,  1000, '1 hour',    '60 seconds', '3 seconds'),
  (18, 'forget_invitations',    200,  1000, '1 hour',    '60 seconds', '3 seconds'),
  (19, 'forget_homes',            1,   100, '1 hour',    '60 seconds', '3 seconds'),
  (20, 'forget_files',           50,   200, '1 minute',  '20 seconds', '3 seconds'),
  (21, 'forget_refusals',       200,  1000, '1 hour',    '60 seconds', '3 seconds'),
  (22, 'compare_files',         500,   500, '1 minute',  '20 seconds', '3 seconds'),
  (23, 'forget_customers',       50,   200, '1 minute',  '20 seconds', '3 seconds'),
  (24, 'forget_records',        200,  1000, '1 hour',    '60 seconds', '3 seconds'),
  (25, 'forget_job_runs',       500, 10000, '1 hour',    '60 seconds', '3 seconds'),
  (26, 'count_differences',       1,     1, '10 minutes', '5 minutes', '3 seconds'),
  (27, 'count_places',          500,  5000, '1 minute',  '60 seconds', '3 seconds'),
  -- Last: from here on everybody else waits for a number.
  (30, 'issue_receipts',          1,   500, '5 seconds', '20 seconds', '3 seconds');

-- The table is in ground_set_aside, for jobs of every part; which jobs there are is said here.
alter table private.rows_set_aside
  add constraint rows_set_aside_name_a_job foreign key (job) references private.jobs
    on delete cascade;

create table private.job_runs (
  run_id     bigint      generated always as identity primary key,
  job        text        not null references private.jobs,
  due_at     timestamptz not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  done       integer     not null default 0,
  set_aside  integer     not null default 0,
  code       text,
  problem    text,
  lag        interval    not null generated always as (started_at - due_at) stored
);

create index job_runs_job_idx on private.job_runs (job, started_at);
create index job_runs_started_at_idx on private.job_runs (started_at);
alter table private.job_runs enable row level security;
comment on table private.job_runs is
  'Runs of jobs that did something, failed or are in progress: what they did, how many rows they '
  'set aside, how late they started (lag) and the SQLSTATE of what stopped them. If there is '
  'neither an end nor a claim, their worker was lost. Kept for a week (private.retention).';

create table private.job_failures (
  job       text        primary key references private.jobs,
  problem   text        not null,
  failed_at timestamptz not null
);

alter table private.job_failures enable row level security;
comment on table private.job_failures is
  'Jobs whose last run failed or that have set rows aside, and why; the row is deleted with the '
  'next run that succeeds and leaves nothing aside.';

create function private.forget_job_runs(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from private.job_runs
  where job_runs.run_id in (
    select old.run_id from private.job_runs as old
    where old.started_at < (select private.kept_until('job_runs'))
    order by old.started_at
    limit forget_job_runs.most
    for update skip locked);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

comment on function private.forget_job_runs is
  'Job: deletes runs that have been kept as long as private.retention says.';

-- One plan for all of it, kept by the session: the clock of a local stack asks every few seconds.
create function private.job_due_times()
  returns table (job text, due_at timestamptz) language plpgsql stable security definer
  set search_path = ''
as $$
declare
  present timestamptz := private.now();
  today   date := (private.now() at time zone 'UTC')::date;
  quarter date := date_trunc('quarter', private.now() at time zone 'UTC')::date;
  grace   interval := (select make_interval(secs => settings.expiry_grace_seconds)
    from private.settings);
  answer  text;
begin
  return query
    select 'expire_bookings', least(
      (select min(bookings.expires_at) + grace from public.bookings
       where bookings.expires_at is not null and bookings.status = 'awaiting_payment'),
      (select min(bookings.expires_at) from public.bookings
       where bookings.expires_at is not null and bookings.status <> 'awaiting_payment'))
    union all select 'expire_offers', (
      select min(offers.expires_at) from public.offers where offers.status = 'open')
    union all select 'expire_alterations', least(
      (select min(alterations.expires_at) from public.alterations
        where alterations.status = 'proposed'),
      (select min(alterations.expires_at) + grace from public.alterations
       where alterations.status = 'awaiting_payment'))
    union all select 'settle_no_shows', (
      select min(no_shows.object_until) from public.no_shows where no_shows.status = 'reported')
    -- When a stay ends depends on its zone; that is worked out when the day has come somewhere.
    union all select 'complete_stays', (
      select '-infinity'::timestamptz where exists (
        select from public.bookings
        where bookings.status = 'confirmed'
          and bookings.check_out <= ((present + interval '1 day') at time zone 'UTC')::date))
    union all select 'reveal_reviews', least(
      (select min(reviews.closes_at) from public.reviews
       where reviews.closes_at is not null and reviews.revealed_at is null),
      (select min(guest_reviews.closes_at) from public.guest_reviews
        where guest_reviews.revealed_at is null))
    union all select 'let_unpaid_charges_go', (
      select min(payments.pay_by) from public.payments
      where payments.status = 'pending'
        and (payments.stripe_intent_id is null or not private.is_let_go(payments)))
    union all select 'cancel_unpaid_stays', (
      select min(payments.pay_by) from public.payments
      where payments.status = 'cancelled' and payments.purpose = 'stay'
        and payments.pay_by <= present)
    union all select 'order_charges', (
      select coalesce(payments.retry_at, payments.charge_at)
      from public.payments
      join public.bookings on bookings.booking_id = payments.booking_id
      where payments.status = 'pending' and payments.charge_at is not null
        and payments.charge_attempts < 3 and bookings.placed_at is not null
          and bookings.status <> 'requested'
        and not exists (
          select from private.commands
          where commands.payment_id = payments.payment_id
            and commands.kind in ('create_intent', 'charge')
            and commands.status in ('waiting', 'running'))
      order by coalesce(payments.retry_at, payments.charge_at)
      limit 1)
    union all select 'evaluate_superhosts', (
      select quarter::timestamp at time zone 'UTC' where not exists (
        select from private.superhost_rounds
        where superhost_rounds.evaluated_on = quarter and superhost_rounds.finished_at is not null))
    union all select 'release_payouts', (
      select greatest(payouts.due_at, payouts.retry_at)
      from public.payouts
      where payouts.status = 'scheduled' or (
        payouts.status = 'blocked' and payouts.reason = 'host_not_ready' and exists (
          select from public.host_accounts
          where host_accounts.host_id = payouts.host_id and host_accounts.status = 'active'))
      order by payouts.retry_at is not null and payouts.retry_at > present, payouts.due_at
      limit 1)
    union all select 'order_stripe_checks', (
      select '-infinity'::timestamptz
      where not exists (select from private.balance_reading)
        and exists (select from private.ledger_entries))
    union all select 'order_reconciliations', (
      select min(reconciliations.due_at) from private.reconciliations)
    union all select 'advance_search', (
      select '-infinity'::timestamptz
      where exists (
          select from private.listing_search
          where listing_search.first_day < today - 16 or listing_search.first_day > today)
        or exists (
          select from private.listing_search
          where listing_search.weekday_floors is not null and listing_search.priced_on < today))
    union all select 'send_automatic_messages', (
      select min(due_messages.due_at) from private.due_messages)
    union all select 'give_up_commands', (
      select min(commands.claimed_until) from private.commands
      where commands.status = 'running' and commands.alone and commands.attempts >= 12)
    union all select 'forget_news', least(
      (select min(webhook_events.created_at) + private.kept_for('webhook_events')
        from private.webhook_events),
      (select min(notifications.created_at) + private.kept_for('notifications')
        from public.notifications))
    union all select 'forget_invitations', (
      select min(cohost_invitations.expires_at) + private.kept_for('invitations')
      from public.cohost_invitations)
    union all select 'forget_homes', '-infinity'::timestamptz
    union all select 'forget_files', (
      select min(loose_files.since) + interval '1 day' from private.loose_files)
    union all select 'forget_refusals', (
      select min(refused_files.refused_at) + private.kept_for('refused_files')
      from public.refused_files)
    union all select 'compare_files', (
      select '-infinity'::timestamptz where exists (select from storage.objects))
    union all select 'forget_customers', (
      select '-infinity'::timestamptz
        where exists (select from private.customers where customers.leaves))
    union all select 'forget_records', '-infinity'::timestamptz
    union all select 'forget_job_runs', (
      select min(job_runs.started_at) + private.kept_for('job_runs') from private.job_runs)
    union all select 'count_differences', coalesce(
      (select min(difference_counts.read_at) + interval '6 hours' from private.difference_counts),
        '-infinity')
    union all select 'count_places', (
      select '-infinity'::timestamptz where exists (select from private.place_changes))
    union all select 'issue_receipts', (
      select '-infinity'::timestamptz where exists (select from private.receipts_due));
  -- Jobs of later migrations, such as those of a marketplace itself.
  for job, answer in
    select registrations.about, registrations.answer from private.registrations
    where registrations.question = 'job_due_at'
  loop
    execute format('select private.%I()', answer) into due_at;
    return next;
  end loop;
end $$;

comment on function private.job_due_times is
  'Rule: since when, or from when on, each job has something to do; -infinity if it has to check, '
  'as often as its row says. Of a job in a later migration the function says so that is registered '
  'for job_due_at.';

create function private.due_jobs()
  returns table (job text, place smallint, due_at timestamptz, start_at timestamptz)
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select jobs.job, jobs.position,
      case when due.due_at = '-infinity' then coalesce(jobs.next_at, private.now())
        else due.due_at end,
      greatest(due.due_at, jobs.next_at, jobs.claimed_until)
    from (
      select job_due_times.job,
        -- Since when the rows behind one that is set aside are due, it does not know: it checks.
        case when exists (
            select from private.rows_set_aside where rows_set_aside.job = job_due_times.job)
          then '-infinity' else job_due_times.due_at end as due_at
      from private.job_due_times()) as due
    join private.jobs on jobs.job = due.job
    where due.due_at is not null;
end $$;

comment on function private.due_jobs is
  'Rule: what each job is due for, and when it starts: at its time, after its pause, when no '
  'worker has it.';

create function private.take_job(after smallint default 0)
  returns table (run_id bigint, job text, place smallint, time_limit_ms integer) language plpgsql
  volatile security definer set search_path = ''
as $$
declare
  due   record;
  taken private.jobs;
begin
  -- In turn: behind a job that never ends the others come up all the same.
  for due in
    select * from private.due_jobs()
    where due_jobs.start_at <= private.now()
    order by due_jobs.place <= take_job.after, due_jobs.place
  loop
    -- Looked at again once it is locked: another worker may have taken it in the last moment.
    select * into taken from private.jobs
    where jobs.job = due.job and greatest(jobs.next_at, jobs.claimed_until) <= private.now()
      or jobs.job = due.job and jobs.next_at is null and jobs.claimed_until is null
    for no key update skip locked;
    continue when not found;
    update private.job_runs
    set ended_at = private.now(), code = '08006', problem = 'its worker was lost'
    where job_runs.job = due.job and job_runs.ended_at is null;
    if found then
      -- Perhaps the job ended it, and would end this one: the others first.
      perform private.note_failure(due.job, 'its worker was lost');
      update private.jobs
      set claimed_until = null, next_at = private.now() + interval '1 minute'
      where jobs.job = due.job;
      continue;
    end if;
    update private.jobs
    set claimed_until = private.now() + jobs.time_limit + interval '30 seconds'
    where jobs.job = due.job;
    insert into private.job_runs (job, due_at, started_at)
    values (due.job, due.due_at, private.now())
    returning job_runs.run_id into take_job.run_id;
    take_job.job := due.job;
    take_job.place := due.place;
    take_job.time_limit_ms := extract(epoch from taken.time_limit) * 1000;
    return next;
    return;
  end loop;
end $$;

comment on function private.take_job is
  'Claims the next due job for a worker, which then calls run_job until it returns false. No other '
  'worker has it in the meantime; if a worker does not come back, its job is released.';

create function private.note_failure(job text, problem text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.job_failures (job, problem, failed_at)
  values (note_failure.job, left(note_failure.problem, 500), private.now())
  on conflict on constraint job_failures_pkey do update
  set problem = excluded.problem, failed_at = excluded.failed_at;
end $$;

create function private.run_job(run_id bigint)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  run     private.job_runs;
  rule    private.jobs;
  aside   integer;
  handled integer;
  trouble text;
  is_over boolean;
begin
  select * into run from private.job_runs where job_runs.run_id = run_job.run_id;
  -- First of all locks: while it is held no other worker takes the job, whatever the clock says.
  select * into rule from private.jobs where jobs.job = run.job for no key update;
  select * into run from private.job_runs
  where job_runs.run_id = run_job.run_id and job_runs.ended_at is null;
  if not found then
    return false;
  end if;
  perform set_config('lock_timeout', (extract(epoch from rule.lock_limit) * 1000)::integer::text,
    true);
  aside := (select count(*) from private.rows_aside(rule.job));
  begin
    execute format('select private.%I($1)', rule.job) into handled using rule.batch;
    -- Here, where a no undoes this batch and is written down.
    set constraints all immediate;
    set constraints all deferred;
  exception when query_canceled or others then
    run.code := sqlstate;
    trouble := sqlerrm;
    handled := 0;
  end;
  aside := (select count(*) from private.rows_aside(rule.job)) - aside;
  run.done := run.done + handled;
  run.set_aside := run.set_aside + aside;
  is_over := run.code is not null or handled + aside = 0
    or run.done + run.set_aside >= rule.most;

  update private.job_runs
  set done = run.done, set_aside = run.set_aside, code = run.code, problem = left(trouble, 500),
      ended_at = case when is_over
        then private.now() + (pg_catalog.clock_timestamp() - pg_catalog.now()) end
  where job_runs.run_id = run_job.run_id
    and not (is_over and run.done + run.set_aside = 0 and run.code is null);
  if not found then
    -- Nothing was due after all.
    delete from private.job_runs where job_runs.run_id = run_job.run_id;
  end if;
  update private.jobs
  set claimed_until = case when not is_over
    then private.now() + jobs.time_limit + interval '30 seconds' end,
      next_at = case
        when run.code in ('40001', '40P01', '55P03') then private.now() + interval '5 seconds'
        when run.code is not null then private.now() + greatest(jobs.every, interval '1 minute')
        when run.done + run.set_aside = 0 then private.now() + jobs.every end
  where jobs.job = rule.job;
  if run.code is not null then
    raise warning 'job % failed: % (%)', rule.job, trouble, run.code;
    perform private.note_failure(rule.job, trouble);
  elsif is_over then
    -- Their time had come, and they were not due any more.
    delete from private.rows_set_aside
    where rows_set_aside.job = rule.job and rows_set_aside.retry_at <= private.now()
      and handled + aside = 0;
    delete from private.job_failures where job_failures.job = rule.job;
    perform private.note_failure(rule.job,
      format('set aside %s in private.rows_set_aside, %s: %s', count(*),
        (array_agg(rows_set_aside.subject_id order by rows_set_aside.failed_at desc))[1],
        (array_agg(rows_set_aside.problem order by rows_set_aside.failed_at desc))[1]))
    from private.rows_set_aside where rows_set_aside.job = rule.job
    having count(*) > 0;
  end if;
  return not is_over;
end $$;

comment on function private.run_job is
  'One batch of a run, in a transaction of its own; returns whether to continue. A row that fails '
  'is set aside by private.attempt. If the whole batch fails it is rolled back and its job '
  'restarts after a pause. private.health() shows either.';

-- A procedure that commits has no search_path of its own: Postgres does not let it.
create procedure private.run_due_jobs(seconds integer default 50) language plpgsql security invoker
as $$
declare
  stop_at pg_catalog.timestamptz := pg_catalog.clock_timestamp()
    + pg_catalog.make_interval(secs => seconds);
  run     pg_catalog.record;
  place   pg_catalog.int2 := 0;
begin
  while pg_catalog.clock_timestamp() < stop_at loop
    select * into run from private.take_job(place);
    exit when not found;
    place := run.place;
    -- A statement's limit counts from the call of this procedure, a transaction's from its begin.
    -- One that takes longer ends the session: the next call goes on without it.
    perform pg_catalog.set_config('transaction_timeout', run.time_limit_ms::pg_catalog.text, false);
    commit;
    while private.run_job(run.run_id) loop
      commit;
    end loop;
    perform pg_catalog.set_config('transaction_timeout', '0', false);
    commit;
  end loop;
  perform private.call_function(name) from private.due_functions() as name;
end $$;

comment on procedure private.run_due_jobs is
  'Runs everything that is due now, batch by batch, each in a transaction of its own, for up to '
  'the given number of seconds. Called every minute by pg_cron, twice, so that a slow job does not '
  'delay others; safe with any number of workers.';

create function private.job_metrics()
  returns table (
    job text, overdue interval, last_lag interval, greatest_lag interval, last_seconds numeric,
      done bigint,
    runs bigint, failures bigint, is_failing boolean)
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select jobs.job,
      coalesce(greatest(private.now() - due_jobs.due_at, interval '0'), interval '0'),
      latest.lag,
      hour.greatest_lag,
      round(extract(epoch from latest.ended_at - latest.started_at), 3),
      hour.done, hour.runs, hour.failures,
      exists (select from private.job_failures where job_failures.job = jobs.job)
    from private.jobs
    left join private.due_jobs() on due_jobs.job = jobs.job
    left join lateral (
      select * from private.job_runs
      where job_runs.job = jobs.job and job_runs.ended_at is not null
      order by job_runs.started_at desc limit 1) as latest on true
    cross join lateral (
      select max(job_runs.lag) as greatest_lag, coalesce(sum(job_runs.done), 0) as done,
        count(*) as runs,
        count(job_runs.code) as failures
      from private.job_runs
      where job_runs.job = jobs.job
        and job_runs.started_at > private.now() - interval '1 hour') as hour
    order by jobs.position;
end $$;

comment on function private.job_metrics is
  'For operators: how late each job is now, how late and how long its last run was, and what its '
  'runs of the last hour came to.';

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_net') then
    create extension if not exists pg_net;
  else
    raise notice 'pg_net is not available here: edge functions are called by the clock of the stack.';
  end if;
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
    perform cron.schedule('staybase', '* * * * *', 'call private.run_due_jobs()');
    perform cron.schedule('staybase-second', '* * * * *', 'call private.run_due_jobs()');
  else
    raise notice 'pg_cron is not available here: private.run_due_jobs() is called by the clock of the stack.';
  end if;
end $$;

insert into private.export_rules (relation, why_not) values
  ('private.job_failures', 'The marketplace''s internal records of its work.');

insert into private.export_rules (relation, why_not) values
  ('private.rows_set_aside', 'The marketplace''s internal records of its work.');

insert into private.export_rules (relation, why_not) values
  ('private.job_runs', 'The marketplace''s internal records of its work.');

insert into private.export_rules (relation, why_not) values
  ('private.jobs', 'The same for everyone.');
