import type { RealtimeChannel } from '@supabase/supabase-js';
import type { Staybase } from './client.ts';

/** What happened: ids, never text; read the rows they name as usual. */
export interface LiveEvent {
  /** `look` if it is unknown what happened: a connection was just made, or there is none and it is time to poll. */
  event: 'message' | 'inbox' | 'notification' | 'look';
  conversation_id?: string;
  message_id?: string;
  position?: number;
  unread?: number;
  notification_id?: string;
}

type Listener = (event: LiveEvent) => void;

/** All listeners of a topic share one channel. */
const topics = new WeakMap<Staybase, Map<string, { listeners: Set<Listener>; end(): void }>>();

/**
 * Listens to a private topic. Without Realtime, the listener is told to poll (`look`) every few seconds.
 * Returns a function that stops it.
 * @param topic `conversation:<id>` or `person:<id>`
 * @param every milliseconds between two polls without Realtime
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
  // Two callers may pass the same function.
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

/** Channels being closed, by topic: supabase-js would return the same one again. */
const leaving = new WeakMap<Staybase, Map<string, Promise<unknown>>>();

function listen(
  staybase: Staybase,
  topic: string,
  listeners: Set<Listener>,
  every: number,
): () => void {
  const tell = (event: LiveEvent) => listeners.forEach((listener) => listener(event));
  const left = leaving.get(staybase) ?? new Map<string, Promise<unknown>>();
  leaving.set(staybase, left);
  let joined = false;
  let ended = false;
  let channel: RealtimeChannel | undefined;

  const leave = () => {
    const gone = channel;
    channel = undefined;
    if (gone !== undefined) left.set(topic, staybase.removeChannel(gone));
  };
  const join = async () => {
    // A private channel is joined with the token of the signed-in person.
    await staybase.realtime.setAuth().catch(() => {});
    await left.get(topic);
    if (ended || channel !== undefined) return;
    channel = staybase.channel(topic, { config: { private: true } })
      .on('broadcast', { event: '*' }, ({ event, payload }) => tell({ ...payload, event }))
      .subscribe((status) => {
        joined = status === 'SUBSCRIBED';
        // Events from before the connection are not replayed.
        if (joined) tell({ event: 'look' });
        // Its token expired: supabase-js does not rejoin by itself.
        if (status === 'CLOSED') leave();
      });
  };
  void join();
  const timer = setInterval(() => {
    if (joined || globalThis.document?.hidden) return;
    tell({ event: 'look' });
    if (channel === undefined) void join();
  }, every);
  return () => {
    ended = true;
    clearInterval(timer);
    leave();
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
