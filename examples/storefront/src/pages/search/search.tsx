import { useLocation } from 'preact-iso/router';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Heart, useSaved } from '../../cards/heart.tsx';
import { HomeCard } from '../../cards/home-card.tsx';
import { daysText } from '../../format.ts';
import { core } from '../../i18n/index.ts';
import { Button } from '../../kit/button.tsx';
import { Select } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { later } from '../../kit/later.tsx';
import { ErrorBox, Loading, Skeleton } from '../../kit/states.tsx';
import { usePage } from '../../page.ts';
import { SearchBox, whenText, whoText } from '../../search-box/search-box.tsx';
import {
  filtersSet,
  hasDays,
  isFlexible,
  type Search,
  searchFrom,
  searchPath,
  type Sort,
  sorts,
  stayQuery,
  withoutFilters,
} from './criteria.ts';
import { type FoundHome, type Results, useResults } from './results.ts';
import './search.css';

const HomeMap = later(() => import('../../map/home-map.tsx'));
const Filters = later(() => import('./filters.tsx'));
const BoxDialog = later(() => import('./box-dialog.tsx'));

const isWide = matchMedia('(min-width: 1000px)');

export default function SearchPage() {
  const words = core().search;
  const { query, route } = useLocation();
  const search = useMemo(() => searchFrom(query), [JSON.stringify(query)]);
  const go = (change: Partial<Search>, replace = false) =>
    route(searchPath({ ...search, pages: 1, ...change }), replace);
  const found = useResults(search);
  const [shows, setShows] = useState<'filters' | 'box' | null>(null);
  const [showsMap, setShowsMap] = useState(false);
  const [wide, setWide] = useState(isWide.matches);
  const [pointed, setPointed] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    const changed = () => setWide(isWide.matches);
    isWide.addEventListener('change', changed);
    return () => isWide.removeEventListener('change', changed);
  }, []);
  const title = headingOf(search, found);
  usePage(title);
  const homes = found.homes ?? [];
  const saved = useSaved(homes.map(({ listing_id }) => listing_id));
  const titles = useMemo(
    () => new Map(homes.map((home) => [home.listing_id, home.title])),
    [found.homes],
  );
  const card = (home: FoundHome, first: boolean) => (
    <HomeCard
      key={home.listing_id}
      home={home}
      first={first}
      level='h2'
      href={`/homes/${home.listing_id}${
        stayQuery(search, home.days ?? (hasDays(search) && search))
      }`}
      detail={home.days && daysText(home.days.check_in, home.days.check_out)}
      heart={
        <Heart listing_id={home.listing_id} title={home.title} lists={saved.get(home.listing_id)} />
      }
      onHover={setPointed}
    />
  );
  const list = useRef<HTMLElement>(null);
  const [hasPhotos, setPhotos] = useState(false);
  const isAnswered = found.homes !== undefined || found.error !== undefined;
  useEffect(() => {
    if (isAnswered) void firstPhotos(list.current!).then(() => setPhotos(true));
  }, [isAnswered]);
  const chosenHome = homes.find(({ listing_id }) => listing_id === chosen);
  const filters = filtersSet(search);
  return (
    <div class='search-page' data-map={showsMap || undefined}>
      <div class='search-top'>
        <div class='search-box-place'>
          <SearchBox key={searchPath({ ...search, pages: 1 })} search={search} />
        </div>
        <button
          class='search-summary'
          type='button'
          aria-haspopup='dialog'
          onClick={() => setShows('box')}
        >
          <Icon name='search' />
          <span>
            <span class='strong'>
              {search.place || (search.box ? core().where.onMap : core().where.anywhere)}
            </span>
            <span class='soft small'>{whenText(search)} · {whoText(search)}</span>
          </span>
          <span class='visually-hidden'>{words.change}</span>
        </button>
      </div>
      <section
        class='search-list'
        aria-labelledby='results'
        aria-busy={found.old}
        ref={list}
      >
        <div class='search-bar'>
          <h1 id='results'>{title}</h1>
          <div class='row'>
            <button
              class='chip'
              type='button'
              aria-haspopup='dialog'
              aria-pressed={filters > 0}
              onClick={() => setShows('filters')}
            >
              <Icon name='filter' />
              {words.filters}
              {filters > 0 && ` (${filters})`}
            </button>
            {!isFlexible(search) && (
              <div class='search-sort'>
                <Select<Sort>
                  label={words.sort}
                  hidesLabel
                  value={search.sort}
                  options={sorts.map((sort) => [sort, words.sorts[sort]] as const)}
                  onValue={(sort) => go({ sort })}
                />
              </div>
            )}
          </div>
          {isFlexible(search) && <p class='soft small'>{words.otherDays}</p>}
          {found.facets?.estimated && <p class='soft small'>{words.estimated}</p>}
        </div>
        <ErrorBox error={found.error} retry={found.retry} />
        {!found.homes && !found.error && (
          <Loading>
            <div class='card-grid'>
              {Array.from({ length: 6 }, (_, at) => <CardSkeleton key={at} />)}
            </div>
          </Loading>
        )}
        {found.homes && homes.length === 0 && !found.old && (
          <div class='empty'>
            <Icon name='search' />
            <h2>{words.nothing}</h2>
            <p>{words.nothingText}</p>
            {filters > 0 && (
              <Button onClick={() => route(searchPath(withoutFilters(search)))}>
                {words.clear}
              </Button>
            )}
          </div>
        )}
        <div class='card-grid' data-old={found.old || undefined}>
          {homes.map((home, at) => card(home, at < 3))}
        </div>
        {found.more && (
          <div class='search-more'>
            <Button onClick={() => go({ pages: search.pages + 1 }, true)}>{words.more}</Button>
          </div>
        )}
      </section>
      <section class='search-map' aria-label={words.map}>
        {(showsMap ? isAnswered : wide && hasPhotos) && (
          <HomeMap
            label={words.map}
            pins={found.pins}
            box={search.box}
            titles={titles}
            pointed={pointed}
            chosen={chosen}
            onChoose={setChosen}
            onMove={(box) => go({ box, place: '' }, true)}
          />
        )}
        {chosenHome && <div class='map-card'>{card(chosenHome, true)}</div>}
      </section>
      <button
        class='button map-switch'
        data-kind='primary'
        type='button'
        onClick={() => setShowsMap(!showsMap)}
      >
        <Icon name={showsMap ? 'list' : 'map'} />
        {showsMap ? words.showList : words.showMap}
      </button>
      {shows === 'filters' && (
        <Filters
          search={search}
          counted={found.old ? undefined : found.facets}
          onSearch={go}
          onClose={() => setShows(null)}
        />
      )}
      {shows === 'box' && <BoxDialog search={search} onClose={() => setShows(null)} />}
    </div>
  );
}

/** The map and its script would delay the first photos; one that does not come delays it for a second. */
const firstPhotos = (list: HTMLElement): Promise<unknown> =>
  Promise.race([
    Promise.allSettled(
      [...list.querySelectorAll('img')].filter(({ loading }) => loading === 'eager')
        .map((photo) => photo.decode()),
    ),
    new Promise((done) => setTimeout(done, 1000)),
  ]);

function headingOf(search: Search, { facets, homes }: Results): string {
  const { search: words, counts } = core();
  if (!facets || (isFlexible(search) && !homes)) return words.title;
  let text = counts.homes(isFlexible(search) ? homes!.length : facets.homes);
  if (!isFlexible(search)) {
    if (facets.estimated) text = words.about(text);
    else if (facets.more) text = words.over(text);
  }
  return search.place === '' ? words.resultsAnywhere(text) : words.results(text, search.place);
}

const CardSkeleton = () => (
  <div class='home-card'>
    <div class='home-photo'>
      <Skeleton height='100%' />
    </div>
    <div class='home-text'>
      <Skeleton height='22px' width='70%' />
      <Skeleton height='20px' width='45%' />
      <Skeleton height='24px' width='35%' />
    </div>
  </div>
);
