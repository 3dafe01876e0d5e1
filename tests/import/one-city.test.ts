import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { ImportReport } from '../../scripts/import-inside-airbnb/report.ts';
import { clientOf, person } from '../support/people.ts';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import {
  everyRow,
  file,
  fixtureText,
  importFixtures,
  incompletePublished,
  listing,
  portrait,
  searchErrors,
} from './inside-airbnb.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const counts = (tallies: Record<string, { count: number }> = {}) =>
  Object.fromEntries(Object.entries(tallies).map(([reason, { count }]) => [reason, count]));

test('a good listing comes in as it is told', async () => {
  await importFixtures();
  expect(await listing('1001')).toMatchObject({
    status: 'published',
    title: 'Quiet flat by the river',
    description: 'Two rooms.',
    host: 'Teresa',
    room_type: 'entire_home',
    property_type: 'apartment',
    capacity: 4,
    bedrooms: 2,
    beds: 3,
    bathrooms: '1.5',
    maximum_pets: 1,
    smoking_allowed: true,
    parties_allowed: false,
    instant_book: true,
    city: 'Lisbon',
    country_code: 'PT',
    time_zone: 'Europe/Lisbon',
    currency: 'EUR',
    latitude: 38.7101,
    longitude: -9.1301,
    base_price_minor: '12000',
    minimum_nights: 2,
    maximum_nights: 30,
    amenities: ['free_parking', 'tv', 'wifi'],
    rating: '4.75',
    imported_reviews: 12,
  });
});

test('hosts come in without a login, each once, and host from the first published home on', async () => {
  const report = await importFixtures();
  expect(report.taken).toMatchObject({ hosts: 4, published: 9, drafts: 4 });
  const hosts = await asPostgres(`
    select profiles.source_id, profiles.hosting, profiles.joined_on::text,
      exists (select from auth.users where users.id = profiles.profile_id) as signs_in,
      count(listing_hosts.listing_id)::integer as owns
    from public.profiles left join public.listing_hosts using (profile_id)
    group by profiles.profile_id order by profiles.source_id`);
  expect(hosts).toEqual([
    { source_id: '501', hosting: true, joined_on: '2015-03-14', signs_in: false, owns: 10 },
    { source_id: '502', hosting: true, joined_on: '2026-06-01', signs_in: false, owns: 1 },
    { source_id: '503', hosting: false, joined_on: '2015-03-14', signs_in: false, owns: 1 },
    {
      source_id: 'listing 1010',
      hosting: true,
      joined_on: '2015-03-14',
      signs_in: false,
      owns: 1,
    },
  ]);
});

test('markup becomes plain text', async () => {
  await importFixtures();
  expect(await listing('1002')).toMatchObject({
    description: 'Bright\n\nand quiet & cheap 🔒Really',
    host: 'Rui & Eva',
    host_about: 'Hello <you>',
    room_type: 'private_room',
    registration_number: '12345/AL',
    base_price_minor: '123400',
    instant_book: false,
  });
});

test('odd values are mended, and each says so', async () => {
  const report = await importFixtures();
  expect(await listing('1007')).toMatchObject({
    status: 'published',
    title: 'Tipi in Lisbon',
    description: 'Near the tram.',
    property_type: 'tipi',
    room_type: 'private_room',
    bathrooms: '0.5',
  });
  expect(await listing('1008')).toMatchObject({
    minimum_nights: 365,
    maximum_nights: 365,
    capacity: 1,
    bedrooms: 0,
    beds: 3,
    registration_number: null,
  });
  expect(await listing('1009')).toMatchObject({ host: 'Host', host_source_id: '502' });
  expect(await listing('1010')).toMatchObject({ host: 'Nobody in particular' });
  expect(await listing('1011')).toMatchObject({
    capacity: 64,
    beds: 1,
    bedrooms: 1,
    bathrooms: '1.0',
    amenities: null,
    instant_book: false,
    rating: '4.75',
  });
  expect(await listing('1012')).toMatchObject({
    property_type: 'home',
    room_type: 'hotel_room',
    registration_number: 'Exempt',
    amenities: ['hot_tub', 'kitchen', 'tv'],
    rating: null,
    imported_reviews: 2,
  });
  const { title, description, base_price_minor } = await listing('1013');
  expect(title).toHaveLength(199);
  expect(description).toBe(title);
  expect(base_price_minor).toBe('7000');
  expect(counts(report.notes.mended.listings)).toEqual({
    markup_removed: 2,
    title_made: 1,
    description_made: 2,
    room_type_guessed: 1,
    minimum_nights_clamped: 1,
    maximum_nights_clamped: 1,
    capacity_clamped: 2,
    rooms_clamped: 1,
    name_made: 1,
    host_since_unknown: 1,
    host_made: 1,
    amenities_unreadable: 1,
    instant_book_unknown: 1,
    rooms_guessed: 1,
    rating_rescaled: 1,
    rating_unreadable: 1,
    property_type_made: 1,
    text_shortened: 1,
    price_from_calendar: 1,
    odd_number: 1,
  });
});

