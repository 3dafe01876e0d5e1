import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A release, and the migration files it froze: name and SHA-256 of each that no release before it had. */
export interface Release {
  version: string;
  released_on: string;
  migrations: Record<string, string>;
}

const manifestOf = (root: string) => join(root, 'supabase', 'releases.json');
const migrationsOf = (root: string) => join(root, 'supabase', 'migrations');

export function readReleases(root: string): Release[] {
  const { releases } = JSON.parse(readFileSync(manifestOf(root), 'utf8')) as {
    releases: Release[];
  };
  return releases;
}

/** The manifest with one release more. */
export const withRelease = (releases: Release[], release: Release): string =>
  JSON.stringify({ releases: [...releases, release] }, null, 2) + '\n';

/** Every frozen file with its hash. */
const frozenFiles = (releases: Release[]): Map<string, string> =>
  new Map(releases.flatMap(({ migrations }) => Object.entries(migrations)));

const migrationFiles = (root: string) =>
  readdirSync(migrationsOf(root)).filter((file) => file.endsWith('.sql')).sort();

const hashOf = (root: string, file: string) =>
  createHash('sha256').update(readFileSync(join(migrationsOf(root), file))).digest('hex');

/** The migration files that no release has, with their hashes. */
export function newMigrations(root: string): Record<string, string> {
  const frozen = frozenFiles(readReleases(root));
  return Object.fromEntries(
    migrationFiles(root).filter((file) => !frozen.has(file)).map((file) => [
      file,
      hashOf(root, file),
    ]),
  );
}

/** True once a release has frozen the chapters: from then on a change is a new file. */
export const isFrozen = (root: string) => frozenFiles(readReleases(root)).size > 0;

/**
 * What is wrong with the migrations beside what was released: a released database never runs an edited
 * file again, nor one that sorts before what it has.
 */
export function frozenProblems(root: string): string[] {
  const frozen = frozenFiles(readReleases(root));
  const files = migrationFiles(root);
  const last = [...frozen.keys()].sort().at(-1);
  return [
    ...[...frozen].flatMap(([file, hash]) =>
      !files.includes(file)
        ? [`${file} was released, and is missing.`]
        : hashOf(root, file) !== hash
        ? [
          `${file} was edited after its release. Restore it, and make the change in a new migration.`,
        ]
        : []
    ),
    ...(last === undefined ? [] : files.filter((file) => !frozen.has(file)).flatMap((file) => [
      ...(file < last
        ? [
          `${file} sorts before ${last}, which was released: a database that has it is out of order.`,
        ]
        : []),
      ...nameProblems(file),
    ])),
  ];
}

/**
 * A migration's name says what the product does from then on, as in `guests_can_split_a_payment`: the
 * list of files is read as a history. What it does to the schema is in the file.
 */
function nameProblems(file: string): string[] {
  const [, version = '', name = ''] = /^(\d+)_(.*)\.sql$/.exec(file) ?? [];
  const words = name.split('_');
  const deeds = ['add', 'alter', 'change', 'create', 'drop', 'fix', 'move', 'remove', 'rename'];
  return [
    ...(/^\d{14}$/.test(version) && !Number.isNaN(Date.parse(instantOf(version)))
      ? []
      : [`${file} does not begin with the time it was written, as in 20270301093000_....`]),
    ...(words.length >= 3 && words.every((word) => /^[a-z0-9]+$/.test(word)) &&
        !deeds.includes(words[0] ?? '')
      ? []
      : [
        `${file} is not named by a sentence about the product, such as guests_can_split_a_payment.`,
      ]),
  ];
}

const instantOf = (version: string) =>
  version.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
