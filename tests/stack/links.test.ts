import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { inProject, projectDirectory } from '../../local/paths.ts';
import { definitions } from '../../scripts/shared/definitions.ts';
import { isOfATeam } from '../support/chapters.ts';

const documents = globSync([
  '*.md',
  '.github/**/*.md',
  '{bench,docker,docs,examples,findings}/**/*.md',
  '{console,graphql,lint,local,operate,packages,scripts,supabase,tests,types}/**/*.md',
], {
  cwd: projectDirectory,
  exclude: (path) => path.includes('node_modules'),
}).sort();

/** A document without its code. */
const proseOf = (path: string) =>
  readFileSync(inProject(path), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(
    /`[^`\n]*`/g,
    (code) => code.replaceAll(/[[\]()]/g, ' '),
  );

/** The anchors GitHub gives the headings of a document: the second of a name is `name-1`. */
function anchorsOf(path: string): Set<string> {
  const seen = new Map<string, number>();
  const text = readFileSync(path, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  return new Set([...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading.trim().toLowerCase().replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  }));
}

/** What is wrong with the links of a text that lies there. */
function broken(path: string, text: string): string[] {
  return [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)/gm)]
    .map(([, link, reference]) => link ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === ''
        ? inProject(path)
        : join(dirname(inProject(path)), decodeURI(file));
      if (relative(projectDirectory, target).startsWith('..') || !existsSync(target)) return true;
      if (anchor === undefined) return false;
      return statSync(target).isDirectory() || !target.endsWith('.md') ||
        !anchorsOf(target).has(anchor);
    });
}

test('there are documents to read, and each top folder has one that says what it is', () => {
  expect(documents.length).toBeGreaterThan(50);
  for (
    const folder of [
      'bench',
      'console',
      'docker',
      'docs',
      'examples',
      'findings',
      'graphql',
      'lint',
      'local',
      'operate',
      'packages',
      'scripts',
      'supabase',
      'tests',
      'types',
    ]
  ) {
    expect(documents).toContain(`${folder}/README.md`);
  }
});

test.for(documents)('every link of %s leads somewhere', (path) => {
  expect(broken(path, proseOf(path))).toEqual([]);
});

test('a link to a file or heading that is not there would be found', () => {
  expect(broken('README.md', '[a](docs/rules.md#time) [b](LICENSE) [c](#start)')).toEqual([]);
  for (const link of ['docs/none.md', 'docs/rules.md#none', '#none', '../x.md']) {
    expect(broken('README.md', `[here](${link})`)).toEqual([link]);
  }
});

test('what ARCHITECTURE.md and CONVENTIONS.md name in the schema is there', () => {
  const schema = globSync('supabase/migrations/*.sql', { cwd: projectDirectory })
    .map((path) => readFileSync(inProject(path), 'utf8')).join('\n');
  for (const path of ['ARCHITECTURE.md', 'CONVENTIONS.md']) {
    const names = [
      ...readFileSync(inProject(path), 'utf8').matchAll(/`((?:public|private)\.\w+)`/g),
    ]
      .map(([, name = '']) => name);
    const missing = names.filter((name) =>
      !new RegExp(`^create (function|procedure|table|type) ${name.replace('.', '\\.')}\\b`, 'm')
        .test(schema)
    );
    expect(missing).toEqual([]);
  }
});

test('each promise of ARCHITECTURE.md links the chapters of what it names', () => {
  const known = definitions();
  const rows = readFileSync(inProject('ARCHITECTURE.md'), 'utf8')
    .split('## Where each promise is kept')[1]?.split('\n').filter((line) =>
      line.startsWith('| ')
    ) ??
    [];
  expect(rows.length).toBeGreaterThan(30);
  const unlinked = rows.flatMap((row) =>
    [...row.matchAll(/`((?:public|private)\.\w+)`/g)].map(([, name = '']) => name)
      .filter((name) => !known.some((one) => one.name === name && row.includes(`(${one.path})`)))
  );
  expect(unlinked).toEqual([]);
});

test('ARCHITECTURE.md has the parts of the schema, in their order', () => {
  const named = [
    ...readFileSync(inProject('ARCHITECTURE.md'), 'utf8').split('## The chapters')[1]?.split(
      '\n## ',
    )[0]
      ?.matchAll(/^\| `(\w+)` \|/gm) ?? [],
  ].map(([, part]) => part);
  const parts = readdirSync(inProject('supabase', 'migrations')).filter((file) =>
    file.endsWith('.sql') && !isOfATeam(file)
  ).sort()
    .map((file) => /^\d+_([a-z]+)/.exec(file)?.[1]);
  expect(named).toEqual([...new Set(parts)]);
});
