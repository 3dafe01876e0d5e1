/**
 * Read replicas lag, so a client says what it must see. The answer to a write has the number of that write; each
 * later read sends it, and a replica without that write refuses. Without replicas there are no numbers.
 */
export interface Reader {
  fetch: typeof fetch;
  /** Whether there are replicas, so that verbs which only read are worth a GET. */
  hasReplicas: boolean;
  /** The number of somebody else's write that Realtime announced. */
  hear(number: unknown): void;
}

/**
 * @param url where everything is asked
 * @param reads where reads are asked first, if there are replicas; what they refuse is asked of `url`, unless the
 * address is the same and does that itself
 */
export function createReader(url: string, ask: typeof fetch, reads?: string): Reader {
  const own = url.replace(/\/$/, '');
  // Numbers are not in the order of commits, so of writes at the same time each is kept.
  let written: string[] = [];
  let heard: string | undefined;

  const elsewhere = reads?.replace(/\/$/, '');
  return {
    hasReplicas: elsewhere !== undefined,
    hear: (number) => void (typeof number === 'string' && (heard = number)),
    async fetch(input, init) {
      // supabase-js asks for addresses, never for a Request.
      const part = String(input).slice(own.length);
      const isRead = part.startsWith('/rest/') && /^(GET|HEAD)$/.test(init?.method ?? 'GET');
      const known = written;
      const after = heard === undefined ? known : [...known, heard];
      const headers = new Headers(init?.headers);
      if (isRead && after.length > 0) headers.set('staybase-after', after.join(','));
      if (isRead && elsewhere !== undefined && elsewhere !== own) {
        const answer = await ask(elsewhere + part, { ...init, headers })
          .catch((error) => {
            if (init?.signal?.aborted) throw error;
          });
        if (answer !== undefined && answer.status !== 503) return answer;
      }
      const answer = await ask(input, { ...init, headers });
      const numbers = answer.headers.get('staybase-written')?.match(/\d+/g);
      if (numbers) {
        // What was known when this was asked had been committed before, and is wherever this is.
        written = [...written.filter((number) => !known.includes(number)), ...numbers];
      }
      return answer;
    },
  };
}

/** By client. */
const readers = new WeakMap<object, Reader>();

export const keepReader = (staybase: object, reader: Reader): void =>
  void readers.set(staybase, reader);

export const hasReplicas = (staybase: object): boolean =>
  readers.get(staybase)?.hasReplicas ?? false;

/** What Realtime announced is read by the next query, not by one a moment later. */
export const hear = (staybase: object, number: unknown): void =>
  readers.get(staybase)?.hear(number);
