/** What clients were told, and whether the database still says so. */

/** A booking that a client was told it has. */
export interface Acknowledged {
  booking: string;
  listing: string;
  guest: string;
  checkIn: string;
  checkOut: string;
  /** When the answer arrived; milliseconds. */
  at: number;
  /** The intent that Stripe was paid by. */
  paid?: string;
  /** True when the guest read that it is confirmed. */
  confirmed?: boolean;
}

export interface Stored {
  booking: string;
  listing: string;
  guest: string;
  checkIn: string;
  checkOut: string;
  status: string;
}

export interface Losses {
  /** Acknowledged and not there, or there as another stay. */
  bookings: string[];
  /** Read as confirmed, and not confirmed any more. */
  confirmations: string[];
}

/** Compares what was acknowledged with what is there. */
export function findLosses(acknowledged: Acknowledged[], stored: Stored[]): Losses {
  const there = new Map(stored.map((row) => [row.booking, row]));
  const losses: Losses = { bookings: [], confirmations: [] };
  for (const said of acknowledged) {
    const row = there.get(said.booking);
    const isSame = row !== undefined &&
      (['listing', 'guest', 'checkIn', 'checkOut'] as const).every((key) => row[key] === said[key]);
    if (!isSame) losses.bookings.push(said.booking);
    else if (said.confirmed && !['confirmed', 'completed'].includes(row.status)) {
      losses.confirmations.push(said.booking);
    }
  }
  return losses;
}

/**
 * The longest time without an acknowledgement that ends after `from`, in milliseconds, and how long after
 * `from` it ended: how long a fault at `from` kept everyone from writing. Infinite when none came again.
 */
export function longestSilence(
  times: number[],
  from: number,
  until: number,
): { length: number; endedAfter: number } {
  const sorted = times.filter((time) => time <= until).toSorted((a, b) => a - b);
  let longest = { length: 0, endedAfter: 0 };
  let before = sorted.findLast((time) => time <= from) ?? from;
  for (const time of sorted.filter((time) => time > from)) {
    if (time - before > longest.length) {
      longest = { length: time - before, endedAfter: time - from };
    }
    before = time;
  }
  return sorted.some((time) => time > from) ? longest : { length: Infinity, endedAfter: Infinity };
}

/** Numbers that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The least of some numbers that so large a share of them does not exceed; 0 of none. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
