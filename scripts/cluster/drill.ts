import { type Findings, guarded, lookAtTheBooks } from './checks.ts';
import { type ThreeHosts, until } from './cluster.ts';
import { type Fault, type Scene } from './faults.ts';
import { longestSilence, randomFrom } from './history.ts';
import type { Load } from './load.ts';
import type { Staybase } from './staybase.ts';

export interface Run {
  fault: string;
  seed: number;
  /** Milliseconds from the fault to the first acknowledged write after the longest silence. */
  writesAgain: number;
  /** Milliseconds without any acknowledged write: what asked for the fault may itself take seconds to begin. */
  silent: number;
  /** Milliseconds until all three hosts were in their places again. */
  allBack: number;
  leaders: string;
  /** How many guests paid meanwhile: with none, nothing is proved about money. */
  paid: number;
  found: Findings;
}

export interface Drill {
  three: ThreeHosts;
  staybase: Staybase;
  load: Load;
  say(line: string): void;
}

/** Breaks one thing while guests book and pay, mends it, and looks at the books. */
export async function runFault(
  { three, staybase, load, say }: Drill,
  name: string,
  fault: Fault,
  seed: number,
): Promise<Run> {
  // Stays that have begun: their hosts are paid meanwhile.
  await staybase.moveClock(24);
  const start = load.acknowledged.length;
  const paidBefore = load.counts.paid;
  load.go();
  await until('bookings', () => Promise.resolve(load.acknowledged.length >= start + 20));

  const host = await fault.target(three);
  const before = await until('a leader', () => three.leader());
  const scene: Scene = {
    three,
    host,
    random: randomFrom(seed),
    acknowledged: () => load.acknowledgements.length,
  };
  say(`${name}, seed ${seed}: ${host.name}${host === before ? ', the primary' : ''}`);
  const at = Date.now();
  await fault.strike(scene);
  try {
    if (fault.endsLeader) {
      await until('another leader', async () => {
        const now = await three.leader();
        return now !== undefined && now !== host;
      }, { seconds: 120 });
    }
    const since = Math.max(Date.now(), at + (fault.seconds ?? 0) * 1000);
    await until('writes', () =>
      Promise.resolve(
        Date.now() > since && load.acknowledgements.filter((time) => time > since).length >= 5,
      ), { seconds: 120 });
  } finally {
    await fault.mend?.(scene);
  }
  const mended = Date.now();
  await inTheirPlaces(three);
  const allBack = Date.now() - mended;
  const silence = longestSilence(load.acknowledgements, at, Date.now());
  const after = await until('a leader', () => three.leader());
  await load.pause();
  const found = await settle(staybase, load);
  return {
    fault: name,
    seed,
    writesAgain: silence.endedAfter,
    silent: silence.length,
    allBack,
    leaders: `${before.name} > ${after.name}`,
    paid: load.counts.paid - paidBefore,
    found,
  };
}

/** One leader, and two replicas that stream from it. */
export async function inTheirPlaces(three: ThreeHosts): Promise<void> {
  await until('three hosts in their places', async () => {
    const members = await three.members();
    const leader = members.find(({ role }) => role === 'leader');
    return leader !== undefined &&
      members.filter(({ role, state, timeline }) =>
          /standby|replica/.test(role) && state === 'streaming' && timeline === leader.timeline
        ).length === 2;
  }, { seconds: 240 });
}

/** Waits until everything has arrived that is on its way, and looks; what is still wrong then is wrong. */
export async function settle(staybase: Staybase, load: Load): Promise<Findings> {
  const deadline = Date.now() + 150_000;
  let hours = 0;
  for (;;) {
    await Promise.race([
      staybase.stripe.settled(),
      new Promise((wake) => setTimeout(wake, 30_000)),
    ]);
    const found = await until('the books', () => lookAtTheBooks(staybase, load.acknowledged));
    if (guarded.every((what) => found[what] === 0) || Date.now() > deadline) return found;
    // A booking that is gone does not come back.
    if (found['lost bookings'] > 0) return found;
    // Whatever got lost on its way is asked for again within the hour.
    if (Date.now() > deadline - 110_000 && hours < 3) {
      hours += 1;
      await staybase.moveClock(1);
    }
    await new Promise((wake) => setTimeout(wake, 2_000));
  }
}
