import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { inject } from 'vitest';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { home, june, request } from '../support/stays.ts';
import { asPostgres, moveClock, runJobs, testDatabase } from '../support/stack.ts';
import {
  asks,
  begin,
  begins,
  call,
  control,
  createPayment,
  deeds,
  eventOf,
  events,
  pay,
  post,
  problemsOf,
  refundsOf,
  standing,
  stripeSdk,
  work,
} from './paying.ts';

beforeEach(begins);

/** How often a booking reached a state, and how many mails were ordered. */
async function effects(booking: string) {
  const [row] = await asPostgres<{ confirmed: number; mails: number }>(
    `select
       (select count(*)::int from public.booking_history where booking_id = $1 and to_status = 'confirmed') as confirmed,
       (select count(*)::int from private.commands where booking_id = $1 and kind = 'send_mail') as mails`,
    [booking],
  );
  return row;
}

test('the same event ten times in parallel: one effect, ten times 200', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  const event = await eventOf('payment_intent.succeeded');
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(event)));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(await effects(booking)).toEqual({ confirmed: 1, mails: 2 });
  expect(await events()).toEqual({ stored: 1, applied: 1 });
});

test('two different events for one change: one confirmation', async () => {
  const { booking, intent } = await begin(await home({ instantBook: false }));
  await pay(intent);
  const stripe = await control();
  stripe.pause();
  await (await stripeSdk()).paymentIntents.capture(intent);
  await asPostgres(
    'update public.bookings set accepted_at = private.now(), expires_at = null where booking_id = $1',
    [booking],
  );
  const both = [await eventOf('charge.captured'), await eventOf('payment_intent.succeeded')];
  const answers = await Promise.all(both.map((event) => post(event)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await effects(booking)).toMatchObject({ confirmed: 1 });
});

/** An intent whose making our side has not heard of yet. */
async function intentOf(booking: string, payment: string, amount: number): Promise<string> {
  const intent = await (await stripeSdk()).paymentIntents.create({
    amount,
    currency: 'usd',
    automatic_payment_methods: { enabled: true },
    metadata: { app: 'staybase', env: 'local', booking_id: booking, payment_id: payment },
  });
  return intent.id;
}

test('succeeded arrives before our row knows the intent: found by its metadata', async () => {
  const ada = await session(await person('Ada'));
  const listing = await home();
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  const [start] = await ada.run<{ payment_id: string; amount_minor: number }>(
    'select payment_id, amount_minor::int from public.start_payment($1)',
    [booking],
  );
  await ada.commit();
  const intent = await intentOf(booking, start!.payment_id, start!.amount_minor);
  await pay(intent);
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  expect(
    await asPostgres('select booking_id from public.payments where stripe_intent_id = $1', [
      intent,
    ]),
  ).toEqual([
    { booking_id: booking },
  ]);
});

test('succeeded arrives before our rows are committed: 500, and fine when sent again', async () => {
  const ada = await session(await person('Ada'));
  const listing = await home();
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  const [start] = await ada.run<{ payment_id: string; amount_minor: number }>(
    'select payment_id, amount_minor::int from public.payments where booking_id = $1',
    [booking],
  );
  const stripe = await control();
  stripe.pause();
  await stripe.pay(await intentOf(booking, start!.payment_id, start!.amount_minor));
  const event = await eventOf('payment_intent.succeeded');
  expect((await post(event)).status).toBe(500);
  expect(await events()).toEqual({ stored: 1, applied: 0 });

  await ada.commit();
  expect(await post(event)).toMatchObject({ status: 200, body: { outcome: 'captured' } });
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
  expect(await events()).toEqual({ stored: 1, applied: 1 });
});

test('succeeded before amount_capturable_updated: never falls back', async () => {
  const { guest, booking, intent } = await begin(await home({ instantBook: false }));
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  await createPayment(guest, booking);
  expect(await asks(await person('Hedy'), 'accept_booking', booking)).toBeUndefined();
  await runJobs();
  await (await stripeSdk()).paymentIntents.capture(intent);
  expect((await post(await eventOf('payment_intent.succeeded'))).status).toBe(200);
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });

  await stripe.deliverAll({ shuffle: true, seed: 7 });
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  expect(await effects(booking)).toMatchObject({ confirmed: 1 });
});

test('an old event sent again days later changes nothing', async () => {
  const { booking, intent } = await begin(await home({ instantBook: false }));
  await pay(intent);
  await asks(await person('Hedy'), 'decline_booking', booking);
  await work();
  const before = [await standing(booking), await effects(booking), await deeds()];
  await moveClock('5 days');
  const old = await eventOf('payment_intent.amount_capturable_updated');
  expect(await post(old)).toMatchObject({ status: 200, body: { outcome: 'duplicate' } });
  expect(await post({ ...old, id: 'evt_again' })).toMatchObject({
    status: 200,
    body: { outcome: 'unchanged' },
  });
  expect([await standing(booking), await effects(booking), await deeds()]).toEqual(before);
});

