import { live } from '@staybase/client';
import { staybase } from './api.ts';
import { settings } from './settings.ts';

/**
 * Tells when something may be new on a topic: by Realtime, or where there is none, every few seconds while
 * the page is seen. Returns what ends it.
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
