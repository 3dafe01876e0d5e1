import { ask, call, must, query, wishlist as cardsQuery } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { addDays, daysText, today } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import {
  Button,
  Dialog,
  EmptyState,
  ErrorBox,
  Field,
  Icon,
  Loading,
  Skeleton,
  toast,
} from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import { stayQuery } from '../search/criteria.ts';
import { ListCard } from './cards.tsx';
import './wishlists.css';

const wishlistQuery = (wishlist_id: string) =>
  query(
    'wishlist',
    { wishlist_id },
    (signal) =>
      must(
        staybase.from('wishlists').select('*').eq('wishlist_id', wishlist_id).abortSignal(signal)
          .single(),
      ),
  );

const refresh = () =>
  cache.refresh('wishlist', 'my_wishlists', 'wishlist_cards', 'saved_listings', 'wishlist_people');

export default function WishlistPage() {
  const { params } = useRoute();
  usePage(core().shell.wishlists);
  return (
    <div class='page'>
      <SignedIn>{({ id }) => <List wishlist_id={params['id']!} profile_id={id} />}</SignedIn>
    </div>
  );
}

function List({ wishlist_id, profile_id }: { wishlist_id: string; profile_id: string }) {
  const words = guest().wishlists;
  const { route } = useLocation();
  const { answer: list, error } = useQuery(wishlistQuery(wishlist_id));
  const { answer: cards, waits } = useQuery(cardsQuery(staybase, wishlist_id));
  const { answer: people = [] } = useQuery(
    list && ask(staybase, 'wishlist_people', { wishlist_id }),
  );
  const [dialog, setDialog] = useState<'edit' | 'share' | null>(null);
  const act = useAction(async (deed: () => Promise<unknown>) => {
    await deed();
    refresh();
  });
  if (error) {
    return (
      <>
        <h1 class='visually-hidden'>{core().shell.wishlists}</h1>
        <ErrorBox error={error} />
      </>
    );
  }
  if (!list) {
    return (
      <Loading>
        <Skeleton height='320px' />
      </Loading>
    );
  }
  const isOwner = list.owner_id === profile_id;
  const days = list.check_in && list.check_out
    ? { check_in: list.check_in, check_out: list.check_out }
    : null;
  const stay = stayQuery(
    { guests: list.guests ?? 1, infants: list.infants, pets: list.pets },
    days,
  );
  return (
    <div class='stack'>
      <a class='link' href='/wishlists'>{words.all}</a>
      <div class='home-title'>
        <div class='stack-small'>
          <h1>{list.name}</h1>
          <p class='soft'>
            {[
              days && daysText(days.check_in, days.check_out),
              list.guests && core().counts.guests(list.guests),
              people.length > 1 && people.map(({ display_name }) => display_name).join(', '),
            ].filter(Boolean).join(' · ')}
          </p>
        </div>
        {isOwner && (
          <div class='row'>
            <Button size='small' onClick={() => setDialog('share')}>
              <Icon name='share' />
              {words.share}
            </Button>
            <Button size='small' onClick={() => setDialog('edit')}>{words.edit}</Button>
          </div>
        )}
      </div>
      <ErrorBox error={act.error} />
      {waits && (
        <Loading>
          <Skeleton height='320px' />
        </Loading>
      )}
      {cards?.length === 0 && (
        <EmptyState
          icon='heart'
          title={words.empty}
          text={words.noneText}
          action={{ href: '/search', text: guest().trips.search }}
        />
      )}
      <div class='card-grid'>
        {(cards ?? []).map((card) => (
          <ListCard key={card.listing_id} card={card} query={stay}>
            <div class='row list-deeds'>
              {(['up', 'down'] as const).map((vote) => (
                <button
                  key={vote}
                  class='chip'
                  type='button'
                  aria-pressed={card.own_vote === vote}
                  aria-label={`${vote === 'up' ? words.up : words.down}: ${card.title ?? ''}`}
                  onClick={() =>
                    void act(() =>
                      call(staybase, 'vote_on_saved_listing', {
                        wishlist_id,
                        listing_id: card.listing_id,
                        ...(card.own_vote === vote ? {} : { vote }),
                      })
                    )}
                >
                  {vote === 'up' ? '👍' : '👎'} {vote === 'up' ? card.up_votes : card.down_votes}
                </button>
              ))}
              <Button
                kind='quiet'
                size='small'
                aria-label={`${words.remove}: ${card.title ?? ''}`}
                onClick={() =>
                  void act(() =>
                    call(staybase, 'save_listing', {
                      wishlist_id,
                      listing_id: card.listing_id,
                      saved: false,
                    })
                  )}
              >
                {words.remove}
              </Button>
            </div>
          </ListCard>
        ))}
      </div>
      {dialog === 'share' && <Share wishlist_id={wishlist_id} onClose={() => setDialog(null)} />}
      {dialog === 'edit' && (
        <Edit
          list={list}
          onClose={() => setDialog(null)}
          onDelete={() =>
            act(() => call(staybase, 'delete_wishlist', { wishlist_id })).then((done) =>
              done && route('/wishlists')
            )}
        />
      )}
    </div>
  );
}

