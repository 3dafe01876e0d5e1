import { ask } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { staybase, useQuery } from '../api.ts';
import { core } from '../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import { later } from '../kit/later.tsx';
import { useSession } from '../session.ts';

const SaveDialog = later(() => import('./save-dialog.tsx'));

/** Which of the reader's wishlists contain these homes: one query for a whole page. */
export function useSaved(listing_ids: string[]): ReadonlyMap<string, string[]> {
  const { user } = useSession();
  const { answer = [] } = useQuery(
    user && listing_ids.length > 0 &&
      ask(staybase, 'saved_listings', { listing_ids: listing_ids.slice(0, 100).sort() }),
  );
  return new Map(answer.map(({ listing_id, wishlist_ids }) => [listing_id, wishlist_ids]));
}

export function Heart(
  { listing_id, title, lists = [], text = false }: {
    listing_id: string;
    title: string;
    /** The lists it is in. */
    lists?: string[] | undefined;
    /** With a label next to it, as on the page of a home. */
    text?: boolean;
  },
) {
  const words = core();
  const { user } = useSession();
  const { route } = useLocation();
  const [isOpen, setOpen] = useState(false);
  const isSaved = lists.length > 0;
  return (
    <>
      <button
        class={text ? 'button' : 'heart'}
        {...(text ? { 'data-kind': 'quiet', 'data-size': 'small' } : {})}
        type='button'
        aria-pressed={isSaved}
        aria-label={text
          ? undefined
          : isSaved
          ? words.search.saved(title)
          : words.search.save(title)}
        onClick={() => {
          if (user) setOpen(true);
          else route(`/sign-in?back=${encodeURIComponent(location.pathname + location.search)}`);
        }}
      >
        <Icon name='heart' filled={isSaved} />
        {text && <span class='heart-text'>{words.save.title}</span>}
      </button>
      {isOpen && (
        <SaveDialog
          listing_id={listing_id}
          lists={lists}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