test('a signature older than five minutes, or from the future: 400, nothing stored', async () => {
  const { intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  const event = await eventOf('payment_intent.succeeded');
  for (const age of [310, 86_400, -310, -86_400]) {
    expect(await post(event, { age }), `age ${age}`).toMatchObject({
      status: 400,
      body: { code: 'invalid_signature' },
    });
  }
  expect(await events()).toEqual({ stored: 0, applied: 0 });
  expect((await post(event, { age: 280 })).status).toBe(200);
});

test('one byte altered, a wrong signature, a missing one, a blank secret: 400, nothing stored', async () => {
  const { intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  const event = await eventOf('payment_intent.succeeded');
  const signed = JSON.stringify(event);
  const { headers } = await import('../../local/stripe/webhooks.ts').then((module) => ({
    headers: {
      'stripe-signature': module.signatureHeader(
        signed,
        ['whsec_staybase_local'],
        Math.floor(Date.now() / 1000),
      ),
    },
  }));
  const altered = await call('stripe-webhook', { headers, body: signed.replace('evt_', 'evT_') });
  const answers = [
    altered,
    await post(event, { secret: 'whsec_other' }),
    await post(event, { secret: '' }),
    await post(event, { signature: '' }),
    await post(event, { signature: 't=1,v1=0' }),
    await post(event, { signature: `t=${Math.floor(Date.now() / 1000)},v1=` }),
    await post(event, { signature: 'garbage' }),
    await call('stripe-webhook', { body: signed }),
    await post(''),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
  }
  expect(await events()).toEqual({ stored: 0, applied: 0 });
  expect((await call('stripe-webhook', { headers, body: signed })).status).toBe(200);
});

test('an event of the other mode is answered and ignored', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  const event = { ...await eventOf('payment_intent.succeeded'), livemode: true };
  expect(await post(event)).toMatchObject({ status: 200, body: { outcome: 'ignored' } });
  expect(await events()).toEqual({ stored: 0, applied: 0 });
  expect(await standing(booking)).toMatchObject({ booking: 'awaiting_payment' });
});

test('what is of another type, account or program is answered and changes nothing', async () => {
  const { booking } = await begin(await home());
  const stripe = await control();
  const sdk = await stripeSdk();
  const foreign = await sdk.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    automatic_payment_methods: { enabled: true },
    metadata: { app: 'another-shop' },
  });
  const elsewhere = await sdk.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    automatic_payment_methods: { enabled: true },
    metadata: { app: 'staybase', env: 'staging', payment_id: randomUUID() },
  });
  stripe.pause();
  for (const intent of [foreign, elsewhere]) {
    await stripe.pay(intent.id);
    expect(await post(await eventOf('payment_intent.succeeded'))).toMatchObject({
      status: 200,
      body: { outcome: 'foreign' },
    });
    expect(await post(await eventOf('charge.succeeded'))).toMatchObject({
      body: { outcome: 'ignored' },
    });
  }
  await stripe.refund({ payment_intent: foreign.id });
  expect(await post(await eventOf('refund.created'))).toMatchObject({
    status: 200,
    body: { outcome: 'foreign' },
  });
  const event = await eventOf('payment_intent.succeeded');
  expect(await post({ ...event, id: 'evt_connected', account: 'acct_1' })).toMatchObject({
    body: { outcome: 'ignored' },
  });
  expect(await standing(booking)).toMatchObject({ booking: 'awaiting_payment' });
});

test('a thin event, or anything signed that is no event, is a 400 and no crash', async () => {
  const thin = { id: 'evt_1', object: 'v2.core.event', type: 'v2.core.account.updated' };
  expect(await post(thin)).toMatchObject({ status: 400, body: { code: 'thin_event' } });
  for (const body of ['{', '[]', 'null', '"x"', '{}', '{"object": "event"}', '7']) {
    expect(await post(body), body).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  }
  expect(await post('x'.repeat(1_000_001))).toMatchObject({ status: 413 });
  expect(await events()).toEqual({ stored: 0, applied: 0 });
});

test('an amount that is not the booking’s: not confirmed, flagged, and the money goes back', async () => {
  const { booking, intent } = await begin(await home());
  await (await stripeSdk()).paymentIntents.update(intent, { amount: 100 });
  await pay(intent);
  expect(await standing(booking)).toMatchObject({ booking: 'awaiting_payment', captured: 100 });
  expect(await problemsOf(booking)).toEqual(['amount_mismatch']);
  await work();
  expect(await standing(booking)).toMatchObject({ refunded: 100 });
  expect((await control()).list('refunds')).toMatchObject([{ amount: 100 }]);
});

test('another currency, only authorised: flagged, and let go', async () => {
  const { booking, intent } = await begin(await home({ instantBook: false }));
  await (await stripeSdk()).paymentIntents.update(intent, { currency: 'eur' });
  await pay(intent);
  expect(await problemsOf(booking)).toEqual(['amount_mismatch']);
  await work();
  expect(await standing(booking)).toMatchObject({ payment: 'cancelled', captured: 0 });
  expect((await (await stripeSdk()).paymentIntents.retrieve(intent)).status).toBe('canceled');
});

