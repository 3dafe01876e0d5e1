import { frozenBy, testGuards } from '../../support/guards.ts';

testGuards([
  // postings
  {
    name: 'money that a card paid is booked',
    without: 'drop trigger book_the_capture on public.payments',
    after: `select tests.money('hold', 'succeeded')`,
    holds: `exists (
      select from private.ledger_entries
      where booking_id = tests.id('hold') and source_kind = 'capture')`,
  },
  // receipts
  frozenBy('keep_the_receipts', 'receipts', 'delete from public.receipts'),
  {
    name: 'a verb that needs a receipt does not go on without it',
    without: {
      rule: 'private.issue_receipts',
      piece: 'if issue_receipts.booking_id is null then',
      becomes: 'if true then',
    },
    after:
      `create or replace function private.issue_receipt(due private.receipts_due) returns boolean
      language plpgsql as $$ begin raise exception 'broken'; end $$`,
    holds:
      `tests.failure($s$ select private.issue_receipts(10, tests.id('visit')) $s$) is not null`,
  },
  // reconciliation
  {
    name: 'a dispute that nobody told of has its payment compared with Stripe',
    without: 'drop trigger compare_the_payment on private.stripe_movements',
    after: `select tests.money('hold', 'succeeded');
      delete from private.reconciliations;
      select private.record_movements(array[row('txn_9', 'dp_9', 'ch_hold', 'adjustment', 'eur',
        -100, private.now())]::public.stripe_movement[], private.now())`,
    holds: `exists (
      select from private.reconciliations join public.payments using (payment_id)
      where booking_id = tests.id('hold'))`,
  },
  // earnings
  frozenBy('keep_the_earnings', 'earnings', 'update public.earnings set net_minor = 1'),
]);
