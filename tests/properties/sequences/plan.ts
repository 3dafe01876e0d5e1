import fc from 'fast-check';
import type { FaultKind } from '../../../local/stripe/faults.ts';
import type { Policy } from './settlement.ts';
import type { Doom } from './wire.ts';

/** Where a life's stays are, and on which terms. Amounts are coins of the currency. */
export interface HomePlan {
  currency: 'EUR' | 'USD' | 'JPY' | 'KWD';
  policy: Policy;
  instant: boolean;
  /** Whether cards are kept for damage. */
  claimsDamage: boolean;
  nightly: number;
  extraGuest: number;
  cleaning: number;
  pet: number;
  taxBp: number;
  taxesFees: boolean;
  cityTax: number;
  /** Whether the host can be paid from the start. */
  ready: boolean;
}

export interface StayPlan {
  guest: 0 | 1;
  ahead: number;
  nights: number;
  guests: number;
  pets: number;
}

/** Other days and guests than were booked, who asks for them, and what follows at once. */
export interface AlterPlan {
  by: 'guest' | 'host';
  /** Days that the arrival moves by. */
  shift: number;
  nights: number;
  guests: number;
  answer: 'accepted' | 'declined' | 'withdrawn' | null;
  /** Whether the guest pays what it costs more as soon as it is accepted. */
  pays: boolean;
  card: string;
}

/** What the guest says to a claim, or the host who takes it back. */
export type ClaimAnswer = 'accepted' | 'disputed' | 'withdrawn';

/** How this wave's events reach us: all, or shuffled, doubled and a third of them lost, or later. */
export type Weather = 'clear' | 'foul' | 'held';

/**
 * What somebody does; `which` is one of the bookings so far and `of` one of its charges, 0 the newest.
 */
export type Deed =
  | (StayPlan & { deed: 'book'; upTo: 'hold' | 'intent' | 'payment' | 'stay'; card: string })
  | { deed: 'begin payment'; which: number }
  | { deed: 'pay' | 'pay what is due'; which: number; card: string }
  | { deed: 'authenticate'; which: number; succeeds: boolean }
  | { deed: 'accept' | 'decline' | 'withdraw'; which: number }
  | { deed: 'cancel'; which: number; by: 'guest' | 'host' }
  | { deed: 'staff cancel'; which: number; share: number }
  | { deed: 'report no-show' | 'withdraw no-show' | 'object'; which: number }
  | { deed: 'decide no-show'; which: number; upheld: boolean }
  | { deed: 'complain'; which: number; decided: number | null }
  | { deed: 'withdraw complaint'; which: number }
  | { deed: 'decide complaint'; which: number; share: number }
  | (AlterPlan & { deed: 'alter'; which: number })
  | { deed: 'accept alteration' | 'decline alteration' | 'withdraw alteration'; which: number }
  | { deed: 'claim damage'; which: number; share: number; answer: ClaimAnswer | null }
  | { deed: 'answer claim'; which: number; answer: ClaimAnswer }
  | { deed: 'decide claim'; which: number; share: number }
  | { deed: 'refund outside'; which: number; of: number; share: number }
  | { deed: 'refund fails'; which: number }
  | { deed: 'dispute'; which: number; of: number; share: number; inquiry: boolean }
  | { deed: 'decide'; which: number; won: boolean }
  | { deed: 'escalate' | 'appeal' | 'warn' | 'release' | 'pay by hand'; which: number }
  | { deed: 'open account' | 'spend' | 'close account' }
  | { deed: 'standing'; standing: 'active' | 'pending' | 'restricted' }
  | { deed: 'fault'; which: number; kind: FaultKind; times: number }
  | { deed: 'doom'; doom: Doom }
  | { deed: 'resend'; event: number }
  | { deed: 'nothing' };

export interface Step {
  deeds: Deed[];
  weather: Weather;
}

/** One random sequence: everything about it comes from here, and from the clock of its batch. */
export interface Plan {
  home: HomePlan;
  steps: Step[];
  seed: number;
}

