import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { client, intentFor, refused, secretKey, world } from './support.ts';

const params = {
  amount: 10_000,
  currency: 'usd',
  automatic_payment_methods: { enabled: true },
} satisfies Stripe.PaymentIntentCreateParams;
const key = { idempotencyKey: 'payment-1' };

test('the same key gives the same intent, as it was at first', async () => {
  const { stripe, control } = await world();
  const first = await stripe.paymentIntents.create(params, key);
  await control.pay(first.id);
  const again = await stripe.paymentIntents.create(params, key);
  expect(again).toEqual(first);
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  });
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  expect(control.list('payment_intents')).toHaveLength(1);
  expect(control.requests().map(({ replayed }) => replayed)).toEqual([false, true]);
});

test('the same key with other parameters or for another endpoint is refused', async () => {
  const { stripe, control } = await world();
  await stripe.paymentIntents.create(params, key);
  for (
    const call of [
      stripe.paymentIntents.create({ ...params, amount: 10_001 }, key),
      stripe.customers.create({}, key),
    ]
  ) {
    const error = await refused(call);
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  }
  expect(control.list('payment_intents')).toHaveLength(1);
  expect(control.list('customers')).toHaveLength(0);
});

test('the same key while the first request runs is a 409', async () => {
  const [gate, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { stripe } = await world({
    now: () => (reached.resolve(), gate.promise.then(() => new Date())),
  });
  const first = stripe.paymentIntents.create(params, key);
  await reached.promise;
  const error = await refused(stripe.paymentIntents.create(params, key));
  expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  gate.resolve();
  expect((await stripe.paymentIntents.create(params, key)).id).toBe((await first).id);
});

test('a decline is kept: the key never charges again', async () => {
  const { stripe, control } = await world();
  const call = () =>
    refused(stripe.paymentIntents.create({
      ...params,
      confirm: true,
      off_session: true,
      payment_method: 'pm_card_chargeDeclined',
    }, key));
  const first = await call();
  const charges = control.list('charges').length;
  const second = await call();
  expect(second).toMatchObject({ statusCode: 402, charge: first.charge });
  expect(control.list('charges')).toHaveLength(charges);
});

test('what was refused before it began is not kept', async () => {
  const { stripe } = await world();
  await refused(stripe.paymentIntents.create({ ...params, amount: 1.5 }, key));
  expect((await stripe.paymentIntents.create(params, key)).amount).toBe(10_000);
});

test('a key is forgotten after a day', async () => {
  const { stripe, clock, control } = await world();
  const first = await stripe.paymentIntents.create(params, key);
  clock.advance(86_399);
  expect((await stripe.paymentIntents.create(params, key)).id).toBe(first.id);
  clock.advance(1);
  expect((await stripe.paymentIntents.create(params, key)).id).not.toBe(first.id);
  expect(control.list('payment_intents')).toHaveLength(2);
});

test('a wrong key, a foreign account and another API version are refused', async () => {
  const { fake } = await world();
  const error = await refused(client(fake, 'sk_test_wrong').balance.retrieve());
  expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  expect(error.message).not.toContain('sk_test_wrong');
  expect(await refused(client(fake).balance.retrieve({}, { stripeAccount: 'acct_other' })))
    .toMatchObject({ statusCode: 403, code: 'account_invalid' });
  const old = await fetch(`${fake.url}/v1/balance`, {
    headers: { authorization: `Bearer ${secretKey}`, 'stripe-version': '2020-08-27' },
  });
  expect(old.status).toBe(400);
  const basic = await fetch(`${fake.url}/v1/balance`, {
    headers: { authorization: `Basic ${btoa(`${secretKey}:`)}` },
  });
  expect(basic.status).toBe(200);
  expect(basic.headers.get('request-id')).toMatch(/^req_/);
  expect((await fetch(`${fake.url}/v1/balance`)).status).toBe(401);
});

test('what does not exist is a 404 in the path and a 400 in a parameter', async () => {
  const { stripe } = await world();
  expect(await refused(stripe.paymentIntents.retrieve('pi_nothing'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such payment_intent: 'pi_nothing'",
  });
  expect(await refused(intentFor(stripe, { customer: 'cus_nothing' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  });
  expect(await refused(stripe.rawRequest('GET', '/v1/nothing'))).toMatchObject({ statusCode: 404 });
});
