import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import { stage } from './copy.ts';
import { type Place, placeAt, placeNamed } from './places.ts';
import { type FileName, type ImportReport, Notes, type Tally, type Verdict } from './report.ts';
import { rowReaders } from './rows.ts';

export interface ImportOptions {
  databaseUrl: string;
  listings: string;
  calendar?: string | undefined;
  reviews?: string | undefined;
  /** The day from which the calendar counts, `YYYY-MM-DD`; default the day it is in the place. */
  today?: string | undefined;
  /** What the place is, as far as the table of places is not to decide. */
  city?: string | undefined;
  country?: string | undefined;
  region?: string | undefined;
  timeZone?: string | undefined;
  currency?: string | undefined;
  /** Moves a calendar that begins before today by whole weeks, so that it begins today or later. */
  shiftDates: boolean;
}

/** Something the person who imports can put right. The message says how. */
export class ImportRefused extends Error {}

/** Where the person who imports is told things, while it goes on. */
export interface Listener {
  progress?: Progress;
  /** Something they would rather know now than at the end. */
  warn?: (words: string) => void;
}

/**
 * Takes Inside Airbnb files in, in one transaction: either all of it counts, or nothing. Doing it
 * again changes nothing. Throws `UnreadableFile` or `ImportRefused`, with the database as it was.
 */
export async function importInsideAirbnb(
  options: ImportOptions,
  { progress = () => {}, warn = () => {} }: Listener = {},
): Promise<ImportReport> {
  const began = performance.now();
  const client = await connect(options.databaseUrl);
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    // Enough to sort a city's days without the disk, and little enough for the smallest database.
    await client.query(`set local work_mem = '64MB'`);
    const report = await takeIn(client, options, progress, warn);
    progress('Commit');
    await client.query('commit');
    return { ...report, seconds: (performance.now() - began) / 1000 };
  } finally {
    // Without a commit, the end of the connection is the rollback.
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  let client;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
    // A connection that breaks is told by the query that needs it.
    client.on('error', () => {});
    await client.connect();
    return client;
  } catch (error) {
    await client?.end();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ImportRefused(
      `The database does not answer (${
        message || code
      }). Start the stack with npm start, or name ` +
        'a database with --database-url postgresql://...',
    );
  }
}

async function takeIn(
  client: pg.Client,
  options: ImportOptions,
  progress: Progress,
  warn: (words: string) => void,
): Promise<ImportReport> {
  const notes = new Notes();
  const unknownAmenities = new Map<string, number>();
  const readers = rowReaders(unknownAmenities);

  const { rows: built } = await client.query(
    `select to_regclass('private.listing_stars') as ratings`,
  );
  if (built[0]?.ratings === null) {
    throw new ImportRefused('This database has no Staybase in it. Start the stack with npm start.');
  }
  // Two imports at once would not see each other's claims, and write each run of nights twice.
  await client.query(`select pg_advisory_xact_lock(hashtext('staybase/import/inside_airbnb'))`);
  await client.query(sql('staging'));
  const read = async (file: FileName) => {
    const path = options[file];
    if (path === undefined) return 0;
    const rows = await stage(
      client,
      path,
      readers[file],
      notes,
      (rows, share) => progress(`Reading ${file}, ${Math.floor(share * 100)} %`, rows),
    );
    progress(`Reading ${file}`, rows, rows);
    await client.query(`analyze pg_temp.${readers[file].table}`);
    return rows;
  };

  const listings = await read('listings');
  const place = await findPlace(client, options);
  if (!await isSettledIn(client, place.currency)) {
    warn(
      `Prices are in ${place.currency}, a currency the marketplace does not settle in: all of these homes will be ` +
        'drafts. It has to have a row in private.currencies first, see docs/import.md.',
    );
  }
  const calendar = await read('calendar');
  const reviews = await read('reviews');
  const shiftedDays = await settle(client, options, place);

  await client.query('select private.begin_bulk_load()');
  await runSteps(client, 'days', progress);
  await runSteps(client, 'listings', progress);
  await runSteps(client, 'calendar', progress);
  await writeInParts(
    client,
    'Writing runs of taken nights',
    'runs',
    'write-claims',
    5000,
    progress,
  );
  await writeInParts(client, 'Writing days', 'special_days', 'write-days', 25_000, progress);
  await runSteps(client, 'reviews', progress);
  await writeInParts(client, 'Writing reviews', 'taken_reviews', 'write-reviews', 10_000, progress);
  await runSteps(client, 'stars', progress);
  await runSteps(client, 'publish', progress);
  await analyze(client, progress);
  await writeInParts(client, 'Writing search', 'outdated_search', 'refresh-search', 500, progress);

  const { rows: found } = await client.query<
    { verdict: Verdict; file: FileName; reason: string; count: string; ids: string[] }
  >('select * from import_notes');
  for (const { verdict, file, reason, count, ids } of found) {
    const tally: Tally = { count: Number(count), ids };
    notes.addMany(verdict, file, reason, tally);
  }
  return {
    place,
    shiftedDays,
    read: { listings, calendar, reviews },
    notes: notes.all,
    unknownAmenities: [...unknownAmenities].sort((one, other) => other[1] - one[1]),
    seconds: 0,
    ...await counts(client),
  };
}

