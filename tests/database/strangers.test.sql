-- Strangers: what must be set in a project before anybody may sign up.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');

create function pg_temp.warned() returns text language sql as $$
  select string_agg(part || ': ' || detail, '; ' order by part) from private.health()
  where part in ('confirmations', 'staff_mfa', 'graphql', 'realtime', 'time_limits') and not healthy
$$;
select is((select count(*) from private.stranger_checks()), 0::bigint, 'on this machine there are no strangers');
select tests.person('barbara');
update auth.users set confirmation_sent_at = created_at;
update private.clock set shift = '0';
update private.settings set environment = 'production';
select is((select string_agg(part, ', ' order by part) from private.stranger_checks() where healthy),
  'confirmations, graphql, realtime, staff_mfa, time_limits', 'a project that is set up well is not warned');
insert into auth.users (id, email, email_confirmed_at, created_at, raw_app_meta_data)
values (gen_random_uuid(), 'unproven@example.com', now(), now(), '{"provider": "email"}');
select matches(pg_temp.warned(), '^confirmations: 1 signed up in the last 30 days', 'an address that nobody confirmed is seen');
update auth.users set confirmation_sent_at = now() where email = 'unproven@example.com';
select is(pg_temp.warned(), null, 'an address that was asked to confirm is not reported');
insert into private.staff (profile_id, since) values (tests.person('barbara'), now());
select is(pg_temp.warned(), 'staff_mfa: 1 of the staff have no second factor', 'staff need a second factor');
delete from private.staff;
create table public.published_openly (published_id integer primary key);
alter publication supabase_realtime add table public.published_openly;
select is(pg_temp.warned(), 'realtime: public.published_openly is published without row-level security',
  'what is published needs row-level security');

select * from finish();
rollback;
