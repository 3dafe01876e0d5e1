import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { asPostgres, functionLines, testApi } from '../support/stack.ts';
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
  'fragments of fragments at the root': `{ ...f0 } ${
    repeat(10, (i) => `fragment f${i} on Query { ${repeat(20, () => `...f${i + 1}`)} }`)
  } fragment f10 on Query { __typename }`,
  'many fields at the root, by fragments': `{ ...f ...g } ${
    ['f', 'g'].map((name) =>
      `fragment ${name} on Query { ${
        repeat(6, (i) => `${name}${i}: profiles(first: 1) { nodes { profileId } }`)
      } }`
    ).join(' ')
  }`,
  'aliases across fragments': `{ listings(first: 1) { nodes { ...f ...g } } } ${
    ['f', 'g'].map((name) =>
      `fragment ${name} on Listing { ${repeat(16, (i) => `${name}${i}: title`)} }`
    ).join(' ')
  }`,
  'a second mutation in a fragment':
    'mutation { deleteMyAccount(input: {}) { clientMutationId } ...f } fragment f on Mutation { b: deleteMyAccount(input: {}) { clientMutationId } }',
  'five searches, by fragments': `{ ...f ...g } ${
    ['f', 'g'].map((name) =>
      `fragment ${name} on Query { ${
        repeat(3, (i) => `${name}${i}: searchListings(${box}) { title }`)
      } }`
    ).join(' ')
  }`,
  'a field beside itself': `{ listings(first: 1) { ${
    repeat(300, () => 'nodes { title city }')
  } } }`,
  'a hundred fragments': `{ listings(first: 1) { nodes { ${repeat(100, (i) => `...f${i}`)} } } } ${
    repeat(100, (i) => `fragment f${i} on Listing { title }`)
  }`,
  'a page without an end': '{ amenities(first: null) { nodes { amenity } } }',
  'a page without an end below a row':
    '{ listings(first: 1) { nodes { reviews(first: null) { nodes { body } } } } }',
  'three thousand conversations': '{ myConversations(most: 3000) { conversationId } }',
  'a verb without an end': '{ staffLedger(pageSize: null) { entryId } }',
  'three screens of a map': `{ ${
    repeat(3, (i) => `a${i}: searchScreen(${box}) { facets { homes } }`)
  } }`,
  'a screen of a hundred homes with fifty photos each':
    `{ searchScreen(${box}, pageSize: 100) { page { listing { photos(first: 50) { nodes { caption } } } } } }`,
  'a screen whose pins have fifty photos each':
    `{ searchScreen(${box}) { pins { listing { photos(first: 50) { nodes { caption } } } } } }`,
  'a hundred conversations with a hundred messages each':
    '{ myConversations(most: 100) { conversation { messages(first: 100) { nodes { body } } } } }',
  'a verb that nobody sized, with a hundred rows below each':
    '{ myEarnings(startsOn: "2026-01-01", endsOn: "2027-01-01") { booking { lines(first: 100) { nodes { kind } } } } }',
  'a row for each of many ids': `{ savedListings(listingIds: [${
    repeat(300, () => '"10000000-0000-4000-8000-000000000001"')
  }]) { listing { reviews(first: 20) { nodes { body } } } } }`,
  'orders by everything': `{ reviews(first: 1, orderBy: [${
    repeat(300, (i) => i % 2 === 0 ? 'WRITTEN_ON_ASC' : 'WRITTEN_ON_DESC')
  }]) { nodes { body } } }`,
  'rows that are skipped':
    '{ listings(first: 100) @skip(if: true) { nodes { reviews(first: 100) { nodes { body } } } } }',
  'a directive twice':
    '{ listings(first: 1) @skip(if: false) @skip(if: false) { nodes { title } } }',
  'a directive of a whole operation': 'query @include(if: true) { __typename }',
  'a list in a list in a list': `{ savedListings(listingIds: ${'['.repeat(900)}"x"${
    ']'.repeat(900)
  }) { listingId } }`,
  'a cycle of fragments':
    '{ listings(first: 1) { nodes { ...f } } } fragment f on Listing { host { ...g } } fragment g on Profile { listingsAsHost { nodes { ...f } } }',
  'a cycle at the root': '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }',
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
      /^(query_too_costly|invalid_page_size|too_many_results|invalid_document|invalid_body|body_too_large)$/,
    );
    expect(functionLines().slice(before).join('\n')).not.toContain('"operation"');
  },
);

