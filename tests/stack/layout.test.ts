import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDirectory } from '../../local/paths.ts';

/** Lines of a file. A test file is read a test at a time, so it may have more. */
const most = (file: string) => file.startsWith('tests/') ? 700 : 400;

// Longer than that, and why. What is generated says so in its first line.
const long: Record<string, string> = {
  ...Object.fromEntries(
    ['de', 'en', 'es', 'fr'].map((
      language,
    ) => [`examples/storefront/src/i18n/guest/${language}.ts`, 'data: words']),
  ),
  'scripts/reference/examples.ts': 'data: a request for each verb that has one',
  'tests/api/bad-input.test.ts': 'data: every argument of every verb',
  'tests/import/bring-your-data.test.ts': 'one import and what is asked of it',
  'tests/properties/alterations.test.ts': 'a model and the marketplace it is compared with',
  'tests/properties/sequences/life.ts': 'every deed of a life, each a few lines',
};

const files = globSync(
  '{bench,console,examples/storefront,graphql,lint,local,packages,scripts,supabase/functions,tests,types}/**/*.{ts,tsx}',
  { cwd: projectDirectory, exclude: (path) => /node_modules|dist/.test(path) },
).sort();
const texts = new Map(
  files.map((file) => [file, readFileSync(join(projectDirectory, file), 'utf8')]),
);

/** The files that a file names in its imports and exports; those of types too: who reads one needs both. */
function importsOf(file: string): string[] {
  const named =
    /^(?:import|export)\b[^'";]*?(?:\bfrom\s+)?'(\.{1,2}\/[^']+)'|\bimport\('(\.{1,2}\/[^']+)'\)/gm;
  return [...texts.get(file)?.matchAll(named) ?? []]
    .map(([, outright, later]) => join(dirname(file), outright ?? later ?? ''))
    .filter((other) => texts.has(other));
}

/** The first way back to a file that was met on the way, if there is one. */
function circle(file: string, way: string[], done: Set<string>): string[] | undefined {
  const met = way.indexOf(file);
  if (met >= 0) return [...way.slice(met), file];
  if (done.has(file)) return undefined;
  for (const other of importsOf(file)) {
    const found = circle(other, [...way, file], done);
    if (found !== undefined) return found;
  }
  done.add(file);
  return undefined;
}

test('no file imports itself by way of others', () => {
  const done = new Set<string>();
  // Without these the walk would find nothing because it reads nothing.
  expect(importsOf('supabase/functions/_shared/database.ts'))
    .toContain('supabase/functions/_shared/answers.ts');
  expect(files.map((file) => circle(file, [], done)).find(Boolean)?.join(' -> ')).toBeUndefined();
});

test('no file has more lines than it may but those that are listed, which all have', () => {
  const tooLong = [...texts].filter(([file, text]) =>
    !text.startsWith('// Generated') && text.split('\n').length - 1 > most(file)
  ).map(([file]) => file);
  expect(tooLong).toEqual(Object.keys(long).sort());
});
