import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { chargeOf, client, intentFor, refused, world } from './support.ts';

const day = 86_400;

describe('an intent that is charged at once', () => {
  test('starts without a payment method and ends succeeded', async () => {
    const { stripe, control, mailbox, clock } = await world();
    const created = await intentFor(stripe);
    expect(created).toMatchObject({
      object: 'payment_intent',
      status: 'requires_payment_method',
      capture_method: 'automatic_async',
      amount_received: 0,
      created: clock.now / 1000,
      payment_method_types: ['card', 'link'],
      latest_charge: null,
    });
    await control.pay(created.id, 'visa');
    const paid = await stripe.paymentIntents.retrieve(created.id);
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 10_000 });
    await control.settled();
    expect(mailbox.types()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
  });

  test('knows its fee only once charge.updated has come', async () => {
    const { stripe, control, mailbox } = await world();
    control.set({ settlement: 'held' });
    const { id } = await intentFor(stripe);
    await control.pay(id);
    const charge = await chargeOf(stripe, id);
    expect(charge).toMatchObject({ captured: true, balance_transaction: null });
    await control.settleCharge(charge.id);
    const settled = await stripe.charges.retrieve(charge.id, { expand: ['balance_transaction'] });
    expect(settled.balance_transaction).toMatchObject({
      amount: 10_000,
      fee: 320,
      net: 9_680,
      type: 'charge',
      status: 'pending',
      source: charge.id,
    });
    await control.settled();
    const updated = mailbox.received.find(({ event }) => event.type === 'charge.updated');
    expect(updated?.event.data.previous_attributes).toEqual({ balance_transaction: null });
  });

  test('becomes available money two days later', async () => {
    const { stripe, control, clock } = await world();
    await control.pay((await intentFor(stripe)).id);
    expect(await stripe.balance.retrieve()).toMatchObject({
      available: [{ amount: 0, currency: 'usd' }],
      pending: [{ amount: 9_680, currency: 'usd' }],
    });
    clock.advance(2 * day);
    expect(await stripe.balance.retrieve()).toMatchObject({
      available: [{ amount: 9_680, currency: 'usd' }],
      pending: [{ amount: 0, currency: 'usd' }],
    });
  });

  test('takes another card after a decline, and the first charge stays failed', async () => {
    const { stripe, control, mailbox } = await world();
    const { id } = await intentFor(stripe);
    const declined = await control.pay(id, '4000 0000 0000 9995');
    expect(declined).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        payment_method: { object: 'payment_method', card: { last4: '9995' } },
      },
    });
    expect(await chargeOf(stripe, id)).toMatchObject({ status: 'failed', paid: false });
    expect(await control.pay(id, 'visa')).toMatchObject({
      status: 'succeeded',
      last_payment_error: null,
    });
    const { data } = await stripe.charges.list({ payment_intent: id });
    expect(data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    await control.settled();
    expect(mailbox.types()).toContain('payment_intent.payment_failed');
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 9_680 }]);
  });

  test('created and confirmed in one call answers a decline with 402 and the intent', async () => {
    const { stripe } = await world();
    const error = await refused(intentFor(stripe, {
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      confirm: true,
      payment_method: 'pm_card_visa_chargeDeclinedLostCard',
    }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'lost_card',
      payment_intent: { status: 'requires_payment_method' },
    });
  });

  test('confirmed by the server needs a return_url where a method might redirect', async () => {
    const { stripe } = await world();
    const error = await refused(
      intentFor(stripe, { confirm: true, payment_method: 'pm_card_visa' }),
    );
    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
  });

  test('cannot be confirmed, captured, canceled or changed once it succeeded', async () => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe);
    await control.pay(id);
    for (
      const call of [
        stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
        stripe.paymentIntents.capture(id),
        stripe.paymentIntents.cancel(id),
        stripe.paymentIntents.update(id, { amount: 5_000 }),
      ]
    ) {
      expect(await refused(call)).toMatchObject({
        statusCode: 400,
        code: 'payment_intent_unexpected_state',
        payment_intent: { id, status: 'succeeded' },
      });
    }
    await stripe.paymentIntents.update(id, { metadata: { note: 'late' } });
    expect((await stripe.paymentIntents.retrieve(id)).metadata).toEqual({
      booking_id: 'b1',
      note: 'late',
    });
  });

  test('canceled before it was paid can never be paid', async () => {
    const { stripe, control, mailbox } = await world();
    const { id } = await intentFor(stripe);
    expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' }))
      .toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    await expect(control.pay(id)).rejects.toMatchObject({ status: 400 });
    await control.settled();
    expect(mailbox.types()).toEqual(['payment_intent.created', 'payment_intent.canceled']);
  });
});

