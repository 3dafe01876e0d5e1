import type { Inquiry, Offer } from '@staybase/client';
import { daysText, instantText, money } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { LinkButton } from '../../kit/index.ts';
import { whoText } from '../../search-box/search-box.tsx';

/** What was asked in a conversation, and the way to the answer or to the booking. */
export function Asked(
  { asked, profile_id }: {
    asked: Inquiry & { offers: Offer[] };
    profile_id: string;
  },
) {
  const words = guest().offer;
  const isGuest = asked.guest_id === profile_id;
  const open = asked.offers.find(({ status }) => status === 'open');
  if (!open && asked.offers.length > 0) return null;
  const stay = open ?? asked;
  return (
    <div class='asked'>
      <p>
        <span class='strong'>
          {!open
            ? words.asked
            : open.subtotal_minor === null
            ? words.approved
            : words.special(money(open.subtotal_minor, open.currency))}
        </span>
        <br />
        <span class='soft small'>
          {daysText(stay.check_in, stay.check_out)} · {whoText(stay)}
          {open && ` · ${words.until(instantText(open.expires_at))}`}
        </span>
      </p>
      {isGuest
        ? open && (
          <LinkButton kind='primary' size='small' href={`/offers/${open.offer_id}`}>
            {words.see}
          </LinkButton>
        )
        : (
          <LinkButton size='small' href='/host'>
            {open ? words.change : words.answer}
          </LinkButton>
        )}
    </div>
  );
}
