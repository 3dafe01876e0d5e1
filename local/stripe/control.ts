import type { Stripe } from 'stripe';
import { adopt, type KnownPayment } from './adopt.ts';
import { Deeds } from './deeds.ts';
import type { Fault } from './faults.ts';
import { missing } from './http/errors.ts';
import { findObject, present } from './http/expand.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { balanceOf } from './resources/balance.ts';
import type { Settings } from './settings.ts';
import type { Delivery, TableName, Tables } from './state.ts';
import { type DeliverAll, type Delivered, randomFrom, type Weather } from './webhooks.ts';

/**
 * The hand on the fake: what people do at Stripe, what is seen of it, and what may go wrong. In tests
 * called directly, from elsewhere over HTTP under `/_fake`.
 */
export class Control extends Deeds {
  /** The objects of a table (only those like this), oldest first. */
  list<T extends TableName>(
    table: T,
    which: (row: Tables[T]) => boolean = () => true,
  ): Tables[T][] {
    const rows = [...this.parts.state.tables[table].values()] as Tables[T][];
    return structuredClone(rows.filter(which));
  }

  /** One object by its id, or undefined. */
  get(id: string): object | undefined {
    const found = findObject(this.parts.state, id);
    return found && present(this.parts.state, found);
  }

  /** The platform's balance. */
  balance(): Stripe.Balance {
    return balanceOf(this.parts.state);
  }

  /** Makes payments known here that are known elsewhere; those that are already stay as they are. */
  adopt(payments: KnownPayment[]): void {
    for (const payment of payments) adopt(this.parts.state, this.parts.settings, payment);
  }

  /** Does at once what has become due by the clock. */
  async tick(): Promise<void> {
    this.parts.catchUp(await this.parts.clock());
  }

  /** Changes how the fake behaves. */
  set(settings: Partial<Settings>): Settings {
    return Object.assign(this.parts.settings, settings);
  }

  /** Switches on a fault for requests to come. */
  fail(fault: Fault): void {
    this.parts.faults.add(fault);
  }

  faults(): Fault[] {
    return this.parts.faults.list();
  }

  clearFaults(): void {
    this.parts.faults.clear();
  }

  /** Makes faults and weather repeatable. */
  seed(seed: number): void {
    this.parts.faults.seed(randomFrom(seed));
    this.parts.webhooks.setWeather({ seed });
  }

  /** Requests to the API since the start (the latest 5000), oldest first. */
  requests(filter: Parameters<RequestLog['list']>[0] = {}): LoggedRequest[] {
    return this.parts.log.list(filter);
  }

  clearRequests(): void {
    this.parts.log.clear();
  }

  /** Holds webhook deliveries. */
  pause(): void {
    this.parts.webhooks.pause();
  }

  resume(): void {
    this.parts.webhooks.resume();
  }

  /** What waits to be delivered. */
  held(): Delivery[] {
    return this.parts.webhooks.held();
  }

  /** Delivers what is held, shuffled, doubled or lost as told; resolves when nothing is left. */
  deliverAll(options: DeliverAll = {}): Promise<Delivered> {
    return this.parts.webhooks.deliverAll(options);
  }

  /** Faults on the way of every delivery to come; `{}` switches them off. */
  weather(weather: Partial<Weather> & { seed?: number }): void {
    this.parts.webhooks.setWeather(weather);
  }

  /** Resolves when every delivery was tried (and what it caused, too). */
  async settled(): Promise<void> {
    await new Promise((wake) => setImmediate(wake));
    await this.parts.webhooks.settled();
  }

  /** Sends an event once more. */
  resend(eventId: string): void {
    const { events, thin_events: thin } = this.parts.state.tables;
    if (!events.has(eventId) && !thin.has(eventId)) throw missing('event', eventId, 'event');
    this.parts.webhooks.resend(eventId);
  }

  /** What became of every delivery, oldest first. */
  deliveries(): Delivery[] {
    return structuredClone([...this.parts.state.deliveries.values()]);
  }

  /** Forgets all objects, keys, faults and requests. */
  reset(): void {
    this.parts.state.clear();
    this.parts.faults.clear();
    this.parts.log.clear();
  }
}
