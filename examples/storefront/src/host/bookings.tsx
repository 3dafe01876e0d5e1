import { useLocation } from 'preact-iso/router';
import { useQuery } from '../api.ts';
import { today } from '../format.ts';
import { EmptyState, ErrorBox, Loading, Skeleton } from '../kit/index.ts';
import { usePage } from '../page.ts';
import { coming, past } from './data.ts';
import { Inquiries } from './inquiries.tsx';
import { Head, useMe } from './parts.tsx';
import { RequestCard, StayRow } from './stay-row.tsx';
import { host } from './words.ts';

const tabs = ['requests', 'upcoming', 'current', 'completed', 'ended'] as const;
type Tab = (typeof tabs)[number];

export default function Bookings() {
  const me = useMe();
  const words = host().bookings;
  usePage(words.title);
  const { query } = useLocation();
  const tab: Tab = tabs.find((each) => each === query['show']) ?? 'upcoming';
  const stays = useQuery(
    tab === 'completed' || tab === 'ended' ? past(me.id, tab) : coming(me.id),
  );
  const day = today();
  const shown = (stays.answer ?? []).filter(({ status, check_in }) =>
    tab === 'requests'
      ? status === 'requested'
      : tab === 'upcoming'
      ? status === 'confirmed' && check_in > day
      : tab === 'current'
      ? status === 'confirmed' && check_in <= day
      : true
  );
  return (
    <div class='page'>
      <Head title={words.title} />
      <nav class='tabs' aria-label={words.title}>
        {tabs.map((each) => (
          <a
            key={each}
            href={`/host/bookings?show=${each}`}
            aria-current={each === tab ? 'page' : undefined}
          >
            {words.tabs[each]}
          </a>
        ))}
      </nav>
      <div class='host-list'>
        <h2 class='visually-hidden'>{words.tabs[tab]}</h2>
        <ErrorBox error={stays.error} />
        {stays.waits && (
          <Loading>
            <Skeleton height='320px' />
          </Loading>
        )}
        {stays.answer && shown.length === 0 && (
          <EmptyState icon='calendar' title={words.none[tab]} />
        )}
        {tab === 'requests'
          ? (
            <div class='stack'>
              {shown.map((stay) => <RequestCard key={stay.booking_id} stay={stay} />)}
              <Inquiries />
            </div>
          )
          : (
            <ul class='rows'>
              {shown.map((stay) => <StayRow key={stay.booking_id} stay={stay} badge />)}
            </ul>
          )}
      </div>
    </div>
  );
}
