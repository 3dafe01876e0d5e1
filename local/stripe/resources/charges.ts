import type { Stripe } from 'stripe';
import { type Decline, testCard } from '../cards.ts';
import { feeFor } from '../currencies.ts';
import { page } from '../http/list.ts';
import { searchPage } from '../http/search.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { book } from './balance.ts';
import { openDispute, warnOfFraud } from './disputes.ts';
import { changedTo, find, mergeMetadata } from './find.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/Charges';
const day = 86_400;

// What the test cards with a dispute in them open.
const disputed = {
  fraudulent: { reason: 'fraudulent' },
  product_not_received: { reason: 'product_not_received' },
  inquiry: { reason: 'fraudulent', inquiry: true },
};

/** What an attempt to charge a card comes to. */
export interface Attempt {
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  /** Whether the money is taken at once or only authorised. */
  capture: boolean;
  authenticated: boolean;
  decline?: Decline | undefined;
}

/** Writes down an attempt to charge a card, successful or declined. */
export function newCharge(moment: Moment, attempt: Attempt): Stripe.Charge {
  const { intent, method, decline } = attempt;
  const captured = attempt.capture && !decline;
  const id = newId('ch');
  const charge: Stripe.Charge = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: {
      address: method.billing_details.address,
      email: method.billing_details.email,
      name: method.billing_details.name,
      phone: method.billing_details.phone,
      tax_id: null,
    },
    calculated_statement_descriptor: 'STAYBASE',
    captured,
    created: moment.now,
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcome(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetails(moment, attempt) },
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline ? null : `https://pay.stripe.com/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: intent.shipping as Stripe.Charge.Shipping | null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  moment.state.tables.charges.set(charge.id, charge);
  return charge;
}

function outcome(decline: Decline | undefined): Stripe.Charge.Outcome {
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline ? decline.declineCode ?? decline.code : null,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: decline
      ? 'The bank did not return any further details with this decline.'
      : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  };
}

function cardDetails(moment: Moment, attempt: Attempt): Stripe.Charge.PaymentMethodDetails.Card {
  const { intent, method, capture, authenticated, decline } = attempt;
  const card = method.card!;
  return {
    amount_authorized: decline ? null : intent.amount,
    authorization_code: decline ? null : '123456',
    brand: card.brand,
    ...(capture || decline
      ? {}
      : { capture_before: moment.now + moment.settings.authorizationDays * day }),
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: '976910110049114',
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: authenticated
      ? {
        authentication_flow: 'challenge',
        electronic_commerce_indicator: '05',
        exemption_indicator: null,
        result: 'authenticated',
        result_reason: null,
        transaction_id: '5b7ec4c1-5cf0-4d4b-a02a-3f5cf3d1c3b0',
        version: '2.2.0',
      }
      : null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** Has the captured charge settle: soon, or when told to. */
export function settleLater(moment: Moment, charge: Stripe.Charge): void {
  if (moment.settings.settlement === 'prompt') {
    moment.state.schedule(charge.id, moment.now, 'settle_charge');
  }
}

/** Books the captured money, so that fee and net are known, and tells by `charge.updated`. */
export function settleCharge(moment: Moment, charge: Stripe.Charge): void {
  delete moment.state.hidden.due[charge.id];
  if (!charge.captured || charge.balance_transaction) return;
  const before = structuredClone(charge);
  const name = moment.state.hidden.card[charge.payment_method ?? ''] ?? 'visa';
  const wait = testCard(name).bypassPending ? 0 : moment.settings.availableDays * day;
  charge.balance_transaction = book(moment, {
    type: 'charge',
    amount: charge.amount_captured,
    currency: charge.currency,
    fee: feeFor(charge.amount_captured, charge.currency),
    source: charge.id,
    availableOn: moment.now + wait,
    description: charge.description,
  }).id;
  moment.emit('charge.updated', charge, before);
  const { dispute } = testCard(name);
  if (dispute === 'early_fraud_warning') warnOfFraud(moment, charge);
  else if (dispute) openDispute(moment, charge, disputed[dispute]);
}

function update({ moment, id, params }: Call): Stripe.Charge {
  const charge = find(moment.state, 'charges', id);
  const given = params as Stripe.ChargeUpdateParams;
  honoured(params, ['description', 'expand', 'metadata', 'transfer_group']);
  const before = structuredClone(charge);
  charge.description = changedTo(charge.description, given.description);
  charge.metadata = mergeMetadata(charge.metadata, given.metadata);
  if (given.transfer_group) charge.transfer_group = given.transfer_group;
  moment.emit('charge.updated', charge, before);
  return charge;
}

export const chargeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/charges/:id',
    parameters: { file, name: 'ChargeRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'charges', id),
  },
  {
    method: 'POST',
    path: '/v1/charges/:id',
    parameters: { file, name: 'ChargeUpdateParams' },
    handle: update,
  },
  {
    method: 'GET',
    path: '/v1/charges',
    parameters: { file, name: 'ChargeListParams' },
    handle: ({ moment, params, url }) => {
      const { customer, payment_intent: intent, transfer_group: group } =
        params as Stripe.ChargeListParams;
      const rows = [...moment.state.tables.charges.values()].filter((row) =>
        (customer === undefined || idOf(row.customer) === customer) &&
        (intent === undefined || idOf(row.payment_intent) === intent) &&
        (group === undefined || row.transfer_group === group)
      );
      return page(url, rows, params);
    },
  },
  {
    method: 'GET',
    path: '/v1/charges/search',
    parameters: { file, name: 'ChargeSearchParams' },
    handle: ({ moment, params, url }) => {
      const seen = moment.now - moment.settings.searchLagSeconds;
      const rows = [...moment.state.tables.charges.values()].filter((row) => row.created <= seen);
      return searchPage(
        url,
        rows,
        ['amount', 'created', 'currency', 'customer', 'refunded', 'status', 'disputed'],
        params as unknown as Stripe.ChargeSearchParams,
      );
    },
  },
];
