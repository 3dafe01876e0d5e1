-- Health: which part is well, and what to look at where one is not.

create function private.health()
  returns table (part text, healthy boolean, detail text) language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return query
    select 'schedule', settings.environment = 'local' or waiting.job is null,
      case when waiting.job is null then 'nothing that is due waits'
        when waiting.start_at = '-infinity' then 'no job has ever run: something must run them'
        else format('%s has been due since %s: nothing runs the jobs', waiting.job,
          to_char(waiting.start_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) end
    from private.settings
    left join lateral (
      -- One of them is due every hour, whatever happens.
      select due_jobs.job, due_jobs.start_at from private.due_jobs()
      where due_jobs.start_at < private.now() - interval '10 minutes'
      order by due_jobs.start_at, due_jobs.place limit 1) as waiting on true;
  return query
    select 'jobs', count(*) = 0,
      coalesce(string_agg(
        job_failures.job || ' failed: ' || job_failures.problem, '; ' order by job_failures.job),
          'all ran')
    from private.job_failures;
  return query
    select 'commands', count(*) filter (where commands.status = 'failed') = 0
        and count(*) filter (where commands.status <> 'failed'
          and commands.due_at < private.now() - interval '10 minutes') = 0
        -- An endpoint of somebody else that is down is theirs to mend.
        and count(*) filter (where commands.status <> 'failed' and commands.attempts >= 5
          and commands.kind <> 'deliver_webhook') = 0,
      format('%s open, %s of them tried five times and more, %s failed',
        count(*) filter (where commands.status <> 'failed'),
        count(*) filter (where commands.status <> 'failed' and commands.attempts >= 5),
        count(*) filter (where commands.status = 'failed'))
    from private.commands
    where commands.status in ('waiting', 'running', 'failed');
  return query
    select 'stripe_events', count(*) = 0,
      format('%s stored more than ten minutes ago and not applied', count(*))
    from private.stripe_events
    where stripe_events.applied_at is null
      and stripe_events.received_at < private.now() - interval '10 minutes';
  return query
    select 'calendars', count(*)
      filter (where calendar_feeds.next_poll_at < private.now() - interval '1 hour') = 0,
      format('%s read, %s of them failing', count(*), count(*)
        filter (where calendar_feeds.health = 'failing'))
    from public.calendar_feeds;
  return query
    select 'files', count(*) filter (where files_to_check.tries >= 5) = 0
        and count(*) filter (
          where files_to_check.due_at < private.now() - interval '10 minutes') = 0,
      format('%s to be checked, %s of them tried five times and more', count(*),
        count(*) filter (where files_to_check.tries >= 5))
    from private.files_to_check;
  return query
    select 'payments', count(*) = 0, format('%s with a problem to look at', count(*))
    from private.payment_problems;
  return query select * from private.stranger_checks();
  return query select * from private.zone_health();
end $$;

comment on function private.health is
  'For operators: each part, whether it is healthy, and what to check.';
