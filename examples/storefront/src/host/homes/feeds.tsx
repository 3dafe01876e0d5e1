import { ask, type CalendarFeed, call, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { instantText } from '../../format.ts';
import { Badge, Button, Dialog, ErrorBox, Field, Skeleton, toast } from '../../kit/index.ts';
import { settings } from '../../settings.ts';
import { homes, host } from '../words.ts';
import type { Part } from './data.ts';
import { FeedFilters } from './feed-filters.tsx';

const feedsOf = (listing_id: string) =>
  query('calendar_feeds', { listing_id }, (signal) =>
    must(
      staybase.from('calendar_feeds').select('*').eq('listing_id', listing_id)
        .order('created_at').abortSignal(signal),
    ));

const changed = () => cache.refresh('calendar_feeds', 'host_calendars', 'calendar_conflicts');

/** Calendar sync: the export of this home's calendar, and imported calendars. */
export function Feeds({ home }: Part) {
  const words = homes().feeds;
  return (
    <div class='stack-large host-form'>
      <div class='stack-small'>
        <h2>{words.title}</h2>
        <p class='soft'>{words.text}</p>
      </div>
      <Export listing_id={home.listing_id} />
      <Imports listing_id={home.listing_id} />
    </div>
  );
}

function Export({ listing_id }: { listing_id: string }) {
  const words = homes().feeds;
  const { answer, error, waits } = useQuery(ask(staybase, 'calendar_link', { listing_id }));
  const [asks, setAsks] = useState(false);
  const address = answer ? new URL(answer.path, settings.url).href : '';
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(address);
    toast(words.copied);
  });
  const rotate = useAction(async () => {
    await call(staybase, 'rotate_calendar_link', { listing_id });
    setAsks(false);
    toast(words.rotated);
    cache.refresh('calendar_link');
  });
  return (
    <section class='panel stack'>
      <h3>{words.export}</h3>
      <p class='soft'>{words.exportText}</p>
      <ErrorBox error={error} />
      {waits
        ? <Skeleton height='76px' />
        : <Field label={words.address} type='url' value={address} onValue={() => {}} />}
      <div class='row'>
        <Button size='small' kind='primary' busy={copy.busy} onClick={() => void copy()}>
          {words.copy}
        </Button>
        <Button size='small' aria-haspopup='dialog' onClick={() => setAsks(true)}>
          {words.rotate}
        </Button>
      </div>
      {asks && (
        <Dialog
          title={words.rotate}
          onClose={() => setAsks(false)}
          footer={
            <>
              <Button onClick={() => setAsks(false)}>{host().booking.back}</Button>
              <Button kind='danger' busy={rotate.busy} onClick={() => void rotate()}>
                {words.rotate}
              </Button>
            </>
          }
        >
          <p>{words.rotateText}</p>
          <ErrorBox error={rotate.error} />
        </Dialog>
      )}
    </section>
  );
}

function Imports({ listing_id }: { listing_id: string }) {
  const words = homes().feeds;
  const { answer, error, waits } = useQuery(feedsOf(listing_id));
  const [feed_id, setId] = useState(() => crypto.randomUUID());
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const add = useAction(async () => {
    await call(staybase, 'add_calendar_feed', {
      feed_id,
      listing_id,
      name: name.trim(),
      url: url.trim(),
    });
    setId(crypto.randomUUID());
    setName('');
    setUrl('');
    toast(words.added);
    changed();
  });
  return (
    <section class='stack'>
      <h3>{words.imports}</h3>
      <ErrorBox error={error} />
      {waits && <Skeleton height='120px' />}
      {answer?.length === 0 && <p class='soft'>{words.none}</p>}
      {answer?.map((feed) => <Feed key={feed.feed_id} feed={feed} />)}
      <form
        class='panel stack'
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <h3>{words.add}</h3>
        <Field
          label={words.name}
          hint={words.nameHint}
          value={name}
          onValue={setName}
          required
          maxlength={100}
        />
        <Field
          label={words.url}
          hint={words.urlHint}
          type='url'
          value={url}
          onValue={setUrl}
          placeholder='https://…'
          required
        />
        <ErrorBox error={add.error} />
        <div>
          <Button type='submit' busy={add.busy}>{words.add}</Button>
        </div>
      </form>
    </section>
  );
}

function Feed({ feed }: { feed: CalendarFeed }) {
  const words = homes().feeds;
  const [filters, setFilters] = useState(false);
  const { feed_id, health, last_error, last_success_at } = feed;
  const sync = useAction(async () => {
    await call(staybase, 'sync_calendar_feed', { feed_id });
    toast(words.syncing);
    changed();
  });
  const remove = useAction(async () => {
    await call(staybase, 'remove_calendar_feed', { feed_id });
    toast(words.removed);
    changed();
  });
  return (
    <article class='panel stack-small'>
      <div class='between'>
        <h4>{feed.name}</h4>
        <Badge kind={health === 'healthy' ? 'good' : health === 'failing' ? 'bad' : 'plain'}>
          {words.health[health]}
        </Badge>
      </div>
      <p class='soft small clipped'>{feed.url}</p>
      {last_error && <p class='problem'>{words.problems[last_error]}</p>}
      <p class='soft small'>
        {last_success_at ? words.readAt(instantText(last_success_at)) : words.notRead} ·{' '}
        {words.events(feed.event_count)}
      </p>
      {feed.ignored_summaries.length > 0 && (
        <p class='soft small'>{words.leftOut(feed.ignored_summaries.join(', '))}</p>
      )}
      <div class='row'>
        <Button size='small' busy={sync.busy} onClick={() => void sync()}>{words.sync}</Button>
        <Button size='small' aria-haspopup='dialog' onClick={() => setFilters(true)}>
          {words.filters}
        </Button>
        <Button size='small' kind='danger' busy={remove.busy} onClick={() => void remove()}>
          {words.remove}
        </Button>
      </div>
      <ErrorBox error={sync.error ?? remove.error} />
      {filters && (
        <FeedFilters
          feed={feed}
          onClose={() => setFilters(false)}
          onDone={() => {
            setFilters(false);
            toast(host().saved);
            changed();
          }}
        />
      )}
    </article>
  );
}
