import { outcome, refused, testGuards } from '../../support/guards.ts';

testGuards([
  // schemas
  {
    name: 'no USAGE on private',
    without: 'grant usage on schema private to authenticated',
    holds: outcome('ada', `select private.may_manage(tests.id('mill'), 'see')`, '42501'),
  },
  {
    name: 'default privileges of functions',
    without: 'alter default privileges grant execute on functions to public',
    after:
      `create function public.forgotten() returns integer language sql set search_path = '' return 1`,
    holds: outcome('anon', 'select public.forgotten()', '42501'),
  },
  {
    name: 'default privileges of tables',
    without: 'alter default privileges in schema public grant all on tables to anon',
    after: 'create table public.forgotten (forgotten_id integer primary key)',
    holds: outcome('anon', 'select from public.forgotten', '42501'),
  },
  // clock
  {
    name: 'only a local clock moves',
    without: 'alter table private.clock drop constraint clock_moves_only_locally',
    after:
      `update private.clock set shift = '0'; update private.settings set environment = 'production'`,
    holds: refused(`update private.clock set shift = '1 day'`, '23514'),
  },
  {
    name: 'a day is written YYYY-MM-DD',
    without: {
      rule: 'private.day',
      piece: `written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'`,
      becomes: 'true',
    },
    holds: refused(`select private.day('2031-06-09T22:00:00Z', 'check_in')`, 'invalid_dates'),
  },
  // callers
  {
    name: "the gate refuses the planner's counts",
    without: { rule: 'gate.check_request', piece: '(planned|estimated)', becomes: 'never' },
    after: `select set_config('request.headers', '{"prefer": "count=planned"}', true)`,
    holds: outcome('anon', 'select gate.check_request()', 'count_not_allowed'),
  },
  {
    name: 'without replicas no write has a number',
    without: {
      rule: 'private.write_number',
      piece: 'settings.replica_lag_limit is not null',
      becomes: 'true',
    },
    holds: 'gate.write_number() is null',
  },
]);