test('a home without a price costs the median of its free nights', async () => {
  await importFixtures();
  expect(await listing('1003')).toMatchObject({ status: 'published', base_price_minor: '8000' });
});

test('what lacks a price or a point is a draft, and what has no number of its own is refused', async () => {
  const report = await importFixtures();
  for (const id of ['1004', '1005', '1006']) {
    expect(await listing(id)).toMatchObject({ status: 'draft' });
  }
  expect(report.notes.drafts.listings).toEqual({
    no_price: { count: 1, ids: ['1004'] },
    no_point: { count: 2, ids: ['1005', '1006'] },
    no_free_night: { count: 1, ids: ['1002'] },
  });
  expect(report.notes.refused.listings).toEqual({
    no_id: { count: 2, ids: ['row 13', 'row 14'] },
    duplicate_id: { count: 1, ids: ['1001'] },
  });
  expect(await incompletePublished()).toEqual([]);
});

test('nights that are not free become runs, and days that differ say how', async () => {
  const report = await importFixtures();
  // The calendar begins on Monday, 1 January 2024; 126 weeks later it is Monday, 1 June 2026.
  expect(report).toMatchObject({ shiftedDays: 882, firstDay: '2026-06-01', pastDays: 0 });
  expect(await listing('1001')).toMatchObject({
    taken: ['[2026-06-03,2026-06-06)', '[2026-06-07,2026-06-08)'],
  });
  expect(await listing('1002')).toMatchObject({ taken: ['[2026-06-01,2026-06-03)'] });
  const days = await asPostgres(`
    select listings.source_id, day::text, price_minor, calendar_days.minimum_nights
    from public.calendar_days join public.listings using (listing_id) order by 1, 2`);
  expect(days).toEqual([
    { source_id: '1001', day: '2026-06-02', price_minor: '16000', minimum_nights: null },
    { source_id: '1001', day: '2026-06-06', price_minor: null, minimum_nights: 5 },
    { source_id: '1001', day: '2026-06-09', price_minor: null, minimum_nights: 365 },
    { source_id: '1003', day: '2026-06-03', price_minor: '7000', minimum_nights: null },
    { source_id: '1003', day: '2026-06-05', price_minor: '9500', minimum_nights: null },
  ]);
  expect(counts(report.notes.refused.calendar)).toEqual({
    bad_date: 2,
    bad_availability: 1,
    no_id: 1,
    duplicate_day: 1,
    unknown_listing: 1,
    too_far_ahead: 1,
  });
  expect(counts(report.notes.mended.calendar)).toEqual({ odd_price: 1, minimum_nights_clamped: 1 });
  expect(report.taken).toMatchObject({ takenRuns: 3, takenNights: 6, specialDays: 5 });
});

test('a calendar that keeps its days loses those that have passed', async () => {
  const report = await importFixtures({ today: '2024-01-05', shiftDates: false });
  expect(report).toMatchObject({ shiftedDays: 0, firstDay: '2024-01-01', pastDays: 8 });
  expect(await listing('1001')).toMatchObject({
    taken: ['[2024-01-05,2024-01-06)', '[2024-01-07,2024-01-08)'],
  });
});

