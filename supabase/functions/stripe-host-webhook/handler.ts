import Stripe from 'stripe';
import { refetchHost } from '../_shared/hosts.ts';
import { type Handler, readText } from '../_shared/http.ts';
import type { StripePorts } from '../_shared/ours.ts';
import { Problem } from '../_shared/problem.ts';
import { isFromTheFuture, tolerance } from '../_shared/signature.ts';

export interface HostWebhookPorts extends StripePorts {
  /** Whether our key is a live one. */
  live: boolean;
  /** Signing secrets; two while one is being rotated. */
  secrets: string[];
}

/** What we listen to: whatever may change whether a host can be paid. */
const types = new Set([
  'v2.core.account.created',
  'v2.core.account.updated',
  'v2.core.account.closed',
  'v2.core.account[requirements].updated',
  'v2.core.account[configuration.recipient].updated',
  'v2.core.account[configuration.recipient].capability_status_updated',
]);

/**
 * A thin event about a host's account: verified, stored once, and then only a hint to fetch the
 * account and hand it to the database. Answers as the function stripe-webhook does.
 */
export function receiveNotification(ports: HostWebhookPorts): Handler {
  const { database } = ports;
  return async (request, note) => {
    const payload = await readText(request, 1_000_000);
    const event = await verified(payload, request.headers.get('stripe-signature') ?? '', ports);
    const accountId = accountOf(event);
    note({ event: event.id, type: event.type, object: accountId });

    if (event.livemode !== ports.live) return answer('ignored', 'livemode');
    if (!types.has(event.type) || accountId === undefined) return answer('ignored', 'type');
    try {
      const wasApplied = await database.call('store_stripe_event', {
        event_id: event.id,
        type: event.type,
        object_id: accountId,
      });
      if (wasApplied) return answer('duplicate');
      const status = await refetchHost(accountId, ports, event.id);
      if (status === undefined) {
        await database.call('close_stripe_event', { event_id: event.id, outcome: 'foreign' });
      }
      return answer(status ?? 'foreign');
    } catch (error) {
      throw new Problem('internal_error', 'Not applied; send it again.', { cause: error });
    }

    function answer(outcome: string, ignored?: string): Response {
      note({ outcome, ignored });
      return Response.json({ received: true, outcome });
    }
  };
}

function accountOf(event: Stripe.V2.Core.EventNotification): string | undefined {
  const about = 'related_object' in event ? event.related_object : undefined;
  return about && 'id' in about && typeof about.id === 'string' ? about.id : undefined;
}

/** The notification in a request that Stripe signed with one of our secrets. */
async function verified(
  payload: string,
  signature: string,
  { stripe, secrets }: HostWebhookPorts,
): Promise<Stripe.V2.Core.EventNotification> {
  if (secrets.length === 0) {
    throw new Problem('invalid_signature', 'STRIPE_HOST_WEBHOOK_SECRET is not set.');
  }
  for (const secret of secrets) {
    try {
      const event = await stripe.parseEventNotificationAsync(payload, signature, secret, tolerance);
      if (isFromTheFuture(signature)) break;
      if (typeof event.id !== 'string' || typeof event.type !== 'string') {
        throw new Problem('invalid_body', 'The body is not an event.');
      }
      return event;
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
      // Signed, yet a snapshot event or no event at all.
      throw new Problem('invalid_body', 'The body is not a thin event.');
    }
  }
  throw new Problem('invalid_signature');
}
