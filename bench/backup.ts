/**
 * Measures what a backup and a restore cost against pg_dump and pg_restore alone, with the same flags, in
 * one run:
 *
 *   npm run bench:backup                      50,000 homes, about a gigabyte
 *   npm run bench:backup -- --quick           2,000 homes: does it still run
 *   npm run bench:backup -- --listings 20000
 *
 * Ours encrypts, hashes every row in the same snapshot, checks every byte before it restores and compares
 * the copy afterwards; the bare programs do none of that. The exit code tells of errors, never of times.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { createDatabase } from '../local/postgres/templates.ts';
import { startThrowaway, type Throwaway } from '../local/postgres/throwaway.ts';
import { withBackup } from '../scripts/backup/archive.ts';
import { backUp } from '../scripts/backup/back-up.ts';
import { bytes } from '../scripts/backup/command.ts';
import { newKey } from '../scripts/backup/encryption.ts';
import {
  endPostgresPrograms,
  findPostgresPrograms,
  runPostgresProgram,
} from '../scripts/backup/programs.ts';
import { restoreWhole } from '../scripts/backup/restore/whole.ts';
import { createMarketplace } from './database.ts';
import { buildMarketplace } from './marketplace.ts';

const usage = `Measures a backup and a restore against pg_dump and pg_restore alone.

  npm run bench:backup                        50,000 homes, about a gigabyte
  npm run bench:backup -- --quick             2,000 homes, one round
  npm run bench:backup -- --listings 20000    from 1,000 up
  npm run bench:backup -- --rounds 3          the best of two unless told`;

const { values: flags } = readCommandLine(usage, {
  options: {
    listings: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const listings = Number(flags.listings ?? (flags.quick ? 2_000 : 50_000));
if (!Number.isInteger(listings) || listings < 1000) {
  endWithUsage(usage, '--listings is a whole number from 1000 up.');
}
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 2));
if (!Number.isInteger(rounds) || rounds < 1) endWithUsage(usage, '--rounds is a whole number.');
const [database, bare, ours] = ['bench', 'bench_bare', 'bench_ours'];

const began = performance.now();
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
};

const programs = findPostgresPrograms();
const folder = mkdtempSync(join(tmpdir(), 'staybase-bench-'));
const throwaway = await startThrowaway();
const stop = async () => {
  endPostgresPrograms();
  await throwaway.cluster.asAdmin(async (client) => {
    for (const name of [database, bare, ours, `${ours}_restoring`]) {
      await client.query(`drop database if exists ${name} with (force)`);
    }
  });
  await throwaway.stop();
  rmSync(folder, { recursive: true, force: true });
};
let isEnding = false;
endWhenTold(async () => {
  isEnding = true;
  await stop();
});
let status = 0;
try {
  await run(throwaway);
} catch (error) {
  if (!isEnding) console.error(error);
  status = 1;
}
// Whoever ended it stops what runs, and exits.
if (isEnding) await new Promise(() => {});
await stop();
process.exit(status);

async function run({ cluster }: Throwaway): Promise<void> {
  await createMarketplace(cluster, database);
  await buildMarketplace(cluster, database, { listings, claimsEach: 20 }, say);
  const [{ size }] = await cluster.using(database, 'supabase_admin', async (client) => {
    await client.query('checkpoint');
    return (await client.query(`select pg_database_size(current_database())::float8 as size`)).rows;
  });
  say(`the database has ${bytes(size)}`);

  const url = (name: string) => cluster.url(name, 'supabase_admin');
  const { file, recipient } = await newKey();
  const identity = file.trim().split('\n').at(-1) ?? '';
  const store = join(folder, 'store');
  const dump = join(folder, 'bare.dump');
  const silent = () => {};

  // Once before the clock runs, so that both find the same pages in memory.
  await runPostgresProgram(
    programs.dump,
    ['--format=custom', '--compress=zstd', `--file=${dump}`],
    url(database),
  );
  const times = {
    dump: [] as number[],
    backup: [] as number[],
    restore: [] as number[],
    ours: [] as number[],
  };
  for (let round = 0; round < rounds; round += 1) {
    rmSync(store, { recursive: true, force: true });
    times.dump.push(
      await timed(() =>
        runPostgresProgram(
          programs.dump,
          ['--format=custom', '--compress=zstd', `--file=${dump}`],
          url(database),
        )
      ),
    );
    times.backup.push(
      await timed(() =>
        backUp({
          url: url(database),
          access: undefined,
          store,
          recipients: [recipient],
          programs,
          progress: silent,
        })
      ),
    );
    say(`pg_dump ${times.dump.at(-1)?.toFixed(1)} s, backup ${times.backup.at(-1)?.toFixed(1)} s`);
  }
  say(`the dump has ${bytes(statSync(dump).size)}`);
  for (let round = 0; round < rounds; round += 1) {
    await createDatabase(cluster, bare, 'template0');
    const jobs = `--jobs=${Math.min(4, availableParallelism())}`;
    times.restore.push(
      await timed(() =>
        runPostgresProgram(
          programs.restore,
          [jobs, '--exit-on-error', `--dbname=${bare}`, dump],
          url(bare),
        )
      ),
    );
    await cluster.asAdmin((client) => client.query(`drop database ${bare} with (force)`));
    const opened = { store, id: 'latest', identities: [identity], programs, progress: silent };
    times.ours.push(
      await timed(() =>
        withBackup(
          opened,
          (backup) =>
            restoreWhole(url(ours), {
              backup,
              programs,
              access: undefined,
              replace: false,
              progress: silent,
            }),
        )
      ),
    );
    await cluster.asAdmin((client) => client.query(`drop database ${ours} with (force)`));
    say(
      `pg_restore ${times.restore.at(-1)?.toFixed(1)} s, restore ${
        times.ours.at(-1)?.toFixed(1)
      } s`,
    );
  }
  const ratio = (subject: number[], floor: number[]) => Math.min(...subject) / Math.min(...floor);
  const line = (what: string, subject: number[], floor: number[]) => {
    const found = ratio(subject, floor);
    const verdict = found <= 1.5 ? 'met' : 'missed';
    return `${what.padEnd(30)} ${Math.min(...subject).toFixed(1).padStart(7)} s  ` +
      `${Math.min(...floor).toFixed(1).padStart(7)} s  ${
        found.toFixed(2).padStart(5)
      } x  <= 1.5 x ${verdict}`;
  };
  console.log(
    `\n${`best of ${rounds} rounds`.padEnd(30)} ${'ours'.padStart(9)}  ${'bare'.padStart(9)}`,
  );
  console.log(line('backup to pg_dump', times.backup, times.dump));
  console.log(line('restore to pg_restore', times.ours, times.restore));
}
