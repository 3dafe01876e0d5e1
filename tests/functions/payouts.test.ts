import { beforeEach, expect, test } from 'vitest';
import { clientOf, person } from '../support/people.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
import {
  accountOf,
  control,
  differencesOf,
  onboard,
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
  hostStatus,
  ledgerOf,
  newHost,
  staffPaysByHand,
  staffReleases,
  stay,
} from './payouts.ts';

beforeEach(beginsWithoutPayouts);

test('a stay is paid out a day after check-in: one transfer, out of its own charge', async () => {
  const host = await newHost();
  const { booking, payment } = await stay(host);
  const account = await onboard(host);
  const stripe = await control();
  await work();
  expect(stripe.list('transfers')).toEqual([]);
  await due();
  await work();
  await work();
  const [charge] = stripe.list('charges');
  expect(stripe.list('transfers')).toMatchObject([{
    amount: 19_400,
    currency: 'usd',
    destination: account,
    source_transaction: charge?.id,
    transfer_group: `booking_${booking}`,
    metadata: { app: 'staybase', env: 'local', booking_id: booking, payment_id: payment },
  }]);
  expect(await payoutOf(booking)).toBe('paid 19400');
  expect(await ledgerOf(booking)).toMatchObject({ platform: -3_420 });
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);

  const own = await (await clientOf(host)).from('payouts').select('status, amount_minor');
  expect(own.data).toEqual([{ status: 'paid', amount_minor: 19_400 }]);
  const guests = await (await clientOf(await person('Ada'))).from('payouts').select('*');
  expect(guests.data).toEqual([]);
});

test('the host is not onboarded: blocked, and released by the capability event', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await due();
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 host_not_ready');
  await onboard(host, 'restricted');
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 host_not_ready');
  const stripe = await control();
  await stripe.onboard(await accountOf(host), 'active');
  await stripe.settled();
  expect(await payoutOf(booking)).toBe('sent 19400');
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
});

test('a host who was paid by hand gets no transfer once the account is ready', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await due();
  await work();
  await staffPaysByHand(booking);
  expect(await payoutOf(booking)).toBe('paid 19400');
  await onboard(host);
  await work();
  expect((await control()).list('transfers')).toEqual([]);
  expect(await ledgerOf(booking)).toMatchObject({ by_hand: -19_400, platform: -3_420 });
  const { ledger, stripe } = await balances(booking);
  expect(ledger).toBe(stripe);
  expect(await differencesOf(booking)).toEqual([]);

  const own = await (await clientOf(host)).from('payouts').select('status, is_by_hand');
  expect(own.data).toEqual([{ status: 'paid', is_by_hand: true }]);
});

test('a host restricted behind our back: Stripe refuses, and the payout waits for them', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  const account = await onboard(host);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.onboard(account, 'restricted');
  await due();
  await work();
  expect(stripe.list('transfers')).toEqual([]);
  expect(await payoutOf(booking)).toBe('blocked 19400 host_not_ready');
  expect(await hostStatus(host)).toMatchObject({ status: 'restricted' });
  stripe.weather({});
  await stripe.onboard(account, 'active');
  await stripe.settled();
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
  expect(stripe.list('transfers')).toHaveLength(1);
});

test('a transfer refused for balance stays scheduled, is seen, and is made an hour later', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  const stripe = await control();
  stripe.fail({ kind: 'no_balance', method: 'POST', path: '/v1/transfers' });
  await due();
  await work();
  expect(await payoutOf(booking)).toBe('scheduled 19400 balance_insufficient');
  expect(await problemsOf(booking)).toEqual(['balance_insufficient']);
  await moveClock('1 hour');
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
  expect(await problemsOf(booking)).toEqual([]);
  expect(stripe.list('transfers')).toHaveLength(1);
});

for (const kind of ['reset_after', 'error_after', 'error_before'] as const) {
  test(`a transfer whose answer is lost (${kind}) is made once`, async () => {
    const host = await newHost();
    const { booking } = await stay(host);
    await onboard(host);
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({
      kind,
      method: 'POST',
      path: '/v1/transfers',
      times: kind === 'reset_after' ? 3 : 1,
    });
    await due();
    await work();
    stripe.clearFaults();
    await moveClock('10 seconds');
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    expect(await payoutOf(booking)).toBe('paid 19400');
  });
}

