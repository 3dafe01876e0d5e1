import fc from 'fast-check';
import {
  book,
  type Deed,
  deeds,
  home,
  lateDeeds,
  payWhatIsDue,
  type Plan,
  stepsOf,
  waves,
  which,
} from './plan.ts';
import { rareMoney, rareStays } from './rare.ts';

/** Lives of one kind, and how time passes for them. */
export interface Shape {
  plans: fc.Arbitrary<Plan>;
  /** How far the clock moves after each wave, in minutes. */
  clocks: fc.Arbitrary<number[]>;
  /** The waves after which Stripe is looked at. */
  looks: number[];
  /** How far the clock moves at least, once the waves are over, from one thing due to the next. */
  leap: number;
}

const clocksOf = (hops: fc.Arbitrary<readonly number[]>) =>
  hops.chain((some) => fc.array(fc.constantFrom(...some), { minLength: waves, maxLength: waves }));

/** Stays of days: mostly the first hours of a booking, or the days around a stay and its payout. */
export const shortStays: Shape = {
  plans: fc.oneof(
    { weight: 30, arbitrary: fc.record({ home, seed: fc.nat(), steps: stepsOf(book, deeds) }) },
    { weight: 14, arbitrary: rareStays({ home, book }) },
    {
      weight: 20,
      arbitrary: fc.record({
        home: home.map((some) => ({ ...some, ready: true })),
        seed: fc.nat(),
        steps: stepsOf(
          book.map((some) => ({ ...some, upTo: 'stay', card: 'visa', ahead: some.ahead % 3 })),
          lateDeeds,
        ),
      }),
    },
  ),
  clocks: clocksOf(fc.oneof(
    fc.constantFrom([1, 3, 3, 12, 16, 40, 130, 700, 1_441, 4_000]),
    fc.constantFrom([3, 130, 700, 1_441, 1_441, 1_441, 4_000, 10_000]),
  )),
  looks: [4],
  leap: 30_000,
};

/** The days of a stay that is charged later, or in instalments, or both. */
const longStay = fc.oneof(
  fc.record({
    ahead: fc.oneof(fc.integer({ min: 88, max: 93 }), fc.integer({ min: 88, max: 120 })),
    nights: fc.integer({ min: 1, max: 7 }),
  }),
  fc.record({
    ahead: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 85, max: 100 })),
    nights: fc.constantFrom(27, 28, 30, 31, 45, 60, 61, 75),
  }),
);

/** A card that is saved, and then pays, refuses, or wants to see the guest. */
const savedCards = fc.constantFrom(
  ...['visa', 'visa', 'visa', 'visa', 'visa', 'createDispute', 'chargeDeclined'],
  'authenticationRequired',
  'authenticationRequired',
  'chargeCustomerFail',
  'chargeCustomerFail',
);

const bookLong = fc.record({ book, days: longStay, card: savedCards }).map(
  ({ book: some, days, card }) => ({ ...some, ...days, card }),
);

const longDeeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 2, arbitrary: bookLong },
  { weight: 7, arbitrary: payWhatIsDue },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constant('cancel' as const),
      which,
      by: fc.constantFrom('guest' as const, 'guest' as const, 'guest' as const, 'host' as const),
    }),
  },
  { weight: 8, arbitrary: fc.constant({ deed: 'nothing' as const }) },
  { weight: 12, arbitrary: lateDeeds },
);

/** Stays of months, and far ones: charged from a saved card as the weeks go by. */
export const longMoney: Shape = {
  plans: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        home: home.map((some) => ({ ...some, ready: true })),
        seed: fc.nat(),
        steps: stepsOf(bookLong.map((some) => ({ ...some, upTo: 'stay' as const })), longDeeds),
      }),
    },
    { weight: 3, arbitrary: rareMoney({ home, book }) },
  ),
  // Ten months would be too long: Stripe is asked about a payment for half a year.
  clocks: clocksOf(fc.constantFrom([3, 1_441, 1_441, 1_441, 4_400, 10_081, 14_400, 21_600])),
  looks: [3, 6],
  leap: 5_000,
};
