import type { SearchCriteria } from '@staybase/client';
import { addDays } from '../../format.ts';

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export const roomTypes = ['entire_home', 'private_room', 'shared_room', 'hotel_room'] as const;
export const sorts = ['price', 'rating', 'newest'] as const;
export type Sort = (typeof sorts)[number];

/** All criteria of a search; the URL holds them all, for bookmarks, sharing and history. */
export interface Search {
  place: string;
  box: Box | null;
  check_in: string;
  check_out: string;
  /** Days earlier or later, 0 to 3. */
  flex: number;
  /** Instead of dates: a month, and a weekend or a week in it. */
  month: string;
  stay: 'weekend' | 'week';
  guests: number;
  /** One for each child; 0 is not said yet. */
  child_ages: number[];
  infants: number;
  pets: number;
  sort: Sort;
  room_types: (typeof roomTypes)[number][];
  property_types: string[];
  amenities: string[];
  bedrooms: number;
  beds: number;
  bathrooms: number;
  /** Minor units of `currency` per night; 0 is no limit. */
  minimum: number;
  maximum: number;
  currency: string;
  instant: boolean;
  superhost: boolean;
  free: boolean;
  /** How many pages of the list are shown. */
  pages: number;
}

export const anySearch: Search = {
  place: '',
  box: null,
  check_in: '',
  check_out: '',
  flex: 0,
  month: '',
  stay: 'weekend',
  guests: 1,
  child_ages: [],
  infants: 0,
  pets: 0,
  sort: 'price',
  room_types: [],
  property_types: [],
  amenities: [],
  bedrooms: 0,
  beds: 0,
  bathrooms: 0,
  minimum: 0,
  maximum: 0,
  currency: '',
  instant: false,
  superhost: false,
  free: false,
  pages: 1,
};

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const isAge = (age: number) => age === 0 || Number.isInteger(age) && age >= 2 && age <= 17;
/** Those that were said; a child without an age counts as an adult. */
export const agesOf = ({ child_ages }: { child_ages: number[] }): number[] =>
  child_ages.filter((age) => age > 0);

export function searchFrom(query: Record<string, string>): Search {
  const number = (name: keyof Search, most: number) => {
    const value = Math.floor(Number(query[name]));
    return value >= Number(anySearch[name]) && value <= most ? value : Number(anySearch[name]);
  };
  const words = (name: string) => (query[name] ?? '').split(',').filter(Boolean);
  const [west, south, east, north] = (query['box'] ?? '').split(',').map(Number);
  const { check_in = '', check_out = '', month = '' } = query;
  const guests = number('guests', 50);
  const hasDays = isDay(check_in) && isDay(check_out) && check_in < check_out;
  return {
    ...anySearch,
    place: (query['place'] ?? '').slice(0, 100),
    box: [west, south, east, north].every((each) => Number.isFinite(each))
      ? { west: west!, south: south!, east: east!, north: north! }
      : null,
    check_in: hasDays ? check_in : '',
    check_out: hasDays ? check_out : '',
    flex: hasDays ? number('flex', 3) : 0,
    month: !hasDays && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : '',
    stay: query['stay'] === 'week' ? 'week' : 'weekend',
    guests,
    // At least one guest is an adult.
    child_ages: words('child_ages').map(Number).filter(isAge).slice(0, guests - 1),
    infants: number('infants', 50),
    pets: number('pets', 50),
    sort: sorts.find((each) => each === query['sort']) ?? 'price',
    room_types: roomTypes.filter((each) => words('room_types').includes(each)),
    property_types: words('property_types').slice(0, 20),
    amenities: words('amenities').slice(0, 60),
    bedrooms: number('bedrooms', 50),
    beds: number('beds', 50),
    bathrooms: number('bathrooms', 50),
    minimum: number('minimum', 1e12),
    maximum: number('maximum', 1e12),
    currency: /^[A-Z]{3}$/.test(query['currency'] ?? '') ? query['currency']! : '',
    instant: query['instant'] === 'true',
    superhost: query['superhost'] === 'true',
    free: query['free'] === 'true',
    pages: number('pages', 20),
  };
}