test('another customer: not confirmed, flagged, no card of theirs is kept, and the money goes back', async () => {
  const { booking, intent } = await begin(await home());
  const sdk = await stripeSdk();
  const { id: customer } = await sdk.customers.create({ description: 'Somebody else' });
  await sdk.paymentIntents.update(intent, { customer, setup_future_usage: 'off_session' });
  await pay(intent);
  expect(await standing(booking)).toMatchObject({ booking: 'awaiting_payment', captured: 22_820 });
  expect(await problemsOf(booking)).toEqual(['customer_mismatch']);
  expect(await asPostgres('select from private.saved_cards where booking_id = $1', [booking]))
    .toEqual([]);
  await work();
  expect(await standing(booking)).toMatchObject({ refunded: 22_820 });
  expect((await control()).list('refunds')).toMatchObject([{ amount: 22_820 }]);
});

test('a card is declined, another one pays the same intent; a late payment_failed changes nothing', async () => {
  const { guest, booking, intent } = await begin(await home());
  await pay(intent, 'visa_chargeDeclinedStolenCard');
  expect(await standing(booking)).toMatchObject({
    booking: 'awaiting_payment',
    last_error: 'card_declined',
  });
  expect((await createPayment(guest, booking)).body.client_secret).toContain(intent);

  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent, 'chargeDeclined');
  await stripe.pay(intent, 'visa');
  expect((await post(await eventOf('payment_intent.succeeded'))).status).toBe(200);
  expect(await post(await eventOf('payment_intent.payment_failed'))).toMatchObject({
    body: { outcome: 'unchanged' },
  });
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
});

test('a refund that fails at the bank is shown to an operator', async () => {
  const { booking, intent } = await begin(await home());
  await (await stripeSdk()).paymentIntents.update(intent, { amount: 100 });
  await pay(intent, 'refundFail');
  await work();
  await moveClock('2 minutes');
  const stripe = await control();
  await stripe.tick();
  await stripe.settled();
  expect(await refundsOf(booking)).toEqual(['failed']);
  expect(await problemsOf(booking)).toContain('refund_failed');
});

test('what Stripe says of a card that was let go moves nothing, and is not asked for again', async () => {
  const { guest, booking, intent } = await begin(await home({ instantBook: false }));
  await pay(intent);
  await asks(guest, 'withdraw_booking', booking);
  await work();
  const stripe = await control();
  await stripe.warnOfFraud({ payment_intent: intent });
  await stripe.settled();
  const released = await eventOf('refund.created');
  expect(await post(released)).toMatchObject({ status: 200, body: { outcome: 'duplicate' } });
  const { stored, applied } = await events();
  expect(applied).toBe(stored);
  expect(await refundsOf(booking)).toEqual([]);
  expect(await problemsOf(booking)).toEqual([]);
});

test('an event that could not be applied is applied an hour later, though Stripe sends it no more', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.pay(intent);
  await stripe.refund({ payment_intent: intent });
  const host = await person('Hedy');
  await call('host-account', {
    headers: { authorization: `Bearer ${host.token}` },
    body: JSON.stringify({ country_code: 'US', return_url: 'https://stay.test/host' }),
  });
  const [account] = stripe.list('accounts');
  const kept: [type: string, object: string | undefined][] = [
    ['payment_intent.succeeded', intent],
    ['charge.updated', stripe.list('charges')[0]?.id],
    ['refund.created', stripe.list('refunds')[0]?.id],
    ['v2.core.account.updated', account?.id],
    ['of.another.age', 'thing_1'],
  ];
  for (const [type, object] of kept) {
    await asPostgres('select private.store_stripe_event($1, $2, $3)', [
      `evt_${type}`,
      type,
      object,
    ]);
  }
  stripe.fail({ kind: 'unavailable', path: '/v1/charges/*', times: 3 });
  await moveClock('59 minutes');
  await work();
  expect(await events()).toEqual({ stored: 5, applied: 0 });
  await moveClock('1 minute');
  await work();
  expect(await events()).toEqual({ stored: 5, applied: 4 });
  await moveClock('1 hour');
  await work();
  expect(await events()).toEqual({ stored: 5, applied: 5 });
  expect(await standing(booking)).toMatchObject({ payment: 'captured', refunded: 22_820 });
});

test('while the database is away every event is a 500; then all are applied', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  const held = stripe.held().length;
  const { name } = await testDatabase();
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  const asAdmin = (sql: string) =>
    cluster.using('postgres', 'supabase_admin', (client) => client.query(sql));

  await asAdmin(`alter database ${name} connection limit 0`);
  await asAdmin(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = '${name}' and usename = 'authenticator'`,
  );
  expect((await post(await eventOf('payment_intent.succeeded'))).status).toBe(500);
  await asAdmin(`alter database ${name} connection limit -1`);

  await expect.poll(async () => (await stripe.deliverAll()).failed, { interval: 500 }).toBe(0);
  expect(held).toBeGreaterThan(0);
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
});
