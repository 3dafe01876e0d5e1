import type pg from 'pg';
import type { Cluster } from '../local/postgres/cluster.ts';
import {
  bookings,
  claims,
  helpers,
  ofEachListing,
  ofTheirLives,
  people,
} from './marketplace-statements.ts';

export interface Marketplace {
  listings: number;
  /** Runs of taken nights in each listing: stays with their bookings, and blocks. */
  claimsEach: number;
}

/**
 * Fills a migrated, empty database in SQL: 500 cities of skewed size, homes around their centres,
 * prices, rules, amenities, ratings, and for each home past and coming stays. Every number comes from a
 * hash, so the same size is the same marketplace each time. Triggers do not run (that would take ten
 * times as long); the rows are those they would have made, and search is rebuilt at the end.
 */
export async function buildMarketplace(
  cluster: Cluster,
  database: string,
  { listings, claimsEach }: Marketplace,
  onProgress: (what: string) => void,
): Promise<void> {
  await cluster.using(database, 'supabase_admin', async (client) => {
    await client.query(
      `set session_replication_role = replica`,
    );
    await client.query(helpers);

    await client.query(people, [peopleOf(listings)]);
    onProgress('people');
    for (const { name, sql } of ofEachListing) {
      await client.query(sql, [listings, peopleOf(listings)]);
      onProgress(name);
    }

    // Indexes of the two large tables are made when their rows are in: half the time.
    const waiting = [
      await takeIndexesOff(client, 'public.bookings'),
      await takeIndexesOff(client, 'private.claims'),
    ];
    const most = 25_000;
    for (let from = 1; from <= listings; from += most) {
      const to = Math.min(listings, from + most - 1);
      await client.query(claims, [from, to, claimsEach]);
      await client.query(bookings, [from, to, peopleOf(listings)]);
      onProgress(`bookings and claims of ${to.toLocaleString('en')} listings`);
    }
    for (const { name, sql } of ofTheirLives) {
      await client.query(sql);
      onProgress(name);
    }
    await Promise.all(
      waiting.map((statements) =>
        cluster.using(database, 'supabase_admin', async (builder) => {
          await builder.query(`set maintenance_work_mem = '512MB'`);
          for (const statement of statements) await builder.query(statement);
        })
      ),
    );
    onProgress('indexes and constraints');
  });

  await cluster.using(database, 'postgres', async (client) => {
    await client.query('select private.rebuild_search()');
    onProgress('the read model of search');
  });
  await cluster.using(database, 'supabase_admin', (client) => client.query('vacuum analyze'));
  onProgress('statistics');
}

const peopleOf = (listings: number) => Math.max(200, Math.floor(listings / 3));

/** Drops the indexes and exclusions of a table; returns the statements that bring them back. */
async function takeIndexesOff(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ off: string; on: string }>(
    `select
       case when conname is null then format('drop index %s', indexrelid::regclass)
         else format('alter table %s drop constraint %I', indrelid::regclass, conname) end as off,
       case when conname is null then pg_get_indexdef(indexrelid)
         else format('alter table %s add constraint %I %s', indrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
       end as on
     from pg_index
     left join pg_constraint on conindid = indexrelid and contype in ('p', 'u', 'x')
     where indrelid = $1::regclass and not indisprimary`,
    [table],
  );
  for (const { off } of rows) await client.query(off);
  return rows.map(({ on }) => on);
}
