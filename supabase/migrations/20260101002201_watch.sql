-- Watch: the figures that a monitoring system reads every few seconds, and how the parts are, for
-- whoever has to know before anybody calls.
--
-- A figure must cost next to nothing however large the marketplace is: rows are counted over
-- partial indexes, ten thousand at most, or taken from the statistics that Postgres keeps anyway.
-- No label says anything about a person. Names and meanings are in
-- supabase/functions/metrics/definitions.ts; docs/monitoring.md says what to do about them.

create type public.metric_sample as (
  metric text,
  labels jsonb,
  value  double precision
);

comment on type public.metric_sample is
  'One figure of the metrics, with the labels that distinguish it from others of the same name.';

create type public.health_part as (
  part    text,
  healthy boolean,
  detail  text
);

comment on type public.health_part is
  'A part of the marketplace, whether it is healthy, and what to check.';

-- What does not add up is counted by a job: the report reads the whole ledger.

insert into private.export_rules (relation, why_not) values
  ('private.difference_counts', 'Counts of differences, not about a person.');

create function private.count_differences(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  found bigint;
begin
  if exists (
    select from private.difference_counts
    where difference_counts.read_at > private.now() - interval '6 hours'
      and difference_counts.read_at <= private.now())
  then
    return 0;
  end if;
  with report as materialized (
    select reconciliation_report.difference, count(*) as differences
    from private.reconciliation_report()
    group by reconciliation_report.difference
  )
  insert into private.difference_counts (difference, differences, read_at)
  select kinds.difference, coalesce(report.differences, 0), private.now()
  from (
    -- A kind that was never found is a 0 and not silence: an alert cannot tell silence from a
    -- fault.
    select unnest(array[
      'command_failed', 'command_overdue', 'event_not_applied', 'stripe_check_failing',
      'balance_differs', 'balance_short', 'payment_problem', 'payment_in_limbo', 'refund_stuck',
      'refund_slow', 'fee_unknown', 'payout_late', 'held_too_long', 'receipt_missing',
      'ledger_differs'])
    union select difference_counts.difference from private.difference_counts
    union select report.difference from report) as kinds (difference)
  left join report on report.difference = kinds.difference
  on conflict on constraint difference_counts_pkey do update
  set differences = excluded.differences, read_at = excluded.read_at;
  select sum(difference_counts.differences) into found from private.difference_counts;
  return found;
end $$;

comment on function private.count_differences is
  'Job: every six hours, counts the differences, for the metrics.';

-- Indexes that only these figures need: failures are few among many.

create index calendar_feeds_failing_idx on public.calendar_feeds (failures)
  where last_error is not null;
create index stripe_checks_failing_idx on private.stripe_checks (attempts)
  where problem is not null;
create index commands_retrying_idx on private.commands (kind)
  where status in ('waiting', 'running') and attempts >= 5;

-- The figures

create function private.rows_by_word(relation regclass, attribute name, words text[])
  returns table (word text, rows double precision) language plpgsql stable security definer
  set search_path = ''
as $$
declare
  schema_name name;
  table_name  name;
  all_rows    double precision;
begin
  -- Up to one megabyte is counted: a few thousand rows, in less than a millisecond.
  if pg_catalog.pg_relation_size(relation) <= 1048576 then
    return query execute format(
      'select words.word, count(counted.%I)::double precision
       from unnest($1) as words (word) left join %s as counted on counted.%I::text = words.word
       group by words.word', attribute, relation, attribute) using words;
    return;
  end if;
  -- Beyond that, what the last analyze found: every word of a few is among the most common values.
  select pg_class.relnamespace::regnamespace::name, pg_class.relname,
    greatest(pg_class.reltuples, 0)
  into schema_name, table_name, all_rows
  from pg_catalog.pg_class
  where pg_class.oid = relation;
  return query
    with common as materialized (
      select unnest(pg_stats.most_common_vals::text::text[]) as value,
        unnest(pg_stats.most_common_freqs) as share
      from pg_catalog.pg_stats
      where pg_stats.schemaname = schema_name and pg_stats.tablename = table_name
        and pg_stats.attname = rows_by_word.attribute
    )
    select every.word, coalesce(common.share, 0) * all_rows
    from unnest(words) as every (word)
    left join common on common.value = every.word;
end $$;

comment on function private.rows_by_word is
  'How many rows have each word in a column: counted in a small table, estimated by the '
  'planner''s statistics in a large one.';

create function private.marketplace_samples()
  returns setof public.metric_sample language plpgsql stable security definer set search_path = ''
  -- Planned once a session: with the moment known, the planner would read calendar_feeds' index
  -- each time.
  set plan_cache_mode = force_generic_plan
as $$
declare
  none    constant jsonb := '{}';
  moment  constant timestamptz := private.now();
begin
  return query
    select 'staybase_bookings', jsonb_build_object('status', counted.word), counted.rows
    from private.rows_by_word('public.bookings', 'status',
      enum_range(null::public.booking_status)::text[]) as counted;
  return query
    select 'staybase_payments', jsonb_build_object('status', counted.word), counted.rows
    from private.rows_by_word('public.payments', 'status',
      enum_range(null::public.payment_status)::text[]) as counted;

  -- Only what waits for an end has one, so this index is as small as what is open now.
  return query
    select unnest(array['staybase_holds_open', 'staybase_requests_open']), none,
      unnest(array[
        count(*) filter (where open.status = 'awaiting_payment'),
        count(*) filter (where open.status = 'requested')]::double precision[])
    from (
      select bookings.status from public.bookings
      where bookings.expires_at is not null
      limit 10000) as open;
  return query
    select 'staybase_hold_expiry_lag_seconds', none,
      coalesce(extract(epoch from moment - min(bookings.expires_at)), 0)::double precision
    from public.bookings
    where bookings.expires_at is not null and bookings.expires_at <= moment;
  return query
    select unnest(array['staybase_payouts_due', 'staybase_payout_lag_seconds']), none,
      unnest(array[count(*),
        coalesce(extract(epoch from moment - min(due.due_at)), 0)]::double precision[])
    from (
      select payouts.due_at from public.payouts
      where payouts.status in ('scheduled', 'blocked') and payouts.due_at <= moment
        and payouts.status = 'scheduled'
      order by payouts.due_at
      limit 10000) as due;

  -- The outbox
  return query
    with due as (
      select open.kind, count(*) as commands, min(open.due_at) as oldest
      from (
        select commands.kind, commands.due_at from private.commands
        where commands.status in ('waiting', 'running') and commands.due_at <= moment
        order by commands.due_at
        limit 10000) as open
      group by open.kind
    ), failed as (
      select given_up.kind, count(*) as commands
      from (select commands.kind from private.commands where commands.status = 'failed'
        limit 10000) as given_up
      group by given_up.kind
    ), retrying as (
      -- A failure moves due_at into the future: while a mail server is down, e-mails are hardly
      -- ever due, and not given up for two and a half hours. Waits of 5 to 40 s lie between five
      -- attempts, so at one call of the worker a minute they take about four minutes: a restart
      -- is over by then.
      select repeated.kind, count(*) as commands
      from (select commands.kind from private.commands
        where commands.status in ('waiting', 'running') and commands.attempts >= 5
        limit 10000) as repeated
      group by repeated.kind
    )
    select unnest(array['staybase_outbox_due_commands', 'staybase_outbox_lag_seconds',
      'staybase_outbox_retrying_commands', 'staybase_outbox_failed_commands']),
      jsonb_build_object('kind', kinds.kind),
      unnest(array[coalesce(due.commands, 0), coalesce(extract(epoch from moment - due.oldest), 0),
        coalesce(retrying.commands, 0), coalesce(failed.commands, 0)]::double precision[])
    from unnest(enum_range(null::public.command_kind)) as kinds (kind)
    left join due on due.kind = kinds.kind
    left join retrying on retrying.kind = kinds.kind
    left join failed on failed.kind = kinds.kind;

  -- What Stripe tells, and what other programs are told
  return query
    select unnest(array['staybase_stripe_events_unapplied', 'staybase_stripe_event_lag_seconds']),
      none,
      unnest(array[count(*),
        coalesce(extract(epoch from moment - min(waiting.received_at)), 0)]::double precision[])
    from (
      select stripe_events.received_at from private.stripe_events
      where stripe_events.applied_at is null
      order by stripe_events.received_at
      limit 10000) as waiting;
  return query
    select 'staybase_stripe_event_last_applied_seconds', none,
      coalesce(extract(epoch from moment - max(stripe_events.applied_at)), 0)::double precision
    from private.stripe_events
    where stripe_events.applied_at is not null
    having max(stripe_events.applied_at) is not null;
  return query
    select 'staybase_stripe_polls_failing', none, count(*)::double precision
    from private.stripe_checks
    where stripe_checks.problem is not null and stripe_checks.attempts >= 5;
  return query
    select 'staybase_webhook_delivery_lag_seconds', none,
      coalesce(extract(epoch from moment - min(open.created_at)), 0)::double precision
    from (
      select commands.created_at from private.commands
      where commands.status in ('waiting', 'running') and commands.kind = 'deliver_webhook'
      limit 10000) as open;
  return query
    select 'staybase_webhook_endpoints', jsonb_build_object('state', state),
      count(webhook_endpoints.endpoint_id)::double precision
    from unnest(array['enabled', 'disabled']) as state
    left join private.webhook_endpoints
      on (webhook_endpoints.disabled_at is null) = (state = 'enabled')
    group by state;

  -- Calendars elsewhere, and files
  return query
    select unnest(array['staybase_calendar_feeds_due', 'staybase_calendar_feed_lag_seconds']), none,
      unnest(array[count(*),
        coalesce(extract(epoch from moment - min(due.next_poll_at)), 0)]::double precision[])
    from (
      select calendar_feeds.next_poll_at from public.calendar_feeds
      where calendar_feeds.next_poll_at <= moment
      order by calendar_feeds.next_poll_at
      limit 10000) as due;
  return query
    select 'staybase_calendar_feeds_failing', none, count(*)::double precision
    from (select from public.calendar_feeds where calendar_feeds.last_error is not null
      limit 10000) as failing;
  return query
    select unnest(array['staybase_files_due', 'staybase_file_lag_seconds']), none,
      unnest(array[count(*),
        coalesce(extract(epoch from moment - min(due.due_at)), 0)]::double precision[])
    from (
      select files_to_check.due_at from private.files_to_check
      where files_to_check.due_at <= moment
      order by files_to_check.due_at
      limit 10000) as due;

  -- Money that does not add up
  return query
    select 'staybase_payment_problems', none, count(*)::double precision
    from (select from private.payment_problems limit 10000) as noted;
  return query
    select 'staybase_reconciliation_differences',
      jsonb_build_object('difference', difference_counts.difference),
      difference_counts.differences::double precision
    from private.difference_counts;
  return query
    select 'staybase_reconciliation_age_seconds', none,
      coalesce(extract(epoch from moment - min(difference_counts.read_at)), 0)::double precision
    from private.difference_counts
    having count(*) > 0;

  -- Rates that amounts are shown by. Absent where none was ever loaded.
  return query
    select 'staybase_exchange_rates_age_seconds', none,
      extract(epoch from moment - max(exchange_rates.rated_on)::timestamp at time zone 'UTC')
        ::double precision
    from private.exchange_rates
    having count(*) > 0;
end $$;

comment on function private.marketplace_samples is
  'Figures about bookings, money, the outbox, Stripe, webhooks and calendars.';

create function private.job_samples()
  returns setof public.metric_sample language plpgsql stable security definer set search_path = ''
as $$
declare
  moment constant timestamptz := private.now();
begin
  return query
    select 'staybase_jobs_failing', '{}'::jsonb, count(*)::double precision
    from private.job_failures;
  -- As job_metrics() says it, without the runs of the last hour that it reads too.
  return query
    select 'staybase_job_lag_seconds', jsonb_build_object('job', jobs.job),
      greatest(coalesce(extract(epoch from moment - due_jobs.due_at), 0), 0)::double precision
    from private.jobs
    left join private.due_jobs() on due_jobs.job = jobs.job;
end $$;

comment on function private.job_samples is 'Figures about the jobs of private.run_due_jobs().';

create function private.server_samples()
  returns setof public.metric_sample language plpgsql stable security definer set search_path = ''
as $$
declare
  none   constant jsonb := '{}';
  -- What a server does is measured by the machine's clock, also where the marketplace's was moved.
  moment constant timestamptz := pg_catalog.now();
begin
  return query
    with sessions as materialized (
      select coalesce(pg_catalog.pg_get_userbyid(activity.usesysid), '') as role,
        case
          when activity.state = 'active' then 'active'
          when activity.state like 'idle in transaction%' then 'idle in transaction'
          else 'idle'
        end as state,
        activity.xact_start, activity.state_change, activity.wait_event_type
      -- pg_stat_activity joins it with databases and roles.
      from pg_catalog.pg_stat_get_activity(null) as activity
      where activity.backend_type = 'client backend'
        and activity.datid = (select pg_database.oid from pg_catalog.pg_database
          where pg_database.datname = pg_catalog.current_database())
    )
    select 'staybase_db_connections',
      jsonb_build_object('role', sessions.role, 'state', sessions.state),
      count(*)::double precision
    from sessions
    group by sessions.role, sessions.state
    union all
    select unnest(array['staybase_db_lock_waits', 'staybase_db_oldest_transaction_seconds',
        'staybase_db_idle_in_transaction_seconds']), none,
      unnest(array[
        count(*) filter (where sessions.wait_event_type = 'Lock'),
        coalesce(extract(epoch from max(moment - sessions.xact_start)), 0),
        coalesce(extract(epoch from max(moment - sessions.state_change)
          filter (where sessions.state = 'idle in transaction')), 0)]::double precision[])
    from sessions;
  return query
    select 'staybase_db_connections_max', none,
      current_setting('max_connections')::double precision;

  return query
    select figures.metric, figures.labels, figures.value
    from pg_catalog.pg_stat_database
    cross join lateral (values
      ('staybase_db_transactions_total', '{"outcome": "committed"}'::jsonb,
        pg_stat_database.xact_commit::double precision),
      ('staybase_db_transactions_total', '{"outcome": "rolled back"}',
        pg_stat_database.xact_rollback),
      ('staybase_db_deadlocks_total',    none, pg_stat_database.deadlocks),
      ('staybase_db_temporary_bytes_total', none, pg_stat_database.temp_bytes),
      ('staybase_db_blocks_total', '{"source": "cache"}', pg_stat_database.blks_hit),
      ('staybase_db_blocks_total', '{"source": "disk"}', pg_stat_database.blks_read)) as figures (
        metric, labels, value)
    where pg_stat_database.datid = (select pg_database.oid from pg_catalog.pg_database
      where pg_database.datname = pg_catalog.current_database());
  return query
    select unnest(array['staybase_db_size_bytes', 'staybase_db_transaction_id_age',
        'staybase_db_multixact_id_age']), none,
      unnest(array[
        (select sum(pg_class.relpages::bigint) * current_setting('block_size')::bigint
          from pg_catalog.pg_class),
        pg_catalog.age(pg_database.datfrozenxid),
        pg_catalog.mxid_age(pg_database.datminmxid)]::double precision[])
    from pg_catalog.pg_database
    where pg_database.datname = pg_catalog.current_database();

  -- What Postgres counts of a partitioned table it counts of its partitions.
  return query
    select figures.metric, jsonb_build_object('table', pg_class.relname), figures.value
    from pg_catalog.pg_class
    cross join lateral (
      select sum(pg_catalog.pg_stat_get_live_tuples(part.relation)) as live,
        sum(pg_catalog.pg_stat_get_dead_tuples(part.relation)) as dead,
        sum(pg_catalog.pg_stat_get_tuples_inserted(part.relation)) as inserted,
        sum(pg_catalog.pg_relation_size(part.relation)) as bytes
      from (
        select pg_class.oid as relation where pg_class.relkind <> 'p'
        union all
        select pg_inherits.inhrelid from pg_catalog.pg_inherits
        where pg_inherits.inhparent = pg_class.oid) as part) as counted
    cross join lateral (values
      ('staybase_db_table_rows',                counted.live::double precision),
      ('staybase_db_table_dead_rows',           counted.dead),
      ('staybase_db_table_inserted_rows_total', counted.inserted),
      ('staybase_db_table_bytes',               counted.bytes)) as figures (metric, value)
    where pg_class.oid = any (array[
      'public.bookings', 'public.payments', 'private.claims', 'private.commands',
        'private.listing_search',
      'private.ledger_entries', 'private.stripe_events', 'private.webhook_deliveries',
        'public.calendar_feeds',
      'public.imported_events', 'public.messages', 'public.notifications']::regclass[]);

  return query
    select unnest(array['staybase_db_replicas', 'staybase_db_replication_lag_seconds',
      'staybase_db_replication_lag_bytes']),
      none,
      unnest(array[
        count(*),
        coalesce(extract(epoch from max(senders.replay_lag)), 0),
        coalesce(max(case when pg_catalog.pg_is_in_recovery() then 0
          else pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(),
            senders.replay_lsn) end), 0)
      ]::double precision[])
    -- pg_stat_replication joins them with all sessions and roles.
    from pg_catalog.pg_stat_get_wal_senders() as senders;
  return query
    select 'staybase_db_replication_slot_bytes', none,
      coalesce(max(case when pg_catalog.pg_is_in_recovery() then 0
        else pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(),
          pg_replication_slots.restart_lsn) end), 0)::double precision
    from pg_catalog.pg_replication_slots;
