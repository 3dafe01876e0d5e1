import type { Page, Request } from 'playwright-core';

/** The requests of a page: which are open, and how many there were. */
export class Traffic {
  readonly #open = new Set<Request>();
  #wake = () => {};
  asked = 0;

  constructor(page: Page) {
    page.on('request', (request) => {
      // Requests of the previous document end with it, not always with an event.
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#open.clear();
      this.#open.add(request);
      this.asked += 1;
    });
    const ended = (request: Request) => {
      this.#open.delete(request);
      if (this.isQuiet) this.#wake();
    };
    page.on('requestfinished', ended);
    page.on('requestfailed', ended);
  }

  get isQuiet(): boolean {
    return this.#open.size === 0;
  }

  /** Resolves when no request is open. */
  async quiet(): Promise<void> {
    while (!this.isQuiet) await new Promise<void>((wake) => this.#wake = wake);
  }
}

/** Runs in the page: whether it is idle and shows everything. */
export async function isStill(): Promise<boolean> {
  await document.fonts.ready;
  // On a busy machine headless Chromium forgot one of these for good, until another was asked for
  // (156, seen once in some thousand pages).
  const patience = 5000;
  for (let frame = 0; frame < 3; frame++) {
    await new Promise<unknown>((drawn) => {
      requestAnimationFrame(drawn);
      setTimeout(drawn, patience);
    });
  }
  await new Promise<unknown>((idle) => requestIdleCallback(idle, { timeout: patience }));
  return document.querySelector('main h1') !== null &&
    document.querySelector('[aria-busy="true"]') === null &&
    !document.body.innerText.includes('Loading…');
}

/**
 * Waits until a page has done all it does by itself. A busy machine makes that later and nothing else: an
 * answer has been shown, and what it makes the page ask for next has been asked for, before the page is idle.
 * @param ask runs `isStill` in the page
 */
export async function settledPage(
  page: Page,
  traffic: Traffic,
  ask: () => Promise<boolean> = () => page.evaluate(isStill),
): Promise<void> {
  while (true) {
    await traffic.quiet();
    const { asked } = traffic;
    const still = await ask();
    if (still && traffic.isQuiet && traffic.asked === asked) return;
  }
}
