import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { landscape } from '../../local/demo-photos.ts';
import { inProject } from '../../local/paths.ts';
import { anonClient, clientOf, person as signedIn } from '../support/people.ts';
import {
  asPostgres,
  freshDatabase,
  mailTo,
  runJobs,
  setClock,
  testDatabase,
} from '../support/stack.ts';
import { bring, folderWith, listing, person, stay, storageInMemory } from './bring-data.ts';
import { exportFolder } from '../../scripts/bring-data/export.ts';
import { photoFiles } from '../../scripts/bring-data/photos.ts';
import { searchErrors } from './inside-airbnb.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const town = () =>
  folderWith({
    people: [
      person('h-1', { email: 'Host@example.org', phone: '+33199000003', languages: ['fr', 'en'] }),
      person('g-1', { email: 'guest@example.org' }),
      person('g-2'),
    ],
    listings: [
      listing('l-1', 'h-1', {
        amenities: ['wifi', 'kitchen'],
        length_discounts: { 7: 1000 },
        street: '1 rue du Four',
        latitude: 45.761,
        longitude: 4.831,
        wifi_name: 'levain',
        minimum_nights: 2,
        imported_reviews: 4,
        imported_stars: 4.5,
      }),
      listing('l-2', 'h-1', { status: 'draft' }),
    ],
    photos: [{
      id: 'p-1',
      listing_id: 'l-1',
      position: 1,
      caption: 'The oven',
      file: 'pictures/oven.png',
    }],
    'pictures/oven.png': landscape(3),
    bookings: [
      stay('b-past', 'l-1', 'g-1', '2026-03-01', '2026-03-04'),
      stay('b-next', 'l-1', 'g-2', '2026-07-01', '2026-07-05'),
      stay('b-gone', 'l-1', 'g-2', '2026-07-02', '2026-07-03', {
        status: 'cancelled_by_guest',
        refunded_minor: 30_000,
      }),
    ],
    calendar: [
      {
        listing_id: 'l-1',
        first_night: '2026-06-28',
        last_night: '2026-07-06',
        blocked: true,
        note: 'Roof',
      },
      {
        listing_id: 'l-1',
        first_night: '2026-08-01',
        last_night: '2026-08-02',
        price_minor: 12_000,
      },
    ],
    reviews: [
      {
        id: 'r-1',
        by: 'guest',
        booking_id: 'b-past',
        author_name: 'G',
        stars: 5,
        cleanliness: 5,
        accuracy: 4,
        check_in: 5,
        communication: 5,
        location: 4,
        value: 5,
        body: 'Warm bread.',
        written_on: '2026-03-06',
        reply: 'Come back.',
        replied_at: '2026-03-08T10:00:00Z',
      },
      {
        id: 'r-2',
        by: 'host',
        booking_id: 'b-past',
        author_name: 'H',
        stars: 5,
        cleanliness: 5,
        communication: 5,
        house_rules: 5,
        written_on: '2026-03-05',
      },
      {
        id: 'r-3',
        by: 'guest',
        listing_id: 'l-1',
        author_name: 'Somebody',
        body: 'Nice.',
        written_on: '2020-01-05',
      },
    ],
  });

/** Everything an import may write, to the last column. */
async function everything(): Promise<unknown> {
  const tables = [
    'auth.users',
    'private.imported',
    'public.profiles',
    'public.private_profiles',
    'public.listings',
    'public.listing_hosts',
    'public.listing_addresses',
    'public.listing_access',
    'public.listing_amenities',
    'public.listing_prices',
    'public.length_discounts',
    'public.booking_rules',
    'public.listing_photos',
    'public.calendar_days',
    'private.claims',
    'public.bookings',
    'private.settled_elsewhere',
    'public.guest_totals',
    'public.host_totals',
    'public.booking_history',
    'public.reviews',
    'public.guest_reviews',
    'private.listing_stars',
    'private.guest_stars',
    'private.listing_search',
    'public.notifications',
    'private.webhook_events',
  ];
  const rows: Record<string, unknown> = {};
  for (const table of tables) {
    rows[table] = await asPostgres(
      `select to_jsonb(one) as row, xmin::text from ${table} as one order by to_jsonb(one)::text`,
    );
  }
  return rows;
}

