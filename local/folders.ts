import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import type { PostgresUser } from './postgres/binaries.ts';

/** Creates a folder that other users may enter, whatever the umask says. */
export function makeDirectory(directory: string): string {
  if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
  return directory;
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
