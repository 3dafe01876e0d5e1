import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import {
  BlockedMigration,
  ChangedMigration,
  migrate,
  type Migration,
  readMigrations,
} from '../../local/postgres/migrate.ts';
import { splitStatements } from '../../local/postgres/statements.ts';
import { baseTemplate, createDatabase } from '../../local/postgres/templates.ts';
import { withDatabase } from '../support/databases.ts';

const history = 'select version, name, statements from supabase_migrations.schema_migrations';

test('a database pushed by the Supabase CLI and one migrated here are the same to both', async () => {
  await withDatabase(async (cluster, ours) => {
    await withDatabase(async (_, theirs) => {
      await migrate(cluster, ours);
      supabase('db', 'push', '--yes', `--remote=${cluster.url(theirs)}`);

      const [recordedHere, recordedThere] = await Promise.all(
        [ours, theirs].map((database) =>
          cluster.using(database, 'postgres', async (client) => (await client.query(history)).rows)
        ),
      );
      expect(recordedHere).toEqual(recordedThere);
      expect(await migrate(cluster, theirs)).toEqual([]);
      expect(supabase('db', 'push', '--yes', `--remote=${cluster.url(ours)}`)).toMatch(
        /up to date/i,
      );
    });
  });
});

test('an edited migration is refused by name, and nothing is done', async () => {
  await withDatabase(async (cluster, database) => {
    const [first, ...others] = readMigrations();
    if (first === undefined) throw new Error('There are no migrations.');
    await migrate(cluster, database, [first]);
    const edited = { ...first, sql: `${first.sql}\ncreate table public.forgotten ();\n` };

    const refused = migrate(cluster, database, [edited, ...others]);

    await expect(refused).rejects.toThrow(ChangedMigration);
    await expect(refused).rejects.toThrow(`${first.path} was changed after it was applied here`);
    expect(await migrate(cluster, database, [first])).toEqual([]);
  });
});

test('a migration whose file is gone is refused', async () => {
  await withDatabase(async (cluster, database) => {
    const migrations = readMigrations();
    await migrate(cluster, database, migrations);
    await expect(migrate(cluster, database, migrations.slice(1))).rejects.toThrow(
      'its file is gone',
    );
  });
});

test('a mistake is named with file and line, and its file leaves nothing behind', async () => {
  await withDatabase(async (cluster, database) => {
    const broken = {
      version: '1',
      name: 'broken',
      path: 'supabase/migrations/1_broken.sql',
      sql: 'create table public.half ();\n\nselect nothing from public.half;\n',
    };
    await expect(migrate(cluster, database, [broken]))
      .rejects.toThrow(
        'supabase/migrations/1_broken.sql:3: column "nothing" does not exist (42703)',
      );
    const left = await cluster.using(
      database,
      'postgres',
      async (client) => (await client.query(`select to_regclass('public.half') as half`)).rows,
    );
    expect(left).toEqual([{ half: null }]);
  });
});

/** A migration that exists only here. */
const file = (name: string, sql: string): Migration => ({
  version: '20300101000000',
  name,
  path: `supabase/migrations/20300101000000_${name}.sql`,
  sql,
});

const table = 'create table public.queue (queue_id int primary key)';

test('a migration steps back from a lock it does not get, says who holds it, and tries again', async () => {
  await withDatabase(async (cluster, database) => {
    await cluster.using(database, 'postgres', async (holder) => {
      await holder.query(`set application_name = 'a long report'`);
      await holder.query(table);
      await holder.query('begin');
      await holder.query('select * from public.queue');
      const said: string[] = [];

      const applied = await migrate(
        cluster,
        database,
        [file('queue_has_names', 'alter table public.queue add column name text')],
        {
          lockTimeoutMs: 1000,
          attempts: 1000,
          pauseMs: () => 10,
          say: (line) => {
            said.push(line);
            // Whoever watches may come late on a busy machine: then the next attempt names the holder.
            if (line.includes('a long report')) void holder.query('commit');
          },
        },
      );

      expect(applied).toEqual(['queue_has_names']);
      expect(said.at(-1)).toMatch(
        /queue_has_names did not get a lock .* In the way:\n {2}pid \d+, postgres \(a long report\), idle in transaction for \d+ s: select \* from public.queue/,
      );
    });
  });
});

