import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from './paths.ts';
import type { Cluster } from './postgres/cluster.ts';
import { createDatabase, migratedTemplate } from './postgres/templates.ts';
import { startThrowaway } from './postgres/throwaway.ts';

/** What is read from a throw-away database that has the migrations and nothing else. */
export async function fromMigrations<T>(
  database: string,
  read: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { cluster, stop } = await startThrowaway();
  try {
    await createDatabase(cluster, database, await migratedTemplate(cluster));
    return await read(cluster);
  } finally {
    await stop();
  }
}

/** Writes files of the project, or says which are not current; the process then ends with 1. */
export function writeOrCheck(
  files: Record<string, string>,
  { check, command }: { check: boolean; command: string },
): void {
  for (const [path, content] of Object.entries(files)) {
    if (!check) {
      writeFileSync(inProject(path), content);
      console.log(`Wrote ${path}.`);
    } else if (readFileSync(inProject(path), 'utf8') !== content) {
      console.error(`${path} is not what the migrations say. Run ${command}.`);
      process.exitCode = 1;
    } else {
      console.log(`${path} is current.`);
    }
  }
}
