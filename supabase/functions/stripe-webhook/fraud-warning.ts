import { idOf, ourIntent } from '../_shared/outside.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const fraudSuspected: EventHandler = async (event, ports) => {
  const warning = await ports.stripe.radar.earlyFraudWarnings.retrieve(event.objectId);
  const intent = await ourIntent(idOf(warning.payment_intent), ports);
  return intent === undefined
    ? await closeAsForeign(event, ports)
    : await ports.database.applyFraudWarning(event.id, warning.id, intent.id);
};
