import { beforeEach, expect, test } from 'vitest';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import { bring, folderWith, listing, person, waiting } from './bring-data.ts';

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
    await expect.poll(waiting).toBe(1);
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

test('a home that is deleted while its days are imported gets none', async () => {
  const files = {
    people: [person('h-1')],
    listings: [listing('l-1', 'h-1'), listing('l-2', 'h-1')],
  };
  await bring(folderWith(files));
  const { pool } = await testDatabase();
  const staff = await pool.connect();
  try {
    await staff.query(
      `begin;
       delete from public.listings
       where listing_id = (select our_id from private.imported where external_id = 'l-1')`,
    );
    const importing = bring(folderWith({
      calendar: [august(12_000), { ...august(13_000), listing_id: 'l-2' }],
    }));
    await expect.poll(waiting).toBe(1);
    await staff.query('commit');
    expect((await importing).told).toEqual([
      'calendar.ndjson 1 unknown_listing',
      'calendar.ndjson 2 created',
    ]);
  } finally {
    staff.release();
  }
  expect(
    await asPostgres(
      `select external_id, count(*)::integer as days
       from public.calendar_days left join private.imported on our_id = listing_id group by 1`,
    ),
  ).toEqual([{ external_id: 'l-2', days: 3 }]);
});

test('a price that no coin pays is refused, and stops no other', async () => {
  await asPostgres(`update private.currencies set step_minor = 100 where currency = 'EUR'`);
  const { told } = await bring(folderWith({
    people: [person('h-1')],
    listings: [listing('l-1', 'h-1'), listing('l-2', 'h-1')],
    calendar: [august(12_050), { ...august(13_000), listing_id: 'l-2' }],
  }));
  expect(told.slice(3)).toEqual([
    'calendar.ndjson 1 price_not_in_steps',
    'calendar.ndjson 2 created',
  ]);
});

test('a rule that somebody added to days is asked by an import too', async () => {
  await asPostgres(
    `create function private.no_round_prices() returns trigger language plpgsql as $$
     begin
       if new.price_minor = 12000 then perform private.refuse('invalid_price'); end if;
       return null;
     end $$`,
  );
  await asPostgres(
    `create trigger no_round_prices after insert on public.calendar_days
     for each row execute function private.no_round_prices()`,
  );
  const { told } = await bring(folderWith({
    people: [person('h-1')],
    listings: [listing('l-1', 'h-1')],
    calendar: [august(12_000)],
  }));
  expect(told.slice(2)).toEqual(['calendar.ndjson 1 invalid_price']);
});
