-- Schedules: what happens because time passes, and how the database calls its hands.

create function private.call_function(name text)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  url text;
  key text;
begin
  -- A local stack listens; a hosted one has pg_net, and vault knows where and with which key.
  perform pg_notify('staybase_functions', call_function.name);
  if to_regnamespace('net') is null or to_regclass('vault.decrypted_secrets') is null then
    return;
  end if;
  execute 'select decrypted_secret from vault.decrypted_secrets where name = $1' into url using 'staybase_url';
  execute 'select decrypted_secret from vault.decrypted_secrets where name = $1' into key using 'staybase_secret_key';
  if url is not null and key is not null then
    -- run-commands works for up to 20 seconds; pg_net by itself hangs up after 5.
    execute 'select net.http_post(
        url := $1, headers := $2, body := ''{}''::jsonb, timeout_milliseconds := 30000)'
      using url || '/functions/v1/' || call_function.name,
        jsonb_build_object('apikey', key, 'content-type', 'application/json');
  end if;
exception when others then
  -- pg_net refuses while its worker is down. What was to be told stays in its table and is found by
  -- the next beat of the schedule.
  raise warning 'function % was not called: %', call_function.name, sqlerrm;
end $$;

comment on function private.call_function(text) is
  'Calls an edge function once this transaction commits; does nothing where url and key are not in '
  'the vault.';

create function private.nudge_worker()
  returns trigger
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform private.call_function('run-commands');
  return null;
end $$;

create trigger nudge_the_worker after insert on private.commands
  for each statement execute function private.nudge_worker();

create function private.due_functions()
  returns setof text
  language plpgsql
  stable
  security definer
  set search_path = ''
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
        and (stripe_events.tried_at is null or stripe_events.tried_at <= private.now() - interval '1 hour'))
    or exists (
      select from private.looks
      where looks.due_at <= private.now()
        and (looks.claimed_until is null or looks.claimed_until <= private.now()))
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

comment on function private.due_functions() is
  'Rule: the edge functions that have something to do now.';

create table private.job_failures (
  job       text        primary key,
  problem   text        not null,
  failed_at timestamptz not null
);

alter table private.job_failures enable row level security;
comment on table private.job_failures is
  'Jobs whose last run failed, and why; the row goes with the next run that succeeds.';

create function private.run_due_jobs()
  returns table (job text, done integer)
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  most integer;
begin
  for job, most in
    values
      ('expire_bookings',        500),
      ('expire_offers',          500),
      ('expire_alterations',     500),
      ('settle_no_shows',        500),
      ('complete_stays',         500),
      ('reveal_reviews',         500),
      ('let_unpaid_charges_go',  200),
      ('cancel_unpaid_stays',    200),
      ('order_charges',          200),
      ('reckon_superhosts',      500),
      ('release_payouts',        500),
      ('order_looks',            200),
      ('order_reconciliations',  200),
      ('advance_search',         500),
      ('send_automatic_messages', 500),
      ('forget_news',            500),
      ('give_up_commands',       500),
      ('forget_invitations',     500),
      ('forget_homes',           100),
      ('forget_files',           200),
      ('forget_refusals',        500),
      ('compare_files',          500),
      ('forget_customers',       200),
      ('forget_records',         500),
      -- Last: from here on everybody else waits for a number.
      ('issue_receipts',         500)
  loop
    -- One booking that cannot be moved must not keep all others from moving: whether the ledger
    -- balances is looked at here too, where a no undoes this job and no other. The other checks stay
    -- at the end of the transaction: they take locks that have to be the last (private.lock_search).
    begin
      execute format('select private.%I($1)', job) into done using most;
      set constraints private.check_the_balance immediate;
      set constraints private.check_the_balance deferred;
      delete from private.job_failures where job_failures.job = run_due_jobs.job;
    exception when query_canceled or others then
      done := null;
      raise warning 'job % failed: % (%)', job, sqlerrm, sqlstate;
      insert into private.job_failures (job, problem, failed_at)
      values (run_due_jobs.job, left(sqlerrm, 500), private.now())
      on conflict on constraint job_failures_pkey do update
      set problem = excluded.problem, failed_at = excluded.failed_at;
    end;
    return next;
  end loop;
  perform private.call_function(name) from private.due_functions() as name;
end $$;

comment on function private.run_due_jobs() is
  'All that is due now. A job that fails leaves the others alone and is seen in private.health(). '
  'Called every minute by pg_cron, locally by the stack''s clock.';

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_net') then
    create extension if not exists pg_net;
  else
    raise notice 'pg_net is not available here: edge functions are called by the clock of the stack.';
  end if;
  if exists (select from pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
    perform cron.schedule('staybase', '* * * * *', 'select private.run_due_jobs()');
  else
    raise notice 'pg_cron is not available here: private.run_due_jobs() is called by the clock of the stack.';
  end if;
end $$;

-- How an operator sees that all is well

create function private.health()
  returns table (part text, healthy boolean, detail text)
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return query
    select 'schedule', to_regnamespace('cron') is not null or settings.environment = 'local',
      case when to_regnamespace('cron') is not null then 'pg_cron runs private.run_due_jobs()'
        else 'no pg_cron: something must call private.run_due_jobs()' end
    from private.settings;
  return query
    select 'jobs', count(*) = 0,
      coalesce(string_agg(job_failures.job || ' failed: ' || job_failures.problem, '; '), 'all ran')
    from private.job_failures;
  return query
    select 'commands', count(*) filter (where commands.status = 'failed') = 0
        and count(*) filter (where commands.status <> 'failed' and commands.due_at < private.now() - interval '10 minutes') = 0,
      format('%s open, %s failed', count(*) filter (where commands.status <> 'failed'),
        count(*) filter (where commands.status = 'failed'))
    from private.commands
    where commands.status in ('waiting', 'running', 'failed');
  return query
    select 'stripe_events', count(*) = 0, format('%s stored more than ten minutes ago and not applied', count(*))
    from private.stripe_events
    where stripe_events.applied_at is null and stripe_events.received_at < private.now() - interval '10 minutes';
  return query
    select 'calendars', count(*) filter (where calendar_feeds.next_poll_at < private.now() - interval '1 hour') = 0,
      format('%s read, %s of them failing', count(*), count(*) filter (where calendar_feeds.health = 'failing'))
    from public.calendar_feeds;
  return query
    select 'files', count(*) filter (where files_to_check.tries >= 5) = 0
        and count(*) filter (where files_to_check.due_at < private.now() - interval '10 minutes') = 0,
      format('%s to be checked, %s of them tried five times and more', count(*),
        count(*) filter (where files_to_check.tries >= 5))
    from private.files_to_check;
  return query
    select 'payments', count(*) = 0, format('%s with a problem to look at', count(*))
    from private.payment_problems;
  return query select * from private.stranger_checks();
  return query select * from private.zone_health();
end $$;

comment on function private.health() is
  'For operators: each part, whether it is well, and what to look at.';
