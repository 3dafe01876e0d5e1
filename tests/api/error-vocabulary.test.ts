import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { codeOf, type ErrorCode, errorCodes, errors, isErrorCode } from '../../types/errors.ts';
import { fieldOf, fieldsOf } from '../../types/field-of.ts';
import { authCodes, storageCodes } from '../../types/others.ts';
import { anonClient, clientOf, person, tokenFor } from '../support/people.ts';
import type { Database } from '../../types/database.ts';
import { readReference } from '../support/reference.ts';
import { home } from '../support/stays.ts';
import { asPostgres, testApi } from '../support/stack.ts';

/** Codes that only `codeOf` makes, of what others say. */
const made: ErrorCode[] = [
  'already_exists',
  'invalid_reference',
  'invalid_request',
  'invalid_value',
  'invalid_api_key',
  'network_error',
  'not_allowed',
  'not_found',
  'unknown_error',
  ...new Set([...Object.values(authCodes), ...Object.values(storageCodes)]),
];

interface Source {
  name: string;
  body: string;
}

const bodies = () =>
  asPostgres<Source>(
    `select proname as name, prosrc as body from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
     where nspname in ('public', 'private', 'gate')`,
  );

/** The calls of private.refuse in the functions of the database, with the arguments as they are written. */
async function refusalsInSql(): Promise<{ name: string; given: string[] }[]> {
  return (await bodies()).flatMap(({ name, body }) =>
    [...body.matchAll(/private\.refuse\(/g)].map(({ index, 0: call }) => ({
      name,
      given: argumentsAt(body, index + call.length),
    }))
  );
}

/** The arguments of a call, from behind its opening parenthesis on. */
function argumentsAt(body: string, start: number): string[] {
  const given = [''];
  let depth = 0;
  let isQuoted = false;
  for (const character of body.slice(start)) {
    if (character === "'") isQuoted = !isQuoted;
    if (!isQuoted && character === '(') depth++;
    if (!isQuoted && character === ')' && depth-- === 0) break;
    if (!isQuoted && character === ',' && depth === 0) given.push('');
    else given[given.length - 1] += character;
  }
  return given.map((argument) => argument.trim());
}

/**
 * The words in quotes of an argument: one, or those that a case decides between. private.lock_payment hands on
 * what its callers say.
 */
const literals = (argument = '') =>
  argument === 'lock_payment.about'
    ? ['intent']
    : [...argument.matchAll(/(?:^|then |else )'([a-z_]+)'/g)].map(([, word]) => word ?? '');

test('a refusal of the database has its sentence, and gets the values that the sentence shows', async () => {
  const details = await asPostgres<{ code: string; about: string; detail: string }>(
    'select code, about, detail from private.refusal_details',
  );
  const calls = await refusalsInSql();
  expect(calls.length).toBeGreaterThan(300);
  const faults = calls.flatMap(({ name, given: [code, about, ...values] }) => {
    // The problem of a stay was found by private.stay_problem.
    const codes = /^[a-z.]*problem$/.test(code ?? '') ? ['nights_taken'] : literals(code);
    const abouts = about === undefined ? [] : literals(about);
    const shown = abouts.map((word) =>
      details.find((row) => codes.includes(row.code) && row.about === word)?.detail.split('%s')
        .length
    );
    const isWhole = codes.length === 1 && isErrorCode(codes[0]) &&
      (about === undefined ? values.length === 0 : shown.length > 0) &&
      shown.every((pieces) => pieces !== undefined) &&
      (about === undefined ||
        Math.max(...shown.map((pieces) => (pieces ?? 0) - 1)) === values.length);
    return isWhole ? [] : [`${name}: ${[code, about, ...values].join(', ')}`];
  });
  expect(faults).toEqual([]);

  const used = new Set(
    calls.flatMap(({ given: [code, about] }) =>
      literals(about).map((word) => `${literals(code)[0]} ${word}`)
    ),
  );
  expect(details.filter(({ code, about }) => !used.has(`${code} ${about}`))).toEqual([]);
});

test('only private.refuse raises, but for the gate, which runs as its caller, and what Storage hears as 42501', async () => {
  const raising = (await bodies()).filter(({ name, body }) =>
    name !== 'refuse' && /raise exception/.test(body)
  );
  const raised = raising.flatMap(({ name, body }) =>
    [...body.matchAll(/raise exception '([a-z_]+)'\s+using errcode = '(PT)?(\d+)'/g)]
      .map(([, code = '', ours, status]) => ({ name, code, ours, status: Number(status) }))
  );
  expect(raised.length).toBe(
    raising.reduce((sum, { body }) => sum + body.split('raise exception').length - 1, 0),
  );
  expect(raised.filter(({ name, ours }) => ours !== undefined && name !== 'check_request')).toEqual(
    [],
  );
  for (const { code, status } of raised.filter(({ ours }) => ours !== undefined)) {
    expect(isErrorCode(code) && errors[code][0], code).toBe(status);
  }
});

test('nothing is listed that nobody says', async () => {
  const rows = await asPostgres<{ code: string; raised_by: string }>(
    'select code, raised_by from private.refusals',
  );
  expect(rows.map(({ code }) => code).toSorted()).toEqual(errorCodes.toSorted());

  const sql = (await bodies()).map(({ body }) => body).join('\n');
  const functions = globSync('supabase/functions/**/*.ts', { cwd: inProject() })
    .filter((path) => !path.endsWith('_shared/refusals.ts'))
    .map((path) => readFileSync(inProject(path), 'utf8')).join('\n');
  const isSaid = {
    database: (code: string) => sql.includes(`'${code}'`),
    functions: (code: string) => functions.includes(`'${code}'`),
    both: (code: string) => sql.includes(`'${code}'`) && functions.includes(`'${code}'`),
    client: (code: string) => made.includes(code as ErrorCode),
  };
  expect(
    rows.filter(({ code, raised_by }) => !isSaid[raised_by as keyof typeof isSaid](code)),
  ).toEqual([]);
});

test('codes are lower-case words, and each has a sentence', () => {
  for (const [code, [status, meaning]] of Object.entries(errors)) {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(meaning).toMatch(/^[A-Z`].*\.$/);
    expect(status === 0 || (status >= 400 && status < 600)).toBe(true);
  }
});

test('codeOf finds the code in what supabase-js really returns', async () => {
  const ada = await person('Ada');
  const client = await clientOf(ada);
  const anon = await anonClient();
  const listing = await home();
  const stay = { listing_id: listing, check_in: '2031-06-01', check_out: '2031-06-03' };
  const quote = async (changed: object) =>
    codeOf((await client.rpc('quote_stay', { ...stay, ...changed })).error);
  const expired = createClient((await testApi()).url, keys.publishable, {
    auth: { persistSession: false },
    global: { headers: { Authorization: `Bearer ${tokenFor({ ...ada, expiresIn: -60 })}` } },
  });
  const nowhere = createClient('http://127.0.0.1:9', keys.publishable, {
    auth: { persistSession: false },
  });

  // Our own
  expect(await quote({ check_out: '2031-05-01' })).toBe('dates_reversed');
  expect(await quote({ listing_id: randomUUID() })).toBe('listing_not_found');
  expect(codeOf((await client.functions.invoke('create-payment', { body: {} })).error))
    .toBe('invalid_body');
  expect(codeOf((await anon.functions.invoke('create-payment', { body: {} })).error))
    .toBe('sign_in_required');
  expect(codeOf((await client.functions.invoke('run-commands')).error)).toBe('secret_key_required');

  // Raw ones of Postgres: 22P02, 22008, 22007, 22003, 22P05, 23514, 42501
  expect(await quote({ listing_id: 'x' })).toBe('invalid_value');
  expect(await quote({ pets: 'many' })).toBe('invalid_value');
  expect(await quote({ guests: 99_999_999_999 })).toBe('invalid_value');
  const about = (text: string) =>
    client.from('profiles').update({ about: text }).eq('profile_id', ada.id);
  expect(codeOf((await about('a\u0000b')).error)).toBe('invalid_value');
  expect(codeOf((await about('x'.repeat(5001))).error)).toBe('invalid_value');
  expect(codeOf((await anon.rpc('start_payment', { booking_id: randomUUID() })).error))
    .toBe('not_allowed');
  expect(codeOf((await client.from('payments').delete().eq('booking_id', randomUUID())).error))
    .toBe('not_allowed');

  // Raw ones of PostgREST: PGRST202, 205, 204, 100, 116, 301
  expect(await quote({ nonsense: 1 })).toBe('invalid_request');
  const untyped = client as unknown as SupabaseClient;
  expect(codeOf((await untyped.from('nothing').select('*')).error)).toBe('invalid_request');
  expect(codeOf((await untyped.from('profiles').select('*').filter('about', 'bad', '1')).error))
    .toBe('invalid_request');
  expect(codeOf((await client.from('bookings').select('*').single()).error)).toBe('not_found');
  expect(codeOf((await expired.from('profiles').select('*')).error)).toBe('sign_in_required');

  // The key of another project, the commonest beginning
  const { url } = await testApi();
  const stranger = createClient(url, 'sb_publishable_of_another_project');
  expect(codeOf((await stranger.from('profiles').select('*')).error)).toBe('invalid_api_key');

  // No answer
  expect(codeOf((await nowhere.rpc('quote_stay', stay)).error)).toBe('network_error');
  expect(codeOf((await nowhere.functions.invoke('create-payment')).error)).toBe('network_error');
});

test('codeOf never throws, and says so of what it does not know', () => {
  const unknown = [
    undefined,
    null,
    7,
    'nights_taken',
    {},
    new Error('x'),
    { code: 'toString' },
    {
      code: 'PT409',
      message: 'made_up',
    },
    { code: 'made_up', status: 422 },
    { name: 'x', message: { a: 1 } },
  ];
  for (const error of unknown) expect(codeOf(error)).toBe('unknown_error');
  expect(codeOf({ code: '40P01' })).toBe('try_again');
  expect(codeOf({ code: '57014' })).toBe('try_again');
  expect(codeOf({ code: '23503' })).toBe('invalid_reference');
  expect(codeOf({ code: '23505' })).toBe('already_exists');
  expect(codeOf({ code: 'XX000' })).toBe('internal_error');
  expect(codeOf({ code: 'PGRST003' })).toBe('try_again');
  expect(codeOf({ statusCode: '413' })).toBe('body_too_large');
  expect(codeOf({ status: 503, code: 'hold_expired' })).toBe('hold_expired');
});

test('codeOf knows what Auth says', async () => {
  const { auth } = await anonClient();
  const email = 'ada.l@example.com';
  const password = 'a long enough one';
  expect(codeOf((await auth.signUp({ email, password })).error)).toBe('unknown_error');
  expect(codeOf((await auth.signUp({ email, password })).error)).toBe('already_exists');
  expect(codeOf((await auth.signInWithPassword({ email, password: 'another' })).error))
    .toBe('invalid_credentials');
  expect(codeOf((await auth.signUp({ email: 'b@example.com', password: 'x' })).error))
    .toBe('weak_password');
  expect(codeOf((await auth.verifyOtp({ email, token: '000000', type: 'email' })).error))
    .toBe('link_expired');
  expect(codeOf((await auth.getUser('nonsense')).error)).toBe('sign_in_required');
  await auth.signOut();
  expect(codeOf((await auth.updateUser({ password })).error)).toBe('sign_in_required');

  // On hosted projects too: classes and codes of supabase-js.
  const told = (code: string) => codeOf({ name: 'AuthApiError', message: 'x', status: 400, code });
  expect(told('email_not_confirmed')).toBe('email_not_confirmed');
  expect(told('over_email_send_rate_limit')).toBe('too_many_requests');
  expect(told('insufficient_aal')).toBe('second_factor_required');
  expect(told('user_banned')).toBe('account_suspended');
  expect(told('of_a_later_version')).toBe('unknown_error');
  expect(codeOf({ name: 'AuthRetryableFetchError', message: '{}', status: 503 })).toBe(
    'network_error',
  );
  expect(codeOf({ name: 'AuthSessionMissingError', message: 'x', status: 400 })).toBe(
    'sign_in_required',
  );
  expect(codeOf({ name: 'AuthApiError', message: 'x', status: 429 })).toBe('too_many_requests');
});

test('codeOf knows what Storage says', async () => {
  const ada = await person('Ada');
  const { storage } = await clientOf(ada);
  const picture = new Blob([new Uint8Array(10)], { type: 'image/png' });
  const photos = storage.from('photo-uploads');
  expect(codeOf((await photos.upload(`${await home()}/a.png`, picture)).error)).toBe('not_allowed');
  expect(codeOf((await photos.download('nothing.png')).error)).toMatch(/^(not_found|not_allowed)$/);
  expect(codeOf((await storage.from('no-bucket').upload('a.png', picture)).error))
    .toMatch(/^(not_found|not_allowed)$/);

  // As hosted projects say it: the status of the answer is 400, that of the body counts.
  const said = (code: string | undefined, statusCode: string) =>
    codeOf({ name: 'StorageApiError', message: 'x', status: 400, statusCode, code });
  expect(said('NoSuchKey', '404')).toBe('not_found');
  expect(said(undefined, '404')).toBe('not_found');
  expect(said('AccessDenied', '403')).toBe('not_allowed');
  expect(said('KeyAlreadyExists', '409')).toBe('already_exists');
  expect(said('EntityTooLarge', '413')).toBe('body_too_large');
  expect(said(undefined, '413')).toBe('body_too_large');
  expect(said('InvalidMimeType', '415')).toBe('invalid_value');
  expect(said('InvalidJWT', '400')).toBe('sign_in_required');
  expect(said('SlowDown', '503')).toBe('try_again');
});

test('fieldOf names the argument or column at fault', async () => {
  const ada = await person('Ada');
  const client = await clientOf(ada);
  const listing_id = await home({ host: ada });
  const stay = { listing_id, check_in: '2031-06-01', check_out: '2031-06-03' };
  const untyped = client as unknown as SupabaseClient;
  const quote = async (args: object) => (await untyped.rpc('quote_stay', args)).error;

  expect(fieldOf(await quote({ ...stay, check_out: '03/06/2031' }))).toBe('check_out');
  const { check_in: _, ...without } = stay;
  expect(fieldOf(await quote(without))).toBe('check_in');
  expect(fieldsOf(await quote({ ...without, arrival: stay.check_in }))).toEqual([
    'check_in',
    'arrival',
  ]);
  expect(fieldOf(await quote({ ...stay, arrival: 1 }))).toBe('arrival');
  expect(fieldOf(await quote({}))).toBe('listing_id');
  const odd = { ...stay, guests: 'many' };
  expect(fieldOf(await quote(odd))).toBeUndefined();
  expect(fieldOf(await quote(odd), odd)).toBe('guests');
  const far = { ...stay, guests: 99_999_999_999 };
  expect(fieldOf(await quote(far), far)).toBe('guests');
  const { error: earlier } = await untyped.rpc('my_conversations', {
    before_at: '2031-05-20T12:00:00',
  });
  expect(fieldOf(earlier)).toBe('before_at');

  const change = async (changed: object) =>
    (await untyped.from('listings').update(changed).eq('listing_id', listing_id)).error;
  expect(fieldOf(await change({ nothing: 1 }))).toBe('nothing');
  expect(fieldOf(await change({ title: null }))).toBe('title');
  expect(fieldOf(await change({ capacity: 0 }))).toBe('capacity');
  expect(fieldOf(
    await untyped.from('private_profiles').update({ birth_date: 'tomorrow' })
      .eq('profile_id', ada.id).then(({ error }) => error),
  )).toBe('birth_date');
  const photo = { listing_id, storage_path: `${listing_id}/a.png`, position: 1 };
  expect((await untyped.from('listing_photos').insert(photo)).error).toBeNull();
  expect(fieldsOf((await untyped.from('listing_photos').insert(photo)).error).length)
    .toBeGreaterThan(0);
  expect(
    fieldOf(
      (await untyped.from('listing_amenities').insert({ listing_id, amenity: 'moat' })).error,
    ),
  )
    .toBe('amenity');
  expect(fieldOf((await untyped.from('profiles').select('*').filter('about', 'bad', '1')).error))
    .toBeUndefined();

  const { error: refused } = await client.functions.invoke('create-payment', {
    body: { booking_id: 7 },
  });
  expect(fieldOf(refused)).toBe('booking_id');
  for (
    const error of [undefined, null, 7, 'x', {}, new Error('x'), { code: '23514', message: 'x' }]
  ) {
    expect(fieldOf(error)).toBeUndefined();
  }
});

test('a value that breaks a constraint of a table that only verbs write has its code and its field', async () => {
  const ada = await person('Ada');
  const client = await clientOf(ada);
  const listing_id = await home({ host: ada });
  const days = { listing_id, starts_on: '2031-06-01', ends_on: '2031-06-03' };
  const wishlist_id = randomUUID();
  await client.rpc('create_wishlist', { wishlist_id, name: 'Summer' }).throwOnError();
  await client.rpc('save_listing', { wishlist_id, listing_id }).throwOnError();
  const feed = { feed_id: randomUUID(), listing_id, url: 'https://example.com/calendar.ics' };
  const broken: [keyof Database['public']['Functions'], object, string][] = [
    ['set_calendar', { ...days, price_minor: -5 }, 'price_minor'],
    ['set_calendar', { ...days, minimum_nights: 0 }, 'minimum_nights'],
    ['create_wishlist', { wishlist_id: randomUUID(), name: '' }, 'name'],
    ['create_wishlist', { wishlist_id: randomUUID(), name: 'Friends', guests: -4 }, 'guests'],
    ['edit_wishlist', { wishlist_id, name: ' ' }, 'name'],
    ['note_saved_listing', { wishlist_id, listing_id, note: 'x'.repeat(501) }, 'note'],
    ['add_calendar_feed', { ...feed, name: '' }, 'name'],
  ];
  const { paths } = readReference();
  for (const [verb, given, field] of broken) {
    const { error } = await client.rpc(verb, given as never);
    const listed = JSON.stringify(paths[`/rest/v1/rpc/${verb}`]).includes('- `invalid_value`');
    expect({
      verb,
      code: codeOf(error),
      field: fieldOf(error),
      given: fieldOf(error, given),
      listed,
    })
      .toEqual({ verb, code: 'invalid_value', field, given: field, listed: true });
  }
});

test('an upsert that no grant allows is refused with a hint', async () => {
  const ada = await person('Ada');
  const client = await clientOf(ada);
  const untyped = client as unknown as SupabaseClient;
  const listing_id = await home({ host: ada });
  const hintOf = async (table: string, row: object, options = {}) => {
    const { error } = await untyped.from(table).upsert(row, options);
    return [error && codeOf(error), error?.hint];
  };
  const amenity = { listing_id, amenity: 'wifi' };
  expect(await hintOf('listing_amenities', amenity))
    .toEqual(['not_allowed', expect.stringContaining('ignoreDuplicates')]);
  expect(await hintOf('listing_amenities', amenity, { ignoreDuplicates: true })).toEqual([
    null,
    undefined,
  ]);
  expect(await hintOf('profiles', { profile_id: ada.id, about: 'Me.' }))
    .toEqual(['not_allowed', expect.stringContaining('update()')]);
  expect(await hintOf('bookings', { booking_id: randomUUID() }))
    .toEqual(['not_allowed', expect.stringContaining('rpc()')]);
  // Where an address may be changed as well as written, upsert does both.
  const address = { listing_id, street: 'State Street 1', latitude: 42, longitude: 287 };
  expect(await hintOf('listing_addresses', address)).toEqual([null, undefined]);
  expect(await hintOf('listing_addresses', { ...address, street: 'State Street 2' })).toEqual([
    null,
    undefined,
  ]);
  const { data } = await client.from('listing_addresses').select('street, longitude')
    .eq('listing_id', listing_id).single();
  expect(data).toEqual({ street: 'State Street 2', longitude: -73 });
});
