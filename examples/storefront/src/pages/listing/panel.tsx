import { quote as quoteOf } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { Rating } from '../../cards/home-card.tsx';
import { About } from '../../currency/about.tsx';
import { dayOfYear, daysText, price } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, LinkButton } from '../../kit/button.tsx';
import { later } from '../../kit/later.tsx';
import { ErrorBox, Loading, Skeleton } from '../../kit/states.tsx';
import { whoText } from '../../search-box/search-box.tsx';
import { priceLines } from '../../stay/lines.ts';
import { PriceList } from '../../stay/price-list.tsx';
import { agesOf } from '../search/criteria.ts';
import { stayPath, type StayWish } from './stay-params.ts';

const DaysDialog = later(() => import('../../stay/days-dialog.tsx'));
const WhoDialog = later(() => import('../../search-box/who-dialog.tsx'));

export const quoteQuery = (listing_id: string, wish: StayWish) =>
  wish.check_in === ''
    ? null
    : quoteOf(staybase, { listing_id, ...wish, child_ages: agesOf(wish) });

interface Props {
  home: { listing_id: string; capacity: number; instant_book: boolean; currency: string };
  rating: number | null;
  reviews: number;
  wish: StayWish;
}

/** Dates, guests and price, with the link to book. */
export function Panel({ home, rating, reviews, wish }: Props) {
  const words = guest();
  const { route } = useLocation();
  const [open, setOpen] = useState<'days' | 'who' | null>(null);
  const { answer, error, waits } = useQuery(quoteQuery(home.listing_id, wish));
  const go = (change: Partial<StayWish>) =>
    route(stayPath(`/homes/${home.listing_id}`, { ...wish, ...change }), true);
  const hasDays = wish.check_in !== '';
  const quote = answer?.quote;
  const verb = home.instant_book ? words.home.reserve : words.home.request;
  const next = quote && !error
    ? (
      <LinkButton kind='primary' wide href={stayPath(`/book/${home.listing_id}`, wish)}>
        {verb}
      </LinkButton>
    )
    : (
      <Button kind='primary' wide onClick={() => setOpen('days')}>
        {hasDays ? words.home.changeDays : words.home.chooseDays}
      </Button>
    );
  const headline = quote
    ? (
      <>
        <strong>{price(quote.total_minor, quote.currency)}</strong>{' '}
        {core().search.forNights(core().counts.nights(quote.nights))}
      </>
    )
    : <span class='strong'>{hasDays && waits ? ' ' : words.home.addDays}</span>;
  return (
    <>
      <section class='panel home-panel stack' aria-label={words.home.booking}>
        <div class='between'>
          <p class='home-headline'>{headline}</p>
          <Rating rating={rating} count={reviews} />
        </div>
        <div class='home-choice'>
          <button type='button' aria-haspopup='dialog' onClick={() => setOpen('days')}>
            <span class='search-label'>{core().when.checkIn}</span>
            <span>{hasDays ? dayOfYear(wish.check_in) : '—'}</span>
          </button>
          <button type='button' aria-haspopup='dialog' onClick={() => setOpen('days')}>
            <span class='search-label'>{core().when.checkOut}</span>
            <span>{hasDays ? dayOfYear(wish.check_out) : '—'}</span>
          </button>
          <button type='button' aria-haspopup='dialog' onClick={() => setOpen('who')}>
            <span class='search-label'>{core().who.label}</span>
            <span>{whoText(wish)}</span>
          </button>
        </div>
        {next}
        <div class='home-quote' aria-live='polite'>
          <ErrorBox error={error} />
          {hasDays && waits && (
            <Loading>
              <Skeleton height='176px' />
            </Loading>
          )}
          {quote && !error && (
            <div class='stack'>
              <p class='soft small'>{words.home.notCharged}</p>
              <PriceList
                lines={priceLines(quote.lines, quote.guest_fee_minor, quote.currency)}
                total={quote.total_minor}
                currency={quote.currency}
              />
              <About minor={quote.total_minor} currency={quote.currency} explained />
            </div>
          )}
        </div>
      </section>
      <div class='home-bar'>
        <p>
          {headline}
          {hasDays && (
            <span class='soft small'>
              <br />
              {daysText(wish.check_in, wish.check_out)}
            </span>
          )}
        </p>
        {next}
      </div>
      {open === 'days' && (
        <DaysDialog
          listing_id={home.listing_id}
          days={wish}
          onDays={go}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'who' && (
        <WhoDialog
          of={wish}
          most={home.capacity}
          onChange={go}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
