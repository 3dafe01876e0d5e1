import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { outsider } from '../../local/loopback.ts';
import { isOnlyHere, listenOn, reachFrom } from '../../local/reach.ts';

// What a stack answers to that is reached by another name than 127.0.0.1. How a whole one behaves is in
// demo-image.test.ts, and what the usual one refuses in strangers.test.ts.

const asks = (headers: Record<string, string>, publicUrl?: string) =>
  outsider((name) => headers[name], publicUrl);

const names: Record<string, string> = {
  lan: 'http://192.168.0.7:8000',
  tls: 'https://demo.example.com',
};

const welcome: [string, string | undefined, Record<string, string>][] = [
  ['a program', names.lan, { host: '192.168.0.7:8000' }],
  ['a program on the machine itself', names.lan, { host: '127.0.0.1:54321' }],
  ['its own page', names.lan, { host: '192.168.0.7:8000', origin: 'http://192.168.0.7:8000' }],
  ['its own page behind TLS', names.tls, {
    host: 'demo.example.com',
    origin: 'https://demo.example.com',
    'sec-fetch-site': 'same-origin',
  }],
  ['a proxy that names the usual port', names.tls, { host: 'demo.example.com:443' }],
  ['a name in capitals', names.tls, { host: 'Demo.Example.com' }],
  ['an address that is typed in', names.tls, {
    host: 'demo.example.com',
    'sec-fetch-site': 'none',
  }],
  ['a link that is followed', names.tls, {
    host: 'demo.example.com',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }],
  ['a frontend beside it on the machine itself', names.tls, {
    host: 'localhost:54321',
    origin: 'http://localhost:3000',
    'sec-fetch-site': 'same-site',
  }],
];

test.each(welcome)('%s may', (_who, publicUrl, headers) => {
  expect(asks(headers, publicUrl)).toBeUndefined();
});

const strangers: [string, string | undefined, Record<string, string>][] = [
  ['the public name, when none is set', undefined, { host: '192.168.0.7:8000' }],
  ['a name that was pointed here', names.lan, { host: 'rebound.example.com:8000' }],
  ['the same machine at another port', names.lan, { host: '192.168.0.7:9000' }],
  ['the same name without its port', names.lan, { host: '192.168.0.7' }],
  ['a name that begins like it', names.tls, { host: 'demo.example.com.attacker.example' }],
  ['a name that ends like it', names.tls, { host: 'xdemo.example.com' }],
  ['its name where nothing is to listen', names.tls, { host: 'demo.example.com:8443' }],
  ['where it listens, which is no name', names.lan, { host: '0.0.0.0:54321' }],
  ['no name', names.lan, {}],
  ['a name that can not be read', names.lan, { host: 'a b' }],
  ['a page of another site', names.lan, {
    host: '192.168.0.7:8000',
    origin: 'https://example.com',
  }],
  ['a page without an origin to name', names.lan, { host: '192.168.0.7:8000', origin: 'null' }],
  ['a page of its neighbour port', names.lan, {
    host: '192.168.0.7:8000',
    origin: 'http://192.168.0.7:3000',
  }],
  ['its own name, not encrypted', names.tls, {
    host: 'demo.example.com',
    origin: 'http://demo.example.com',
  }],
  ["a page of the visitor's own machine", names.lan, {
    host: '192.168.0.7:8000',
    origin: 'http://localhost:3000',
  }],
  ['a public page that calls this machine by its own name', names.tls, {
    host: '127.0.0.1:54321',
    origin: 'https://demo.example.com',
  }],
  ['an image on a page below the same domain', names.tls, {
    host: 'demo.example.com',
    'sec-fetch-site': 'same-site',
    'sec-fetch-mode': 'no-cors',
  }],
  ['a frame on a page below the same domain', names.tls, {
    host: 'demo.example.com',
    'sec-fetch-site': 'same-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'iframe',
  }],
];

test.each(strangers)('%s may not', (_who, publicUrl, headers) => {
  expect(asks(headers, publicUrl)).toContain('This answers');
});

test('the settings say from where it is reached', () => {
  expect(reachFrom({})).toEqual({ listen: '127.0.0.1' });
  expect(reachFrom({ STAYBASE_LISTEN: '', STAYBASE_PUBLIC_URL: '' })).toEqual({
    listen: '127.0.0.1',
  });
  expect(reachFrom({ STAYBASE_LISTEN: '0.0.0.0', STAYBASE_PUBLIC_URL: 'http://127.0.0.1:8000/' }))
    .toEqual({
      listen: '0.0.0.0',
      publicUrl: 'http://127.0.0.1:8000',
      stripeUrl: 'http://127.0.0.1:8005',
      storefrontUrl: 'http://127.0.0.1:8006',
    });
  expect(reachFrom({
    STAYBASE_PUBLIC_URL: 'https://demo.example.com',
    STAYBASE_PUBLIC_STRIPE_URL: 'https://stripe.demo.example.com',
  })).toMatchObject({ stripeUrl: 'https://stripe.demo.example.com' });
  expect(
    reachFrom({ STAYBASE_PUBLIC_URL: 'https://demo.example.com', STRIPE_SECRET_KEY: 'sk_test_x' }),
  )
    .toEqual({ listen: '127.0.0.1', publicUrl: 'https://demo.example.com' });
});

