import { settleIntent } from '../_shared/intents.ts';
import { isMissing } from '../_shared/stripe.ts';
import { type CommandHandler, keyOfAttempt, required } from './command.ts';

/**
 * Takes a later charge from the card that was saved for it. What the card refuses is not retried
 * here: the database says when, and tells the guest.
 */
export const charge: CommandHandler = async (command, ports) => {
  const paymentId = required(command.payment_id, 'payment_id');
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  const card = command.stripe_payment_method_id;
  if (card === null) return await ports.database.refuseCharge(paymentId, 'no_card');
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
  await ports.database.refuseCharge(
    paymentId,
    isMissing(refusal) ? 'no_card' : intent.last_payment_error?.code ?? 'card_declined',
  );
};
