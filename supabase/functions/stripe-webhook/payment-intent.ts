import { applyIntent, fetchIntent } from '../_shared/intents.ts';
import { isOurs } from '../_shared/ours.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const paymentIntentChanged: EventHandler = async (event, ports) => {
  const intent = await fetchIntent(event.objectId, ports.stripe);
  return isOurs(intent.metadata, ports.environment)
    ? await applyIntent(intent, ports.database, event.id)
    : await closeAsForeign(event, ports);
};
