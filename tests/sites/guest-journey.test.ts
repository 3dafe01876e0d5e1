import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { closeBrowser, noBrowser, picture, settled, sites, visitor } from './support/browser.ts';
import { payOnPage } from './support/paying.ts';

const mill = '10000000-0000-4000-8000-000000000001';

afterAll(closeBrowser);

/** Days that the calendar of the page offers: the first check-in from then on, and so many nights later. */
async function chooseDays(page: Page, nights: number): Promise<void> {
  const dialog = page.getByRole('dialog');
  const free = dialog.locator('[data-day]:not([aria-disabled])');
  await free.first().waitFor();
  await dialog.getByRole('button', { name: 'Next month' }).click();
  // The last month of the two that are seen.
  const last = dialog.locator('.calendar-month').last();
  const first = last.locator('[data-day]:not([aria-disabled])').nth(4);
  const day = await first.getAttribute('data-day');
  await first.click();
  const until = new Date(Date.parse(day!) + nights * 86_400_000).toISOString().slice(0, 10);
  await dialog.locator(`[data-day="${until}"]:not([aria-disabled])`).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
}

test.skipIf(noBrowser)(
  'a stranger searches, signs up, pays after a declined card and 3D Secure, writes to the host and cancels',
  async () => {
    const { page, complaints, requests } = await visitor();
    await page.goto('/');
    await page.getByRole('combobox', { name: 'Where' }).fill('sainte lun');
    await page.getByRole('option', { name: /Sainte-Lune/ }).click();
    await page.getByRole('search').getByRole('button', { name: 'Search' }).click();
    await page.getByRole('heading', { name: /\d+ homes in Sainte-Lune/ }).waitFor();
    await settled(page);

    await page.getByRole('link', { name: 'The old mill on the Lune' }).click();
    await page.getByRole('heading', { name: 'The old mill on the Lune', level: 1 }).waitFor();
    requests.length = 0;
    await page.getByRole('button', { name: 'Choose dates' }).first().click();
    await chooseDays(page, 3);
    await page.getByRole('heading', { name: 'If you cancel this stay' }).waitFor();
    await page.getByText('Full refund', { exact: true }).first().waitFor();
    expect(requests.filter((request) => request.includes('/rpc/')).sort()).toEqual([
      'POST /rest/v1/rpc/listing_calendar',
      'POST /rest/v1/rpc/quote_refunds',
      'POST /rest/v1/rpc/quote_stay',
    ]);
    await page.getByRole('link', { name: 'Book', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Confirm your stay' }).waitFor();

    // Nobody is signed in yet; after signing up the choice is still there.
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('First name').fill('Mary');
    await page.getByLabel('E-mail address').fill(`mary-${crypto.randomUUID()}@example.com`);
    await page.getByLabel('Password').fill('stay-a-night');
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Message to Grace (optional)').fill('We come by train.');
    requests.length = 0;
    await page.getByRole('button', { name: 'Continue to payment' }).click();

    await page.getByLabel('Card number').waitFor();
    // Its nights are held now: another quote would be refused.
    expect(requests).toContain('POST /rest/v1/rpc/request_booking');
    expect(requests).not.toContain('POST /rest/v1/rpc/quote_stay');
    await picture(page, 'journey-pay');
    await payOnPage(page, '4000000000000002');
    await page.getByText('Your card was declined. Try another one.').first().waitFor();
    await payOnPage(page, '4000002760003184');
    await page.getByRole('dialog', { name: 'Your bank asks' })
      .getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Your stay is confirmed.').waitFor();
    await page.getByRole('button', { name: 'Cancel the stay' }).waitFor();
    await picture(page, 'journey-confirmed');

    await page.getByRole('link', { name: 'Write a message' }).click();
    await page.getByLabel('Your message').fill('Is there a kettle?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('log').getByText('Is there a kettle?').waitFor();
    await page.getByRole('log').getByRole('link', { name: 'Confirmed' }).click();

    await page.getByRole('button', { name: 'Cancel the stay' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this stay?' });
    await dialog.getByText(/^You get .* back\.|^No refund is due\./).waitFor();
    requests.length = 0;
    await dialog.getByRole('button', { name: 'Cancel the stay' }).click();
    await page.getByText('You cancelled this stay.').waitFor();
    expect(requests).toContain('POST /rest/v1/rpc/cancel_booking');
    expect(requests).not.toContain('POST /rest/v1/rpc/preview_cancellation');
    await page.getByRole('navigation', { name: 'Main', exact: true })
      .getByRole('link', { name: 'Trips' }).click();
    await page.getByText('Cancelled by the guest').waitFor();
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a map at rest sends one request, and the address keeps its position',
  async () => {
    const { page, requests, complaints } = await visitor();
    await page.goto('/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88');
    await page.getByRole('button', { name: 'Zoom in', exact: true }).waitFor();
    await settled(page);
    const map = (await page.getByRole('application').boundingBox())!;
    requests.length = 0;
    await page.mouse.move(map.x + 200, map.y + 300);
    await page.mouse.down();
    for (const step of [20, 60, 90]) await page.mouse.move(map.x + 200 + step, map.y + 300);
    await page.mouse.up();
    await page.waitForURL((url) => !url.search.includes('place='));
    await settled(page);
    expect(requests.filter((request) => request.includes('/rpc/')).sort()).toEqual([
      'POST /rest/v1/rpc/search_screen',
    ]);
    const address = page.url();
    await page.reload();
    await settled(page);
    expect(page.url()).toBe(address);
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'the site and its refusals are in the language of the reader',
  async () => {
    const { page } = await visitor({ locale: 'de-DE' });
    await page.goto(`/homes/${mill}?check_in=2020-01-01&check_out=2020-01-04`);
    await page.getByText('Der Tag der Anreise ist vorbei.').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.goto('/');
    await page.getByRole('heading', { name: 'Ein Zuhause für unterwegs' }).waitFor();
    await page.getByRole('combobox', { name: 'Sprache' }).selectOption('fr');
    await page.getByRole('heading', { name: 'Trouvez où séjourner' }).waitFor();
  },
);

test.skipIf(noBrowser)('a page that needs a session leads to sign-in and back', async () => {
  const { page } = await visitor();
  await page.goto('/bookings');
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill('ada@example.com');
  await page.getByLabel('Password').fill('wrong-password');
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  await page.getByLabel('Password').fill('stay-a-night');
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${sites.storefront}/bookings`);
  await page.getByRole('link', { name: 'The old mill on the Lune' }).first().waitFor();
});
