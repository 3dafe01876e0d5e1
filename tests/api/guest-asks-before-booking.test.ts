import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeOf } from '../../types/errors.ts';
import { control } from '../functions/paying.ts';
import { openPayment, publishHome, signUp, statusOf } from '../support/journeys.ts';
import { moveClock, runDueJobs, setClock } from '../support/stack.ts';

test('a guest asks, is let in at the listed price, hesitates a day, and gets a price', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [hedy, ada, grace] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Grace')];
  const mill = await publishHome(hedy, { instantBook: false });
  await hedy.client.from('booking_rules').update({ minimum_nights: 4 }).eq('listing_id', mill)
    .throwOnError();

  // Three nights, where the host wants four.
  const inquiry_id = randomUUID();
  const stay = { listing_id: mill, check_in: '2031-06-10', check_out: '2031-06-13', guests: 2 };
  expect(codeOf((await ada.client.rpc('quote_stay', stay)).error)).toBe('below_minimum_nights');
  await ada.client.rpc('send_inquiry', { inquiry_id, ...stay, message: 'Three, perhaps?' })
    .throwOnError();
  expect((await grace.client.from('inquiries').select('*').throwOnError()).data).toEqual([]);

  const first = randomUUID();
  await hedy.client.rpc('preapprove_inquiry', { offer_id: first, inquiry_id, message: 'Do come.' })
    .throwOnError();
  const { data: messages } = await ada.client.from('messages').select('side, body')
    .order('position').throwOnError();
  expect(messages).toEqual([
    { side: 'guest', body: 'Three, perhaps?' },
    { side: 'host', body: 'Do come.' },
  ]);
  const quote = await ada.client.rpc('quote_offer', { offer_id: first }).throwOnError();
  expect(quote.data).toMatchObject({ total_minor: 34_230, instant_book: true });
  expect(codeOf((await grace.client.rpc('quote_offer', { offer_id: first })).error))
    .toBe('offer_not_found');

  // A day later it is over.
  await moveClock('24 hours');
  await runDueJobs();
  const book = (offer_id: string, expected_total_minor: number, booking_id = randomUUID()) =>
    ada.client.rpc('request_booking', { booking_id, ...stay, expected_total_minor, offer_id });
  expect(codeOf((await book(first, 34_230)).error)).toBe('offer_closed');

  // Hedy names a price; Ada takes it, and her card is charged at once.
  const second = randomUUID();
  await hedy.client.rpc('send_special_offer', {
    offer_id: second,
    inquiry_id,
    subtotal_minor: 20_000,
  }).throwOnError();
  expect(codeOf((await book(second, 34_230)).error)).toBe('price_changed');
  const booking_id = randomUUID();
  const { data: hold } = await book(second, 22_820, booking_id).throwOnError();
  expect(hold).toMatchObject({ status: 'awaiting_payment', total_minor: 22_820 });
  const stripe = await control();
  await stripe.pay(await openPayment(ada, booking_id));
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
  expect((await hedy.client.from('host_totals').select('payout_minor').throwOnError()).data)
    .toEqual([{ payout_minor: 19_400 }]);
  expect(
    (await hedy.client.from('offers').select('status').order('created_at').throwOnError()).data,
  )
    .toEqual([{ status: 'expired' }, { status: 'accepted' }]);
  expect(codeOf((await book(second, 22_820)).error)).toBe('offer_closed');
});
