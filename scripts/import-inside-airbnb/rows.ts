// What one row of a file says, in the types of the staging tables (sql/staging.sql). A value that
// is not right is mended or its row refused, and either is noted; nothing a file can hold may throw
// here.
import { readAmenities } from './amenities.ts';
import { propertyType } from './property-types.ts';
import type { FileName, Notes, Reason } from './report.ts';
import type { Row } from './table-file.ts';
import { hasMarkup, plainText, shortened } from './text.ts';
import {
  bathrooms,
  day,
  flag,
  isRegistrationNumber,
  number,
  point,
  price,
  roomType,
} from './values.ts';

/** What Postgres' COPY takes: null, text, numbers, booleans, lists of plain words. */
export type Value = string | number | boolean | null | string[];

/** How to read a file: its key columns, where its rows go, and how one row becomes one there. */
export interface RowReader {
  file: FileName;
  /** Columns without which nothing can be told apart. */
  required: string[];
  table: string;
  read(row: Row, notes: Notes): Value[] | undefined;
}

/** Reads one row's values and notes what had to be mended, each reason once. */
class Mending {
  readonly #row: Row;
  readonly #id: string;
  readonly #noted = new Set<string>();
  readonly #note: (reason: Reason<'mended'>, id: string) => void;

  constructor(row: Row, file: FileName, id: string, notes: Notes) {
    this.#row = row;
    this.#id = id;
    this.#note = (reason, about) => notes.add('mended', file, reason, about);
    if (row.isBroken) this.note('broken_characters');
  }

