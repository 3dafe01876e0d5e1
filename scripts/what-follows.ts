/**
 * Writes docs/what-follows.md: for each table and each change to it, the triggers that fire, from the
 * catalogs of a throw-away database.
 */
import { writeFileSync } from 'node:fs';
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { migrate } from '../local/postgres/migrate.ts';
import { baseTemplate, createDatabase } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { pagePath, whatFollows } from './what-follows/page.ts';

readCommandLine(
  `Writes docs/what-follows.md, the page of triggers, from the migrations.

  npm run what-follows`,
  {},
);

endWhenTold(() => {});

const { cluster, stop } = await startThrowaway();
try {
  await createDatabase(cluster, 'what_follows', await baseTemplate(cluster));
  await migrate(cluster, 'what_follows');
  writeFileSync(inProject(pagePath), await cluster.using('what_follows', 'postgres', whatFollows));
  console.log(`Wrote ${pagePath}.`);
} finally {
  await stop();
}
