import { Validator } from '@seriousme/openapi-schema-validator';
import type { Browser, Page } from 'playwright-core';
import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { demoPeople } from '../../local/demo-people.ts';
import { functionNames } from '../../local/functions.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { endLeftovers } from '../../local/processes.ts';
import { writeSite } from '../../local/reference/site.ts';
import { forServers } from '../../scripts/reference/capabilities.ts';
import { examples } from '../../scripts/reference/examples.ts';
import { describedFunctions } from '../../scripts/reference/functions.ts';
import {
  checkerOf,
  examplesOf,
  readReference,
  type Reference,
  townOf,
} from '../support/reference.ts';
import { chromiumHere, launchChromium } from '../../scripts/shared/chromium.ts';
import { freeStackPort, runStack, temporaryDirectory } from '../support/stack-process.ts';

const reference = readReference();
const operations = Object.entries(reference.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation }))
);

test('the document is valid OpenAPI 3.1, and each operation has a unique name', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(
    structuredClone(reference) as unknown as Record<string, unknown>,
  );
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(validator.version).toBe('3.1');
  const broken = structuredClone(reference) as unknown as { info: { title?: string } };
  delete broken.info.title;
  expect((await new Validator().validate(broken as unknown as Record<string, unknown>)).valid).toBe(
    false,
  );
  const names = operations.map(({ operationId }) => operationId);
  expect(names.length).toBeGreaterThan(250);
  expect(new Set(names).size).toBe(names.length);
});

test('a verb lists the codes of another verb that its comment names, without those it excepts', () => {
  const codesOf = (verb: string) =>
    Object.values(reference.paths[`/rest/v1/rpc/${verb}`] ?? {}).flatMap(({ responses }) =>
      JSON.stringify(responses).match(/(?<=- `)[a-z_]+(?=`)/g) ?? []
    );
  const quoted = codesOf('quote_stay');
  expect(quoted).toContain('nights_taken');
  expect(codesOf('request_booking')).toEqual(expect.arrayContaining([...quoted, 'price_changed']));
  expect(codesOf('quote_offer').toSorted()).toEqual(
    [
      ...quoted.filter((code) => code !== 'below_minimum_nights'),
      'offer_not_found',
      'offer_closed',
      'offer_expired',
    ]
      .toSorted(),
  );
  expect(codesOf('block_calendars')).toContain('nights_taken');
  expect(codesOf('unblock_calendars').toSorted()).toEqual(
    codesOf('block_calendars').filter((code) => code !== 'nights_taken').toSorted(),
  );
  expect(codesOf('review_stay')).toContain('frozen');
  // There is one way to say it.
  const chapters = globSync('supabase/migrations/*.sql', { cwd: inProject() })
    .map((file) => readFileSync(inProject(file), 'utf8').replaceAll(/'\n\s*'/g, '')).join('');
  expect(chapters.match(/Errors: [^;]*?\b(as [a-z]+_[a-z_]+|every refusal of|but for)\b[^;]*;/g))
    .toBeNull();
});

