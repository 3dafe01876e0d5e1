import { call, wishlists } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase, useQuery } from '../api.ts';
import { core } from '../i18n/index.ts';
import { Button, Check, Dialog, ErrorBox, Field, Loading, Skeleton, toast } from '../kit/index.ts';

/** Adds a home to the reader's wishlists, or to a new one. */
export default function SaveDialog(
  { listing_id, lists, onClose }: { listing_id: string; lists: string[]; onClose: () => void },
) {
  const words = core().save;
  const [name, setName] = useState('');
  const { answer, error, waits } = useQuery(wishlists(staybase));
  const change = useAction(async (wishlist_id: string, saved: boolean) => {
    await call(staybase, 'save_listing', { wishlist_id, listing_id, saved });
    cache.refresh('saved_listings', 'my_wishlists', 'wishlist_cards', 'home');
    toast(saved ? words.saved : words.removed);
  });
  const create = useAction(async () => {
    const wishlist_id = crypto.randomUUID();
    await call(staybase, 'create_wishlist', { wishlist_id, name });
    await change(wishlist_id, true);
    onClose();
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div class='stack'>
        <ErrorBox error={error ?? change.error ?? create.error} />
        {waits
          ? (
            <Loading>
              <Skeleton height='96px' />
            </Loading>
          )
          : (
            <div>
              {(answer ?? []).map((list) => (
                <Check
                  key={list.wishlist_id}
                  checked={lists.includes(list.wishlist_id)}
                  onChecked={(saved) => void change(list.wishlist_id, saved)}
                >
                  {list.name} <span class='soft small'>· {core().counts.homes(list.homes)}</span>
                </Check>
              ))}
            </div>
          )}
        <form
          class='stack'
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <h3>{words.new}</h3>
          <Field label={words.name} value={name} onValue={setName} required maxlength={80} />
          <Button kind='primary' type='submit' busy={create.busy}>{words.create}</Button>
        </form>
      </div>
    </Dialog>
  );
}
