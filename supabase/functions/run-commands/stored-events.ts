import type { StoredEvent } from '../_shared/answers.ts';
import { refetchHost } from '../_shared/hosts.ts';
import type { StripePorts } from '../_shared/ours.ts';
import { causeOf, log } from '../_shared/log.ts';
import { idOf } from '../_shared/ours.ts';
import { handlers } from '../stripe-webhook/handler.ts';

const most = 20;

/**
 * Applies what a webhook stored and could not apply, as if Stripe had sent it again: that it does for
 * some days only. Resolves to how many were applied; the others come again in an hour.
 */
export async function applyStoredEvents(ports: StripePorts): Promise<number> {
  const { read, unread } = await ports.database.claim('claim_stripe_events', most);
  for (const { row, problem } of unread) log({ event: String(row.event_id), problem }, 'warn');
  const ended = await Promise.all(read.map((event) => apply(event, ports)));
  return ended.filter(Boolean).length;
}

async function apply(event: StoredEvent, ports: StripePorts): Promise<boolean> {
  const { event_id: id, type, object_id: objectId } = event;
  const close = (outcome: string) =>
    ports.database.call('close_stripe_event', { event_id: id, outcome });
  try {
    if (type.startsWith('v2.core.account')) {
      const status = await refetchHost(objectId, ports, id);
      if (status === undefined) await close('foreign');
      return true;
    }
    const handler = handlers[type];
    // Of a version of the webhook that listened to more.
    if (handler === undefined) await close('ignored');
    else await handler({ id, objectId, intentId: await intentOf(event, ports) }, ports);
    return true;
  } catch (error) {
    log({ event: id, type, object: objectId, problem: causeOf(error) }, 'warn');
    return false;
  }
}

/** An event about a charge came with the intent of that charge, which is not kept. */
async function intentOf(
  { type, object_id: objectId }: StoredEvent,
  { stripe }: StripePorts,
): Promise<string | undefined> {
  if (!/^charge\.\w+$/.test(type)) return undefined;
  return idOf((await stripe.charges.retrieve(objectId)).payment_intent);
}
