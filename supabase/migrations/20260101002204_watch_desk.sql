-- Desk: the state of the system, for staff in a browser: health, jobs, the outbox, feeds, settings.
--
-- Operators with SQL access read all of this in `private`. Staff have only a token: they get it in
-- pages, without secrets, plus the one repair they may make themselves.

-- Health and findings of the doctor

create type public.staff_finding as (
  topic   text,
  object  text,
  healthy boolean,
  seen    text,
  advice  text
);

comment on type public.staff_finding is
  'A part of the marketplace and its health, or something in the database that a person should '
  'check, with what to do next.';

create function private.staff_health(doctor boolean)
  returns setof public.staff_finding language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select 'health', health.part, health.healthy, health.detail, '' from private.health();
  if staff_health.doctor then
    return query
      select found.topic, found.object, false, found.seen, found.advice
      from private.doctor() as found;
  end if;
end $$;

comment on function private.staff_health is
  'Rule: staff see the health of each part and the findings of the doctor.';

create function public.staff_health(doctor boolean default false)
  returns setof public.staff_finding language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_health(doctor);
end;

comment on function public.staff_health is
  'For staff: each part and whether it is healthy (topic health); with doctor => true also '
  'findings in the database that a DBA should check, and what to do next. Errors: staff_only.';

-- Jobs

create type public.staff_job as (
  job        text,
  every      text,
  next_at    timestamptz,
  started_at timestamptz,
  ended_at   timestamptz,
  done       integer,
  failed_at  timestamptz,
  problem    text
);

comment on column public.staff_job.next_at is 'Null: it has never run.';
comment on column public.staff_job.started_at is 'Null: no run in the last week did anything.';
comment on column public.staff_job.ended_at is
  'Null: no run in the last week did anything, or it is still running.';
comment on column public.staff_job.done is 'Null: no run in the last week did anything.';
comment on column public.staff_job.failed_at is 'Null: its last run did not fail.';
comment on column public.staff_job.problem is 'Null: its last run did not fail.';

create function private.staff_jobs()
  returns setof public.staff_job language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select jobs.job, jobs.every::text, jobs.next_at, last_run.started_at, last_run.ended_at,
      last_run.done, job_failures.failed_at, job_failures.problem
    from private.jobs
    left join private.job_failures on job_failures.job = jobs.job
    left join lateral (
      select job_runs.started_at, job_runs.ended_at, job_runs.done from private.job_runs
      where job_runs.job = jobs.job
      order by job_runs.started_at desc
      limit 1) as last_run on true
    order by job_failures.failed_at is null, jobs.position;
end $$;

comment on function private.staff_jobs is
  'Rule: staff see each job, its last run that did something, and the error if it failed.';

create function public.staff_jobs()
  returns setof public.staff_job language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_jobs();
end;

comment on function public.staff_jobs is
  'For staff: all jobs, failed ones first. Errors: staff_only.';

-- The outbox

create type public.staff_command as (
  command_id  uuid,
  kind        public.command_kind,
  status      text,
  template    text,
  booking_id  uuid,
  attempts    integer,
  due_at      timestamptz,
  created_at  timestamptz,
  finished_at timestamptz,
  problem     text,
  repeatable  boolean
);

comment on column public.staff_command.status is 'One of: waiting, running, done, failed.';
comment on column public.staff_command.template is 'Null: it is not an e-mail.';
comment on column public.staff_command.booking_id is 'Null: it is not about a booking.';
comment on column public.staff_command.finished_at is 'Null: it has not finished.';
comment on column public.staff_command.problem is 'Null: no attempt failed.';
comment on column public.staff_command.repeatable is
  'Whether staff can retry it: it failed, and it is not about a payment.';

create function private.command_card(command private.commands)
  returns public.staff_command language sql immutable security invoker set search_path = ''
  return row(
    command.command_id, command.kind, command.status::text, command.template, command.booking_id,
    command.attempts, command.due_at, command.created_at, command.finished_at, command.problem,
    command.status = 'failed' and command.payment_id is null)::public.staff_command;

create function private.staff_commands(failed boolean, after uuid, page_size integer)
  returns setof public.staff_command language plpgsql stable security definer set search_path = ''
