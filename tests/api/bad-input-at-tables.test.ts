import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { badTokens, badValues, type Call, everything, send } from '../support/bad-input.ts';
import { type Person, person } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

interface Table {
  table: string;
  key: string[];
  columns: { name: string; type: string; writable: boolean }[];
}

/** Every table the API shows, with what a signed-in person may write. */
const catalog = () =>
  asPostgres<Table>(
    `select relname as table,
       array(
         select attname::text from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
         where indrelid = pg_class.oid and indisprimary order by attnum) as key,
       array(
         select jsonb_build_object('name', attname, 'type', format_type(atttypid, null),
           'writable', has_column_privilege('authenticated', pg_class.oid, attnum, 'update'))
         from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped
         order by attnum) as columns
     from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`,
  );

let hedy: Person;
let mallory: Person;
let tables: Table[];
const badNotes: string[] = [];

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, mallory] = [await person('Hedy'), await person('Mallory')];
  const listing = await home({ host: hedy });
  await asPostgres(
    `insert into public.listing_addresses (listing_id, street, latitude, longitude) values ($1, 'State Street', 42, -73)`,
    [listing],
  );
  await asPostgres('insert into public.listing_access (listing_id) values ($1)', [listing]);
  await asPostgres('insert into public.length_discounts values ($1, 7, 1000)', [listing]);
  await asPostgres(
    `insert into public.listing_photos (listing_id, storage_path, position) values ($1::uuid, $1::text || '/a.png', 1)`,
    [listing],
  );
  tables = await catalog();
});

beforeEach(() => {
  badNotes.length = 0;
});

/** Notes an answer that is a fault of ours, or a success where there must be none. */
async function never(what: string, path: string, call: Call, refused = true) {
  const { status, code, text } = await send(`/rest/v1/${path}`, call);
  const fault = status >= 500 || code === 'unknown_error' || code === 'internal_error';
  if (fault || (refused && code === undefined)) {
    badNotes.push(
      `${call.method} ${path} with ${what} answered ${status} ${code} ${text.slice(0, 200)}`,
    );
  }
}

const isText = (type: string) => type === 'text' || type === 'text[]';

test('a host writes no bad value into any column, and others nothing at all', async () => {
  const before = await everything();
  for (const { table, key, columns } of tables) {
    for (const { name, type, writable } of columns) {
      if (!writable) {
        const body = { [name]: null };
        const path = `${table}?${key[0]}=not.is.null`;
        await never(`${name}, which is not theirs to write`, path, {
          method: 'PATCH',
          token: hedy.token,
          body,
        });
        continue;
      }
      const path = `${table}?${key[0]}=not.is.null`;
      const steal = { method: 'PATCH', token: mallory.token, body: { [name]: null } };
      await never(`${name} of others`, path, steal, false);
      // A day is text, so that Postgres does not guess.
      const kind = name === 'birth_date' ? 'date' : type.replace(/\(.*\)/, '');
      for (const [label, value] of Object.entries(badValues(kind))) {
        // Some columns may be empty, and people were born in the past.
        if (label === 'null' || label === 'past') continue;
        // Maps that were dragged around the world say such longitudes.
        if (name === 'longitude' && label === 'far') continue;
        const call = { method: 'PATCH', token: hedy.token, body: { [name]: value } };
        await never(`${name}: ${label}`, path, call, false);
      }
    }
  }
  expect(badNotes).toEqual([]);
  expect(await everything()).toEqual(before);
});

