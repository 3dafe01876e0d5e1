import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Parts } from '../../local/parts.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { type Cluster, clusterAt, localPassword } from '../../local/postgres/cluster.ts';
import { type Host, run, startHost } from './host.ts';

/** Three hosts with etcd, Patroni, Postgres and PgBouncer, and HAProxy on this machine. */
export interface ThreeHosts {
  hosts: Host[];
  /** Where HAProxy runs. */
  front: Host;
  ports: { writes: number; reads: number; sessions: number };
  /** The leader's Postgres past HAProxy and PgBouncer, as superuser. */
  leader(): Promise<Host | undefined>;
  /** What Patroni says of each host, as asked from one that answers; empty when none does. */
  members(): Promise<Member[]>;
  etcdLeader(): Promise<Host | undefined>;
  /** Changes Patroni's settings of the whole cluster. */
  configure(settings: object): Promise<void>;
  patronictl(...words: string[]): Promise<string>;
  startEtcd(host: Host): Promise<void>;
  using<T>(host: Host, work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** As local/ wants a server: PostgREST by way of PgBouncer, all else straight to the leader. */
  asCluster(): Cluster;
  /** Lets roles that exist now log in to PgBouncer. */
  letRolesIn(): Promise<void>;
  stop(): Promise<void>;
}

export interface Member {
  name: string;
  role: string;
  state: string;
  timeline?: number;
  lag?: number | string;
}

const kit = (file: string) => readFileSync(inProject('operate', 'cluster', file), 'utf8');

/** A template of the kit with its ${...} filled in; throws when one stays. */
export function fillIn(template: string, values: Record<string, string | number>): string {
  return template.split('\n').map((line) => {
    if (/^\s*[#;]/.test(line)) return line;
    return line.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
      if (values[name] === undefined) throw new Error(`Nothing is said for ${whole}.`);
      return String(values[name]);
    });
  }).join('\n');
}

export interface ThreeHostsOptions {
  programs: string;
  folder: string;
  /** Size of each host's database disk. */
  diskMegabytes: number;
  say(line: string): void;
  /** True shows what the programs write. */
  verbose: boolean;
  /** What is done on each of the three before its first program starts. */
  prepare?(host: Host): Promise<void>;
}

export async function startThreeHosts(options: ThreeHostsOptions): Promise<ThreeHosts> {
  const { programs, folder, diskMegabytes, say, verbose } = options;
  const parts = new Parts();
  try {
    const bridge = `sbc${process.pid}`;
    const subnet = `198.18.${process.pid % 250 + 1}`;
    await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    parts.add({ stop: () => run('ip', ['link', 'delete', bridge]) });
    await run('ip', ['address', 'add', `${subnet}.1/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);

    const hosts: Host[] = [];
    for (const number of [1, 2, 3]) {
      const own = join(folder, `host-${number}`);
      mkdirSync(own, { recursive: true });
      const disk = join(own, 'disk.img');
      await run('truncate', ['--size', `${diskMegabytes}M`, disk]);
      await run('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1', disk]);
      hosts.push(parts.add(
        await startHost({
          name: `db${number}`,
          programs,
          folder: own,
          disk,
          network: {
            bridge,
            address: `${subnet}.1${number}`,
            link: `sb${process.pid}-${number}`,
            bits: 24,
          },
        }),
      ));
    }
    for (const host of hosts) await options.prepare?.(host);
    const front = parts.add(
      await startHost({ name: 'front', programs, folder: join(folder, 'front') }),
    );

    const passwords = {
      RESTAPI_PASSWORD: randomBytes(16).toString('hex'),
      SUPERUSER_PASSWORD: randomBytes(16).toString('hex'),
      REPLICATION_PASSWORD: randomBytes(16).toString('hex'),
      REWIND_PASSWORD: randomBytes(16).toString('hex'),
    };
    const ports = { writes: await freePort(), reads: await freePort(), sessions: await freePort() };
    const values = {
      ...passwords,
      NETWORK: `${subnet}.0/24`,
      ETCD_HOSTS: hosts.map(({ address }) => `${address}:2379`).join(','),
      ETCD_CLUSTER: hosts.map(({ name, address }) => `${name}=http://${address}:2380`).join(','),
      MAX_WAL: '256MB',
      SLOT_WAL: '256MB',
      KEEP_WAL: '64MB',
      WATCHDOG: 'off',
      LISTEN: '127.0.0.1',
      WRITES_PORT: ports.writes,
      READS_PORT: ports.reads,
      SESSIONS_PORT: ports.sessions,
      STATS_SOCKET: '/run/staybase/haproxy.sock',
      ...Object.fromEntries(hosts.flatMap(({ name, address }, at) => [
        [`NAME_${at + 1}`, name],
        [`ADDRESS_${at + 1}`, address],
      ])),
    };
    const put = (host: Host, file: string, text: string) =>
      writeFileSync(join(host.folder, 'etc', file), text, { mode: 0o644 });
    const heard = (host: Host, program: string) => (line: string) => {
      writeFileSync(join(folder, `${host.name}-${program}.log`), `${line}\n`, { flag: 'a' });
      if (verbose) say(`${host.name} ${program}: ${line}`);
    };

    const startEtcd = async (host: Host) => {
      await host.start(
        'etcd',
        ['/usr/bin/etcd', '--config-file', '/etc/staybase/etcd.yml'],
        heard(host, 'etcd'),
      );
    };
    for (const host of hosts) {
      const own = { ...values, NAME: host.name, ADDRESS: host.address };
      for (const file of ['etcd.yml', 'patroni.yml', 'pgbouncer.ini']) {
        put(host, file, fillIn(kit(file), own));
      }
      put(host, 'userlist.txt', '');
      await startEtcd(host);
    }
    put(front, 'haproxy.cfg', fillIn(kit('haproxy.cfg'), values));
    await front.start(
      'haproxy',
      ['/usr/sbin/haproxy', '-db', '-f', '/etc/staybase/haproxy.cfg'],
      heard(front, 'haproxy'),
    );
    for (const host of hosts) {
      await host.start(
        'patroni',
        ['/usr/bin/patroni', '/etc/staybase/patroni.yml'],
        heard(host, 'patroni'),
      );
      await host.start(
        'pgbouncer',
        ['/usr/sbin/pgbouncer', '/etc/staybase/pgbouncer.ini'],
        heard(host, 'pgbouncer'),
      );
      put(host, 'guard.sh', kit('guard.sh'));
      const guard = [
        '/etc/staybase/guard.sh',
        host.name,
        host.address,
        '/etc/staybase/patroni.yml',
        '128',
      ];
      await host.start('guard', ['/bin/bash', ...guard], heard(host, 'guard'));
    }

    const using: ThreeHosts['using'] = async (host, work) => {
      const client = new pg.Client({
        host: host.address,
        port: 5432,
        database: 'postgres',
        user: 'supabase_admin',
        password: passwords.SUPERUSER_PASSWORD,
        connectionTimeoutMillis: 3_000,
      });
      client.on('error', () => {});
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    };

    const members = async (): Promise<Member[]> => {
      for (const host of hosts) {
        const answer = await ask(`http://${host.address}:8008/cluster`);
        if (answer?.ok) return ((await answer.json()) as { members: Member[] }).members;
      }
      return [];
    };

    const cluster: ThreeHosts = {
      hosts,
      front,
      ports,
      using,
      members,
      startEtcd,
      async leader() {
        for (const host of hosts) {
          if ((await ask(`http://${host.address}:8008/primary`))?.ok) return host;
        }
        return undefined;
      },
      async etcdLeader() {
        for (const host of hosts) {
          const answer = await ask(`http://${host.address}:2379/v3/maintenance/status`, '{}');
          if (!answer?.ok) continue;
          const said = await answer.json() as { header: { member_id: string }; leader: string };
          if (said.header.member_id === said.leader) return host;
        }
        return undefined;
      },
      async configure(settings) {
        const leader = await cluster.leader();
        if (leader === undefined) throw new Error('There is no leader.');
        const login = Buffer.from(`patroni:${passwords.RESTAPI_PASSWORD}`).toString('base64');
        const answer = await fetch(`http://${leader.address}:8008/config`, {
          method: 'PATCH',
          headers: { authorization: `Basic ${login}` },
          body: JSON.stringify(settings),
        });
        if (!answer.ok) throw new Error(`Patroni: ${answer.status} ${await answer.text()}`);
      },
      patronictl: (...words) =>
        hosts[0]!.run('patronictl', '-c', '/etc/staybase/patroni.yml', ...words),
      asCluster() {
        const url: Cluster['url'] = (database, role = 'postgres') => {
          const password = role === 'supabase_admin' ? passwords.SUPERUSER_PASSWORD : localPassword;
          const port = role === 'authenticator' ? ports.writes : ports.sessions;
          return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
        };
        return clusterAt(ports.sessions, url);
      },
      async letRolesIn() {
        const leader = await until('a leader', () => cluster.leader());
        const { rows } = await using(leader, (client) =>
          client.query<{ line: string }>(
            `select format('"%s" "%s"', rolname, rolpassword) as line from pg_authid
             where rolcanlogin and rolpassword is not null and not rolsuper and not rolreplication
             order by rolname`,
          ));
        for (const host of hosts) {
          put(host, 'userlist.txt', `${rows.map(({ line }) => line).join('\n')}\n`);
          host.signal('SIGHUP', /^\/usr\/sbin\/pgbouncer/);
        }
      },
      stop: () => parts.stop(),
    };
    return cluster;
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** An answer within two seconds, or undefined. */
export const ask = (url: string, body?: string): Promise<Response | undefined> =>
  fetch(url, {
    signal: AbortSignal.timeout(2_000),
    ...(body === undefined ? {} : { method: 'POST', body }),
  }).catch(() => undefined);

/** Asks until there is an answer; throws when there is none for minutes. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  { seconds = 300 } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`There was no sign of ${what} for ${seconds} s.`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