test('a folder comes in', async () => {
  const { summary, told } = await bring(town());
  expect(told.filter((words) => !words.endsWith('created'))).toEqual([]);
  expect(summary.outcomes).toMatchObject({
    people: { created: 3 },
    listings: { created: 2 },
    photos: { created: 1 },
    bookings: { created: 3 },
    calendar: { created: 2 },
    reviews: { created: 3 },
  });
  const [home] = await asPostgres(`
    select listings.status, latitude, longitude, base_price_minor::integer, minimum_nights, rating, review_count,
      (select array_agg(amenity order by amenity) from public.listing_amenities using (listing_id)) as amenities
    from public.listings join public.listing_prices using (listing_id) join public.booking_rules using (listing_id)
    join public.listing_ratings using (listing_id) where title = 'Home l-1'`.replace(
    'from public.listing_amenities using (listing_id)',
    'from public.listing_amenities where listing_amenities.listing_id = listings.listing_id',
  ));
  expect(home).toEqual({
    status: 'published',
    latitude: 45.76,
    longitude: 4.83,
    base_price_minor: 9000,
    minimum_nights: 2,
    rating: '4.60',
    review_count: 5,
    amenities: ['kitchen', 'wifi'],
  });
  expect(
    await asPostgres(`
    select external_id, status, nights::text from public.bookings
    join private.imported on our_id = bookings.booking_id
    left join private.claims on claims.booking_id = bookings.booking_id order by check_in, external_id`),
  ).toEqual([
    { external_id: 'b-past', status: 'completed', nights: '[2026-03-01,2026-03-04)' },
    { external_id: 'b-next', status: 'confirmed', nights: '[2026-07-01,2026-07-05)' },
    { external_id: 'b-gone', status: 'cancelled_by_guest', nights: null },
  ]);
  // The block gives way to the stay.
  expect(
    await asPostgres(
      `select nights::text from private.claims where kind = 'block' order by nights`,
    ),
  ).toEqual([
    { nights: '[2026-06-28,2026-07-01)' },
    { nights: '[2026-07-05,2026-07-07)' },
  ]);
  expect(await searchErrors()).toEqual([]);
});

test('people come in without a password, and their addresses are to be proved', async () => {
  await bring(town());
  expect(
    await asPostgres(`
    select users.email, email_confirmed_at is not null as confirmed, coalesce(encrypted_password, '') as password,
      display_name, private_profiles.phone
    from auth.users join public.profiles on profile_id = id join public.private_profiles using (profile_id)
    order by users.email`),
  ).toEqual([
    {
      email: 'guest@example.org',
      confirmed: false,
      password: '',
      display_name: 'G-1',
      phone: null,
    },
    {
      email: 'host@example.org',
      confirmed: false,
      password: '',
      display_name: 'H-1',
      phone: '+33199000003',
    },
  ]);
});

test('the operator may vouch for the addresses', async () => {
  await bring(town(), { emailsAreConfirmed: true });
  expect(
    await asPostgres(
      `select count(*)::integer from auth.users where email_confirmed_at is not null`,
    ),
  )
    .toEqual([{ count: 2 }]);
});

test('who came in signs in by a code from a letter, and has their homes', async () => {
  await bring(town());
  const client = await anonClient();
  expect((await client.auth.signInWithOtp({ email: 'host@example.org' })).error).toBeNull();
  const letters = mailTo('host@example.org');
  const token = /<strong>(\d{6})<\/strong>/.exec(letters[0]?.html ?? '')?.[1] ?? '';
  const { data, error } = await client.auth.verifyOtp({
    email: 'host@example.org',
    token,
    type: 'email',
  });
  expect(error).toBeNull();
  const host = await clientOf({ token: data.session?.access_token ?? '' });
  const { data: homes } = await host.from('listings').select('title').eq(
    'host_id',
    data.user?.id ?? '',
  )
    .order('title');
  expect(homes).toEqual([{ title: 'Home l-1' }, { title: 'Home l-2' }]);
});

