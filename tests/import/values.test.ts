import { expect, test } from 'vitest';
import {
  propertyType,
  propertyTypePatterns,
} from '../../scripts/import-inside-airbnb/property-types.ts';
import { amenityPatterns, readAmenities } from '../../scripts/import-inside-airbnb/amenities.ts';
import { placeAt, placeNamed } from '../../scripts/import-inside-airbnb/places.ts';
import { plainText, shortened } from '../../scripts/import-inside-airbnb/text.ts';
import {
  bathrooms,
  day,
  flag,
  isRegistrationNumber,
  number,
  point,
  price,
  roomType,
} from '../../scripts/import-inside-airbnb/values.ts';
import { asPostgres } from '../support/stack.ts';

test.each([
  ['$1,234.00', 1234],
  ['€70', 70],
  ['70', 70],
  ['$70.5', 70.5],
  ['1.234,50 kr', 1234.5],
  ['1.234', 1234],
  ['12,345', 12345],
  ['1,234,567', 1234567],
  ['70,5 €', 70.5],
  ['CHF 99.-', undefined],
  ['$0.00', undefined],
  ['-$70.00', undefined],
  ['', undefined],
  ['N/A', undefined],
  ['$', undefined],
  ['99999999999', undefined],
  ['1.2.3', 123],
])('price %j is %s', (text, amount) => expect(price(text)).toBe(amount));

test.each([
  ['1 bath', 1],
  ['1.5 shared baths', 1.5],
  ['Half-bath', 0.5],
  ['Private half-bath', 0.5],
  ['0 shared baths', 0],
  ['2', 2],
  ['1.26 baths', 1.5],
  ['', undefined],
  ['several', undefined],
])('%j are %s bathrooms', (text, count) => expect(bathrooms(text)).toBe(count));

test.each([
  ['2024-02-29', '2024-02-29'],
  ['2023-02-29', undefined],
  ['2024-13-01', undefined],
  ['01/02/2024', undefined],
  ['99999-01-01', undefined],
])('day %j is %s', (text, value) => expect(day(text)).toBe(value));

