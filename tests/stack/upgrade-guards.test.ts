import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { dataHome } from '../../local/data.ts';
import { makeDirectory } from '../../local/folders.ts';
import { freePort } from '../../local/ports.ts';
import { type Cluster, localPassword, startCluster } from '../../local/postgres/cluster.ts';
import { findPostgresPrograms } from '../../scripts/backup/programs.ts';
import { copy } from '../../scripts/upgrade/copy.ts';
import { application, type End, UpgradeProblem } from '../../scripts/upgrade/ends.ts';
import { type Facts, inTheWay, look } from '../../scripts/upgrade/look.ts';
import { finish, type Gate, switchOver, whoFollows } from '../../scripts/upgrade/switch.ts';

// What an upgrade refuses and waits for, on two servers with as many tables as that takes: upgrade.test.ts has the
// whole schema.

const isToBeHad = (() => {
  try {
    return findPostgresPrograms() !== undefined;
  } catch {
    return false;
  }
})();

const database = 'shop';
const say = () => {};

test('a server that cannot publish, or is not for this database, is in the way', () => {
  const old: Facts = {
    name: 'old',
    database,
    version: 170010,
    isSuper: true,
    level: 'logical',
    slots: 4,
    senders: 4,
    tables: 100,
    objects: 0,
    prepared: 0,
  };
  const next: Facts = { ...old, name: 'new', version: 180004, tables: 0 };
  expect(inTheWay(old, next)).toEqual([]);
  for (const [one, other] of [[{ level: 'replica' }, {}], [{}, { level: 'replica' }]]) {
    expect(inTheWay({ ...old, ...one }, { ...next, ...other })).toEqual([
      expect.stringMatching(/wal_level is replica, not logical/),
    ]);
  }
  expect(inTheWay({ ...old, senders: 3 }, next)).toEqual([
    'The old server: 4 replication slots and 3 senders are free; 4 are needed.',
  ]);
  expect(inTheWay(old, { ...next, version: 160009 })).toEqual([
    'The new server is older than the old one.',
  ]);
});

