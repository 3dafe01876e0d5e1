import { chapterPaths, linesOf } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/** Documents with tables whose first column has codes: what each means, and what to do. */
const guides = ['docs/operations.md', 'docs/runbooks.md', 'docs/errors.md'];

/** Tables of the migrations whose rows are words that people look for. */
const vocabularies = [
  'public.amenities',
  'public.property_types',
  'public.cancellation_policies',
  'public.notification_kinds',
];

/** Codes, with the row of a document that explains each, and the rows of vocabularies. */
export const codePlaces = (): Place[] => [...guides.flatMap(codesOf), ...rowsOfVocabularies()];

function codesOf(path: string): Place[] {
  let columns: string[] = [];
  return linesOf(path).flatMap((line, at, lines): Place[] => {
    const cells = cellsOf(line);
    if (lines[at + 1]?.startsWith('| ---')) columns = cells;
    const [codes = '', ...rest] = cells;
    if (!/^`[a-z_]+`(?:(?:, | or )`[a-z_]+`)*$/.test(codes)) return [];
    const says = rest.flatMap((cell, place) =>
      cell === '' ? [] : [`${columns[place + 1]}: ${cell}`]
    );
    return [...codes.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({
      kind: 'code',
      name,
      path,
      line: at + 1,
      says,
      about: '',
    }));
  });
}

const cellsOf = (line: string) =>
  line.startsWith('| ') ? line.split('|').slice(1, -1).map((cell) => cell.trim()) : [];

function rowsOfVocabularies(): Place[] {
  return chapterPaths().flatMap((path) => {
    let table: string | undefined;
    return linesOf(path).flatMap((line, at): Place[] => {
      const [, into] = /^insert into (\S+) \(/.exec(line) ?? [];
      if (into !== undefined) table = vocabularies.find((one) => one === into);
      const [, name] = table === undefined ? [] : /^\s+\((?:\s*\d+, )?'(\w+)'/.exec(line) ?? [];
      const says = `its row in ${table}: ${line.trim().replace(/[,;]$/, '')}`;
      if (line.endsWith(';')) table = undefined;
      return name === undefined
        ? []
        : [{ kind: 'row', name, path, line: at + 1, says: [says], about: '' }];
    });
  });
}
