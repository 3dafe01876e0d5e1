import { beforeEach, describe, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { asPostgres, mailTo, moveClock, runDueJobs } from '../support/stack.ts';
import { home } from '../support/stays.ts';
import {
  begins,
  commandsOf,
  control,
  createPayment,
  deeds,
  hold,
  pay,
  problemsOf,
  stripeSdk,
  work,
} from './paying.ts';

beforeEach(async () => {
  await begins();
  // Ada has no stay of the tests before: two of which nothing is paid would not be on the same nights.
  await asPostgres(
    `select private.move_booking(booking_id, case status when 'confirmed' then 'cancelled_by_guest' else 'expired'
       end::public.booking_status, 'system', 'over', null)
     from public.bookings where status in ('awaiting_payment', 'requested', 'confirmed')`,
  );
  await asPostgres(`update public.payments set status = 'cancelled' where status = 'pending'`);
  // Stripe has forgotten them.
  await asPostgres('delete from private.customers');
});

/** Dates so many days from now, there where the homes of these tests stand. */
async function daysAhead(from: number, nights: number) {
  const [row] = await asPostgres<{ checkIn: string; checkOut: string }>(
    `select (private.today('UTC') + $1::int)::text as "checkIn",
       (private.today('UTC') + $1::int + $2::int)::text as "checkOut"`,
    [from, nights],
  );
  if (row === undefined) throw new Error('no day');
  return row;
}

interface Later {
  guest: Person;
  booking: string;
  intent: string;
  mode: string;
}

/** A hold whose payment has begun, in whichever mode. */
async function begun(from: number, nights: number, listing?: string): Promise<Later> {
  const guest = await person('Ada');
  const booking = await hold(listing ?? await home(), guest, await daysAhead(from, nights));
  const { status, body } = await createPayment(guest, booking);
  expect(status, JSON.stringify(body)).toBe(200);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  return { guest, booking, intent, mode: String(body.mode) };
}

/** A stay in 200 days whose card is saved. */
async function saved(card = 'visa', listing?: string): Promise<Later> {
  const later = await begun(200, 2, listing);
  const stripe = await control();
  await stripe.setUp(later.intent, card);
  await stripe.settled();
  return later;
}

/** Instalments of a booking, as its guest reads them. */
async function instalments({ guest, booking }: Later): Promise<string[]> {
  const { data } = await (await clientOf(guest)).from('payments').select('*')
    .eq('booking_id', booking).order('instalment').throwOnError();
  return data.map(({ purpose, status, amount_minor: minor, refunded_minor: back }) =>
    [purpose, status, minor, ...(back ? [`-${back}`] : [])].join(' ')
  );
}

async function status({ guest, booking }: Pick<Later, 'guest' | 'booking'>): Promise<string> {
  const { data } = await (await clientOf(guest)).from('bookings').select('status')
    .eq('booking_id', booking).single().throwOnError();
  return data.status;
}

/** Lets the clock go to when the stay of `saved` is charged, with its worker. */
async function chargeDay(): Promise<void> {
  await moveClock('112 days');
  await work();
  await work();
}

test('a stay far away: the card is saved now, charged 90 days before the payout, and the host is paid', async () => {
  const later = await begun(200, 2);
  expect(later.mode).toBe('setup');
  const stripe = await control();
  await stripe.setUp(later.intent, 'visa');
  await stripe.settled();
  expect(await status(later)).toBe('confirmed');
  expect(await instalments(later)).toEqual(['stay pending 22820']);
  expect(stripe.list('charges')).toEqual([]);
  expect((await createPayment(later.guest, later.booking)).body).toMatchObject({
    code: 'already_paid',
  });

  await moveClock('110 days');
  await work();
  expect(stripe.list('charges')).toEqual([]);
  await moveClock('2 days');
  await work();
  await work();
  expect(await instalments(later)).toEqual(['stay captured 22820']);
  expect(stripe.list('charges')).toMatchObject([{ amount: 22_820, paid: true }]);
  expect(stripe.list('customers')).toHaveLength(1);
  expect(await commandsOf(later.booking)).toEqual([
    'create_intent done',
    'create_setup done',
    'charge done',
  ]);
  const [payout] = await asPostgres(
    `select status, amount_minor::int as amount from public.payouts where booking_id = $1`,
    [later.booking],
  );
  expect(payout).toEqual({ status: 'scheduled', amount: 19_400 });
});

test('the event of the setup is lost: the hourly look at Stripe finds the saved card', async () => {
  const later = await begun(200, 2);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.setUp(later.intent, 'visa');
  await stripe.settled();
  expect(await status(later)).toBe('awaiting_payment');
  await moveClock('10 minutes');
  // The guest's browser asks again and so brings the news itself.
  expect((await createPayment(later.guest, later.booking)).body).toMatchObject({
    code: 'already_paid',
  });
  expect(await status(later)).toBe('confirmed');
});

test('an event of a setup ten times at once has one effect, and 3DS is asked for when saving', async () => {
  const later = await begun(200, 2);
  const stripe = await control();
  stripe.weather({ duplicate: 1 });
  await stripe.setUp(later.intent, 'authenticationRequiredOnSetup');
  expect(await status(later)).toBe('awaiting_payment');
  await stripe.authenticate(later.intent);
  await stripe.settled();
  expect(await status(later)).toBe('confirmed');
  await chargeDay();
  // Once it was authenticated for later use, the bank lets it through without the guest.
  expect(await instalments(later)).toEqual(['stay captured 22820']);
});

test('create-payment dies before it recorded the setup: the worker finishes it, and both are one', async () => {
  const guest = await person('Ada');
  const booking = await hold(await home(), guest, await daysAhead(200, 2));
  const stripe = await control();
  stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/setup_intents', times: 20 });
  expect((await createPayment(guest, booking)).body).toMatchObject({
    code: 'payments_unavailable',
  });
  stripe.clearFaults();
  await moveClock('61 seconds');
  await work();
  expect(stripe.list('setup_intents')).toHaveLength(1);
  const { body } = await createPayment(guest, booking);
  expect(body).toMatchObject({ mode: 'setup', amount_minor: 22_820 });
  expect(stripe.list('setup_intents')).toHaveLength(1);
});

test('the hold expires before a card is saved: the setup is cancelled, and a late one books nothing', async () => {
  const later = await begun(200, 2);
  await moveClock('18 minutes');
  await runDueJobs();
  const stripe = await control();
  expect(stripe.list('setup_intents')).toMatchObject([{ status: 'canceled' }]);
  expect(await status(later)).toBe('expired');
  expect(await instalments(later)).toEqual(['stay cancelled 22820']);
});

test('a long stay pays 30 nights when booking; the next are charged a week before they begin', async () => {
  const later = await begun(10, 62);
  expect(later.mode).toBe('payment');
  await pay(later.intent);
  expect(await status(later)).toBe('confirmed');
  expect(await instalments(later)).toEqual([
    'stay captured 342300',
    'stay pending 342300',
    'stay pending 22820',
  ]);
  // From the hour of check-in on the 33rd day; tests begin at any hour.
  await moveClock('34 days');
  await work();
  await work();
  expect(await instalments(later)).toEqual([
    'stay captured 342300',
    'stay captured 342300',
    'stay pending 22820',
  ]);
  await moveClock('30 days');
  await work();
  await work();
  expect((await instalments(later)).at(-1)).toBe('stay captured 22820');
  const amounts = (await control()).list('payment_intents').map(({ amount }) => amount);
  expect(amounts).toEqual([342_300, 342_300, 22_820]);
  expect(mailTo('ada@example.com').at(-1)?.text ?? '').not.toContain('declined');
});

test('the saved card refuses: the guest is told and pays the same intent with another', async () => {
  const later = await saved('chargeCustomerFail');
  await chargeDay();
  expect(await instalments(later)).toEqual(['stay pending 22820']);
  expect(mailTo('ada@example.com').at(-1)).toMatchObject({
    subject: expect.stringContaining('Payment failed'),
    text: expect.stringContaining('$228.20'),
  });
  const { body } = await createPayment(later.guest, later.booking);
  expect(body).toMatchObject({ mode: 'payment', amount_minor: 22_820, currency: 'USD' });
  const [intent = ''] = String(body.client_secret).split('_secret_');
  await pay(intent);
  expect(await instalments(later)).toEqual(['stay captured 22820']);
  expect((await control()).list('payment_intents')).toHaveLength(1);
  await moveClock('4 days');
  await work();
  expect(await status(later)).toBe('confirmed');
  expect(await problemsOf(later.booking)).toEqual([]);
});

test('the saved card was detached: the guest is told at once that there is none, and it is not tried again', async () => {
  const later = await saved();
  const stripe = await control();
  const [card] = stripe.list('payment_methods');
  await (await stripeSdk()).paymentMethods.detach(card?.id ?? '');
  await chargeDay();
  await moveClock('25 hours');
  await work();
  expect(
    await asPostgres(
      'select last_error, charge_attempts from public.payments where booking_id = $1',
      [later.booking],
    ),
  ).toEqual([{ last_error: 'no_card', charge_attempts: 3 }]);
  expect(stripe.requests({ method: 'POST' }).filter(({ path }) => path.endsWith('/confirm')))
    .toHaveLength(1);
  expect(await commandsOf(later.booking)).toEqual([
    'create_intent done',
    'create_setup done',
    'charge done',
  ]);
});

test('the intent of a later charge is refused once: the next day it is made, and charged', async () => {
  const later = await saved();
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/payment_intents' });
  await chargeDay();
  expect(await commandsOf(later.booking)).toEqual(['create_intent failed', 'create_setup done']);
  expect(await problemsOf(later.booking)).toEqual(['create_intent_failed']);
  await moveClock('25 hours');
  await work();
  await work();
  expect(await instalments(later)).toEqual(['stay captured 22820']);
  expect(await problemsOf(later.booking)).toEqual([]);
  expect(await status(later)).toBe('confirmed');
});

test('the intent of a later charge cannot be made: the stay ends like one that nobody paid', async () => {
  const later = await saved();
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/payment_intents', times: 20 });
  await chargeDay();
  for (let day = 0; day < 4; day++) {
    await moveClock('24 hours 1 minute');
    await work();
  }
  expect(await status(later)).toBe('cancelled_by_guest');
  expect(await instalments(later)).toEqual(['stay cancelled 22820']);
  expect(await problemsOf(later.booking)).toEqual(['create_intent_failed', 'stay_unpaid']);
  expect((await commandsOf(later.booking)).filter((line) => line.includes('waiting'))).toEqual([]);
  stripe.clearFaults();
});

test('the guest pays in the last minute and Stripe is not heard: the stay goes on', async () => {
  const later = await saved('chargeCustomerFail');
  await chargeDay();
  const { body } = await createPayment(later.guest, later.booking);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.pay(intent, 'visa');
  await asPostgres(`update public.payments set pay_by = private.now() where booking_id = $1`, [
    later.booking,
  ]);
  await work();
  await work();
  expect(await status(later)).toBe('confirmed');
  expect(await instalments(later)).toEqual(['stay captured 22820']);
  expect(await problemsOf(later.booking)).toEqual([]);
});

test('the guest begins to pay and never comes back from 3DS: the time to pay runs all the same', async () => {
  const later = await saved('chargeCustomerFail');
  await chargeDay();
  const { body } = await createPayment(later.guest, later.booking);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  const stripe = await control();
  await stripe.pay(intent, 'threeDSecure2Required');
  for (let day = 0; day < 4; day++) {
    await moveClock('24 hours 1 minute');
    await work();
    await work();
  }
  expect(await status(later)).toBe('cancelled_by_guest');
  expect(stripe.list('payment_intents')).toMatchObject([{ status: 'canceled' }]);
});

test('the guest opens a later charge and leaves before it was ever tried: it is tried', async () => {
  const later = await saved();
  await asPostgres(`update public.payments set charge_at = private.now() where booking_id = $1`, [
    later.booking,
  ]);
  const { body } = await createPayment(later.guest, later.booking);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  const stripe = await control();
  await stripe.pay(intent, 'threeDSecure2Required');
  await work();
  await work();
  const [payment] = await asPostgres<{ settled: boolean }>(
    `select status = 'captured' or pay_by is not null as settled from public.payments where booking_id = $1`,
    [later.booking],
  );
  expect(payment).toEqual({ settled: true });
});

test('the guest comes back a day after nobody heard of the intent: it is found, not made again', async () => {
  const later = await saved();
  await asPostgres(`update public.payments set charge_at = private.now() where booking_id = $1`, [
    later.booking,
  ]);
  const stripe = await control();
  stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/payment_intents', times: 20 });
  expect((await createPayment(later.guest, later.booking)).body).toMatchObject({
    code: 'payments_unavailable',
  });
  stripe.clearFaults();
  await moveClock('25 hours');
  const { body } = await createPayment(later.guest, later.booking);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  expect(stripe.list('payment_intents').map(({ id }) => id)).toEqual([intent]);
  await pay(intent);
  expect(await instalments(later)).toEqual(['stay captured 22820']);
});

test('a request is not charged before its host has answered, not even by the guest', async () => {
  const listing = await home({ instantBook: false });
  const later = await begun(200, 2, listing);
  const stripe = await control();
  await stripe.setUp(later.intent, 'visa');
  await stripe.settled();
  expect(await status(later)).toBe('requested');
  await asPostgres(`update public.payments set charge_at = private.now() where booking_id = $1`, [
    later.booking,
  ]);
  await work();
  expect((await createPayment(later.guest, later.booking)).body).toMatchObject({
    code: 'already_paid',
  });
  expect(stripe.list('payment_intents')).toEqual([]);
});

test('nobody pays: after three attempts and three days the stay is cancelled, and the intent with it', async () => {
  const later = await saved('chargeCustomerFail');
  await chargeDay();
  for (let day = 0; day < 4; day++) {
    await moveClock('24 hours 1 minute');
    await work();
    await work();
  }
  expect(await status(later)).toBe('cancelled_by_guest');
  const stripe = await control();
  expect(stripe.list('payment_intents')).toMatchObject([{ status: 'canceled' }]);
  expect(stripe.requests({ method: 'POST' }).filter(({ path }) => path.endsWith('/confirm')))
    .toHaveLength(3);
  expect(await instalments(later)).toEqual(['stay cancelled 22820']);
  expect(await problemsOf(later.booking)).toEqual(['stay_unpaid']);
});

test('nobody pays the second instalment: what the host has of the first is what they keep', async () => {
  // At this price two roundings instead of one would make a cent more of it.
  const later = await begun(10, 45, await home({ nightly: 9_050 }));
  await (await control()).pay(later.intent, 'authenticationRequired', {
    authenticate: 'succeeded',
  });
  await (await control()).settled();
  const payouts = async () =>
    (await asPostgres<{ line: string }>(
      `select status || ' ' || amount_minor as line from public.payouts where booking_id = $1`,
      [later.booking],
    )).map(({ line }) => line);
  expect(await payouts()).toEqual(['scheduled 263354']);
  await moveClock('34 days');
  await work();
  await work();
  await moveClock('73 hours');
  await work();
  await work();
  expect(await status(later)).toBe('cancelled_by_guest');
  expect(await instalments(later)).toEqual(['stay captured 309781', 'stay cancelled 154891']);
  expect(await payouts()).toEqual(['blocked 263354']);
});

test.each(
  [
    ['before', 'reset_before'],
    ['after', 'reset_after'],
  ] as const,
)('Stripe is not heard %s the effect: the card is charged once', async (_, kind) => {
  const later = await saved();
  const stripe = await control();
  stripe.fail({ kind, method: 'POST', path: '/confirm', times: 3 });
  await moveClock('112 days');
  await work();
  await work();
  for (let wait = 0; wait < 4; wait++) {
    await moveClock('3 minutes');
    await work();
  }
  expect(await instalments(later)).toEqual(['stay captured 22820']);
  expect(stripe.list('charges').filter(({ paid }) => paid)).toHaveLength(1);
});

test('the guest pays while the worker charges: once', async () => {
  const later = await saved();
  await asPostgres(
    `update public.payments set charge_at = private.now() where booking_id = $1`,
    [later.booking],
  );
  const { body } = await createPayment(later.guest, later.booking);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  await Promise.all([pay(intent), work()]);
  await work();
  const stripe = await control();
  expect(stripe.list('charges').filter(({ paid }) => paid)).toHaveLength(1);
  expect(await instalments(later)).toEqual(['stay captured 22820']);
});

test('cancelled while its charge is on the way: what arrives goes back', async () => {
  const later = await saved();
  await moveClock('112 days');
  const stripe = await control();
  stripe.weather({ drop: 1 });
  // The intent is made, and its charge is not begun yet when the guest cancels.
  stripe.fail({ kind: 'reset_before', method: 'POST', path: '/confirm', times: 20 });
  await runDueJobs();
  stripe.clearFaults();
  const client = await clientOf(later.guest);
  await client.rpc('cancel_booking', { booking_id: later.booking }).throwOnError();
  const [row] = await asPostgres<{ stripe_intent_id: string | null }>(
    'select stripe_intent_id from public.payments where booking_id = $1',
    [later.booking],
  );
  expect(row?.stripe_intent_id).toMatch(/^pi_/);
  await stripe.pay(row?.stripe_intent_id ?? '', 'visa');
  stripe.weather({});
  await moveClock('2 hours');
  await work();
  await work();
  expect(await status(later)).toBe('cancelled_by_guest');
  expect(await instalments(later)).toEqual(['stay captured 22820 -22820']);
  expect(stripe.list('refunds')).toMatchObject([{ amount: 22_820 }]);
});

test('cancelled too late for nothing, before anything was charged: the policy is charged to the card', async () => {
  const later = await saved();
  // The grace of a day is over, the charge of this stay is put off.
  await asPostgres(
    `update public.payments set charge_at = charge_at + interval '89 days' where booking_id = $1`,
    [
      later.booking,
    ],
  );
  await moveClock('199 days');
  const client = await clientOf(later.guest);
  const { data: preview } = await client.rpc('preview_cancellation', { booking_id: later.booking })
    .throwOnError();
  expect(preview).toMatchObject({ refund_minor: 0 });
  const owed = preview.owed_minor ?? 0;
  expect(owed).toBeGreaterThan(10_000);
  await client.rpc('cancel_booking', {
    booking_id: later.booking,
    expected_refund_minor: 0,
    expected_owed_minor: owed,
  }).throwOnError();
  await work();
  await work();
  expect(await instalments(later)).toEqual(['stay cancelled 22820', `shortfall captured ${owed}`]);
  expect(mailTo('ada@example.com').map(({ text }) => text).join()).toContain(
    'will be charged to your card',
  );
});

describe('a customer who was deleted at Stripe', () => {
  const deleteCustomers = async () => {
    const sdk = await stripeSdk();
    for (const { id } of (await sdk.customers.list()).data) await sdk.customers.del(id);
  };
  const recorded = async ({ guest }: Later) => {
    const [row] = await asPostgres<{ stripe_customer_id: string }>(
      'select stripe_customer_id from private.customers where guest_id = $1',
      [guest.id],
    );
    return row?.stripe_customer_id;
  };
  const payments = async (later: Later) => (await createPayment(later.guest, later.booking)).body;
  const intentOf = (body: Record<string, unknown>) =>
    String(body.client_secret).split('_secret_')[0] ?? '';

  test('a new one is made, once, for the next stay', async () => {
    const first = await saved();
    await deleteCustomers();
    const guest = first.guest;
    const listing = await home();
    const booking = await hold(listing, guest, await daysAhead(300, 2));
    const [{ body }, again] = await Promise.all([
      createPayment(guest, booking),
      createPayment(guest, booking),
    ]);
    expect(body).toMatchObject({ mode: 'setup' });
    expect(again.body).toEqual(body);
    const stripe = await control();
    await stripe.setUp(intentOf(body), 'visa');
    await stripe.settled();
    expect(await status({ booking, guest })).toBe('confirmed');
    const living = (await (await stripeSdk()).customers.list()).data.map(({ id }) => id);
    expect(living).toEqual([await recorded(first)]);
  });

  test('its cards are lost: the guest is told at once, and pays with another', async () => {
    const later = await saved();
    await deleteCustomers();
    await chargeDay();
    expect(await instalments(later)).toEqual(['stay pending 22820']);
    expect(mailTo('ada@example.com').at(-1)?.subject).toContain('Payment failed');
    const stripe = await control();
    expect(stripe.requests({ method: 'POST' }).filter(({ path }) => path.endsWith('/confirm')))
      .toEqual([]);
    await pay(intentOf(await payments(later)));
    expect(await instalments(later)).toEqual(['stay captured 22820']);
    expect(await problemsOf(later.booking)).toEqual([]);
  });

  test('after the intent of a charge was made: another takes its place, and is paid once', async () => {
    const later = await saved('chargeCustomerFail');
    await chargeDay();
    const old = intentOf(await payments(later));
    await deleteCustomers();
    const stripe = await control();
    await expect(stripe.pay(old, 'visa')).rejects.toThrow(/No such customer/);
    const body = await payments(later);
    const next = intentOf(body);
    expect(next).not.toBe(old);
    expect(await payments(later)).toEqual(body);
    await stripe.settled();
    expect(stripe.list('payment_intents').map(({ status }) => status)).toEqual([
      'canceled',
      'requires_payment_method',
    ]);
    expect(await status(later)).toBe('confirmed');
    await pay(next);
    expect(await instalments(later)).toEqual(['stay captured 22820']);
    // Whatever is heard of the old one changes nothing.
    await stripe.resend(
      stripe.list('events').findLast(({ type }) => type === 'payment_intent.canceled')?.id ?? '',
    );
    await stripe.settled();
    expect(await instalments(later)).toEqual(['stay captured 22820']);
    expect(await problemsOf(later.booking)).toEqual([]);
  });

  test('whoever gave the old intent up died then: the worker makes the next', async () => {
    const later = await saved('chargeCustomerFail');
    await chargeDay();
    const old = intentOf(await payments(later));
    await deleteCustomers();
    const stripe = await control();
    stripe.fail({ kind: 'reset_before', method: 'POST', path: '/cancel', times: 20 });
    expect(await payments(later)).toMatchObject({ code: 'payments_unavailable' });
    stripe.clearFaults();
    await moveClock('61 seconds');
    await work();
    const next = intentOf(await payments(later));
    expect(next).not.toBe(old);
    await pay(next);
    expect(await instalments(later)).toEqual(['stay captured 22820']);
  });

  test('while a card is being saved: the same setup saves it for the next', async () => {
    const later = await begun(200, 2);
    await deleteCustomers();
    const body = await payments(later);
    expect(intentOf(body)).toBe(later.intent);
    const stripe = await control();
    await stripe.setUp(later.intent, 'visa');
    await stripe.settled();
    expect(await status(later)).toBe('confirmed');
    await chargeDay();
    expect(await instalments(later)).toEqual(['stay captured 22820']);
  });

  test('just when the card is charged again: that is the last attempt', async () => {
    const later = await saved('chargeCustomerFail');
    await chargeDay();
    await deleteCustomers();
    await moveClock('24 hours 1 minute');
    await work();
    await work();
    const [row] = await asPostgres<{ charge_attempts: number }>(
      'select charge_attempts from public.payments where booking_id = $1',
      [later.booking],
    );
    expect(row?.charge_attempts).toBe(3);
  });
});

test('no request that makes an intent for later saves the card again, and none names a card number', async () => {
  await saved();
  await chargeDay();
  const bodies = (await control()).requests({ method: 'POST' });
  expect(await deeds()).toEqual([
    'POST /v1/customers',
    'POST /v1/setup_intents',
    'POST /v1/payment_intents',
    'POST /v1/payment_intents/:id/confirm',
  ]);
  expect(JSON.stringify(bodies)).not.toMatch(/4242|setup_future_usage/);
});
