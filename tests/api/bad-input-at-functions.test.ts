import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { signatureHeader } from '../../local/stripe/webhooks.ts';
import type { ErrorCode } from '../../types/errors.ts';
import { control } from '../functions/paying.ts';
import { badTokens, type Call, everything, send } from '../support/bad-input.ts';
import { type Person, person } from '../support/people.ts';
import { setClock } from '../support/stack.ts';
import { home, june, request } from '../support/stays.ts';
import { session } from '../support/sessions.ts';

let ada: Person;

/** What a body may look like that no function takes. */
const badBodies: Record<string, string> = {
  nothing: '',
  'no JSON': '{"',
  'a text': '"text"',
  null: 'null',
  'a list': '[]',
  'an empty object': '{}',
  NUL: '{"booking_id": "a\\u0000b"}',
  'a raw NUL': '\u0000',
  'a number': '{"booking_id": 1e999}',
  'another shape': '{"booking_id": {"booking_id": []}}',
  'bottomless lists': '['.repeat(5000),
  'too much': JSON.stringify({ booking_id: 'x'.repeat(2_000_000) }),
};

interface Case {
  /** Headers with which the function would do its work. */
  good: () => Call;
  /** What is said without them. */
  stranger: ErrorCode;
  /** What is said to a bad body. Where it is undefined the body is not read. */
  body: ErrorCode | undefined;
}

const cases: Record<string, Case> = {
  'create-payment': {
    good: () => ({ token: ada.token }),
    stranger: 'sign_in_required',
    body: 'invalid_body',
  },
  'run-commands': {
    good: () => ({ key: keys.secret }),
    stranger: 'secret_key_required',
    body: undefined,
  },
  'check-files': {
    good: () => ({ key: keys.secret }),
    stranger: 'secret_key_required',
    body: undefined,
  },
  'sync-calendars': {
    good: () => ({ key: keys.secret }),
    stranger: 'secret_key_required',
    body: undefined,
  },
  'host-account': {
    good: () => ({ token: ada.token }),
    stranger: 'sign_in_required',
    body: 'invalid_body',
  },
  'stripe-host-webhook': {
    good: () => ({}),
    stranger: 'invalid_signature',
    body: 'invalid_body',
  },
  'stripe-webhook': {
    good: () => ({}),
    stranger: 'invalid_signature',
    body: 'invalid_body',
  },
};

/** Of the functions that Stripe calls. */
const secrets: Record<string, string> = {
  'stripe-webhook': 'whsec_staybase_local',
  'stripe-host-webhook': 'whsec_staybase_hosts',
};

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  ada = await person('Ada');
});

