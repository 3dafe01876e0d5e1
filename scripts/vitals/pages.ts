import type { Page } from 'playwright-core';

/** A page that is measured. */
export interface Measured {
  name: string;
  site: 'storefront' | 'console' | 'floor';
  path: string;
  /** The name of one of the demo people; signed out if absent. */
  as?: string;
  /** What a reader does first: the page's interaction. */
  act(page: Page): Promise<void>;
  /** The most JavaScript allowed, compressed, in bytes. */
  mostScript?: number;
  /** The most requests to the API allowed until it has loaded. */
  mostRequests?: number;
}

const mill = '10000000-0000-4000-8000-000000000001';
const trip = '20000000-0000-4000-8000-000000000003';

export const measured: Measured[] = [
  {
    name: 'start',
    site: 'storefront',
    path: '/',
    async act(page) {
      const where = page.getByRole('combobox', { name: 'Where' });
      await where.click();
      await where.pressSequentially('sainte');
      await page.getByRole('option', { name: /Sainte-Lune/ }).click();
    },
  },
  {
    name: 'search',
    site: 'storefront',
    path: '/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88',
    mostRequests: 1,
    mostScript: 120_000,
    async act(page) {
      await page.getByRole('button', { name: 'Filters' }).click();
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
      const zoom = page.getByRole('button', { name: 'Zoom in', exact: true });
      // On a phone the map is behind a button.
      if (await zoom.count() === 0) await page.getByRole('button', { name: 'Map' }).click();
      await zoom.click();
    },
  },
  {
    name: 'home',
    site: 'storefront',
    path: `/homes/${mill}`,
    mostRequests: 3,
    async act(page) {
      await page.getByRole('button', { name: 'Choose dates' }).first().click();
      await page.locator('dialog[open] [data-day]:not([aria-disabled])').first().click();
    },
  },
  {
    name: 'trip',
    site: 'storefront',
    path: `/bookings/${trip}`,
    as: 'ada',
    async act(page) {
      await page.getByRole('button', { name: 'Cancel the stay' }).click();
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'inbox',
    site: 'storefront',
    path: '/conversations',
    as: 'ada',
    async act(page) {
      await page.locator('a[href^="/conversations/"]').first().click();
      await page.getByLabel('Your message').pressSequentially('Is there a kettle?');
    },
  },
  {
    name: "a host's calendar",
    site: 'storefront',
    path: '/host/calendar',
    as: 'grace',
    async act(page) {
      const cell = page.getByRole('row').nth(1).getByRole('gridcell').nth(1);
      await cell.click();
      await cell.press('Shift+ArrowRight');
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'console',
    site: 'console',
    path: '/console/',
    as: 'margaret',
    async act(page) {
      await page.keyboard.press('/');
      await page.keyboard.type('ada');
      const menu = page.getByRole('button', { name: 'Menu', exact: true });
      if (await menu.isVisible()) await menu.click();
      await page.getByRole('navigation')
        .getByRole('link', { name: 'Bookings', exact: true }).click();
    },
  },
];
