import type { TestProject } from 'vitest/node';
import { watchParent } from '../../../local/ending.ts';
import { memoryFolder } from '../../../local/folders.ts';
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
  const near = 12_000 + Math.floor(Math.random() * 700) * 10;
  const { up, stop } = startDemoStack(near, memoryFolder());
  try {
    project.provide('sites', await up);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
