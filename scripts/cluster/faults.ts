import { type ThreeHosts, until } from './cluster.ts';
import { type Host, run } from './host.ts';

/** Something that breaks, and how it is mended. */
export interface Fault {
  what: string;
  /** Whom it hits. */
  target(three: ThreeHosts): Promise<Host>;
  strike(scene: Scene): Promise<void> | void;
  /** What somebody, or systemd, does afterwards. */
  mend?(scene: Scene): Promise<void> | void;
  /** False when the primary may stay what it is. */
  endsLeader: boolean;
  /** How long it lasts at least, before it is mended. */
  seconds?: number;
}

export interface Scene {
  three: ThreeHosts;
  host: Host;
  random(): number;
  /** Bookings that were acknowledged so far. */
  acknowledged(): number;
}

const theLeader = (three: ThreeHosts) => until('a leader', () => three.leader());
const postmaster = /^\/usr\/lib\/postgresql\/17\/bin\/postgres -D/;
const anyPostgres = /^(postgres: |\/usr\/lib\/postgresql\/17\/bin\/postgres )/;
// So slow that nothing larger than a byte ever passes: packets are dropped, and nobody is told.
const nothingPasses = ['root', 'tbf', 'rate', '8bit', 'burst', '1', 'limit', '1'];
const direction = new WeakMap<Host, 'in' | 'out'>();

export const faults: Record<string, Fault> = {
  handover: {
    what: 'the primary hands over and its Postgres is restarted, as for a minor version',
    target: theLeader,
    endsLeader: true,
    strike: async ({ three, host }) =>
      void await three.patronictl('switchover', '--leader', host.name, '--force'),
    mend: async ({ three, host }) =>
      void await three.patronictl('restart', 'staybase', host.name, '--force'),
  },
  kill: {
    what: "kill -9 of the primary's postmaster",
    target: theLeader,
    endsLeader: true,
    strike: ({ host }) => void host.signal('SIGKILL', postmaster),
  },
  behind: {
    what: 'the primary stops sending to its replicas, and is killed after 20 more answers or 5 s',
    target: theLeader,
    endsLeader: true,
    async strike({ host, acknowledged }) {
      host.signal('SIGSTOP', /^postgres: staybase: walsender /);
      const before = acknowledged();
      const deadline = Date.now() + 5_000;
      while (acknowledged() < before + 20 && Date.now() < deadline) {
        await new Promise((wake) => setTimeout(wake, 20));
      }
      host.signal('SIGKILL', anyPostgres);
    },
  },
  cut: {
    what: "the primary's host loses its network, both ways",
    target: theLeader,
    endsLeader: true,
    strike: async ({ host }) => void await run('ip', ['link', 'set', host.link, 'down']),
    mend: async ({ host }) => void await run('ip', ['link', 'set', host.link, 'up']),
    seconds: 5,
  },
  'one-way': {
    what: "the primary's host sends into the void, or hears nothing",
    target: theLeader,
    endsLeader: true,
    async strike({ host, random }) {
      direction.set(host, random() < 0.5 ? 'out' : 'in');
      if (direction.get(host) === 'out') {
        await host.run('tc', 'qdisc', 'add', 'dev', 'eth0', ...nothingPasses);
      } else await run('tc', ['qdisc', 'add', 'dev', host.link, ...nothingPasses]);
    },
    async mend({ host }) {
      if (direction.get(host) === 'out') {
        await host.run('tc', 'qdisc', 'del', 'dev', 'eth0', 'root');
      } else await run('tc', ['qdisc', 'del', 'dev', host.link, 'root']);
    },
    seconds: 5,
  },
  disk: {
    what: "the primary's disk is full",
    target: theLeader,
    endsLeader: true,
    async strike({ host }) {
      await host.run(
        'sh',
        '-c',
        'dd if=/dev/zero of=/var/lib/postgresql/filler bs=1M 2> /dev/null; ' +
          'dd if=/dev/zero of=/var/lib/postgresql/filler-2 bs=1k 2> /dev/null; true',
      );
    },
    mend: async ({ host }) =>
      void await host.run(
        'sh',
        '-c',
        'rm -f /var/lib/postgresql/filler /var/lib/postgresql/filler-2',
      ),
    seconds: 5,
  },
  etcd: {
    what: "kill -9 of etcd's leader",
    target: (three) => until("etcd's leader", () => three.etcdLeader()),
    endsLeader: false,
    strike: ({ host }) => void host.signal('SIGKILL', /^\/usr\/bin\/etcd /),
    mend: ({ three, host }) => three.startEtcd(host),
    seconds: 10,
  },
  pause: {
    what: "everything on the primary's host stands still for 30 s",
    target: theLeader,
    endsLeader: true,
    strike: ({ host }) => void host.signal('SIGSTOP'),
    mend: ({ host }) => void host.signal('SIGCONT'),
    seconds: 30,
  },
};