const sql = (name: string) => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

/** Runs a file of rules, step by step; a step begins with a line `--: What it does`. */
async function runSteps(client: pg.Client, name: string, progress: Progress): Promise<void> {
  const [, ...parts] = sql(name).split(/^--: (.+)\n/m);
  for (let at = 0; at < parts.length; at += 2) {
    progress(parts[at] ?? '');
    await client.query(parts[at + 1] ?? '');
  }
}

/**
 * Runs a statement for the numbered rows of a temporary table, so many at a time: what Postgres keeps
 * for the triggers of a statement stays small, and the person who waits sees how far it is.
 */
async function writeInParts(
  client: pg.Client,
  what: string,
  table: string,
  name: string,
  size: number,
  progress: Progress,
): Promise<void> {
  const { rows } = await client.query<{ of: number }>(
    `select count(*)::integer as of from pg_temp.${table}`,
  );
  const of = rows[0]?.of ?? 0;
  const text = sql(name);
  for (let done = 0; done < of; done += size) {
    progress(what, done, of);
    await client.query({ name, text, values: [done, done + size] });
  }
  progress(what, of, of);
}

// Before search is written, and before the commit: a search right after must not wait for the planner
// to hear of a big import.
const written = [
  ...[
    'public.calendar_days',
    'public.reviews',
    'public.listing_ratings',
    'public.length_discounts',
  ],
  ...['private.listing_stars', 'private.claims', 'public.listings', 'public.profiles'],
];

async function analyze(client: pg.Client, progress: Progress): Promise<void> {
  for (const [done, table] of written.entries()) {
    progress('Counting for the planner', done, written.length);
    await client.query(`analyze ${table}`);
  }
}

async function isSettledIn(client: pg.Client, currency: string): Promise<boolean> {
  const { rows } = await client.query(
    'select from private.currencies where currencies.currency = $1',
    [currency],
  );
  return rows.length > 0;
}

/** What was said about the place, and for the rest the known place that the listings lie in. */
async function findPlace(client: pg.Client, options: ImportOptions): Promise<Place> {
  const { rows } = await client.query<{ latitude: number | null; longitude: number | null }>(`
    select percentile_cont(0.5) within group (order by latitude) as latitude,
      percentile_cont(0.5) within group (order by longitude) as longitude
    from staged_listings`);
  const { latitude, longitude } = rows[0] ?? { latitude: null, longitude: null };
  const known = options.city !== undefined
    ? placeNamed(options.city)
    : latitude !== null && longitude !== null
    ? placeAt(latitude, longitude)
    : undefined;

  const missing = [
    [options.city ?? known?.city, '--city "Port Douglas"'],
    [options.country ?? known?.country, '--country AU'],
    [options.timeZone ?? known?.timeZone, '--time-zone Australia/Brisbane'],
    [options.currency ?? known?.currency, '--currency AUD'],
  ].filter(([value]) => value === undefined).map(([, example]) => example);
  if (missing.length > 0) {
    throw new ImportRefused(
      `Where these listings are is not in the table of known places. Say it: ${missing.join(' ')}`,
    );
  }
  const place: Place = {
    city: options.city ?? known?.city ?? '',
    country: options.country ?? known?.country ?? '',
    region: options.region ?? known?.region ?? null,
    timeZone: options.timeZone ?? known?.timeZone ?? '',
    currency: options.currency ?? known?.currency ?? '',
  };
  // The canonical name of a known place, however it was written.
  if (known !== undefined && options.city !== undefined) place.city = known.city;
  await checkPlace(client, place);
  return place;
}

