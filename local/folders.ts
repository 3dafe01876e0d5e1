import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import type { PostgresUser } from './postgres/binaries.ts';

/** Creates a folder that other users may enter, whatever the umask says. */
export function makeDirectory(directory: string): string {
  if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
  return directory;
}

const memory = '/dev/shm';
const plentyOfRoom = 6 * 1024 ** 3;

/** Whose files Linux keeps in memory, where there is plenty of room. */
export function memoryFolder(): string | undefined {
  if (!existsSync(memory) || !existsSync('/proc/mounts')) return undefined;
  // Programs that tests write must run there; a container may forbid it.
  if (/ \/dev\/shm \S+ \S*\bnoexec\b/.test(readFileSync('/proc/mounts', 'utf8'))) return undefined;
  const { bavail, bsize } = statfsSync(memory);
  return Math.min(bavail * bsize, freemem()) < plentyOfRoom ? undefined : memory;
}

/** True when that user can reach and list a folder. */
export function canReach(user: PostgresUser, directory: string): boolean {
  if (user.uid === undefined) return existsSync(directory);
  const look = spawnSync('/bin/sh', ['-c', 'test -r "$0" && test -x "$0"', directory], {
    uid: user.uid,
    ...(user.gid === undefined ? {} : { gid: user.gid }),
    cwd: '/',
  });
  return look.status === 0;
}
