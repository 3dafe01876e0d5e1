import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { demoPassword } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import { closeBrowser, noBrowser, settled, sites, visitor } from './support/browser.ts';
import { looksRight, type Sight } from './support/looks.ts';
import { sql } from './support/operator.ts';

const mill = '/host/homes/10000000-0000-4000-8000-000000000001';
const stay = '/host/bookings/20000000-0000-4000-8000-000000000003';

const places: Sight[] = [
  { name: 'host-welcome', path: '/host' },
  { name: 'host-today', path: '/host', as: 'grace' },
  { name: 'host-first', path: '/host', as: 'ada' },
  { name: 'host-decline', path: '/host', as: 'grace', open: 'button:has-text("Decline")' },
  { name: 'host-requests', path: '/host/bookings?show=requests', as: 'grace' },
  { name: 'host-bookings', path: '/host/bookings', as: 'grace' },
  { name: 'host-booking', path: stay, as: 'grace' },
  { name: 'host-cancel', path: stay, as: 'grace', open: 'button:has-text("Cancel this stay")' },
  { name: 'host-calendar', path: '/host/calendar', as: 'grace' },
  { name: 'host-homes', path: '/host/homes', as: 'grace' },
  { name: 'host-new-home', path: '/host/homes/new', as: 'grace' },
  ...[
    'basics',
    'place',
    'amenities',
    'photos',
    'description',
    'prices',
    'rules',
    'access',
    'publish',
    'calendars',
    'cohosts',
  ].map((step) => ({ name: `host-${step}`, path: `${mill}/${step}`, as: 'grace' })),
  { name: 'host-money', path: '/host/money', as: 'grace' },
  { name: 'host-reviews', path: '/host/reviews', as: 'grace' },
  {
    name: 'host-review',
    path: '/host/reviews',
    as: 'grace',
    open: 'button:has-text("Review")',
  },
];

afterAll(closeBrowser);

for (const place of places) {
  test.skipIf(noBrowser)(
    `axe finds nothing on ${place.name} at 360 and 1280 px, it fits, stands still and does not complain`,
    () =>
      looksRight(
        place,
        // Colours are the same at each width.
        { width: 360, schemes: ['light'] },
        { width: 1280, schemes: ['light', 'dark'] },
      ),
  );
}

/** A night of a home in the calendar, by what is read out of it. */
const night = (page: Page, home: string, column: number) =>
  page.getByRole('row').filter({ hasText: home }).getByRole('gridcell').nth(column);

const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const says = (page: Page, text: string | RegExp) =>
  page.locator('.toast', { hasText: text }).first().waitFor();

