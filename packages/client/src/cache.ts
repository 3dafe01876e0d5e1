import type { Query } from './verbs.ts';

/** The state of a query. A new object after each change. */
export interface State<Answer> {
  /** The last answer; kept while a new one is loading, and after an error. */
  answer: Answer | undefined;
  /** The error of the last attempt; for `codeOf`. */
  error: unknown;
  loading: boolean;
}

export interface Cache {
  get<Answer>(query: Query<Answer>): State<Answer>;
  /**
   * The answer, from the cache while it is fresh; concurrent identical queries run once. An error that nobody
   * watched is reported to the first who watches soon after, instead of running the query again.
   */
  load<Answer>(query: Query<Answer>): Promise<Answer>;
  /**
   * Reports the state now and after each change, and runs the query if there is no fresh answer. Returns
   * a function that stops it; a query that nobody watches any more is aborted.
   */
  watch<Answer>(query: Query<Answer>, listener: (state: State<Answer>) => void): () => void;
  /** After a change: marks the answers of these queries (by name or key; without arguments, all) as stale. */
  refresh(...names: string[]): void;
  /**
   * Like `refresh`, but whoever watches keeps the answer they see: for queries that the change ends, such as
   * the quote of a stay that was just booked.
   */
  expire(...names: string[]): void;
  /** Sets an answer optimistically; follow it with `refresh`. */
  set<Answer>(query: Query<Answer>, answer: Answer): void;
  /** Clears everything, for when somebody else signs in. */
  clear(): void;
}

interface Entry {
  query: Query<unknown>;
  state: State<unknown>;
  /** When the answer arrived; 0 if it is stale. */
  at: number;
  listeners: Set<(state: State<unknown>) => void>;
  /** When it ended while nobody watched; 0 once somebody does. */
  unseenAt: number;
  running?: { promise: Promise<unknown>; abort: AbortController } | undefined;
}

const nothing: State<never> = { answer: undefined, error: undefined, loading: false };

/**
 * @param freshFor how many milliseconds an answer stays fresh
 * @param most how many unwatched answers are kept
 */
export function createCache({ freshFor = 30_000, most = 100 } = {}): Cache {
  const entries = new Map<string, Entry>();

  function entryOf(query: Query<unknown>): Entry {
    const entry = entries.get(query.key) ??
      { query, state: nothing, at: 0, unseenAt: 0, listeners: new Set() };
    // Keeps the map in order of use, the most recent last.
    entries.delete(query.key);
    entries.set(query.key, entry);
    for (const [key, { listeners, running }] of entries) {
      if (entries.size <= most) break;
      if (listeners.size === 0 && !running && key !== query.key) entries.delete(key);
    }
    return entry;
  }

  function change(entry: Entry, state: Partial<State<unknown>>): void {
    entry.state = { ...entry.state, ...state };
    for (const listener of entry.listeners) listener(entry.state);
  }

  function run(entry: Entry): Promise<unknown> {
    const abort = new AbortController();
    const promise = entry.query.run(abort.signal);
    entry.running = { promise, abort };
    const end = (state: Partial<State<unknown>>, at: number) => {
      // Another run with the same key has started, or nobody watches any more.
      if (abort.signal.aborted) return;
      entry.running = undefined;
      entry.at = at;
      if (entry.listeners.size === 0) entry.unseenAt = Date.now();
      change(entry, { ...state, loading: false });
    };
    promise.then(
      (answer) => {
        const same = JSON.stringify(answer) === JSON.stringify(entry.state.answer);
        end({ answer: same ? entry.state.answer : answer, error: undefined }, Date.now());
      },
      (error) => end({ error }, 0),
    );
    change(entry, { loading: true });
    return promise;
  }

  /** Runs it; its state tells an error. */
  const begin = (entry: Entry) => void run(entry).catch(() => {});
  /** Stale, and without the answer in flight. */
  const stop = (entry: Entry) => {
    entry.at = entry.unseenAt = 0;
    entry.running?.abort.abort();
    entry.running = undefined;
    entry.state = { ...entry.state, loading: false };
  };
  const isRecent = (at: number) => at > 0 && Date.now() - at < freshFor;

  function expire(names: string[], again = false): void {
    for (const [key, entry] of entries) {
      if (names.length > 0 && !names.some((name) => `${key} `.startsWith(`${name} `))) continue;
      // An answer in flight may be from before the change.
      stop(entry);
      if (again && entry.listeners.size > 0) begin(entry);
      else change(entry, {});
    }
  }

  return {
    get: <Answer>({ key }: Query<Answer>) => (entries.get(key)?.state ?? nothing) as State<Answer>,
    async load<Answer>(query: Query<Answer>) {
      const entry = entryOf(query);
      const answer = isRecent(entry.at) ? entry.state.answer : entry.running?.promise ?? run(entry);
      return await answer as Answer;
    },
    watch<Answer>(query: Query<Answer>, listener: (state: State<Answer>) => void) {
      const entry = entryOf(query);
      const heard = (state: State<unknown>) => listener(state as State<Answer>);
      entry.listeners.add(heard);
      const isUnseenError = entry.state.error && isRecent(entry.unseenAt);
      entry.unseenAt = 0;
      if (isRecent(entry.at) || entry.running || isUnseenError) heard(entry.state);
      else begin(entry);
      return () => {
        const wasLast = entry.listeners.delete(heard) && entry.listeners.size === 0;
        if (wasLast && entry.running) stop(entry);
      };
    },
    refresh: (...names) => expire(names, true),
    expire: (...names) => expire(names),
    set(query, answer) {
      const entry = entryOf(query);
      stop(entry);
      entry.at = Date.now();
      change(entry, { answer, error: undefined });
    },
    clear() {
      for (const [key, entry] of entries) {
        stop(entry);
        entry.state = nothing;
        if (entry.listeners.size === 0) entries.delete(key);
        else begin(entry);
      }
    },
  };
}
