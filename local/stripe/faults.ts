/**
 * What goes wrong with a request to the API.
 * - `timeout_before`, `timeout_after`: no answer ever; the effect did not or did happen
 * - `reset_before`, `reset_after`: the connection breaks; the effect did not or did happen
 * - `error_before`, `error_after`: a 500, kept under the idempotency key as Stripe keeps it
 * - `unavailable`: a 503 of which nothing is kept
 * - `conflict`: the 409 of a key in use; `lock_timeout` and `rate_limit`: their 429s
 * - `no_balance`: the 400 of a platform whose balance does not cover it
 * - `wrong_region`: the 400 of an account in a country that money may not be sent to
 * - `slow`: the effect at once (its events too), the answer after `ms`; until then its key is in use
 */
export type FaultKind =
  | 'timeout_before'
  | 'timeout_after'
  | 'reset_before'
  | 'reset_after'
  | 'error_before'
  | 'error_after'
  | 'unavailable'
  | 'conflict'
  | 'lock_timeout'
  | 'rate_limit'
  | 'no_balance'
  | 'wrong_region'
  | 'slow';

export interface Fault {
  kind: FaultKind;
  /** Any method when absent. */
  method?: 'GET' | 'POST' | 'DELETE';
  /** Matches when the path contains it, `*` stands for anything. Any path when absent. */
  path?: string;
  /** Matches when the address or the body names it, such as an id in the metadata. */
  about?: string;
  /** How many requests it meets; 1 when absent. */
  times?: number;
  /** How many matching requests pass first. */
  skip?: number;
  /** Chance (0 to 1) that a matching request meets it; 1 when absent. */
  share?: number;
  /** For `slow`: milliseconds of real time. */
  ms?: number;
}

/** The faults that are switched on. */
export class Faults {
  #list: (Fault & { left: number; passing: number })[] = [];
  #random: () => number = Math.random;

  add(fault: Fault): void {
    this.#list.push({ ...fault, left: fault.times ?? 1, passing: fault.skip ?? 0 });
  }

  clear(): void {
    this.#list = [];
  }

  list(): Fault[] {
    return this.#list.map(({ left, passing, ...fault }) => ({
      ...fault,
      times: left,
      skip: passing,
    }));
  }

  /** Makes faults with a share repeatable. */
  seed(random: () => number): void {
    this.#random = random;
  }

  /** The fault that this request meets, if any. `text` is its address and body. */
  meet(method: string, path: string, text: string): Fault | undefined {
    for (const fault of this.#list) {
      if (fault.method && fault.method !== method) continue;
      if (fault.path && !pattern(fault.path).test(path)) continue;
      if (fault.about && !text.includes(fault.about)) continue;
      if (fault.passing > 0) {
        fault.passing--;
        continue;
      }
      if (fault.share !== undefined && this.#random() >= fault.share) continue;
      if (--fault.left <= 0) this.#list.splice(this.#list.indexOf(fault), 1);
      return fault;
    }
    return undefined;
  }
}

function pattern(path: string): RegExp {
  return new RegExp(path.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*'));
}
