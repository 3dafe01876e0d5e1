import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { runScript } from '../support/scripts.ts';
import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
import { home } from '../support/stays.ts';
import { hold } from '../functions/paying.ts';

// Each fault is planted, found and explained; a database without faults has no findings.

interface Report {
  findings: { topic: string; object: string; seen: string; advice: string }[];
  policies: { query: string }[];
  notes: string[];
}

const run = (args: string[] = [], env: Record<string, string> = {}) =>
  runScript('doctor', args, { ...process.env, ...env });

const examine = async (): Promise<Report> => {
  const { stdout } = await run(['--json'], { DATABASE_URL: (await testDatabase()).url });
  return JSON.parse(stdout);
};

/** Which the servers of tests have on purpose. */
const careless = ['fsync', 'full_page_writes', 'synchronous_commit'];

const foundBy = async (
  check: string,
) => (await asPostgres<{ object: string; seen: string; advice: string }>(
  `select object, seen, advice from private.${check}`,
));

const clients: pg.Client[] = [];

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
  clients.push(client);
  return client;
}

beforeEach(freshDatabase);
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
});

test('a marketplace that is well has no findings but the settings of the test server', async () => {
  await setClock('2031-05-20T12:00:00Z');
  await hold(await home(), await person('Grace'));
  const { findings, policies, notes } = await examine();
  expect(findings.map(({ topic, object }) => `${topic} ${object}`))
    .toEqual(careless.map((setting) => `settings ${setting}`));
  expect(policies.map(({ query }) => query)).toContain('own bookings');
  expect(notes).toEqual([]);
});

test('a person reads what was seen and what to do; the exit code says that something was', async () => {
  const { code, stdout } = await run([], { DATABASE_URL: (await testDatabase()).url });
  expect(code).toBe(1);
  expect(stdout).toContain('settings: fsync\n  It is off.\n  -> A power cut destroys the database');
  expect(stdout).toContain('3 to look at.');
});

test('a database that cannot be asked ends it with 2 and a sentence', async () => {
  const away = await run([], { DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' });
  expect([away.code, away.stderr]).toEqual([2, expect.stringContaining('could not be asked')]);
  await asPostgres('alter function private.doctor() rename to nobody');
  const other = await run([], { DATABASE_URL: (await testDatabase()).url });
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('no Staybase')]);
});

test('all at once: an unindexed key, an invalid index and a blocked session are found', async () => {
  await asPostgres(`
    create table private.parts (part_id bigint primary key, booking_id uuid references public.bookings);
    insert into private.parts (part_id) values (1), (2)`);
  // A concurrent build that fails leaves its index behind.
  await asPostgres('create unique index concurrently parts_twice on private.parts ((part_id / 10))')
    .catch(() => {});
  const [holder, waiter] = [await connect(), await connect()];
  await holder.query('begin');
  await holder.query('lock table private.parts in access exclusive mode');
  const waiting = waiter.query('select from private.parts');
  await expect.poll(async () => (await foundBy(`blocked_sessions('0 seconds')`)).length).toBe(1);
  await expect.poll(async () => (await examine()).findings.map(({ topic }) => topic).toSorted())
    .toEqual([...careless.map(() => 'settings'), 'invalid_indexes', 'lock_waits', 'unindexed_keys']
      .toSorted());
  const { findings } = await examine();
  const about = (wanted: string) => findings.find(({ topic }) => topic === wanted);
  expect(about('unindexed_keys')).toMatchObject({
    object: 'private.parts.parts_booking_id_fkey',
    seen: 'The foreign key to public.bookings has no index on booking_id.',
  });
  expect(about('invalid_indexes')?.advice)
    .toContain('drop index concurrently private.parts_twice');
  const { rows: [pid] } = await holder.query('select pg_backend_pid()::text as pid');
  expect(about('lock_waits')?.advice).toContain(`pg_terminate_backend(${pid.pid})`);
  await holder.query('rollback');
  await waiting;
});

