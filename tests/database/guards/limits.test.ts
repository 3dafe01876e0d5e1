import { testGuards } from '../../support/guards.ts';

testGuards([
  // request_limits
  {
    name: 'only so many large reads run at once',
    without: {
      rule: 'private.count_rows_read',
      piece: 'if looked_at <> 1000 then',
      becomes: 'if true then',
    },
    // As if this session were the API's, and the places for large reads were taken.
    after: `do $do$
      begin
        execute replace(pg_get_functiondef('private.count_rows_read'::regproc),
          $s$if session_user not in ('authenticator', 'staybase_graphql')$s$, 'if false');
      end $do$;
      alter table private.settings drop constraint settings_some_read_much;
      update private.settings set large_reads = 0;
      select set_config('staybase.rows_read', '980', true)`,
    holds: `tests.failure('select private.count_rows_read()') = 'try_again'`,
  },
  // cached_answers
  {
    name: 'what a person is answered is not kept',
    without: { rule: 'gate.check_request', piece: "= 'anon'", becomes: "<> ''" },
    after: `update private.settings set cache_seconds = 30;
      select set_config('request.path', '/listings', true), set_config('request.method', 'GET', true);
      select set_config('request.headers', '{}', true), set_config('response.headers', '', true);
      select tests.become('ada'); select gate.check_request(); select tests.back()`,
    holds: `current_setting('response.headers') !~ 'cache-control'`,
  },
  {
    name: 'part of a list is not kept for the whole',
    without: { rule: 'gate.check_request', piece: `headers ->> 'range' is null`, becomes: 'true' },
    after: `update private.settings set cache_seconds = 30;
      select set_config('request.path', '/listings', true), set_config('request.method', 'GET', true);
      select set_config('request.headers', '{"range": "0-9"}', true), set_config('response.headers', '', true);
      select tests.become_anon(); select gate.check_request(); select tests.back()`,
    holds: `current_setting('response.headers') !~ 'cache-control'`,
  },
  {
    name: 'only what is listed is kept',
    without: {
      rule: 'private.cache_seconds',
      piece: 'cached_answers.path = cache_seconds.path',
      becomes: 'true',
    },
    after: 'update private.settings set cache_seconds = 30',
    holds: `gate.cache_seconds('/rpc/quote_stay') is null`,
  },
]);
