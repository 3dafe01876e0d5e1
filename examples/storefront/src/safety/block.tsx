import { call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { guest, safety } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { toast } from '../kit/toast.tsx';
import { blocksChanged, useBlocked } from './blocks.ts';
import './safety.css';

const BlockDialog = later(async () => {
  const [dialog] = await Promise.all([import('./block-dialog.tsx'), safety.load()]);
  return dialog;
});

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
