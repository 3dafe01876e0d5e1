import type { Stripe } from 'stripe';
import { newId } from './ids.ts';
import type { Settings } from './settings.ts';
import type { State, ThinEvent } from './state.ts';

/** The API version that the SDK pins; the only one the fake speaks. */
export const apiVersion = '2026-10-28.endive';

/**
 * One moment at the fake: a request, a deed of control or a tick of the clock. Everything done in it
 * bears the same time, and its events go out together once it is over.
 */
export class Moment {
  state: State;
  settings: Settings;
  /** Unix seconds by Staybase's clock. */
  now: number;
  /** The API request, or null for what Stripe or people at a dashboard do. */
  request: { id: string; idempotencyKey: string | null } | null;
  /** Events raised so far, oldest first. */
  raised: (Stripe.Event | ThinEvent)[] = [];

  constructor(state: State, settings: Settings, now: number, request: Moment['request'] = null) {
    this.state = state;
    this.settings = settings;
    this.now = now;
    this.request = request;
  }

  /**
   * Raises an event with a copy of the object as it is now.
   * @param before the object as it was; what differs becomes `previous_attributes`
   * @param account the connected account it happened on; the platform when absent
   */
  emit(type: Stripe.Event.Type, object: object, before?: object, account?: string): void {
    const copy = structuredClone(object);
    const event = {
      id: newId('evt'),
      object: 'event',
      ...(account ? { account } : {}),
      api_version: apiVersion,
      created: this.now,
      data: {
        object: copy,
        ...(before ? { previous_attributes: differences(before, copy) } : {}),
      },
      livemode: false,
      pending_webhooks: 0,
      request: {
        id: this.request?.id ?? null,
        idempotency_key: this.request?.idempotencyKey ?? null,
      },
      type,
    } as unknown as Stripe.Event;
    this.state.tables.events.set(event.id, event);
    this.raised.push(event);
  }

  /** Raises a v2 event, of which only the head is delivered. */
  emitThin(type: string, about: ThinEvent['related_object'], data?: Record<string, unknown>): void {
    const event: ThinEvent = {
      id: newId('evt_test', 24),
      object: 'v2.core.event',
      type,
      created: new Date(this.now * 1000).toISOString(),
      livemode: false,
      reason: this.request
        ? {
          type: 'request',
          request: {
            id: this.request.id,
            idempotency_key: this.request.idempotencyKey ?? '',
          },
        }
        : null,
      related_object: about,
      ...(data ? { data } : {}),
      pending_webhooks: 0,
    };
    this.state.tables.thin_events.set(event.id, event);
    this.raised.push(event);
  }
}

function differences(before: object, after: object): Record<string, unknown> {
  const earlier = before as Record<string, unknown>;
  const later = after as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys({ ...earlier, ...later })
      .filter((key) => JSON.stringify(earlier[key]) !== JSON.stringify(later[key]))
      .map((key) => [key, earlier[key] ?? null]),
  );
}

/** The id of a reference that is stored as an id, or null. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : reference?.id ?? null;
}
