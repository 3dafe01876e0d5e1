import { useQuery } from '../../api.ts';
import { countryName, stars } from '../../format.ts';
import { core } from '../../i18n/index.ts';
import {
  Badge,
  EmptyState,
  ErrorBox,
  Icon,
  LinkButton,
  Loading,
  Skeleton,
} from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { rowsOf, useHosting } from '../data.ts';
import { Head } from '../parts.tsx';
import { homes, host } from '../words.ts';
import { signedPhotos } from './photo.ts';

export default function Homes() {
  const words = homes().list;
  usePage(words.title);
  const { answer, error, waits } = useHosting();
  const paths = (answer ?? []).flatMap(({ listings }) =>
    listings.listing_photos.slice(0, 1).map(({ storage_path }) => storage_path)
  );
  const photos = useQuery(paths.length > 0 && signedPhotos(paths));
  const sorted = [...answer ?? []].sort((one, other) =>
    one.listings.title.localeCompare(other.listings.title)
  );
  return (
    <div class='page'>
      <Head title={words.title}>
        <LinkButton kind='primary' href='/host/homes/new'>{host().welcome.begin}</LinkButton>
      </Head>
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <Skeleton height='360px' />
        </Loading>
      )}
      {answer?.length === 0 && (
        <EmptyState icon='home' title={words.none} text={host().welcome.text} />
      )}
      <ul class='home-cards'>
        {sorted.map(({ role, listings: home }) => {
          const path = home.listing_photos[0]?.storage_path;
          const [rating] = rowsOf(home.listing_ratings);
          const url = path && photos.answer?.[path];
          return (
            <li key={home.listing_id} class='home-card'>
              <div class='home-photo'>
                {url
                  ? <img src={url} alt='' width='400' height='300' loading='lazy' />
                  : <Icon name='home' />}
              </div>
              <div class='stack-small'>
                <div class='row'>
                  <Badge kind={home.status === 'published' ? 'good' : 'plain'}>
                    {words.statuses[home.status]}
                  </Badge>
                  {role !== 'owner' && <Badge>{homes().cohosts.roles[role]}</Badge>}
                </div>
                <h2>
                  <a href={`/host/homes/${home.listing_id}/basics`}>{home.title}</a>
                </h2>
                <p class='soft small'>
                  {home.city && `${home.city}, ${countryName(home.country_code ?? '')}`}
                  {rating?.rating && (
                    <>
                      {' '}· {core().kit.stars(stars(rating.rating))}
                    </>
                  )}
                </p>
                {home.status === 'published' && (
                  <a class='link small' href={`/homes/${home.listing_id}`}>{words.see}</a>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
