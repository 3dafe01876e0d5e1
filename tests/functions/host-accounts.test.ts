import { beforeEach, expect, test } from 'vitest';
import { signatureHeader } from '../../local/stripe/webhooks.ts';
import { person } from '../support/people.ts';
import { home } from '../support/stays.ts';
import { asPostgres } from '../support/stack.ts';
import { accountOf, askForAccount, call, control, deeds, events, stripeSdk } from './paying.ts';
import { beginsWithoutPayouts, hostStatus, newHost } from './payouts.ts';

beforeEach(beginsWithoutPayouts);

test('a host opens one account, follows the link, and Stripe says when they can be paid', async () => {
  const host = await newHost();
  expect(await askForAccount(host)).toMatchObject({
    status: 409,
    body: { code: 'listing_required' },
  });
  await home({ host });
  const first = await askForAccount(host);
  expect(first).toMatchObject({
    status: 200,
    body: { status: 'restricted', onboarding_url: expect.stringContaining('/_fake/onboard/acct_') },
  });
  expect(await askForAccount(host, { country_code: 'FR' })).toMatchObject({ status: 200 });
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
  expect(await askForAccount(host)).toMatchObject({
    body: { status: 'active', onboarding_url: null },
  });
  const { stored, applied } = await events();
  expect(stored).toBeGreaterThan(0);
  expect(applied).toBe(stored);
});

test('nobody but a signed-in owner opens an account: nothing reaches Stripe', async () => {
  const answers = await Promise.all([
    call('host-account', { body: '{}' }),
    askForAccount({ token: 'eyJ.e30.x' }),
    askForAccount(await person('Ada')),
    askForAccount(await person('Ada'), { return_url: 'javascript:alert(1)' }),
    askForAccount(await person('Ada'), { country_code: 'France' }),
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
    await askForAccount(host);
    expect(await askForAccount(host)).toMatchObject({
      status: 200,
      body: { status: 'restricted' },
    });
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
  await askForAccount(host);
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
