import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { expect, onTestFinished } from 'vitest';
import {
  type FakeStripe,
  startFakeStripe,
  type WebhookEndpoint,
} from '../../local/stripe/server.ts';

export const secretKey = 'sk_test_staybase';
export const webhookSecret = 'whsec_staybase';

export interface World {
  fake: FakeStripe;
  control: FakeStripe['control'];
  stripe: Stripe;
  clock: { now: number; advance(seconds: number): void };
  mailbox: Mailbox;
}

/** A fake with a clock in hand, one receiver of webhooks and the real SDK pointed at it. */
export async function world(
  options: {
    dataFile?: string;
    mailbox?: Mailbox;
    secret?: string | string[];
    now?: () => Promise<Date>;
    /** Where else events go. */
    webhooks?: WebhookEndpoint[];
  } = {},
): Promise<World> {
  const mailbox = options.mailbox ?? await receive();
  const clock = {
    now: Date.parse('2027-03-01T12:00:00Z'),
    advance(seconds: number) {
      this.now += seconds * 1000;
    },
  };
  const endpoint: WebhookEndpoint = { url: mailbox.url, secret: options.secret ?? webhookSecret };
  const fake = await startFakeStripe({
    port: 0,
    secretKey,
    webhooks: [endpoint, ...options.webhooks ?? []],
    now: options.now ?? (() => Promise.resolve(new Date(clock.now))),
    ...(options.dataFile ? { dataFile: options.dataFile } : {}),
  });
  onTestFinished(() => fake.stop());
  return { fake, control: fake.control, stripe: client(fake), clock, mailbox };
}

/** The real SDK, without retries of its own. */
export function client(fake: FakeStripe, key = secretKey): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port: fake.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

export interface Mail {
  body: string;
  signature: string;
  event: Stripe.Event;
}

export interface Mailbox {
  url: string;
  received: Mail[];
  /** Answers the next requests with these statuses, then 200. */
  answers: number[];
  types(): string[];
}

/** A receiver of webhooks that keeps what it gets. */
export async function receive(): Promise<Mailbox> {
  const box: Mailbox = {
    url: '',
    received: [],
    answers: [],
    types: () => box.received.map(({ event }) => event.type),
  };
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const signature = String(request.headers['stripe-signature']);
    box.received.push({ body, signature, event: JSON.parse(body) });
    response.writeHead(box.answers.shift() ?? 200).end('seen');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  box.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
  return box;
}

/** What Stripe refuses with. */
export type Refusal = InstanceType<typeof Stripe.errors.StripeError>;

/** The error with which a call is refused; fails when it is not. */
export async function refused(call: Promise<unknown>): Promise<Refusal> {
  const outcome = await call.then((value) => ({ value }), (error: unknown) => ({ error }));
  expect(outcome, 'the call was to be refused').toHaveProperty('error');
  const { error } = outcome as { error: unknown };
  expect(error).toBeInstanceOf(Stripe.errors.StripeError);
  return error as Refusal;
}

/** An intent over 100 dollars for a booking. */
export function intentFor(
  stripe: Stripe,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    automatic_payment_methods: { enabled: true },
    metadata: { booking_id: 'b1' },
    transfer_group: 'booking_b1',
    ...more,
  });
}

/** The charge behind an intent. */
export async function chargeOf(stripe: Stripe, intent: string): Promise<Stripe.Charge> {
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent, {
    expand: ['latest_charge'],
  });
  return charge as Stripe.Charge;
}
