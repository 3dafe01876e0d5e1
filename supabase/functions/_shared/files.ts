import { createClient } from '@supabase/supabase-js';
import { secretKeys, setting } from './environment.ts';
import { stateless } from './stateless.ts';

/** Files in Storage, as the server. */
export interface Files {
  /** Removes files of a bucket; one that does not exist is none. At most 1000 at once. */
  remove(bucket: string, names: string[]): Promise<void>;
}

interface Told {
  type: string;
  cacheSeconds: number;
}

/** Files and their content. */
export interface FileContents extends Files {
  read(bucket: string, name: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Puts another content in the place of a file that is there. One that went in that moment hosted Storage
   * makes again; nothing refers to it, so it goes after a day.
   */
  replace(bucket: string, name: string, content: Uint8Array, told: Told): Promise<void>;
  /** Puts a file there, in the place of the one that is there. */
  put(bucket: string, name: string, content: Uint8Array, told: Told): Promise<void>;
}

/** Storage through its API: SQL that deletes its rows is refused, and would leave the files. */
export function openFiles(): FileContents {
  const client = createClient(setting('SUPABASE_URL'), secretKeys()[0], stateless);
  const asTold = ({ type, cacheSeconds }: Told) => ({
    contentType: type,
    cacheControl: String(cacheSeconds),
  });
  return {
    async remove(bucket, names) {
      const { error } = await client.storage.from(bucket).remove(names);
      if (error) throw error;
    },
    async read(bucket, name) {
      const { data, error } = await client.storage.from(bucket).download(name);
      if (error) throw error;
      return new Uint8Array(await data.arrayBuffer());
    },
    async replace(bucket, name, content, told) {
      const { error } = await client.storage.from(bucket).update(name, content, asTold(told));
      if (error) throw error;
    },
    async put(bucket, name, content, told) {
      const { error } = await client.storage.from(bucket)
        .upload(name, content, { ...asTold(told), upsert: true });
      if (error) throw error;
    },
  };
}
