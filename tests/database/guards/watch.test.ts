import { type Guard, outcome, testGuards } from '../../support/guards.ts';

testGuards([
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
