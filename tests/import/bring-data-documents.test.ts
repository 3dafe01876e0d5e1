import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { fieldsOf, formats, kinds } from '../../scripts/bring-data/formats.ts';
import { codes } from '../../scripts/bring-data/report.ts';
import { freshDatabase } from '../support/stack.ts';
import { bring } from './bring-data.ts';

beforeEach(freshDatabase);

const guide = readFileSync(inProject('docs', 'bringing-data.md'), 'utf8');
const sections = Object.fromEntries(
  guide.split(/^### /m).slice(1).map((text) => [text.split('\n')[0], text.split(/^## /m)[0] ?? '']),
);

test.each(kinds)('the guide tells every field of %s, and which a row cannot be without', (kind) => {
  const section = sections[kind] ?? '';
  for (const name of fieldsOf(kind)) expect(section).toContain(`\`${name}\``);
  const shape = formats[kind].shape as Record<
    string,
    { safeParse(value: unknown): { success: boolean } }
  >;
  const needed = fieldsOf(kind).filter((name) => !shape[name]?.safeParse(null).success)
    // What the home and the first night say is filled in.
    .filter((name) => kind !== 'calendar' || !['id', 'last_night'].includes(name));
  expect([...section.matchAll(/\*\*`(\w+)`\*\*/g)].map(([, name]) => name).sort()).toEqual(
    needed.sort(),
  );
});

test('the guide tells every code', () => {
  const told = guide.split(/^## Codes/m)[1]?.split(/^## /m)[0] ?? '';
  expect([...told.matchAll(/`(\w+)`/g)].map(([, code]) => code)).toEqual(Object.keys(codes));
});

test('the example comes in, and a second time changes nothing', async () => {
  const folder = inProject('examples', 'import');
  const { rows } = await bring(folder);
  expect(rows.filter(({ outcome }) => outcome !== 'created')).toEqual([]);
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(kinds));
  expect((await bring(folder)).rows.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
});
