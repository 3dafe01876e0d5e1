import {
  applyFee,
  applyLosses,
  applyReversals,
  applyTransfer,
  ourIntent,
} from '../_shared/apply-stripe-objects.ts';
import { refetchSetup } from '../_shared/intents.ts';
import { type CommandHandler, Impossible, required } from './command.ts';

/**
 * Looks at everything that Stripe has about a payment and has it applied, as if every event had come:
 * what was lost on the way is mended, what is known changes nothing.
 */
export const reconcile: CommandHandler = async (command, ports) => {
  const { stripe, database } = ports;
  if (command.stripe_intent_id === null) {
    await refetchSetup(required(command.stripe_setup_intent_id, 'stripe_setup_intent_id'), ports);
    return;
  }
  const intent = await ourIntent(command.stripe_intent_id, ports);
  if (intent === undefined) throw new Impossible('the intent is not of this installation');
  if (intent.status !== 'succeeded') return;
  await applyFee(intent, database);
  await applyLosses(intent, ports);
  for await (
    const warning of stripe.radar.earlyFraudWarnings.list({
      payment_intent: intent.id,
      limit: 100,
    })
  ) {
    await database.call('apply_fraud_warning', {
      event_id: null,
      stripe_warning_id: warning.id,
      stripe_intent_id: intent.id,
    });
  }
  const group = `booking_${required(command.booking_id, 'booking_id')}`;
  for await (const made of stripe.transfers.list({ transfer_group: group, limit: 100 })) {
    if (await applyTransfer(made, ports) !== undefined) await applyReversals(made, ports);
  }
};