test('numbers, flags and points are read only when they are some', () => {
  expect(['4', '4.0', '.5', '-2', '1e3', '', '4 ', 'four', '0x10', 'Infinity', '1e999'].map(number))
    .toEqual([
      4,
      4,
      0.5,
      -2,
      1000,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  expect(['t', 'f', 'TRUE', 'false', '', '1'].map(flag))
    .toEqual([true, false, true, false, undefined, undefined]);
  expect(point('38.7', '-9.1')).toEqual([38.7, -9.1]);
  expect([point('91', '0'), point('0', '0'), point('38', ''), point('1', '181')])
    .toEqual([undefined, undefined, undefined, undefined]);
});

test('the kind of room is read from either column', () => {
  expect(roomType('Entire home/apt', '')).toBe('entire_home');
  expect(roomType('', 'Shared room in hostel')).toBe('shared_room');
  expect(roomType('?', 'Room in boutique hotel')).toBe('hotel_room');
  expect(roomType('Hotel room', 'Entire rental unit')).toBe('hotel_room');
  expect(roomType('', 'Room in bed and breakfast')).toBe('private_room');
  expect(roomType('', 'Yurt')).toBeUndefined();
});

test('texts lose their markup and keep their words', () => {
  expect(plainText('a<br>b<BR/>c<br />d')).toBe('a\nb\nc\nd');
  expect(plainText('1 < 2 and 3 > 2, I <3 it')).toBe('1 < 2 and 3 > 2, I <3 it');
  expect(plainText('&lt;b&gt; &#233;&#xe9; &unknown; &#0;&#xd800;!')).toBe('<b> éé &unknown; !');
  expect(plainText('<style>p{}</style>x<!-- hidden -->')).toBe('x');
  expect(shortened('a👍b', 2)).toBe('a👍');
  expect(shortened('a👍b', 3)).toBe('a👍b');
});

test('every type of home has its pattern, but for what nobody knows', async () => {
  const rows = await asPostgres<{ property_type: string }>(
    `select property_type from public.property_types where property_type <> 'other' order by 1`,
  );
  expect(propertyTypePatterns.map(([type]) => type).sort()).toEqual(
    rows.map(({ property_type }) => property_type),
  );
});

test.each([
  ['Entire rental unit', 'apartment'],
  ['Private room in rental unit', 'apartment'],
  ['Entire condominium (condo)', 'condo'],
  ['Entire serviced apartment', 'serviced_apartment'],
  ['Room in boutique hotel', 'boutique_hotel'],
  ['Room in aparthotel', 'aparthotel'],
  ['Entire guest suite', 'guest_suite'],
  ['Entire vacation home', 'vacation_home'],
  ['Tiny home', 'tiny_home'],
  ['Private room in home', 'home'],
  ['Entire place', 'home'],
  ['Private room', 'home'],
  ['Houseboat', 'houseboat'],
  ['Boat', 'boat'],
  ['Camper/RV', 'camper'],
  ['Shepherd’s hut', 'shepherds_hut'],
  ['Earthen home', 'hut'],
  ['Windmill', 'mill'],
  ['Casa particular', 'casa_particular'],
  ['Shared room in hostel', 'hostel'],
  ['Château', 'castle'],
  ['Something else', undefined],
])('%s is %s', (words, type) => {
  expect(propertyType(words)).toBe(type);
});

test('every amenity has its pattern', async () => {
  const rows = await asPostgres<{ amenity: string }>(
    'select amenity from public.amenities order by 1',
  );
  expect(amenityPatterns.map(([amenity]) => amenity).sort()).toEqual(
    rows.map(({ amenity }) => amenity),
  );
});

test.each([
  ['Wifi – 100 Mbps', ['wifi']],
  ['Fast wifi', ['wifi']],
  ['55 inch HDTV with Netflix', ['tv']],
  ['Free parking on premises', ['free_parking']],
  ['Free street parking', ['free_parking']],
  ['Paid parking garage off premises', ['paid_parking']],
  ['Free residential garage on premises – 1 space', ['free_parking']],
  ['Private outdoor pool - available seasonally', ['pool']],
  ['Pool table', []],
  ['Pool view', []],
  ['AC - split type ductless system', ['air_conditioning']],
  ['Window AC unit', ['air_conditioning']],
  ['Backyard', ['backyard']],
  ['Hair dryer', ['hair_dryer']],
  ['Free dryer – In unit', ['dryer']],
  ['Drying rack for clothing', []],
  ['Dishwasher', ['dishwasher']],
  ['Free washer – In building', ['washer']],
  ['Coffee maker: Keurig coffee machine', ['coffee_maker']],
  ['GE stainless steel gas stove', ['stove']],
  ['Hot water kettle', []],
  ['Pack ’n play/Travel crib - always at the listing', ['crib']],
  ['Fireplace guards', []],
  ['Indoor fireplace: gas', ['indoor_fireplace']],
  ['Shared hot tub - available all year', ['hot_tub']],
  ['Private patio or balcony', ['patio_or_balcony']],
  ['Smart lock', ['self_check_in']],
  ['Lock on bedroom door', ['lock_on_bedroom_door']],
  ['Exterior security cameras on property', ['security_cameras']],
])(
  '%s means %j',
  (words, codes) => expect(readAmenities(JSON.stringify([words]))?.amenities).toEqual(codes),
);

test('lists of amenities come in two forms; what is neither says nothing', () => {
  expect(readAmenities('{TV,"Cable TV","Hot tub",Unknown}')).toMatchObject({
    amenities: ['hot_tub', 'tv'],
    unknown: ['Unknown'],
  });
  expect(readAmenities('')).toMatchObject({ amenities: [] });
  expect(readAmenities('[1, null, "Wifi"]')).toMatchObject({ amenities: ['wifi'] });
  expect(readAmenities('{"a": "b"')).toBeUndefined();
  expect(readAmenities('nonsense')).toBeUndefined();
});

test('places are known by name and by point', () => {
  expect(placeNamed(' new york city ')).toMatchObject({
    timeZone: 'America/New_York',
    currency: 'USD',
  });
  expect(placeAt(42.65, -73.75)).toMatchObject({ city: 'Albany', country: 'US' });
  expect(placeAt(21.3, -157.8)).toMatchObject({ city: 'Hawaii', timeZone: 'Pacific/Honolulu' });
  expect(placeAt(37.8, -122.27)).toMatchObject({ city: 'Oakland' });
  expect(placeAt(0, -140)).toBeUndefined();
});

const registrationNumbers: Record<string, boolean> = {
  '': true,
  'Exempt': true,
  'City registration pending': true,
  '12345/AL': true,
  '7511801234567': true,
  'HUTB-001506': true,
  'OSE-STRREG-0000123': true,
  '2020-BFN-0001234': true,
  '0363 5F3A 5684 6750 D14D': true,
  '0363 5684 6750 1234 D14D': true,
  'W12345678-01,TA-123-456-7890-01': true,
  'Hosted License: 5007242201001033': true,
  '03/Z/RA/003410-18': true,
  'C.I.R. n° 058091-LOC-01234': true,
  'Αρ. 00000123456': true,
  '第123号': true,
  'ada@example.com': false,
  'https://example.com': false,
  'www.example.museum': false,
  'EXAMPLE.COM': false,
  'villa-ada.fr/book': false,
  '+33 612345678': false,
  '06 12 34 56 78': false,
  'Exempt 06.12.34.56.78': false,
  '(212) 555-0123': false,
  '212-555-0123': false,
  '0171 555 012': false,
  '07700 900 123': false,
  'WhatsApp 0612345678': false,
  'Tel. 0612345678': false,
  'e-mail me': false,
  'HUTB-001506\n': false,
  'HUTB\u200b-001506': false,
  '０６１２３４５６７８': false,
  '<b>1</b>': false,
};

test.each(Object.entries(registrationNumbers))(
  'whether %j is a registration number is %s, to the import and to the table',
  async (text, isOne) => {
    expect(isRegistrationNumber(text)).toBe(isOne);
    const [{ rule } = { rule: '' }] = await asPostgres<{ rule: string }>(
      `select string_agg(pg_get_expr(conbin, conrelid), ' and ') as rule from pg_constraint
       where conname in ('listings_have_a_plain_number', 'listings_number_calls_nobody')`,
    );
    const rows = await asPostgres<{ holds: boolean }>(
      `select ${rule} as holds from (select $1::text as registration_number) as listings`,
      [text],
    );
    expect(rows).toEqual([{ holds: isOne }]);
  },
);
