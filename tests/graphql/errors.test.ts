import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, expect, test } from 'vitest';
import { keys, signToken } from '../../local/keys.ts';
import { codeOf } from '../../types/errors.ts';
import { fieldOf } from '../../types/field-of.ts';
import { clientOf, person, tokenFor } from '../support/people.ts';
import { testApi } from '../support/stack.ts';
import { ask, post, refusal } from './graph.ts';
import { mill, type Reader, town } from './town.ts';

let readers: Reader[];
const tokenOf = (name: string) => readers.find((reader) => reader.name === name)?.token;
beforeAll(async () => {
  readers = await town();
});

test('a refusal of the database keeps its code, status and detail', async () => {
  const answer = await ask(
    `{ quoteStay(listingId: "${mill}", checkIn: "2027-06-04", checkOut: "2027-06-01") { totalMinor } }`,
  );
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ quoteStay: null });
  expect(answer.errors[0]).toMatchObject({
    path: ['quoteStay'],
    extensions: {
      code: 'dates_reversed',
      status: 400,
      detail: 'The end must be after the start.',
    },
  });
});

test('a mutation that is refused changes nothing and says why', async () => {
  const token = tokenOf('Ada');
  const wishlistId = randomUUID();
  const create =
    `mutation($input: CreateWishlistMutationInput!) { createWishlist(input: $input) { wishlist { name } } }`;
  const made = await ask(create, { token, variables: { input: { wishlistId, name: 'Sea' } } });
  expect(made.data).toEqual({ createWishlist: { wishlist: { name: 'Sea' } } });
  const again = await ask(create, { token, variables: { input: { wishlistId, name: 'Sea' } } });
  expect(again.data).toEqual(made.data);
  const foreign = await ask(create, {
    token: tokenOf('Alan'),
    variables: { input: { wishlistId, name: 'Mine' } },
  });
  expect(foreign.errors[0]?.extensions.code).toBe('id_reused');
  expect(foreign.data).toEqual({ createWishlist: null });
});

test('a query changes nothing, whatever it calls', async () => {
  // Every field of Query is stable; the transaction is read-only besides.
  const { data, errors } = await ask('{ myWishlists { name } }', { token: tokenOf('Ada') });
  expect(errors).toEqual([]);
  expect(data.myWishlists.map(({ name }: { name: string }) => name)).toContain('Sea');
});

test('a relation that is refused says which field of the root it emptied', async () => {
  const answer = await ask('{ listings { nodes { title bookings { nodes { bookingId } } } } }');
  expect(answer.data).toEqual({ listings: null });
  expect(answer.errors[0]).toMatchObject({
    path: ['listings'],
    extensions: { code: 'not_allowed', status: 401 },
  });
});

test('what is kept from strangers has the status 401, as in REST, and from people 403', async () => {
  const { url } = await testApi();
  const person = tokenOf('Ada')!;
  const statuses = async (path: string, document: string, token?: string) => {
    const { errors } = await ask(document, { token });
    const { status } = await fetch(`${url}/rest/v1/${path}`, {
      headers: {
        apikey: keys.publishable,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    return { code: errors[0]?.extensions.code, graph: errors[0]?.extensions.status, rest: status };
  };
  const mine = ['rpc/my_wishlists', '{ myWishlists { name } }'] as const;
  const kept = { code: 'not_allowed', graph: 401, rest: 401 };
  expect(await statuses(...mine)).toEqual(kept);
  expect(await statuses('bookings', '{ bookings { nodes { bookingId } } }')).toEqual(kept);
  expect(await statuses(...mine, person)).toEqual({
    code: undefined,
    graph: undefined,
    rest: 200,
  });
  const answer = await ask(
    `mutation { createListingPhoto(input: {listingPhoto: {listingId: "${mill}", position: 9, storagePath: "x"}}) { listingPhoto { photoId } } }`,
    { token: tokenOf('Alan') },
  );
  expect(answer.errors[0]?.extensions).toMatchObject({ code: 'not_allowed', status: 403 });
});

test('a function says sign_in_required to strangers', async () => {
  const { url } = await testApi();
  const response = await fetch(`${url}/functions/v1/create-payment`, {
    method: 'POST',
    headers: { apikey: keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ booking_id: randomUUID() }),
  });
  expect([response.status, response.headers.get('x-error-code')])
    .toEqual([401, 'sign_in_required']);
});

test('a key is not asked for: whoever sends none is a visitor', async () => {
  const { url } = await testApi();
  const response = await fetch(`${url}/functions/v1/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ listing(listingId: "${mill}") { status } }` }),
  });
  expect([response.status, await response.json()])
    .toEqual([200, { data: { listing: { status: 'published' } } }]);
});

