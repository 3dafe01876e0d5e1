import type { StripePorts } from '../_shared/ours.ts';

/** What we read of a verified event: a pointer to an object, never the object itself. */
export interface StripeEvent {
  id: string;
  type: string;
  livemode: boolean;
  /** Set for events of a connected account. */
  account?: string | undefined;
  objectId: string;
  /** The intent that a charge belongs to. */
  intentId?: string | undefined;
}

export interface WebhookPorts extends StripePorts {
  /** Whether our key is a live one. */
  live: boolean;
  /** Signing secrets; two while one is being rotated. */
  secrets: string[];
}

/** What a handler looks at of an event. */
export type Pointer = Pick<StripeEvent, 'id' | 'objectId' | 'intentId'>;

/** Fetches the event's object, has it applied together with the event, and tells what that did. */
export type EventHandler = (event: Pointer, ports: StripePorts) => Promise<string>;

/** For an object that another application in the same account made: seen, and that is all. */
export async function closeAsForeign(event: Pointer, { database }: StripePorts) {
  await database.call('close_stripe_event', {
    event_id: event.id,
    outcome: 'foreign',
  });
  return 'foreign';
}

/**
 * For what is said of an authorisation that was let go: it took no money. Letting it go makes a refund
 * at Stripe too, one that moves nothing.
 */
export async function closeAsReleased(event: Pointer, { database }: StripePorts) {
  await database.call('close_stripe_event', {
    event_id: event.id,
    outcome: 'released',
  });
  return 'released';
}
