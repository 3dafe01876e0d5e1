import { beforeEach, expect, test } from 'vitest';
import { signatureHeader } from '../../local/stripe/webhooks.ts';
import { clientOf, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, moveClock, runJobs, setClock } from '../support/stack.ts';
import {
  begin,
  begins,
  type Begun,
  call,
  commandsOf,
  control,
  deeds,
  events,
  pay,
  problemsOf,
  refundsOf,
  staff,
  staffCancels,
  stripeSdk,
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

/** A host nobody has paid yet. */
const newHost = () => person(`Hostess${String.fromCharCode(97 + hosts++)}`);

/** Asks host-account as a host's browser does. */
const openAccount = (host: Pick<Person, 'token'>, body: unknown = {}) =>
  call('host-account', {
    headers: { authorization: `Bearer ${host.token}` },
    body: JSON.stringify({
      country_code: 'US',
      return_url: 'https://stay.test/host',
      ...(body as object),
    }),
  });

/** Opens a host's account and brings it as far as told. */
async function onboard(host: Person, standing: 'active' | 'pending' | 'restricted' = 'active') {
  const { status, body } = await openAccount(host);
  expect(status, JSON.stringify(body)).toBe(200);
  const account = await accountOf(host);
  const stripe = await control();
  await stripe.onboard(account, standing);
  await stripe.settled();
  return account;
}

async function accountOf(host: Person): Promise<string> {
  const [row] = await asPostgres<{ stripe_account_id: string }>(
    'select stripe_account_id from public.host_accounts where host_id = $1',
    [host.id],
  );
  return row?.stripe_account_id ?? '';
}

async function hostStatus(host: Person) {
  const [row] = await asPostgres<{ status: string; requirements: string[] }>(
    'select status, requirements from public.host_accounts where host_id = $1',
    [host.id],
  );
  return row;
}

/** A payout as one line: state, what is sent, what was withheld and taken back, why it waits. */
async function payoutOf(booking: string): Promise<string | undefined> {
  const [row] = await asPostgres<{ line: string }>(
    `select concat_ws(' ', status, amount_minor, 'withheld ' || nullif(withheld_minor, 0),
       'back ' || nullif(taken_back_minor, 0), reason) as line
     from public.payouts where booking_id = $1`,
    [booking],
  );
  return row?.line;
}

interface Stay extends Begun {
  host: Person;
}

/** Ada has paid for two nights of June with a host; the payout is scheduled. */
async function stay(host: Person, nights = june(1, 3)): Promise<Stay> {
  const begun = await begin(await home({ host }), undefined, nights);
  await pay(begun.intent);
  await work();
  expect(await payoutOf(begun.booking)).toBe('scheduled 19400');
  (await control()).clearRequests();
  return { ...begun, host };
}

/** The day after check-in has come. */
const due = () => setClock('2031-06-02T15:00:01Z');

/** Staff let go what a warning of fraud holds. */
async function staffReleases(booking: string): Promise<void> {
  await (await staff())
    .rpc('staff_release_payout', { booking_id: booking, reason: 'Called.' })
    .throwOnError();
}

/** What the ledger says a booking's accounts hold, without those at zero. */
async function ledgerOf(booking: string): Promise<Record<string, number>> {
  const rows = await asPostgres<{ account: string; minor: number }>(
    `select account, sum(amount_minor)::int as minor from private.ledger_entries
     where booking_id = $1 group by account having sum(amount_minor) <> 0`,
    [booking],
  );
  return Object.fromEntries(rows.map(({ account, minor }) => [account, minor]));
}

/** The ledger's Stripe balance of the bookings that this fake Stripe knows, and the fake's own. */
async function balances(...bookings: string[]) {
  const { available, pending } = (await control()).balance();
  const [row] = await asPostgres<{ minor: number }>(
    `select coalesce(sum(amount_minor), 0)::int as minor from private.ledger_entries
     where account = 'stripe_balance' and booking_id = any ($1)`,
    [bookings],
  );
  return {
    ledger: row?.minor,
    stripe: [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0),
  };
}

/** What the operators' report says about a booking. */
async function differencesOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ line: string }>(
    `select difference || ': ' || detail as line from private.reconciliation_report()
     where booking_id = $1 order by 1`,
    [booking],
  );
  return rows.map(({ line }) => line);
}

test('a host opens one account, follows the link, and Stripe says when they can be paid', async () => {
  const host = await newHost();
  expect(await openAccount(host)).toMatchObject({
    status: 409,
    body: { code: 'listing_required' },
  });
  await home({ host });
  const first = await openAccount(host);
  expect(first).toMatchObject({
    status: 200,
    body: { status: 'restricted', onboarding_url: expect.stringContaining('/_fake/onboard/acct_') },
  });
  expect(await openAccount(host, { country_code: 'FR' })).toMatchObject({ status: 200 });
  const stripe = await control();
  expect(stripe.list('accounts')).toMatchObject([{
    dashboard: 'express',
    identity: { country: 'us' },
    metadata: { app: 'staybase', env: 'local', host_id: host.id },
  }]);
  await stripe.settled();
  expect(await hostStatus(host)).toEqual({
    status: 'restricted',
    requirements: ['default_outbound_destination', 'identity.individual.verification'],
  });

  await stripe.onboard(await accountOf(host));
  await stripe.settled();
  expect(await hostStatus(host)).toEqual({ status: 'active', requirements: [] });
  expect(await openAccount(host)).toMatchObject({
    body: { status: 'active', onboarding_url: null },
  });
  const { stored, applied } = await events();
  expect(stored).toBeGreaterThan(0);
  expect(applied).toBe(stored);
});