test('a refused value names its fields, which fieldOf reads', async () => {
  const token = tokenOf('Ada');
  const listingId = randomUUID();
  const create =
    'mutation($input: CreateListingMutationInput!) { createListing(input: $input) { listing { title } } }';
  const given = { listingId, title: 'Barn', currency: 'EUR', timeZone: 'Europe/Paris' };
  const faultOf = async (input: object) => {
    const { errors } = await ask(create, { token, variables: { input } });
    return { ...errors[0]?.extensions, field: fieldOf(errors[0], input) };
  };
  expect(await faultOf({ ...given, title: '' }))
    .toMatchObject({ code: 'invalid_value', fields: ['title'], field: 'title' });
  expect(await faultOf({ ...given, capacity: 0 }))
    .toMatchObject({ code: 'invalid_value', fields: ['capacity'], field: 'capacity' });
  // Also in an error that was made of the extensions, as the guide's are.
  const [error] =
    (await ask(create, { token, variables: { input: { ...given, title: '' } } })).errors;
  expect(fieldOf(Object.assign(new Error(error?.message), error?.extensions))).toBe('title');

  // What no database hears of.
  expect(await faultOf({ ...given, capacity: 'many' }))
    .toMatchObject({ code: 'invalid_variables', field: 'capacity' });
  expect(await faultOf({ ...given, nothing: 1 }))
    .toMatchObject({ code: 'invalid_variables', field: 'nothing' });
  const { title: _, ...untitled } = given;
  expect(await faultOf(untitled)).toMatchObject({ code: 'invalid_variables', field: 'title' });

  // A refusal that a verb words itself, a reference to what does not exist, and one about no field.
  const before = await ask('{ myConversations(beforeAt: "2031-05-20T12:00:00") { side } }', {
    token,
  });
  expect(before.errors[0]?.extensions.fields).toEqual(['beforeAt']);
  await ask(create, { token, variables: { input: given } });
  const amenity = await ask(
    `mutation { createListingAmenity(input: {listingAmenity: {listingId: "${listingId}", amenity: "moat"}}) { listingAmenity { amenity } } }`,
    { token },
  );
  expect(amenity.errors[0]?.extensions).toMatchObject({
    code: 'invalid_reference',
    fields: ['amenity'],
  });
  const reversed = await ask(
    `{ quoteStay(listingId: "${mill}", checkIn: "2027-06-04", checkOut: "2027-06-01") { nights } }`,
  );
  expect(reversed.errors[0]?.extensions).not.toHaveProperty('fields');
});

const map = { west: 4.0, south: 46.7, east: 4.3, north: 47.0 };
const mapped = 'west: 4.0, south: 46.7, east: 4.3, north: 47.0';

