import { createClient } from '@supabase/supabase-js';
import { secretKeys, setting } from './environment.ts';

/** Files in Storage, as the server. */
export interface Files {
  /** Removes files of a bucket; one that does not exist is none. At most 1000 at once. */
  remove(bucket: string, names: string[]): Promise<void>;
}

/** Storage through its API: SQL that deletes its rows is refused, and would leave the files. */
export function openFiles(): Files {
  const client = createClient(setting('SUPABASE_URL'), secretKeys()[0], {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return {
    async remove(bucket, names) {
      const { error } = await client.storage.from(bucket).remove(names);
      if (error) throw error;
    },
  };
}
