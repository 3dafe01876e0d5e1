import { refetchSetup } from '../_shared/intents.ts';
import { failureOf } from '../_shared/stripe.ts';
import { type CommandHandler, keyOfAttempt, required } from './command.ts';

/** Lets go of a card that was about to be saved. One that was saved meanwhile charges nothing. */
export const cancelSetup: CommandHandler = async (command, ports) => {
  const setupId = required(command.stripe_setup_intent_id, 'stripe_setup_intent_id');
  try {
    await ports.stripe.setupIntents.cancel(setupId, {}, keyOfAttempt(command));
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
  }
  await refetchSetup(setupId, ports);
};
