import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  bookAndPay,
  type Member,
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
let listing: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada] = [await signUp('Hedy'), await signUp('Ada')];
});
beforeEach(async () => {
  listing = await publishHome(hedy, { instantBook: false });
});

const lastSubject = (member: Member) => mailTo(member.email).at(-1)?.subject;
const isFree = async (member: Member) => {
  const { data } = await member.client.rpc('listing_calendar', {
    listing_id: listing,
    starts_on: '2031-06-01',
    ends_on: '2031-06-02',
  }).throwOnError();
  return data[0]?.available;
};

test('a request is authorised, accepted, charged and confirmed', async () => {
  const booking_id = await bookAndPay(ada, listing, june(1, 3));
  expect(await statusOf(ada, booking_id)).toBe('requested');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'authorized',
    captured_minor: 0,
  });
  await timePasses();
  expect(lastSubject(hedy)).toBe('Booking request: The Mill');

  const { data: accepted } = await hedy.client.rpc('accept_booking', { booking_id }).throwOnError();
  expect(accepted).toMatchObject({ status: 'requested', accepted_at: expect.any(String) });
  await timePasses();
  await timePasses();
  expect(await statusOf(hedy, booking_id)).toBe('confirmed');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'captured',
    captured_minor: 22_820,
  });
  expect(lastSubject(ada)).toBe('Confirmed: The Mill, June 1, 2031');

  const again = await hedy.client.rpc('accept_booking', { booking_id });
  expect(again.data).toMatchObject({ status: 'confirmed' });
  const declining = await hedy.client.rpc('decline_booking', { booking_id });
  expect(declining).toMatchObject({ status: 409, error: { message: 'already_accepted' } });
});

test('a declined guest pays nothing, and the nights are free', async () => {
  const booking_id = await bookAndPay(ada, listing, june(1, 3));
  expect(await isFree(ada)).toBe(false);
  await hedy.client.rpc('decline_booking', { booking_id, reason: 'The roof leaks.' })
    .throwOnError();
  expect(await statusOf(ada, booking_id)).toBe('declined');
  expect(await isFree(ada)).toBe(true);

  await timePasses();
  await timePasses();
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'cancelled',
    captured_minor: 0,
  });
  const { data: refunds } = await ada.client.from('refunds').select('*').throwOnError();
  expect(refunds).toEqual([]);
  expect(lastSubject(ada)).toBe('Request declined: The Mill, June 1, 2031');
  const { data: history } = await ada.client.from('booking_history').select('to_status, reason')
    .eq('booking_id', booking_id).order('position').throwOnError();
  expect(history.at(-1)).toEqual({ to_status: 'declined', reason: 'The roof leaks.' });
});

test('a request that nobody answers for a day is over', async () => {
  const booking_id = await bookAndPay(ada, listing, june(1, 3));
  await moveClock('23 hours 59 minutes');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('requested');
  await moveClock('2 minutes');
  const late = await hedy.client.rpc('accept_booking', { booking_id });
  expect(late).toMatchObject({ status: 409, error: { message: 'request_expired' } });

  await timePasses();
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('expired');
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'cancelled',
    captured_minor: 0,
  });
  expect(await isFree(ada)).toBe(true);
});

test('a guest takes a request back', async () => {
  const booking_id = await bookAndPay(ada, listing, june(1, 3));
  await ada.client.rpc('withdraw_booking', { booking_id }).throwOnError();
  expect(await statusOf(hedy, booking_id)).toBe('cancelled_by_guest');
  const late = await hedy.client.rpc('accept_booking', { booking_id });
  expect(late).toMatchObject({ status: 409, error: { message: 'not_awaiting_answer' } });
  await timePasses();
  await timePasses();
  expect(await paymentOf(ada, booking_id)).toMatchObject({
    status: 'cancelled',
    captured_minor: 0,
  });
  expect(await isFree(hedy)).toBe(true);
});

test('only hosts of the home answer, and a guest cannot answer for them', async () => {
  const booking_id = await bookAndPay(ada, listing, june(1, 3));
  const mallory = await signUp('Mallory');
  await publishHome(mallory);
  for (const someone of [ada, mallory]) {
    for (const verb of ['accept_booking', 'decline_booking'] as const) {
      const answer = await someone.client.rpc(verb, { booking_id });
      expect(answer).toMatchObject({ status: 404, error: { message: 'booking_not_found' } });
    }
  }
  expect(await statusOf(ada, booking_id)).toBe('requested');
});
