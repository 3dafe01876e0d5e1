// How the sites are served: which files, what stands in the page, and what it may reach.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { exampleStorefront, inProject } from '../../local/paths.ts';
import { siteRoutes } from '../../local/sites.ts';
import { sourcesOf, storefrontFrom } from '../../local/storefront.ts';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
const settings = { url: `'"</script><script>$&$1<!--` };
let server: Server;

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'a secret');
  writeFileSync(join(folder, 'dist', 'assets', 'a.js'), 'a script');
  writeFileSync(
    join(folder, 'dist', 'index.html'),
    '<!doctype html><script type="application/json" id="settings">{}</script><p>the page</p>',
  );
  const app = new Hono().route(
    '/console',
    siteRoutes({ folder, base: '/console/' }, () => settings, () => ({ 'img-src': ['http://a'] })),
  );
  // A file that came later is no part of what was built.
  writeFileSync(join(folder, 'dist', 'later.txt'), 'a secret');
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Asks for a path as it is written: `fetch` would make it shorter first. */
const ask = (path: string) =>
  new Promise<{ status: number | undefined; policy: string; body: string }>(
    (resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      request({ host: '127.0.0.1', port, path, agent: false }, async (answer) =>
        resolve({
          status: answer.statusCode,
          policy: String(answer.headers['content-security-policy']),
          body: await text(answer),
        })).on('error', reject).end();
    },
  );

test('a site serves what was built of it, and nothing beside', async () => {
  expect(await ask('/console/assets/a.js')).toMatchObject({ status: 200, body: 'a script' });
  for (
    const path of [
      '/console/../secret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/..%2fsecret.txt',
      '/console/assets/..%2f..%2fsecret.txt',
      '/console/%252e%252e%252fsecret.txt',
      '/console/..%5csecret.txt',
      '/console//../secret.txt',
      `/console/${folder}/secret.txt`,
      '/console/later.txt',
      '/console/a.js%00.html',
      '/console/%ff',
    ]
  ) {
    const { body } = await ask(path);
    expect([path, body]).not.toEqual([path, expect.stringContaining('secret')]);
  }
});

test('settings stand in the page as what they are, however they are written', async () => {
  for (const path of ['/console/', '/console/index.html', '/console/bookings/1']) {
    const { body, policy } = await ask(path);
    const [, told = ''] = /id="settings">(.*?)<\/script>/s.exec(body) ?? [];
    expect([path, JSON.parse(told)]).toEqual([path, settings]);
    expect(body.match(/<script/g)).toHaveLength(1);
    // Nothing by default, and no script that stands in the page.
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).toContain(`; img-src 'self' data: blob: http://a; `);
    expect(policy).toMatch(/; frame-ancestors 'self' http:\/\/127[^;]*$/);
  }
});

/** A project with sites in these folders. */
function projectWith(...sites: string[]): string {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  for (const site of sites) {
    mkdirSync(join(project, site), { recursive: true });
    writeFileSync(join(project, site, 'index.html'), '');
    writeFileSync(join(project, site, 'package.json'), `{ "displayName": "Name of ${site}" }`);
  }
  return project;
}

test("the storefront is the one that a setting names, otherwise the project's own or the example", () => {
  const both = projectWith('examples/storefront', 'apps/storefront', 'apps/mobile');
  expect(storefrontFrom({}, both)).toEqual({
    site: { folder: join(both, 'apps/storefront'), base: '/' },
    name: 'Name of apps/storefront',
  });
  expect(storefrontFrom({}, projectWith('examples/storefront')).name)
    .toBe('Name of examples/storefront');
  for (const named of ['apps/mobile', join(both, 'apps/mobile')]) {
    expect(storefrontFrom({ STAYBASE_STOREFRONT: named }, both).name).toBe('Name of apps/mobile');
  }
  expect(() => storefrontFrom({ STAYBASE_STOREFRONT: 'apps' }, both))
    .toThrow('STAYBASE_STOREFRONT is "apps", a folder without an index.html.');
});

