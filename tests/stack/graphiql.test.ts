import type { Browser, Page, Request } from 'playwright-core';
import { parse, validate } from 'graphql';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readyDocuments } from '../../local/graphiql/routes.ts';
import { inProject } from '../../local/paths.ts';
import { endLeftovers } from '../../local/processes.ts';
import { graph } from '../graphql/graph.ts';
import { chromiumHere, launchChromium } from '../../scripts/shared/chromium.ts';
import { patience } from '../support/patience.ts';
import { freeStackPort, runStack } from '../support/stack-process.ts';

if (chromiumHere === '') console.info('There is no chromium here: GraphiQL is not tried.');

test('its documents fit the graph as it is', () => {
  expect(readyDocuments()).toHaveLength(6);
  for (const document of readyDocuments()) expect(validate(graph, parse(document))).toEqual([]);
});

test('it is no part of what is deployed', () => {
  const deployed = readdirSync(inProject('supabase'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'schema.js')
    .map((entry) => join(entry.parentPath, entry.name));
  expect(deployed.length).toBeGreaterThan(100);
  expect(deployed.filter((file) => /graphiql/i.test(readFileSync(file, 'utf8')))).toEqual([]);
});

/** One visit of the page, and what it did beside showing itself. */
interface Visit {
  page: Page;
  requests: Request[];
  /** What the console and the page itself had to complain about. */
  complaints: string[];
}

const directory = mkdtempSync(join(tmpdir(), 'staybase-'));
const where = { STAYBASE_PORT: String(await freeStackPort()), STAYBASE_DATA: directory };
const origin = `http://127.0.0.1:${where.STAYBASE_PORT}`;
chmodSync(directory, 0o755);
let browser: Browser;

beforeAll(async () => {
  if (chromiumHere === '') return;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await endLeftovers(join(directory, 'stack'));
  rmSync(directory, { recursive: true, force: true });
});

async function visit(): Promise<Visit> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const [requests, complaints]: [Request[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${origin}/graphiql`);
  await page.getByRole('tab', { name: 'Search' }).waitFor();
  return { page, requests, complaints };
}

async function be(page: Page, name: string): Promise<void> {
  const option = page.locator('#person option', { hasText: name });
  await page.locator('#person').selectOption(await option.getAttribute('value') ?? '');
  await page.locator('#signed-in', { hasText: /^(not )?signed (in|out)/ }).waitFor();
}

/**
 * Opens a tab, if it is not open, and waits until the page knows the operations of its document: for a moment
 * after a change of tabs it still has those of the tab before. A click on the open tab would take back what was
 * typed a moment ago.
 */
async function open(page: Page, tab: string | RegExp, operations: string[]): Promise<void> {
  const button = page.getByRole('tab', { name: tab });
  if (await button.getAttribute('aria-selected') !== 'true') await button.click();
  await expect.poll(() => known(page)).toEqual(operations);
}

/**
 * The operations that the page can send, as it read them last, '' for one without a name; undefined where there is
 * no document.
 */
async function known(page: Page): Promise<string[] | undefined> {
  return await page.locator('.graphiql-query-editor .CodeMirror').evaluate((editor) =>
    (editor as unknown as { CodeMirror: { operations?: { name?: { value: string } }[] | null } })
      .CodeMirror.operations?.map(({ name }) => name?.value ?? '')
  );
}

/**
 * Sends an operation of the open tab by a click, and reads what the page shows then. The page asks the same
 * address for the schema of the graph when it opens, and may still wait for that: 1 MB.
 */
async function run(page: Page, operation?: string) {
  const button = '.graphiql-execute-button[aria-label^="Execute"]';
  const document = await written(page, '.graphiql-query-editor');
  const answered = page.waitForResponse((answer) =>
    answer.url() === `${origin}/functions/v1/graphql` &&
    answer.request().postDataJSON().query === document
  );
  if (operation === undefined) await page.locator(`${button}:not([aria-haspopup])`).click();
  else {
    // Of several operations it asks which.
    await page.locator(`${button}[aria-haspopup]`).click();
    await page.getByRole('menuitem', { name: operation, exact: true }).click();
  }
  const answer = await (await answered).json();
  await expect.poll(async () => JSON.parse(await written(page, '.result-window') || 'null'))
    .toEqual(answer);
  return answer;
}

/** What stands in an editor, also in the lines that it does not show. */
async function written(page: Page, where: string): Promise<string> {
  return await page.locator(`${where} .CodeMirror`).evaluate((editor) =>
    (editor as unknown as { CodeMirror: { getValue(): string } }).CodeMirror.getValue()
  );
}

test.skipIf(chromiumHere === '')(
  'in a browser each document is answered to whom it is for, and nothing leaves this machine',
  async () => {
    await runStack(where).up();
    const { page, requests, complaints } = await visit();
    expect(await page.locator('#signed-in').textContent()).toBe('signed out');

    await open(page, 'Search', ['Search']);
    const search = await run(page);
    expect(search.errors).toBeUndefined();
    expect(search.data.searchListings.length).toBeGreaterThan(1);
    const mill = search.data.searchListings.find(({ title }: { title: string }) =>
      /mill/.test(title)
    );
    expect(mill.listing.host.displayName).toBe('Grace');
    expect(mill.listing.photos.nodes).toHaveLength(1);
    expect(mill.listing.reviews.nodes).toHaveLength(2);

    await open(page, 'Home', ['Home']);
    const home = await run(page);
    expect(home.errors).toBeUndefined();
    expect(home.data.listing.photos.nodes).toHaveLength(3);
    expect(home.data.listing.reviews.nodes).toHaveLength(3);
    expect(home.data.listing.amenities.nodes.length).toBeGreaterThan(5);

    await open(page, 'Trip', ['Trip']);
    expect(await run(page)).toMatchObject({
      data: { booking: null },
      errors: [{ extensions: { code: 'not_allowed' } }],
    });
    await be(page, 'Ada');
    const trip = await run(page);
    expect(trip.errors).toBeUndefined();
    expect(trip.data.booking).toMatchObject({
      status: 'confirmed',
      listing: { address: { street: '1 chemin du Moulin' } },
    });
    expect(trip.data.booking.lines.nodes.length).toBeGreaterThan(2);
    const asAda = requests.filter((request) => request.url() === `${origin}/functions/v1/graphql`)
      .at(-1)?.headers().authorization;
    expect(asAda).toMatch(/^Bearer ey/);

    await open(page, 'Inbox', ['Inbox']);
    const inbox = await run(page);
    expect(inbox.errors).toBeUndefined();
    expect(inbox.data.myConversations.length).toBeGreaterThan(0);
    expect(inbox.data.myConversations[0].conversation.messages.nodes.length).toBeGreaterThan(0);

    // Its tab is named after what was sent last.
    await open(page, /Quote|Book/, ['Quote', 'Book']);
    const { data: { quoteStay } } = await run(page, 'Quote');
    expect(quoteStay.lines.length).toBeGreaterThan(2);
    const booked = await run(page, 'Book');
    expect(booked.errors).toBeUndefined();
    expect(booked.data.requestBooking.bookingHold).toMatchObject({
      status: 'awaiting_payment',
      totalMinor: quoteStay.totalMinor,
    });

    await open(page, 'Hosting', ['Hosting']);
    for (const host of ['Grace', 'Hedy']) {
      await be(page, host);
      const hosting = await run(page);
      expect(hosting.errors).toBeUndefined();
      const homes = hosting.data.bookings.nodes.map((row: { listing: { title: string } }) =>
        row.listing.title
      );
      expect(homes.length).toBeGreaterThan(2);
      expect(homes).toContain('The old mill on the Lune');
    }

    await be(page, 'Margaret');
    await page.getByRole('button', { name: 'Add tab' }).click();
    const editor = '.graphiql-query-editor';
    await expect.poll(() => written(page, editor)).toContain('Welcome to GraphiQL');
    await expect.poll(() => known(page)).toBeUndefined();
    await page.locator(`${editor} .CodeMirror`).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('{ staffReports { reportId } }');
    await expect.poll(() => known(page)).toEqual(['']);
    expect(await written(page, editor)).toBe('{ staffReports { reportId } }');
    expect(await run(page)).toEqual({ data: { staffReports: [] } });

    await be(page, 'nobody');
    await open(page, /Quote|Book/, ['Quote', 'Book']);
    expect((await run(page, 'Book')).errors[0].extensions.code).toBe('not_allowed');

    expect(complaints).toEqual([]);
    expect(requests.length).toBeGreaterThan(10);
    expect(requests.map((request) => request.url()).filter((url) => !url.startsWith(`${origin}/`)))
      .toEqual([]);
  },
);

test.skipIf(chromiumHere === '')(
  'the page can reach no other address, and its own script is the only one',
  async () => {
    await runStack(where).up();
    const { page } = await visit();
    const refused = await page.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener(
        'securitypolicyviolation',
        (event) => directives.push(event.effectiveDirective),
      );
      await fetch('http://127.0.0.1:9/').catch(() => {});
      for (
        const [tag, address] of [['img', 'src'], ['script', 'src'], ['iframe', 'src']] as const
      ) {
        const element = document.createElement(tag);
        element.setAttribute(address, 'http://127.0.0.1:9/');
        document.body.append(element);
      }
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.wasRun = true';
      document.body.append(inline);
      while (directives.length < 5) await new Promise((wake) => requestAnimationFrame(wake));
      return { directives: directives.toSorted(), wasRun: 'wasRun' in globalThis };
    });
    expect(refused).toEqual({
      directives: ['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'script-src-elem'],
      wasRun: false,
    });
  },
);
