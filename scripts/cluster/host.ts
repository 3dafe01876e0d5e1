import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';
import { type RunningProgram, startProgram } from '../../local/processes.ts';

/** A host of Debian 13 on this machine: namespaces of its own, one tree of programs that all share, read-only. */
export interface HostOptions {
  name: string;
  /** Unpacked packages (operate/cluster/programs.sh). */
  programs: string;
  /** What is its own. */
  folder: string;
  /** An image with a file system for the database. */
  disk?: string;
  /** Its place in the network; without one it shares this machine's. */
  network?: { bridge: string; address: string; link: string; bits: number };
}

export interface Host {
  name: string;
  address: string;
  /** The link's end on this machine. */
  link: string;
  folder: string;
  /** Runs a command as root of the host; throws with what it said. */
  run(...command: string[]): Promise<string>;
  /** Starts a program as postgres. */
  start(name: string, command: string[], onLine?: (line: string) => void): Promise<RunningProgram>;
  /** All its processes (but the first), or those whose command line matches. */
  pids(which?: RegExp): number[];
  signal(signal: NodeJS.Signals, which?: RegExp): number;
  stop(): Promise<void>;
}

export async function startHost(options: HostOptions): Promise<Host> {
  const { name, programs, folder, network } = options;
  mkdirSync(folder, { recursive: true });
  const { promise: isUp, resolve: up } = Promise.withResolvers<void>();
  const space = await startProgram({
    name: `host-${name}`,
    command: 'unshare',
    args: [
      ...['--mount', '--pid', '--ipc', '--uts', ...(network === undefined ? [] : ['--net'])],
      ...['--fork', '--kill-child', 'sh', inProject('scripts', 'cluster', 'host.sh')],
      ...[programs, folder, ...(options.disk === undefined ? [] : [options.disk])],
    ],
    // What is in it dies with its first process.
    stopSignal: 'SIGKILL',
    dataDirectory: folder,
    onLine: (line) => line === 'up' && up(),
  });
  const whatEnded = await Promise.race([isUp, space.ended]);
  if (typeof whatEnded === 'string') {
    throw new Error(`Host ${name}: ${whatEnded}. It said:\n${space.lastWords()}`);
  }
  const first = childOf(space.pid);
  const inside = ['--target', String(first), '--mount', '--pid', '--ipc', '--uts', '--net'];
  const enter = (user: string, command: string[]) => [
    ...inside,
    '--root',
    '--wd',
    '--',
    ...(user === 'root'
      ? []
      : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--']),
    ...command,
  ];
  const environment = {
    PATH: '/usr/local/bin:/usr/bin:/usr/sbin:/usr/lib/postgresql/17/bin',
    LC_ALL: 'C.UTF-8',
    HOME: '/var/lib/postgresql',
    TZ: 'UTC',
  };
  const space_ = readlinkSync(`/proc/${first}/ns/pid`);

  const host: Host = {
    name,
    address: network?.address ?? '127.0.0.1',
    link: network?.link ?? '',
    folder,
    run: (...command) => run('nsenter', enter('root', command), environment),
    start: (program, command, onLine) =>
      startProgram({
        name: `${name}-${program}`,
        command: '/usr/bin/nsenter',
        args: enter('postgres', command),
        env: environment,
        stopSignal: 'SIGKILL',
        dataDirectory: folder,
        ...(onLine === undefined ? {} : { onLine }),
      }),
    pids(which) {
      return processes().filter((pid) => {
        if (pid === first) return false;
        try {
          return readlinkSync(`/proc/${pid}/ns/pid`) === space_ &&
            (which === undefined || which.test(titleOf(pid)));
        } catch {
          return false;
        }
      });
    },
    signal(signal, which) {
      const pids = host.pids(which);
      for (const pid of pids) {
        try {
          process.kill(pid, signal);
        } catch {
          // It ended meanwhile.
        }
      }
      return pids.length;
    },
    stop: () => space.stop(),
  };

  if (network !== undefined) {
    const { bridge, address, link, bits } = network;
    await run('ip', [
      'link',
      'add',
      link,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      String(first),
    ]);
    await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
    await host.run('ip', 'link', 'set', 'lo', 'up');
    await host.run('ip', 'address', 'add', `${address}/${bits}`, 'dev', 'eth0');
    await host.run('ip', 'link', 'set', 'eth0', 'up');
  }
  return host;
}

/** Runs a command to its end; throws with what it said. */
export async function run(
  command: string,
  args: string[],
  env: Record<string, string> = process.env as Record<string, string>,
): Promise<string> {
  const child = spawn(command, args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => said += chunk);
  child.stderr.setEncoding('utf8').on('data', (chunk) => complained += chunk);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve)
  );
  if (code === 0) return said;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${code}: ${(complained || said).trim()}`,
  );
}

/** Removes what this process has put into the machine's network; it may be told to end at any step of a start. */
export function removeLinks(): void {
  const ours = readdirSync('/sys/class/net').filter((link) =>
    link === `sbc${process.pid}` || link.startsWith(`sb${process.pid}-`)
  );
  for (const link of ours) spawnSync('ip', ['link', 'delete', link]);
}

export const isThere = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);

const titleOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');

function childOf(parent: number): number {
  for (const pid of processes()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) return pid;
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error(`Process ${parent} has no child.`);
}
