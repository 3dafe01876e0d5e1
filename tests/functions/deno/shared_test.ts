import { refusals } from '../../../supabase/functions/_shared/refusals.ts';
import Stripe from 'stripe';
import { z } from 'zod';
import { openKeyCheck } from '../../../supabase/functions/_shared/auth.ts';
import { problemOf } from '../../../supabase/functions/_shared/database.ts';
import {
  publishableKey,
  secretKeys,
  setting,
  siteUrl,
  unsubscribeUrls,
} from '../../../supabase/functions/_shared/environment.ts';
import { readText, serve } from '../../../supabase/functions/_shared/http.ts';
import { uuid, uuidOrNull } from '../../../supabase/functions/_shared/ids.ts';
import { causeOf, redacted } from '../../../supabase/functions/_shared/log.ts';
import { Problem } from '../../../supabase/functions/_shared/problem.ts';
import { readRows } from '../../../supabase/functions/_shared/rows.ts';
import { failureOf } from '../../../supabase/functions/_shared/stripe.ts';
import { assert, assertEquals, assertMatch, assertRejects } from './assert.ts';
import { asked, logOf, noKeys, withSettings } from './settings.ts';

Deno.test('a missing setting is named, by every name it goes by', async () => {
  await withSettings({ ...noKeys, STRIPE_SECRET_KEY: ' ' }, async () => {
    const failing = [
      [() => setting('STRIPE_SECRET_KEY'), 'STRIPE_SECRET_KEY is not set.'],
      [secretKeys, 'SUPABASE_SECRET_KEY or SUPABASE_SERVICE_ROLE_KEY is not set.'],
      [publishableKey, 'SUPABASE_PUBLISHABLE_KEY or SUPABASE_ANON_KEY is not set.'],
    ] as const;
    for (const [deed, detail] of failing) {
      const problem = await assertRejects(async () => await deed(), 'not_configured');
      assertEquals((problem as Problem).detail, detail);
    }
  });
});

Deno.test('the frontend is an address of the web, below which its pages are, or it is not set', async () => {
  const read = [
    [undefined, undefined],
    ['https://stay.example', 'https://stay.example/'],
    ['https://stay.example/de//', 'https://stay.example/de/'],
  ];
  for (const [given, site] of read) {
    await withSettings({ STAYBASE_SITE_URL: given }, () => assertEquals(siteUrl(), site));
  }
  for (const wrong of ['stay.example', 'javascript:alert(1)']) {
    await withSettings({ STAYBASE_SITE_URL: wrong }, async () => {
      await assertRejects(async () => await siteUrl(), 'not_configured');
    });
  }
});

Deno.test('the keys of hosted Supabase come as a dictionary, the old ones beside it', async () => {
  const settings = {
    ...noKeys,
    SUPABASE_SECRET_KEYS: '{"ci": "sb_secret_2", "default": "sb_secret_1"}',
    SUPABASE_SERVICE_ROLE_KEY: 'eyJ.old.key',
    SUPABASE_PUBLISHABLE_KEYS: '{"default": "sb_publishable_1"}',
  };
  await withSettings(settings, () => {
    assertEquals(secretKeys(), ['sb_secret_1', 'sb_secret_2', 'eyJ.old.key']);
    assertEquals(publishableKey(), 'sb_publishable_1');
  });
});

Deno.test('a dictionary without a key in it stands for none: the old ones count', async () => {
  const settings = {
    ...noKeys,
    SUPABASE_SECRET_KEYS: '{"default": ""}',
    SUPABASE_SERVICE_ROLE_KEY: 'eyJ.old.key',
    SUPABASE_PUBLISHABLE_KEYS: '{"default": " "}',
    SUPABASE_ANON_KEY: 'eyJ.old.anon',
  };
  await withSettings(settings, () => {
    assertEquals(secretKeys(), ['eyJ.old.key']);
    assertEquals(publishableKey(), 'eyJ.old.anon');
  });
});

