import { expect, test } from 'vitest';
import { chargeOf, intentFor, refused, world } from './support.ts';

async function paid(card = 'visa') {
  const made = await world();
  const { id } = await intentFor(made.stripe);
  await made.control.pay(id, card);
  return { ...made, intent: id };
}

test('a refund in two parts gives everything back and nothing more', async () => {
  const { stripe, control, mailbox, intent } = await paid();
  const first = await stripe.refunds.create({
    payment_intent: intent,
    amount: 4_000,
    reason: 'requested_by_customer',
    metadata: { refund_id: 'r1' },
  });
  expect(first).toMatchObject({
    amount: 4_000,
    status: 'succeeded',
    payment_intent: intent,
    metadata: { refund_id: 'r1' },
  });
  expect(await refused(stripe.refunds.create({ payment_intent: intent, amount: 6_001 })))
    .toMatchObject({ statusCode: 400, param: 'amount' });
  expect((await stripe.refunds.create({ payment_intent: intent })).amount).toBe(6_000);
  expect(await refused(stripe.refunds.create({ payment_intent: intent })))
    .toMatchObject({ code: 'charge_already_refunded' });
  expect(await chargeOf(stripe, intent)).toMatchObject({ refunded: true, amount_refunded: 10_000 });
  const { data } = await stripe.balanceTransactions.list();
  expect(data.map(({ type, net }) => [type, net])).toEqual([
    ['refund', -6_000],
    ['refund', -4_000],
    ['charge', 9_680],
  ]);
  await control.settled();
  expect(mailbox.types().filter((type) => type === 'refund.created')).toHaveLength(2);
});

test('two full refunds at once: one is made', async () => {
  const { stripe, intent } = await paid();
  const outcomes = await Promise.allSettled(
    [1, 2].map(() => stripe.refunds.create({ payment_intent: intent })),
  );
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect((await stripe.refunds.list({ payment_intent: intent })).data).toHaveLength(1);
});

test('a pending refund succeeds by the clock', async () => {
  const { stripe, control, mailbox, clock, intent } = await paid('pendingRefund');
  const made = await stripe.refunds.create({ payment_intent: intent });
  expect(made.status).toBe('pending');
  clock.advance(60);
  await control.tick();
  expect((await stripe.refunds.retrieve(made.id)).status).toBe('succeeded');
  await control.settled();
  expect(mailbox.types()).toContain('refund.updated');
});

test('a refund that fails later gives the money back to us and can be made again', async () => {
  const { stripe, control, mailbox, clock, intent } = await paid('refundFail');
  const made = await stripe.refunds.create({ payment_intent: intent });
  expect(made.status).toBe('succeeded');
  clock.advance(60);
  await control.tick();
  expect(await stripe.refunds.retrieve(made.id, { expand: ['failure_balance_transaction'] }))
    .toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { net: 10_000, type: 'refund_failure' },
    });
  expect(await chargeOf(stripe, intent)).toMatchObject({ refunded: false, amount_refunded: 0 });
  await control.settled();
  expect(mailbox.types()).toContain('refund.failed');
  expect((await stripe.refunds.create({ payment_intent: intent })).amount).toBe(10_000);
});

test('a refund made in the dashboard bears none of our metadata', async () => {
  const { stripe, control, mailbox, intent } = await paid();
  const made = await control.refund({ payment_intent: intent, amount: 2_500 });
  expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ amount: 2_500, metadata: {} });
  await control.settled();
  const event = mailbox.received.find(({ event }) => event.type === 'refund.created')?.event;
  expect(event?.request).toEqual({ id: null, idempotency_key: null });
});

test('an intent without a charge cannot be refunded', async () => {
  const { stripe } = await world();
  const { id } = await intentFor(stripe);
  expect(await refused(stripe.refunds.create({ payment_intent: id })))
    .toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  expect(await refused(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
  expect(await refused(stripe.refunds.create({ payment_intent: 'pi_nothing' })))
    .toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'payment_intent' });
});
