import type { Browser, BrowserContext, Page } from 'playwright-core';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished } from 'vitest';
import { demoPassword } from '../../../local/demo-people.ts';
import { keys } from '../../../local/keys.ts';
import { inProject } from '../../../local/paths.ts';
import { chromiumHere, launchChromium } from '../../../scripts/shared/chromium.ts';

export const sites = inject('sites');
/** For `test.skipIf`. */
export const noBrowser = chromiumHere === '';

let browser: Promise<Browser> | undefined;
const launched = () => browser ??= launchChromium();

/** After the last test of a file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export interface Visitor {
  page: Page;
  /** What the console and the pages had to complain about since the last look. */
  complaints: string[];
  /** What was asked of the gateway and of Stripe, such as `POST /rest/v1/rpc/search_pins`. */
  requests: string[];
  /** What pages moved by themselves, as Chromium measures it (CLS), since the last look. */
  shifts(): Promise<number>;
}

/** Somebody with a browser of their own; signed in without the form if they are one of the demo people. */
export async function visitor(
  { as, width = 1280, dark = false, locale = 'en-GB', site = sites.storefront, touch = false }: {
    as?: string;
    width?: number;
    dark?: boolean;
    locale?: string;
    site?: string;
    touch?: boolean;
  } = {},
): Promise<Visitor> {
  const context = await (await launched()).newContext({
    baseURL: site,
    viewport: { width, height: width < 600 ? 740 : 860 },
    colorScheme: dark ? 'dark' : 'light',
    locale,
    reducedMotion: 'reduce',
    hasTouch: touch,
  });
  onTestFinished(() => context.close());
  if (as !== undefined) await signIn(context, as);
  await context.addInitScript(() => {
    const all = globalThis as unknown as { moved: number };
    all.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & LayoutShift)[]) {
        if (!entry.hadRecentInput) all.moved += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const page = await context.newPage();
  // As patient as expect.poll: nobody knows how busy this machine is.
  page.setDefaultTimeout(600_000);
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (request.method() === 'OPTIONS' || url.origin === site) return;
    requests.push(`${request.method()} ${url.pathname}`);
  });
  return {
    page,
    complaints,
    requests,
    shifts: () => page.evaluate(() => (globalThis as unknown as { moved: number }).moved),
  };
}

interface LayoutShift {
  value: number;
  hadRecentInput: boolean;
}

/** Puts a session where supabase-js keeps it. */
async function signIn(context: BrowserContext, email: string): Promise<void> {
  const answer = await fetch(`${sites.gateway}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: demoPassword }),
  });
  const session = await answer.json() as { access_token?: string; expires_in: number };
  expect(session.access_token).toBeTypeOf('string');
  const kept = { expires_at: Math.floor(Date.now() / 1000) + session.expires_in, ...session };
  await context.addInitScript(
    ([name, value]) => {
      if (sessionStorage.getItem('signed-in') !== null) return;
      sessionStorage.setItem('signed-in', 'once');
      localStorage.setItem(name!, value!);
    },
    [`sb-${new URL(sites.gateway).hostname.split('.')[0]}-auth-token`, JSON.stringify(kept)],
  );
}

/** Waits until nothing loads any more: no request is open and no part of the page is busy. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
  await page.evaluate(() => document.fonts.ready);
}

const folder = process.env['STAYBASE_SCREENSHOTS'] ??
  mkdtempSync(join(tmpdir(), 'staybase-shots-'));

/** Keeps a picture of the page in the folder that STAYBASE_SCREENSHOTS names, else a temporary one. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const axe = readFileSync(inProject('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** What axe finds wrong by WCAG 2.2 AA and its own best practices: rule, and where. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
        }>;
      };
    };
    const found = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`)
    );
  });
}

/** Whether the page is wider than its window. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
