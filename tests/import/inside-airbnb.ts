import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { inProject } from '../../local/paths.ts';
import {
  importInsideAirbnb,
  type ImportOptions,
} from '../../scripts/import-inside-airbnb/import.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';

/** A fixture's path. */
export const fixture = (name: string) =>
  inProject('tests', 'fixtures', 'inside-airbnb', `${name}.csv`);

export const fixtureText = (name: string) => readFileSync(fixture(name), 'utf8');

/** Writes a file for the running test; answers with its path. */
export function file(name: string, content: string | Uint8Array): string {
  const folder = join(tmpdir(), `staybase-import-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The three fixtures, counted from 1 June 2026, into this file's database. */
export async function importFixtures(options: Partial<ImportOptions> = {}) {
  return await importInsideAirbnb({
    databaseUrl: (await testDatabase()).url,
    listings: fixture('listings'),
    calendar: fixture('calendar'),
    reviews: fixture('reviews'),
    today: '2026-06-01',
    shiftDates: true,
    ...options,
  });
}

/** Everything an import can write, told without the ids that are drawn at random. */
export async function portrait(): Promise<unknown> {
  const [row] = await asPostgres<{ portrait: unknown }>(`
    select jsonb_build_object(
      'profiles', (
        select jsonb_agg(to_jsonb(profiles) - 'profile_id' order by source_id)
        from public.profiles where source is not null),
      'listings', (
        select jsonb_agg(
          to_jsonb(listings) - '{listing_id, host_id, created_at, published_at}'::text[]
            || jsonb_build_object(
              'owner', (
                select jsonb_agg(profiles.source_id || ' ' || listing_hosts.role)
                from public.listing_hosts
                join public.profiles on profiles.profile_id = listing_hosts.profile_id
                where listing_hosts.listing_id = listings.listing_id),
              'amenities', (
                select jsonb_agg(amenity order by amenity) from public.listing_amenities
                where listing_amenities.listing_id = listings.listing_id),
              'rules', (
                select to_jsonb(booking_rules) - 'listing_id' from public.booking_rules
                where booking_rules.listing_id = listings.listing_id),
              'prices', (
                select to_jsonb(listing_prices) - 'listing_id' from public.listing_prices
                where listing_prices.listing_id = listings.listing_id),
              'ratings', (
                select to_jsonb(listing_ratings) - 'listing_id' from public.listing_ratings
                where listing_ratings.listing_id = listings.listing_id),
              'claims', (
                select jsonb_agg(jsonb_build_array(nights, kind, claims.source) order by nights) from private.claims
                where claims.listing_id = listings.listing_id),
              'days', (
                select jsonb_agg(to_jsonb(calendar_days) - 'listing_id' order by day) from public.calendar_days
                where calendar_days.listing_id = listings.listing_id),
              'reviews', (
                select jsonb_agg(to_jsonb(reviews) - '{review_id, listing_id}'::text[] order by reviews.source_id)
                from public.reviews where reviews.listing_id = listings.listing_id))
          order by listings.source_id)
        from public.listings where source is not null)) as portrait`);
  return row?.portrait;
}

/** Every row an import can write, to the last column. */
export async function everyRow(): Promise<unknown> {
  const tables = [
    'public.profiles',
    'public.listings',
    'public.listing_hosts',
    'public.listing_amenities',
    'public.booking_rules',
    'public.listing_prices',
    'private.listing_stars',
    'public.listing_ratings',
    'public.calendar_days',
    'public.reviews',
    'private.claims',
    'private.listing_search',
    'private.listing_words',
  ];
  const rows: Record<string, unknown> = {};
  for (const table of tables) {
    rows[table] = await asPostgres(
      `select to_jsonb(one) as row, xmin::text from ${table} as one order by to_jsonb(one)::text`,
    );
  }
  return rows;
}

/** One imported listing with what belongs to it. */
export async function listing(sourceId: string) {
  const [row] = await asPostgres(
    `select listings.*, listing_prices.base_price_minor, booking_rules.minimum_nights, booking_rules.maximum_nights,
       profiles.display_name as host, profiles.about as host_about, profiles.source_id as host_source_id,
       listing_ratings.rating, listing_ratings.imported_reviews,
       (select array_agg(amenity order by amenity) from public.listing_amenities
        where listing_amenities.listing_id = listings.listing_id) as amenities,
       (select array_agg(nights::text order by nights) from private.claims
        where claims.listing_id = listings.listing_id and kind = 'import') as taken
     from public.listings
     join public.profiles on profiles.profile_id = listings.host_id
     left join public.listing_prices on listing_prices.listing_id = listings.listing_id
     left join public.booking_rules on booking_rules.listing_id = listings.listing_id
     left join public.listing_ratings on listing_ratings.listing_id = listings.listing_id
     where listings.source = 'inside_airbnb' and listings.source_id = $1`,
    [sourceId],
  );
  if (row === undefined) throw new Error(`Listing ${sourceId} is not here.`);
  return row;
}

/** What a host who publishes would be told to complete, for every published imported listing. */
export const incompletePublished = () =>
  asPostgres(`
    select listings.source_id
    from public.listings
    left join public.listing_prices on listing_prices.listing_id = listings.listing_id
    left join private.currencies on currencies.currency = listings.currency
    where listings.status = 'published' and (
      listings.latitude is null or listings.country_code is null or listings.city is null
      or btrim(listings.description) = '' or coalesce(listing_prices.base_price_minor, 0) <= 0
      or currencies.currency is null)`);

/** Rows of the search that differ from what a rebuild from the tables makes of them. */
export async function searchErrors(): Promise<unknown[]> {
  await asPostgres('drop table if exists kept_search');
  await asPostgres('create table kept_search as select * from private.listing_search');
  await asPostgres('select private.rebuild_search()');
  return await asPostgres(`
    select listing_id, key, kept.value as kept, rebuilt.value as rebuilt
    from (
      select listing_id, key, value
      from kept_search cross join lateral jsonb_each(to_jsonb(kept_search) - '{place,priced_at}'::text[])) as kept
    full join (
      select listing_id, key, value
      from private.listing_search cross join lateral jsonb_each(to_jsonb(listing_search) - '{place,priced_at}'::text[])) as rebuilt
      using (listing_id, key)
    where kept.value is distinct from rebuilt.value`);
}
