import { refetchDispute } from '../_shared/apply-stripe-objects.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const disputeChanged: EventHandler = async (event, ports) =>
  (await refetchDispute(event.objectId, ports, event.id)).outcome ??
    await closeAsForeign(event, ports);
