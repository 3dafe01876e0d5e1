/**
 * Everything that must hold before a commit, the same here and in CI. Stops at the first thing that
 * doesn't and says which.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { type Check, checks } from './checks.ts';

readCommandLine(
  `Everything that has to pass before a commit: formatting, lint, types, generated files, all tests.

  npm run check`,
  {},
);

// The tests run the checks too, but here a misplaced space should not take minutes to be found.
const tests: Check = {
  what: 'tests',
  command: ['vitest', 'run', '--exclude', 'tests/stack/checks.test.ts'],
};

let running: ChildProcess | undefined;
let isEnding = false;
endWhenTold(async () => {
  isEnding = true;
  if (running === undefined) return;
  running.kill('SIGTERM');
  await once(running, 'exit');
});

/** True when it holds. It runs beside this process, so that this one hears when it is told to end. */
async function holds({ command: [program, ...args] }: Check): Promise<boolean> {
  running = spawn(inProject('node_modules', '.bin', program), args, {
    cwd: inProject(),
    stdio: 'inherit',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
  const [code] = await once(running, 'exit');
  running = undefined;
  if (isEnding) await new Promise(() => {});
  return code === 0;
}

for (const check of [...checks, tests]) {
  console.log(`\n${check.what}`);
  if (!await holds(check)) {
    console.error(`\nThis does not hold: ${check.what}.`);
    process.exit(1);
  }
}
console.log('\nEverything holds.');
