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
  // earnings
  frozenBy('keep_the_earnings', 'earnings', 'update public.earnings set net_minor = 1'),
]);