as $$
declare
  last private.commands;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from private.commands where commands.command_id = staff_commands.after;
  if staff_commands.failed then
    return query
      select card.*
      from (
        select * from private.commands
        where commands.status = 'failed'
          and (commands.finished_at, commands.command_id)
            < (coalesce(last.finished_at, 'infinity'),
               coalesce(last.command_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        order by commands.finished_at desc, commands.command_id desc
        limit page_size) as page
      cross join lateral private.command_card(row(page.*)::private.commands) as card
      order by card.finished_at desc, card.command_id desc;
  else
    return query
      select card.*
      from (
        select * from private.commands
        where commands.status in ('waiting', 'running')
          and (commands.due_at, commands.position)
            > (coalesce(last.due_at, '-infinity'), coalesce(last.position, 0))
        order by commands.due_at, commands.position
        limit page_size) as page
      cross join lateral private.command_card(row(page.*)::private.commands) as card
      order by card.due_at, page.position;
  end if;
end $$;

comment on function private.staff_commands is
  'Rule: staff see open and failed commands; finished ones appear in the story of their booking.';

create function private.staff_retry_command(command_id uuid)
  returns public.staff_command language plpgsql volatile security definer set search_path = ''
as $$
declare
  command private.commands;
begin
  perform private.staff_caller();
  select * into command from private.commands
  where commands.command_id = staff_retry_command.command_id for update;
  if not found then perform private.refuse('command_not_found'); end if;
  if command.status <> 'failed' then return private.command_card(command); end if;
  if command.payment_id is not null then perform private.refuse('not_repeatable'); end if;
  update private.commands
  set status = 'waiting', attempts = 0, due_at = private.now(), finished_at = null, problem = null
  where commands.command_id = command.command_id
  returning * into command;
  perform private.audit('command.repeated', 'command', command.command_id);
  return private.command_card(command);
end $$;

comment on function private.staff_retry_command is
  'Rule: staff can retry a command that has failed permanently, under the same idempotency key; '
  'but not one about a payment, because its failure already had consequences.';

create function public.staff_commands(
  failed boolean default true, after uuid default null, page_size integer default 50)
  returns setof public.staff_command language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_commands(failed, after, page_size);
end;

comment on function public.staff_commands is
  'For staff: failed commands to Stripe, mail servers and other programs, newest first; with '
  'failed => false the open ones, in the order they are due. One page at a time: after is the last '
  'command_id seen. Errors: staff_only, invalid_page_size, too_many_results.';

create function public.staff_retry_command(command_id uuid)
  returns public.staff_command language sql volatile security invoker set search_path = ''
  return private.staff_retry_command(command_id);

comment on function public.staff_retry_command is
  'Retries a command that has failed permanently and is not about a payment: an e-mail, a webhook, '
  'a file to remove. Repeating it changes nothing. Errors: staff_only, command_not_found, '
  'not_repeatable.';

-- Calendar feeds

create type public.staff_feed as (
  feed_id         uuid,
  listing_id      uuid,
  title           text,
  host_id         uuid,
  name            text,
  server          text,
  last_error      public.feed_problem,
  last_status     smallint,
  failures        integer,
  event_count     integer,
  last_polled_at  timestamptz,
  last_success_at timestamptz,
  next_poll_at    timestamptz
);

comment on column public.staff_feed.server is
  'The host name of the server; the rest of the address is a secret of the host.';
comment on column public.staff_feed.last_status is 'Null: the server did not answer.';
comment on column public.staff_feed.last_polled_at is 'Null: it has not been read yet.';
comment on column public.staff_feed.last_success_at is 'Null: it has never been read successfully.';

create function private.staff_feeds(after uuid, page_size integer)
  returns setof public.staff_feed language plpgsql stable security definer set search_path = ''
as $$
declare
  last public.calendar_feeds;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from public.calendar_feeds where calendar_feeds.feed_id = staff_feeds.after;
  return query
    select calendar_feeds.feed_id, calendar_feeds.listing_id, listings.title, listings.host_id,
      calendar_feeds.name, substring(calendar_feeds.url from '^[a-zA-Z]+://([^/?:]+)'),
      calendar_feeds.last_error, calendar_feeds.last_status, calendar_feeds.failures,
      calendar_feeds.event_count, calendar_feeds.last_polled_at, calendar_feeds.last_success_at,
      calendar_feeds.next_poll_at
    from public.calendar_feeds
    join public.listings on listings.listing_id = calendar_feeds.listing_id
    where calendar_feeds.last_error is not null
      and (calendar_feeds.failures, calendar_feeds.feed_id)
        < (coalesce(last.failures, 2147483647),
           coalesce(last.feed_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by calendar_feeds.failures desc, calendar_feeds.feed_id desc
    limit page_size;
end $$;

comment on function private.staff_feeds is
  'Rule: staff see which calendars cannot be read, but never their addresses.';

create function public.staff_feeds(after uuid default null, page_size integer default 50)
  returns setof public.staff_feed language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_feeds(after, page_size);
end;

comment on function public.staff_feeds is
  'For staff: imported calendars whose last read failed, most failures in a row first. One page at '
  'a time: after is the last feed_id seen. Errors: staff_only, invalid_page_size, '
  'too_many_results.';

-- Settings

create type public.staff_setting as (
  name    text,
  value   text,
  meaning text
);

comment on column public.staff_setting.value is 'Null: it is not set.';

create function private.staff_settings()
  returns setof public.staff_setting language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select pg_attribute.attname::text, fields.of_row ->> pg_attribute.attname,
      coalesce(pg_catalog.col_description(pg_attribute.attrelid, pg_attribute.attnum), '')
    from pg_catalog.pg_attribute
    cross join (select to_jsonb(settings) as of_row from private.settings) as fields
    where pg_attribute.attrelid = 'private.settings'::regclass and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped and pg_attribute.attname <> 'singleton'
    order by pg_attribute.attname;
end $$;

comment on function private.staff_settings is
  'Rule: staff read the settings of the marketplace; an operator changes them.';

create function public.staff_settings()
  returns setof public.staff_setting language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_settings();
end;

comment on function public.staff_settings is
  'For staff: the settings of the marketplace and what each one means. Errors: staff_only.';

grant execute on function
  private.staff_health, private.staff_jobs, private.staff_commands, private.staff_retry_command,
  private.staff_feeds, private.staff_settings, public.staff_health, public.staff_jobs,
  public.staff_commands, public.staff_retry_command, public.staff_feeds, public.staff_settings
  to authenticated;
