import { ask, must, query } from '@staybase/client';
import { useRoute } from 'preact-iso/router';
import { staybase, useQuery } from '../../api.ts';
import { Rating } from '../../cards/home-card.tsx';
import { HomeGrid } from '../../cards/home-grid.tsx';
import { type Review, ReviewList, signed } from '../../cards/review-list.tsx';
import { list } from '../../format.ts';
import { core, guest, locale } from '../../i18n/index.ts';
import { Avatar, Badge, EmptyState, ErrorBox, Icon, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { Block } from '../../safety/block.tsx';
import { Report } from '../../safety/report.tsx';
import { useSession } from '../../session.ts';
import './person.css';

const personQuery = (profile_id: string) =>
  query('person', { profile_id }, (signal) =>
    must(
      staybase.from('profiles').select('*, host_ratings(rating, review_count)')
        .eq('profile_id', profile_id).abortSignal(signal).maybeSingle(),
    ));

const homesOf = (host_id: string) => ask(staybase, 'search_listings', { host_id, page_size: 24 });

const shown =
  'review_id, author_name, stars, body, reply, written_on, listings!inner(listing_id, title)';
const withBookings = `${shown}, bookings(guest_id)` as const;

/** What guests wrote about the homes of a host; who they are is for those who see their bookings. */
const reviewsOfHomes = (profile_id: string, signedIn: boolean) =>
  query('reviews', { host: profile_id, signedIn }, async (signal): Promise<Review[]> => {
    const rows = await must(
      staybase.from('reviews')
        .select((signedIn ? withBookings : shown) as typeof withBookings)
        .eq('listings.host_id', profile_id)
        .order('written_on', { ascending: false }).order('review_id')
        .limit(12).abortSignal(signal),
    );
    return rows.map(({ listings: home, ...review }) => ({ ...signed(review), home }));
  });

/** What hosts wrote about a guest: only for the hosts they ask, and for themselves. */
const reviewsOfGuest = (guest_id: string) =>
  query('guest_reviews', { guest_id }, (signal) =>
    must(
      staybase.from('guest_reviews')
        .select('review_id, author_id, author_name, stars, body, reply, written_on')
        .eq('guest_id', guest_id).not('revealed_at', 'is', null)
        .order('written_on', { ascending: false }).limit(12).abortSignal(signal),
    ));

const languagesText = (languages: string[]) => {
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  return list(languages.map((each) => names.of(each) ?? each));
};

/** A host, as everybody sees them, or a guest, as those see them who deal with them. */
export default function Person() {
  const words = guest().person;
  const { params } = useRoute();
  const profile_id = params['id']!;
  const { ready, user } = useSession();
  const { answer: person, error, waits } = useQuery(ready && personQuery(profile_id));
  const name = person?.display_name ?? words.title;
  usePage(name);
  const { answer: homes } = useQuery(person?.hosting && homesOf(profile_id));
  const { answer: ofHomes } = useQuery(
    person?.hosting && reviewsOfHomes(profile_id, user !== null),
  );
  const { answer: ofGuest } = useQuery(user && person && reviewsOfGuest(profile_id));
  if (error || person === null) {
    return (
      <div class='page'>
        <h1 class='visually-hidden'>{words.title}</h1>
        {error ? <ErrorBox error={error} /> : <EmptyState icon='person' title={words.unknown} />}
      </div>
    );
  }
  if (waits || !person || (person.hosting && (!homes || !ofHomes))) {
    return (
      <div class='page'>
        <Loading>
          <Skeleton height='640px' />
        </Loading>
      </div>
    );
  }
  const rating = person.host_ratings;
  return (
    <div class='page person'>
      <section class='panel person-card stack'>
        <Avatar name={name} path={person.avatar_path} size='huge' />
        <h1>{name}</h1>
        {person.superhost && <Badge kind='good'>{core().search.superhost}</Badge>}
        <ul class='stack-small'>
          {rating && rating.review_count > 0 && (
            <li>
              <Rating rating={rating.rating} count={rating.review_count} />
            </li>
          )}
          <li>{words.since(person.joined_on.slice(0, 4))}</li>
          {person.identity_verified && (
            <li class='row'>
              <Icon name='shield' />
              {guest().home.verified}
            </li>
          )}
          {person.location && <li>{words.from(person.location)}</li>}
          {person.languages.length > 0 && <li>{words.speaks(languagesText(person.languages))}</li>}
        </ul>
        {user?.id !== profile_id && (
          <div class='person-safety'>
            <Report
              subject='person'
              subject_id={profile_id}
              label={guest().safety.reportPerson(name)}
            />
            <Block profile_id={profile_id} name={name} />
          </div>
        )}
      </section>
      <div class='stack-large'>
        {person.about && (
          <section class='stack-small'>
            <h2>{words.about(name)}</h2>
            <p class='prose'>{person.about}</p>
          </section>
        )}
        {(homes ?? []).length > 0 && (
          <section class='stack'>
            <h2>{words.homes(name)}</h2>
            <HomeGrid homes={homes!} />
          </section>
        )}
        <Reviews title={words.ofHomes(name)} reviews={ofHomes} />
        <Reviews title={words.ofGuest} reviews={ofGuest} />
      </div>
    </div>
  );
}

function Reviews({ title, reviews }: { title: string; reviews: Review[] | undefined }) {
  if (!reviews?.length) return null;
  return (
    <section class='stack'>
      <h2>{title}</h2>
      <ReviewList reviews={reviews} replyTitle={guest().person.reply} />
    </section>
  );
}
