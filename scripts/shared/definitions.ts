import { globSync, readFileSync } from 'node:fs';
import { inProject, projectDirectory } from '../../local/paths.ts';

/** Something that a chapter creates by name. */
export interface Definition {
  kind: string;
  /** With its schema; of a trigger or policy without. */
  name: string;
  /** The table of a trigger or policy, with its schema. */
  on: string | undefined;
  path: string;
  line: number;
  /** The comment above it: the first paragraph of `--` lines. */
  remark: string;
  /** Its own `comment on`, and those of its columns with their names before them. */
  comments: string[];
  /** Of a function: each role that may execute it, and the line that grants it. */
  callers: { role: string; path: string; line: number }[];
}

/** The chapters of the schema, in their order. */
export const chapterPaths = (): string[] =>
  globSync('supabase/migrations/*.sql', { cwd: projectDirectory }).sort();

export const linesOf = (path: string): string[] =>
  readFileSync(inProject(path), 'utf8').split('\n');

const creates =
  /^create (?:or replace )?(?:constraint )?(function|procedure|table|type|trigger|policy) (?:if not exists )?("[^"]+"|[\w.]+)/;

/** Everything the migrations create by name, with the comment it was given. */
export function definitions(): Definition[] {
  const found: Definition[] = [];
  const byName = new Map<string, Definition[]>();
  for (const path of chapterPaths()) {
    const lines = linesOf(path);
    for (const [at, line] of lines.entries()) {
      const [, kind, name] = creates.exec(line) ?? /^\s+(constraint) (\w+)/.exec(line) ?? [];
      if (kind === undefined || name === undefined) continue;
      const hung = kind === 'trigger' || kind === 'policy'
        ? / on ([\w.]+)/.exec(lines.slice(at, at + 4).join(' ').replace(name, ''))?.[1]
        : undefined;
      const definition: Definition = {
        kind,
        name: name.replaceAll('"', ''),
        on: hung,
        path,
        line: at + 1,
        remark: remarkAbove(lines, at),
        comments: [],
        callers: [],
      };
      found.push(definition);
      byName.set(definition.name, [...byName.get(definition.name) ?? [], definition]);
    }
    for (
      const [, about, text] of lines.join('\n').matchAll(
        /^comment on (?:function|procedure|table|column|constraint|type) ([\w.]+).*? is\s+((?:'(?:[^']|'')*'\s*)+);/gms,
      )
    ) {
      // A long comment is several strings, one below the other.
      const plain = text?.replace(/'\s*\n\s*'/g, '').slice(1, -1).replaceAll(`''`, `'`) ?? '';
      const [, table = '', column] = /^(.*)\.(\w+)$/.exec(about ?? '') ?? [];
      for (const { comments } of byName.get(about ?? '') ?? []) comments.unshift(plain);
      for (const { comments } of byName.get(table) ?? []) comments.push(`${column}: ${plain}`);
    }
    for (const { role, name, line } of grantsIn(lines)) {
      for (const { callers } of byName.get(name) ?? []) callers.push({ role, path, line });
    }
  }
  return found;
}

/** `grant execute on function private.a, public.a to authenticated;` name by name. */
function grantsIn(lines: string[]) {
  const text = lines.join('\n');
  return [...text.matchAll(/^grant execute on function\s+([^;()]*?)\s+to\s+([^;]*?);/gm)].flatMap(
    ({ index, 1: names = '', 2: roles = '' }) => {
      const line = text.slice(0, index).split('\n').length;
      return names.split(/,\s*/).flatMap((name) =>
        roles.split(/,\s*/).map((role) => ({ role, name, line }))
      );
    },
  );
}

/** A remark of a chapter that belongs to no statement: a heading, or a list that everything below follows. */
export interface Note {
  /** What it begins with, up to a colon or the end of the line. */
  name: string;
  path: string;
  line: number;
  text: string;
}

/** The paragraphs of the remarks that stand alone, with an empty line below. */
export function notes(): Note[] {
  return chapterPaths().flatMap((path) => {
    const lines = linesOf(path);
    return lines.flatMap((line, at): Note[] => {
      if (!line.startsWith('-- ') || lines[at - 1]?.startsWith('-- ')) return [];
      const below = lines.slice(at);
      if (below.find((one) => !one.startsWith('--')) !== '') return [];
      const said = below.slice(0, below.findIndex((one) => !one.startsWith('-- ')))
        .map((one) => one.slice(3).trim());
      const name = said[0]?.split(/: |:?$/)[0] ?? '';
      return [{ name, path, line: at + 1, text: said.join(' ') }];
    });
  });
}

/** The comment that stands on the lines above a statement, as one line. */
function remarkAbove(lines: string[], at: number): string {
  let first = at;
  while (lines[first - 1]?.startsWith('-- ')) first -= 1;
  return lines.slice(first, at).map((line) => line.slice(3)).join(' ');
}