/** Alan asks for the attic, which is free: nobody pays, its host answers. */
async function alanAsks(days: number, message: string): Promise<void> {
  const send = async (path: string, token: string, body: object) => {
    const answer = await fetch(`${sites.gateway}${path}`, {
      method: 'POST',
      headers: {
        apikey: keys.publishable,
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return await answer.json();
  };
  const { access_token } = await send('/auth/v1/token?grant_type=password', keys.publishable, {
    email: 'alan@example.com',
    password: demoPassword,
  });
  const booking = await send('/rest/v1/rpc/request_booking', access_token, {
    booking_id: crypto.randomUUID(),
    listing_id: '10000000-0000-4000-8000-000000000005',
    check_in: inDays(days),
    check_out: inDays(days + 2),
    expected_total_minor: 0,
    message,
  });
  expect(booking.status).toBe('requested');
}

test.skipIf(noBrowser)(
  'a host accepts a request, and declines another with a reason that is kept',
  async () => {
    await alanAsks(60, 'I help with the pruning.');
    await alanAsks(70, 'I help with the bottling.');
    const { page, complaints } = await visitor({ as: 'grace@example.com' });
    await page.goto('/host');
    const request = (text: string) => page.getByRole('article').filter({ hasText: text });
    await request('pruning').getByText(/ left$/).waitFor();
    await request('pruning').getByRole('button', { name: 'Accept' }).click();
    await says(page, 'Accepted. Alan has been told.');
    await expect.poll(() => request('pruning').count()).toBe(0);

    await request('bottling').getByRole('button', { name: 'Decline' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason (optional)').fill('The bottles come later this year.');
    await dialog.getByRole('button', { name: 'Decline' }).click();
    await says(page, 'Declined. Alan has been told.');
    await expect.poll(() => request('bottling').count()).toBe(0);
    await page.goto('/host/bookings?show=ended');
    await page.getByRole('link').filter({ hasText: 'Attic for friends' }).first().click();
    await page.getByText('The bottles come later this year.').waitFor();
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a host blocks nights with the mouse, unblocks them by keyboard, and gives two homes a price at once',
  async () => {
    const { page, complaints } = await visitor({ as: 'grace@example.com', width: 2400 });
    await page.goto('/host/calendar');
    await settled(page);
    // Far enough away that nobody of the demo people stays then.
    for (const _ of Array(7)) await page.getByRole('button', { name: 'Later' }).click();
    await settled(page);
    const loft = (column: number) => night(page, 'Loft above the bakery', column);
    await loft(3).hover();
    await page.mouse.down();
    await loft(4).hover();
    await loft(5).hover();
    await page.mouse.up();
    await page.getByText('3 nights, 1 home').waitFor();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByLabel('Note (only hosts see it)').fill('The oven is mended');
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await says(page, '3 nights blocked.');
    await expect.poll(() => loft(4).getAttribute('aria-label'))
      .toMatch(/Blocked, The oven is mended$/);

    await loft(3).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Unblock', exact: true }).click();
    await says(page, '3 nights unblocked.');
    await expect.poll(() => loft(4).getAttribute('aria-label')).toMatch(/available, €/);

    const lighthouse = night(page, 'The lighthouse', 8);
    await loft(8).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('button', { name: 'Price and rules' }).click();
    await page.getByLabel('Price per night (EUR)').fill('99.50');
    await page.getByLabel('Minimum nights').fill('2');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await says(page, '2 days changed.');
    for (const cell of [loft(8), lighthouse]) {
      await expect.poll(() => cell.getAttribute('aria-label'))
        .toMatch(/available, €99\.50, at least 2 nights$/);
    }
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)('nights are chosen by two taps', async () => {
  const { page } = await visitor({ as: 'grace@example.com', width: 360, touch: true });
  await page.goto('/host/calendar');
  await settled(page);
  // A format takes hundreds of times as long to make as to use, and the grid has hundreds of nights.
  const made = await page.evaluateHandle(() => {
    const counted = { formats: 0 };
    for (const name of ['DateTimeFormat', 'NumberFormat'] as const) {
      Intl[name] = new Proxy(Intl[name] as typeof Intl.DateTimeFormat & typeof Intl.NumberFormat, {
        construct(format, given) {
          counted.formats += 1;
          return Reflect.construct(format, given);
        },
      });
    }
    return counted;
  });
  await night(page, 'Loft above the bakery', 1).tap();
  await page.getByText('1 night, 1 home').waitFor();
  await night(page, 'Loft above the bakery', 3).tap();
  await page.getByText('3 nights, 1 home').waitFor();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await expect.poll(() => page.locator('[aria-selected="true"]').count()).toBe(0);
  expect(await made.evaluate(({ formats }) => formats)).toBeLessThan(30);
});

test.skipIf(noBrowser)(
  'a new home has one of the currencies that can be charged, and at first its country’s if it is one',
  async () => {
    const { page, complaints } = await visitor({ as: 'grace@example.com' });
    const answer = await fetch(`${sites.gateway}/rest/v1/rpc/offered_currencies`, {
      headers: { apikey: keys.publishable },
    });
    const offered = await answer.json() as { currency: string; charged: boolean }[];
    const charged = offered.filter(({ charged }) => charged).map(({ currency }) => currency);
    expect(charged.length).toBeLessThan(offered.length);
    await page.goto('/host/homes/new');
    const currency = page.getByLabel('Currency');
    await expect.poll(() =>
      currency.locator('option').evaluateAll((options) =>
        options.map((option) => (option as HTMLOptionElement).value)
      )
    ).toEqual(charged);
    expect(charged).not.toContain('PLN');
    for (const [country, usual] of [['JP', 'JPY'], ['PL', 'EUR'], ['IS', 'ISK']] as const) {
      await page.getByLabel('Country', { exact: true }).selectOption(country);
      expect(await currency.inputValue()).toBe(usual);
    }
    await currency.selectOption('NOK');
    await page.getByLabel('Name of the home').fill('A boat on its way north');
    await page.getByRole('button', { name: 'Create draft' }).click();
    await page.getByRole('heading', { name: 'Location' }).waitFor();
    const id = /homes\/([0-9a-f-]+)\/place/.exec(page.url())?.[1];
    expect(await sql('select currency from public.listings where listing_id = $1', [id]))
      .toEqual([{ currency: 'NOK' }]);
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a new home goes from a draft to a public page, after a refusal that named what was missing',
  async () => {
    const { page, complaints } = await visitor({ as: 'grace@example.com' });
    await page.goto('/host/homes/new');
    await page.getByLabel('Name of the home').fill('The boathouse at the weir');
    await page.getByLabel('Country', { exact: true }).selectOption('FR');
    await page.getByLabel('Time zone').selectOption('Europe/Paris');
    await page.getByRole('button', { name: 'Create draft' }).click();
    await page.getByRole('heading', { name: 'Location' }).waitFor();

    const part = (name: string) =>
      page.getByRole('navigation', { name: 'Sections of this listing' }).getByRole('link', { name })
        .click();
    await part('Publish');
    await page.getByRole('button', { name: 'Publish' }).click();
    const missing = page.locator('[data-code="listing_incomplete"]');
    await missing.waitFor();
    expect(await missing.getByRole('listitem').allTextContents())
      .toEqual(['Location on the map', 'City', 'Description', 'Price per night']);

    await missing.getByRole('link', { name: 'Location on the map' }).click();
    await page.getByLabel('Street and number').fill('7 chemin du Barrage');
    await page.getByLabel('City or village').fill('Sainte-Lune');
    await page.getByLabel('Coordinates').fill('46.8431, 4.1234');
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.getByLabel('Wifi').check();
    await page.getByRole('button', { name: 'Save and continue' }).click();

    await page.getByRole('heading', { name: 'Photos', exact: true }).waitFor();
    const png = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [320, 240];
      canvas.getContext('2d')!.fillRect(0, 0, 160, 240);
      return canvas.toDataURL('image/png').split(',')[1]!;
    });
    const file = (name: string) => ({
      name,
      mimeType: 'image/png',
      buffer: Buffer.from(png, 'base64'),
    });
    await page.locator('input[type=file]').setInputFiles([file('weir.png'), file('deck.png')]);
    await says(page, '2 photos uploaded.');
    await page.getByLabel('Caption of photo 2').fill('The deck');
    await page.getByRole('button', { name: 'Move photo 2 forward' }).click();
    await expect.poll(() => page.getByLabel('Caption of photo 1').inputValue()).toBe('The deck');

    await part('Description');
    await page.getByRole('textbox', { name: 'Description' }).fill('You sleep above the water.');
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.getByLabel('Price per night (EUR)').first().fill('88');
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.getByLabel('Moderate').check();
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.getByLabel('Door code').fill('1815');
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Your home is published.').waitFor();
    await page.getByRole('button', { name: 'Hide' }).click();
    await says(page, 'Your home is hidden.');
    // What was refused on the way is a line of the browser's own.
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a host changes the price of a home, and adds and clears a season',
  async () => {
    const { page, complaints } = await visitor({ as: 'grace@example.com' });
    await page.goto('/host/homes/10000000-0000-4000-8000-000000000002/prices');
    await page.getByLabel('Cleaning (EUR)').fill('12,50');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await says(page, 'Saved.');
    await page.reload();
    await expect.poll(() => page.getByLabel('Cleaning (EUR)').inputValue()).toBe('12.50');

    const inDays = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('First night').fill(inDays(320));
    await page.getByLabel('Last night').fill(inDays(326));
    await page.getByLabel('Price per night (EUR)').last().fill('140');
    await page.getByRole('button', { name: 'Add a season' }).click();
    await says(page, '7 days changed.');
    await page.getByText('€140.00 a night').waitFor();
    await page.getByRole('button', { name: /^Reset to the usual price/ }).last().click();
    await says(page, 'These dates have the usual price again.');
    expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a host sees the next payouts, and each month with its stays',
  async () => {
    const { page, complaints } = await visitor({ as: 'grace@example.com' });
    await page.goto('/host/money');
    await page.getByText('Your payouts go to your account at Stripe.').waitFor();
    // Another file may book it at the same time.
    await page.getByRole('link', { name: /The old mill on the Lune.*Scheduled/ }).first().waitFor();
    await page.locator('.host-table button').first().click();
    await page.locator('.host-table').getByRole('link', { name: /Payout/ }).first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    expect((await download).suggestedFilename()).toMatch(/^earnings-\d{4}\.csv$/);
    expect(complaints).toEqual([]);
  },
);
