import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { keys, signToken } from '../../local/keys.ts';
import { person, tokenFor } from '../support/people.ts';
import { asPostgres, testApi, testEdge } from '../support/stack.ts';

/** A call to an edge function as an attacker makes it: no client library, whatever headers. */
async function call(
  name: string,
  headers: Record<string, string> = {},
  body: unknown = {},
) {
  await testEdge();
  const { url } = await testApi();
  const answer = await fetch(`${url}/functions/v1/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: answer.status,
    code: (await answer.json() as { code?: string }).code,
  };
}

const forgedEvent = () => ({
  id: `evt_${randomUUID()}`,
  object: 'event',
  type: 'charge.captured',
  livemode: false,
  data: { object: { id: 'ch_of_nobody' } },
});

const storedEvents = () => asPostgres('select event_id from private.stripe_events');

// `v1` without a value makes the SDK throw an error that is none of signatures: it was once taken for a yes.
test.each([
  ['a scheme without a value', 't={now},v1'],
  ['a second scheme without a value', 't={now},v1=00,v1'],
  ['no number as time', 't=now,v1'],
  ['an old time', 't=1,v1'],
  ['no time', 'v1'],
  ['an empty value', 't={now},v1='],
  ['another scheme', 't={now},v0=00'],
  ['commas alone', ',,,'],
  ['a signature as long as a right one', `t={now},v1=${'0'.repeat(64)}`],
])(
  'an event signed with %s is refused, and nothing is stored',
  async (_, signature) => {
    const now = String(Math.floor(Date.now() / 1000));
    const headers = { 'stripe-signature': signature.replace('{now}', now) };
    expect(await call('stripe-webhook', headers, forgedEvent()))
      .toEqual({ status: 400, code: 'invalid_signature' });
    expect(await storedEvents()).toEqual([]);
  },
);

test('only the secret key runs commands: no person, no key for browsers, no token of its own making', async () => {
  const ada = await person('Ada');
  const forged = signToken({ role: 'service_role', aud: 'authenticated' });
  for (
    const headers of [
      {},
      { apikey: keys.publishable },
      { authorization: `Bearer ${ada.token}` },
      { authorization: `Bearer ${forged}` },
      { apikey: `${keys.secret}x` },
      { apikey: keys.secret.slice(0, -1) },
      { authorization: 'Bearer null' },
    ] as Record<string, string>[]
  ) {
    expect(await call('run-commands', headers)).toEqual({
      status: 401,
      code: 'secret_key_required',
    });
  }
  expect(await call('run-commands', { apikey: keys.secret })).toMatchObject({
    status: 200,
  });
});

test('a payment is begun by a person whose token is good, in a small body of the right shape', async () => {
  const ada = await person('Ada');
  const body = { booking_id: randomUUID() };
  const [header, claims] = ada.token.split('.');
  for (
    const token of [
      keys.publishable,
      keys.secret,
      tokenFor({ id: ada.id, email: ada.email, expiresIn: -60 }),
      `${header}.${claims}.${'A'.repeat(43)}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
      signToken({ role: 'service_role', aud: 'authenticated', sub: ada.id }),
    ]
  ) {
    expect(
      await call('create-payment', { authorization: `Bearer ${token}` }, body),
    )
      .toEqual({ status: 401, code: 'sign_in_required' });
  }
  const hers = { authorization: `Bearer ${ada.token}` };
  expect(await call('create-payment', hers, body))
    .toEqual({ status: 404, code: 'booking_not_found' });
  expect(await call('create-payment', hers, { booking_id: 'x' }))
    .toEqual({ status: 400, code: 'invalid_body' });
  expect(
    await call(
      'create-payment',
      hers,
      JSON.stringify({ ...body, more: 'x'.repeat(20_000) }),
    ),
  )
    .toEqual({ status: 413, code: 'body_too_large' });
});
