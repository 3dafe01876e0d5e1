-- Doctor: what a DBA looks at, and what each finding means. `npm run doctor` prints it; in psql it
-- is `select * from private.doctor()`.
--
-- Each check is a function of its own that returns findings: a topic, what it is about, what was
-- seen and what to do next. It reads catalogs and statistics and no row of a table, but for the
-- check of search. Limits are arguments, so that a check can be asked about more or less than its
-- default.

create type private.finding as (
  topic  text,
  object text,
  seen   text,
  advice text
);

comment on type private.finding is 'Something in the database that a person should check.';

create function private.relations_of_ours()
  returns setof oid language sql stable security definer set search_path = ''
begin atomic
  select pg_class.oid from pg_catalog.pg_class
  where pg_class.relkind in ('r', 'p', 'm')
    and pg_class.relnamespace in (
      select pg_namespace.oid from pg_catalog.pg_namespace
      -- Partitions of large tables, where there are any (npm run partition).
      where pg_namespace.nspname in ('public', 'private', 'partitions'));
end;

comment on function private.relations_of_ours is 'The tables that the doctor checks.';

-- Queries

create function private.statements_seen()
  returns table (query text, calls bigint, mean_ms double precision, max_ms double precision,
    stddev_ms double precision)
  language plpgsql stable security definer set search_path = ''
as $$
declare
  home text;
begin
  select pg_namespace.nspname into home
  from pg_catalog.pg_extension
  join pg_catalog.pg_namespace on pg_namespace.oid = pg_extension.extnamespace
  where pg_extension.extname = 'pg_stat_statements';
  if home is null then
    return;
  end if;
  return query execute format($sql$
    select pg_catalog.regexp_replace(left(statements.query, 200), '\s+', ' ', 'g'),
      statements.calls,
      statements.mean_exec_time, statements.max_exec_time, statements.stddev_exec_time
    from %I.pg_stat_statements as statements
    where statements.dbid = (select pg_database.oid from pg_catalog.pg_database
        where pg_database.datname = pg_catalog.current_database())
      and statements.toplevel
      -- Nobody waits for the jobs.
      and statements.query !~ 'private\.run_due_jobs'
  $sql$, home);
exception when object_not_in_prerequisite_state then
  -- The extension is there, its library was not loaded when the server started.
  return;
end $$;

comment on function private.statements_seen is
  'What pg_stat_statements counted in this database; nothing if it is not available.';

create function private.can_see_statements()
  returns boolean language sql stable security definer set search_path = ''
begin atomic
  select exists (select from pg_catalog.pg_extension
    where pg_extension.extname = 'pg_stat_statements')
    and current_setting('pg_stat_statements.max', true) is not null;
end;

comment on function private.can_see_statements is
  'Whether pg_stat_statements is installed and loaded.';

create function private.slow_queries(
  slow_ms double precision default 200, least_calls bigint default 20)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'slow_queries', statements_seen.query,
    format('It took %s ms on average over %s calls.', round(statements_seen.mean_ms::numeric, 1),
      statements_seen.calls),
    'Run it with explain (analyze, buffers) as the role that calls it, and look for sequential scans and for rows that are read and thrown away.'
  from private.statements_seen()
  where statements_seen.mean_ms >= slow_queries.slow_ms
    and statements_seen.calls >= slow_queries.least_calls
  order by statements_seen.mean_ms * statements_seen.calls desc
  limit 10;
end;

comment on function private.slow_queries is 'Check: statements that are slow on average.';

create function private.unsteady_queries(
  slow_ms double precision default 200, least_calls bigint default 100)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'unsteady_queries', statements_seen.query,
    format('It takes %s ms on average, and took up to %s ms (deviation %s ms, %s calls).',
      round(statements_seen.mean_ms::numeric, 1), round(statements_seen.max_ms::numeric, 1),
      round(statements_seen.stddev_ms::numeric, 1), statements_seen.calls),
    'Its plan may change with its parameters, or it waits for locks: compare explain (analyze) of a fast and a slow call, and analyze the tables.'
  from private.statements_seen()
  where statements_seen.calls >= unsteady_queries.least_calls
    and statements_seen.max_ms >= unsteady_queries.slow_ms
    and statements_seen.stddev_ms > 3 * statements_seen.mean_ms
      and statements_seen.max_ms > 20 * statements_seen.mean_ms
  order by statements_seen.stddev_ms desc
  limit 10;
