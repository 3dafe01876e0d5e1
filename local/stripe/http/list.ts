import { invalid, missing } from './errors.ts';

interface Page {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number };
}

/**
 * One page of a list, newest first, as Stripe pages.
 * @param rows in the order in which they were created
 * @throws StripeFailure 400 for a limit outside 1 to 100 or an unknown cursor
 */
export function page<T extends { id: string; created?: number }>(
  url: string,
  rows: Iterable<T>,
  params: Page,
): { object: 'list'; url: string; has_more: boolean; data: T[] } {
  const limit = checkLimit(params.limit);
  const all = [...rows].filter((row) => within(row.created, params.created)).reverse();
  if (params.ending_before !== undefined) {
    const end = cursor(all, params.ending_before, 'ending_before');
    const from = Math.max(0, end - limit);
    return { object: 'list', url, has_more: from > 0, data: all.slice(from, end) };
  }
  const from = params.starting_after === undefined
    ? 0
    : cursor(all, params.starting_after, 'starting_after') + 1;
  return {
    object: 'list',
    url,
    has_more: all.length > from + limit,
    data: all.slice(from, from + limit),
  };
}

/** The page size asked for, 10 when none is. */
export function checkLimit(limit = 10): number {
  if (limit >= 1 && limit <= 100) return limit;
  throw invalid(
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : 'This value must be less than or equal to 100.',
    'parameter_invalid_integer',
    'limit',
  );
}

function cursor(rows: { id: string }[], id: string, param: string): number {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) throw missing('object', id, param, 400);
  return at;
}

function within(created: number | undefined, range: Page['created']): boolean {
  if (range === undefined || created === undefined) return true;
  if (typeof range === 'number') return created === range;
  return !(range.gt !== undefined && created <= range.gt ||
    range.gte !== undefined && created < range.gte ||
    range.lt !== undefined && created >= range.lt ||
    range.lte !== undefined && created > range.lte);
}
