import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import type { PaymentToMake } from '../../types/index.ts';
import { clientOf, person, tokenFor } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, mailTo, moveClock, now } from '../support/stack.ts';
import {
  begin,
  begins,
  call,
  commandsOf,
  control,
  createPayment,
  deeds,
  events,
  hold,
  pay,
  problemsOf,
  standing,
  stripeSdk,
  work,
} from './paying.ts';

beforeEach(begins);

test('a guest pays, the webhook confirms the stay, and both sides get a mail', async () => {
  const { booking, intent } = await begin(await home({ title: 'The Mill' }));
  await pay(intent);
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  await work();
  expect(mailTo('ada@example.com').at(-1)).toMatchObject({
    subject: 'Confirmed: The Mill, June 1, 2031',
    text: expect.stringContaining('You have paid $228.20.'),
  });
  expect(mailTo('hedy@example.com').at(-1)).toMatchObject({
    subject: 'New booking: The Mill, June 1, 2031',
    text: expect.stringContaining('You will earn $194.00.'),
  });
  for (const person of ['ada', 'hedy']) {
    expect(mailTo(`${person}@example.com`).at(-1)?.html)
      .toContain(`<a href="http://127.0.0.1:3000/bookings/${booking}">`);
  }
});

test('supabase-js calls it as frontends do', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const client = await clientOf(ada);
  const { data, error } = await client.functions.invoke<PaymentToMake>('create-payment', {
    body: { booking_id: booking },
  });
  expect(error).toBeNull();
  // Every field the type names, and no other.
  expect(data).toEqual(
    {
      payment_id: expect.any(String),
      booking_id: booking,
      mode: 'payment',
      client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
      amount_minor: 22_820,
      currency: 'USD',
      charge_at: null,
      expires_at: expect.any(String),
    } satisfies Record<keyof PaymentToMake, unknown>,
  );
  const minutesLeft = (Date.parse(data?.expires_at ?? '') - (await now()).getTime()) / 60_000;
  expect(minutesLeft).toBeGreaterThan(14);
  expect(minutesLeft).toBeLessThan(15);
});

test('an instant booking takes what the platform offers, but nothing that settles days later', async () => {
  const { booking, payment, intent } = await begin(await home({ currency: 'JPY', nightly: 9000 }));
  const made = await (await stripeSdk()).paymentIntents.retrieve(intent);
  expect(made).toMatchObject({
    amount: 20_538,
    currency: 'jpy',
    capture_method: 'automatic_async',
    transfer_group: `booking_${booking}`,
    metadata: { app: 'staybase', env: 'local', booking_id: booking, payment_id: payment },
    excluded_payment_method_types: expect.arrayContaining(['sepa_debit', 'us_bank_account']),
  });
});

test('a request to book only authorises, by card or Link', async () => {
  const { booking, intent } = await begin(await home({ instantBook: false }));
  const made = await (await stripeSdk()).paymentIntents.retrieve(intent);
  expect(made).toMatchObject({
    capture_method: 'manual',
    allowed_payment_method_types: ['card', 'link'],
  });
  await pay(intent);
  expect(await standing(booking)).toMatchObject({
    booking: 'requested',
    payment: 'authorized',
    captured: 0,
  });
});

test('a double click makes one intent', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const clicks = await Promise.all([1, 2, 3, 4].map(() => createPayment(ada, booking)));
  clicks.push(await createPayment(ada, booking));
  expect(clicks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(new Set(clicks.map(({ body }) => body.client_secret)).size).toBe(1);
  expect((await control()).list('payment_intents')).toHaveLength(1);
});

test('six clicks while Stripe takes its time: all get the one intent', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'slow', method: 'POST', path: '/v1/payment_intents', ms: 5_000 });
  const clicks = await Promise.all([1, 2, 3, 4, 5, 6].map(() => createPayment(ada, booking)));
  expect(clicks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(new Set(clicks.map(({ body }) => body.client_secret)).size).toBe(1);
  expect(stripe.list('payment_intents')).toHaveLength(1);
});

test('an intent that Stripe refuses to make: the payment ends with its hold', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/payment_intents', times: 20 });
  expect(await createPayment(ada, booking)).toMatchObject({ status: 503 });
  await moveClock('2 minutes');
  await work();
  expect(await commandsOf(booking)).toEqual(['create_intent failed']);
  expect(await standing(booking)).toMatchObject({
    booking: 'awaiting_payment',
    payment: 'pending',
  });
  await moveClock('20 minutes');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'expired', payment: 'cancelled' });
  expect(await commandsOf(booking)).toEqual(['create_intent failed']);
  stripe.clearFaults();
});

test('an intent that Stripe refuses to make after its hold was given back: nothing waits for it', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/payment_intents', times: 20 });
  expect(await createPayment(ada, booking)).toMatchObject({ status: 503 });
  await (await clientOf(ada)).rpc('withdraw_booking', { booking_id: booking }).throwOnError();
  expect(await commandsOf(booking)).toEqual(['create_intent running', 'cancel_intent waiting']);
  await moveClock('2 minutes');
  await work();
  expect(await standing(booking)).toMatchObject({ payment: 'cancelled' });
  expect(await commandsOf(booking)).toEqual(['create_intent failed']);
  stripe.clearFaults();
});

