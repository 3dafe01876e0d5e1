import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Progress } from '../shared/progress.ts';
import { decrypted, decryptTo, measureFile } from './encryption.ts';
import { contentOf } from './files.ts';
import type { Details, Manifest } from './manifest.ts';
import { BackupProblem } from './problem.ts';
import { type PostgresPrograms, runPostgresProgram } from './programs.ts';
import { findBackup, objectPath } from './store.ts';

/** A backup that was opened: checked, decrypted, and gone again after use. */
export interface OpenBackup {
  manifest: Manifest;
  details: Details;
  store: string;
  identities: string[];
  /** pg_dump's archive in the clear. */
  archive: string;
  /** Its table of contents. */
  contents: Entry[];
}

export interface Entry {
  line: string;
  type: string;
  schema: string;
  rest: string;
}

/**
 * Decrypts a backup into a private folder while `use` lasts. Nothing is handed on before every byte was
 * seen and found to be what was written.
 */
export async function withBackup<T>(
  { store, id, identities, programs, progress }: {
    store: string;
    id: string;
    identities: string[];
    programs: PostgresPrograms;
    progress: Progress;
  },
  use: (backup: OpenBackup) => Promise<T>,
): Promise<T> {
  const { manifest, folder } = findBackup(store, id);
  const details = await readDetails(manifest, folder, identities);
  // On a disk that is lost with the machine, where there is one: BACKUP_TMP says where.
  const workshop = mkdtempSync(join(process.env.BACKUP_TMP || tmpdir(), 'staybase-restore-'));
  const goneAnyway = () => rmSync(workshop, { recursive: true, force: true });
  process.once('exit', goneAnyway);
  try {
    const archive = join(workshop, 'database.dump');
    let bytes = 0;
    const written = await decryptTo(
      archive,
      join(folder, 'database.dump.age'),
      identities,
      (more) => {
        bytes += more;
        progress('Decrypting and checking, MB', Math.round(bytes / 1e6));
      },
    );
    const wanted = manifest.files['database.dump.age']?.plain;
    if (written.sha256 !== wanted?.sha256) {
      throw new BackupProblem(
        'damaged',
        `The dump of ${manifest.id} is not the one in its manifest.`,
      );
    }
    const listed = await runPostgresProgram(
      programs.restore,
      ['--list', archive],
      'postgresql://nobody@127.0.0.1/none',
    );
    return await use({
      manifest,
      details,
      store,
      identities,
      archive,
      contents: entriesOf(listed),
    });
  } finally {
    goneAnyway();
    process.removeListener('exit', goneAnyway);
  }
}

async function readDetails(
  manifest: Manifest,
  folder: string,
  identities: string[],
): Promise<Details> {
  const chunks: Buffer[] = [];
  for await (const chunk of await decrypted(join(folder, 'details.json.gz.age'), identities)) {
    chunks.push(chunk);
  }
  const details = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString('utf8')) as Details;
  if (details.id !== manifest.id) {
    throw new BackupProblem('damaged', `The details of ${manifest.id} are those of ${details.id}.`);
  }
  return details;
}

/** The lines of `pg_restore --list`: `12; 1259 16400 TABLE public bookings postgres`. */
export function entriesOf(list: string): Entry[] {
  return list.split('\n').filter((line) => /^\d+;/.test(line)).map((line) => {
    const [, type, schema, rest] = /^\d+; \d+ \d+ ([A-Z][A-Z ]*[A-Z]) (\S+) (.*)$/.exec(line) ?? [];
    // Left out silently it would be missing from the copy.
    if (type === undefined || schema === undefined) {
      throw new BackupProblem(
        'program_failed',
        `pg_restore --list printed a line that is not understood: ${line}`,
      );
    }
    return { line, type, schema, rest: rest ?? '' };
  });
}

let lists = 0;

/** Writes down what pg_restore shall take, in this order. */
export function useList(backup: OpenBackup, entries: Entry[]): string {
  const file = `${backup.archive}.list-${lists += 1}`;
  writeFileSync(file, `${entries.map(({ line }) => line).join('\n')}\n`);
  return file;
}

export interface Verified {
  id: string;
  files: number;
  bytes: number;
}

/**
 * Reads a whole backup without restoring it: with the private key every file is decrypted and held
 * against its hash; without one the encrypted files are held against theirs, which finds accidents only.
 */
export async function verifyBackup(
  store: string,
  id: string,
  identities: string[] | undefined,
  progress: Progress,
): Promise<Verified> {
  const { manifest, folder } = findBackup(store, id);
  let [files, bytes] = [0, 0];
  for (const [name, { bytes: size, sha256 }] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    const found = await measureFile(path).catch((error) => {
      throw new BackupProblem('damaged', `${path} can't be read: ${error.message}`);
    });
    if (found.sha256 !== sha256 || found.bytes !== size) {
      throw new BackupProblem('damaged', `${path} is not the file that its manifest names.`);
    }
    files += 1;
    bytes += size;
    progress('Checking, MB', Math.round(bytes / 1e6));
  }
  if (identities !== undefined) {
    const details = await readDetails(manifest, folder, identities);
    const hash = createHash('sha256');
    for await (const chunk of await decrypted(join(folder, 'database.dump.age'), identities)) {
      hash.update(chunk);
    }
    if (hash.digest('hex') !== manifest.files['database.dump.age']?.plain.sha256) {
      throw new BackupProblem(
        'damaged',
        `The dump of ${manifest.id} is not the one in its manifest.`,
      );
    }
    for (const [at, file] of details.files.entries()) {
      bytes += (await contentOf(file, store, identities)).length;
      files += 1;
      progress('Checking the files of Storage', at + 1, details.files.length);
    }
  } else {
    for (const sha256 of readFileSync(join(folder, 'objects.txt'), 'utf8').split('\n')) {
      if (sha256 !== '' && !existsSync(objectPath(store, sha256))) {
        throw new BackupProblem('damaged', `${objectPath(store, sha256)} is missing.`);
      }
    }
  }
  return { id: manifest.id, files, bytes };
}
