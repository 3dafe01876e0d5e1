import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { control } from '../functions/paying.ts';
import {
  book,
  type Member,
  openPayment,
  paymentOf,
  publishHome,
  signUp,
  statusOf,
  timePasses,
} from '../support/journeys.ts';
import { setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let listing: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada] = [await signUp('Hedy'), await signUp('Ada')];
});
beforeEach(async () => {
  listing = await publishHome(hedy);
});

test('a declined card, then another: the same intent, one booking', async () => {
  const { booking_id } = await book(ada, listing, june(1, 3));
  const intent = await openPayment(ada, booking_id);
  const stripe = await control();
  await stripe.pay(intent, 'chargeDeclinedInsufficientFunds');
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('awaiting_payment');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'pending',
    last_error: 'card_declined',
  });

  expect(await openPayment(ada, booking_id)).toBe(intent);
  await stripe.pay(intent, 'visa');
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
  expect(await paymentOf(ada, booking_id)).toMatchObject({ status: 'captured', last_error: null });
});

test('3DS that fails leaves the hold, 3DS that succeeds confirms', async () => {
  const { booking_id } = await book(ada, listing, june(3, 5));
  const intent = await openPayment(ada, booking_id);
  const stripe = await control();
  await stripe.pay(intent, 'threeDSecure2Required');
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('awaiting_payment');
  await stripe.authenticate(intent, 'failed');
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('awaiting_payment');

  await stripe.pay(intent, 'threeDSecure2Required', { authenticate: 'succeeded' });
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
});

test('two clicks on book are one booking, two clicks on pay one intent', async () => {
  const booking_id = randomUUID();
  const clicks = await Promise.all([
    book(ada, listing, june(1, 3), booking_id),
    book(ada, listing, june(1, 3), booking_id),
  ]);
  expect(clicks[0].error).toBeNull();
  expect(clicks[1].data).toEqual(clicks[0].data);
  const { count } = await ada.client.from('bookings').select('*', { count: 'exact', head: true })
    .eq('listing_id', listing);
  expect(count).toBe(1);

  const intents = await Promise.all([
    openPayment(ada, booking_id),
    openPayment(ada, booking_id),
    openPayment(ada, booking_id),
  ]);
  expect(new Set(intents).size).toBe(1);
  const stripe = await control();
  await stripe.pay(intents[0]);
  await stripe.settled();
  const paid = await ada.client.functions.invoke('create-payment', { body: { booking_id } });
  expect(paid.response?.status).toBe(409);
  expect(await paid.response?.json()).toMatchObject({ code: 'already_paid' });
});

test('an id that was used for another stay is refused', async () => {
  const { booking_id } = await book(ada, listing, june(1, 3));
  const again = await book(ada, listing, june(4, 5), booking_id);
  expect(again).toMatchObject({ status: 409, error: { message: 'id_reused' } });
  const grace = await signUp('Grace');
  const stolen = await book(grace, listing, june(4, 5), booking_id);
  expect(stolen).toMatchObject({ status: 409, error: { message: 'id_reused' } });
});

test('a guest who withdraws before paying frees the nights, and the intent is cancelled', async () => {
  const { booking_id } = await book(ada, listing, june(1, 3));
  const intent = await openPayment(ada, booking_id);
  await ada.client.rpc('withdraw_booking', { booking_id }).throwOnError();
  expect(await statusOf(ada, booking_id)).toBe('cancelled_by_guest');
  await timePasses();
  expect((await control()).get(intent)).toMatchObject({ status: 'canceled' });
  expect(await paymentOf(ada, booking_id)).toMatchObject({ status: 'cancelled' });
  const unpayable = await ada.client.functions.invoke('create-payment', { body: { booking_id } });
  expect(await unpayable.response?.json()).toMatchObject({ code: 'hold_expired' });
});

test('a price that changed since the quote is said so, and nothing is held', async () => {
  const stay = { listing_id: listing, check_in: '2031-06-01', check_out: '2031-06-03' };
  const { data: quote } = await ada.client.rpc('quote_stay', stay).throwOnError();
  await hedy.client.from('listing_prices').update({ base_price_minor: 12_000 })
    .eq('listing_id', listing).throwOnError();
  const booking_id = randomUUID();
  const { status, error } = await ada.client.rpc('request_booking', {
    ...stay,
    booking_id,
    expected_total_minor: quote.total_minor ?? -1,
  });
  expect({ status, code: error?.message }).toEqual({ status: 409, code: 'price_changed' });
  expect(await statusOf(ada, booking_id)).toBeUndefined();
});
