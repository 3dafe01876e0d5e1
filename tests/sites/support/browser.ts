import type { Browser, Page } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { chromiumHere, launchChromium } from '../../../scripts/shared/chromium.ts';
import { signedIn } from '../../../scripts/shared/demo-session.ts';
import { settledPage, Traffic } from '../../../scripts/shared/settled.ts';

export const sites = inject('sites');
/** For `test.skipIf`. */
export const noBrowser = chromiumHere === '';

/**
 * A sentence that no other test says. What makes it so are letters alone: the digits of an
 * identifier can look like a telephone number, and are hidden then.
 */
export function unlike(sentence: string): string {
  const letters = crypto.getRandomValues(new Uint8Array(12));
  return `${sentence} ${Array.from(letters, (byte) => 'abcdefghijklmnop'[byte % 16]).join('')}`;
}

let browser: Promise<Browser> | undefined;
const launched = () => browser ??= launchChromium();

/** After the last test of a file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
  lookers.clear();
}

export interface Visitor {
  page: Page;
  /** What the console and the pages had to complain about since the last look. */
  complaints: string[];
  /** What was asked of the gateway and of Stripe, such as `POST /rest/v1/rpc/search_screen`. */
  requests: string[];
  /** What pages moved by themselves, as Chromium measures it (CLS), since the last look. */
  shifts(): Promise<number>;
}

export interface Place {
  as?: string;
  width?: number;
  locale?: string;
  site?: string;
  touch?: boolean;
  /** True lets the page load what its Content-Security-Policy forbids. */
  bypassCSP?: boolean;
}

/** Somebody with a browser of their own; signed in without the form if they are one of the demo people. */
export async function visitor(place: Place = {}): Promise<Visitor> {
  const someone = await opened(place);
  onTestFinished(() => someone.page.context().close());
  return someone;
}

const lookers = new Map<string, Promise<Visitor>>();

/**
 * Somebody who only looks: the same page for all tests of a file, with nothing of the page before, because
 * what that had still to say would be said of the next one. Its files come from the network again, as they
 * do for somebody who opens the site for the first time.
 */
export async function looker({ as, width = 1280 }: { as?: string; width?: number }): Promise<
  Visitor
> {
  const known = lookers.get(as ?? '') ?? opened({ ...(as !== undefined && { as }) });
  lookers.set(as ?? '', known);
  const someone = await known;
  const { page } = someone;
  await page.goto('about:blank');
  await page.setViewportSize(sizeOf(width));
  await page.emulateMedia({ colorScheme: 'light' });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await session.detach();
  someone.complaints.length = someone.requests.length = 0;
  return someone;
}

/** The window of this width. */
export const sizeOf = (width: number) => ({ width, height: width < 600 ? 740 : 860 });

async function opened(
  { as, width = 1280, locale = 'en-GB', site = sites.storefront, touch = false, bypassCSP = false }:
    Place,
): Promise<Visitor> {
  const storageState = as === undefined ? undefined : await sessionOf(as, site);
  const context = await (await launched()).newContext({
    baseURL: site,
    viewport: sizeOf(width),
    locale,
    reducedMotion: 'reduce',
    hasTouch: touch,
    bypassCSP,
    ...(storageState && { storageState }),
  });
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
  traffics.set(page, new Traffic(page));
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    complaints.push(`${message.text()} (${message.location().url})`);
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

const sessions = new Map<string, ReturnType<typeof signedIn>>();

/** One session for all tests of a file. */
function sessionOf(email: string, site: string): ReturnType<typeof signedIn> {
  const known = sessions.get(`${email} ${site}`) ??
    signedIn({ gateway: sites.gateway, site, email });
  sessions.set(`${email} ${site}`, known);
  return known;
}

const traffics = new WeakMap<Page, Traffic>();

/** Waits until nothing loads any more: no request is open, no part of the page is busy, all is on the screen. */
export const settled = (page: Page): Promise<void> => settledPage(page, traffics.get(page)!);

/** Keeps a picture of the page in the folder that STAYBASE_SCREENSHOTS names; without it there is none. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['STAYBASE_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
