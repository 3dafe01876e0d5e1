import { expect, test } from 'vitest';
import { asPostgres, functionLines } from '../support/stack.ts';
import { ask, post, refusal } from './graph.ts';

const repeat = (times: number, text: (i: number) => string) =>
  Array.from({ length: times }, (_, i) => text(i)).join(' ');
const nested = (depth: number): string =>
  depth === 0 ? 'title' : `host { listingsAsHost(first: 1) { nodes { ${nested(depth - 1)} } } }`;
const box = 'west: 1, south: 1, east: 2, north: 2';

/** Documents that ask for too much, each in a way of its own. */
const abuse: Record<string, string> = {
  'rows by rows by rows':
    '{ listings(first: 100) { nodes { reviews(first: 100) { nodes { listing { reviews(first: 100) { nodes { body } } } } } } } }',
  'a hundred homes with a hundred reviews each':
    '{ listings(first: 100) { nodes { reviews(first: 100) { nodes { body } } } } }',
  'four lists within one another':
    '{ profiles(first: 1) { nodes { listingsAsHost(first: 1) { nodes { reviews(first: 1) { nodes { listing { photos(first: 1) { nodes { caption } } } } } } } } } }',
  'a walk back and forth': `{ listings(first: 1) { nodes { ${nested(8)} } } }`,
  'aliases of one field': `{ ${repeat(40, (i) => `a${i}: __typename`)} }`,
  'aliases of a table': `{ ${repeat(31, (i) => `a${i}: listings(first: 1) { nodes { title } }`)} }`,
  'many fields at the root': `{ ${
    repeat(11, (i) => `a${i}: profiles(first: 1) { nodes { profileId } }`)
  } }`,
  'five searches': `{ ${repeat(5, (i) => `a${i}: searchListings(${box}) { title }`)} }`,
  'ten searches': `{ ${repeat(10, (i) => `a${i}: searchListings(${box}) { title }`)} }`,
  'eleven calendars': `{ ${
    repeat(9, (i) =>
      `a${i}: listingCalendar(listingId: "10000000-0000-4000-8000-000000000001") { day }`)
  } x: searchListings(${box}) { title } }`,
  'three hundred fields': `{ listings(first: 1) { nodes { ${
    repeat(
      26,
      () => 'title city region currency capacity bedrooms beds timeZone status instantBook',
    )
  } } } }`,
  'two mutations':
    'mutation { a: deleteMyAccount(input: {}) { clientMutationId } b: deleteMyAccount(input: {}) { clientMutationId } }',
  'tokens': `{ ${repeat(2001, () => '__typename')} }`,
  'a fragment spread a thousand times': `{ listings(first: 1) { nodes { ${
    repeat(300, () => '...f')
  } } } } fragment f on Listing { title }`,
  'fragments that double': `{ listings(first: 1) { nodes { ...f0 } } } ${
    repeat(12, (i) => `fragment f${i} on Listing { ...f${i + 1} ...f${i + 1} }`)
  } fragment f12 on Listing { title }`,
  'a fragment that holds itself':
    '{ listings(first: 1) { nodes { ...f } } } fragment f on Listing { host { listingsAsHost { nodes { ...f } } } }',
  'inline fragments without end': `{ listings(first: 1) { nodes { ${'... { '.repeat(260)}title${
    ' }'.repeat(260)
  } } } }`,
  'a page of a billion': '{ listings(first: 1000000000) { nodes { title } } }',
  'a page that is no number': '{ listings(first: 1e9) { nodes { title } } }',
  'a search page of a thousand': `{ searchListings(${box}, pageSize: 1000) { title } }`,
  'a search page below nothing': `{ searchListings(${box}, pageSize: -5) { title } }`,
  'a list of rows in a list of rows':
    '{ searchListings(west: 1, south: 1, east: 2, north: 2, pageSize: 100) { listing { reviews(first: 100) { nodes { body } } } } }',
  'edges instead of nodes':
    '{ listings(first: 100) { edges { node { reviews(first: 100) { edges { node { body } } } } } } }',
  'nodes and edges at once':
    '{ listings(first: 60) { nodes { reviews(first: 30) { nodes { body } } } edges { node { reviews(first: 30) { nodes { body } } } } } }',
  'directives': `{ listings(first: 1) { nodes { title ${
    repeat(700, () => '@include(if: true)')
  } } } }`,
  'an unknown directive': '{ listings(first: 1) @nothing { nodes { title } } }',
  'variables that grow': `query(${
    repeat(500, (i) => `$v${i}: Int`)
  }) { listings(first: $v0) { nodes { title } } }`,
  'many operations': `${
    repeat(120, (i) => `query q${i} { listings(first: 1) { nodes { title } } }`)
  }`,
  'an empty selection': '{ listings { } }',
  'a null page of a null': '{ listings(first: null, after: null, orderBy: null) }',
  'orders that have no index': '{ reviews(orderBy: BODY_ASC) { nodes { body } } }',
  'a filter that has no index': '{ reviews(condition: {body: "x"}) { nodes { body } } }',
  'backwards': '{ listings(last: 10) { nodes { title } } }',
  'an offset': '{ listings(offset: 100000) { nodes { title } } }',
  'a count': '{ listings { totalCount } }',
  'a list of ids too long': `{ savedListings(listingIds: [${
    repeat(700, () => '"10000000-0000-4000-8000-000000000001"')
  }]) { listingId } }`,
  'a string too long': `{ sharedWishlist(token: "${'x'.repeat(25_000)}") { name } }`,
  'a comment too long': `{ __typename } # ${'x'.repeat(25_000)}`,
  'a deferred part': '{ listings(first: 1) { nodes { title ... @defer { city } } } }',
  'brackets': '['.repeat(10_000),
};

