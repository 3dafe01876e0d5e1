import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Api, startApi } from '../../local/api.ts';
import { demoPassword, demoPeople } from '../../local/demo-people.ts';
import { bringPhoto, hangDemoPhotos, landscape, showPhoto } from '../../local/demo-photos.ts';
import { keys } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { baseTemplate, createDatabase, dropDatabases } from '../../local/postgres/templates.ts';
import { type OpenBackup, withBackup } from '../../scripts/backup/archive.ts';
import { backUp } from '../../scripts/backup/back-up.ts';
import { newKey } from '../../scripts/backup/encryption.ts';
import { type FileAccess, storageApi, storageFolder } from '../../scripts/backup/files.ts';
import type { BackupProblem } from '../../scripts/backup/problem.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../scripts/backup/programs.ts';
import { compareWhole } from '../../scripts/backup/restore/compare.ts';
import { restoreSchemas } from '../../scripts/backup/restore/project.ts';
import { restoreWhole } from '../../scripts/backup/restore/whole.ts';
import { listBackups, prune } from '../../scripts/backup/store.ts';
import { anonClient } from '../support/people.ts';
import { runScript } from '../support/scripts.ts';
import { processes } from '../support/stack-process.ts';
import { asPostgres, testApi, testDatabase } from '../support/stack.ts';

/** Debian 12 has version 15 alone; there `operate/postgres-client.sh` brings 17. */
const found = ((): { programs?: PostgresPrograms; why: string } => {
  try {
    return { programs: findPostgresPrograms(), why: '' };
  } catch (error) {
    return { why: (error as Error).message };
  }
})();
if (found.programs === undefined) console.warn(`Backups are not tested: ${found.why}`);
const programs = found.programs as PostgresPrograms;

