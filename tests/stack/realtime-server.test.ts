// Realtime on the embedded stack, as supabase-js meets it: who hears of what, until when, and what ends.
import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js';
import { createClient } from '@supabase/supabase-js';
import { request } from 'node:http';
import { beforeAll, expect, inject, test } from 'vitest';
import { startGateway } from '../../local/gateway.ts';
import { keys, signToken } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { createRealtime } from '../../local/realtime/server.ts';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { tokenFor } from '../support/people.ts';
import { asPostgres, freshDatabase, setClock, testApi, testDatabase } from '../support/stack.ts';

let host: Member, guest: Member, stranger: Member, listing_id: string, conversation_id: string;

beforeAll(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
  [host, guest, stranger] = [await signUp('Ada'), await signUp('Grace'), await signUp('Hedy')];
  listing_id = await publishHome(host);
  const { data } = await guest.client.rpc('start_conversation', {
    message_id: crypto.randomUUID(),
    listing_id,
    body: 'Is it quiet?',
  }).throwOnError();
  conversation_id = data.conversation_id;
});

// deno-lint-ignore no-explicit-any
type Heard = Record<string, any>;

interface Ear {
  channel: RealtimeChannel;
  /** Broadcasts and changes, in their order. */
  heard: Heard[];
  /** What the server says of the channel itself. */
  system: Heard[];
  statuses: string[];
  /** Why it was not let in. */
  reasons: string[];
}

/** Joins a private channel and notes what comes. */
function listen(
  client: Pick<SupabaseClient, 'channel'>,
  topic: string,
  changes: { event: 'INSERT' | 'UPDATE' | '*'; table: string; filter?: string }[] = [],
): Ear {
  const ear: Ear = {
    channel: client.channel(topic, { config: { private: true } }),
    ...{ heard: [], system: [], statuses: [], reasons: [] },
  };
  ear.channel
    .on('broadcast', { event: '*' }, (payload) => ear.heard.push(payload))
    .on('system', {}, (payload) => ear.system.push(payload));
  for (const change of changes) {
    ear.channel.on(
      'postgres_changes' as 'system',
      { schema: 'public', ...change } as Record<never, never>,
      (payload: Heard) => ear.heard.push(payload),
    );
  }
  ear.channel.subscribe((status, error) => {
    ear.statuses.push(status);
    if (error) ear.reasons.push(error.message);
  });
  return ear;
}

const joined = (ear: Ear) => expect.poll(() => ear.statuses).toContain('SUBSCRIBED');
const readsTheLog = (ear: Ear) =>
  expect.poll(() => ear.system).toContainEqual(
    expect.objectContaining({ status: 'ok', extension: 'postgres_changes' }),
  );

const say = async ({ client }: Member, body: string, to = conversation_id) => {
  const message_id = crypto.randomUUID();
  await client.rpc('send_message', { message_id, conversation_id: to, body }).throwOnError();
  return message_id;
};

/** A conversation of two others at another home. */
async function otherConversation(): Promise<string> {
  const { data } = await stranger.client.rpc('start_conversation', {
    message_id: crypto.randomUUID(),
    listing_id,
    body: 'Is there a cot?',
  }).throwOnError();
  return data.conversation_id;
}

test('a message is broadcast to both sides of its conversation, with ids only, and a stranger may not join', async () => {
  const topic = `conversation:${conversation_id}`;
  const [hosts, guests] = [listen(host.client, topic), listen(guest.client, topic)];
  const strangers = listen(stranger.client, topic);
  await joined(hosts);
  await joined(guests);
  await expect.poll(() => strangers.reasons[0]).toMatch(/^Unauthorized/);
  // What is said to everybody is not said to a private channel.
  await asPostgres(`select realtime.send('{}', 'open', '${topic}', false)`);
  const message_id = await say(host, 'Very quiet.');
  for (const ear of [hosts, guests]) {
    await expect.poll(() => ear.heard).toMatchObject([
      { event: 'message', payload: { conversation_id, message_id } },
    ]);
  }
  for (const body of 'abcdefghijkl') await say(host, body);
  await expect.poll(() => guests.heard.length).toBe(13);
  expect(guests.heard.map(({ payload }) => payload.position))
    .toEqual(Array.from({ length: 13 }, (_, at) => guests.heard[0]!.payload.position + at));
  expect(JSON.stringify(hosts.heard)).not.toContain('quiet');
  expect(strangers.heard).toEqual([]);
  expect(strangers.statuses).not.toContain('SUBSCRIBED');
  await Promise.all([host, guest, stranger].map(({ client }) => client.removeAllChannels()));
});

