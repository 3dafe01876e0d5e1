import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { codeOf } from '../../types/errors.ts';
import { makeStaff } from '../support/people.ts';
import {
  bookAndPay,
  lastMail,
  type Member,
  paymentOf,
  publishHome,
  signUp,
  timePasses,
} from '../support/journeys.ts';
import { setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let sam: Member;
let booking_id: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, sam] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Sam')];
  await makeStaff(sam);
  booking_id = await bookAndPay(ada, await publishHome(hedy), june(1, 3));
});

test('a guest complains, the host answers, staff give half back', async () => {
  const complaint = {
    complaint_id: randomUUID(),
    booking_id,
    category: 'not_clean' as const,
    complaint: 'There is flour everywhere.',
  };
  const early = await ada.client.rpc('file_complaint', complaint);
  expect(codeOf(early.error)).toBe('stay_not_begun');

  await setClock('2031-06-02T00:00:00Z');
  const { data: filed } = await ada.client.rpc('file_complaint', complaint).throwOnError();
  expect(filed).toMatchObject({ status: 'open', category: 'not_clean' });
  const again = await ada.client.rpc('file_complaint', complaint).throwOnError();
  expect(again.data).toEqual(filed);
  await timePasses();
  expect(lastMail(hedy)).toMatchObject({
    subject: 'Your guest has a complaint: The Mill, June 1, 2031',
    text: expect.stringContaining('There is flour everywhere.'),
  });

  const { data: seen } = await hedy.client.from('complaints').select('*').single().throwOnError();
  const { complaint_id } = seen;
  await hedy.client.rpc('answer_complaint', { complaint_id, answer: 'It is a mill.' })
    .throwOnError();
  const { data: payout } = await hedy.client.from('payouts').select('status, reason').single()
    .throwOnError();
  expect(payout).toEqual({ status: 'blocked', reason: 'complaint' });

  const { data: waiting } = await sam.client.from('complaints')
    .select('booking_id, complaint, answer').eq('status', 'open').throwOnError();
  expect(waiting).toEqual([
    { booking_id, complaint: complaint.complaint, answer: 'It is a mill.' },
  ]);
  const decision = { complaint_id, refund_minor: 11_410, reason: 'Mills can be swept.' };
  const mine = await ada.client.rpc('staff_decide_complaint', decision);
  expect(codeOf(mine.error)).toBe('staff_only');
  const { data: decided } = await sam.client.rpc('staff_decide_complaint', decision).throwOnError();
  expect(decided).toMatchObject({ status: 'refunded', decision: 'Mills can be swept.' });
  await timePasses();
  expect(await paymentOf(ada, booking_id)).toMatchObject({ refunded_minor: 11_410 });
  expect(lastMail(ada)?.text).toContain('Reason: Mills can be swept.');
  expect(lastMail(ada)?.text).toContain('Your refund is $114.10.');
  expect(lastMail(hedy)?.text).toContain('Your share of the stay is now $97.00.');
  expect(lastMail(hedy)?.text).not.toContain('114.10');
  const { data: left } = await hedy.client.from('payouts').select('status, amount_minor').single()
    .throwOnError();
  expect(left).toEqual({ status: 'scheduled', amount_minor: 9_700 });
});

test('a complaint taken back leaves no trace in the money', async () => {
  const complaint_id = randomUUID();
  await ada.client.rpc('file_complaint', {
    complaint_id,
    booking_id,
    category: 'other',
    complaint: 'It is loud.',
  }).throwOnError();
  const { data } = await ada.client.rpc('withdraw_complaint', { complaint_id }).throwOnError();
  expect(data.status).toBe('withdrawn');
  await timePasses();
  expect(lastMail(hedy)?.subject).toBe('Complaint withdrawn: The Mill, June 1, 2031');
  const { data: payout } = await hedy.client.from('payouts').select('status').single()
    .throwOnError();
  expect(payout.status).toBe('scheduled');
});
