import { createClient } from '@supabase/supabase-js';
import type { z } from 'zod';
import { answers, claims } from './answers.ts';
import type { Arguments } from './arguments.ts';
import { publishableKey, secretKeys, setting } from './environment.ts';
import { Problem, Refusal } from './problem.ts';
import { readRows, type Rows } from './rows.ts';
import { stateless } from './stateless.ts';

type Verb = keyof typeof answers;
type Claim = keyof typeof claims;
type Answer<Called extends Verb> = z.infer<typeof answers[Called]>;
type Row<Called extends Claim> = z.infer<typeof claims[Called]>;

/**
 * The verbs that the functions call, by the names and arguments they have in the database. Each call
 * throws a `Refusal` with the database's code, `try_again` when it does not answer, or `internal_error`.
 */
export interface Database {
  /** As the server. */
  call<Called extends Verb>(verb: Called, values: Arguments<Called>): Promise<Answer<Called>>;
  /** As the person whose token it is. */
  callAs<Called extends Verb>(
    token: string,
    verb: Called,
    values: Arguments<Called>,
  ): Promise<Answer<Called>>;
  /** As the server; a row that cannot be read leaves the others alone. */
  claim<Called extends Claim>(
    verb: Called,
    most: number,
  ): Promise<Rows<Row<Called>>>;
  /** The marketplace's time, which a local stack may move. */
  now(): Promise<Date>;
}

const patience = 10_000;

/** The database through PostgREST, with no session kept. */
export function openDatabase(): Database {
  const url = setting('SUPABASE_URL');
  const asCaller = createClient(url, publishableKey(), stateless);
  const asServer = createClient(url, secretKeys()[0], stateless);

  async function ask(verb: string, values: object, token?: string): Promise<unknown> {
    const call = (token === undefined ? asServer : asCaller)
      .rpc(verb, values)
      .abortSignal(AbortSignal.timeout(patience));
    if (token !== undefined) call.setHeader('Authorization', `Bearer ${token}`);
    const { data, error, status } = await call;
    if (error) throw problemOf({ ...error, status });
    return data;
  }

  const read = <Called extends Verb>(verb: Called, data: unknown) =>
    answers[verb].parse(data) as Answer<Called>;
  const readAll = <Called extends Claim>(verb: Called, data: unknown) =>
    readRows(claims[verb], data) as Rows<Row<Called>>;

  const database: Database = {
    call: async (verb, values) => read(verb, await ask(verb, values)),
    callAs: async (token, verb, values) => read(verb, await ask(verb, values, token)),
    claim: async (verb, most) => readAll(verb, await ask(verb, { most })),
    now: async () => new Date(await database.call('clock_now', {})),
  };
  return database;
}

/** What PostgREST answered, as a problem of this function. */
export function problemOf(
  error: { code: string; message: string; details?: string | null; status: number },
): Problem {
  const { code, message, details, status } = error;
  // The database speaks its vocabulary in errors of class PT: the class is the status.
  if (/^PT\d{3}$/.test(code) && /^[a-z_]+$/.test(message)) {
    return new Refusal(message, Number(code.slice(2)), details || message);
  }
  // A token that Auth let pass a moment ago and PostgREST does not, such as one that just expired.
  if (/^PGRST30[123]$/.test(code)) return new Problem('sign_in_required');
  const cause = new Error(`database ${code || 'no code'} ${status}`);
  const isAway = status === 0 || status >= 502 || code.startsWith('PGRST00') || code === '57014';
  return new Problem(isAway ? 'try_again' : 'internal_error', undefined, { cause });
}