test('who closed their account is not brought back', async () => {
  await bring(town());
  await asPostgres(`delete from auth.users where email = 'guest@example.org'`);
  const { told } = await bring(folderWith({
    people: [person('g-1', { email: 'guest@example.org', about: 'Back again.' })],
    bookings: [stay('b-new', 'l-1', 'g-1', '2026-09-01', '2026-09-04')],
  }));
  expect(told).toEqual(['people.ndjson 1 account_closed', 'bookings.ndjson 1 account_closed']);
  expect(await asPostgres(`select from auth.users where email = 'guest@example.org'`)).toEqual([]);
});

test('a second import changes not one row', async () => {
  const folder = town();
  await bring(folder);
  const before = await everything();
  const { summary } = await bring(folder);
  expect(summary.outcomes.listings).toEqual({ created: 0, updated: 0, unchanged: 2, refused: 0 });
  expect(summary.refused).toBe(0);
  expect(await everything()).toEqual(before);
});

test('a dry run says what an import says, and writes nothing', async () => {
  const folder = town();
  const before = await everything();
  const storage = storageInMemory();
  const dry = await bring(folder, { dryRun: true, photos: photoFiles(folder, storage) });
  expect(await everything()).toEqual(before);
  expect(storage.files.size).toBe(0);
  expect((await bring(folder)).rows).toEqual(dry.rows);
});

test('an import that was ended goes on, wherever it was', async () => {
  const folder = town();
  let seen = 0;
  for (let stop = 1; stop < 14; stop += 4) {
    await expect(bring(folder, {
      batchSize: 1,
      onRow: () => {
        if (++seen === stop) throw new Error('killed');
      },
    })).rejects.toThrow('killed');
    seen = 0;
  }
  const { summary } = await bring(folder, { batchSize: 2 });
  expect(summary.refused).toBe(0);
  const [counts] = await asPostgres(`
    select (select count(*) from public.profiles)::integer as people,
      (select count(*) from public.listings)::integer as listings,
      (select count(*) from public.bookings)::integer as bookings,
      (select count(*) from public.reviews)::integer as reviews,
      (select count(*) from private.imported)::integer as imported`);
  expect(counts).toEqual({ people: 3, listings: 2, bookings: 3, reviews: 2, imported: 14 });
});

test('an import that is killed in the middle of a batch leaves nothing half done', async () => {
  const many = 400;
  const folder = folderWith({
    people: [
      person('h'),
      ...Array.from({ length: many }, (_, at) => person(`g${at}`, { email: `g${at}@example.org` })),
    ],
    listings: Array.from(
      { length: many },
      (_, at) => listing(`l${at}`, 'h', { amenities: ['wifi'], length_discounts: { 7: 500 } }),
    ),
    bookings: Array.from(
      { length: many },
      (_, at) => stay(`b${at}`, `l${at}`, `g${at}`, '2026-07-01', '2026-07-03'),
    ),
  });
  const { url } = await testDatabase();
  const report = join(folder, 'import-report.ndjson');
  const run = (kill: number | undefined) => {
    const child = spawn(process.execPath, [
      inProject('scripts', 'import.ts'),
      folder,
      '--report',
      report,
    ], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: 'ignore',
    });
    // Whatever it is doing by then; the work of a batch takes longer than a look.
    const look = kill === undefined ? undefined : setInterval(async () => {
      const [row] = await asPostgres('select count(*)::integer as rows from private.imported');
      if (Number(row?.rows) > kill) child.kill('SIGKILL');
    }, 20);
    return once(child, 'exit').finally(() => clearInterval(look));
  };
  for (const kill of [0, many + 1, 2 * many + 1]) {
    await run(kill);
    const [half] = await asPostgres(`
      select
        (select count(*) from auth.users where not exists (
          select from private.imported where our_id = users.id))::integer as logins,
        (select count(*) from public.listings where not exists (
          select from private.imported where our_id = listings.listing_id)
          or not exists (select from public.listing_prices where listing_prices.listing_id = listings.listing_id)
          or not exists (select from private.listing_search where listing_search.listing_id = listings.listing_id))::integer as homes,
        (select count(*) from public.bookings where not exists (
          select from private.claims where claims.booking_id = bookings.booking_id))::integer as stays`);
    expect(half).toEqual({ logins: 0, homes: 0, stays: 0 });
  }
  expect(await run(undefined)).toEqual([0, null]);
  expect(
    await asPostgres(
      'select kind, count(*)::integer from private.imported group by kind order by kind',
    ),
  ).toEqual([
    { kind: 'booking', count: many },
    { kind: 'listing', count: many },
    { kind: 'person', count: many + 1 },
  ]);
  expect(await searchErrors()).toEqual([]);
});

