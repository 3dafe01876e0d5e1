import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes, unreleasedNotes } from './changelog.ts';
import { frozenProblems, newMigrations, readReleases, withRelease } from './frozen.ts';
import { lintMigrations } from './lint.ts';

/** Something must be put right first. */
export class ReleaseRefused extends Error {}

/** Makes a version of what is committed. Throws `ReleaseRefused` before it changes anything. */
export function release(
  root: string,
  version: string,
  day: string,
): { tag: string; frozen: number } {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const read = (file: string) => readFileSync(join(root, file), 'utf8');

  const current = JSON.parse(read('package.json')).version as string;
  if (!isVersion(version)) throw new ReleaseRefused('Name a version: npm run release -- 1.2.0');
  if (compare(version, current) < 0 || git('tag', '--list', `v${version}`) !== '') {
    throw new ReleaseRefused(`${version} is not newer than ${current}.`);
  }
  if (git('status', '--porcelain') !== '') {
    throw new ReleaseRefused('There are uncommitted changes.');
  }
  if (unreleasedNotes(read('CHANGELOG.md')) === '') {
    throw new ReleaseRefused('CHANGELOG.md has nothing under "Unreleased".');
  }
  const problems = [...new Set([...frozenProblems(root), ...lintMigrations(root).problems])];
  if (problems.length > 0) throw new ReleaseRefused(problems.join('\n'));

  // Before 1.0 chapters are edited in place, and databases are rebuilt.
  const migrations = compare(version, '1.0.0') < 0 ? {} : newMigrations(root);
  const changes: Record<string, string> = {
    'package.json': bumped(read('package.json'), 1, version),
    'package-lock.json': bumped(read('package-lock.json'), 2, version),
    'CHANGELOG.md': releaseNotes(read('CHANGELOG.md'), version, day),
    'supabase/releases.json': withRelease(readReleases(root), {
      version,
      released_on: day,
      migrations,
    }),
  };
  for (const [file, text] of Object.entries(changes)) writeFileSync(join(root, file), text);
  git('add', ...Object.keys(changes));
  git('commit', '--quiet', '--message', `release: ${version}`);
  git('tag', '--annotate', `v${version}`, '--message', `Staybase ${version}`);
  return { tag: `v${version}`, frozen: Object.keys(migrations).length };
}

const isVersion = (version: string) => /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version);

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const at = [0, 1, 2].find((place) => a?.[place] !== b?.[place]);
  return at === undefined ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}

/** The version of the package itself stands first in both files, twice in the lock. */
function bumped(json: string, times: number, version: string): string {
  let left = times;
  return json.replace(
    /("version": ")[^"]+(")/g,
    (found, before, after) => left-- > 0 ? `${before}${version}${after}` : found,
  );
}
