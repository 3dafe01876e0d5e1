import { createHmac } from 'node:crypto';
import type { Stripe } from 'stripe';
import { newId } from './ids.ts';
import type { Settings } from './settings.ts';
import type { Delivery, State, ThinEvent } from './state.ts';

/** Where events go. */
export interface WebhookEndpoint {
  url: string;
  /** Several while a secret is being rotated: Stripe then signs with each of them. */
  secret: string | string[];
  /** Only these types; all when absent. */
  events?: string[];
  /** `thin` gets the v2 events and nothing else; `snapshot` is usual. */
  payload?: 'snapshot' | 'thin';
  /** Of `snapshot` events: those of connected accounts instead of the platform's own. */
  connect?: boolean;
}

/** What may go wrong on the way; shares are between 0 and 1. */
export interface Weather {
  /** Share of deliveries that are lost for good. */
  drop: number;
  /** Share of deliveries that arrive twice. */
  duplicate: number;
  /** Deliver in random order. */
  shuffle: boolean;
  /** Milliseconds before each delivery. */
  delayMs: number;
}

export interface DeliverAll {
  shuffle?: boolean;
  /** `true` delivers each twice; a number is a share. */
  duplicate?: boolean | number;
  /** `true` drops all; a number is a share. */
  drop?: boolean | number;
  /** Makes shuffle, duplicate and drop repeatable. */
  seed?: number;
  /** How often a refused delivery is tried again at once. The rest stays held. */
  retries?: number;
  /** Only events like these; the others stay held. In process only. */
  which?: (event: Stripe.Event | ThinEvent) => boolean;
}

export interface Delivered {
  delivered: number;
  failed: number;
  dropped: number;
}

/**
 * The value of `Stripe-Signature`: `t=...,v1=...`, one v1 for each secret.
 * @param timestamp unix seconds
 */
export function signatureHeader(payload: string, secrets: string[], timestamp: number): string {
  const signatures = secrets.map((secret) =>
    `v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`
  );
  return [`t=${timestamp}`, ...signatures].join(',');
}

const calm: Weather = { drop: 0, duplicate: 0, shuffle: false, delayMs: 0 };

/**
 * Delivers events to their endpoints, oldest first and one at a time, again and again until one is
 * answered with 2xx. Signatures carry the wall clock, as receivers compare them with their own.
 */
export class Webhooks {
  endpoints: WebhookEndpoint[];
  #state: State;
  #settings: Settings;
  #queue: Delivery[] = [];
  #paused = false;
  #pumping: Promise<void> | undefined;
  #weather: Weather = calm;
  #random = randomFrom(1);
  #timers = new Set<NodeJS.Timeout>();
  #stopping = new AbortController();

  constructor(endpoints: WebhookEndpoint[], state: State, settings: Settings) {
    this.endpoints = endpoints;
    this.#state = state;
    this.#settings = settings;
    this.#queue = [...state.deliveries.values()].filter(({ status }) => status === 'pending');
    this.#pump();
  }

