import {
  createCache,
  createStaybase,
  forgetWithSession,
  type Query,
  type State,
} from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { settings } from './settings.ts';

export const staybase = createStaybase(settings.url, settings.key);
export const cache = createCache();
forgetWithSession(staybase, cache);

const nothing: State<never> = { answer: undefined, error: undefined, loading: false };

/**
 * The state of a query, rendered on each change. Without a query nothing is loaded; with a different query
 * the previous answer is not shown.
 */
export function useQuery<Answer>(
  query: Query<Answer> | null | undefined | false,
): State<Answer> & { waits: boolean } {
  const [, update] = useState(0);
  const key = query ? query.key : undefined;
  useEffect(
    () => query ? cache.watch(query, () => update((count) => count + 1)) : undefined,
    [key],
  );
  const state = query ? cache.get(query) : nothing as State<Answer>;
  return {
    ...state,
    // Neither an answer nor an error: also true before the query has started.
    waits: query ? state.answer === undefined && state.error === undefined : false,
  };
}
