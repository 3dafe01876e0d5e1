import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, moveClock, setClock } from '../support/stack.ts';
import {
  begin,
  begins,
  type Begun,
  control,
  moved,
  onboard,
  pay,
  payoutOf,
  problemsOf,
  settle,
  staff,
  work,
} from './paying.ts';

beforeEach(async () => {
  await begins();
  await asPostgres('update public.payouts set due_at = $1 where status in ($2, $3)', [
    '2099-01-01',
    'scheduled',
    'blocked',
  ]);
});

let hosts = 0;

interface Stay extends Begun {
  host: Person;
}

/** Ada has paid for nights of June, 228.20 for two, with a host whom Stripe pays; it is their check-in. */
async function begunStay(nights = june(1, 3)): Promise<Stay> {
  const host = await person(`Troubled${String.fromCharCode(97 + hosts++)}`);
  const begun = await begin(await home({ host }), undefined, nights);
  await pay(begun.intent);
  await onboard(host);
  await work();
  await setClock('2031-06-01T16:00:00Z');
  return { ...begun, host };
}

/** Ada complains; staff give so much back. Returns what staff were told, if they were refused. */
async function complain({ guest, booking }: Stay) {
  const complaint_id = randomUUID();
  await (await clientOf(guest)).rpc('file_complaint', {
    complaint_id,
    booking_id: booking,
    category: 'not_clean',
    complaint: 'Dust.',
  }).throwOnError();
  return async (refund_minor: number) =>
    (await (await staff()).rpc('staff_decide_complaint', {
      complaint_id,
      refund_minor,
      reason: 'We looked.',
    })).error?.message;
}

test('a complaint keeps the payout; half the money back leaves half the payout', async () => {
  const stay = await begunStay();
  const decide = await complain(stay);
  await moveClock('2 days');
  await settle();
  expect(await payoutOf(stay.booking)).toBe('blocked 19400 complaint');
  expect(await decide(11_410)).toBeUndefined();
  expect(await decide(11_410)).toBeUndefined();
  await settle();
  expect(await payoutOf(stay.booking)).toBe('paid 9700');
  expect(await moved(stay.booking)).toEqual({ refunds: [11_410], transfers: [[9_700, 0]] });
});

test('a complaint that is dismissed lets the whole payout go', async () => {
  const stay = await begunStay();
  const decide = await complain(stay);
  await moveClock('2 days');
  expect(await decide(0)).toBeUndefined();
  await settle();
  expect(await moved(stay.booking)).toEqual({ refunds: [], transfers: [[19_400, 0]] });
});

test('a complaint after the transfer takes back the part of the host', async () => {
  const stay = await begunStay();
  await moveClock('25 hours');
  await settle();
  expect(await payoutOf(stay.booking)).toBe('paid 19400');
  const decide = await complain(stay);
  expect(await decide(11_410)).toBeUndefined();
  await settle();
  expect(await payoutOf(stay.booking)).toBe('paid 19400 back 9700');
  expect(await moved(stay.booking)).toEqual({ refunds: [11_410], transfers: [[19_400, 9_700]] });
});

for (const kind of ['error_after', 'error_before'] as const) {
  test(`a refund and a reversal whose outcome is unknown (${kind}) are made once`, async () => {
    const stay = await begunStay();
    await moveClock('25 hours');
    await settle();
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v1/refunds' });
    stripe.fail({ kind, method: 'POST', path: '/v1/transfers/' });
    const decide = await complain(stay);
    expect(await decide(22_820)).toBeUndefined();
    await settle();
    await moveClock('2 minutes');
    await settle();
    expect(await payoutOf(stay.booking)).toBe('reversed 19400 back 19400');
    expect(await moved(stay.booking)).toEqual({ refunds: [22_820], transfers: [[19_400, 19_400]] });
  });
}

test('a dispute and a complaint never give the same money back twice', async () => {
  const stay = await begunStay();
  const decide = await complain(stay);
  const stripe = await control();
  await stripe.openDispute({ payment_intent: stay.intent });
  await stripe.settled();
  expect(await problemsOf(stay.booking)).toContain('disputed');
  expect(await decide(11_410)).toBe('dispute_open');
  expect(await decide(0)).toBeUndefined();
  await moveClock('3 days');
  await settle();
  expect(stripe.list('refunds')).toEqual([]);
  expect(await payoutOf(stay.booking)).toBe('blocked 19400 disputed');
});

test('a no-show nobody denies is refunded and paid out by the policy', async () => {
  const stay = await begunStay();
  await (await clientOf(stay.host)).rpc('report_no_show', { booking_id: stay.booking })
    .throwOnError();
  await moveClock('47 hours');
  await settle();
  expect(await payoutOf(stay.booking)).toBe('blocked 19400 no_show');
  await moveClock('90 minutes');
  await settle();
  // Moderate: the night that began and the one after it are kept.
  expect(await payoutOf(stay.booking)).toBe('paid 19400');
  expect(await moved(stay.booking)).toEqual({ refunds: [], transfers: [[19_400, 0]] });
});

test('a no-show reported after the payout takes back what the host does not keep', async () => {
  const stay = await begunStay(june(1, 5));
  await moveClock('25 hours');
  await settle();
  expect(await payoutOf(stay.booking)).toBe('paid 38800');
  await (await clientOf(stay.host)).rpc('report_no_show', { booking_id: stay.booking })
    .throwOnError();
  await moveClock('49 hours');
  await settle();
  // Moderate, on the second day: two nights are spent, one more is kept, and half of the last.
  expect(await payoutOf(stay.booking)).toBe('paid 38800 back 4850');
  expect(await moved(stay.booking)).toEqual({ refunds: [5_000], transfers: [[38_800, 4_850]] });
});
