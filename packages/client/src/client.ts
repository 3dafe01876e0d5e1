import {
  createClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from '@supabase/supabase-js';
import type { Database } from '../../../types/database.ts';
import type { ReadsFirst } from './reader.ts';

/** A supabase-js client typed with Staybase's tables and verbs. */
export type Staybase = SupabaseClient<Database>;

/**
 * A client for the browser.
 * @param url of the Supabase project, or of the gateway of a local stack
 * @param key the publishable key
 * @param reads `strangersByGet(key)` where caches keep answers; `readReplicas(...)` where there are replicas: then all
 * searches are GET requests, and the client reads what it wrote
 */
export function createStaybase(
  url: string,
  key: string,
  options: SupabaseClientOptions<'public'> = {},
  reads?: ReadsFirst,
): Staybase {
  const reader = reads?.(url, options);
  const staybase = createClient<Database>(url, key, reader?.options ?? options);
  reader?.listen(staybase);
  return staybase;
}

/** The data of a supabase-js response; an error is thrown unchanged, for `codeOf` and `fieldOf`. */
export async function must<Answer extends { data: unknown; error: unknown }>(
  request: PromiseLike<Answer>,
): Promise<Extract<Answer, { error: null }>['data']> {
  const { data, error } = await request;
  if (error) throw error;
  return data as Extract<Answer, { error: null }>['data'];
}
