import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { keys, metricsToken, signToken } from '../../local/keys.ts';
import { testApi, testEdge, testStripe } from '../support/stack.ts';

// The keys of a local stack are known to everybody. What stands between it and the pages of other sites,
// which a browser of this machine shows, is where a request says that it comes from.

interface Answer {
  status: number;
  body: string;
  headers: IncomingMessage['headers'];
}

/** As fetch, which sends no Host of ours. */
async function ask(
  url: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  const asking = request(url, { method, headers });
  asking.end(body);
  const [answer] = await once(asking, 'response') as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer), headers: answer.headers };
}

const serverToken = signToken({
  role: 'service_role',
  aud: 'authenticated',
  exp: Math.floor(Date.now() / 1000) + 3600,
});

/** What only programs and pages of this machine may do. */
const guarded: Record<string, () => Promise<Parameters<typeof ask>>> = {
  'the mails': async () => [`${(await testApi()).url}/mail`],
  'the mails as JSON': async () => [`${(await testApi()).url}/mail/v1/messages`],
  'GraphiQL': async () => [`${(await testApi()).url}/graphiql`],
  'the script of GraphiQL': async () => [`${(await testApi()).url}/graphiql/page.js`],
  'the reference with its people': async () => [`${(await testApi()).url}/docs/`],
  'the document of the reference': async () => [`${(await testApi()).url}/docs/openapi.json`],
  'the door for mails': async () => [
    `${(await testApi()).url}/mail/v1/send`,
    {},
    { method: 'POST', body: '{"to": "ada@example.com", "subject": "x"}' },
  ],
  'the API with the secret key': async () => [
    `${(await testApi()).url}/rest/v1/`,
    { apikey: keys.secret },
  ],
  'the API with the secret key in the address': async () => [
    `${(await testApi()).url}/rest/v1/?apikey=${keys.secret}`,
  ],
  'the API with a token that anybody can sign': async () => [
    `${(await testApi()).url}/rest/v1/`,
    { apikey: keys.publishable, authorization: `Bearer ${serverToken}` },
  ],
  'files with the secret key': async () => [
    `${(await testApi()).url}/storage/v1/bucket`,
    { apikey: keys.secret, authorization: `Bearer ${keys.secret}` },
  ],
  'a function with the secret key': async () => [
    `${(await testApi()).url}/functions/v1/run-commands`,
    { authorization: `Bearer ${keys.secret}` },
    { method: 'POST', body: '{}' },
  ],
  'the metrics with their token': async () => [
    `${(await testApi()).url}/functions/v1/metrics`,
    { authorization: `Bearer ${metricsToken}` },
  ],
  'the page of the fake Stripe': async () => [`${(await testStripe()).url}/_fake`],
  'the controls of the fake Stripe': async () => [
    `${(await testStripe()).url}/_fake/tick`,
    {},
    { method: 'POST', body: '{}' },
  ],
  'the fake Stripe with its secret key': async () => [
    `${(await testStripe()).url}/v1/customers`,
    { authorization: 'Bearer sk_test_staybase_local' },
  ],
};

const strangers: Record<string, Record<string, string>> = {
  'a page whose name points here': { host: 'rebound.example.com' },
  'a page whose name looks like ours': { host: '127.0.0.1.example.com' },
  'a page of another site': { origin: 'https://example.com' },
  'a page of a machine nearby': { origin: 'http://192.168.0.7:3000' },
  'a page without an origin to name': { origin: 'null' },
  'an image on another site': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  'a frame on another site': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'iframe',
  },
};

const locals: Record<string, Record<string, string>> = {
  'a program of this machine': {},
  'a page of a frontend on this machine': {
    origin: 'http://localhost:3000',
    'sec-fetch-site': 'same-site',
  },
  'a page of its own': { origin: 'http://127.0.0.1:54321', 'sec-fetch-site': 'same-origin' },
  'somebody who follows a link': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  },
};

for (const [what, how] of Object.entries(guarded)) {
  test(`${what}: open to this machine, closed to every stranger's page`, async () => {
    const [url, headers = {}, init] = await how();
    for (const [who, shown] of Object.entries(locals)) {
      const { status, body } = await ask(url, { ...headers, ...shown }, init);
      expect([who, status, body]).toEqual([who, 200, expect.anything()]);
    }
    for (const [who, shown] of Object.entries(strangers)) {
      const { status, body } = await ask(url, { ...headers, ...shown }, init);
      expect([who, status]).toEqual([who, 403]);
      expect(body).toContain('This answers');
    }
  });
}

test('each page that the gateway shows is closed to the pages of strangers', async () => {
  const { url } = await testApi();
  const pages = ['mail', 'mail/preview', 'mail/preview/message_received', 'graphiql', 'docs'];
  for (const path of [...pages, 'docs/page.js', 'console', 'console/', 'console/bookings/1']) {
    for (const [who, shown] of Object.entries(strangers)) {
      const { status } = await ask(`${url}/${path}`, shown);
      expect([path, who, status]).toEqual([path, who, 403]);
    }
  }
});

test('a page of any site may use the publishable key, as it may when this is hosted', async () => {
  const headers = { apikey: keys.publishable, origin: 'https://example.com' };
  const { status } = await ask(`${(await testApi()).url}/rest/v1/amenities?limit=1`, headers);
  expect(status).toBe(200);
});

test('only pages of this machine may show the mails, GraphiQL, the reference and the fake Stripe inside them', async () => {
  const { url: api } = await testApi();
  const pages = ['mail', 'mail/preview', 'mail/preview/message_received', 'graphiql', 'docs/'];
  for (
    const url of [...pages.map((page) => `${api}/${page}`), `${(await testStripe()).url}/_fake`]
  ) {
    const { headers } = await ask(url);
    expect(headers['content-security-policy'])
      .toMatch(/(^|; )frame-ancestors 'self' http:\/\/127[^;]*$/);
  }
});

test('PostgREST and the functions cannot be reached past the gateway with what everybody knows', async () => {
  const { rest } = await testApi();
  const token = { authorization: `Bearer ${serverToken}` };
  expect((await ask(`${rest.url}/amenities?limit=1`, token)).status).toBe(401);
  const { functions } = await testEdge();
  const secret = { authorization: `Bearer ${keys.secret}` };
  expect(await ask(`${functions.url}/run-commands`, secret, { method: 'POST', body: '{}' }))
    .toMatchObject({ status: 403 });
});

test('the superuser of the database has a password of its own, which only its owner can read', async () => {
  const { postgresPort, directory } = inject('run');
  const logIn = async (password: string) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: postgresPort,
      user: 'supabase_admin',
      database: 'template1',
      password,
    });
    await client.connect();
    await client.end();
  };
  await expect(logIn('postgres')).rejects.toMatchObject({ code: '28P01' });
  const file = join(directory, 'superuser-password');
  const password = readFileSync(file, 'utf8').trim();
  await logIn(password);
  expect(password.length).toBeGreaterThanOrEqual(32);
  expect(statSync(file).mode & 0o077).toBe(0);
});
