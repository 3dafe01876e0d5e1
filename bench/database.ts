import type { Cluster } from '../local/postgres/cluster.ts';
import { markAsLocal } from '../local/postgres/local-database.ts';
import { migrate } from '../local/postgres/migrate.ts';
import { baseTemplate, createDatabase } from '../local/postgres/templates.ts';

/** Creates an empty marketplace, with all migrations, as on a local stack. */
export async function createMarketplace(cluster: Cluster, database: string): Promise<void> {
  await createDatabase(cluster, database, await baseTemplate(cluster));
  await migrate(cluster, database);
  await markAsLocal(cluster, database);
}
