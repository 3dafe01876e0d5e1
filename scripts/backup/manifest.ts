import { z } from 'zod';
import type { Fingerprint, Role, Sequence, TableRows } from './catalog.ts';

const sealed = z.object({
  /** Of the encrypted file. */
  bytes: z.number(),
  sha256: z.string(),
  /** Of what is in it. */
  plain: z.object({ bytes: z.number(), sha256: z.string() }),
});

/** What may be read without a key: `manifest.json`, the last file that a backup writes. */
export const manifestShape = z.object({
  format: z.literal(1),
  id: z.string(),
  taken_at: z.string(),
  seconds: z.number(),
  versions: z.object({
    staybase: z.string(),
    schema: z.string(),
    postgres: z.string(),
    pg_dump: z.string(),
  }),
  counts: z.object({
    tables: z.number(),
    rows: z.number(),
    people: z.number(),
    files: z.number(),
    file_bytes: z.number(),
    new_files: z.number(),
  }),
  recipients: z.array(z.string()),
  files: z.record(z.string(), sealed),
});

export type Manifest = z.infer<typeof manifestShape>;
export type Sealed = z.infer<typeof sealed>;

/** An object of Storage. */
export interface StoredFile {
  bucket: string;
  name: string;
  bytes: number;
  /** SHA-256 of the content, which names the encrypted file in the backups' `objects` folder. */
  sha256: string;
  mimetype: string;
  cacheControl: string;
}

/** A SQL statement for what pg_restore leaves out when only our schemas are restored. */
export interface Extra {
  what: string;
  sql: string;
}

/** What only the private key opens: `details.json.gz.age`. */
export interface Details {
  id: string;
  ownSchemas: string[];
  /** Of the marketplace's schemas, and of all of them. */
  fingerprint: { own: Fingerprint; all: Fingerprint };
  tables: Record<string, TableRows & { columns: string[] }>;
  sequences: Record<string, Sequence>;
  roles: Record<string, Role>;
  extensions: { name: string; schema: string; version: string }[];
  database: {
    owner: string;
    /** What `create database` has to say about encoding and locale. */
    locale: string;
    settings: string[];
    grants: string[];
  };
  extras: Extra[];
  jobs: { jobname: string | null; schedule: string; command: string }[];
  files: StoredFile[];
  /** Rows of storage.objects whose content was gone when it was asked for. */
  missing: { bucket: string; name: string }[];
}
