/**
 * Writes the reference of the API, docs/openapi.json (OpenAPI 3.1), from a throw-away database's comments and
 * types and the schemas of the edge functions; or a folder that shows it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { migrate } from '../local/postgres/migrate.ts';
import { baseTemplate, createDatabase } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
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
  for (const [path, content] of Object.entries(await generate())) {
    if (!values.check) {
      writeFileSync(inProject(path), content);
      console.log(`Wrote ${path}.`);
    } else if (readFileSync(inProject(path), 'utf8') !== content) {
      console.error(`${path} is not what the migrations say. Run npm run reference.`);
      process.exitCode = 1;
    } else {
      console.log(`${path} is current.`);
    }
  }
}

async function generate(): Promise<Record<string, string>> {
  const { cluster, stop } = await startThrowaway();
  try {
    await createDatabase(cluster, 'reference', await baseTemplate(cluster));
    await migrate(cluster, 'reference');
    return await cluster.using('reference', 'postgres', referenceFiles);
  } finally {
    await stop();
  }
}
