import { ask, call } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Loading, Skeleton } from '../../kit/index.ts';
import { signInPath, usePage } from '../../page.ts';
import { useSession } from '../../session.ts';
import { ListCard } from './cards.tsx';
import './wishlists.css';

/** A wishlist as seen by anyone with its link. */
export default function Shared() {
  const words = guest().wishlists;
  const { params } = useRoute();
  const { route, url } = useLocation();
  const { user } = useSession();
  const token = params['token']!;
  const { answer: list, error } = useQuery(ask(staybase, 'shared_wishlist', { token }));
  const { answer: cards } = useQuery(list && ask(staybase, 'shared_wishlist_cards', { token }));
  usePage(list?.name ?? core().shell.wishlists);
  const join = useAction(async () => {
    if (!user) return route(signInPath(url));
    const { wishlist_id } = await call(staybase, 'join_wishlist', { token });
    cache.refresh('my_wishlists');
    route(`/wishlists/${wishlist_id}`);
  });
  return (
    <div class='page stack'>
      <h1>{list?.name ?? core().shell.wishlists}</h1>
      <ErrorBox error={error ?? join.error} />
      {!list && !error && (
        <Loading>
          <Skeleton height='320px' />
        </Loading>
      )}
      {list && (
        <div class='row'>
          <p class='soft'>{words.of(list.owner_name)}</p>
          {list.purpose === 'join' && (
            <Button
              kind='primary'
              size='small'
              busy={join.busy}
              onClick={() => void join()}
            >
              {words.join}
            </Button>
          )}
        </div>
      )}
      <div class='card-grid'>
        {(cards ?? []).map((card) => <ListCard key={card.listing_id} card={card} query='' />)}
      </div>
    </div>
  );
}
