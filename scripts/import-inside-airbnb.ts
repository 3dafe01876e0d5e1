import { importInsideAirbnb, ImportRefused } from './import-inside-airbnb/import.ts';
import { readOptions } from './import-inside-airbnb/options.ts';
import { hangPictures } from './import-inside-airbnb/pictures.ts';
import { createProgressLine } from './shared/progress.ts';
import { summary } from './import-inside-airbnb/report.ts';
import { UnreadableFile } from './import-inside-airbnb/table-file.ts';

const line = createProgressLine(process.stderr);

try {
  const options = readOptions(process.argv.slice(2));
  const report = await importInsideAirbnb(options, line);
  if (options.gatewayUrl !== undefined) {
    // The import stands, whether there are pictures or not.
    await hangPictures({ ...options, gatewayUrl: options.gatewayUrl }, line.progress)
      .catch((error) => line.warn(`Pictures could not be hung: ${error.message}`));
  }
  line.end();
  console.log(summary(report));
} catch (error) {
  line.end();
  const expected = error instanceof UnreadableFile || error instanceof ImportRefused;
  console.error(
    expected ? `${error.message}\nNothing was changed.` : error,
  );
  process.exitCode = 1;
}