/** The URL of a search: only what differs from the defaults. */
export function searchPath(search: Search): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (name === 'box') {
      if (search.box) {
        const { west, south, east, north } = search.box;
        const digits = [west, south, east, north].map((each) => Math.round(each * 1e4) / 1e4);
        parameters.set('box', digits.join(','));
      }
    } else if (name === 'stay' && search.month === '') continue;
    else if (String(value) !== String(anySearch[name as keyof Search])) {
      parameters.set(name, String(value));
    }
  }
  const query = parameters.toString().replaceAll('%2C', ',');
  return query === '' ? '/search' : `/search?${query}`;
}

export const isFlexible = (search: Search): boolean => search.month !== '' || search.flex > 0;
export const hasDays = (search: Search): boolean => search.check_in !== '';

/** How many filters are set, in addition to where, when and who. */
export const filtersSet = (search: Search): number =>
  search.room_types.length + search.property_types.length + search.amenities.length +
  [
    search.bedrooms,
    search.beds,
    search.bathrooms,
    search.minimum || search.maximum,
    search.instant,
    search.superhost,
    search.free,
  ].filter(Boolean).length;

export const withoutFilters = (search: Search): Search => ({
  ...anySearch,
  place: search.place,
  box: search.box,
  check_in: search.check_in,
  check_out: search.check_out,
  flex: search.flex,
  month: search.month,
  stay: search.stay,
  guests: search.guests,
  child_ages: search.child_ages,
  infants: search.infants,
  pets: search.pets,
  sort: search.sort,
});

const some = <Word>(words: Word[]) => words.length === 0 ? undefined : words;
const without = <Given extends object>(given: Given) =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== 0 && value !== ''),
  );

/** The arguments of all search verbs, except dates. */
function wishOf(search: Search): SearchCriteria {
  const hasPrice = search.currency !== '' && (search.minimum > 0 || search.maximum > 0);
  return {
    ...search.box,
    ...without({
      guests: search.guests,
      child_ages: some(agesOf(search)),
      infants: search.infants,
      pets: search.pets,
      room_types: some(search.room_types),
      property_types: some(search.property_types),
      amenities: some(search.amenities),
      bedrooms: search.bedrooms,
      beds: search.beds,
      bathrooms: search.bathrooms,
      instant_book: search.instant || undefined,
      superhost: search.superhost || undefined,
      ...(hasPrice && {
        currency: search.currency,
        minimum_price_minor: search.minimum,
        // While typing, the upper end may be below the lower one.
        maximum_price_minor: search.maximum && Math.max(search.minimum, search.maximum),
      }),
    }),
  };
}

export const criteriaOf = (search: Search): SearchCriteria => ({
  ...wishOf(search),
  ...(hasDays(search) && !isFlexible(search) && {
    check_in: search.check_in,
    check_out: search.check_out,
    ...(search.free && { free_cancellation_until: addDays(search.check_in, -1) }),
  }),
});

export const flexibleCriteriaOf = (search: Search) => ({
  ...wishOf(search),
  ...(search.month !== ''
    ? { month: search.month, stay: search.stay }
    : { check_in: search.check_in, check_out: search.check_out, flex_days: search.flex }),
  page_size: 60,
});

/** Dates and guests, passed on to the page of a home. */
export function stayQuery(
  { guests, child_ages = [], infants, pets }:
    & Pick<Search, 'guests' | 'infants' | 'pets'>
    & { child_ages?: number[] },
  days?: { check_in: string; check_out: string } | false | null,
): string {
  const parameters = new URLSearchParams(
    Object.entries({ ...(days && { check_in: days.check_in, check_out: days.check_out }) }),
  );
  if (guests > 1) parameters.set('guests', String(guests));
  if (child_ages.length > 0) parameters.set('child_ages', child_ages.join(','));
  if (infants > 0) parameters.set('infants', String(infants));
  if (pets > 0) parameters.set('pets', String(pets));
  const text = parameters.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
