-- Strangers: what must be set in a project before anybody may sign up, as far as a database can see
-- it. docs/operations.md has the whole list; what is set in the dashboard alone is looked at there
-- by hand.

create function private.stranger_checks()
  returns table (part text, healthy boolean, detail text) language plpgsql stable security definer
  set search_path = ''
as $$
declare
  unproven bigint;
  without  bigint;
  open     text;
  unlimited text;
begin
  -- On this machine there are no strangers.
  if exists (select from private.settings where settings.environment = 'local') then
    return;
  end if;

  select count(*) into unproven
  from auth.users
  where users.created_at > private.now() - interval '30 days'
    and users.email is not null
    and users.email_confirmed_at is not null
    and users.confirmation_sent_at is null
    and users.invited_at is null
    and users.raw_app_meta_data ->> 'provider' = 'email';
  return query select 'confirmations', unproven = 0, case when unproven = 0
    then 'nobody of the last 30 days signed up with an address they did not confirm'
    else format('%s signed up in the last 30 days with an address they did not confirm: turn confirmations on', unproven)
  end;

  select count(*) into without from private.staff;
  if to_regclass('auth.mfa_factors') is not null then
    execute $sql$
      select count(*) from private.staff
      where not exists (
        select from auth.mfa_factors
        where mfa_factors.user_id = staff.profile_id and mfa_factors.status::text = 'verified')
    $sql$ into without;
  end if;
  return query select 'staff_mfa', without = 0, case when without = 0
    then 'all staff have a second factor'
    else format('%s of the staff have no second factor', without)
  end;

  return query select 'graphql',
    not exists (select from pg_catalog.pg_extension where extname = 'pg_graphql'),
    case when exists (select from pg_catalog.pg_extension where extname = 'pg_graphql')
      then 'pg_graphql answers queries of any depth: drop extension pg_graphql, or limit it'
      else 'pg_graphql is off'
    end;

  select string_agg(pg_roles.rolname, ', ' order by pg_roles.rolname) into unlimited
  from pg_catalog.pg_roles
  where pg_roles.rolname in ('anon', 'authenticated', 'authenticator')
    and not exists (
      select from unnest(pg_roles.rolconfig) as entry
      where split_part(entry, '=', 1) = 'statement_timeout'
        and split_part(entry, '=', 2) !~ '^0\w*$');
  return query select 'time_limits', unlimited is null, coalesce(
    format('no statement_timeout of %s: see Limits of a request in docs/operations.md', unlimited),
    'statements of clients end after a time');

  select string_agg(found.what, ', ' order by found.what) into open
  from (
    select format('publication %s has all tables', pubname) as what
    from pg_catalog.pg_publication where pubname = 'supabase_realtime' and puballtables
    union all
    select format('%I.%I is published without row-level security', schemaname, tablename)
    from pg_catalog.pg_publication_tables
    join pg_catalog.pg_class on pg_class.oid = format('%I.%I', schemaname, tablename)::regclass
    where pubname = 'supabase_realtime' and not relrowsecurity
    union all
    select format('policy %I opens channels to %s', policyname, array_to_string(roles, ', '))
    from pg_catalog.pg_policies
    where schemaname = 'realtime' and tablename = 'messages' and roles && '{anon, public}'::name[]
  ) as found;
  return query select 'realtime', open is null,
    coalesce(open, 'channels are private, and what is published is under row-level security');
end $$;

comment on function private.stranger_checks is
  'Rule: before public sign-up, addresses are confirmed, staff have a second factor, pg_graphql is '
  'off, client statements have time limits and Realtime is private. Settings only visible in the '
  'dashboard are in docs/operations.md.';
