import { expect, test } from 'vitest';
import { control } from '../functions/paying.ts';
import {
  book,
  openPayment,
  paymentOf,
  publishHome,
  signUp,
  statusOf,
  timePasses,
} from '../support/journeys.ts';
import { anonClient } from '../support/people.ts';
import { mailTo, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

test('a stranger signs up, searches, books, pays and stays', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [hedy, ada, mallory] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Mallory')];
  const listing = await publishHome(hedy);
  const { checkIn: check_in, checkOut: check_out } = june(1, 4);
  const stay = { listing_id: listing, check_in, check_out, guests: 2 };

  // Searching needs no account.
  const stranger = await anonClient();
  const box = { west: -74, south: 42.4, east: -73.5, north: 42.9 };
  const search = { ...box, check_in, check_out, guests: 2, currency: 'USD' };
  const { data: found } = await stranger.rpc('search_listings', search).throwOnError();
  expect(found).toMatchObject([{ listing_id: listing, total_minor: 34_230 }]);
  const { data: elsewhere } = await stranger.rpc('search_listings', { ...search, west: -73.6 })
    .throwOnError();
  expect(elsewhere).toEqual([]);

  const { data: days } = await ada.client.rpc('listing_calendar', {
    listing_id: listing,
    starts_on: check_in,
    ends_on: check_out,
  }).throwOnError();
  expect(days.map((day) => [day.day, day.available, day.price_minor])).toEqual([
    ['2031-06-01', true, 10_000],
    ['2031-06-02', true, 10_000],
    ['2031-06-03', true, 10_000],
  ]);
  const { data: quote } = await ada.client.rpc('quote_stay', stay).throwOnError();
  expect(quote).toMatchObject({
    subtotal_minor: 30_000,
    guest_fee_minor: 4230,
    taxes_minor: 0,
    total_minor: 34_230,
    currency: 'USD',
  });

  const { booking_id, data: hold } = await book(ada, listing, june(1, 4));
  expect(hold).toMatchObject({ status: 'awaiting_payment', total_minor: 34_230 });

  // An unpaid hold keeps the nights, and shows neither side more than before.
  const seenBy = async (client: typeof ada.client) => ({
    address: (await client.from('listing_addresses').select('street').throwOnError()).data,
    access: (await client.from('listing_access').select('door_code').throwOnError()).data,
    hostsMoney: (await client.from('host_totals').select('payout_minor').throwOnError()).data,
    guestsMoney: (await client.from('guest_totals').select('total_minor').throwOnError()).data,
  });
  expect(await seenBy(ada.client)).toEqual({
    address: [],
    access: [],
    hostsMoney: [],
    guestsMoney: [{ total_minor: 34_230 }],
  });
  expect(await statusOf(hedy, booking_id)).toBeUndefined();
  const early = await ada.client.rpc('booking_contacts', { booking_id });
  expect(early).toMatchObject({ status: 409, error: { message: 'not_confirmed' } });
  expect((await mallory.client.rpc('quote_stay', stay)).error?.message).toBe('nights_taken');

  const intent = await openPayment(ada, booking_id);
  expect(await statusOf(ada, booking_id)).toBe('awaiting_payment');
  const stripe = await control();
  await stripe.pay(intent);
  await stripe.settled();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'captured',
    captured_minor: 34_230,
    refunded_minor: 0,
  });

  await timePasses();
  expect(mailTo(ada.email).map((mail) => mail.subject)).toContain(
    'Confirmed: The Mill, June 1, 2031',
  );
  expect(mailTo(hedy.email).map((mail) => mail.subject)).toContain(
    'New booking: The Mill, June 1, 2031',
  );

  // Now both know what they need, and nothing of the other's money.
  expect(await seenBy(ada.client)).toEqual({
    address: [{ street: '11 State Street' }],
    access: [],
    hostsMoney: [],
    guestsMoney: [{ total_minor: 34_230 }],
  });
  expect(await seenBy(hedy.client)).toMatchObject({
    hostsMoney: [{ payout_minor: 29_100 }],
    guestsMoney: [],
  });
  expect(await statusOf(hedy, booking_id)).toBe('confirmed');
  for (const side of [ada, hedy]) {
    const { data: contacts } = await side.client.rpc('booking_contacts', { booking_id })
      .throwOnError();
    expect(contacts.map((contact) => [contact.party, contact.display_name, contact.email]).sort())
      .toEqual([['guest', 'Ada', 'ada@example.com'], ['host', 'Hedy', 'hedy@example.com']]);
  }

  // Others see a home that is taken, and nothing else.
  expect(await seenBy(mallory.client)).toEqual({
    address: [],
    access: [],
    hostsMoney: [],
    guestsMoney: [],
  });
  expect(await statusOf(mallory, booking_id)).toBeUndefined();
  expect((await mallory.client.rpc('booking_contacts', { booking_id })).error?.message)
    .toBe('booking_not_found');
  expect((await stranger.rpc('search_listings', search).throwOnError()).data).toEqual([]);

  // The door opens three days before check-in.
  await setClock('2031-05-29T12:00:00Z');
  expect(await seenBy(ada.client)).toMatchObject({
    address: [{ street: '11 State Street' }],
    access: [{ door_code: '4711' }],
  });

  await setClock('2031-06-04T15:00:01Z');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('completed');
  expect(await seenBy(ada.client)).toMatchObject({ address: [], access: [] });
  const { data: history } = await ada.client.from('booking_history').select('to_status, actor')
    .order('position').throwOnError();
  expect(history).toEqual([
    { to_status: 'awaiting_payment', actor: 'guest' },
    { to_status: 'confirmed', actor: 'system' },
    { to_status: 'completed', actor: 'system' },
  ]);
});
