import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, test } from 'vitest';
import { connectCluster } from '../../local/postgres/cluster.ts';
import {
  lockPatienceMs,
  migrate,
  type Migration,
  readMigrations,
} from '../../local/postgres/migrate.ts';
import { backfill, example } from '../support/changing-the-schema.ts';
import { publishHome, signUp } from '../support/journeys.ts';
import { anonClient, clientOf, person } from '../support/people.ts';
import { asPostgres, setClock, testDatabase } from '../support/stack.ts';
import { june } from '../support/stays.ts';

/** What the marketplace has, and some migrations more. */
async function release(added: Migration[], say: (line: string) => void = () => {}) {
  const { name } = await testDatabase();
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  return await migrate(cluster, name, [...readMigrations(), ...added], {
    lockTimeoutMs: 200,
    attempts: 1000,
    pauseMs: () => 100,
    say,
  });
}

const longest: Record<string, number> = {};
afterAll(() => {
  for (const [what, ms] of Object.entries(longest)) {
    console.log(`longest ${what} while migrations ran: ${Math.round(ms)} ms`);
  }
});

test('a job that queues behind a migration outlasts it', async () => {
  const gaveUpWithIt = await asPostgres(
    `select job, lock_limit from private.jobs where lock_limit < make_interval(secs => $1)`,
    // A second more: on a busy machine a session hears late that its time is over.
    [lockPatienceMs / 1000 + 1],
  );
  expect(gaveUpWithIt).toEqual([]);
});

/** A migration of a release that does not exist. */
const made = (minute: number, name: string, sql: string): Migration => ({
  version: `2027020109${String(minute).padStart(2, '0')}00`,
  name,
  path: `supabase/migrations/${name}.sql`,
  sql,
});

test('search and booking go on without an error while a release is migrated under them', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const listing_id = await publishHome(await signUp('Hedy'));
  const elsewhere = await publishHome(await signUp('Henry'), { title: 'The Barn' });

  const done = [0, 0, 0, 0];
  let isOver = false;
  const goOn = async (client: number, what: string, work: (round: number) => Promise<void>) => {
    for (let round = 0; !isOver; round += 1) {
      const begun = performance.now();
      await work(round);
      longest[what] = Math.max(longest[what] ?? 0, performance.now() - begun);
      done[client] = (done[client] ?? 0) + 1;
    }
  };
  // A verb that gives a row of a table is refused, with nothing done, when a column comes to that table while
  // it runs: Postgres 17 compares the row with the one it began with.
  const again = async (call: () => PromiseLike<{ error: { code: string } | null }>) => {
    const { error } = await call();
    if (error === null) return;
    expect(error.code).toBe('42804');
    repeated += 1;
    expect((await call()).error).toBeNull();
  };
  let repeated = 0;
  const search = async () => {
    const { data } = await (await anonClient()).rpc('search_listings', {
      ...{ west: -74, south: 42.4, east: -73.5, north: 42.9 },
      ...{ check_in: '2031-07-01', check_out: '2031-07-04', guests: 2, currency: 'USD' },
    }).throwOnError();
    expect(data.map((home) => home.listing_id).sort()).toEqual([listing_id, elsewhere].sort());
  };
  const book = (home: string, name: string) => async (round: number) => {
    const client = await clientOf(await person(`${name}${round}`));
    const stay = {
      listing_id: home,
      check_in: june(1, 4).checkIn,
      check_out: june(1, 4).checkOut,
      guests: 2,
    };
    const booking_id = randomUUID();
    const { data: quote } = await client.rpc('quote_stay', stay).throwOnError();
    await client.rpc('request_booking', {
      ...stay,
      booking_id,
      expected_total_minor: quote.total_minor,
    }).throwOnError();
    await again(() => client.rpc('withdraw_booking', { booking_id }));
  };

  const clients = [
    goOn(0, 'search', search),
    goOn(1, 'search', search),
    goOn(2, 'booking', book(listing_id, 'Ada')),
    goOn(3, 'booking', book(elsewhere, 'Grace')),
  ];
  let failure: unknown;
  Promise.all(clients).catch((error) => failure = error);
  /** Each client finishes something that it began after now. */
  const everybodyGoesOn = async () => {
    const before = [...done];
    while (!done.every((count, client) => count >= (before[client] ?? 0) + 2)) {
      if (failure !== undefined) throw failure;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };

  const files = [
    made(
      1,
      'guests_can_say_why_they_travel',
      'alter table public.bookings add column purpose text',
    ),
    made(
      2,
      'purposes_are_short',
      `alter table public.bookings
       add constraint purposes_are_short check (char_length(purpose) <= 200) not valid`,
    ),
    made(
      3,
      'stays_are_found_by_purpose',
      `
      drop index concurrently if exists public.bookings_purpose_idx;
      create index concurrently bookings_purpose_idx on public.bookings (purpose)`,
    ),
    made(
      4,
      'homes_can_have_quiet_hours',
      `alter table public.listings
       add column quiet_hours text not null default ''`,
    ),
    made(
      5,
      'purposes_were_always_short',
      `alter table public.bookings
       validate constraint purposes_are_short`,
    ),
  ];
  const { pool } = await testDatabase();
  try {
    await everybodyGoesOn();
    // A report reads the bookings for as long as it takes until the first migration has stepped back.
    const report = await pool.connect();
    await report.query('begin');
    await report.query('select count(*) from public.bookings');
    const said: string[] = [];
    const applied = await release(files.slice(0, 1), (line) => {
      said.push(line);
      if (said.length === 1) void report.query('commit').then(() => report.release());
    });
    expect(said[0]).toContain('guests_can_say_why_they_travel did not get a lock and stepped back');
    expect(applied).toEqual(['guests_can_say_why_they_travel']);
    await everybodyGoesOn();

    for (let count = 2; count <= files.length; count += 1) {
      expect(await release(files.slice(0, count))).toEqual([files[count - 1]?.name]);
      await everybodyGoesOn();
    }
  } finally {
    isOver = true;
  }
  await Promise.all(clients);

  const [made_] = await asPostgres(
    `select indisvalid from pg_index where indexrelid = 'public.bookings_purpose_idx'::regclass`,
  );
  expect(made_).toEqual({ indisvalid: true });
  expect(await asPostgres(`select distinct status from public.bookings`))
    .toEqual([{ status: 'cancelled_by_guest' }]);
});

