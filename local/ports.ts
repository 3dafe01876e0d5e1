import { connect, createServer, type Server } from 'node:net';

/** The ports of a stack. */
export interface Ports {
  gateway: number;
  postgres: number;
  rest: number;
  restAdmin: number;
  functions: number;
  stripe: number;
  storefront: number;
}

/**
 * The usual ones, counted from the gateway's. 54321 is the convention of the Supabase CLI, and lies in
 * the range that Linux gives to outgoing connections: a part other than the gateway that finds its port
 * taken moves to another (`onFreePort`).
 */
export const portsFrom = (gateway: number): Ports => ({
  gateway,
  postgres: gateway + 1,
  rest: gateway + 2,
  restAdmin: gateway + 3,
  functions: gateway + 4,
  stripe: gateway + 5,
  storefront: gateway + 6,
});

/** True when a server could listen on 127.0.0.1:port. */
export function isFree(port: number): Promise<boolean> {
  return hold(port).then((held) => held.release().then(() => true), () => false);
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

/**
 * Starts a part on its usual port or, where that is taken, on one that is free: whether it was taken
 * before or is taken while the part starts.
 * @param start rejects with an error that says "in use" (every program here does) when it is taken
 */
export async function onFreePort<T>(
  usual: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let tries = 1;; tries += 1) {
    const port = tries === 1 && (usual === 0 || await isFree(usual)) ? usual : await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (tries === 5 || !isTaken(error)) throw error;
    }
  }
}

/** What Node, Deno, Postgres and PostgREST say of a port that somebody else has. */
export const isTaken = (problem: unknown): boolean =>
  /EADDRINUSE|AddrInUse|address already in use/i.test(
    problem instanceof Error ? problem.message : String(problem),
  );

/** A port that nobody else can take until it is released. */
export interface HeldPort {
  release(): Promise<void>;
}

/** Takes a port for later; rejects when it is taken. */
export async function hold(port: number): Promise<HeldPort> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = createServer((socket) => socket.destroy());
    listening.once('error', reject);
    listening.listen(port, '127.0.0.1', () => resolve(listening));
  });
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** True when somebody answers there; a port may also be taken by a connection that was just closed. */
export function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const say = (answering: boolean) => (socket.destroy(), resolve(answering));
    socket.once('connect', () => say(true)).once('error', () => say(false));
    socket.setTimeout(2_000, () => say(true));
  });
}

/** Another gateway port for which all ports are free, trying the next thousand first. */
export async function freeStackPort(near: number): Promise<number> {
  for (let step = 1;; step += 1) {
    const port = 1024 + (near - 1024 + step * 1000) % 64_000;
    const free = await Promise.all(Object.values(portsFrom(port)).map(isFree));
    if (free.every(Boolean)) return port;
  }
}
