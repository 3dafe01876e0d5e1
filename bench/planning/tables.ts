import { kindOfGrowth } from './growth.ts';
import type { Cost, Spread } from './meter.ts';
import type { Stored } from './stored.ts';

/** What `npm run costs` finds and keeps. */
export interface Costs {
  command: string;
  homes: number;
  stored: Stored;
  costs: Record<string, Cost>;
  [where: string]: unknown;
}

export const markdown = (rows: string[][]): string =>
  [rows[0]!, rows[0]!.map(() => '---'), ...rows.slice(1)]
    .map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Three digits, as a person writes them. */
export function shown(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.1) return value.toPrecision(2);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

export function bytes(value: number): string {
  const steps: [number, string][] = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  for (const [step, unit] of steps) if (value >= step) return `${shown(value / step)} ${unit}`;
  return `${shown(value)} B`;
}

const spread = ({ mean, least, most }: Spread, show: (value: number) => string) =>
  least === most ? show(mean) : `${show(mean)} (${show(least)} to ${show(most)})`;

export const namesOfDeeds: Record<string, string> = {
  home: 'a home, made and published',
  search: 'a search (`search_screen`)',
  page: 'a page of a home',
  booking: 'a booking, paid',
  payout: 'its payout',
  message: 'a message',
};

export const costTable = ({ costs }: Costs): string =>
  markdown([
    [
      'one',
      'Postgres, ms of CPU',
      'PostgREST, ms of CPU',
      'functions, ms of CPU',
      'WAL without page images',
      'page images, at most',
      'disk',
      'transactions',
    ],
    ...Object.entries(costs).map(([name, { cpuMs, wal, diskBytes, transactions }]) => [
      namesOfDeeds[name] ?? name,
      spread(cpuMs.postgres, shown),
      spread(cpuMs.postgrest, shown),
      spread(cpuMs.deno, shown),
      spread(wal.records, bytes),
      spread(wal.images, bytes),
      bytes(diskBytes),
      shown(transactions),
    ]),
  ]);

/** More digits than three say nothing. */
export function rounded(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? value : Number(value.toPrecision(value < 1000 ? 3 : 6));
  }
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}

/** What `npm run year` finds and keeps. */
export interface Year {
  command: string;
  homes: number;
  bookingsADay: number;
  days: number;
  booked: number;
  walOfABooking: number;
  cpuOfABooking: number;
  jobsCpuOfADay: Spread;
  jobsCpuByQuarter: number[];
  tables: Record<string, { bytes: number[]; rows: number[] }>;
  bloat: Record<string, { deadPercent: number; freePercent: number }>;
  [more: string]: unknown;
}

/** The tables that grew most, and how. */
export function yearTable({ tables, booked, bloat }: Year, most = 20): string {
  const grown = Object.entries(tables)
    .map(([name, { bytes: sizes, rows }]) => ({
      name,
      grew: sizes.at(-1)! - sizes[0]!,
      rows: rows.at(-1)! - rows[0]!,
      kind: kindOfGrowth(rows),
      bloat: bloat[name],
    }))
    .filter(({ grew }) => grew > 0)
    .toSorted((one, other) => other.grew - one.grew);
  return markdown([
    ['table', 'grew by', 'rows a booking', 'bytes a booking', 'grows', 'dead, free'],
    ...grown.slice(0, most).map(({ name, grew, rows, kind, bloat: found }) => [
      `\`${name}\``,
      bytes(grew),
      shown(rows / booked),
      bytes(grew / booked),
      kind,
      found === undefined ? '' : `${shown(found.deadPercent)} %, ${shown(found.freePercent)} %`,
    ]),
    [
      'all tables',
      bytes(grown.reduce((sum, { grew }) => sum + grew, 0)),
      '',
      bytes(grown.reduce((sum, { grew }) => sum + grew, 0) / booked),
      '',
      '',
    ],
  ]);
}
