import { isOurs, uuidOrNull } from '../_shared/intents.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const refundChanged: EventHandler = async (event, ports) => {
  const refund = await ports.stripe.refunds.retrieve(event.objectId);
  const refundId = uuidOrNull(refund.metadata?.refund_id);
  if (refundId === null || !isOurs(refund.metadata, ports.environment)) {
    return await closeAsForeign(event, ports);
  }
  return await ports.database.applyRefund(event.id, {
    refund_id: refundId,
    stripe_refund_id: refund.id,
    refund_status: refund.status ?? 'pending',
  });
};
