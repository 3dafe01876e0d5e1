import type { Place } from './places.ts';

// Every reason there is, as a code and in words. What happens to a value that is not right is
// decided once, here: mended and kept, refused with its row, or kept as a draft that nobody can
// book.
export const reasons = {
  mended: {
    broken_characters: 'characters that are no text were replaced',
    markup_removed: 'HTML became plain text',
    text_shortened: 'a text was cut to the length there is room for',
    title_made: 'no title: made from the type of home and the place',
    description_made: 'no description: the one of the neighbourhood, or the title',
    host_made: 'no host: one of its own',
    name_made: 'no name: "Host" or "Guest"',
    host_since_unknown: 'no day since when the host is there: today',
    room_type_guessed: 'an unknown kind of room: a private room',
    property_type_made: 'no type of home: "home"',
    property_type_unknown: 'a type of home we do not have: "other"',
    capacity_guessed: 'no number of guests: two',
    capacity_clamped: 'guests put between 1 and 64',
    rooms_guessed: 'no number of bedrooms, beds or bathrooms: one',
    rooms_clamped: 'bedrooms, beds or bathrooms put within their bounds',
    amenities_unreadable: 'a list of amenities that is none: left out',
    instant_book_unknown: 'not said whether it books at once: the host is asked',
    minimum_nights_clamped: 'least nights put between 1 and 365',
    maximum_nights_clamped: 'most nights put between the least nights and 1125',
    price_from_calendar: 'no price: the median of its free nights',
    price_of_free_nights: 'another price than most of its free nights: their median',
    odd_fee: 'a fee or price for longer stays that is none: left out',
    odd_discount: 'a weekly or monthly price that saves nothing, or over 70 %: left out',
    guests_clamped: 'guests in the price put between 1 and 64',
    odd_number: 'a registration number that is none, or has contact data in it: left out',
    policy_nearest: 'a cancellation policy we do not have: the nearest one',
    policy_unknown: 'an unknown cancellation policy: moderate',
    rating_rescaled: 'a rating out of 100 became one out of 5',
    rating_unreadable: 'a rating that is none: left out',
    odd_price: 'a price of a day that is none: as other days',
  },
  refused: {
    unreadable_row: 'the row has no end, or is far too long',
    no_id: 'no number that tells it from others',
    duplicate_id: 'its number came before',
    duplicate_day: 'the day came twice: the later row counts',
    unknown_listing: 'its listing was not taken',
    bad_date: 'no day of a calendar',
    bad_availability: 'not said whether the night is free',
    too_far_ahead: 'more than two years ahead',
    night_sold_here: 'the night belongs to a stay booked here',
  },
  drafts: {
    no_price: 'no price, nor one of a free night',
    no_point: 'no point on earth',
    currency_not_offered: 'the marketplace does not settle in this currency',
    no_free_night: 'not one free night in its calendar',
    price_of_joke:
      'a price that nobody means: below about USD 5 or over 9,000, or thirty times the usual',
  },
} as const;

export type Verdict = keyof typeof reasons;
export type Reason<Of extends Verdict = Verdict> = Of extends Verdict ? keyof (typeof reasons)[Of]
  : never;
export type FileName = 'listings' | 'calendar' | 'reviews';

/** How often something happened, and to whom first. */
export interface Tally {
  count: number;
  ids: string[];
}

export interface ImportReport {
  place: Place;
  /** Days by which the whole calendar was moved; a multiple of seven. */
  shiftedDays: number;
  firstDay: string | null;
  lastDay: string | null;
  /** Rows that the files hold. */
  read: Record<FileName, number>;
  /** Rows of ours that stand for them now. */
  taken: {
    hosts: number;
    published: number;
    drafts: number;
    reviews: number;
    /** Days of the calendar from today on, free and taken. */
    days: number;
    takenRuns: number;
    takenNights: number;
    specialDays: number;
  };
  /** Days of the calendar that lie before today. */
  pastDays: number;
  /** Words for amenities that no pattern knows, most frequent first. */
  unknownAmenities: [words: string, listings: number][];
  notes: Record<Verdict, Partial<Record<FileName, Record<string, Tally>>>>;
  seconds: number;
}