test('there are sixty-four of them', () => {
  expect(Object.keys(abuse)).toHaveLength(64);
});

const ids = 'query($ids: [UUID]!) { savedListings(listingIds: $ids)';
const page = 'query($first: Int) { amenities(first: $first) { nodes { amenity } } }';
const reviews = 'reviews(first: 100) { nodes { body } }';

/** The same by variables, which no rule of validation sees; as JSON, for what no program would write. */
const abuseByVariables: Record<string, [query: string, variables: string]> = {
  'a page without an end': [page, '{"first": null}'],
  'a page of a thousand': [page, '{"first": 1000}'],
  'a page of a thousand, as default': [page.replace('Int', 'Int = 1000'), '{}'],
  'a page that is text': [page, '{"first": "100"}'],
  'a null in place of a default': [
    'query($id: UUID = "10000000-0000-4000-8000-000000000001") { listing(listingId: $id) { title } }',
    '{"id": null}',
  ],
  'a row for each of many ids': [
    `${ids} { listing { ${reviews} } } }`,
    JSON.stringify({ ids: Array(400).fill('10000000-0000-4000-8000-000000000001') }),
  ],
  'lists within lists': [
    `${ids} { listingId } }`,
    `{"ids": ${'['.repeat(8000)}${']'.repeat(8000)}}`,
  ],
  'objects within objects': [
    `${ids} { listingId } }`,
    `{"ids": ${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}`,
  ],
  'orders by everything': [
    'query($by: [ReviewOrderBy!]) { reviews(first: 1, orderBy: $by) { nodes { body } } }',
    JSON.stringify({ by: Array(900).fill('WRITTEN_ON_ASC') }),
  ],
  'rows that are not included': [
    `query($no: Boolean!) { listings(first: 100) @include(if: $no) { nodes { ${reviews} } } }`,
    '{"no": false}',
  ],
  'more than a body holds': [page, JSON.stringify({ first: 1, more: 'x'.repeat(20_000) })],
  'a number beyond all': [
    'query($before: SafeInt) { staffAuditLog(before: $before) { entryId } }',
    '{"before": 1e300}',
  ],
};

test.each(Object.entries(abuseByVariables))(
  '%s, by variables: refused before the database hears of it',
  async (_name, [query, variables]) => {
    const before = functionLines().length;
    const { data, status, errors } = await post(
      `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`,
    );
    expect(data).toBeUndefined();
    expect(status).toBeOneOf([400, 413]);
    expect(errors[0]?.extensions.code).toMatch(
      /^(query_too_costly|invalid_page_size|too_many_results|invalid_variables|body_too_large)$/,
    );
    expect(functionLines().slice(before).join('\n')).not.toContain('"operation"');
  },
);

test('a variable with the name of every prototype is none', async () => {
  const query = JSON.stringify(page.replaceAll('$first', '$__proto__'));
  const answer = await post(`{"query": ${query}, "variables": {"__proto__": 1000}}`);
  expect(answer.data.amenities.nodes).toHaveLength(20);
});

/** What a browser sends for another site without asking first, and other ways around the door. */
const requests: Record<
  string,
  [init: RequestInit & { path?: string }, status: number, code: string]
