import { afterAll, expect, test } from 'vitest';
import {
  closeBrowser,
  noBrowser,
  overflows,
  picture,
  settled,
  sites,
  violations,
  visitor,
} from './support/browser.ts';

const mill = '10000000-0000-4000-8000-000000000001';
const tripOfAda = '20000000-0000-4000-8000-000000000003';
const requestOfAda = '20000000-0000-4000-8000-000000000002';

/** A page, and what is opened on it before it is looked at. */
interface Place {
  name: string;
  path: string;
  as?: string;
  open?: string;
}

const places: Place[] = [
  { name: 'home', path: '/' },
  { name: 'search', path: '/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88' },
  { name: 'search-filters', path: '/search', open: 'button:has-text("Filters")' },
  { name: 'search-nothing', path: '/search?box=0,0,0.1,0.1' },
  { name: 'listing', path: `/homes/${mill}` },
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

for (const width of [1280, 360]) {
  for (const { name, path, as, open } of places) {
    test.skipIf(noBrowser)(
      `axe finds nothing on ${name} at ${width} px in light and dark, it fits, stands still and does not complain`,
      async () => {
        const { page, complaints, shifts } = await visitor({
          width,
          ...(as !== undefined && { as: `${as}@example.com` }),
        });
        await page.goto(path);
        await settled(page);
        expect(await shifts()).toBeLessThan(0.02);
        if (open !== undefined) {
          await page.locator(open).first().click();
          await page.locator('dialog[open]').waitFor();
          await settled(page);
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await picture(page, `${name}-${width}-${colorScheme}`);
          expect(await violations(page)).toEqual([]);
        }
        expect(await overflows(page)).toBe(false);
        expect(complaints).toEqual([]);
      },
    );
  }
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
          return (await response.request().sizes()).responseBodySize;
        }),
      );
    });
    await page.goto('/search');
    await page.getByRole('button', { name: 'Zoom in' }).waitFor();
    await settled(page);
    const total = (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0);
    const names = [...sizes.keys()].map((url) => url.slice(sites.storefront.length)).join(' ');
    expect(total, names).toBeGreaterThan(60_000);
    expect(total, names).toBeLessThanOrEqual(120_000);
  },
);
