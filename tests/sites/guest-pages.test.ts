import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { closeBrowser, noBrowser, settled, sites, visitor } from './support/browser.ts';
import { looksRight, scrollThrough, type Sight } from './support/looks.ts';

const mill = '10000000-0000-4000-8000-000000000001';
const tripOfAda = '20000000-0000-4000-8000-000000000003';
const requestOfAda = '20000000-0000-4000-8000-000000000002';

const places: Sight[] = [
  { name: 'home', path: '/' },
  { name: 'search', path: '/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88' },
  { name: 'search-filters', path: '/search', open: 'button:has-text("Filters")' },
  { name: 'search-nothing', path: '/search?box=0,0,0.1,0.1' },
  { name: 'listing', path: `/homes/${mill}`, whole: true },
  { name: 'listing-days', path: `/homes/${mill}`, open: '.home-choice button' },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'confirm', path: '/auth/confirm?token_hash=abc&type=signup' },
  { name: 'not-found', path: '/nowhere' },
  { name: 'signed-out', path: '/bookings' },
  { name: 'trips', path: '/bookings', as: 'ada' },
  { name: 'trip', path: `/bookings/${tripOfAda}`, as: 'ada' },
  {
    name: 'trip-cancel',
    path: `/bookings/${tripOfAda}`,
    as: 'ada',
    open: 'button:has-text("Cancel the stay")',
  },
  { name: 'trip-requested', path: `/bookings/${requestOfAda}`, as: 'ada' },
  { name: 'wishlists', path: '/wishlists', as: 'ada' },
  { name: 'inbox', path: '/conversations', as: 'ada' },
  { name: 'notifications', path: '/notifications', as: 'ada' },
  { name: 'profile', path: '/profile', as: 'ada' },
];

afterAll(closeBrowser);

for (const place of places) {
  test.skipIf(noBrowser)(
    `axe finds nothing on ${place.name} at 360 and 1280 px in light and dark, it fits, stands still and does not complain`,
    () =>
      looksRight(
        place,
        { width: 360, schemes: ['light', 'dark'] },
        { width: 1280, schemes: ['light', 'dark'] },
      ),
  );
}

test.skipIf(noBrowser)(
  'the scripts of the search page, including the map, are at most 120 kB',
  async () => {
    const { page } = await visitor();
    // By name: one that is asked for again comes from the browser's cache.
    const sizes = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      if (!response.url().startsWith(sites.storefront) || !/\.js$/.test(response.url())) return;
      sizes.set(
        response.url(),
        response.headerValue('content-encoding').then(async (encoding) => {
          expect(encoding).toBe('gzip');
          // The browser counts the frames of the stream too, and there are more of them on a busy machine:
          // 0.6 kB to 2.9 kB for the same scripts (measured).
          return gzipSync(await response.body()).byteLength;
        }),
      );
    });
    await page.goto('/search');
    await page.getByRole('button', { name: 'Zoom in', exact: true }).waitFor();
    await settled(page);
    const total = (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0);
    const names = [...sizes.keys()].map((url) => url.slice(sites.storefront.length)).join(' ');
    expect(total, names).toBeGreaterThan(60_000);
    expect(total, names).toBeLessThanOrEqual(120_000);
  },
);

test.skipIf(noBrowser)(
  'the calendar of a home that is taken opens where a day is free',
  async () => {
    const { page } = await visitor({ width: 360 });
    let free = '';
    await page.route('**/rpc/listing_calendar*', async (route) => {
      const response = await route.fetch();
      const days = await response.json() as { day: string; available: boolean }[];
      const json = days.map((one, at) => ({ ...one, available: one.available && at > 70 }));
      free = json.find(({ available }) => available)?.day ?? '';
      await route.fulfill({ response, json });
    });
    await page.goto(`/homes/${mill}`);
    await settled(page);
    await page.locator('.home-choice button').first().click();
    const first = page.locator('dialog[open] [data-day]:not([aria-disabled])').first();
    await first.waitFor();
    expect(await first.getAttribute('data-day')).toBe(free);
  },
);

test.skipIf(noBrowser)(
  'days are chosen in the calendar of the page, and the map shows the area and not the door',
  async () => {
    const { page } = await visitor();
    await page.goto(`/homes/${mill}`);
    await settled(page);
    const days = page.getByRole('region', { name: 'Choose your dates' });
    await days.scrollIntoViewIfNeeded();
    const free = days.locator('[data-day]:not([aria-disabled])');
    await free.first().click();
    // An arrival without a departure is not asked for.
    expect(new URL(page.url()).search).toBe('');
    const check_in = await days.locator('[data-end]').getAttribute('data-day');
    await free.nth(await free.count() > 4 ? 4 : 1).click();
    const panel = page.getByRole('region', { name: 'Booking' });
    await panel.getByText('You will not be charged yet.').waitFor();
    expect(new URL(page.url()).searchParams.get('check_in')).toBe(check_in);

    await days.getByRole('button', { name: 'Clear dates' }).click();
    await panel.getByText('Choose dates to see the price').waitFor();
    expect(new URL(page.url()).search).toBe('');

    const place = page.getByRole('region', { name: 'Where the home is' });
    await scrollThrough(page);
    const area = place.locator('.map-area');
    const wide = async () => (await area.boundingBox())?.width ?? 0;
    const before = await wide();
    // 500 metres around a point at 46.8° north, at zoom 14.
    expect(before).toBeCloseTo(
      1000 / (2 * Math.PI * 6_378_137 / 256 / 2 ** 14 * Math.cos(46.84 * Math.PI / 180)),
      -1,
    );
    await place.getByRole('button', { name: 'Zoom out' }).click();
    await expect.poll(wide).toBeLessThan(before * 0.6);
  },
);
