import { beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { home } from '../support/stays.ts';
import { asPostgres, moveClock, runDueJobs } from '../support/stack.ts';
import {
  asks,
  begin,
  begins,
  commandsOf,
  control,
  createPayment,
  hold,
  pay,
  standing,
  work,
} from './paying.ts';

// Stripe keeps the 500 that a first call ended in, and repeats it under the same key for a day, whether
// the call had an effect (error_after) or none (error_before). Refunds are in run-commands.test.ts,
// transfers and reversals in payouts.test.ts, accounts too.

beforeEach(async () => {
  await begins();
  await asPostgres(`update public.payments set status = 'cancelled' where status = 'pending'`);
  // Stripe has forgotten them.
  await asPostgres('delete from private.customers');
});

/** Nights so far away that the card is only saved now. */
async function farAway() {
  const [row] = await asPostgres<{ checkIn: string; checkOut: string }>(
    `select (private.today('UTC') + 200)::text as "checkIn", (private.today('UTC') + 202)::text as "checkOut"`,
  );
  if (row === undefined) throw new Error('no day');
  return row;
}

/** A stay whose card is saved and which is due to be charged. */
async function due() {
  const begun = await begin(await home(), undefined, await farAway());
  const stripe = await control();
  await stripe.setUp(begun.intent, 'visa');
  await stripe.settled();
  await moveClock('112 days');
  return begun;
}

const living = async (table: 'payment_intents' | 'setup_intents') =>
  (await control()).list(table).filter(({ status }) => status !== 'canceled');

/** The worker comes, and once more a minute later. */
async function workTwice() {
  await work();
  await moveClock('1 minute');
  await work();
}

describe.each(['error_after', 'error_before'] as const)('%s', (kind) => {
  test('of an intent: the guest asks again and pays the only one', async () => {
    const ada = await person('Ada');
    const booking = await hold(await home(), ada);
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v1/payment_intents' });
    expect((await createPayment(ada, booking)).body.code).toBe('payments_unavailable');
    const { status, body } = await createPayment(ada, booking);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(await living('payment_intents')).toHaveLength(1);
    await pay(String(body.client_secret).split('_secret_')[0] ?? '');
    expect(await standing(booking)).toMatchObject({ booking: 'confirmed', captured: 22_820 });
  });

  test('of an intent, twice: the worker makes it, once', async () => {
    const ada = await person('Ada');
    const booking = await hold(await home(), ada);
    const stripe = await control();
    stripe.fail({ kind: 'error_before', method: 'POST', path: '/v1/payment_intents' });
    stripe.fail({ kind, method: 'POST', path: '/v1/payment_intents', skip: 1 });
    await createPayment(ada, booking);
    expect((await createPayment(ada, booking)).body.code).toBe('payments_unavailable');
    await moveClock('61 seconds');
    await workTwice();
    expect(await living('payment_intents')).toHaveLength(1);
    expect(await commandsOf(booking)).toEqual(['create_intent done']);
  });

  test('of a setup: the guest asks again and saves the card by the only one', async () => {
    const ada = await person('Ada');
    const booking = await hold(await home(), ada, await farAway());
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v1/setup_intents' });
    expect((await createPayment(ada, booking)).body.code).toBe('payments_unavailable');
    const { status, body } = await createPayment(ada, booking);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(await living('setup_intents')).toHaveLength(1);
  });

  test('of a customer: the guest asks again, and there is one to save the card for', async () => {
    const ada = await person('Ada');
    const booking = await hold(await home(), ada, await farAway());
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v1/customers' });
    expect((await createPayment(ada, booking)).body.code).toBe('payments_unavailable');
    await moveClock('2 minutes');
    expect((await createPayment(ada, booking)).status).toBe(200);
    expect(stripe.list('customers')).toHaveLength(1);
  });

  test('of a later charge: it is charged once', async () => {
    const { booking } = await due();
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/confirm' });
    await workTwice();
    await work();
    expect(await standing(booking)).toMatchObject({ payment: 'captured', captured: 22_820 });
    expect(stripe.list('charges')).toMatchObject([{ paid: true }]);
  });

  test('of the intent of a later charge: it is charged once', async () => {
    const { booking } = await due();
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v1/payment_intents' });
    await workTwice();
    await work();
    expect(await standing(booking)).toMatchObject({ payment: 'captured', captured: 22_820 });
    expect(stripe.list('payment_intents')).toHaveLength(1);
  });

  test('of a capture: the stay is confirmed', async () => {
    const { booking, intent } = await begin(await home({ instantBook: false }));
    await pay(intent);
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({ kind, method: 'POST', path: '/capture' });
    await asks(await person('Hedy'), 'accept_booking', booking);
    await workTwice();
    expect(await standing(booking)).toMatchObject({ booking: 'confirmed', captured: 22_820 });
  });

  test('of a cancelled intent: the card is let go', async () => {
    const { booking, intent } = await begin(await home({ instantBook: false }));
    await pay(intent);
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({ kind, method: 'POST', path: '/cancel' });
    await asks(await person('Hedy'), 'decline_booking', booking);
    await workTwice();
    expect(await standing(booking)).toMatchObject({ booking: 'declined', payment: 'cancelled' });
    expect(await living('payment_intents')).toEqual([]);
  });

  test('of a cancelled setup: no card is saved any more', async () => {
    const { booking } = await begin(await home(), undefined, await farAway());
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/cancel' });
    await moveClock('18 minutes');
    await runDueJobs();
    await workTwice();
    expect(await living('setup_intents')).toEqual([]);
    expect(await commandsOf(booking)).toContain('cancel_setup done');
  });
});
