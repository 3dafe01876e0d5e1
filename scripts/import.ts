/**
 * Brings a marketplace's own data in: people, listings, photos, stays, calendars and reviews, from the files
 * that docs/bringing-data.md describes.
 *
 *   npm run import -- FOLDER --dry-run     says what would happen, row by row, and changes nothing
 *   npm run import -- FOLDER               does it; repeated, it goes on or changes nothing
 *
 * The exit code is 0 when every row was taken, 2 when some were refused, 1 when nothing could be done.
 * Wrong options are 2 as well.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { importFolder } from './bring-data/import.ts';
import { photoFiles } from './bring-data/photos.ts';
import { DataProblem } from './bring-data/problem.ts';
import { defaultReport } from './bring-data/read.ts';
import { marketplace } from './bring-data/where.ts';
import { createProgressLine } from './shared/progress.ts';

const usage = `Imports the files of a folder; docs/bringing-data.md describes them.

  npm run import -- FOLDER [--dry-run] [--report FILE] [--emails-are-confirmed] [--sessions N]

  --dry-run                what would happen, row by row; nothing is changed
  --report FILE            one JSON object per row; default: import-report.ndjson
  --emails-are-confirmed   every address was confirmed on the old platform
  --sessions N             connections that write listings and calendars, 1 to 8; default 2

Uses DATABASE_URL, with SUPABASE_URL and SUPABASE_SECRET_KEY for photos, or else the running stack.`;

const { values, positionals: [folder, ...rest] } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    report: { type: 'string', default: defaultReport },
    'emails-are-confirmed': { type: 'boolean', default: false },
    sessions: { type: 'string', default: '2' },
  },
});
if (folder === undefined || rest.length > 0) endWithUsage(usage, 'Name one folder.');
if (!/^[1-8]$/.test(values.sessions)) {
  endWithUsage(usage, '--sessions is a whole number from 1 to 8.');
}

const line = createProgressLine(process.stderr);
try {
  const { databaseUrl, storage } = marketplace();
  const report = createWriteStream(values.report);
  await once(report, 'open');
  const summary = await importFolder({
    databaseUrl,
    folder,
    dryRun: values['dry-run'],
    emailsAreConfirmed: values['emails-are-confirmed'],
    sessions: Number(values.sessions),
    photos: storage && photoFiles(folder, storage),
    onRow: (row) => report.write(`${JSON.stringify(row)}\n`),
    progress: line.progress,
  });
  report.end();
  await once(report, 'finish');
  line.end();
  console.log(`${summary}\n\nThe result of each row is in ${values.report}.`);
  if (summary.refused > 0) process.exitCode = 2;
} catch (error) {
  line.end();
  const code = (error as { code?: string }).code ?? '';
  const isExpected = error instanceof DataProblem || /^(ENOENT|EACCES)/.test(code);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
