/**
 * Everything that must hold before a commit, the same here and in CI. Stops at the first thing that
 * doesn't and says which.
 */
import { spawnSync } from 'node:child_process';
import { functionNames } from '../local/functions.ts';
import { inProject } from '../local/paths.ts';

const checks: [string, string[]][] = [
  ['formatting', ['deno', 'fmt', '--check', '--quiet']],
  ['lint', ['deno', 'lint', '--quiet']],
  ['types of the Node side', ['tsc', '--noEmit']],
  ...functionNames().map((name): [string, string[]] => [
    `types of the function ${name}`,
    [
      'deno',
      'check',
      '--quiet',
      '--no-lock',
      '--node-modules-dir=manual',
      `--config=supabase/functions/${name}/deno.json`,
      `supabase/functions/${name}/index.ts`,
    ],
  ]),
  ['types/database.ts is current', ['node', 'local/types.ts', '--check']],
  ['tests', ['vitest', 'run']],
];

for (const [what, [program = '', ...args]] of checks) {
  console.log(`\n${what}`);
  const { status } = spawnSync(inProject('node_modules', '.bin', program), args, {
    cwd: inProject(),
    stdio: 'inherit',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
  if (status !== 0) {
    console.error(`\nThis does not hold: ${what}.`);
    process.exit(1);
  }
}
console.log('\nEverything holds.');
