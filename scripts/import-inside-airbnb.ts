import { importInsideAirbnb, ImportRefused, type Progress } from './import-inside-airbnb/import.ts';
import { readOptions, usage } from './import-inside-airbnb/options.ts';
import { summary } from './import-inside-airbnb/report.ts';
import { UnreadableFile } from './import-inside-airbnb/table-file.ts';

const began = performance.now();

/** One line that is written over; in a log, a line a step. */
const progress: Progress = (what, rows) => {
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  const line = `${seconds} s  ${what}${
    rows === undefined ? '' : `: ${rows.toLocaleString('en')} rows`
  }`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (rows === undefined) process.stderr.write(`${line}\n`);
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(usage);
  else {
    const report = await importInsideAirbnb(options, progress);
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    console.log(summary(report));
  }
} catch (error) {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const expected = error instanceof UnreadableFile || error instanceof ImportRefused;
  console.error(
    expected ? `${error.message}\nNothing was changed.` : error,
  );
  process.exitCode = 1;
}
