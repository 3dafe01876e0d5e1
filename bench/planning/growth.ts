import type { Market } from './market.ts';

/** Bytes with indexes and rows of each table, by its name. */
export type Sizes = Record<string, { bytes: number; rows: number }>;

export async function tableSizes({ superQuery }: Market): Promise<Sizes> {
  const rows = await superQuery<{ name: string; bytes: number; rows: number }>(
    `select format('%I.%I', schemaname, relname) as name,
       pg_total_relation_size(relid)::float8 as bytes,
       (xpath('/row/count/text()', query_to_xml(format('select count(*) from %s', relid::regclass),
         false, true, '')))[1]::text::float8 as rows
     from pg_stat_user_tables
     where schemaname in ('public', 'private', 'auth', 'storage')`,
  );
  return Object.fromEntries(
    rows.map(({ name, bytes, rows: count }) => [name, { bytes, rows: count }]),
  );
}

export type Kind = 'with bookings' | 'levels off' | 'ever faster' | 'hardly' | 'too short to say';

/**
 * How a table grew, by its rows at the quarters of a run: in the second quarter, when everything that
 * follows from a booking has begun, and in the last. Rows rather than bytes, which come in pages.
 */
export function kindOfGrowth(rowsAtQuarters: number[]): Kind {
  if (rowsAtQuarters.length < 4) return 'too short to say';
  const [, first = 0, second = 0] = rowsAtQuarters;
  const [before = 0, last = 0] = rowsAtQuarters.slice(-2);
  const [early, late] = [second - first, last - before];
  if (Math.max(Math.abs(early), Math.abs(late)) < 20) return 'hardly';
  if (early <= 0) return late > 0 ? 'ever faster' : 'levels off';
  const ratio = late / early;
  return ratio < 0.6 ? 'levels off' : ratio > 1.6 ? 'ever faster' : 'with bookings';
}

/** Of the largest tables: the part of their pages that is dead or free. */
export async function bloatOf(
  { superQuery }: Market,
  tables: string[],
): Promise<Record<string, { deadPercent: number; freePercent: number }>> {
  const rows = await superQuery<{ name: string; deadPercent: number; freePercent: number }>(
    `select name, dead_tuple_percent as "deadPercent", free_percent as "freePercent"
     from unnest($1::text[]) as name, bench.pgstattuple(name::regclass)`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, ...shares }) => [name, shares]));
}
