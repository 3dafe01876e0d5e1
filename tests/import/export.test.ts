import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { landscape } from '../../local/demo-photos.ts';
import { inProject } from '../../local/paths.ts';
import type { FileAccess } from '../../scripts/backup/files.ts';
import { exportFolder } from '../../scripts/bring-data/export.ts';
import { kinds } from '../../scripts/bring-data/formats.ts';
import { photoFiles } from '../../scripts/bring-data/photos.ts';
import { runs } from '../support/seeds.ts';
import { asPostgres, freshDatabase, runJobs, setClock, testDatabase } from '../support/stack.ts';
import { bring, folderWith, listing, person, stay, storageInMemory } from './bring-data.ts';
import { importFixtures } from './inside-airbnb.ts';

beforeEach(emptyMarketplace);

async function emptyMarketplace() {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
}

async function written(storage?: FileAccess, format: 'ndjson' | 'csv' = 'ndjson') {
  const folder = folderWith({});
  const { rows } = await exportFolder({
    databaseUrl: (await testDatabase()).url,
    folder,
    format,
    storage,
  });
  const texts = Object.fromEntries(
    kinds.map((kind) => [kind, readFileSync(join(folder, `${kind}.${format}`), 'utf8')]),
  );
  return { folder, rows, texts };
}

/** What an export says, into an empty marketplace and out again. */
async function roundTrip(
  storage: ReturnType<typeof storageInMemory>,
  format: 'ndjson' | 'csv' = 'ndjson',
) {
  const first = await written(storage, format);
  const { texts: asJson } = await written(storage);
  await emptyMarketplace();
  const copies = storageInMemory();
  const { rows } = await bring(first.folder, { photos: photoFiles(first.folder, copies) });
  expect(rows.filter(({ outcome }) => outcome !== 'created')).toEqual([]);
  const second = await written(copies);
  expect(second.texts).toEqual(asJson);
  return { first, second };
}

/** Pictures for rows that came without files. */
async function withPictures() {
  const storage = storageInMemory();
  for (
    const { storage_path } of await asPostgres<{ storage_path: string }>(
      'select storage_path from public.listing_photos',
    )
  ) {
    storage.files.set(`photo-uploads/${storage_path}`, landscape(storage_path.length));
  }
  return storage;
}

