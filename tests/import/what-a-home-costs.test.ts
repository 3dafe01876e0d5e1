import { beforeEach, expect, test } from 'vitest';
import { asPostgres, freshDatabase, setClock } from '../support/stack.ts';
import { everyRow, file, importFixtures, listing } from './inside-airbnb.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

/** Files of homes in Lisbon that differ in their price and calendar only. */
const homes = (prices: string[], calendar?: string) => ({
  listings: file(
    'homes.csv',
    'id,host_id,latitude,longitude,accommodates,price\n' +
      prices.map((price, at) => `${at + 1},9,38.71,-9.13,2,"${price}"`).join('\n'),
  ),
  calendar: calendar === undefined
    ? undefined
    : file('nights.csv', `listing_id,date,available,price\n${calendar}`),
  reviews: undefined,
});

test('a home costs the median of its free nights, whatever stands in the listings file', async () => {
  const nights = [
    '1,2026-06-01,t,$90.00',
    '1,2026-06-02,t,$210.00',
    '1,2026-06-03,t,$200.00',
    // Neither taken nights nor those before today say what a guest will pay.
    '1,2026-06-04,f,$50.00',
    '1,2026-06-05,f,$50.00',
    '1,2026-06-06,f,$50.00',
    '1,2026-05-29,t,$50.00',
    '1,2026-05-30,t,$50.00',
    '1,2026-05-31,t,$50.00',
    '2,2026-06-01,t,',
  ];
  const report = await importFixtures({
    ...homes(['$120.00', '$70.00'], nights.join('\n')),
    shiftDates: false,
  });
  expect(await listing('1')).toMatchObject({ base_price_minor: '20000' });
  // Newer files have no prices in the calendar: then the listing's own counts.
  expect(await listing('2')).toMatchObject({ base_price_minor: '7000', status: 'published' });
  expect(report.notes.mended.listings?.price_of_free_nights).toEqual({ count: 1, ids: ['1'] });
  expect(
    await asPostgres('select day::text, price_minor from public.calendar_days order by day'),
  ).toEqual([
    { day: '2026-06-01', price_minor: '9000' },
    { day: '2026-06-02', price_minor: '21000' },
  ]);
});

test('a home without a free night is a draft, and one without a calendar is not', async () => {
  const report = await importFixtures(
    homes(['$100.00', '$100.00', '$100.00'], '1,2026-06-01,f,$100.00\n2,2026-06-01,t,$100.00'),
  );
  expect(await listing('1')).toMatchObject({ status: 'draft' });
  expect(await listing('2')).toMatchObject({ status: 'published' });
  expect(await listing('3')).toMatchObject({ status: 'published' });
  expect(report.notes.drafts.listings).toEqual({ no_free_night: { count: 1, ids: ['1'] } });
});

test('a price that nobody means makes a draft', async () => {
  const report = await importFixtures(
    homes(['$4.99', '$5.00', '$9,000.00', '$9,000.01', '$99,999.00']),
  );
  expect(report.notes.drafts.listings).toEqual({
    price_of_joke: { count: 3, ids: ['1', '4', '5'] },
  });
  expect(await listing('2')).toMatchObject({ status: 'published' });
  expect(await listing('3')).toMatchObject({ status: 'published' });
});

test('thirty times the usual price of a city is a joke, where twenty homes say what is usual', async () => {
  const usual = Array.from({ length: 20 }, () => '$50.00');
  const report = await importFixtures(homes([...usual, '$1,500.00', '$1,501.00']));
  expect(report.notes.drafts.listings).toEqual({ price_of_joke: { count: 1, ids: ['22'] } });
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
  const few = await importFixtures(homes([...usual.slice(2), '$1,501.00']));
  expect(few.notes.drafts).toEqual({});
});

// The columns of the files of 2015 to 2019, with a value for each that can be said in several ways.
const columnsOf2015 =
  'id,name,summary,space,description,host_id,latitude,longitude,room_type,accommodates,price,' +
  'weekly_price,monthly_price,security_deposit,cleaning_fee,guests_included,extra_people,cancellation_policy';
const homesOf2015 = (...rows: string[]) => ({
  listings: file('2015.csv', `${columnsOf2015}\n${rows.join('\n')}\n`),
  calendar: undefined,
  reviews: undefined,
  city: 'Seattle',
});
const prices = (id: string) =>
  asPostgres(
    `select cancellation_policy, base_price_minor, cleaning_fee_minor, extra_guest_price_minor, included_guests,
       (select jsonb_object_agg(minimum_nights, discount_bp) from public.length_discounts
        where length_discounts.listing_id = listings.listing_id) as discounts
     from public.listings join public.listing_prices using (listing_id) where source_id = $1`,
    [id],
  ).then(([row]) => row);

