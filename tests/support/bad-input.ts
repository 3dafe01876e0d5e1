import { createHmac, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { keys } from '../../local/keys.ts';
import { codeOf, type ErrorCode } from '../../types/errors.ts';
import { type Person, tokenFor } from './people.ts';
import { asPostgres, testApi, testDatabase } from './stack.ts';

/** What came back: the status, and the code that `codeOf` makes of it (none for a success). */
export interface Answer {
  status: number;
  code: ErrorCode | undefined;
  text: string;
}

export interface Call {
  method?: string;
  /** Becomes JSON, unless it is text already. */
  body?: unknown;
  headers?: Record<string, string>;
  token?: string | undefined;
  key?: string;
}

/** Sends what supabase-js would never send. */
export async function send(path: string, call: Call = {}): Promise<Answer> {
  const { url } = await testApi();
  const { method = 'POST', body, headers = {}, token, key = keys.publishable } = call;
  const answer = await fetch(url + path, {
    method,
    headers: {
      apikey: key,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, code: answer.ok ? undefined : readCode(answer, text) };
}

function readCode(answer: Response, text: string): ErrorCode {
  try {
    return codeOf({ ...JSON.parse(text), status: answer.status });
  } catch {
    return codeOf({ status: answer.status });
  }
}

/** Tokens that prove nothing, by what is wrong with them. */
export function badTokens(someone: Person): Record<string, string> {
  const [header, claims, signature] = someone.token.split('.') as [string, string, string];
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const raised = encode({
    ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
    role: 'service_role',
  });
  const resigned = createHmac('sha256', 'another secret').update(`${header}.${claims}`)
    .digest('base64url');
  return {
    'expired a minute ago': tokenFor({ id: someone.id, email: someone.email, expiresIn: -60 }),
    'signed by somebody else': `${header}.${claims}.${resigned}`,
    'with another role written in': `${header}.${raised}.${signature}`,
    'signed by nobody': `${encode({ alg: 'none', typ: 'JWT' })}.${raised}.`,
    'no token at all': 'nonsense',
  };
}

const huge = 'x'.repeat(100_000);

/**
 * What is not a day as YYYY-MM-DD. Postgres reads nearly all of it as a date, and many of them as another day
 * than was meant: each is `invalid_dates`.
 */
export const noDays: Record<string, unknown> = {
  'no date': 'someday',
  empty: '',
  'no day of a calendar': '2031-02-30',
  infinity: 'infinity',
  'minus infinity': '-infinity',
  'before Christ': '0044-03-15 BC',
  'the year 0': '0000-01-01',
  'the last day': '5874897-12-31',
  'after the last day': '5874898-01-01',
  'five digits': '12031-06-10',
  'a number': 7,
  'midnight in Paris': '2031-06-09T22:00:00.000Z',
  'midnight here': '2031-06-10T00:00:00',
  'an American day': '06/10/2031',
  'a European day': '10.06.2031',
  'a word': '10 June 2031',
  'a word that Postgres knows': 'tomorrow',
  now: 'now',
  'a day of a year': '2031-161',
  'a week': '2031-W24-2',
  'without hyphens': '20310610',
  'with one digit': '2031-6-10',
  'a Julian day': 'J2463029',
  'a blank': ' 2031-06-10',
  'a new line': '2031-06-10\n',
  'other digits': '٢٠٣١-٠٦-١٠',
  'a list': ['2031-06-10'],
  'an object': { day: '2031-06-10' },
};

/** Values that are wrong for a type, or at its very edge. Which of them a verb may take is its case's to say. */
export function badValues(type: string): Record<string, unknown> {
  const common = { null: null, NUL: 'a\u0000b' };
  if (type.endsWith('[]')) {
    return { ...common, 'no list': 'seven', 'a list of null': [null], nested: [[['x']]] };
  }
  switch (type) {
    case 'uuid':
      return { ...common, 'no uuid': 'seven', 'a number': 7, unknown: randomUUID(), huge };
    case 'date':
      return { ...common, past: '2020-01-01', ...noDays };
    case 'smallint':
    case 'integer':
    case 'bigint':
      return {
        ...common,
        'a word': 'seven',
        'a fraction': 1.5,
        negative: -1,
        'too big': 1e30,
        NaN: 'NaN',
        'a list': [1],
        'a boolean': true,
      };
    case 'double precision':
      return {
        ...common,
        'a word': 'seven',
        NaN: 'NaN',
        infinity: 'Infinity',
        'too big': '1e999',
        far: 1e9,
      };
    case 'numeric':
      return {
        ...common,
        'a word': 'seven',
        negative: -1,
        NaN: 'NaN',
        infinity: 'Infinity',
        'too big': '1e30',
      };
    case 'boolean':
      return { ...common, 'a word': 'perhaps', 'a number': 7, 'a list': [true] };
    case 'text':
      return { ...common, huge };
    case 'timestamp with time zone':
      return {
        ...common,
        'no instant': 'someday',
        'a number': 7,
        'without an offset': '2031-05-20T12:00:00',
        'with the name of a zone': '2031-05-20T12:00:00 Europe/Paris',
        'a word that Postgres knows': 'tomorrow',
        infinity: 'infinity',
        'no day of a calendar': '2031-02-30T12:00:00Z',
      };
    default:
      return { ...common, 'no such value': 'nobles', 'a number': 7, huge };
  }
}

/** For each pool of a database, the query that digests its tables. */
const digests = new WeakMap<pg.Pool, Promise<string>>();

/**
 * A digest of every row of ours, table by table: the same before and after means that nothing changed. The
 * query is prepared once in a connection: planning it again took three quarters of its time (measured).
 */
export async function everything(): Promise<Record<string, string>> {
  const { pool } = await testDatabase();
  const digest = digests.get(pool) ?? digestOfAll();
  digests.set(pool, digest);
  const { rows } = await pool.query<{ name: string; digest: string }>({
    name: 'everything',
    text: await digest,
  });
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

async function digestOfAll(): Promise<string> {
  const tables = await asPostgres<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and (nspname in ('public', 'private')
       or (nspname, relname) in (('auth', 'users'), ('storage', 'objects'), ('storage', 'buckets')))
     order by name`,
  );
  return tables.map(({ name }) =>
    `select '${name}' as name, md5(coalesce(string_agg(rows::text, '|' order by rows::text), '')) as digest from ${name} as rows`
  ).join(' union all ');
}
