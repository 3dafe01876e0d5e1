// What Staybase uses of Supabase's Realtime, over the websocket protocol of realtime-js: private channels,
// what the database broadcasts to them, and changes of the published tables. No presence, no broadcasts of
// clients, no deleted rows (local/README.md).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { keys } from '../keys.ts';
import { Channel, Refused } from './channel.ts';
import { NoRealtime, RealtimeDatabase, type Told } from './database.ts';
import type { Change } from './pgoutput.ts';

export interface Realtime {
  /** Handles an upgrade request to a websocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): Promise<void>;
}

interface Message {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
}

interface Client {
  socket: WebSocket;
  channels: Map<string, Channel>;
}

/**
 * Connects to the database when the first client comes, so that a stack without any costs nothing.
 * @param databaseUrl a connection string of `postgres`
 */
export function createRealtime(databaseUrl: string): Realtime {
  const server = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 });
  const clients = new Set<Client>();
  let opened: Promise<RealtimeDatabase> | undefined;

  const channels = () => [...clients].flatMap((client) => [...client.channels.values()]);
  const listeners = {
    told(message: Told) {
      if (!message.private) return;
      for (const channel of channels()) {
        if (channel.topic === message.topic) channel.told(message);
      }
    },
    async changed(change: Change) {
      const database = await opened;
      if (database === undefined) return;
      for (const channel of channels()) await channel.changed(database, change);
    },
    lost() {
      const lost = opened;
      opened = undefined;
      // They reconnect, and know that they missed something.
      for (const { socket } of clients) socket.close(1012);
      void lost?.then((database) => database.close()).catch(() => {});
    },
  };
  const database = () => {
    const opening = opened ??= RealtimeDatabase.open(databaseUrl, listeners);
    opening.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening;
  };

  /** Ends a channel; the log is not read while nobody listens. */
  async function leave({ channels: joined }: Client, topic: string): Promise<void> {
    joined.get(topic)?.close();
    joined.delete(topic);
    if (!channels().some(({ listens }) => listens)) await (await opened)?.leaveLog();
  }

  async function handle(client: Client, message: Message, send: (message: Message) => void) {
    const { joinRef, ref, topic, event, payload } = message;
    const reply = (status: 'ok' | 'error', response: unknown = {}) =>
      send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } });
    if (topic === 'phoenix') return event === 'heartbeat' ? reply('ok') : undefined;
    const channel = client.channels.get(topic);
    switch (event) {
      case 'phx_join': {
        if (channel !== undefined) await leave(client, topic);
        const joined = await Channel.join(
          await database(),
          topic.replace(/^realtime:/, ''),
          payload,
          (event, payload) => send({ joinRef, ref: null, topic, event, payload }),
          () => void leave(client, topic).catch(() => {}),
        );
        // It may have closed meanwhile.
        if (!clients.has(client)) return joined.close();
        client.channels.set(topic, joined);
        reply('ok', { postgres_changes: joined.bindings });
        return await joined.listen(await database());
      }
      case 'phx_leave':
        await leave(client, topic);
        return reply('ok');
      case 'access_token':
        return await channel?.renew(
          await database(),
          (payload as { access_token?: unknown } | null)?.access_token,
        );
      default:
        // Presence and broadcasts of clients, which Staybase's policies allow nobody.
        return reply('error', { reason: 'This is not part of the embedded stack.' });
    }
  }

  function welcome(socket: WebSocket, isArray: boolean): void {
    const client: Client = { socket, channels: new Map() };
    clients.add(client);
    const send = (message: Message) => {
      if (socket.readyState === socket.OPEN) socket.send(written(message, isArray));
    };
    // One after the other, in the order of arrival.
    let done: Promise<unknown> = Promise.resolve();
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : readMessage(String(data), isArray);
      if (message === undefined) return;
      done = done.then(() => handle(client, message, send)).catch((error) => {
        const { joinRef, ref, topic } = message;
        const reason = error instanceof Refused || error instanceof NoRealtime
          ? error.message
          : 'Realtime was unable to connect to the project database';
        send({
          ...{ joinRef, ref, topic, event: 'phx_reply' },
          payload: { status: 'error', response: { reason } },
        });
      });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clients.delete(client);
      for (const topic of client.channels.keys()) void leave(client, topic).catch(() => {});
    });
  }

  return {
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://stack');
      if (url.pathname !== '/realtime/v1/websocket') return refuse(socket, '404 Not Found');
      if (url.searchParams.get('apikey') !== keys.publishable) {
        return refuse(socket, '401 Unauthorized');
      }
      const isArray = url.searchParams.get('vsn') === '2.0.0';
      server.handleUpgrade(request, socket, head, (opened) => welcome(opened, isArray));
    },
    async stop() {
      for (const { socket } of clients) socket.terminate();
      clients.clear();
      const database = opened;
      opened = undefined;
      await (await database?.catch(() => undefined))?.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** The older serializer of Phoenix sends an object, the newer one an array. */
function readMessage(text: string, isArray: boolean): Message | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const { join_ref, ref, topic, event, payload } = isArray
    ? Object.fromEntries(
      ['join_ref', 'ref', 'topic', 'event', 'payload'].map((
        name,
        at,
      ) => [name, (read as unknown[])[at]]),
    )
    : read as Record<string, unknown>;
  if (typeof topic !== 'string' || typeof event !== 'string') return undefined;
  const textOf = (value: unknown) => typeof value === 'string' ? value : null;
  return { joinRef: textOf(join_ref), ref: textOf(ref), topic, event, payload };
}

const written = ({ joinRef, ref, topic, event, payload }: Message, isArray: boolean): string =>
  JSON.stringify(
    isArray
      ? [joinRef, ref, topic, event, payload]
      : { join_ref: joinRef, ref, topic, event, payload },
  );
