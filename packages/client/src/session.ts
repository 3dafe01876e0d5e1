import type { Cache } from './cache.ts';
import type { Staybase } from './client.ts';

/** Lets a cache forget everything when another person signs in, or nobody is any more. Returns what ends it. */
export function forgetWithSession(staybase: Staybase, cache: Cache): () => void {
  let known: string | undefined | null = null;
  const { data } = staybase.auth.onAuthStateChange((_, session) => {
    const person = session?.user.id;
    // The first word is about the session that was there before.
    if (known !== null && person !== known) cache.clear();
    known = person;
  });
  return () => data.subscription.unsubscribe();
}