test('every edge function and event is described, and every verb for people has a capability', () => {
  expect(describedFunctions.toSorted()).toEqual(functionNames().toSorted());
  const told =
    /^Events are ([^]*?);/m.exec(readFileSync(inProject('docs/functions.md'), 'utf8'))?.[1] ?? '';
  const named = [...told.matchAll(/`(\w+)\./g)].map(([, about]) => about);
  expect(Object.keys(reference.webhooks).toSorted()).toEqual([...new Set(named)].toSorted());
  const chapters = globSync('supabase/migrations/*.sql', { cwd: inProject() })
    .map((file) => readFileSync(inProject(file), 'utf8')).join('');
  for (const [, about] of chapters.matchAll(/tell_programs\(\s*'(\w+)\./g)) {
    expect(named).toContain(about);
  }
  const homeless = operations.filter((operation) =>
    operation.path.startsWith('/rest/v1/rpc/') &&
    (operation as unknown as { tags: string[] }).tags[0] === forServers.name &&
    operation['x-callers']?.join() !== 'server'
  ).map(({ operationId }) => operationId);
  // The functions call them in the name of a person; nobody else should.
  expect(homeless).toEqual(['start_host_account', 'start_payment']);
});

test('every example is in the document, and every public verb has one', () => {
  expect(examplesOf(reference)).toHaveLength(examples.length);
  expect(examples.length).toBeGreaterThan(100);
  const without = operations.filter(({ path, requestBody, ...operation }) =>
    path.startsWith('/rest/v1/rpc/') && operation['x-callers']?.includes('everyone') &&
    requestBody?.content['application/json']?.examples === undefined
  ).map(({ operationId }) => operationId);
  // These two take a link that somebody was given.
  expect(without).toEqual(['shared_wishlist', 'shared_wishlist_cards']);
});

if (chromiumHere === '') console.info('There is no chromium here: the page is not tried.');

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

test('in the demo town every example succeeds, and every response matches the document', async () => {
  await runStack(where).up();
  const shown = await (await fetch(`${origin}/docs/openapi.json`)).json() as Reference;
  expect(shown.servers.map(({ url }) => url)).toEqual([origin]);
  const check = checkerOf(shown);
  const town = townOf(origin);

  // A program that is told everything from now on. One that did not answer would be disabled after a while.
  const received: { signature: unknown; body: { type: string } }[] = [];
  const program = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => text += part);
    request.on('end', () => {
      received.push({ signature: request.headers['staybase-signature'], body: JSON.parse(text) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void program.close());
  const { port } = program.address() as { port: number };
  await fetch(`${origin}/rest/v1/rpc/add_webhook_endpoint`, {
    method: 'POST',
    headers: { apikey: keys.secret, 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint_id: randomUUID(), url: `http://127.0.0.1:${port}/` }),
  });

  const faults: unknown[] = [];
  let answered = 0;
  for (const sent of examplesOf(shown)) {
    const { path, method, operation, example, title } = sent;
    const { status, body } = await town.send(sent);
    const response = operation.responses[status];
    const [type] = Object.keys(response?.content ?? {});
    const found = [
      ...check(
        ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'],
        example.value,
      ),
      ...(response === undefined || status >= 300 ? [`${status} ${JSON.stringify(body)}`] : []),
      ...(type === undefined || status >= 300 ? [] : check(
        ['paths', path, method, 'responses', status, 'content', type, 'schema'],
        body,
      )),
    ];
    if (found.length > 0) faults.push({ title, found });
    if (type !== undefined) answered += 1;
  }
  expect(faults).toEqual([]);
  expect(answered).toBeGreaterThan(90);

  // Every table, as everybody of the town.
  let rows = 0;
  for (const { path, method, ...operation } of operations) {
    if (!/^\/rest\/v1\/\w+$/.test(path) || method !== 'get') continue;
    for (const who of ['anyone', ...demoPeople.map(({ name }) => name)]) {
      const answer = await town.read(`${path}?limit=50`, who);
      const body = await answer.json();
      if (who === 'anyone' && !operation['x-callers']?.includes('everyone')) {
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
        expect(check(['components', 'schemas', 'Refusal'], body)).toEqual([]);
        continue;
      }
      const schema = ['responses', '200', 'content', 'application/json', 'schema'];
      const found = answer.ok ? check(['paths', path, 'get', ...schema], body) : [body];
      expect({ path, who, found }).toEqual({ path, who, found: [] });
      rows += (body as unknown[]).length;
    }
  }
  expect(rows).toBeGreaterThan(300);

  // What of all this a program was told.
  const client = new pg.Client(
    `postgresql://postgres:postgres@127.0.0.1:${Number(where.STAYBASE_PORT) + 1}/postgres`,
  );
  await client.connect();
  onTestFinished(() => client.end());
  const { rows: events } = await client.query(
    `select jsonb_build_object('id', event_id, 'type', type, 'created_at', created_at, 'data', facts) as event
     from private.webhook_events`,
  );
  const about = new Set<string>();
  for (const { event } of events) {
    const kind = event.type.split('.')[0];
    about.add(kind);
    const body = ['post', 'requestBody', 'content', 'application/json', 'schema'];
    expect({ event, found: check(['webhooks', kind, ...body], event) }).toEqual({
      event,
      found: [],
    });
  }
  expect([...about].sort()).toEqual(expect.arrayContaining([
    'alteration',
    'booking',
    'damage_claim',
    'message',
    'offer',
    'report',
    'review',
  ]));

  await expect.poll(() => received.length).toBeGreaterThan(0);
  const [first] = received;
  expect(first?.signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  expect(check(
    [
      'webhooks',
      first!.body.type.split('.')[0]!,
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    ],
    first?.body,
  )).toEqual([]);

  // PostgREST's own description names the same door.
  const swagger = await (await fetch(`${origin}/rest/v1/`, {
    headers: { apikey: keys.publishable },
  })).json() as { host: string; basePath: string };
  expect({ host: swagger.host, basePath: swagger.basePath })
    .toEqual({ host: new URL(origin).host, basePath: '/rest/v1' });
});

/** A page with what it complained about and reached beside its own origin. */
async function visit(address: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(600_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(address).origin) && !url.startsWith('data:')) complaints.push(url);
  });
  await page.goto(address);
  await page.locator('html[data-is-ready]').waitFor();
  return { page, complaints };
}