test('reviews come in once, as plain text, signed', async () => {
  const report = await importFixtures();
  expect(
    await asPostgres(
      'select source_id, author_name, body, written_on::text from public.reviews order by 1',
    ),
  ).toEqual([
    {
      source_id: '7001',
      author_name: 'Ana',
      body: 'Lovely\nBreakfast & view',
      written_on: '2023-05-01',
    },
    { source_id: '7002', author_name: 'Guest', body: 'No name', written_on: '2023-06-01' },
    { source_id: '7003', author_name: 'N'.repeat(80), body: '', written_on: '2023-07-01' },
    {
      source_id: '7006',
      author_name: 'Fé',
      body: 'Multi\nline, "quoted" \\ and\ttabbed',
      written_on: '2024-02-29',
    },
  ]);
  expect(counts(report.notes.refused.reviews)).toEqual({
    duplicate_id: 1,
    unknown_listing: 1,
    bad_date: 1,
    no_id: 1,
  });
});

test('a second import writes not a single row', async () => {
  const first = await importFixtures();
  const before = await everyRow();
  const second = await importFixtures();
  expect(await everyRow()).toEqual(before);
  expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 });
});

test('gzipped files say the same as plain ones', async () => {
  await importFixtures();
  const plain = await portrait();
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
  const gzipped = (name: string) => file(`${name}.csv`, gzipSync(fixtureText(name)));
  await importFixtures({
    listings: gzipped('listings'),
    calendar: gzipped('calendar'),
    reviews: gzipped('reviews'),
  });
  expect(await portrait()).toEqual(plain);
});

test('bytes that are no text do no harm', async () => {
  const broken = Buffer.from(
    fixtureText('listings').replace('Two rooms.', 'Two\u0000 rooms \u0001.')
      .replace('Free street parking', 'Free street\u0000 parking').replace(
        'Room with',
        'X',
      ),
  );
  broken[broken.indexOf('X')] = 0xff;
  const report = await importFixtures({ listings: file('broken.csv', broken) });
  expect(await listing('1001')).toMatchObject({
    description: 'Two rooms .',
    amenities: ['free_parking', 'tv', 'wifi'],
  });
  expect(await listing('1002')).toMatchObject({ title: '\ufffd a lamp' });
  expect(report.notes.mended.listings?.broken_characters?.count).toBe(2);
});

test('a newer file corrects what an older one said', async () => {
  await importFixtures();
  const newer = fixtureText('listings')
    .replace('Quiet flat by the river', 'Loud flat by the river')
    .replace('$120.00', '$130.00')
    .replace('N/A,2,30', '$55.00,2,30')
    .replace('""Pets allowed"", ', '');
  await importFixtures({
    listings: file('newer.csv', newer),
    calendar: file(
      'newer-calendar.csv',
      'listing_id,date,available,price\n1001,2026-06-01,f,\n1001,2026-06-02,t,$130.00\n1001,2026-06-04,f,\n',
    ),
  });
  expect(await listing('1001')).toMatchObject({
    title: 'Loud flat by the river',
    base_price_minor: '13000',
    maximum_pets: 0,
    taken: ['[2026-06-01,2026-06-02)', '[2026-06-04,2026-06-05)'],
  });
  expect(await listing('1002')).toMatchObject({ taken: ['[2026-06-01,2026-06-03)'] });
  expect(await listing('1004')).toMatchObject({ status: 'published', base_price_minor: '5500' });
  expect(
    await asPostgres(`
      select day from public.calendar_days join public.listings using (listing_id) where listings.source_id = '1001'`),
  ).toEqual([]);
  expect(await searchErrors()).toEqual([]);
});

