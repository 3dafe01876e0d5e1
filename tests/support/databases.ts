import { inject } from 'vitest';
import { type Cluster, connectCluster } from '../../local/postgres/cluster.ts';
import { baseTemplate, createDatabase, dropDatabases } from '../../local/postgres/templates.ts';

/** Lends a fresh database: as a hosted project has it before any migration, or a copy of another template. */
export async function withDatabase<T>(
  work: (cluster: Cluster, database: string) => Promise<T>,
  template: (cluster: Cluster) => Promise<string> = baseTemplate,
): Promise<T> {
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  const name = `file_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  await createDatabase(cluster, name, await template(cluster));
  try {
    return await work(cluster, name);
  } finally {
    await dropDatabases(cluster, name);
  }
}
