import { type AnswerOf, minorDigits, search as searchQueries } from '@staybase/client';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { number, roundPrice } from '../../format.ts';
import { amenities as amenityWords, core } from '../../i18n/index.ts';
import { Button, Check, Dialog, Field } from '../../kit/index.ts';
import { criteriaOf, hasDays, isFlexible, type Search, withoutFilters } from './criteria.ts';
import './filters.css';

const loaded = amenityWords.load();

type Facet = AnswerOf<'search_facets'>['amenities'][number];

/** Filters with the number of homes each would leave, recounted on every change; applied when the dialog closes. */
export default function Filters(
  { search, counted, onSearch, onClose }: {
    search: Search;
    /** The counts of this search, if they are known. */
    counted: AnswerOf<'search_facets'> | undefined;
    onSearch: (change: Partial<Search>) => void;
    onClose: () => void;
  },
) {
  const words = core();
  const [draft, setDraft] = useState(search);
  const [hasWords, setWords] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  useEffect(() => void loaded.then(() => setWords(true)), []);
  const isKnown = draft === search && counted !== undefined;
  const { answer } = useQuery(!isKnown && searchQueries(staybase, criteriaOf(draft)).facets);
  const [last, setLast] = useState(counted);
  useEffect(() => {
    if (answer) setLast(answer);
  }, [answer]);
  const facets = isKnown ? counted : answer ?? last;
  const change = (part: Partial<Search>) => setDraft({ ...draft, ...part });
  const toggle = <Name extends 'room_types' | 'property_types' | 'amenities'>(
    name: Name,
    word: string,
  ) => {
    const now = draft[name] as string[];
    change({
      [name]: now.includes(word) ? now.filter((each) => each !== word) : [...now, word],
    } as Partial<Search>);
  };
  const amenities = useMemo(() => {
    const all = [...facets?.amenities ?? []].sort((one, other) => other.homes - one.homes);
    return showsAll
      ? all
      : all.filter(({ word, homes }, at) =>
        (at < 8 && homes > 0) || draft.amenities.includes(word)
      );
  }, [facets, showsAll, draft.amenities]);
  const count = words.counts.homes(facets?.homes ?? 0);
  return (
    <Dialog
      title={words.search.filters}
      wide
      onClose={onClose}
      footer={
        <>
          <Button kind='quiet' onClick={() => setDraft(withoutFilters(draft))}>
            {words.search.clear}
          </Button>
          <Button
            kind='primary'
            onClick={() => {
              onSearch(draft);
              onClose();
            }}
          >
            {words.search.show(facets?.more ? `${facets.homes}+` : count)}
          </Button>
        </>
      }
    >
      <div class='filters'>
        <fieldset>
          <legend class='legend'>{words.search.roomType}</legend>
          {(facets?.room_types ?? []).map(({ word, homes }) => (
            <Check
              key={word}
              checked={draft.room_types.includes(word as Search['room_types'][number])}
              onChecked={() => toggle('room_types', word)}
            >
              {words.roomTypes[word as keyof typeof words.roomTypes]} <Homes of={homes} />
            </Check>
          ))}
        </fieldset>
        <Prices draft={draft} facets={facets} onChange={change} />
        <fieldset>
          <legend class='legend'>{words.search.rooms}</legend>
          <AtLeast
            label={words.counts.bedrooms}
            value={draft.bedrooms}
            onValue={(bedrooms) => change({ bedrooms })}
          />
          <AtLeast
            label={words.counts.beds}
            value={draft.beds}
            onValue={(beds) => change({ beds })}
          />
          <AtLeast
            label={words.counts.bathrooms}
            value={draft.bathrooms}
            onValue={(bathrooms) => change({ bathrooms })}
          />
        </fieldset>
        <fieldset>
          <legend class='legend'>{words.shell.trips}</legend>
          <Check checked={draft.instant} onChecked={(instant) => change({ instant })}>
            {words.search.instantOnly} <Homes of={facets?.instant_book ?? 0} />
          </Check>
          <Check checked={draft.superhost} onChecked={(superhost) => change({ superhost })}>
            {words.search.superhostOnly} <Homes of={facets?.superhost ?? 0} />
          </Check>
          {hasDays(draft) && !isFlexible(draft) && (
            <Check
              checked={draft.free}
              onChecked={(free) => change({ free })}
            >
              {words.search.freeCancellation}
              <br />
              <span class='soft small'>{words.search.freeCancellationHint}</span>
            </Check>
          )}
        </fieldset>
        {hasWords && (
          <fieldset>
            <legend class='legend'>{words.search.amenities}</legend>
            <div class='filter-columns'>
              {amenities.map(({ word, homes }) => (
                <Check
                  key={word}
                  checked={draft.amenities.includes(word)}
                  onChecked={() => toggle('amenities', word)}
                >
                  {amenityWords()[word] ?? word} <Homes of={homes} />
                </Check>
              ))}
            </div>
            {!showsAll && (
              <Button kind='quiet' size='small' onClick={() => setShowsAll(true)}>
                {words.search.allAmenities}
              </Button>
            )}
          </fieldset>
        )}
        {facets && facets.property_types.length > 0 && (
          <fieldset>
            <legend class='legend'>{words.search.propertyType}</legend>
            <div class='filter-columns'>
              {facets.property_types.slice(0, 12).map(({ word, homes }) => (
                <Check
                  key={word}
                  checked={draft.property_types.includes(word)}
                  onChecked={() => toggle('property_types', word)}
                >
                  {word} <Homes of={homes} />
                </Check>
              ))}
            </div>
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}

const Homes = ({ of: homes }: { of: Facet['homes'] }) => (
  <span class='soft small'>({number(homes)})</span>
);

function AtLeast(
  { label, value, onValue }: {
    label: (n: number) => string;
    value: number;
    onValue: (value: number) => void;
  },
) {
  const words = core().search;
  return (
    <div class='row at-least' role='group' aria-label={label(2)}>
      {[0, 1, 2, 3, 4].map((number) => (
        <button
          key={number}
          class='chip'
          type='button'
          aria-pressed={value === number}
          aria-label={number === 0 ? words.any : `${label(number)} +`}
          onClick={() => onValue(number)}
        >
          {number === 0 ? words.any : words.atLeast(number)}
        </button>
      ))}
      <span class='soft small' aria-hidden='true'>{label(2).replace(/\d+\s*/, '')}</span>
    </div>
  );
}

/** A chart of the prices, and the two ends of the range. */
function Prices(
  { draft, facets, onChange }: {
    draft: Search;
    facets: AnswerOf<'search_facets'> | undefined;
    onChange: (part: Partial<Search>) => void;
  },
) {
  const words = core().search;
  const currency = draft.currency || facets?.currency;
  if (!facets || !currency) return null;
  const bars = facets.prices;
  const tallest = Math.max(1, ...bars.map(({ homes }) => homes));
  const unit = 10 ** minorDigits(currency);
  const set = (part: 'minimum' | 'maximum') => (text: string) => {
    const minor = Math.max(0, Math.round(Number(text))) * unit;
    if (Number.isFinite(minor)) onChange({ [part]: minor, currency });
  };
  const isIn = (from: number, to: number | null) =>
    (to === null || to > draft.minimum) && (draft.maximum === 0 || from < draft.maximum);
  return (
    <fieldset>
      <legend class='legend'>{words.priceRange}</legend>
      <p class='soft small'>{words.priceHint}</p>
      {bars.length > 0 && (
        <>
          <svg
            class='prices'
            viewBox={`0 0 ${bars.length * 10} 64`}
            preserveAspectRatio='none'
            aria-hidden='true'
          >
            {bars.map(({ homes, from_minor, to_minor }, at) => {
              const height = homes === 0 ? 1 : 4 + (homes / tallest) * 60;
              return (
                <rect
                  key={from_minor}
                  x={at * 10 + 1}
                  y={64 - height}
                  width='8'
                  height={height}
                  rx='1'
                  data-in={isIn(from_minor, to_minor) || undefined}
                />
              );
            })}
          </svg>
          <div class='between small soft'>
            <span>{roundPrice(bars[0]!.from_minor, currency)}</span>
            <span>{roundPrice(bars.at(-1)!.from_minor, currency)}+</span>
          </div>
        </>
      )}
      <div class='filter-ends'>
        <Field
          label={`${words.minimum} (${currency})`}
          type='number'
          min={0}
          step={1}
          inputmode='numeric'
          value={draft.minimum === 0 ? '' : String(draft.minimum / unit)}
          onValue={set('minimum')}
        />
        <Field
          label={`${words.maximum} (${currency})`}
          type='number'
          min={0}
          step={1}
          inputmode='numeric'
          value={draft.maximum === 0 ? '' : String(draft.maximum / unit)}
          onValue={set('maximum')}
        />
      </div>
    </fieldset>
  );
}
