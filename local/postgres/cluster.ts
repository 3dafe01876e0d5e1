import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { canReach, makeDirectory } from '../folders.ts';
import { onFreePort } from '../ports.ts';
import { commandOf, startProgram } from '../processes.ts';
import { installPostgres, type PostgresUser, postgresUser } from './binaries.ts';

/** Roles that can log in. */
export type LoginRole =
  | 'postgres'
  | 'supabase_admin'
  | 'authenticator'
  | 'supabase_lite'
  | 'staybase_graphql';

/**
 * The password of all but the superuser: the convention of the Supabase CLI, known to everybody, for a
 * server that listens on 127.0.0.1 only. The superuser could read and write files of its system user, so
 * its password is random, one for each data directory.
 */
export const localPassword = 'postgres';

export interface ClusterOptions {
  /** Holds the cluster and the pids. */
  dataDirectory: string;
  /** Where the server itself is installed, by the first cluster that needs it. */
  home: string;
  /** Where it listens; elsewhere when that is taken. */
  port: number;
  /** False gives up surviving a power cut for speed: for tests and scratch databases only. */
  durable: boolean;
  /** The folder `native` of another Postgres than the one that comes with the packages. */
  native?: string;
  /** Further settings of the server. */
  settings?: Record<string, string>;
  /** True lets the server outlive this process. */
  keepRunning?: boolean;
  /** Hears each line of the server's log. */
  onLine?: (line: string) => void;
}

