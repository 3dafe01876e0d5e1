import { idOf } from '../_shared/intents.ts';
import { ourIntent } from '../_shared/outside.ts';
import { closeAsForeign, closeAsReleased, type EventHandler } from './event.ts';

export const fraudSuspected: EventHandler = async (event, ports) => {
  const warning = await ports.stripe.radar.earlyFraudWarnings.retrieve(event.objectId);
  const intent = await ourIntent(idOf(warning.payment_intent), ports);
  if (intent === undefined) return await closeAsForeign(event, ports);
  if (intent.status === 'canceled') return await closeAsReleased(event, ports);
  return await ports.database.applyFraudWarning(event.id, warning.id, intent.id);
};
