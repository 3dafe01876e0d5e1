import { asGet } from './by-get.ts';
import type { ReadsFirst } from './reader.ts';

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
    const [address, asked] = asGet(String(input), init);
    const part = address.slice(own.length);
    const headers = new Headers(asked.headers);
    const isRead = part.startsWith('/rest/') && /^(GET|HEAD)$/.test(asked.method ?? 'GET');
    const known = written;
    const after = heard === undefined ? known : [...known, heard];
    if (isRead && after.length > 0) headers.set('staybase-after', after.join(','));
    if (isRead && elsewhere !== own) {
      const answer = await ask(elsewhere + part, { ...asked, headers })
        .catch((error) => {
          if (asked.signal?.aborted) throw error;
        });
      if (answer !== undefined && answer.status !== 503) return answer;
    }
    const answer = await ask(own + part, { ...asked, headers });
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