export const which = fc.nat(2);
const of = fc.nat(2);
const share = fc.integer({ min: 1, max: 100 });
const cards = fc.constantFrom(
  ...['visa', 'visa', 'visa', 'visa', 'visa', 'visa', 'visa', 'visa', 'visa', 'visa'],
  'chargeDeclined',
  'threeDSecure2Required',
  'pendingRefund',
  'refundFail',
  'createDispute',
  'createDisputeInquiry',
  'createIssuerFraudRecord',
  'authenticationRequired',
);

export const home: fc.Arbitrary<HomePlan> = fc.record({
  currency: fc.constantFrom<HomePlan['currency']>('EUR', 'USD', 'JPY', 'KWD'),
  policy: fc.constantFrom<Policy>(
    'flexible',
    'moderate',
    'limited',
    'firm',
    'strict',
    'non_refundable',
  ),
  instant: fc.integer({ max: 2, min: 0 }).map((roll) => roll > 0),
  claimsDamage: fc.boolean(),
  nightly: fc.integer({ min: 3_000, max: 40_000 }),
  extraGuest: fc.constantFrom(0, 777),
  cleaning: fc.constantFrom(0, 2_501, 4_999),
  pet: fc.constantFrom(0, 1_313),
  taxBp: fc.constantFrom(0, 550, 1_999),
  taxesFees: fc.boolean(),
  cityTax: fc.constantFrom(0, 0, 199),
  ready: fc.integer({ min: 0, max: 3 }).map((roll) => roll > 0),
});

const stay = {
  guest: fc.constantFrom<0 | 1>(0, 1),
  ahead: fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }) },
  ),
  nights: fc.integer({ min: 1, max: 7 }),
  guests: fc.integer({ min: 1, max: 4 }),
  pets: fc.constantFrom(0, 0, 1),
};

export const book = fc.record({
  deed: fc.constant('book' as const),
  upTo: fc.constantFrom<'hold' | 'intent' | 'payment' | 'stay'>(
    'hold',
    'intent',
    'payment',
    'payment',
    'stay',
    'stay',
    'stay',
    'stay',
  ),
  card: cards,
  ...stay,
});

export const payWhatIsDue: fc.Arbitrary<Deed> = fc.record({
  deed: fc.constant('pay what is due' as const),
  which,
  card: cards,
});

const alter: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('alter' as const),
      which,
      by: fc.constantFrom('guest' as const, 'host' as const),
      shift: fc.constantFrom(0, 0, 0, 1, 2, -1),
      nights: fc.integer({ min: 1, max: 9 }),
      guests: fc.integer({ min: 1, max: 4 }),
      answer: fc.constantFrom<AlterPlan['answer']>(
        ...['accepted' as const, 'accepted' as const, 'accepted' as const, 'accepted' as const],
        'declined',
        'withdrawn',
        null,
      ),
      pays: fc.constantFrom(true, true, false),
      card: cards,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        'accept alteration' as const,
        'decline alteration' as const,
        'withdraw alteration' as const,
      ),
      which,
    }),
  },
);

