/**
 * Backs up a marketplace: its database, its people and the files of Storage, encrypted, into a folder.
 *
 *   npm run backup                        the embedded stack, or the database of DATABASE_URL
 *   npm run backup -- --list              what there is
 *   npm run backup -- --verify [ID]       reads one from end to end (the newest, or ID)
 *   npm run backup -- --new-key FILE      makes a pair of keys, once
 *   npm run backup -- --no-files          leaves the files of Storage out
 *
 * Settings come from the environment (docs/backup.md); none is a secret that becomes an argument.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { verifyBackup } from './backup/archive.ts';
import { backUp } from './backup/back-up.ts';
import { bytes, duration, runCommand } from './backup/command.ts';
import { identities, newKey, recipients } from './backup/encryption.ts';
import { withSource } from './backup/places.ts';
import { BackupProblem } from './backup/problem.ts';
import { findPostgresPrograms } from './backup/programs.ts';
import { alone, listBackups, prune, sendOffsite, storeFolder } from './backup/store.ts';
import type { Progress } from './shared/progress.ts';

const usage =
  `Backs up a marketplace: database, people and files, encrypted, into a folder. docs/backup.md has the settings.

  npm run backup [-- --no-files]        the embedded stack, or the database of DATABASE_URL
  npm run backup -- --list              what there is
  npm run backup -- --verify [ID]       decrypts and checks one (the newest, or ID)
  npm run backup -- --new-key FILE      makes a key pair, once

  --no-files   leaves the files of Storage out`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
    'new-key': { type: 'string' },
    'no-files': { type: 'boolean', default: false },
  },
});
if (positionals.length > (values.verify ? 1 : 0)) {
  endWithUsage(usage, `"${positionals.at(-1)}" is one word too many.`);
}

await runCommand(async (progress) => {
  if (values['new-key'] !== undefined) return await makeKey(values['new-key']);
  if (values.list) return list();
  if (values.verify) return await verify(positionals[0] ?? 'latest', progress);
  await run(!values['no-files'], progress);
});

async function run(files: boolean, progress: Progress): Promise<void> {
  const store = storeFolder();
  const [programs, keys] = [findPostgresPrograms(), recipients()];
  const keep = {
    hourly: number('BACKUP_KEEP_HOURLY', 24),
    daily: number('BACKUP_KEEP_DAILY', 7),
    weekly: number('BACKUP_KEEP_WEEKLY', 4),
    monthly: number('BACKUP_KEEP_MONTHLY', 12),
  };
  const manifest = await withSource(
    { files },
    ({ url, access }) => backUp({ url, access, store, recipients: keys, programs, progress }),
  );
  const { counts } = manifest;
  const sealed = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  console.log(
    `Backed up ${manifest.id} in ${duration(manifest.seconds * 1000)}: ${counts.rows} rows of ` +
      `${counts.tables} tables, ${counts.people} people, ${counts.files} files ` +
      `(${bytes(counts.file_bytes)}, ${counts.new_files} new); ${bytes(sealed)} in ${store}`,
  );
  const removed = await alone(store, () => Promise.resolve(prune(store, keep)));
  if (removed.backups.length > 0) {
    console.log(
      `Removed ${
        removed.backups.join(', ')
      } and ${removed.objects} files that are no longer needed.`,
    );
  }
  if (await sendOffsite(store, manifest.id)) console.log('Sent off-site by BACKUP_OFFSITE.');
  else console.log('The backup is only on this machine: BACKUP_OFFSITE is not set.');
}

async function makeKey(path: string): Promise<void> {
  const { file, recipient } = await newKey();
  let open: number;
  try {
    open = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new BackupProblem('bad_setting', `${path} can't be created: ${(error as Error).message}`);
  }
  writeSync(open, file);
  closeSync(open);
  console.log(
    `The private key is in ${path}. Keep it away from backups and databases: without it, no backup ` +
      `can be opened.\nBACKUP_RECIPIENTS=${recipient}`,
  );
}

function list(): void {
  const store = storeFolder();
  const backups = listBackups(store);
  for (const { id, counts, versions, files } of backups) {
    const sealed = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    console.log(
      `${id}  ${counts.rows} rows, ${counts.people} people, ${counts.files} files, ${
        bytes(sealed)
      }, ` +
        `schema ${versions.schema}, Postgres ${versions.postgres}`,
    );
  }
  if (backups.length === 0) console.log(`There are no backups in ${store}.`);
}

async function verify(id: string, progress: Progress): Promise<void> {
  const hasKey = Boolean(process.env.BACKUP_IDENTITY_FILE || process.env.BACKUP_IDENTITY);
  const verified = await verifyBackup(
    storeFolder(),
    id,
    hasKey ? identities() : undefined,
    progress,
  );
  console.log(
    `${verified.id} is what was written: ${verified.files} files, ${bytes(verified.bytes)}` +
      `${hasKey ? ', decrypted and compared.' : '. Not decrypted: no private key was given.'}`,
  );
}

function number(name: string, usual: number): number {
  const value = Number(process.env[name] ?? usual);
  if (!Number.isInteger(value) || value < 0) {
    throw new BackupProblem(
      'bad_setting',
      `${name} is "${process.env[name]}", not a whole number.`,
    );
  }
  return value;
}