export interface Cluster {
  port: number;
  url(database: string, role?: LoginRole): string;
  /** Runs `work` with a connection and closes it. */
  using<T>(database: string, role: LoginRole, work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** The same as superuser, in no database of ours: for making and dropping databases. */
  asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres server on 127.0.0.1 in `dataDirectory`, creating it first when it is new. Its
 * superuser is `supabase_admin`, as on hosted Supabase. Throws an `Error` that says what to do.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const user = postgresUser();
  makeDirectory(options.dataDirectory);
  if (user.uid !== undefined && !canReach(user, options.dataDirectory)) {
    throw new Error(
      `Postgres runs as "${user.name}", who may not enter ${options.dataDirectory}. ` +
        'Set STAYBASE_DATA to a folder that every user may enter.',
    );
  }

  const installed = installPostgres(options.home, options.native);
  const data = join(options.dataDirectory, 'cluster');
  if (existsSync(join(data, 'created'))) forgetDeadServer(data);
  else createCluster(installed, data, user);

  return await onFreePort(options.port, (port) => startServer({ ...options, port }, installed));
}

async function startServer(options: ClusterOptions, installed: string): Promise<Cluster> {
  const user = postgresUser();
  const data = join(options.dataDirectory, 'cluster');
  const server = await startProgram({
    name: 'postgres',
    command: join(installed, 'bin', 'postgres'),
    args: ['-D', data, '-p', String(options.port), ...settings(options)],
    env: { PATH: process.env.PATH ?? '', LC_MESSAGES: 'C', TZ: 'UTC' },
    stopSignal: 'SIGINT',
    dataDirectory: options.dataDirectory,
    keepRunning: options.keepRunning ?? false,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    ...whoRuns(user),
  });

  const cluster: Cluster = {
    ...connectCluster(options.port, options.dataDirectory),
    ended: server.ended,
    stop: () => server.stop(),
  };

  const deadline = Date.now() + 300_000;
  for (;;) {
    if (server.hasEnded()) {
      await server.stop();
      throw new Error(`${await server.ended} while starting. It said:\n${server.lastWords()}`);
    }
    try {
      await cluster.asAdmin(async (client) => {
        if (existsSync(passwordFile(options.dataDirectory))) return;
        const password = client.escapeLiteral(newSuperuserPassword(options.dataDirectory));
        await client.query(`alter role supabase_admin password ${password}`);
      });
      return cluster;
    } catch (error) {
      const isRefused = (error as { code?: string }).code === '28P01';
      if (isRefused || Date.now() > deadline) {
        await server.stop();
        throw new Error(`Postgres does not answer: ${error}. It said:\n${server.lastWords()}`);
      }
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }
}

/** A server that already runs on `port`, with its data in `dataDirectory`. */
export function connectCluster(port: number, dataDirectory: string): Cluster {
  const url = (database: string, role: LoginRole = 'postgres') => {
    const password = role === 'supabase_admin' ? superuserPassword(dataDirectory) : localPassword;
    return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
  };
  return clusterAt(port, url);
}

/** A server that somebody else starts and stops, by the addresses of its databases. */
export function clusterAt(port: number, url: Cluster['url']): Cluster {
  const using: Cluster['using'] = async (database, role, work) => {
    const client = new pg.Client({ connectionString: url(database, role) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  return {
    port,
    url,
    using,
    asAdmin: (work) => using('template1', 'supabase_admin', work),
    ended: new Promise(() => {}),
    stop: () => Promise.resolve(),
  };
}

/**
 * What wakes up by itself does so rarely: a stack that is left alone should not heat a laptop. Vacuum
 * still comes within five minutes, and what is committed is on disk as before.
 */
const quiet = {
  autovacuum_naptime: '5min',
  bgwriter_delay: '2s',
  wal_writer_delay: '2s',
  max_logical_replication_workers: '0',
};

function settings({ durable, settings = {} }: ClusterOptions): string[] {
  const set: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    log_min_messages: 'warning',
    // The request that a statement belongs to is in the name of its application (gate.check_request).
    log_line_prefix: '%m %a [%p] ',
    // As on hosted Supabase; `npm run doctor` reads it.
    shared_preload_libraries: 'pg_stat_statements',
    timezone: 'UTC',
    // As on hosted Supabase; local/realtime reads it.
    wal_level: 'logical',
    ...(durable ? quiet : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...settings,
  };
  return Object.entries(set).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * A server that lost its power leaves postmaster.pid behind; if another program has that pid by now,
 * Postgres takes it for the server and refuses to start.
 */
function forgetDeadServer(data: string): void {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (!commandOf(pid).includes(data)) rmSync(file);
}

const passwordFile = (dataDirectory: string) => join(dataDirectory, 'superuser-password');

function superuserPassword(dataDirectory: string): string {
  const file = passwordFile(dataDirectory);
  // A cluster of an older Staybase has the common one, until it is started again.
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : localPassword;
}

function newSuperuserPassword(dataDirectory: string): string {
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(dataDirectory), `${password}\n`, { mode: 0o600 });
  return password;
}

const whoRuns = (user: PostgresUser) => ({
  ...(user.uid === undefined ? {} : { uid: user.uid }),
  ...(user.gid === undefined ? {} : { gid: user.gid }),
});

function createCluster(installed: string, data: string, user: PostgresUser): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  rmSync(passwordFile(join(data, '..')), { force: true });
  const password = newSuperuserPassword(join(data, '..'));
  // initdb reads it as the user that Postgres runs as.
  const forInitdb = join(data, '..', 'initdb-password');
  writeFileSync(forInitdb, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(data, user.uid, user.gid);
    chownSync(forInitdb, user.uid, user.gid);
  }
  chmodSync(data, 0o700);

  const made = spawnSync(join(installed, 'bin', 'initdb'), [
    `--pgdata=${data}`,
    '--username=supabase_admin',
    `--pwfile=${forInitdb}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--no-sync',
  ], {
    ...whoRuns(user),
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', LC_MESSAGES: 'C', TZ: 'UTC' },
  });
  rmSync(forInitdb, { force: true });
  if (made.status !== 0) {
    const reason = made.error?.message ?? `${made.stdout}\n${made.stderr}`.trim();
    rmSync(data, { recursive: true, force: true });
    throw new Error(`Postgres could not create its data in ${data}:\n${reason}`);
  }
  // Written last: a cluster without it was interrupted half-way and is made anew.
  const finished = join(data, 'created');
  writeFileSync(finished, '');
  if (user.uid !== undefined && user.gid !== undefined) chownSync(finished, user.uid, user.gid);
}