test('a written row is sent to participants who listen to its table, and never to a stranger', async () => {
  const other = await otherConversation();
  // Each listens to all messages there are, in a topic that is theirs.
  const all = [{ event: 'INSERT' as const, table: 'messages' }];
  const ears = [guest, stranger].map((one) => listen(one.client, `person:${one.id}`, all));
  const [guests, strangers] = ears as [Ear, Ear];
  for (const ear of ears) await readsTheLog(ear);
  const messages = (ear: Ear) => ear.heard.filter(({ table }) => table === 'messages');

  await say(host, 'Come in.');
  await expect.poll(() => messages(guests)).toMatchObject([{
    ...{ eventType: 'INSERT', schema: 'public' },
    new: { conversation_id, body: 'Come in.', side: 'host' },
  }]);
  // The log is in order: when the stranger's own has come, the guest's would have come before.
  await say(stranger, 'Hello?', other);
  await expect.poll(() => messages(strangers).length).toBeGreaterThan(0);
  expect(messages(strangers).map((one) => one.new.body)).toEqual(['Hello?']);
  await say(host, 'Still there?');
  await expect.poll(() => messages(guests).length).toBe(2);
  expect(messages(guests).map((one) => one.new.body)).toEqual(['Come in.', 'Still there?']);
  await Promise.all([guest, stranger].map(({ client }) => client.removeAllChannels()));
  // Nobody listens any more, so nobody keeps the log.
  await expect.poll(() =>
    asPostgres(
      `select slot_name from pg_replication_slots where database = current_database()`,
    )
  ).toEqual([]);
});

test('filters and event types apply, and an unpublished table is refused', async () => {
  const other = await otherConversation();
  const only = listen(host.client, `person:${host.id}`, [
    { event: 'INSERT', table: 'messages', filter: `conversation_id=eq.${conversation_id}` },
    { event: 'UPDATE', table: 'inbox_entries', filter: `conversation_id=eq.${other}` },
  ]);
  await readsTheLog(only);
  await say(stranger, 'A cot?', other);
  await say(guest, 'When?');
  const changes = () => only.heard.filter(({ table }) => table !== undefined);
  await expect.poll(() => changes().some(({ table }) => table === 'messages')).toBe(true);
  expect(changes().map((one) => [one.table, one.eventType, one.new.conversation_id])).toEqual([
    ['inbox_entries', 'UPDATE', other],
    ['messages', 'INSERT', conversation_id],
  ]);
  expect(changes()[0]!.old).toEqual({ conversation_id: other, profile_id: host.id });
  await host.client.removeAllChannels();

  for (
    const change of [
      { event: '*' as const, table: 'bookings' },
      { event: '*' as const, table: 'messages', filter: 'nothing=eq.1' },
      { event: '*' as const, table: 'messages', filter: 'body=like.%' },
    ]
  ) {
    const refused = listen(host.client, `person:${host.id}`, [change]);
    await expect.poll(() => refused.system).toMatchObject([{ status: 'error' }]);
    await host.client.removeAllChannels();
  }
});

test('nobody joins without a token, with the secret key, or a public channel', async () => {
  const { url } = await testApi();
  const anyone = createClient(url, keys.publishable, { auth: { persistSession: false } });
  const refused = listen(anyone, `person:${host.id}`);
  await expect.poll(() => refused.reasons[0]).toMatch(/^Unauthorized/);
  await anyone.removeAllChannels();

  const open: string[] = [];
  host.client.channel(`conversation:${conversation_id}`)
    .subscribe((_, error) => open.push(error?.message ?? ''));
  await expect.poll(() => open[0]).toMatch(/^PrivateOnly/);
  await host.client.removeAllChannels();

  const server = createClient(url, keys.secret, { auth: { persistSession: false } });
  const shut = listen(server, `person:${host.id}`);
  await expect.poll(() => shut.statuses.length).toBeGreaterThan(0);
  expect(shut.statuses).not.toContain('SUBSCRIBED');
  await server.removeAllChannels();
  server.realtime.disconnect();
});

