// What may stand in the files, field by field. Import and export share it; docs/bringing-data.md tells it to people.
// Names are the columns' own, wherever there is a column.
import { z } from 'zod';

/** In the order in which they are taken in: each refers to those before it. */
export const kinds = ['people', 'listings', 'photos', 'bookings', 'calendar', 'reviews'] as const;
export type Kind = (typeof kinds)[number];

/** What one row is, in private.imported. */
export const singular = {
  people: 'person',
  listings: 'listing',
  photos: 'photo',
  bookings: 'booking',
  calendar: 'calendar',
  reviews: 'review',
} as const satisfies Record<Kind, string>;

const text = (most: number) =>
  z.string().max(most).refine(
    (value) => value.isWellFormed() && !value.includes('\u0000'),
    'has characters that are not allowed in text',
  );
const filled = (most: number) => text(most).refine((value) => value.trim() !== '', 'is empty');
const either = <T extends z.ZodType>(inner: T) => z.nullable(inner);
/** What a row that does not say it means. */
const or = <T extends z.ZodType>(otherwise: z.input<T>, inner: T) =>
  z.preprocess((value) => value ?? otherwise, inner);

// A CSV file has no numbers, truths or lists, only words for them.
const read = <T extends z.ZodType>(pattern: RegExp, become: (word: string) => unknown, inner: T) =>
  z.preprocess(
    (value) =>
      typeof value === 'string' && pattern.test(value.trim()) ? become(value.trim()) : value,
    inner,
  );
const number = (least: number, most: number) =>
  read(/^-?\d+(\.\d+)?$/, Number, z.number().min(least).max(most));
const whole = (least: number, most: number) =>
  read(/^-?\d+$/, Number, z.number().int().min(least).max(most));
const money = whole(0, 10_000_000_000);
const flag = read(/^(true|false)$/i, (word) => word.toLowerCase() === 'true', z.boolean());
const list = <T extends z.ZodType>(inner: T, most: number) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value.split('|').map((word) => word.trim()).filter(Boolean)
        : value,
    z.array(inner).max(most),
  );

const id = z.preprocess(
  (value) => typeof value === 'number' ? String(value) : value,
  z.string().regex(
    /^[^\s@\p{C}]{1,200}$/u,
    'is not an id of 1 to 200 characters without blanks and @',
  ),
);
const day = z.iso.date().refine(
  (value) => value >= '1990' && value < '2100',
  'is not between 1990 and 2099',
);
const instant = z.iso.datetime({ offset: true });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 15:00');
const currency = z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code');
const weekdays = or(
  [1, 2, 3, 4, 5, 6, 7],
  list(whole(1, 7), 7).refine((days) => days.length > 0, 'is empty'),
);
const stars = either(whole(1, 5));

const discounts = or(
  {},
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? Object.fromEntries(value.split('|').filter(Boolean).map((pair) => pair.split(':')))
        : value,
    z.record(z.string().regex(/^\d+$/), whole(1, 9000)).refine(
      (tiers) => Object.keys(tiers).every((nights) => Number(nights) >= 2 && Number(nights) <= 365),
      'begins with 2 to 365 nights',
    ),
  ),
);

/** Custom fields; in a CSV file as JSON. The database validates them. */
const customFields = or(
  {},
  z.preprocess(
    (value) => {
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value) as unknown;
      } catch {
        return value;
      }
    },
    z.record(z.string(), z.unknown()).refine(
      // JSON.stringify escapes half a pair.
      (fields) => !/\\u(0000|d[89a-f])/i.test(JSON.stringify(fields)),
      'has characters that are not allowed in text',
    ),
  ),
);

const people = z.object({
  id,
  display_name: filled(80),
  about: or('', text(5000)),
  location: or('', text(200)),
  languages: or([], list(z.string().regex(/^[a-z]{2,3}$/), 20)),
  email: either(
    z.string().max(320).toLowerCase().regex(/^[^@\s]+@[^@\s]+$/, 'is not an e-mail address'),
  ),
  legal_name: or('', text(200)),
  phone: either(z.string().regex(/^\+[0-9]{6,15}$/, 'is not a number such as +33199000003')),
  birth_date: either(day.or(z.iso.date())),
  locale: or('en', z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/)),
  joined_on: either(day),
});

