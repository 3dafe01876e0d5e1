import { nightsBetween } from '@staybase/client';
import { useQuery } from '../api.ts';
import { daysText, money, stars } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Avatar, Icon, LinkButton } from '../kit/index.ts';
import { AnswerButtons } from './answer.tsx';
import { guestRating, type HostBooking } from './data.ts';
import { Countdown, StatusBadge } from './parts.tsx';
import { host } from './words.ts';

const nameOf = ({ guest }: HostBooking) => guest?.display_name ?? host().formerGuest;

export const whoComes = ({ guests, child_ages, infants, pets }: HostBooking) => {
  const words = core().counts;
  return [
    words.guests(guests) +
    (child_ages?.length ? ` (${words.children(child_ages.length)}: ${child_ages.join(', ')})` : ''),
    infants > 0 && words.infants(infants),
    pets > 0 && words.pets(pets),
  ].filter(Boolean).join(', ');
};

/** A stay in a list; the whole row links to its page. */
export function StayRow({ stay, badge = false }: { stay: HostBooking; badge?: boolean }) {
  return (
    <li>
      <a class='row-link' href={`/host/bookings/${stay.booking_id}`}>
        <Avatar name={nameOf(stay)} path={stay.guest?.avatar_path} />
        <span class='grow'>
          <span class='between'>
            <span class='strong'>{nameOf(stay)}</span>
            {badge
              ? <StatusBadge status={stay.status} />
              : <span class='small'>{daysText(stay.check_in, stay.check_out)}</span>}
          </span>
          <span class='soft small'>
            {stay.listings?.title} · {badge
              ? daysText(stay.check_in, stay.check_out)
              : core().counts.nights(nightsBetween(stay.check_in, stay.check_out))} ·{' '}
            {whoComes(stay)}
          </span>
        </span>
        <Icon name='forward' />
      </a>
    </li>
  );
}

/** A request with everything a host needs to decide, and the buttons to answer it. */
export function RequestCard({ stay }: { stay: HostBooking }) {
  const words = host().booking;
  const rating = useQuery(guestRating(stay.guest_id));
  const payout = stay.host_totals?.payout_minor;
  return (
    <article class='panel stack'>
      <div class='between request-top'>
        <div class='row request-head'>
          <Avatar name={nameOf(stay)} path={stay.guest?.avatar_path} />
          <div>
            <h3>{nameOf(stay)}</h3>
            <p class='soft small'>
              {rating.answer?.rating
                ? words.rated(stars(rating.answer.rating), rating.answer.review_count)
                : words.notRated}
            </p>
          </div>
        </div>
        {stay.expires_at && <Countdown until={stay.expires_at} />}
      </div>
      <p>
        {stay.listings?.title}
        <br />
        <span class='soft'>
          {daysText(stay.check_in, stay.check_out)} ·{' '}
          {core().counts.nights(nightsBetween(stay.check_in, stay.check_out))} · {whoComes(stay)}
          {!!payout && ` · ${words.youGet(money(payout, stay.currency))}`}
        </span>
      </p>
      {stay.message && <blockquote>{stay.message}</blockquote>}
      <div class='row'>
        <AnswerButtons booking_id={stay.booking_id} name={nameOf(stay)} />
        <LinkButton kind='quiet' size='small' href={`/host/bookings/${stay.booking_id}`}>
          {words.details}
        </LinkButton>
      </div>
    </article>
  );
}
