import type { Cluster } from './cluster.ts';

/** Says in the database that it lives in a local stack, which lets its clock be moved. */
export async function markAsLocal(cluster: Cluster, database: string): Promise<void> {
  await cluster.using(
    database,
    'postgres',
    (client) => client.query(`update private.settings set environment = 'local'`),
  );
}
