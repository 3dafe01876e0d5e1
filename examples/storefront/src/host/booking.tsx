import { call, must, nightsBetween, query } from '@staybase/client';
import { staybase, useQuery } from '../api.ts';
import { dayOfYear, instantText, longDay, money, stars, timeText, today } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Avatar, ErrorBox, Icon, LinkButton, Loading, Skeleton } from '../kit/index.ts';
import { usePage } from '../page.ts';
import { AnswerButtons } from './answer.tsx';
import { BookingDeeds } from './booking-deeds.tsx';
import { BookingTrouble } from './booking-trouble.tsx';
import { guestRating, rowsOf, stay, type StayShown } from './data.ts';
import { Countdown, Head, StatusBadge } from './parts.tsx';
import { whoComes } from './stay-row.tsx';
import { host } from './words.ts';

const contacts = (booking_id: string) =>
  query(
    'booking_contacts',
    { booking_id },
    (signal) => call(staybase, 'booking_contacts', { booking_id }, signal),
  );

const conversationWith = (listing_id: string, guest_id: string) =>
  query('conversation_with', { listing_id, guest_id }, (signal) =>
    must(
      staybase.from('conversations').select('conversation_id')
        .eq('listing_id', listing_id).eq('guest_id', guest_id)
        .abortSignal(signal).maybeSingle(),
    ));

export default function Booking({ id = '' }: { id?: string }) {
  const words = host().booking;
  const { answer, error, waits } = useQuery(stay(id));
  const name = answer?.guest?.display_name ?? host().formerGuest;
  usePage(answer ? words.title(name) : host().bookings.title);
  return (
    <div class='page'>
      <Head
        title={answer ? words.title(name) : host().bookings.title}
        back={{ href: '/host/bookings', text: host().bookings.title }}
      >
        {answer && <StatusBadge status={answer.status} />}
      </Head>
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <Skeleton height='900px' />
        </Loading>
      )}
      {answer && <Whole stay={answer} name={name} />}
    </div>
  );
}

