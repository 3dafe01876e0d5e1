/**
 * Everything that must hold before a commit, the same here and in CI. Stops at the first thing that
 * doesn't and says which.
 */
import { type Check, checks, run } from './checks.ts';

// The tests run the checks too, but here a misplaced space should not take minutes to be found.
const tests: Check = {
  what: 'tests',
  command: ['vitest', 'run', '--exclude', 'tests/stack/checks.test.ts'],
};

for (const check of [...checks, tests]) {
  console.log(`\n${check.what}`);
  if (run(check, 'inherit').status !== 0) {
    console.error(`\nThis does not hold: ${check.what}.`);
    process.exit(1);
  }
}
console.log('\nEverything holds.');
