import { type ErrorBody, StripeFailure } from './http/errors.ts';

/** How a test card declines. */
export interface Decline {
  code: string;
  declineCode?: string;
  message: string;
  adviceCode?: string;
  param?: string;
}

export interface TestCard {
  /** Only to recognise what a test types in: never stored. */
  number: string;
  brand: string;
  country: string;
  funding: 'credit' | 'debit' | 'prepaid';
  /** Declines every attempt. With `authentication`, only once the customer has authenticated. */
  decline?: Decline;
  /** When the customer must authenticate: at every charge, or only until set up for later use. */
  authentication?: 'always' | 'unless_set_up' | 'on_session';
  refund?: 'pending' | 'fails';
  /** Opens by itself after a successful charge. */
  dispute?: 'fraudulent' | 'product_not_received' | 'inquiry' | 'early_fraud_warning';
  /** The money is available at once. */
  bypassPending?: boolean;
}

const plain = { brand: 'visa', country: 'US', funding: 'credit' } as const;

const declines = {
  generic: card('card_declined', 'Your card was declined.', 'generic_decline', 'try_again_later'),
  funds: card(
    'card_declined',
    'Your card has insufficient funds.',
    'insufficient_funds',
    'try_again_later',
  ),
  lost: card('card_declined', 'Your card was declined.', 'lost_card', 'do_not_try_again'),
  stolen: card('card_declined', 'Your card was declined.', 'stolen_card', 'do_not_try_again'),
  velocity: card(
    'card_declined',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    'card_velocity_exceeded',
    'try_again_later',
  ),
  blocked: card('card_declined', 'Your card was declined.', 'fraudulent', 'do_not_try_again'),
  expired: {
    code: 'expired_card',
    message: 'Your card has expired.',
    param: 'exp_month',
    adviceCode: 'do_not_try_again',
  },
  cvc: {
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
    adviceCode: 'confirm_card_data',
  },
  processing: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
  },
} satisfies Record<string, Decline>;

function card(
  code: string,
  message: string,
  declineCode: string,
  adviceCode: string,
): Decline {
  return { code, message, declineCode, adviceCode };
}

