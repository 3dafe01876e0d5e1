import { call, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase, useQuery } from '../api.ts';
import { guest, safety } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { toast } from '../kit/toast.tsx';
import { useSession } from '../session.ts';
import './safety.css';

const BlockDialog = later(async () => {
  const [dialog] = await Promise.all([import('./block-dialog.tsx'), safety.load()]);
  return dialog;
});

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

/** Blocks a person after a question, or unblocks them. */
export function Block({ profile_id, name }: { profile_id: string; name: string }) {
  const words = guest().safety;
  const isBlocked = useBlocked(profile_id);
  const [asks, setAsks] = useState(false);
  const unblock = useAction(async () => {
    await safety.load();
    await call(staybase, 'unblock_person', { profile_id });
    blocksChanged();
    toast(safety().block.undone(name));
  });
  if (isBlocked === undefined) return null;
  return (
    <>
      <button
        class='text-button'
        type='button'
        aria-busy={unblock.busy || undefined}
        onClick={() => isBlocked ? void unblock() : setAsks(true)}
      >
        {isBlocked ? words.unblock(name) : words.block(name)}
      </button>
      {asks && <BlockDialog profile_id={profile_id} name={name} onClose={() => setAsks(false)} />}
    </>
  );
}
