import type { Connection, Network } from '../../supabase/functions/_shared/network.ts';

/** A machine that says what it is told to, in pieces, and keeps what it hears. */
export interface Said {
  pieces?: (string | Uint8Array)[];
  /** True leaves the connection open in silence. */
  hangs?: boolean;
}

/** An internet of a few names and machines. */
export function internet(
  names: Record<string, string[] | string[][]>,
  machines: Record<string, Said> = {},
) {
  const heard: string[] = [];
  const connected: string[] = [];
  const asked: Record<string, number> = {};
  let open = 0;
  const said: (string | Uint8Array)[][] = [];
  const network: Network = {
    resolve(name) {
      const turn = asked[name] = (asked[name] ?? -1) + 1;
      const known = names[name];
      if (known === undefined) return Promise.reject(new Error('no such name'));
      const answers = Array.isArray(known[0]) ? known as string[][] : [known as string[]];
      return Promise.resolve(answers[Math.min(turn, answers.length - 1)]!);
    },
    connect(address, port, secureFor) {
      const place = `${address}:${port}${secureFor === undefined ? '' : ` as ${secureFor}`}`;
      connected.push(place);
      const machine = machines[place];
      if (machine === undefined) return Promise.reject(new Error('refused'));
      const pieces = [...machine.pieces ?? []];
      said.push(pieces);
      open += 1;
      let isOpen = true;
      let end = () => {};
      const connection: Connection = {
        read(into) {
          const piece = pieces.shift();
          if (piece === undefined) {
            return machine.hangs
              ? new Promise((_, reject) => (end = () => reject(new Error('closed'))))
              : Promise.resolve(null);
          }
          const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
          into.set(bytes.subarray(0, into.length));
          if (bytes.length > into.length) pieces.unshift(bytes.subarray(into.length));
          return Promise.resolve(Math.min(bytes.length, into.length));
        },
        write(bytes) {
          heard.push(new TextDecoder().decode(bytes));
          return Promise.resolve(bytes.length);
        },
        close() {
          if (isOpen) open -= 1;
          isOpen = false;
          end();
        },
      };
      return Promise.resolve(connection);
    },
  };
  return {
    network,
    heard,
    connected,
    asked,
    stillOpen: () => open,
    unread: () => said.flat().length,
  };
}

export const ok = (body: string, ...headers: string[]) =>
  `HTTP/1.1 200 OK\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`;