/** Stripe's test cards, by what follows `pm_card_`. docs.stripe.com/testing */
export const testCards = {
  visa: { ...plain, number: '4242424242424242' },
  visa_debit: { ...plain, number: '4000056655665556', funding: 'debit' },
  mastercard: { ...plain, number: '5555555555554444', brand: 'mastercard' },
  mastercard_debit: {
    ...plain,
    number: '5200828282828210',
    brand: 'mastercard',
    funding: 'debit',
  },
  mastercard_prepaid: {
    ...plain,
    number: '5105105105105100',
    brand: 'mastercard',
    funding: 'prepaid',
  },
  amex: { ...plain, number: '378282246310005', brand: 'amex' },
  discover: { ...plain, number: '6011111111111117', brand: 'discover' },
  diners: { ...plain, number: '3056930009020004', brand: 'diners' },
  jcb: { ...plain, number: '3566002020360505', brand: 'jcb', country: 'JP' },
  unionpay: { ...plain, number: '6200000000000005', brand: 'unionpay', country: 'CN' },
  gb: { ...plain, number: '4000008260000000', country: 'GB' },
  de: { ...plain, number: '4000002760000016', country: 'DE' },
  fr: { ...plain, number: '4000002500000003', country: 'FR' },
  chargeDeclined: { ...plain, number: '4000000000000002', decline: declines.generic },
  visa_chargeDeclined: { ...plain, number: '4000000000000002', decline: declines.generic },
  chargeDeclinedInsufficientFunds: {
    ...plain,
    number: '4000000000009995',
    decline: declines.funds,
  },
  visa_chargeDeclinedInsufficientFunds: {
    ...plain,
    number: '4000000000009995',
    decline: declines.funds,
  },
  visa_chargeDeclinedLostCard: { ...plain, number: '4000000000009987', decline: declines.lost },
  visa_chargeDeclinedStolenCard: { ...plain, number: '4000000000009979', decline: declines.stolen },
  chargeDeclinedExpiredCard: { ...plain, number: '4000000000000069', decline: declines.expired },
  chargeDeclinedIncorrectCvc: { ...plain, number: '4000000000000127', decline: declines.cvc },
  chargeDeclinedProcessingError: {
    ...plain,
    number: '4000000000000119',
    decline: declines.processing,
  },
  visa_chargeDeclinedVelocityLimitExceeded: {
    ...plain,
    number: '4000000000006975',
    decline: declines.velocity,
  },
  /** Can be saved, and declines when charged. */
  chargeCustomerFail: { ...plain, number: '4000000000000341', decline: declines.generic },
  radarBlock: { ...plain, number: '4100000000000019', decline: declines.blocked },
  authenticationRequired: {
    ...plain,
    number: '4000002760003184',
    country: 'DE',
    authentication: 'always',
  },
  authenticationRequiredOnSetup: {
    ...plain,
    number: '4000002500003155',
    country: 'FR',
    authentication: 'unless_set_up',
  },
  authenticationRequiredSetupForOffSession: {
    ...plain,
    number: '4000003800000446',
    country: 'IT',
    authentication: 'on_session',
  },
  authenticationRequiredChargeDeclinedInsufficientFunds: {
    ...plain,
    number: '4000008260003178',
    country: 'GB',
    authentication: 'always',
    decline: declines.funds,
  },
  threeDSecure2Required: { ...plain, number: '4000000000003220', authentication: 'always' },
  threeDSecureRequired: { ...plain, number: '4000000000003063', authentication: 'always' },
  threeDSecureRequiredChargeDeclined: {
    ...plain,
    number: '4000008400001629',
    authentication: 'always',
    decline: declines.generic,
  },
  threeDSecureOptional: { ...plain, number: '4000000000003055' },
  bypassPending: { ...plain, number: '4000000000000077', bypassPending: true },
  pendingRefund: { ...plain, number: '4000000000007726', refund: 'pending' },
  refundFail: { ...plain, number: '4000000000005126', refund: 'fails' },
  createDispute: { ...plain, number: '4000000000000259', dispute: 'fraudulent' },
  createDisputeProductNotReceived: {
    ...plain,
    number: '4000000000002685',
    dispute: 'product_not_received',
  },
  createDisputeInquiry: { ...plain, number: '4000000000001976', dispute: 'inquiry' },
  createIssuerFraudRecord: {
    ...plain,
    number: '4000000000005423',
    dispute: 'early_fraud_warning',
  },
} satisfies Record<string, TestCard>;

export type CardName = keyof typeof testCards;

/** The card of a name, with the type all of them share. */
export function testCard(name: CardName): TestCard {
  return testCards[name];
}

/**
 * Finds a test card by `pm_card_visa`, `visa` or its number (spaces allowed).
 * @returns undefined when Stripe has no such test card
 */
export function findCard(given: string): CardName | undefined {
  const name = given.replace(/^pm_card_/, '');
  if (Object.hasOwn(testCards, name)) return name as CardName;
  const number = given.replaceAll(/[\s-]/g, '');
  const names = Object.keys(testCards) as CardName[];
  return names.find((candidate) => testCards[candidate].number === number);
}

/** The 402 for a card as Stripe words it. */
export function cardNumberRefused(): StripeFailure {
  return new StripeFailure(402, {
    type: 'card_error',
    code: 'incorrect_number',
    message: 'Your card number is incorrect.',
    param: 'number',
  });
}

/** The 402 of a declined card, as it also stands in `last_payment_error`. */
export function declined(decline: Decline, about: Partial<ErrorBody> = {}): StripeFailure {
  return new StripeFailure(402, {
    type: 'card_error',
    code: decline.code,
    message: decline.message,
    ...(decline.declineCode ? { decline_code: decline.declineCode } : {}),
    ...(decline.adviceCode ? { advice_code: decline.adviceCode } : {}),
    ...(decline.param ? { param: decline.param } : {}),
    ...about,
  });
}
