import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

const where = (...words: string[]) =>
  spawnSync(process.execPath, [inProject('scripts', 'where.ts'), ...words], {
    encoding: 'utf8',
    cwd: '/',
  });

/** The line of the project that a printed place points at. */
function lineAt(output: string, about: string): string {
  const [, path, line] = new RegExp(`^(\\S+):(\\d+)  ${about}$`, 'm').exec(output) ?? [];
  if (path === undefined) throw new Error(`"${about}" is not in:\n${output}`);
  return readFileSync(inProject(path), 'utf8').split('\n')[Number(line) - 1] ?? '';
}

test('a word leads to its rule, what the rule says, and a test of it', () => {
  const { stdout, status } = where('nights', 'free');
  expect(status).toBe(0);
  expect(lineAt(stdout, 'function private.nights_free')).toContain(
    'create function private.nights_free',
  );
  expect(stdout).toContain('Rule: free of every claim that counts');
});

test('an error code leads to the line that raises it', () => {
  expect(where('price_changed').stdout).toMatch(
    /bookings_requests\.sql:\d+ {2}perform private\.refuse\('price_changed'/,
  );
});

test('what nobody speaks of is said to be unknown', () => {
  expect(where('x'.repeat(30))).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('No rule'),
  });
  expect(where().status).toBe(1);
});
