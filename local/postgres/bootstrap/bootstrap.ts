import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { provisionAuthAndStorage } from '../../lite.ts';
import { inProject } from '../../paths.ts';
import type { Cluster } from '../cluster.ts';

const script = (name: string) =>
  readFileSync(inProject('local', 'postgres', 'bootstrap', name), 'utf8');

/** Creates Supabase's roles unless the cluster has them. */
export async function createRoles(cluster: Cluster): Promise<void> {
  await cluster.asAdmin(async (client) => {
    const { rowCount } = await client.query(`select from pg_roles where rolname = 'authenticator'`);
    if (rowCount === 0) await inTransaction(client, () => client.query(script('roles.sql')));
    // As supautils.privileged_role_allowed_configs does on hosted; clusters of older versions lack it.
    await client.query('grant set on parameter session_replication_role to postgres');
  });
}

/** Makes an empty database look like a fresh hosted Supabase project. */
export async function bootstrapDatabase(cluster: Cluster, database: string): Promise<void> {
  const run = (name: string) =>
    cluster.using(database, 'supabase_admin', async (client) => {
      await client.query(`alter database ${client.escapeIdentifier(database)} owner to postgres`);
      await inTransaction(client, () => client.query(script(name)));
    });
  await run('database.sql');
  await run('realtime.sql');
  await provisionAuthAndStorage(cluster.url(database, 'supabase_admin'));
  await run('after-lite.sql');
}

/** False while the last step, which hands the migrations' schema over, has not been taken. */
export async function isBootstrapped(cluster: Cluster, database: string): Promise<boolean> {
  return await cluster.using(database, 'supabase_admin', async (client) => {
    const { rowCount } = await client.query(
      `select from pg_namespace where nspname = 'supabase_migrations' and nspowner = 'postgres'::regrole`,
    );
    return rowCount === 1;
  });
}

async function inTransaction(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  await client.query('begin');
  await work();
  await client.query('commit');
}
