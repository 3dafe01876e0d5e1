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
 *
 * Two sessions share the work: one fills claims and then builds their exclusion index, which takes as long
 * as all the rest; the other fills everything else.
 */
export async function buildMarketplace(
  cluster: Cluster,
  database: string,
  { listings, claimsEach }: Marketplace,
  onProgress: (what: string) => void,
): Promise<void> {
  const session = <T>(work: (client: pg.Client) => Promise<T>) =>
    cluster.using(database, 'supabase_admin', async (client) => {
      await client.query(`
        set session_replication_role = replica;
        set maintenance_work_mem = '512MB';
        set work_mem = '128MB';
        set allow_system_table_mods = on`);
      return await work(client);
    });
  const inBlocks = async (size: number, work: (from: number, to: number) => Promise<void>) => {
    for (let from = 1; from <= listings; from += size) {
      await work(from, Math.min(listings, from + size - 1));
    }
  };

  const waiting = await session(async (client) => {
    await client.query(helpers);
    await client.query(claimsAreChecked, [false]);
    return await takeIndexesOff(client);
  });
  const finish = (tables: string[]) =>
    session(async (client) => {
      for (const { table, on } of waiting) if (tables.includes(table)) await client.query(on);
      onProgress(`indexes of ${tables.join(', ')}`);
    });

  let claimsAreIn = () => {};
  const untilClaimsAreIn = new Promise<void>((resolve) => claimsAreIn = resolve);
  const fillClaims = session(async (client) => {
    await inBlocks(25_000, async (from, to) => {
      await client.query(claims, [from, to, claimsEach]);
      onProgress(`claims of ${to.toLocaleString('en')} listings`);
    });
    await client.query('analyze private.claims');
    claimsAreIn();
    // It writes the table and its indexes anew, and does not look for rows that exclude each other: a look
    // at each of them would take as long again. These do not, and every night booked later is checked.
    await client.query('vacuum full private.claims');
    await client.query(claimsAreChecked, [true]);
    onProgress('no two claims share a night');
    await finish(['private.claims']);
  });

  const fillTheRest = session(async (client) => {
    await client.query(people, [peopleOf(listings)]);
    onProgress('people');
    for (const { name, sql } of ofEachListing) {
      await client.query(sql, [listings, peopleOf(listings)]);
      onProgress(name);
    }
    await client.query('analyze public.listings');
    await untilClaimsAreIn;
    await inBlocks(25_000, async (from, to) => {
      await client.query(bookings, [from, to, peopleOf(listings)]);
      onProgress(`bookings of ${to.toLocaleString('en')} listings`);
    });
    await client.query('analyze public.bookings');
    for (const { name, sql } of ofTheirLives) {
      await client.query(sql);
      onProgress(name);
    }
    const others = waiting.map(({ table }) => table).filter((table) => table !== 'private.claims');
    for (const table of new Set(others)) await finish([table]);
  });
  await Promise.all([fillClaims, fillTheRest]);

  await cluster.using(database, 'postgres', async (client) => {
    await inBlocks(25_000, async (from, to) => {
      await client.query(
        `select private.refresh_whole_search(array(
           select bench.id('listing', i) from generate_series($1::integer, $2::integer) as i))`,
        [from, to],
      );
      onProgress(`the read model of search, ${to.toLocaleString('en')} listings`);
    });
  });
  await cluster.using(database, 'supabase_admin', (client) => client.query('vacuum analyze'));
  onProgress('statistics');
}

const claimsAreChecked =
  `update pg_index set indisready = $1 where indexrelid = 'private.claims_never_share_a_night'::regclass`;

const peopleOf = (listings: number) => Math.max(200, Math.floor(listings / 3));

/** The tables with the most rows: their indexes are made when their rows are in. */
const large = [
  'private.claims',
  'public.bookings',
  'public.messages',
  'public.conversations',
  'public.inbox_entries',
  'public.notifications',
  'public.listing_amenities',
  'public.wishlist_homes',
  'private.audit_log',
  'private.ledger_entries',
  'public.earnings',
];

/** Drops the indexes of the large tables but their primary keys; returns the statements that bring them back. */
async function takeIndexesOff(client: pg.Client): Promise<{ table: string; on: string }[]> {
  const { rows } = await client.query<{ table: string; off: string; on: string }>(
    `select indrelid::regclass::text as table,
       case when conname is null then format('drop index %s', indexrelid::regclass)
         else format('alter table %s drop constraint %I', indrelid::regclass, conname) end as off,
       case when conname is null then pg_get_indexdef(indexrelid)
         else format('alter table %s add constraint %I %s', indrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
       end as on
     from pg_index
     left join pg_constraint on conindid = indexrelid and contype in ('p', 'u', 'x')
     where indrelid = any ($1::regclass[]) and not indisprimary and not indisexclusion
       and not exists (select from pg_constraint where contype = 'f' and conindid = indexrelid)
     order by array_position($1::regclass[], indrelid::regclass)`,
    [large],
  );
  for (const { off } of rows) await client.query(off);
  return rows;
}
