import { applyTransfer } from '../_shared/outside.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const transferChanged: EventHandler = async (event, ports) => {
  const transfer = await ports.stripe.transfers.retrieve(event.objectId);
  return await applyTransfer(transfer, ports, event.id) ?? await closeAsForeign(event, ports);
};