const listings = z.object({
  id,
  host_id: id,
  status: or('draft', z.enum(['draft', 'published', 'hidden'])),
  title: filled(200),
  description: or('', text(20_000)),
  language: either(z.string().regex(/^[a-z]{2,3}$/, 'is no language such as en')),
  property_type: or('home', filled(80)),
  room_type: or(
    'entire_home',
    z.enum(['entire_home', 'private_room', 'shared_room', 'hotel_room']),
  ),
  capacity: or(2, whole(1, 64)),
  bedrooms: or(1, whole(0, 100)),
  beds: or(1, whole(0, 200)),
  bathrooms: or(
    1,
    number(0, 100).refine((count) => Number.isInteger(count * 10), 'has more than one decimal'),
  ),
  maximum_pets: or(0, whole(0, 10)),
  smoking_allowed: or(false, flag),
  parties_allowed: or(false, flag),
  house_rules: or('', text(10_000)),
  registration_number: either(text(200)),
  country_code: either(z.string().regex(/^[A-Z]{2}$/, 'is no ISO 3166 code')),
  region: either(filled(100)),
  city: either(filled(100)),
  neighbourhood: either(filled(100)),
  public_latitude: either(number(-90, 90)),
  public_longitude: either(number(-180, 180)),
  time_zone: filled(100),
  currency,
  cancellation_policy: or(
    'moderate',
    z.enum(['flexible', 'moderate', 'limited', 'firm', 'strict', 'non_refundable']),
  ),
  instant_book: or(true, flag),
  damage_claims: or(false, flag),
  custom_fields: customFields,
  check_in_time: or('15:00', clock),
  check_out_time: or('11:00', clock),
  published_at: either(instant),
  street: either(filled(300)),
  unit: or('', text(100)),
  postal_code: or('', text(20)),
  latitude: either(number(-90, 90)),
  longitude: either(number(-180, 180)),
  access_instructions: or('', text(5000)),
  door_code: or('', text(100)),
  wifi_name: or('', text(100)),
  wifi_password: or('', text(100)),
  amenities: or([], list(z.string().regex(/^[a-z0-9_]+$/), 64)),
  base_price_minor: either(money),
  weekend_price_minor: either(money),
  included_guests: or(64, whole(1, 64)),
  extra_guest_price_minor: or(0, whole(0, 1_000_000_000)),
  cleaning_fee_minor: or(0, money),
  pet_fee_minor: or(0, money),
  new_listing_discount: or(false, flag),
  early_bird_days: either(whole(28, 360)),
  early_bird_bp: either(whole(1, 9000)),
  last_minute_days: either(whole(1, 28)),
  last_minute_bp: either(whole(1, 9000)),
  length_discounts: discounts,
  minimum_nights: or(1, whole(1, 365)),
  maximum_nights: or(365, whole(1, 1125)),
  advance_notice_days: or(0, whole(0, 7)),
  same_day_cutoff_hour: or(18, whole(0, 24)),
  booking_window_months: or(12, whole(1, 24)),
  preparation_nights: or(0, whole(0, 2)),
  arrival_weekdays: weekdays,
  departure_weekdays: weekdays,
  imported_reviews: or(0, whole(0, 1_000_000)),
  imported_stars: either(number(1, 5)),
}).superRefine((row, context) => {
  const together = (...names: (keyof typeof row)[]) => {
    const given = names.filter((name) => row[name] !== null);
    if (given.length > 0 && given.length < names.length) {
      context.addIssue({
        code: 'custom',
        message: `is given without ${names.find((name) => row[name] === null)}`,
        path: [given[0] ?? ''],
      });
    }
  };
  together('public_latitude', 'public_longitude');
  together('street', 'latitude', 'longitude');
  together('early_bird_days', 'early_bird_bp');
  together('last_minute_days', 'last_minute_bp');
  if (row.check_out_time > row.check_in_time) {
    context.addIssue({
      code: 'custom',
      message: 'is later than check_in_time',
      path: ['check_out_time'],
    });
  }
  if (row.maximum_nights < row.minimum_nights) {
    context.addIssue({
      code: 'custom',
      message: 'is less than minimum_nights',
      path: ['maximum_nights'],
    });
  }
});

const photos = z.object({
  id,
  listing_id: id,
  position: whole(1, 100),
  caption: or('', text(500)),
  file: either(text(1000)),
  url: either(z.url({ protocol: /^https?$/ }).max(2000)),
}).refine((row) => (row.file === null) !== (row.url === null), {
  path: ['file'],
  message: 'or url: give one of them',
});

const bookings = z.object({
  id,
  listing_id: id,
  guest_id: id,
  status: z.enum([
    'confirmed',
    'completed',
    'cancelled_by_guest',
    'cancelled_by_host',
    'cancelled_by_staff',
    'no_show',
  ]),
  check_in: day,
  check_out: day,
  guests: or(1, whole(1, 1000)),
  infants: or(0, whole(0, 50)),
  pets: or(0, whole(0, 100)),
  child_ages: or([], list(whole(2, 17), 64)),
  message: or('', text(2000)),
  booked_at: instant,
  preparation_nights: or(0, whole(0, 2)),
  currency,
  total_minor: money,
  refunded_minor: or(0, money),
  host_payout_minor: or(0, money),
}).refine((row) => row.check_out > row.check_in, {
  path: ['check_out'],
  message: 'is not after check_in',
}).refine((row) => row.child_ages.length < row.guests, {
  path: ['child_ages'],
  message: 'leaves no adult among the guests',
}).refine((row) => row.refunded_minor <= row.total_minor, {
  path: ['refunded_minor'],
  message: 'is more than total_minor',
});

