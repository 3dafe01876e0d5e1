import { ask, call, must, query } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useRef } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { Photo } from '../../cards/home-card.tsx';
import { instantText } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Loading, Notice, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { StayFacts } from '../../stay/facts.tsx';
import { priceLines } from '../../stay/lines.ts';
import { PriceList } from '../../stay/price-list.tsx';
import { SignedIn } from '../auth/signed-in.tsx';
import './checkout.css';

const offerQuery = (offer_id: string) =>
  query('offer', { offer_id }, (signal) =>
    must(
      staybase.from('offers').select(`*, inquiries(conversation_id),
        listings(title, cancellation_policy, listing_photos(storage_path),
          host:profiles!listings_host_id_fkey(display_name))`)
        .eq('offer_id', offer_id)
        .order('position', { referencedTable: 'listings.listing_photos' })
        .limit(1, { referencedTable: 'listings.listing_photos' })
        .abortSignal(signal).single(),
    ));

/** A host's offer to a guest: its stay and price, to book or to decline. */
export default function OfferPage() {
  const { params } = useRoute();
  usePage(guest().offer.title);
  return (
    <div class='page'>
      <h1>{guest().offer.title}</h1>
      <SignedIn>{() => <Offer offer_id={params['id']!} />}</SignedIn>
    </div>
  );
}

function Offer({ offer_id }: { offer_id: string }) {
  const words = guest();
  const { route } = useLocation();
  const { answer: offer, error } = useQuery(offerQuery(offer_id));
  const { answer: quote, error: noQuote } = useQuery(
    offer?.status === 'open' && ask(staybase, 'quote_offer', { offer_id }),
  );
  // Chosen once, so that sending it again after a lost response does not make a second booking.
  const booking_id = useRef(crypto.randomUUID());
  const book = useAction(async () => {
    const { listing_id, check_in, check_out, guests, infants, pets, child_ages } = offer!;
    await call(staybase, 'request_booking', {
      booking_id: booking_id.current,
      listing_id,
      check_in,
      check_out,
      guests,
      infants,
      pets,
      child_ages,
      offer_id,
      expected_total_minor: quote!.total_minor,
      expected_cancellation_policy: quote!.cancellation_policy,
    });
    cache.refresh('trips', 'inquiries', 'conversation_head', 'listing_calendar');
    cache.expire('offer', 'quote_offer', 'quote');
    route(`/bookings/${booking_id.current}`);
  });
  const decline = useAction(async () => {
    await call(staybase, 'decline_offer', { offer_id });
    cache.refresh('offer', 'inquiries', 'conversation_head');
    route(`/conversations/${offer!.inquiries?.conversation_id ?? ''}`);
  });
  if (error) return <ErrorBox error={error} />;
  if (!offer || (offer.status === 'open' && !quote && !noQuote)) {
    return (
      <Loading>
        <Skeleton height='480px' />
      </Loading>
    );
  }
  const policy = quote?.cancellation_policy ?? offer.cancellation_policy ??
    offer.listings?.cancellation_policy ?? '';
  return (
    <div class='checkout'>
      <div class='stack-large'>
        <Notice>
          <p class='strong'>{words.offer.states[offer.status]}</p>
          {offer.status === 'open' && <p>{words.offer.until(instantText(offer.expires_at))}</p>}
        </Notice>
        <StayFacts stay={offer} />
        <section class='stack-small'>
          <h2>{words.home.cancelling}</h2>
          <p>{words.policies[policy as keyof typeof words.policies] ?? policy}</p>
        </section>
        <ErrorBox error={noQuote ?? book.error ?? decline.error} />
        {quote && (
          <div class='row'>
            <Button kind='primary' busy={book.busy} onClick={() => void book()}>
              {words.book.toPay}
            </Button>
            <Button busy={decline.busy} onClick={() => void decline()}>
              {words.offer.decline}
            </Button>
          </div>
        )}
      </div>
      <aside class='panel stack checkout-side' aria-label={words.price.title}>
        <div class='checkout-home'>
          <Photo path={offer.listings?.listing_photos[0]?.storage_path} first />
          <a class='link strong' href={`/homes/${offer.listing_id}`}>{offer.listings?.title}</a>
        </div>
        {quote && (
          <PriceList
            lines={priceLines(quote.lines, quote.guest_fee_minor, quote.currency)}
            total={quote.total_minor}
            currency={quote.currency}
          />
        )}
      </aside>
    </div>
  );
}
