import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FileAccess } from '../../scripts/backup/files.ts';
import { importFolder, type ImportOptions } from '../../scripts/bring-data/import.ts';
import { photoFiles } from '../../scripts/bring-data/photos.ts';
import type { RowReport } from '../../scripts/bring-data/report.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';

type Rows = Record<string, unknown>[];

/** A folder with these files; rows become NDJSON. It goes with the test. */
export function folderWith(files: Record<string, Rows | string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, Array.isArray(content) ? `${name}.ndjson` : name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      Array.isArray(content) ? content.map((row) => `${JSON.stringify(row)}\n`).join('') : content,
    );
  }
  return folder;
}

/** Storage as a map from bucket and name to content. */
export function storageInMemory(): FileAccess & { files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  return {
    files,
    read: (bucket, name) => Promise.resolve(files.get(`${bucket}/${name}`)),
    write({ bucket, name }, content) {
      files.set(`${bucket}/${name}`, content);
      return Promise.resolve();
    },
  };
}

/** How many sessions of this file's database wait for a lock. */
export const waiting = async () =>
  (await asPostgres(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )).length;

/** Imports a folder into this file's database; answers with the summary and every row's report. */
export async function bring(folder: string, options: Partial<ImportOptions> = {}) {
  const rows: RowReport[] = [];
  const summary = await importFolder({
    databaseUrl: (await testDatabase()).url,
    folder,
    photos: photoFiles(folder, storageInMemory()),
    onRow: (row) => rows.push(row),
    ...options,
  });
  return {
    summary,
    rows,
    told: rows.map(({ file, line, outcome, code, words }) =>
      [file, line, code ?? outcome, ...(code === 'breaks_a_rule' ? [words] : [])].join(' ')
    ),
  };
}

export const person = (id: string, more = {}) => ({ id, display_name: id.toUpperCase(), ...more });

export const listing = (id: string, host: string, more = {}) => ({
  id,
  host_id: host,
  status: 'published',
  title: `Home ${id}`,
  description: 'Two rooms.',
  city: 'Lyon',
  country_code: 'FR',
  public_latitude: 45.76,
  public_longitude: 4.83,
  time_zone: 'Europe/Paris',
  currency: 'EUR',
  base_price_minor: 9000,
  ...more,
});

export const stay = (
  id: string,
  home: string,
  guest: string,
  checkIn: string,
  checkOut: string,
  more = {},
) => ({
  id,
  listing_id: home,
  guest_id: guest,
  status: 'confirmed',
  check_in: checkIn,
  check_out: checkOut,
  booked_at: '2026-01-01T10:00:00Z',
  currency: 'EUR',
  total_minor: 30_000,
  host_payout_minor: 27_000,
  ...more,
});
