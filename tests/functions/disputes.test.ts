import { beforeEach, expect, test } from 'vitest';
import { asPostgres, moveClock } from '../support/stack.ts';
import {
  control,
  differencesOf,
  onboard,
  payoutOf,
  problemsOf,
  refundsOf,
  staffCancels,
  stripeSdk,
  work,
} from './paying.ts';
import {
  balances,
  beginsWithoutPayouts,
  due,
  ledgerOf,
  newHost,
  paidOut,
  partsOf,
  staffReleases,
  stay,
} from './payouts.ts';

beforeEach(beginsWithoutPayouts);

test('a dispute lost after the transfer and won on appeal: the host is paid again', async () => {
  const { booking, intent, stripe } = await paidOut();
  const { id } = await stripe.openDispute({ payment_intent: intent });
  await stripe.closeDispute(id, 'lost');
  await stripe.settled();
  await work();
  expect(await partsOf(booking)).toEqual(['1 reversed 19400']);

  await stripe.appealDispute(id);
  await stripe.settled();
  expect(await problemsOf(booking)).toEqual(['disputed']);
  const sdk = await stripeSdk();
  const appeal = { card: { reason_for_filing: 'They stayed.' } };
  expect((await sdk.disputes.update(id, { evidence: { appeal } })).status).toBe(
    'appeal_under_review',
  );
  await stripe.settled();
  await work();
  expect(await partsOf(booking)).toEqual(['1 reversed 19400']);
  expect(await differencesOf(booking)).toEqual(['payment_problem: disputed']);

  await stripe.closeDispute(id, 'won');
  await stripe.settled();
  await moveClock('3 days');
  await stripe.tick();
  await work();
  expect(await partsOf(booking)).toEqual(['1 reversed 19400', '2 paid 19400']);
  expect(await ledgerOf(booking)).toMatchObject({ platform: -3_420 });
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
  expect(await differencesOf(booking)).toEqual([]);
  expect(
    await asPostgres('select status from private.disputes where stripe_dispute_id = $1', [id]),
  ).toEqual([{ status: 'won' }]);
});

for (const outcome of ['won', 'lost'] as const) {
  test(`a refund ordered while a dispute is appealed waits, and the appeal is ${outcome}`, async () => {
    const host = await newHost();
    const { booking, intent } = await stay(host);
    const stripe = await control();
    const { id } = await stripe.openDispute({ payment_intent: intent });
    await stripe.closeDispute(id, 'lost');
    await stripe.settled();
    // Nobody tells us of the appeal before the refund was ordered.
    stripe.weather({ drop: 1 });
    await stripe.appealDispute(id);
    expect(await staffCancels(booking, 22_820)).toBeUndefined();
    await work();
    expect(await refundsOf(booking)).toEqual(['pending']);
    expect(await problemsOf(booking)).toEqual(['disputed', 'refund_waits']);
    stripe.weather({});
    await stripe.closeDispute(id, outcome);
    await stripe.settled();
    await work();
    expect(await refundsOf(booking)).toEqual([outcome === 'won' ? 'succeeded' : 'failed']);
    expect(await differencesOf(booking)).toEqual([]);
    const { ledger, stripe: held } = await balances(booking);
    expect(ledger).toBe(held);
  });
}

test('a refund that a lost dispute stood in for is made when the appeal is won', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  const stripe = await control();
  const { id } = await stripe.openDispute({ payment_intent: intent });
  await stripe.closeDispute(id, 'lost');
  await stripe.settled();
  await staffCancels(booking, 22_820);
  await work();
  expect(await refundsOf(booking)).toEqual(['failed']);
  await stripe.appealDispute(id);
  await stripe.closeDispute(id, 'won');
  await stripe.settled();
  await work();
  expect(await refundsOf(booking)).toEqual(['failed', 'succeeded']);
  expect(stripe.list('refunds').map(({ amount }) => amount)).toEqual([22_820]);
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
  expect(await differencesOf(booking)).toEqual([]);
});

test('a dispute that a prevention program answered is a refund, and no dispute', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  const stripe = await control();
  await stripe.preventDispute({ payment_intent: intent });
  await stripe.settled();
  expect(await refundsOf(booking)).toEqual(['succeeded']);
  expect(await partsOf(booking)).toEqual(['1 cancelled 19400']);
  expect(await problemsOf(booking)).toEqual([]);
  expect(await differencesOf(booking)).toEqual([]);
});

test('an inquiry freezes the payout and moves no money; closed, the host is paid', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  const stripe = await control();
  const inquiry = await stripe.openDispute({ payment_intent: intent, inquiry: true });
  await stripe.settled();
  await due();
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 disputed');
  await stripe.closeDispute(inquiry.id, 'won');
  await stripe.settled();
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
});

test('an early fraud warning holds the payout until staff release it', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  const stripe = await control();
  await stripe.warnOfFraud({ payment_intent: intent });
  await stripe.settled();
  await due();
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 fraud_warning');
  await staffReleases(booking);
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
});
