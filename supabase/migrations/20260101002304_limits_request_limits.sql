-- Request limits: how long a statement of a client may run, and how many large reads run at once.
--
-- PostgREST follows foreign keys as far as a request names them, a thousand rows a step, so one
-- address can ask for a billion rows. Nothing tells the database what is asked before the statement
-- runs (the check before each request sees path and headers, not the query), and on hosted Supabase
-- nothing of ours stands in front of PostgREST. So the limits are on what a request does: the time
-- it takes and the rows it looks at (docs/decisions/0012-large-reads.md).

-- Settings of roles

-- PostgREST sets what a role has of its own for each transaction; its login's own is for a role
-- that has none (service_role). Waiting for a lock counts as running: there is no limit of its own
-- for locks, for 55P03 and 57014 are the same `try_again` to a client. Without memoize every row
-- that an answer repeats is read, so that it is counted below: with it, two hundred reviews of one
-- home, each with its home, each with the two hundred, twice over, are a thousand rows read and
-- millions in the answer. And a page that is read at random costs hardly more than the next one, on
-- drives without a head and in memory: with the server's 4, an index that is in the order asked for
-- looks dearer than to collect all rows of a person and sort them
-- (docs/decisions/0025-pages-read-at-random.md). It is of the logins, so no transaction sets it.
create function private.limit_roles()
  returns void language plpgsql security invoker set search_path = ''
as $$
declare
  missing record;
begin
  for missing in
    select wanted.role, wanted.setting, wanted.value
    from (values
      ('anon',             'statement_timeout',                   '3s'),
      ('anon',             'enable_memoize',                      'off'),
      ('authenticated',    'statement_timeout',                   '8s'),
      ('authenticated',    'enable_memoize',                      'off'),
      ('authenticator',    'statement_timeout',                   '8s'),
      ('authenticator',    'idle_in_transaction_session_timeout', '1min'),
      ('authenticator',    'random_page_cost',                    '1.1'),
      ('authenticator',    'jit',                                 'off'),
      ('staybase_graphql', 'idle_in_transaction_session_timeout', '1min'),
      ('staybase_graphql', 'random_page_cost',                    '1.1'),
      ('staybase_graphql', 'jit',                                 'off')
    ) as wanted (role, setting, value)
    join pg_catalog.pg_roles on pg_roles.rolname = wanted.role
    where not exists (
      select from pg_catalog.unnest(pg_roles.rolconfig) as entry
      where pg_catalog.split_part(entry, '=', 1) = wanted.setting
        and pg_catalog.split_part(entry, '=', 2) !~ '^0\w*$')
  loop
    begin
      execute pg_catalog.format('alter role %I set %I = %L', missing.role, missing.setting,
        missing.value);
    exception when insufficient_privilege then
      raise notice 'Requests are not limited: run as its owner: alter role % set % = ''%''',
        missing.role, missing.setting, missing.value;
    end;
  end loop;
end $$;
comment on function private.limit_roles is
  'Rule: a statement of a user who is not signed in ends after 3 seconds, of one who is signed in '
  'after 8. An operator''s setting for a role is kept.';

do $$ begin perform private.limit_roles(); end $$;
notify pgrst, 'reload config';

-- Large reads

alter table private.settings
  add column large_reads_of_strangers smallint not null default 2,
  add column large_reads              smallint not null default 4,
  add constraint settings_some_read_much
    check (large_reads_of_strangers between 1 and 1000 and large_reads between 1 and 1000);

comment on column private.settings.large_reads_of_strangers is
  'How many requests without sign-in may read more than about 1000 rows at the same time.';
comment on column private.settings.large_reads is
  'How many requests of people who are signed in may read more than about 1000 rows at the same '
  'time.';

-- Called for every twentieth row (below), so a thousand is right to about a seventh. Definer,
-- because the caller may not read the settings. Realtime and Storage become the same roles for many
-- people in one transaction, and have limits of their own: only the logins of the API are counted.
create function private.count_rows_read()
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller text := pg_catalog.current_setting('role');
  looked_at integer := 20 + coalesce(
    nullif(pg_catalog.current_setting('staybase.rows_read', true), ''), '0')::integer;
begin
  if session_user not in ('authenticator', 'staybase_graphql') then
    return true;
  end if;
  perform pg_catalog.set_config('staybase.rows_read', looked_at::text, true);
  if looked_at <> 1000 then
    return true;
  end if;

  for place in 1 .. (
    select case caller when 'anon' then settings.large_reads_of_strangers
      else settings.large_reads end
    from private.settings)
  loop
    if pg_catalog.pg_try_advisory_xact_lock(
      pg_catalog.hashtext('staybase/large reads of ' || caller), place)
    then
      return true;
    end if;
  end loop;
  perform private.refuse('try_again', 'reads');
end $$;
grant execute on function private.count_rows_read to anon, authenticated;
comment on function private.count_rows_read is
  'Rule: of the requests that read more than about 1000 rows, two without sign-in and four of '
  'people who are signed in run at a time; another is refused with try_again.';

-- One row in twenty is counted for twenty: counting each cost up to a quarter of reading it
-- (measured). A NullTest because the planner takes it for true; a bare boolean would halve its
-- estimate of every table.
do $$
declare
  relation regclass;
begin
  for relation in
    select pg_class.oid from pg_catalog.pg_class
    where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'p')
      and has_table_privilege('authenticated', pg_class.oid, 'select')
    order by pg_class.oid
  loop
    execute format(
      'create policy "people read many rows only a few at once" on %s as restrictive for select to anon, authenticated '
      'using ((case when random() < 0.05 then private.count_rows_read() else true end) is not null)', relation);
  end loop;
end $$;
