import { readersOf, refused, testGuards } from '../../support/guards.ts';

testGuards([
  ...readersOf('payments', 'refunds'),
  {
    name: 'never refund more than captured',
    without: 'alter table public.payments drop constraint payments_never_refund_more_than_captured',
    holds: refused(
      `update public.payments set refunded_minor = captured_minor + 1 where stripe_intent_id = 'pi_visit'`,
      '23514',
    ),
  },
  {
    name: 'one payment per instalment',
    without: 'alter table public.payments drop constraint payments_one_per_instalment',
    holds: refused(
      `insert into public.payments (booking_id, listing_id, guest_id, capture_mode, currency, amount_minor, created_at)
       select booking_id, listing_id, guest_id, capture_mode, currency, amount_minor, created_at from public.payments`,
      '23505',
    ),
  },
  {
    name: 'one payment per intent',
    without: 'alter table public.payments drop constraint payments_one_per_intent',
    holds: refused(`update public.payments set stripe_intent_id = 'pi_visit'`, '23505'),
  },
  {
    name: 'a refund in the dashboard is imported once',
    without: 'alter table public.refunds drop constraint refunds_come_in_once',
    after: `select private.import_refund(null, 're_9', 'pi_visit', 5, 'succeeded');
      select private.import_refund(null, 're_9', 'pi_visit', 5, 'succeeded')`,
    holds: `(select count(*) = 1 from public.refunds where stripe_refund_id = 're_9')`,
  },
  // outbox
  {
    name: 'a command happens once',
    without: {
      rule: 'private.queue_command',
      piece: `concat_ws('/', 'staybase',`,
      becomes: `concat_ws('/', gen_random_uuid(),`,
    },
    after:
      `select private.return_money(tests.id('question'), 'expired'), private.return_money(tests.id('question'), 'expired')`,
    holds:
      `(select count(*) from private.commands where booking_id = tests.id('question') and kind = 'cancel_intent') = 1`,
  },
]);