export const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: book },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constantFrom('begin payment' as const),
      which,
    }),
  },
  { weight: 3, arbitrary: fc.record({ deed: fc.constant('pay' as const), which, card: cards }) },
  { weight: 1, arbitrary: payWhatIsDue },
  { weight: 5, arbitrary: alter },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('authenticate' as const),
      which,
      succeeds: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constantFrom('accept' as const, 'accept' as const, 'decline' as const),
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('withdraw' as const), which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constant('cancel' as const),
      which,
      by: fc.constantFrom('guest' as const, 'guest' as const, 'host' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('staff cancel' as const), which, share }) },
  {
    weight: 2,
    arbitrary: fc.record({ deed: fc.constant('refund outside' as const), which, of, share }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('dispute' as const),
      which,
      of,
      share: fc.oneof(fc.constant(100), share),
      inquiry: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ deed: fc.constant('decide' as const), which, won: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        'escalate' as const,
        'appeal' as const,
        'warn' as const,
        'release' as const,
        'pay by hand' as const,
        'refund fails' as const,
      ),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constantFrom('open account' as const, 'open account' as const, 'spend' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('standing' as const),
      standing: fc.constantFrom('active' as const, 'pending' as const, 'restricted' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constant('fault' as const),
      which,
      kind: fc.constantFrom<FaultKind>(
        'reset_before',
        'reset_after',
        'error_before',
        'error_after',
        'unavailable',
        'conflict',
        'rate_limit',
        'lock_timeout',
      ),
      times: fc.constantFrom(1, 1, 3),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constant('doom' as const),
      doom: fc.constantFrom<Doom>(
        'claimed',
        'before the call',
        'after the call',
        'recorded',
        'unheard',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('resend' as const), event: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.constant({ deed: 'nothing' as const }) },
);

/** What the two sides say of a stay that has begun, and what staff make of it. */
const quarrels: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ deed: fc.constant('report no-show' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('complain' as const),
      which,
      decided: fc.option(share, { freq: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        'object' as const,
        'withdraw no-show' as const,
        'withdraw complaint' as const,
      ),
      which,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constant('decide no-show' as const),
      which,
      upheld: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constant('decide complaint' as const),
      which,
      share: fc.oneof(fc.constant(0), share),
    }),
  },
);

/** What a host claims for damage, and what the others say to it. */
const damage: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('claim damage' as const),
      which,
      share,
      answer: fc.constantFrom<ClaimAnswer | null>(
        ...['accepted' as const, 'accepted' as const, 'accepted' as const],
        'disputed',
        'withdrawn',
        null,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constant('answer claim' as const),
      which,
      answer: fc.constantFrom<ClaimAnswer>('accepted', 'disputed', 'withdrawn'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('decide claim' as const),
      which,
      share: fc.constantFrom(0, 40, 100),
    }),
  },
  { weight: 4, arbitrary: payWhatIsDue },
);

/** What happens to stays that are paid out already, or soon: much of it comes too late. */
export const lateDeeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: book },
  {
    weight: 6,
    arbitrary: fc.record({ deed: fc.constant('refund outside' as const), which, of, share }),
  },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('staff cancel' as const), which, share }) },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constant('dispute' as const),
      which,
      of,
      share: fc.constantFrom(100, 100, 40),
      inquiry: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constant('decide' as const),
      which,
      won: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constant('cancel' as const),
      which,
      by: fc.constantFrom('guest' as const, 'host' as const),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ deed: 'spend' as const }) },
  { weight: 1, arbitrary: fc.constant({ deed: 'close account' as const }) },
  { weight: 2, arbitrary: fc.constant({ deed: 'nothing' as const }) },
  { weight: 16, arbitrary: quarrels },
  { weight: 8, arbitrary: alter },
  { weight: 20, arbitrary: damage },
  { weight: 16, arbitrary: deeds },
);

const weather = fc.constantFrom<Weather>('clear', 'clear', 'clear', 'foul', 'foul', 'held');

/** How many waves a batch has; a life has at most so many steps. */
export const waves = 9;

/** First a booking, then whatever may happen; now and then two people at once. */
export const stepsOf = (
  first: fc.Arbitrary<Deed>,
  next: fc.Arbitrary<Deed>,
): fc.Arbitrary<Step[]> =>
  fc.tuple(
    fc.record({ deeds: fc.tuple(first), weather }),
    fc.array(
      fc.record({
        deeds: fc.oneof(
          { weight: 4, arbitrary: fc.tuple(next) },
          { weight: 1, arbitrary: fc.tuple(next, next) },
        ),
        weather,
      }),
      { minLength: 3, maxLength: waves - 1, size: 'max' },
    ),
  ).map(([one, others]) => [one, ...others]);
