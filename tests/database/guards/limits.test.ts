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
]);
