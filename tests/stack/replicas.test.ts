import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { ask, call, createStaybase, must, readReplicas, type Staybase } from '@staybase/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { makeDirectory } from '../../local/folders.ts';
import { startGateway } from '../../local/gateway.ts';
import { keys, roleToken, signAgain } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { startProgram } from '../../local/processes.ts';
import { type Rest, startRest } from '../../local/rest.ts';
import { type Person, person } from '../support/people.ts';
import { type Replica, startReplica } from '../support/replica.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';
import { home } from '../support/stays.ts';

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;

const secret = randomBytes(32).toString('base64url');
let replica: Replica;
let primary: Rest;
let behind: Rest;
/** HAProxy in front of both, where there is one. */
let proxy = '';
let grace: Person;
let hedy: Person;
const stops: (() => Promise<void>)[] = [];

/** Says how far a replica may be behind, which the replica hears like anything else. */
async function allowLag(limit: string | null): Promise<void> {
  await asPostgres('update private.settings set replica_lag_limit = $1::interval', [limit]);
  await replica.catchUp();
}

beforeAll(async () => {
  const { name } = await testDatabase();
  [grace, hedy] = [await person('Grace'), await person('Hedy')];
  await asPostgres(`update private.settings set replica_lag_limit = '1 hour'`);
  replica = await startReplica();
  stops.push(replica.stop);
  const { postgresPort, directory } = inject('run');
  const own = makeDirectory(join(directory, 'workers', `replicas-${randomUUID()}`));
  const rest = async (databaseUrl: string, listens: boolean) => {
    const [port, adminPort] = [await freePort(), await freePort()];
    const dataDirectory = makeDirectory(join(own, String(port)));
    const options = { databaseUrl, port, adminPort, jwtSecret: secret, dataDirectory, listens };
    const started = await startRest(options);
    stops.push(started.stop);
    return started;
  };
  primary = await rest(connectCluster(postgresPort, directory).url(name, 'authenticator'), true);
  behind = await rest(replica.cluster.url(name, 'authenticator'), false);
  if (hasHaproxy) proxy = await startHaproxy(own);
});

// A test that fails while nothing is applied does not hold up the others.
afterEach(() => replica.resume());

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

/** The configuration that operators use, with the addresses of this test. */
async function startHaproxy(directory: string): Promise<string> {
  const port = await freePort();
  // The path of a socket has at most 97 characters.
  const sockets = mkdtempSync(join(tmpdir(), 'haproxy-'));
  stops.push(() => Promise.resolve(rmSync(sockets, { recursive: true })));
  const program = await startProgram({
    name: 'haproxy',
    command: 'haproxy',
    args: ['-db', '-f', inProject('operate', 'replicas', 'haproxy.cfg')],
    env: {
      PATH: process.env.PATH ?? '',
      REST_BIND: `127.0.0.1:${port}`,
      REST_PRIMARY: new URL(primary.url).host,
      REST_REPLICA_1: new URL(behind.url).host,
      REST_SOCKETS: sockets,
    },
    dataDirectory: directory,
  });
  stops.push(() => program.stop());
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).then(() => true, () => false)) && !program.hasEnded()) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  if (program.hasEnded()) throw new Error(program.lastWords());
  return url;
}

interface Answered {
  status: number;
  code: string | undefined;
  rows: { name: string }[];
  written: string | null;
}

const asGuest = (someone?: Person) => ({
  authorization: `Bearer ${
    someone === undefined ? roleToken('anon', secret) : signAgain(someone.token, secret)
  }`,
});

async function read(
  url: string,
  after?: string,
  path = '/wishlists?select=name&order=name',
  who = asGuest(grace),
): Promise<Answered> {
  const answer = await fetch(url + path, {
    headers: { ...who, ...(after === undefined ? {} : { 'staybase-after': after }) },
  });
  const body = await answer.json();
  return {
    status: answer.status,
    code: body.message,
    rows: body,
    written: answer.headers.get('staybase-written'),
  };
}

