import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { functionNames } from '../local/functions.ts';
import { exampleStorefront, inProject, ownStorefront } from '../local/paths.ts';

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
  ...[exampleStorefront, ownStorefront].filter((site) =>
    existsSync(inProject(site, 'tsconfig.json'))
  )
    .map((site): Check => ({
      what: `types of ${site}`,
      command: ['tsc', '--noEmit', '-p', site],
    })),
  { what: 'types of the console', command: ['tsc', '--noEmit', '-p', 'console'] },
  ...functionsByImports().map((names): Check => ({
    what: `types of the function${names.length === 1 ? '' : 's'} ${names.join(', ')}`,
    command: [
      'deno',
      'check',
      '--quiet',
      '--no-lock',
      '--node-modules-dir=manual',
      `--config=supabase/functions/${names[0]}/deno.json`,
      ...names.map((name) => `supabase/functions/${name}/index.ts`),
    ],
  })),
  {
    what: 'migrations since the last release stop nobody',
    command: ['node', 'scripts/lint-migrations.ts'],
  },
  { what: 'types/database.ts is current', command: ['node', 'local/types.ts', '--check'] },
];

/**
 * The functions, those together whose deno.json is the same to the letter. Deno reads the types of the packages
 * once for each program: eight seconds of CPU that twelve functions need not spend one by one (measured).
 */
function functionsByImports(): string[][] {
  const config = (name: string) =>
    readFileSync(inProject('supabase', 'functions', name, 'deno.json'), 'utf8');
  return Object.values(Object.groupBy(functionNames(), config)).map((names = []) => names);
}

/** Runs a check in the project's folder; the answer has what it prints. */
export function run({ command: [program, ...args] }: Check) {
  return spawnSync(inProject('node_modules', '.bin', program), args, {
    cwd: inProject(),
    stdio: 'pipe',
    encoding: 'utf8',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
  });
}
