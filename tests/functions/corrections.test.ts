import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, freshDatabase, moveClock, setClock } from '../support/stack.ts';
import {
  begins,
  control,
  differencesOf,
  onboard,
  paidStay,
  payoutOf,
  problemsOf,
  staff,
  staffCancels,
  stripeSdk,
  work,
} from './paying.ts';

let host: Person;
let mill: string;

beforeEach(async () => {
  await freshDatabase();
  await begins();
  await setClock('2031-05-20T12:00:00Z');
  host = await person('Hedy');
  mill = await home({ host });
  await onboard(host);
});

/** A guest has paid 228.20 for two nights; the host's share is 194.00. */
const stay = (nights = june(1, 3)) => paidStay(mill, nights);

/** The transfer to the host is made. */
async function paidOut() {
  await setClock('2031-06-02T15:00:01Z');
  await work();
  const [transfer] = (await control()).list('transfers');
  expect(transfer?.amount).toBe(19_400);
  return transfer?.id ?? '';
}

const refunds = async () =>
  (await asPostgres<{ line: string }>(
    `select reason || ' ' || amount_minor || ' ' || status as line from public.refunds order by 1`,
  )).map(({ line }) => line);

const reversals = async () =>
  (await asPostgres<{ line: string }>(
    `select amount_minor || ' ' || status as line from private.reversals order by 1`,
  )).map(({ line }) => line);

/** The ledger is at zero where it should be, and holds what Stripe holds. */
async function adds() {
  const { available, pending } = (await control()).balance();
  const [row] = await asPostgres<{ held: number; guest: number }>(
    `select sum(amount_minor) filter (where account = 'stripe_balance')::int as held,
       coalesce(sum(amount_minor) filter (where account = 'guest'), 0)::int as guest
     from private.ledger_entries`,
  );
  expect(row?.held).toBe([...available, ...pending].reduce((sum, { amount }) => sum + amount, 0));
  expect(row?.guest).toBe(0);
  const totals = await asPostgres<{ paid: string; claimed: string }>(
    `select refunded_minor as claimed,
       (select coalesce(sum(amount_minor), 0) from public.refunds
        where refunds.payment_id = payments.payment_id and status <> 'failed') as paid
     from public.payments`,
  );
  for (const { paid, claimed } of totals) expect(claimed).toBe(paid);
}

test('a refund that no longer fits, for somebody refunded in the dashboard, is cut to the rest', async () => {
  const { booking, intent } = await stay();
  await staffCancels(booking, 22_820);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.refund({ payment_intent: intent, amount: 5_705 });
  await work();
  await work();
  expect(await refunds()).toEqual([
    'cancelled_by_staff 17115 succeeded',
    'cancelled_by_staff 22820 failed',
    'dashboard 5705 succeeded',
  ]);
  expect(stripe.list('refunds').map(({ amount }) => amount)).toEqual([5_705, 17_115]);
  await adds();
  expect(await differencesOf()).toEqual([]);
});

test('all was refunded in the dashboard: nothing stays claimed', async () => {
  const { booking, intent } = await stay();
  await staffCancels(booking, 11_410);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.refund({ payment_intent: intent });
  await work();
  await work();
  expect(await refunds()).toEqual(['cancelled_by_staff 11410 failed', 'dashboard 22820 succeeded']);
  expect(await payoutOf(booking)).toMatch(/^cancelled .* nothing_due$/);
  await adds();
  expect(await differencesOf()).toEqual([]);
});

test('a refund in the dashboard that fails leaves all as if it had not been made', async () => {
  const { booking, intent } = await stay();
  const stripe = await control();
  const { id } = await stripe.refund({ payment_intent: intent });
  await stripe.settled();
  expect(await payoutOf(booking)).toBe('cancelled 19400 nothing_due');
  await stripe.settleRefund(id, 'failed');
  await stripe.settled();
  expect(await payoutOf(booking)).toBe('scheduled 19400');
  await adds();
  expect(await differencesOf()).toEqual(['payment_problem: refund_failed']);

  await staffCancels(booking, 11_410);
  await work();
  expect(await refunds()).toEqual(['cancelled_by_staff 11410 succeeded', 'dashboard 22820 failed']);
  expect(await payoutOf(booking)).toBe('scheduled 9700');
  await adds();
});

for (const outcome of ['won', 'lost'] as const) {
  test(`a refund meets a dispute and waits: ${outcome}`, async () => {
    const { booking, intent } = await stay();
    await staffCancels(booking, 11_410);
    const stripe = await control();
    stripe.weather({ drop: 1 });
    const dispute = await stripe.openDispute({ payment_intent: intent });
    await work();
    await work();
    expect(await refunds()).toEqual(['cancelled_by_staff 11410 pending']);
    expect(await problemsOf(booking)).toEqual(['disputed', 'refund_waits']);
    stripe.weather({});
    await stripe.closeDispute(dispute.id, outcome);
    await stripe.settled();
    await work();
    await work();
    expect(await refunds()).toEqual([
      `cancelled_by_staff 11410 ${outcome === 'won' ? 'succeeded' : 'failed'}`,
    ]);
    expect(await payoutOf(booking)).toMatch(outcome === 'won' ? /^scheduled 9700/ : /^cancelled/);
    await adds();
    expect(await differencesOf()).toEqual([]);
  });
}