end;

comment on function private.unsteady_queries is
  'Check: statements whose times vary so much that they seem to have more than one plan.';

-- Indexes

create function private.unindexed_keys()
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'unindexed_keys', format('%s.%s', pg_constraint.conrelid::regclass, pg_constraint.conname),
    format('The foreign key to %s has no index on %s.', pg_constraint.confrelid::regclass,
      (select string_agg(pg_attribute.attname, ', ' order by keys.place)
       from unnest(pg_constraint.conkey) with ordinality as keys (attnum, place)
       join pg_catalog.pg_attribute on pg_attribute.attrelid = pg_constraint.conrelid
         and pg_attribute.attnum = keys.attnum)),
    'Create an index that begins with these columns: without one, each delete or key change in the referenced table reads this whole table.'
  from pg_catalog.pg_constraint
  where pg_constraint.contype = 'f'
    and pg_constraint.conrelid in (select private.relations_of_ours())
    and not exists (
      select from pg_catalog.pg_index
      where pg_index.indrelid = pg_constraint.conrelid and pg_index.indisvalid
        -- The key's columns come first, in whatever order; a partial index may only leave out
        -- nulls.
        and (pg_index.indkey::smallint[])[0:cardinality(
          pg_constraint.conkey) - 1] @> pg_constraint.conkey
        and (pg_index.indpred is null
          or pg_catalog.pg_get_expr(pg_index.indpred,
            pg_index.indrelid) ~ '^\(\w+ IS NOT NULL\)$'));
end;

comment on function private.unindexed_keys is 'Check: every foreign key has an index.';

create function private.invalid_indexes()
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'invalid_indexes', pg_index.indexrelid::regclass::text,
    format('The index on %s is not valid: writes maintain it and no query uses it.',
      pg_index.indrelid::regclass),
    format('A concurrent build failed: drop index concurrently %s, then create it again.',
      pg_index.indexrelid::regclass)
  from pg_catalog.pg_index
  where not pg_index.indisvalid and pg_index.indrelid in (select private.relations_of_ours());
end;

comment on function private.invalid_indexes is 'Check: no index was left half built.';

create function private.unused_indexes(
  least_bytes bigint default 10485760, least_scans bigint default 100000)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'unused_indexes', pg_stat_user_indexes.indexrelid::regclass::text,
    format('%s, never used since the statistics began, while %s was read through indexes %s times.',
      pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(pg_stat_user_indexes.indexrelid)),
      pg_stat_user_indexes.relid::regclass, pg_stat_user_tables.idx_scan),
    'If replicas do not use it either and no rare report needs it, drop it: each write maintains it.'
  from pg_catalog.pg_stat_user_indexes
  join pg_catalog.pg_stat_user_tables on pg_stat_user_tables.relid = pg_stat_user_indexes.relid
  join pg_catalog.pg_index on pg_index.indexrelid = pg_stat_user_indexes.indexrelid
  where pg_stat_user_indexes.relid in (select private.relations_of_ours())
    and pg_stat_user_indexes.idx_scan = 0
      and pg_stat_user_tables.idx_scan >= unused_indexes.least_scans
    and not pg_index.indisunique and not pg_index.indisexclusion
    and pg_catalog.pg_relation_size(pg_stat_user_indexes.indexrelid) >= unused_indexes.least_bytes
    -- One that a foreign key needs is used when rows over there go.
    and not exists (
      select from pg_catalog.pg_constraint
      where pg_constraint.contype = 'f' and pg_constraint.conrelid = pg_index.indrelid
        and pg_constraint.conkey[1] = (pg_index.indkey::smallint[])[0]);
end;

comment on function private.unused_indexes is 'Check: large indexes that nothing reads.';

