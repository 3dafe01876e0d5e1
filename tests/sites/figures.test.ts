import { afterAll, expect, test } from 'vitest';
import { measured } from '../../scripts/vitals/pages.ts';
import { closeBrowser, noBrowser, settled, sites, unlike, visitor } from './support/browser.ts';

// What `npm run vitals` measures, as far as it needs no clock.

const mill = '10000000-0000-4000-8000-000000000001';
const isScript = (url: string) => new URL(url).pathname.endsWith('.js');

afterAll(closeBrowser);

for (const width of [1350, 412]) {
  for (const { name, site, path, as, mostRequests } of measured) {
    test.skipIf(noBrowser)(
      `${name} at ${width} px stands still and does not complain${
        mostRequests === undefined ? '' : `, with at most ${mostRequests} requests`
      }`,
      async () => {
        const { page, shifts, complaints, requests } = await visitor({
          width,
          site: site === 'console' ? sites.gateway : sites.storefront,
          ...(as !== undefined && { as: `${as}@example.com` }),
        });
        await page.goto(path);
        await settled(page);
        // Far below 0.1, from which on Chrome calls it in need of improvement.
        expect(await shifts()).toBeLessThan(0.01);
        expect(complaints).toEqual([]);
        expect(requests.filter((request) => !request.includes('/storage/v1/object/')).length)
          .toBeLessThanOrEqual(mostRequests ?? Infinity);
      },
    );
  }
}

test.skipIf(noBrowser)('a home that cannot be loaded is asked for once', async () => {
  const { page } = await visitor();
  const asked: string[] = [];
  const headers = { 'access-control-allow-origin': '*' };
  await page.route(/\/rest\/v1\/listings\?/, async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ status: 500, json: { message: 'broken' }, headers });
  });
  await page.goto(`/homes/${mill}`);
  await page.getByRole('alert').waitFor();
  await settled(page);
  expect(asked.length).toBe(1);
});

for (
  const [path, verb, as] of [
    ['/', 'rpc/search_listings'],
    ['/search?box=4.1,46.8,4.15,46.88', 'rpc/search_screen'],
    [`/homes/${mill}`, 'listings'],
    ['/host/calendar', 'rpc/host_calendars', 'grace@example.com'],
  ] as const
) {
  test.skipIf(noBrowser)(`${path} is asked for while its script is loading`, async () => {
    const { page } = await visitor({ ...(as && { as }) });
    // What the page is made of never comes.
    const pageScript = /\/assets\/(home|search|listing|calendar)-[^/]*\.js$/;
    await page.route(pageScript, () => {});
    const asked = page.waitForRequest((request) =>
      request.method() !== 'OPTIONS' && new URL(request.url()).pathname === `/rest/v1/${verb}`
    );
    await page.goto(path, { waitUntil: 'commit' });
    await asked;
  });
}

for (
  const [path, ...scripts] of [
    ['/', 'home'],
    ['/search', 'search'],
    [`/homes/${mill}`, 'listing'],
    [`/bookings/${mill}/`, 'trip'],
    ['/conversations', 'inbox'],
    [`/conversations/${mill}`, 'inbox'],
    ['/host/calendar', 'host', 'calendar', 'homes-en'],
    ['/host/homes/new', 'host', 'new', 'homes-en'],
    ['/nowhere', 'not-found'],
  ]
) {
  test.skipIf(noBrowser)(
    `the scripts of ${path} are asked for while those of every page are loading`,
    async () => {
      const { page } = await visitor();
      await page.route(/\/assets\/(base|main)-[^/]*\.js$/, () => {});
      const asked = scripts.map((script) =>
        page.waitForRequest((request) =>
          new RegExp(`/assets/${script}-[^/]{8}\\.js$`).test(request.url())
        )
      );
      await page.goto(path!, { waitUntil: 'commit' });
      await Promise.all(asked);
    },
  );
}

