import type { Database } from '../../../types/database.ts';
import type { Functions } from '../../../types/index.ts';
import { must, type Staybase } from './client.ts';

type Verbs = Database['public']['Functions'];

export type Verb = keyof Verbs & string;
export type ArgumentsOf<Name extends Verb> = Verbs[Name]['Args'];
export type AnswerOf<Name extends Verb> = Verbs[Name]['Returns'];

/** No argument if a verb takes none, an optional one if all its arguments are optional. */
export type Given<Name extends Verb> = [ArgumentsOf<Name>] extends [never] ? [given?: undefined]
  : Record<never, never> extends ArgumentsOf<Name> ? [given?: ArgumentsOf<Name>]
  : [given: ArgumentsOf<Name>];

/** A query whose answer can be cached: the same key means the same answer. */
export interface Query<Answer> {
  /** Its name, and after a space its arguments. */
  key: string;
  run(signal: AbortSignal): Promise<Answer>;
}

export function query<Answer>(
  name: string,
  given: object,
  run: Query<Answer>['run'],
): Query<Answer> {
  const sorted = Object.entries(given).filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => one < other ? -1 : 1);
  return { key: `${name} ${JSON.stringify(sorted)}`, run };
}

/** Calls a verb; a refusal is thrown. */
export function call<Name extends Verb>(
  staybase: Staybase,
  verb: Name,
  ...[given, signal]: [...Given<Name>, signal?: AbortSignal]
): Promise<AnswerOf<Name>> {
  const request = staybase.rpc(verb, given as ArgumentsOf<Verb>);
  const abortable = signal instanceof AbortSignal ? request.abortSignal(signal) : request;
  return must(abortable) as Promise<AnswerOf<Name>>;
}

/** A verb that only reads, as a query for the cache. */
export function ask<Name extends Verb>(
  staybase: Staybase,
  verb: Name,
  ...[given]: Given<Name>
): Query<AnswerOf<Name>> {
  return query(
    verb,
    given ?? {},
    (signal) =>
      must(staybase.rpc(verb, given as ArgumentsOf<Verb>).abortSignal(signal)) as Promise<
        AnswerOf<Name>
      >,
  );
}

/** Calls an edge function; a refusal is thrown, and `codeOf` reads its code. */
export function callFunction<Name extends keyof Functions>(
  staybase: Staybase,
  name: Name,
  body: Functions[Name]['request'],
  signal?: AbortSignal,
): Promise<Functions[Name]['answer']> {
  // Of what is undefined, supabase-js sends nothing.
  const given = { body, signal } as object;
  return must(staybase.functions.invoke(name, given)) as Promise<Functions[Name]['answer']>;
}
