import { beforeEach, expect, test } from 'vitest';
import { home, june } from '../support/stays.ts';
import { asPostgres, moveClock, runJobs, setClock } from '../support/stack.ts';
import {
  begin,
  commandsOf,
  control,
  differencesOf,
  onboard,
  pay,
  payoutOf,
  problemsOf,
  refundsOf,
  staffCancels,
  work,
} from './paying.ts';
import {
  balances,
  beginsWithoutPayouts,
  due,
  ledgerOf,
  newHost,
  paidOut,
  stay,
} from './payouts.ts';

beforeEach(beginsWithoutPayouts);

test("a refund after the transfer reverses the host's share", async () => {
  const { booking } = await paidOut();
  expect(await staffCancels(booking, 11_410)).toBeUndefined();
  await work();
  const stripe = await control();
  expect(stripe.list('transfer_reversals')).toMatchObject([{ amount: 9_700 }]);
  expect(await payoutOf(booking)).toBe('paid 19400 back 9700');
  expect(await refundsOf(booking)).toEqual(['succeeded']);
  expect(await commandsOf(booking)).toEqual([
    'create_intent done',
    'refund done',
    'transfer done',
    'reverse_transfer done',
  ]);
  expect(await ledgerOf(booking)).toMatchObject({ platform: -1_710 });
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
});

for (const kind of ['reset_after', 'error_after', 'error_before'] as const) {
  test(`a reversal whose answer is lost (${kind}) is made once`, async () => {
    const { booking, stripe } = await paidOut();
    stripe.fail({
      kind,
      method: 'POST',
      path: '/reversals',
      times: kind === 'reset_after' ? 3 : 1,
    });
    await staffCancels(booking, 11_410);
    await work();
    stripe.clearFaults();
    await moveClock('10 seconds');
    await work();
    expect(stripe.list('transfer_reversals')).toHaveLength(1);
    expect(await payoutOf(booking)).toBe('paid 19400 back 9700');
  });
}

test('what the host has spent already becomes a debt, netted from the next payout', async () => {
  const host = await newHost();
  const first = await stay(host);
  const account = await onboard(host);
  const second = await stay(host, june(10, 12));
  await due();
  await work();
  const stripe = await control();
  await moveClock('3 days');
  await stripe.tick();
  await stripe.payOut({ account, currency: 'usd' });
  await staffCancels(first.booking, 22_820);
  await work();
  expect(stripe.list('transfer_reversals')).toEqual([]);
  expect(await payoutOf(first.booking)).toBe('reversed 19400 back 19400');
  expect(await ledgerOf(first.booking)).toMatchObject({ host_debt: 19_400 });
  await setClock('2031-06-11T15:00:01Z');
  await work();
  expect(await payoutOf(second.booking)).toBe('paid 19400 withheld 19400');
  expect(stripe.list('transfers')).toHaveLength(1);
});

for (const lost of ['nothing', 'the answer', 'the answer, and the key is forgotten'] as const) {
  test(`what the host has spent in part is taken back in part (${lost} is lost)`, async () => {
    const { account, booking, stripe } = await paidOut();
    await moveClock('3 days');
    await stripe.tick();
    await stripe.payOut({ account, currency: 'usd', amount: 12_000 });
    if (lost !== 'nothing') {
      stripe.weather({ drop: 1 });
      // The refusal of the whole, then the part whose answer breaks off three times.
      stripe.fail({ kind: 'reset_after', method: 'POST', path: '/reversals', times: 3, skip: 1 });
    }
    await staffCancels(booking, 22_820);
    await work();
    expect(stripe.list('transfer_reversals')).toMatchObject([{ amount: 7_400 }]);
    stripe.clearFaults();
    await moveClock(lost === 'the answer' ? '10 seconds' : '25 hours');
    await work();
    expect(stripe.list('transfer_reversals')).toMatchObject([{ amount: 7_400 }]);
    expect(await payoutOf(booking)).toBe('reversed 19400 back 19400');
    expect(
      await asPostgres(
        `select reversals.status, reversals.amount_minor::int as minor from private.reversals
         join public.payouts using (payout_id) where booking_id = $1 order by minor`,
        [booking],
      ),
    ).toEqual([{ status: 'reversed', minor: 7_400 }, { status: 'owed', minor: 12_000 }]);
    expect(await ledgerOf(booking)).toMatchObject({ host_debt: 12_000 });
    const { ledger, stripe: held } = await balances(booking);
    expect(ledger).toBe(held);
    expect(await differencesOf(booking)).toEqual([]);
  });
}

test('a part that the host spends in the same moment is tried again', async () => {
  const { account, booking, stripe } = await paidOut();
  await moveClock('3 days');
  await stripe.tick();
  await stripe.payOut({ account, currency: 'usd', amount: 12_000 });
  stripe.fail({ kind: 'no_balance', method: 'POST', path: '/reversals', times: 2 });
  await staffCancels(booking, 22_820);
  await work();
  expect(stripe.list('transfer_reversals')).toEqual([]);
  await moveClock('10 seconds');
  await work();
  expect(stripe.list('transfer_reversals')).toMatchObject([{ amount: 7_400 }]);
  expect(await ledgerOf(booking)).toMatchObject({ host_debt: 12_000 });
});

/** What went to guests, and to hosts without what was taken back. */
async function kept() {
  const stripe = await control();
  const sum = (rows: { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0);
  return {
    refunds: sum(stripe.list('refunds')),
    transfers: sum(stripe.list('transfers')) - sum(stripe.list('transfer_reversals')),
  };
}

test('a refund races the payout: never both in full', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  await due();
  await Promise.all([work(), staffCancels(booking, 22_820)]);
  await work();
  await work();
  expect(await kept()).toEqual({ refunds: 22_820, transfers: 0 });
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
});

