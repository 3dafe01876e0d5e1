/**
 * Writes docs/what-follows.md: for each table and each change to it, the triggers that fire, and for each
 * verb what it writes, from the catalogs of a throw-away database.
 */
import { readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { fromMigrations, writeOrCheck } from '../local/generated.ts';
import { pagePath, whatFollows } from './what-follows/page.ts';

readCommandLine(
  `Writes docs/what-follows.md, the page of triggers, from the migrations.

  npm run what-follows`,
  {},
);

endWhenTold(() => {});

const page = await fromMigrations(
  'what_follows',
  (cluster) => cluster.using('what_follows', 'postgres', whatFollows),
);
writeOrCheck({ [pagePath]: page }, { check: false, command: 'npm run what-follows' });
