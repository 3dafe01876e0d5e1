import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asPostgres } from '../support/stack.ts';
import {
  everyRow,
  file,
  fixtureText,
  importFixtures,
  incompletePublished,
  searchErrors,
} from './inside-airbnb.ts';

// What a field can hold: what it should, what other fields should, and what nobody expects.
const oddities = [
  '',
  ' ',
  '0',
  '-1',
  '1',
  '2.5',
  '1e300',
  'NaN',
  'Infinity',
  '99999999999999999999',
  '38.7',
  '-9.1',
  '91',
  't',
  'f',
  '$1,234.00',
  '€0.01',
  '2024-02-30',
  '2026-06-03',
  '2099-12-31',
  '0001-01-01',
  'infinity',
  '<br/>&amp;&#0;&#1114112;</p>',
  '\u0000',
  '\u200b',
  '\\N',
  '\\.',
  '\t\r\n',
  '"',
  "'; drop table public.listings; --",
  '{"Hot tub",TV',
  '["Wifi", 3, null]',
  'x'.repeat(25_000),
  '🏠'.repeat(300),
  'Entire home/apt',
  '1.5 baths',
];
const field = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddities) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);
const ids = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1000, max: 1015 }).map(String) },
  { weight: 1, arbitrary: field },
);

// Without some sense now and then, no home would ever be complete.
const sense: Record<string, string> = {
  latitude: '38.7101',
  longitude: '-9.1301',
  price: '$120.00',
  date: '2026-06-03',
  available: 'f',
  minimum_nights: '2',
};
const fieldOf = (column: string) =>
  fc.oneof(
    { weight: 1, arbitrary: field },
    { weight: column in sense ? 3 : 0, arbitrary: fc.constant(sense[column] ?? '') },
  );

/** A table of such fields, quoted or (now and then) not, with keys that often meet. */
const table = (columns: string[], keys: string[]) =>
  fc.array(
    fc.tuple(...columns.map((column) => keys.includes(column) ? ids : fieldOf(column))),
    { maxLength: 25 },
  ).chain((rows) =>
    fc.constantFrom(true, true, true, false).map((quoted) =>
      [columns, ...rows]
        .map((row) => row.map((one) => quoted ? `"${one.replaceAll('"', '""')}"` : one).join(','))
        .join('\n')
    )
  );

const columnsOf = (name: string) => fixtureText(name).split('\r\n')[0]?.split(',') ?? [];

test('whatever a file holds, the import ends and no rule of a listing is broken', async () => {
  await fc.assert(
    fc.asyncProperty(
      table(columnsOf('listings'), ['id', 'host_id']),
      table(columnsOf('calendar'), ['listing_id']),
      table(columnsOf('reviews'), ['id', 'listing_id']),
      async (listings, calendar, reviews) => {
        const report = await importFixtures({
          listings: file('random-listings.csv', listings),
          calendar: file('random-calendar.csv', calendar),
          reviews: file('random-reviews.csv', reviews),
          city: 'Lisbon',
        });
        expect(report.taken.published + report.taken.drafts).toBeLessThanOrEqual(
          report.read.listings,
        );
        expect(await incompletePublished()).toEqual([]);
        expect(
          await asPostgres(`
            select listing_id from public.listings
            where source = 'inside_airbnb' and (
              not exists (select from public.booking_rules where booking_rules.listing_id = listings.listing_id)
              or (select count(*) from public.listing_hosts
                  where listing_hosts.listing_id = listings.listing_id and role = 'owner'
                    and profile_id = listings.host_id) <> 1)`),
        ).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
  expect(await searchErrors()).toEqual([]);
  const [count] = await asPostgres(`
    select count(*)::integer as listings, count(*) filter (where status = 'published')::integer as published
    from public.listings`);
  // The property would hold for an import that takes nothing.
  expect(count?.listings).toBeGreaterThan(10);
  expect(count?.published).toBeGreaterThan(0);
});

test('the same garbage twice changes nothing the second time', async () => {
  await fc.assert(
    fc.asyncProperty(
      table(columnsOf('listings'), ['id', 'host_id']),
      table(columnsOf('calendar'), ['listing_id']),
      table(columnsOf('reviews'), ['id', 'listing_id']),
      async (...texts) => {
        const [listings, calendar, reviews] = texts.map((text, at) =>
          file(`twice-${at}.csv`, text)
        );
        const options = { listings: listings ?? '', calendar, reviews, city: 'Lisbon' };
        await importFixtures(options);
        const before = await everyRow();
        await importFixtures(options);
        expect(await everyRow()).toEqual(before);
      },
    ),
    { numRuns: 6 },
  );
});

test('bytes drawn at random are refused or read, and never end in an unknown error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const listings = file(
        'bytes.csv',
        Buffer.concat([Buffer.from('id,name,latitude,longitude\n'), bytes]),
      );
      await importFixtures({ listings, calendar: undefined, reviews: undefined, city: 'Lisbon' });
    }),
    { numRuns: 25 },
  );
});
