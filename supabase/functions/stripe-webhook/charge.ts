import { applyFee, ourIntent } from '../_shared/apply-stripe-objects.ts';
import { closeAsForeign, type EventHandler } from './event.ts';
import { paymentIntentChanged } from './payment-intent.ts';

/** What matters about a charge is in its payment intent, so the intent is fetched and applied. */
export const chargeChanged: EventHandler = async (event, ports) =>
  event.intentId === undefined
    ? await closeAsForeign(event, ports)
    : await paymentIntentChanged({ ...event, objectId: event.intentId }, ports);

/** Stripe's fee is known only some time after the payment: it is fetched with the intent and recorded. */
export const chargeSettled: EventHandler = async (event, ports) => {
  const intent = await ourIntent(event.intentId, ports);
  if (intent === undefined) return await closeAsForeign(event, ports);
  const outcome = await applyFee(intent, ports.database, event.id);
  if (outcome === 'fee_unknown') {
    await ports.database.call('close_stripe_event', {
      event_id: event.id,
      outcome: outcome,
    });
  }
  return outcome;
};
