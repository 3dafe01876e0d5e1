import { idOf } from '../_shared/ours.ts';
import { applyRefund, ourIntent } from '../_shared/apply-stripe-objects.ts';
import { closeAsForeign, closeAsReleased, type EventHandler } from './event.ts';

/** One of ours, or one that an operator made in the dashboard. */
export const refundChanged: EventHandler = async (event, ports) => {
  const refund = await ports.stripe.refunds.retrieve(event.objectId);
  const intent = await ourIntent(idOf(refund.payment_intent), ports);
  if (intent === undefined) return await closeAsForeign(event, ports);
  if (intent.status === 'canceled') return await closeAsReleased(event, ports);
  return await applyRefund(refund, intent.id, ports, event.id);
};
