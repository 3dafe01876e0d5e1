/** CHANGELOG.md in the form of https://keepachangelog.com. */

const unreleased = /^## \[Unreleased\]\n([\s\S]*?)(?=^## \[|^\[[^\]]+\]: |(?![\s\S]))/m;

/** What is not released yet; empty when nothing is. */
export const unreleasedNotes = (changelog: string): string =>
  (unreleased.exec(changelog)?.[1] ?? '').trim();

/** The notes of a version; undefined when it has none. */
export function notesOf(changelog: string, version: string): string | undefined {
  const heading = `## [${version}]`;
  const at = changelog.split('\n').findIndex((line) => line.startsWith(heading));
  if (at < 0) return undefined;
  const rest = changelog.split('\n').slice(at + 1);
  const end = rest.findIndex((line) => /^(## \[|\[[^\]]+\]: )/.test(line));
  return rest.slice(0, end < 0 ? undefined : end).join('\n').trim();
}

/** Moves what is unreleased under a version, and leaves an empty section for what comes. */
export function releaseNotes(changelog: string, version: string, day: string): string {
  const notes = unreleasedNotes(changelog);
  if (notes === '') throw new Error('CHANGELOG.md has nothing under "Unreleased".');
  return changelog.replace(
    unreleased,
    () => `## [Unreleased]\n\n## [${version}] - ${day}\n\n${notes}\n\n`,
  ).trimEnd() + '\n';
}
