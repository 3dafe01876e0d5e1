import type pg from 'pg';
import type { Cluster } from '../local/postgres/cluster.ts';
import {
  bookings,
  claims,
  emptyTalked,
  helpers,
  ofEachListing,
  ofTheirLives,
  ofTheirWishes,
  people,
  staff,
} from './marketplace-statements.ts';

export interface Marketplace {
  listings: number;
  /** Runs of taken nights in each listing: stays with their bookings, and blocks. */
  claimsEach: number;
  /** Only what searches and quotes read: no bookings, reviews, messages or payments. */
  onlySearch?: boolean;
  /** The same with the bookings that the claims are of, and nothing that came of them. */
  onlyStays?: boolean;
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
  { listings, claimsEach, onlySearch = false, onlyStays = false }: Marketplace,
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
  const inBlocks = async (all: number, work: (from: number, to: number) => Promise<void>) => {
    for (let from = 1; from <= all; from += 25_000) {
      await work(from, Math.min(all, from + 24_999));
    }
  };

  const waiting = await session(async (client) => {
    await client.query(helpers);
    await client.query(claimsAreChecked, [false]);
    return await takeIndexesOff(client);
  });
  const finish = (tables: string[]) =>
    session(async (client) => {
      for (const { table, on } of waiting) {
        if (!tables.includes(table)) continue;
        await client.query(on);
        onProgress(on.replace(/ (USING|FOREIGN|UNIQUE) .*/i, ''));
      }
    });

  const fillClaims = session(async (client) => {
    await inBlocks(listings, async (from, to) => {
      await client.query(claims, [from, to, claimsEach]);
      onProgress(`claims of ${to.toLocaleString('en')} homes`);
    });
    await client.query('analyze private.claims');
    // It writes the table and its indexes anew, and does not look for rows that exclude each other: a look
    // at each of them would take as long again. These do not, and every night booked later is checked.
    await client.query('vacuum full private.claims');
    await client.query(claimsAreChecked, [true]);
    onProgress('no two claims share a night');
    await finish(['private.claims']);
  });

  const persons = peopleOf(listings);
  const fillTheRest = session(async (client) => {
    // A block joins few of the existing rows: without statistics, Postgres could read all of them.
    await client.query('set enable_hashjoin = off; set enable_mergejoin = off');
    await client.query(people, [persons]);
    await client.query(staff);
    onProgress('people');
    let talks = 0;
    await inBlocks(listings, async (from, to) => {
      for (const { sql } of ofEachListing) await client.query(sql, [from, to, persons]);
      onProgress(`${to.toLocaleString('en')} homes`);
      if (onlySearch) return;
      await client.query(emptyTalked);
      const { rowCount } = await client.query(bookings, [from, to, claimsEach, persons, talks]);
      talks += rowCount ?? 0;
      onProgress(`bookings of ${to.toLocaleString('en')} homes`);
      if (onlyStays) return;
      for (const { sql } of ofTheirLives) await client.query(sql);
      onProgress(`what came of ${talks.toLocaleString('en')} bookings`);
    });
    await inBlocks(onlySearch || onlyStays ? 0 : persons, async (from, to) => {
      await client.query(ofTheirWishes, [from, to, listings]);
      onProgress(`wishlists of ${to.toLocaleString('en')} guests`);
    });
    const others = waiting.map(({ table }) => table).filter((table) => table !== 'private.claims');
    await finish(others);
  });
  await Promise.all([fillClaims, fillTheRest]);

  await session((client) => client.query('analyze'));
  // In two sessions, since a home is refreshed from its own rows alone.
  let refreshed = 0;
  let next = 1;
  const refresh = () =>
    cluster.using(database, 'postgres', async (client) => {
      while (next <= listings) {
        const [from, to] = [next, Math.min(listings, next + 4_999)];
        next = to + 1;
        await client.query(
          `select private.refresh_whole_search(array(
             select bench.id('listing', i) from generate_series($1::integer, $2::integer) as i))`,
          [from, to],
        );
        refreshed += to - from + 1;
        onProgress(`the read model of ${refreshed.toLocaleString('en')} homes`);
      }
    });
  await Promise.all([refresh(), refresh()]);
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