describe('an intent captured by hand', () => {
  test('holds the money until it is captured', async () => {
    const { stripe, control, mailbox, clock } = await world();
    const { id } = await intentFor(stripe, { capture_method: 'manual' });
    expect(await control.pay(id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 10_000,
      amount_received: 0,
    });
    expect(await chargeOf(stripe, id)).toMatchObject({
      captured: false,
      paid: true,
      payment_method_details: { card: { capture_before: clock.now / 1000 + 7 * day } },
    });
    expect((await stripe.balance.retrieve()).pending).toEqual([]);
    expect(await stripe.paymentIntents.capture(id)).toMatchObject({
      status: 'succeeded',
      amount_received: 10_000,
      amount_capturable: 0,
    });
    await control.settled();
    expect(mailbox.types()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
  });

  test('captured in part lets go of the rest', async () => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe, { capture_method: 'manual' });
    await control.pay(id);
    expect(await refused(stripe.paymentIntents.capture(id, { amount_to_capture: 10_001 })))
      .toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' });
    await stripe.paymentIntents.capture(id, { amount_to_capture: 6_000 });
    expect(await chargeOf(stripe, id)).toMatchObject({
      amount: 10_000,
      amount_captured: 6_000,
      amount_refunded: 4_000,
      refunded: false,
    });
    expect(await refused(stripe.refunds.create({ payment_intent: id, amount: 6_001 })))
      .toMatchObject({ statusCode: 400, param: 'amount' });
    await stripe.refunds.create({ payment_intent: id, amount: 6_000 });
    expect((await stripe.balance.retrieve()).pending).toMatchObject([
      { amount: 6_000 - 204 },
    ]);
  });

  test('canceled gives the money back without moving any', async () => {
    const { stripe, control, mailbox } = await world();
    const { id } = await intentFor(stripe, { capture_method: 'manual' });
    await control.pay(id);
    expect(await refused(stripe.refunds.create({ payment_intent: id })))
      .toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
    });
    expect(await chargeOf(stripe, id)).toMatchObject({ refunded: true, captured: false });
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    await control.settled();
    expect(mailbox.types().slice(-3)).toEqual([
      'refund.created',
      'charge.refunded',
      'payment_intent.canceled',
    ]);
  });

  test('expires by the clock and can then no longer be captured', async () => {
    const { stripe, control, mailbox, clock } = await world();
    const { id } = await intentFor(stripe, { capture_method: 'manual' });
    await control.pay(id);
    clock.advance(7 * day - 1);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
    clock.advance(1);
    expect(await refused(stripe.paymentIntents.capture(id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled', cancellation_reason: 'automatic' },
    });
    await control.settled();
    expect(mailbox.types().slice(-2)).toEqual(['charge.expired', 'payment_intent.canceled']);
    const { data: [release] } = await stripe.refunds.list({ payment_intent: id });
    expect(release).toMatchObject({ reason: 'expired_uncaptured_charge', amount: 10_000 });
  });
});

