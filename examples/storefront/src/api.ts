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
 * What is known of a question, as it becomes known. Without a question nothing is asked; with another one
 * the former answer is not shown in its place.
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
    // Neither an answer nor a refusal: also before the question was put.
    waits: query ? state.answer === undefined && state.error === undefined : false,
  };
}
