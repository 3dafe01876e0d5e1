import type { Stripe } from 'stripe';
import { testCard } from '../cards.ts';
import { checkUnits, written } from '../currencies.ts';
import { invalid } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { unexpectedState } from './attempts.ts';
import { book } from './balance.ts';
import { closeInquiries, refuseDisputed } from './disputes.ts';
import { find, mergeMetadata } from './find.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/Refunds';
const day = 86_400;

/** What a refund is made with; amount in minor units, all that is left when absent. */
export interface RefundRequest {
  charge: Stripe.Charge;
  amount?: number | undefined;
  reason?: Stripe.Refund.Reason | undefined;
  metadata?: unknown;
}

/**
 * Refunds a captured charge.
 * @throws StripeFailure 400 when nothing or less is left, or the charge is disputed
 */
export function refund(moment: Moment, request: RefundRequest): Stripe.Refund {
  const { charge } = request;
  refuseDisputed(moment.state, charge);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) {
    throw invalid(
      `Charge ${charge.id} has already been refunded.`,
      'charge_already_refunded',
    );
  }
  const amount = request.amount ?? left;
  checkUnits(amount, charge.currency);
  if (amount > left) {
    throw invalid(
      `Refund amount (${written(amount, charge.currency)}) is greater than unrefunded amount on ` +
        `charge (${written(left, charge.currency)})`,
      undefined,
      'amount',
    );
  }
  const isShort = fundsFor(moment, charge.currency) < amount;
  const made = newRefund(moment, charge, amount, request);
  if (isShort) {
    made.status = 'pending';
    made.pending_reason = 'insufficient_funds';
    moment.state.hidden.waitingRefunds.push(made.id);
    moment.state.schedule(made.id, moment.now + 45 * day, 'settle_refund');
  } else send(moment, made, charge);
  moment.emit('refund.created', made);
  moment.emit('charge.refunded', charge);
  if (charge.refunded) closeInquiries(moment, charge.id);
  return made;
}

/** Hands a refund to the card network, and takes its money from the balance. */
function send(moment: Moment, made: Stripe.Refund, charge: Stripe.Charge): void {
  const card = testCard(moment.state.hidden.card[charge.payment_method ?? ''] ?? 'visa');
  made.status = card.refund === 'pending' ? 'pending' : 'succeeded';
  delete made.pending_reason;
  made.balance_transaction = book(moment, {
    type: 'refund',
    amount: -made.amount,
    currency: charge.currency,
    source: made.id,
    description: `REFUND FOR CHARGE (${charge.description ?? charge.id})`,
  }).id;
  const wait = card.refund ? moment.settings.refundSeconds : 0;
  moment.state.schedule(made.id, moment.now + wait, 'settle_refund');
}

/**
 * What the platform has to refund with: what guests paid, less what went back to them and to the
 * platform's bank. For fees, for what banks took in disputes, and until a host has given back their part,
 * it has money of its own.
 */
function fundsFor({ state, settings }: Moment, currency: string): number {
  if (settings.settlesInto[currency]) return Infinity;
  const { charges, refunds, payouts } = state.tables;
  let funds = 0;
  for (const charge of charges.values()) {
    if (charge.currency === currency) funds += charge.amount_captured;
  }
  for (const made of refunds.values()) {
    const isSent = made.balance_transaction !== null && made.status !== 'failed';
    if (made.currency === currency && isSent) funds -= made.amount;
  }
  for (const payout of payouts.values()) {
    const isOurs = state.hidden.payoutOf[payout.id] === undefined;
    if (payout.currency === currency && isOurs && payout.status !== 'failed') {
      funds -= payout.amount;
    }
  }
  return funds;
}

/** Sends the refunds that waited for money and find it now, the oldest first. */
export function sendWaitingRefunds(moment: Moment): void {
  const { hidden, tables } = moment.state;
  for (const id of [...hidden.waitingRefunds]) {
    const made = find(moment.state, 'refunds', id);
    if (fundsFor(moment, made.currency) < made.amount) continue;
    hidden.waitingRefunds.splice(hidden.waitingRefunds.indexOf(id), 1);
    const before = structuredClone(made);
    send(moment, made, tables.charges.get(idOf(made.charge) ?? '')!);
    moment.emit('refund.updated', made, before);
    moment.emit('charge.refund.updated', made, before);
  }
}

/** A refund that still waits for money is none any more when the bank takes the money itself. */
export function failWaitingRefunds(moment: Moment, charge: string): void {
  for (const id of [...moment.state.hidden.waitingRefunds]) {
    const made = find(moment.state, 'refunds', id);
    if (idOf(made.charge) === charge) {
      settleRefund(moment, made, 'failed', 'charge_for_pending_refund_disputed');
    }
  }
}

/** Lets go of authorised money that is not captured: a refund object, yet no money moves. */
export function releaseAuthorization(
  moment: Moment,
  charge: Stripe.Charge,
  amount: number,
  reason: Stripe.Refund.Reason | null,
): void {
  const made = newRefund(moment, charge, amount, { charge });
  made.reason = reason;
  made.destination_details = { type: 'card', card: { type: 'reversal' } };
  moment.emit('refund.created', made);
}

