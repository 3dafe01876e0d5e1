import fc from 'fast-check';
import type { AlterPlan, ClaimAnswer, Deed, HomePlan, Plan, StayPlan, Step } from './plan.ts';

/** A booking of the first wave, whatever it is. */
type Booking = Extract<Deed, { deed: 'book' }>;

interface Parts {
  home: fc.Arbitrary<HomePlan>;
  book: fc.Arbitrary<Booking>;
}

/** What is fixed of a life that is led to an end; all else is as random as in any other. */
interface Led {
  home?: Partial<HomePlan>;
  book?: Partial<Booking>;
  /** What comes after the booking, one step for each wave. */
  then: (stay: StayPlan) => Deed[][];
  weather?: Step['weather'];
}

const led = ({ home, book }: Parts, { home: fixedHome, book: fixedBook, then, weather }: Led) =>
  fc.record({
    home: home.map((some) => ({ ...some, ready: true, instant: true, ...fixedHome })),
    seed: fc.nat(),
    steps: book.map((some): Step[] => {
      const first = { ...some, upTo: 'stay' as const, card: 'visa', ...fixedBook };
      return [
        { deeds: [first], weather: 'clear' },
        ...then(first).map((deeds): Step => ({ deeds, weather: weather ?? 'clear' })),
      ];
    }),
  });

const times = (count: number, ...deeds: Deed[][]): Deed[][] =>
  Array.from({ length: count }, () => deeds).flat();
const nothing: Deed[] = [{ deed: 'nothing' }];
const visa = { card: 'visa', which: 0 };

/**
 * Lives that come to what hardly any other life does. Without them a run went on for three rounds and more until each end
 * was somebody's (counted: of 248 lives none came to an alteration overtaken, a refund for a complaint or a debt taken back).
 */
export const rareStays = (parts: Parts): fc.Arbitrary<Plan> => {
  const altered = ({ nights, guests }: StayPlan, what: Partial<AlterPlan>): Deed[] => [{
    deed: 'alter',
    by: 'guest',
    shift: 0,
    nights: nights + 2,
    guests,
    answer: 'accepted',
    pays: false,
    ...visa,
    ...what,
  }];
  const claimed = (answer: ClaimAnswer): Deed[] => [
    { deed: 'claim damage', which: 0, share: 30, answer },
  ];
  const soon = { ahead: 0, nights: 4 };
  return fc.oneof(
    // The host declines what is paid for.
    led(parts, {
      home: { instant: false },
      book: { upTo: 'payment', ahead: 9 },
      then: () => [[{ deed: 'decline', which: 0 }]],
      weather: 'held',
    }),
    // The guest pays what they give up in the same moment.
    led(parts, {
      book: { upTo: 'intent', ahead: 9 },
      then: () => [[{ deed: 'withdraw', which: 0 }, { deed: 'pay', ...visa }]],
      weather: 'held',
    }),
    // An alteration is open when the stay is cancelled, or is never paid.
    led(parts, {
      book: { ahead: 39 },
      then: (stay) => [
        altered(stay, { answer: null }),
        [{ deed: 'cancel', which: 0, by: 'guest' }],
      ],
    }),
    led(parts, { book: { ahead: 39 }, then: (stay) => [altered(stay, {})] }),
    // Another is paid; one costs nothing more, and one is declined.
    led(parts, {
      book: { ahead: 39 },
      then: (stay) => [
        altered(stay, { nights: stay.nights, shift: 1 }),
        altered(stay, { answer: 'declined' }),
        altered(stay, { pays: true }),
      ],
    }),
    // The guest complains in the first days, and gets some of it back.
    led(parts, {
      book: soon,
      then: () => times(8, [{ deed: 'complain', which: 0, decided: 40 }]),
    }),
    // Staff find nothing in what the host claims.
    led(parts, {
      home: { claimsDamage: true },
      book: { ahead: 0, nights: 1 },
      then: () => times(4, claimed('disputed'), [{ deed: 'decide claim', which: 0, share: 0 }]),
    }),
    // The host takes it back; or the bank wants to see the guest, who then pays.
    led(parts, {
      home: { claimsDamage: true },
      book: { ahead: 0, nights: 1, card: 'authenticationRequired' },
      then: () => [
        ...times(2, nothing, claimed('withdrawn')),
        ...times(2, claimed('accepted'), [{ deed: 'pay what is due', ...visa }]),
      ],
    }),
    // What was paid out is taken back: it is still there, or was spent.
    led(parts, {
      book: soon,
      then: () => [
        ...times(3, nothing),
        ...times(5, [{ deed: 'refund outside', which: 0, of: 0, share: 100 }]),
      ],
    }),
    led(parts, {
      book: soon,
      then: () =>
        times(
          4,
          [{ deed: 'spend' }],
          [{ deed: 'refund outside', which: 0, of: 0, share: 60 }],
        ),
    }),
    // A host whose account is restricted is paid by hand; what comes back of it is owed.
    led(parts, {
      book: soon,
      then: () => [
        [{ deed: 'standing', standing: 'restricted' }],
        ...times(6, [{ deed: 'pay by hand', which: 0 }]),
        [{ deed: 'refund outside', which: 0, of: 0, share: 60 }],
      ],
    }),
  );
};

/** The same of stays that are charged later. */
export const rareMoney = (parts: Parts): fc.Arbitrary<Plan> => {
  const far = { ahead: 95, nights: 3 };
  const cancelled = (): Deed[][] => [[{ deed: 'cancel', which: 0, by: 'guest' }]];
  return fc.oneof(
    // The card, when it is charged at last, refuses, and the guest does not pay otherwise.
    led(parts, { book: { ...far, card: 'chargeCustomerFail' }, then: () => [] }),
    // Cancelled before it was charged, it costs something all the same, and the card pays that or does not.
    led(parts, { home: { policy: 'non_refundable' }, book: far, then: cancelled }),
    led(parts, {
      home: { policy: 'non_refundable' },
      book: { ...far, card: 'chargeCustomerFail' },
      then: cancelled,
    }),
    // Given up before the card is saved.
    led(parts, {
      book: { ...far, upTo: 'intent' },
      then: () => [[{ deed: 'withdraw', which: 0 }]],
    }),
    // The bank wants to see the guest, who then pays.
    led(parts, {
      book: { ...far, card: 'authenticationRequired' },
      then: () => times(8, [{ deed: 'pay what is due', ...visa }]),
    }),
    led(parts, { book: { ahead: 5, nights: 45 }, then: () => [] }),
    led(parts, { book: { ahead: 5, nights: 75 }, then: () => [] }),
  );
};
