import { closeAsForeign, type EventHandler } from './event.ts';
import { paymentIntentChanged } from './payment-intent.ts';

/** A charge says nothing that its intent does not say better. */
export const chargeChanged: EventHandler = async (event, ports) =>
  event.intentId === undefined
    ? await closeAsForeign(event, ports)
    : await paymentIntentChanged({ ...event, objectId: event.intentId }, ports);
