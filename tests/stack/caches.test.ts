import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { chromiumHere, launchChromium } from '../../scripts/shared/chromium.ts';
import { verbsByGet } from '../../packages/client/src/by-get.ts';
import { call, createStaybase, strangersByGet } from '../../packages/client/src/index.ts';
import { type Person, person } from '../support/people.ts';
import { asPostgres, testApi } from '../support/stack.ts';
import { home } from '../support/stays.ts';

// What browsers and proxies may keep of what was answered (docs/caches.md), by real PostgREST and a real browser.

let url: string;
let hedy: Person;

beforeAll(async () => {
  ({ url } = await testApi());
  await asPostgres('update private.settings set cache_seconds = 60');
  hedy = await person('Hedy');
  await home();
});

/** A client, and what it asked and was answered; a stranger's, unless somebody's token is given. */
function asking(options: { accessToken?: () => Promise<string> } = {}) {
  const asked: { method: string; url: string; status: number; headers: Headers }[] = [];
  const recording: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const { status, headers } = answer;
    asked.push({ method: init?.method ?? 'GET', url: String(input), status, headers });
    return answer;
  };
  const client = createStaybase(
    url,
    keys.publishable,
    { ...options, global: { fetch: recording } },
    strangersByGet(keys.publishable),
  );
  return { asked, client };
}

test('a stranger searches by GET, and the answer says how long it may be kept and for whom', async () => {
  const { asked, client } = asking();
  const found = await call(client, 'search_listings', { guests: 2, room_types: ['entire_home'] });
  expect(found).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'GET', status: 200 });
  expect(asked[0]!.headers.get('cache-control')).toBe('public, max-age=60');
  expect(asked[0]!.headers.get('vary')).toContain('authorization');
});

test('nothing says so of quotes, of refusals, and of what people ask who are signed in', async () => {
  const { asked, client } = asking();
  await client.rpc('quote_stay', {
    listing_id: hedy.id,
    check_in: '2031-05-01',
    check_out: '2031-05-03',
  });
  await client.rpc('search_listings', { page_size: 0 });
  await client.from('listings').select('no_such_column');
  expect(asked.map(({ method, status }) => `${method} ${status}`)).toEqual([
    'POST 404',
    'GET 400',
    'GET 400',
  ]);
  for (const { headers } of asked) expect(headers.get('cache-control')).toBe(null);

  const answer = await fetch(`${url}/rest/v1/rpc/search_listings?guests=2`, {
    headers: { apikey: keys.publishable, authorization: `Bearer ${hedy.token}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe(null);
});

test('what needs a body, and what people ask who are signed in, is asked by POST', async () => {
  const { asked, client } = asking();
  await client.rpc('search_listings', { custom_fields: {} });
  await client.rpc('search_listings', { words: 'x'.repeat(5_000) });
  await call(client, 'offered_currencies');
  expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
  expect(asked[2]!.url).toMatch(/offered_currencies$/);

  const signedIn = asking({ accessToken: () => Promise.resolve(hedy.token) });
  await call(signedIn.client, 'search_listings', { guests: 2 });
  expect(signedIn.asked.map(({ method }) => method)).toEqual(['POST']);
});

test('the client asks by GET what the database lets caches keep', async () => {
  const rows = await asPostgres<{ verb: string }>(
    `select substr(path, 6) as verb from private.cached_answers where path ~ '^/rpc/' order by 1`,
  );
  expect(rows.map(({ verb }) => verb)).toEqual([...verbsByGet].sort());
});

test.skipIf(chromiumHere === '')(
  'a browser asks once, and again for somebody else',
  async () => {
    // A page of another origin than the gateway, as every frontend is.
    const site = createServer((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<title>A marketplace</title>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => site.once('listening', resolve));
    const browser = await launchChromium();
    onTestFinished(async () => {
      await browser.close();
      site.close();
    });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const fromCache: boolean[] = [];
    network.on('Network.responseReceived', ({ type, response }) => {
      if (type === 'Fetch') fromCache.push(response.fromDiskCache ?? false);
    });

    const search = (token: string) =>
      page.evaluate(async ({ url, key, token }) => {
        const answer = await fetch(`${url}/rest/v1/rpc/search_listings?guests=2`, {
          headers: { apikey: key, authorization: `Bearer ${token}` },
        });
        return (await answer.json()).length;
      }, { url, key: keys.publishable, token });
    for (const token of [keys.publishable, keys.publishable, hedy.token, hedy.token]) {
      expect(await search(token)).toBe(1);
    }
    await expect.poll(() => fromCache).toEqual([false, true, false, false]);
  },
);
