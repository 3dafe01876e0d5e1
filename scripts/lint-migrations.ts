/**
 * npm run lint:migrations: what would stop a running marketplace, in the migrations since the last
 * release. docs/changing-the-schema.md has the rules with an example.
 */
import { readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import { lintMigrations } from './release/lint.ts';

readCommandLine(
  `Finds what would stop a running marketplace in the migrations since the last release.

  npm run lint:migrations`,
  {},
);

const { files, problems } = lintMigrations(inProject());
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else {
  console.log(
    files.length === 0
      ? 'No migration is newer than the last release.'
      : `Fine: ${files.join(', ')}`,
  );
}
