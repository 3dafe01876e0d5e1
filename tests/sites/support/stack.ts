import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { watchParent } from '../../../local/ending.ts';
import { inProject } from '../../../local/paths.ts';
import { freeStackPort, portsFrom } from '../../../local/ports.ts';
import { endLeftovers } from '../../../local/processes.ts';
import { chromiumHere } from '../../../scripts/shared/chromium.ts';

export interface SitesStack {
  /** The gateway; the console is below it. */
  gateway: string;
  storefront: string;
  stripe: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    sites: SitesStack;
  }
}

watchParent(() => void process.kill(process.pid, 'SIGTERM'));

/** One stack for all files of this folder, as `npm start` brings it up: with the demo people and their town. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (chromiumHere === '') {
    if (process.env['CI']) throw new Error('There is no chromium, and CI has to try the sites.');
    console.info('There is no chromium here: the sites are not tried.');
    project.provide('sites', { gateway: '', storefront: '', stripe: '' });
    return () => Promise.resolve();
  }
  // While a site is made: a stack that runs, as JSON of `SitesStack`.
  const running = process.env['STAYBASE_SITES'];
  if (running !== undefined) {
    project.provide('sites', JSON.parse(running));
    return () => Promise.resolve();
  }
  const directory = mkdtempSync(join(tmpdir(), 'staybase-sites-'));
  chmodSync(directory, 0o755);
  const port = await freeStackPort(12_000 + Math.floor(Math.random() * 700) * 10);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^STAYBASE_|^STRIPE_SECRET_KEY$/.test(name)),
  );
  const child = spawn(process.execPath, [inProject('local', 'start.ts')], {
    cwd: '/',
    env: {
      ...inherited,
      STAYBASE_PORT: String(port),
      STAYBASE_DATA: directory,
      // A project may have one of its own, which these tests do not know.
      STAYBASE_STOREFRONT: 'examples/storefront',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output += text);
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
    await new Promise((wake) => setTimeout(wake, 50));
  }
  const ports = portsFrom(port);
  const at = (number: number) => `http://127.0.0.1:${number}`;
  project.provide('sites', {
    gateway: at(ports.gateway),
    storefront: at(ports.storefront),
    stripe: at(ports.stripe),
  });
  return stop;
}
