import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { dataHome } from '../../local/data.ts';
import { makeDirectory } from '../../local/folders.ts';
import { freePort } from '../../local/ports.ts';
import { postgresUser } from '../../local/postgres/binaries.ts';
import { type Cluster, connectCluster, startCluster } from '../../local/postgres/cluster.ts';

/** A streaming replica of the run's Postgres. */
export interface Replica {
  cluster: Cluster;
  /** What the primary writes from now on comes, and is not applied. */
  pause(): Promise<void>;
  /** Applies it again. */
  resume(): Promise<void>;
  /** Waits until it has applied what the primary has written so far. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Copies the run's Postgres while it works, as pg_basebackup does (which the packages of npm lack), and
 * starts the copy as its standby. All databases of the run come along.
 */
export async function startReplica(): Promise<Replica> {
  const { postgresPort, directory } = inject('run');
  const primary = connectCluster(postgresPort, directory);
  const own = makeDirectory(join(directory, 'workers', `replica-${randomUUID()}`));
  copyFileSync(join(directory, 'superuser-password'), join(own, 'superuser-password'));
  chmodSync(join(own, 'superuser-password'), 0o600);

  const replica = await primary.asAdmin(async (client) => {
    // Keeps the log of the primary until this connection ends, when the replica follows.
    await client.query(
      `select pg_create_physical_replication_slot('copy_' || pg_backend_pid(), true, true)`,
    );
    await client.query(`select pg_backup_start('replica', true)`);
    copyData(join(directory, 'cluster'), join(own, 'cluster'));
    const { rows: [label] } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(false)',
    );
    write(join(own, 'cluster', 'backup_label'), label!.labelfile);
    write(join(own, 'cluster', 'standby.signal'), '');
    const { rows: [of] } = await client.query<{ max_connections: string }>('show max_connections');
    const { password, username } = new URL(primary.url('postgres', 'supabase_admin'));
    const cluster = await startCluster({
      dataDirectory: own,
      home: dataHome(),
      port: await freePort(),
      durable: false,
      settings: {
        primary_conninfo:
          `host=127.0.0.1 port=${postgresPort} user=${username} password=${password}`,
        plan_cache_mode: 'force_generic_plan',
        // No fewer than its primary has.
        max_connections: of!.max_connections,
        // Other test files drop databases; what reads here is not waited for. What they vacuum is kept while it is read.
        max_standby_streaming_delay: '0',
        hot_standby_feedback: 'on',
      },
    });
    await until(
      cluster,
      `exists (select from pg_stat_get_wal_receiver() where status = 'streaming')`,
    );
    return cluster;
  });

  return {
    cluster: replica,
    async pause() {
      await replica.asAdmin((client) => client.query('select pg_wal_replay_pause()'));
      await until(replica, `pg_get_wal_replay_pause_state() = 'paused'`);
    },
    async resume() {
      await replica.asAdmin((client) => client.query('select pg_wal_replay_resume()'));
    },
    async catchUp() {
      const written = await primary.asAdmin(async (client) => {
        const { rows: [row] } = await client.query<{ at: string }>(
          'select pg_current_wal_insert_lsn()::text as at',
        );
        return row!.at;
      });
      await until(replica, `pg_last_wal_replay_lsn() >= '${written}'::pg_lsn`);
    },
    stop: () => replica.stop(),
  };
}

/** Waits for as long as it takes. */
async function until(cluster: Cluster, isSo: string): Promise<void> {
  await cluster.asAdmin(async (client) => {
    for (;;) {
      const asked = client.query<{ so: boolean }>(`select ${isSo} as so`);
      // A change that is applied in this moment may cancel the question.
      const { rows: [row] } = await asked.catch((error) => {
        if (error.code !== '40001') throw error;
        return { rows: [] };
      });
      if (row?.so) return;
      await new Promise((wake) => setTimeout(wake, 10));
    }
  });
}

/** What belongs to the running server alone, or comes from its log. */
const left = new Set(['postmaster.pid', 'postmaster.opts']);
const emptied = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);

/** A file may go while it is copied; the log says so, too. */
function copyData(from: string, to: string, isTop = true): void {
  mkdirSync(to, { mode: 0o700 });
  give(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    try {
      if (entry.isDirectory()) {
        if (isTop && emptied.has(entry.name)) {
          mkdirSync(target, { mode: 0o700 });
          give(target);
        } else copyData(source, target, false);
      } else if (!(isTop && left.has(entry.name))) {
        copyFileSync(source, target);
        give(target);
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
  }
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
  give(path);
}

const { uid, gid } = postgresUser();

function give(path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}
