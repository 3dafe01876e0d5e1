import type Stripe from 'stripe';
import type { Database } from './database.ts';
import { applyIntent } from './intents.ts';
import { idOf, isOurs, type StripePorts } from './ours.ts';
import { uuidOrNull } from './ids.ts';

type Ports = StripePorts;

/**
 * Fetches an intent, with its charge and what the charge settled as, and has it applied; undefined
 * when another application made it. What is applied after it then finds the payment up to date.
 */
export async function ourIntent(
  intentId: string | undefined,
  { stripe, database, environment }: Ports,
): Promise<Stripe.PaymentIntent | undefined> {
  if (intentId === undefined) return undefined;
  const intent = await stripe.paymentIntents.retrieve(intentId, {
    expand: ['latest_charge.balance_transaction'],
  });
  if (!isOurs(intent.metadata, environment)) return undefined;
  await applyIntent(intent, database);
  return intent;
}

/** Has the fee of an intent from `ourIntent` recorded, once Stripe knows it. */
export async function applyFee(
  intent: Stripe.PaymentIntent,
  database: Database,
  eventId: string | null = null,
): Promise<string> {
  const charge = intent.latest_charge;
  const settled = typeof charge === 'object' ? charge?.balance_transaction : undefined;
  if (typeof settled !== 'object' || settled === null) return 'fee_unknown';
  return await database.call('record_stripe_fee', {
    event_id: eventId,
    stripe_intent_id: intent.id,
    fee_minor: settled.fee,
    currency: settled.currency,
  });
}

/** Has a refund of an intent from `ourIntent` applied: one of ours by its id, else as made outside. */
export async function applyRefund(
  refund: Stripe.Refund,
  intentId: string,
  { database, environment }: Ports,
  eventId: string | null = null,
): Promise<string> {
  const refundId = uuidOrNull(refund.metadata?.refund_id);
  const status = refund.status ?? 'pending';
  return refundId !== null && isOurs(refund.metadata, environment)
    ? await database.call('apply_refund', {
      event_id: eventId,
      refund_id: refundId,
      stripe_refund_id: refund.id,
      refund_status: status,
    })
    : await database.call('import_refund', {
      event_id: eventId,
      stripe_refund_id: refund.id,
      stripe_intent_id: intentId,
      amount_minor: refund.amount,
      refund_status: status,
    });
}

/**
 * Fetches a dispute and has it applied, by its intent from `ourIntent`; resolves to the database's word
 * for it, undefined when it is of another application, and to what Stripe says.
 */
export async function refetchDispute(
  disputeId: string,
  ports: Ports,
  eventId: string | null = null,
): Promise<{ outcome: string | undefined; status: Stripe.Dispute.Status }> {
  const askedAt = await ports.database.now();
  const dispute = await ports.stripe.disputes.retrieve(disputeId);
  const intent = await ourIntent(idOf(dispute.payment_intent), ports);
  if (intent === undefined) return { outcome: undefined, status: dispute.status };
  const total = (of: (movement: Stripe.BalanceTransaction) => number) =>
    dispute.balance_transactions.reduce((sum, movement) => sum + of(movement), 0);
  const outcome = await ports.database.call('apply_dispute', {
    event_id: eventId,
    stripe_dispute_id: dispute.id,
    stripe_intent_id: intent.id,
    dispute_status: dispute.status,
    amount_minor: dispute.amount,
    currency: dispute.currency,
    withdrawn_minor: total(({ amount }) => Math.max(0, -amount)),
    reinstated_minor: total(({ amount }) => Math.max(0, amount)),
    fee_minor: total(({ fee }) => Math.max(0, fee)),
    asked_at: askedAt.toISOString(),
  });
  return { outcome, status: dispute.status };
}

const finalStatuses: Stripe.Dispute.Status[] = ['won', 'lost', 'warning_closed', 'prevented'];

/**
 * Whether a bank holds the money and has not decided: with every status that ends nothing, also with one
 * that Stripe adds later. An inquiry takes no money.
 */
export const isUndecided = (status: Stripe.Dispute.Status) =>
  !finalStatuses.includes(status) && !status.startsWith('warning_');

/** Has a transfer applied; undefined when it is none of ours. */
export async function applyTransfer(
  transfer: Stripe.Transfer,
  { database, environment }: Ports,
  eventId: string | null = null,
): Promise<string | undefined> {
  const payoutId = uuidOrNull(transfer.metadata?.payout_id);
  if (payoutId === null || !isOurs(transfer.metadata, environment)) return undefined;
  return await database.call('apply_transfer', {
    event_id: eventId,
    payout_id: payoutId,
    stripe_transfer_id: transfer.id,
    amount_minor: transfer.amount,
    currency: transfer.currency,
  });
}

/** Has the reversals of a transfer from `applyTransfer` applied: ours by their id, else as made outside. */
export async function applyReversals(
  transfer: Stripe.Transfer,
  { stripe, database, environment }: Ports,
): Promise<void> {
  const payoutId = uuidOrNull(transfer.metadata?.payout_id);
  if (payoutId === null || transfer.amount_reversed === 0) return;
  for await (const reversal of stripe.transfers.listReversals(transfer.id, { limit: 100 })) {
    const reversalId = uuidOrNull(reversal.metadata?.reversal_id);
    const facts = { stripe_reversal_id: reversal.id, amount_minor: reversal.amount };
    if (reversalId !== null && isOurs(reversal.metadata, environment)) {
      await database.call('apply_reversal', { reversal_id: reversalId, ...facts });
    } else await database.call('import_reversal', { payout_id: payoutId, ...facts });
  }
}

/**
 * Has all disputes and refunds of an intent from `ourIntent` applied; resolves to what Stripe has left
 * to refund of it, in minor units, and whether a bank is still deciding.
 */
export async function applyLosses(
  intent: Stripe.PaymentIntent,
  ports: Ports,
): Promise<{ leftMinor: number; disputeOpen: boolean }> {
  const of = { payment_intent: intent.id, limit: 100 };
  const statuses: Stripe.Dispute.Status[] = [];
  for await (const { id } of ports.stripe.disputes.list(of)) {
    statuses.push((await refetchDispute(id, ports)).status);
  }
  for await (const refund of ports.stripe.refunds.list(of)) {
    await applyRefund(refund, intent.id, ports);
  }
  const charge = intent.latest_charge;
  const left = typeof charge === 'object' && charge !== null
    ? charge.amount_captured - charge.amount_refunded
    : 0;
  const disputeOpen = statuses.some(isUndecided);
  // Of a charge that a bank took back Stripe refunds nothing any more.
  return { leftMinor: disputeOpen || statuses.includes('lost') ? 0 : left, disputeOpen };
}
