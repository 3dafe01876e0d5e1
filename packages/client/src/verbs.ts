import type { Database } from '../../../types/database.ts';
import type { Functions } from '../../../types/index.ts';
import { must, type Staybase } from './client.ts';
import { hasReplicas } from './replicas.ts';

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

/** What visitors ask most. By GET a replica may answer it; what a decision rests on is asked of the primary. */
const forReplicas: ReadonlySet<Verb> = new Set<Verb>([
  'listing_calendar',
  'search_facets',
  'search_flexible_days',
  'search_listings',
  'search_pins',
  'search_places',
  'search_price_calendar',
  'similar_homes',
]);

/** In an address there are only texts: null and objects are sent in a body. */
const fitsAddress = (given: object = {}) =>
  Object.values(given).every((value) =>
    Array.isArray(value)
      ? value.every((one) => typeof one === 'number' || /^[\w-]+$/.test(String(one)))
      : value !== null && typeof value !== 'object'
  );

/** A verb that only reads, as a query for the cache. */
export function ask<Name extends Verb>(
  staybase: Staybase,
  verb: Name,
  ...[given]: Given<Name>
): Query<AnswerOf<Name>> {
  const get = forReplicas.has(verb) && hasReplicas(staybase) && fitsAddress(given);
  return query(
    verb,
    given ?? {},
    (signal) =>
      must(staybase.rpc(verb, given as ArgumentsOf<Verb>, { get }).abortSignal(signal)) as Promise<
        AnswerOf<Name>
      >,
  );
}

/** Calls an edge function; a refusal is thrown, and `codeOf` reads its code. */
export async function callFunction<Name extends keyof Functions>(
  staybase: Staybase,
  name: Name,
  body: Functions[Name]['request'],
  signal?: AbortSignal,
): Promise<Functions[Name]['answer']> {
  return await must(staybase.functions.invoke<Functions[Name]['answer']>(name, {
    ...(body === undefined ? {} : { body: { ...body } }),
    ...(signal === undefined ? {} : { signal }),
  })) as Functions[Name]['answer'];
}