const longestRun = 731;
const calendar = z.object({
  id,
  listing_id: id,
  first_night: day,
  last_night: day,
  blocked: or(false, flag),
  note: either(text(500)),
  price_minor: either(money),
  minimum_nights: either(whole(1, 365)),
  closed_to_arrival: or(false, flag),
  closed_to_departure: or(false, flag),
}).refine((row) => {
  const nights = (Date.parse(row.last_night) - Date.parse(row.first_night)) / 86_400_000;
  return nights >= 0 && (row.blocked || nights < longestRun);
}, { path: ['last_night'], message: `is before first_night, or ${longestRun} nights after it` });

const reviews = z.object({
  id,
  by: z.enum(['guest', 'host']),
  booking_id: either(id),
  listing_id: either(id),
  author_name: filled(80),
  stars,
  cleanliness: stars,
  accuracy: stars,
  check_in: stars,
  communication: stars,
  location: stars,
  value: stars,
  house_rules: stars,
  body: or('', text(20_000)),
  written_on: day,
  revealed_at: either(instant),
  reply: either(filled(2000)),
  replied_at: either(instant),
}).superRefine((row, context) => {
  const wrong = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if ((row.booking_id === null) === (row.listing_id === null)) {
    wrong('booking_id', 'or listing_id: give one of them');
  }
  if (row.by === 'host' && row.booking_id === null) {
    wrong('booking_id', 'is missing: a guest is reviewed after a stay');
  }
  if ((row.reply === null) !== (row.replied_at === null)) wrong('replied_at', 'comes with reply');
  const wanted = row.booking_id === null
    ? []
    : row.by === 'host'
    ? ['stars', 'cleanliness', 'communication', 'house_rules']
    : ['stars', 'cleanliness', 'accuracy', 'check_in', 'communication', 'location', 'value'];
  const ratings = [
    'stars',
    'cleanliness',
    'accuracy',
    'check_in',
    'communication',
    'location',
    'value',
    'house_rules',
  ] as const;
  for (const name of ratings) {
    if ((row[name] !== null) !== wanted.includes(name)) {
      wrong(name, wanted.includes(name) ? 'is missing' : 'does not belong to this kind of review');
    }
  }
});

export const formats = { people, listings, photos, bookings, calendar, reviews };

/** The fields of a kind, in the order in which an export writes them. */
export const fieldsOf = (kind: Kind): string[] => Object.keys(formats[kind].shape);

/** Fields that a row need not have and that mean something of their own when it does not. */
const filledIn: Partial<Record<Kind, (row: Record<string, unknown>) => void>> = {
  calendar(row) {
    row.last_night ??= row.first_night;
    const blocked = String(row.blocked ?? false).toLowerCase() === 'true';
    if (typeof row.listing_id === 'string' || typeof row.listing_id === 'number') {
      row.id ??= `${row.listing_id}/${row.first_night}${blocked ? '/blocked' : ''}`;
    }
  },
};

export type RowProblem = {
  code: 'unknown_field' | 'missing_field' | 'invalid_field';
  words: string;
};

/** Reads one row of a file: all its fields with what is not said filled in, or the first thing wrong with it. */
export function readRow(
  kind: Kind,
  given: Record<string, unknown>,
): { row: Record<string, unknown> } | { problem: RowProblem } {
  const fields = fieldsOf(kind);
  const unknown = Object.keys(given).filter((name) => !fields.includes(name));
  if (unknown.length > 0) {
    return {
      problem: { code: 'unknown_field', words: `There is no field ${unknown.join(', ')}.` },
    };
  }
  const row: Record<string, unknown> = {};
  for (const name of fields) row[name] = given[name] === '' ? null : given[name] ?? null;
  filledIn[kind]?.(row);
  const result = formats[kind].safeParse(row);
  if (result.success) return { row: result.data };
  const [issue] = result.error.issues;
  const name = String(issue?.path[0] ?? '');
  const isMissing = row[name] === null && issue?.code !== 'custom';
  return {
    problem: {
      code: isMissing ? 'missing_field' : 'invalid_field',
      words: isMissing
        ? `${name} is missing.`
        : `${name} ${issue?.message ?? 'is wrong'}.`.replace('..', '.'),
    },
  };
}