test('a changed row is followed where the rules allow it', async () => {
  await bring(town());
  const next = folderWith({
    people: [
      person('h-1', { email: 'host@example.org', about: 'Bakes.' }),
      person('g-1', { email: 'other@example.org' }),
    ],
    listings: [
      listing('l-1', 'h-1', { title: 'Bakery', amenities: ['wifi'], base_price_minor: 9500 }),
      listing('l-2', 'g-2'),
    ],
    bookings: [
      stay('b-next', 'l-1', 'g-2', '2026-07-01', '2026-07-06'),
      // The other platform says by now what this one says, too.
      stay('b-past', 'l-1', 'g-1', '2026-03-01', '2026-03-04', { status: 'completed' }),
    ],
    calendar: [{ listing_id: 'l-1', first_night: '2026-08-01', last_night: '2026-08-02' }],
    reviews: [{
      id: 'r-1',
      by: 'guest',
      booking_id: 'b-past',
      author_name: 'G',
      stars: 1,
      cleanliness: 5,
      accuracy: 4,
      check_in: 5,
      communication: 5,
      location: 4,
      value: 5,
      written_on: '2026-03-06',
    }],
  });
  const { told } = await bring(next);
  expect(told).toEqual([
    'people.ndjson 1 updated',
    'people.ndjson 2 email_stays',
    'listings.ndjson 1 updated',
    'listings.ndjson 2 host_stays',
    'bookings.ndjson 1 booking_stays',
    'bookings.ndjson 2 updated',
    'calendar.ndjson 1 updated',
    'reviews.ndjson 1 review_stays',
  ]);
  expect(
    await asPostgres(`
    select title, about, base_price_minor::integer, (select count(*) from public.calendar_days)::integer as days
    from public.listings join public.listing_prices using (listing_id)
    join public.profiles on profile_id = host_id where title = 'Bakery'`),
  )
    .toEqual([{ title: 'Bakery', about: 'Bakes.', base_price_minor: 9500, days: 0 }]);
  expect(await searchErrors()).toEqual([]);
});

test('a bad row stops no other, and says what is wrong', async () => {
  const folder = folderWith({
    people: [person('h'), person('g'), person('h'), { id: 'x' }, {
      ...person('y'),
      email: 'no address',
    }, { ...person('z'), nickname: 'Z' }],
    listings: [
      listing('good', 'h'),
      listing('lost', 'nobody'),
      listing('poor', 'h', { base_price_minor: null }),
      listing('odd', 'h', { amenities: ['moat'] }),
      listing('strange', 'h', { property_type: 'palace' }),
      listing('far', 'h', { currency: 'XXX' }),
      listing('zone', 'h', { time_zone: 'Mars/Olympus' }),
      listing('number', 'h', { registration_number: 'call +33 1 99 00 00 03' }),
      listing('fine', 'h'),
    ],
    bookings: [
      stay('one', 'good', 'g', '2026-07-01', '2026-07-05'),
      stay('two', 'good', 'g', '2026-07-04', '2026-07-06'),
      stay('three', 'good', 'g', '2026-07-05', '2026-07-06'),
      stay('own', 'good', 'h', '2026-09-01', '2026-09-02'),
      stay('early', 'good', 'g', '2026-10-01', '2026-10-02', { status: 'completed' }),
      stay('none', 'lost', 'g', '2026-10-01', '2026-10-02'),
    ],
    'calendar.ndjson':
      '{"listing_id": "good", "first_night": "2026-07-02", "blocked": true}\n{"listing_id": \n[]\n',
  });
  const { told, rows } = await bring(folder);
  expect(told).toEqual([
    'people.ndjson 1 created',
    'people.ndjson 2 created',
    'people.ndjson 3 duplicate_id',
    'people.ndjson 4 missing_field',
    'people.ndjson 5 invalid_field',
    'people.ndjson 6 unknown_field',
    'listings.ndjson 1 created',
    'listings.ndjson 2 unknown_person',
    'listings.ndjson 3 listing_incomplete',
    'listings.ndjson 4 unknown_amenity',
    'listings.ndjson 5 unknown_property_type',
    'listings.ndjson 6 currency_not_offered',
    'listings.ndjson 7 invalid_time_zone',
    'listings.ndjson 8 breaks_a_rule It breaks the rule listings_have_a_plain_number.',
    'listings.ndjson 9 created',
    'bookings.ndjson 1 created',
    'bookings.ndjson 2 nights_taken',
    'bookings.ndjson 3 created',
    'bookings.ndjson 4 own_listing',
    'bookings.ndjson 5 stay_to_come',
    'bookings.ndjson 6 unknown_listing',
    'calendar.ndjson 1 nights_taken',
    'calendar.ndjson 2 unreadable',
    'calendar.ndjson 3 unreadable',
  ]);
  expect(rows.every(({ code, words }) => (code === undefined) === (words === undefined))).toBe(
    true,
  );
});

