import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { chapterPaths, linesOf } from '../../scripts/shared/definitions.ts';
import { chapters, isOfATeam } from '../support/chapters.ts';

/** What is asked of all chapters at once. */
const crossCutting = ['access', 'attacks', 'constraints', 'erasure', 'house', 'rights', 'support'];

const names = (pattern: string) =>
  globSync(pattern, { cwd: inProject('tests', 'database') })
    .map((file) => basename(file).replace(/\.test\.(sql|ts)$/, '')).sort();
const pgTap = names('*.test.sql');
const guards = names('guards/*.test.ts');

const partNames = new Set(chapters.map(({ part }) => part));

/** The words that a test file of each part may have; a word that names another part is of that. */
const parts = [...partNames].map((part) => {
  const its = chapters.filter((chapter) => chapter.part === part);
  const words = its.map(({ chapter }) => chapter).filter((word) => !partNames.has(word));
  return {
    part,
    numbers: new Set(its.map(({ partNumber }) => partNumber)),
    words: new Set([part, ...words]),
  };
});
/** The migrations of a project of its own, by their whole name and without its first word. */
const ofATeam = chapterPaths().map((path) => basename(path, '.sql'))
  .filter((name) => isOfATeam(`${name}.sql`)).map((name) => name.replace(/^\d+_/, ''))
  .flatMap((name) => [name, name.replace(/^[a-z]+_/, '')]);
const words = new Set([...parts.flatMap((part) => [...part.words]), ...ofATeam]);

test('there are chapters, and tests of both kinds', () => {
  expect(parts.length).toBeGreaterThan(9);
  expect(pgTap.length).toBeGreaterThan(9);
  expect(guards.length).toBeGreaterThan(9);
});

test('a pgTAP file is called after a chapter or a part, or is about all of them', () => {
  expect(pgTap.filter((name) => !words.has(name) && !crossCutting.includes(name))).toEqual([]);
  expect(crossCutting.filter((name) => !pgTap.includes(name))).toEqual([]);
});

test('a file of guards is called after a chapter or a part', () => {
  expect(guards.filter((name) => !words.has(name))).toEqual([]);
});

// `npm run where CHAPTER` leads to it.
test('the guards of a chapter stand below its name, in the file of its part', () => {
  const lost = globSync('guards/*.test.ts', { cwd: inProject('tests', 'database') }).flatMap(
    (file) => {
      const name = basename(file, '.test.ts');
      const part = parts.find((one) => one.words.has(name));
      return linesOf(`tests/database/${file}`).flatMap((line) => {
        const [, section] = /^ {2}\/\/ ([a-z_]+)$/.exec(line) ?? [];
        return section === undefined || part?.words.has(section) ? [] : [`${file}: ${section}`];
      });
    },
  );
  expect(lost).toEqual([]);
});

describe.each(parts)('the part $part', ({ numbers, words }) => {
  test('has one number', () => expect(numbers.size).toBe(1));
  test('has a pgTAP file', () => expect(pgTap.some((name) => words.has(name))).toBe(true));
  test('has guards', () => expect(guards.some((name) => words.has(name))).toBe(true));
});
