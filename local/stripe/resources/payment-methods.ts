import type { Stripe } from 'stripe';
import { type CardName, cardNumberRefused, declined, findCard, testCard } from '../cards.ts';
import { invalid, StripeFailure } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { find, findCustomer, mergeMetadata } from './find.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/PaymentMethods';

/** A new card payment method that behaves as the test card does. */
export function newPaymentMethod(
  moment: Moment,
  name: CardName,
  details: { billing?: Partial<Stripe.PaymentMethod.BillingDetails>; metadata?: unknown } = {},
): Stripe.PaymentMethod {
  const card = testCard(name);
  const method: Stripe.PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: {
        city: null,
        country: null,
        line1: null,
        line2: null,
        postal_code: null,
        state: null,
      },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
      ...details.billing,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country: card.country,
      display_brand: card.brand,
      exp_month: 12,
      exp_year: new Date(moment.now * 1000).getUTCFullYear() + 3,
      fingerprint: fingerprint(card.number),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: moment.now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: mergeMetadata({}, details.metadata),
    type: 'card',
  };
  moment.state.tables.payment_methods.set(method.id, method);
  moment.state.hidden.card[method.id] = name;
  return method;
}

/**
 * The payment method a parameter names; `pm_card_visa` and its like make a new one, as at Stripe.
 * @throws StripeFailure resource_missing
 */
export function usePaymentMethod(moment: Moment, id: string): Stripe.PaymentMethod {
  if (id.startsWith('pm_card_')) {
    const name = findCard(id);
    if (name) return newPaymentMethod(moment, name);
  }
  return find(moment.state, 'payment_methods', id, 'payment_method');
}

/**
 * The payment method described by `payment_method_data` or by PaymentMethod create.
 * @throws StripeFailure 402 for card numbers under a secret key (Stripe wants none of them there)
 *   and for numbers that are no test card
 */
export function describedPaymentMethod(
  moment: Moment,
  data: Record<string, unknown>,
  publishable: boolean,
): Stripe.PaymentMethod {
  if (data['type'] !== undefined && data['type'] !== 'card') {
    throw invalid(
      `The payment method type "${String(data['type'])}" is invalid. Please ensure the provided ` +
        'type is activated in your dashboard.',
      'payment_method_unactivated',
      'type',
    );
  }
  const card = data['card'] as Record<string, unknown> | undefined;
  const token = card?.['token'];
  const number = typeof token === 'string' ? token.replace(/^tok_/, '') : card?.['number'];
  if (typeof number !== 'string') {
    throw invalid('Missing required param: card.', 'parameter_missing', 'card');
  }
  if (token === undefined && !publishable) {
    throw new StripeFailure(402, {
      type: 'invalid_request_error',
      message:
        'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest ' +
        'you use test tokens that map to the test card you are using, see ' +
        'https://stripe.com/docs/testing.',
    });
  }
  const name = findCard(number);
  if (!name) throw cardNumberRefused();
  return newPaymentMethod(moment, name, {
    billing: (data['billing_details'] ?? {}) as Partial<Stripe.PaymentMethod.BillingDetails>,
    metadata: data['metadata'],
  });
}

/**
 * Attaches a payment method to a customer.
 * @throws StripeFailure 400 when it belongs to someone or has been used up
 */
export function attach(moment: Moment, method: Stripe.PaymentMethod, customer: string): void {
  const owner = idOf(method.customer);
  if (owner === customer) return;
  if (owner) {
    throw invalid(
      'The payment method you provided has already been attached to a customer.',
      'payment_method_unexpected_state',
      'payment_method',
    );
  }
  checkNotSpent(moment, method);
  const name = moment.state.hidden.card[method.id] ?? 'visa';
  const { decline, authentication } = testCard(name);
  if (decline && !authentication && name !== 'chargeCustomerFail') throw declined(decline);
  const before = structuredClone(method);
  method.customer = customer;
  moment.emit('payment_method.attached', method, before);
}

/** Refuses a payment method that has served once without a customer. */
export function checkNotSpent(moment: Moment, method: Stripe.PaymentMethod): void {
  if (!moment.state.hidden.spent[method.id]) return;
  throw invalid(
    'This PaymentMethod was previously used with a PaymentIntent without Customer attachment, ' +
      'shared with a connected account without Customer attachment, or was detached from a ' +
      'Customer. It may not be used again. To use a PaymentMethod multiple times, you must ' +
      'attach it to a Customer first.',
    'payment_method_unexpected_state',
    'payment_method',
  );
}

function create({ moment, params, publishable }: Call): Stripe.PaymentMethod {
  honoured(params, ['billing_details', 'card', 'expand', 'metadata', 'type', 'use_stripe_sdk']);
  return describedPaymentMethod(moment, params, publishable);
}

function update({ moment, params, id }: Call): Stripe.PaymentMethod {
  const method = find(moment.state, 'payment_methods', id);
  const given = params as Stripe.PaymentMethodUpdateParams;
  honoured(params, ['billing_details', 'expand', 'metadata']);
  const before = structuredClone(method);
  method.metadata = mergeMetadata(method.metadata ?? {}, given.metadata);
  if (given.billing_details) {
    method.billing_details = {
      ...method.billing_details,
      ...given.billing_details as Partial<Stripe.PaymentMethod.BillingDetails>,
    };
  }
  moment.emit('payment_method.updated', method, before);
  return method;
}

function detach({ moment, id }: Call): Stripe.PaymentMethod {
  const method = find(moment.state, 'payment_methods', id);
  if (!method.customer) {
    throw invalid(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      'payment_method_unexpected_state',
      'payment_method',
    );
  }
  const before = structuredClone(method);
  method.customer = null;
  moment.state.hidden.spent[id] = true;
  moment.emit('payment_method.detached', method, before);
  return method;
}

function fingerprint(number: string): string {
  let hash = 7;
  for (const digit of number) hash = (hash * 31 + Number(digit)) >>> 0;
  return `fake${hash.toString(36).padStart(12, '0')}`;
}

export const paymentMethodRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/payment_methods',
    parameters: { file, name: 'PaymentMethodCreateParams' },
    publishable: true,
    handle: create,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    parameters: { file, name: 'PaymentMethodRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'payment_methods', id),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id',
    parameters: { file, name: 'PaymentMethodUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    parameters: { file, name: 'PaymentMethodAttachParams' },
    handle: ({ moment, params, id }) => {
      const given = params as Stripe.PaymentMethodAttachParams;
      if (!given.customer) {
        throw invalid('Missing required param: customer.', 'parameter_missing', 'customer');
      }
      const customer = findCustomer(moment.state, given.customer, 'customer');
      const method = usePaymentMethod(moment, id);
      attach(moment, method, customer.id);
      return method;
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    parameters: { file, name: 'PaymentMethodDetachParams' },
    handle: detach,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    parameters: { file, name: 'PaymentMethodListParams' },
    handle: ({ moment, params, url }) => {
      const { customer, type } = params as Stripe.PaymentMethodListParams;
      const rows = [...moment.state.tables.payment_methods.values()].filter((row) =>
        (customer === undefined ? row.customer === null : idOf(row.customer) === customer) &&
        (type === undefined || row.type === type)
      );
      return page(url, rows, params);
    },
  },
];
