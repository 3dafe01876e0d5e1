import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { claim, dataHome, release } from '../../local/data.ts';
import { inProject } from '../../local/paths.ts';
import { type Manifest, manifestShape } from './manifest.ts';
import { BackupProblem } from './problem.ts';
import { backupsToKeep, type Retention } from './retention.ts';

/**
 * Where backups lie: a folder. Each backup is a folder in it, named by its moment; `objects` holds the
 * files of Storage once for all backups that need them, named by the hash of their content.
 */
export const storeFolder = (folder = process.env.BACKUP_FOLDER): string =>
  folder ? resolve(folder) : join(dataHome(), 'backups');

export const objectPath = (store: string, sha256: string) =>
  join(store, 'objects', sha256.slice(0, 2), `${sha256}.age`);

/** Makes this process the only one that writes there, while `work` lasts. */
export async function alone<T>(store: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(store, { recursive: true, mode: 0o700 });
  const other = claim(store);
  if (other !== undefined) {
    throw new BackupProblem('busy', `Another process (${other}) works in ${store}.`);
  }
  try {
    return await work();
  } finally {
    release(store);
  }
}

/** The finished backups, oldest first. */
export function listBackups(store: string): Manifest[] {
  if (!existsSync(store)) return [];
  return readdirSync(store, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(store, entry.name, 'manifest.json')))
    .filter((entry) => !entry.name.endsWith('.unfinished'))
    .map((entry) => readManifest(join(store, entry.name)))
    .sort((one, other) => one.taken_at < other.taken_at ? -1 : 1);
}

export function findBackup(store: string, id: string): { manifest: Manifest; folder: string } {
  const manifests = listBackups(store);
  const manifest = id === 'latest' ? manifests.at(-1) : manifests.find((one) => one.id === id);
  if (manifest === undefined) {
    const known = manifests.map((one) => one.id).slice(-5).join(', ');
    throw new BackupProblem(
      'not_found',
      `${store} has no backup "${id}"${known === '' ? '.' : `; the last ones are ${known}.`}`,
    );
  }
  return { manifest, folder: join(store, manifest.id) };
}

function readManifest(folder: string): Manifest {
  const file = join(folder, 'manifest.json');
  try {
    return manifestShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new BackupProblem('damaged', `${file} is not a manifest.`, { cause: error });
  }
}

/** A folder for a new backup: it takes its name when it is finished, so half a backup is never one. */
export function beginBackup(store: string, id: string): { folder: string; finish(): void } {
  for (const name of existsSync(store) ? readdirSync(store) : []) {
    if (name.endsWith('.unfinished')) rmSync(join(store, name), { recursive: true });
  }
  const folder = join(store, `${id}.unfinished`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { folder, finish: () => renameSync(folder, join(store, id)) };
}

/**
 * Removes the backups that no day, week or month keeps, then the files of Storage that no backup left
 * needs. A crash between the two leaves only files too many, which the next run removes.
 */
export function prune(store: string, retention: Retention): { backups: string[]; objects: number } {
  const manifests = listBackups(store);
  const kept = backupsToKeep(
    manifests.map(({ id, taken_at }) => ({ id, at: new Date(taken_at) })),
    retention,
  );
  const gone = manifests.map(({ id }) => id).filter((id) => !kept.has(id));
  for (const id of gone) rmSync(join(store, id), { recursive: true });

  const needed = new Set(
    [...kept].flatMap((id) => readFileSync(join(store, id, 'objects.txt'), 'utf8').split('\n')),
  );
  let objects = 0;
  const root = join(store, 'objects');
  for (const shelf of existsSync(root) ? readdirSync(root) : []) {
    for (const name of readdirSync(join(root, shelf))) {
      if (needed.has(name.replace(/\.age$/, ''))) continue;
      rmSync(join(root, shelf, name));
      objects += 1;
    }
  }
  return { backups: gone, objects };
}

/**
 * Hands the finished store to BACKUP_OFFSITE, a shell command such as `rclone copy "$BACKUP_FOLDER"
 * remote:backups`. It runs only after a backup succeeded; its failure fails the command, and the backup
 * stays where it is.
 */
export async function sendOffsite(store: string, id: string): Promise<boolean> {
  const command = process.env.BACKUP_OFFSITE;
  if (!command) return false;
  const { BACKUP_IDENTITY: _key, BACKUP_IDENTITY_FILE: _file, DATABASE_URL: _url, ...env } =
    process.env;
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, BACKUP_FOLDER: store, BACKUP_ID: id },
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) {
    throw new BackupProblem(
      'offsite_failed',
      `The backup ${id} is in ${store}, but BACKUP_OFFSITE ended with ${signal ?? code}.`,
    );
  }
  return true;
}

/** What an upload of the past had as content, by a hash of where it lies and what Storage says of it. */
export type FileIndex = Record<string, { sha256: string; bytes: number }>;

const indexFile = (store: string) => join(store, 'index.json');

export function readIndex(store: string): FileIndex {
  try {
    return JSON.parse(readFileSync(indexFile(store), 'utf8'));
  } catch {
    return {};
  }
}

export function writeIndex(store: string, index: FileIndex): void {
  const unfinished = `${indexFile(store)}.unfinished`;
  writeFileSync(unfinished, JSON.stringify(index), { mode: 0o600 });
  renameSync(unfinished, indexFile(store));
}

export const staybaseVersion = (): string =>
  JSON.parse(readFileSync(inProject('package.json'), 'utf8')).version;