test('what a newer file no longer says stays, where a home needs it, and else goes', async () => {
  await importFixtures();
  const newer = fixtureText('listings').replace('38.7101', '').replace('$120.00', '').replace(
    'Quiet',
    'Still',
  ).replace(
    '""Wifi \\u2013 100 Mbps"", ',
    '',
  );
  await importFixtures({ listings: file('less.csv', newer), calendar: undefined });
  expect(await listing('1001')).toMatchObject({
    status: 'published',
    latitude: 38.7101,
    base_price_minor: '12000',
    amenities: ['free_parking', 'tv'],
  });
});

test('days that a host closed stay closed', async () => {
  await importFixtures();
  await asPostgres(`
    update public.calendar_days set closed_to_arrival = true
    from public.listings
    where listings.listing_id = calendar_days.listing_id and listings.source_id = '1001' and day = '2026-06-06'`);
  await importFixtures({
    calendar: file('open.csv', 'listing_id,date,available\n1001,2026-06-06,t\n'),
  });
  expect(
    await asPostgres(`
      select day::text, closed_to_arrival from public.calendar_days
      join public.listings using (listing_id) where listings.source_id = '1001'`),
  ).toEqual([{ day: '2026-06-06', closed_to_arrival: true }]);
});

test('a host who was erased here is not brought back', async () => {
  await importFixtures();
  await asPostgres(`
    update public.profiles set display_name = 'Former member', about = '', erased_at = now() where source_id = '501'`);
  await importFixtures();
  expect(await listing('1001')).toMatchObject({ host: 'Former member', host_about: '' });
});

test('an import waits for the one before it', async () => {
  const other = await (await testDatabase()).pool.connect();
  await other.query('begin');
  await other.query(`select pg_advisory_xact_lock(hashtext('staybase/import/inside_airbnb'))`);
  const importing = importFixtures();
  await expect.poll(
    () => asPostgres(`select pid from pg_locks where locktype = 'advisory' and not granted`),
  ).toHaveLength(1);
  await other.query('commit');
  other.release();
  expect((await importing).taken.hosts).toBe(4);
});

test('a calendar is moved by whole weeks, so that weekends stay weekends', async () => {
  const report = await importFixtures({ today: '2026-06-03' });
  expect(report).toMatchObject({ shiftedDays: 889, firstDay: '2026-06-08' });
});

test('a price below the smallest coin is none', async () => {
  const listings = file('coin.csv', fixtureText('listings').replace('$120.00', '$0.40'));
  await importFixtures({ listings, calendar: undefined, city: 'Tokyo' });
  expect(await listing('1001')).toMatchObject({ status: 'draft', base_price_minor: null });
});

test('what somebody here hid stays hidden', async () => {
  await importFixtures();
  await asPostgres(`update public.listings set status = 'hidden' where source_id = '1001'`);
  await importFixtures();
  expect(await listing('1001')).toMatchObject({ status: 'hidden' });
});

test('a listing that changed hands has one owner', async () => {
  await importFixtures();
  const moved = fixtureText('listings').replace('Two rooms.,,501,', 'Two rooms.,,502,');
  await importFixtures({ listings: file('moved.csv', moved) });
  expect(await listing('1001')).toMatchObject({ host_source_id: '502' });
  expect(
    await asPostgres(`
      select profiles.source_id, role from public.listing_hosts
      join public.listings using (listing_id)
      join public.profiles on profiles.profile_id = listing_hosts.profile_id
      where listings.source_id = '1001'`),
  ).toEqual([{ source_id: '502', role: 'owner' }]);
});

test('money without a coin for cents is counted in whole ones', async () => {
  await importFixtures({ city: 'Tokyo' });
  expect(await listing('1002')).toMatchObject({ currency: 'JPY', base_price_minor: '1234' });
});

test('amounts become multiples of the smallest coin', async () => {
  await importFixtures({
    city: 'Reykjavik',
    country: 'IS',
    timeZone: 'Atlantic/Reykjavik',
    currency: 'ISK',
  });
  const few = fixtureText('listings').replace('$120.00', '$120.50');
  await importFixtures({
    listings: file('isk.csv', few),
    calendar: undefined,
    city: 'Reykjavik',
    country: 'IS',
    timeZone: 'Atlantic/Reykjavik',
    currency: 'ISK',
  });
  expect(await listing('1001')).toMatchObject({ base_price_minor: '12100' });
});

