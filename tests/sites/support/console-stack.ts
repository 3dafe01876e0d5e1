import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inProject } from '../../../local/paths.ts';
import { endLeftovers } from '../../../local/processes.ts';
import { freeStackPort } from '../../support/stack-process.ts';

export interface ConsoleStack {
  origin: string;
  /** A statement as an operator runs it. */
  sql(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** `npm start` with its small town, for all tests of a file. */
export async function startConsoleStack(): Promise<ConsoleStack> {
  const directory = mkdtempSync(join(tmpdir(), 'staybase-'));
  chmodSync(directory, 0o755);
  const port = String(await freeStackPort());
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^STAYBASE_|^STRIPE_SECRET_KEY$/.test(name)),
  );
  const child = spawn(process.execPath, [inProject('local', 'start.ts')], {
    cwd: '/',
    env: { ...inherited, STAYBASE_PORT: port, STAYBASE_DATA: directory },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => output += chunk);
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    await ended;
    await endLeftovers(join(directory, 'stack'));
    rmSync(directory, { recursive: true, force: true });
  };
  while (!output.includes('Staybase is up')) {
    if (child.exitCode !== null) {
      await stop();
      throw new Error(output);
    }
    await new Promise((wake) => setTimeout(wake, 25));
  }
  const database = output.match(/postgresql:\/\/\S+/)?.[0];
  return {
    origin: `http://127.0.0.1:${port}`,
    async sql(statement, values = []) {
      const client = new pg.Client({ connectionString: database ?? '' });
      await client.connect();
      try {
        return (await client.query(statement, values)).rows;
      } finally {
        await client.end();
      }
    },
    stop,
  };
}
