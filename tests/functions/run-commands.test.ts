import { beforeEach, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { person, serviceClient } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, mailTo, moveClock, runJobs } from '../support/stack.ts';
import {
  asks,
  begin,
  begins,
  type Begun,
  call,
  commandsOf,
  control,
  createPayment,
  deeds,
  hold,
  pay,
  problemsOf,
  refundsOf,
  standing,
  stripeSdk,
  work,
} from './paying.ts';

beforeEach(begins);

const approval = () => home({ instantBook: false });

/** A request that Ada's card covers and the host has yet to answer. */
async function requested(listing?: string): Promise<Begun> {
  const begun = await begin(listing ?? await approval());
  await pay(begun.intent);
  (await control()).clearRequests();
  return begun;
}

const run = (headers: Record<string, string>) => call('run-commands', { headers, body: '{}' });

/** Lets time pass in the database alone, as when the worker is down. */
const onlyInSql = runJobs;

test('accepting captures once, and confirms', async () => {
  const { booking } = await requested();
  expect(await asks(await person('Hedy'), 'accept_booking', booking)).toBeUndefined();
  expect(await standing(booking)).toMatchObject({ booking: 'requested', payment: 'authorized' });
  await work();
  expect(await standing(booking)).toMatchObject({
    booking: 'confirmed',
    payment: 'captured',
    captured: 22_820,
  });
  expect(await deeds()).toEqual(['POST /v1/payment_intents/:id/capture']);
  await work();
  expect(await deeds()).toHaveLength(1);
});

test('declining, withdrawing and letting a request pass each void the card, and refund nothing', async () => {
  const listing = await approval();
  const declined = await requested(listing);
  await asks(await person('Hedy'), 'decline_booking', declined.booking);
  await work();
  expect(await standing(declined.booking)).toMatchObject({
    booking: 'declined',
    payment: 'cancelled',
  });

  const withdrawn = await requested(listing);
  await asks(withdrawn.guest, 'withdraw_booking', withdrawn.booking);
  await work();
  expect(await standing(withdrawn.booking)).toMatchObject({
    booking: 'cancelled_by_guest',
    payment: 'cancelled',
  });

  const passed = await requested(listing);
  await moveClock('24 hours 1 second');
  await work();
  expect(await standing(passed.booking)).toMatchObject({
    booking: 'expired',
    payment: 'cancelled',
  });
  expect(await deeds()).toEqual(['POST /v1/payment_intents/:id/cancel']);
  expect(mailTo('ada@example.com').slice(-2).map(({ subject }) => subject)).toEqual([
    'Request declined: A quiet home, June 1, 2031',
    'Request closed: A quiet home, June 1, 2031',
  ]);
});

test('the hold expires while 3DS is open, then it succeeds: confirmed, for the nights are free', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  await stripe.pay(intent, 'threeDSecure2Required');
  await moveClock('18 minutes');
  await onlyInSql();
  expect(await standing(booking)).toMatchObject({ booking: 'expired' });

  await stripe.authenticate(intent);
  await stripe.settled();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', refunded: 0 });
  expect(await commandsOf(booking)).toEqual(['create_intent done', 'cancel_intent done']);
  expect(await problemsOf(booking)).toEqual([]);
});

test('15, 17 · it succeeds when another guest has paid for the nights: one confirmed, one refunded once', async () => {
  const listing = await home();
  const late = await begin(listing);
  const stripe = await control();
  await stripe.pay(late.intent, 'threeDSecure2Required');
  await moveClock('18 minutes');
  await onlyInSql();
  const quick = await begin(listing, await person('Grace'));
  await pay(quick.intent);
  await stripe.authenticate(late.intent);
  await stripe.settled();
  await work();
  await work();
  expect(await standing(quick.booking)).toMatchObject({ booking: 'confirmed', refunded: 0 });
  expect(await standing(late.booking)).toMatchObject({
    booking: 'payment_conflict',
    captured: 22_820,
    refunded: 22_820,
  });
  expect(stripe.list('refunds')).toMatchObject([{ amount: 22_820, status: 'succeeded' }]);
  expect(await refundsOf(late.booking)).toEqual(['succeeded']);
  expect(mailTo('ada@example.com').at(-1)).toMatchObject({
    subject: 'We are refunding your payment: A quiet home',
    text: expect.stringContaining('We are refunding the full amount of $228.20.'),
  });
});

