import type pg from 'pg';
import { connect, databaseOf, inDatabase, using } from '../connect.ts';
import { BackupProblem } from '../problem.ts';
import { compareWhole, differs } from './compare.ts';
import type { Restored, RestoreOptions } from './options.ts';
import { asSetting, makeRoles } from './roles.ts';
import { inParallel, notesFor, restoreEntries, restoreStorage } from './steps.ts';
import { hasDatabase, isInhabited, isSuperuser, notEmpty } from './target.ts';

/**
 * Restores a whole database as the superuser: embedded stacks, and servers of your own. It is built and
 * compared beside the one that is there, under another name, and takes its place at the end; so nothing
 * sees half a copy, and a restore that died is just started again.
 * @param url the superuser's, in the database to be restored
 */
export async function restoreWhole(url: string, options: RestoreOptions): Promise<Restored> {
  const { backup, access, replace, progress } = options;
  const { details } = backup;
  const database = databaseOf(url);
  const unfinished = `${database}_restoring`;
  // No one is ever connected to the template, and renaming needs a database to stand in.
  const admin = await connect(inDatabase(url, 'template1'));
  const name = (text: string) => admin.escapeIdentifier(text);
  try {
    if (!await isSuperuser(admin)) {
      throw new BackupProblem('not_allowed', 'Only the superuser can restore a whole database.');
    }
    const there = await hasDatabase(admin, database);
    const inhabited = there && await using(url, isInhabited);
    if (inhabited && !replace) throw notEmpty(database);

    progress('Roles and an empty database');
    await makeRoles(admin, details);
    await admin.query(`drop database if exists ${name(unfinished)} with (force)`);
    await admin.query(
      `create database ${name(unfinished)} template template0 owner ${name(details.database.owner)}
       ${details.database.locale}`,
    );
    for (const setting of details.database.settings) {
      await admin.query(`alter database ${name(unfinished)} set ${asSetting(admin, setting)}`);
    }
    for (const grant of details.database.grants) {
      await admin.query(grant.replace('%s', name(unfinished)));
    }

    progress('Restoring the database');
    const copy = inDatabase(url, unfinished);
    // pg_cron lives in one database of a server, which this is not yet.
    const entries = backup.contents.filter(({ schema, rest }) =>
      schema !== 'cron' &&
      !(schema === '-' && /^((EXTENSION|SCHEMA) )?(pg_)?cron\b/.test(rest))
    );
    await restoreEntries(options, copy, entries, inParallel);
    await restoreStorage(options);
    const wrong = await compareWhole(copy, details, access, progress);
    if (wrong.length > 0) throw differs(unfinished, wrong);

    progress('Taking its place');
    let kept: string | undefined;
    if (there && inhabited) {
      kept = `${database}_before_${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
      await cutOff(admin, database);
      await admin.query(`alter database ${name(database)} rename to ${name(kept)}`);
      await admin.query(`alter database ${name(kept)} with allow_connections false`);
    } else if (there) {
      await admin.query(`drop database ${name(database)} with (force)`);
    }
    await cutOff(admin, unfinished);
    await admin.query(`alter database ${name(unfinished)} rename to ${name(database)}`);
    return { database, ...(kept === undefined ? {} : { kept }), notes: notesFor(details) };
  } finally {
    await admin.end();
  }
}

async function cutOff(admin: pg.Client, database: string): Promise<void> {
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [database],
  );
}
