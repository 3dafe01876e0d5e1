import { readReplicas } from '@staybase/client';
import { expect, test } from 'vitest';

// Which numbers of its writes a client sends with a read; tests/stack/replicas.test.ts has what a replica makes of them.

const own = 'https://example.com';

/** A client without a server: writes are answered when the test says so, reads tell what they were sent. */
function client(reads = own) {
  const asked: { address: string; after: string | null }[] = [];
  const open = new Map<string, (number: string | null) => void>();
  const refused = new Set<string>();
  const fetch: typeof globalThis.fetch = (input, init) => {
    const address = String(input);
    if (init?.method !== 'POST') {
      asked.push({ address, after: new Headers(init?.headers).get('staybase-after') });
      return Promise.resolve(
        new Response('[]', { status: refused.has(new URL(address).origin) ? 503 : 200 }),
      );
    }
    return new Promise((resolve) =>
      open.set(String(init.body), (number) =>
        resolve(
          new Response('null', number === null ? {} : { headers: { 'staybase-written': number } }),
        ))
    );
  };
  const reader = readReplicas(reads)(own, { global: { fetch } });
  const ask = reader.options.global!.fetch!;
  return {
    reader,
    asked,
    refused,
    /** Begins a write; returns how it is answered. */
    write(name: string) {
      const answered = ask(`${own}/rest/v1/rpc/${name}`, { method: 'POST', body: name });
      return async (number: string | null) => {
        open.get(name)!(number);
        await answered;
      };
    },
    async after() {
      await ask(`${own}/rest/v1/wishlists`);
      return asked.at(-1)!.after;
    },
  };
}

test('whoever wrote nothing sends no number', async () => {
  const { after, write } = client();
  expect(await after()).toBe(null);
  await write('refused')(null);
  expect(await after()).toBe(null);
});

test('of writes at the same time each number is kept, whichever is answered last', async () => {
  const { after, write } = client();
  const [one, two] = [write('one'), write('two')];
  await two('7424');
  await one('7421');
  expect(await after()).toBe('7424,7421');
});

test('a later write replaces the numbers that were known when it began, and only those', async () => {
  const { after, write } = client();
  await write('one')('10');
  const [two, three] = [write('two'), write('three')];
  await two('12');
  expect(await after()).toBe('12');
  // It began before the answer to the second.
  await three('11');
  expect(await after()).toBe('12,11');
  await write('four')('13');
  expect(await after()).toBe('13');
});

test('a write without a number forgets none', async () => {
  const { after, write } = client();
  await write('one')('10');
  await write('refused')(null);
  expect(await after()).toBe('10');
});

test('a function that wrote more than once answers with all of its numbers', async () => {
  const { after, write } = client();
  await write('one')('10, 11');
  expect(await after()).toBe('10,11');
});

test('what Realtime announces is sent beside what was written', async () => {
  const { reader, after, write } = client();
  let announce: (message: { payload: unknown }) => void = () => {};
  const ears = {
    channel: () => ({ on: (...[, , hear]: unknown[]) => (announce = hear as typeof announce) }),
  };
  reader.listen(ears as unknown as Parameters<typeof reader.listen>[0]);
  ears.channel();
  await write('one')('10');
  announce({ payload: { written: '12' } });
  expect(await after()).toBe('10,12');
  announce({ payload: {} });
  expect(await after()).toBe('10,12');
});

test('a replica that refuses is asked once, and then the primary, with the same numbers', async () => {
  const replica = 'https://replica.example.com';
  const { after, write, asked, refused } = client(replica);
  refused.add(replica);
  await write('one')('10');
  await after();
  expect(asked.map(({ address, after }) => [new URL(address).origin, after])).toEqual([
    [replica, '10'],
    [own, '10'],
  ]);
});