async function checkPlace(client: pg.Client, place: Place): Promise<void> {
  if (!/^[A-Z]{2}$/.test(place.country)) {
    throw new ImportRefused(
      `--country ${place.country} is no ISO 3166 code of two letters such as US.`,
    );
  }
  if (!/^[A-Z]{3}$/.test(place.currency)) {
    throw new ImportRefused(
      `--currency ${place.currency} is no ISO 4217 code of three letters such as USD.`,
    );
  }
  const known = await knownTimeZone(client, place.timeZone);
  if (known === null) {
    throw new ImportRefused(
      `--time-zone ${place.timeZone} is no IANA time zone such as America/New_York.`,
    );
  }
  place.timeZone = known;
  const { rows } = await client.query<{ others: string[] | null }>(
    `select array_agg(distinct listings.currency) as others
     from public.listings
     join staged_listings on staged_listings.source_id = listings.source_id
     where listings.source = 'inside_airbnb' and listings.currency <> $1`,
    [place.currency],
  );
  const others = rows[0]?.others ?? null;
  if (others !== null) {
    throw new ImportRefused(
      `Listings of this file are here already, with prices in ${
        others.join(', ')
      }. A listing keeps its ` +
        `currency: import it with --currency ${others[0]}.`,
    );
  }
}

/** The canonical spelling of a time zone that a listing can be in. */
async function knownTimeZone(client: pg.Client, name: string): Promise<string | null> {
  const { rows } = await client.query<{ known: string | null }>(
    'select private.known_time_zone($1) as known',
    [name],
  );
  return rows[0]?.known ?? null;
}

/** Writes down what all rules ask for; answers with the days by which the calendar moves. */
async function settle(client: pg.Client, options: ImportOptions, place: Place): Promise<number> {
  // Of a currency the marketplace does not settle in, only the number of decimals matters: for the
  // draft.
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: place.currency,
  }).resolvedOptions();
  const { rows } = await client.query<{ shifted_days: number }>(
    `insert into import_settings
     select $1, $2, $3, $4, $5, coalesce(currencies.exponent, $6), coalesce(currencies.step_minor, 1), today,
       case when $8 and begins < today then 7 * ceil((today - begins) / 7.0)::integer else 0 end
     from (select coalesce($7::date, private.today($4)) as today) as counted
     cross join (select min(day) as begins from staged_days) as calendar
     left join private.currencies on currencies.currency = $5
     returning shifted_days`,
    [
      place.city,
      place.region,
      place.country,
      place.timeZone,
      place.currency,
      maximumFractionDigits,
      options.today ?? null,
      options.shiftDates,
    ],
  );
  return rows[0]?.shifted_days ?? 0;
}

async function counts(
  client: pg.Client,
): Promise<Pick<ImportReport, 'taken' | 'firstDay' | 'lastDay' | 'pastDays'>> {
  const { rows } = await client.query(`
    select calendar_span.first_day::text as "firstDay", calendar_span.last_day::text as "lastDay",
      calendar_span.past_days::integer as "pastDays",
      json_build_object(
        'hosts', (select count(distinct host_id) from taken_listings),
        'published', (
          select count(*) from taken_listings
          join public.listings on listings.listing_id = taken_listings.listing_id
          where listings.status <> 'draft'),
        'drafts', (
          select count(*) from taken_listings
          join public.listings on listings.listing_id = taken_listings.listing_id
          where listings.status = 'draft'),
        'reviews', (select count(*) from taken_reviews),
        'days', coalesce(calendar_span.kept_days, 0),
        'takenRuns', (select count(*) from runs),
        'takenNights', (select coalesce(sum(upper(nights) - lower(nights)), 0) from runs),
        'specialDays', (select count(*) from special_days)) as taken
    from calendar_span`);
  return rows[0];
}
