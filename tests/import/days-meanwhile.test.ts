import { beforeEach, expect, test } from 'vitest';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import { bring, folderWith, listing, person } from './bring-data.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const august = (priceMinor: number) => ({
  listing_id: 'l-1',
  first_night: '2026-08-01',
  last_night: '2026-08-03',
  price_minor: priceMinor,
});

test('a day that somebody prices while it is imported is what the file says', async () => {
  const files = { people: [person('h-1')], listings: [listing('l-1', 'h-1')] };
  await bring(folderWith(files));
  const { pool } = await testDatabase();
  const host = await pool.connect();
  try {
    await host.query('begin');
    await host.query(
      `insert into public.calendar_days (listing_id, day, price_minor)
       select our_id, '2026-08-02', 7000 from private.imported where external_id = 'l-1'`,
    );
    const importing = bring(folderWith({ ...files, calendar: [august(12_000)] }));
    // The import found no such day, and now waits for whether there is one.
    await expect.poll(async () =>
      (await asPostgres(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )).length
    ).toBe(1);
    await host.query('commit');
    expect((await importing).told).toEqual([
      'people.ndjson 1 unchanged',
      'listings.ndjson 1 unchanged',
      'calendar.ndjson 1 created',
    ]);
  } finally {
    host.release();
  }
  expect(
    await asPostgres(
      `select day::text, price_minor from public.calendar_days order by day`,
    ),
  ).toEqual(
    ['2026-08-01', '2026-08-02', '2026-08-03'].map((day) => ({ day, price_minor: '12000' })),
  );
});

test('days that say the same are not written again', async () => {
  const files = { people: [person('h-1')], listings: [listing('l-1', 'h-1')] };
  await bring(folderWith({ ...files, calendar: [august(12_000)] }));
  const written = () =>
    asPostgres('select day::text, xmin::text from public.calendar_days order by day');
  const before = await written();
  const { told } = await bring(folderWith({
    ...files,
    calendar: [
      august(12_000),
      {
        ...august(12_000),
        first_night: '2026-08-03',
        last_night: '2026-08-04',
        price_minor: 13_000,
      },
      {
        listing_id: 'l-1',
        first_night: '2026-08-02',
        last_night: '2026-08-02',
        price_minor: 12_000,
      },
    ],
  }));
  expect(told.slice(2)).toEqual([
    'calendar.ndjson 1 unchanged',
    'calendar.ndjson 2 created',
    'calendar.ndjson 3 created',
  ]);
  expect((await written()).slice(0, 2)).toEqual(before.slice(0, 2));
  expect(
    await asPostgres('select day::text, price_minor from public.calendar_days order by day'),
  ).toEqual([
    { day: '2026-08-01', price_minor: '12000' },
    { day: '2026-08-02', price_minor: '12000' },
    { day: '2026-08-03', price_minor: '13000' },
    { day: '2026-08-04', price_minor: '13000' },
  ]);
});