create function private.missing_indexes(
  least_rows bigint default 10000, least_scans bigint default 1000)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'missing_indexes', pg_stat_user_tables.relid::regclass::text,
    format('It has %s rows and was read from end to end %s times, through indexes %s times.',
      pg_stat_user_tables.n_live_tup, pg_stat_user_tables.seq_scan,
        coalesce(pg_stat_user_tables.idx_scan, 0)),
    'Find the query among the slow ones and create an index for its condition.'
  from pg_catalog.pg_stat_user_tables
  where pg_stat_user_tables.relid in (select private.relations_of_ours())
    and pg_stat_user_tables.n_live_tup >= missing_indexes.least_rows
    and pg_stat_user_tables.seq_scan >= missing_indexes.least_scans
    and pg_stat_user_tables.seq_scan * 10 > coalesce(pg_stat_user_tables.idx_scan, 0)
    -- Whole scans, and not the first rows of them.
    and pg_stat_user_tables.seq_tup_read / pg_stat_user_tables.seq_scan
      > pg_stat_user_tables.n_live_tup / 2;
end;

comment on function private.missing_indexes is
  'Check: large tables that are often read from end to end.';

-- Tables

create function private.bloated_tables(
  least_bytes bigint default 52428800, least_dead bigint default 10000)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'bloat', pg_stat_user_tables.relid::regclass::text,
    format('%s dead rows and %s live ones; last vacuum: %s.', pg_stat_user_tables.n_dead_tup,
      pg_stat_user_tables.n_live_tup,
      coalesce(greatest(pg_stat_user_tables.last_vacuum,
        pg_stat_user_tables.last_autovacuum)::text, 'never')),
    format('A long transaction or a replication slot may hold vacuum back; if not, vacuum (verbose) %s and let autovacuum run more often.',
      pg_stat_user_tables.relid::regclass)
  from pg_catalog.pg_stat_user_tables
  where pg_stat_user_tables.relid in (select private.relations_of_ours())
    and pg_stat_user_tables.n_dead_tup >= bloated_tables.least_dead
    and pg_stat_user_tables.n_dead_tup > pg_stat_user_tables.n_live_tup / 2
  union all
  -- Pages, against what the rows would fill by their average width: 28 bytes of header and pointer
  -- each.
  select 'bloat', sized.relation::text,
    format('%s, of which its rows need about %s.', pg_catalog.pg_size_pretty(sized.bytes),
      pg_catalog.pg_size_pretty(sized.needed)),
    format('Free space is reused. To return it to the disk, rewrite the table in a quiet hour (vacuum full %s, which locks it, or pg_repack).', sized.relation)
  from (
    select pg_class.oid::regclass as relation, pg_catalog.pg_relation_size(pg_class.oid) as bytes,
      (pg_class.reltuples * (28 + sum(pg_stats.avg_width)))::bigint as needed
    from pg_catalog.pg_class
    join pg_catalog.pg_namespace on pg_namespace.oid = pg_class.relnamespace
    join pg_catalog.pg_stats on pg_stats.schemaname = pg_namespace.nspname
      and pg_stats.tablename = pg_class.relname
    where pg_class.oid in (select private.relations_of_ours()) and pg_class.reltuples > 0
    group by pg_class.oid, pg_class.reltuples) as sized
  where sized.bytes - sized.needed >= bloated_tables.least_bytes and sized.bytes > 2 * sized.needed;
end;

comment on function private.bloated_tables is
  'Check: tables with many dead rows, or twice as large as their rows.';

create function private.ids_near_their_end(share double precision default 0.5)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'ids_near_their_end', format('%I.%I', pg_sequences.schemaname, pg_sequences.sequencename),
    format('%s%% of its numbers are used.',
      round(100.0 * pg_sequences.last_value / pg_sequences.max_value, 1)),
    'Make the column and the sequence bigint before the numbers run out: from then on, every insert fails.'
  from pg_catalog.pg_sequences
  where pg_sequences.schemaname in ('public', 'private')
    and pg_sequences.last_value::double precision / pg_sequences.max_value
      >= ids_near_their_end.share;
end;

