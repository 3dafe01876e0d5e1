/**
 * Writes everything that npm run import reads, as of one moment: a folder of people, listings, photos, stays,
 * calendars and reviews. docs/bringing-data.md describes the files.
 *
 *   npm run export -- FOLDER [--format csv] [--no-photo-files]
 */
import { parseArgs } from 'node:util';
import { exportFolder } from './bring-data/export.ts';
import { DataProblem } from './bring-data/problem.ts';
import { marketplace } from './bring-data/where.ts';
import { createProgressLine } from './shared/progress.ts';

const usage = `Writes a folder that npm run import can read; docs/bringing-data.md describes it.

  npm run export -- FOLDER [--format ndjson|csv] [--no-photo-files]

Uses DATABASE_URL, with SUPABASE_URL and SUPABASE_SECRET_KEY for photos, or else the running stack.`;

const line = createProgressLine(process.stderr);
try {
  const { values, positionals: [folder, ...rest] } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      format: { type: 'string', default: 'ndjson' },
      'photo-files': { type: 'boolean', default: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { format } = values;
  if (format !== 'ndjson' && format !== 'csv') {
    throw new DataProblem('--format must be ndjson or csv.');
  }
  if (values.help) console.log(usage);
  else if (folder === undefined || rest.length > 0) {
    throw new DataProblem(`Name one folder.\n\n${usage}`);
  } else {
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
  }
} catch (error) {
  line.end();
  const code = (error as { code?: string }).code ?? '';
  const isExpected = error instanceof DataProblem || /^(ERR_PARSE_ARGS|ENOENT|EACCES)/.test(code);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
