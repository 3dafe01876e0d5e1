import type { SupabaseClient, SupabaseClientOptions } from '@supabase/supabase-js';

/** Who asks for a client where caches or read replicas answer. */
export interface Reader {
  /** With a `fetch` that asks. */
  options: SupabaseClientOptions<'public'>;
  /** Hears of writes that Realtime announces, so that the next query sees them. */
  listen(client: Pick<SupabaseClient, 'channel'>): void;
}

/** Makes a reader for a client's own address and options. */
export type ReadsFirst = (url: string, options: SupabaseClientOptions<'public'>) => Reader;
