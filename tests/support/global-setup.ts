import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { watchParent } from '../../local/ending.ts';
import { inProject } from '../../local/paths.ts';
import { markAsLocal } from '../../local/postgres/local-database.ts';
import { dropDatabases, finishedTemplate } from '../../local/postgres/templates.ts';
import { startThrowaway, type Throwaway } from '../../local/postgres/throwaway.ts';
import { endLeftovers } from '../../local/processes.ts';
import { partition } from '../../scripts/partition/partition.ts';
import { partitionable } from '../../scripts/partition/tables.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the run's Postgres, its template database, and a folder for the run's files. */
    run: { postgresPort: number; template: string; directory: string };
  }
}

/**
 * Once per run: one Postgres and one template database, which every test file copies. Both are kept for
 * the next run and rebuilt when a migration changes. Vitest loads this file once for each project, so
 * what they share is kept where all of them see it: with nine servers a run built nine templates.
 *
 * STAYBASE_TEST_PARTITIONS=32 npx vitest run tests/races: the same with large tables in so many partitions.
 */
interface Run extends Throwaway {
  template: string;
}

const shared = globalThis as typeof globalThis & {
  staybaseRun?: { begun: Promise<Run>; users: number };
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = shared.staybaseRun ??= { begun: begin(), users: 0 };
  run.users += 1;
  const { cluster, template, directory, deadlocks, stop } = await run.begun;
  project.provide('run', { postgresPort: cluster.port, template, directory });
  return async () => {
    run.users -= 1;
    if (run.users > 0) return;
    await endWorkers(directory);
    await stop();
    delete shared.staybaseRun;
    // All lock in one order. A deadlock would be retried, and seen by nobody.
    if (deadlocks.length > 0) {
      throw new Error(`There were ${deadlocks.length} deadlocks:\n${deadlocks.join('\n\n')}`);
    }
  };
}

// Vitest ends in order at a SIGTERM, and does not hear of one that ended npm.
watchParent(() => void process.kill(process.pid, 'SIGTERM'));

async function begin(): Promise<Run> {
  // Postgres plans a statement anew the first five times that a session runs it, and sessions of tests rarely
  // come further: planning was a third of what Postgres did. They plan once, as a session does that lives long.
  const throwaway = await startThrowaway({
    plan_cache_mode: 'force_generic_plan',
    // Two races at a time, each with a session for each of its guests.
    max_connections: '400',
  }, { inMemory: true });
  const { cluster, directory, stop } = throwaway;
  // Hundreds of commands start from the same sources: compiling them anew took half of a short one's time.
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
  try {
    await endWorkers(directory);
    await dropDatabases(cluster, 'file_');
    const helpers = readFileSync(inProject('tests', 'database', '000-helpers.sql'), 'utf8');
    const partitions = Number(process.env.STAYBASE_TEST_PARTITIONS ?? 0);
    const template = await finishedTemplate(cluster, {
      made: partitions === 0 ? helpers : `${helpers}\n-- ${partitions} partitions`,
      async finish(database) {
        await markAsLocal(cluster, database);
        await cluster.using(database, 'postgres', (client) => client.query(helpers));
        if (partitions === 0) return;
        const connectionString = cluster.url(database);
        for (const table of Object.values(partitionable)) {
          await partition({ connectionString }, table, partitions);
        }
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
