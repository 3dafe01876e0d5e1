import { createClient } from '@supabase/supabase-js';
import { afterAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import type { Database } from '../../types/index.ts';
import { closeBrowser, noBrowser, picture, settled, sites, visitor } from './support/browser.ts';
import { overflows } from './support/looks.ts';

const garden = '10000000-0000-4000-8000-000000000003';
const key = keys.publishable;
const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

afterAll(closeBrowser);

test.skipIf(noBrowser)(
  'a guest asks about dates for a child of eight, the host makes an offer, and the guest books it',
  async () => {
    const { page } = await visitor({ width: 360, as: 'ada@example.com' });
    const start = 100 + Math.floor(Math.random() * 100);
    await page.goto(
      `/homes/${garden}?check_in=${inDays(start)}&check_out=${inDays(start + 3)}&guests=1`,
    );
    await page.locator('.home-choice button').nth(2).click();
    await page.getByRole('button', { name: 'More: Children' }).click();
    await page.getByLabel('Age of child 1').selectOption('8');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.waitForURL(/guests=2&child_ages=8/);

    await page.getByRole('link', { name: 'Hedy’s profile' }).click();
    await page.getByRole('heading', { name: 'Hedy’s homes', exact: true }).waitFor();
    expect(await overflows(page)).toBe(false);
    await page.goBack();
    await page.getByRole('button', { name: 'Ask Hedy a question' }).click();
    await page.getByText(/2 guests \(1 child\)\. The host can answer/).waitFor();
    await page.getByLabel('Your message').fill('Is the walnut tree in leaf?');
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await page.getByText('Asked about').waitFor();

    const hedy = createClient<Database>(sites.gateway, key, { auth: { persistSession: false } });
    await hedy.auth.signInWithPassword({ email: 'hedy@example.com', password: 'stay-a-night' });
    const { data: [inquiry] } = await hedy.from('inquiries').select('inquiry_id, child_ages')
      .order('created_at', { ascending: false }).limit(1).throwOnError();
    expect(inquiry?.child_ages).toEqual([8]);
    await hedy.rpc('send_special_offer', {
      offer_id: crypto.randomUUID(),
      inquiry_id: inquiry!.inquiry_id,
      subtotal_minor: 15_000,
    }).throwOnError();

    await page.reload();
    await page.getByText('Special offer: €150.00, before fees and taxes').waitFor();
    await page.getByRole('link', { name: 'See the offer' }).click();
    await page.getByText('The host offers you this stay.').waitFor();
    expect(await overflows(page)).toBe(false);
    await picture(page, 'offer-360');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByLabel('Card number').waitFor();
    await page.getByRole('button', { name: 'Cancel this booking' }).click();
  },
);

test.skipIf(noBrowser)('no pin of the map lies on another', async () => {
  const { page } = await visitor({ width: 1280 });
  await page.goto('/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88');
  await page.locator('.map-mark span').first().waitFor();
  const overlapping = () =>
    page.evaluate(() => {
      const boxes = [...document.querySelectorAll('.map-mark span')]
        .map((mark) => mark.getBoundingClientRect());
      // What is nearer than a third of a pin hides it; edges may touch.
      return boxes.flatMap((one, index) =>
        boxes.slice(index + 1).filter((other) =>
          Math.abs(one.x + one.width / 2 - other.x - other.width / 2) < 40 &&
          Math.abs(one.y + one.height / 2 - other.y - other.height / 2) < 20
        )
      ).length;
    });
  await settled(page);
  expect(await overlapping()).toBe(0);
  expect(await page.locator('.map-mark.cluster').count()).toBeGreaterThan(0);
});

test.skipIf(noBrowser)(
  'prices are shown in another currency too, and the payment names only the one that is charged',
  async () => {
    const operator = createClient<Database>(sites.gateway, keys.secret, {
      auth: { persistSession: false },
    });
    await operator.rpc('load_exchange_rates', {
      base_currency: 'EUR',
      rated_on: inDays(0),
      rates: { USD: 1.25 },
      source: 'A test',
    }).throwOnError();
    const { page, requests, complaints } = await visitor({ as: 'ada@example.com' });
    await page.goto('/search?place=Sainte-Lune&box=4.1,46.8,4.15,46.88');
    await page.getByRole('button', { name: 'Currency' }).click();
    await page.getByLabel('Also show prices in').selectOption('USD');
    await page.getByText(/^about \$\d+$/).first().waitFor();
    await settled(page);
    // A price of the home, and beside it five quarters of it.
    const prices = (await page.locator('.home-price').allTextContents())
      .map((text) =>
        text.replaceAll(',', '').match(/€([\d.]+).*about \$(\d+)/)?.slice(1).map(Number)
      )
      .filter((pair) => pair !== undefined);
    expect(prices.length).toBeGreaterThan(2);
    for (const [own, shown] of prices) expect(shown).toBe(Math.round(own! * 1.25));
    expect(requests.filter((request) => request.endsWith('/show_amounts')).length).toBe(1);

    const start = 210 + Math.floor(Math.random() * 60);
    await page.goto(
      `/homes/${garden}?check_in=${inDays(start)}&check_out=${inDays(start + 3)}&guests=1`,
    );
    await page.getByText(/about \$[\d,]+ at the rate of .*; you pay in EUR/).waitFor();
    await page.goto(
      `/book/${garden}?check_in=${inDays(start)}&check_out=${inDays(start + 3)}&guests=1`,
    );
    await page.getByText('Total (EUR)').waitFor();
    await settled(page);
    expect(await page.getByText(/about \$/).count()).toBe(0);
    expect(complaints).toEqual([]);
  },
);
