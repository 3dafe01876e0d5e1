import { must, query } from '@staybase/client';
import { staybase, useQuery } from '../../api.ts';
import { daysText, instantText, money } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { LinkButton } from '../../kit/index.ts';
import { whoText } from '../../search-box/search-box.tsx';

/** The newest question about dates in a conversation, with what the host offered. */
const askedQuery = (conversation_id: string) =>
  query('inquiries', { conversation_id }, (signal) =>
    must(
      staybase.from('inquiries').select('*, offers(*)')
        .eq('conversation_id', conversation_id)
        .order('created_at', { ascending: false }).limit(1)
        .abortSignal(signal).maybeSingle(),
    ));

/** What was asked in a conversation, and the way to the answer or to the booking. */
export function Asked(
  { conversation_id, profile_id }: { conversation_id: string; profile_id: string },
) {
  const words = guest().offer;
  const { answer: asked } = useQuery(askedQuery(conversation_id));
  if (!asked) return null;
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
