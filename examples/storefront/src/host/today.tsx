import { addDays } from '@staybase/client';
import { useQuery } from '../api.ts';
import { longDay, shortInstant, today } from '../format.ts';
import { Avatar, EmptyState, ErrorBox, Icon, Loading, Skeleton } from '../kit/index.ts';
import { usePage } from '../page.ts';
import { account, coming, type HostBooking, toReview, unreadAsHost, useHosting } from './data.ts';
import { Head, Section, useMe } from './parts.tsx';
import { RequestCard, StayRow } from './stay-row.tsx';
import { host } from './words.ts';

export default function Today() {
  const me = useMe();
  const words = host().today;
  usePage(words.title);
  const homes = useHosting();
  const stays = useQuery(coming(me.id));
  if (homes.answer?.length === 0) return <First />;
  const day = today();
  const head = (
    <Head title={words.hello(me.name)}>
      <p class='soft'>{longDay(day)}</p>
    </Head>
  );
  // Who has no home yet sees another page: until that is known, nothing that would move.
  if (homes.waits) {
    return (
      <div class='page'>
        {head}
        <Loading>
          <Skeleton height='900px' />
        </Loading>
      </div>
    );
  }
  const confirmed = (stays.answer ?? []).filter(({ status }) => status === 'confirmed');
  const requests = (stays.answer ?? []).filter(({ status }) => status === 'requested');
  const arriving = confirmed.filter(({ check_in }) => check_in === day);
  const leaving = confirmed.filter(({ check_out }) => check_out === day);
  const staying = confirmed.filter(({ check_in, check_out }) => check_in < day && check_out > day);
  const soon = confirmed
    .filter(({ check_in }) => check_in > day && check_in <= addDays(day, 14)).slice(0, 8);
  return (
    <div class='page'>
      {head}
      <div class='host-columns'>
        <div class='stack-large'>
          <ErrorBox error={stays.error} />
          {stays.waits && (
            <Loading>
              <Skeleton height='900px' />
            </Loading>
          )}
          {stays.answer && (
            <>
              {requests.length > 0 && (
                <Section title={words.requests} count={requests.length}>
                  {requests.map((stay) => <RequestCard key={stay.booking_id} stay={stay} />)}
                </Section>
              )}
              <Stays title={words.arriving} none={words.noArrivals} stays={arriving} />
              <Stays title={words.leaving} none={words.noDepartures} stays={leaving} />
              {staying.length > 0 && <Stays title={words.staying} stays={staying} />}
              <Stays title={words.soon} none={words.nobodySoon} stays={soon} />
            </>
          )}
        </div>
        <aside class='stack-large' aria-label={words.besides}>
          <SetUp />
          <Messages />
        </aside>
      </div>
    </div>
  );
}

const Stays = ({ title, none, stays }: { title: string; none?: string; stays: HostBooking[] }) => (
  <Section title={title} count={stays.length}>
    {stays.length === 0 ? <p class='soft'>{none}</p> : (
      <ul class='rows'>
        {stays.map((stay) => <StayRow key={stay.booking_id} stay={stay} />)}
      </ul>
    )}
  </Section>
);

/** For people who have no home yet. */
function First() {
  const words = host().welcome;
  return (
    <div class='page'>
      <Head title={words.title} />
      <EmptyState
        icon='home'
        title={words.first}
        text={words.text}
        action={{ href: '/host/homes/new', text: words.begin }}
      />
    </div>
  );
}

/** What a host still has to do to receive guests and payouts. */
function SetUp() {
  const me = useMe();
  const words = host().today;
  const homes = useHosting();
  const paid = useQuery(account(me.id));
  const reviews = useQuery(toReview(me.id));
  if (!homes.answer || paid.waits) return <Skeleton height='160px' />;
  const isOwner = homes.answer.some(({ role }) => role === 'owner');
  const todo: { href: string; text: string; hint: string }[] = [];
  if (isOwner && paid.answer?.status !== 'active') {
    todo.push({ href: '/host/money', text: words.payouts, hint: words.payoutsHint });
  }
  for (const { listings } of homes.answer) {
    const { listing_id, title, status, listing_photos } = listings;
    if (status === 'draft') {
      todo.push({
        href: `/host/homes/${listing_id}/publish`,
        text: title,
        hint: words.draft,
      });
    } else if (listing_photos.length === 0) {
      todo.push({ href: `/host/homes/${listing_id}/photos`, text: title, hint: words.noPhotos });
    }
  }
  for (const { booking_id, guest } of reviews.answer ?? []) {
    todo.push({
      href: `/host/reviews#${booking_id}`,
      text: words.review(guest?.display_name ?? ''),
      hint: words.reviewHint,
    });
  }
  if (todo.length === 0) return null;
  return (
    <Section title={words.toDo} count={todo.length}>
      <ul class='rows'>
        {todo.map(({ href, text, hint }) => (
          <li key={href}>
            <a class='row-link' href={href}>
              <span>
                <span class='strong'>{text}</span>
                <br />
                <span class='soft small'>{hint}</span>
              </span>
              <Icon name='forward' />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Messages() {
  const words = host().today;
  const { answer, error } = useQuery(unreadAsHost());
  if (error) return <ErrorBox error={error} />;
  if (!answer) return <Skeleton height='160px' />;
  const unread = answer.filter(({ side, unread }) => side === 'host' && unread > 0).slice(0, 5);
  return (
    <Section title={words.messages} count={unread.length}>
      {unread.length === 0 ? <p class='soft'>{words.noMessages}</p> : (
        <ul class='rows'>
          {unread.map((card) => (
            <li key={card.conversation_id}>
              <a class='row-link' href={`/conversations/${card.conversation_id}`}>
                <Avatar name={card.with_name} />
                <span class='grow'>
                  <span class='between'>
                    <span class='strong'>{card.with_name}</span>
                    <span class='soft small'>{shortInstant(card.last_message_at)}</span>
                  </span>
                  <span class='soft small clipped'>{card.last_message ?? card.listing_title}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
