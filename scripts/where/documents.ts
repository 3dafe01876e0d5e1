import { globSync } from 'node:fs';
import { projectDirectory } from '../../local/paths.ts';
import { type Definition, linesOf } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/** The sections of the documents; those of what-follows.md say what a change sets off. */
export function fromDocuments(known: Definition[]): Place[] {
  const paths = globSync(['*.md', 'docs/**/*.md', '*/README.md'], {
    cwd: projectDirectory,
    exclude: ['**/node_modules'],
  }).filter((path) => path !== 'CHANGELOG.md').sort();
  return paths.flatMap((path) => {
    const lines = linesOf(path);
    const isOfChanges = path === 'docs/what-follows.md';
    // Their long tables name nearly everything, so they are no answer to what a question is about.
    const isTable = (line: string) =>
      ['docs/errors.md', 'docs/who-may-what.md'].includes(path) && line.startsWith('|');
    let isCode = false;
    return lines.flatMap((line, at): Place[] => {
      if (line.startsWith('```')) isCode = !isCode;
      const [, heading] = isCode ? [] : /^#{1,4} (.*)$/.exec(line) ?? [];
      if (heading === undefined) return [];
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((other) => /^#{1,4} /.test(other));
      const body = rest.slice(0, end < 0 ? undefined : end);
      // The rows of such a table are places of their own.
      if (body.includes('| promise | kept by | chapters |')) return [];
      const paragraph = body.filter((one) =>
        !isTable(one)
      ).join('\n').trim().split('\n\n')[0]?.replaceAll('\n', ' ') ?? '';
      const place = { name: heading.replaceAll('`', ''), path, line: at + 1 };
      if (isOfChanges && heading !== 'What verbs write') {
        const says = body.filter((one) =>
          /^(\d+\.|From|By) /.test(one)
        );
        return [{ ...place, kind: 'change', says, about: '' }];
      }
      if (path === 'docs/runbooks.md') {
        return [{
          ...place,
          kind: 'runbook',
          says: [],
          about: paragraph,
          more: () => [...firstSentence(paragraph), ...ruleOf(heading)],
        }];
      }
      const more = (words: RegExp[]) => passageOf(body, at + 2, words, known);
      return [{ ...place, kind: 'section', says: [], about: paragraph, more }];
    });
  });
}

/** The item, paragraph or row of a section that has most of the words, and where what it names is. */
function passageOf(body: string[], first: number, words: RegExp[], known: Definition[]): string[] {
  let best = { count: 0, line: 0, text: '' };
  let start = 0;
  for (const [at, line] of [...body, ''].entries()) {
    if (at > start && /^(?:\s*(?:[-*]|\d+\.) |\| |```|$)/.test(line)) {
      const text = body.slice(start, at).join(' ').replaceAll(/\s+/g, ' ').trim();
      const count = words.filter((word) => word.test(text.replaceAll('_', ' '))).length;
      if (count > best.count) best = { count, line: first + start, text };
    }
    if (/^(?:\s*(?:[-*]|\d+\.) |\| |```|$)/.test(line)) start = line === '' ? at + 1 : at;
  }
  if (best.count === 0) return [];
  const places = [...new Set(best.text.match(/\b(?:private|public)\.\w+/g))].flatMap((name) => {
    const one = known.find((other) => other.name === name);
    return one === undefined ? [] : [`${one.path}:${one.line}  ${one.kind} ${one.name}`];
  });
  return [`line ${best.line}: ${best.text}`, ...places];
}

/** What a section begins with, if that is not a statement to run. */
const firstSentence = (paragraph: string): string[] =>
  paragraph.startsWith('```') ? [] : paragraph.match(/^.*?[.:](?= [A-Z]|$)/) ?? [];

/** The rule of an alert, and where its figures come from. */
function ruleOf(alert: string): string[] {
  const path = 'operate/prometheus/staybase.rules.yml';
  const lines = linesOf(path);
  const at = lines.findIndex((line) => line.trim() === `- alert: ${alert}`);
  const rule = at < 0 ? '' : /^\s+expr: '?(.*?)'?$/.exec(lines[at + 1] ?? '')?.[1] ?? '';
  if (rule === '') return [];
  const figures = [...new Set(rule.match(/\bstaybase_\w+/g))].flatMap((figure) =>
    globSync('supabase/migrations/*_watch*.sql', { cwd: projectDirectory }).sort().flatMap(
      (file) => {
        const line = linesOf(file).findIndex((one) => one.includes(`'${figure}'`));
        return line < 0 ? [] : [`${file}:${line + 1}  calculates ${figure}`];
      },
    )
  );
  return [`${path}:${at + 2}  its rule: ${rule}`, ...figures];
}
