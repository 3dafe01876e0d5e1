import type Stripe from 'stripe';
import type { Database } from './database.ts';
import { applyIntent, type IntentPorts, isOurs, uuidOrNull } from './intents.ts';

type Ports = IntentPorts;

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
  return await database.recordStripeFee(eventId, {
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
    ? await database.applyRefund(eventId, {
      refund_id: refundId,
      stripe_refund_id: refund.id,
      refund_status: status,
    })
    : await database.importRefund(eventId, {
      stripe_refund_id: refund.id,
      stripe_intent_id: intentId,
      amount_minor: refund.amount,
      refund_status: status,
    });
}

/** Has a dispute of an intent from `ourIntent` applied. */
export async function applyDispute(
  dispute: Stripe.Dispute,
  intentId: string,
  database: Database,
  eventId: string | null = null,
): Promise<string> {
  const total = (of: (movement: Stripe.BalanceTransaction) => number) =>
    dispute.balance_transactions.reduce((sum, movement) => sum + of(movement), 0);
  return await database.applyDispute(eventId, {
    stripe_dispute_id: dispute.id,
    stripe_intent_id: intentId,
    dispute_status: dispute.status,
    amount_minor: dispute.amount,
    currency: dispute.currency,
    withdrawn_minor: total(({ amount }) => Math.max(0, -amount)),
    reinstated_minor: total(({ amount }) => Math.max(0, amount)),
    fee_minor: total(({ fee }) => Math.max(0, fee)),
  });
}

/** Has a transfer applied; undefined when it is none of ours. */
export async function applyTransfer(
  transfer: Stripe.Transfer,
  { database, environment }: Ports,
  eventId: string | null = null,
): Promise<string | undefined> {
  const payoutId = uuidOrNull(transfer.metadata?.payout_id);
  if (payoutId === null || !isOurs(transfer.metadata, environment)) return undefined;
  return await database.applyTransfer(eventId, {
    payout_id: payoutId,
    stripe_transfer_id: transfer.id,
    amount_minor: transfer.amount,
    currency: transfer.currency,
  });
}