test('a refund is claimed while the transfer waits for the worker: nothing is sent', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  await due();
  await runJobs();
  expect(await payoutOf(booking)).toBe('sent 19400');
  await staffCancels(booking, 22_820);
  await work();
  await work();
  expect(await kept()).toEqual({ refunds: 22_820, transfers: 0 });
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
});

test(
  'a refund is claimed while the answer to the transfer is lost: it is taken back',
  async () => {
    const host = await newHost();
    const { booking } = await stay(host);
    await onboard(host);
    // Stripe was looked at just now.
    await setClock('2031-06-02T14:59:00Z');
    await work();
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/transfers', times: 8 });
    await due();
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    expect(await payoutOf(booking)).toBe('sent 19400');
    await staffCancels(booking, 22_820);
    stripe.clearFaults();
    await moveClock('10 seconds');
    await work();
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    expect(await kept()).toEqual({ refunds: 22_820, transfers: 0 });
    const { ledger, stripe: held } = await balances(booking);
    expect(ledger).toBe(held);
  },
);

for (const comes of ['money', 'nothing'] as const) {
  test(`a refund that the platform has no money for waits, and ${comes} comes`, async () => {
    const host = await newHost();
    const { booking } = await stay(host);
    const stripe = await control();
    await moveClock('3 days');
    await stripe.tick();
    await stripe.payOut({ currency: 'usd' });
    await staffCancels(booking, 22_820);
    await work();
    expect(stripe.list('refunds')).toMatchObject([{ status: 'pending' }]);
    expect(await refundsOf(booking)).toEqual(['pending']);
    if (comes === 'money') {
      for (const nights of [june(10, 12), june(13, 15)]) {
        await pay((await begin(await home({ host }), undefined, nights)).intent);
      }
      await work();
      expect(await refundsOf(booking)).toEqual(['succeeded']);
      expect(await problemsOf(booking)).toEqual([]);
      return;
    }
    await moveClock('45 days');
    await stripe.tick();
    await stripe.settled();
    await work();
    expect(await refundsOf(booking)).toEqual(['failed']);
    // The money is still the guest's, and a person has to send it.
    expect(await problemsOf(booking)).toEqual(['refund_failed']);
    expect(await ledgerOf(booking)).toMatchObject({ guest: -22_820 });
  });
}

test('a refund in the dashboard is imported once, and the payout shrinks with it', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  const stripe = await control();
  await stripe.refund({ payment_intent: intent, amount: 5_705 });
  await stripe.settled();
  const raised = stripe.list('events').findLast(({ type }) => type === 'refund.created');
  stripe.resend(raised?.id ?? '');
  await stripe.settled();
  expect(await refundsOf(booking)).toEqual(['succeeded']);
  expect(await payoutOf(booking)).toBe('scheduled 14550');
  expect(await staffCancels(booking, 22_820)).toBeUndefined();
  await work();
  expect(stripe.list('refunds').map(({ amount }) => amount)).toEqual([5_705, 17_115]);
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
});

test('a refund in the dashboard that fails after the payout is paid to the host again, once', async () => {
  const { booking, intent, stripe } = await paidOut();
  const refund = await stripe.refund({ payment_intent: intent, amount: 5_705 });
  await stripe.settled();
  await work();
  expect(stripe.list('transfer_reversals')).toMatchObject([{ amount: 4_850 }]);
  await stripe.settleRefund(refund.id, 'failed');
  await stripe.settled();
  await moveClock('1 minute');
  await work();
  await work();
  const sent = stripe.list('transfers').map(({ amount, amount_reversed: back }) => amount - back);
  expect(sent.toSorted()).toEqual([14_550, 4_850]);
  expect(await problemsOf(booking)).toEqual(['refund_failed']);
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
});

for (const outcome of ['won', 'lost'] as const) {
  test(`a dispute before the transfer, ${outcome}`, async () => {
    const host = await newHost();
    const { booking, intent } = await stay(host);
    await onboard(host);
    const stripe = await control();
    const dispute = await stripe.openDispute({ payment_intent: intent });
    await stripe.settled();
    expect(await payoutOf(booking)).toBe('blocked 19400 disputed');
    expect(await staffCancels(booking, 22_820)).toBe('dispute_open');
    await due();
    await work();
    expect(stripe.list('transfers')).toEqual([]);
    await stripe.closeDispute(dispute.id, outcome);
    await stripe.settled();
    await work();
    expect(await payoutOf(booking)).toBe(
      outcome === 'won' ? 'paid 19400' : 'cancelled 19400 nothing_due',
    );
    expect(stripe.list('transfers')).toHaveLength(outcome === 'won' ? 1 : 0);
    const { ledger, stripe: held } = await balances(booking);
    expect(ledger).toBe(held);
  });

  test(`a dispute after the transfer, ${outcome}`, async () => {
    const { booking, intent, stripe } = await paidOut();
    const dispute = await stripe.openDispute({ payment_intent: intent });
    await stripe.settled();
    expect(await payoutOf(booking)).toBe('paid 19400');
    await stripe.closeDispute(dispute.id, outcome);
    await stripe.settled();
    await work();
    expect(await payoutOf(booking)).toBe(
      outcome === 'won' ? 'paid 19400' : 'reversed 19400 back 19400',
    );
    const { ledger, stripe: held } = await balances(booking);
    expect(ledger).toBe(held);
  });
}
