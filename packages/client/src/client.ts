import {
  createClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from '@supabase/supabase-js';
import type { Database } from '../../../types/database.ts';
import { createReader, keepReader } from './replicas.ts';

/** A supabase-js client typed with Staybase's tables and verbs. */
export type Staybase = SupabaseClient<Database>;

/**
 * A client for the browser. With read replicas it reads what it wrote.
 * @param url of the Supabase project, or of the gateway of a local stack
 * @param key the publishable key
 * @param reads where reads are asked first if there are read replicas: their address, or `url` again if a proxy there
 * knows them. Searches are then GET requests
 */
export function createStaybase(
  url: string,
  key: string,
  options: SupabaseClientOptions<'public'> = {},
  { reads }: { reads?: string } = {},
): Staybase {
  const reader = createReader(
    url,
    options.global?.fetch ?? ((input, init) => fetch(input, init)),
    reads,
  );
  const staybase = createClient<Database>(url, key, {
    ...options,
    global: { ...options.global, fetch: reader.fetch },
  });
  keepReader(staybase, reader);
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
