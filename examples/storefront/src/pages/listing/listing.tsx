import { home as homeQuery, homeWithLists } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useMemo } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { Rating } from '../../cards/home-card.tsx';
import { Heart } from '../../cards/heart.tsx';
import { signed } from '../../cards/review-list.tsx';
import { CustomFacts } from '../../custom-fields/values.tsx';
import type { CustomValues } from '../../custom-fields/schema.ts';
import { timeText } from '../../format.ts';
import { amenities as amenityWords, core, guest } from '../../i18n/index.ts';
import { later } from '../../kit/later.tsx';
import { Avatar, Badge, ErrorBox, Icon, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { Report } from '../../safety/report.tsx';
import { useSession } from '../../session.ts';
import { Refunds } from '../../stay/refunds.tsx';
import { DaysOfHome } from './days.tsx';
import { Gallery } from './gallery.tsx';
import './listing.css';
import { Panel, quoteQuery } from './panel.tsx';
import { Place, placeOf } from './place.tsx';
import { Reviews } from './reviews.tsx';
import { Similar } from './similar.tsx';
import { stayFrom, type StayWish } from './stay-params.ts';

const AskHost = later(() => import('./ask-host.tsx'));

export default function Listing() {
  const { params } = useRoute();
  const { query } = useLocation();
  const listing_id = params['id']!;
  const { ready, user } = useSession();
  const { answer: home, error } = useQuery(
    ready && (user ? homeWithLists : homeQuery)(staybase, listing_id),
  );
  const wish = useMemo(() => stayFrom(query), [JSON.stringify(query)]);
  usePage(home?.title ?? guest().home.title);
  if (error) {
    return (
      <div class='page'>
        <h1 class='visually-hidden'>{guest().home.title}</h1>
        <ErrorBox error={error} />
      </div>
    );
  }
  if (!home) {
    return (
      <div class='page'>
        <Loading>
          <div class='stack'>
            <Skeleton height='40px' width='60%' />
            <Skeleton height='min(440px, 66vw)' />
            <Skeleton height='320px' />
          </div>
        </Loading>
      </div>
    );
  }
  return <Page home={home} wish={wish} />;
}

type PublicHome = Awaited<ReturnType<ReturnType<typeof homeQuery>['run']>>;
/** With what only somebody who is signed in is told. */
type Home = Omit<PublicHome, 'reviews'> & {
  reviews: (PublicHome['reviews'][number] & { bookings?: { guest_id: string } | null })[];
  wishlist_homes?: { wishlist_id: string }[];
};

function Page({ home, wish }: { home: Home; wish: StayWish }) {
  const words = guest();
  const shared = core();
  const { answer: quoted } = useQuery(quoteQuery(home.listing_id, wish));
  const rating = home.listing_ratings?.rating ?? null;
  const count = home.listing_ratings?.review_count ?? 0;
  const amenities = home.listing_amenities.flatMap(({ amenities }) => amenities ?? [])
    .map(({ amenity, name }) => amenityWords()[amenity] ?? name).sort((one, other) =>
      one.localeCompare(other)
    );
  const rules = home.booking_rules;
  return (
    <div class='page home-of'>
      <div class='home-title'>
        <div class='stack-small'>
          <h1>{home.title}</h1>
          <p class='row'>
            <Rating rating={rating} count={count} />
            <span>{placeOf(home)}</span>
          </p>
        </div>
        <Heart
          listing_id={home.listing_id}
          title={home.title}
          lists={home.wishlist_homes?.map(({ wishlist_id }) => wishlist_id)}
          text
        />
      </div>
      <Gallery photos={home.listing_photos} title={home.title} />
      <div class='home-columns'>
        <div class='home-main'>
          <section class='stack-small' aria-labelledby='what'>
            <h2 id='what'>
              {words.home.kind(shared.roomTypes[home.room_type], home.host?.display_name ?? '')}
            </h2>
            <p>
              {[
                shared.counts.guests(home.capacity),
                shared.counts.bedrooms(home.bedrooms),
                shared.counts.beds(home.beds),
                shared.counts.bathrooms(home.bathrooms),
              ].join(' · ')}
            </p>
            <div class='row'>
              {home.instant_book && (
                <Badge kind='good'>
                  <Icon name='bolt' />
                  {shared.search.instant}
                </Badge>
              )}
              {home.host?.superhost && <Badge kind='good'>{shared.search.superhost}</Badge>}
            </div>
          </section>
          <section>
            <h2 class='visually-hidden'>{words.home.about}</h2>
            <p class='prose'>{home.description}</p>
          </section>
          {amenities.length > 0 && (
            <section class='stack' aria-labelledby='amenities'>
              <h2 id='amenities'>{shared.search.amenities}</h2>
              <ul class='amenities'>
                {amenities.map((name) => (
                  <li key={name}>
                    <Icon name='check' />
                    {name}
                  </li>
                ))}
              </ul>
            </section>
          )}
          <CustomFacts values={home.custom_fields as CustomValues} />
          <DaysOfHome listing_id={home.listing_id} wish={wish} />
          <section class='stack' aria-labelledby='cancelling'>
            <h2 id='cancelling'>{words.home.cancelling}</h2>
            <p>
              {words.policies[home.cancellation_policy as keyof typeof words.policies] ??
                home.cancellation_policy}
            </p>
            {quoted && (
              <>
                <h3>{words.home.yourRefund}</h3>
                <Refunds refunds={quoted.refunds} />
              </>
            )}
          </section>
          <section class='stack' aria-labelledby='rules'>
            <h2 id='rules'>{words.home.rules}</h2>
            <ul class='stack-small'>
              <li>{words.home.checkInFrom(timeText(home.check_in_time))}</li>
              <li>{words.home.checkOutBy(timeText(home.check_out_time))}</li>
              {rules && (
                <li>
                  {words.home.stayLength(
                    shared.counts.nights(rules.minimum_nights),
                    shared.counts.nights(rules.maximum_nights),
                  )}
                </li>
              )}
              <li>
                {home.maximum_pets > 0
                  ? words.home.petsUpTo(shared.counts.pets(home.maximum_pets))
                  : words.home.noPets}
              </li>
              <li>{home.smoking_allowed ? words.home.smoking : words.home.noSmoking}</li>
              <li>{home.parties_allowed ? words.home.parties : words.home.noParties}</li>
              {home.house_rules && <li class='prose'>{home.house_rules}</li>}
            </ul>
          </section>
          <Reviews
            listing_id={home.listing_id}
            rating={home.listing_ratings}
            first={home.reviews.map(signed)}
          />
          <Place home={home} />
          {home.host && (
            <section class='panel home-host' aria-labelledby='host'>
              <Avatar name={home.host.display_name} path={home.host.avatar_path} size='large' />
              <div class='stack-small'>
                <h2 id='host'>{words.home.hostedBy(home.host.display_name)}</h2>
                <a class='link' href={`/people/${home.host.profile_id}`}>
                  {words.person.see(home.host.display_name)}
                </a>
                {home.host.identity_verified && <p class='soft small'>{words.home.verified}</p>}
                {home.host.about && <p class='prose'>{home.host.about}</p>}
                <AskHost listing_id={home.listing_id} name={home.host.display_name} wish={wish} />
              </div>
            </section>
          )}
          <div>
            <Report
              subject='listing'
              subject_id={home.listing_id}
              label={words.safety.reportHome}
            />
          </div>
        </div>
        <aside class='home-side'>
          <Panel home={home} rating={rating} reviews={count} wish={wish} />
        </aside>
      </div>
      <Similar listing_id={home.listing_id} wish={wish} />
    </div>
  );
}
