import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { ChangedMigration, migrate, readMigrations } from '../../local/postgres/migrate.ts';
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