async function smallTown() {
  await asPostgres(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
  await runJobs();
}

test('the small town comes out, goes in elsewhere, and comes out the same', async () => {
  await smallTown();
  await importFixtures();
  const { first, second } = await roundTrip(await withPictures());
  for (const kind of kinds) expect(first.rows[kind], kind).toBeGreaterThan(0);
  const photos = second.texts.photos?.trim().split('\n').map((line) => JSON.parse(line)) ?? [];
  expect(photos.every(({ file }) => existsSync(join(second.folder, file)))).toBe(true);
});

test('so it does as CSV', async () => {
  await smallTown();
  await roundTrip(await withPictures(), 'csv');
});

/** A stay that nobody reviewed. */
async function withoutReview(): Promise<{ booking_id: string }> {
  await bring(folderWith({
    people: [person('a'), person('b')],
    listings: [listing('l', 'a')],
    bookings: [stay('s', 'l', 'b', '2026-03-01', '2026-03-02')],
  }));
  const [row] = await asPostgres<{ booking_id: string }>(
    `select our_id as booking_id from private.imported where kind = 'booking'`,
  );
  return row ?? { booking_id: '' };
}

test('what is still blind or not agreed does not come out', async () => {
  await smallTown();
  const { texts } = await written();
  const statuses = texts.bookings?.match(/"status":"(\w+)"/g) ?? [];
  expect(statuses.some((word) => /awaiting_payment|requested|expired|declined|conflict/.test(word)))
    .toBe(false);
  const blind = await withoutReview();
  await asPostgres(
    `insert into public.reviews (listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in,
       communication, location, value, body, written_on, closes_at)
     select listing_id, booking_id, 'Ada', 5, 5, 5, 5, 5, 5, 5, 'Still blind.', current_date, 'infinity'
     from public.bookings where booking_id = $1`,
    [blind.booking_id],
  );
  expect((await written()).texts.reviews).not.toContain('Still blind.');
});

test('an export into the marketplace it came from changes nothing', async () => {
  await smallTown();
  const storage = await withPictures();
  const first = await written(storage);
  const { rows } = await bring(first.folder);
  expect(rows.filter(({ outcome, kind }) => outcome !== 'unchanged' && kind !== 'calendar'))
    .toEqual([]);
  expect((await written(storage)).texts).toEqual(first.texts);
});

const word = fc.stringMatching(/^[A-Za-z0-9 ,.;"'éß東\n|:-]{1,30}$/).filter((text) =>
  text.trim() !== ''
);
const dayOf = (offset: number) =>
  new Date(Date.UTC(2026, 6, 1 + offset)).toISOString().slice(0, 10);

const marketplaces = fc.record({
  people: fc.array(
    fc.record({
      display_name: word,
      about: word,
      languages: fc.uniqueArray(fc.constantFrom('fr', 'en', 'de', 'jpn'), { maxLength: 3 }),
      hasEmail: fc.boolean(),
      birth_date: fc.constantFrom(null, '1906-12-09', '1999-01-01'),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  listings: fc.array(
    fc.record({
      status: fc.constantFrom('draft', 'published', 'hidden'),
      title: word,
      description: word,
      hasAddress: fc.boolean(),
      bathrooms: fc.constantFrom(0, 1, 1.5, 2),
      base_price_minor: fc.integer({ min: 1000, max: 90_000 }),
      weekend_price_minor: fc.option(fc.integer({ min: 1000, max: 90_000 })),
      length_discounts: fc.constantFrom({}, { 7: 500 }, { 7: 500, 28: 2000 }),
      amenities: fc.uniqueArray(fc.constantFrom('wifi', 'pool', 'kitchen', 'tv'), { maxLength: 4 }),
      arrival_weekdays: fc.constantFrom([1, 2, 3, 4, 5, 6, 7], [5, 6]),
      public_longitude: fc.integer({ min: -179_000_000, max: 179_000_000 }).map((micro) =>
        micro / 1e6
      ),
      preparation_nights: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  runs: fc.array(
    fc.record({
      home: fc.nat(3),
      kind: fc.constantFrom('stay', 'past', 'block', 'price'),
      from: fc.integer({ min: 0, max: 60 }),
      nights: fc.integer({ min: 1, max: 9 }),
      guest: fc.nat(4),
      total: fc.nat(90_000),
    }),
    { maxLength: 25 },
  ),
});

test('any marketplace that comes in comes out, goes in and comes out the same', async () => {
  await fc.assert(
    fc.asyncProperty(marketplaces, async ({ people, listings, runs: spans }) => {
      await emptyMarketplace();
      const host = 'p/0';
      const calendar = spans.filter(({ kind }) => kind === 'block' || kind === 'price').map((
        { home, kind, from, nights },
      ) => ({
        listing_id: `l ${home % listings.length}`.replace(' ', ':'),
        first_night: dayOf(from),
        last_night: dayOf(from + nights - 1),
        ...(kind === 'block'
          ? { blocked: true, note: 'Away' }
          : { price_minor: 5000 + nights, closed_to_arrival: nights > 4 }),
      }));
      const bookings = spans.flatMap(({ home, kind, from, nights, guest, total }, at) =>
        kind === 'stay' || kind === 'past'
          ? [
            stay(
              `b${at}`,
              `l:${home % listings.length}`,
              `p/${1 + guest % (people.length - 1)}`,
              dayOf(from - (kind === 'past' ? 120 : 0)),
              dayOf(from + nights - (kind === 'past' ? 120 : 0)),
              { total_minor: total, host_payout_minor: 0 },
            ),
          ]
          : []
      );
      const folder = folderWith({
        people: people.map(({ hasEmail, ...fields }, at) =>
          person(`p/${at}`, { ...fields, ...(hasEmail ? { email: `p${at}@example.org` } : {}) })
        ),
        listings: listings.map(({ hasAddress, ...fields }, at) =>
          listing(`l:${at}`, host, {
            ...fields,
            ...(hasAddress
              ? {
                street: '1 rue du Four',
                latitude: 45.7612345,
                longitude: fields.public_longitude + 0.003,
              }
              : {}),
          })
        ),
        bookings,
        calendar,
        reviews: bookings.filter(({ check_out }) => check_out < '2026-06-01').map(({ id }) => ({
          id: `r-${id}`,
          by: 'host',
          booking_id: id,
          author_name: 'H',
          stars: 5,
          cleanliness: 4,
          communication: 3,
          house_rules: 2,
          written_on: '2026-05-30',
          body: 'Fine.',
        })),
      });
      // Stays that overlap are refused, and reviews of them: what came in is what has to come out.
      const { rows } = await bring(folder);
      expect(
        rows.filter(({ code }) =>
          !['nights_taken', 'unknown_booking', 'duplicate_id', undefined].includes(code)
        ),
      ).toEqual([]);
      await roundTrip(storageInMemory());
    }),
    runs(4),
  );
});

test('the command writes a folder, and never over one', async () => {
  await withoutReview();
  const folder = folderWith({});
  const { url } = await testDatabase();
  const run = () =>
    spawnSync(
      process.execPath,
      [inProject('scripts', 'export.ts'), folder, '--format', 'csv', '--no-photo-files'],
      { env: { ...process.env, DATABASE_URL: url }, encoding: 'utf8' },
    );
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^people +2$/m) });
  expect(readFileSync(join(folder, 'people.csv'), 'utf8')).toMatch(/^id,display_name,.*\na,A,/);
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') });
});
