import { createHash } from 'node:crypto';
import { appendFileSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim, dataHome, release } from '../data.ts';
import { makeDirectory, memoryFolder } from '../folders.ts';
import { freePort } from '../ports.ts';
import { endLeftovers } from '../processes.ts';
import { createRoles } from './bootstrap/bootstrap.ts';
import { type Cluster, startCluster } from './cluster.ts';

export interface Throwaway {
  cluster: Cluster;
  /** A folder that is this run's own until it stops. */
  directory: string;
  /** What the server said of each deadlock so far: who waited for whom, with which statements. */
  deadlocks: string[];
  stop(): Promise<void>;
}

/**
 * A fast, careless Postgres on a free port, for tests and tools. Its templates are kept for the next
 * run. Several runs may go on at once: each takes the first folder that nobody works in.
 * @param inMemory where there is room: for databases that are many and small
 */
export async function startThrowaway(
  settings: Record<string, string> = {},
  { inMemory = false } = {},
): Promise<Throwaway> {
  const directory = claimDirectory((inMemory && memoryHome()) || join(dataHome(), 'tests'));
  const { deadlocks, onLine } = deadlockEar();
  const log = serverLog(directory);
  try {
    writeFileSync(log, '');
    await endLeftovers(directory);
    const cluster = await startCluster({
      dataDirectory: directory,
      home: dataHome(),
      port: await freePort(),
      durable: false,
      settings,
      onLine(line) {
        onLine(line);
        appendFileSync(log, `${line}\n`);
      },
    });
    const stop = async () => {
      await cluster.stop();
      release(directory);
    };
    try {
      await dropUnfinished(cluster);
      await createRoles(cluster);
    } catch (error) {
      await stop();
      throw error;
    }
    return { cluster, directory, deadlocks, stop };
  } catch (error) {
    release(directory);
    throw error;
  }
}

/** Where the server of a run writes its log, for tests that look into it. */
export const serverLog = (directory: string): string => join(directory, 'postgres.log');

/** Hears a server's log: an entry has a level, the further lines of its detail have none. */
function deadlockEar(): { deadlocks: string[]; onLine: (line: string) => void } {
  const deadlocks: string[] = [];
  let isTold = false;
  const onLine = (line: string) => {
    const level = /^\d{4}-\d\d-\d\d .*?\[\d+\] (\w+): /.exec(line)?.[1];
    if (level !== undefined && !/^(DETAIL|HINT|CONTEXT|STATEMENT)$/.test(level)) {
      isTold = line.endsWith('deadlock detected');
      if (isTold) deadlocks.push(line);
    } else if (isTold) deadlocks.push(`${deadlocks.pop()}\n${line}`);
  };
  return { deadlocks, onLine };
}

/** Drops what a run that was killed left behind: every database that is no template. */
async function dropUnfinished(cluster: Cluster): Promise<void> {
  await cluster.asAdmin(async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where not datistemplate and datname <> 'postgres'`,
    );
    for (const { datname } of rows) {
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
    }
  });
}

/** A folder in memory; one for each data home of a user. */
function memoryHome(): string | undefined {
  const memory = memoryFolder();
  if (memory === undefined) return undefined;
  const name = createHash('sha256').update(dataHome()).digest('hex').slice(0, 8);
  const home = makeDirectory(join(memory, `staybase-${process.getuid?.()}-${name}`));
  const { uid } = lstatSync(home);
  return uid === process.getuid?.() ? home : undefined;
}

function claimDirectory(home: string): string {
  for (let number = 1;; number += 1) {
    const directory = join(makeDirectory(home), String(number));
    if (claim(directory) === undefined) return directory;
  }
}
