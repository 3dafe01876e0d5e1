import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { watchParent } from '../../local/ending.ts';
import { inProject } from '../../local/paths.ts';
import { markAsLocal } from '../../local/postgres/local-database.ts';
import { readMigrations } from '../../local/postgres/migrate.ts';
import { dropDatabases, migratedTemplate } from '../../local/postgres/templates.ts';
import { startThrowaway, type Throwaway } from '../../local/postgres/throwaway.ts';
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
let run: Promise<Throwaway & { template: string }> | undefined;
let users = 0;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  users += 1;
  run ??= begin();
  const { cluster, template, directory, deadlocks, stop } = await run;
  project.provide('run', { postgresPort: cluster.port, template, directory });
  return async () => {
    users -= 1;
    if (users > 0) return;
    await endWorkers(directory);
    await stop();
    run = undefined;
    // All lock in one order. A deadlock would be retried, and seen by nobody.
    if (deadlocks.length > 0) {
      throw new Error(`There were ${deadlocks.length} deadlocks:\n${deadlocks.join('\n\n')}`);
    }
  };
}

// Vitest ends in order at a SIGTERM, and does not hear of one that ended npm.
watchParent(() => void process.kill(process.pid, 'SIGTERM'));

async function begin(): Promise<Throwaway & { template: string }> {
  const throwaway = await startThrowaway();
  const { cluster, directory, stop } = throwaway;
  // Hundreds of commands start from the same sources: compiling them anew took half of a short one's time.
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
  try {
    await endWorkers(directory);
    await dropDatabases(cluster, 'file_');
    const helpers = readFileSync(inProject('tests', 'database', '000-helpers.sql'), 'utf8');
    const template = await migratedTemplate(cluster, readMigrations(), {
      made: helpers,
      async finish(database) {
        await markAsLocal(cluster, database);
        await cluster.using(database, 'postgres', (client) => client.query(helpers));
      },
    });
    return { ...throwaway, template };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends the programs of workers that did not live to do it themselves, and removes their files. */
async function endWorkers(directory: string): Promise<void> {
  const workers = join(directory, 'workers');
  if (!existsSync(workers)) return;
  await Promise.all(readdirSync(workers).map((worker) => endLeftovers(join(workers, worker))));
  rmSync(workers, { recursive: true });
}