test('fields of the marketplace come in and out in both formats', async () => {
  await asPostgres(
    `select private.set_listing_schema('{"type": "object", "additionalProperties": false, "required": ["view"],
    "properties": {"view": {"type": "string", "enum": ["sea", "garden"]}, "floor": {"type": "integer"}}}')`,
  );
  const folder = folderWith({
    people: [person('h')],
    listings: [
      listing('good', 'h', {
        custom_fields: { view: 'sea', floor: 3 },
        language: 'fr',
        neighbourhood: 'Croix-Rousse',
      }),
      listing('odd', 'h', { custom_fields: { view: 'street' } }),
      listing('list', 'h', { custom_fields: [] }),
      listing('poor', 'h'),
      listing('draft', 'h', { status: 'draft' }),
    ],
  });
  const { told, rows } = await bring(folder);
  expect(told).toEqual([
    'people.ndjson 1 created',
    'listings.ndjson 1 created',
    'listings.ndjson 2 invalid_custom_fields',
    'listings.ndjson 3 invalid_field',
    'listings.ndjson 4 listing_incomplete',
    'listings.ndjson 5 created',
  ]);
  expect(rows[4]?.words).toBe('Still missing: custom_fields.view.');

  const out = folderWith({});
  await exportFolder({ databaseUrl: (await testDatabase()).url, folder: out, format: 'csv' });
  expect(readFileSync(join(out, 'listings.csv'), 'utf8')).toContain(
    '"{""view"": ""sea"", ""floor"": 3}"'.replaceAll(' ', ''),
  );
  await asPostgres(
    `update public.listings set custom_fields = '{"view": "garden"}', language = null where custom_fields <> '{}'`,
  );
  const again = await bring(out);
  expect(again.told).toContain('listings.csv 3 updated');
  expect(
    await asPostgres(`select custom_fields, language, neighbourhood from public.listings
      where title = 'Home good' order by created_at desc limit 1`),
  ).toEqual([{
    custom_fields: { view: 'sea', floor: 3 },
    language: 'fr',
    neighbourhood: 'Croix-Rousse',
  }]);
});

test('what was made here stays as it is', async () => {
  const ada = await signedIn('Ada');
  const { told } = await bring(folderWith({
    people: [person(ada.id, { display_name: 'Somebody else' }), person('a', { email: ada.email })],
    listings: [listing('l', ada.id)],
  }));
  expect(told).toEqual([
    'people.ndjson 1 here_already',
    'people.ndjson 2 email_taken',
    'listings.ndjson 1 created',
  ]);
  expect(await asPostgres('select display_name from public.profiles')).toEqual([{
    display_name: 'Ada',
  }]);
});