/** Grace makes a wishlist, by the way she is told; returns the number of that write. */
async function write(url: string, name: string, someone = grace): Promise<string> {
  const answer = await fetch(`${url}/rpc/create_wishlist`, {
    method: 'POST',
    headers: { ...asGuest(someone), 'content-type': 'application/json' },
    body: JSON.stringify({ wishlist_id: randomUUID(), name }),
  });
  expect(answer.status, await answer.text()).toBe(200);
  const written = answer.headers.get('staybase-written');
  expect(written).toMatch(/^\d+$/);
  expect(answer.headers.get('access-control-expose-headers')).toContain('staybase-written');
  return written!;
}

const names = async (answer: Promise<Answered>) => (await answer).rows.map(({ name }) => name);

test('a replica refuses whoever wrote what it does not have, and answers others and later', async () => {
  const before = await write(primary.url, 'Before');
  await replica.catchUp();
  await replica.pause();
  const after = await write(primary.url, 'Meanwhile');

  expect(await names(read(behind.url))).toEqual(['Before']);
  expect(await names(read(behind.url, before))).toEqual(['Before']);
  for (const header of [after, `${before}, ${after}`, '9'.repeat(18), 'nonsense', '1;2']) {
    expect(await read(behind.url, header)).toMatchObject({ status: 503, code: 'replica_behind' });
  }
  expect(await names(read(primary.url, after))).toEqual(['Before', 'Meanwhile']);

  await replica.resume();
  await replica.catchUp();
  expect(await names(read(behind.url, after))).toEqual(['Before', 'Meanwhile']);
  expect(await names(read(behind.url, `${before},${after}`))).toEqual(['Before', 'Meanwhile']);
});

test('a transaction in progress is not taken for a committed one, whatever else is committed after it', async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows: [{ id }] } = await client.query('select pg_current_xact_id()::text as id');
    await client.query('update private.clock set shift = shift');
    const later = await write(primary.url, 'Later');
    await replica.catchUp();
    expect(BigInt(later) > BigInt(id)).toBe(true);
    expect((await read(behind.url, later)).status).toBe(200);
    expect(await read(behind.url, id)).toMatchObject({ status: 503, code: 'replica_behind' });
    await client.query('commit');
    await replica.catchUp();
    expect((await read(behind.url, id)).status).toBe(200);
  } finally {
    client.release();
  }
});

test('a transaction that was rolled back is not waited for by replicas: the primary answers', async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  await client.query('begin');
  const { rows: [{ id }] } = await client.query('select pg_current_xact_id()::text as id');
  await client.query('rollback');
  client.release();
  await write(primary.url, 'Other');
  await replica.catchUp();
  expect((await read(behind.url, id)).status).toBe(503);
  // One that nobody remembers any more is certainly there.
  expect((await read(behind.url, '3')).status).toBe(200);
});

test('reads have no number, nor has a write that was refused', async () => {
  expect((await read(primary.url)).written).toBe(null);
  const refused = await fetch(`${primary.url}/rpc/create_wishlist`, {
    method: 'POST',
    headers: { ...asGuest(), 'content-type': 'application/json' },
    body: JSON.stringify({ wishlist_id: randomUUID(), name: 'x' }),
  });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('staybase-written')).toBe(null);
});

test('servers are answered by the primary alone', async () => {
  const server = { authorization: `Bearer ${roleToken('service_role', secret)}` };
  const path = '/rpc/health_report';
  expect((await read(behind.url, undefined, path, server)).code).toBe('replica_behind');
  expect((await read(primary.url, undefined, path, server)).status).toBe(200);
});

