import { basename } from 'node:path';
import { definitions } from './definitions.ts';

/** Links to the chapters of functions and tables, written once for a page: `[ground_callers]`. */
export function chapterLinks() {
  const known = new Map(definitions().map(({ kind, name, path }) => [`${kind} ${name}`, path]));
  const linked = new Map<string, string>();
  const chapterOf = (name: string, kind: 'function' | 'table' = 'function'): string => {
    const path = known.get(`${kind} ${name}`);
    if (path === undefined) return '';
    const chapter = basename(path, '.sql').replace(/^\d+_/, '');
    linked.set(chapter, `../${path}`);
    return chapter;
  };
  return {
    /** The functions, those of one chapter together: "`a`, `b` ([chapter])". */
    of(names: string[]): string[] {
      return [...Map.groupBy(names, (name) => chapterOf(name))].map(([chapter, its]) => {
        const said = its.map((name) => `\`${name.replace(/^(private|public)\./, '')}\``).join(', ');
        return chapter === '' ? said : `${said} ([${chapter}])`;
      });
    },
    chapterOf,
    /** Where the links lead: the last lines of the page. */
    definitions: (): string =>
      [...linked].sort(([one], [other]) => one < other ? -1 : 1)
        .map(([chapter, path]) => `[${chapter}]: ${path}\n`).join(''),
  };
}
