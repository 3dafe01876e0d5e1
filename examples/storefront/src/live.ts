import { live } from '@staybase/client';
import { staybase } from './api.ts';
import { settings } from './settings.ts';

/**
 * Calls back when a topic may have news: through Realtime, or without it every few seconds while the page is
 * visible. Returns a function that stops it.
 */
export function listen(
  topic: `person:${string}` | `conversation:${string}`,
  listener: () => void,
  every: number,
): () => void {
  if (settings.realtime) return live(staybase, topic, listener, { every });
  const timer = setInterval(() => !document.hidden && listener(), every);
  return () => clearInterval(timer);
}
