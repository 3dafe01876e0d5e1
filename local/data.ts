import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canReach, makeDirectory } from './folders.ts';
import { inProject, projectDirectory } from './paths.ts';
import { postgresUser } from './postgres/binaries.ts';
import { identityOf } from './processes.ts';

/**
 * The folder that holds everything a stack keeps: STAYBASE_DATA, else `.staybase` in the checkout,
 * else, where Postgres' own user may not enter the checkout, one in /var/tmp.
 */
export function dataHome(): string {
  if (process.env.STAYBASE_DATA) return makeDirectory(resolve(process.env.STAYBASE_DATA));

  const own = makeDirectory(inProject('.staybase'));
  if (canReach(postgresUser(), own)) return own;

  const name = createHash('sha256').update(projectDirectory).digest('hex').slice(0, 8);
  const elsewhere = makeDirectory(`/var/tmp/staybase-${name}`);
  if (statSync(elsewhere).uid !== process.getuid?.()) {
    throw new Error(
      `${elsewhere} belongs to somebody else. Set STAYBASE_DATA to a folder of yours.`,
    );
  }
  return elsewhere;
}

/**
 * Makes this process the only one that works in a data directory. Answers with the pid of the one
 * that already does, or undefined when it is ours now.
 */
export function claim(directory: string): number | undefined {
  makeDirectory(directory);
  const file = join(directory, 'owner.json');
  const mine = JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) });
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(directory);
    if (owner !== undefined) return owner;
    rmSync(file, { force: true });
  }
}

/** The pid of the live process that claimed a directory. */
export function ownerOf(directory: string): number | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8'));
    return identityOf(owner.pid) === owner.identity ? owner.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Gives it back. */
export function release(directory: string): void {
  rmSync(join(directory, 'owner.json'), { force: true });
}