  /** Sends events on their way. */
  release(events: (Stripe.Event | ThinEvent)[]): void {
    for (const event of events) {
      for (const endpoint of this.endpoints) {
        const { url } = endpoint;
        if (!wants(endpoint, event)) continue;
        this.#add(event.id, url);
        if (this.#random() < this.#weather.duplicate) this.#add(event.id, url);
      }
    }
    this.#pump();
  }

  /** Sends one event once more to every endpoint, as the dashboard's button does. */
  resend(eventId: string): void {
    const event = this.#event(eventId);
    if (!event) return;
    for (const endpoint of this.endpoints) {
      if (wants(endpoint, event)) this.#add(eventId, endpoint.url);
    }
    this.#pump();
  }

  /** Holds all deliveries until `resume` or `deliverAll`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Switches faults of the network on; what is not named is off. */
  setWeather(weather: Partial<Weather> & { seed?: number }): void {
    const { seed, ...rest } = weather;
    this.#weather = { ...calm, ...rest };
    if (seed !== undefined) this.#random = randomFrom(seed);
  }

  /** Events waiting to be delivered, oldest first. */
  held(): Delivery[] {
    return [...this.#queue];
  }

  /**
   * Delivers all that is held, and what comes of it, until nothing is left; then holds again if it
   * did before. What an endpoint refuses stays held.
   */
  async deliverAll(options: DeliverAll = {}): Promise<Delivered> {
    const wasPaused = this.#paused;
    this.#paused = true;
    await this.#pumping;
    const random = options.seed === undefined ? this.#random : randomFrom(options.seed);
    const share = (value: boolean | number | undefined) => random() < Number(value ?? 0);
    const result: Delivered = { delivered: 0, failed: 0, dropped: 0 };
    const refused: Delivery[] = [];
    for (let batch = this.#take(options); batch.length > 0; batch = this.#take(options)) {
      for (const delivery of [...batch]) {
        if (share(options.drop)) {
          this.#drop(delivery);
          batch.splice(batch.indexOf(delivery), 1);
          result.dropped++;
        } else if (share(options.duplicate)) batch.push({ ...delivery });
      }
      if (options.shuffle) shuffle(batch, random);
      for (const delivery of batch) {
        let done = await this.#attempt(delivery);
        for (let i = 0; !done && i < (options.retries ?? 0); i++) {
          done = await this.#attempt(delivery);
        }
        if (done) result.delivered++;
        else {
          result.failed++;
          refused.push(delivery);
        }
      }
    }
    this.#queue.push(...refused);
    this.#paused = wasPaused;
    this.#pump();
    return result;
  }

  #take({ which = () => true }: DeliverAll): Delivery[] {
    const { taken = [], left = [] } = Object.groupBy(
      this.#queue,
      ({ event: id }) => {
        const event = this.#event(id);
        return event === undefined || which(event) ? 'taken' : 'left';
      },
    );
    this.#queue = left;
    return taken;
  }

  /** Waits until every delivery under way was tried; refused ones wait for their next attempt. */
  async settled(): Promise<void> {
    while (this.#pumping) await this.#pumping;
  }

  async stop(): Promise<void> {
    this.#paused = true;
    this.#stopping.abort(new Error('the fake Stripe stopped'));
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#pumping;
  }

  #add(event: string, url: string): void {
    const delivery: Delivery = {
      id: newId('whd', 14),
      event,
      url,
      attempts: 0,
      status: 'pending',
      answer: null,
    };
    this.#state.deliveries.set(delivery.id, delivery);
    const raised = this.#event(event);
    if (raised) raised.pending_webhooks++;
    if (this.#random() < this.#weather.drop) this.#drop(delivery);
    else if (this.#weather.delayMs > 0) this.#later(delivery, this.#weather.delayMs);
    else this.#queue.push(delivery);
  }

  #later(delivery: Delivery, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(delivery);
      this.#pump();
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
  }

  #pump(): void {
    if (this.#paused || this.#pumping || this.#queue.length === 0) return;
    this.#pumping = this.#run().finally(() => {
      this.#pumping = undefined;
      this.#pump();
    });
  }

  async #run(): Promise<void> {
    while (!this.#paused && this.#queue.length > 0) {
      const at = this.#weather.shuffle ? Math.floor(this.#random() * this.#queue.length) : 0;
      const [delivery] = this.#queue.splice(at, 1);
      if (!delivery || await this.#attempt(delivery)) continue;
      // What was cut off stays pending for the next start.
      if (this.#stopping.signal.aborted) continue;
      const wait = this.#settings.webhookRetryMs[delivery.attempts - 1];
      if (wait === undefined) this.#finish(delivery, 'failed');
      else this.#later(delivery, wait);
    }
  }

  async #attempt(delivery: Delivery): Promise<boolean> {
    const event = this.#event(delivery.event);
    const endpoint = this.endpoints.find(({ url }) => url === delivery.url);
    if (!event || !endpoint) {
      this.#drop(delivery);
      return true;
    }
    const payload = JSON.stringify(headOf(event), null, 2);
    const secrets = [endpoint.secret].flat();
    delivery.attempts++;
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signatureHeader(payload, secrets, Math.floor(Date.now() / 1000)),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([
          this.#stopping.signal,
          AbortSignal.timeout(this.#settings.webhookTimeoutMs),
        ]),
      });
      const text = await response.text();
      delivery.answer = `${response.status} ${text.slice(0, 200)}`.trim();
      if (response.ok) this.#finish(delivery, 'delivered');
      else this.#state.changed();
      return response.ok;
    } catch (error) {
      delivery.answer = error instanceof Error ? error.message : String(error);
      this.#state.changed();
      return false;
    }
  }

  #event(id: string): Stripe.Event | ThinEvent | undefined {
    const { events, thin_events: thin } = this.#state.tables;
    return events.get(id) ?? thin.get(id);
  }

  #drop(delivery: Delivery): void {
    this.#finish(delivery, 'dropped');
  }

  #finish(delivery: Delivery, status: Delivery['status']): void {
    const known = this.#state.deliveries.get(delivery.id);
    const event = this.#event(delivery.event);
    if (event && known?.status === 'pending') event.pending_webhooks--;
    delivery.status = status;
    if (known) Object.assign(known, delivery);
    this.#state.changed();
  }
}

function wants(endpoint: WebhookEndpoint, event: Stripe.Event | ThinEvent): boolean {
  const { events: wanted, payload = 'snapshot', connect = false } = endpoint;
  if ((payload === 'thin') !== (event.object === 'v2.core.event')) return false;
  if (event.object === 'event' && connect !== (event.account !== undefined)) return false;
  return !wanted || wanted.includes('*') || wanted.includes(event.type);
}

function headOf(event: Stripe.Event | ThinEvent): object {
  if (event.object === 'event') return event;
  const { data: _data, pending_webhooks: _pending, ...head } = event;
  return head;
}

/** A repeatable stream of numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [items[i] as T, items[j] as T];
    items[i] = b;
    items[j] = a;
  }
}
