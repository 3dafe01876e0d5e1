import { afterAll, expect, test } from 'vitest';
import { closeBrowser, noBrowser, sites, visitor } from './support/browser.ts';
import { overflows, violations } from './support/looks.ts';
import { holdEarlier, sql } from './support/operator.ts';

afterAll(closeBrowser);

interface Said {
  key?: string;
  kind?: string;
  clientSecret?: string;
  confirmed: { redirect: string; confirmParams: { return_url: string } }[];
}

/**
 * Runs in the page in place of Stripe.js, which comes from Stripe alone: what this site calls of it, with a field
 * in place of Stripe's frame. Cards go to the fake Stripe.
 */
function standIn(fake: string): void {
  const said: Said = { confirmed: [] };
  const Stripe = (key: string) => ({
    elements({ clientSecret }: { clientSecret: string }) {
      Object.assign(said, { key, clientSecret });
      return {
        create(kind: string) {
          said.kind = kind;
          return {
            mount(place: HTMLElement) {
              const field = document.createElement('input');
              field.ariaLabel = 'Card';
              field.id = 'card';
              place.append(field);
            },
          };
        },
      };
    },
    async confirmPayment(options: Said['confirmed'][number] & { elements: object }) {
      const { redirect, confirmParams } = options;
      said.confirmed.push({ redirect, confirmParams });
      const answer = await fetch(`${fake}/_fake/pay`, {
        method: 'POST',
        body: JSON.stringify({
          intent: said.clientSecret?.split('_secret')[0],
          card: document.querySelector<HTMLInputElement>('#card')?.value,
        }),
      });
      const { last_payment_error } = await answer.json();
      return last_payment_error ? { error: { message: last_payment_error.message } } : {};
    },
  });
  Object.assign(globalThis, { Stripe, said });
}

/** Runs in the page before its own scripts: the site has a key of Stripe, and no fake one. */
function withKey(): void {
  new MutationObserver((_changes, observer) => {
    const written = document.getElementById('settings');
    if (!written?.textContent) return;
    observer.disconnect();
    const { fakeStripe: _fake, ...rest } = JSON.parse(written.textContent);
    written.textContent = JSON.stringify({ ...rest, stripeKey: 'pk_test_site' });
  }).observe(document, { childList: true, subtree: true });
}

test.skipIf(noBrowser)(
  'a card is typed into Stripe’s own form where the site has a key of Stripe',
  async () => {
    const booking = crypto.randomUUID();
    await holdEarlier(booking, 12, 2);
    // The stack has a fake Stripe, so the policy of its page does not name Stripe's address.
    const { page, complaints } = await visitor({
      as: 'alan@example.com',
      width: 360,
      bypassCSP: true,
    });
    await page.addInitScript(withKey);
    await page.route(
      'https://js.stripe.com/v3/',
      (route) =>
        route.fulfill({
          contentType: 'text/javascript',
          body: `(${standIn})(${JSON.stringify(sites.stripe)})`,
        }),
    );
    await page.goto(`/bookings/${booking}`);
    const card = page.getByLabel('Card', { exact: true });
    await card.fill('4000000000000002');
    expect(await violations(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByRole('alert').getByText('Your card was declined.').waitFor();
    await card.fill('4242424242424242');
    await page.getByRole('button', { name: /^Pay/ }).click();

    const status = () => sql('select status from public.bookings where booking_id = $1', [booking]);
    await expect.poll(status).toEqual([{ status: 'completed' }]);
    const said = await page.evaluate(() => (globalThis as unknown as { said: Said }).said);
    expect(said).toMatchObject({
      key: 'pk_test_site',
      kind: 'payment',
      clientSecret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
    });
    const options = {
      redirect: 'if_required',
      confirmParams: { return_url: `${sites.storefront}/bookings/${booking}` },
    };
    expect(said.confirmed).toEqual([options, options]);
    expect(complaints).toEqual([]);
  },
);
