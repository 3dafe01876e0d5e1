import { idOf } from '../_shared/intents.ts';
import { applyDispute, ourIntent } from '../_shared/outside.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const disputeChanged: EventHandler = async (event, ports) => {
  const dispute = await ports.stripe.disputes.retrieve(event.objectId);
  const intent = await ourIntent(idOf(dispute.payment_intent), ports);
  return intent === undefined
    ? await closeAsForeign(event, ports)
    : await applyDispute(dispute, intent.id, ports.database, event.id);
};
