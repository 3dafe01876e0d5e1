// What PostgREST answers to requests for tables, against what docs/openapi.json says of it.
import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { checkerOf, readReference } from '../support/reference.ts';
import { person } from '../support/people.ts';
import { home } from '../support/stays.ts';
import { testApi } from '../support/stack.ts';

const reference = readReference();
const check = checkerOf(reference);

/** Sends the request, holds both bodies against the document, and gives the answer. */
async function send(token: string, method: string, path: string, body?: unknown, prefer?: string) {
  const { url } = await testApi();
  const answer = await fetch(`${url}/rest/v1/${path}`, {
    method,
    headers: {
      apikey: keys.publishable,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(prefer === undefined ? {} : { prefer }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const at = ['paths', `/rest/v1/${path.split('?')[0]}`, method.toLowerCase()];
  const operation = reference.paths[at[1]!]?.[at[2]!];
  const said = operation?.responses[answer.status];
  expect({ method, path, status: answer.status, isSaid: said !== undefined }).toMatchObject({
    isSaid: true,
  });
  const ofJson = ['content', 'application/json', 'schema'];
  if (body !== undefined) expect(check([...at, 'requestBody', ...ofJson], body)).toEqual([]);
  const text = await answer.text();
  const given = text === '' ? null : JSON.parse(text);
  if (said?.content === undefined) expect(text).toBe('');
  else expect(check([...at, 'responses', answer.status, ...ofJson], given)).toEqual([]);
  return { status: answer.status, given, range: answer.headers.get('content-range') };
}

test('rows are added one or many at once, and come back when they are asked for', async () => {
  const ada = await person('Ada');
  const listing_id = await home({ host: ada });
  const ask = (...given: [string, string, unknown?, string?]) => send(ada.token, ...given);
  const row = (amenity: string) => ({ listing_id, amenity });
  const only = `listing_id=eq.${listing_id}`;

  expect(await ask('POST', 'listing_amenities', row('wifi')))
    .toMatchObject({ status: 201, given: null });
  expect(await ask('POST', 'listing_amenities', [row('kitchen'), row('waterfront')]))
    .toMatchObject({ status: 201, given: null });
  const back = 'return=representation';
  expect(await ask('POST', 'listing_amenities?columns=listing_id,amenity', [row('pool')], back))
    .toMatchObject({ status: 201, given: [row('pool')] });

  const counted = await ask('HEAD', `listing_amenities?${only}`, undefined, 'count=exact');
  expect(counted).toEqual({ status: 200, given: null, range: '0-3/4' });
  const some = await ask('HEAD', `listing_amenities?${only}&limit=2`, undefined, 'count=exact');
  expect(some).toEqual({ status: 206, given: null, range: '0-1/4' });
  expect(await ask('GET', `listing_amenities?${only}&limit=2`, undefined, 'count=exact'))
    .toMatchObject({ status: 206, range: '0-1/4' });
  expect(await ask('GET', `listing_amenities?${only}&limit=2`))
    .toMatchObject({ status: 200, range: '0-1/*' });

  expect((await ask('PATCH', `listings?${only}`, { title: 'Mill' })).status).toBe(204);
  expect((await ask('PATCH', `listings?${only}`, { title: 'Mill' }, back)).status).toBe(200);
  expect(await ask('DELETE', `listing_amenities?${only}&amenity=eq.pool`, undefined, back))
    .toMatchObject({ status: 200, given: [row('pool')] });
  expect((await ask('DELETE', `listing_amenities?${only}`)).status).toBe(204);
  expect((await ask('HEAD', `listing_amenities?${only}`, undefined, 'count=exact')).range)
    .toBe('*/0');
});

test('every table that can be read can be counted', () => {
  const tables = Object.entries(reference.paths).filter(([path]) => /^\/rest\/v1\/\w+$/.test(path));
  expect(tables.length).toBeGreaterThan(50);
  expect(tables.filter(([, { get, head }]) => get === undefined || head === undefined)).toEqual([]);
});