comment on function private.ids_near_their_end is 'Check: no sequence is about to end.';

create function private.unfrozen_tables(most_transactions bigint default 500000000)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'wraparound', oldest.relation::text,
    format('Its oldest transaction or multixact id is %s ids old; at two billion the server stops taking writes.', oldest.age),
    format('See what holds vacuum back (long transactions, prepared transactions, replication slots), then vacuum (freeze, verbose) %s.', oldest.relation)
  from (
    select pg_class.oid::regclass as relation,
      -- Rows that several sessions lock at once, as bookings do, use up ids of the second kind.
      greatest(pg_catalog.age(pg_class.relfrozenxid),
        pg_catalog.mxid_age(pg_class.relminmxid))::bigint as age
    from pg_catalog.pg_class
    where pg_class.relkind in ('r', 'm', 't') and pg_class.relfrozenxid <> '0') as oldest
  where oldest.age >= unfrozen_tables.most_transactions
  order by oldest.age desc
  limit 5;
end;

comment on function private.unfrozen_tables is
  'Check: transaction and multixact ids are frozen long before they run out.';

-- Sessions

create function private.blocked_sessions(longer_than interval default '1 second')
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'lock_waits', format('pid %s (%s)', waiting.pid, waiting.usename),
    format('It has been waiting for %s for pid %s (%s, %s for %s): %s',
      date_trunc('second', pg_catalog.now() - waiting.query_start),
      blocking.pid, blocking.usename, blocking.state,
        date_trunc('second', pg_catalog.now() - blocking.xact_start),
      pg_catalog.regexp_replace(left(waiting.query, 100), '\s+', ' ', 'g')),
    format('If pid %s does not end by itself: select pg_terminate_backend(%s). It last ran: %s',
      blocking.pid, blocking.pid,
      pg_catalog.regexp_replace(left(blocking.query, 100), '\s+', ' ', 'g'))
  from pg_catalog.pg_stat_activity as waiting
  cross join lateral unnest(pg_catalog.pg_blocking_pids(waiting.pid)) as blocker (pid)
  join pg_catalog.pg_stat_activity as blocking on blocking.pid = blocker.pid
  where waiting.datname = pg_catalog.current_database() and waiting.wait_event_type = 'Lock'
    and waiting.query_start <= pg_catalog.now() - blocked_sessions.longer_than;
end;

comment on function private.blocked_sessions is
  'Check: which sessions wait for a lock, and which hold it.';

create function private.long_transactions(
  longer_than interval default '5 minutes', idle_for interval default '1 minute')
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'long_transactions', format('pid %s (%s)', pg_stat_activity.pid, pg_stat_activity.usename),
    format('Its transaction has been open for %s, the session is %s.',
      date_trunc('second', pg_catalog.now() - pg_stat_activity.xact_start), pg_stat_activity.state),
    format('Until it ends, vacuum cannot remove rows that died in the meantime. If nobody needs it: select pg_terminate_backend(%s). It last ran: %s',
      pg_stat_activity.pid,
        pg_catalog.regexp_replace(left(pg_stat_activity.query, 100), '\s+', ' ', 'g'))
  from pg_catalog.pg_stat_activity
  where pg_stat_activity.datname = pg_catalog.current_database()
    and pg_stat_activity.backend_type = 'client backend'
    and pg_stat_activity.pid <> pg_catalog.pg_backend_pid()
    and (pg_stat_activity.xact_start <= pg_catalog.now() - long_transactions.longer_than
      or (pg_stat_activity.state like 'idle in transaction%'
        and pg_stat_activity.state_change <= pg_catalog.now() - long_transactions.idle_for))
  union all
  select 'long_transactions', format('prepared transaction %s', pg_prepared_xacts.gid),
    format('It was prepared %s ago and neither committed nor rolled back.',
      date_trunc('second', pg_catalog.now() - pg_prepared_xacts.prepared)),
    'It holds its locks and holds vacuum back, even across restarts: rollback prepared, unless its coordinator still knows it.'
  from pg_catalog.pg_prepared_xacts
  where pg_prepared_xacts.prepared <= pg_catalog.now() - long_transactions.longer_than;
