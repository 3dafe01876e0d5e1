import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { claim, dataHome, makeDirectory, release } from '../../local/data.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { createRoles } from '../../local/postgres/bootstrap/bootstrap.ts';
import { type Cluster, startCluster } from '../../local/postgres/cluster.ts';
import { markAsLocal } from '../../local/postgres/local-database.ts';
import { readMigrations } from '../../local/postgres/migrate.ts';
import { dropDatabases, migratedTemplate } from '../../local/postgres/templates.ts';
import { endLeftovers } from '../../local/processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the run's Postgres, its template database, and a folder for the run's files. */
    run: { postgresPort: number; template: string; directory: string };
  }
}

/**
 * Once per run, whatever the number of projects: one Postgres and one template database, which every
 * test file copies. Both are kept for the next run and rebuilt when a migration changes.
 */
let run: Promise<{ cluster: Cluster; template: string; directory: string }> | undefined;
let users = 0;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  users += 1;
  run ??= begin();
  const { cluster, template, directory } = await run;
  project.provide('run', { postgresPort: cluster.port, template, directory });
  return async () => {
    users -= 1;
    if (users > 0) return;
    await cluster.stop();
    await endLeftoversBelow(directory);
    release(directory);
    run = undefined;
  };
}

async function begin() {
  const directory = ownDirectory();
  await endLeftovers(directory);
  await endLeftoversBelow(directory);
  const cluster = await startCluster({
    dataDirectory: directory,
    port: await freePort(),
    durable: false,
  });
  try {
    await createRoles(cluster);
    const helpers = readFileSync(inProject('tests', 'database', '000-helpers.sql'), 'utf8');
    const template = await migratedTemplate(cluster, readMigrations(), {
      made: helpers,
      async finish(database) {
        await markAsLocal(cluster, database);
        await cluster.using(database, 'postgres', (client) => client.query(helpers));
      },
    });
    await dropDatabases(cluster, 'file_');
    return { cluster, template, directory };
  } catch (error) {
    await cluster.stop();
    release(directory);
    throw error;
  }
}

/** Several runs may go on at once: each takes the first folder that nobody works in. */
function ownDirectory(): string {
  for (let number = 1;; number += 1) {
    const directory = join(makeDirectory(join(dataHome(), 'tests')), String(number));
    if (claim(directory) === undefined) return directory;
  }
}

async function endLeftoversBelow(directory: string): Promise<void> {
  const workers = join(directory, 'workers');
  if (!existsSync(workers)) return;
  await Promise.all(readdirSync(workers).map((worker) => endLeftovers(join(workers, worker))));
}
