/** A connection, as Deno has it. */
export interface Connection {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** What it takes to reach another machine. */
export interface Network {
  /** The IP addresses of a name; throws or resolves to none when there are none. */
  resolve(name: string): Promise<string[]>;
  /** Opens a connection to an IP address; `secureFor` names who has to prove to be there (TLS). */
  connect(address: string, port: number, secureFor: string | undefined): Promise<Connection>;
}

/** Ends a connection, ended or not. */
export function close(connection: Connection): void {
  try {
    connection.close();
  } catch {
    // It was closed by the other side.
  }
}

export class TooSlow extends Error {
  override name = 'TooSlow';
}

/** Runs `work` for at most so long; its connections end with it. Throws `TooSlow`. */
export async function inTime<T>(
  milliseconds: number,
  network: Network,
  work: (network: Network) => Promise<T>,
): Promise<T> {
  const opened: Connection[] = [];
  let isOver = false;
  let late: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new TooSlow(`no end after ${milliseconds} ms`)), milliseconds);
  });
  const remembering: Network = {
    resolve: network.resolve,
    async connect(...to) {
      const connection = await network.connect(...to);
      if (isOver) close(connection);
      opened.push(connection);
      return connection;
    },
  };
  try {
    return await Promise.race([work(remembering), deadline]);
  } finally {
    isOver = true;
    clearTimeout(late);
    for (const connection of opened) close(connection);
  }
}
