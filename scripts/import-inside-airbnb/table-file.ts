import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A file cannot be read, or is not what it is said to be. The message says what to do. */
export class UnreadableFile extends Error {}

/** One row; fields of columns that the file does not have are empty. */
export class Row {
  readonly line: number;
  readonly #columns: Map<string, number>;
  readonly #fields: string[];

  constructor(line: number, columns: Map<string, number>, fields: string[]) {
    this.line = line;
    this.#columns = columns;
    this.#fields = fields;
  }

  /** True when characters of it had to be replaced. */
  get isBroken(): boolean {
    return this.#fields.some((field) => field.includes('\u0000') || field.includes('\ufffd'));
  }

  /** Whether the file has such a column. */
  has(column: string): boolean {
    return this.#columns.has(column);
  }

  /** The field without blanks around it. */
  get(column: string): string {
    const at = this.#columns.get(column);
    if (at === undefined) return '';
    const field = this.#fields[at] ?? '';
    return (field.includes('\u0000') ? field.replaceAll('\u0000', '') : field).trim();
  }
}

export interface TableFile {
  has(column: string): boolean;
  rows(): AsyncGenerator<Row>;
  /** How much of the file is read, from 0 to 1. */
  share(): number;
  /** Rows that had to be skipped while reading. */
  skipped(): number;
}

// The longest text of a row may be 20,000 characters; a hundred times that is a quote without its
// end.
const longestRow = 2_000_000;

/**
 * Opens a CSV file, plain or gzipped (told by its first bytes, not its name). Streams: a row at a
 * time is in memory. Throws `UnreadableFile` when there is no such file, when it breaks off, or
 * when it lacks one of the columns without which no row can be told from another.
 */
export async function openTable(path: string, required: string[]): Promise<TableFile> {
  let skipped = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRow,
    on_skip: () => void skipped++,
  });
  const gzipped = await isGzipped(path);
  const source = createReadStream(path);
  const { size } = await stat(path);
  const steps = gzipped ? [source, createGunzip(), parser] as const : [source, parser] as const;
  // An error of any step ends the parser with it, and reading its rows throws it.
  pipeline(steps, () => {});

  const records = parser[Symbol.asyncIterator]() as AsyncIterator<string[]>;
  const next = async () => {
    try {
      const { done, value } = await records.next();
      return done ? undefined : value;
    } catch (error) {
      throw unreadable(path, error);
    }
  };

  const columns = new Map<string, number>();
  for (const [at, name] of (await next() ?? []).entries()) {
    const column = name.replaceAll('\u0000', '').trim().toLowerCase();
    if (!columns.has(column)) columns.set(column, at);
  }
  const isSummary = columns.has('calculated_host_listings_count') && columns.has('id') &&
    !['accommodates', 'amenities', 'property_type', 'description'].some((name) =>
      columns.has(name)
    );
  if (isSummary) {
    parser.destroy();
    throw new UnreadableFile(
      `${path} is the summary of the listings, without guests, beds, amenities or texts. Take the detailed ` +
        'listings.csv.gz that Inside Airbnb lists first for each city.',
    );
  }
  const missing = required.filter((column) => !columns.has(column));
  if (missing.length > 0) {
    parser.destroy();
    throw new UnreadableFile(
      `${path} has no column ${
        missing.join(', ')
      }. Take the detailed files that Inside Airbnb lists ` +
        'for each city, listings.csv.gz, calendar.csv.gz and reviews.csv.gz, not the summaries.',
    );
  }

  return {
    has: (column) => columns.has(column),
    share: () => size === 0 ? 1 : source.bytesRead / size,
    skipped: () => skipped,
    async *rows() {
      for (let line = 2;; line++) {
        const fields = await next();
        if (fields === undefined) return;
        yield new Row(line, columns, fields);
      }
    },
  };
}

async function isGzipped(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UnreadableFile {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why = {
    ENOENT: 'There is no such file',
    EACCES: 'You may not read it',
    EISDIR: 'It is a folder',
    Z_BUF_ERROR: 'It breaks off in the middle; download it again',
    Z_DATA_ERROR: 'It is damaged; download it again',
  }[code] ?? (error instanceof Error ? error.message : String(error));
  return new UnreadableFile(`${path} cannot be read. ${why}.`);
}
