import { testGuards } from '../../support/guards.ts';

testGuards([
  // strangers
  {
    name: 'an operator hears of people who did not confirm their address',
    without: {
      rule: 'private.stranger_checks',
      piece: `'confirmations', unproven = 0,`,
      becomes: `'confirmations', true,`,
    },
    after: `update private.clock set shift = '0';
      update private.settings set environment = 'production';
      update auth.users set email_confirmed_at = now(), confirmation_sent_at = null,
        created_at = now(), raw_app_meta_data = '{"provider": "email"}'`,
    holds: `(select not healthy from private.stranger_checks() where part = 'confirmations')`,
  },
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