describe.skipIf(!isToBeHad)('two servers', () => {
  let old: End;
  let next: End;
  const clusters: Cluster[] = [];
  const run = async <Row = Record<string, unknown>>(end: End, sql: string) => {
    const client = new pg.Client({ connectionString: end.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  };
  const note = (end: End, text: string) =>
    run(end, `insert into private.notes (text) values ('${text}')`);
  const notesOf = (end: End) => run(end, 'select text from private.notes order by note_id');
  const limitOf = async (end: End) =>
    (await run(end, 'select datconnlimit from pg_database where datname = current_database()'))[0]!
      .datconnlimit;
  const subscriptionsOf = (end: End) => run(end, 'select subname from pg_subscription');

  /** What the gate was told, in order. */
  const told: string[] = [];
  const gateThat = (does: Partial<Gate> = {}): Gate => {
    told.length = 0;
    const tell = (word: string, more?: () => Promise<void>) => {
      told.push(word);
      return more?.() ?? Promise.resolve();
    };
    return {
      close: () => tell('close', does.close),
      pointTo: (end) => tell(end.name),
      open: () => tell('open', does.open),
    };
  };
  const change = (from: End, to: End, gate = gateThat(), hear: (line: string) => void = say) =>
    switchOver({ from, to, gate, compare: 'meanwhile', say: hear });

  /** Notes that come by replication wait until the answer is called: another session has their keys. */
  const holdNotes = async (end: End) => {
    const client = new pg.Client({ connectionString: end.url, application_name: application });
    await client.connect();
    await client.query(
      `begin;
       insert into private.notes (note_id, text)
       select (select max(note_id) from private.notes) + more, '' from generate_series(1, 500) as more`,
    );
    let released: Promise<void> | undefined;
    const release = () => released ??= client.end();
    onTestFinished(release);
    return release;
  };

  beforeAll(async () => {
    const start = async (name: string) => {
      const cluster = await startCluster({
        dataDirectory: makeDirectory(
          join(inject('run').directory, 'workers', `guards-${name}-${randomUUID()}`),
        ),
        home: dataHome(),
        port: await freePort(),
        durable: false,
        settings: { max_prepared_transactions: '1', max_sync_workers_per_subscription: '3' },
      });
      clusters.push(cluster);
      await cluster.asAdmin((client) => client.query(`create database ${database}`));
      return cluster.url(database, 'supabase_admin');
    };
    const [one, other] = [await start('old'), await start('new')];
    old = { name: 'old', url: one, seenAs: one };
    next = { name: 'new', url: other, seenAs: other };
    // Of the marketplace only what the comparison asks.
    await run(
      old,
      `create schema private;
       create table private.ledger_entries (
         entry_id bigint generated always as identity primary key, source_kind text not null,
         source_id text not null, currency text not null, amount_minor bigint not null);
       create table public.bookings (
         booking_id integer primary key, listing_id integer not null, status text not null,
         check_in date not null, check_out date not null);
       create table private.notes (note_id serial primary key, text text not null);
       create table private.keyless (word text);
       insert into private.keyless values ('one');
       insert into private.notes (text) values ('first');
       create materialized view private.counted as select count(*)::integer as notes from private.notes;`,
    );
  });
  afterAll(async () => {
    for (const cluster of clusters) await cluster.stop();
  });

  const refuses = async (problem: string | RegExp, [one, other] = [old, next]) => {
    expect((await look(one, other)).problems).toContainEqual(expect.stringMatching(problem));
    await expect(copy({ old: one, next: other, say })).rejects.toThrow(problem);
  };

  test('a server that does not answer is named', async () => {
    const nowhere = { ...next, url: old.url.replace(/:\d+\//, `:${await freePort()}/`) };
    await expect(look(old, nowhere)).rejects.toThrow(/^The new server: /);
    await expect(look(old, nowhere)).rejects.toBeInstanceOf(UpgradeProblem);
  });

  test('an upgrade is for superusers', async () => {
    const isReader = `create role reader login password '${localPassword}'`;
    for (const end of [old, next]) await run(end, isReader);
    const asReader = (end: End) => ({
      ...end,
      url: end.url.replace(/\/\/[^@]*@/, `//reader:${localPassword}@`),
    });
    expect((await look(asReader(old), next)).problems).toEqual([
      'The old server: only a superuser can publish what others own.',
    ]);
    expect((await look(old, asReader(next))).problems).toEqual([
      'The new server: only a superuser can publish what others own.',
    ]);
    for (const end of [old, next]) await run(end, 'drop role reader');
  });

  test('a database of another name is refused before anything is made', async () => {
    const other = { ...next, url: next.url.replace(`/${database}`, '/postgres') };
    await refuses('Both databases need the same name', [old, other]);
    await run(next, 'create table public.mine (id integer)');
    await refuses('The new database is not empty: 1 tables');
    await run(next, 'drop table public.mine');
  });

  test('prepared transactions and slots that are taken are in the way', async () => {
    await run(old, `begin; insert into private.notes (text) values ('?'); prepare transaction 'p'`);
    await refuses('1 prepared transactions');
    await run(old, `rollback prepared 'p'`);
    const taken = `from generate_series(1, current_setting('max_replication_slots')::integer - 3)`;
    await run(old, `select pg_create_physical_replication_slot('taken_' || n) ${taken} as n`);
    await refuses(/: 3 replication slots and \d+ senders are free; 4 are needed/);
    await run(old, `select pg_drop_replication_slot('taken_' || n) ${taken} as n`);
    expect((await look(old, next)).problems).toEqual([]);
  });

  test('rows of extensions and the slots of others are told of', async () => {
    await run(
      old,
      `create table private.of_extension (id integer primary key);
       alter extension plpgsql add table private.of_extension;`,
    );
    await run(old, `select pg_create_logical_replication_slot('realtime', 'pgoutput')`);
    const { notes, problems } = await look(old, next);
    expect(problems).toEqual([]);
    expect(notes).toEqual(expect.arrayContaining([
      'private.of_extension belongs to extension plpgsql: its rows stay behind',
      'slot realtime: its reader begins again at the new server',
    ]));
    await run(
      old,
      `select pg_drop_replication_slot('realtime');
       alter extension plpgsql drop table private.of_extension; drop table private.of_extension`,
    );
  });

  test('a role that the new server does not take ends the copy', async () => {
    await run(old, 'create role one; create role other; grant other to one');
    await run(next, 'create role one; create role other; grant one to other');
    await expect(copy({ old, next, say })).rejects.toThrow(/GRANT other TO one/);
    for (const end of [old, next]) await run(end, 'drop role one; drop role other');
  });

  test('a row that the new server does not take ends the copy', async () => {
    await run(
      old,
      `alter table private.notes add constraint no_first check (text <> 'first') not valid`,
    );
    await expect(copy({ old, next, say })).rejects.toThrow('cannot apply a change');
    await finish([old, next]);
    await run(old, 'alter table private.notes drop constraint no_first');
    await clusters[1]!.asAdmin((client) => client.query(`drop database ${database} with (force)`));
    await clusters[1]!.asAdmin((client) => client.query(`create database ${database}`));
  });

  test('nobody is switched to a copy that lacks a table', async () => {
    await copy({ old, next, say });
    for (const end of [old, next]) {
      await run(end, 'create table private.late (id integer primary key)');
      await run(end, 'insert into private.late values (1)');
    }
    await run(old, 'alter publication staybase_upgrade add table private.late');
    await run(next, 'alter subscription staybase_upgrade refresh publication');
    await expect(change(old, next)).rejects.toThrow('1 tables are not copied yet');
    expect(told).toEqual([]);
    await run(next, 'delete from private.late');
    await expect.poll(async () => (await whoFollows([old, next]))!).toMatchObject({
      all: 5,
      ready: 5,
    });
  });

  test.each([
    [
      'books that do not balance',
      `insert into private.ledger_entries (source_kind, source_id, currency, amount_minor)
       values ('payment', 'pay_1', 'EUR', 5), ('payment', 'pay_1', 'EUR', -4)`,
      'payment pay_1 does not balance: 1',
      'delete from private.ledger_entries',
    ],
    [
      'two stays in one night',
      `insert into public.bookings values
       (1, 7, 'confirmed', '2031-06-01', '2031-06-03'), (2, 7, 'completed', '2031-06-02', '2031-06-04'),
       (3, 7, 'expired', '2031-06-02', '2031-06-04'), (4, 7, 'confirmed', '2031-06-04', '2031-06-05')`,
      'bookings 1 and 2 share a night',
      'delete from public.bookings',
    ],
  ])('%s are refused, though both servers agree', async (_, wrong, problem, right) => {
    await run(old, wrong);
    await expect(change(old, next)).rejects.toThrow(`it was made of:\n${problem}`);
    expect(told).toEqual(['close', 'open']);
    await run(old, right);
  });

  test('without a way back nobody is switched', async () => {
    await run(
      next,
      `create function private.refuse_it() returns event_trigger language plpgsql
       as $$ begin raise 'It stays.'; end $$;
       create event trigger keep_it on ddl_command_start when tag in ('DROP SUBSCRIPTION')
       execute function private.refuse_it();`,
    );
    const sameThere = `create function private.refuse_it() returns event_trigger language plpgsql
       as $$ begin raise 'It stays.'; end $$`;
    await run(old, sameThere);
    await expect(change(old, next)).rejects.toThrow('It stays.');
    expect(told).toEqual(['close', 'open']);
    expect(await subscriptionsOf(old)).toEqual([]);
    expect(await limitOf(old)).toBe(-1);
    expect(await whoFollows([old, next])).toMatchObject({ follower: next });
    await run(next, 'drop event trigger keep_it');
    for (const end of [old, next]) await run(end, 'drop function private.refuse_it');
  });

  test('what is on its way when the gate closes arrives, and views are refreshed', async () => {
    const release = await holdNotes(next);
    await note(old, 'on its way');
    await run(old, 'refresh materialized view private.counted');
    await change(old, next, gateThat(), (line) => {
      if (line.startsWith('Nobody writes')) setTimeout(() => void release(), 1_000);
    });
    expect(told).toEqual(['close', 'new', 'open']);
    expect(await notesOf(next)).toEqual(await notesOf(old));
    expect((await notesOf(next)).at(-1)).toEqual({ text: 'on its way' });
    expect(await run(next, 'select notes from private.counted')).toEqual(
      await run(old, 'select notes from private.counted'),
    );
  });

  test('a commit that was not waited for is, when the gate is closed', async () => {
    await run(next, `alter system set wal_writer_delay = '10s'`);
    await run(next, 'select pg_reload_conf()');
    onTestFinished(async () => {
      await run(next, 'alter system reset wal_writer_delay');
      await run(next, 'select pg_reload_conf()');
    });
    await change(
      next,
      old,
      gateThat({
        close: async () => void await note(next, 'perhaps'),
      }),
    );
    expect((await notesOf(old)).at(-1)).toEqual({ text: 'perhaps' });
    await change(old, next);
  });

  test('on the way back a row without a key is found, too', async () => {
    await run(next, `update private.keyless set word = 'two'`);
    await expect.poll(() => run(old, 'select word from private.keyless')).toEqual([{
      word: 'two',
    }]);
  });

  test('a comparison afterwards sees what was there when the gate opened, and says what differs', async () => {
    const back = (gate: Gate) =>
      switchOver({ from: next, to: old, gate, compare: 'afterwards', say });
    let release = () => Promise.resolve();
    await back(gateThat({
      async open() {
        // What comes from now on does not arrive while it compares.
        release = await holdNotes(next);
        await note(old, 'after the gate');
      },
    }));
    await release();
    await expect.poll(() => notesOf(next)).toEqual(await notesOf(old));

    await run(next, `update private.notes set text = 'other' where note_id = 1`);
    await expect(
      switchOver({ from: old, to: next, gate: gateThat(), compare: 'afterwards', say }),
    ).rejects.toThrow('with other content');
    // They differ, and clients are there all the same: back is the way on.
    expect(told).toEqual(['close', 'new', 'open']);
    expect(await whoFollows([old, next])).toMatchObject({ follower: old });
  });
});
