import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { client, intentFor, refused, world } from './support.ts';

const params = {
  amount: 10_000,
  currency: 'usd',
  automatic_payment_methods: { enabled: true },
} satisfies Stripe.PaymentIntentCreateParams;
const key = { idempotencyKey: 'payment-1' };
const path = '/v1/payment_intents';

describe('a fault', () => {
  test('of time before the effect leaves nothing, and the key is free', async () => {
    const { stripe, control } = await world();
    control.fail({ kind: 'timeout_before', path });
    const error = await refused(stripe.paymentIntents.create(params, { ...key, timeout: 100 }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    // On a busy machine the client may have given up before its request was read.
    await expect.poll(() => control.faults()).toEqual([]);
    expect(control.list('payment_intents')).toHaveLength(0);
    expect((await stripe.paymentIntents.create(params, key)).status).toBe(
      'requires_payment_method',
    );
  });

  test('of time after the effect leaves an intent that the same key finds', async () => {
    const { stripe, control } = await world();
    control.fail({ kind: 'timeout_after', path });
    await refused(stripe.paymentIntents.create(params, { ...key, timeout: 100 }));
    await expect.poll(() => control.list('payment_intents')).toHaveLength(1);
    const [made] = control.list('payment_intents');
    expect((await stripe.paymentIntents.create(params, key)).id).toBe(made?.id);
    expect(control.list('payment_intents')).toHaveLength(1);
  });

  test('that breaks the connection is met twice, as the SDK tries once more by itself', async () => {
    const { stripe, control } = await world();
    control.fail({ kind: 'reset_after', path, times: 2 });
    await refused(stripe.paymentIntents.create(params, key));
    expect(control.requests().map(({ fault, replayed }) => [fault, replayed]))
      .toEqual([['reset_after', false], ['reset_after', true]]);
    expect(control.list('payment_intents')).toHaveLength(1);
  });

  test('of 500 stays under its key, with and without the effect', async () => {
    const { stripe, control } = await world();
    control.fail({ kind: 'error_before', path });
    control.fail({ kind: 'error_after', path, skip: 1 });
    for (const name of ['before', 'after']) {
      const create = () => stripe.paymentIntents.create(params, { idempotencyKey: name });
      expect(await refused(create())).toMatchObject({ statusCode: 500, rawType: 'api_error' });
      if (name === 'before') expect(await refused(create())).toMatchObject({ statusCode: 500 });
      expect(control.list('payment_intents')).toHaveLength(name === 'before' ? 0 : 1);
    }
    expect(
      await refused(stripe.paymentIntents.create(params, { idempotencyKey: 'after' })),
    ).toMatchObject({ statusCode: 500 });
    expect(control.list('payment_intents')).toHaveLength(1);
  });

  test.each<['conflict' | 'rate_limit' | 'lock_timeout' | 'unavailable', number, string]>([
    ['conflict', 409, 'idempotency_key_in_use'],
    ['rate_limit', 429, 'rate_limit'],
    ['lock_timeout', 429, 'lock_timeout'],
    ['unavailable', 503, ''],
  ])('%s is not kept', async (kind, statusCode, code) => {
    const { stripe, control } = await world();
    control.fail({ kind, path });
    expect(await refused(stripe.paymentIntents.create(params, key)))
      .toMatchObject({ statusCode, ...(code ? { code } : {}) });
    expect(control.list('payment_intents')).toHaveLength(0);
    expect(await stripe.paymentIntents.create(params, key)).toHaveProperty('id');
  });

  test('that slows the answer lets the webhook come first', async () => {
    const { stripe, control, mailbox } = await world();
    control.fail({ kind: 'slow', path, ms: 200 });
    const answer = intentFor(stripe);
    await expect.poll(() => mailbox.types()).toEqual(['payment_intent.created']);
    const early = mailbox.received[0]!.event.data.object as Stripe.PaymentIntent;
    expect((await answer).id).toBe(early.id);
  });

  test('meets only what it is meant for, as often as told', async () => {
    const { stripe, control } = await world();
    control.fail({
      kind: 'rate_limit',
      method: 'POST',
      path: '/v1/payment_intents/*/cancel',
      skip: 1,
    });
    const [a, b, c] = [await intentFor(stripe), await intentFor(stripe), await intentFor(stripe)];
    expect((await stripe.paymentIntents.cancel(a.id)).status).toBe('canceled');
    expect(await refused(stripe.paymentIntents.cancel(b.id))).toMatchObject({ statusCode: 429 });
    expect((await stripe.paymentIntents.cancel(c.id)).status).toBe('canceled');
    expect(control.faults()).toEqual([]);
  });

  test('is survived by the retries of the SDK', async () => {
    const { fake, control } = await world();
    control.fail({ kind: 'conflict', times: 2 });
    const patient = new Stripe('sk_test_staybase', {
      host: '127.0.0.1',
      port: fake.port,
      protocol: 'http',
      maxNetworkRetries: 2,
    });
    expect(await patient.paymentIntents.create(params)).toHaveProperty('id');
    expect(control.requests().map(({ status }) => status)).toEqual([409, 409, 200]);
  });
});

test('a fake that starts again knows its objects, keys and undelivered events', async () => {
  const dataFile = join(mkdtempSync(join(tmpdir(), 'fake-stripe-')), 'stripe.json');
  const first = await world({ dataFile });
  first.control.pause();
  const made = await first.stripe.paymentIntents.create(params, key);
  await first.control.pay(made.id, '4242424242424242');
  await first.control.settled();
  await first.fake.stop();
  expect(readFileSync(dataFile, 'utf8')).not.toMatch(/4242424242424242|sk_test/);

  const second = await world({ dataFile, mailbox: first.mailbox });
  expect((await second.stripe.paymentIntents.retrieve(made.id)).status).toBe('succeeded');
  expect((await second.stripe.paymentIntents.create(params, key)).id).toBe(made.id);
  expect(second.control.list('payment_intents')).toHaveLength(1);
  await second.control.settled();
  expect(second.mailbox.types()).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.updated',
  ]);
});

