import { Problem } from '../_shared/problem.ts';
import type { Caller } from './caller.ts';
// @ts-types='./schema.d.ts'
import type { GraphQLError } from './schema.js';

/** What Postgres says by itself: how its code begins, and what REST's clients know it as. */
const states: [start: string, code: string, status: number, detail: string][] = [
  ['42501', 'not_allowed', 403, 'This is not yours to see or to do.'],
  ['23503', 'invalid_reference', 409, 'Something that this refers to does not exist.'],
  ['23505', 'already_exists', 409, 'There is one already.'],
  ['23P01', 'nights_taken', 409, 'The nights are taken.'],
  ['428C9', 'invalid_value', 400, 'A value is not allowed.'],
  ['22', 'invalid_value', 400, 'A value is not allowed.'],
  ['23', 'invalid_value', 400, 'A value is not allowed.'],
  ['25006', 'method_not_allowed', 405, 'A query changes nothing; use a mutation.'],
  ['40', 'try_again', 503, 'Too many at once; nothing happened, try again.'],
  ['53', 'try_again', 503, 'Too many at once; nothing happened, try again.'],
  ['55P03', 'try_again', 503, 'Too many at once; nothing happened, try again.'],
  ['57', 'try_again', 503, 'It took too long or the database is away; nothing happened.'],
  ['08', 'try_again', 503, 'The database is away; nothing happened.'],
];

export interface Told {
  code: string;
  status: number;
  detail: string;
  /** The arguments or columns at fault, as the graph spells them. */
  fields?: string[];
}

/**
 * An error of execution in the vocabulary of REST. Nothing of Postgres' own words gets out. What is kept
 * from somebody who is not signed in has the status 401, as in PostgREST.
 */
export function tell(error: unknown, role: Caller['role'] = 'authenticated'): Told {
  if (error instanceof Problem) {
    const { code, status, detail, field } = error;
    return { code, status, detail, ...(field === undefined ? {} : { fields: [field] }) };
  }
  const { code, message, detail } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    detail?: unknown;
  };
  const state = typeof code === 'string' ? code : '';
  if (/^PT\d{3}$/.test(state) && /^[a-z_]+$/.test(String(message))) {
    return {
      code: String(message),
      status: Number(state.slice(2)),
      detail: typeof detail === 'string' && detail !== '' ? detail : String(message),
    };
  }
  const known = /^[0-9A-Z]{5}$/.test(state)
    ? states.find(([start]) => state.startsWith(start))
    : undefined;
  if (known !== undefined) {
    const status = state === '42501' && role === 'anon' ? 401 : known[2];
    return { code: known[1], status, detail: known[3] };
  }
  // grafast's own, without a class: the only thing in a request that it reads by itself.
  if (/^invalid ('after' )?cursor/i.test(String(message))) {
    return tell(new Problem('invalid_cursor'));
  }
  if (
    /^(ECONN|ETIMEDOUT|EPIPE)/.test(state) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(String(message))
  ) {
    return tell(new Problem('try_again'));
  }
  return tell(new Problem('internal_error'));
}

/**
 * The arguments or columns that a refusal of the database is about, as the graph spells them; none where
 * it does not say. `columnsOf` finds those of a constraint.
 */
export async function fieldsAtFault(
  error: unknown,
  columnsOf: (table: string, constraint: string) => Promise<string[]>,
): Promise<string[]> {
  const { code, detail, schema, table, column, constraint } = (error ?? {}) as Record<
    string,
    unknown
  >;
  const said = String(detail);
  // A verb's own refusal begins with the argument, where it is about one.
  const named = /^PT/.test(String(code)) ? /^([a-z_][a-z0-9_]*): /.exec(said)?.[1] : undefined;
  if (named !== undefined) return [camelCase(named)];
  if (!/^23/.test(String(code)) || schema !== 'public') return [];
  if (typeof column === 'string') return [camelCase(column)];
  const columns = await columnsOf(String(table), String(constraint));
  const [, key = ''] = /^Key \(([a-z0-9_, ]+)\)=/.exec(said) ?? [];
  return (columns.length > 0 ? columns : key.split(', ').filter(Boolean)).map(camelCase);
}

const camelCase = (name: string) =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** An error as the body of an answer has it. */
export function shown({ code, status, detail, fields = [] }: Told, error?: GraphQLError) {
  return {
    message: detail,
    ...(error?.locations === undefined ? {} : { locations: error.locations }),
    ...(error?.path === undefined ? {} : { path: error.path }),
    extensions: { code, status, detail, ...(fields.length === 0 ? {} : { fields }) },
  };
}