test(
  'a transfer of unknown outcome, when Stripe has forgotten the key, is looked up',
  async () => {
    const host = await newHost();
    const { booking } = await stay(host);
    await onboard(host);
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/transfers', times: 4 });
    await due();
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    stripe.clearFaults();
    await moveClock('25 hours');
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    expect(await payoutOf(booking)).toBe('paid 19400');
  },
);

test(
  'a transfer that was given up though it was made is found, when staff order it again',
  async () => {
    const host = await newHost();
    const { booking, payment } = await stay(host);
    await onboard(host);
    // A smaller one: of the whole, Stripe would refuse a second out of the same charge.
    await staffCancels(booking, 11_410);
    await work();
    const stripe = await control();
    stripe.weather({ drop: 1 });
    stripe.fail({ kind: 'reset_after', method: 'POST', path: '/v1/transfers', times: 40 });
    // Nobody looks at it in between.
    await asPostgres('delete from private.reconciliations where payment_id = $1', [payment]);
    await due();
    await work();
    await asPostgres(
      `update private.commands set status = 'failed', finished_at = private.now(), problem = 'no answer', attempts = 12
     where kind = 'transfer'`,
    );
    stripe.clearFaults();
    expect(await payoutOf(booking)).toBe('blocked 9700 transfer_failed');
    await staffReleases(booking);
    await work();
    expect(stripe.list('transfers')).toHaveLength(1);
    expect(await payoutOf(booking)).toBe('paid 9700');
  },
);

test('a host who is ready and yet cannot be paid is seen by an operator, and not tried every minute', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/transfers', times: 100 });
  await due();
  await work();
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 transfer_failed');
  expect(await problemsOf(booking)).toEqual(['transfer_failed']);
  expect(stripe.requests({ method: 'POST' }).filter(({ path }) => path === '/v1/transfers'))
    .toHaveLength(1);
  stripe.clearFaults();
});

test('a hold that is lifted lets nothing go that waits for something else', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  const stripe = await control();
  stripe.fail({ kind: 'wrong_region', method: 'POST', path: '/v1/transfers' });
  await due();
  await work();
  const inquiry = await stripe.openDispute({ payment_intent: intent, inquiry: true });
  await stripe.settled();
  await stripe.closeDispute(inquiry.id, 'won');
  await stripe.settled();
  await work();
  expect(await payoutOf(booking)).toBe('blocked 19400 transfer_failed');
  await staffReleases(booking);
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
});

test('21, 24, 28 · every webhook is lost: the daily look at Stripe finds it all', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  const stripe = await control();
  stripe.weather({ drop: 1 });
  await stripe.refund({ payment_intent: intent, amount: 5_705 });
  const inquiry = await stripe.openDispute({ payment_intent: intent, inquiry: true });
  await stripe.warnOfFraud({ payment_intent: intent });
  await moveClock('25 hours');
  await work();
  await work();
  expect(await refundsOf(booking)).toEqual(['succeeded']);
  expect(await payoutOf(booking)).toBe('blocked 14550 fraud_warning');
  expect(await problemsOf(booking)).toEqual(['disputed', 'fraud_warning']);

  await staffReleases(booking);
  await stripe.closeDispute(inquiry.id, 'won');
  await moveClock('25 hours');
  await work();
  expect(await payoutOf(booking)).toBe('scheduled 14550');
  await due();
  await work();
  expect(await payoutOf(booking)).toBe('paid 14550');
  const { ledger, stripe: held } = await balances(booking);
  expect(ledger).toBe(held);
  expect(await differencesOf(booking)).toEqual([]);
});

test('the report names what waits for a person, and is empty when all is well', async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  const stripe = await control();
  stripe.fail({ kind: 'no_balance', method: 'POST', path: '/v1/transfers', times: 40 });
  await due();
  await work();
  await moveClock('2 days');
  await work();
  expect(await differencesOf(booking)).toEqual([
    'payment_problem: balance_insufficient',
    'payout_late: scheduled balance_insufficient',
  ]);
  stripe.clearFaults();
  await moveClock('1 hour');
  await work();
  expect(await payoutOf(booking)).toBe('paid 19400');
  expect(await differencesOf(booking)).toEqual([]);
});
