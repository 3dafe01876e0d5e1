import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { dataHome } from '../../local/data.ts';
import { inProject } from '../../local/paths.ts';
import { BackupProblem } from './problem.ts';

/** Postgres' own dump programs; a newer one reads an older server, never the other way round. */
export interface PostgresPrograms {
  /** `17.12` */
  version: string;
  dump: string;
  restore: string;
}

const wanted = 17;

const howToGetIt =
  `The client programs of Postgres ${wanted} are needed for a Postgres ${wanted} server:
  Debian 13, Ubuntu 25.04   apt-get install postgresql-client-17
  older Debian, Ubuntu      operate/postgres-client.sh   (unpacks it below .staybase, installs nothing)
  macOS                     brew install libpq
Elsewhere say where it is: PG_BIN=/folder/with/pg_dump`;

/**
 * Finds pg_dump and pg_restore: in PG_BIN when that is set, and nowhere else then; else below
 * `.staybase`, on PATH and where Debian and Homebrew put them. The first that is new enough wins.
 */
export function findPostgresPrograms(folder = process.env.PG_BIN): PostgresPrograms {
  const places = folder ? [folder] : [
    join(dataHome(), 'postgres-client', 'bin'),
    inProject('.staybase', 'postgres-client', 'bin'),
    ...(process.env.PATH ?? '').split(delimiter).filter((place) => place !== ''),
    ...[17, 18, 19].map((version) => `/usr/lib/postgresql/${version}/bin`),
    '/opt/homebrew/opt/libpq/bin',
    '/usr/local/opt/libpq/bin',
  ];
  const tooOld: string[] = [];
  for (const place of places) {
    const [dump, restore] = [join(place, 'pg_dump'), join(place, 'pg_restore')];
    if (!existsSync(dump) || !existsSync(restore)) continue;
    const { stdout } = spawnSync(dump, ['--version'], { encoding: 'utf8' });
    const version = /\s(\d+)(\.\d+)?/.exec(stdout ?? '');
    if (version === null) continue;
    if (Number(version[1]) >= wanted) return { version: version[0].trim(), dump, restore };
    tooOld.push(`${dump} is ${version[0].trim()}`);
  }
  const found = tooOld.length > 0
    ? `Too old: ${tooOld.join(', ')}.`
    : `No pg_dump was found${folder ? ` in PG_BIN, ${folder}` : ''}.`;
  throw new BackupProblem('no_postgres_client', `${found} ${howToGetIt}`);
}

/** A database's address as libpq's environment, so that no program is given it as an argument. */
export function connectionEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const env: Record<string, string> = {
    PGHOST: decodeURIComponent(hostname).replace(/^\[|\]$/g, ''),
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGDATABASE: decodeURIComponent(pathname.slice(1)) || 'postgres',
    PGSSLMODE: searchParams.get('sslmode') ?? 'prefer',
    PGAPPNAME: 'staybase backup',
    PGTZ: 'UTC',
  };
  const secret = decodeURIComponent(password) || searchParams.get('password') ||
    process.env.PGPASSWORD || '';
  if (secret !== '') env.PGPASSWORD = secret;
  for (const [parameter, name] of [['sslrootcert', 'PGSSLROOTCERT'], ['options', 'PGOPTIONS']]) {
    const value = searchParams.get(parameter ?? '');
    if (value !== null && name !== undefined) env[name] = value;
  }
  return env;
}

export type PostgresProgram = ChildProcessByStdio<null, Readable, Readable> & {
  /** Resolves when it ended well; rejects with what it said. */
  done: Promise<void>;
};

const alive = new Set<PostgresProgram>();

/** Ends what still runs, when this process is told to end. */
export function endPostgresPrograms(): void {
  for (const child of alive) child.kill('SIGTERM');
}

/** Starts one of the programs against a database. Its warnings are kept for the error. */
export function startPostgresProgram(
  program: string,
  args: string[],
  url: string,
): PostgresProgram {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '/',
      LC_MESSAGES: 'C',
      ...connectionEnvironment(url),
    },
  }) as PostgresProgram;
  alive.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4000);
  });
  child.done = (async () => {
    const failed = once(child, 'error').then(([error]) => error as Error);
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
    const outcome = await Promise.race([failed, ended]);
    alive.delete(child);
    if (outcome instanceof Error) {
      throw new BackupProblem(
        'program_failed',
        `${program} could not be started: ${outcome.message}`,
      );
    }
    if (outcome.code !== 0) {
      throw new BackupProblem(
        'program_failed',
        `${program} ended with ${outcome.signal ?? outcome.code}:\n${said.trim()}`,
      );
    }
  })();
  child.done.catch(() => {});
  return child;
}

/** Runs one to its end; returns what it printed. */
export async function runPostgresProgram(
  program: string,
  args: string[],
  url: string,
): Promise<string> {
  const child = startPostgresProgram(program, args, url);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => printed += chunk);
  await child.done;
  return printed;
}
