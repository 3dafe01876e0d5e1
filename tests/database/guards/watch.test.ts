import { type Guard, outcome, testGuards } from '../../support/guards.ts';

testGuards([
  {
    name: 'an e-mail that fails again and again is told although it is not due',
    without: {
      rule: 'private.marketplace_samples',
      piece: 'and commands.attempts >= 5',
      becomes: 'and commands.attempts >= 5 and commands.due_at <= moment',
    },
    after: `update private.commands set attempts = 5, due_at = private.now() + interval '1 hour'
      where kind = 'send_mail'`,
    holds: `(select value from public.metrics() where metric = 'staybase_outbox_retrying_commands'
      and labels ->> 'kind' = 'send_mail') > 0`,
  },
  ...['metrics', 'health_report'].flatMap((verb): Guard[] => [
    ...['anon', 'katherine'].map((who) => ({
      name: `public.${verb} is for servers alone, not for ${who}`,
      without:
        `grant execute on function public.${verb}(), private.${verb}() to anon, authenticated`,
      holds: outcome(who, `select public.${verb}()`, '42501'),
    })),
    {
      name: `a server reads public.${verb}`,
      without: `revoke execute on function public.${verb}() from service_role`,
      holds: `tests.outcome('service', 'select public.${verb}()') ~ '^[1-9][0-9]{0,3}$'`,
    },
  ]),
]);
