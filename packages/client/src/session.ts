import type { Cache } from './cache.ts';
import type { Staybase } from './client.ts';

/** Clears a cache when somebody else signs in, or signs out. Returns a function that stops it. */
export function forgetWithSession(staybase: Staybase, cache: Cache): () => void {
  let known: string | undefined | null = null;
  const { data } = staybase.auth.onAuthStateChange((_, session) => {
    const person = session?.user.id;
    // The first event is about the session that already existed.
    if (known !== null && person !== known) cache.clear();
    known = person;
  });
  return () => data.subscription.unsubscribe();
}
