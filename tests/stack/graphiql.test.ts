import { type Browser, chromium, type Page, type Request } from 'playwright-core';
import { parse, validate } from 'graphql';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readyDocuments } from '../../local/graphiql/routes.ts';
import { inProject } from '../../local/paths.ts';
import { endLeftovers } from '../../local/processes.ts';
import { graph } from '../graphql/graph.ts';
import { freeStackPort, runStack } from '../support/stack-process.ts';

const chromiumHere = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' })
  .stdout.trim();
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
  browser = await chromium.launch({
    executablePath: chromiumHere,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 0,
  });
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
  // As patient as expect.poll.
  page.setDefaultTimeout(600_000);
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

/** Sends the document of the open tab by a click, and reads what the page shows then. */
async function run(page: Page) {
  const answered = page.waitForResponse(`${origin}/functions/v1/graphql`);
  await page.getByRole('button', { name: 'Execute query' }).click();
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
  'in a browser a document is answered to whom it is for, and nothing leaves this machine',
  async () => {
    await runStack(where).up();
    const { page, requests, complaints } = await visit();
    expect(await page.locator('#signed-in').textContent()).toBe('signed out');
    await page.getByRole('tab', { name: 'Hosting' }).waitFor();

    // The tab that is open at first: others take a moment, in which the page still names the operation before.
    for (const name of ['nobody', 'Ada']) {
      await be(page, name);
      const search = await run(page);
      expect(search.errors).toBeUndefined();
      expect(search.data.searchListings.length).toBeGreaterThan(1);
      const mill = search.data.searchListings.find(({ title }: { title: string }) =>
        /mill/.test(title)
      );
      expect(mill.listing.host.displayName).toBe('Grace');
      expect(mill.listing.photos.nodes).toHaveLength(1);
      expect(mill.listing.reviews.nodes).toHaveLength(2);
    }
    const asAda = requests.filter((request) => request.url() === `${origin}/functions/v1/graphql`)
      .at(-1)?.headers().authorization;
    expect(asAda).toMatch(/^Bearer ey/);

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