test('the worker cancels an unpaid intent when its hold has expired', async () => {
  const { booking, intent } = await begin(await home());
  await moveClock('18 minutes');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'expired', payment: 'cancelled' });
  const { status } = await (await stripeSdk()).paymentIntents.retrieve(intent);
  expect(status).toBe('canceled');
});

test('the cancel of an expired hold meets a payment that was faster: applied as late money', async () => {
  const { booking, intent } = await begin(await home());
  const stripe = await control();
  stripe.pause();
  await stripe.pay(intent);
  await moveClock('18 minutes');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  expect(await commandsOf(booking)).toEqual(['create_intent done', 'cancel_intent done']);
  await stripe.deliverAll();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', refunded: 0 });
});

test('a host accepts twice: one capture', async () => {
  const { booking } = await requested();
  const hedy = await person('Hedy');
  await Promise.all([asks(hedy, 'accept_booking', booking), asks(hedy, 'accept_booking', booking)]);
  await work();
  expect(await asks(hedy, 'accept_booking', booking)).toBeUndefined();
  await work();
  expect(await deeds()).toEqual(['POST /v1/payment_intents/:id/capture']);
});

test('a host accepts and declines at once: one capture or one void', async () => {
  const { booking } = await requested();
  const hedy = await person('Hedy');
  await Promise.all([
    asks(hedy, 'accept_booking', booking),
    asks(hedy, 'decline_booking', booking),
  ]);
  await work();
  const deed = await deeds();
  expect(deed).toHaveLength(1);
  expect(await standing(booking)).toMatchObject(
    deed[0]?.endsWith('/capture')
      ? { booking: 'confirmed', payment: 'captured' }
      : { booking: 'declined', payment: 'cancelled' },
  );
});

test('accepted when the authorisation is over: not confirmed, and the guest is told', async () => {
  const { booking, intent } = await requested();
  const stripe = await control();
  stripe.pause();
  await stripe.expireAuthorization(intent);
  expect(await asks(await person('Hedy'), 'accept_booking', booking)).toBeUndefined();
  await work();
  await work();
  expect(await standing(booking)).toMatchObject({
    booking: 'expired',
    payment: 'cancelled',
    captured: 0,
  });
  expect(await commandsOf(booking)).toEqual(['create_intent done', 'capture failed']);
  expect(mailTo('ada@example.com').at(-1)?.subject).toMatch(/^Request closed/);
  await stripe.deliverAll();
  expect(await standing(booking)).toMatchObject({ booking: 'expired', refunded: 0 });
});

test('money goes back while only authorised: a void, no refund', async () => {
  const { guest, booking } = await requested();
  await asks(guest, 'withdraw_booking', booking);
  await work();
  expect(await deeds()).toEqual(['POST /v1/payment_intents/:id/cancel']);
  expect(await refundsOf(booking)).toEqual([]);
});

test('the capture is answered and no webhook ever comes: confirmed all the same', async () => {
  const { booking } = await requested();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await asks(await person('Hedy'), 'accept_booking', booking);
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
});

test('the answer to a capture is lost: looked up, captured once, confirmed', async () => {
  const { booking } = await requested();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  stripe.fail({ kind: 'reset_after', path: '/capture', times: 20 });
  await asks(await person('Hedy'), 'accept_booking', booking);
  await work();
  expect(await commandsOf(booking)).toEqual(['create_intent done', 'capture waiting']);
  stripe.clearFaults();
  await moveClock('10 seconds');
  await work();
  expect(await standing(booking)).toMatchObject({
    booking: 'confirmed',
    captured: 22_820,
  });
  expect(await commandsOf(booking)).toEqual(['create_intent done', 'capture done']);
});

test('a 500 that Stripe keeps for its key does not hold up a capture', async () => {
  const { booking } = await requested();
  const stripe = await control();
  stripe.fail({ kind: 'error_before', path: '/capture' });
  await asks(await person('Hedy'), 'accept_booking', booking);
  await work();
  await moveClock('10 seconds');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed', captured: 22_820 });
});

