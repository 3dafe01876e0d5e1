import { randomUUID } from 'node:crypto';
import type { Cluster } from '../local/postgres/cluster.ts';
import { markAsLocal } from '../local/postgres/local-database.ts';
import { createDatabase, migratedTemplate } from '../local/postgres/templates.ts';
import { freePort } from '../local/ports.ts';
import { startRest } from '../local/rest.ts';

/** Creates an empty marketplace, with all migrations, as on a local stack. */
export async function createMarketplace(cluster: Cluster, database: string): Promise<void> {
  await createDatabase(cluster, database, await migratedTemplate(cluster));
  await markAsLocal(cluster, database);
}

/** A PostgREST of its own for a database; stop it. */
export const restOf = async (cluster: Cluster, database: string, directory: string) =>
  await startRest({
    databaseUrl: cluster.url(database, 'authenticator'),
    port: await freePort(),
    adminPort: await freePort(),
    jwtSecret: randomUUID(),
    dataDirectory: directory,
  });

/** bench.book is request_booking as PostgREST calls it, in one round trip. */
export const bookFunction =
  `create function bench.book(booking uuid, listing uuid, guest uuid, check_in date, check_out date, total bigint)
    returns void language plpgsql as $$
  begin
    perform set_config('request.jwt.claims', json_build_object('sub', guest, 'role', 'authenticated')::text, true);
    perform public.request_booking(booking, listing, check_in::text, check_out::text, total);
  end $$;`;
