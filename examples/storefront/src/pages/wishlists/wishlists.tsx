import { call, wishlists as wishlistsQuery } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { Photo } from '../../cards/home-card.tsx';
import { daysText } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, Dialog, EmptyState, ErrorBox, Field, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import './wishlists.css';

export default function Wishlists() {
  usePage(core().shell.wishlists);
  return (
    <div class='page'>
      <h1>{core().shell.wishlists}</h1>
      <SignedIn>{() => <Lists />}</SignedIn>
    </div>
  );
}

function Lists() {
  const words = guest().wishlists;
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const { answer, error, waits } = useQuery(wishlistsQuery(staybase));
  const create = useAction(async () => {
    await call(staybase, 'create_wishlist', { wishlist_id: crypto.randomUUID(), name });
    cache.refresh('my_wishlists');
    setOpen(false);
    setName('');
  });
  return (
    <div class='stack'>
      <div>
        <Button size='small' onClick={() => setOpen(true)}>{core().save.new}</Button>
      </div>
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <div class='card-grid'>
            <Skeleton height='272px' />
            <Skeleton height='272px' />
          </div>
        </Loading>
      )}
      {answer?.length === 0 && (
        <EmptyState
          icon='heart'
          title={words.none}
          text={words.noneText}
          action={{ href: '/search', text: guest().trips.search }}
        />
      )}
      <ul class='card-grid'>
        {(answer ?? []).map((list) => (
          <li key={list.wishlist_id} class='home-card'>
            <div class='list-photos' data-count={Math.min(4, list.photo_paths.length)}>
              {list.photo_paths.length === 0
                ? <Photo path={null} />
                : list.photo_paths.slice(0, 4).map((path) => <Photo key={path} path={path} />)}
            </div>
            <div class='home-text'>
              <h3>
                <a href={`/wishlists/${list.wishlist_id}`}>{list.name}</a>
              </h3>
              <p class='soft small'>
                {[
                  core().counts.homes(list.homes),
                  list.check_in && list.check_out && daysText(list.check_in, list.check_out),
                  list.members > 1 && words.members(list.members),
                ].filter(Boolean).join(' · ')}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {isOpen && (
        <Dialog title={core().save.new} onClose={() => setOpen(false)}>
          <form
            class='stack'
            onSubmit={(event) => {
              event.preventDefault();
              void create();
            }}
          >
            <Field
              label={core().save.name}
              value={name}
              onValue={setName}
              required
              maxlength={80}
            />
            <ErrorBox error={create.error} />
            <Button kind='primary' type='submit' busy={create.busy}>{words.create}</Button>
          </form>
        </Dialog>
      )}
    </div>
  );
}
