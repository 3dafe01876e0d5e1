import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { dataHome } from '../../local/data.ts';
import { makeDirectory } from '../../local/folders.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { type Cluster, connectCluster, startCluster } from '../../local/postgres/cluster.ts';
import { createDatabase, dropDatabases } from '../../local/postgres/templates.ts';
import { findPostgresPrograms } from '../../scripts/backup/programs.ts';
import { copy } from '../../scripts/upgrade/copy.ts';
import type { End } from '../../scripts/upgrade/ends.ts';
import { look } from '../../scripts/upgrade/look.ts';
import { finish, switchOver, whoFollows } from '../../scripts/upgrade/switch.ts';

// `npm run upgrade:prove` upgrades to another version under load; here both are the same, and nobody is in a hurry.

const why = (() => {
  try {
    findPostgresPrograms();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
})();
if (why !== '') console.warn(`Upgrades are not tested: ${why}`);

const database = `upgrade_${randomUUID().slice(0, 8)}`;
const say = () => {};

test('a machine that cannot have hosts skips with a word', () => {
  const answer = execFileSync(process.execPath, [inProject('scripts', 'upgrade-drill.ts')], {
    encoding: 'utf8',
    env: { PATH: '/nowhere' },
  });
  expect(answer).toMatch(/^Skipped: /);
});

describe.skipIf(why !== '')('two servers', () => {
  let old: End;
  let next: End;
  let second: Cluster;
  const first = () => connectCluster(inject('run').postgresPort, inject('run').directory);
  const clusterOf = (end: End) => end === old ? first() : second;
  const on = async <Row = Record<string, unknown>>(end: End, sql: string, values: unknown[] = []) =>
    await clusterOf(end).using(
      database,
      'supabase_admin',
      async (client) => (await client.query(sql, values)).rows as Row[],
    );
  const note = (end: End, text: string) =>
    on(end, 'insert into private.upgrade_notes (text) values ($1)', [text]);
  const notes = (end: End) => on(end, 'select note_id, text from private.upgrade_notes order by 1');
  const limitOf = async (end: End) =>
    (await on(end, 'select datconnlimit from pg_database where datname = current_database()'))[0]!
      .datconnlimit;

  /** What the gate was told, in order. */
  const told: string[] = [];
  const tell = (word: string) => {
    told.push(word);
    return Promise.resolve();
  };
  const gate = {
    close: () => tell('close'),
    pointTo: ({ name }: End) => tell(name),
    open: () => tell('open'),
  };
  const change = (from: End, to: End, compare: 'meanwhile' | 'afterwards' = 'meanwhile') => {
    told.length = 0;
    return switchOver({ from, to, gate, compare, say });
  };

  beforeAll(async () => {
    await createDatabase(first(), database, inject('run').template);
    second = await startCluster({
      dataDirectory: makeDirectory(join(inject('run').directory, 'workers', database)),
      home: dataHome(),
      port: await freePort(),
      durable: false,
      // 163 tables, two at a time, would take half a minute.
      settings: { max_sync_workers_per_subscription: '3' },
    });
    const end = (name: End['name'], cluster: Cluster): End => {
      const url = cluster.url(database, 'supabase_admin');
      return { name, url, seenAs: url };
    };
    await second.asAdmin((client) => client.query(`create database ${database}`));
    old = end('old', first());
    next = end('new', second);
    await on(
      old,
      `create table private.upgrade_notes (note_id serial primary key, text text not null)`,
    );
    await on(
      old,
      `create table private.keyless (word text); insert into private.keyless values ('one')`,
    );
    await note(old, 'before');
  });
  afterAll(async () => {
    await finish([old, next]);
    await second.stop();
    await dropDatabases(first(), database);
  });

  test('whatever logical replication does not carry is told before anything is changed', async () => {
    const [{ oid } = {}] = await on(old, 'select lo_create(0) as oid');
    await on(old, 'create unlogged table private.scratch (id integer primary key)');
    await on(
      old,
      `alter table public.bookings enable always trigger keep_the_bookings;
       create materialized view private.summary as select 1 as one`,
    );
    onTestFinished(async () => {
      await on(
        old,
        `alter table public.bookings enable trigger keep_the_bookings; select lo_unlink(${oid});
        drop table private.scratch; drop materialized view private.summary`,
      );
    });
    const { problems, notes, withoutIdentity } = await look(old, next);
    expect(problems).toContainEqual(expect.stringMatching(/1 large objects/));
    expect(problems).toContainEqual(
      expect.stringMatching(/on public\.bookings fires for replicated rows/),
    );
    expect(notes).toContainEqual('private.scratch is unlogged: its rows stay behind');
    expect(notes).toContainEqual(expect.stringMatching(/private\.summary is a materialized view/));
    expect(withoutIdentity).toEqual(['private.keyless']);
    await expect(copy({ old, next, say })).rejects.toThrow('large objects');
  });

  test('a copy follows, and lets nobody write to it before the switch', async () => {
    expect((await look(old, next)).problems).toEqual([]);
    await copy({ old, next, say });
    expect(await whoFollows([old, next])).toMatchObject({ follower: next, errors: 0 });
    expect(await limitOf(next)).toBe(0);
    await note(old, 'while it follows');
    await on(old, `update private.keyless set word = 'two'`);
    await expect.poll(() => notes(next)).toHaveLength(2);
    await expect.poll(() => on(next, 'select word from private.keyless')).toEqual([{
      word: 'two',
    }]);
  });

  test('a copy that differs by one word is refused, and the old server goes on', async () => {
    const [{ was } = {}] = await on(
      next,
      'select text as was from private.upgrade_notes where note_id = 1',
    );
    await on(next, `update private.upgrade_notes set text = 'other' where note_id = 1`);
    await expect(change(old, next)).rejects.toThrow(
      'private.upgrade_notes: 2 rows, 2 rows, with other content',
    );
    expect(told).toEqual(['close', 'open']);
    expect(await limitOf(old)).toBe(-1);
    expect(await whoFollows([old, next])).toMatchObject({ follower: next });
    await on(next, 'update private.upgrade_notes set text = $1 where note_id = 1', [was]);
  });

  test('a schema that differs is refused before anybody waits', async () => {
    await on(old, 'alter table private.upgrade_notes add column more text');
    await expect(change(old, next)).rejects.toThrow('column private.upgrade_notes.more');
    expect(told).toEqual([]);
    await on(old, 'alter table private.upgrade_notes drop column more');
  });

  test('a gate that does not close leaves everything as it was', async () => {
    told.length = 0;
    const stuck = {
      ...gate,
      close: () => Promise.reject(new Error('A transaction runs for ever.')),
    };
    await expect(switchOver({ from: old, to: next, gate: stuck, compare: 'meanwhile', say }))
      .rejects.toThrow('for ever');
    expect(told).toEqual(['open']);
    expect(await limitOf(old)).toBe(-1);
  });

  test('sessions end, sequences come along, and there is a way back with what was written', async () => {
    const session = await first().using(database, 'postgres', async (client) => {
      const ended = new Promise((end) => client.once('error', end));
      // The end of the connection comes after that of the session.
      client.on('error', () => {});
      const { compared } = await change(old, next);
      expect(compared.differing).toEqual([]);
      return await ended;
    }).catch((error) => error);
    expect(String(session)).toMatch(/terminat/);
    expect(told).toEqual(['close', 'new', 'open']);
    expect([await limitOf(old), await limitOf(next)]).toEqual([0, -1]);
    await expect(first().using(database, 'postgres', async () => {})).rejects.toThrow(
      'too many connections',
    );

    // The number after the last: rows come by replication, and where the sequence stands does not.
    await note(next, 'at the new server');
    expect(await notes(next)).toHaveLength(3);
    await expect.poll(() => notes(old)).toEqual(await notes(next));

    await change(next, old, 'afterwards');
    expect(told).toEqual(['close', 'old', 'open']);
    expect([await limitOf(old), await limitOf(next)]).toEqual([-1, 0]);
    await note(old, 'at the old server again');
    await expect.poll(() => notes(next)).toEqual(await notes(old));
    expect(await notes(old)).toHaveLength(4);
  });

  test('afterwards nothing of it is left', async () => {
    await finish([old, next]);
    for (const end of [old, next]) {
      expect(
        await on(
          end,
          `select slot_name from pg_replication_slots where database = current_database()`,
        ),
      ).toEqual([]);
      expect(await on(end, `select pubname from pg_publication where pubname like 'staybase_%'`))
        .toEqual([]);
    }
    await expect(change(old, next)).rejects.toThrow('does not follow');
  });
});
