import { spawnSync } from 'node:child_process';
import { functionNames } from '../local/functions.ts';
import { inProject } from '../local/paths.ts';

/** A program of node_modules/.bin with its arguments; what it checks holds when it exits with 0. */
export interface Check {
  what: string;
  command: [program: string, ...args: string[]];
}

/** What must hold beside the tests. */
export const checks: Check[] = [
  { what: 'formatting', command: ['deno', 'fmt', '--check', '--quiet'] },
  { what: 'lint', command: ['deno', 'lint', '--quiet'] },
  { what: 'types of the Node side', command: ['tsc', '--noEmit'] },
  ...functionNames().map((name): Check => ({
    what: `types of the function ${name}`,
    command: [
      'deno',
      'check',
      '--quiet',
      '--no-lock',
      '--node-modules-dir=manual',
      `--config=supabase/functions/${name}/deno.json`,
      `supabase/functions/${name}/index.ts`,
    ],
  })),
  {
    what: 'migrations since the last release stop nobody',
    command: ['node', 'scripts/lint-migrations.ts'],
  },
  { what: 'types/database.ts is current', command: ['node', 'local/types.ts', '--check'] },
];

/** Runs a check in the project's folder; the answer has what it prints. */
export function run({ command: [program, ...args] }: Check) {
  return spawnSync(inProject('node_modules', '.bin', program), args, {
    cwd: inProject(),
    stdio: 'pipe',
    encoding: 'utf8',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
}
