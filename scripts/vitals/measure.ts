import type { Browser, BrowserContextOptions, CDPSession } from 'playwright-core';
import { isStill, settledPage, Traffic } from '../shared/settled.ts';
import type { Measured } from './pages.ts';

/** The figures of one page load; times in milliseconds, sizes in bytes. */
export interface Vitals {
  /** Until the first byte of the page, without the throttling of the phone's network. */
  ttfb: number;
  /** Until the first text or image. */
  fcp: number;
  /** Until the largest text or image. */
  lcp: number;
  /** Cumulative layout shift: the worst session window, as Chrome defines it. */
  cls: number;
  /** The slowest interaction, from a click or key press to the next frame; 0 if all took less than 16 ms. */
  interaction: number;
  /** The compressed size of the scripts. */
  script: number;
  /** Everything received until the page had loaded, including response headers. */
  all: number;
  /** Requests to the API until the page had loaded, without images and preflights. */
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
 * `mobileSlow4G` and the screen of a Moto G Power): 562.5 ms of latency for each request (150 times 3.75),
 * 1.4 Mbit/s down and 0.66 Mbit/s up, and a CPU four times slower. The desktop has Lighthouse's screen and is not
 * throttled.
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

/** The origin of each site, and of the API. */
export type Origins = Record<Measured['site'] | 'gateway', string>;

/** Opens a page with an empty cache, waits until it has loaded, and performs its interaction. */
export async function look(
  browser: Browser,
  origins: Origins,
  { site, path, act }: Measured,
  profile: Profile,
  storageState?: Exclude<BrowserContextOptions['storageState'], undefined>,
): Promise<Vitals> {
  const context = await browser.newContext({
    ...profile.context,
    locale: 'en-GB',
    baseURL: origins[site],
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
      if (origin === origins.gateway && /^\/\w+\/v1\//.test(pathname)) counted.requests += 1;
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
    // Playwright would load its own script into the page for this, which takes 25 ms while the page is loading.
    const ask = async () => {
      const { result } = await session.send('Runtime.evaluate', {
        expression: `(${isStill})()`,
        awaitPromise: true,
        returnByValue: true,
      });
      return result.value === true;
    };
    await page.goto(path);
    await settledPage(page, traffic, ask);
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
