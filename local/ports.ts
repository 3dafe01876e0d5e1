import { createServer } from 'node:net';

/** The ports of a stack, counted from its gateway's. */
export interface Ports {
  gateway: number;
  postgres: number;
  rest: number;
  restAdmin: number;
  functions: number;
  stripe: number;
}

export const portsFrom = (gateway: number): Ports => ({
  gateway,
  postgres: gateway + 1,
  rest: gateway + 2,
  restAdmin: gateway + 3,
  functions: gateway + 4,
  stripe: gateway + 5,
});

/** True when nothing listens on 127.0.0.1:port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * A port for a throw-away server. Below the range that outgoing connections are given, so that none
 * can take it between now and then.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}