test('nobody but a signed-in owner opens an account: nothing reaches Stripe', async () => {
  const answers = await Promise.all([
    call('host-account', { body: '{}' }),
    openAccount({ token: 'eyJ.e30.x' }),
    openAccount(await person('Ada')),
    openAccount(await person('Ada'), { return_url: 'javascript:alert(1)' }),
    openAccount(await person('Ada'), { country_code: 'France' }),
  ]);
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    '401 sign_in_required',
    '401 sign_in_required',
    '409 listing_required',
    '400 invalid_body',
    '400 invalid_body',
  ]);
  expect(await deeds()).toEqual([]);
});

for (const kind of ['error_after', 'error_before'] as const) {
  test(`an account whose making ended in a 500 (${kind}) is opened by asking again`, async () => {
    const host = await newHost();
    await home({ host });
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/v2/core/accounts' });
    await openAccount(host);
    expect(await openAccount(host)).toMatchObject({ status: 200, body: { status: 'restricted' } });
    await stripe.settled();
    expect((await hostStatus(host))?.status).toBe('restricted');
    expect(stripe.list('accounts').filter(({ closed }) => !closed)).toHaveLength(1);
  });
}

test('thin events: only signed ones, on their own route, each applied once', async () => {
  const host = await newHost();
  await home({ host });
  const stripe = await control();
  stripe.pause();
  await openAccount(host);
  const [delivery] = stripe.held();
  const body = JSON.stringify({
    id: delivery?.event,
    object: 'v2.core.event',
    type: 'v2.core.account.created',
    livemode: false,
    created: new Date().toISOString(),
    related_object: { id: await accountOf(host), type: 'v2.core.account', url: '/' },
  });
  const signed = (payload: string, secret = 'whsec_staybase_hosts', age = 0) =>
    call('stripe-host-webhook', {
      headers: {
        'stripe-signature': signatureHeader(
          payload,
          [secret],
          Math.floor(Date.now() / 1000) - age,
        ),
      },
      body: payload,
    });
  expect(await signed(body, 'whsec_wrong')).toMatchObject({ status: 400 });
  expect(await signed(body, 'whsec_staybase_local')).toMatchObject({ status: 400 });
  expect(await signed(body, 'whsec_staybase_hosts', 400)).toMatchObject({ status: 400 });
  expect(await signed(body, 'whsec_staybase_hosts', -400)).toMatchObject({ status: 400 });
  expect(await signed('{"object":"event"}')).toMatchObject({ status: 400 });
  expect(await signed('no json')).toMatchObject({ status: 400 });
  expect(await call('stripe-host-webhook', { body })).toMatchObject({ status: 400 });
  expect(await events()).toEqual({ stored: 0, applied: 0 });

  expect((await signed(body)).body).toMatchObject({ outcome: 'restricted' });
  expect((await signed(body)).body).toMatchObject({ outcome: 'duplicate' });
  expect(await events()).toEqual({ stored: 1, applied: 1 });
  stripe.resume();
});

test("another application's account is none of ours", async () => {
  const sdk = await stripeSdk();
  const { id } = await sdk.v2.core.accounts.create({ display_name: 'Else', dashboard: 'express' });
  const stripe = await control();
  await stripe.settled();
  expect(
    await asPostgres('select outcome from private.stripe_events where object_id = $1', [id]),
  ).toEqual([{ outcome: 'foreign' }]);
});

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

test("a refund after the transfer reverses the host's share", async () => {
  const host = await newHost();
  const { booking } = await stay(host);
  await onboard(host);
  await due();
  await work();
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
    const host = await newHost();
    const { booking } = await stay(host);
    await onboard(host);
    await due();
    await work();
    const stripe = await control();
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
    const host = await newHost();
    const { booking } = await stay(host);
    const account = await onboard(host);
    await due();
    await work();
    const stripe = await control();
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
  const host = await newHost();
  const { booking } = await stay(host);
  const account = await onboard(host);
  await due();
  await work();
  const stripe = await control();
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
    const host = await newHost();
    const { booking, intent } = await stay(host);
    await onboard(host);
    await due();
    await work();
    const stripe = await control();
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

/** Payouts of a booking, part by part. */
async function partsOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ line: string }>(
    `select concat_ws(' ', part, status, amount_minor, 'withheld ' || nullif(withheld_minor, 0)) as line
     from public.payouts where booking_id = $1 order by part`,
    [booking],
  );
  return rows.map(({ line }) => line);
}

test('a dispute lost after the transfer and won on appeal: the host is paid again', async () => {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  await onboard(host);
  await due();
  await work();
  const stripe = await control();
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