function Whole({ stay, name }: { stay: StayShown; name: string }) {
  const words = host().booking;
  const facts: [string, string][] = [
    [words.home, stay.listings?.title ?? ''],
    [core().when.checkIn, `${longDay(stay.check_in)}, ${timeText(stay.check_in_time)}`],
    [core().when.checkOut, `${longDay(stay.check_out)}, ${timeText(stay.check_out_time)}`],
    [words.length, core().counts.nights(nightsBetween(stay.check_in, stay.check_out))],
    [core().who.guests, whoComes(stay as never)],
    [words.policy, host().policies[stay.cancellation_policy] ?? stay.cancellation_policy],
  ];
  return (
    <div class='host-columns'>
      <div class='stack-large'>
        {stay.status === 'requested' && (
          <div class='panel stack'>
            <div class='between'>
              <h2>{words.asks(name)}</h2>
              {stay.expires_at && <Countdown until={stay.expires_at} />}
            </div>
            {stay.expires_at && <p class='soft'>{words.answerBy(instantText(stay.expires_at))}</p>}
            <div class='row'>
              <AnswerButtons booking_id={stay.booking_id} name={name} />
            </div>
          </div>
        )}
        <BookingTrouble stay={stay} name={name} />
        <dl class='facts'>
          {facts.map(([term, text]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        {stay.message && (
          <section class='stack-small'>
            <h2>{words.message}</h2>
            <blockquote>{stay.message}</blockquote>
          </section>
        )}
        {stay.reason && (
          <section class='stack-small'>
            <h2>{words.reasonGiven}</h2>
            <p>{stay.reason}</p>
          </section>
        )}
        <Amounts stay={stay} />
      </div>
      <aside class='stack-large' aria-label={words.guest}>
        <Guest stay={stay} name={name} />
        <BookingDeeds stay={stay} name={name} />
      </aside>
    </div>
  );
}

function Guest({ stay, name }: { stay: StayShown; name: string }) {
  const words = host().booking;
  const rating = useQuery(guestRating(stay.guest_id));
  const open = ['confirmed', 'completed'].includes(stay.status);
  const reached = useQuery(open && contacts(stay.booking_id));
  const conversation = useQuery(conversationWith(stay.listing_id, stay.guest_id));
  const own = (reached.answer ?? []).find(({ party }) => party === 'guest');
  return (
    <section class='panel stack'>
      <div class='row'>
        <Avatar name={name} path={stay.guest?.avatar_path} size='large' />
        <div>
          <h2>
            {stay.guest
              ? <a class='link' href={`/people/${stay.guest.profile_id}`}>{name}</a>
              : name}
          </h2>
          <p class='soft small'>
            {rating.answer?.rating
              ? words.rated(stars(rating.answer.rating), rating.answer.review_count)
              : words.notRated}
            {stay.guest?.joined_on && (
              <>
                <br />
                {words.since(stay.guest.joined_on.slice(0, 4))}
              </>
            )}
          </p>
        </div>
      </div>
      {stay.guest?.identity_verified && (
        <p class='row'>
          <Icon name='shield' />
          {words.verified}
        </p>
      )}
      {stay.guest?.about && <p>{stay.guest.about}</p>}
      {own?.email && <a class='link' href={`mailto:${own.email}`}>{own.email}</a>}
      {own?.phone && <a class='link' href={`tel:${own.phone}`}>{own.phone}</a>}
      {conversation.answer && (
        <LinkButton wide href={`/conversations/${conversation.answer.conversation_id}`}>
          {words.write(name)}
        </LinkButton>
      )}
    </section>
  );
}

/** The host's earnings: the lines of the stay, minus the marketplace's fee. */
function Amounts({ stay }: { stay: StayShown }) {
  const words = host().booking;
  const [totals] = rowsOf(stay.host_totals);
  const [settled] = rowsOf(stay.host_settlements);
  const lines = stay.booking_lines.filter(({ kind }) => kind !== 'tax');
  const nights = lines.filter(({ kind }) => kind === 'night');
  const others = lines.filter(({ kind }) => kind !== 'night');
  const show = (minor: number) => money(minor, stay.currency);
  const sum = nights.reduce((total, { amount_minor }) => total + amount_minor, 0);
  const fee = settled?.host_fee_minor ?? totals?.host_fee_minor;
  return (
    <section class='stack'>
      <h2>{words.money}</h2>
      <dl class='lines'>
        <div>
          <dt>{core().counts.nights(nights.length)}</dt>
          <dd>{show(sum)}</dd>
        </div>
        {others.map(({ position, kind, amount_minor }) => (
          <div key={position}>
            <dt>{words.lines[kind]}</dt>
            <dd>{show(amount_minor)}</dd>
          </div>
        ))}
        {settled && settled.kept_minor !== stay.subtotal_minor && (
          <div>
            <dt>{words.kept}</dt>
            <dd>{show(settled.kept_minor)}</dd>
          </div>
        )}
        {fee !== undefined && (
          <div>
            <dt>{words.fee}</dt>
            <dd>{show(-fee)}</dd>
          </div>
        )}
        {!!settled?.penalty_minor && (
          <div>
            <dt>{words.penalty}</dt>
            <dd>{show(-settled.penalty_minor)}</dd>
          </div>
        )}
        {(settled ?? totals) && (
          <div class='total'>
            <dt>{words.payout}</dt>
            <dd>{show((settled ?? totals)!.payout_minor)}</dd>
          </div>
        )}
      </dl>
      {rowsOf(stay.payouts).map((payout) => (
        <p key={payout.payout_id} class='soft small'>
          {words.payoutAt(
            show(payout.amount_minor),
            dayOfYear((payout.paid_at ?? payout.due_at).slice(0, 10)),
            payout.is_by_hand && payout.status === 'paid'
              ? host().money.paidByHand
              : host().money.statuses[payout.status],
          )}
        </p>
      ))}
      {stay.check_in > today() && stay.status === 'confirmed' && (
        <p class='soft small'>{words.paidAfter}</p>
      )}
    </section>
  );
}