> = {
  'a document in the address': [
    { method: 'GET', path: '?query=%7B__typename%7D' },
    405,
    'method_not_allowed',
  ],
  'a mutation in the address': [
    {
      method: 'GET',
      path: '?query=mutation%7BdeleteMyAccount(input%3A%7B%7D)%7BclientMutationId%7D%7D',
    },
    405,
    'method_not_allowed',
  ],
  'a document in the address of a POST': [
    {
      path: '?query=%7B__typename%7D',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    },
    400,
    'invalid_body',
  ],
  'another method': [
    { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' },
    405,
    'method_not_allowed',
  ],
  'plain text': [{ body: '{"query": "{ __typename }"}' }, 400, 'invalid_body'],
  'no type at all': [
    { body: new Blob(['{"query": "{ __typename }"}']) },
    400,
    'invalid_body',
  ],
  'a form': [
    { body: new URLSearchParams({ query: '{ __typename }' }) },
    400,
    'invalid_body',
  ],
  'a form with files': [
    { body: formOf({ operations: '{"query": "{ __typename }"}' }) },
    400,
    'invalid_body',
  ],
  'a type that only begins like JSON': [
    { headers: { 'content-type': 'application/json-seq' }, body: '{"query": "{ __typename }"}' },
    400,
    'invalid_body',
  ],
  'many operations in one body': [
    {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array(100).fill({ query: '{ __typename }' })),
    },
    400,
    'invalid_body',
  ],
  'extensions that are a list': [
    {
      headers: { 'content-type': 'application/json' },
      body: '{"query": "{ __typename }", "extensions": [1]}',
    },
    400,
    'invalid_body',
  ],
  'a hash that is none': [
    {
      headers: { 'content-type': 'application/json' },
      body: '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "__proto__"}}}',
    },
    400,
    'invalid_body',
  ],
  'a hash that nobody knows': [
    {
      headers: { 'content-type': 'application/json' },
      body: `{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "${'a'.repeat(64)}"}}}`,
    },
    404,
    'unknown_document',
  ],
};

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test.each(Object.entries(requests))(
  '%s: refused before the database hears of it',
  async (_name, [{ path = '', ...init }, status, code]) => {
    const { url } = await testApi();
    const before = functionLines().length;
    const response = await fetch(`${url}/functions/v1/graphql${path}`, {
      method: 'POST',
      ...init,
      headers: { apikey: keys.publishable, ...init.headers },
    });
    expect([response.status, response.headers.get('x-error-code')]).toEqual([status, code]);
    expect(functionLines().slice(before).join('\n')).not.toContain('"operation"');
  },
);

test('no verb gives more rows than it counts for when nobody says how many', async () => {
  const verbs = await asPostgres<{ verb: string; most: number }>(`
    select proname as verb, (regexp_match(pg_get_function_arguments(oid),
      '(?:page_size|most|max_rows) integer DEFAULT (\\d+)'))[1]::integer as most
    from pg_proc
    where pronamespace = 'public'::regnamespace and proretset
      and has_function_privilege('authenticated', oid, 'execute')
      and proargnames && array['page_size', 'most', 'max_rows']`);
  expect(verbs.length).toBeGreaterThan(8);
  for (const { verb, most } of verbs) {
    expect({ verb, fits: most !== null && most <= 50 }).toEqual({ verb, fits: true });
  }
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
    `{ searchScreen(${box}) { page { title listing { host { displayName } photos(first: 1) { nodes { storagePath } } reviews(first: 2) { nodes { body } } } } pins { homes } facets { homes } } }`,
    `{ a: searchListings(${box}) { title } b: searchListings(${box}, sort: "newest") { title } }`,
  ];
  for (const screen of screens) {
    const { status, errors } = await ask(screen);
    expect({ screen, status, errors }).toEqual({ screen, status: 200, errors: [] });
  }
});

test('the page of a screen counts for as many rows as the same page alone', async () => {
  const photos = (first: number) => `listing { photos(first: ${first}) { nodes { caption } } }`;
  for (const pageSize of [25, 50, 100]) {
    // The page and its photos, and as many rows again for the pins.
    const fits = Math.floor((2_500 - 2 * pageSize) / pageSize);
    for (const first of [fits, fits + 1]) {
      const screen = `searchScreen(${box}, pageSize: ${pageSize})`;
      const { errors } = await ask(`{ ${screen} { pins { homes } page { ${photos(first)} } } }`);
      expect({ pageSize, first, codes: errors.map(({ extensions }) => extensions.code) })
        .toEqual({ pageSize, first, codes: first === fits ? [] : ['query_too_costly'] });
    }
  }
});

test('a body over the limit is refused by its length', async () => {
  expect(refusal(await post(JSON.stringify({ query: `{ __typename } #${'x'.repeat(20_000)}` }))))
    .toEqual({ status: 413, code: 'body_too_large' });
});
