import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

/** What gives a test, a hook, a wait or a child a limit of its own, and what waits for a fixed time. */
const limits: [what: string, pattern: RegExp][] = [
  ['a limit behind a test or hook', /^\s*\}, \d[\d_]{3,}\);$|^ {2}\d[\d_]{3,},\n\);/gm],
  ['a timeout', /\b(?:testTimeout|hookTimeout|timeout): \d+[\d_]*/g],
  ['vi.waitFor, which gives up after a second', /\bvi\.wait(?:For|Until)\(/g],
  ['a sleep', /\bsetTimeout\((?:wake|resolve|done), \d[\d_]*\)/g],
];

// Each is there for a reason that has nothing to do with how fast the machine is.
const allowed: Record<string, string> = {
  'tests/stripe/faults.test.ts: timeout: 100': 'the client gives up on an answer that never comes',
  'tests/stripe/faults.test.ts: timeout: 50': 'the client gives up on an answer that never comes',
  'tests/stack/clock.test.ts: setTimeout(resolve, 500)': 'what must not happen has time to happen',
  'tests/stack/clock.test.ts: setTimeout(wake, 50)': 'between two looks of a loop',
  'tests/stack/ending.test.ts: setTimeout(wake, 1_100)': 'a signal within a second is the same one',
  'tests/races/reviews-of-one-home.test.ts: setTimeout(wake, 5)': 'between two looks of a loop',
  'tests/stack/backup.test.ts: setTimeout(wake, 10)': 'between two looks of a loop',
  'tests/stack/changing-the-schema.test.ts: setTimeout(wake, 20)': 'between two looks of a loop',
  'tests/stack/changing-the-schema.test.ts: setTimeout(wake, 50)': 'between two looks of a loop',
  'tests/support/clock.ts: setTimeout(wake, 200)': 'between two beats of a clock',
  'tests/stack/deploy.test.ts: setTimeout(wake, 10)': 'between two looks of a loop',
  'tests/stack/gateway.test.ts: setTimeout(wake, 200)':
    'the connection of the answer before is idle by then, or another one is opened',
  'tests/client/live.test.ts: setTimeout(resolve, 60)': 'what must not happen has time to happen',
  'tests/client/live.test.ts: setTimeout(resolve, 300)': 'what must not happen has time to happen',
  'tests/support/sessions.ts: setTimeout(wake, 10)': 'between two looks of a loop',
  'tests/support/replica.ts: setTimeout(wake, 10)': 'between two looks of a loop',
  'tests/stack/replicas.test.ts: setTimeout(wake, 20)': 'between two looks of a loop',
  'tests/support/stack-process.ts: setTimeout(wake, 25)': 'between two looks of a loop',
};

test('no test sets a time limit of its own that a busy machine can break', () => {
  const files = globSync('tests/**/*.ts', { cwd: inProject() })
    .filter((file) => !file.endsWith('patience.test.ts'));
  const found = files.flatMap((file) => {
    const text = readFileSync(inProject(file), 'utf8');
    return limits.flatMap(([, pattern]) =>
      [...text.matchAll(pattern)].map(([match]) => `${file}: ${match.trim()}`)
    );
  });
  expect([...new Set(found)].filter((one) => !(one in allowed)))
    .toEqual([]);
});
