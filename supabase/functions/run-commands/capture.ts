import { settleIntent } from '../_shared/intents.ts';
import { type CommandHandler, Impossible, keyOfAttempt, required } from './command.ts';

/** Takes the money that was authorised; fine when that happened before, over when its time is. */
export const capture: CommandHandler = async (command, ports) => {
  const intentId = required(command.stripe_intent_id, 'stripe_intent_id');
  const { intent, refusal } = await settleIntent(
    intentId,
    () => ports.stripe.paymentIntents.capture(intentId, {}, keyOfAttempt(command)),
    ports,
  );
  if (intent.status === 'succeeded') return;
  throw new Impossible(`the intent is ${intent.status}`, refusal);
};