test('a column is renamed over three releases, and programs of neighbouring releases agree', async () => {
  const [expand, switched, contract] = example;
  if (!expand || !switched || !contract) throw new Error('The guide has three migrations.');
  const host = await signUp('Olga');
  const listing_id = await publishHome(host);
  const table = () =>
    host.client.from('listing_access') as unknown as {
      update(row: object): { eq(name: string, id: string): { throwOnError(): Promise<unknown> } };
      select(names: string): {
        eq(name: string, id: string): { throwOnError(): Promise<{ data: unknown }> };
      };
    };
  const write = (row: object) => table().update(row).eq('listing_id', listing_id).throwOnError();
  const read = async (names: string) =>
    (await table().select(names).eq('listing_id', listing_id).throwOnError()).data;
  /** PostgREST reads the schema again when it is told to; until then it refuses to write the column. */
  const isWritable = async (column: string) => {
    while (true) {
      const error = await write({ [column]: '4711' }).then(() => undefined, (error) => error);
      if (error === undefined) return;
      expect(error).toMatchObject({ code: 'PGRST204' });
      await new Promise((wake) => setTimeout(wake, 50));
    }
  };
  const both = () => read('door_code, entry_code');

  const before = (await asPostgres<{ version: string }>(
    'select version from supabase_migrations.schema_migrations order by version',
  )).length;
  const others = await appliedMigrations();
  await release([...others, expand]);
  expect(await both()).toEqual([{ door_code: '4711', entry_code: '' }]);
  const { pool } = await testDatabase();
  while ((await pool.query(backfill)).rowCount !== 0);
  expect(await both()).toEqual([{ door_code: '4711', entry_code: '4711' }]);
  await write({ door_code: 'by the last release' });
  expect(await both()).toEqual([
    { door_code: 'by the last release', entry_code: 'by the last release' },
  ]);
  await isWritable('entry_code');
  await write({ entry_code: 'by this one' });
  expect(await both()).toEqual([{ door_code: 'by this one', entry_code: 'by this one' }]);
  const another = await publishHome(host, { title: 'Written by the last release' });
  expect(
    await asPostgres('select entry_code from public.listing_access where listing_id = $1', [
      another,
    ]),
  ).toEqual([{ entry_code: '4711' }]);

  await release([...others, expand, switched]);
  await write({ entry_code: 'new', instructions: 'Knock twice.' });
  expect(await both()).toEqual([{ door_code: 'new', entry_code: 'new' }]);

  await release([...others, expand, switched, contract]);
  await write({ entry_code: 'newest' });
  expect(await read('entry_code')).toEqual([{ entry_code: 'newest' }]);
  await expect(write({ entry_code: 'x'.repeat(101) })).rejects.toMatchObject({ code: '23514' });
  const after = await asPostgres('select version from supabase_migrations.schema_migrations');
  expect(after.length).toBe(before + 3);
});

/** What this file's database has beyond the chapters. */
async function appliedMigrations(): Promise<Migration[]> {
  const versions = readMigrations().map(({ version }) => version);
  const rows = await asPostgres<{ version: string; name: string; statements: string[] }>(
    'select version, name, statements from supabase_migrations.schema_migrations',
  );
  return rows.filter(({ version }) => !versions.includes(version)).map((row) => ({
    version: row.version,
    name: row.name,
    path: row.name,
    sql: row.statements.join(';'),
  }));
}
