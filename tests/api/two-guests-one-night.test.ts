import { expect, test } from 'vitest';
import { book, bookAndPay, publishHome, signUp, statusOf } from '../support/journeys.ts';
import { setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

test('two guests saw the same quote; the second is told, and has the night when the first withdraws', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [hedy, ada, grace] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Grace')];
  const listing = await publishHome(hedy);
  const stay = { listing_id: listing, check_in: '2031-06-02', check_out: '2031-06-04', guests: 2 };
  const { data: quote } = await grace.client.rpc('quote_stay', stay).throwOnError();
  const first = await book(ada, listing, june(1, 3));

  const second = await grace.client.rpc('request_booking', {
    ...stay,
    booking_id: crypto.randomUUID(),
    expected_total_minor: quote.total_minor ?? -1,
  });
  expect(second).toMatchObject({ status: 409, error: { message: 'nights_taken', code: 'PT409' } });
  const { data: bookings } = await grace.client.from('bookings').select('*').throwOnError();
  expect(bookings).toEqual([]);

  // The day on which Ada leaves is free, for both ends of a stay.
  const next = await bookAndPay(grace, listing, june(3, 5));
  expect(await statusOf(grace, next)).toBe('confirmed');

  await ada.client.rpc('withdraw_booking', { booking_id: first.booking_id }).throwOnError();
  expect((await book(grace, listing, june(2, 3))).data).toMatchObject({
    status: 'awaiting_payment',
  });
});
