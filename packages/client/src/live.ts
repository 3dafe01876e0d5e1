import type { RealtimeChannel } from '@supabase/supabase-js';
import type { Staybase } from './client.ts';

/** What happened: ids, never words; read what it is about as any other row. */
export interface LiveEvent {
  /** `look` when it is not known what happened: a connection was made, or there is none and it is time. */
  event: 'message' | 'inbox' | 'notification' | 'look';
  conversation_id?: string;
  message_id?: string;
  position?: number;
  unread?: number;
  notification_id?: string;
}

type Listener = (event: LiveEvent) => void;

/** Those who listen to a topic share one channel. */
const topics = new WeakMap<Staybase, Map<string, { listeners: Set<Listener>; end(): void }>>();

/**
 * Listens to a private topic, and where Realtime is not there, asks every few seconds: the listener is
 * told to look. Returns what ends it.
 * @param topic `conversation:<id>` or `person:<id>`
 * @param every milliseconds between two looks without Realtime
 */
export function live(
  staybase: Staybase,
  topic: string,
  listener: Listener,
  { every = 5_000 } = {},
): () => void {
  const open = topics.get(staybase) ?? new Map();
  topics.set(staybase, open);
  const listeners: Set<Listener> = open.get(topic)?.listeners ?? new Set();
  // Two who pass the same function are two.
  const own: Listener = (event) => listener(event);
  listeners.add(own);
  if (!open.has(topic)) {
    open.set(topic, { listeners, end: listen(staybase, topic, listeners, every) });
  }
  return () => {
    if (!listeners.delete(own) || listeners.size > 0) return;
    open.get(topic)?.end();
    open.delete(topic);
  };
}

function listen(
  staybase: Staybase,
  topic: string,
  listeners: Set<Listener>,
  every: number,
): () => void {
  const tell = (event: LiveEvent) => listeners.forEach((listener) => listener(event));
  let [joined, ended] = [false, false];
  const timer = setInterval(() => {
    if (!joined && !globalThis.document?.hidden) tell({ event: 'look' });
  }, every);
  const channel: RealtimeChannel = staybase.channel(topic, { config: { private: true } })
    .on('broadcast', { event: '*' }, ({ event, payload }) => tell({ ...payload, event }));
  // A private channel is joined with the token of whoever is signed in.
  void staybase.realtime.setAuth().catch(() => {}).then(() => {
    if (ended) return;
    channel.subscribe((status) => {
      joined = status === 'SUBSCRIBED';
      // What happened before, and while there was no connection, nobody was told.
      if (joined) tell({ event: 'look' });
    });
  });
  return () => {
    ended = true;
    clearInterval(timer);
    void staybase.removeChannel(channel);
  };
}

/** New messages of a conversation. */
export const liveConversation = (
  staybase: Staybase,
  conversation_id: string,
  listener: Listener,
  options?: { every?: number },
): () => void => live(staybase, `conversation:${conversation_id}`, listener, options);

/** A person's inbox and notifications. */
export const livePerson = (
  staybase: Staybase,
  profile_id: string,
  listener: Listener,
  options?: { every?: number },
): () => void => live(staybase, `person:${profile_id}`, listener, options);
