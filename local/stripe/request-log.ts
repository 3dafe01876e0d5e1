/** One request to the API, as tests assert on it. */
export interface LoggedRequest {
  id: string;
  /** Unix seconds by Staybase's clock; 0 when refused before the clock was read. */
  at: number;
  method: string;
  path: string;
  /** Without card numbers and security codes. */
  params: Record<string, unknown>;
  idempotencyKey: string | null;
  key: 'secret' | 'publishable' | 'none';
  /** 0 when no answer was given. */
  status: number;
  /** Whether the answer was the kept one of an earlier request with this idempotency key. */
  replayed: boolean;
  error: string | null;
  fault: string | null;
}

const most = 5000;

/** The latest requests, oldest first. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > most) this.#entries.shift();
  }

  list(filter: Partial<Pick<LoggedRequest, 'method' | 'path' | 'key'>> = {}): LoggedRequest[] {
    return this.#entries.filter((entry) =>
      (filter.method === undefined || entry.method === filter.method) &&
      (filter.path === undefined || entry.path.startsWith(filter.path)) &&
      (filter.key === undefined || entry.key === filter.key)
    );
  }

  clear(): void {
    this.#entries = [];
  }
}

/** The parameters with everything masked that is on a card. */
export function masked(params: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(params, (key, value) => /^(number|cvc)$/.test(key) ? '(masked)' : value),
  );
}
