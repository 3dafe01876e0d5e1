/**
 * Brings a marketplace's own data in: people, listings, photos, stays, calendars and reviews, from the files
 * that docs/bringing-data.md describes.
 *
 *   npm run import -- FOLDER --dry-run     says what would happen, row by row, and changes nothing
 *   npm run import -- FOLDER               does it; repeated, it goes on or changes nothing
 *
 * The exit code is 0 when every row was taken, 2 when some were refused, 1 when nothing could be done.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { importFolder } from './bring-data/import.ts';
import { photoFiles } from './bring-data/photos.ts';
import { DataProblem } from './bring-data/problem.ts';
import { defaultReport } from './bring-data/read.ts';
import { marketplace } from './bring-data/where.ts';
import { createProgressLine } from './shared/progress.ts';

const usage = `Imports the files of a folder; docs/bringing-data.md describes them.

  npm run import -- FOLDER [--dry-run] [--report FILE] [--emails-are-confirmed]

  --dry-run                what would happen, row by row; nothing is changed
  --report FILE            one JSON object per row; default: import-report.ndjson
  --emails-are-confirmed   every address was confirmed on the old platform

Uses DATABASE_URL, with SUPABASE_URL and SUPABASE_SECRET_KEY for photos, or else the running stack.`;

const line = createProgressLine(process.stderr);
try {
  const { values, positionals: [folder, ...rest] } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      report: { type: 'string', default: defaultReport },
      'emails-are-confirmed': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) console.log(usage);
  else if (folder === undefined || rest.length > 0) {
    throw new DataProblem(`Name one folder.\n\n${usage}`);
  } else {
    const { databaseUrl, storage } = marketplace();
    const report = createWriteStream(values.report);
    await once(report, 'open');
    const summary = await importFolder({
      databaseUrl,
      folder,
      dryRun: values['dry-run'],
      emailsAreConfirmed: values['emails-are-confirmed'],
      photos: storage && photoFiles(folder, storage),
      onRow: (row) => report.write(`${JSON.stringify(row)}\n`),
      progress: line.progress,
    });
    report.end();
    await once(report, 'finish');
    line.end();
    console.log(`${summary}\n\nThe result of each row is in ${values.report}.`);
    if (summary.refused > 0) process.exitCode = 2;
  }
} catch (error) {
  line.end();
  const code = (error as { code?: string }).code ?? '';
  const isExpected = error instanceof DataProblem || /^(ERR_PARSE_ARGS|ENOENT|EACCES)/.test(code);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
