-- Host accounts: an owner begins an account at Stripe, and has one.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');

create function pg_temp.ready(name text, transfers text default 'active') returns text
  language sql
begin atomic
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (tests.person(name), 'FR', private.now(), private.now())
  on conflict do nothing;
  select private.apply_host_account(
    null, tests.person(name), 'acct_' || name, transfers, false, '{}', private.now());
end;

select tests.cohost('mill', 'hedy', 'full');
select pg_temp.ready('ada');

select is(tests.outcome('ada', $$ select * from public.start_host_account('fr') $$), '1', 'an owner begins an account');
select is(tests.outcome('hedy', $$ select * from public.start_host_account('fr') $$), 'listing_required',
  'a co-host cannot begin an account');
select is(tests.outcome('ada', $$ select * from public.start_host_account('France') $$), 'invalid_country',
  'an account needs a country code');
select is(
  tests.outcome('service', format($$ select public.record_host_account(%L, 'acct_other') $$, tests.person('ada'))),
  'account_mismatch', 'a host has one account');

select * from finish();
rollback;
