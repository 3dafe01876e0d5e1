import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inProject } from './paths.ts';
import { isTaken, onFreePort } from './ports.ts';
import { startProgram } from './processes.ts';

export interface FunctionsOptions {
  /** Where they listen; elsewhere when that is taken. */
  port: number;
  /** What the functions read; names as on hosted Supabase. */
  env: Record<string, string>;
  dataDirectory: string;
  /** True starts over when a function's source changes. */
  reload: boolean;
  /** Hears what the functions print. */
  onLine?: (line: string) => void;
}

export interface Functions {
  url: string;
  port: number;
  /** What opens them, sent along by the gateway as `x-staybase-door`. */
  door: string;
  pid: number;
  ended: Promise<string>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

const sources = inProject('supabase', 'functions');

/** Names of the edge functions: the folders with an index.ts. */
export function functionNames(): string[] {
  return readdirSync(sources, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(sources, entry.name, 'index.ts')))
    .map((entry) => entry.name);
}

/**
 * Serves all edge functions from one Deno process (each would take 65 MB of its own). Their npm
 * packages come from node_modules, so nothing is fetched at run time.
 */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  return await onFreePort(options.port, (port) => startFunctionsThere({ ...options, port }));
}

async function startFunctionsThere(options: FunctionsOptions): Promise<Functions> {
  const door = randomBytes(32).toString('base64url');
  const config = join(options.dataDirectory, `functions-${options.port}.json`);
  writeFileSync(config, JSON.stringify({ imports: importsOfAll() }, null, 2));

  const program = await startProgram({
    name: `functions-${options.port}`,
    command: join(dirname(createRequire(import.meta.url).resolve('deno/package.json')), 'deno'),
    args: [
      'serve',
      '--quiet',
      '--no-check',
      '--no-lock',
      '--node-modules-dir=manual',
      `--import-map=${config}`,
      '--allow-net',
      '--allow-env',
      '--allow-read',
      '--allow-sys',
      ...(options.reload ? [`--watch=${sources}`, '--no-clear-screen'] : []),
      '--host=127.0.0.1',
      `--port=${options.port}`,
      inProject('local', 'functions-router.ts'),
    ],
    cwd: inProject(),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '/',
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
      STAYBASE_DOOR: door,
      ...options.env,
    },
    // With --watch Deno sits out a SIGTERM, and it has nothing to save.
    stopSignal: 'SIGKILL',
    dataDirectory: options.dataDirectory,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  });

  const url = `http://127.0.0.1:${options.port}`;
  const deadline = Date.now() + 300_000;
  while (!await fetch(url).then((answer) => answer.ok, () => false)) {
    // With --watch Deno waits for another source when the port is taken, instead of ending.
    if (program.hasEnded() || Date.now() > deadline || isTaken(program.lastWords())) {
      await program.stop();
      throw new Error(`The edge functions did not start. They said:\n${program.lastWords()}`);
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
  return {
    url,
    port: options.port,
    door,
    pid: program.pid,
    ended: program.ended,
    hasEnded: program.hasEnded,
    stop: () => program.stop(),
  };
}

/** One process has one import map, so the functions must agree about versions. */
function importsOfAll(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of functionNames()) {
    const file = join(sources, name, 'deno.json');
    if (!existsSync(file)) continue;
    const { imports = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      imports?: Record<string, string>;
    };
    for (const [specifier, target] of Object.entries(imports)) {
      if ((all[specifier] ?? target) !== target) {
        throw new Error(`${name}/deno.json wants ${target}, another function ${all[specifier]}.`);
      }
      all[specifier] = target;
    }
  }
  return all;
}