end;

comment on function private.long_transactions is
  'Check: transactions that stay open and hold vacuum back.';

create function private.lagging_slots(most_bytes bigint default 1073741824)
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'replication', format('slot %s', pg_replication_slots.slot_name),
    format('The server keeps %s of WAL for it%s.',
      pg_catalog.pg_size_pretty(
        pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(),
          pg_replication_slots.restart_lsn)),
      case when pg_replication_slots.active then '' else ', and nobody reads from it' end),
    'If its reader will not come back, drop it (pg_drop_replication_slot); otherwise the disk fills up.'
  from pg_catalog.pg_replication_slots
  where not pg_catalog.pg_is_in_recovery()
    and pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(),
      pg_replication_slots.restart_lsn) >= lagging_slots.most_bytes;
end;

comment on function private.lagging_slots is 'Check: no replication slot fills the disk.';

-- Policies

create function private.costly_policies()
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'policies', format('"%s" on %s', pg_policy.polname, pg_policy.polrelid::regclass),
    format('It calls %s for each row it checks.', called.name[1]),
    'Wrap the call in (select ...): it does not depend on the row, and then runs once per query.'
  from pg_catalog.pg_policy
  cross join lateral (values
    (pg_catalog.pg_get_expr(pg_policy.polqual, pg_policy.polrelid)),
    (pg_catalog.pg_get_expr(pg_policy.polwithcheck, pg_policy.polrelid))) as condition (text)
  -- What is within (select ...) is made once. Of the rest, calls whose arguments are no columns.
  cross join lateral pg_catalog.regexp_matches(
    pg_catalog.regexp_replace(condition.text, '\( ?SELECT \w+\.\w+\([^()]*\) AS \w+\)', '', 'g'),
    '\m((?:auth|private)\.\w+\((?:(?:''[^'']*''::[\w.]+|true|false|\d+)(?:, )?)*\))',
      'g') as called (name)
  where pg_policy.polrelid in (select private.relations_of_ours())
    and pg_policy.polcmd in ('r', 'w', 'd', '*')
    -- What a volatile function says is not the same twice: count_rows_read counts the rows.
    and not exists (
      select from pg_catalog.pg_proc
      where pg_proc.pronamespace::regnamespace || '.'
        || pg_proc.proname = pg_catalog.split_part(called.name[1], '(', 1)
        and pg_proc.provolatile = 'v')
    -- A function that returns rows stands in a subquery of its own, where it is called once.
    and not condition.text ~ ('SELECT '
      || pg_catalog.regexp_replace(called.name[1], '([().])', '\\\1', 'g'));
end;

comment on function private.costly_policies is
  'Check: no policy calls a function for each row whose answer is the same for all.';

-- Search

-- In plpgsql: a body that is bound to the claims would keep them from being partitioned.
create function private.stale_search(
  most_homes bigint default 1000, first_home uuid default gen_random_uuid())
  returns setof private.finding language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    with homes as materialized (
      (select listings.listing_id, listings.status from public.listings
       where listings.listing_id >= stale_search.first_home
       order by listings.listing_id limit stale_search.most_homes)
      union all
      (select listings.listing_id, listings.status from public.listings
       where listings.listing_id < stale_search.first_home
       order by listings.listing_id limit stale_search.most_homes)
      limit stale_search.most_homes)
    select 'search', homes.listing_id::text,
      case
        when listing_search.listing_id is null then 'It has no row in private.listing_search.'
        when listing_search.listed <> sold.is_found then case when sold.is_found
          then 'It is published, and search does not find it.'
          else 'Search finds it, and it is not published.' end
        when listing_search.nights <> taken.nights then format(
          'Nights with a claim that search has as free: %s; as taken without one: %s.',
          bit_count(taken.nights & ~listing_search.nights),
          bit_count(listing_search.nights & ~taken.nights))
        else 'Search does not know that some of its claims expire.'
      end,
      'docs/runbooks.md says how its row is written again (A night is free in search and cannot be booked). Unless data was loaded without triggers, report a bug.'
    from homes
    left join private.listing_search on listing_search.listing_id = homes.listing_id
    cross join lateral (
      select homes.status = 'published' and exists (
        select from public.listing_prices
        where listing_prices.listing_id = homes.listing_id) as is_found) as sold
    cross join lateral (
      select coalesce(bit_or(private.night_bits(claims.nights, listing_search.first_day)),
          repeat('0', 768)::bit(768)) as nights,
        coalesce(bool_or(claims.expires_at is not null), false) as has_holds
      from private.claims
      where claims.listing_id = homes.listing_id
        and claims.nights && daterange(listing_search.first_day,
          listing_search.first_day + 768)) as taken
    where listing_search.listing_id is null or listing_search.listed <> sold.is_found
      or listing_search.nights <> taken.nights
      or (taken.has_holds and not listing_search.has_holds)
    order by homes.listing_id
    limit 20;