describe('authentication', () => {
  test('asked for waits for the customer, who completes it', async () => {
    const { stripe, control, mailbox } = await world();
    const { id } = await intentFor(stripe);
    expect(await control.pay(id, 'authenticationRequired', { returnUrl: 'https://a.test/done' }))
      .toMatchObject({
        status: 'requires_action',
        next_action: {
          type: 'redirect_to_url',
          redirect_to_url: { return_url: 'https://a.test/done' },
        },
      });
    expect(await control.authenticate(id)).toMatchObject({
      status: 'succeeded',
      next_action: null,
    });
    await control.settled();
    expect(mailbox.types().slice(0, 4)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
    expect(await chargeOf(stripe, id)).toMatchObject({
      payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } },
    });
  });

  test('failed leaves the intent open for another card, without a charge', async () => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe);
    await control.pay(id, 'authenticationRequired');
    expect(await control.authenticate(id, 'failed')).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    expect(await control.pay(id, 'visa')).toMatchObject({ status: 'succeeded' });
  });

  test('completed after the intent was canceled charges nothing', async () => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe);
    await control.pay(id, 'authenticationRequired');
    await stripe.paymentIntents.cancel(id);
    await expect(control.authenticate(id)).rejects.toMatchObject({
      body: { code: 'payment_intent_unexpected_state' },
    });
    expect((await stripe.charges.list({ payment_intent: id })).data).toEqual([]);
  });

  test('completed on a card that then declines fails', async () => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe);
    expect(
      await control.pay(id, 'threeDSecureRequiredChargeDeclined', { authenticate: 'succeeded' }),
    ).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined' },
    });
  });

  test('refuses a card off session unless it was set up for it', async () => {
    const { stripe, control } = await world();
    const customer = await stripe.customers.create({ email: 'grace@example.com' });
    const offSession = (method: string) =>
      intentFor(stripe, {
        customer: customer.id,
        payment_method: method,
        confirm: true,
        off_session: true,
      });
    const first = await intentFor(stripe, {
      customer: customer.id,
      setup_future_usage: 'off_session',
    });
    await control.pay(first.id, 'authenticationRequiredOnSetup', { authenticate: 'succeeded' });
    const { data: [saved] } = await stripe.paymentMethods.list({ customer: customer.id });
    expect(await offSession(saved!.id)).toMatchObject({ status: 'succeeded' });

    const error = await refused(offSession('pm_card_authenticationRequired'));
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      payment_intent: { status: 'requires_payment_method' },
    });
  });
});

describe('a payment method', () => {
  test('that paid once without a customer cannot pay again', async () => {
    const { stripe } = await world();
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { token: 'tok_visa' },
    });
    const never = { enabled: true, allow_redirects: 'never' } as const;
    const pay = () =>
      intentFor(stripe, {
        automatic_payment_methods: never,
        payment_method: method.id,
        confirm: true,
      });
    expect((await pay()).status).toBe('succeeded');
    expect(await refused(pay())).toMatchObject({ code: 'payment_method_unexpected_state' });
  });

  test('of one customer cannot pay for another', async () => {
    const { stripe } = await world();
    const [ada, bob] = [
      await stripe.customers.create({ name: 'Ada' }),
      await stripe.customers.create({ name: 'Bob' }),
    ];
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: ada.id });
    const { id } = await intentFor(stripe, { customer: bob.id });
    expect(
      await refused(stripe.paymentIntents.confirm(id, {
        payment_method: method.id,
        return_url: 'https://a.test',
      })),
    ).toMatchObject({ statusCode: 400, param: 'payment_method' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
  });

  test('given as a card number under the secret key is refused', async () => {
    const { stripe } = await world();
    const error = await refused(
      stripe.paymentMethods.create({ type: 'card', card: { number: '4242424242424242' } }),
    );
    expect(error.statusCode).toBe(402);
  });

  test('that declines cannot be attached, one that declines later can', async () => {
    const { stripe } = await world();
    const { id: customer } = await stripe.customers.create();
    expect(await refused(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer })))
      .toMatchObject({ statusCode: 402, code: 'card_declined' });
    const saved = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    expect(saved.customer).toBe(customer);
  });
});

