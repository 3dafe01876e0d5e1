import type { Page } from 'playwright-core';

/** Types a card into the form for the fake Stripe, and pays what is due on the page. */
export async function payOnPage(page: Page, card = '4242424242424242'): Promise<void> {
  await page.getByLabel('Card number').fill(card);
  await page.getByLabel('Expiry (MM/YY)').fill('1234');
  await page.getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: /^(Pay|Save card)/ }).click();
}