end $$;

comment on function private.stale_search is
  'Check: search knows whether a home is found and which of its nights have a claim. Reads some '
  'homes, from a random one on; with most_homes null all of them.';

-- Settings

create function private.untrusted_settings()
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select 'settings', risky.name, format('It is %s.', pg_settings.setting), risky.advice
  from (values
    ('fsync',              'off', 'A power cut destroys the database: turn it on.'),
    ('full_page_writes',   'off', 'A power cut destroys pages: turn it on.'),
    ('synchronous_commit', 'off',
      'A power cut loses the last commits, after money has been moved for them: turn it on.'),
    ('autovacuum',         'off', 'Dead rows pile up until the server stops: turn it on.'),
    ('track_counts',       'off', 'Autovacuum and this doctor are blind without it: turn it on.'),
    ('log_statement',      'all',
      'The log contains every name and address that is written: set it to ddl or none.'),
    ('zero_damaged_pages', 'on',  'Damaged pages are read as empty: turn it off.'),
    ('ignore_checksum_failure', 'on',
      'Damaged pages are read as if they were whole: turn it off.')) as risky (name, setting,
        advice)
  join pg_catalog.pg_settings on pg_settings.name = risky.name
    and pg_settings.setting = risky.setting
  union all
  select 'settings', format('statement_timeout of %s', pg_roles.rolname), 'It has no time limit.',
    format('One request can keep a connection forever: alter role %s set statement_timeout = ''8s''.', pg_roles.rolname)
  from pg_catalog.pg_roles
  where pg_roles.rolname in ('anon', 'authenticated')
    and not exists (
      select from unnest(pg_roles.rolconfig) as config (entry)
      where config.entry like 'statement_timeout=%' and config.entry <> 'statement_timeout=0')
    and current_setting('statement_timeout') = '0'
  union all
  select 'settings', 'row-level security',
    format('%s is readable by the API and has no row-level security.', pg_class.oid::regclass),
    format('alter table %s enable row level security', pg_class.oid::regclass)
  from pg_catalog.pg_class
  where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'p')
    and not pg_class.relrowsecurity
    and (pg_catalog.has_table_privilege('anon', pg_class.oid, 'select')
      or pg_catalog.has_table_privilege('authenticated', pg_class.oid, 'select'));
end;

comment on function private.untrusted_settings is
  'Check: no setting risks data, and no table of the API is open.';

-- All of it

create function private.doctor()
  returns setof private.finding language sql stable security definer set search_path = ''
begin atomic
  select * from private.blocked_sessions()
  union all select * from private.long_transactions()
  union all select * from private.unfrozen_tables()
  union all select * from private.lagging_slots()
  union all select * from private.ids_near_their_end()
  union all select * from private.invalid_indexes()
  union all select * from private.unindexed_keys()
  union all select * from private.missing_indexes()
  union all select * from private.unused_indexes()
  union all select * from private.slow_queries()
  union all select * from private.unsteady_queries()
  union all select * from private.bloated_tables()
  union all select * from private.costly_policies()
  union all select * from private.stale_search()
  union all select * from private.untrusted_settings();
end;

comment on function private.doctor is
  'For operators: what a DBA should check, with what to do next. Empty if everything is fine.';