test('nobody is written to, and no money moves', async () => {
  await bring(town());
  await runJobs();
  expect(await asPostgres('select * from private.reconciliation_report()')).toEqual([]);
  expect(await asPostgres('select job, problem from private.job_failures')).toEqual([]);
  const [row] = await asPostgres(`
    select (select count(*) from public.notifications)::integer as notifications,
      (select count(*) from private.webhook_events)::integer as events,
      (select count(*) from private.commands where kind = 'send_mail')::integer as letters,
      (select count(*) from public.payments)::integer as payments,
      (select count(*) from public.payouts)::integer as payouts,
      (select count(*) from private.ledger_entries)::integer as entries`);
  expect(row).toEqual({
    notifications: 0,
    events: 0,
    letters: 0,
    payments: 0,
    payouts: 0,
    entries: 0,
  });
});

test('a stay paid elsewhere is cancelled here without money, by either side', async () => {
  const [ada, hedy] = [await signedIn('Ada'), await signedIn('Hedy')];
  const { told } = await bring(folderWith({
    listings: [listing('l', ada.id)],
    bookings: [
      stay('1', 'l', hedy.id, '2026-07-01', '2026-07-05'),
      stay('2', 'l', hedy.id, '2026-08-01', '2026-08-05'),
    ],
  }));
  expect(told.filter((words) => !words.endsWith('created'))).toEqual([]);
  const ids = await asPostgres<{ booking_id: string }>(
    'select booking_id from public.bookings order by check_in',
  );
  const [guest, host] = [await clientOf(hedy), await clientOf(ada)];
  const altered = await guest.rpc('preview_alteration', {
    booking_id: ids[0]?.booking_id ?? '',
    check_in: '2026-07-02',
    check_out: '2026-07-05',
    guests: 1,
    infants: 0,
    pets: 0,
  });
  expect(altered.error?.message).toBe('not_alterable');
  const byGuest = await guest.rpc('cancel_booking', { booking_id: ids[0]?.booking_id ?? '' });
  expect(byGuest.data).toMatchObject({ refund_minor: 0, owed_minor: 0 });
  const byHost = await host.rpc('cancel_booking', { booking_id: ids[1]?.booking_id ?? '' });
  expect(byHost.data).toMatchObject({ penalty_minor: 0, payout_minor: 0 });
  expect(
    await asPostgres(`
    select (select count(*) from private.claims where kind = 'stay')::integer as claims, (select count(*) from public.payments)::integer as payments,
      (select count(*) from public.refunds)::integer as refunds, (select count(*) from private.ledger_entries)::integer as entries`),
  )
    .toEqual([{ claims: 0, payments: 0, refunds: 0, entries: 0 }]);
});

test('no damage is claimed of a stay paid elsewhere', async () => {
  const [ada, hedy] = [await signedIn('Ada'), await signedIn('Hedy')];
  await bring(folderWith({
    listings: [listing('l', ada.id)],
    bookings: [stay('1', 'l', hedy.id, '2026-05-28', '2026-05-31')],
  }));
  const [row] = await asPostgres<{ booking_id: string }>('select booking_id from public.bookings');
  const { error } = await (await clientOf(ada)).rpc('claim_damage', {
    claim_id: randomUUID(),
    booking_id: row?.booking_id ?? '',
    amount_minor: 5000,
    damage: 'A broken lamp.',
  });
  expect(error?.message).toBe('not_confirmed');
});

test('a stay that came in is reviewed here while there is time', async () => {
  const [ada, hedy] = [await signedIn('Ada'), await signedIn('Hedy')];
  await bring(folderWith({
    listings: [listing('l', ada.id)],
    bookings: [stay('1', 'l', hedy.id, '2026-05-28', '2026-05-31')],
  }));
  const [row] = await asPostgres<{ booking_id: string }>('select booking_id from public.bookings');
  const { error } = await (await clientOf(hedy)).rpc('review_stay', {
    booking_id: row?.booking_id ?? '',
    stars: 5,
    cleanliness: 5,
    accuracy: 5,
    check_in: 5,
    communication: 5,
    location: 5,
    value: 5,
    body: 'Quiet.',
  });
  expect(error).toBeNull();
  expect(await asPostgres('select body from public.reviews')).toEqual([{ body: 'Quiet.' }]);
});

