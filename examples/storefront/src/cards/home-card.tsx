import { photoUrl } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import { staybase } from '../api.ts';
import { About } from '../currency/about.tsx';
import { countryName, price as priceText, stars } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import './home-card.css';

/** What a card shows of a home; every search verb returns this. */
export interface CardHome {
  listing_id: string;
  title: string;
  city: string | null;
  country_code: string | null;
  photo_path: string | null;
  rating: number | null;
  review_count?: number;
  currency: string;
  nightly_minor: number;
  total_minor: number | null;
  nights?: number | null;
}

export function Rating({ rating, count }: { rating: number | null; count?: number | undefined }) {
  const words = core();
  if (rating === null) return <span class='rating'>{words.search.new}</span>;
  return (
    <span class='rating'>
      <Icon name='star' filled />
      <span aria-hidden='true'>{stars(rating)}{count === undefined ? '' : ` (${count})`}</span>
      <span class='visually-hidden'>
        {words.kit.stars(stars(rating))}
        {count === undefined ? '' : `, ${words.counts.reviews(count)}`}
      </span>
    </span>
  );
}

/** A photo whose space is reserved; without one, the site's logo. */
export function Photo(
  { path, alt = '', first = false }: {
    path: string | null | undefined;
    alt?: string;
    first?: boolean;
  },
) {
  if (!path) {
    return (
      <span class='photo photo-none'>
        <Icon name='home' />
      </span>
    );
  }
  return (
    <img
      class='photo'
      src={photoUrl(staybase, path)}
      alt={alt}
      width='480'
      height='320'
      loading={first ? 'eager' : 'lazy'}
      fetchpriority={first ? 'high' : 'auto'}
      decoding='async'
    />
  );
}

export function HomeCard(
  { home, href, first = false, level: Heading = 'h3', detail, heart, onHover }: {
    home: CardHome;
    href: string;
    /** Whether its photo is above the fold. */
    first?: boolean;
    /** The heading level, below that of the section. */
    level?: 'h2' | 'h3';
    detail?: ComponentChildren;
    heart?: ComponentChildren;
    onHover?: (listing_id: string | null) => void;
  },
) {
  const words = core();
  const where = [home.city, home.country_code && countryName(home.country_code)].filter(Boolean)
    .join(', ');
  return (
    <article
      class='home-card'
      onMouseEnter={() => onHover?.(home.listing_id)}
      onMouseLeave={() => onHover?.(null)}
    >
      <div class='home-photo'>
        <Photo path={home.photo_path} first={first} />
      </div>
      <div class='home-text'>
        <div class='between'>
          <Heading class='home-name'>
            <a href={href}>{home.title}</a>
          </Heading>
          <Rating rating={home.rating} />
        </div>
        <p class='soft small'>{where}</p>
        {detail && <p class='soft small'>{detail}</p>}
        <p class='home-price'>
          {home.total_minor !== null
            ? (
              <>
                <strong>{priceText(home.total_minor, home.currency)}</strong> {home.nights
                  ? words.search.forNights(words.counts.nights(home.nights))
                  : words.search.total}
              </>
            )
            : (
              <>
                <strong>{priceText(home.nightly_minor, home.currency)}</strong>{' '}
                {words.search.perNight}
              </>
            )}
          <About minor={home.total_minor ?? home.nightly_minor} currency={home.currency} />
        </p>
      </div>
      {heart}
    </article>
  );
}