describe('a check', () => {
  test('takes an index for a key when it begins with its columns and leaves out nulls alone', async () => {
    await asPostgres(
      'create table private.parts (booking_id uuid references public.bookings, other int)',
    );
    for (
      const [index, covers] of [
        ['(other, booking_id)', false],
        ['(booking_id) where other = 1', false],
        ['(booking_id) where booking_id is not null', true],
        ['(booking_id, other)', true],
      ] as const
    ) {
      await asPostgres(`create index parts_index on private.parts ${index}`);
      expect([index, (await foundBy('unindexed_keys()')).length]).toEqual([index, covers ? 0 : 1]);
      await asPostgres('drop index private.parts_index');
    }
  });

  test('finds slow and unsteady queries, by what pg_stat_statements counted', async () => {
    for (let times = 0; times < 3; times += 1) await asPostgres('select pg_sleep(0.02) as dawdle');
    const slow = await foundBy('slow_queries(10, 3)');
    expect(slow.map(({ object }) => object)).toEqual(['select pg_sleep($1) as dawdle']);
    expect(await foundBy('slow_queries(1e9, 3)')).toEqual([]);
    for (let times = 0; times < 60; times += 1) {
      await asPostgres('select pg_sleep($1) as waver', [times === 0 ? 1 : 0]);
    }
    expect((await foundBy('unsteady_queries(200, 60)')).map(({ object }) => object))
      .toEqual(['select pg_sleep($1) as waver']);
  });

  test('says nothing of queries where pg_stat_statements is absent', async () => {
    const admin = new pg.Client({
      connectionString: (await testDatabase()).url,
    });
    await admin.connect();
    clients.push(admin);
    await admin.query('begin');
    await admin.query(`create or replace function private.can_see_statements() returns boolean
      language sql stable security definer set search_path = '' return false`);
    await admin.query('commit');
    expect((await examine()).notes).toEqual([
      expect.stringContaining('pg_stat_statements is not loaded'),
    ]);
  });

  test('finds large indexes that nothing reads, and large tables that are read whole', async () => {
    await asPostgres(`
      create table private.parts (part_id int primary key, word text);
      create index parts_word_idx on private.parts (word);
      insert into private.parts select n, 'word ' || n from generate_series(1, 2000) as n;
      analyze private.parts`);
    for (let times = 0; times < 5; times += 1) {
      await asPostgres('select from private.parts where part_id = 7');
      await asPostgres(`select count(*) from private.parts where word || '' = 'word 7'`);
    }
    await expect.poll(async () =>
      (await foundBy('missing_indexes(1000, 5)')).map(({ object }) => object)
    )
      .toEqual(['private.parts']);
    await expect.poll(async () =>
      (await foundBy('unused_indexes(1, 5)')).map(({ object }) => object)
    ).toContain('private.parts_word_idx');
    expect(await foundBy('unused_indexes(1000000000, 5)')).toEqual([]);
  });

  test('finds dead rows, and tables larger than their rows', async () => {
    await asPostgres(`
      create table private.parts (part_id int, word text) with (autovacuum_enabled = off);
      insert into private.parts select n, repeat('x', 100) from generate_series(1, 5000) as n;
      delete from private.parts where part_id > 500;
      analyze private.parts`);
    await expect.poll(async () =>
      (await foundBy('bloated_tables(100000, 1000)')).map(({ seen }) => seen)
    )
      .toEqual([
        expect.stringContaining('4500 dead rows and 500 live ones'),
        expect.stringMatching(/^\d+ kB, of which its rows need about \d+ kB\.$/),
      ]);
    await asPostgres('vacuum full private.parts');
    await asPostgres('analyze private.parts');
    await expect.poll(() => foundBy('bloated_tables(100000, 1000)')).toEqual([]);
  });

  test('finds sequences near their end and tables that were not frozen', async () => {
    await asPostgres(`
      create table private.parts (part_id smallint generated always as identity);
      select setval('private.parts_part_id_seq', 30000)`);
    expect(await foundBy('ids_near_their_end()')).toEqual([{
      object: 'private.parts_part_id_seq',
      seen: '91.6% of its numbers are used.',
      advice: expect.stringContaining('bigint'),
    }]);
    expect((await foundBy('unfrozen_tables(0)')).length).toBe(5);
    expect(await foundBy('unfrozen_tables()')).toEqual([]);
  });

  test('finds transactions that stay open, and whose session is idle in one', async () => {
    const idler = await connect();
    await idler.query('begin');
    await idler.query('select 1 as left_open');
    const found = async () => await foundBy(`long_transactions('0 seconds', '0 seconds')`);
    await expect.poll(async () => (await found()).map(({ seen }) => seen))
      .toEqual([expect.stringContaining('the session is idle in transaction')]);
    expect((await found())[0]?.advice).toContain('select 1 as left_open');
    await idler.query('rollback');
    await expect.poll(found).toEqual([]);
  });

  test('finds policies that call for each row what is the same for all', async () => {
    await asPostgres(`
      create policy bare on public.bookings for select to authenticated using (guest_id = auth.uid());
      create policy told on public.listings for select to authenticated
        using (listing_id = any (array(select private.listings_of_caller('see'))) and private.caller_is_staff());
      create policy fine on public.payments for select to authenticated
        using (guest_id = (select auth.uid()) and private.may_manage(listing_id, 'prices'))`);
    const found = await foundBy('costly_policies()');
    expect(found.map(({ object, seen }) => `${object}: ${seen}`).toSorted())
      .toEqual([
        '"bare" on public.bookings: It calls auth.uid() for each row it checks.',
        '"told" on public.listings: It calls private.caller_is_staff() for each row it checks.',
      ]);
  });

  test('finds tables that the API reads without row-level security', async () => {
    await asPostgres(`
      create table public.open_door (word text);
      grant select on public.open_door to anon`);
    expect((await foundBy('untrusted_settings()')).map(({ object, seen }) => `${object}: ${seen}`))
      .toContain(
        'row-level security: public.open_door is readable by the API and has no row-level security.',
      );
  });

  test('finds replication slots that keep WAL', async () => {
    await asPostgres(`select pg_create_physical_replication_slot('doctor_${process.pid}', true)`);
    try {
      expect((await foundBy('lagging_slots(0)')).map(({ object }) => object))
        .toContain(`slot doctor_${process.pid}`);
    } finally {
      await asPostgres(`select pg_drop_replication_slot('doctor_${process.pid}')`);
    }
  });
});

test.each(['anon', 'authenticated', 'service_role'])('%s may not ask the doctor', async (role) => {
  const client = await connect();
  await client.query('begin');
  await client.query(`set local role ${role}`);
  await expect(client.query('select * from private.doctor()')).rejects.toThrow(/permission denied/);
});
