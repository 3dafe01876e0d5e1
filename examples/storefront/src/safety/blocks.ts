import { must, query } from '@staybase/client';
import { cache, staybase, useQuery } from '../api.ts';
import { useSession } from '../session.ts';

const blockOf = (blocked_id: string) =>
  query('block', { blocked_id }, (signal) =>
    must(
      staybase.from('blocks').select('blocked_id').eq('blocked_id', blocked_id)
        .abortSignal(signal),
    ));

/** What another person's block changes. */
export const blocksChanged = (): void =>
  cache.refresh('block', 'blocks', 'search_screen', 'search_listings', 'booking_actions');

/** Whether the reader has blocked a person; undefined until it is known. */
export function useBlocked(profile_id: string | undefined): boolean | undefined {
  const { user } = useSession();
  const { answer } = useQuery(
    user && profile_id !== undefined && profile_id !== user.id && blockOf(profile_id),
  );
  return answer && answer.length > 0;
}
