import type { Costs, Year } from './tables.ts';

/** What a marketplace is to bear, and on what. */
export interface Wanted {
  homes: number;
  bookingsADay: number;
  searchesABooking: number;
  pagesABooking: number;
  messagesABooking: number;
  newHomesADay: number;
  /** How many times the average hour the busiest one is. */
  peak: number;
  /** The share of a core that may be busy in that hour. */
  busy: number;
  /** The largest machine there is: cores, and gigabytes of memory. */
  cores: number;
  memory: number;
}

/** Not measured: every marketplace has its own, and says so with the flag of that name. */
export const assumed = {
  searchesABooking: 100,
  pagesABooking: 30,
  messagesABooking: 6,
  peak: 4,
  busy: 0.5,
  cores: 16,
  memory: 64,
};

export interface Range {
  least: number;
  most: number;
}

export interface Plan {
  wanted: Wanted;
  /** Cores of the busiest hour, by program; of Postgres for reads that replicas can serve, and the rest. */
  cores: { reads: number; writes: number; postgrest: number; functions: number };
  /** Bytes. */
  walADay: Range;
  diskAtFirst: number;
  diskAYear: number;
  hotSet: Range;
  sessions: number;
  /** Years until the claims are so many that partitions pay. */
  yearsToPartitions: number;
  steps: { step: string; why: string; see: string }[];
}

const secondsADay = 86_400;

/** From docs/partitions.md: below that many claims it does not pay. */
export const claimsForPartitions = 20_000_000;

/** From docs/reads-from-replicas.md: sessions of a pool for each core of the database. */
const sessionsACore = 2;

/** Bytes that all tables of the sample grew by, for each booking. */
export const bytesOfABooking = ({ tables, booked }: Year): number =>
  Object.values(tables).reduce((sum, { bytes }) => sum + bytes.at(-1)! - bytes[0]!, 0) / booked;

export function planFor(wanted: Wanted, { costs, stored }: Costs, year: Year): Plan {
  const { bookingsADay: bookings } = wanted;
  const perDay: Record<string, number> = {
    search: bookings * wanted.searchesABooking,
    page: bookings * wanted.pagesABooking,
    booking: bookings,
    payout: bookings,
    message: bookings * wanted.messagesABooking,
    home: wanted.newHomesADay,
  };
  const over = (names: string[], figure: (cost: Costs['costs'][string]) => number) =>
    names.reduce((sum, name) => {
      const cost = costs[name];
      if (cost === undefined) throw new Error(`There is no measured cost of ${name}.`);
      return sum + perDay[name]! * figure(cost);
    }, 0);
  const all = Object.keys(perDay);
  const reads = ['search', 'page'];
  const writes = ['booking', 'payout', 'message', 'home'];
  const coresFor = (cpuMsADay: number) =>
    cpuMsADay / 1000 / secondsADay * wanted.peak / wanted.busy;

  const cores = {
    reads: coresFor(over(reads, ({ cpuMs }) => cpuMs.postgres.mean)),
    writes: coresFor(over(writes, ({ cpuMs }) => cpuMs.postgres.mean)),
    postgrest: coresFor(over(all, ({ cpuMs }) => cpuMs.postgrest.mean)),
    functions: coresFor(over(all, ({ cpuMs }) => cpuMs.deno.mean)),
  };
  const records = over(all, ({ wal }) => wal.records.mean);
  const claimsAYear = bookings * 365;
  const search = wanted.homes * stored.searchOfHome;
  return {
    wanted,
    cores,
    walADay: { least: records, most: records + over(all, ({ wal }) => wal.images.mean) },
    diskAtFirst: wanted.homes * costs.home!.diskBytes,
    diskAYear: claimsAYear * bytesOfABooking(year) +
      wanted.newHomesADay * 365 * costs.home!.diskBytes,
    hotSet: {
      least: search + claimsAYear * stored.claim,
      most: search + claimsAYear * stored.claim +
        wanted.homes * (stored.homeItself + 365 * stored.calendarDay),
    },
    sessions: Math.max(10, Math.ceil(sessionsACore * (cores.reads + cores.writes))),
    yearsToPartitions: claimsAYear === 0 ? Infinity : claimsForPartitions / claimsAYear,
    steps: stepsFor(wanted, cores, search + claimsAYear * stored.claim, claimsAYear),
  };
}

function stepsFor(
  { cores: most, memory }: Wanted,
  cores: Plan['cores'],
  hotBytes: number,
  claimsAYear: number,
): Plan['steps'] {
  const steps: Plan['steps'] = [];
  const add = (step: string, why: string, see: string) => steps.push({ step, why, see });
  const said = (value: number) => value < 10 ? value.toFixed(1) : String(Math.ceil(value));
  const together = cores.reads + cores.writes;
  const fits = together <= most;
  add(
    fits ? 'one machine for Postgres' : 'more than one machine for Postgres',
    `${said(together)} cores in the busiest hour, of ${most} that the largest machine has`,
    'docs/deploying.md',
  );
  add(
    'two more hosts for failover, when an hour without bookings costs more than they do',
    'that is no question of load: a single machine fails as often as its parts',
    'docs/cluster.md',
  );
  if (!fits) {
    const replicas = Math.max(1, Math.ceil(cores.reads / most));
    add(
      `${replicas} read ${replicas === 1 ? 'replica' : 'replicas'}`,
      `searches and pages take ${said(cores.reads)} cores, which the primary then has for bookings`,
      'docs/reads-from-replicas.md',
    );
  }
  if (hotBytes > memory * 1e9) {
    add(
      'more memory',
      `search and a year of nights are ${said(hotBytes / 1e9)} GB, of ${memory} GB`,
      'docs/performance.md',
    );
  }
  const years = claimsForPartitions / claimsAYear;
  if (years <= 5) {
    add(
      years <= 1 ? 'partitions within the year' : `partitions in ${said(years)} years`,
      `${said(claimsAYear / 1e6)} million claims a year; below 20 million they do not pay`,
      'docs/partitions.md',
    );
  }
  if (cores.writes > most) {
    add(
      'more than one primary',
      `bookings alone take ${said(cores.writes)} cores, and replicas take none of them`,
      'docs/beyond-one-primary.md',
    );
  }
  return steps;
}