test('every function that takes a body has a case', () => {
  const functions = readdirSync(inProject('supabase', 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    // Strangers may ask the graph; what it refuses is in tests/graphql. Who watches gets what is in
    // tests/functions/watch.test.ts.
    .filter(({ name }) =>
      !['calendar-export', 'graphql', 'health', 'metrics', 'unsubscribe'].includes(name)
    );
  expect(functions.map(({ name }) => name).sort()).toEqual(Object.keys(cases).sort());
});

const ask = async (name: string, call: Call) => {
  const { status, code } = await send(`/functions/v1/${name}`, call);
  return `${status} ${code}`;
};

/** Signed as Stripe signs, where that is what makes a caller good. */
function signed(name: string, call: Call, body: string): Call {
  const secret = secrets[name];
  if (secret === undefined) return { ...call, body };
  const now = Math.floor(Date.now() / 1000);
  const signature = signatureHeader(body, [secret], now);
  return { ...call, body, headers: { 'stripe-signature': signature } };
}

describe.each(Object.keys(cases))('%s', (name) => {
  const { good, stranger, body } = cases[name]!;

  test('says one thing to whoever has no business here, and changes nothing', async () => {
    const before = await everything();
    const answers: Record<string, string> = {};
    const callers: Record<string, Call> = {
      nobody: {},
      'the publishable key': { token: keys.publishable },
      ...Object.fromEntries(
        Object.entries(badTokens(ada)).map(([label, token]) => [`a token ${label}`, { token }]),
      ),
      ...(stranger === 'sign_in_required' ? {} : { 'a person': { token: ada.token } }),
      ...(stranger === 'secret_key_required' ? {} : { 'the secret key': { token: keys.secret } }),
    };
    for (const [label, call] of Object.entries(callers)) {
      answers[label] = await ask(name, { ...call, body: { booking_id: randomUUID() } });
    }
    const status = stranger === 'invalid_signature' ? 400 : 401;
    expect(answers).toEqual(
      Object.fromEntries(Object.keys(callers).map((label) => [label, `${status} ${stranger}`])),
    );
    expect(await everything()).toEqual(before);
  });

  test('refuses bodies that are none of its own, and changes nothing', async () => {
    const before = await everything();
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const [label, text] of Object.entries(badBodies)) {
      answers[label] = await ask(name, signed(name, good(), text));
      expected[label] = body === undefined
        ? '200 undefined'
        : label === 'nothing' && name in secrets
        ? '400 invalid_signature'
        : label === 'too much'
        ? '413 body_too_large'
        : `400 ${body}`;
    }
    expect(answers).toEqual(expected);
    expect((await control()).requests({ method: 'POST' })).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test('answers POST alone', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      expect(await ask(name, { ...good(), method })).toBe('405 method_not_allowed');
    }
  });
});

test('create-payment pays nobody else’s booking, and none that is not there', async () => {
  const grace = await session(await person('Grace'));
  await grace.begin();
  const booking = await request(grace, { listing: await home(), ...june(1, 3) });
  await grace.commit();
  const before = await everything();
  for (const booking_id of [booking, randomUUID()]) {
    expect(await ask('create-payment', { token: ada.token, body: { booking_id } }))
      .toBe('404 booking_not_found');
  }
  expect((await control()).requests({ method: 'POST' })).toEqual([]);
  expect(await everything()).toEqual(before);
});

test('the webhook believes no old, future, altered or differently signed word', async () => {
  const before = await everything();
  const now = Math.floor(Date.now() / 1000);
  const text = JSON.stringify({
    id: 'evt_forged',
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    data: { object: { id: 'pi_forged', object: 'payment_intent' } },
  });
  const secret = ['whsec_staybase_local'];
  const signatures = {
    old: signatureHeader(text, secret, now - 301),
    future: signatureHeader(text, secret, now + 301),
    altered: signatureHeader(`${text} `, secret, now),
    'with another secret': signatureHeader(text, ['whsec_other'], now),
    'with no secret': signatureHeader(text, [''], now),
    'no signature': 't=1,v1=',
    huge: `t=${now},${'v1=aa,'.repeat(1000)}`,
  };
  for (const [label, signature] of Object.entries(signatures)) {
    const headers = { 'stripe-signature': signature };
    expect(`${label}: ${await ask('stripe-webhook', { body: text, headers })}`)
      .toBe(`${label}: 400 invalid_signature`);
  }
  expect(await everything()).toEqual(before);
});

test('a calendar is served at its secret address, and nowhere else', async () => {
  const listing = await home();
  const hedy = await session(await person('Hedy'));
  await hedy.begin();
  const [link] = await hedy.run<{ path: string }>(
    'select link.path from public.calendar_link($1) as link',
    [listing],
  );
  await hedy.commit();
  const path = link!.path;
  const before = await everything();
  const read = async (at: string, call: Call = {}) => {
    const { status, code } = await send(at, { method: 'GET', ...call });
    return code === undefined ? status : `${status} ${code}`;
  };
  expect(await read(path)).toBe(200);
  expect(await read(path.replace('.ics', '/10000000-0000-4000-8000-000000000000.ics'))).toBe(200);
  for (
    const wrong of [
      '/functions/v1/calendar-export',
      '/functions/v1/calendar-export/',
      '/functions/v1/calendar-export/.ics',
      path.replace('.ics', ''),
      path.replace(/.\.ics/, '.ics'),
      path.replace(/[0-9a-f]{8}\.ics/, '00000000.ics'),
      path.replace('.ics', '/seven.ics'),
      path.replace('.ics', "'%20or%20true.ics"),
      path.replace(/[0-9a-f]{64}/, '%00'.repeat(64)),
      `/functions/v1/calendar-export/${'0'.repeat(64)}.ics`,
      `/functions/v1/calendar-export/${listing}.ics`,
    ]
  ) expect([wrong, await read(wrong)]).toEqual([wrong, '404 calendar_not_found']);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    expect(await read(path, { method })).toBe('405 method_not_allowed');
  }
  expect(await everything()).toEqual(before);
});

test('a function that is none is not found', async () => {
  expect((await send('/functions/v1/nope', { body: {} })).status).toBe(404);
  expect((await send('/functions/v1/_shared', { body: {} })).status).toBe(404);
  expect((await send('/functions/v1/..%2f..%2fetc', { body: {} })).status).toBe(404);
});