test('a migration that never gets its lock gives up and leaves nothing', async () => {
  await withDatabase(async (cluster, database) => {
    await cluster.using(database, 'postgres', async (holder) => {
      await holder.query(table);
      await holder.query('begin');
      await holder.query('select * from public.queue');
      const blocked = migrate(
        cluster,
        database,
        [file(
          'queue_has_names',
          'create table public.half (); alter table public.queue add column name text',
        )],
        { lockTimeoutMs: 50, attempts: 2, pauseMs: () => 10, say: () => {} },
      );
      await expect(blocked).rejects.toThrow(BlockedMigration);
      const { rows } = await holder.query(`select to_regclass('public.half') as half`);
      expect(rows).toEqual([{ half: null }]);
    });
  });
});

test('two deploys at once apply each migration once', async () => {
  await withDatabase(async (cluster, database) => {
    const files = [file('a_queue', table)];
    const both = await Promise.all([1, 2].map(() => migrate(cluster, database, files)));
    expect(both.flat()).toContain('a_queue');
    expect(await migrate(cluster, database, files)).toEqual([]);
  });
});

test('an index is made concurrently outside a transaction, in a file of its own', async () => {
  await withDatabase(async (cluster, database) => {
    await cluster.using(database, 'postgres', (client) => client.query(table));
    const concurrent = `-- Made beside the traffic.
      drop index concurrently if exists public.queue_at_idx;
      create index concurrently queue_at_idx on public.queue (queue_id);`;
    await expect(migrate(cluster, database, [file('mixed', `${concurrent} select 1;`)]))
      .rejects.toThrow('a file of their own');
    const { rows } = await cluster.using(
      database,
      'postgres',
      (client) => client.query(`select to_regclass('public.queue_at_idx') as made`),
    );
    expect(rows).toEqual([{ made: null }]);
    await migrate(cluster, database, [file('queue_is_read_in_order', concurrent)]);
    expect(await migrate(cluster, database, [file('queue_is_read_in_order', concurrent)]))
      .toEqual([]);
    await expect(migrate(cluster, database, [{
      ...file('broken', 'create index concurrently broken_idx\n on public.queue (nothing);'),
      version: '20300101000001',
    }, file('queue_is_read_in_order', concurrent)])).rejects.toThrow(
      'column "nothing" does not exist',
    );
  });
});

test('an index of a table in partitions is made concurrently on each of them', async () => {
  await withDatabase(async (cluster, database) => {
    const ask = (sql: string) =>
      cluster.using(database, 'postgres', async (client) => (await client.query(sql)).rows);
    await ask(`
      create schema parts;
      create table public.nights (home integer not null, night date not null) partition by hash (home);
      create table parts.nights_0 partition of public.nights for values with (modulus 2, remainder 0);
      create table parts.nights_1 partition of public.nights for values with (modulus 2, remainder 1);
      insert into public.nights select i, '2030-01-01' from generate_series(1, 50) as i`);
    const twice = `-- Made beside the traffic.
      drop index concurrently if exists public.nights_night_idx;
      create index concurrently nights_night_idx on public.nights (night) where home > 1;`;
    const indexes = `select indrelid::regclass::text as table, indisvalid from pg_index
      where indrelid in ('public.nights'::regclass, 'parts.nights_0'::regclass, 'parts.nights_1'::regclass)
      order by 1`;
    const whole = ['nights', 'parts.nights_0', 'parts.nights_1'].map((table) => ({
      table,
      indisvalid: true,
    }));
    await migrate(cluster, database, [file('nights_are_found', twice)]);
    expect(await ask(indexes)).toEqual(whole);
    await migrate(cluster, database, [file('nights_are_found', twice), {
      ...file('again', twice),
      version: '20300101000001',
    }]);
    expect(await ask(indexes)).toEqual(whole);
  });
});

test('statements end at semicolons, except in quotes, comments and bodies', () => {
  const sql = `
    select 'a;b', "c;d", e'it\\'s;', $$;$$, $tag$;$$;$tag$; -- one; still one
    /* two; /* nested; */ ; */ select 2;
    create function f() returns int begin atomic
      select case when true then 1 else 2 end;
      select 3;
    end;
    select 4`;
  expect(splitStatements(sql).map((statement) => statement.slice(-8))).toEqual([
    '$;$$;$tag$',
    'select 2',
    'end',
    'select 4',
  ].map((end) => expect.stringContaining(end.slice(-8))));
});

test('copies of the base begin without the migrations', async () => {
  await withDatabase(async (cluster, database) => {
    await createDatabase(cluster, database, await baseTemplate(cluster));
    const { rows } = await cluster.using(database, 'postgres', (client) => client.query(history));
    expect(rows).toEqual([]);
  });
});

function supabase(...args: string[]): string {
  return execFileSync(inProject('node_modules', '.bin', 'supabase'), args, {
    cwd: inProject(),
    encoding: 'utf8',
    env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
