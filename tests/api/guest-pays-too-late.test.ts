import { beforeAll, beforeEach, expect, test } from 'vitest';
import { control } from '../functions/paying.ts';
import {
  book,
  bookAndPay,
  type Member,
  openPayment,
  paymentOf,
  publishHome,
  signUp,
  statusOf,
  timePasses,
} from '../support/journeys.ts';
import { mailTo, moveClock, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let grace: Member;
let listing: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, grace] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Grace')];
});
beforeEach(async () => {
  listing = await publishHome(hedy);
});

test('a hold nobody pays is over, and somebody else has the nights', async () => {
  const { booking_id } = await book(ada, listing, june(1, 3));
  await moveClock('9 minutes 30 seconds');
  const lastMinute = await ada.client.functions.invoke('create-payment', { body: { booking_id } });
  expect(lastMinute.response?.status).toBe(409);
  expect(await lastMinute.response?.json()).toMatchObject({ code: 'hold_expired' });
  expect((await book(grace, listing, june(1, 3))).error?.message).toBe('nights_taken');

  await moveClock('31 seconds');
  const newcomer = await book(grace, listing, june(1, 3));
  expect(newcomer.data).toMatchObject({ status: 'awaiting_payment' });
  expect(await statusOf(ada, booking_id)).toBe('expired');
  expect(mailTo(ada.email)).toEqual([]);
});

test('the clock ends a hold two minutes after its time', async () => {
  const { booking_id } = await book(ada, listing, june(1, 3));
  await moveClock('11 minutes');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('awaiting_payment');
  await moveClock('61 seconds');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('expired');
});

/** Ada is asked for 3DS, looks for her phone, and her hold runs out. */
async function tooLate() {
  const { booking_id } = await book(ada, listing, june(1, 3));
  const intent = await openPayment(ada, booking_id);
  const stripe = await control();
  await stripe.pay(intent, 'threeDSecure2Required');
  await stripe.settled();
  await moveClock('15 minutes 30 seconds');
  return {
    booking_id,
    async findsPhone() {
      await stripe.authenticate(intent);
      await stripe.settled();
    },
  };
}

test('late money takes the same nights again when they are free', async () => {
  const { booking_id, findsPhone } = await tooLate();
  await findsPhone();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
  await timePasses();
  expect(await paymentOf(ada, booking_id)).toMatchObject({ status: 'captured', refunded_minor: 0 });
});

test('late money goes back, once, when another guest has the nights', async () => {
  const { booking_id, findsPhone } = await tooLate();
  const newer = await bookAndPay(grace, listing, june(2, 4));
  await findsPhone();
  for (let beat = 0; beat < 3; beat += 1) await timePasses();

  expect(await statusOf(grace, newer)).toBe('confirmed');
  expect(await statusOf(ada, booking_id)).toBe('payment_conflict');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'captured',
    captured_minor: 22_820,
    refunded_minor: 22_820,
  });
  const refunds = (await control()).list('refunds');
  expect(refunds).toMatchObject([{ amount: 22_820, status: 'succeeded' }]);
  const { data: seen } = await ada.client.from('refunds').select('amount_minor, status')
    .eq('booking_id', booking_id).throwOnError();
  expect(seen).toEqual([{ amount_minor: 22_820, status: 'succeeded' }]);
  expect(mailTo(ada.email).at(-1)?.text).toContain('$228.20');
});
