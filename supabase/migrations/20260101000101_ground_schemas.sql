-- Schemas: where things live, and who may do nothing by default.
--
-- `public` holds what the API shows: tables under row-level security and one-line verbs. `private`
-- holds the rules, and no API role has USAGE on it: a verb reaches its rule because its body was
-- resolved when it was created. `gate` holds only the check that PostgREST runs before every
-- request.
--
-- The chapters are read in order, and name what they or earlier ones make. Where a later one has a
-- say, it registers who answers (ground_registrations). One name is left: what a stay costs depends
-- on how many bookings its home had, and is asked too often to be asked by name
-- (tests/database/forward-references.json).

create schema private;
create schema gate;
create schema if not exists extensions;
create extension if not exists btree_gist with schema extensions;

comment on schema private is 'Rules, claims, secrets and the event log; never exposed.';
comment on schema gate is 'The check before each API request, and nothing else.';

grant usage on schema public to anon, authenticated, service_role;
grant usage on schema gate to anon, authenticated, service_role;

-- Supabase projects may carry default grants to the API roles, and Postgres lets everyone execute a
-- new function. Both end here: from now on a grant exists only where a chapter writes it. Without
-- `in schema`: the per-schema form cannot take away a global default.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables
  from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions
  from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences
  from anon, authenticated, service_role;
