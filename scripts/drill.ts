/**
 * Proves a backup: restores it into an empty cluster of its own, compares everything, and then uses the
 * copy: a stay is booked and paid for, people do what they may not. Twice: as a whole database, and into
 * a project that has its own auth, storage and extensions. Nothing of the marketplace itself is touched.
 *
 *   npm run drill                  the newest backup
 *   npm run drill -- --backup ID   another one
 *   npm run drill -- --keep        leaves the copies where they are, and says where
 *
 * The exit code is 0 when all of it holds. RTO is the time to a copy that answers; RPO the age of the
 * newest backup, which is what a disk that breaks now would cost.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../local/command-line.ts';
import { type ApiOptions, startApi } from '../local/api.ts';
import { dataHome } from '../local/data.ts';
import { startEdge } from '../local/edge.ts';
import { keys } from '../local/keys.ts';
import { createMailbox } from '../local/mail.ts';
import { Parts } from '../local/parts.ts';
import { freePort } from '../local/ports.ts';
import { bootstrapDatabase, createRoles } from '../local/postgres/bootstrap/bootstrap.ts';
import { type Cluster, startCluster } from '../local/postgres/cluster.ts';
import { markAsLocal } from '../local/postgres/local-database.ts';
import { createDatabase } from '../local/postgres/templates.ts';
import { endLeftovers } from '../local/processes.ts';
import { type OpenBackup, withBackup } from './backup/archive.ts';
import { duration, runCommand } from './backup/command.ts';
import { identities } from './backup/encryption.ts';
import { storageApi, storageFolder } from './backup/files.ts';
import { attacks, bookAStay, oneFile, onePerson, type Proof } from './backup/journeys.ts';
import { BackupProblem } from './backup/problem.ts';
import { findPostgresPrograms } from './backup/programs.ts';
import { restoreSchemas } from './backup/restore/project.ts';
import { extensionsNotOffered } from './backup/restore/target.ts';
import { restoreWhole } from './backup/restore/whole.ts';
import { storeFolder } from './backup/store.ts';
import type { Progress } from './shared/progress.ts';

const usage =
  `Proves a backup: restores it in both ways, compares everything, books a stay on the copy and attacks it.
docs/backup.md has the settings.

  npm run drill [-- --backup ID] [--keep]

  --backup ID   not the newest
  --keep        leaves the copies where they are, and prints where`;

const { values } = readCommandLine(usage, {
  options: {
    backup: { type: 'string', default: 'latest' },
    keep: { type: 'boolean', default: false },
  },
});

await runCommand(async (progress) => {
  const began = performance.now();
  const programs = findPostgresPrograms();
  const directory = mkdtempSync(join(process.env.BACKUP_TMP || tmpdir(), 'staybase-drill-'));
  chmodSync(directory, 0o755);
  const parts = new Parts();
  const failed: Proof[] = [];
  try {
    const opened = {
      store: storeFolder(),
      id: values.backup,
      identities: identities(),
      programs,
      progress,
    };
    await withBackup(opened, async (backup) => {
      const { manifest, details } = backup;
      const age = Date.now() - Date.parse(manifest.taken_at);
      progress('An empty cluster');
      const cluster = parts.add(
        await startCluster({
          dataDirectory: directory,
          home: dataHome(),
          port: await freePort(),
          durable: true,
        }),
      );
      await createRoles(cluster);
      const options = { backup, programs, replace: false, progress };

      const whole = 'postgres';
      const lacking = await extensionsNotOffered(cluster.url(whole, 'supabase_admin'), details);
      let rto: number | undefined;
      if (lacking.length > 0) {
        console.log(
          `Whole database: skipped, because this Postgres does not have ${lacking.join(', ')}.`,
        );
      } else {
        await restoreWhole(cluster.url(whole, 'supabase_admin'), {
          ...options,
          access: storageFolder(join(directory, 'storage', whole)),
        });
        const first = await copyUp(cluster, whole, directory);
        rto = performance.now() - began;
        console.log(
          `Whole database: ${Object.keys(details.fingerprint.all).length} schema objects, ` +
            `${manifest.counts.rows} rows of ${manifest.counts.tables} tables, ` +
            `${
              Object.keys(details.sequences).length
            } sequences and ${details.files.length} files are equal.`,
        );
        failed.push(...await prove(first, backup, progress));
        await first.stop();
      }

      const second = performance.now();
      const ours = 'project';
      await createDatabase(cluster, ours, 'template0');
      await bootstrapDatabase(cluster, ours);
      const before = await startFront(
        cluster,
        ours,
        directory,
        () => Promise.reject(new Error('There are no functions yet.')),
      );
      await restoreSchemas(cluster.url(ours), {
        ...options,
        access: storageApi(before.url, keys.secret),
      });
      await before.stop();
      const project = await copyUp(cluster, ours, directory);
      const rtoOfProject = performance.now() - second;
      console.log(
        `Into a project: ${Object.keys(details.fingerprint.own).length} objects of ` +
          `${details.ownSchemas.join(', ')}, their rows, the people and the files are equal.`,
      );
      failed.push(...await prove(project, backup, progress));
      await project.stop();

      console.log(
        `RTO ${rto === undefined ? '' : `${duration(rto)} for the whole database, `}${
          duration(rtoOfProject)
        } into a project; ` +
          `RPO ${duration(age)}: the backup ${manifest.id} is that old.`,
      );
    });
    if (failed.length > 0) {
      throw new BackupProblem(
        'copy_differs',
        `The copy does not work, or can be attacked:\n  ${
          failed.map(({ what, detail }) => `${what}: ${detail}`).join('\n  ')
        }`,
      );
    }
    console.log('The drill holds.');
  } finally {
    // Of a connection that is just being closed nobody hears any more that its server went.
    process.on('uncaughtException', (error) => {
      if ((error as { code?: string }).code !== '57P01') throw error;
    });
    await parts.stop();
    await endLeftovers(directory);
    if (values.keep) console.log(`The copies are in ${directory}.`);
    else rmSync(directory, { recursive: true, force: true });
  }
});

interface Copy {
  url: string;
  cluster: Cluster;
  database: string;
  stripe: NonNullable<Awaited<ReturnType<typeof startEdge>>['stripe']>;
  stop(): Promise<void>;
}

async function startFront(
  cluster: Cluster,
  database: string,
  directory: string,
  functions: ApiOptions['functions'],
) {
  return await startApi({
    cluster,
    database,
    ports: { gateway: 0, rest: await freePort(), restAdmin: await freePort() },
    dataDirectory: directory,
    siteUrl: 'http://127.0.0.1:3000',
    mailbox: createMailbox(),
    functions,
  });
}

/** Brings the copy up as a stack has it: with an API, functions and a fake Stripe, and told that it is local. */
async function copyUp(cluster: Cluster, database: string, directory: string): Promise<Copy> {
  const parts = new Parts();
  await markAsLocal(cluster, database);
  const query = (sql: string) =>
    cluster.using(database, 'postgres', async (client) => (await client.query(sql)).rows);
  const [functions, stripe] = [await freePort(), await freePort()];
  const edgeIsUp = Promise.withResolvers<Awaited<ReturnType<typeof startEdge>>>();
  const api = parts.add(
    await startFront(
      cluster,
      database,
      directory,
      async () => (await edgeIsUp.promise).functions,
    ),
  );
  const edge = parts.add(
    await startEdge({
      ports: { functions, stripe },
      gatewayUrl: api.url,
      siteUrl: 'http://127.0.0.1:3000',
      databaseUrl: cluster.url(database),
      graphqlUrl: cluster.url(database, 'staybase_graphql'),
      dataDirectory: directory,
      now: async () => (await query('select private.now() as now'))[0].now,
      // Never the real one, whatever key the environment has: a copy moves no money.
      stripe: 'fake',
    }),
  );
  edgeIsUp.resolve(edge);
  if (edge.stripe === undefined) throw new Error('There is no fake Stripe.');
  return { url: api.url, cluster, database, stripe: edge.stripe, stop: () => parts.stop() };
}

/** Uses the copy, rightly and wrongly; returns what did not go as it must. */
async function prove(copy: Copy, backup: OpenBackup, progress: Progress): Promise<Proof[]> {
  progress('Journeys and attacks');
  const proofs = await copy.cluster.using(copy.database, 'postgres', async (owner) => [
    await onePerson(copy.url, owner),
    await oneFile(copy.url, backup.details),
    await bookAStay(copy.url, copy.stripe),
    ...await attacks(copy.url, owner),
  ]);
  const failed = proofs.filter(({ holds }) => !holds);
  for (const { what, detail } of proofs.slice(0, 3)) console.log(`  ${what} (${detail})`);
  console.log(`  ${proofs.length - 3} attacks, ${proofs.length - 3 - failed.length} refused`);
  return failed;
}
