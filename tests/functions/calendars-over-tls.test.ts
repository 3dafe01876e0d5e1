import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { type Certificate, makeCertificate } from '../support/certificates.ts';

const day = 86_400_000;
const authority = makeCertificate({ name: 'An authority', isAuthority: true });
const stranger = makeCertificate({ name: 'A stranger', isAuthority: true });
const ours = { name: 'localhost', signedBy: authority };

const servers: Record<string, Certificate> = {
  'a good one': makeCertificate(ours),
  'one signed by itself': makeCertificate({ name: 'localhost' }),
  'one signed by an authority nobody knows': makeCertificate({ ...ours, signedBy: stranger }),
  'one that is over': makeCertificate({
    ...ours,
    from: new Date(Date.now() - 30 * day),
    until: new Date(Date.now() - day),
  }),
  'one that is not good yet': makeCertificate({
    ...ours,
    from: new Date(Date.now() + day),
    until: new Date(Date.now() + 30 * day),
  }),
  'one of another name': makeCertificate({ ...ours, name: 'calendar.example' }),
};

/** What came of each calendar, and what its server heard. */
const came: Record<string, string> = {};
const heard: Record<string, string> = {};

const directory = mkdtempSync(join(tmpdir(), 'calendars-over-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));

// The network of the function itself, in a Deno that knows one authority more.
beforeAll(async () => {
  const open = await Promise.all(
    Object.entries(servers).map(async ([name, { certificate: cert, key }]) => {
      heard[name] = '';
      const server = createServer({ cert, key }, (socket) => {
        socket.on('error', () => {});
        socket.on('data', (data) => {
          heard[name] += data;
          socket.end('HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { name, server, port: (server.address() as AddressInfo).port };
    }),
  );
  try {
    const trusted = join(directory, 'authority.pem');
    writeFileSync(trusted, authority.certificate);
    const at = (...file: string[]) => `file://${inProject('supabase', 'functions', ...file)}`;
    const script = `
      import { fetchCalendar } from '${at('sync-calendars', 'fetch-calendar.ts')}';
      import { openNetwork } from '${at('_shared', 'open-network.ts')}';
      for (const port of ${JSON.stringify(open.map(({ port }) => port))}) {
        const asked = { etag: null, lastModified: null, endedBefore: '2031-05-18', mayBeLocal: true };
        const url = 'https://localhost:' + port + '/a.ics';
        const came = await fetchCalendar({ ...asked, url }, openNetwork())
          .then(({ text }) => text, ({ message }) => message);
        console.log(came);
      }`;
    const program = join(
      dirname(createRequire(import.meta.url).resolve('deno/package.json')),
      'deno',
    );
    const { stdout } = await promisify(execFile)(program, [
      'eval',
      '--no-lock',
      '--node-modules-dir=manual',
      '--config=supabase/functions/sync-calendars/deno.json',
      `--cert=${trusted}`,
      script,
    ], { cwd: inProject(), env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' } });
    stdout.trim().split('\n').forEach((line, place) => came[open[place]?.name ?? ''] = line);
  } finally {
    for (const { server } of open) server.close();
  }
});

test('a server with a good certificate is asked for its calendar', () => {
  expect(came['a good one']).toBe('BEGIN:VCALENDAR');
  expect(heard['a good one']).toMatch(/^GET \/a\.ics HTTP\/1\.1\r\nHost: localhost:/);
});

test.each(Object.keys(servers).slice(1))('a server with %s is not even asked', (name) => {
  expect(came[name]).toBe('unreachable');
  expect(heard[name]).toBe('');
});
