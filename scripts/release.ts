/**
 * npm run release -- 1.2.0: bumps the version, moves "Unreleased" of CHANGELOG.md under it, freezes the
 * migrations since the release before (from 1.0.0 on), commits and tags. It pushes nothing.
 */
import { inProject } from '../local/paths.ts';
import { release, ReleaseRefused } from './release/release.ts';

try {
  const [version = ''] = process.argv.slice(2);
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
