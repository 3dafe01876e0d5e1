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
import { chromiumHere } from '../../../scripts/shared/chromium.ts';
import { type DemoStack, startDemoStack } from '../../../scripts/shared/demo-stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    sites: DemoStack;
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
  // While a site is made: a stack that runs, as JSON of `DemoStack`.
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
  const { up, stop } = startDemoStack(12_000 + Math.floor(Math.random() * 700) * 10);
  try {
    project.provide('sites', await up);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
