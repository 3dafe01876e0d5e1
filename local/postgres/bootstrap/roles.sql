-- The roles of a Supabase project, once per cluster, run by its superuser (supabase_admin).
-- `postgres` is no superuser on hosted Supabase, so it is none here: a migration that needs more than
-- hosted gives fails on this machine and not in production.

create role postgres login createdb createrole replication bypassrls password 'postgres';

create role anon          nologin noinherit;
create role authenticated nologin noinherit;
create role service_role  nologin noinherit bypassrls;
create role authenticator login   noinherit password 'postgres';
grant anon, authenticated, service_role to authenticator;

create role supabase_auth_admin    nologin noinherit createrole;
create role supabase_storage_admin nologin noinherit createrole;

-- Auth and Storage run as a role of their own that can't grant anything: left with more, they hand
-- every table to every API role at the first upload, and tests about grants would prove nothing.
create role supabase_lite login noinherit bypassrls password 'postgres';
grant anon, authenticated, service_role to supabase_lite;

grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend  to postgres;
-- Stands in for hosted's rule that postgres may write policies on storage.objects and no more.
grant supabase_storage_admin to postgres with inherit true, set false;

grant set on parameter pgrst.db_pre_request, pgrst.db_max_rows, pgrst.db_aggregates_enabled to postgres;

alter role postgres       set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
