-- Supabase Lite has just created auth, storage and supabase_migrations; this makes them hosted's.

alter schema auth                owner to supabase_auth_admin;
alter schema storage             owner to supabase_storage_admin;
alter schema supabase_migrations owner to postgres;

do $$
declare
  entry record;
begin
  for entry in
    select
      pg_class.oid::regclass as relation,
      case nspname
        when 'auth'    then 'supabase_auth_admin'
        when 'storage' then 'supabase_storage_admin'
        else 'postgres'
      end as owner
    from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace
    where nspname in ('auth', 'storage', 'supabase_migrations')
      and relkind in ('r', 'p', 'v')
  loop
    execute format('alter table %s owner to %I', entry.relation, entry.owner);
  end loop;
end
$$;

-- Hosted's definitions. Lite's read only the legacy setting, which PostgREST no longer sets:
-- with them nobody is anybody.
create or replace function auth.uid()
returns uuid
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
  )::uuid
$$;

create or replace function auth.role()
returns text
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
  )::text
$$;

create or replace function auth.email()
returns text
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
  )::text
$$;

create or replace function auth.jwt()
returns jsonb
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

alter function auth.uid()   owner to supabase_auth_admin;
alter function auth.role()  owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;
alter function auth.jwt()   owner to supabase_auth_admin;

grant usage on schema auth, storage to postgres, anon, authenticated, service_role, supabase_lite;
grant references, trigger, select, insert, update, delete on all tables in schema auth, storage to postgres;
grant select, insert, update, delete on all tables in schema auth, storage to supabase_lite;
grant usage on all sequences in schema auth, storage to supabase_lite;
-- As hosted: row level security decides.
grant select, insert, update, delete on storage.objects, storage.buckets to anon, authenticated, service_role;
