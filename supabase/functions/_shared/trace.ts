/** The part of Node's AsyncLocalStorage that is used; the edge runtime has it, as Deno has. */
interface Storage<Store> {
  run<Result>(store: Store, work: () => Result): Result;
  getStore(): Store | undefined;
}

// Not by a literal: the checker of Deno would want the types of all of Node, which it does not find here.
const hooks: string = 'node:async_hooks';
const { AsyncLocalStorage } = await import(hooks) as {
  AsyncLocalStorage: new <Store>() => Storage<Store>;
};

/** The request that work is done for. */
export interface Trace {
  requestId: string;
  /** The function that answers it. */
  function: string;
  /** The numbers of what was written for it; there are none without read replicas. */
  written: string[];
}

const traces = new AsyncLocalStorage<Trace>();

/** Does work for a request: what it logs and what it asks of others carries the request's id. */
export const traced = <T>(trace: Trace, work: () => Promise<T>): Promise<T> =>
  traces.run(trace, work);

/** The request at hand; none while nothing is asked. */
export const currentTrace = (): Trace | undefined => traces.getStore();

/**
 * The id that came along, or a new one. What is no plain word is not taken: it goes into log lines and into
 * the name of a database session, which has 63 bytes.
 */
export function requestIdOf(request: Request): string {
  const offered = request.headers.get('x-request-id') ?? '';
  return /^[\w.-]{1,50}$/.test(offered) ? offered : crypto.randomUUID();
}

/**
 * `fetch` that sends the request's id along: PostgREST tells it to the database. What the database wrote has a
 * number, which the caller is told.
 */
export const tracedFetch: typeof fetch = async (input, init) => {
  const trace = currentTrace();
  if (trace === undefined) return await fetch(input, init);
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
  headers.set('x-request-id', trace.requestId);
  const answer = await fetch(input, { ...init, headers });
  const written = answer.headers.get('staybase-written');
  if (written !== null) trace.written = [...trace.written.slice(-9), written];
  return answer;
};