test('what is priced in a currency nobody settles in is a draft', async () => {
  const report = await importFixtures({ city: 'Budapest' });
  expect(report.taken).toMatchObject({ published: 0, drafts: 13 });
  expect(report.notes.drafts.listings?.currency_not_offered?.count).toBe(13);
});

test('the report adds up', async () => {
  const report: ImportReport = await importFixtures();
  const refused = Object.values(report.notes.refused.listings ?? {})
    .reduce((sum, { count }) => sum + count, 0);
  expect(report.taken.published + report.taken.drafts + refused).toBe(report.read.listings);
  expect(report.unknownAmenities).toEqual([['Unicorn stable', 1]]);
});

// From here on with an API in front, which a fresh database makes reconnect: a second each.

test('an import never takes a night from a stay that was booked here', async () => {
  await importFixtures();
  const ada = await clientOf(await person('Ada'));
  const { listing_id } = await listing('1003');
  const stay = { listing_id, check_in: '2026-06-10', check_out: '2026-06-13' };
  const quote = await ada.rpc('quote_stay', stay);
  const { error } = await ada.rpc('request_booking', {
    ...stay,
    booking_id: crypto.randomUUID(),
    expected_total_minor: quote.data?.total_minor ?? 0,
  });
  expect(error).toBeNull();

  const days = ['08', '09', '10', '11', '12', '13', '14'];
  const report = await importFixtures({
    calendar: file(
      'sold.csv',
      `listing_id,date,available\n${days.map((day) => `1003,2026-06-${day},f`).join('\n')}\n`,
    ),
  });
  expect(report.notes.refused.calendar).toEqual({ night_sold_here: { count: 3, ids: ['1003'] } });
  expect(await listing('1003')).toMatchObject({
    taken: ['[2026-06-08,2026-06-10)', '[2026-06-13,2026-06-15)'],
  });
  expect(await asPostgres(`select nights::text from private.claims where kind = 'hold'`)).toEqual([
    { nights: '[2026-06-10,2026-06-13)' },
  ]);
});

test('a stranger finds the city, its calendar and its price right after', async () => {
  await importFixtures();
  expect(await searchErrors()).toEqual([]);
  const stranger = await clientOf(await person('Ada'));
  const found = await stranger.rpc('search_listings', {
    west: -9.5,
    south: 38.5,
    east: -9,
    north: 39,
    check_in: '2026-06-10',
    check_out: '2026-06-12',
  });
  expect(found.error).toBeNull();
  expect(found.data?.map((home) => home.title)).toContain('Quiet flat by the river');

  const { listing_id } = await listing('1001');
  const calendar = await stranger.rpc('listing_calendar', {
    listing_id,
    starts_on: '2026-06-02',
    ends_on: '2026-06-05',
  });
  expect(calendar.data?.map((day) => [day.available, day.price_minor])).toEqual([
    [true, 16000],
    [false, 12000],
    [false, 12000],
  ]);
  const taken = await stranger.rpc('quote_stay', {
    listing_id,
    check_in: '2026-06-02',
    check_out: '2026-06-04',
  });
  expect(taken.error?.message).toBe('nights_taken');
});

test('the neighbourhood of a file that has it is found, and stays when a later one has not', async () => {
  const told = fixtureText('listings').replace(/^id,/, 'neighbourhood_cleansed,id,')
    .replace(/^(?=[\w.+]+,https:)/gm, 'Alfama,');
  await importFixtures({ listings: file('told.csv', told) });
  expect(await listing('1001')).toMatchObject({ neighbourhood: 'Alfama' });
  await asPostgres('select private.count_places(1000)');
  expect(
    await asPostgres(
      `select kind, name, city, homes > 1 as some from public.search_places('alfama')`,
    ),
  ).toEqual([{ kind: 'neighbourhood', name: 'Alfama', city: 'Lisbon', some: true }]);
  await importFixtures();
  expect(await listing('1001')).toMatchObject({ neighbourhood: 'Alfama' });
});
