import { must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { type Review, ReviewList, signed } from '../../cards/review-list.tsx';
import { stars } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Icon } from '../../kit/index.ts';
import { useSession } from '../../session.ts';

const categories = [
  'cleanliness',
  'accuracy',
  'check_in',
  'communication',
  'location',
  'value',
] as const;
type Ratings =
  & { rating: number | null; review_count: number }
  & Record<(typeof categories)[number], number | null>;

const page = 12;
const shown = 'review_id, author_name, stars, body, reply, written_on';
const withBookings = `${shown}, bookings(guest_id)` as const;
const moreReviews = (listing_id: string, from: number, signedIn: boolean) =>
  query('reviews', { listing_id, from, signedIn }, async (signal) => {
    const rows = await must(
      staybase.from('reviews').select((signedIn ? withBookings : shown) as typeof withBookings)
        .eq('listing_id', listing_id).order('written_on', { ascending: false }).order('review_id')
        .range(0, from + page - 1).abortSignal(signal),
    );
    return rows.map(signed);
  });

export function Reviews(
  { listing_id, rating, first }: { listing_id: string; rating: Ratings | null; first: Review[] },
) {
  const words = guest().home;
  const { user } = useSession();
  const [wanted, setWanted] = useState(0);
  const { answer, error, loading } = useQuery(
    wanted > 0 && moreReviews(listing_id, wanted, user !== null),
  );
  const count = rating?.review_count ?? 0;
  const shown = answer ?? first;
  return (
    <section class='stack' aria-labelledby='reviews'>
      <h2 id='reviews' class='row'>
        {rating?.rating != null && <Icon name='star' filled />}
        <span>
          {rating?.rating != null && `${stars(rating.rating)} · `}
          {core().counts.reviews(count)}
        </span>
      </h2>
      {rating?.cleanliness != null && (
        <dl class='scores'>
          {categories.map((category) => {
            const value = rating[category];
            return value === null ? null : (
              <div key={category}>
                <dt>{words.categories[category]}</dt>
                <dd>{stars(value)}</dd>
              </div>
            );
          })}
        </dl>
      )}
      {shown.length === 0 && <p class='soft'>{words.noReviews}</p>}
      <ReviewList reviews={shown} replyTitle={words.reply} />
      <ErrorBox error={error} />
      {shown.length < count && (
        <div>
          <Button busy={loading} onClick={() => setWanted(shown.length)}>
            {words.moreReviews}
          </Button>
        </div>
      )}
    </section>
  );
}
