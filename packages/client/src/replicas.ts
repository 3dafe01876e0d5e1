import type { ReadsFirst } from './reader.ts';
import type { Verb } from './verbs.ts';

/** What visitors ask most. By GET a replica may answer it; what a decision rests on is asked of the primary. */
const forReplicas: ReadonlySet<string> = new Set<Verb>([
  'listing_calendar',
  'search_facets',
  'search_flexible_days',
  'search_listings',
  'search_pins',
  'search_places',
  'search_price_calendar',
  'search_screen',
  'similar_homes',
]);

/** The call of a verb as an address; undefined where its arguments need a body: null and objects. */
function asAddress(part: string, body: unknown): string | undefined {
  if (!forReplicas.has(part.replace('/rest/v1/rpc/', '')) || typeof body !== 'string') return;
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries<unknown>(JSON.parse(body))) {
    if (Array.isArray(value)) {
      if (!value.every((one) => /^[\w.-]+$/.test(String(one)))) return;
      address.set(name, `{${value.join()}}`);
    } else if (value !== null && typeof value !== 'object') address.set(name, String(value));
    else return;
  }
  return `${part}?${address}`;
}

/**
 * For a marketplace with read replicas. They lag, so the client says what it must see: the answer to a write has the
 * number of that write; each later read sends it, and a replica without that write refuses.
 * @param reads where reads are asked first: the address of a replica, or the client's own if a proxy there knows the
 * replicas. What is refused is asked of the client's own address
 */
export const readReplicas = (reads: string): ReadsFirst => (url, options) => {
  const ask: typeof fetch = options.global?.fetch ?? ((input, init) => fetch(input, init));
  const own = url.replace(/\/$/, '');
  const elsewhere = reads.replace(/\/$/, '');
  // Numbers are not in the order of commits, so of writes at the same time each is kept.
  let written: string[] = [];
  let heard: string | undefined;

  const read: typeof fetch = async (input, init) => {
    // supabase-js asks for addresses, never for a Request.
    let part = String(input).slice(own.length);
    const headers = new Headers(init?.headers);
    const address = init?.method === 'POST' ? asAddress(part, init.body) : undefined;
    if (address !== undefined) {
      part = address;
      headers.delete('content-type');
      const { body: _, ...others } = init!;
      init = { ...others, method: 'GET' };
    }
    const isRead = part.startsWith('/rest/') && /^(GET|HEAD)$/.test(init?.method ?? 'GET');
    const known = written;
    const after = heard === undefined ? known : [...known, heard];
    if (isRead && after.length > 0) headers.set('staybase-after', after.join(','));
    if (isRead && elsewhere !== own) {
      const answer = await ask(elsewhere + part, { ...init, headers })
        .catch((error) => {
          if (init?.signal?.aborted) throw error;
        });
      if (answer !== undefined && answer.status !== 503) return answer;
    }
    const answer = await ask(own + part, { ...init, headers });
    const numbers = answer.headers.get('staybase-written')?.match(/\d+/g);
    if (numbers) {
      // What was known when this was asked had been committed before, and is wherever this is.
      written = [...written.filter((number) => !known.includes(number)), ...numbers];
    }
    return answer;
  };

  return {
    listen(client) {
      const channel = client.channel.bind(client);
      client.channel = (...named) =>
        channel(...named).on('broadcast', { event: '*' }, ({ payload }) => {
          if (typeof payload?.written === 'string') heard = payload.written;
        });
    },
    options: { ...options, global: { ...options.global, fetch: read } },
  };
};
