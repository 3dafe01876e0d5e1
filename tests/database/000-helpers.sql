-- The people of the pgTAP files. Loaded into every test database; `supabase test db tests/database`
-- runs it first, by its name.
--
--   select tests.person('ada')      her id; she signs up on first use
--   select tests.become('ada')      from here on, Ada is asking
--   select tests.become_anon()      somebody who is not signed in
--   select tests.become_service()   a server with the secret key
--   select tests.back()             postgres again

create schema if not exists tests;
grant usage on schema tests to public;

create or replace function tests.person(name text)
  returns uuid
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  id uuid := md5('staybase ' || lower(name))::uuid;
begin
  insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data, email_confirmed_at, created_at, updated_at)
  values (
    id, 'authenticated', 'authenticated', lower(name) || '@example.com',
    '{"provider": "email", "providers": ["email"]}', jsonb_build_object('display_name', initcap(name)),
    now(), now(), now())
  on conflict do nothing;
  return id;
end
$$;

create or replace function tests.become(name text)
  returns void
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  person uuid := tests.person(name);
begin
  perform set_config('role', 'authenticated', true);
  perform set_config('request.jwt.claims', jsonb_build_object(
    'sub', person, 'role', 'authenticated', 'aud', 'authenticated', 'email', lower(name) || '@example.com')::text, true);
end
$$;

create or replace function tests.become_anon()
  returns void
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
begin
  perform set_config('role', 'anon', true);
  perform set_config('request.jwt.claims', '{"role": "anon"}', true);
end
$$;

create or replace function tests.become_service()
  returns void
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
begin
  perform set_config('role', 'service_role', true);
  perform set_config('request.jwt.claims', '{"role": "service_role"}', true);
end
$$;

create or replace function tests.back()
  returns void
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
begin
  perform set_config('role', 'none', true);
  perform set_config('request.jwt.claims', '', true);
end
$$;

grant execute on all functions in schema tests to public;

-- pg_prove expects a result from every file it runs.
create extension if not exists pgtap with schema extensions;
select extensions.plan(1);
select extensions.pass('the people are here');
select * from extensions.finish();