test('a replica that is too far behind, or that nobody declared, refuses all reads', async () => {
  const check = '/property_types?limit=1';
  await allowLag('1 second');
  expect((await read(behind.url, undefined, check, asGuest())).status).toBe(200);
  await replica.pause();
  await write(primary.url, 'Not replayed');
  await expect.poll(async () => (await read(behind.url, undefined, check, asGuest())).code)
    .toBe('replica_behind');
  await replica.resume();
  await replica.catchUp();
  await expect.poll(async () => (await read(behind.url, undefined, check, asGuest())).status)
    .toBe(200);
  await allowLag(null);
  expect((await read(behind.url, undefined, check, asGuest())).code).toBe('replica_behind');
  await allowLag('1 hour');
});

test('a replica that receives nothing any more refuses when its last commit is too old', async () => {
  const check = '/property_types?limit=1';
  const waitsBeforeItAsksAgain = (how: string) =>
    replica.cluster.asAdmin(async (client) => {
      await client.query(`alter system ${how}`);
      await client.query('select pg_reload_conf()');
    });
  await allowLag('1 second');
  expect((await read(behind.url, undefined, check, asGuest())).status).toBe(200);
  await waitsBeforeItAsksAgain(`set wal_retrieve_retry_interval = '1h'`);
  onTestFinished(async () => {
    await waitsBeforeItAsksAgain('reset wal_retrieve_retry_interval');
    await allowLag('1 hour');
  });
  /**
   * The interval counts from the failure before: where there was none, another receiver starts at once
   * (findings/a-standby-that-loses-its-receiver-waits-from-the-second-time.sh).
   */
  const endReceivers = () =>
    replica.cluster.asAdmin(async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_wal_receiver');
      for (const { pid } of rows) process.kill(pid);
    });
  // It has applied all that it received, and does not know what it lacks.
  await expect.poll(async () => {
    await endReceivers();
    return (await read(behind.url, undefined, check, asGuest())).code;
  }).toBe('replica_behind');
});

test('every verb that only reads says the same on a replica as on the primary', async () => {
  const listing = await home({ host: hedy });
  await replica.catchUp();
  const verbs = await asPostgres<{ name: string; wanted: [name: string, type: string][] }>(`
    select pg_proc.proname as name, coalesce((
      select jsonb_agg(jsonb_build_array(proargnames[place], proargtypes[place - 1]::regtype))
      from generate_series(1, pronargs - pronargdefaults) as place), '[]') as wanted
    from pg_proc
    where pronamespace = 'public'::regnamespace and provolatile <> 'v'
      and has_function_privilege('authenticated', pg_proc.oid, 'execute')
    order by 1`);
  expect(verbs.length).toBeGreaterThan(40);
  const values: Record<string, string> = {
    listing_id: listing,
    check_in: '2031-06-02',
    check_out: '2031-06-05',
    currency: 'USD',
  };
  const ofType: Record<string, string> = { uuid: randomUUID(), 'uuid[]': `{${listing}}` };
  const differing: unknown[] = [];
  let good = 0;
  for (const { name, wanted } of verbs) {
    const given = wanted.map((
      [argument, type],
    ) => [argument, values[argument] ?? ofType[type] ?? (type.endsWith('[]') ? '{1}' : '1')]);
    const path = `/rpc/${name}?${new URLSearchParams(given)}`;
    const said = [];
    for (const url of [primary.url, behind.url]) {
      const answer = await fetch(url + path, { headers: asGuest(hedy) });
      said.push(`${answer.status} ${answer.ok ? '' : (await answer.json()).message}`);
    }
    if (said[0] === '200 ') good += 1;
    // 405: it wanted to write.
    if (said[0] !== said[1] || /^(405|5)/.test(said[0] ?? '')) differing.push({ name, said });
  }
  expect(differing).toEqual([]);
  expect(good).toBeGreaterThan(15);
});

/** A gateway in front of a PostgREST, for supabase-js. */
async function gateway(url: string): Promise<string> {
  const nothing = () => Promise.reject(new Error('There is only PostgREST behind this gateway.'));
  const started = await startGateway({
    rest: { url, jwtSecret: secret },
    authAndStorage: nothing,
    functions: nothing,
    realtime: { upgrade: () => {}, stop: () => Promise.resolve() },
    mailbox: createMailbox(),
    health: () => Promise.resolve({}),
  }, 0);
  onTestFinished(() => started.stop());
  return started.url;
}

