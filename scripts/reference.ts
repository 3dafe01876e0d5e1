/**
 * Writes the reference of the API, docs/openapi.json (OpenAPI 3.1), from a throw-away database's comments and
 * types and the schemas of the edge functions; or a folder that shows it.
 */
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { fromMigrations, writeOrCheck } from '../local/generated.ts';
import { writeSite } from '../local/reference/site.ts';
import { referenceFiles } from './reference/document.ts';

const { values } = readCommandLine(
  `Writes docs/openapi.json, the reference of the API, from the migrations and the edge functions.

  npm run reference                      writes it
  npm run reference -- --check           exits with 1 when it is not current; writes nothing
  npm run reference -- --site FOLDER     writes a folder that shows it, for any web server`,
  { options: { check: { type: 'boolean', default: false }, site: { type: 'string' } } },
);

endWhenTold(() => {});

if (values.site !== undefined) {
  writeSite(values.site);
  console.log(`Wrote ${values.site}.`);
} else {
  const files = await fromMigrations(
    'reference',
    (cluster) => cluster.using('reference', 'postgres', referenceFiles),
  );
  writeOrCheck(files, { check: values.check, command: 'npm run reference' });
}
