import type { AnswerOf } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import { HomeCard, Photo } from '../../cards/home-card.tsx';
import { guest } from '../../i18n/index.ts';
import { useRefusal } from '../../kit/states.tsx';

type Card = AnswerOf<'wishlist_cards'>[number];

/** A saved home. It outlives the listing: then there is no photo and no link. */
export function ListCard(
  { card, query, children }: { card: Card; query: string; children?: ComponentChildren },
) {
  const problem = useRefusal(card.problem ? { message: card.problem, code: 'PT409' } : null);
  if (!card.available || card.currency === null) {
    return (
      <article class='home-card'>
        <div class='home-photo'>
          <Photo path={null} />
        </div>
        <div class='home-text'>
          <h3>{card.title ?? guest().trips.aHome}</h3>
          <p class='soft small'>{guest().wishlists.gone}</p>
        </div>
        {children}
      </article>
    );
  }
  return (
    <div class='stack-small'>
      <HomeCard
        home={{
          listing_id: card.listing_id,
          title: card.title ?? '',
          city: card.city,
          country_code: card.country_code,
          photo_path: card.photo_path,
          rating: card.rating,
          currency: card.currency,
          nightly_minor: card.price_minor ?? 0,
          total_minor: card.total_minor,
        }}
        href={`/homes/${card.listing_id}${query}`}
        detail={card.note || undefined}
      />
      {problem && <p class='small list-problem'>{problem}</p>}
      {children}
    </div>
  );
}