Deno.test('letters are turned off where people are, not where containers find each other', async () => {
  const inside = { SUPABASE_URL: 'http://api-gw:8000', UNSUBSCRIBE_URL: undefined };
  const read = [
    [undefined, 'http://api-gw:8000'],
    ['https://api.stay.example/', 'https://api.stay.example'],
  ] as const;
  for (const [SUPABASE_PUBLIC_URL, where] of read) {
    await withSettings({ ...inside, SUPABASE_PUBLIC_URL }, () => {
      const url = `${where}/functions/v1/unsubscribe`;
      assertEquals(unsubscribeUrls(), { oneClick: url, page: url });
    });
  }
});

Deno.test('any of the secret keys opens the door, in either header, and nothing else does', async () => {
  await withSettings({
    ...noKeys,
    SUPABASE_SECRET_KEY: 'sb_secret_1',
    SUPABASE_SERVICE_ROLE_KEY: 'eyJ.a.b',
  }, async () => {
    const check = openKeyCheck();
    await check(asked({ headers: { apikey: 'sb_secret_1' } }));
    await check(asked({ headers: { authorization: 'Bearer eyJ.a.b' } }));
    for (
      const headers of [{}, { apikey: '' }, { apikey: 'sb_secret_' }, { apikey: 'sb_secret_12' }, {
        authorization: 'Bearer eyJ.a.c',
      }]
    ) {
      await assertRejects(
        () => check(asked({ headers: headers as Record<string, string> })),
        'secret_key_required',
      );
    }
  });
});

Deno.test('a body without a length is counted while it is read', async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await assertRejects(() => readText(asked({ body: endless }), 10_000), 'body_too_large');
  assert(sent < 20_000, `read ${sent} bytes`);
  assertEquals(await readText(asked({ body: 'é✓' }), 5), 'é✓');
});

Deno.test('an unforeseen failure is a 500 that tells nothing; its log line tells no secret', async () => {
  const { fetch } = serve({
    name: 'any',
    open: () => () =>
      Promise.reject(new Error('sk_test_51Abc for ada@example.com, 4242 4242 4242 4242')),
  });
  const lines = await logOf(async () => {
    const answer = await fetch(asked());
    assertEquals(answer.status, 500);
    assertEquals(await answer.json(), {
      type: 'about:blank',
      status: 500,
      code: 'internal_error',
      detail: refusals.internal_error[1],
    });
  });
  assertEquals(lines.length, 1);
  const { cause, function: name, status } = JSON.parse(lines[0]!);
  assertEquals([name, status], ['any', 500]);
  assertEquals(cause, 'internal_error: Error: [key] for [address] [number]');
});

Deno.test('a function whose settings are missing says which, and works once they are there', async () => {
  let isSet = false;
  const { fetch } = serve({
    name: 'any',
    open: () => {
      if (!isSet) throw new Problem('not_configured', 'SOMETHING is not set.');
      return () => Promise.resolve(new Response('done'));
    },
  });
  await logOf(async () => {
    assertEquals((await (await fetch(asked())).json()).detail, 'SOMETHING is not set.');
    isSet = true;
    assertEquals((await fetch(asked())).status, 200);
  });
});

Deno.test('one request, one line, with the ids that were noted', async () => {
  const { fetch } = serve({
    name: 'any',
    open: () => (_request, note) => {
      note({ booking_id: 'b1' });
      return Promise.resolve(new Response(null, { status: 204 }));
    },
  });
  const lines = (await logOf(() => fetch(asked()))).map((line) => JSON.parse(line));
  assertEquals(lines.length, 1);
  const { at, duration_ms, request_id, ...rest } = lines[0];
  assertMatch(at, /^\d{4}-/);
  assertMatch(request_id, /^[0-9a-f-]{36}$/);
  assert(typeof duration_ms === 'number');
  assertEquals(rest, {
    level: 'info',
    function: 'any',
    method: 'POST',
    status: 204,
    booking_id: 'b1',
  });
});

