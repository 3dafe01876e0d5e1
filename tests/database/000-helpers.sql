-- The people of the pgTAP files. Loaded into every test database; `supabase test db tests/database`
-- runs it first, by its name.
--
--   select tests.person('ada')      her id; she signs up on first use
--   select tests.become('ada')      from here on, Ada is asking
--   select tests.become_anon()      somebody who is not signed in
--   select tests.become_service()   a server with the secret key
--   select tests.back()             postgres again
--
-- And their world:
--
--   select tests.at('2031-05-20 12:00+00')            the marketplace's time
--   select tests.home('mill', 'ada')                  Ada's published home in Paris, 100.00 EUR a night; its id
--   select tests.cohost('mill', 'hedy', 'full')       its owner asked, and Hedy hosts it too
--   select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05')   Grace holds the nights; the booking's id
--   select tests.money('visit', 'succeeded')          Stripe says so of the intent of that booking
--   select * from tests.run_due_jobs()                what is due now, in this transaction, as if every pause were over
--   select tests.id('mill')                           the id of anything made by name
--   select * from tests.our_functions                 the functions of the schemas public, private and gate
--   select tests.outcome('grace', 'select ...')       what would come of it: rows touched, a code of ours, or SQLSTATE

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

create or replace function tests.id(name text)
  returns uuid
  language sql
  immutable
  security invoker
  set search_path = ''
  return md5('staybase ' || lower(name))::uuid;

create or replace function tests.at(instant timestamptz)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  update private.settings set environment = 'local' where environment <> 'local';
  update private.clock set shift = instant - now();
end
$$;

create or replace function tests.home(
  name text, host text, price_minor bigint default 10000, currency text default 'EUR',
  time_zone text default 'Europe/Paris')
  returns uuid
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  home uuid := tests.id(name);
begin
  perform tests.become(host);
  perform public.create_listing(home, initcap(name), time_zone, currency, capacity => 4::smallint);
  update public.listings
  set description = 'Quiet.', country_code = 'FR', region = 'Paris', city = 'Paris', maximum_pets = 2
  where listings.listing_id = home;
  insert into public.listing_addresses (listing_id, street, latitude, longitude)
  values (home, '1 rue du Moulin', 48.85, 2.35);
  insert into public.listing_access (listing_id, door_code) values (home, '1815');
  insert into public.listing_prices (listing_id, base_price_minor) values (home, price_minor);
  perform public.publish_listing(home);
  perform tests.back();
  return home;
end
$$;

create or replace function tests.cohost(home text, name text, role text)
  returns void
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  invitation uuid := gen_random_uuid();
begin
  perform tests.back();
  perform tests.become((
    select lower(profiles.display_name) from public.listings
    join public.profiles on profiles.profile_id = listings.host_id
    where listings.listing_id = tests.id(home)));
  perform public.invite_cohost(
    invitation, tests.id(home), role::public.host_role, profile_id => tests.person(name));
  perform tests.become(name);
  perform public.accept_cohost_invitation(invitation);
  perform tests.back();
end
$$;

create or replace function tests.book(
  name text, guest text, home text, check_in date, check_out date, guests integer default 1)
  returns uuid
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
begin
  perform tests.become(guest);
  perform public.request_booking(
    tests.id(name), tests.id(home), check_in::text, check_out::text,
    (public.quote_stay(tests.id(home), check_in::text, check_out::text, guests)).total_minor, guests);
  perform tests.back();
  return tests.id(name);
end
$$;

-- The intent of a booking is called pi_<name>, of a later instalment pi_<name>_2; it is told by the payment's id, so
-- it need not be recorded before.
create or replace function tests.money(
  name text, intent_status text, amount_minor bigint default null, currency text default null,
  capture_before timestamptz default null, instalment integer default 1, card text default null)
  returns text
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  payment public.payments;
  suffix  text := case when instalment > 1 then '_' || instalment else '' end;
  outcome text;
begin
  perform tests.back();
  select * into strict payment from public.payments
  where payments.booking_id = tests.id(name) and payments.instalment = money.instalment;
  perform tests.become_service();
  outcome := public.apply_payment_intent(
    'evt_' || gen_random_uuid(), payment.payment_id, 'pi_' || name || suffix, intent_status,
    coalesce(money.amount_minor, payment.amount_minor),
    case when intent_status = 'succeeded' then coalesce(money.amount_minor, payment.amount_minor) else 0 end,
    lower(coalesce(money.currency, payment.currency)), 'ch_' || name || suffix, money.capture_before, null, card);
  perform tests.back();
  return outcome;
end
$$;

create or replace function tests.outcome(name text, statement text)
  returns text
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  touched bigint;
  code    text;
  message text;
begin
  case name
    when 'anon'     then perform tests.become_anon();
    when 'service'  then perform tests.become_service();
    when 'postgres' then perform tests.back();
    else perform tests.become(name);
  end case;
  begin
    execute statement;
    get diagnostics touched = row_count;
    -- Nothing that was tried stays; a promise put off to the commit is asked for now.
    set constraints all immediate;
    raise exception using errcode = 'UNDO1', message = touched::text;
  exception when others then
    get stacked diagnostics code = returned_sqlstate, message = message_text;
  end;
  perform tests.back();
  return case when code = 'UNDO1' or code like 'PT%' then message else code end;
end
$$;

grant execute on all functions in schema tests to public;

-- pg_prove expects a result from every file it runs.
create extension if not exists pgtap with schema extensions;
select extensions.plan(1);
select extensions.pass('the people are here');
select * from extensions.finish();

create or replace function tests.run_due_jobs()
  returns table (job text, done integer)
  language plpgsql
  volatile
  security invoker
  set search_path = ''
as $$
declare
  run   record;
  place smallint := 0;
begin
  update private.jobs set next_at = null, claimed_until = null;
  loop
    select * into run from private.take_job(place);
    exit when not found;
    job := run.job;
    place := run.place;
    while private.run_job(run.run_id) loop
    end loop;
    select case when job_runs.code is null then job_runs.done end into done
    from private.job_runs where job_runs.run_id = run.run_id;
    if found then return next; end if;
  end loop;
end
$$;

create or replace view tests.our_functions as
  select pg_proc.*, pg_namespace.nspname as schema, pg_proc.proname as name,
    pg_language.lanname as language,
    format('%s.%s(%s)', pg_namespace.nspname, pg_proc.proname,
      pg_get_function_identity_arguments(pg_proc.oid)) as signature
  from pg_proc
  join pg_namespace on pg_namespace.oid = pg_proc.pronamespace
  join pg_language on pg_language.oid = pg_proc.prolang
  where pg_namespace.nspname in ('public', 'private', 'gate');
