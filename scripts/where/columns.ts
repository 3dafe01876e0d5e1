import { chapterPaths, type Definition, linesOf } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/** What begins a line inside a table and is no column. */
const words = /^(?:primary|foreign|unique|exclude|check|constraint|like|add|alter|drop)$/;

/** The columns of all tables, each where it is made, with its comment. Those of private.settings are settings. */
export function columnPlaces(known: Definition[]): Place[] {
  const comments = new Map(
    known.filter(({ kind }) => kind === 'table').map(({ name, comments }) => [
      name,
      // The first is of the table, or of a column if the table has none.
      new Map(comments.map((text) => text.split(/: (.*)/s) as [string, string])),
    ]),
  );
  return chapterPaths().flatMap((path) => {
    let table: string | undefined;
    return linesOf(path).flatMap((line, at): Place[] => {
      const [, begun] = /^(?:create|alter) table (\w+\.\w+)(?: \(|$| add column )/.exec(line) ?? [];
      if (begun !== undefined) table = begun;
      const inside = table;
      if (line.endsWith(';')) table = undefined;
      if (inside === undefined || inside === 'private.settings') return [];
      const [, name, type] = /^ {2}(?:add column )?([a-z]\w*)\s+(\S.*?),?;?$/.exec(line) ??
        /^alter table \S+ add column (\w+) (.*);$/.exec(line) ?? [];
      if (name === undefined || type === undefined || words.test(name)) return [];
      const comment = comments.get(inside)?.get(name);
      return [{
        kind: 'column',
        name: `${inside}.${name}`,
        path,
        line: at + 1,
        says: [type.replaceAll(/\s+/g, ' '), ...(comment === undefined ? [] : [comment])],
        about: '',
      }];
    });
  });
}

/** `public.listings.title`, and what people call it: `listings.title`, `title`. */
export const namesOfColumn = (name: string): string[] => {
  const [, table = '', column = ''] = name.split('.');
  return [name, `${table}.${column}`, column];
};