test('a payment never gets a second intent: one made by mistake is cancelled', async () => {
  const { booking, intent } = await begin(await home());
  await asPostgres(
    `update private.commands
     set status = 'waiting', finished_at = null, idempotency_key = 'staybase/forgotten'
     where booking_id = $1`,
    [booking],
  );
  await work();
  expect((await control()).list('payment_intents')).toMatchObject([
    { id: intent, status: 'requires_payment_method' },
    { status: 'canceled' },
  ]);
  expect(await standing(booking)).toMatchObject({ booking: 'awaiting_payment' });
  expect(await commandsOf(booking)).toEqual(['create_intent failed']);
});

test('a worker that died gives its commands back after two minutes', async () => {
  const { booking } = await requested();
  await asks(await person('Hedy'), 'accept_booking', booking);
  const { data } = await (await serviceClient()).rpc('claim_commands', { most: 10 });
  expect(data?.map(({ kind }) => kind)).toContain('capture');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'requested' });
  await moveClock('2 minutes 1 second');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
});

test('two workers at once carry out each command once', async () => {
  const listing = await approval();
  const people = await Promise.all(['Ada', 'Grace', 'Alan', 'Edsger'].map((name) => person(name)));
  const bookings: string[] = [];
  for (const [i, guest] of people.entries()) {
    const { booking, intent } = await begin(listing, guest, june(2 * i + 1, 2 * i + 3));
    await pay(intent);
    bookings.push(booking);
  }
  const stripe = await control();
  stripe.clearRequests();
  const hedy = await person('Hedy');
  await Promise.all(bookings.map((booking) => asks(hedy, 'accept_booking', booking)));
  const workers = await Promise.all(
    Array.from({ length: 3 }, () => run({ apikey: keys.secret })),
  );
  expect(workers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await stripe.settled();
  await work();
  expect(await deeds()).toEqual(Array(4).fill('POST /v1/payment_intents/:id/capture'));
  for (const booking of bookings) {
    expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
  }
  const mails = people.flatMap(({ email }) =>
    mailTo(email).filter(({ subject }) => subject.startsWith('Confirmed'))
  );
  expect(mails.length).toBeGreaterThanOrEqual(4);
  expect(
    await asPostgres(
      `select from private.commands where kind = 'send_mail' and (status <> 'done' or attempts <> 1)`,
    ),
  ).toEqual([]);
});

/** Money that came too late, its refund ordered and not yet carried out. */
async function refundOrdered(): Promise<Begun> {
  const listing = await home();
  const late = await begin(listing);
  await moveClock('18 minutes');
  await onlyInSql();
  const quick = await begin(listing, await person('Grace'));
  await pay(quick.intent);
  await pay(late.intent);
  expect(await commandsOf(late.booking)).toContain('refund waiting');
  return late;
}

for (const kind of ['reset_after', 'error_after'] as const) {
  test(
    `a refund whose answer is lost (${kind}) is made once`,
    async () => {
      const { booking } = await refundOrdered();
      const stripe = await control();
      stripe.weather({ drop: 1 });
      stripe.fail({
        kind,
        path: '/v1/refunds',
        method: 'POST',
        times: kind === 'error_after' ? 1 : 3,
      });
      await work();
      stripe.clearFaults();
      await moveClock('10 seconds');
      await work();
      const asked = stripe.requests({ method: 'POST', path: '/v1/refunds' });
      expect(asked.length).toBeGreaterThan(1);
      expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect(stripe.list('refunds')).toHaveLength(1);
      expect(await refundsOf(booking)).toEqual(['succeeded']);
      expect(await commandsOf(booking)).toContain('refund done');
    },
  );
}

test('a 500 that Stripe keeps for its key, with no refund behind it, does not hold the money for a day', async () => {
  const { booking } = await refundOrdered();
  const stripe = await control();
  stripe.fail({ kind: 'error_before', path: '/v1/refunds', method: 'POST' });
  await work();
  await moveClock('10 seconds');
  await work();
  expect(stripe.list('refunds')).toHaveLength(1);
  expect(await refundsOf(booking)).toEqual(['succeeded']);
});

test('a refund of unknown outcome, when Stripe has forgotten the key, is looked up and not made again', async () => {
  const { booking } = await refundOrdered();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  stripe.fail({ kind: 'reset_after', path: '/v1/refunds', method: 'POST', times: 20 });
  await work();
  expect(stripe.list('refunds')).toHaveLength(1);
  stripe.clearFaults();
  stripe.clearRequests();
  await moveClock('25 hours');
  await work();
  expect(await deeds()).toEqual([]);
  expect(stripe.list('refunds')).toHaveLength(1);
  expect(await commandsOf(booking)).toContain('refund done');
});

test('a refund that somebody made in the dashboard meanwhile is not made again, and nothing stays claimed', async () => {
  const { booking, intent } = await refundOrdered();
  await (await control()).refund({ payment_intent: intent });
  await work();
  expect((await control()).list('refunds')).toHaveLength(1);
  expect((await refundsOf(booking)).sort()).toEqual(['failed', 'succeeded']);
  expect(await standing(booking)).toMatchObject({ captured: 22_820, refunded: 22_820 });
});

test('an intent of unknown outcome is found a day later, and let go with its hold', async () => {
  const ada = await person('Ada');
  const booking = await hold(await home(), ada);
  const stripe = await control();
  stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/payment_intents', times: 20 });
  expect((await createPayment(ada, booking)).status).toBe(503);
  stripe.clearFaults();
  await moveClock('25 hours');
  await work();
  await work();
  expect(stripe.list('payment_intents')).toMatchObject([{ status: 'canceled' }]);
  expect(await standing(booking)).toMatchObject({ booking: 'expired', payment: 'cancelled' });
});

test('when Stripe asks us to slow down the capture waits, and then happens', async () => {
  const { booking } = await requested();
  const stripe = await control();
  stripe.fail({ kind: 'rate_limit', path: '/capture', times: 5 });
  await asks(await person('Hedy'), 'accept_booking', booking);
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'requested' });
  stripe.clearFaults();
  await moveClock('10 seconds');
  await work();
  expect(await standing(booking)).toMatchObject({ booking: 'confirmed' });
});

