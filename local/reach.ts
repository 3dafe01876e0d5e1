import type { Server } from 'node:http';
import { isIP } from 'node:net';

/**
 * From where a stack is reached. Without settings only this machine reaches it, at 127.0.0.1; in a
 * container it has to listen on every address, and people know it by the one it is published at.
 */
export interface Reach {
  /** Where the gateway and the fake Stripe listen, beside 127.0.0.1. */
  listen: string;
  /** How people reach the gateway: in letters, in what is printed. Its own address when absent. */
  publicUrl?: string;
  /** How they reach the fake Stripe's pages. */
  stripeUrl?: string;
  /** How clients reach the storefront. */
  storefrontUrl?: string;
}

export const thisMachine: Reach = { listen: '127.0.0.1' };

/**
 * Reads STAYBASE_LISTEN, STAYBASE_PUBLIC_URL, STAYBASE_PUBLIC_STRIPE_URL and STAYBASE_PUBLIC_STOREFRONT_URL.
 * Without the last two, the fake Stripe and the storefront are published as far behind the gateway as
 * they listen: five and six ports.
 * @throws an `Error` that says which is wrong
 */
export function reachFrom(env: NodeJS.ProcessEnv): Reach {
  const listen = env.STAYBASE_LISTEN || thisMachine.listen;
  if (isIP(listen) === 0) {
    throw new Error(
      `STAYBASE_LISTEN is "${listen}", not an IP address such as 127.0.0.1 or 0.0.0.0.`,
    );
  }
  const publicUrl = originIn(env, 'STAYBASE_PUBLIC_URL');
  const stripeUrl = originIn(env, 'STAYBASE_PUBLIC_STRIPE_URL') ?? behind(publicUrl, 5);
  const storefrontUrl = originIn(env, 'STAYBASE_PUBLIC_STOREFRONT_URL') ?? behind(publicUrl, 6);
  if (publicUrl !== undefined && stripeUrl === undefined && !env.STRIPE_SECRET_KEY) {
    throw new Error(
      `STAYBASE_PUBLIC_URL is "${publicUrl}", without a port to count from: say in ` +
        'STAYBASE_PUBLIC_STRIPE_URL where the fake Stripe is reached.',
    );
  }
  return {
    listen,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(stripeUrl === undefined ? {} : { stripeUrl }),
    ...(storefrontUrl === undefined ? {} : { storefrontUrl }),
  };
}

function originIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  if (!value) return undefined;
  const url = URL.parse(value);
  if (
    url === null || !['http:', 'https:'].includes(url.protocol) ||
    ![url.origin, `${url.origin}/`].includes(url.href) ||
    // Where one listens, and in no browser the name of anything.
    ['0.0.0.0', '[::]'].includes(url.hostname)
  ) {
    throw new Error(
      `${name} is "${value}", not an address such as http://127.0.0.1:8000 without a path.`,
    );
  }
  return url.origin;
}

function behind(publicUrl: string | undefined, ports: number): string | undefined {
  const url = publicUrl === undefined ? null : URL.parse(publicUrl);
  if (url === null || url.port === '' || Number(url.port) > 65_530) return undefined;
  url.port = String(Number(url.port) + ports);
  return url.origin;
}

/** True when only programs of this machine can connect. */
export const isOnlyHere = ({ listen }: Reach): boolean => /^127\.|^::1$/.test(listen);

export interface Listening {
  port: number;
  close(): Promise<void>;
}

/**
 * Listens on an address and always on 127.0.0.1 too, by which the parts of a stack call each other.
 * @param start starts one server; rejects when the port is taken
 */
export async function listenOn(
  { listen }: Reach,
  port: number,
  start: (hostname: string, port: number) => Promise<Server>,
): Promise<Listening> {
  const isEvery = ['0.0.0.0', '::'].includes(listen);
  const hosts = isEvery ? [listen] : [...new Set([thisMachine.listen, listen])];
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      })
    ));
  };
  try {
    let taken = port;
    for (const host of hosts) {
      const server = await start(host, taken);
      servers.push(server);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('A server has no port.');
      taken = address.port;
    }
    return { port: taken, close };
  } catch (error) {
    await close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
    throw new Error(`STAYBASE_LISTEN is "${listen}", which is no address of this machine.`);
  }
}