/** What becomes of a refund after a while: its reference, its success or its failure. */
export function settleRefund(
  moment: Moment,
  made: Stripe.Refund,
  outcome?: 'succeeded' | 'failed',
  reason = 'expired_or_canceled_card',
): void {
  delete moment.state.hidden.due[made.id];
  if (made.status !== 'pending' && made.status !== 'succeeded') return;
  const charge = find(moment.state, 'charges', idOf(made.charge) ?? '');
  const card = testCard(moment.state.hidden.card[charge.payment_method ?? ''] ?? 'visa');
  const before = structuredClone(made);
  const place = moment.state.hidden.waitingRefunds.indexOf(made.id);
  const waits = place >= 0;
  if (waits) moment.state.hidden.waitingRefunds.splice(place, 1);
  if ((outcome ?? (waits || card.refund === 'fails' ? 'failed' : 'succeeded')) === 'failed') {
    made.status = 'failed';
    made.failure_reason = waits && outcome === undefined ? 'insufficient_funds' : reason;
    delete made.pending_reason;
    takeBack(moment, made, charge);
    moment.emit('refund.failed', made);
  } else {
    if (waits) send(moment, made, charge);
    delete moment.state.hidden.due[made.id];
    made.status = 'succeeded';
    made.destination_details = {
      type: 'card',
      card: {
        reference: '24492' + made.id.slice(-8),
        reference_status: 'available',
        reference_type: 'acquirer_reference_number',
        type: 'refund',
      },
    };
  }
  moment.emit('refund.updated', made, before);
  moment.emit('charge.refund.updated', made, before);
}

function takeBack(moment: Moment, made: Stripe.Refund, charge: Stripe.Charge): void {
  // One that never was sent took nothing.
  if (made.balance_transaction !== null) {
    made.failure_balance_transaction = book(moment, {
      type: 'refund_failure',
      amount: made.amount,
      currency: made.currency,
      source: made.id,
      description: `REFUND FAILURE (${made.id})`,
    }).id;
  }
  charge.amount_refunded -= made.amount;
  charge.refunded = false;
}

function newRefund(
  moment: Moment,
  charge: Stripe.Charge,
  amount: number,
  request: RefundRequest,
): Stripe.Refund {
  const made: Stripe.Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: moment.now,
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: {
      type: 'card',
      card: {
        reference_status: 'pending',
        reference_type: 'acquirer_reference_number',
        type: 'refund',
      },
    },
    metadata: mergeMetadata({}, request.metadata),
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: request.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  moment.state.tables.refunds.set(made.id, made);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  return made;
}

/**
 * The charge that a refund's parameters mean.
 * @throws StripeFailure 400 when there is none that took money
 */
export function refundableCharge(
  moment: Moment,
  given: { charge?: string; payment_intent?: string },
): Stripe.Charge {
  if (given.charge && given.payment_intent) {
    throw invalid(
      'You may only specify one of these parameters: charge, payment_intent.',
      'parameters_exclusive',
    );
  }
  if (given.charge) {
    const charge = find(moment.state, 'charges', given.charge, 'charge');
    if (!charge.paid || !charge.captured) {
      throw invalid(
        `Charge ${charge.id} has not been captured and cannot be refunded; cancel its ` +
          'PaymentIntent instead.',
        'charge_not_refundable',
        'charge',
      );
    }
    return charge;
  }
  if (!given.payment_intent) {
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'parameter_missing',
    );
  }
  const intent = find(moment.state, 'payment_intents', given.payment_intent, 'payment_intent');
  if (intent.status !== 'succeeded') {
    throw unexpectedState(
      intent,
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    );
  }
  return find(moment.state, 'charges', idOf(intent.latest_charge) ?? '');
}

function create({ moment, params }: Call): Stripe.Refund {
  const given = params as Stripe.RefundCreateParams;
  honoured(params, ['amount', 'charge', 'payment_intent', 'reason', 'metadata', 'expand']);
  return refund(moment, {
    charge: refundableCharge(moment, given),
    amount: given.amount,
    reason: given.reason,
    metadata: given.metadata,
  });
}

function update({ moment, id, params }: Call): Stripe.Refund {
  const made = find(moment.state, 'refunds', id);
  const before = structuredClone(made);
  made.metadata = mergeMetadata(made.metadata ?? {}, params['metadata']);
  moment.emit('refund.updated', made, before);
  return made;
}

export const refundRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/refunds',
    parameters: { file, name: 'RefundCreateParams' },
    handle: create,
  },
  {
    method: 'GET',
    path: '/v1/refunds/:id',
    parameters: { file, name: 'RefundRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'refunds', id),
  },
  {
    method: 'POST',
    path: '/v1/refunds/:id',
    parameters: { file, name: 'RefundUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v1/refunds/:id/cancel',
    parameters: { file, name: 'RefundCancelParams' },
    handle: ({ moment, id }) => {
      find(moment.state, 'refunds', id);
      // Stripe cancels only refunds that wait for the customer (`requires_action`): never cards.
      throw invalid(
        `You cannot cancel this refund: ${id}.`,
        'charge_not_refundable',
      );
    },
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    parameters: { file, name: 'RefundListParams' },
    handle: ({ moment, params, url }) => {
      const { charge, payment_intent: intent } = params as Stripe.RefundListParams;
      const rows = [...moment.state.tables.refunds.values()].filter((row) =>
        (charge === undefined || idOf(row.charge) === charge) &&
        (intent === undefined || idOf(row.payment_intent) === intent)
      );
      return page(url, rows, params);
    },
  },
];