test('fees, prices of extra guests, weeks and months, and policies of the files of 2015 to 2019 are read', async () => {
  const report = await importFixtures(homesOf2015(
    '1,Blue door,Short.,Wide.,Long.,77,47.61,-122.33,Entire home/apt,4,$100.00,$600.00,"$2,000.00",$250.00,$115.00,2,$25.00,strict',
    '2,Red door,Short.,Wide.,,77,47.61,-122.33,Entire home/apt,4,$100.00,,,,,3,$0.00,super_strict_30',
    '3,Door,,,,77,47.61,-122.33,Entire home/apt,4,$100.00,$700.00,$100.00,,soon,99,$10.00,whenever',
    '4,Door,,,,77,47.61,-122.33,Entire home/apt,4,$100.00,$800.00,,,$0.00,,$10.00,strict_14_with_grace_period',
  ));
  expect(await prices('1')).toEqual({
    cancellation_policy: 'strict',
    base_price_minor: '10000',
    cleaning_fee_minor: '11500',
    extra_guest_price_minor: '2500',
    included_guests: 2,
    // 600 for 700 and 2,000 for 2,800.
    discounts: { 7: 1429, 28: 2857 },
  });
  expect(await prices('2')).toEqual({
    cancellation_policy: 'strict',
    base_price_minor: '10000',
    cleaning_fee_minor: '0',
    extra_guest_price_minor: '0',
    included_guests: 64,
    discounts: null,
  });
  expect(await prices('3')).toMatchObject({
    cancellation_policy: 'moderate',
    cleaning_fee_minor: '0',
    extra_guest_price_minor: '1000',
    included_guests: 64,
    discounts: null,
  });
  expect(await prices('4')).toMatchObject({
    cancellation_policy: 'strict',
    extra_guest_price_minor: '1000',
    included_guests: 1,
    discounts: null,
  });
  expect(await listing('2')).toMatchObject({ description: 'Short.\n\nWide.' });
  expect(report.notes.mended.listings).toMatchObject({
    policy_nearest: { count: 1, ids: ['2'] },
    policy_unknown: { count: 1, ids: ['3'] },
    guests_clamped: { count: 1, ids: ['3'] },
    odd_fee: { count: 1, ids: ['3'] },
    odd_discount: { count: 2, ids: ['3', '4'] },
  });
});

test.each([
  ['flexible', 'flexible'],
  ['Moderate', 'moderate'],
  ['firm', 'firm'],
  ['limited', 'limited'],
  ['strict', 'strict'],
  ['super_strict_60', 'strict'],
  ['luxury_moderate', 'moderate'],
  ['no_refunds', 'non_refundable'],
  ['Non-refundable', 'non_refundable'],
  ['long_term', 'firm'],
])('the policy %s becomes %s', async (asked, policy) => {
  await importFixtures(
    homesOf2015(`1,Door,,,,77,47.61,-122.33,Entire home/apt,4,$100.00,,,,,1,$0.00,${asked}`),
  );
  expect(await prices('1')).toMatchObject({ cancellation_policy: policy });
});

test('a second import of the files of 2015 writes not a single row', async () => {
  const files = homesOf2015(
    '1,Blue door,Short.,Wide.,Long.,77,47.61,-122.33,Entire home/apt,4,$100.00,$600.00,"$2,000.00",$250.00,$115.00,2,$25.00,strict',
  );
  await importFixtures(files);
  const before = await everyRow();
  await importFixtures(files);
  expect(await everyRow()).toEqual(before);
});

test('a file without these columns leaves what is here, and an empty field takes it back', async () => {
  const row = (...fields: string[]) =>
    `1,Door,,,,77,47.61,-122.33,Entire home/apt,4,${fields.join(',')}`;
  await importFixtures(
    homesOf2015(row('$100.00', '$600.00', '', '', '$115.00', '2', '$25.00', 'strict')),
  );
  const said = await prices('1');
  const newer = file(
    'newer.csv',
    'id,host_id,latitude,longitude,accommodates,price\n1,77,47.61,-122.33,4,$100.00\n',
  );
  await importFixtures({ ...homesOf2015(), listings: newer });
  expect(await prices('1')).toEqual(said);

  await importFixtures(homesOf2015(row('$100.00', '', '', '', '', '', '', '')));
  expect(await prices('1')).toEqual({
    cancellation_policy: 'strict',
    base_price_minor: '10000',
    cleaning_fee_minor: '0',
    extra_guest_price_minor: '0',
    included_guests: 64,
    discounts: null,
  });
});
