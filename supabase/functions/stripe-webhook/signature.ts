import { z } from 'zod';
import { parseJson } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';
import { isFromTheFuture, tolerance } from '../_shared/signature.ts';
import type { StripeEvent, WebhookPorts } from './event.ts';

const snapshot = z.object({
  id: z.string().min(1).max(255),
  object: z.literal('event'),
  type: z.string().min(1).max(255),
  livemode: z.boolean(),
  account: z.string().optional(),
  data: z.object({
    object: z.looseObject({
      id: z.string().optional(),
      payment_intent: z.unknown().optional(),
    }),
  }),
});

/**
 * The event in a request that Stripe signed with one of our secrets, at most 300 s ago or ahead.
 * Throws `invalid_signature`, `thin_event` or `invalid_body`.
 */
export async function verifiedEvent(
  payload: string,
  signature: string | null,
  { stripe, secrets }: Pick<WebhookPorts, 'stripe' | 'secrets'>,
): Promise<StripeEvent> {
  if (secrets.length === 0) {
    throw new Problem('invalid_signature', 'STRIPE_WEBHOOK_SECRET is not set.');
  }
  let isSigned = false;
  for (const secret of secrets) isSigned ||= await isSignedWith(secret);
  if (!isSigned || isFromTheFuture(signature ?? '')) {
    throw new Problem('invalid_signature');
  }

  const content = parseJson(payload);
  if ((content as { object?: unknown } | null)?.object === 'v2.core.event') {
    throw new Problem('thin_event');
  }
  const { success, data: event } = snapshot.safeParse(content);
  if (!success) throw new Problem('invalid_body', 'The body is not an event.');
  const { id, type, livemode, account, data: { object } } = event;
  const intent = object.payment_intent;
  return {
    id,
    type,
    livemode,
    account,
    objectId: object.id ?? '',
    intentId: typeof intent === 'string' ? intent : undefined,
  };

  /**
   * Only the async version works with the Web Crypto of Deno. Whatever is thrown is a no: a `v1`
   * without a value makes the SDK fail with a TypeError, not with a word about signatures.
   */
  async function isSignedWith(secret: string): Promise<boolean> {
    try {
      return await stripe.webhooks.signature
        ?.verifyHeaderAsync(payload, signature ?? '', secret, tolerance) ===
        true;
    } catch {
      return false;
    }
  }
}