/** Counts what was mended and refused, and keeps the first few ids of each kind. */
export class Notes {
  readonly all: ImportReport['notes'] = { mended: {}, refused: {}, drafts: {} };

  add<Of extends Verdict>(verdict: Of, file: FileName, reason: Reason<Of>, id: string): void {
    this.addMany(verdict, file, reason, { count: 1, ids: [id] });
  }

  addMany(verdict: Verdict, file: FileName, reason: string, { count, ids }: Tally): void {
    const tally = ((this.all[verdict][file] ??= {})[reason] ??= { count: 0, ids: [] });
    tally.count += count;
    tally.ids.push(...ids.slice(0, Math.max(0, 3 - tally.ids.length)));
  }
}

const counted = (number: number) => number.toLocaleString('en');
const count = (number: number, one: string, many = `${one}s`) =>
  `${counted(number)} ${number === 1 ? one : many}`;

/** The report as a person reads it at the end of an import. */
export function summary(report: ImportReport): string {
  const { place, read, taken, shiftedDays } = report;
  const lines = [
    '',
    `${place.city} came in after ${
      report.seconds.toFixed(1)
    } s, with prices in ${place.currency} and the time of ` +
    `${place.timeZone}.`,
    '',
    'Taken',
    `  ${count(taken.hosts, 'host')}`,
    `  ${count(taken.published + taken.drafts, 'listing')} of ${counted(read.listings)}: ` +
    `${counted(taken.published)} published, ${counted(taken.drafts)} as drafts`,
  ];
  if (report.firstDay !== null) {
    lines.push(
      `  ${count(taken.days, 'day')} of ${counted(read.calendar)} in the calendar`,
      `  ${count(taken.takenNights, 'night')} taken, in ${count(taken.takenRuns, 'run')}, and ` +
        `${count(taken.specialDays, 'day')} with a price or least nights of their own`,
      `  the calendar goes from ${report.firstDay} to ${report.lastDay}` +
        (report.pastDays > 0 ? `; ${count(report.pastDays, 'day')} before today left out` : ''),
    );
  }
  if (shiftedDays > 0) {
    lines.push(
      `  the whole calendar was moved by ${
        count(shiftedDays / 7, 'week')
      }, so that it begins today or later ` +
        '(--no-shift-dates keeps its days)',
    );
  }
  if (read.reviews > 0) {
    lines.push(`  ${count(taken.reviews, 'review')} of ${counted(read.reviews)}`);
  }

  const titles = { mended: 'Mended', refused: 'Refused', drafts: 'Drafts, because of' } as const;
  for (const verdict of Object.keys(titles) as Verdict[]) {
    const found = Object.entries(report.notes[verdict]).flatMap(([file, tallies]) =>
      Object.entries(tallies).map(([reason, tally]) => ({ file, reason, tally }))
    );
    if (found.length === 0) continue;
    lines.push('', titles[verdict]);
    for (const { file, reason, tally } of found.sort((a, b) => b.tally.count - a.tally.count)) {
      const words = (reasons[verdict] as Record<string, string>)[reason] ?? reason;
      const ids = tally.ids.join(', ') + (tally.count > tally.ids.length ? ', ...' : '');
      lines.push(`  ${counted(tally.count).padStart(9)}  ${file}: ${words} [${reason}] (${ids})`);
    }
  }

  if (report.unknownAmenities.length > 0) {
    const few = report.unknownAmenities.slice(0, 8).map(([words, times]) => `${words} ${times}`);
    lines.push(
      '',
      `${
        count(report.unknownAmenities.length, 'amenity', 'amenities')
      } without a word of ours, such as ` +
        few.join(', '),
    );
  }
  return lines.join('\n');
}
