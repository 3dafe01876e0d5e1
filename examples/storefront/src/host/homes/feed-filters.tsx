import { ask, type CalendarFeed, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { daysText } from '../../format.ts';
import { Badge, Button, Dialog, ErrorBox, TextArea } from '../../kit/index.ts';
import { homes } from '../words.ts';

const patternsOf = (text: string) =>
  text.split('\n').map((line) => line.trim()).filter((line) => line !== '');

/** Events that are not stays: previews what would be ignored before anything changes. */
export function FeedFilters(
  { feed, onClose, onDone }: { feed: CalendarFeed; onClose: () => void; onDone: () => void },
) {
  const words = homes().feeds;
  const [text, setText] = useState(feed.ignored_summaries.join('\n'));
  const [tried, setTried] = useState(feed.ignored_summaries);
  const { feed_id } = feed;
  const preview = useQuery(ask(staybase, 'preview_feed_filters', { feed_id, patterns: tried }));
  const save = useAction(async () => {
    await call(staybase, 'set_feed_filters', { feed_id, patterns: patternsOf(text) });
    onDone();
  });
  return (
    <Dialog
      title={words.filters}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={() => setTried(patternsOf(text))}>{words.try}</Button>
          <Button kind='primary' busy={save.busy} onClick={() => void save()}>
            {homes().save}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <TextArea
          label={words.patterns}
          hint={words.patternsHint}
          value={text}
          onValue={setText}
          rows={4}
        />
        <ErrorBox error={preview.error ?? save.error} />
        <ul class='rows' aria-live='polite'>
          {preview.answer?.slice(0, 100).map((event) => (
            <li key={event.event_id} class='row-line'>
              <span class='grow'>
                {event.summary}
                <br />
                <span class='soft small'>{daysText(event.check_in, event.check_out)}</span>
              </span>
              <Badge kind={event.left_out ? 'warn' : 'plain'}>
                {event.left_out ? words.isLeftOut : words.counts}
              </Badge>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
