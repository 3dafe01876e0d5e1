/**
 * npm run release -- 1.2.0: bumps the version, moves "Unreleased" of CHANGELOG.md under it, freezes the
 * migrations since the release before (from 1.0.0 on), commits and tags. It pushes nothing.
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import { release, ReleaseRefused } from './release/release.ts';

const usage = `Releases a version; docs/changing-the-schema.md describes it. It pushes nothing.

  npm run release -- VERSION      such as 1.2.0`;

const { positionals: [version, ...rest] } = readCommandLine(usage, { allowPositionals: true });
if (version === undefined || rest.length > 0) endWithUsage(usage, 'Name one version.');
try {
  const { tag, frozen } = release(inProject(), version, new Date().toISOString().slice(0, 10));
  console.log(
    `${tag} is committed and tagged; ` +
      (frozen === 0 ? 'no migration was frozen.' : `${frozen} migrations are frozen.`) +
      `\nPublish it with: git push --follow-tags`,
  );
} catch (error) {
  if (!(error instanceof ReleaseRefused)) throw error;
  console.error(`${error.message}\nNothing was changed.`);
  process.exitCode = 1;
}
