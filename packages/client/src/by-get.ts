import type { ReadsFirst } from './reader.ts';
import type { Verb } from './verbs.ts';

/**
 * What visitors ask most and what may be a little old, asked by GET: an answer with an address can be kept by browsers
 * and proxies, and a replica may give it. The database lists the same (supabase/migrations, limits_cached_answers).
 */
export const verbsByGet: ReadonlySet<string> = new Set<Verb>([
  'cancellation_tiers',
  'listing_calendar',
  'offered_currencies',
  'search_facets',
  'search_flexible_days',
  'search_listings',
  'search_pins',
  'search_places',
  'search_price_calendar',
  'search_screen',
  'similar_homes',
  'stay_prices',
]);

const longest = 4_000;
const verbs = '/rest/v1/rpc/';

/** The call of a verb as an address; undefined where it needs a body: null, objects, and what is too long. */
function addressOf(url: string, body: unknown): string | undefined {
  const at = url.indexOf(verbs);
  if (at < 0 || !verbsByGet.has(url.slice(at + verbs.length))) return;
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries<unknown>(JSON.parse(String(body ?? '{}')))) {
    if (Array.isArray(value)) {
      if (!value.every((one) => /^[\w.-]+$/.test(String(one)))) return;
      address.set(name, `{${value.join()}}`);
    } else if (value !== null && typeof value !== 'object') address.set(name, String(value));
    else return;
  }
  const query = String(address);
  return query.length > longest ? undefined : query === '' ? url : `${url}?${query}`;
}

/** The same request as a GET, if it can be one. */
export function asGet(url: string, init: RequestInit = {}): [url: string, init: RequestInit] {
  const address = init.method === 'POST' ? addressOf(url, init.body) : undefined;
  if (address === undefined) return [url, init];
  const { body: _, ...others } = init;
  const headers = new Headers(init.headers);
  const profile = headers.get('content-profile');
  if (profile !== null) headers.set('accept-profile', profile);
  for (const ofBodies of ['content-profile', 'content-type']) headers.delete(ofBodies);
  return [address, { ...others, method: 'GET', headers }];
}

/**
 * For a marketplace whose proxies or visitors' browsers keep answers: whoever is not signed in searches by GET, because
 * what every stranger is answered alike may be kept. What people ask who are signed in stays out of the access logs.
 * @param key the publishable key, by which strangers are known
 */
export const strangersByGet = (key: string): ReadsFirst => (_url, options) => {
  const ask: typeof fetch = options.global?.fetch ?? ((input, init) => fetch(input, init));
  const read: typeof fetch = (input, init) => {
    const as = new Headers(init?.headers).get('authorization');
    const isStranger = as === null || as === `Bearer ${key}`;
    return isStranger ? ask(...asGet(String(input), init)) : ask(input, init);
  };
  return { listen() {}, options: { ...options, global: { ...options.global, fetch: read } } };
};
