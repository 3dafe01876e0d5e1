import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyText } from '../shared/copy-text.ts';
import type { Notes } from './report.ts';
import type { RowReader, Value } from './rows.ts';
import { openTable } from './table-file.ts';

const chunkLength = 64 * 1024;

/**
 * Streams a file into its staging table by COPY and answers with the number of rows it holds. Rows
 * that cannot be taken are noted. Throws `UnreadableFile`.
 */
export async function stage(
  client: Client,
  path: string,
  reader: RowReader,
  notes: Notes,
  onRows: (rows: number, share: number) => void,
): Promise<number> {
  const table = await openTable(path, reader.required);
  let rows = 0;

  async function* lines() {
    let chunk = '';
    for await (const row of table.rows()) {
      rows++;
      if (rows % 10_000 === 0) onRows(rows, table.share());
      const values = reader.read(row, notes);
      if (values === undefined) continue;
      chunk += values.map(encoded).join('\t') + '\n';
      if (chunk.length >= chunkLength) {
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
  }

  await pipeline(
    Readable.from(lines(), { objectMode: false }),
    client.query(copyFrom(`copy pg_temp.${reader.table} from stdin`)),
  );
  const skipped = table.skipped();
  if (skipped > 0) {
    notes.addMany('refused', reader.file, 'unreadable_row', { count: skipped, ids: [] });
  }
  return rows + skipped;
}

/** One field of COPY's text format. Lists hold codes only, so their elements need no quotes. */
function encoded(value: Value): string {
  if (value === null) return '\\N';
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  if (typeof value !== 'string') return String(value);
  return copyText(value);
}
