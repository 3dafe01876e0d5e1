// How the sites are served: which files, what stands in the page, and what it may reach.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { siteRoutes } from '../../local/sites.ts';

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
