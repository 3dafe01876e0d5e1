import {
  createStaybase,
  live,
  liveConversation,
  type LiveEvent,
  livePerson,
} from '@staybase/client';
import { beforeAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { tokenFor } from '../support/people.ts';
import { freshDatabase, setClock, testApi } from '../support/stack.ts';

let host: Member, guest: Member, stranger: Member, conversation_id: string;

beforeAll(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
  [host, guest, stranger] = [await signUp('Ada'), await signUp('Grace'), await signUp('Hedy')];
  const { data } = await guest.client.rpc('start_conversation', {
    message_id: crypto.randomUUID(),
    listing_id: await publishHome(host),
    body: 'Is it quiet?',
  }).throwOnError();
  conversation_id = data.conversation_id;
});

const say = async ({ client }: Member, body: string) => {
  const message_id = crypto.randomUUID();
  await client.rpc('send_message', { message_id, conversation_id, body }).throwOnError();
  return message_id;
};

/** So long that no test waits for it: what comes is told by Realtime. */
const never = { every: 2_000_000_000 };
const looked = (heard: LiveEvent[]) => expect.poll(() => heard).toContainEqual({ event: 'look' });

test('both sides are notified of a message by Realtime, after a poll when they join', async () => {
  const [hosts, guests, bell]: [LiveEvent[], LiveEvent[], LiveEvent[]] = [[], [], []];
  const stops = [
    liveConversation(host.client, conversation_id, (event) => hosts.push(event), never),
    liveConversation(guest.client, conversation_id, (event) => guests.push(event), never),
    livePerson(host.client, host.id, (event) => bell.push(event), never),
  ];
  await Promise.all([hosts, guests, bell].map(looked));
  const message_id = await say(guest, 'Hello?');
  await expect.poll(() => hosts.slice(1)).toEqual([
    { event: 'message', conversation_id, message_id, position: 2 },
  ]);
  await expect.poll(() => guests.length).toBe(2);
  await expect.poll(() => bell.map(({ event }) => event)).toContain('inbox');
  stops.forEach((stop) => stop());
  await expect.poll(() => host.client.getChannels()).toEqual([]);
  await expect.poll(() => guest.client.getChannels()).toEqual([]);
});

test('anyone who may not listen is told to poll, and so is everyone without Realtime', async () => {
  const [strangers, offline]: [LiveEvent[], LiveEvent[]] = [[], []];
  const nowhere = createStaybase('http://127.0.0.1:1', keys.publishable, {
    accessToken: () => Promise.resolve(tokenFor(host)),
  });
  const stops = [
    liveConversation(stranger.client, conversation_id, (event) => strangers.push(event), {
      every: 20,
    }),
    livePerson(nowhere, host.id, (event) => offline.push(event), { every: 20 }),
  ];
  await say(host, 'Very.');
  await expect.poll(() => Math.min(strangers.length, offline.length)).toBeGreaterThan(2);
  expect([...strangers, ...offline].every(({ event }) => event === 'look')).toBe(true);
  stops.forEach((stop) => stop());
  const told = offline.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(offline.length).toBe(told);
  nowhere.realtime.disconnect();
});

test('several listeners share a channel, and one that rejoins at once is admitted again', async () => {
  const [one, other, again]: [LiveEvent[], LiveEvent[], LiveEvent[]] = [[], [], []];
  const topic = `conversation:${conversation_id}`;
  const stops = [one, other].map((heard) =>
    live(host.client, topic, (event) => heard.push(event), never)
  );
  await looked(one);
  expect(host.client.getChannels().length).toBe(1);
  stops[0]!();
  await say(guest, 'Still there?');
  await expect.poll(() => other.map(({ event }) => event)).toEqual(['look', 'message']);
  expect(one.map(({ event }) => event)).toEqual(['look']);
  stops[1]!();
  await expect.poll(() => host.client.getChannels()).toEqual([]);

  // The server takes its time to let somebody go, who comes back meanwhile.
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => letGo = resolve);
  const slow: typeof host.client = Object.create(host.client, {
    removeChannel: {
      value: async (channel: Parameters<typeof host.client.removeChannel>[0]) => {
        await gone;
        return await host.client.removeChannel(channel);
      },
    },
  });
  const first: LiveEvent[] = [];
  const leave = live(slow, topic, (event) => first.push(event), never);
  await looked(first);
  leave();
  const stop = live(slow, topic, (event) => again.push(event), never);
  // Long enough to ask for the channel again; it does not get the one that goes.
  await new Promise((resolve) => setTimeout(resolve, 300));
  letGo();
  await looked(again);
  await say(guest, 'Hello?');
  await expect.poll(() => again.map(({ event }) => event)).toEqual(['look', 'message']);
  expect(first).toEqual([{ event: 'look' }]);
  stop();
  await expect.poll(() => host.client.getChannels()).toEqual([]);
});

test('a channel whose token expired is reopened with the next token', async () => {
  const { url } = await testApi();
  let expiresIn = 3600;
  const client = createStaybase(url, keys.publishable, {
    accessToken: () => Promise.resolve(tokenFor({ ...host, expiresIn })),
  });
  const heard: LiveEvent[] = [];
  const stop = liveConversation(client, conversation_id, (event) => heard.push(event), {
    every: 50,
  });
  await expect.poll(() => client.getChannels()[0]?.state).toBe('joined');
  const first = client.getChannels()[0];
  expiresIn = 1;
  await client.realtime.setAuth();
  await expect.poll(() => first?.state).toBe('closed');
  expiresIn = 3600;
  await expect.poll(() => client.getChannels()[0]?.state).toBe('joined');
  await say(guest, 'Good night.');
  await expect.poll(() => heard.some(({ event }) => event === 'message')).toBe(true);
  stop();
  client.realtime.disconnect();
});
