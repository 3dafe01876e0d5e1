import { settleIntent } from '../_shared/intents.ts';
import { type CommandHandler, keyOfAttempt, required } from './command.ts';

/** Lets go of an intent and what it holds. One that succeeded meanwhile is applied: late money. */
export const cancelIntent: CommandHandler = async (command, ports) => {
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  const { intent, refusal } = await settleIntent(
    intentId,
    () => ports.stripe.paymentIntents.cancel(intentId, {}, keyOfAttempt(command)),
    ports,
  );
  if (intent.status === 'canceled' || intent.status === 'succeeded') return;
  // Between two states, such as processing: it will reach one that answers.
  throw refusal ?? new Error(`the intent is ${intent.status}`);
};
