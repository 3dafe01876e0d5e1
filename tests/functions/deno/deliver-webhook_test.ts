import type { Command } from '../../../supabase/functions/_shared/answers.ts';
import type { Arguments } from '../../../supabase/functions/_shared/arguments.ts';
import type { WorkerPorts } from '../../../supabase/functions/run-commands/command.ts';
import {
  deliverWebhook,
  signatureOf,
  standardHeaders,
} from '../../../supabase/functions/run-commands/deliver-webhook.ts';
import { internet, ok, type Said } from '../../support/internet.ts';
import { assert, assertEquals } from './assert.ts';

Deno.test('a signature matches the one that openssl computes', async () => {
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_1
  assertEquals(
    await signatureOf('{}', ['whsec_1'], 1_700_000_000_999),
    't=1700000000,v1=c8cf6ed9fd9120874a1792902ffdf5b69559118b76d10974da8a20cf21f94bc5',
  );
  const two = await signatureOf('{}', ['whsec_1', 'whsec_2'], 1_700_000_000_000);
  assertEquals(two.match(/v1=[0-9a-f]{64}/g)?.length, 2);
});

Deno.test('the headers of Standard Webhooks match those that openssl computes', async () => {
  // printf 'evt_1.1700000000.{}' | openssl dgst -sha256 -mac HMAC -binary \
  //   -macopt hexkey:$(printf 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' | base64 -d | xxd -p) | base64
  const [first, second] = [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
  ];
  assertEquals(await standardHeaders('evt_1', '{}', [first], 1_700_000_000_999), {
    'Webhook-Id': 'evt_1',
    'Webhook-Timestamp': '1700000000',
    'Webhook-Signature': 'v1,zDDZQ0HbZDldGfbXFD+XxplmyMbPhxymu2DUsyrVk1U=',
  });
  const two = await standardHeaders('evt_1', '{}', [first, second], 1_700_000_000_000);
  assertEquals(
    two['Webhook-Signature'],
    'v1,zDDZQ0HbZDldGfbXFD+XxplmyMbPhxymu2DUsyrVk1U= v1,OUtxUP5Xag/cdUG+rmAccLg9gRl8qpDVlxjxydxDv0Y=',
  );
});

type Names = Parameters<typeof internet>[0];

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** What came of an event for an endpoint at `url`, and whom it was told. */
async function deliver(
  url: string,
  names: Names,
  machines: Record<string, Said> = {},
  environment = 'production',
) {
  const web = internet(names, machines);
  const attempts: { statusCode: number | null; problem: string | null }[] = [];
  const ports = {
    environment,
    network: web.network,
    database: {
      call: (_: string, { status_code, problem }: Arguments<'record_delivery'>) => {
        attempts.push({ statusCode: status_code, problem });
        return Promise.resolve(true);
      },
    },
  } as unknown as WorkerPorts;
  const facts = {
    delivery_id: '7d3f1f0a-58c8-4f0e-9a39-5d0c3b2a1e00',
    url,
    secrets: [secret],
    event: {
      id: '7d3f1f0a-58c8-4f0e-9a39-5d0c3b2a1e01',
      type: 'calendar.conflict',
      created_at: '2031-06-01T00:00:00Z',
      data: { place: 'Tromsø' },
    },
  };
  await deliverWebhook({ facts } as unknown as Command, ports);
  assertEquals(attempts.length, 1);
  assertEquals(web.stillOpen(), 0);
  return { ...attempts[0]!, ...web };
}

const known = {
  'example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example.com': ['10.0.0.7'],
  'both.example.com': ['93.184.215.14', '127.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  'v6.example.com': ['fd00::1'],
};
const there = '93.184.215.14:443 as example.com';

Deno.test('a webhook is a signed POST to the address that was checked', async () => {
  const told = await deliver('https://example.com/hook?x=1', known, {
    [there]: { pieces: [ok('')] },
  });
  assertEquals([told.statusCode, told.problem], [200, null]);
  assertEquals(told.connected, [there]);
  const [head = '', body = ''] = told.heard;
  const length = new TextEncoder().encode(body).length;
  assert(head.startsWith('POST /hook?x=1 HTTP/1.1\r\nHost: example.com\r\n'));
  assert(head.includes(`\r\nContent-Length: ${length}\r\n`));
  assertEquals(JSON.parse(body).data, { place: 'Tromsø' });
  const [, seconds] = /Staybase-Signature: t=(\d+),/.exec(head) ?? [];
  const signature = await signatureOf(body, [secret], Number(seconds) * 1000);
  assert(head.includes(`Staybase-Signature: ${signature}\r\n`));
  const id = '7d3f1f0a-58c8-4f0e-9a39-5d0c3b2a1e01';
  const headers = await standardHeaders(id, body, [secret], Number(seconds) * 1000);
  for (const [name, value] of Object.entries(headers)) {
    assert(head.includes(`\r\n${name}: ${value}\r\n`), name);
  }
});

Deno.test('a name that means this machine a moment later is asked once, and its first answer is told', async () => {
  const turning = { 'rebind.example': [['93.184.215.14'], ['127.0.0.1']] };
  const place = '93.184.215.14:443 as rebind.example';
  const told = await deliver('https://rebind.example/hook', turning, {
    [place]: { pieces: [ok('')] },
  });
  assertEquals([told.connected, told.asked, told.problem], [
    [place],
    { 'rebind.example': 0 },
    null,
  ]);
});

Deno.test('whatever is not a 2xx is a failure, and a redirect leads nowhere', async () => {
  for (
    const [answer, statusCode, problem] of [
      ['HTTP/1.1 204 No Content\r\n\r\n', 204, null],
      ['HTTP/1.1 302 Found\r\nLocation: https://10.0.0.7/\r\n\r\n', 302, 'answered 302'],
      ['HTTP/1.1 500 Oops\r\n\r\n', 500, 'answered 500'],
      ['SSH-2.0-OpenSSH\r\n', null, 'no answer (UnusableAnswer: bad_answer)'],
    ] as const
  ) {
    const told = await deliver('https://example.com', known, { [there]: { pieces: [answer] } });
    assertEquals([told.statusCode, told.problem], [statusCode, problem]);
    assertEquals(told.connected, [there]);
  }
  const shut = await deliver('https://example.com', known);
  assertEquals([shut.statusCode, shut.problem], [null, 'no answer (Error: refused)']);
});

Deno.test('only https to machines that everyone can reach', async () => {
  const gone = await deliver('https://gone.example.com', known);
  assertEquals(gone.problem, 'host not found');
  for (
    const url of [
      'http://example.com',
      'https://user@example.com',
      'https://inside.example.com',
      'https://both.example.com',
      'https://metadata.example.com',
      'https://v6.example.com',
      'https://127.0.0.1',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://192.168.1.1:8443/',
    ]
  ) {
    const { problem, connected } = await deliver(url, known);
    assertEquals([problem, connected], ['address not allowed', []], url);
  }
});

Deno.test('a local stack tells programs on its own machine', async () => {
  const told = await deliver('http://localhost:4000/', {}, {
    'localhost:4000': { pieces: [ok('')] },
  }, 'local');
  assertEquals([told.statusCode, told.connected], [200, ['localhost:4000']]);
});
