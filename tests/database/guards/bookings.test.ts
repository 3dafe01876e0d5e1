import { begun, elsewhere, outcome, readersOf, refused, testGuards } from '../../support/guards.ts';

testGuards([
  ...readersOf('bookings', 'booking_lines', 'guest_totals', 'host_totals'),
  {
    name: "an unpaid hold is out of the host's sight",
    without:
      `alter policy "people see what they booked and what was placed with them" on public.bookings
      using (guest_id = (select auth.uid()) or listing_id = any (array(select private.listings_of_caller('bookings'))))`,
    holds: outcome(
      'ada',
      `select from public.bookings where booking_id = tests.id('hold')`,
      '0',
    ),
  },
  // settled_elsewhere
  {
    name: 'only a stay that was paid elsewhere begins confirmed',
    without: {
      rule: 'private.was_settled_elsewhere',
      piece: 'settled_elsewhere.booking_id = was_settled_elsewhere.booking_id',
      becomes: 'true',
    },
    after: elsewhere,
    holds: refused(begun, 'illegal_move'),
  },
  {
    name: 'what was settled elsewhere is never rewritten',
    without: 'drop trigger keep_the_settlements_elsewhere on private.settled_elsewhere',
    after: elsewhere,
    holds: refused(
      'update private.settled_elsewhere set total_minor = 0, refunded_minor = 0',
      'frozen',
    ),
  },
]);
