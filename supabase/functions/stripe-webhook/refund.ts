import { applyRefund, idOf, ourIntent } from '../_shared/outside.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

/** One of ours, or one that an operator made in the dashboard. */
export const refundChanged: EventHandler = async (event, ports) => {
  const refund = await ports.stripe.refunds.retrieve(event.objectId);
  const intent = await ourIntent(idOf(refund.payment_intent), ports);
  return intent === undefined
    ? await closeAsForeign(event, ports)
    : await applyRefund(refund, intent.id, ports, event.id);
};
