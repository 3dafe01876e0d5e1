-- Callers: who asks, and what is checked before every request.

create function private.signed_in()
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if caller is null then perform private.refuse('sign_in_required'); end if;
  return caller;
end $$;

comment on function private.signed_in is
  'Rule: a verb acts for the person whose token came with the call.';

-- Read replicas
--
-- PostgREST reads the headers of an answer before the transaction commits, so the position of the
-- commit in the log is not known yet; the transaction's id is. A replica answers whoever sends it
-- once that transaction is committed there (docs/decisions/0021-reads-from-replicas.md).

alter table private.settings
  add column replica_lag_limit interval,
  add constraint settings_replicas_are_close
    check (replica_lag_limit between interval '1 second' and interval '1 hour');

comment on column private.settings.replica_lag_limit is
  'How far behind the primary a read replica may be and still answer. Null: there are no read '
  'replicas, and writes are not numbered.';

-- In plpgsql, which keeps the plan: as SQL it is planned anew in each call (measured, through gate:
-- private.cache_seconds 146 and 28 us; this one 63, and 17 without gate).
create function private.write_number()
  returns text language plpgsql volatile security definer set search_path = ''
as $$
begin
  return (
    select pg_catalog.pg_current_xact_id()::text
    from private.settings where settings.replica_lag_limit is not null);
end $$;

comment on function private.write_number is
  'Rule: with read replicas, the answer to a write has the id of its transaction; without, nobody '
  'learns how many there are.';

create function gate.write_number()
  returns text language sql volatile security invoker set search_path = ''
  return private.write_number();

grant execute on function private.write_number, gate.write_number
  to anon, authenticated, service_role;
comment on function gate.write_number is
  'The number of the write that is under way, if there are read replicas.';

-- pg_visible_in_snapshot would be simpler and wrong: on a standby it is true for a transaction in
-- progress (findings/a-standby-sees-what-is-not-committed.sh). pg_xact_status raises for an id that
-- the standby has not heard of, so that is asked first; null is an id too old to be kept. The clock
-- is the machine's, because Postgres compares with the time of a commit.
create function private.check_replica(after text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  lag_limit interval;
  unknown   xid8 := pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot());
begin
  select settings.replica_lag_limit into lag_limit from private.settings;
  if lag_limit is null or pg_catalog.current_setting('role') = 'service_role' then
    perform private.refuse('replica_behind');
  end if;

  -- A primary without writes commits nothing, so the last commit may be old and nothing missing.
  if not coalesce(
      pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn()
        and exists (select from pg_catalog.pg_stat_get_wal_receiver() as receiver
          where receiver.pid is not null),
      false)
    and coalesce(
      pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp() > lag_limit, true)
  then
    perform private.refuse('replica_behind');
  end if;

  if exists (
    select from pg_catalog.string_to_table(after, ',') as part
    where case
      when part !~ '^ *[0-9]{1,18} *$' then true
      when pg_catalog.btrim(part)::xid8 >= unknown then true
      else pg_catalog.pg_xact_status(pg_catalog.btrim(part)::xid8) <> 'committed'
    end)
  then
    perform private.refuse('replica_behind');
  end if;
end $$;

comment on function private.check_replica is
  'Rule: a read replica answers once it has the caller''s writes and is not too far behind. '
  'Servers are always answered by the primary.';

create function gate.check_replica(after text)
  returns void language sql volatile security invoker set search_path = ''
  return private.check_replica(after);

grant execute on function private.check_replica, gate.check_replica
  to anon, authenticated, service_role;
comment on function gate.check_replica is
  'Refuses a read that a replica must not answer. Errors: replica_behind.';

-- Caches
--
-- What a stranger is answered is answered to every stranger: a browser or a proxy may keep it for a
-- while. Which answers, the last chapters say, for they name what can be asked.

alter table private.settings
  add column cache_seconds integer not null default 0,
  add constraint settings_caches_forget check (cache_seconds between 0 and 3600);

comment on column private.settings.cache_seconds is
  'How long browsers and proxies may keep what they were answered without sign-in, of searches and '
  'of what anyone may read. 0: not at all.';

create table private.cached_answers (
  path text primary key,

  constraint cached_answers_are_paths check (path ~ '^/(rpc/)?[a-z_]+$')
);

alter table private.cached_answers enable row level security;
comment on table private.cached_answers is
  'The tables and verbs whose answers to strangers may be kept, as paths of the REST API.';