const opblock = (page: Page, operation: string) => page.locator(`[id$="-${operation}"]`);

test.skipIf(chromiumHere === '')(
  'in a browser a request is tried as the chosen person, and nothing leaves this machine',
  async () => {
    await runStack(where).up();
    const { page, complaints } = await visit(`${origin}/docs`);
    await page.locator('#person').selectOption('ada@example.com');
    await expect.poll(() => page.locator('#signed-in').textContent()).toMatch(/^signed in as ada/);
    await page.locator('.opblock-tag', { hasText: /^Wishlists/ }).click();
    const wishlists = opblock(page, 'my_wishlists');
    await wishlists.locator('.opblock-summary-control').click();
    await wishlists.locator('.try-out__btn').click();
    const asked = page.waitForRequest(`${origin}/rest/v1/rpc/my_wishlists`);
    await wishlists.locator('.execute').click();
    const headers = (await asked).headers();
    expect(headers.apikey).toBe(keys.publishable);
    expect(headers.authorization).toMatch(/^Bearer ey/);
    await expect.poll(() =>
      wishlists.locator('.live-responses-table tbody .response-col_status').first().textContent()
    )
      .toContain('200');

    await page.evaluate(readFileSync(inProject('node_modules/axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(on: unknown, options: unknown): Promise<{ violations: { id: string }[] }> };
      };
      const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] });
      return violations.map(({ id }) => id);
    });
    // Swagger UI puts the link to an operation into the button that opens it.
    expect(found).toEqual(['nested-interactive']);

    await page.locator('#person').selectOption('');
    await expect.poll(() => page.locator('#signed-in').textContent()).toBe('signed out');
    const again = page.waitForRequest(`${origin}/rest/v1/rpc/my_wishlists`);
    await wishlists.locator('.execute').click();
    expect((await again).headers().authorization).toBeUndefined();
    await expect.poll(() =>
      wishlists.locator('.live-responses-table tbody .response-col_status').first().textContent()
    )
      .toContain('401');
    expect(complaints.filter((complaint) => !/status of 401/.test(complaint))).toEqual([]);

    for (const beside of ['guides/README.md', 'errors.md', 'schema.graphql', 'openapi.json']) {
      expect((await fetch(`${origin}/docs/${beside}`)).status, beside).toBe(200);
    }
    expect((await fetch(`${origin}/docs/../package.json`)).status).toBe(404);
    // A page of another site gets neither the people nor their password.
    const stranger = await fetch(`${origin}/docs/`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(stranger.status).toBe(403);
  },
);

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

test.skipIf(chromiumHere === '')(
  'as a folder, any web server shows it, without demo people',
  async () => {
    const folder = join(temporaryDirectory(), 'site');
    writeSite(folder);
    expect(existsSync(join(folder, 'guides', 'searching.md'))).toBe(true);
    for (const file of globSync('*.{html,json}', { cwd: folder })) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).not.toContain(keys.publishable);
    }
    const server = createServer((request, response) => {
      const name = new URL(request.url ?? '', 'http://site').pathname.replace(/\/$/, '/index.html');
      const path = join(folder, name);
      if (!existsSync(path)) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' });
      response.end(readFileSync(path));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { page, complaints } = await visit(`http://127.0.0.1:${port}/`);
    await page.locator('.opblock-tag', { hasText: /^Booking/ }).click();
    await opblock(page, 'quote_stay').waitFor();
    expect(await page.locator('#person').count()).toBe(0);
    expect(complaints).toEqual([]);
  },
);
