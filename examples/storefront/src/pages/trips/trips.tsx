import { trips as tripsQuery } from '@staybase/client';
import { staybase, useQuery } from '../../api.ts';
import { Photo } from '../../cards/home-card.tsx';
import { daysText, money, today } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { EmptyState, ErrorBox, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import { Status } from './status.tsx';
import './trips.css';

export default function Trips() {
  usePage(core().shell.trips);
  return (
    <div class='page'>
      <h1>{core().shell.trips}</h1>
      <SignedIn>{({ id }) => <List profile_id={id} />}</SignedIn>
    </div>
  );
}

const open = new Set(['awaiting_payment', 'requested', 'confirmed']);

function List({ profile_id }: { profile_id: string }) {
  const words = guest().trips;
  const { answer, error, waits } = useQuery(tripsQuery(staybase, profile_id));
  if (waits) {
    return (
      <Loading>
        <div class='stack'>
          <Skeleton height='144px' />
          <Skeleton height='144px' />
        </div>
      </Loading>
    );
  }
  if (error) return <ErrorBox error={error} />;
  const trips = answer ?? [];
  if (trips.length === 0) {
    return (
      <EmptyState
        icon='trips'
        title={words.none}
        text={words.noneText}
        action={{ href: '/search', text: words.search }}
      />
    );
  }
  const isAhead = (trip: typeof trips[number]) =>
    open.has(trip.status) && trip.check_out >= today();
  const parts = [
    [words.ahead, trips.filter(isAhead).reverse()],
    [words.past, trips.filter((trip) => !isAhead(trip))],
  ] as const;
  return (
    <div class='stack-large'>
      {parts.filter(([, list]) => list.length > 0).map(([title, list]) => (
        <section class='stack' key={title}>
          <h2>{title}</h2>
          <ul class='trips'>
            {list.map((trip) => (
              <li key={trip.booking_id} class='trip-card'>
                <div class='trip-photo'>
                  <Photo path={trip.listings?.listing_photos[0]?.storage_path} />
                </div>
                <div class='stack-small'>
                  <div class='row'>
                    <h3>
                      <a href={`/bookings/${trip.booking_id}`}>
                        {trip.listings?.title ?? words.aHome}
                      </a>
                    </h3>
                    <Status of={trip.status} />
                  </div>
                  <p>{daysText(trip.check_in, trip.check_out)}</p>
                  <p class='soft small'>
                    {[
                      trip.listings?.city,
                      trip.host && words.with(trip.host.display_name),
                      trip.guest_totals && money(trip.guest_totals.total_minor, trip.currency),
                    ].filter(Boolean).join(' · ')}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