test('an intent that Stripe refused once is made when the guest asks again', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/payment_intents', times: 2 });
  expect(await createPayment(ada, booking)).toMatchObject({ status: 503 });
  await moveClock('2 minutes');
  await work();
  expect(await problemsOf(booking)).toEqual(['create_intent_failed']);
  const { status, body } = await createPayment(ada, booking);
  expect(status).toBe(200);
  await pay(String(body.client_secret).split('_secret_')[0] ?? '');
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  expect(await problemsOf(booking)).toEqual([]);
  expect(await commandsOf(booking)).toEqual(['create_intent done']);
});

test('a broken connection after Stripe made the intent: same key, same intent', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/payment_intents' });
  expect((await createPayment(ada, booking)).status).toBe(200);
  expect(stripe.list('payment_intents')).toHaveLength(1);
});

test('when Stripe stays silent the guest is told, and the worker finds the same intent', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/payment_intents', times: 20 });
  expect(await createPayment(ada, booking)).toMatchObject({
    status: 503,
    body: { code: 'payments_unavailable' },
  });
  stripe.clearFaults();
  await moveClock('2 minutes');
  await work();
  expect(stripe.list('payment_intents')).toHaveLength(1);
  const again = await createPayment(ada, booking);
  expect(again.body.client_secret).toBe(stripe.list('payment_intents')[0]?.client_secret);
});

test('an intent that was paid without our hearing of it is applied, and not paid twice', async () => {
  const { guest, booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  expect(await createPayment(guest, booking)).toMatchObject({
    status: 409,
    body: { code: 'already_paid' },
  });
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
  await stripe.deliverAll();
  stripe.resume();
});

test('an intent that somebody cancelled at Stripe ends the hold', async () => {
  const { guest, booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await (await stripeSdk()).paymentIntents.cancel(intent);
  expect((await createPayment(guest, booking)).body.code).toBe('hold_expired');
  expect(await standing(booking)).toMatchObject({ booking: 'expired', payment: 'cancelled' });
  stripe.resume();
});

test('in the last minute of a hold no payment begins, nor after it', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  await moveClock('14 minutes 1 second');
  expect(await createPayment(ada, booking)).toMatchObject({
    status: 409,
    body: { code: 'hold_expired' },
  });
  await moveClock('1 hour');
  expect((await createPayment(ada, booking)).body.code).toBe('hold_expired');
  expect(await deeds()).toEqual([]);
});

test('only the guest may pay; whoever else asks reaches neither the booking nor Stripe', async () => {
  const ada = await person('Ada');
  const listing = await home();
  const booking = await hold(listing, ada);
  const body = JSON.stringify({ booking_id: booking });
  const bearer = async (token: string | undefined) => {
    const { status, body: answer } = await call('create-payment', {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body,
    });
    return `${status} ${answer.code}`;
  };
  expect(await bearer(undefined)).toBe('401 sign_in_required');
  expect(await bearer('nonsense')).toBe('401 sign_in_required');
  expect(await bearer(keys.publishable)).toBe('401 sign_in_required');
  expect(await bearer(keys.secret)).toBe('401 sign_in_required');
  expect(await bearer(tokenFor({ ...ada, expiresIn: -60 }))).toBe('401 sign_in_required');
  expect(await bearer(`${ada.token.slice(0, -4)}AAAA`)).toBe('401 sign_in_required');
  expect(await bearer((await person('Grace')).token)).toBe('404 booking_not_found');
  expect(await bearer((await person('Hedy')).token)).toBe('404 booking_not_found');
  expect(await deeds()).toEqual([]);
  expect(await standing(booking)).toMatchObject({ payment: 'pending' });
});

test('a body of another shape is refused with its field, and changes nothing', async () => {
  const ada = await person('Ada');
  const headers = { authorization: `Bearer ${ada.token}` };
  const refusal = async (body: BodyInit) => {
    const answer = await call('create-payment', { headers, body });
    return `${answer.status} ${answer.body.code}`;
  };
  for (
    const body of ['', '{', 'null', '[]', '{}', '{"booking_id": 7}', '{"booking_id": "a\\u0000"}']
  ) {
    expect(await refusal(body), body).toBe('400 invalid_body');
  }
  expect(await refusal(JSON.stringify({ booking_id: 'x'.repeat(11_000) }))).toBe(
    '413 body_too_large',
  );
  expect(await refusal(JSON.stringify({ booking_id: randomUUID() }))).toBe('404 booking_not_found');
  expect(await asPostgres('select from private.commands')).toEqual([]);
  expect(await deeds()).toEqual([]);
});

test('only POST is answered; browsers of any origin may ask, and read the code', async () => {
  const got = await call('create-payment', { method: 'GET' });
  expect(got).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  expect(got.headers.get('allow')).toBe('POST');

  const preflight = await call('create-payment', { method: 'OPTIONS' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*apikey/);

  const refused = await call('create-payment', { body: '{}' });
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(refused.headers.get('access-control-expose-headers')).toContain('x-error-code');
  expect(refused.headers.get('x-error-code')).toBe('sign_in_required');
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
});

test('an amount with three decimals and one with none reach Stripe in its units', async () => {
  const kuwait = await begin(
    await home({ currency: 'KWD', nightly: 30_000 }),
    undefined,
    june(4, 6),
  );
  const sdk = await stripeSdk();
  const intent = await sdk.paymentIntents.retrieve(kuwait.intent);
  expect(intent.currency).toBe('kwd');
  expect(intent.amount % 10).toBe(0);
  await pay(kuwait.intent);
  expect(await standing(kuwait.booking)).toMatchObject({
    booking: 'confirmed',
    captured: intent.amount,
  });
  expect(await events()).toMatchObject({ stored: 2, applied: 2 });
});
