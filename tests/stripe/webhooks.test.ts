import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { intentFor, webhookSecret, world } from './support.ts';

const { webhooks } = new Stripe('sk_test_any');

describe('a delivery', () => {
  test('is signed so that the SDK accepts it, and nothing altered', async () => {
    const { stripe, control, mailbox } = await world();
    await intentFor(stripe);
    await control.settled();
    const { body, signature } = mailbox.received[0]!;
    const event = await webhooks.constructEventAsync(body, signature, webhookSecret);
    expect(event).toMatchObject({
      object: 'event',
      type: 'payment_intent.created',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
    });
    await expect(webhooks.constructEventAsync(`${body} `, signature, webhookSecret)).rejects
      .toThrow('No signatures found');
    await expect(webhooks.constructEventAsync(body, signature, 'whsec_other')).rejects
      .toThrow('No signatures found');
  });

  test('is signed with both secrets while they are rotated', async () => {
    const { stripe, control, mailbox } = await world({ secret: ['whsec_old', 'whsec_new'] });
    await intentFor(stripe);
    await control.settled();
    const { body, signature } = mailbox.received[0]!;
    for (const secret of ['whsec_old', 'whsec_new']) {
      expect(await webhooks.constructEventAsync(body, signature, secret)).toHaveProperty('id');
    }
  });

  test('names the request that caused it', async () => {
    const { stripe, control, mailbox } = await world();
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: 'c1' });
    await control.settled();
    expect(mailbox.received[0]?.event.request).toEqual({
      id: lastResponse.requestId,
      idempotency_key: 'c1',
    });
  });

  test('carries the object as it was then', async () => {
    const { stripe, control, mailbox } = await world();
    control.pause();
    const { id } = await intentFor(stripe);
    await control.pay(id);
    await control.deliverAll();
    const created = mailbox.received[0]!.event;
    expect(created.data.object).toMatchObject({ id, status: 'requires_payment_method' });
    const listed = await stripe.events.retrieve(created.id);
    expect(listed).toMatchObject({ type: 'payment_intent.created', pending_webhooks: 0 });
  });

  test('is tried again until it is taken', async () => {
    const { stripe, control, mailbox } = await world();
    control.set({ webhookRetryMs: [10, 10, 10] });
    mailbox.answers = [500, 503];
    await stripe.customers.create();
    await expect.poll(() => control.deliveries()[0]?.status).toBe('delivered');
    expect(mailbox.received).toHaveLength(3);
    expect(new Set(mailbox.received.map(({ event }) => event.id)).size).toBe(1);
  });

  test('is given up in the end, and can be sent again by hand', async () => {
    const { stripe, control, mailbox } = await world();
    control.set({ webhookRetryMs: [5] });
    mailbox.answers = [500, 500];
    await stripe.customers.create();
    await expect.poll(() => control.deliveries()[0]?.status).toBe('failed');
    expect(control.deliveries()[0]).toMatchObject({ attempts: 2, answer: '500 seen' });
    control.resend(mailbox.received[0]!.event.id);
    await control.settled();
    expect(mailbox.received).toHaveLength(3);
  });
});

describe('held deliveries', () => {
  const paidWhileHeld = async () => {
    const made = await world();
    made.control.pause();
    for (let i = 0; i < 5; i++) {
      const { id } = await intentFor(made.stripe);
      await made.control.pay(id);
    }
    await made.control.settled();
    expect(made.mailbox.received).toEqual([]);
    expect(made.control.held()).toHaveLength(20);
    return made;
  };
  const order = (ids: string[]) => ids.join(' ');

  test('arrive in order when let go', async () => {
    const { control, mailbox } = await paidWhileHeld();
    control.resume();
    await control.settled();
    expect(mailbox.received.map(({ event }) => event.id))
      .toEqual(control.list('events').map(({ id }) => id));
  });

  test('arrive shuffled and twice, the same way for the same seed', async () => {
    const { control, mailbox } = await paidWhileHeld();
    expect(await control.deliverAll({ shuffle: true, duplicate: true, seed: 7 }))
      .toEqual({ delivered: 40, failed: 0, dropped: 0 });
    const raised = control.list('events').map(({ id }) => id);
    const arrived = mailbox.received.map(({ event }) => event.id);
    expect(order(arrived.toSorted())).toBe(order([...raised, ...raised].toSorted()));
    expect(order(arrived)).not.toBe(order([...raised, ...raised]));
  });

  test('are lost in part, and events.list still has them', async () => {
    const { control, mailbox, stripe } = await paidWhileHeld();
    const { delivered, dropped } = await control.deliverAll({ drop: 0.3, seed: 3 });
    expect(delivered + dropped).toBe(20);
    expect(dropped).toBeGreaterThan(0);
    expect(mailbox.received).toHaveLength(delivered);
    expect((await stripe.events.list({ limit: 100 })).data).toHaveLength(20);
    expect((await stripe.events.list({ type: 'payment_intent.*' })).data).toHaveLength(10);
  });

  test('that are refused stay held', async () => {
    const { control, mailbox } = await paidWhileHeld();
    mailbox.answers = [500];
    expect(await control.deliverAll()).toEqual({ delivered: 19, failed: 1, dropped: 0 });
    expect(control.held()).toHaveLength(1);
    expect(await control.deliverAll()).toEqual({ delivered: 1, failed: 0, dropped: 0 });
  });
});

test('bad weather loses, doubles and delays deliveries', async () => {
  const { stripe, control, mailbox } = await world();
  control.weather({ drop: 1 });
  await stripe.customers.create();
  await control.settled();
  expect(mailbox.received).toHaveLength(0);
  control.weather({ duplicate: 1 });
  await stripe.customers.create();
  await control.settled();
  expect(mailbox.received).toHaveLength(2);
  control.weather({ delayMs: 30 });
  await stripe.customers.create();
  await control.settled();
  expect(mailbox.received).toHaveLength(2);
  await expect.poll(() => mailbox.received.length).toBe(3);
});
