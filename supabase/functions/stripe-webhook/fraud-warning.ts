import { idOf } from '../_shared/ours.ts';
import { ourIntent } from '../_shared/apply-stripe-objects.ts';
import { closeAsForeign, closeAsReleased, type EventHandler } from './event.ts';

export const fraudSuspected: EventHandler = async (event, ports) => {
  const warning = await ports.stripe.radar.earlyFraudWarnings.retrieve(event.objectId);
  const intent = await ourIntent(idOf(warning.payment_intent), ports);
  if (intent === undefined) return await closeAsForeign(event, ports);
  if (intent.status === 'canceled') return await closeAsReleased(event, ports);
  return await ports.database.call('apply_fraud_warning', {
    event_id: event.id,
    stripe_warning_id: warning.id,
    stripe_intent_id: intent.id,
  });
};