const folder = mkdtempSync(join(tmpdir(), 'staybase-backup-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cluster = () => connectCluster(inject('run').postgresPort, inject('run').directory);
const progress = () => {};

test('a client that is too old, or none, is named with the way to get one', () => {
  const old = join(folder, 'old');
  mkdirSync(old);
  for (const name of ['pg_dump', 'pg_restore']) {
    writeFileSync(join(old, name), '#!/bin/sh\necho "$0 (PostgreSQL) 15.18"\n', { mode: 0o755 });
  }
  expect(() => findPostgresPrograms(old)).toThrow(
    expect.objectContaining({
      code: 'no_postgres_client',
      message: expect.stringMatching(/pg_dump is 15\.18\.[^]*operate\/postgres-client\.sh/),
    }),
  );
  expect(() => findPostgresPrograms(join(folder, 'nowhere')))
    .toThrow(/No pg_dump was found in PG_BIN/);
});

describe.skipIf(found.programs === undefined)('a small town', () => {
  const store = join(folder, 'store');
  let key: { identity: string; recipient: string };
  let source: string;
  let access: FileAccess;

  /** One of the commands as npm runs it. */
  async function command(
    script: string,
    args: string[] = [],
    env: Record<string, string> = {},
  ): Promise<{ code: number; said: string }> {
    const { said, code } = await runScript(script, args, {
      ...process.env,
      DATABASE_URL: source,
      SUPABASE_URL: (await testApi()).url,
      SUPABASE_SECRET_KEY: keys.secret,
      BACKUP_FOLDER: store,
      BACKUP_RECIPIENTS: key.recipient,
      BACKUP_IDENTITY: key.identity,
      PG_BIN: join(programs.dump, '..'),
      ...env,
    });
    return { code, said };
  }

  const opened = <T>(use: (backup: OpenBackup) => Promise<T>) =>
    withBackup({ store, id: 'latest', identities: [key.identity], programs, progress }, use);

  /** The store as it is, to do harm to. */
  function copyOfStore(): { at: string; backup: string } {
    const at = mkdtempSync(join(folder, 'copy-'));
    cpSync(store, at, { recursive: true });
    return { at, backup: join(at, listBackups(at).at(-1)?.id ?? '') };
  }

  /** Changes one byte in the middle of a file. */
  function changeByte(path: string): void {
    const content = readFileSync(path);
    const at = Math.floor(content.length / 2);
    content[at] = (content[at] ?? 0) ^ 1;
    writeFileSync(path, content);
  }

  /** An empty project as hosted Supabase gives it, with a Storage of its own, until the test ends. */
  async function project(): Promise<{ url: string; database: string; api: Api }> {
    const database = `file_project_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
    await createDatabase(cluster(), database, await baseTemplate(cluster()));
    const api = await startApi({
      cluster: cluster(),
      database,
      ports: { gateway: 0, rest: await freePort(), restAdmin: await freePort() },
      dataDirectory: mkdtempSync(join(folder, 'project-')),
      siteUrl: 'http://127.0.0.1:3000',
      mailbox: createMailbox(),
      functions: () => Promise.reject(new Error('There are no functions.')),
    });
    onTestFinished(async () => {
      await api.stop();
      await dropDatabases(cluster(), database);
    });
    return { url: cluster().url(database), database, api };
  }

  beforeAll(async () => {
    for (const { email, name } of demoPeople) {
      const { auth } = await anonClient();
      const data = { display_name: name };
      const { error } = await auth.signUp({ email, password: demoPassword, options: { data } });
      if (error) throw error;
    }
    await asPostgres(readFileSync(inProject('supabase/seed.sql'), 'utf8'));
    const { name } = await testDatabase();
    const { url } = await testApi();
    await hangDemoPhotos(cluster(), name, url);
    source = cluster().url(name, 'supabase_admin');
    access = storageApi(url, keys.secret);
    const { file, recipient } = await newKey();
    key = { identity: file.trim().split('\n').at(-1) ?? '', recipient };
  });

  test('is backed up, and no process shows a password or a key meanwhile', async () => {
    const seen = new Set<string>();
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        for (const { command } of processes()) {
          if (/scripts\/backup\.ts|pg_dump/.test(command)) seen.add(command);
        }
        await new Promise((wake) => setTimeout(wake, 10));
      }
    })();
    const { code, said } = await command('backup');
    isOver = true;
    await watching;
    expect(code, said).toBe(0);
    expect(said).toMatch(/Backed up \S+ in .*: \d+ rows of \d+ tables, 5 people, 20 files/);
    expect([...seen].join('\n')).toMatch(/pg_dump .*--format=custom/);
    const password = new URL(source).password;
    for (const secret of [password, keys.secret, key.identity]) {
      expect([...seen].join('\n')).not.toContain(secret);
      expect(said).not.toContain(secret);
    }
    const [manifest] = listBackups(store);
    expect(manifest?.counts).toMatchObject({ people: 5, files: 20 });
    // Nothing lies there in the clear, names of people and files least of all.
    for (const file of readdirSync(store, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const text = readFileSync(join(file.parentPath, file.name), 'latin1');
      expect(text).not.toMatch(/ada@example\.com|listing-photos|\x89PNG\r\n/);
    }
    expect(await command('backup', ['--verify'])).toMatchObject({
      code: 0,
      said: expect.stringContaining('22 files'),
    });
  });

  test('is restored whole and compared, and each thing that is then changed is found', async () => {
    await opened(async (backup) => {
      const database = `file_whole_${process.pid}`;
      const url = cluster().url(database, 'supabase_admin');
      const files = storageFolder(mkdtempSync(join(folder, 'files-')));
      onTestFinished(() => dropDatabases(cluster(), database));
      const options = { backup, programs, access: files, replace: false, progress };
      expect(await restoreWhole(url, options)).toMatchObject({ database });
      await expect(restoreWhole(url, options)).rejects.toMatchObject({ code: 'target_not_empty' });

      const compare = () => compareWhole(url, backup.details, files, progress);
      expect(await compare()).toEqual([]);
      const [file] = backup.details.files;
      for (
        const [sql, difference] of [
          [
            'drop policy "people see what they booked and what was placed with them" on public.bookings',
            'missing in the copy: policy public.bookings."people see what they booked and what was placed with them"',
          ],
          ['grant select on private.staff to anon', 'differs: relation private.staff'],
          [
            'alter table public.bookings disable row level security',
            'differs: relation public.bookings',
          ],
          [`comment on table public.bookings is 'Other.'`, 'differs: relation public.bookings'],
          [
            'alter table public.bookings disable trigger check_the_move',
            'differs: trigger public.bookings.check_the_move',
          ],
          [
            'grant update (title) on public.listings to anon',
            'differs: column public.listings.title',
          ],
          [
            'drop trigger make_the_profile on auth.users',
            'missing in the copy: trigger auth.users.make_the_profile',
          ],
          [
            `alter function public.quote_stay(text, text, text) security definer`,
            'differs: function public.quote_stay',
          ],
          [
            'alter default privileges for role postgres in schema public grant select on tables to anon',
            'default rights postgres public r',
          ],
          [
            'alter publication supabase_realtime drop table public.messages',
            'missing in the copy: published table supabase_realtime public.messages',
          ],
          [`update public.profiles set about = 'Other.'`, 'differs: rows of public.profiles'],
          [`update auth.users set email = 'x' || email`, 'differs: rows of auth.users'],
        ] as const
      ) {
        const [name, signature] = await cluster().using(
          database,
          'supabase_admin',
          async (client) => {
            const { rows } = await client.query<{ is: string }>(
              `select oid::regprocedure::text as is from pg_proc where proname = 'quote_stay' and pronamespace = 'public'::regnamespace`,
            );
            return ['public.quote_stay(text, text, text)', rows[0]?.is ?? ''];
          },
        );
        await cluster().using(
          database,
          'supabase_admin',
          (client) => client.query(sql.replace(name ?? '', signature ?? '')),
        );
        expect((await compare()).join('\n'), sql).toContain(difference);
      }
      if (file === undefined) throw new Error('The town has no photo.');
      await files.write(file, Buffer.from('another'));
      expect(await compare()).toContain(`differs: file ${file.bucket}/${file.name}`);

      // Over it, when that is asked for; what was there is kept, and closed.
      const replaced = await restoreWhole(url, { ...options, replace: true });
      onTestFinished(() => dropDatabases(cluster(), replaced.kept ?? ''));
      expect(replaced.kept).toMatch(new RegExp(`^${database}_before_\\d{14}$`));
      expect(await compare()).toEqual([]);
    });
  });

  test('is restored into a project that has its own auth and storage, and again after that died', async () => {
    const { url, database, api } = await project();
    const there = storageApi(api.url, keys.secret);
    let written = 0;
    const failing: FileAccess = {
      ...there,
      async write(file, content) {
        if ((written += 1) > 3) throw new Error('the network is gone');
        await there.write(file, content);
      },
    };
    await opened(async (backup) => {
      const options = { backup, programs, replace: false, progress };
      await expect(restoreSchemas(url, { ...options, access: failing }))
        .rejects.toThrow('the network is gone');
      // Half a marketplace, and nobody but its owner can look into it.
      const [half] = await cluster().using(
        database,
        'postgres',
        async (client) =>
          (await client.query(
            `select (select count(*)::int from public.profiles) as profiles,
             bool_or(has_table_privilege(role, 'public.profiles', 'select')) as readable,
             bool_or(has_function_privilege(role, pg_proc.oid, 'execute')) as callable
           from unnest(array['anon', 'authenticated', 'service_role']) as role, pg_proc
           where pronamespace = 'public'::regnamespace`,
          )).rows,
      );
      expect(half).toEqual({ profiles: 5, readable: false, callable: false });

      const restored = await restoreSchemas(url, { ...options, access: there });
      expect(restored.notes[0]).toContain('vault.create_secret');
      await expect(restoreSchemas(url, { ...options, access: there }))
        .rejects.toMatchObject({ code: 'target_not_empty' });
    });
    // Nobody was given another id, and the passwords are the ones they know.
    const { createClient } = await import('@supabase/supabase-js');
    const client = createClient(api.url, keys.publishable, { auth: { persistSession: false } });
    const { error } = await client.auth.signInWithPassword({
      email: 'ada@example.com',
      password: demoPassword,
    });
    expect(error).toBeNull();
    const { data: bookings } = await client.from('bookings').select('booking_id').throwOnError();
    expect(bookings.length).toBeGreaterThan(0);
  });

  test('is not restored where somebody lives, or where there is no auth', async () => {
    const { url: own, name } = await testDatabase();
    await opened(async (backup) => {
      const options = { backup, programs, access: undefined, replace: false, progress };
      await expect(restoreSchemas(own, options)).rejects.toMatchObject({
        code: 'target_not_empty',
      });
      await expect(restoreWhole(cluster().url(name, 'supabase_admin'), options))
        .rejects.toMatchObject({ code: 'target_not_empty' });
      await expect(restoreWhole(own, options)).rejects.toMatchObject({ code: 'not_allowed' });
      const bare = `file_bare_${process.pid}`;
      await createDatabase(cluster(), bare, 'template0');
      onTestFinished(() => dropDatabases(cluster(), bare));
      await expect(restoreSchemas(cluster().url(bare), options))
        .rejects.toMatchObject({ code: 'target_unfit' });
    });
  });

  test('a changed byte, a swapped file and a lost file are refused before anything is restored', async () => {
    const nowhere = cluster().url('file_nowhere', 'supabase_admin');
    const shelf = () => {
      const copy = copyOfStore();
      const objects = join(copy.at, 'objects');
      const [first = ''] = readdirSync(objects, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.age'));
      return { ...copy, object: join(objects, first) };
    };
    const harms: [what: string, harm: (copy: ReturnType<typeof shelf>) => void, isDump: boolean][] =
      [
        ['a byte of the dump', ({ backup }) => changeByte(join(backup, 'database.dump.age')), true],
        [
          'a byte of the details',
          ({ backup }) => changeByte(join(backup, 'details.json.gz.age')),
          true,
        ],
        [
          'the end of the dump',
          ({ backup }) => {
            const path = join(backup, 'database.dump.age');
            writeFileSync(path, readFileSync(path).subarray(0, -100));
          },
          true,
        ],
        ['a byte of a file', ({ object }) => changeByte(object), false],
        ['a file', ({ object }) => rmSync(object), false],
      ];
    for (const [what, harm, isDump] of harms) {
      const copy = shelf();
      harm(copy);
      const env = { BACKUP_FOLDER: copy.at, DATABASE_URL: nowhere };
      const verified = await command('backup', ['--verify'], env);
      expect(verified, what).toMatchObject({
        code: 1,
        said: expect.stringMatching(/^(damaged|not_found): /m),
      });
      if (!isDump) continue;
      const restored = await command('restore', [], env);
      expect(restored, what).toMatchObject({ code: 1, said: expect.stringMatching(/^damaged: /m) });
    }
    const [{ there }] = await cluster().asAdmin(async (client) =>
      (await client.query(
        `select count(*)::int as there from pg_database where datname like 'file\\_nowhere%'`,
      )).rows
    );
    expect(there).toBe(0);
  });

  test('another key, no key and no backup each have a code of their own', async () => {
    const other = (await newKey()).file.trim().split('\n').at(-1) ?? '';
    const restore = async (env: Record<string, string>, ...args: string[]) =>
      (await command('restore', args, env)).said.split('\n').filter((line) => /^\w+: /.test(line));
    expect(await restore({ BACKUP_IDENTITY: other })).toEqual([
      expect.stringMatching(/^wrong_key: /),
    ]);
    expect(await restore({ BACKUP_IDENTITY: 'AGE-SECRET-KEY-1NONE' })).toEqual([
      'wrong_key: The given private key is not an age key.',
    ]);
    expect(await restore({ BACKUP_IDENTITY: '' })).toEqual([expect.stringMatching(/^no_key: /)]);
    expect(await restore({}, '--backup', '1999')).toEqual([expect.stringMatching(/^not_found: /)]);
    expect(await command('backup', [], { BACKUP_RECIPIENTS: '' }))
      .toMatchObject({ code: 1, said: expect.stringMatching(/^no_key: /m) });
    expect(await command('backup', [], { BACKUP_RECIPIENTS: 'age1none' }))
      .toMatchObject({ code: 1, said: expect.stringMatching(/^no_key: /m) });
    expect(await command('backup', [], { SUPABASE_SECRET_KEY: '' }))
      .toMatchObject({ code: 1, said: expect.stringMatching(/^bad_setting: /m) });
  });

  test('a second backup reads only files that changed, and what no backup needs is removed', async () => {
    const { url } = await testApi();
    const own = mkdtempSync(join(folder, 'second-'));
    const read: string[] = [];
    // The reads of two rows with one content may end together: here they do.
    let together = Promise.withResolvers<void>();
    let arrived = 0;
    const counting: FileAccess = {
      ...access,
      async read(bucket, name) {
        read.push(name);
        const content = await access.read(bucket, name);
        if (++arrived % 2 === 0) together.resolve();
        await together.promise;
        return content;
      },
    };
    const take = (at: string) =>
      backUp({
        url: source,
        access: counting,
        store: at,
        recipients: [key.recipient],
        programs,
        progress,
      });
    const ages = { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
    const first = await take(own);
    // Each photo is there twice, for its host and for everyone, and kept once.
    expect(read).toHaveLength(20);

    const [photo] = await asPostgres<{ name: string }>(
      `select name from storage.objects where bucket_id = 'listing-photos' order by name limit 1`,
    );
    for (const put of [bringPhoto, showPhoto]) await put(photo?.name ?? '', landscape(4711), url);
    read.length = 0;
    together = Promise.withResolvers();
    // Backups are named by their second.
    await expect.poll(() => Date.now() - Date.parse(first.taken_at)).toBeGreaterThan(1000);
    const second = await take(own);
    expect(read).toEqual([photo?.name, photo?.name]);
    expect(second.counts).toMatchObject({ files: 20, new_files: 1 });
    expect(prune(own, ages)).toEqual({ backups: [first.id], objects: 1 });
    expect(prune(own, ages)).toEqual({ backups: [], objects: 0 });
    expect(await command('backup', ['--verify'], { BACKUP_FOLDER: own })).toMatchObject({
      code: 0,
    });
  });

  test('off-site is a command of yours, which is given no key and whose failure is one', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const sent = await command('backup', ['--no-files'], {
      BACKUP_FOLDER: mkdtempSync(join(folder, 'offsite-')),
      BACKUP_OFFSITE: `cp -r "$BACKUP_FOLDER" ${elsewhere} && env > ${folder}/env; exit 3`,
    });
    expect(sent).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^offsite_failed: .* 3\.$/m),
    });
    expect(await command('backup', ['--verify'], { BACKUP_FOLDER: elsewhere }))
      .toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain(key.identity);
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain(new URL(source).password);
  });

  test('two at once do not mix, and a pooler in transaction mode is refused', async () => {
    const taken = mkdtempSync(join(folder, 'taken-'));
    const { claim, release } = await import('../../local/data.ts');
    claim(taken);
    const refused = await backUp({
      url: source,
      access: undefined,
      store: taken,
      recipients: [key.recipient],
      programs,
      progress,
    }).catch((error: BackupProblem) => error.code);
    release(taken);
    expect(refused).toBe('busy');
    expect(
      await command('backup', [], {
        DATABASE_URL: 'postgresql://postgres:x@127.0.0.1:6543/postgres',
      }),
    )
      .toMatchObject({ code: 1, said: expect.stringMatching(/^bad_setting: Port 6543/m) });
  });
});
