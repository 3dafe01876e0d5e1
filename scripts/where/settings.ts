import { chapterPaths, linesOf } from '../shared/definitions.ts';
import type { Definition } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/**
 * The columns of private.settings, each where it is made, with its comment, its default, the functions that
 * read it and the line of the rules that names it.
 */
export function settingPlaces(known: Definition[]): Place[] {
  const comments = new Map(
    known.filter(({ kind, name }) => kind === 'table' && name === 'private.settings')
      .flatMap((one) => one.comments.map((text) => text.split(/: (.*)/s) as [string, string])),
  );
  return chapterPaths().flatMap((path) => {
    let isInside = false;
    return linesOf(path).flatMap((line, at): Place[] => {
      if (/^(?:create|alter) table private\.settings(?: \(|$)/.test(line)) isInside = true;
      const [, name, type] = isInside
        ? /^ {2}(?:add column )?(\w+)\s+(.*?),?;?$/.exec(line) ?? []
        : [];
      if (line.endsWith(';')) isInside = false;
      const comment = name === undefined ? undefined : comments.get(name);
      if (name === undefined || comment === undefined) return [];
      const [, usual] = / default (.*)$/.exec(type ?? '') ?? [];
      return [{
        kind: 'setting',
        name,
        path,
        line: at + 1,
        says: [`${comment} ${usual === undefined ? 'No default.' : `Default: ${usual}.`}`],
        about: '',
        more: () => [...rulesThatName(name), ...readersOf(name, known)],
      }];
    });
  });
}

function rulesThatName(setting: string): string[] {
  const path = 'docs/rules.md';
  return linesOf(path).flatMap((line, at) =>
    line.includes(`\`${setting}\``) ? [`${path}:${at + 1}  ${line.trim()}`] : []
  );
}

/** The functions whose text says `settings.NAME`. */
function readersOf(setting: string, known: Definition[]): string[] {
  const word = new RegExp(`\\bsettings\\.${setting}\\b`);
  const readers = chapterPaths().flatMap((path) => {
    const functions = known.filter((one) => one.path === path && one.kind === 'function');
    return linesOf(path).flatMap((line, at) =>
      word.test(line) ? functions.findLast((one) => one.line <= at + 1) ?? [] : []
    );
  });
  return [...new Set(readers)].map(({ name, path, line }) => `${path}:${line}  read by ${name}`);
}
