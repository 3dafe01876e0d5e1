import type { AnswerOf } from '@staybase/client';
import { useQuery } from '../api.ts';
import { HomeGrid } from '../cards/home-grid.tsx';
import { countryName } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import { LinkButton } from '../kit/button.tsx';
import { ErrorBox, Loading, Skeleton } from '../kit/states.tsx';
import { usePage } from '../page.ts';
import { SearchBox } from '../search-box/search-box.tsx';
import { popularHomes } from './popular.ts';
import { anySearch, searchPath } from './search/criteria.ts';
import './home.css';

type Place = { name: string; country_code: string | null; homes: number; path: string };

/** Towns of the homes that were found, as suggestions. */
function placesOf(homes: AnswerOf<'search_listings'>): Place[] {
  const places = new Map<
    string,
    { name: string; country_code: string | null; points: [number, number][] }
  >();
  for (const { city, country_code, latitude, longitude } of homes) {
    if (!city) continue;
    const place = places.get(`${city}${country_code}`) ?? { name: city, country_code, points: [] };
    place.points.push([latitude, longitude]);
    places.set(`${city}${country_code}`, place);
  }
  return [...places.values()].sort((one, other) => other.points.length - one.points.length).slice(
    0,
    6,
  )
    .map(({ name, country_code, points }) => {
      const [latitudes, longitudes] = [
        points.map(([each]) => each),
        points.map(([, each]) => each),
      ];
      const box = {
        west: Math.min(...longitudes) - 0.05,
        south: Math.min(...latitudes) - 0.03,
        east: Math.max(...longitudes) + 0.05,
        north: Math.max(...latitudes) + 0.03,
      };
      return {
        name,
        country_code,
        homes: points.length,
        path: searchPath({ ...anySearch, place: name, box }),
      };
    });
}

export default function Home() {
  const words = core();
  usePage('');
  const { answer, error, waits } = useQuery(popularHomes());
  const homes = (answer ?? []).slice(0, 8);
  return (
    <>
      <section class='hero'>
        <Hills />
        <div class='hero-inner'>
          <h1>{words.start.title}</h1>
          <p>{words.start.text}</p>
          <SearchBox search={anySearch} />
        </div>
      </section>
      <div class='page stack-large home-page'>
        <section class='stack' aria-labelledby='places'>
          <h2 id='places'>{words.start.places}</h2>
          {waits
            ? (
              <Loading>
                <div class='places'>
                  {[0, 1, 2].map((at) => <Skeleton key={at} height='72px' />)}
                </div>
              </Loading>
            )
            : (
              <ul class='places'>
                {placesOf(answer ?? []).map(({ name, country_code, homes, path }) => (
                  <li key={path}>
                    <a class='place' href={path}>
                      <Icon name='pin' />
                      <span>
                        <span class='strong'>{name}</span>
                        <span class='soft small'>
                          {country_code && `${countryName(country_code)} · `}
                          {words.counts.homes(homes)}
                        </span>
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            )}
        </section>
        <section class='stack' aria-labelledby='homes'>
          <div class='between'>
            <h2 id='homes'>{words.start.homes}</h2>
            <a class='link' href='/search'>{words.start.seeAll}</a>
          </div>
          <ErrorBox error={error} />
          {waits
            ? (
              <Loading>
                <div class='card-grid'>
                  {[0, 1, 2, 3].map((at) => <Skeleton key={at} height='320px' />)}
                </div>
              </Loading>
            )
            : <HomeGrid homes={homes} />}
        </section>
        <section class='host-call' aria-labelledby='host-call'>
          <div>
            <h2 id='host-call'>{words.start.hostTitle}</h2>
            <p>{words.start.hostText}</p>
          </div>
          <LinkButton href='/host' kind='primary'>{words.shell.becomeHost}</LinkButton>
        </section>
      </div>
    </>
  );
}

/** Hills at dusk, drawn inline, so that no image has to load first. */
const Hills = () => (
  <svg class='hills' viewBox='0 0 1200 420' preserveAspectRatio='xMidYMax slice' aria-hidden='true'>
    <circle class='hills-sun' cx='930' cy='150' r='64' />
    <path class='hills-3' d='M0 260c140-70 260-86 420-40s240 60 380 8 260-70 400-16v208H0Z' />
    <path class='hills-2' d='M0 318c180-62 300-40 470 6s300 18 430-24 220-34 300-10v130H0Z' />
    <path class='hills-1' d='M0 372c160-34 330-30 520-6s410 24 680-22v76H0Z' />
    <path
      class='hills-house'
      d='M846 296v-42l34-28 34 28v42Zm26 0v-20h16v20Z'
      fill-rule='evenodd'
    />
  </svg>
);
