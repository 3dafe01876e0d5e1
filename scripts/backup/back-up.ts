import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import {
  allSchemas,
  fingerprint,
  hashRows,
  openCatalog,
  ownSchemas,
  roles,
  sequences,
  tablesOf,
} from './catalog.ts';
import { encryptTo } from './encryption.ts';
import { readDatabase, readExtras, readJobs } from './extras.ts';
import { backUpFiles, type FileAccess, type ObjectRow } from './files.ts';
import type { Details, Manifest } from './manifest.ts';
import { BackupProblem } from './problem.ts';
import { type PostgresPrograms, startPostgresProgram } from './programs.ts';
import { alone, beginBackup, readIndex, staybaseVersion, writeIndex } from './store.ts';

export interface BackupOptions {
  /** The database, entered by its owner or the superuser; never through a transaction pooler. */
  url: string;
  /** Storage; without it only the database is backed up. */
  access: FileAccess | undefined;
  store: string;
  recipients: string[];
  programs: PostgresPrograms;
  progress: Progress;
  /** Passed to pg_dump's --compress. */
  compression?: string;
}

/**
 * Takes a backup. All of it is one snapshot of the database: the dump, the counts and hashes of every
 * table, and the list of Storage's files, whose contents are read afterwards.
 */
export async function backUp(options: BackupOptions): Promise<Manifest> {
  return await alone(options.store, () => take(options));
}

async function take(options: BackupOptions): Promise<Manifest> {
  const { url, access, store, recipients, programs, progress } = options;
  const began = performance.now();
  const takenAt = new Date();
  const id = takenAt.toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
  const { folder, finish } = beginBackup(store, id);

  progress('Opening a snapshot');
  const client = await openCatalog(url);
  try {
    await client.query('begin isolation level repeatable read');
    const { rows: [snapshot] } = await client.query<
      { id: string; server: string; people: number; schema: string }
    >(
      `select pg_export_snapshot() as id, current_setting('server_version') as server,
         (select count(*)::int from auth.users) as people,
         (select max(version) from supabase_migrations.schema_migrations) as schema`,
    ).catch((error) => {
      throw new BackupProblem(
        'target_unfit',
        `This is not a database of Staybase: ${error.message}`,
      );
    });
    if (snapshot === undefined) throw new Error('The database gave no snapshot.');

    const reading = readDetails(client, progress);
    // Told by the dump first when both fail.
    reading.catch(() => {});
    const dump = await dumpDatabase(options, folder, snapshot.id, await unreadable(url));
    const { rows, ...database } = await reading;

    const index = readIndex(store);
    const { files, missing, index: known, added } = access === undefined
      ? { files: [], missing: [], index: {}, added: 0 }
      : await backUpFiles({
        rows,
        access,
        store,
        recipients,
        index,
        onFile: (done, of) => progress('Files of Storage', done, of),
      });
    if (access !== undefined) writeIndex(store, known);

    const details: Details = { id, ...database, files, missing };
    progress('Sealing');
    const described = await encryptTo(
      join(folder, 'details.json.gz.age'),
      Readable.from([gzipSync(JSON.stringify(details))]),
      recipients,
    );
    const objects = [...new Set(files.map(({ sha256 }) => sha256))].sort();
    writeFileSync(join(folder, 'objects.txt'), objects.join('\n'), { mode: 0o600 });

    const tables = Object.values(details.tables);
    const manifest: Manifest = {
      format: 1,
      id,
      taken_at: takenAt.toISOString(),
      seconds: Math.round((performance.now() - began) / 100) / 10,
      versions: {
        staybase: staybaseVersion(),
        schema: snapshot.schema,
        postgres: snapshot.server,
        pg_dump: programs.version,
      },
      counts: {
        tables: tables.length,
        rows: tables.reduce((sum, { rows }) => sum + Number(rows), 0),
        people: snapshot.people,
        files: files.length,
        file_bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        new_files: added,
      },
      recipients,
      files: {
        'database.dump.age': { ...dump.sealed, plain: dump.plain },
        'details.json.gz.age': { ...described.sealed, plain: described.plain },
      },
    };
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
    });
    finish();
    return manifest;
  } finally {
    await client.end().catch(() => {});
  }
}

async function dumpDatabase(
  { url, recipients, programs, progress, compression = 'zstd' }: BackupOptions,
  folder: string,
  snapshot: string,
  left: string[],
) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'database.dump.age');
  const child = startPostgresProgram(programs.dump, [
    '--format=custom',
    `--compress=${compression}`,
    `--snapshot=${snapshot}`,
    '--no-password',
    // Sealed with a key of the server's own: another project can't open them.
    '--exclude-table-data=vault.*',
    ...left.map((schema) => `--exclude-schema="${schema}"`),
  ], url);
  let bytes = 0;
  const [written] = await Promise.all([
    encryptTo(path, child.stdout, recipients, (more) => {
      bytes += more;
      progress('Dumping the database, MB', Math.round(bytes / 1e6));
    }),
    child.done,
  ]);
  return written;
}

/** Schemas of Supabase's services in which this user may not read every table. */
async function unreadable(url: string): Promise<string[]> {
  const client = await openCatalog(url);
  try {
    const { rows } = await client.query<{ nspname: string }>(
      `select distinct nspname::text from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where relkind in ('r', 'p', 'm', 'f', 'S') and nspname !~ '^pg_' and nspname <> 'information_schema'
         and not (has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select'))`,
    );
    const left = rows.map(({ nspname }) => nspname);
    const own = await ownSchemas(client);
    const lost = left.filter((schema) =>
      own.includes(schema) || ['auth', 'storage'].includes(schema)
    );
    const user = new URL(url).username;
    if (lost.length > 0) {
      throw new BackupProblem(
        'not_allowed',
        `"${user}" may not read all of ${
          lost.join(', ')
        }. Back up as the owner of the database (postgres).`,
      );
    }
    return left;
  } finally {
    await client.end();
  }
}

/** Everything a restore is held against, and what it makes besides. */
async function readDetails(
  client: pg.Client,
  progress: Progress,
): Promise<Omit<Details, 'id' | 'files' | 'missing'> & { rows: ObjectRow[] }> {
  const [own, all] = [await ownSchemas(client), await allSchemas(client)];
  const tables: Details['tables'] = {};
  // These three are what a server does, not what it keeps: a copy has its own.
  const kept = all.filter((schema) => !['cron', 'net', 'vault'].includes(schema));
  const found = await tablesOf(client, kept);
  const { rows } = await client.query<ObjectRow>(
    `select bucket_id as bucket, name, metadata ->> 'mimetype' as mimetype,
       metadata ->> 'cacheControl' as cache_control,
       concat_ws(' ', updated_at, version, metadata ->> 'size', metadata ->> 'eTag') as changed
     from storage.objects order by 1, 2`,
  );
  const details = {
    ownSchemas: own,
    fingerprint: { own: await fingerprint(client, own), all: await fingerprint(client, all) },
    tables,
    sequences: await sequences(client, kept),
    roles: await roles(client),
    extensions: (await client.query<Details['extensions'][number]>(
      `select extname::text as name, nspname::text as schema, extversion as version
       from pg_extension join pg_namespace on pg_namespace.oid = extnamespace order by 1`,
    )).rows,
    database: await readDatabase(client),
    extras: await readExtras(client, own),
    jobs: await readJobs(client),
    rows,
  };
  for (const [at, { table, columns }] of found.entries()) {
    tables[table] = { ...(await hashRows(client, table, columns)), columns };
    progress('Hashing the rows of every table', at + 1, found.length);
  }
  return details;
}
