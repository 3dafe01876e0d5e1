import { type AnswerOf, ask, query, search as searchQueries } from '@staybase/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { cache, staybase, useQuery } from '../../api.ts';
import type { CardHome } from '../../cards/home-card.tsx';
import type { Pin } from '../../map/apart.ts';
import { criteriaOf, flexibleCriteriaOf, isFlexible, type Search } from './criteria.ts';

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

const pageSize = 20;
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

/** The list, the map and the filter counts, loaded together. */
export function useResults(search: Search): Results {
  const isFlex = isFlexible(search);
  const { pins, facets, list } = searchQueries(staybase, {
    ...criteriaOf(search),
    ...(search.sort === 'price' ? {} : { sort: search.sort }),
  });
  const pinned = useQuery(!isFlex && pins);
  const counted = useQuery(facets);
  const flexed = useQuery(isFlex && flexible(search));
  const [listed, setListed] = useState<
    { key: string; homes?: FoundHome[]; more: boolean; error?: unknown }
  >({ key: '', more: false });
  const [attempt, setAttempt] = useState(0);
  const listKey = isFlex ? '' : `${list().key} ${search.pages}`;

  useEffect(() => {
    if (isFlex) return;
    let isCurrent = true;
    // Each page begins after the last row of the one before.
    void (async () => {
      const homes: FoundHome[] = [];
      let more = true;
      for (let page = 0; page < search.pages && more; page++) {
        const after = homes.at(-1) as { cursor?: string } | undefined;
        const rows = await cache.load(
          list({ page_size: pageSize, ...(after?.cursor ? { after: after.cursor } : {}) }),
        );
        homes.push(...rows);
        more = rows.length === pageSize;
      }
      return { key: listKey, homes, more };
    })().then(
      (found) => isCurrent && setListed(found),
      (error) => isCurrent && setListed({ key: listKey, more: false, error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [listKey, attempt]);

  const isListed = isFlex ? flexed.answer !== undefined : listed.key === listKey;
  const homes = useLast(isFlex ? flexed.answer : isListed ? listed.homes : undefined);
  const lastPins = useLast(
    isFlex
      ? flexed.answer?.map((home) => ({ ...home, homes: 1 }))
      : pinned.answer ?? (pinned.error ? noPins : undefined),
  );
  return {
    homes,
    pins: lastPins,
    facets: useLast(counted.answer),
    error: isFlex ? flexed.error : isListed ? listed.error : undefined,
    old: !isListed,
    more: !isFlex && isListed && listed.more,
    retry: () => {
      cache.refresh('flexible');
      setAttempt((before) => before + 1);
    },
  };
}
