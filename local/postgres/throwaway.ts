import { join } from 'node:path';
import { claim, dataHome, release } from '../data.ts';
import { makeDirectory } from '../folders.ts';
import { freePort } from '../ports.ts';
import { endLeftovers } from '../processes.ts';
import { createRoles } from './bootstrap/bootstrap.ts';
import { type Cluster, startCluster } from './cluster.ts';

export interface Throwaway {
  cluster: Cluster;
  /** A folder that is this run's own until it stops. */
  directory: string;
  stop(): Promise<void>;
}

/**
 * A fast, careless Postgres on a free port, for tests and tools. Its templates are kept for the next
 * run. Several runs may go on at once: each takes the first folder that nobody works in.
 */
export async function startThrowaway(): Promise<Throwaway> {
  const directory = claimDirectory();
  try {
    await endLeftovers(directory);
    const cluster = await startCluster({
      dataDirectory: directory,
      home: dataHome(),
      port: await freePort(),
      durable: false,
    });
    const stop = async () => {
      await cluster.stop();
      release(directory);
    };
    try {
      await createRoles(cluster);
    } catch (error) {
      await stop();
      throw error;
    }
    return { cluster, directory, stop };
  } catch (error) {
    release(directory);
    throw error;
  }
}

function claimDirectory(): string {
  for (let number = 1;; number += 1) {
    const directory = join(makeDirectory(join(dataHome(), 'tests')), String(number));
    if (claim(directory) === undefined) return directory;
  }
}
