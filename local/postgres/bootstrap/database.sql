-- What a fresh Supabase database holds before the first migration, run by supabase_admin.

alter schema public owner to postgres;
create schema extensions authorization postgres;
grant usage on schema public, extensions to anon, authenticated, service_role;

-- The default grants that many Supabase projects carry: every new table, function and sequence in
-- public belongs to the API roles at once. The migrations have to take them away.
alter default privileges for role postgres in schema public grant all on tables    to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;

-- Installed there already, or installable by postgres with hosted's help alone.
create extension "uuid-ossp"        with schema extensions;
create extension pgcrypto           with schema extensions;
create extension pg_stat_statements with schema extensions;
create extension cube               with schema extensions;
create extension earthdistance      with schema extensions;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

-- PostgREST learns of every change by itself.
create function extensions.pgrst_ddl_watch()
returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  command record;
begin
  for command in select * from pg_catalog.pg_event_trigger_ddl_commands() loop
    if command.schema_name is distinct from 'pg_temp' then
      notify pgrst, 'reload schema';
      return;
    end if;
  end loop;
end
$$;

create function extensions.pgrst_drop_watch()
returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  dropped record;
begin
  for dropped in select * from pg_catalog.pg_event_trigger_dropped_objects() loop
    if not dropped.is_temporary then
      notify pgrst, 'reload schema';
      return;
    end if;
  end loop;
end
$$;

create event trigger pgrst_ddl_watch  on ddl_command_end execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop        execute function extensions.pgrst_drop_watch();