test.each([
  [{ STAYBASE_LISTEN: 'everywhere' }, 'STAYBASE_LISTEN is "everywhere"'],
  [{ STAYBASE_LISTEN: '0.0.0.0:54321' }, 'STAYBASE_LISTEN is "0.0.0.0:54321"'],
  [{ STAYBASE_PUBLIC_URL: 'demo.example.com' }, 'STAYBASE_PUBLIC_URL is "demo.example.com"'],
  [{ STAYBASE_PUBLIC_URL: 'javascript:alert(1)' }, 'not an address'],
  [{ STAYBASE_PUBLIC_URL: 'http://me:secret@127.0.0.1:8000' }, 'not an address'],
  [{ STAYBASE_PUBLIC_URL: 'http://127.0.0.1:8000/below' }, 'not an address'],
  [{ STAYBASE_PUBLIC_URL: 'http://127.0.0.1:8000/?a' }, 'not an address'],
  [{ STAYBASE_PUBLIC_URL: 'http://0.0.0.0:54321' }, 'not an address'],
  [{ STAYBASE_PUBLIC_URL: 'http://[::]:54321' }, 'not an address'],
  [{ STAYBASE_PUBLIC_STRIPE_URL: 'stripe' }, 'STAYBASE_PUBLIC_STRIPE_URL is "stripe"'],
  [{ STAYBASE_PUBLIC_URL: 'https://demo.example.com' }, 'STAYBASE_PUBLIC_STRIPE_URL'],
])('%o is refused in a sentence', (env, sentence) => {
  expect(() => reachFrom(env)).toThrow(sentence);
});

test('only loopback is this machine alone', () => {
  for (const listen of ['127.0.0.1', '127.0.0.2', '::1']) {
    expect(isOnlyHere({ listen }), listen).toBe(true);
  }
  for (const listen of ['0.0.0.0', '::', '192.168.0.7', '1270.0.0.1']) {
    expect(isOnlyHere({ listen }), listen).toBe(false);
  }
});

/** A server that says nothing but who it is. */
const small = (hostname: string, port: number) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer((_request, response) => response.end('here'));
    server.once('error', reject);
    server.listen(port, hostname, () => resolve(server));
  });

const reads = (host: string, port: number) =>
  fetch(`http://${host}:${port}`).then((answer) => answer.text(), () => undefined);

test.runIf(process.platform === 'linux')(
  'it listens where it is told to, and always where its parts find it',
  async () => {
    const listening = await listenOn({ listen: '127.0.0.2' }, 0, small);
    onTestFinished(listening.close);
    expect(await reads('127.0.0.1', listening.port)).toBe('here');
    expect(await reads('127.0.0.2', listening.port)).toBe('here');
    expect(await reads('127.0.0.3', listening.port)).toBeUndefined();

    const usual = await listenOn({ listen: '127.0.0.1' }, 0, small);
    onTestFinished(usual.close);
    expect(await reads('127.0.0.2', usual.port)).toBeUndefined();
    const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside !== undefined) expect(await reads(outside.address, usual.port)).toBeUndefined();
  },
);

test('every address of the machine is one server', async () => {
  const listening = await listenOn({ listen: '0.0.0.0' }, 0, small);
  onTestFinished(listening.close);
  expect(await reads('127.0.0.1', listening.port)).toBe('here');
});

test('an address that is no address of this machine is named, and nothing listens', async () => {
  const started: Server[] = [];
  const noted = async (hostname: string, port: number) => {
    const server = await small(hostname, port);
    started.push(server);
    return server;
  };
  // Of the block that is for documentation.
  await expect(listenOn({ listen: '192.0.2.1' }, 0, noted)).rejects
    .toThrow('STAYBASE_LISTEN is "192.0.2.1", which is no address of this machine.');
  expect(started.map((server) => server.listening)).toEqual([false]);
});

test('a port that is taken stays taken, in words that lead to another', async () => {
  const first = await listenOn({ listen: '127.0.0.1' }, 0, small);
  onTestFinished(first.close);
  await expect(listenOn({ listen: '127.0.0.1' }, first.port, small)).rejects.toThrow('EADDRINUSE');
});
