import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { graph } from './graph.ts';

const example = inProject('examples', 'typed-graphql');
const source = readFileSync(join(example, 'search.ts'), 'utf8');
const typeCheck = (project: string) =>
  promisify(execFile)(inProject('node_modules', '.bin', 'tsc'), ['--project', project], {
    cwd: inProject(),
  });

test('the example type-checks', async () => {
  await typeCheck(join(example, 'tsconfig.json'));
});

test('a field that its document does not ask for is a type error', async () => {
  const folder = mkdtempSync(join(example, '.wrong-'));
  try {
    writeFileSync(
      join(folder, 'search.ts'),
      source.replaceAll('./generated/', '../generated/').replace('({ title,', '({ beds, title,'),
    );
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: ['search.ts'] }),
    );
    await expect(typeCheck(join(folder, 'tsconfig.json'))).rejects.toMatchObject({
      stdout: expect.stringContaining("'beds' does not exist"),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('its documents fit the graph as it is', () => {
  const documents = [...source.matchAll(/graphql\(`([\s\S]*?)`\)/g)].map(([, text]) => text ?? '');
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) expect(validate(graph, parse(document))).toEqual([]);
});
