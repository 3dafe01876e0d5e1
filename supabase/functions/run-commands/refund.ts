import Stripe from 'stripe';
import type { Command } from '../_shared/answers.ts';
import { metadataFor } from '../_shared/ours.ts';
import { applyLosses, ourIntent } from '../_shared/apply-stripe-objects.ts';
import { failureOf, makeOnce } from '../_shared/stripe.ts';
import {
  type CommandHandler,
  Impossible,
  keyIsForgotten,
  required,
  type WorkerPorts,
} from './command.ts';

/**
 * Sends money back, once: a refund is known by our id in its metadata. One that no longer fits, for an
 * operator refunded too or a bank took the charge back, is given to the database, which orders again.
 */
export const refund: CommandHandler = async (command, ports) => {
  const refundId = required(command.refund_id, 'refund_id');
  const made = await refundFor(command, refundId, ports);
  if (made === undefined) return;
  await ports.database.call('apply_refund', {
    event_id: null,
    refund_id: refundId,
    stripe_refund_id: made.id,
    refund_status: made.status ?? 'pending',
  });
};

async function refundFor(
  command: Command,
  refundId: string,
  ports: WorkerPorts,
): Promise<Stripe.Refund | undefined> {
  if (await keyIsForgotten(command, ports)) {
    const made = await findRefund(command, refundId, ports);
    if (made !== undefined) return made;
  }
  const find = () => findRefund(command, refundId, ports);
  try {
    return await makeOnce(
      command.idempotency_key,
      (options) => make(command, refundId, options, ports),
      find,
    );
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
    return await find() ?? await refuse(error, command, refundId, ports);
  }
}

/** First what is true at Stripe now, then what can be made of the refund. */
async function refuse(
  error: unknown,
  command: Command,
  refundId: string,
  ports: WorkerPorts,
): Promise<undefined> {
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  const intent = await ourIntent(intentId, ports);
  if (intent !== undefined) {
    const { leftMinor, disputeOpen } = await applyLosses(intent, ports);
    const outcome = await ports.database.call('refuse_refund', {
      refund_id: refundId,
      left_minor: leftMinor,
      dispute_open: disputeOpen,
    });
    if (outcome !== 'refused') return undefined;
  }
  throw new Impossible('Stripe refused the refund', error);
}

function make(
  command: Command,
  refundId: string,
  options: Stripe.RequestOptions,
  ports: WorkerPorts,
) {
  return ports.stripe.refunds.create({
    payment_intent: required(command.stripe_intent_id, 'stripe_intent_id'),
    amount: required(command.amount_minor, 'amount_minor'),
    metadata: metadataFor(ports.environment, {
      booking_id: required(command.booking_id, 'booking_id'),
      payment_id: required(command.payment_id, 'payment_id'),
      refund_id: refundId,
    }),
  }, options);
}

/** The refund that carries our id. Lists, unlike Stripe's search, are never behind. */
async function findRefund(
  command: Command,
  refundId: string,
  { stripe }: WorkerPorts,
): Promise<Stripe.Refund | undefined> {
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  for await (const made of stripe.refunds.list({ payment_intent: intentId, limit: 100 })) {
    if (made.metadata?.refund_id === refundId) return made;
  }
  return undefined;
}