test('map tiles are a setting, and the page may load images from their address only', () => {
  const project = projectWith('examples/storefront');
  const tiles = (url: string) =>
    storefrontFrom({ STAYBASE_TILES: url, STAYBASE_TILES_ATTRIBUTION: '© Maps' }, project).tiles;
  const one = tiles('https://tiles.example:8443/{z}/{x}/{y}{r}.png?key=k');
  expect(one).toEqual({
    url: 'https://tiles.example:8443/{z}/{x}/{y}{r}.png?key=k',
    attribution: '© Maps',
    origins: ['https://tiles.example:8443'],
  });
  expect(tiles('https://{s}.tiles.example/{z}/{x}/{y}.png')?.origins)
    .toEqual(['https://a.tiles.example', 'https://b.tiles.example', 'https://c.tiles.example']);
  expect(tiles('')).toBeUndefined();
  for (
    const wrong of ['tiles', 'https://tiles.example/', '/{z}/{x}/{y}.png', 'data:{z}{x}{y}'].concat(
      'https://a;script-src/{z}/{x}/{y}.png',
    )
  ) expect(() => tiles(wrong)).toThrow(`STAYBASE_TILES is "${wrong}", not a tile URL`);

  const [plain, mapped] = [
    sourcesOf('http://api', 'http://fake'),
    sourcesOf('http://api', 'http://fake', one),
  ];
  expect(plain['img-src']).toEqual(['http://api']);
  expect(mapped).toEqual({ ...plain, 'img-src': ['http://api', 'https://tiles.example:8443'] });
});

test('the policy in the deployment guide is the one that the stack sends', async () => {
  const app = siteRoutes(
    { folder, base: '/' },
    () => ({}),
    () => sourcesOf('https://REF.supabase.co', undefined),
  );
  const sent = (await app.request('/')).headers.get('content-security-policy') ?? '';
  const guide = readFileSync(inProject('docs/deploying.md'), 'utf8');
  const [, told = ''] = /```text\n(default-src [^]*?)```/.exec(guide) ?? [];
  expect(told.trim().replaceAll('\n', ' ').replace(/; frame-ancestors .*/, ''))
    .toBe(sent.replace(/; frame-ancestors .*/, ''));
});

test("Stripe's script and frames are allowed only with the real Stripe", () => {
  expect(sourcesOf('http://api', 'http://fake')).toEqual({
    'connect-src': ['http://api', 'ws://api', 'http://fake'],
    'img-src': ['http://api'],
  });
  expect(sourcesOf('http://api', undefined)).toEqual({
    'connect-src': ['http://api', 'ws://api', 'https://api.stripe.com'],
    'img-src': ['http://api'],
    'script-src': ['https://js.stripe.com', 'https://*.js.stripe.com'],
    'frame-src': ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com'],
  });
});

test('in development the storefront has the settings of the running stack', async () => {
  const stack = serve({
    fetch: () => new Response('<script type="application/json" id="settings">{"a":"$&"}</script>'),
    hostname: '127.0.0.1',
    port: 0,
  }) as Server;
  if (!stack.listening) await once(stack, 'listening');
  const { port } = stack.address() as AddressInfo;
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
  const root = inProject(exampleStorefront);
  /** The page as `npm run dev` serves it. */
  async function page(env: Record<string, string>): Promise<string> {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { createServer } = await import('vite');
    const vite = await createServer({
      root,
      cacheDir: join(folder, 'cache'),
      logLevel: 'silent',
      server: { middlewareMode: true, hmr: false, ws: false },
      optimizeDeps: { noDiscovery: true },
    });
    try {
      return await vite.transformIndexHtml('/', readFileSync(join(root, 'index.html'), 'utf8'));
    } finally {
      await vite.close();
    }
  }
  const told = (html: string) => /id="settings">([^<]*)</.exec(html)?.[1]?.trim();
  const asked = await page({ STAYBASE_PORT: String(port - 6) });
  expect(told(asked)).toBe('{"a":"$&"}');
  expect(asked).toMatch(/<title>[^%<]+<\/title>/);
  expect(warned).not.toHaveBeenCalled();

  await new Promise((resolve) => stack.close(resolve));
  expect(told(await page({}))).toBe('{}');
  expect(warned).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining(`There is no stack at http://127.0.0.1:${port}/.`),
  );
  // Somebody who says where the API is means it.
  expect(told(await page({ VITE_STAYBASE_URL: 'https://api.example' }))).toBe('{}');
  expect(warned).toHaveBeenCalledOnce();
});
