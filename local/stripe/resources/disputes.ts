import type { Stripe } from 'stripe';
import { checkUnits, exponentOf } from '../currencies.ts';
import { invalid, StripeFailure } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import type { State } from '../state.ts';
import { book } from './balance.ts';
import { find, mergeMetadata } from './find.ts';

const file = 'resources/Disputes';
const day = 86_400;

export interface OpenDispute {
  /** Minor units; the whole charge when absent. */
  amount?: number | undefined;
  reason?: string | undefined;
  /** An inquiry (`warning_needs_response`): no money moves. */
  inquiry?: boolean | undefined;
}

/** Whether a dispute keeps a charge from being refunded: open or lost, and no mere inquiry. */
function blocksRefund(state: State, charge: string): boolean {
  return disputesOf(state, charge)
    .some(({ status }) => !['won', 'prevented'].includes(status) && !status.startsWith('warning_'));
}

/**
 * Opens a dispute as the cardholder's bank does.
 * @throws StripeFailure 400 for a charge that took no money or has a dispute already
 */
export function openDispute(
  moment: Moment,
  charge: Stripe.Charge,
  { amount = charge.amount_captured, reason = 'fraudulent', inquiry = false }: OpenDispute,
): Stripe.Dispute {
  if (!charge.captured) throw invalid(`Charge ${charge.id} took no money.`, undefined, 'charge');
  if (disputesOf(moment.state, charge.id).some(({ status }) => !closed(status))) {
    throw invalid(`Charge ${charge.id} is disputed already.`, 'charge_disputed', 'charge');
  }
  checkUnits(amount, charge.currency);
  if (amount > charge.amount_captured) {
    throw invalid('A dispute is never over more than the charge.', 'amount_too_large', 'amount');
  }
  const dispute: Stripe.Dispute = {
    id: newId('dp'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: moment.now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: moment.now + 7 * day,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    network_reason_code: '10.4',
    payment_intent: idOf(charge.payment_intent),
    payment_method_details: {
      type: 'card',
      card: {
        brand: 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: '10.4',
      },
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
  moment.state.tables.disputes.set(dispute.id, dispute);
  charge.disputed = true;
  moment.emit('charge.dispute.created', dispute);
  if (!inquiry) withdraw(moment, dispute);
  return dispute;
}

/** What may be said to the bank, all of it unsaid. */
function noEvidence(): Stripe.Dispute.Evidence {
  return {
    access_activity_log: null,
    appeal: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}

/**
 * A dispute that a prevention program answered with a refund before the bank took the money: it begins
 * and ends as `prevented`, without a fee.
 */
export function preventDispute(moment: Moment, charge: Stripe.Charge): Stripe.Dispute {
  const dispute = openDispute(moment, charge, { inquiry: true });
  dispute.status = 'prevented';
  dispute.is_charge_refundable = false;
  moment.emit('charge.dispute.closed', dispute);
  return dispute;
}

/**
 * Has the bank's decision against us looked at once more: `appeal_needs_response`, until evidence is
 * handed in.
 * @throws StripeFailure 400 for a dispute that is not lost
 */
export function appealDispute(moment: Moment, dispute: Stripe.Dispute): void {
  if (dispute.status !== 'lost') {
    throw invalid(`Dispute ${dispute.id} cannot be appealed: it is ${dispute.status}.`);
  }
  const before = structuredClone(dispute);
  dispute.status = 'appeal_needs_response';
  dispute.evidence_details.due_by = moment.now + 7 * day;
  moment.emit('charge.dispute.updated', dispute, before);
}

/** Turns an inquiry into a dispute proper, which takes the money. */
export function escalate(moment: Moment, dispute: Stripe.Dispute): void {
  if (!dispute.status.startsWith('warning_') || closed(dispute.status)) {
    throw invalid(`Dispute ${dispute.id} is no open inquiry: it is ${dispute.status}.`);
  }
  const before = structuredClone(dispute);
  dispute.status = 'needs_response';
  dispute.is_charge_refundable = false;
  moment.emit('charge.dispute.updated', dispute, before);
  withdraw(moment, dispute);
}

/**
 * Ends a dispute: an inquiry ends in `warning_closed` whatever is said.
 * @throws StripeFailure 400 when it has ended
 */
export function closeDispute(
  moment: Moment,
  dispute: Stripe.Dispute,
  outcome: 'won' | 'lost',
): void {
  if (closed(dispute.status)) {
    throw invalid(`This dispute is already closed: ${dispute.id} is ${dispute.status}.`);
  }
  const inquiry = dispute.status.startsWith('warning_');
  dispute.status = inquiry ? 'warning_closed' : outcome;
  moment.emit('charge.dispute.closed', dispute);
  if (!inquiry && outcome === 'won') reinstate(moment, dispute);
}

/** A full refund answers an inquiry for good. */
export function closeInquiries(moment: Moment, charge: string): void {
  for (const dispute of disputesOf(moment.state, charge)) {
    if (!closed(dispute.status)) closeDispute(moment, dispute, 'lost');
  }
}

function withdraw(moment: Moment, dispute: Stripe.Dispute): void {
  // 15 dollars, or the like.
  const fee = dispute.currency === 'jpy' ? 1_500 : 15 * 10 ** exponentOf(dispute.currency);
  dispute.balance_transactions.push(structuredClone(book(moment, {
    type: 'adjustment',
    amount: -dispute.amount,
    currency: dispute.currency,
    fee,
    source: dispute.id,
    description: `Chargeback withdrawal for ${idOf(dispute.charge)}`,
    reportingCategory: 'dispute',
  })));
  moment.emit('charge.dispute.funds_withdrawn', dispute);
}

function reinstate(moment: Moment, dispute: Stripe.Dispute): void {
  dispute.balance_transactions.push(structuredClone(book(moment, {
    type: 'adjustment',
    amount: dispute.amount,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback reversal for ${idOf(dispute.charge)}`,
    reportingCategory: 'dispute_reversal',
  })));
  moment.emit('charge.dispute.funds_reinstated', dispute);
}

/** Warns that the cardholder's bank believes a charge to be fraud. */
export function warnOfFraud(
  moment: Moment,
  charge: Stripe.Charge,
): Stripe.Radar.EarlyFraudWarning {
  const intent = idOf(charge.payment_intent);
  const warning: Stripe.Radar.EarlyFraudWarning = {
    id: newId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: !charge.refunded && !charge.disputed,
    charge: charge.id,
    created: moment.now,
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(intent ? { payment_intent: intent } : {}),
  };
  moment.state.tables.early_fraud_warnings.set(warning.id, warning);
  moment.emit('radar.early_fraud_warning.created', warning);
  return warning;
}

function disputesOf(state: State, charge: string): Stripe.Dispute[] {
  return [...state.tables.disputes.values()].filter((row) => idOf(row.charge) === charge);
}

function closed(status: string): boolean {
  return ['won', 'lost', 'warning_closed', 'prevented'].includes(status);
}

function update({ moment, id, params }: Call): Stripe.Dispute {
  const dispute = find(moment.state, 'disputes', id);
  const given = params as Stripe.DisputeUpdateParams;
  if (closed(dispute.status) && (given.evidence || given.submit)) {
    throw invalid('This dispute is already closed.', undefined, 'evidence');
  }
  const before = structuredClone(dispute);
  const appeals = dispute.status.startsWith('appeal_');
  if (given.evidence) checkEvidence(given.evidence, appeals);
  dispute.metadata = mergeMetadata(dispute.metadata, given.metadata);
  if (given.evidence) {
    dispute.evidence = { ...dispute.evidence, ...given.evidence } as Stripe.Dispute.Evidence;
    dispute.evidence_details.has_evidence = true;
    // Without `submit: false` Stripe hands the evidence to the bank at once.
    if (given.submit !== false) {
      dispute.evidence_details.submission_count++;
      dispute.evidence_details.submission_method = 'manual';
      dispute.status = appeals
        ? 'appeal_under_review'
        : dispute.status.startsWith('warning_')
        ? 'warning_under_review'
        : 'under_review';
    }
  }
  moment.emit('charge.dispute.updated', dispute, before);
  const verdict = given.submit === false ? undefined : given.evidence?.uncategorized_text;
  if (verdict === 'winning_evidence') closeDispute(moment, dispute, 'won');
  if (verdict === 'losing_evidence') closeDispute(moment, dispute, 'lost');
  return dispute;
}

/** In an appeal only its own evidence is taken, and nowhere else. */
function checkEvidence(given: Stripe.DisputeUpdateParams.Evidence, appeals: boolean): void {
  const wrong = Object.keys(given).find((name) => (name === 'appeal') !== appeals);
  if (wrong === undefined) return;
  throw invalid(
    appeals
      ? 'Only `appeal` evidence can be submitted while a dispute is being appealed.'
      : 'Appeal evidence can only be submitted for a dispute whose status is appeal_needs_response.',
    undefined,
    `evidence[${wrong}]`,
  );
}

/** Refuses to refund a charge whose money a bank has taken. */
export function refuseDisputed(state: State, charge: Stripe.Charge): void {
  if (!charge.disputed || !blocksRefund(state, charge.id)) return;
  throw new StripeFailure(400, {
    type: 'invalid_request_error',
    code: 'charge_disputed',
    message: `Charge ${charge.id} has been charged back; cannot issue a refund.`,
  });
}

export const disputeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/disputes/:id',
    parameters: { file, name: 'DisputeRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'disputes', id),
  },
  {
    method: 'POST',
    path: '/v1/disputes/:id',
    parameters: { file, name: 'DisputeUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v1/disputes/:id/close',
    parameters: { file, name: 'DisputeCloseParams' },
    handle: ({ moment, id }) => {
      const dispute = find(moment.state, 'disputes', id);
      closeDispute(moment, dispute, 'lost');
      return dispute;
    },
  },
  {
    method: 'GET',
    path: '/v1/disputes',
    parameters: { file, name: 'DisputeListParams' },
    handle: ({ moment, params, url }) => {
      const given = params as Stripe.DisputeListParams;
      return page(url, about(moment.state.tables.disputes.values(), given), params);
    },
  },
  {
    method: 'GET',
    path: '/v1/radar/early_fraud_warnings/:id',
    parameters: {
      file: 'resources/Radar/EarlyFraudWarnings',
      name: 'Radar.EarlyFraudWarningRetrieveParams',
    },
    handle: ({ moment, id }) => find(moment.state, 'early_fraud_warnings', id),
  },
  {
    method: 'GET',
    path: '/v1/radar/early_fraud_warnings',
    parameters: {
      file: 'resources/Radar/EarlyFraudWarnings',
      name: 'Radar.EarlyFraudWarningListParams',
    },
    handle: ({ moment, params, url }) => {
      const given = params as Stripe.Radar.EarlyFraudWarningListParams;
      return page(url, about(moment.state.tables.early_fraud_warnings.values(), given), params);
    },
  },
];

function about<T extends Stripe.Dispute | Stripe.Radar.EarlyFraudWarning>(
  rows: Iterable<T>,
  given: { charge?: string; payment_intent?: string },
): T[] {
  return [...rows].filter((row) =>
    (given.charge === undefined || idOf(row.charge) === given.charge) &&
    (given.payment_intent === undefined || idOf(row.payment_intent) === given.payment_intent)
  );
}
