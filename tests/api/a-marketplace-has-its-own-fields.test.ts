import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { anonClient } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';

let hedy: Member;
let ada: Member;
let home: string;

const schema = {
  type: 'object',
  properties: {
    view: { type: 'string', title: 'View', enum: ['sea', 'garden'], filterable: true },
    floor: { type: 'integer', minimum: -1, maximum: 60, filterable: true },
    languages: { type: 'array', items: { type: 'string', enum: ['de', 'en'] } },
    story: { type: 'string', maxLength: 500 },
  },
  additionalProperties: false,
};
const setSchema = (to: unknown) =>
  asPostgres('select * from private.set_listing_schema($1)', [JSON.stringify(to)]);

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada] = [await signUp('Hedy'), await signUp('Ada')];
  home = await publishHome(hedy);
  await setSchema(schema);
});

afterAll(async () => {
  await asPostgres(`update public.listings set custom_fields = '{}' where custom_fields <> '{}'`);
  await setSchema({ type: 'object', properties: {}, additionalProperties: false });
});

test('a host writes fields that fit the schema, and everybody reads them', async () => {
  const stranger = await anonClient();
  const { data } = await stranger.from('listing_forms').select('schema').single().throwOnError();
  expect(data.schema).toEqual(schema);

  const written = await hedy.client.from('listings')
    .update({ custom_fields: { view: 'sea', floor: 3, languages: ['de'], story: 'Old.' } })
    .eq('listing_id', home).select('custom_fields').single().throwOnError();
  expect(written.data.custom_fields)
    .toEqual({ view: 'sea', floor: 3, languages: ['de'], story: 'Old.' });

  const read = await stranger.from('listings').select('view:custom_fields->>view')
    .eq('listing_id', home).eq('custom_fields->>view', 'sea').single().throwOnError();
  expect(read.data).toEqual({ view: 'sea' });
});

test.for<[Record<string, unknown>, string]>([
  [{ view: 'street' }, 'view: must be one of ["sea", "garden"].'],
  [{ floor: '3' }, 'floor: must be an integer.'],
  [{ color: 'red' }, 'color: is not in the schema.'],
  [{ story: 'x'.repeat(9000) }, 'Custom fields take at most 8192 bytes.'],
])('%o is refused with the field', async ([custom_fields, details]) => {
  const refused = await hedy.client.from('listings')
    .update({ custom_fields: custom_fields as never }).eq('listing_id', home);
  expect(refused).toMatchObject({
    status: 422,
    error: { message: 'invalid_custom_fields', details },
  });
});

test('others write neither fields nor schema, and a draft comes without them', async () => {
  const others = await ada.client.from('listings').update({ custom_fields: {} })
    .eq('listing_id', home).select('listing_id').throwOnError();
  expect(others.data).toEqual([]);
  const schemas = await hedy.client.from('listing_forms').update({ schema: {} } as never)
    .eq('singleton', true);
  expect(schemas.error).toMatchObject({ code: '42501' });

  const listing_id = randomUUID();
  const inserted = await hedy.client.from('listings')
    .insert({ listing_id, custom_fields: { view: 'sea' } } as never);
  expect(inserted.error).toMatchObject({ code: '42501' });
  const draft = await hedy.client.rpc('create_listing', {
    listing_id,
    title: 'Barn',
    time_zone: 'Europe/Paris',
    currency: 'EUR',
  }).throwOnError();
  expect(draft.data.custom_fields).toEqual({});
});

test('a host of several homes sees and changes them in one call', async () => {
  const other = await publishHome(hedy);
  const listing_ids = [home, other].sort();
  const ranges = [{ starts_on: '2031-07-01', ends_on: '2031-07-08' }];
  const changed = await hedy.client
    .rpc('set_calendars', { listing_ids, ranges, weekdays: [5, 6], price_minor: 30_000 })
    .throwOnError();
  expect(changed.data).toEqual(listing_ids.map((listing_id) => ({ listing_id, changed_days: 2 })));
  await hedy.client.rpc('block_calendars', { listing_ids, ranges, weekdays: [1], note: 'Cleaning' })
    .throwOnError();

  const { data } = await hedy.client.rpc('host_calendars', { ...ranges[0]!, listing_ids })
    .throwOnError();
  expect(data).toHaveLength(2);
  for (const calendar of data) {
    expect(calendar.taken).toMatchObject([
      { kind: 'block', check_in: '2031-07-07', check_out: '2031-07-08', note: 'Cleaning' },
    ]);
    expect(calendar.days.filter((run) => run.price_is_own)).toMatchObject([
      { starts_on: '2031-07-04', ends_on: '2031-07-06', price_minor: 30_000 },
    ]);
  }
  const refused = await ada.client.rpc('set_calendars', { listing_ids, ranges, price_minor: 1 });
  expect(refused).toMatchObject({ status: 403, error: { message: 'not_your_listing' } });
  expect(refused.error!.details).toContain(listing_ids[0]);
});