Deno.test('keys, tokens, client secrets, cards and addresses never reach a log', () => {
  for (
    const secret of [
      'sk_live_51Abc',
      'rk_test_9x',
      'whsec_abc',
      'sb_secret_N7UND0',
      'eyJhbGciOi.eyJzdWIi.c2ln',
      'pi_3Abc_secret_Xyz',
      'ada@example.com',
      '4242424242424242',
      '3782-822463-10005',
    ]
  ) {
    const text = redacted(`before ${secret} after`);
    assert(!text.includes(secret), text);
    assertMatch(text, /^before \[[a-z ]+\] after$/);
  }
});

Deno.test('what Stripe refuses is told from what it could not do', () => {
  const { errors } = Stripe;
  const thrown = (statusCode: number | undefined, code?: string) =>
    new errors.StripeAPIError(
      { message: 'x', type: 'api_error', statusCode, code } as ConstructorParameters<
        typeof errors.StripeAPIError
      >[0],
    );
  assertEquals(
    failureOf(new errors.StripeConnectionError({ message: 'reset', type: 'api_error' } as never)),
    'transient',
  );
  for (const status of [401, 403, 409, 429, 500, 502, 503]) {
    assertEquals(failureOf(thrown(status)), 'transient', `${status}`);
  }
  for (const status of [400, 402, 404]) {
    assertEquals(failureOf(thrown(status)), 'refused', `${status}`);
  }
  assertEquals(failureOf(thrown(400, 'lock_timeout')), 'transient');
  assertEquals(failureOf(new Error('ours')), undefined);
  assertEquals(
    causeOf(thrown(400, 'charge_already_refunded')),
    'stripe StripeAPIError charge_already_refunded 400',
  );
});

Deno.test('the database speaks its own codes; all else is one of ours', () => {
  const of = (code: string, message: string, status: number) => {
    const problem = problemOf({ code, message, details: 'd', status });
    return `${problem.status} ${problem.code}`;
  };
  assertEquals(of('PT409', 'hold_expired', 409), '409 hold_expired');
  assertEquals(of('PT404', 'booking_not_found', 404), '404 booking_not_found');
  assertEquals(of('PGRST301', 'JWT expired', 401), '401 sign_in_required');
  assertEquals(of('PGRST000', 'no connection', 503), '503 try_again');
  assertEquals(of('57014', 'canceling statement', 500), '503 try_again');
  assertEquals(of('', 'fetch failed', 0), '503 try_again');
  assertEquals(of('', 'bad gateway', 502), '503 try_again');
  assertEquals(of('PGRST202', 'no such function', 404), '500 internal_error');
  assertEquals(of('42501', 'permission denied', 403), '500 internal_error');
});

Deno.test('an id is any that Postgres takes, in the one way Postgres writes it', () => {
  const id = 'a0eebc99-9c0b-0ef8-0b6d-6bb9bd380a11';
  for (
    const written of [
      id,
      id.toUpperCase(),
      `{${id}}`,
      id.replaceAll('-', ''),
      'a0ee-bc99-9c0b-0ef8-0b6d-6bb9-bd38-0a11',
      '{a0eebc99-9c0b0ef8-0b6d6bb9-bd380a11}',
    ]
  ) assertEquals(uuid.parse(written), id);
  const ones = '11111111-1111-1111-1111-111111111111';
  assertEquals(uuidOrNull(ones), ones);
  for (
    const none of [
      'seven',
      `{${id}`,
      `${id}}`,
      ` ${id}`,
      `${id}\n`,
      id.slice(1),
      'a-0eebc999c0b0ef80b6d6bb9bd380a11',
      'a0eebc999c0b0ef80b6d6bb9bd380a11-',
      7,
      null,
      undefined,
    ]
  ) assertEquals(uuidOrNull(none), null);
});

Deno.test('rows are read one by one, and what is wrong is told without its value', () => {
  const shape = z.object({ id: uuid, count: z.number() });
  const good = { id: '11111111-1111-1111-1111-111111111111', count: 1 };
  const { read, unread } = readRows(shape, [good, { ...good, count: 'secret' }, null, good]);
  assertEquals(read, [good, good]);
  assertEquals(unread.length, 2);
  assertMatch(unread[0]?.problem ?? '', /^unread: count: /);
  assert(!unread[0]?.problem.includes('secret'));
});