const listsOf = async (client: Staybase) =>
  (await must(client.from('wishlists').select('name'))).map(({ name }) => name);

test('a client reads what it wrote, from replicas that have an address of their own', async () => {
  const [url, reads] = [await gateway(primary.url), await gateway(behind.url)];
  const accessToken = () => Promise.resolve(hedy.token);
  const writer = createStaybase(url, keys.publishable, { accessToken }, readReplicas(reads));
  // Realtime is not there: the other is told what it would announce.
  let announce: (message: { payload: { written: string } }) => void = () => {};
  const other = createStaybase(url, keys.publishable, { accessToken }, (own, options) => {
    const reader = readReplicas(reads)(own, options);
    const ears = {
      channel: () => ({ on: (...[, , hear]: unknown[]) => (announce = hear as typeof announce) }),
    };
    reader.listen(ears as unknown as Staybase);
    ears.channel();
    return reader;
  });
  const [one, two] = [randomUUID(), randomUUID()];
  await replica.catchUp();
  await replica.pause();
  await Promise.all(
    [one, two].map((wishlist_id) =>
      call(writer, 'create_wishlist', { wishlist_id, name: wishlist_id })
    ),
  );
  expect(await listsOf(writer)).toEqual(expect.arrayContaining([one, two]));
  expect(await listsOf(other)).not.toContain(one);
  // What Realtime announces to the other has a number, too.
  const [{ written }] = await asPostgres<{ written: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as written',
  ) as [{ written: string }];
  announce({ payload: { written } });
  expect(await listsOf(other)).toEqual(expect.arrayContaining([one, two]));
  // What nobody wrote comes from the replica, by GET.
  const search = ask(writer, 'search_listings', { guests: 2, room_types: ['entire_home'] });
  await expect(search.run(new AbortController().signal)).resolves.toBeInstanceOf(Array);
});

/** Waits until HAProxy has heard that the replica may answer: then what is not replayed is not read. */
async function untilInPool(): Promise<void> {
  await expect.poll(async () => {
    await replica.pause();
    const name = randomUUID();
    await write(proxy, name, hedy);
    const isStale = !(await names(read(proxy, undefined, undefined, asGuest(hedy)))).includes(name);
    await replica.resume();
    await replica.catchUp();
    return isStale;
  }).toBe(true);
}

test.skipIf(!hasHaproxy)(
  'HAProxy asks the primary for what a replica lacks, and the replica for all other reads',
  async () => {
    await untilInPool();
    const [before, after] = [randomUUID(), randomUUID()];
    const first = await write(proxy, before, hedy);
    await replica.catchUp();
    await replica.pause();
    const second = await write(proxy, after, hedy);
    const seen = async (number?: string) => {
      const rows = await names(read(proxy, number, undefined, asGuest(hedy)));
      return [before, after].map((name) => rows.includes(name));
    };
    for (let i = 0; i < 10; i++) {
      expect(await seen()).toEqual([true, false]);
      expect(await seen(first)).toEqual([true, false]);
      expect(await seen(second)).toEqual([true, true]);
    }
  },
);

test.skipIf(!hasHaproxy)(
  'a replica that is too far behind leaves the pool of HAProxy, and comes back',
  async () => {
    await untilInPool();
    await allowLag('1 second');
    await replica.pause();
    await write(proxy, 'Too far', hedy);
    // Nobody sends a number: the primary answers, because the replica refuses, and soon is not asked.
    await expect.poll(() => names(read(proxy, undefined, undefined, asGuest(hedy))))
      .toContain('Too far');
    await replica.resume();
    await replica.catchUp();
    await allowLag('1 hour');
    await untilInPool();
  },
);
