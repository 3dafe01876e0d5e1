import type { Handler } from '../_shared/http.ts';
import { readText } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';
import { chargeChanged, chargeSettled } from './charge.ts';
import { disputeChanged } from './dispute.ts';
import type { EventHandler, WebhookPorts } from './event.ts';
import { fraudSuspected } from './fraud-warning.ts';
import { paymentIntentChanged } from './payment-intent.ts';
import { refundChanged } from './refund.ts';
import { setupIntentChanged } from './setup-intent.ts';
import { verifiedEvent } from './signature.ts';
import { transferChanged, transferReversed } from './transfer.ts';

/** What we listen to. A type that is not here is answered and forgotten. */
export const handlers: Record<string, EventHandler> = {
  'payment_intent.processing': paymentIntentChanged,
  'payment_intent.amount_capturable_updated': paymentIntentChanged,
  'payment_intent.succeeded': paymentIntentChanged,
  'payment_intent.payment_failed': paymentIntentChanged,
  'payment_intent.canceled': paymentIntentChanged,
  'setup_intent.succeeded': setupIntentChanged,
  'setup_intent.setup_failed': setupIntentChanged,
  'setup_intent.canceled': setupIntentChanged,
  'charge.captured': chargeChanged,
  'charge.updated': chargeSettled,
  'charge.expired': chargeChanged,
  'charge.refunded': chargeChanged,
  'refund.created': refundChanged,
  'refund.updated': refundChanged,
  'refund.failed': refundChanged,
  'charge.dispute.created': disputeChanged,
  'charge.dispute.updated': disputeChanged,
  'charge.dispute.funds_withdrawn': disputeChanged,
  'charge.dispute.funds_reinstated': disputeChanged,
  'charge.dispute.closed': disputeChanged,
  'radar.early_fraud_warning.created': fraudSuspected,
  'transfer.created': transferChanged,
  'transfer.updated': transferChanged,
  'transfer.reversed': transferReversed,
};

/** The types of events to choose for the endpoint in Stripe. */
export const eventTypes = Object.keys(handlers);

/**
 * An event of Stripe: verified, stored once, and then only a hint to fetch its object and hand that
 * to the database. Answers 200 when all that is committed, 400 to what Stripe did not sign; any
 * other failure is a 500, and Stripe sends the event again.
 */
export function receiveEvent(ports: WebhookPorts): Handler {
  return async (request, note) => {
    const payload = await readText(request, 1_000_000);
    const signature = request.headers.get('stripe-signature');
    const event = await verifiedEvent(payload, signature, ports);
    note({ event: event.id, type: event.type, object: event.objectId });

    const handler = handlers[event.type];
    if (event.livemode !== ports.live) return ignored('livemode');
    if (event.account !== undefined) return ignored('account');
    if (handler === undefined) return ignored('type');
    try {
      const wasApplied = await ports.database.call('store_stripe_event', {
        event_id: event.id,
        type: event.type,
        object_id: event.objectId,
      });
      const outcome = wasApplied ? 'duplicate' : await handler(event, ports);
      note({ outcome });
      return Response.json({ received: true, outcome });
    } catch (error) {
      throw new Problem('internal_error', 'Not applied; send it again.', { cause: error });
    }

    function ignored(why: string): Response {
      note({ outcome: 'ignored', ignored: why });
      return Response.json({ received: true, outcome: 'ignored' });
    }
  };
}