test('a token with a foreign signature or an expired one is refused', async () => {
  const { url } = await testApi();
  const [head, content] = tokenFor({ id: host.id, email: host.email }).split('.');
  const forged = `${head}.${content}.${Buffer.from('nobody').toString('base64url')}`;
  const tokens = {
    forged,
    // As JSON can say it, and no browser does.
    'forged, in a list': [forged] as unknown as string,
    'of a server': signToken({ role: 'service_role', exp: Math.ceil(Date.now() / 1000) + 3600 }),
    'without an end': signToken({ role: 'authenticated', sub: host.id }),
    over: tokenFor({ id: host.id, email: host.email, expiresIn: -5 }),
  };
  for (const [name, token] of Object.entries(tokens)) {
    const client = createClient(url, keys.publishable, {
      accessToken: () => Promise.resolve(token),
    });
    await client.realtime.setAuth();
    const ear = listen(client, `person:${host.id}`);
    await expect.poll(() => [name, ear.reasons[0]]).toEqual([
      name,
      expect.stringMatching(/^(Failed to validate JWT signature|Token has expired|Fields `role`)/),
    ]);
    await client.removeAllChannels();
    client.realtime.disconnect();
  }
});

test('a channel closes when its token expires, and the next token opens another', async () => {
  const { url } = await testApi();
  let expiresIn = 3600;
  const client = createClient(url, keys.publishable, {
    accessToken: () => Promise.resolve(tokenFor({ id: host.id, email: host.email, expiresIn })),
  });
  await client.realtime.setAuth();
  const ear = listen(client, `person:${host.id}`);
  await joined(ear);
  // On a busy machine it may be over when it arrives; the channel ends all the same.
  expiresIn = 2;
  await client.realtime.setAuth();
  await expect.poll(() => ear.system).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/^Token has expired/) }),
  );
  await expect.poll(() => ear.statuses).toContain('CLOSED');
  await client.removeAllChannels();

  expiresIn = 3600;
  await client.realtime.setAuth();
  await joined(listen(client, `person:${host.id}`));
  await client.removeAllChannels();
  client.realtime.disconnect();
});

test('a connection that switches to the token of another person hears nothing more for the first', async () => {
  const { url } = await testApi();
  let who = host;
  const client = createClient(url, keys.publishable, {
    accessToken: () => Promise.resolve(tokenFor({ id: who.id, email: who.email })),
  });
  await client.realtime.setAuth();
  const ear = listen(client, `person:${host.id}`);
  await joined(ear);
  who = stranger;
  await client.realtime.setAuth();
  await expect.poll(() => ear.system).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/^Unauthorized/) }),
  );
  await expect.poll(() => ear.statuses).toContain('CLOSED');
  await client.removeAllChannels();
  client.realtime.disconnect();
});

test('a gateway stops while clients are connected, and closes each connection', async () => {
  const { name } = await testDatabase();
  const gateway = await startGateway({
    rest: { url: 'http://127.0.0.1:1', jwtSecret: 'x'.repeat(32) },
    authAndStorage: () => Promise.reject(new Error('nobody asks')),
    functions: () => Promise.reject(new Error('nobody asks')),
    realtime: createRealtime(connectCluster(inject('run').postgresPort, '').url(name)),
    mailbox: createMailbox(),
    health: () => Promise.resolve({}),
  }, 0);
  const address = `${gateway.url.replace('http', 'ws')}/realtime/v1/websocket`;
  const closed = (socket: WebSocket) =>
    new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  // Without a key, or elsewhere, there is no websocket.
  for (const wrong of [address, `${address}?apikey=no`, `${gateway.url.replace('http', 'ws')}/`]) {
    expect(await closed(new WebSocket(wrong))).toBe(1006);
  }
  const socket = new WebSocket(`${address}?apikey=${keys.publishable}&vsn=1.0.0`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  // The older serializer; and what is nonsense is passed over.
  const answers: unknown[] = [];
  socket.addEventListener('message', ({ data }) => answers.push(JSON.parse(data)));
  for (const nonsense of ['', 'null', '[]', '{"topic":1}']) socket.send(nonsense);
  socket.send(JSON.stringify({ topic: 'phoenix', event: 'heartbeat', ref: '7', payload: {} }));
  await expect.poll(() => answers).toEqual([{
    ...{ topic: 'phoenix', event: 'phx_reply', join_ref: null, ref: '7' },
    payload: { status: 'ok', response: {} },
  }]);
  const gone = closed(socket);
  await gateway.stop();
  await gone;
});

test('a request that offers another protocol is handled like any other', async () => {
  const { port } = new URL((await testApi()).url);
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'h2c' };
    request({ host: '127.0.0.1', port, path: '/', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject).end();
  });
  expect(status).toBe(200);
});
