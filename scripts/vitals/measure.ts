import type { Browser, BrowserContextOptions, CDPSession } from 'playwright-core';
import type { DemoStack } from '../shared/demo-stack.ts';
import { settledPage, Traffic } from '../shared/settled.ts';
import type { Measured } from './pages.ts';

/** What one look at a page gave; times in milliseconds, sizes in bytes. */
export interface Vitals {
  /** Until the first byte of the page; without what the phone's network would add. */
  ttfb: number;
  /** Until the first text or picture. */
  fcp: number;
  /** Until the largest text or picture. */
  lcp: number;
  /** How much moved by itself while it loaded: the worst second, as Chrome sums it up. */
  cls: number;
  /** The slowest click or key until the next frame was painted; 0 when all took less than 16. */
  interaction: number;
  /** The scripts, as they are sent. */
  script: number;
  /** Everything that came until the page had loaded, with the heads of the answers. */
  all: number;
  /** Requests to the API until the page had loaded; pictures and preflights are none. */
  requests: number;
  /** Errors and warnings in the browser's console, and refusals that the page did not expect. */
  errors: number;
}

export interface Profile {
  name: string;
  context: BrowserContextOptions;
  network?: { latency: number; download: number; upload: number };
  cpu?: number;
}

const kilobits = 1024 / 8;

/**
 * The phone is the one of Lighthouse's mobile report with applied throttling (core/config/constants.js:
 * `mobileSlow4G` and the screen of a Moto G Power): every request waits 562.5 ms (150 times 3.75), 1.4 Mbit/s
 * come and 0.66 leave, and scripts take four times as long. The desktop has its screen and is not slowed down.
 */
export const profiles: Profile[] = [
  { name: 'desktop', context: { viewport: { width: 1350, height: 940 } } },
  {
    name: 'phone',
    context: {
      viewport: { width: 412, height: 823 },
      deviceScaleFactor: 1.75,
      isMobile: true,
      hasTouch: true,
    },
    network: {
      latency: 150 * 3.75,
      download: 1.6 * 1024 * 0.9 * kilobits,
      upload: 750 * 0.9 * kilobits,
    },
    cpu: 4,
  },
];

/** Opens a page in a browser that has nothing of it yet, waits until it has loaded, and does what a reader would. */
export async function look(
  browser: Browser,
  stack: DemoStack,
  { site, path, act }: Measured,
  profile: Profile,
  storageState?: Exclude<BrowserContextOptions['storageState'], undefined>,
): Promise<Vitals> {
  const context = await browser.newContext({
    ...profile.context,
    locale: 'en-GB',
    baseURL: site === 'console' ? stack.gateway : stack.storefront,
    ...(storageState && { storageState }),
  });
  try {
    await context.addInitScript(observe);
    const page = await context.newPage();
    page.setDefaultTimeout(300_000);
    const traffic = new Traffic(page);
    const counted = { requests: 0, errors: 0, all: 0 };
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (request.method() === 'OPTIONS' || request.resourceType() === 'image') return;
      if (origin === stack.gateway && /^\/\w+\/v1\//.test(pathname)) counted.requests += 1;
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) counted.errors += 1;
    });
    page.on('pageerror', () => counted.errors += 1);
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      counted.all += encodedDataLength;
    });
    await slowDown(session, profile);
    await page.goto(path);
    await settledPage(page, traffic);
    const { requests, all } = counted;
    const loaded = await page.evaluate(() => (globalThis as unknown as Observed).loaded());
    await act(page);
    await settledPage(page, traffic);
    const interaction = await page.evaluate(() =>
      (globalThis as unknown as Observed).interaction()
    );
    return { ...loaded, all, interaction, requests, errors: counted.errors };
  } finally {
    await context.close();
  }
}

async function slowDown(session: CDPSession, { network, cpu }: Profile): Promise<void> {
  if (network) {
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: network.latency,
      downloadThroughput: network.download,
      uploadThroughput: network.upload,
    });
  }
  if (cpu) await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
}

interface Observed {
  loaded(): Omit<Vitals, 'interaction' | 'all' | 'requests' | 'errors'>;
  interaction(): number;
}

/** Runs in the page, before its own scripts. */
function observe(): void {
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
  type Event = PerformanceEntry & { interactionId: number };
  const [shifts, events]: [Shift[], Event[]] = [[], []];
  let lcp = 0;
  const watch = <Entry>(
    type: string,
    heard: (entry: Entry) => void,
    more: PerformanceObserverInit & { durationThreshold?: number } = {},
  ) =>
    new PerformanceObserver((list) => (list.getEntries() as Entry[]).forEach(heard))
      .observe({ type, buffered: true, ...more });
  watch<PerformanceEntry>('largest-contentful-paint', ({ startTime }) => lcp = startTime);
  watch<Shift>('layout-shift', (shift) => !shift.hadRecentInput && shifts.push(shift));
  watch<Event>('event', (event) => event.interactionId > 0 && events.push(event), {
    durationThreshold: 16,
  });
  // Shifts less than a second apart belong together, for at most five seconds.
  const cls = () => {
    let [worst, sum, first, last] = [0, 0, 0, 0];
    for (const { startTime, value } of shifts) {
      if (startTime - last >= 1000 || startTime - first >= 5000) [sum, first] = [0, startTime];
      [sum, last] = [sum + value, startTime];
      worst = Math.max(worst, sum);
    }
    return worst;
  };
  const observed: Observed = {
    loaded() {
      const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const parts = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      return {
        ttfb: page!.responseStart,
        fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
        lcp,
        cls: cls(),
        script: parts.filter(({ name }) => new URL(name).pathname.endsWith('.js'))
          .reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0),
      };
    },
    interaction: () => Math.max(0, ...events.map(({ duration }) => duration)),
  };
  Object.assign(globalThis, observed);
}
