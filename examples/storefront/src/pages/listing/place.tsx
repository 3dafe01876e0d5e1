import { countryName } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { later } from '../../kit/later.tsx';
import { useNear } from '../../kit/near.ts';

const PlaceMap = later(() => import('../../map/place-map.tsx'));

interface Where {
  city: string | null;
  region: string | null;
  country_code: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** City, region and country. */
export const placeOf = ({ city, region, country_code }: Where): string =>
  [city, region, country_code && countryName(country_code)].filter(Boolean).join(', ');

/** Where a home lies, as nearly as the public may know; the map is loaded when the reader nears it. */
export function Place({ home }: { home: Where }) {
  const words = guest().home;
  const [place, isNear] = useNear<HTMLElement>();
  const { latitude, longitude } = home;
  if (latitude === null || longitude === null) return null;
  return (
    <section class='stack-small' ref={place} aria-labelledby='place'>
      <h2 id='place'>{words.place}</h2>
      <p>{placeOf(home)}</p>
      <div class='home-place'>
        {isNear && <PlaceMap label={words.placeMap} point={{ latitude, longitude }} />}
      </div>
      <p class='soft small'>{words.placeIsNear}</p>
    </section>
  );
}
