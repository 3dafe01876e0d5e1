import { beforeEach, expect, test } from 'vitest';
import { importInsideAirbnb } from '../../scripts/import-inside-airbnb/import.ts';
import { createProgressLine, type Progress } from '../../scripts/shared/progress.ts';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import { file, fixture, importFixtures } from './inside-airbnb.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const options = async () => ({
  databaseUrl: (await testDatabase()).url,
  listings: fixture('listings'),
  calendar: fixture('calendar'),
  reviews: fixture('reviews'),
  today: '2026-06-01',
  shiftDates: true,
});

test('every row of every file is taken or refused, and nothing else', async () => {
  const { read, taken, notes, pastDays } = await importFixtures();
  const refused = (file: 'listings' | 'calendar' | 'reviews') =>
    Object.values(notes.refused[file] ?? {}).reduce((sum, { count }) => sum + count, 0);
  expect(taken.published + taken.drafts + refused('listings')).toBe(read.listings);
  expect(taken.days + pastDays + refused('calendar')).toBe(read.calendar);
  expect(taken.reviews + refused('reviews')).toBe(read.reviews);
});

test('every step is told, and what has rows is told as so many of so many', async () => {
  const told: Parameters<Progress>[] = [];
  await importInsideAirbnb(await options(), { progress: (...words) => told.push(words) });
  expect(told).toContainEqual(['Reading calendar', 21, 21]);
  expect(told).toContainEqual(['Writing runs of taken nights', 3, 3]);
  expect(told).toContainEqual(['Writing days', 5, 5]);
  expect(told).toContainEqual(['Writing reviews', 4, 4]);
  expect(told).toContainEqual(['Writing search', 13, 13]);
  expect(told.at(-1)).toEqual(['Commit']);
});

test('the commit finds no work that waited for it, and numbers for the planner', async () => {
  // Rows that were kept for the commit would be written in it, one by one.
  await asPostgres(`
    create function public.note_commit() returns trigger language plpgsql as $$
    begin insert into public.searched values (txid_current()); return null; end $$`);
  await asPostgres('create table public.searched (at bigint)');
  await asPostgres(`
    create trigger note_commit after update on private.listing_search
    for each statement execute function public.note_commit()`);
  await importFixtures();
  // One statement for what the tables say, one for what the calendar costs.
  expect(await asPostgres('select at from public.searched')).toHaveLength(2);
  expect(
    await asPostgres(`
      select relname from pg_class
      where relname in ('listings', 'calendar_days', 'reviews', 'claims', 'profiles') and reltuples <= 0
        and relnamespace in ('public'::regnamespace, 'private'::regnamespace)`),
  ).toEqual([]);
});

test('a currency nobody settles in is told before the calendar is read', async () => {
  const told: string[] = [];
  const listener = {
    progress: (what: string) => told.push(what),
    warn: (words: string) => told.push(`! ${words}`),
  };
  await importInsideAirbnb({ ...await options(), currency: 'HUF', city: 'Budapest' }, listener);
  const warned = told.findIndex((words) => /^! Prices are in HUF.*drafts/.test(words));
  expect(warned).toBeGreaterThan(0);
  expect(told.slice(warned)).toContain('Reading calendar');
  expect(told.slice(0, warned)).not.toContain('Reading calendar');

  told.length = 0;
  await freshDatabase();
  await importInsideAirbnb(await options(), listener);
  expect(told.filter((words) => words.startsWith('!'))).toEqual([]);
});

test('words for amenities that nobody knows take no memory without end', async () => {
  const words = (from: number) =>
    JSON.stringify(Array.from({ length: 400 }, (_, at) => `Word ${from + at}`)).replaceAll(
      '"',
      '""',
    );
  const rows = Array.from({ length: 30 }, (_, at) => `${at + 1},38.71,-9.13,"${words(at * 400)}"`);
  const report = await importFixtures({
    listings: file('words.csv', `id,latitude,longitude,amenities\n${rows.join('\n')}\n`),
    calendar: undefined,
    reviews: undefined,
  });
  expect(report.unknownAmenities).toHaveLength(10_000);
});

test('a log has a line a step, and one every ten seconds in a step that lasts', () => {
  let now = 0;
  const lines: string[] = [];
  const line = createProgressLine({ write: (text) => lines.push(text) }, () => now);
  line.progress('Reading calendar, 1 %', 10_000);
  now = 1000;
  line.progress('Reading calendar, 2 %', 20_000);
  now = 11_000;
  line.progress('Reading calendar, 60 %', 30_000);
  now = 12_000;
  line.progress('Reading calendar', 31_000, 31_000);
  line.progress('Sorting the days');
  line.warn('Prices are in HUF.');
  line.end();
  expect(lines).toEqual([
    '   0.0 s  Reading calendar, 1 %: 10,000\n',
    '  11.0 s  Reading calendar, 60 %: 30,000\n',
    '  12.0 s  Reading calendar: 31,000 of 31,000\n',
    '  12.0 s  Sorting the days\n',
    'Prices are in HUF.\n',
  ]);
});

test('a terminal has one line that is written over', () => {
  const lines: string[] = [];
  const line = createProgressLine({ isTTY: true, write: (text) => lines.push(text) }, () => 0);
  line.progress('Writing days', 0, 50_000);
  line.progress('Writing days', 25_000, 50_000);
  line.end();
  expect(lines).toEqual([
    '\r\u001b[K   0.0 s  Writing days: 0 of 50,000',
    '\r\u001b[K   0.0 s  Writing days: 25,000 of 50,000',
    '\r\u001b[K',
  ]);
});
