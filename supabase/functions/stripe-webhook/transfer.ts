import { applyReversals, applyTransfer } from '../_shared/apply-stripe-objects.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const transferChanged: EventHandler = async (event, ports) => {
  const transfer = await ports.stripe.transfers.retrieve(event.objectId);
  return await applyTransfer(transfer, ports, event.id) ?? await closeAsForeign(event, ports);
};

/** Reversed by us, or by an operator in the dashboard. */
export const transferReversed: EventHandler = async (event, ports) => {
  const transfer = await ports.stripe.transfers.retrieve(event.objectId);
  if (await applyTransfer(transfer, ports) === undefined) return await closeAsForeign(event, ports);
  await applyReversals(transfer, ports);
  await ports.database.call('close_stripe_event', {
    event_id: event.id,
    outcome: 'reversals_applied',
  });
  return 'reversals_applied';
};