test('no booking begins confirmed but one that was settled elsewhere', async () => {
  await bring(town());
  await expect(asPostgres(`
    insert into public.bookings
    select (jsonb_populate_record(bookings, jsonb_build_object('booking_id', gen_random_uuid()))).*
    from public.bookings limit 1`)).rejects.toThrow('illegal_move');
});

test('a photo is checked by its bytes, and never read from beside the folder', async () => {
  const folder = folderWith({
    people: [person('h')],
    listings: [listing('l', 'h')],
    photos: [
      { id: '1', listing_id: 'l', position: 1, file: 'a.png' },
      { id: '2', listing_id: 'l', position: 2, file: 'b.png' },
      { id: '3', listing_id: 'l', position: 3, file: 'none.png' },
      { id: '4', listing_id: 'l', position: 4, file: '../../../../etc/passwd' },
      { id: '5', listing_id: 'l', position: 5, file: 'c.png', url: 'https://example.org/c.png' },
      { id: '6', listing_id: 'l', position: 1, file: 'c.png' },
    ],
    'a.png': landscape(1),
    'b.png': 'no picture',
    'c.png': landscape(2),
  });
  const storage = storageInMemory();
  const { told } = await bring(folder, { photos: photoFiles(folder, storage) });
  expect(told.slice(2)).toEqual([
    'photos.ndjson 1 created',
    'photos.ndjson 2 photo_unfit',
    'photos.ndjson 3 photo_missing',
    'photos.ndjson 4 photo_missing',
    'photos.ndjson 5 invalid_field',
    'photos.ndjson 6 position_taken',
  ]);
  const [photo] = await asPostgres<{ storage_path: string }>(
    'select storage_path from public.listing_photos',
  );
  const hash = (content: Buffer | undefined) =>
    createHash('sha256').update(content ?? '').digest('hex');
  expect(hash(storage.files.get(`photo-uploads/${photo?.storage_path}`))).toBe(hash(landscape(1)));
});

test('a photo is fetched from its address, though not by a dry run', async () => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    if (request.url === '/1') answer.end(landscape(1));
    else answer.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const folder = folderWith({
    people: [person('h')],
    listings: [listing('l', 'h')],
    photos: [1, 2].map((position) => ({
      id: `p${position}`,
      listing_id: 'l',
      position,
      url: `http://127.0.0.1:${port}/${position}`,
    })),
  });
  await bring(folder, { dryRun: true });
  expect(asked).toEqual([]);
  const { told } = await bring(folder);
  expect(told.slice(2)).toEqual(['photos.ndjson 1 created', 'photos.ndjson 2 photo_unreachable']);
});

test('a file that nothing reads is told before anything is done', async () => {
  const folder = folderWith({ people: [person('h')], 'listing.csv': 'id\n' });
  await expect(bring(folder)).rejects.toThrow('Nothing here reads listing.csv');
  await expect(bring(folderWith({ people: [person('h')], 'people.csv': 'id\n' }))).rejects.toThrow(
    'Keep one of them',
  );
  await expect(bring(folderWith({ 'notes.txt': '' }))).rejects.toThrow('none of the files');
});

test('a second import at the same time waits for nobody and does nothing', async () => {
  const { pool } = await testDatabase();
  const other = await pool.connect();
  try {
    await other.query(`select pg_advisory_lock(hashtext('staybase/import'))`);
    await expect(bring(town())).rejects.toThrow('Another import is running');
  } finally {
    await other.query(`select pg_advisory_unlock_all()`);
    other.release();
  }
});

test('CSV says what NDJSON says', async () => {
  const folder = folderWith({
    'people.csv':
      '\ufeffid,display_name,languages,about\r\nh,"Noor, the baker",fr|en,"Two\nlines"\r\ng,"open\r\n',
  });
  const { told } = await bring(folder);
  expect(told).toEqual(['people.csv 3 created', 'people.csv 5 unreadable']);
  expect(await asPostgres('select display_name, languages, about from public.profiles')).toEqual([
    { display_name: 'Noor, the baker', languages: ['fr', 'en'], about: 'Two\nlines' },
  ]);
});
