import { availableParallelism } from 'node:os';
import { type Entry, useList } from '../archive.ts';
import { databaseOf } from '../connect.ts';
import { restoreFiles } from '../files.ts';
import type { Details } from '../manifest.ts';
import { runPostgresProgram } from '../programs.ts';
import type { RestoreOptions } from './options.ts';

export const inParallel = `--jobs=${Math.min(4, availableParallelism())}`;

/** Runs pg_restore for these entries, in this order; it ends at the first statement that fails. */
export async function restoreEntries(
  { backup, programs }: RestoreOptions,
  url: string,
  entries: Entry[],
  ...how: string[]
): Promise<void> {
  if (entries.length === 0) return;
  await runPostgresProgram(programs.restore, [
    '--exit-on-error',
    '--no-password',
    ...how,
    `--use-list=${useList(backup, entries)}`,
    `--dbname=${databaseOf(url)}`,
    backup.archive,
  ], url);
}

/** Puts the files of Storage back, unless they are left out. */
export async function restoreStorage({ backup, access, progress }: RestoreOptions): Promise<void> {
  if (access === undefined) return;
  await restoreFiles({
    ...backup,
    files: backup.details.files,
    access,
    onFile: (done, of) => progress('Files of Storage', done, of),
  });
}

/** What somebody has to do by hand: jobs would begin to act. */
export const notesFor = ({ jobs, missing }: Details): string[] => [
  ...jobs.map(({ jobname, schedule, command }) =>
    `select cron.schedule(${jobname === null ? '' : `${literal(jobname)}, `}${literal(schedule)}, ${
      literal(command)
    });`
  ),
  ...missing.map(({ bucket, name }) => `-- ${bucket}/${name} had no content when it was backed up`),
];

const literal = (text: string) => `'${text.replaceAll(`'`, `''`)}'`;
