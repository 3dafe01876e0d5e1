import { Heart, useSaved } from './heart.tsx';
import { type CardHome, HomeCard } from './home-card.tsx';

/** Homes without dates, each with its heart. */
export function HomeGrid({ homes }: { homes: CardHome[] }) {
  const saved = useSaved(homes.map(({ listing_id }) => listing_id));
  return (
    <div class='card-grid'>
      {homes.map((home) => (
        <HomeCard
          key={home.listing_id}
          home={home}
          href={`/homes/${home.listing_id}`}
          heart={
            <Heart
              listing_id={home.listing_id}
              title={home.title}
              lists={saved.get(home.listing_id)}
            />
          }
        />
      ))}
    </div>
  );
}
