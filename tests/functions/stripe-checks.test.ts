import { beforeEach, expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, freshDatabase, moveClock, setClock } from '../support/stack.ts';
import { begins, control, differencesOf, onboard, openAccount, paidStay, work } from './paying.ts';

let hosts = 0;
let host: Person;
let mill: string;

beforeEach(async () => {
  await freshDatabase();
  await begins();
  await setClock('2031-05-20T12:00:00Z');
  host = await person(`Hostess${String.fromCharCode(97 + hosts++)}`);
  mill = await home({ host });
});

/** A day later, and everything that is due by then. */
async function aDay() {
  await moveClock('25 hours');
  await work();
  await work();
}

test('a look that fails is tried again, and reported', async () => {
  await paidStay(mill);
  const stripe = await control();
  await moveClock('25 hours');
  stripe.fail({ kind: 'error_before', method: 'GET', path: '/v1/balance_transactions', times: 40 });
  for (let tries = 0; tries < 6; tries++) {
    await work();
    await moveClock('5 minutes');
  }
  expect(await differencesOf()).toContainEqual(
    expect.stringMatching(/^stripe_check_failing: balance platform/),
  );
  stripe.clearFaults();
  await moveClock('1 hour');
  await work();
  expect((await differencesOf()).filter((line) => line.startsWith('stripe_check_failing'))).toEqual(
    [],
  );
});

test('a host whose events are all lost is ready within the hour, and closed for good', async () => {
  const account = await openAccount(host);
  const { booking } = await paidStay(mill);
  const stripe = await control();
  await setClock('2031-06-02T15:00:01Z');
  await work();
  stripe.weather({ drop: 1 });
  await stripe.onboard(account, 'active');
  await moveClock('61 minutes');
  await work();
  await work();
  expect(await asPostgres('select status from public.payouts where booking_id = $1', [booking]))
    .toEqual([{ status: 'paid' }]);

  await stripe.closeAccount(account);
  await moveClock('2 hours');
  await work();
  expect(await asPostgres('select status from public.host_accounts')).toEqual([
    { status: 'active' },
  ]);
  await moveClock('1 day');
  await work();
  expect(await asPostgres('select status from public.host_accounts')).toEqual([
    { status: 'closed' },
  ]);
  expect(await asPostgres(`select * from private.stripe_checks where kind = 'host'`)).toEqual([]);
});

test(
  'every movement at Stripe is what the ledger booked, and what is not is reported',
  async () => {
    await onboard(host);
    const first = await paidStay(mill, june(1, 3));
    const second = await paidStay(mill, june(4, 6));
    const third = await paidStay(mill, june(7, 9));
    const stripe = await control();
    await stripe.refund({ payment_intent: second.intent, amount: 5_705 });
    const dispute = await stripe.openDispute({ payment_intent: third.intent });
    await stripe.settled();
    await setClock('2031-06-09T12:00:00Z');
    await work();
    await stripe.closeDispute(dispute.id, 'lost');
    await stripe.settled();
    const sam = await person('Sam');
    await asPostgres('insert into private.staff (profile_id) values ($1)', [sam.id]);
    await work();
    for (let days = 0; days < 4; days++) await aDay();

    const movements = await asPostgres<{ type: string }>(
      'select type from private.stripe_movements order by type',
    );
    expect(movements.map(({ type }) => type)).toEqual([
      'adjustment',
      'charge',
      'charge',
      'charge',
      'refund',
      'transfer',
      'transfer',
    ]);
    expect(await differencesOf()).toEqual([]);
    const [held] = await asPostgres<{ ledger: string; stripe: string }>(
      `select (select sum(amount_minor) from private.ledger_entries where account = 'stripe_balance') as ledger,
       balance_minor as stripe from private.stripe_balances`,
    );
    expect(held?.ledger).toBe(held?.stripe);

    await asPostgres(
      `insert into private.stripe_movements values
       ('txn_x', 're_x', (select stripe_charge_id from public.payments where booking_id = $1), 'refund', 'USD', -100,
        private.now() - interval '3 days'),
       ('txn_y', 'ch_of_another_application', null, 'charge', 'USD', 100, private.now() - interval '3 days')`,
      [first.booking],
    );
    await asPostgres(`delete from private.stripe_movements where type = 'adjustment'`);
    await asPostgres('update private.stripe_balances set balance_minor = -1000000');
    expect(await differencesOf()).toEqual([
      `balance_differs: object ${dispute.id} is 0 at Stripe, -24320 in the ledger`,
      'balance_differs: refund re_x is -100 at Stripe, 0 in the ledger',
      'balance_short: -1000000 at Stripe, 0 belongs to others (USD)',
    ]);
  },
);

test(
  "what belongs to others stays on the platform's balance when Stripe pays its bank",
  async () => {
    const { booking } = await paidStay(mill);
    const stripe = await control();
    const floor = async () =>
      (await asPostgres<{ floor_minor: string }>('select floor_minor from private.stripe_balances'))
        .map(({ floor_minor }) => Number(floor_minor));
    await aDay();
    expect(await floor()).toEqual([19_400]);
    const before = stripe.requests({ method: 'POST', path: '/v1/balance_settings' }).length;
    expect(before).toBe(1);
    await moveClock('5 days');
    await stripe.tick();
    // Its own share less Stripe's fee, and nothing of the host's.
    expect((await stripe.payOut({ currency: 'usd' })).amount).toBe(22_820 - 19_400 - 692);

    await aDay();
    expect(stripe.requests({ method: 'POST', path: '/v1/balance_settings' })).toHaveLength(before);
    await onboard(host);
    await setClock('2031-06-02T15:00:01Z');
    await work();
    await aDay();
    expect(await asPostgres('select status from public.payouts where booking_id = $1', [booking]))
      .toEqual([{ status: 'paid' }]);
    expect(await floor()).toEqual([0]);
  },
);

test('a look is taken by one worker at a time', async () => {
  await paidStay(mill);
  await moveClock('25 hours');
  await asPostgres('select private.order_stripe_checks(10)');
  const claims = await Promise.all(
    [1, 2, 3].map(() => asPostgres(`select * from private.claim_stripe_checks(10)`)),
  );
  expect(claims.flat().map((look) => look['kind']).sort()).toEqual(['balance', 'floor']);
});