test('only the secret key starts the worker; nobody else reaches Stripe', async () => {
  const { guest, booking } = await requested();
  await asks(await person('Hedy'), 'accept_booking', booking);
  const refused = [
    {},
    { apikey: keys.publishable },
    { apikey: 'sb_secret_wrong' },
    { apikey: '' },
    { authorization: `Bearer ${guest.token}` },
    { apikey: keys.publishable, authorization: `Bearer ${guest.token}` },
    { authorization: `Basic ${keys.secret}` },
  ];
  for (const headers of refused) {
    expect(await run(headers as Record<string, string>)).toMatchObject({
      status: 401,
      body: { code: 'secret_key_required' },
    });
  }
  expect(await deeds()).toEqual([]);
  expect(await run({ authorization: `Bearer ${keys.secret}` })).toMatchObject({
    status: 200,
    body: { done: expect.any(Number), retried: 0, failed: 0 },
  });
  expect(await deeds()).toHaveLength(1);
});

test('a guest cannot accept, nor another host decline: nothing reaches Stripe', async () => {
  const { guest, booking } = await requested();
  expect(await asks(guest, 'accept_booking', booking)).toBe('booking_not_found');
  expect(await asks(await person('Grace'), 'decline_booking', booking)).toBe('booking_not_found');
  expect(await asks(await person('Grace'), 'withdraw_booking', booking)).toBe('booking_not_found');
  await work();
  expect(await deeds()).toEqual([]);
});

test('somebody without an address gets no mail, and the command is done', async () => {
  const host = await person('Imported');
  const listing = await home({ host });
  await asPostgres(
    `update public.private_profiles set email = null where profile_id = $1`,
    [host.id],
  );
  const { intent } = await begin(listing);
  await pay(intent);
  await work();
  expect(mailTo(host.email)).toEqual([]);
  expect(
    await asPostgres(
      `select template from private.commands where kind = 'send_mail' and status <> 'done'`,
    ),
  ).toEqual([]);
});