test('no empty, unknown, stolen or bottomless row is inserted, by anyone', async () => {
  const before = await everything();
  const [listing] = await asPostgres<{ listing_id: string }>(
    'select listing_id from public.listings',
  );
  for (const { table } of tables) {
    for (const token of [hedy.token, mallory.token, undefined]) {
      const who = token === undefined ? 'nobody' : token === hedy.token ? 'a host' : 'another';
      const insert = { method: 'POST', token };
      await never(`an empty row of ${who}`, table, { ...insert, body: {} });
      await never(`an unknown column of ${who}`, table, { ...insert, body: { nope: 1 } });
      await never(`no JSON of ${who}`, table, { ...insert, body: '{"' });
      const row = { listing_id: randomUUID() };
      await never(`a listing that is not there, of ${who}`, table, { ...insert, body: row });
      if (token !== hedy.token) {
        await never(`somebody’s listing, of ${who}`, table, { ...insert, body: listing });
      }
    }
  }
  expect(badNotes).toEqual([]);
  expect(await everything()).toEqual(before);
});

test('nobody but its host changes or removes what is there', async () => {
  const before = await everything();
  for (const { table, key } of tables) {
    for (const token of [mallory.token, undefined]) {
      const who = token === undefined ? 'nobody' : 'another';
      await never(`everything, by ${who}`, `${table}?${key[0]}=not.is.null`, {
        method: 'DELETE',
        token,
      }, false);
      await never(`everything, by ${who}`, table, { method: 'DELETE', token }, false);
      await never(`its key, by ${who}`, table, {
        method: 'PATCH',
        token,
        body: { [key[0]!]: randomUUID() },
      }, false);
    }
  }
  expect(badNotes).toEqual([]);
  expect(await everything()).toEqual(before);
});

test('questions that make no sense are refused, and none is a fault of ours', async () => {
  const before = await everything();
  for (const { table, key, columns } of tables) {
    const ask = (what: string, query: string, headers: Record<string, string> = {}) =>
      never(what, `${table}?${query}`, { method: 'GET', token: hedy.token, headers });
    await ask('an unknown column', 'nope=eq.1');
    await ask('an unknown order', 'order=nope');
    await ask('an unknown operator', `${key[0]}=resembles.x`);
    await ask('an unknown relation', 'select=*,nope(*)');
    await ask('a private relation', 'select=*,claims(*)');
    await ask('a range that is none', 'limit=1', { range: '9-0' });
    await ask('a schema of ours', 'limit=1', { 'accept-profile': 'private' });
    await ask('a planned count', 'limit=1', { prefer: 'count=planned' });
    await ask('an estimated count', 'limit=1', { prefer: 'return=minimal, count = estimated' });
    for (const { name, type } of columns.filter(({ type }) => !isText(type) && type !== 'time')) {
      await never(`${name} compared with NUL`, `${table}?${name}=eq.a%00b`, {
        method: 'GET',
        token: hedy.token,
      });
      if (!type.endsWith('[]')) await ask(`${name} compared with a word`, `${name}=eq.seven`);
    }
    for (const [label, token] of Object.entries(badTokens(hedy))) {
      await never(`a token ${label}`, `${table}?limit=1`, { method: 'GET', token });
    }
  }
  expect(badNotes).toEqual([]);
  expect(await everything()).toEqual(before);
});

describe('beside tables and verbs', () => {
  test('a path that is none is no request', async () => {
    for (const path of ['nope', 'rpc/nope', 'rpc/active_caller', 'claims']) {
      for (const method of ['GET', 'POST']) {
        const { code } = await send(`/rest/v1/${path}`, {
          method,
          token: hedy.token,
          ...(method === 'POST' ? { body: {} } : {}),
        });
        expect(`${method} ${path}: ${code}`).toBe(`${method} ${path}: invalid_request`);
      }
    }
    expect((await send('/nope', { token: hedy.token })).status).toBe(404);
  });

  test('without a key nothing is answered', async () => {
    for (const key of ['', 'nonsense', 'sb_secret_nonsense']) {
      for (const path of ['/rest/v1/listings', '/rest/v1/rpc/quote_stay', '/auth/v1/signup']) {
        const { status } = await send(path, { key, body: {} });
        expect(`${key} ${path} ${status}`).toBe(`${key} ${path} 401`);
      }
    }
  });
});
