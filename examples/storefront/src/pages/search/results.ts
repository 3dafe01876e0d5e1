import { type AnswerOf, ask, query } from '@staybase/client';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cache, staybase, useQuery } from '../../api.ts';
import type { CardHome } from '../../cards/home-card.tsx';
import type { Pin } from '../../map/apart.ts';
import { flexibleCriteriaOf, isFlexible, type Search } from './criteria.ts';
import { pageSize, queriesOf, screenOf } from './queries.ts';

export type FoundHome = CardHome & {
  latitude: number;
  longitude: number;
  /** The home's cheapest dates, for a flexible search. */
  days?: { check_in: string; check_out: string };
};

export interface Results {
  /** Those of the previous search stay until the new ones arrive. */
  homes: FoundHome[] | undefined;
  pins: Pin[] | undefined;
  facets: AnswerOf<'search_facets'> | undefined;
  error: unknown;
  /** What is shown belongs to an earlier search. */
  old: boolean;
  more: boolean;
  retry(): void;
}

const noPins: Pin[] = [];

/** The last answer, while the next one is loading. */
function useLast<Value>(value: Value | undefined): Value | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}

const flexible = (search: Search) =>
  query('flexible', flexibleCriteriaOf(search), async (signal) => {
    const stays = await ask(staybase, 'search_flexible_days', flexibleCriteriaOf(search)).run(
      signal,
    );
    return stays.map(({ check_in, check_out, ...home }): FoundHome => ({
      ...home,
      days: { check_in, check_out },
    }));
  });

interface NextPages {
  key: string;
  homes: FoundHome[];
  more: boolean;
  error?: unknown;
}

const firstPage: NextPages = { key: '', homes: [], more: false };

/** The list, the map and the filter counts, in one request; further pages of the list are added. */
export function useResults(search: Search): Results {
  const isFlex = isFlexible(search);
  const { facets, list } = queriesOf(search);
  const asked = screenOf(search);
  const shown = useQuery(!isFlex && asked);
  const counted = useQuery(isFlex && facets);
  const flexed = useQuery(isFlex && flexible(search));
  const [next, setNext] = useState(firstPage);
  const [attempt, setAttempt] = useState(0);
  const page = shown.answer?.page;
  const nextKey = search.pages === 1 ? '' : `${asked.key} ${search.pages}`;

  useEffect(() => {
    if (!page || nextKey === '') return;
    let isCurrent = true;
    // Each page begins after the last row of the one before.
    void (async () => {
      const homes: FoundHome[] = [];
      let last = page;
      for (let pages = 1; pages < search.pages && last.length === pageSize; pages++) {
        last = await cache.load(list({ page_size: pageSize, after: last.at(-1)!.cursor }));
        homes.push(...last);
      }
      return { key: nextKey, homes, more: last.length === pageSize };
    })().then(
      (found) => isCurrent && setNext(found),
      (error) => isCurrent && setNext({ ...firstPage, key: nextKey, error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [nextKey, page, attempt]);

  const rest = nextKey === '' ? firstPage : next.key === nextKey ? next : undefined;
  const isListed = isFlex ? flexed.answer !== undefined : page !== undefined && rest !== undefined;
  const error = isFlex ? flexed.error : shown.error ?? rest?.error;
  const listed = useMemo(
    () => page && rest && !rest.error ? [...page, ...rest.homes] : undefined,
    [page, rest],
  );
  const homes = useLast(isFlex ? flexed.answer : listed);
  const pins = useLast(
    isFlex
      ? flexed.answer?.map((home) => ({ ...home, homes: 1 }))
      : shown.answer?.pins ?? (shown.error ? noPins : undefined),
  );
  return {
    homes,
    pins,
    facets: useLast(isFlex ? counted.answer : shown.answer?.facets),
    error,
    old: !isListed && !error,
    more: !isFlex && (nextKey === '' ? page?.length === pageSize : rest?.more === true),
    retry: () => {
      cache.refresh('flexible', 'search_screen');
      setAttempt((before) => before + 1);
    },
  };
}
