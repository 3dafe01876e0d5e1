import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

// Runs the tests of the folder beside it with Deno and makes each a test here, so that all are counted.

interface Ran {
  output: string;
  /** Null when Deno itself could not be started. */
  code: number | null;
}

const folder = join('tests', 'functions', 'deno');
const files = readdirSync(inProject(folder))
  .filter((name) => name.endsWith('_test.ts'))
  .map((name) => join(folder, name));

const { output, code } = await new Promise<Ran>((resolve) => {
  const program = join(
    dirname(createRequire(import.meta.url).resolve('deno/package.json')),
    'deno',
  );
  const args = [
    'test',
    '--quiet',
    '--reporter=tap',
    '--no-lock',
    '--node-modules-dir=manual',
    // The imports of this function are those of all.
    '--config=supabase/functions/run-commands/deno.json',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    '--allow-sys',
    ...files,
  ];
  const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  execFile(program, args, { cwd: inProject(), env }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
    resolve({ output: `${stdout}\n${stderr}`, code });
  });
});

let file = '';
const results = output.split('\n').flatMap((line) => {
  file = /^# \.\/(\S+)/.exec(line)?.[1] ?? file;
  const [, not, name] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [{ file, name, passed: not === undefined }];
});

for (const path of files) {
  const own = results.filter((result) => result.file === path);
  describe(path, () => {
    for (const { name, passed } of own) {
      test(name, () => {
        if (!passed) throw plainError(output.slice(output.indexOf(`- ${name}`)).slice(0, 3000));
      });
    }
    test('has tests, and they were run', () => {
      if (own.length === 0) throw plainError(output);
    });
  });
}

test('Deno had nothing else to complain about', () => {
  if (code !== 0 && results.every(({ passed }) => passed)) throw plainError(output);
});

/** What Deno says has its own stack. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}
