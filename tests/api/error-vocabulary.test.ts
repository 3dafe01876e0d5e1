import { createClient } from '@supabase/supabase-js';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { problems } from '../../supabase/functions/_shared/problem.ts';
import { codeOf, type ErrorCode, errorCodes, errors } from '../../types/errors.ts';
import { anonClient, clientOf, person, tokenFor } from '../support/people.ts';
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
];

/** What the live database raises: each code with its status. */
async function raisedBySql(): Promise<[code: string, status: number][]> {
  const rows = await asPostgres<{ code: string; status: number }>(
    `select distinct raised[1] as code, raised[2]::int as status
     from pg_proc
     join pg_namespace on pg_namespace.oid = pronamespace,
       regexp_matches(prosrc, 'raise exception ''([^'']*)''\\s+using errcode = ''PT(\\d+)''', 'g') as raised
     where nspname in ('public', 'private', 'gate')
     union
     select problem, status from private.stay_problems`,
  );
  return rows.map(({ code, status }) => [code, status]);
}

test('the database raises nothing that is not listed, and with the listed status', async () => {
  const raised = await raisedBySql();
  expect(raised.length).toBeGreaterThan(50);
  const listed = Object.entries(errors).map(([code, [status]]) => `${status} ${code}`);
  expect(
    raised.map(([code, status]) => `${status} ${code}`).filter((line) => !listed.includes(line)),
  )
    .toEqual([]);
});

test('every exception of the database has a code of the vocabulary and the class PT', async () => {
  const strays = await asPostgres<{ proname: string }>(
    `select proname from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
     where nspname in ('public', 'private', 'gate')
       and regexp_count(prosrc, 'raise exception')
         <> regexp_count(prosrc, 'raise exception ''(%|[a-z_]+)''[,\\s\\w.]*using errcode = ''PT')`,
  );
  expect(strays).toEqual([]);
});

test('the functions answer nothing that is not listed, and with the listed status', () => {
  for (const [code, [status]] of Object.entries(problems)) {
    expect(`${errors[code as ErrorCode]?.[0]} ${code}`).toBe(`${status} ${code}`);
  }
});

test('nothing is listed that nobody says', async () => {
  const said = new Set<string>([
    ...(await raisedBySql()).map(([code]) => code),
    ...Object.keys(problems),
    ...made,
  ]);
  expect(errorCodes.filter((code) => !said.has(code))).toEqual([]);
});

test('codes are lower-case words, and each has a sentence', () => {
  for (const [code, [status, meaning]] of Object.entries(errors)) {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(meaning).toMatch(/^[A-Z`].*\.$/);
    expect(status === 0 || (status >= 400 && status < 600)).toBe(true);
  }
});

test('docs/errors.md is the same list (vitest -u writes it)', async () => {
  const rows = Object.entries(errors).map(([code, [status, meaning]]) =>
    `| \`${code}\` | ${status === 0 ? '' : status} | ${meaning} |`
  );
  await expect(`# Errors

Every refusal has a code that keeps its meaning. \`codeOf(error)\` of \`types/errors.ts\` finds it in whatever
supabase-js returns: the database sends it as \`message\`, edge functions as \`code\` (RFC 9457) and in the header
\`x-error-code\`. The sentence in \`details\` or \`detail\` is for people and may change.

| code | status | meaning |
| --- | --- | --- |
${rows.join('\n')}
`).toMatchFileSnapshot('../../docs/errors.md');
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
  expect(await quote({ check_in: '2031-02-30' })).toBe('invalid_value');
  expect(await quote({ check_in: 'soon' })).toBe('invalid_value');
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
  const untyped = client as unknown as ReturnType<typeof createClient>;
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
    { code: 'email_exists', status: 422 },
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
