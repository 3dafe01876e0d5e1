-- What everything stands on: one clock, the money taken, who asks, and the check before each
-- request.

begin;
select no_plan();

-- One clock

select is(private.now(), now(), 'the marketplace lives in the machine''s time, unless it is moved');
update private.settings set environment = 'local';
update private.clock set shift = '3 days';
select is(private.now(), now() + interval '3 days', 'a local stack may live three days later');
select is(private.today('Pacific/Kiritimati') - private.today('Pacific/Niue') between 1 and 2, true,
  'today is not one day everywhere');
select tests.at('2031-03-30 00:30+00');
select is(private.today(zone), today::date,
  format('when it is half past midnight in London, it is the %s in %s', today, zone))
from (values
  ('Pacific/Kiritimati', '2031-03-30'), ('Europe/Paris', '2031-03-30'), ('UTC', '2031-03-30'),
    ('America/New_York', '2031-03-29'),
  ('Pacific/Niue', '2031-03-29')) as days (zone, today);
select tests.become_service();
select is(public.clock_now(), timestamptz '2031-03-30 00:30+00', 'a server asks the same clock');
select tests.back();
select throws_ok($$ update private.settings set environment = 'production' $$, '23514',
  'new row for relation "clock" violates check constraint "clock_moves_only_locally"',
  'a moved clock cannot go to production');
update private.clock set shift = '0';
update private.settings set environment = 'staging';
select throws_ok(format('update private.clock set shift = %L', shift), '23514',
  'new row for relation "clock" violates check constraint "clock_moves_only_locally"',
  format('nobody moves a real clock by %s', shift))
from unnest(array['1 second', '-1 second', '1 year']) as shift;
select is(tests.outcome('postgres', statement), outcome, statement)
from (values
  ('insert into private.clock default values', '23505'),
    ('insert into private.clock (singleton) values (false)', '23514'),
  ('insert into private.settings default values', '23505'),
    ('insert into private.settings (singleton) values (false)', '23514'),
  ('update private.settings set environment = ''elsewhere''', '23514'),
    ('update private.settings set hold_minutes = 0', '23514'),
  ('update private.settings set fee_scheme = ''none''', '23503'),
    ('update private.clock set environment = ''local''', '23503'),
  ('delete from private.settings', '23503')) as wrong (statement, outcome);

-- Money

select results_eq(
  $$ select currency, exponent::integer, step_minor from private.currencies
    where currency in ('EUR', 'ISK', 'JPY', 'KWD', 'USD') order by currency $$,
  $$ values ('EUR', 2, 1::bigint), ('ISK', 2, 100), ('JPY', 0, 1), ('KWD', 3, 10), ('USD', 2, 1) $$,
  'cents, yen, fils and kronur');
select is_empty(
  $$ select currency from private.currencies
     where minimum_charge_minor % step_minor <> 0 or minimum_penalty_minor % step_minor <> 0 or maximum_penalty_minor % step_minor <> 0 $$,
  'every bound can be paid in coins');
select is_empty(
  $$ select currency from private.currencies
    where (exponent = 0) <> (currency in ('JPY', 'KRW')) or (exponent = 3) <> (currency = 'KWD') $$,
  'yen and won have no cents, dinars a thousand fils');

-- Who asks

select throws_ok('select private.signed_in()', 'PT401', 'sign_in_required',
  'postgres is nobody who is signed in');
select tests.become('ada');
select tests.back();
select set_config('request.jwt.claims', jsonb_build_object('sub', tests.person('ada'))::text, true);
select is(private.signed_in(), tests.person('ada'), 'Ada is signed in as Ada');
select tests.back();

-- The check before each request

create function pg_temp.asks(headers text) returns text language plpgsql as $$
begin
  perform set_config('request.headers', headers, true);
  return tests.outcome('anon', 'select gate.check_request()');
end $$;
select is(pg_temp.asks(headers), 'count_not_allowed', format('refused: %s', headers))
from unnest(array[
  '{"prefer": "count=planned"}', '{"prefer": "count=estimated"}',
  '{"prefer": "return=minimal, COUNT=Planned"}',
  '{"prefer": "count = estimated"}']) as headers;
select is(pg_temp.asks(headers), '1', format('let through: %s', headers))
from unnest(array['{"prefer": "count=exact"}', '{"prefer": "return=representation"}', '{}',
  '{"accept": "count=planned"}', '']) as headers;
select throws_ok(
  $$ select gate.check_request()
    from set_config('request.headers', '{"prefer": "count=planned"}', true) $$,
  'PT400', 'count_not_allowed', 'a header that is not allowed is answered with 400');
select is(tests.outcome(person,
  'select gate.check_request() from set_config(''request.headers'', '''', true)'), '1',
    format('%s passes the gate', initcap(person)))
from unnest(array['anon', 'ada', 'service']) as person;
-- The id of a request names the session, unless it is no plain word.
select set_config('application_name', 'before', true);
select gate.check_request() from set_config('request.headers', '{"x-request-id": "a b"}', true);
select is(current_setting('application_name'), 'before', 'what is no plain word names nothing');
select gate.check_request() from set_config('request.headers', format('{"x-request-id": "%s"}', repeat('x', 51)), true);
select is(current_setting('application_name'), 'before',
  'a request id that is too long names nothing');
select gate.check_request() from set_config('request.headers', '{"x-request-id": "one.request-7"}', true);
select is(current_setting('application_name'), 'staybase one.request-7', 'an id names the session');
select is(current_setting('response.headers'), '[{"x-request-id" : "one.request-7"}]',
  'the id of a request is answered in a header');

-- Read replicas (tests/stack/replicas.test.ts has one)

select is(tests.outcome(person, 'select gate.check_replica(null)'), 'replica_behind',
  format('%s is answered by no replica of a marketplace that has none', person))
from unnest(array['anon', 'ada', 'service']) as person;
select is(gate.write_number(), null, 'without replicas no write has a number');
update private.settings set replica_lag_limit = '10 seconds';
select is(gate.write_number(), pg_current_xact_id()::text,
  'with replicas a write has the id of its transaction');
select gate.check_request() from set_config('request.headers', '{}', true);
select is(current_setting('response.headers'),
  format('[{"staybase-written" : "%s"},{"access-control-expose-headers" : "staybase-written"}]',
    pg_current_xact_id()),
  'its answer has it in a header that pages in a browser see');
select gate.check_request()
from set_config('request.headers', '{"x-request-id": "one.request-7"}', true);
select is(current_setting('response.headers'),
  format('[{"x-request-id" : "one.request-7"},{"staybase-written" : "%s"},'
    '{"access-control-expose-headers" : "staybase-written"}]', pg_current_xact_id()),
  'next to the id of the request');
select is(tests.outcome(person, 'select gate.check_replica(null)'), 'replica_behind',
  format('%s is answered by no replica that never heard of the primary', person))
from unnest(array['anon', 'ada', 'service']) as person;

select isnt_empty(
  $$ select from pg_db_role_setting join pg_roles on pg_roles.oid = setrole
     where rolname = 'authenticator'
     and 'pgrst.db_pre_request=gate.check_request' = any (setconfig) $$,
  'PostgREST is told to ask the gate');

select * from finish();
rollback;