create function private.cache_seconds(path text)
  returns integer language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select settings.cache_seconds
    from private.settings
    where settings.cache_seconds > 0 and exists (
      select from private.cached_answers where cached_answers.path = cache_seconds.path));
end $$;

comment on function private.cache_seconds is
  'Rule: only what is listed is kept by caches, and only if the marketplace wants it. Null: not '
  'kept.';

create function gate.cache_seconds(path text)
  returns integer language sql stable security invoker set search_path = ''
  return private.cache_seconds(path);

grant execute on function private.cache_seconds, gate.cache_seconds
  to anon, authenticated, service_role;
comment on function gate.cache_seconds is
  'How many seconds an answer to a stranger may be kept; null: not at all.';

-- The gate

create function gate.check_request()
  returns void language plpgsql volatile security invoker set search_path = ''
as $$
declare
  headers json := nullif(pg_catalog.current_setting('request.headers', true), '')::json;
  request text := pg_catalog."substring"(headers ->> 'x-request-id', '^[A-Za-z0-9_.-]{1,50}$');
  answered json[];
  number  text;
  seconds integer;
  written oid;
begin
  -- The server's log names the application, so that what was raised here is found by the request's
  -- id.
  if request is not null then
    perform pg_catalog.set_config('application_name', 'staybase ' || request, true);
    answered := answered || pg_catalog.json_build_object('x-request-id', request);
  end if;
  if pg_catalog.pg_is_in_recovery() then
    perform gate.check_replica(headers ->> 'staybase-after');
  elsif pg_catalog.current_setting('transaction_read_only') = 'off' then
    number := gate.write_number();
    if number is not null then
      answered := answered || array[
        pg_catalog.json_build_object('staybase-written', number),
        -- Without it a browser shows no page this header.
        pg_catalog.json_build_object('access-control-expose-headers', 'staybase-written')];
    end if;
  end if;
  -- Part of a list has the address of the whole, so it is not kept.
  if pg_catalog.current_setting('role') = 'anon'
    and pg_catalog.current_setting('request.method', true) in ('GET', 'HEAD')
    and headers ->> 'range' is null
  then
    seconds := gate.cache_seconds(pg_catalog.current_setting('request.path', true));
    if seconds is not null then
      answered := answered || array[
        pg_catalog.json_build_object('cache-control', 'public, max-age=' || seconds),
        pg_catalog.json_build_object('vary',
          'accept, accept-profile, authorization, origin, prefer, range, staybase-after')];
    end if;
  end if;
  if answered is not null then
    perform pg_catalog.set_config('response.headers',
      pg_catalog.array_to_json(answered)::text, true);
  end if;

  -- The planner's row estimate ignores row-level security: it would tell anyone how many bookings
  -- there are.
  if headers ->> 'prefer' ~* 'count\s*=\s*(planned|estimated)' then
    raise exception 'count_not_allowed' using errcode = 'PT400',
      detail = 'Use count=exact or no count.';
  end if;

  -- Postgres would refuse it too, with "permission denied" and no word on what to do instead.
  if headers ->> 'prefer' ~* 'resolution\s*=\s*merge-duplicates'
    and pg_catalog.current_setting('request.method', true) = 'POST'
  then
    written := pg_catalog.to_regclass(
      'public.' || pg_catalog.quote_ident(
        pg_catalog.substr(pg_catalog.current_setting('request.path', true), 2)));
    if written is not null and exists (
      select from pg_catalog.pg_attribute
      where attrelid = written and attnum > 0 and not attisdropped
      having not pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert'))
        or pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert')
          and not pg_catalog.has_column_privilege(written, attnum, 'update')))
    then
      raise exception 'not_allowed' using errcode = 'PT403',
        detail = 'Rows of this table cannot be written by upsert.',
        hint = case
          when pg_catalog.has_any_column_privilege(written, 'insert') then
            'Use insert(), or upsert() with ignoreDuplicates: true; use update() for existing rows, if allowed.'
          when pg_catalog.has_any_column_privilege(written, 'update') then
            'The row already exists: use update().'
          else 'Rows of this table are created and changed by database functions: use rpc().'
        end;
    end if;
  end if;
end $$;

grant execute on function gate.check_request to anon, authenticated, service_role;
comment on function gate.check_request is
  'Rule: no request may use the planner''s estimates; an upsert that no grant allows is refused '
  'with a hint. The id of a request names the session for as long as it lasts. A replica that '
  'lacks the caller''s writes answers nothing. Only what a stranger reads may be kept by caches.';

alter role authenticator set pgrst.db_pre_request = 'gate.check_request';
notify pgrst, 'reload config';
