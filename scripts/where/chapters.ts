import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { projectDirectory } from '../../local/paths.ts';
import { chapterPaths, type Definition, linesOf, notes } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/** `20260101001010_money_transfers.sql`: its part, its name without that, and what people call it. */
export function nameOfChapter(path: string) {
  const file = basename(path, '.sql');
  const whole = file.replace(/^\d+_/, '');
  const [part = ''] = whole.split('_');
  const chapter = whole.slice(part.length + 1) || part;
  return { part, chapter, whole, names: [whole, chapter, file, path] };
}

interface Text {
  path: string;
  lines: string[];
  words: Set<string>;
}

const read = (pattern: string | string[], exclude: string[] = []): Text[] =>
  globSync(pattern, { cwd: projectDirectory, exclude }).sort().map((path) => {
    const lines = linesOf(path);
    return { path, lines, words: new Set(lines.join('\n').match(/\w+/g)) };
  });

/** What asks something of every chapter says nothing of one. */
const ofAll = [
  'tests/database/{access,attacks,constraints,erasure,house,support}.test.sql',
  'tests/api/bad-input*.test.ts',
  'tests/stack/where.test.ts',
];

/** What may know a chapter, read when the first is asked for. */
let texts: Record<'pgTap' | 'guards' | 'others' | 'documents', Text[]> | undefined;
const allTexts = () =>
  texts ??= {
    pgTap: read('tests/database/*.test.sql', ofAll),
    guards: read('tests/database/guards/*.test.ts'),
    others: read(['tests/**/*{.test,_test}.ts'], ['tests/database/**', ...ofAll]),
    documents: read(['docs/**/*.md', 'ARCHITECTURE.md'], ['docs/what-follows.md']),
  };

/** Each chapter with what knows it: its pgTAP file and those that name most of it, its guards, the documents. */
export function chapterPlaces(known: Definition[]): Place[] {
  const firsts = new Map(
    notes().filter(({ line }) => line === 1).map(({ path, text }) => [path, text]),
  );
  return chapterPaths().map((path) => {
    const { part, chapter, whole } = nameOfChapter(path);
    return {
      kind: 'chapter',
      name: whole,
      path,
      line: 1,
      says: [firsts.get(path) ?? ''].filter(Boolean),
      about: '',
      more: () => {
        const { pgTap, guards, others, documents } = allTexts();
        const words = known.filter((one) =>
          one.path === path && ['function', 'table', 'procedure', 'type'].includes(one.kind)
        ).map(({ name }) => name.replace(/^\w+\./, ''));
        return [
          listed('pgTAP', [...named(pgTap, [chapter]), ...naming(pgTap, words, 3)]),
          listed('guards', guardsOf(guards, part, chapter)),
          listed('other tests', naming(others, words, 4)),
          listed('documents', naming(documents, words, 4)),
        ].filter(Boolean);
      },
    };
  });
}

const listed = (what: string, places: string[]) =>
  places.length === 0 ? '' : `${what}: ${[...new Set(places)].join(', ')}`;

const named = (texts: Text[], names: string[]) =>
  texts.filter(({ path }) => names.includes(basename(path).replace(/\.test\.\w+$/, '')))
    .map(({ path }) => path);

/** Its guards: the file of its name, or in that of its part the line `// chapter` above them. */
function guardsOf(texts: Text[], part: string, chapter: string): string[] {
  const own = named(texts, [chapter]);
  if (own.length > 0) return own;
  const inParts = texts.flatMap(({ path, lines }) => {
    const at = lines.indexOf(`  // ${chapter}`);
    return at < 0 ? [] : [`${path}:${at + 1}`];
  });
  return inParts.length > 0 ? inParts : named(texts, [part]);
}

/** The texts that name most of these words; of all that do, the best few. */
const naming = (texts: Text[], words: string[], most: number): string[] =>
  texts.map(({ path, words: said }) => ({
    path,
    count: words.filter((word) => said.has(word)).length,
  }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
    .slice(0, most).map(({ path }) => path);
