/**
 * Restores a backup and compares the copy with it, row by row and rule by rule.
 *
 *   npm run restore                       the newest, into the embedded stack (stopped), or into DATABASE_URL
 *   npm run restore -- --backup ID        another one
 *   npm run restore -- --replace          over a marketplace that is there
 *   npm run restore -- --as NAME          a whole database beside the one in use, to look things up in
 *   npm run restore -- --recipe whole     or schemas; by itself the superuser restores whole databases, and
 *                                         anybody else the marketplace's schemas into a Supabase project
 *   npm run restore -- --no-files         leaves the files of Storage out
 *   npm run restore -- --dump FILE        only decrypts the dump, for pg_restore by hand
 */
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { withBackup } from './backup/archive.ts';
import { duration, runCommand } from './backup/command.ts';
import { identities } from './backup/encryption.ts';
import { withTarget } from './backup/places.ts';
import { BackupProblem } from './backup/problem.ts';
import { findPostgresPrograms } from './backup/programs.ts';
import { restoreSchemas } from './backup/restore/project.ts';
import { extensionsNotOffered, refuseInhabited } from './backup/restore/target.ts';
import { restoreWhole } from './backup/restore/whole.ts';
import { storeFolder } from './backup/store.ts';

const usage = `Restores a backup and compares the copy with it. docs/backup.md has the settings.

  npm run restore [-- OPTIONS]      into the embedded stack (stopped), or into DATABASE_URL

  --backup ID               not the newest
  --replace                 over a marketplace that is there; the old one is kept under a name that is printed
  --as NAME                 a whole database next to the one in use
  --recipe whole|schemas    whole database, or only the marketplace's schemas into a Supabase project
  --no-files                leaves the files of Storage out
  --dump FILE               only decrypts the dump, for pg_restore`;

const { values } = readCommandLine(usage, {
  options: {
    backup: { type: 'string', default: 'latest' },
    replace: { type: 'boolean', default: false },
    as: { type: 'string' },
    recipe: { type: 'string' },
    'no-files': { type: 'boolean', default: false },
    dump: { type: 'string' },
  },
});
const { recipe, as: database, dump } = values;
if (recipe !== undefined && recipe !== 'whole' && recipe !== 'schemas') {
  endWithUsage(usage, '--recipe must be whole or schemas.');
}
if (database !== undefined && !/^[a-z_][a-z0-9_]{0,50}$/.test(database)) {
  endWithUsage(usage, '--as must be a name of lower-case letters, digits and _.');
}

await runCommand(async (progress) => {
  const began = performance.now();
  const programs = findPostgresPrograms();
  const opened = {
    store: storeFolder(),
    id: values.backup,
    identities: identities(),
    programs,
    progress,
  };
  await withBackup(opened, async (backup) => {
    if (dump !== undefined) {
      await copyFile(backup.archive, dump, constants.COPYFILE_EXCL).catch((error) => {
        throw new BackupProblem('bad_setting', `${dump} can't be created: ${error.message}`);
      });
      console.log(`The dump of ${backup.manifest.id} is in ${dump}, decrypted.`);
      return;
    }
    const options = {
      // A copy to look things up in has no Storage in front of it.
      files: !values['no-files'] && database === undefined,
      ...(recipe === undefined ? {} : { recipe: recipe as 'whole' | 'schemas' }),
      ...(database === undefined ? {} : { database }),
    };
    const restored = await withTarget(options, async (place) => {
      const { url, access, whole, makeProject } = place;
      const restoring = { backup, programs, access, replace: values.replace, progress };
      if (!whole) return await restoreSchemas(url, restoring);
      const lacking = recipe === 'whole' ? [] : await extensionsNotOffered(url, backup.details);
      if (lacking.length === 0) return await restoreWhole(url, restoring);
      if (makeProject === undefined) {
        throw new BackupProblem(
          'target_unfit',
          `This server has no ${lacking.join(', ')}, which the database needs.`,
        );
      }
      await refuseInhabited(url, false);
      return await restoreSchemas(await makeProject(), restoring);
    });
    console.log(
      `Restored ${backup.manifest.id} into ${restored.database} in ${
        duration(performance.now() - began)
      }; schema, privileges, rows${
        options.files ? ', sequences and files' : ' and sequences'
      } are equal.`,
    );
    if (restored.kept !== undefined) {
      console.log(
        `The previous database is now ${restored.kept}, closed to everybody. Once you no longer ` +
          `need it: drop database ${restored.kept}`,
      );
    }
    if (restored.notes.length > 0) {
      console.log(
        `Not restored, because it belongs to the project or would start to act:\n  ${
          restored.notes.join('\n  ')
        }`,
      );
    }
  });
});