  note(reason: Reason<'mended'>): void {
    if (!this.#noted.has(reason)) this.#note(reason, this.#id);
    this.#noted.add(reason);
  }

  /** A text without markup, at most so many characters. */
  text(column: string, most: number): string {
    const raw = this.#row.get(column);
    if (hasMarkup(raw)) this.note('markup_removed');
    const text = plainText(raw);
    const short = shortened(text, most);
    if (short !== text) this.note('text_shortened');
    return short;
  }

  /** A whole number within bounds; `otherwise` when there is none. */
  count(
    text: string,
    [least, most]: [number, number],
    otherwise: number,
    clamped: Reason<'mended'>,
    guessed?: Reason<'mended'>,
  ): number {
    const value = number(text);
    if (value === undefined) {
      if (guessed !== undefined) this.note(guessed);
      return otherwise;
    }
    const whole = Math.min(most, Math.max(least, Math.round(value)));
    if (whole !== value) this.note(clamped);
    return whole;
  }
}

// Ids are numbers; `7.0E+17` is what a spreadsheet made of several of them.
const id = (text: string) => /^\d{1,25}$/.test(text) ? text : undefined;

function readListing(row: Row, notes: Notes, unknownAmenities: Map<string, number>) {
  const sourceId = id(row.get('id'));
  if (sourceId === undefined) {
    notes.add('refused', 'listings', 'no_id', `row ${row.line}`);
    return undefined;
  }
  const mending = new Mending(row, 'listings', sourceId, notes);
  const orNote = <T>(value: T | undefined, reason: Reason<'mended'>, otherwise: T): T => {
    if (value !== undefined) return value;
    mending.note(reason);
    return otherwise;
  };

  const kindOfHome = orNote(
    mending.text('property_type', 80).replace(/\s+/g, ' ') || undefined,
    'property_type_made',
    'home',
  );
  const title = mending.text('name', 200).replace(/\s+/g, ' ') || null;
  if (title === null) mending.note('title_made');
  let description: string | null = mending.text('description', 20_000) || null;
  if (description === null) {
    mending.note('description_made');
    // The files of 2015 to 2019 have a summary and a description of the space, too.
    const parts = [mending.text('summary', 10_000), mending.text('space', 9_998)].filter(Boolean);
    description = parts.join('\n\n') || mending.text('neighborhood_overview', 20_000) || null;
  }

  const hostId = id(row.get('host_id'));
  const offer = orNote(readAmenities(row.get('amenities')), 'amenities_unreadable', {
    amenities: [],
    petsAllowed: false,
    smokingAllowed: false,
    partiesAllowed: false,
    unknown: [],
  });
  for (const words of offer.unknown) {
    // Hosts write what they like: without a bound a file could fill the memory.
    if (unknownAmenities.size >= 10_000 && !unknownAmenities.has(words)) continue;
    unknownAmenities.set(words, (unknownAmenities.get(words) ?? 0) + 1);
  }

  const minimum = mending.count(
    row.get('minimum_nights'),
    [1, 365],
    1,
    'minimum_nights_clamped',
  );
  const place = point(row.get('latitude'), row.get('longitude'));
  const licence = mending.text('license', 200).replace(/\s+/g, ' ');
  const registration = orNote(
    isRegistrationNumber(licence) ? licence || null : undefined,
    'odd_number',
    null,
  );
  const baths = bathrooms(row.get('bathrooms_text')) ?? bathrooms(row.get('bathrooms'));
  const boundedBaths = Math.min(100, orNote(baths, 'rooms_guessed', 1));
  if (baths !== undefined && baths !== boundedBaths) mending.note('rooms_clamped');

  return [
    row.line,
    sourceId,
    orNote(hostId, 'host_made', `listing ${sourceId}`),
    orNote(mending.text('host_name', 80).replace(/\s+/g, ' ') || undefined, 'name_made', 'Host'),
    mending.text('host_about', 5000),
    mending.text('host_location', 200),
    orNote<string | null>(day(row.get('host_since')), 'host_since_unknown', null),
    title,
    description,
    orNote(propertyType(kindOfHome), 'property_type_unknown', 'other'),
    orNote(roomType(row.get('room_type'), kindOfHome), 'room_type_guessed', 'private_room'),
    mending.count(row.get('accommodates'), [1, 64], 2, 'capacity_clamped', 'capacity_guessed'),
    mending.count(row.get('bedrooms'), [0, 100], 1, 'rooms_clamped', 'rooms_guessed'),
    mending.count(row.get('beds'), [0, 200], 1, 'rooms_clamped', 'rooms_guessed'),
    boundedBaths,
    offer.petsAllowed ? 1 : 0,
    offer.smokingAllowed,
    offer.partiesAllowed,
    registration,
    place?.[0] ?? null,
    place?.[1] ?? null,
    orNote(flag(row.get('instant_bookable')), 'instant_book_unknown', false),
    minimum,
    mending.count(
      row.get('maximum_nights'),
      [minimum, 1125],
      Math.max(minimum, 365),
      'maximum_nights_clamped',
    ),
    price(row.get('price')) ?? null,
    ...askedPrices(row, mending),
    cancellationPolicy(row.get('cancellation_policy'), mending),
    offer.amenities,
    reviewCount(row.get('number_of_reviews')),
    stars(row.get('review_scores_rating'), mending),
    mending.text('neighbourhood_cleansed', 100).replace(/\s+/g, ' ') || null,
  ];
}

/**
 * Weekly and monthly price, cleaning fee, price of an extra guest and the guests before it, as the files of 2015 to
 * 2019 have them. A field that is empty says that there is none; a column that is missing says nothing.
 */
function askedPrices(row: Row, mending: Mending): Value[] {
  const amount = (column: string) => {
    if (!row.has(column)) return null;
    const text = row.get(column);
    const value = price(text);
    // A million for each extra guest is no price, and more than there is room for.
    if (value !== undefined && value <= 1_000_000) return value;
    if (value !== undefined || !/^[^1-9]*0[^1-9]*$|^$/.test(text)) mending.note('odd_fee');
    return 0;
  };
  const amounts = ['weekly_price', 'monthly_price', 'cleaning_fee', 'extra_people'].map(amount);
  const included = row.get('guests_included');
  return [
    ...amounts,
    included === '' ? null : mending.count(included, [1, 64], 1, 'guests_clamped'),
  ];
}

// What a file calls a policy, and the nearest one of ours. "Super strict" gives half back until 30 or 60 days before:
// strict gives a guest that much and a little more, never less than was promised.
const policies: [pattern: RegExp, policy: string, nearest?: true][] = [
  [/non_?refundable|no_refunds/, 'non_refundable'],
  [/super_strict|luxury.*strict/, 'strict', true],
  [/strict/, 'strict'],
  [/firm/, 'firm'],
  [/long_term/, 'firm', true],
  [/limited/, 'limited'],
  [/moderate/, 'moderate'],
  [/flexible/, 'flexible'],
];

function cancellationPolicy(text: string, mending: Mending): string | null {
  if (text === '') return null;
  const name = text.toLowerCase().replace(/[\s-]+/g, '_');
  const [, policy, nearest] = policies.find(([pattern]) => pattern.test(name)) ?? [];
  if (policy === undefined) mending.note('policy_unknown');
  else if (nearest) mending.note('policy_nearest');
  return policy ?? null;
}

function reviewCount(text: string): number | null {
  const value = number(text);
  return value === undefined || value < 0 || value > 1_000_000 ? null : Math.round(value);
}

/** Stars from 1 to 5; before 2021 the files had a hundred of them. */
function stars(text: string, mending: Mending): number | null {
  const value = number(text);
  if (value === undefined) {
    if (text !== '') mending.note('rating_unreadable');
    return null;
  }
  if (value > 5 && value <= 100 && value >= 20) {
    mending.note('rating_rescaled');
    return value / 20;
  }
  // A rating of 0 stands for none.
  if (value >= 1 && value <= 5) return value;
  if (value !== 0) mending.note('rating_unreadable');
  return null;
}

function readDay(row: Row, notes: Notes): Value[] | undefined {
  const listingId = id(row.get('listing_id'));
  if (listingId === undefined) {
    notes.add('refused', 'calendar', 'no_id', `row ${row.line}`);
    return undefined;
  }
  const date = day(row.get('date'));
  if (date === undefined) {
    notes.add('refused', 'calendar', 'bad_date', listingId);
    return undefined;
  }
  const available = flag(row.get('available'));
  if (available === undefined) {
    notes.add('refused', 'calendar', 'bad_availability', listingId);
    return undefined;
  }
  const asked = row.get('adjusted_price') || row.get('price');
  const amount = price(asked);
  if (amount === undefined && asked !== '') notes.add('mended', 'calendar', 'odd_price', listingId);
  const minimum = number(row.get('minimum_nights'));
  const nights = minimum === undefined ? null : Math.min(365, Math.max(1, Math.round(minimum)));
  if (nights !== null && nights !== minimum) {
    notes.add('mended', 'calendar', 'minimum_nights_clamped', listingId);
  }
  return [row.line, listingId, date, available, amount ?? null, nights];
}

function readReview(row: Row, notes: Notes): Value[] | undefined {
  const [reviewId, listingId] = [id(row.get('id')), id(row.get('listing_id'))];
  if (reviewId === undefined || listingId === undefined) {
    notes.add('refused', 'reviews', 'no_id', `row ${row.line}`);
    return undefined;
  }
  const written = day(row.get('date'));
  if (written === undefined) {
    notes.add('refused', 'reviews', 'bad_date', reviewId);
    return undefined;
  }
  const mending = new Mending(row, 'reviews', reviewId, notes);
  const name = mending.text('reviewer_name', 80).replace(/\s+/g, ' ');
  if (name === '') mending.note('name_made');
  return [
    row.line,
    reviewId,
    listingId,
    written,
    name || 'Guest',
    mending.text('comments', 20_000),
  ];
}

/** How each file is read. `unknownAmenities` collects the words that no pattern knows, with their number. */
export function rowReaders(unknownAmenities: Map<string, number>): Record<FileName, RowReader> {
  return {
    listings: {
      file: 'listings',
      required: ['id'],
      table: 'staged_listings',
      read: (row, notes) => readListing(row, notes, unknownAmenities),
    },
    calendar: {
      file: 'calendar',
      required: ['listing_id', 'date', 'available'],
      table: 'staged_days',
      read: readDay,
    },
    reviews: {
      file: 'reviews',
      required: ['listing_id', 'id', 'date'],
      table: 'staged_reviews',
      read: readReview,
    },
  };
}