test.each(Object.entries(abuse))(
  '%s: refused before the database hears of it',
  async (_name, query) => {
    const before = functionLines().length;
    const answer = await ask(query);
    expect(answer.data).toBeUndefined();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.errors[0]?.extensions.code).toMatch(
      /^(query_too_costly|invalid_page_size|invalid_document|invalid_body|body_too_large)$/,
    );
    expect(functionLines().slice(before).join('\n')).not.toContain('"operation"');
  },
);

test('there are forty of them', () => {
  expect(Object.keys(abuse)).toHaveLength(40);
});

test('ordinary requests are answered right while all of these come in at once', async () => {
  const times = { alone: [] as number[], beside: [] as number[] };
  const ordinary = async (when: keyof typeof times) => {
    const began = performance.now();
    const { status, data, errors } = await ask(
      '{ amenities(first: 3, orderBy: AMENITY_ASC) { nodes { amenity } } }',
    );
    times[when].push(performance.now() - began);
    expect({ status, errors, data }).toEqual({
      status: 200,
      errors: [],
      data: { amenities: rows },
    });
  };
  const rows = {
    nodes: await asPostgres('select amenity from public.amenities order by amenity limit 3'),
  };
  for (let i = 0; i < 20; i++) await ordinary('alone');

  let isOver = false;
  const refused = Promise.all(
    Array.from({ length: 3 }, () => Object.values(abuse)).flat().map((query) => ask(query)),
  ).finally(() => isOver = true);
  while (!isOver || times.beside.length < 20) await ordinary('beside');
  for (const { status, data } of await refused) {
    expect(data).toBeUndefined();
    expect([400, 413, 422].includes(status)).toBe(true);
  }

  const median = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
  console.log(
    `Ordinary requests beside ${Object.keys(abuse).length * 3} abusive ones: ` +
      `${(median(times.beside) / median(times.alone)).toFixed(1)} times as long`,
  );
});

test('what a screen asks for is within the limits', async () => {
  const screens = [
    '{ listings(first: 20) { nodes { title host { displayName } photos(first: 5) { nodes { storagePath } } reviews(first: 3) { nodes { body } } } } }',
    `{ searchListings(${box}) { title listing { host { displayName } photos(first: 1) { nodes { storagePath } } reviews(first: 2) { nodes { body } } } } }`,
    `{ a: searchListings(${box}) { title } b: searchListings(${box}, sort: "newest") { title } }`,
  ];
  for (const screen of screens) {
    const { status, errors } = await ask(screen);
    expect({ screen, status, errors }).toEqual({ screen, status: 200, errors: [] });
  }
});

test('a body over the limit is refused by its length', async () => {
  expect(refusal(await post(JSON.stringify({ query: `{ __typename } #${'x'.repeat(20_000)}` }))))
    .toEqual({ status: 413, code: 'body_too_large' });
});