for (const path of ['/', '/search']) {
  test.skipIf(noBrowser)(`${path} begins with its header where it stays`, async () => {
    const { page } = await visitor({ width: 1500 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route(/\/assets\/base-[^/]*\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(path, { waitUntil: 'commit' });
    const brand = page.locator('.site-header .brand');
    await brand.waitFor();
    const first = await brand.boundingBox();
    expect(await page.locator('main').count()).toBe(0);
    release();
    await settled(page);
    expect(await brand.count()).toBe(1);
    expect(await brand.boundingBox()).toEqual(first);
  });
}

test.skipIf(noBrowser)('a map without tiles is not drawn at two sizes when it zooms', async () => {
  const { page } = await visitor();
  await page.goto('/search');
  await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
  expect(await page.locator('.leaflet-zoom-anim, .leaflet-fade-anim').count()).toBe(0);
});

test.skipIf(noBrowser)('the browser loads no pages of its own beside ours', async () => {
  const { page } = await visitor();
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] });
  await session.detach();
  expect(targetInfos.map(({ url }) => url).filter((url) => url.startsWith('chrome:'))).toEqual([]);
});

/** A search, of which these requests are held, and the scripts of its map that were asked for. */
async function heldSearch(requests: string) {
  const { page } = await visitor();
  const maps: string[] = [];
  page.on('request', (request) => {
    if (/\/home-map-[^/]*\.js$/.test(request.url())) maps.push(request.url());
  });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route(requests, async (route) => {
    await held;
    await route.continue();
  });
  const idle = () =>
    page.evaluate(async () => {
      for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
      await new Promise((idle) => requestIdleCallback(idle));
    });
  return { page, maps, release, idle };
}
const townPath = '/search?box=4.1,46.8,4.15,46.88';
const mapOf = '.search-map .leaflet-container';

test.skipIf(noBrowser)('the map of a search is loaded after its list', async () => {
  const { page, maps, release, idle } = await heldSearch('**/rpc/search_screen');
  await page.goto(townPath);
  await page.locator('.search-list [aria-busy="true"]').first().waitFor();
  await idle();
  expect(maps).toEqual([]);
  release();
  await page.locator(mapOf).waitFor();
  expect(maps.length).toBeGreaterThan(0);
});

test.skipIf(noBrowser)('the map of a search is loaded after its first photos', async () => {
  const { page, maps, release, idle } = await heldSearch('**/listing-photos/**');
  // The second after which it does not wait longer never ends here.
  await page.addInitScript(() => {
    const real = globalThis.setTimeout;
    const patient = (run: () => void, after?: number) => after === 1000 ? 0 : real(run, after);
    Object.assign(globalThis, { setTimeout: patient });
  });
  await page.goto(townPath, { waitUntil: 'commit' });
  await page.locator('.search-list .home-card a').first().waitFor();
  await idle();
  expect(maps).toEqual([]);
  release();
  await page.locator(mapOf).waitFor();
});

test.skipIf(noBrowser)('the map of a search does not need photos', async () => {
  const { page } = await heldSearch('**/listing-photos/**');
  await page.goto(townPath, { waitUntil: 'commit' });
  await page.locator(mapOf).waitFor();
});

test.skipIf(noBrowser)('a stranger who looks at a home loads nothing of Realtime', async () => {
  const { page } = await visitor();
  const [sockets, scripts]: [string[], string[]] = [[], []];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('response', async (response) => {
    if (isScript(response.url())) scripts.push(await response.text());
  });
  await page.goto(`/homes/${mill}`);
  await settled(page);
  expect(scripts.length).toBeGreaterThan(10);
  // A word of the protocol, which is only in that package.
  expect(scripts.filter((text) => text.includes('phx_join'))).toEqual([]);
  expect(sockets).toEqual([]);
});

test.skipIf(noBrowser)(
  'a signed-in person sees a new message while the page is open',
  async () => {
    const [ada, grace] = [
      await visitor({ as: 'ada@example.com' }),
      await visitor({ as: 'grace@example.com' }),
    ];
    const joined = new Promise<void>((resolve) =>
      ada.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          if (String(payload).includes('"status":"ok"')) resolve();
        }))
    );
    await ada.page.goto('/conversations');
    // Other files write in other conversations of hers meanwhile.
    await ada.page.locator('a[href^="/conversations/"]', { hasText: 'Grace' }).first().click();
    await ada.page.getByLabel('Your message').waitFor();
    await joined;
    await grace.page.goto(new URL(ada.page.url()).pathname);
    const words = unlike('The kettle is red.');
    await grace.page.getByLabel('Your message').fill(words);
    await grace.page.getByRole('button', { name: 'Send' }).click();
    await ada.page.getByRole('log').getByText(words).waitFor();
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  },
);
