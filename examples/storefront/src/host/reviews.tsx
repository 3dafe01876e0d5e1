import { call, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase, useQuery } from '../api.ts';
import { dayOfYear, daysText, stars } from '../format.ts';
import { core } from '../i18n/index.ts';
import {
  Avatar,
  Button,
  EmptyState,
  ErrorBox,
  Icon,
  Skeleton,
  TextArea,
  toast,
} from '../kit/index.ts';
import { usePage } from '../page.ts';
import { toReview, useHosting } from './data.ts';
import { Head, Section, Together, useMe } from './parts.tsx';
import { ReviewGuest } from './review-guest.tsx';
import { host } from './words.ts';

const reviewsOf = (listing_ids: string[]) =>
  query('reviews', { listing_ids }, (signal) =>
    must(
      staybase.from('reviews').select('*, listings(title)')
        .in('listing_id', listing_ids)
        .order('written_on', { ascending: false }).order('review_id').limit(50)
        .abortSignal(signal),
    ));

type Shown = Awaited<ReturnType<ReturnType<typeof reviewsOf>['run']>>[number];

const standing = () =>
  query(
    'superhost_figures',
    {},
    (signal) => call(staybase, 'superhost_figures', undefined, signal),
  );

export default function Reviews() {
  const me = useMe();
  const words = host().reviews;
  usePage(words.title);
  const homes = useHosting();
  const ids = homes.answer?.map(({ listings }) => listings.listing_id).sort();
  const open = useQuery(toReview(me.id));
  const written = useQuery(ids && ids.length > 0 && reviewsOf(ids));
  const [reviewed, setReviewed] = useState<{ booking_id: string; name: string } | null>(null);
  return (
    <div class='page'>
      <Head title={words.title} />
      <Together waits={[homes.waits, open.waits, written.waits, useQuery(standing()).waits]}>
        <div class='host-columns'>
          <div class='stack-large'>
            {!!open.answer?.length && (
              <Section title={words.open} count={open.answer.length}>
                <ul class='rows'>
                  {open.answer.map(({ booking_id, guest, listings, check_in, check_out }) => {
                    const name = guest?.display_name ?? host().formerGuest;
                    return (
                      <li key={booking_id} id={booking_id} class='row-line'>
                        <Avatar name={name} path={guest?.avatar_path} />
                        <span class='grow'>
                          <span class='strong'>{name}</span>
                          <br />
                          <span class='soft small'>
                            {listings?.title} · {daysText(check_in, check_out)}
                          </span>
                        </span>
                        <Button
                          size='small'
                          aria-haspopup='dialog'
                          aria-label={words.write(name)}
                          onClick={() => setReviewed({ booking_id, name })}
                        >
                          {words.writeShort}
                        </Button>
                      </li>
                    );
                  })}
                </ul>
              </Section>
            )}
            <Section title={words.ofHomes}>
              <ErrorBox error={written.error ?? homes.error} />
              {(written.answer?.length === 0 || ids?.length === 0) && (
                <EmptyState icon='star' title={words.none} />
              )}
              {written.answer?.map((review) => <Review key={review.review_id} review={review} />)}
            </Section>
          </div>
          <aside class='stack-large' aria-label={words.superhost}>
            <Superhost />
          </aside>
        </div>
      </Together>
      {reviewed && <ReviewGuest {...reviewed} onClose={() => setReviewed(null)} />}
    </div>
  );
}

function Review({ review }: { review: Shown }) {
  const words = host().reviews;
  const [writes, setWrites] = useState(false);
  const [reply, setReply] = useState('');
  const send = useAction(async () => {
    await call(staybase, 'reply_to_review', { review_id: review.review_id, reply: reply.trim() });
    setWrites(false);
    toast(words.replied);
    cache.refresh('reviews');
  });
  const mayReply = review.reply === null && review.source === null &&
    review.revealed_at !== null &&
    Date.now() - Date.parse(review.revealed_at) < 30 * 86_400_000;
  return (
    <article class='panel stack-small'>
      <div class='between'>
        <h3>{review.author_name}</h3>
        {review.stars !== null && (
          <span class='row'>
            <Icon name='star' filled />
            <span class='visually-hidden'>{core().kit.stars(stars(review.stars))}</span>
            <span aria-hidden='true'>{review.stars}</span>
          </span>
        )}
      </div>
      <p class='soft small'>{review.listings?.title} · {dayOfYear(review.written_on)}</p>
      <p>{review.body}</p>
      {review.reply && (
        <blockquote>
          <p class='strong small'>{words.yourReply}</p>
          <p>{review.reply}</p>
        </blockquote>
      )}
      {mayReply && !writes && (
        <div>
          <Button
            size='small'
            aria-label={words.replyTo(review.author_name)}
            onClick={() => setWrites(true)}
          >
            {words.reply}
          </Button>
        </div>
      )}
      {writes && (
        <form
          class='stack-small'
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <TextArea
            label={words.replyTo(review.author_name)}
            hint={words.replyHint}
            value={reply}
            onValue={setReply}
            required
            maxlength={2000}
          />
          <ErrorBox error={send.error} />
          <div class='row'>
            <Button kind='primary' size='small' type='submit' busy={send.busy}>
              {words.reply}
            </Button>
            <Button size='small' onClick={() => setWrites(false)}>{host().booking.back}</Button>
          </div>
        </form>
      )}
    </article>
  );
}

/** The expected result of the next evaluation. */
function Superhost() {
  const words = host().reviews;
  const { answer, error, waits } = useQuery(standing());
  if (waits) return <Skeleton height='240px' />;
  if (error) return <ErrorBox error={error} />;
  if (!answer) return null;
  const rows: [string, boolean][] = [
    [words.figures.stays(answer.stays, answer.nights), answer.hosts_often],
    [words.figures.answers(answer.answered, answer.questions), answer.answers_soon],
    [words.figures.cancellations(answer.cancellations), answer.keeps_bookings],
    [
      answer.rating === null
        ? words.figures.notRated
        : words.figures.rating(stars(answer.rating), answer.reviews),
      answer.well_rated,
    ],
  ];
  return (
    <section class='panel stack'>
      <h2>{words.superhost}</h2>
      <p>{answer.superhost ? words.superhostYes : words.superhostNo}</p>
      <ul class='stack-small'>
        {rows.map(([text, good]) => (
          <li key={text} class='row figure' data-good={good || undefined}>
            <Icon name={good ? 'check' : 'close'} />
            <span>
              {text}
              <span class='visually-hidden'>{good ? words.reached : words.notReached}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
