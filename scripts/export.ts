/**
 * Writes everything that npm run import reads, as of one moment: a folder of people, listings, photos, stays,
 * calendars and reviews. docs/bringing-data.md describes the files.
 *
 *   npm run export -- FOLDER [--format csv] [--no-photo-files]
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { exportFolder } from './bring-data/export.ts';
import { DataProblem } from './bring-data/problem.ts';
import { marketplace } from './bring-data/where.ts';
import { createProgressLine } from './shared/progress.ts';

const usage = `Writes a folder that npm run import can read; docs/bringing-data.md describes it.

  npm run export -- FOLDER [--format ndjson|csv] [--no-photo-files]

Uses DATABASE_URL, with SUPABASE_URL and SUPABASE_SECRET_KEY for photos, or else the running stack.`;

const { values, positionals: [folder, ...rest] } = readCommandLine(usage, {
  allowPositionals: true,
  allowNegative: true,
  options: {
    format: { type: 'string', default: 'ndjson' },
    'photo-files': { type: 'boolean', default: true },
  },
});
const { format } = values;
if (format !== 'ndjson' && format !== 'csv') {
  endWithUsage(usage, '--format must be ndjson or csv.');
}
if (folder === undefined || rest.length > 0) endWithUsage(usage, 'Name one folder.');

const line = createProgressLine(process.stderr);
try {
  const { databaseUrl, storage } = marketplace();
  if (values['photo-files'] && storage === undefined) {
    throw new DataProblem(
      'Photo files need SUPABASE_URL and SUPABASE_SECRET_KEY; --no-photo-files leaves them out.',
    );
  }
  const { rows, missingFiles } = await exportFolder({
    databaseUrl,
    folder,
    format,
    storage: values['photo-files'] ? storage : undefined,
    progress: line.progress,
  });
  line.end();
  for (const [kind, count] of Object.entries(rows)) console.log(`${kind.padEnd(9)} ${count}`);
  if (missingFiles.length > 0) {
    console.log(
      `\nStorage has no file for ${missingFiles.length} photos, such as ${missingFiles[0]}.`,
    );
  }
} catch (error) {
  line.end();
  const code = (error as { code?: string }).code ?? '';
  const isExpected = error instanceof DataProblem || /^(ENOENT|EACCES)/.test(code);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
