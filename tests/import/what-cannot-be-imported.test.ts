import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { testDatabase } from '../support/stack.ts';
import { everyRow, file, fixture, fixtureText, importFixtures, listing } from './inside-airbnb.ts';

let before: unknown;

beforeAll(async () => {
  await importFixtures();
  before = await everyRow();
});

const listings = fixture('listings');

/** Refused with this message, and not a row was written. */
async function expectRefusal(options: Parameters<typeof importFixtures>[0], message: RegExp) {
  await expect(importFixtures(options)).rejects.toThrow(message);
  expect(await everyRow()).toEqual(before);
}

test('a file that is not there', () =>
  expectRefusal({ listings: '/nowhere/listings.csv' }, /cannot be read\. There is no such file\./));

test('a folder', () => expectRefusal({ calendar: inProject('tests') }, /It is a folder\./));

test('a gzipped file that breaks off, after half of it was read', async () => {
  const long = fixtureText('calendar') + '1001,2024-02-01,f,$1.00,,1,30\n'.repeat(200_000);
  const half = gzipSync(long).subarray(0, -400);
  await expectRefusal({ calendar: file('half.csv.gz', half) }, /breaks off in the middle/);
});

test('a gzipped file with damage in it', async () => {
  const damaged = gzipSync(fixtureText('reviews').repeat(50));
  damaged.fill(0x55, 40, 120);
  await expectRefusal({ reviews: file('damaged.csv.gz', damaged) }, /It is damaged/);
});

test('an empty file', () =>
  expectRefusal({ listings: file('empty.csv', '') }, /has no column id\. Take the detailed files/));

test('the summary of the reviews, which tells none from another', () =>
  expectRefusal(
    { reviews: file('summary.csv', 'listing_id,date\n1001,2023-05-01\n') },
    /has no column id\./,
  ));

test('the summary of the listings, which says neither what a home has nor how many it sleeps', () =>
  expectRefusal(
    {
      listings: file(
        'summary-listings.csv',
        'id,name,host_id,host_name,neighbourhood_group,neighbourhood,latitude,longitude,room_type,price,' +
          'minimum_nights,number_of_reviews,last_review,reviews_per_month,calculated_host_listings_count,' +
          'availability_365,number_of_reviews_ltm,license\n' +
          '1,A home,2,Someone,,Centre,38.71,-9.13,Entire home/apt,100,2,1,2023-01-01,0.1,1,300,1,\n',
      ),
    },
    /is the summary of the listings.*Take the detailed listings\.csv\.gz/,
  ));

test('a database that is none, does not answer, or holds something else', async () => {
  const { url, name } = await testDatabase();
  const empty = url.replace(`/${name}`, '/postgres');
  await expectRefusal({ databaseUrl: empty }, /This database has no Staybase in it/);
  for (const nowhere of ['nonsense', 'postgresql://127.0.0.1:1/none']) {
    await expectRefusal(
      { databaseUrl: nowhere },
      /The database does not answer \(.+\)\. Start the stack/,
    );
  }
});

test("files in each other's place", () =>
  expectRefusal({ calendar: fixture('reviews') }, /has no column available\./));

test('another currency for listings that are here', () =>
  expectRefusal({ currency: 'USD' }, /with prices in EUR.*--currency EUR/));

test('a place nobody knows', async () => {
  const southPole = file('pole.csv', 'id,latitude,longitude\n1,-89.9,10\n');
  await expectRefusal(
    { listings: southPole, calendar: undefined, reviews: undefined },
    /Say it: --city "Port Douglas" --country AU --time-zone Australia\/Brisbane --currency AUD$/,
  );
  await expectRefusal(
    { listings: southPole, city: 'Amundsen', country: 'AQ', currency: 'USD' },
    /Say it: --time-zone Australia\/Brisbane$/,
  );
});

test('a time zone that is none, or that knows no daylight saving', async () => {
  await expectRefusal({ timeZone: 'Mars/Olympus' }, /is no IANA time zone/);
  await expectRefusal({ timeZone: 'CET' }, /is no IANA time zone/);
  await expectRefusal({ timeZone: 'Europe/Paris5' }, /is no IANA time zone/);
  await expectRefusal({ country: 'Portugal' }, /is no ISO 3166 code/);
  await expectRefusal({ currency: 'EURO' }, /is no ISO 4217 code/);
});

test('a file with three columns comes in as drafts, and so do rows with too few or too many fields', async () => {
  const report = await importFixtures({
    listings: file(
      'uneven.csv',
      `${readFileSync(fixture('few-columns'), 'utf8')}2003\r\n2004,38.71,-9.13,more,and more\r\n`,
    ),
    calendar: undefined,
    reviews: undefined,
  });
  expect(report.taken).toMatchObject({ published: 0, drafts: 4, reviews: 0 });
  expect(await listing('2001')).toMatchObject({
    title: 'Home in Lisbon',
    capacity: 2,
    latitude: 38.71,
  });
  expect(await listing('2002')).toMatchObject({ latitude: null });
  expect(await listing('2004')).toMatchObject({ latitude: 38.71 });
});

const run = (...words: string[]) =>
  spawnSync(process.execPath, [inProject('scripts', 'import-inside-airbnb.ts'), ...words], {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: process.env.PATH },
  });

test('the command says what it did, and ends well', async () => {
  const { url } = await testDatabase();
  const { status, stdout, stderr } = run(
    '--database-url',
    url,
    '--listings',
    listings,
    '--calendar',
    fixture('calendar'),
    '--today',
    '2026-06-01',
  );
  expect({ status, stderr }).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('Reading calendar'),
  });
  expect(stdout).toContain('Lisbon came in after');
  expect(stdout).toContain('13 listings of 16: 9 published, 4 as drafts');
  expect(stdout).toContain('1  listings: its number came before [duplicate_id] (1001)');
  expect(stdout).toContain('moved by 126 weeks');
});

test('the command says what is wrong, and ends badly', async () => {
  const { url } = await testDatabase();
  const bad = run('--database-url', url, '--listings', '/nowhere.csv');
  expect(bad).toMatchObject({ status: 1, stdout: '' });
  expect(bad.stderr).toContain(
    '/nowhere.csv cannot be read. There is no such file.\nNothing was changed.',
  );

  expect(run('--calendar', 'x').stderr).toContain('--listings is missing.');
  expect(run('--listings', listings, '--now', 'x').stderr).toContain(
    `Unknown option '--now'`,
  );
  expect(run('--listings', listings, '--today', 'May').stderr).toContain(
    '--today May is no day',
  );
  expect(
    (run('--listings', listings, '--database-url', 'postgresql://127.0.0.1:1/none')).stderr,
  )
    .toContain('Start the stack with npm start');
  expect(run('--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--no-shift-dates'),
  });
});
