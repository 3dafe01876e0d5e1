import { type Cluster, localPassword } from './cluster.ts';

/**
 * Says in the database that it lives in a local stack: its clock may be moved, and an address proves
 * nothing, because Auth of a local stack (Lite 0.10.0) lets people in at once and notes every address as
 * confirmed.
 */
export async function markAsLocal(cluster: Cluster, database: string): Promise<void> {
  await cluster.using(
    database,
    'postgres',
    (client) =>
      client.query(
        `update private.settings set environment = 'local', addresses_are_confirmed = false`,
      ),
  );
  await cluster.using(
    database,
    'supabase_admin',
    (client) => client.query(`alter role staybase_graphql password '${localPassword}'`),
  );
}
