import { parse } from 'csv-parse';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Kind, kinds } from './formats.ts';
import { DataProblem } from './problem.ts';

/** One row as it stands in its file; what could not be read has no fields. */
export interface GivenRow {
  line: number;
  fields: Record<string, unknown> | undefined;
}

/** A row longer than this is a quote or a bracket without its end. */
const longestRow = 2_000_000;

/** The file of a kind in a folder: NDJSON or CSV, never both. */
export function fileOf(folder: string, kind: Kind): string | undefined {
  const found = [`${kind}.ndjson`, `${kind}.csv`].filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) {
    throw new DataProblem(`${folder} has ${found.join(' and ')}. Keep one of them.`);
  }
  return found[0];
}

/** Files that look like data and are none of ours, which somebody would think had come in. */
export function strangersIn(folder: string): string[] {
  const known = kinds.flatMap((kind) => [`${kind}.ndjson`, `${kind}.csv`]);
  return readdirSync(folder).filter((name) =>
    /\.(csv|ndjson|jsonl?|xlsx?)(\.gz)?$/i.test(name) && !known.includes(name) &&
    name !== defaultReport
  );
}

export const defaultReport = 'import-report.ndjson';

/** Streams the rows of a file; one is in memory at a time. */
export function rowsOf(path: string): AsyncGenerator<GivenRow> {
  return path.endsWith('.csv') ? csvRows(path) : jsonRows(path);
}

async function* jsonRows(path: string): AsyncGenerator<GivenRow> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  let line = 0;
  for await (const words of lines) {
    line++;
    const content = line === 1 ? words.replace(/^\ufeff/, '') : words;
    if (content.trim() === '') continue;
    let fields: GivenRow['fields'];
    try {
      const value: unknown = JSON.parse(content);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        fields = value as Record<string, unknown>;
      }
    } catch {
      // Said by the row that has no fields.
    }
    yield { line, fields };
  }
}

async function* csvRows(path: string): AsyncGenerator<GivenRow> {
  const broken: number[] = [];
  const parser = createReadStream(path).pipe(parse({
    bom: true,
    columns: (names: string[]) => names.map((name) => name.trim()),
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRow,
    on_skip: (error) => {
      broken.push(Number(error?.lines ?? 0));
    },
  }));
  for await (const entry of parser) {
    for (const line of broken.splice(0)) yield { line, fields: undefined };
    const { record, info } = entry as {
      record: Record<string, string>;
      info: { lines: number };
    };
    yield { line: info.lines, fields: record };
  }
  for (const line of broken.splice(0)) yield { line, fields: undefined };
}
