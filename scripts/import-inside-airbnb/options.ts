import { endWithUsage, readCommandLine } from '../../local/command-line.ts';
import { addressesOf, runningPorts, stackSettings } from '../../local/settings.ts';
import { type ImportOptions, ImportRefused } from './import.ts';
import { day } from './values.ts';

export const usage = `Takes the files of one Inside Airbnb city in.

  npm run import:inside-airbnb -- --listings listings.csv.gz --calendar calendar.csv.gz --reviews reviews.csv.gz

  --listings FILE      the detailed listings, plain or gzipped
  --calendar FILE      their calendar
  --reviews FILE       what guests said
  --database-url URL   default: the running stack's
  --today DAY          the day from which the calendar counts, such as 2026-06-01; default: today
  --no-pictures        hang no painted landscapes in homes without a photo (only done in the running local stack)
  --no-shift-dates     keep the days of an old calendar, instead of moving all of it by whole weeks up to today

Where the listings are is read from their points, for the places Inside Airbnb publishes. Other places, or to decide
otherwise:

  --city NAME  --region NAME  --country US  --time-zone America/New_York  --currency USD`;

interface CommandOptions extends ImportOptions {
  /** Of the local stack whose homes get pictures. */
  gatewayUrl: string | undefined;
}

/** Reads the command line; exits when it is wrong or asks for help. Throws `ImportRefused`. */
export function readOptions(words: string[]): CommandOptions {
  const { values } = readCommandLine(usage, {
    args: words,
    allowNegative: true,
    options: {
      listings: { type: 'string' },
      calendar: { type: 'string' },
      reviews: { type: 'string' },
      'database-url': { type: 'string' },
      today: { type: 'string' },
      'shift-dates': { type: 'boolean', default: true },
      pictures: { type: 'boolean', default: true },
      city: { type: 'string' },
      region: { type: 'string' },
      country: { type: 'string' },
      'time-zone': { type: 'string' },
      currency: { type: 'string' },
    },
  });
  if (values.listings === undefined) endWithUsage(usage, '--listings is missing.');
  if (values.today !== undefined && day(values.today) === undefined) {
    throw new ImportRefused(`--today ${values.today} is no day such as 2026-06-01.`);
  }
  for (const name of ['city', 'region'] as const) {
    const length = values[name]?.trim().length;
    if (length === 0 || (length ?? 0) > 100) {
      throw new ImportRefused(`--${name} takes a name of 1 to 100 characters.`);
    }
  }
  const stack = values['database-url'] === undefined
    ? addressesOf(runningPorts(stackSettings()))
    : undefined;
  return {
    listings: values.listings,
    calendar: values.calendar,
    reviews: values.reviews,
    databaseUrl: values['database-url'] ?? stack?.database_url ?? '',
    gatewayUrl: values.pictures ? stack?.url : undefined,
    today: values.today,
    shiftDates: values['shift-dates'],
    city: values.city?.trim(),
    region: values.region?.trim(),
    country: values.country?.toUpperCase(),
    timeZone: values['time-zone'],
    currency: values.currency?.toUpperCase(),
  };
}