test.each([
  ['search_listings', map, `searchListings(${mapped}, pageSize: SIZE) { title }`],
  ['search_screen', map, `searchScreen(${mapped}, pageSize: SIZE) { facets { homes } }`],
  [
    'similar_homes',
    { listing_id: mill },
    `similarHomes(listingId: "${mill}", pageSize: SIZE) { title }`,
  ],
  ['search_places', { name: 'mil' }, 'searchPlaces(name: "mil", pageSize: SIZE) { name }'],
  ['my_wishlists', {}, 'myWishlists(pageSize: SIZE) { name }'],
  ['my_conversations', {}, 'myConversations(most: SIZE) { side }'],
])('%s: a page size has the code that it has in REST', async (verb, args, field) => {
  const ada = readers.find(({ name }) => name === 'Ada')!;
  const client = await clientOf(ada.person!) as unknown as SupabaseClient;
  const named = verb === 'my_conversations' ? 'most' : 'page_size';
  const codes = { rest: [] as unknown[], graph: [] as unknown[] };
  for (const size of [-1, 0, 1, 100, 101, 1000, null]) {
    const { error } = await client.rpc(verb, { ...args, [named]: size });
    codes.rest.push([size, error === null ? undefined : error.message]);
    const { errors } = await ask(`{ ${field.replace('SIZE', String(size))} }`, ada);
    codes.graph.push([size, errors[0]?.extensions.code]);
  }
  expect(codes.graph).toEqual(codes.rest);
});

test('what is said of a page size is what is asked for', async () => {
  const said = async (document: string) => (await ask(document)).errors[0]?.extensions;
  const page = (size: number) => `{ searchListings(${mapped}, pageSize: ${size}) { title } }`;
  expect(await said(page(0)))
    .toMatchObject({ detail: 'A page must have 1 to 100 rows.', fields: ['pageSize'] });
  expect(await said(page(101)))
    .toMatchObject({ detail: 'Ask for at most 100 rows per page.', fields: ['pageSize'] });
  expect(await said('{ listings(first: -1) { nodes { title } } }'))
    .toMatchObject({ detail: 'A page must have 0 to 100 rows.', fields: ['first'] });
  expect(await said('{ listings(first: 0) { pageInfo { hasNextPage } } }')).toBeUndefined();
});

test.each([
  ['syntax', '{ listings {', 'invalid_document', 400],
  ['an unknown field', '{ listings { nodes { nothing } } }', 'invalid_document', 400],
  ['an unknown argument', '{ listings(nothing: 1) { nodes { title } } }', 'invalid_document', 400],
  ['a subscription', 'subscription { listings { nodes { title } } }', 'invalid_document', 400],
  ['a forged cursor', '{ listings(after: "WyJ4Il0=") { nodes { title } } }', 'invalid_cursor', 200],
  ['a cursor that is none', '{ listings(after: "x") { nodes { title } } }', 'invalid_cursor', 200],
  ['a page too large', '{ listings(first: 101) { nodes { title } } }', 'too_many_results', 400],
  ['a page below nothing', '{ listings(first: -1) { nodes { title } } }', 'invalid_page_size', 400],
  ['an id that is none', '{ listing(listingId: "1") { title } }', 'invalid_document', 400],
])('%s has a code', async (_what, query, code, status) => {
  const answer = await ask(query);
  expect({ status: answer.status, code: answer.errors[0]?.extensions.code }).toEqual({
    status,
    code,
  });
});

test.each([
  [
    'variables that are text',
    JSON.stringify({ query: '{ __typename }', variables: 'x' }),
    'invalid_body',
  ],
  [
    'variables that are a list',
    JSON.stringify({ query: '{ __typename }', variables: [1] }),
    'invalid_body',
  ],
  ['a batch', JSON.stringify([{ query: '{ __typename }' }]), 'invalid_body'],
  ['no query', '{}', 'invalid_body'],
  ['a query that is a number', JSON.stringify({ query: 1 }), 'invalid_body'],
  ['what is not JSON', 'query { __typename }', 'invalid_body'],
])('%s has a code', async (_what, body, code) => {
  expect(refusal(await post(body))).toEqual({ status: 400, code });
});

test('variables that the document does not declare so are named', async () => {
  const query = 'query($id: UUID!) { listing(listingId: $id) { title } }';
  const missing = await ask(query);
  expect(refusal(missing)).toEqual({ status: 400, code: 'invalid_variables' });
  expect(missing.errors[0]?.extensions.detail).toContain('$id');
  expect(refusal(await ask(query, { variables: { id: 7 } }))).toEqual({
    status: 400,
    code: 'invalid_variables',
  });
});

