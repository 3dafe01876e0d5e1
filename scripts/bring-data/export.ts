import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { FileAccess } from '../backup/files.ts';
import type { Progress } from '../shared/progress.ts';
import { fieldsOf, type Kind, kinds } from './formats.ts';
import { connect } from './connect.ts';
import { DataProblem } from './problem.ts';

export interface ExportOptions {
  databaseUrl: string;
  folder: string;
  format?: 'ndjson' | 'csv';
  /** Where photos' files are read; without it only their rows are written. */
  storage?: FileAccess | undefined;
  progress?: Progress;
}

export interface Exported {
  rows: Record<Kind, number>;
  /** Photos of which Storage has no file. */
  missingFiles: string[];
}

const sql = (name: string) => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

/** Writes everything an import reads, as of one moment; some rows are in memory at a time. */
export async function exportFolder(options: ExportOptions): Promise<Exported> {
  const { folder, format = 'ndjson', storage, progress } = options;
  for (const kind of kinds) {
    for (const name of [`${kind}.ndjson`, `${kind}.csv`]) {
      if (existsSync(join(folder, name))) {
        throw new DataProblem(`${join(folder, name)} is there already. Name an empty folder.`);
      }
    }
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const client = await connect(options.databaseUrl);
  const exported: Exported = {
    rows: { people: 0, listings: 0, photos: 0, bookings: 0, calendar: 0, reviews: 0 },
    missingFiles: [],
  };
  try {
    await client.query(`set statement_timeout = 0; set time zone 'UTC'`);
    await client.query('begin isolation level repeatable read, read only');
    const queries = new Map<string, string>();
    const [, ...parts] = sql('export').split(/^--: (\w+)\n/m);
    for (let at = 0; at < parts.length; at += 2) queries.set(parts[at] ?? '', parts[at + 1] ?? '');

    for (const kind of kinds) {
      const file = createWriteStream(join(folder, `${kind}.${format}`), { mode: 0o600 });
      await once(file, 'open');
      const fields = fieldsOf(kind);
      if (format === 'csv') file.write(`${fields.join(',')}\n`);
      await client.query(
        `declare rows no scroll cursor for ${queries.get(kind)?.trim().replace(/;$/, '')}`,
      );
      for (;;) {
        const { rows } = await client.query<
          { row: Record<string, unknown>; storage_path?: string }
        >(
          'fetch 1000 from rows',
        );
        if (rows.length === 0) break;
        const lines = rows.map(({ row }) =>
          format === 'csv' ? csvLine(fields, row) : jsonLine(fields, row)
        );
        if (!file.write(lines.join(''))) await once(file, 'drain');
        if (storage !== undefined) {
          for (const { row, storage_path: path } of rows) {
            if (path === undefined) continue;
            const content = await storage.read('photo-uploads', path);
            if (content === undefined) {
              exported.missingFiles.push(path);
              continue;
            }
            const target = join(folder, String(row.file));
            await mkdir(dirname(target), { recursive: true });
            await writeFile(target, content);
          }
        }
        exported.rows[kind] += rows.length;
        progress?.(`Writing ${kind}`, exported.rows[kind]);
      }
      await client.query('close rows');
      file.end();
      await once(file, 'finish');
    }
    await client.query('commit');
    return exported;
  } finally {
    await client.end().catch(() => {});
  }
}

const isSaid = (value: unknown) => value !== null && value !== undefined;

/** What is not said is left out: the same row is the same line, whatever columns a later version has. */
const jsonLine = (fields: string[], row: Record<string, unknown>) =>
  `${
    JSON.stringify(Object.fromEntries(fields.flatMap((name) =>
      isSaid(row[name]) ? [[name, row[name]]] : []
    )))
  }\n`;

function csvLine(fields: string[], row: Record<string, unknown>): string {
  return fields.map((name) => {
    const value = row[name];
    const word = !isSaid(value)
      ? ''
      : Array.isArray(value)
      ? value.join('|')
      : name === 'custom_fields'
      ? JSON.stringify(value)
      : typeof value === 'object'
      ? Object.entries(value as object).map(([key, one]) => `${key}:${one}`).join('|')
      : String(value);
    return /[",\r\n]|^\s|\s$/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
  }).join(',') + '\n';
}
