import { basename } from 'node:path';
import { chapterPaths, linesOf } from '../../scripts/shared/definitions.ts';

/** `20260101000703_payments_outbox.sql` is the chapter `outbox` of the part `payments`, which is the seventh. */
interface Chapter {
  path: string;
  /** The name of its file, without the number. */
  name: string;
  partNumber: string;
  part: string;
  /** The name of its part where it has none of its own: `20260101001301_reviews.sql`. */
  chapter: string;
}

/** True for a migration of a project that was made of Staybase: its year is in the far future. */
export const isOfATeam = (file: string): boolean => /^3\d{13}_\w+\.sql$/.test(file);

/** The chapters of the schema, in their order. */
export const chapters: Chapter[] = chapterPaths().filter((path) => !isOfATeam(basename(path))).map(
  (path) => {
    const file = basename(path, '.sql');
    const [, partNumber = '', part = '', chapter = part] =
      /^\d{8}(\d{4})\d\d_([a-z]+)(?:_([a-z_]+))?$/.exec(file) ?? [];
    return { path, name: file.replace(/^\d+_/, ''), partNumber, part, chapter };
  },
);

const creates =
  /^create (?:or replace )?(?:function|procedure|table|type|domain|sequence|view) (?:if not exists )?([a-z]+\.\w+)/gm;

/** SQL without what it says to readers. */
const withoutComments = (sql: string) =>
  sql.replace(/--.*$/gm, '').replace(/^comment on (?:'(?:[^']|'')*'|[^;'])*;/gm, '');

/**
 * By the name of a chapter, what it names that only a later one creates. Of what several chapters create,
 * the first counts.
 */
export function forwardReferences(): Record<string, string[]> {
  const texts = chapters.map(({ path }) => withoutComments(linesOf(path).join('\n')));
  const createdIn = new Map<string, number>();
  for (const [place, sql] of texts.entries()) {
    for (const [, name = ''] of sql.matchAll(creates)) {
      if (!createdIn.has(name)) createdIn.set(name, place);
    }
  }
  return Object.fromEntries(
    chapters.flatMap(({ name }, place) => {
      const named = texts[place]?.match(/\b(?:public|private|gate)\.\w+/g) ?? [];
      const ahead = [...new Set(named)].filter((word) => (createdIn.get(word) ?? -1) > place);
      return ahead.length > 0 ? [[name, ahead.sort()]] : [];
    }),
  );
}

let code: Set<string> | undefined;

/**
 * Which chapters a text sends its readers to that are not there. A signpost is "chapter `name`", and "is in
 * part_chapter" or "(part_chapter)" unless that word is a name in the schema's code.
 */
export function lostSignposts(text: string): string[] {
  code ??= new Set(
    chapters.flatMap(({ path }) => withoutComments(linesOf(path).join('\n')).match(/\w+/g) ?? []),
  );
  const parts = new Set(chapters.map(({ part }) => part));
  // A sentence of a `--` remark goes on in the next line.
  const flowing = text.replaceAll(/\s*\n(?:\s*--)?\s*/g, ' ');
  const bare = [
    ...flowing.matchAll(/\b(?:is|are|stands?) in (?:the chapter )?`?([a-z]+_[a-z_]+)\b/g),
    ...text.split('\n').flatMap((line) =>
      [...line.matchAll(/\(`?(([a-z]+)_[a-z_]+)`?\)/g)]
        .filter(([, , part = '']) => line.trimStart().startsWith('--') || parts.has(part))
    ),
  ].filter(([, name = '']) => !code?.has(name));
  return [...bare, ...flowing.matchAll(/\b[Cc]hapter `([a-z_]+)`/g)].map(([, name = '']) => name)
    .filter((name) =>
      !chapters.some((one) => one.name === name || one.part === name || one.chapter === name)
    );
}

// node tests/support/chapters.ts > tests/database/forward-references.json
if (import.meta.main) console.log(JSON.stringify(forwardReferences(), null, 2));
