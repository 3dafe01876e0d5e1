import { beforeAll, beforeEach, expect, test } from 'vitest';
import { makeStaff } from '../support/people.ts';
import {
  bookAndPay,
  lastMail,
  type Member,
  paymentOf,
  publishHome,
  signUp,
  statusOf,
  timePasses,
} from '../support/journeys.ts';
import { moveClock, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let sam: Member;
let booking_id: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, sam] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Sam')];
  await makeStaff(sam);
});
/** It is the evening of check-in in Albany: three nights are booked, and the home is empty. */
beforeEach(async () => {
  await setClock('2031-05-20T12:00:00Z');
  booking_id = await bookAndPay(ada, await publishHome(hedy), june(1, 4));
  await setClock('2031-06-02T00:00:00Z');
  await timePasses();
});

const report = async () =>
  (await hedy.client.rpc('report_no_show', { booking_id, report: 'Nobody came.' }).throwOnError())
    .data;

test('a guest who says nothing for two days gets what a late cancellation gives', async () => {
  expect(await report()).toMatchObject({
    status: 'reported',
    object_until: expect.stringMatching(/^2031-06-04T00:00:0/),
  });
  await timePasses();
  expect(lastMail(ada, booking_id)?.subject).toBe('Did you arrive? The Mill, June 1, 2031');
  expect(lastMail(ada, booking_id)?.text).toContain('please tell us by June 4, 2031 at 00:00 UTC');

  await moveClock('49 hours');
  await timePasses();
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('no_show');
  // Moderate: one night is spent, one more is kept, and half of the third; the fee stays.
  expect(await paymentOf(ada, booking_id)).toMatchObject({ refunded_minor: 5_000 });
  expect(lastMail(ada, booking_id)?.text).toContain('Your refund is $50.00.');
  expect(lastMail(hedy, booking_id)?.text).toContain('You will receive $242.50.');

  const late = await ada.client.rpc('object_to_no_show', { booking_id });
  expect(late).toMatchObject({ status: 409, error: { message: 'no_show_closed' } });
});

test('a guest who objects is heard, and staff decide', async () => {
  await report();
  const { data } = await ada.client.rpc('object_to_no_show', { booking_id, objection: 'I am in.' })
    .throwOnError();
  expect(data).toMatchObject({ status: 'objected', objection: 'I am in.' });
  await timePasses();
  expect(lastMail(hedy, booking_id)?.subject).toBe(
    'Your guest says they arrived: The Mill, June 1, 2031',
  );

  const { data: seen } = await sam.client.from('no_shows').select('report, objection')
    .eq('booking_id', booking_id).single().throwOnError();
  expect(seen).toEqual({ report: 'Nobody came.', objection: 'I am in.' });
  const mine = await hedy.client.rpc('staff_decide_no_show', {
    booking_id,
    upheld: true,
    reason: 'I say so.',
  });
  expect(mine).toMatchObject({ status: 403, error: { message: 'staff_only' } });
  await sam.client.rpc('staff_decide_no_show', {
    booking_id,
    upheld: false,
    reason: 'The lock was opened at six.',
  }).throwOnError();
  await moveClock('49 hours');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('confirmed');
  expect(await paymentOf(ada, booking_id)).toMatchObject({ refunded_minor: 0 });
  expect(lastMail(ada, booking_id)?.text).toContain('Reason: The lock was opened at six.');
  await moveClock('24 hours');
  await timePasses();
  expect(await statusOf(ada, booking_id)).toBe('completed');
});

test('nobody else learns of a no-show', async () => {
  await report();
  const alan = await signUp('Alan');
  const { data } = await alan.client.from('no_shows').select('*').throwOnError();
  expect(data).toEqual([]);
  const { error } = await alan.client.rpc('object_to_no_show', { booking_id });
  expect(error?.message).toBe('booking_not_found');
});
