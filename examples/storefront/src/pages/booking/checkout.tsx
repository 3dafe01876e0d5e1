import { call, home as homeQuery } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useMemo, useRef, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { Photo } from '../../cards/home-card.tsx';
import { instantText, money } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, ErrorBox, LinkButton, Loading, Skeleton, TextArea } from '../../kit/index.ts';
import { signInPath, usePage } from '../../page.ts';
import { useSession } from '../../session.ts';
import { StayFacts } from '../../stay/facts.tsx';
import { priceLines } from '../../stay/lines.ts';
import { PriceList } from '../../stay/price-list.tsx';
import { Refunds } from '../../stay/refunds.tsx';
import { quoteQuery } from '../listing/panel.tsx';
import { stayFrom, stayPath } from '../listing/stay-params.ts';
import { agesOf } from '../search/criteria.ts';
import './checkout.css';

/** The stay and its terms; then the hold, and on to payment. */
export default function Checkout() {
  const words = guest().book;
  const { params } = useRoute();
  const { query, route, url } = useLocation();
  const listing_id = params['id']!;
  const { user, ready } = useSession();
  const wish = useMemo(() => stayFrom(query), [JSON.stringify(query)]);
  const { answer: home, error: noHome } = useQuery(homeQuery(staybase, listing_id));
  const asked = quoteQuery(listing_id, wish);
  const { answer, error } = useQuery(asked);
  const [message, setMessage] = useState('');
  // Chosen once, so that sending it again after a lost response does not make a second booking.
  const booking_id = useRef(crypto.randomUUID());
  const quote = answer?.quote;
  const title = home?.instant_book === false ? words.requestTitle : words.title;
  usePage(title);
  const book = useAction(async () => {
    try {
      await call(staybase, 'request_booking', {
        booking_id: booking_id.current,
        listing_id,
        ...wish,
        child_ages: agesOf(wish),
        ...(message !== '' && { message }),
        expected_total_minor: quote!.total_minor,
        expected_cancellation_policy: quote!.cancellation_policy,
      });
    } catch (error) {
      booking_id.current = crypto.randomUUID();
      cache.refresh('quote', 'listing_calendar');
      throw error;
    }
    cache.refresh('trips', 'listing_calendar');
    cache.expire('quote');
    route(`/bookings/${booking_id.current}`);
  });
  const back = stayPath(`/homes/${listing_id}`, wish);
  return (
    <div class='page'>
      <h1>{title}</h1>
      <ErrorBox error={noHome ?? error} />
      {!home || (!quote && !error)
        ? !noHome && (
          <Loading>
            <Skeleton height='480px' />
          </Loading>
        )
        : (
          <div class='checkout'>
            <div class='stack-large'>
              <section class='stack' aria-labelledby='stay'>
                <div class='between'>
                  <h2 id='stay'>{words.yourStay}</h2>
                  <a class='link' href={back}>{words.change}</a>
                </div>
                <StayFacts stay={wish} />
              </section>
              {answer && (
                <section class='stack' aria-labelledby='refunds'>
                  <h2 id='refunds'>{guest().home.cancelling}</h2>
                  <Refunds refunds={answer.refunds} />
                </section>
              )}
              {quote && (!user && ready
                ? (
                  <section class='panel stack'>
                    <h2>{words.signIn}</h2>
                    <p>{words.signInText}</p>
                    <LinkButton kind='primary' href={signInPath(url)}>
                      {core().shell.signIn}
                    </LinkButton>
                  </section>
                )
                : (
                  <form
                    class='stack'
                    onSubmit={(event) => {
                      event.preventDefault();
                      void book();
                    }}
                  >
                    <TextArea
                      label={words.message(home.host?.display_name ?? '')}
                      hint={words.messageHint}
                      value={message}
                      onValue={setMessage}
                      maxlength={2000}
                    />
                    <ErrorBox error={book.error} />
                    <p class='soft small'>
                      {home.instant_book ? words.instantHint : words.requestHint}
                    </p>
                    <Button kind='primary' type='submit' wide busy={book.busy}>
                      {home.instant_book ? words.toPay : words.send}
                    </Button>
                  </form>
                ))}
            </div>
            <aside class='panel stack checkout-side' aria-label={guest().price.title}>
              <div class='checkout-home'>
                <Photo path={home.listing_photos[0]?.storage_path} />
                <div>
                  <p class='strong'>{home.title}</p>
                  <p class='soft small'>
                    {core().roomTypes[home.room_type]}
                    {home.city && ` · ${home.city}`}
                  </p>
                </div>
              </div>
              {quote && (
                <PriceList
                  lines={priceLines(quote.lines, quote.guest_fee_minor, quote.currency)}
                  total={quote.total_minor}
                  currency={quote.currency}
                />
              )}
              {quote && quote.charges.some(({ charge_at }) => charge_at) && (
                <ul class='stack-small soft small'>
                  {quote.charges.map(({ instalment, charge_at, amount_minor }) => (
                    <li key={instalment}>
                      {charge_at
                        ? words.chargedAt(
                          money(amount_minor, quote.currency),
                          instantText(charge_at),
                        )
                        : words.chargedNow(money(amount_minor, quote.currency))}
                    </li>
                  ))}
                </ul>
              )}
            </aside>
          </div>
        )}
    </div>
  );
}
