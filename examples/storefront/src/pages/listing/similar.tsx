import { ask } from '@staybase/client';
import { staybase, useQuery } from '../../api.ts';
import { HomeCard } from '../../cards/home-card.tsx';
import { guest } from '../../i18n/index.ts';
import { useNear } from '../../kit/near.ts';
import { stayPath, type StayWish } from './stay-params.ts';

/** Similar homes; loaded when the reader nears the end of the page. */
export function Similar({ listing_id, wish }: { listing_id: string; wish: StayWish }) {
  const [place, isNear] = useNear<HTMLElement>();
  const { answer } = useQuery(
    isNear && ask(staybase, 'similar_homes', {
      listing_id,
      page_size: 4,
      ...(wish.check_in !== '' &&
        { check_in: wish.check_in, check_out: wish.check_out, guests: wish.guests }),
    }),
  );
  return (
    <section
      class='similar stack'
      ref={place}
      aria-labelledby='similar'
      hidden={answer?.length === 0}
    >
      <h2 id='similar'>{guest().home.similar}</h2>
      <div class='card-grid'>
        {(answer ?? []).map((home) => (
          <HomeCard
            key={home.listing_id}
            home={home}
            href={stayPath(`/homes/${home.listing_id}`, wish)}
          />
        ))}
      </div>
    </section>
  );
}
