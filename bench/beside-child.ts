/**
 * One build for bench/beside.ts: runs in the folder of a checkout, with that checkout's own Postgres, chapters,
 * marketplace and PostgREST, until nobody listens any more.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type * as ofPorts from '../local/ports.ts';
import type * as ofLocalDatabase from '../local/postgres/local-database.ts';
import type * as ofMigrations from '../local/postgres/migrate.ts';
import type * as ofTemplates from '../local/postgres/templates.ts';
import type * as ofThrowaway from '../local/postgres/throwaway.ts';
import type * as ofRest from '../local/rest.ts';
import type * as ofMarketplace from './marketplace.ts';

/** What a build says when it can be asked. */
export interface Served {
  url: string;
  /** Its database, as its owner. */
  admin: string;
}

const its = <Module>(...path: string[]): Promise<Module> => import(join(process.cwd(), ...path));
const { freePort } = await its<typeof ofPorts>('local', 'ports.ts');
const { startRest } = await its<typeof ofRest>('local', 'rest.ts');
const { startThrowaway } = await its<typeof ofThrowaway>('local', 'postgres', 'throwaway.ts');
const { baseTemplate, createDatabase } = await its<typeof ofTemplates>(
  'local',
  'postgres',
  'templates.ts',
);
const { migrate } = await its<typeof ofMigrations>('local', 'postgres', 'migrate.ts');
const { markAsLocal } = await its<typeof ofLocalDatabase>(
  'local',
  'postgres',
  'local-database.ts',
);
const { buildMarketplace } = await its<typeof ofMarketplace>('bench', 'marketplace.ts');

const [listings = ''] = process.argv.slice(2);
const database = 'beside';
const { cluster, directory, stop } = await startThrowaway();
const end = async () => {
  await cluster.asAdmin((client) =>
    client.query(`drop database if exists ${database} with (force)`)
  );
  await stop();
};
try {
  await createDatabase(cluster, database, await baseTemplate(cluster));
  await migrate(cluster, database);
  await markAsLocal(cluster, database);
  const marketplace = { listings: Number(listings), claimsEach: 20 };
  await buildMarketplace(cluster, database, marketplace, () => {});
  const rest = await startRest({
    databaseUrl: cluster.url(database, 'authenticator'),
    port: await freePort(),
    adminPort: await freePort(),
    jwtSecret: randomUUID(),
    dataDirectory: directory,
  });
  const served: Served = { url: rest.url, admin: cluster.url(database, 'supabase_admin') };
  // Also when the other end dies, so that nothing is left.
  const nobodyListens = new Promise((wake) => process.once('disconnect', wake));
  if (process.connected) process.send?.(served);
  if (process.connected) await nobodyListens;
  await rest.stop();
} finally {
  await end();
}
process.exit(0);
