import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { demoPassword } from '../../local/demo-people.ts';
import { closeBrowser, noBrowser, sites, visitor } from './support/browser.ts';
import { overflows, violations } from './support/looks.ts';

afterAll(closeBrowser);

/**
 * Runs in the page in place of the provider's script: what the sites call of it, with a button in place of its frame.
 * The Auth of the embedded stack checks no CAPTCHA, so the requests are looked at instead.
 */
function standIn(provider: string): void {
  let solved = 0;
  const button = document.createElement('button');
  button.type = 'button';
  const begin = () => {
    button.textContent = 'I am human';
    button.disabled = false;
  };
  const widgets = {
    render(
      place: HTMLElement,
      { sitekey, callback }: { sitekey: string; callback(token: string): void },
    ) {
      begin();
      button.onclick = () => {
        button.textContent = 'Solved';
        button.disabled = true;
        callback(`${provider} ${sitekey} ${solved += 1}`);
      };
      place.append(button);
      return 'widget';
    },
    reset: begin,
    remove: () => button.remove(),
  };
  Object.assign(globalThis, { [provider]: widgets });
  (globalThis as unknown as { captchaIsReady(): void }).captchaIsReady();
}

/** Gives the site a CAPTCHA before its own scripts run. */
async function withCaptcha(page: Page, captcha: string): Promise<void> {
  await page.addInitScript((captcha) => {
    new MutationObserver((_changes, observer) => {
      const written = document.getElementById('settings');
      if (!written?.textContent) return;
      observer.disconnect();
      written.textContent = JSON.stringify({ ...JSON.parse(written.textContent), captcha });
    }).observe(document, { childList: true, subtree: true });
  }, captcha);
}

/** The tokens of CAPTCHAs that Auth was sent. */
function tokensOf(page: Page): string[] {
  const tokens: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().includes('/auth/v1/')) return;
    tokens.push(request.postDataJSON()?.gotrue_meta_security?.captcha_token);
  });
  return tokens;
}

test.skipIf(noBrowser)(
  'where Auth asks for a CAPTCHA, each request of the sign-in page takes a token of its own',
  async () => {
    const { page } = await visitor({ width: 360, bypassCSP: true });
    await withCaptcha(page, 'turnstile:site-key');
    await page.route(
      'https://challenges.cloudflare.com/turnstile/v0/api.js?*',
      (route) =>
        route.fulfill({ contentType: 'text/javascript', body: `(${standIn})('turnstile')` }),
    );
    const tokens = tokensOf(page);
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password').fill('not the password');
    const human = page.getByRole('button', { name: 'I am human' });
    await human.waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);

    // Whoever sends the form first may solve it then.
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await human.click();
    await page.getByRole('alert').getByText('The e-mail address or the password is wrong.')
      .waitFor();
    await human.click();
    await page.getByRole('button', { name: 'Sign in by e-mail link' }).click();
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('status').getByText('ada@example.com').waitFor();
    expect(tokens).toEqual(['turnstile site-key 1', 'turnstile site-key 2']);
  },
);

test.skipIf(noBrowser)(
  'the console has one too, and says so when it cannot be loaded',
  async () => {
    const { page } = await visitor({ site: sites.gateway, bypassCSP: true });
    await withCaptcha(page, 'hcaptcha:site-key');
    let isThere = false;
    await page.route(
      'https://js.hcaptcha.com/1/api.js?*',
      (route) =>
        isThere
          ? route.fulfill({ contentType: 'text/javascript', body: `(${standIn})('hcaptcha')` })
          : route.abort(),
    );
    const tokens = tokensOf(page);
    const fill = async () => {
      await page.goto('/console/');
      await page.getByLabel('E-mail').fill('margaret@example.com');
      await page.getByLabel('Password').fill(demoPassword);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await fill();
    await page.getByText('captcha_failed').waitFor();
    expect(tokens).toEqual([]);

    isThere = true;
    await fill();
    await page.getByRole('button', { name: 'I am human' }).click();
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    expect(tokens).toEqual(['hcaptcha site-key 1']);
  },
);
