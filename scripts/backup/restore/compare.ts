import { availableParallelism } from 'node:os';
import type { Progress } from '../../shared/progress.ts';
import {
  allSchemas,
  differences,
  fingerprint,
  hashRows,
  openCatalog,
  sequences,
} from '../catalog.ts';
import { type FileAccess, filesThatDiffer } from '../files.ts';
import type { Details } from '../manifest.ts';
import { BackupProblem } from '../problem.ts';
import { serviceRows } from './services.ts';

/**
 * What differs between the copy and the moment of the backup; empty when nothing does. The copy's statistics are
 * gathered too, at the same time as its rows are compared: both read all of it.
 */
export async function compareWhole(
  url: string,
  details: Details,
  access: FileAccess | undefined,
  progress: Progress,
): Promise<string[]> {
  const rows = compareRows(url, details, Object.keys(details.tables), progress);
  // Awaited below; the schema may fail before.
  rows.catch(() => {});
  const client = await openCatalog(url);
  try {
    await client.query('analyze');
    const schemas = await allSchemas(client);
    const wrong = differences(
      withoutCron(details.fingerprint.all),
      withoutCron(await fingerprint(client, schemas)),
    );
    wrong.push(...await rows);
    const standing = await sequences(client, schemas);
    for (const [sequence, { last, called }] of Object.entries(details.sequences)) {
      const at = standing[sequence];
      if (at?.last !== last || at.called !== called) {
        wrong.push(`differs: sequence ${sequence} stood at ${last}, stands at ${at?.last}`);
      }
    }
    if (access !== undefined) wrong.push(...await filesThatDiffer(details.files, access));
    return wrong;
  } finally {
    await client.end();
  }
}

/** What differs in the marketplace's own schemas, its people and its files. */
export async function compareSchemas(
  url: string,
  details: Details,
  access: FileAccess | undefined,
  progress: Progress,
): Promise<string[]> {
  progress('Comparing the schema');
  const client = await openCatalog(url);
  try {
    const wrong = differences(
      details.fingerprint.own,
      await fingerprint(client, details.ownSchemas),
    );
    const tables = Object.keys(details.tables).filter((table) => {
      const schema = table.split('.')[0] ?? '';
      return details.ownSchemas.includes(schema) ||
        // A project of another age may lack a table that nobody used.
        (schema === 'auth' && !serviceRows.includes(table) && details.tables[table]?.rows !== '0');
    });
    wrong.push(...await compareRows(url, details, tables, progress));
    const standing = await sequences(client, details.ownSchemas);
    for (const [sequence, at] of Object.entries(standing)) {
      const wanted = details.sequences[sequence];
      if (wanted?.last !== at.last || wanted.called !== at.called) {
        wrong.push(`differs: sequence ${sequence} stood at ${wanted?.last}, stands at ${at.last}`);
      }
    }
    if (access !== undefined) wrong.push(...await filesThatDiffer(details.files, access));
    return wrong;
  } finally {
    await client.end();
  }
}

const withoutCron = (all: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) => !/^\S+( rights)? .*\bcron\b/.test(name)),
  );

/** Compares tables with as many connections as pg_restore had; the largest come first. */
async function compareRows(
  url: string,
  details: Details,
  tables: string[],
  progress: Progress,
): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = tables.values();
  let done = 0;
  const work = async () => {
    const client = await openCatalog(url);
    try {
      for (const table of waiting) {
        const wanted = details.tables[table];
        if (wanted === undefined) continue;
        const found = await hashRows(client, table, wanted.columns)
          .catch((error) => error as Error);
        if (found instanceof Error) {
          wrong.push(`missing in the copy: table ${table}: ${found.message}`);
        } else if (found.rows !== wanted.rows || found.hash !== wanted.hash) {
          wrong.push(`differs: rows of ${table}, ${wanted.rows} were there and ${found.rows} are`);
        }
        progress('Comparing the rows of every table', done += 1, tables.length);
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return wrong.sort();
}

export const differs = (database: string, wrong: string[]) =>
  new BackupProblem(
    'copy_differs',
    `The copy in ${database} is not what was backed up (${wrong.length} differences):\n  ` +
      wrong.slice(0, 20).join('\n  '),
  );