test('a page size in a variable is held to the same bounds', async () => {
  const query = 'query($first: Int) { listings(first: $first) { nodes { title } } }';
  expect(refusal(await ask(query, { variables: { first: 1000 } })))
    .toEqual({ status: 400, code: 'too_many_results' });
  expect((await ask(query, { variables: { first: 2 } })).data.listings.nodes).toHaveLength(2);
  expect((await ask(query)).data.listings.nodes.length).toBeGreaterThan(2);
  // Also when the document was within them before.
  expect(refusal(await ask(query, { variables: { first: 1000 } })))
    .toEqual({ status: 400, code: 'too_many_results' });
});

test('an operation within the limits lets in no other one of its document', async () => {
  const query =
    'query small { __typename } query large { listings(first: 1000) { nodes { title } } }';
  const named = (operationName: string) => ask(query, { operationName });
  expect((await named('small')).data).toEqual({ __typename: 'Query' });
  expect(refusal(await named('large'))).toEqual({ status: 400, code: 'too_many_results' });
  expect((await named('small')).data).toEqual({ __typename: 'Query' });
});

test('one of several operations is named', async () => {
  const query = 'query a { a: __typename } query b { b: __typename }';
  expect(refusal(await ask(query))).toEqual({ status: 400, code: 'invalid_document' });
  expect((await ask(query, { operationName: 'b' })).data).toEqual({ b: 'Query' });
});

test('who is not who they say they are gets 401 and no data', async () => {
  const { id, email } = await person('Ada');
  const forged = [
    'x',
    'eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYXV0aGVudGljYXRlZCJ9.',
    tokenFor({ id, email, expiresIn: -120 }),
    signToken({ role: 'service_role', aud: 'authenticated' }),
    signToken({ role: 'postgres', sub: id, aud: 'authenticated' }),
    `${tokenFor({ id, email }).slice(0, -3)}abc`,
  ];
  for (const token of forged) {
    const answer = await ask('{ bookings { nodes { bookingId } } }', { token });
    expect({ token, ...refusal(answer) }).toEqual({ token, status: 401, code: 'sign_in_required' });
    expect(answer.data).toBeUndefined();
  }
});

test('nothing of Postgres is told: no statement, no names of its own, no hint', async () => {
  const token = tokenOf('Ada');
  const answers = await Promise.all([
    ask('{ listings(after: "WyJ4Il0=") { nodes { title } } }', { token }),
    ask(
      `mutation { createListingPhoto(input: {listingPhoto: {listingId: "${mill}", position: 9, storagePath: "x"}}) { listingPhoto { photoId } } }`,
      { token },
    ),
    ask('{ bookings { nodes { bookingId } } }'),
  ]);
  for (const { text, errors } of answers) {
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toMatch(
      /select|violates|constraint|relation|permission denied|policy|hint|pg_|SQLSTATE/i,
    );
  }
});

test('codes are those that codeOf gives for the same refusal by REST', async () => {
  const ada = readers.find(({ name }) => name === 'Ada')!;
  const client = await clientOf(ada.person!);
  const stay = { listing_id: mill, check_in: '2027-06-04', check_out: '2027-06-01' };
  const rest = await Promise.all([
    client.rpc('quote_stay', stay),
    client.from('listing_photos').insert({ listing_id: mill, position: 9, storage_path: 'x' }),
    client.rpc('accept_booking', { booking_id: randomUUID() }),
  ]);
  const graph = await Promise.all([
    ask(
      `{ quoteStay(listingId: "${mill}", checkIn: "2027-06-04", checkOut: "2027-06-01") { nights } }`,
      ada,
    ),
    ask(
      `mutation { createListingPhoto(input: {listingPhoto: {listingId: "${mill}", position: 9, storagePath: "x"}}) { listingPhoto { photoId } } }`,
      ada,
    ),
    ask(
      `mutation { acceptBooking(input: {bookingId: "${randomUUID()}"}) { booking { status } } }`,
      ada,
    ),
  ]);
  expect(graph.map(({ errors }) => errors[0]?.extensions.code)).toEqual(
    rest.map(({ error }) => codeOf(error)),
  );
});
