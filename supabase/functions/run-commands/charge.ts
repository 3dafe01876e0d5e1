import Stripe from 'stripe';
import { settleIntent } from '../_shared/intents.ts';
import { idOf } from '../_shared/ours.ts';
import { isMissing } from '../_shared/stripe.ts';
import { type CommandHandler, keyOfAttempt, required, type WorkerPorts } from './command.ts';

/**
 * Takes a later charge from the card that was saved for it. What the card refuses is not retried
 * here: the database says when, and tells the guest.
 */
export const charge: CommandHandler = async (command, ports) => {
  const paymentId = required(command.payment_id, 'payment_id');
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  const card = command.stripe_payment_method_id;
  const refuse = (reason: string) =>
    ports.database.call('refuse_charge', { payment_id: paymentId, reason });
  if (card === null) return await refuse('no_card');
  const { intent, refusal } = await settleIntent(
    intentId,
    () =>
      ports.stripe.paymentIntents.confirm(
        intentId,
        { payment_method: card, off_session: true },
        keyOfAttempt(command),
      ),
    ports,
  );
  if (['succeeded', 'processing', 'canceled'].includes(intent.status)) return;
  // Refused, or in the guest's own hands: they began to authenticate and may never come back.
  const isCardGone = refusal !== undefined && !(refusal instanceof Stripe.errors.StripeCardError) &&
    !await isAttached(card, command.stripe_customer_id, ports);
  await refuse(isCardGone ? 'no_card' : intent.last_payment_error?.code ?? 'card_declined');
};

/**
 * Whether a card is still one of its customer's. What Stripe says of one that was detached has no code
 * of its own.
 */
async function isAttached(
  card: string,
  customer: string | null,
  { stripe }: Pick<WorkerPorts, 'stripe'>,
): Promise<boolean> {
  try {
    return idOf((await stripe.paymentMethods.retrieve(card)).customer) === customer;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
