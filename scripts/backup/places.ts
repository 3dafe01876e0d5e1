import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claim, dataHome, ownerOf, release } from '../../local/data.ts';
import { bootstrapDatabase, createRoles } from '../../local/postgres/bootstrap/bootstrap.ts';
import { type Cluster, connectCluster, startCluster } from '../../local/postgres/cluster.ts';
import { createDatabase } from '../../local/postgres/templates.ts';
import { endLeftovers } from '../../local/processes.ts';
import { runningPorts, stackSettings } from '../../local/settings.ts';
import { databaseOf, inDatabase, using } from './connect.ts';
import { type FileAccess, storageApi, storageFolder } from './files.ts';
import { BackupProblem } from './problem.ts';
import { isSuperuser } from './restore/target.ts';

/** A marketplace that is backed up or restored into. */
export interface Place {
  /** The database, with its password: never printed, never an argument. */
  url: string;
  /** Its Storage; undefined when files are left out. */
  access: FileAccess | undefined;
  /** True when its database is restored as a whole. */
  whole: boolean;
  /** What a person calls it. */
  name: string;
  /** Makes an empty project of the embedded stack's, for a backup that can't be restored whole; its address. */
  makeProject?(): Promise<string>;
}

export interface PlaceOptions {
  /** `false` leaves Storage's files out. */
  files: boolean;
  recipe?: 'whole' | 'schemas';
}

const localDatabase = 'postgres';

/**
 * Lends the marketplace that the environment names: DATABASE_URL with SUPABASE_URL and
 * SUPABASE_SECRET_KEY, or without them the embedded stack, whether it runs or not.
 */
export async function withSource<T>(
  options: PlaceOptions,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  if (process.env.DATABASE_URL) return await use(await remotePlace(options));
  const settings = stackSettings();
  const { directory } = settings;
  if (!existsSync(join(directory, 'cluster', 'created'))) {
    throw new BackupProblem(
      'not_found',
      `There is no stack in ${directory}. Set DATABASE_URL to back up another database.`,
    );
  }
  if (ownerOf(directory) !== undefined) {
    const cluster = connectCluster(runningPorts(settings).postgres, directory);
    return await use(localPlace(cluster.url(localDatabase, 'supabase_admin'), directory, options));
  }
  return await withLocalCluster(
    (url) => use(localPlace(url(localDatabase), directory, options)),
  );
}

/** Lends the place to restore into; of an embedded stack that must not run, under another name if need be. */
export async function withTarget<T>(
  options: PlaceOptions & { database?: string },
  use: (place: Place) => Promise<T>,
): Promise<T> {
  if (process.env.DATABASE_URL) {
    const place = await remotePlace(options);
    if (options.database === undefined) return await use(place);
    return await use({
      ...place,
      url: inDatabase(place.url, options.database),
      name: options.database,
    });
  }
  const { directory } = stackSettings();
  const database = options.database ?? localDatabase;
  const place = (url: string) => localPlace(url, directory, options, database);
  if (options.database !== undefined && ownerOf(directory) !== undefined) {
    const cluster = connectCluster(runningPorts(stackSettings()).postgres, directory);
    return await use(place(cluster.url(database, 'supabase_admin')));
  }
  return await withLocalCluster((url, cluster) =>
    use({
      ...place(url(database)),
      async makeProject() {
        await createDatabase(cluster, database, 'template0');
        await bootstrapDatabase(cluster, database);
        return cluster.url(database);
      },
    })
  );
}

function localPlace(
  url: string,
  directory: string,
  { files }: PlaceOptions,
  database = localDatabase,
): Place {
  return {
    url,
    access: files ? storageFolder(join(directory, 'storage', database)) : undefined,
    whole: true,
    name: directory,
  };
}

/** Starts the embedded stack's Postgres alone, creating it where there is none. */
async function withLocalCluster<T>(
  use: (url: (database: string) => string, cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { ports, directory } = stackSettings();
  const other = claim(directory);
  if (other !== undefined) {
    throw new BackupProblem(
      'stack_runs',
      `The stack in ${directory} runs (process ${other}). Stop it with Ctrl-C first.`,
    );
  }
  try {
    await endLeftovers(directory);
    const cluster = await startCluster({
      dataDirectory: directory,
      home: dataHome(),
      port: ports.postgres,
      durable: true,
    });
    try {
      await createRoles(cluster);
      return await use((database) => cluster.url(database, 'supabase_admin'), cluster);
    } finally {
      await cluster.stop();
    }
  } finally {
    release(directory);
  }
}

async function remotePlace({ files, recipe }: PlaceOptions): Promise<Place> {
  const url = process.env.DATABASE_URL ?? '';
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new BackupProblem(
      'bad_setting',
      'DATABASE_URL is not an address such as postgresql://postgres:PASSWORD@HOST:5432/postgres',
    );
  }
  if (address.port === '6543') {
    throw new BackupProblem(
      'bad_setting',
      'Port 6543 is a pooler in transaction mode, which cannot keep a snapshot open. Use the direct ' +
        'connection or the session pooler, port 5432.',
    );
  }
  const [api, key] = [process.env.SUPABASE_URL, process.env.SUPABASE_SECRET_KEY];
  if (files && (!api || !key)) {
    throw new BackupProblem(
      'bad_setting',
      'The files of Storage need SUPABASE_URL and SUPABASE_SECRET_KEY; --no-files leaves them out.',
    );
  }
  return {
    url,
    access: files && api && key ? storageApi(api.replace(/\/$/, ''), key) : undefined,
    whole: recipe === undefined ? await entersAsSuperuser(url) : recipe === 'whole',
    name: address.hostname,
  };
}

/** The database itself may be missing: it is to be restored. */
async function entersAsSuperuser(url: string): Promise<boolean> {
  try {
    return await using(inDatabase(url, databaseOf(url)), isSuperuser);
  } catch (error) {
    const isMissing = ((error as Error).cause as { code?: string } | undefined)?.code === '3D000';
    if (!isMissing) throw error;
    return await using(inDatabase(url, 'template1'), isSuperuser);
  }
}
