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

test('a refund that the platform has no money for waits for the next payment', async () => {
  const { stripe, control, mailbox, clock, intent } = await paid();
  clock.advance(3 * 86_400);
  await control.tick();
  await control.payOut({ currency: 'usd' });
  const made = await stripe.refunds.create({ payment_intent: intent, amount: 4_000 });
  expect(made).toMatchObject({
    status: 'pending',
    pending_reason: 'insufficient_funds',
    balance_transaction: null,
  });
  const next = await intentFor(stripe);
  await control.pay(next.id);
  await control.settled();
  expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ status: 'succeeded' });
  expect(mailbox.types()).toContain('refund.updated');
});

test('a refund that finds no money for 45 days fails, and took nothing', async () => {
  const { stripe, control, clock, intent } = await paid();
  clock.advance(3 * 86_400);
  await control.tick();
  await control.payOut({ currency: 'usd' });
  const made = await stripe.refunds.create({ payment_intent: intent });
  clock.advance(45 * 86_400);
  await control.tick();
  expect(await stripe.refunds.retrieve(made.id)).toMatchObject({
    status: 'failed',
    failure_reason: 'insufficient_funds',
  });
  expect(await chargeOf(stripe, intent)).toMatchObject({ refunded: false, amount_refunded: 0 });
  expect((await stripe.balanceTransactions.list({ type: 'refund_failure' })).data).toEqual([]);
});

test('a refund that waits for money fails when the bank takes the money itself', async () => {
  const { stripe, control, clock, intent } = await paid();
  clock.advance(3 * 86_400);
  await control.tick();
  await control.payOut({ currency: 'usd' });
  const made = await stripe.refunds.create({ payment_intent: intent });
  await control.openDispute({ payment_intent: intent });
  expect(await stripe.refunds.retrieve(made.id)).toMatchObject({
    status: 'failed',
    failure_reason: 'charge_for_pending_refund_disputed',
  });
});

test('an account that is paid out daily keeps its floor, and gives the rest to its bank', async () => {
  const { stripe, control, clock } = await paid();
  await stripe.balanceSettings.update({
    payments: {
      payouts: { minimum_balance_by_currency: { usd: 4_000 }, schedule: { interval: 'daily' } },
    },
  });
  for (let day = 0; day < 4; day += 1) {
    clock.advance(86_400);
    await control.tick();
  }
  expect((await stripe.payouts.list()).data).toMatchObject([{ amount: 5_680, automatic: true }]);
  const { available: [left] } = control.balance();
  expect(left?.amount).toBe(4_000);
});

test.each(['huf', 'twd'])('payouts in %s are whole', async (currency) => {
  const { stripe, control, clock } = await world();
  const { id } = await intentFor(stripe, { amount: 123_456, currency });
  await control.pay(id);
  clock.advance(3 * 86_400);
  await control.tick();
  await expect(control.payOut({ currency, amount: 50_050 })).rejects.toThrow(/divisible by 100/);
  expect((await control.payOut({ currency })).amount % 100).toBe(0);
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
