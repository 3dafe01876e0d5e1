import { beforeEach, expect, test } from 'vitest';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import { bring, folderWith, listing, person, waiting } from './bring-data.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const hosts = 7;
const homes = 30;

/** Rows in no order: days of a home in several batches, of which the later counts; ids twice; a home that is not there. */
const files = () => ({
  people: Array.from({ length: hosts }, (_, at) => person(`h${at}`)),
  listings: [
    ...Array.from({ length: homes }, (_, at) => listing(`l${at}`, `h${at % hosts}`)),
    listing('l3', 'h5', { title: 'The id of another' }),
  ],
  calendar: [
    ...Array.from({ length: 4 * homes }, (_, at) => ({
      listing_id: `l${at * 11 % homes}`,
      first_night: `2026-08-${String(1 + Math.floor(at / homes) * 2).padStart(2, '0')}`,
      last_night: `2026-08-${String(4 + Math.floor(at / homes) * 2).padStart(2, '0')}`,
      ...(at % 5 === 0 ? { blocked: true } : { price_minor: 8000 + 100 * at }),
    })),
    { listing_id: 'l1', first_night: '2026-09-01', last_night: '2026-09-02', price_minor: 9000 },
    { listing_id: 'l1', first_night: '2026-09-01', last_night: '2026-09-02', price_minor: 9000 },
    {
      listing_id: 'nowhere',
      first_night: '2026-09-01',
      last_night: '2026-09-02',
      price_minor: 9000,
    },
  ],
});

/** What is there, without ids that are drawn. */
const written = () =>
  asPostgres(`
    select imported.external_id, listings.title, listing_search.listed,
      (select array_agg((day, price_minor)::text order by day) from public.calendar_days
       where calendar_days.listing_id = our_id) as days,
      (select array_agg(nights::text order by nights) from private.claims where claims.listing_id = our_id) as blocks
    from private.imported
    join public.listings on listing_id = our_id
    join private.listing_search using (listing_id)
    where kind = 'listing' order by 1`);

test('three sessions write what one writes, and report it in the order of the files', async () => {
  const folder = folderWith(files());
  const alone = await bring(folder, { sessions: 1, batchSize: 7 });
  const ofOne = await written();
  expect(ofOne).toHaveLength(homes);
  expect(alone.told).toContain('listings.ndjson 31 duplicate_id');

  await freshDatabase();
  // The same home is in a batch more than once.
  const together = await bring(folder, { sessions: 3, batchSize: 20 });
  expect(together.rows).toEqual(alone.rows);
  expect(await written()).toEqual(ofOne);
  expect((await bring(folder, { sessions: 3, batchSize: 7 })).summary.outcomes.calendar)
    .toMatchObject({
      created: 0,
      updated: 0,
    });
});

test('listings are written by several sessions at the same time', async () => {
  const folder = folderWith(files());
  const { pool } = await testDatabase();
  await bring(folderWith({ people: files().people }));
  const inTheWay = await pool.connect();
  try {
    await inTheWay.query('begin; lock table public.listing_prices in exclusive mode');
    const importing = bring(folder, { sessions: 3 });
    await expect.poll(waiting).toBe(3);
    await inTheWay.query('commit');
    expect((await importing).summary.outcomes.listings).toMatchObject({ created: homes });
  } finally {
    inTheWay.release();
  }
});

test('an import that loses one of its sessions ends, leaves whole homes, and goes on when it is repeated', async () => {
  const folder = folderWith(files());
  let isCut = false;
  await expect(bring(folder, {
    sessions: 2,
    batchSize: 4,
    onRow: ({ kind }) => {
      if (kind !== 'listings' || isCut) return;
      isCut = true;
      void asPostgres(
        `select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and mode = 'ShareLock' and database =
           (select oid from pg_database where datname = current_database())`,
      );
    },
  })).rejects.toThrow();
  expect(isCut).toBe(true);
  const [half] = await asPostgres(
    `select count(*)::integer as homes from public.listings
     where not exists (select from private.imported where our_id = listing_id)
       or not exists (select from private.listing_search where listing_search.listing_id = listings.listing_id)`,
  );
  expect(half).toEqual({ homes: 0 });
  await bring(folder, { sessions: 2, batchSize: 4 });
  expect(await written()).toHaveLength(homes);
});

test('an import waits for the last batch of one that lost its first connection', async () => {
  const { pool } = await testDatabase();
  const left = await pool.connect();
  try {
    await left.query(`select pg_advisory_lock_shared(hashtext('staybase/import session'))`);
    const importing = bring(folderWith(files()));
    await expect.poll(async () =>
      (await asPostgres(
        `select from pg_locks where locktype = 'advisory' and not granted`,
      )).length
    ).toBe(1);
    expect(await written()).toEqual([]);
    await left.query('select pg_advisory_unlock_all()');
    expect((await importing).summary.outcomes.listings).toMatchObject({ created: homes });
  } finally {
    left.release();
  }
});
