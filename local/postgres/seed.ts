import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { inProject } from '../paths.ts';
import type { Cluster } from './cluster.ts';
import { located } from './sql-error.ts';

const path = 'supabase/seed.sql';

/** True when supabase/seed.sql still has to run here. */
export async function needsSeed(cluster: Cluster, database: string): Promise<boolean> {
  if (!existsSync(inProject(path))) return false;
  return await cluster.using(database, 'postgres', async (client) => {
    const seeded = await client.query(
      'select from supabase_migrations.seed_files where path = $1',
      [path],
    );
    return seeded.rowCount === 0;
  });
}

/**
 * Runs supabase/seed.sql in one transaction and records it as the Supabase CLI does. Of the real Stripe
 * nobody in the town has paid anything.
 */
export async function seed(
  cluster: Cluster,
  database: string,
  stripe: 'fake' | 'real',
): Promise<void> {
  const sql = readFileSync(inProject(path), 'utf8');
  await cluster.using(database, 'postgres', async (client) => {
    await client.query('begin');
    await client.query(`select set_config('staybase.stripe', $1, true)`, [stripe]);
    await client.query(sql).catch((error) => {
      throw located(error, { path, sql });
    });
    await client.query(
      'insert into supabase_migrations.seed_files (path, hash) values ($1, $2)',
      [path, createHash('sha256').update(sql).digest('hex')],
    );
    await client.query('commit');
  });
}