end $$;

comment on function private.server_samples is
  'Figures about the Postgres server, from the statistics it keeps anyway.';

create function private.metrics()
  returns setof public.metric_sample language plpgsql stable security definer set search_path = ''
as $$
begin
  return query select * from private.marketplace_samples();
  return query select * from private.job_samples();
  return query select * from private.server_samples();
end $$;

comment on function private.metrics is
  'Rule: a metric is read from an index or from statistics, and contains nothing about a person.';

create function private.health_report()
  returns setof public.health_part language sql stable security definer set search_path = ''
begin atomic
  select health.part, health.healthy, health.detail from private.health() as health;
end;

comment on function private.health_report is 'The state of each part, for the function health.';

-- What the API offers, to servers

create function public.metrics()
  returns setof public.metric_sample language sql stable security invoker set search_path = ''
begin atomic
  select * from private.metrics();
end;

create function public.health_report()
  returns setof public.health_part language sql stable security invoker set search_path = ''
begin atomic
  select * from private.health_report();
end;

grant execute on function private.metrics, private.health_report to service_role;
grant execute on function public.metrics, public.health_report to service_role;

comment on function public.metrics is
  'The figures of the function metrics: names, labels and values. For servers.';
comment on function public.health_report is
  'The health of each part of the marketplace, as in private.health(). For servers.';