function Edit(
  { list, onClose, onDelete }: {
    list: {
      wishlist_id: string;
      name: string;
      check_in: string | null;
      check_out: string | null;
      guests: number | null;
    };
    onClose: () => void;
    onDelete: () => Promise<unknown>;
  },
) {
  const words = guest().wishlists;
  const [name, setName] = useState(list.name);
  const [check_in, setIn] = useState(list.check_in ?? '');
  const [check_out, setOut] = useState(list.check_out ?? '');
  const [guests, setGuests] = useState(String(list.guests ?? 2));
  const save = useAction(async () => {
    await call(staybase, 'edit_wishlist', {
      wishlist_id: list.wishlist_id,
      name,
      ...(check_in !== '' && check_out !== '' && { check_in, check_out, guests: Number(guests) }),
    });
    refresh();
    onClose();
  });
  return (
    <Dialog title={words.edit} onClose={onClose}>
      <form
        class='stack'
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={core().save.name} value={name} onValue={setName} required maxlength={80} />
        <Field
          label={core().when.checkIn}
          type='date'
          min={today()}
          value={check_in}
          onValue={setIn}
        />
        <Field
          label={core().when.checkOut}
          type='date'
          min={check_in === '' ? today() : addDays(check_in, 1)}
          value={check_out}
          onValue={setOut}
        />
        <Field
          label={core().who.guests}
          type='number'
          min={1}
          max={50}
          value={guests}
          onValue={setGuests}
        />
        <ErrorBox error={save.error} />
        <div class='between'>
          <Button kind='danger' onClick={() => void onDelete()}>{words.delete}</Button>
          <Button kind='primary' type='submit' busy={save.busy}>{words.save}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The links to view and to join a wishlist. */
function Share({ wishlist_id, onClose }: { wishlist_id: string; onClose: () => void }) {
  const words = guest().wishlists;
  const [link, setLink] = useState('');
  const share = useAction(async (purpose: 'read' | 'join') => {
    const { token } = await call(staybase, 'share_wishlist', { wishlist_id, purpose });
    setLink(`${location.origin}/shared/${token}`);
  });
  return (
    <Dialog title={words.share} onClose={onClose}>
      <div class='stack'>
        <p>{words.shareText}</p>
        <div class='row'>
          <Button busy={share.busy} onClick={() => void share('read')}>{words.linkView}</Button>
          <Button busy={share.busy} onClick={() => void share('join')}>{words.linkJoin}</Button>
        </div>
        <ErrorBox error={share.error} />
        {link !== '' && (
          <>
            <Field label={words.link} value={link} onValue={() => {}} />
            <Button
              kind='primary'
              onClick={() =>
                void navigator.clipboard.writeText(link).then(() => toast(words.copied))}
            >
              {words.copy}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}