describe('the control over HTTP', () => {
  test('does what the object does', async () => {
    const { fake, stripe, control, mailbox } = await world();
    const post = async (deed: string, body: object) => {
      const response = await fetch(`${fake.url}/_fake/${deed}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const { id } = await intentFor(stripe);
    expect(await post('pay', { intent: id, card: 'pm_card_authenticationRequired' }))
      .toMatchObject({ status: 200, body: { status: 'requires_action' } });
    expect(await post('authenticate', { intent: id, outcome: 'succeeded' }))
      .toMatchObject({ body: { status: 'succeeded' } });
    expect(await post('refund', { payment_intent: id, amount: 100 }))
      .toMatchObject({ body: { object: 'refund', amount: 100 } });
    expect(await post('pay', { intent: id })).toMatchObject({
      status: 400,
      body: { error: { code: 'payment_intent_unexpected_state' } },
    });
    expect(await post('pay', {})).toMatchObject({ status: 400 });
    expect(await post('nothing', {})).toMatchObject({ status: 404 });
    expect((await fetch(`${fake.url}/_fake/pay`, { method: 'POST', body: '{' })).status).toBe(400);
    await post('faults', { kind: 'rate_limit' });
    expect(await refused(stripe.balance.retrieve())).toMatchObject({ statusCode: 429 });
    const intents = await (await fetch(`${fake.url}/_fake/payment_intents`)).json();
    expect(intents).toMatchObject([{ id, status: 'succeeded' }]);
    await control.settled();
    const requests = await (await fetch(`${fake.url}/_fake/requests?method=POST`)).json();
    expect(requests).toMatchObject([{ path, status: 200, params: { amount: '10000' } }]);
    expect(mailbox.types()).toContain('charge.refunded');
  });

  test('has a page for people, safe against what metadata says', async () => {
    const { fake, stripe } = await world();
    const { id } = await intentFor(stripe, {
      metadata: { booking_id: '<script>alert(1)</script>' },
    });
    const page = await (await fetch(`${fake.url}/_fake`)).text();
    expect(page).toContain(id);
    expect(page).toContain('100.00 usd');
    expect(page).not.toContain('<script');
    const form = new URLSearchParams({ intent: id, card: 'visa', return_to: '/_fake' });
    const pressed = await fetch(`${fake.url}/_fake/pay`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    });
    expect(pressed.status).toBe(303);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  test('reverses a transfer and refunds a part as people in the dashboard do', async () => {
    const { fake, control, stripe } = await world();
    const { id } = await intentFor(stripe, {});
    await control.pay(id);
    const [charge] = control.list('charges');
    const account = await stripe.v2.core.accounts.create({
      dashboard: 'express',
      identity: { country: 'us' },
      configuration: {
        recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
      },
      defaults: {
        responsibilities: { fees_collector: 'application', losses_collector: 'application' },
      },
    });
    await control.onboard(account.id);
    const transfer = await stripe.transfers.create({
      amount: 5_000,
      currency: 'usd',
      destination: account.id,
      source_transaction: charge?.id ?? '',
    });
    const page = await (await fetch(`${fake.url}/_fake`)).text();
    expect(page).toContain(`action="/_fake/reverse-transfer"`);
    const press = (deed: string, fields: Record<string, string>) =>
      fetch(`${fake.url}/_fake/${deed}`, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, return_to: '/_fake' }),
        redirect: 'manual',
      });
    expect((await press('reverse-transfer', { transfer: transfer.id, amount: '2000' })).status)
      .toBe(303);
    expect((await press('reverse-transfer', { transfer: transfer.id, amount: '' })).status)
      .toBe(303);
    expect((await press('reverse-transfer', { transfer: transfer.id, amount: '1' })).status)
      .toBe(400);
    expect((await press('refund', { payment_intent: id, amount: '3000' })).status).toBe(303);
    expect(control.list('transfer_reversals').map(({ amount, metadata }) => [amount, metadata]))
      .toEqual([[2_000, {}], [3_000, {}]]);
    expect(control.list('refunds').map(({ amount }) => amount)).toEqual([3_000]);
  });

  test('sends a guest back from 3D Secure to where the intent says', async () => {
    const { fake, stripe } = await world();
    const { id } = await intentFor(stripe);
    const waiting = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'https://stay.test/trips?x=1',
    });
    const page = await (await fetch(waiting.next_action!.redirect_to_url!.url!)).text();
    const to = /name="return_to" value="([^"]*succeeded)"/.exec(page)?.[1]?.replaceAll(
      '&amp;',
      '&',
    );
    expect(to).toContain(`https://stay.test/trips?x=1&payment_intent=${id}`);
    const done = await fetch(`${fake.url}/_fake/authenticate`, {
      method: 'POST',
      body: new URLSearchParams({ intent: id, outcome: 'succeeded', return_to: to! }),
      redirect: 'manual',
    });
    expect(done.headers.get('location')).toBe(to);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });
});

test('a client that goes away does not take the fake with it', async () => {
  const { fake, control } = await world();
  control.fail({ kind: 'timeout_before', times: 3 });
  await Promise.all(
    [1, 2, 3].map(() => refused(client(fake).balance.retrieve({}, { timeout: 50 }))),
  );
  await expect.poll(() => control.faults()).toEqual([]);
  expect(await client(fake).balance.retrieve()).toHaveProperty('object', 'balance');
});

test('a clock that cannot be read is a 500 which leaves nothing, and the key is free', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => complaint.mockRestore());
  let broken = true;
  const now = () => broken ? Promise.reject(new Error('no database')) : Promise.resolve(new Date());
  const { stripe, control } = await world({ now });
  expect(await refused(stripe.paymentIntents.create(params, key))).toMatchObject({
    statusCode: 500,
    rawType: 'api_error',
  });
  expect(complaint).toHaveBeenCalledOnce();
  broken = false;
  expect(await stripe.paymentIntents.create(params, key)).toHaveProperty('id');
  expect(control.list('payment_intents')).toHaveLength(1);
});

test('a receiver that never answers does not keep the fake from stopping', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const dataFile = join(mkdtempSync(join(tmpdir(), 'fake-stripe-')), 'stripe.json');
  const { fake, stripe, control } = await world({
    dataFile,
    webhooks: [{ url: `http://127.0.0.1:${port}`, secret: 'whsec_silent' }],
  });
  await stripe.customers.create();
  await expect.poll(() => control.deliveries().map(({ attempts }) => attempts)).toEqual([1, 1]);
  await fake.stop();
  const saved = JSON.parse(readFileSync(dataFile, 'utf8'));
  expect(saved.deliveries.map(({ status }: { status: string }) => status))
    .toEqual(['delivered', 'pending']);
});