test('a bank gives back a part, less than is refunded: the host keeps what is left', async () => {
  const { booking, intent } = await stay();
  await staffCancels(booking, 11_410);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  const dispute = await stripe.openDispute({ payment_intent: intent, amount: 11_410 });
  await stripe.closeDispute(dispute.id, 'lost');
  await work();
  await work();
  expect(await refunds()).toEqual(['cancelled_by_staff 11410 failed']);
  expect(await payoutOf(booking)).toBe('scheduled 9700');
  await adds();
  expect(await differencesOf()).toEqual([]);
});

test('a bank gives back less than staff did for a complaint: an operator sees the rest', async () => {
  const { booking, guest, intent } = await stay();
  await setClock('2031-06-01T16:00:00Z');
  const complaint_id = randomUUID();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  const dispute = await stripe.openDispute({ payment_intent: intent, amount: 8_000 });
  await (await clientOf(guest)).rpc('file_complaint', {
    complaint_id,
    booking_id: booking,
    category: 'not_clean',
    complaint: 'Dust.',
  }).throwOnError();
  await (await staff()).rpc('staff_decide_complaint', {
    complaint_id,
    refund_minor: 20_000,
    reason: 'Dust.',
  }).throwOnError();
  await stripe.closeDispute(dispute.id, 'lost');
  await work();
  await work();
  expect(await refunds()).toEqual(['complaint 20000 failed']);
  expect(await problemsOf(booking)).toEqual(['refund_cut']);
  await adds();
});

test('a bank was faster with a part of a refund that nothing was left for: the host has their share', async () => {
  const { booking, intent } = await stay();
  await staffCancels(booking, 21_451);
  const stripe = await control();
  // With this nothing is left of the shares, until the refund of ours turns out to be too much.
  await stripe.refund({ payment_intent: intent, amount: 4_108 });
  const dispute = await stripe.openDispute({ payment_intent: intent, amount: 9_128 });
  await stripe.closeDispute(dispute.id, 'lost');
  await stripe.settled();
  await work();
  await work();
  expect(await refunds()).toEqual([
    'cancelled_by_staff 21451 failed',
    'dashboard 4108 succeeded',
  ]);
  const [shares] = await asPostgres(
    `select -sum(amount_minor) filter (where account = 'host')::int as host,
       coalesce(sum(amount_minor) filter (where account = 'dispute'), 0)::int as dispute
     from private.ledger_entries`,
  );
  expect(shares).toEqual({ host: 1_164, dispute: 0 });
});

test('a transfer reversed in the dashboard is imported once, and the host is short of it', async () => {
  const { booking } = await stay();
  const transfer = await paidOut();
  const stripe = await control();
  await (await stripeSdk()).transfers.createReversal(transfer, { amount: 4_000 });
  await stripe.settled();
  const raised = stripe.list('events').findLast(({ type }) => type === 'transfer.reversed');
  stripe.resend(raised?.id ?? '');
  await stripe.settled();
  expect(await reversals()).toEqual(['4000 reversed']);
  expect(await payoutOf(booking)).toBe('paid 19400 back 4000');
  expect(await problemsOf(booking)).toEqual(['host_underpaid']);
  await adds();
  expect(await differencesOf()).toEqual([
    'ledger_differs: host is -4000, should be 0',
    'payment_problem: host_underpaid',
  ]);
});

test('with its webhook lost, the daily look finds it', async () => {
  await stay();
  const transfer = await paidOut();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await (await stripeSdk()).transfers.createReversal(transfer);
  await moveClock('25 hours');
  await work();
  await work();
  expect(await reversals()).toEqual(['19400 reversed']);
  await adds();
});

test('it pays what the host owes', async () => {
  const { booking } = await stay();
  const { booking: other } = await stay(june(20, 22));
  const transfer = await paidOut();
  const client = await clientOf(host);
  await client.rpc('cancel_booking', { booking_id: other }).throwOnError();
  await work();
  await (await stripeSdk()).transfers.createReversal(transfer, { amount: 5_000 });
  await (await control()).settled();
  expect(await reversals()).toEqual(['5000 reversed']);
  expect(await payoutOf(booking)).toBe('paid 19400');
  await adds();
  expect(await differencesOf()).toEqual([]);
  const { data } = await client.from('earnings').select('kind, net_minor, debt_minor')
    .order('entered_at').order('kind').throwOnError();
  expect(data).toEqual([
    { kind: 'payout', net_minor: 19_400, debt_minor: 0 },
    { kind: 'penalty', net_minor: 0, debt_minor: 5_000 },
    { kind: 'reversal', net_minor: -5_000, debt_minor: 0 },
    { kind: 'debt_collected', net_minor: 0, debt_minor: -5_000 },
  ]);
});

test('a reversal that we gave up and an operator made by hand is the same one', async () => {
  const { booking } = await stay();
  const transfer = await paidOut();
  await staffCancels(booking, 11_410);
  await asPostgres(
    `update private.commands set status = 'failed', finished_at = private.now(), problem = 'no answer', attempts = 12
     where kind = 'reverse_transfer'`,
  );
  await work();
  await (await stripeSdk()).transfers.createReversal(transfer, { amount: 9_700 });
  await (await control()).settled();
  expect(await reversals()).toEqual(['9700 reversed']);
  expect(await payoutOf(booking)).toBe('paid 19400 back 9700');
  await adds();
});
