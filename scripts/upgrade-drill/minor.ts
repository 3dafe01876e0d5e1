import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../local/folders.ts';
import { inProject } from '../../local/paths.ts';
import { installPostgres } from '../../local/postgres/binaries.ts';
import { type ThreeHosts, until } from '../cluster/cluster.ts';
import { inTheirPlaces } from '../cluster/drill.ts';
import type { Host } from '../cluster/host.ts';
import { type Guests, type Leg, takeLeg } from './legs.ts';

const there = '/usr/lib/postgresql/17';
const before = '/usr/lib/postgresql/17-before';

/**
 * Puts the older minor version, the one of the npm packages, beside Debian's: a folder that can stand in the place of
 * /usr/lib/postgresql/17. What the packages lack (pg_rewind and its like) is Debian's.
 */
export function putOlderBeside(programs: string, home: string): void {
  const folder = join(programs, before);
  if (existsSync(join(folder, 'complete'))) return;
  const older = installPostgres(home);
  for (const part of ['lib', 'share', 'bin']) {
    cpSync(join(older, part), join(makeDirectory(folder), part), {
      recursive: true,
      verbatimSymlinks: true,
      force: true,
    });
  }
  for (const program of readdirSync(join(programs, there, 'bin'))) {
    const own = join(folder, 'bin', program);
    if (!existsSync(own)) cpSync(join(programs, there, 'bin', program), own);
    chmodSync(own, 0o755);
  }
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'complete'), '');
}

/** A host as it was before `apt-get upgrade`. */
export const withOlder = async (host: Host): Promise<void> =>
  void await host.run('mount', '--bind', before, there);

/** What `apt-get upgrade` does: other files in the same place, and whatever runs keeps those it has. */
const upgradePackage = async (host: Host): Promise<void> =>
  void await host.run('umount', '--lazy', there);

const versionOf = (three: ThreeHosts, host: Host): Promise<string> =>
  until(
    `the version of ${host.name}`,
    () =>
      three.using(host, async (client) =>
        (await client.query<{ server_version: string }>('show server_version')).rows[0]!
          .server_version),
  );

/** Replicas first, one after the other; another host takes over; then the old primary. */
export async function drillMinor(three: ThreeHosts, guests: Guests): Promise<Leg[]> {
  const { say } = guests;
  writeFileSync(
    join(three.front.folder, 'etc', 'hold.sh'),
    readFileSync(inProject('operate', 'upgrade', 'hold.sh'), 'utf8'),
  );
  const hold = (...words: string[]) =>
    three.front.run(
      ...['env', 'HAPROXY_SOCKET=/run/staybase/haproxy.sock', 'sh', '/etc/staybase/hold.sh'],
      ...words,
    );
  const restart = async (host: Host) => {
    const was = await versionOf(three, host);
    await upgradePackage(host);
    await three.patronictl('restart', 'staybase', host.name, '--force');
    await inTheirPlaces(three);
    const is = await versionOf(three, host);
    if (was === is) throw new Error(`${host.name} has ${is} as before.`);
    say(`${host.name}: ${was} > ${is}`);
    return `${was} > ${is}`;
  };
  const handOver = async (isHeld: boolean) => {
    const leader = await until('a leader', () => three.leader());
    const since = Date.now();
    let switched: Promise<unknown> | undefined;
    if (isHeld) await hold('on');
    try {
      // It returns when the old one is back as a replica, which nobody has to wait for.
      switched = three.patronictl('switchover', '--leader', leader.name, '--force');
      switched.catch(() => {});
      await until('another leader', async () => {
        const now = (await hold('leader')).trim();
        return now !== '' && now !== leader.name;
      }, { seconds: 120 });
    } finally {
      if (isHeld) await hold('off');
    }
    const held = Date.now() - since;
    await switched;
    const now = await until('a leader', () => three.leader());
    await inTheirPlaces(three);
    return `${leader.name} > ${now.name}, new connections ${
      isHeld ? `waited ${(held / 1000).toFixed(1)} s` : 'were refused'
    }`;
  };

  const legs: Leg[] = [];
  const first = await until('a leader', () => three.leader());
  legs.push(
    await takeLeg(guests, 'both replicas, one after the other', async () => {
      let said = '';
      for (const host of three.hosts.filter((host) => host !== first)) said = await restart(host);
      return said;
    }),
    await takeLeg(guests, 'switchover', () => handOver(true)),
    await takeLeg(guests, 'the old primary', () => restart(first)),
    await takeLeg(guests, 'control: switchover without hold.sh', () => handOver(false), {
      isControl: true,
    }),
  );
  return legs;
}