describe("the guest's browser", () => {
  const confirmation = (secret: string, number: string) =>
    new URLSearchParams({
      client_secret: secret,
      'payment_method_data[type]': 'card',
      'payment_method_data[card][number]': number,
      'payment_method_data[card][cvc]': '123',
      'payment_method_data[card][exp_month]': '12',
      'payment_method_data[card][exp_year]': '34',
      'payment_method_data[guid]': 'NA',
      use_stripe_sdk: 'true',
      return_url: 'https://a.test/done',
    });

  test('pays with the publishable key and the client secret', async () => {
    const { stripe, fake, control } = await world();
    const { id, client_secret: secret } = await intentFor(stripe);
    const url = `${fake.url}/v1/payment_intents/${id}/confirm`;
    const post = (body: URLSearchParams, key = fake.publishableKey) =>
      fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body });
    const wrong = await post(confirmation(`${id}_secret_guess`, '4242424242424242'));
    expect(wrong.status).toBe(400);
    const right = await post(confirmation(secret!, '4242424242424242'));
    const seen = await right.json();
    expect(seen).toMatchObject({ id, status: 'succeeded' });
    expect(seen).not.toHaveProperty('metadata');
    const logged = JSON.stringify(control.requests());
    expect(logged).toContain('(masked)');
    expect(logged).not.toContain('4242424242424242');
  });

  test('may do nothing else', async () => {
    const { fake, stripe } = await world();
    const { id } = await intentFor(stripe);
    const guest = client(fake, fake.publishableKey);
    for (
      const call of [
        guest.paymentIntents.list(),
        guest.paymentIntents.cancel(id),
        guest.refunds.create({ payment_intent: id }),
      ]
    ) {
      expect(await refused(call)).toMatchObject({ statusCode: 401, code: 'secret_key_required' });
    }
  });
});

describe('finding intents', () => {
  test('by metadata', async () => {
    const { stripe } = await world();
    const wanted = await intentFor(stripe, {
      metadata: { booking_id: "it's me", app: 'staybase' },
    });
    await intentFor(stripe, { metadata: { booking_id: 'other', app: 'staybase' } });
    const find = async (query: string) =>
      (await stripe.paymentIntents.search({ query })).data.map(({ id }) => id);
    expect(await find(`metadata['booking_id']:'it\\'s me' AND metadata["app"]:"staybase"`))
      .toEqual([wanted.id]);
    expect(await find("-metadata['booking_id']:'other'")).toEqual([wanted.id]);
    expect(await find("metadata['booking_id']:null")).toEqual([]);
    expect(await find("amount>9999 AND status:'requires_payment_method'")).toHaveLength(2);
    expect(await refused(stripe.paymentIntents.search({ query: 'color:"red"' })))
      .toMatchObject({ statusCode: 400, param: 'query' });
  });

  test('by search lags behind when told to', async () => {
    const { stripe, control, clock } = await world();
    control.set({ searchLagSeconds: 60 });
    await intentFor(stripe);
    const search = () => stripe.paymentIntents.search({ query: "metadata['booking_id']:'b1'" });
    expect((await search()).data).toHaveLength(0);
    clock.advance(60);
    expect((await search()).data).toHaveLength(1);
  });

  test('page by page, newest first', async () => {
    const { stripe } = await world();
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) ids.unshift((await intentFor(stripe)).id);
    const first = await stripe.paymentIntents.list({ limit: 20 });
    expect(first).toMatchObject({ has_more: true });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 20));
    const second = await stripe.paymentIntents.list({ limit: 20, starting_after: ids[19]! });
    expect(second).toMatchObject({ has_more: false });
    expect(second.data).toHaveLength(5);
    const back = await stripe.paymentIntents.list({ limit: 3, ending_before: ids[10]! });
    expect(back.data.map(({ id }) => id)).toEqual(ids.slice(7, 10));
    const all: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ limit: 7 })) all.push(id);
    expect(all).toEqual(ids);
    expect(await refused(stripe.paymentIntents.list({ limit: 101 })))
      .toMatchObject({ code: 'parameter_invalid_integer', param: 'limit' });
  });
});

test('a payment may be processing first, and then succeeds or fails by the clock', async () => {
  const { stripe, control, mailbox, clock } = await world();
  control.set({ processingSeconds: 60 });
  const [good, bad] = [await intentFor(stripe), await intentFor(stripe)];
  expect(await control.pay(good.id, 'visa')).toMatchObject({ status: 'processing' });
  expect(await control.pay(bad.id, 'chargeDeclined')).toMatchObject({ status: 'processing' });
  clock.advance(60);
  expect((await stripe.paymentIntents.retrieve(good.id)).status).toBe('succeeded');
  expect((await stripe.paymentIntents.retrieve(bad.id)).status).toBe('requires_payment_method');
  await control.settled();
  expect(mailbox.types().filter((type) => type === 'payment_intent.processing')).toHaveLength(2);
});
