import { type Findings, guarded } from '../cluster/checks.ts';
import { until } from '../cluster/cluster.ts';
import { settle } from '../cluster/drill.ts';
import { longestSilence } from '../cluster/history.ts';
import type { Load } from '../cluster/load.ts';
import type { Staybase } from '../cluster/staybase.ts';

/** One step of an upgrade while guests book and pay. */
export interface Leg {
  name: string;
  /** The longest time without an answer to anybody. */
  silenceMs: number;
  askedAgain: number;
  /** Requests that one retry did not cure. */
  askedThrice: number;
  givenUp: number;
  bookings: number;
  paid: number;
  found: Findings;
  said: string;
  /** True for one that shows what happens without a guard: it may need more retries. */
  isControl: boolean;
}

export interface Guests {
  staybase: Staybase;
  load: Load;
  say(line: string): void;
}

/** Does something while guests book and pay, and looks at the books. `work` returns what is to be said of it. */
export async function takeLeg(
  { staybase, load, say }: Guests,
  name: string,
  work: () => Promise<string>,
  { isLong = false, isControl = false } = {},
): Promise<Leg> {
  // Stays that have begun: their hosts are paid meanwhile.
  await staybase.moveClock(24);
  const before = { ...load.counts, acknowledged: load.acknowledged.length };
  const bookings = async (more: number) => {
    const now = load.acknowledged.length;
    await until('bookings', () => Promise.resolve(load.acknowledged.length >= now + more));
  };
  load.go();
  await bookings(20);
  const from = Date.now();
  // What nobody paid for expires, or guests could hold no more after a while.
  const days = isLong
    ? setInterval(() => void staybase.moveClock(24).catch(() => {}), 20_000)
    : undefined;
  const said = await work().finally(() => clearInterval(days));
  await bookings(40);
  const silence = longestSilence(load.acknowledgements, from, Date.now());
  await load.pause();
  const found = await settle(staybase, load);
  const more = (what: keyof Load['counts']) => load.counts[what] - before[what];
  const wrong = guarded.filter((what) => found[what] > 0).map((what) => `${found[what]} ${what}`);
  say(`${name}: ${said}; ${wrong.length === 0 ? 'nothing lost' : wrong.join(', ')}`);
  for (const detail of found.details) say(`  ${detail}`);
  return {
    name,
    silenceMs: silence.length,
    askedAgain: more('asked again'),
    askedThrice: more('asked a third time'),
    givenUp: more('given up'),
    bookings: load.acknowledged.length - before.acknowledged,
    paid: more('paid'),
    found,
    said,
    isControl,
  };
}

/** As Markdown, for docs/online-upgrade.md. */
export function table(legs: Leg[]): string {
  const heads = [
    'step',
    'longest silence',
    'asked again',
    'asked a third time',
    'bookings',
    'paid',
    'lost',
    'what it said',
  ];
  const rows = legs.map((leg) => [
    leg.name,
    `${(leg.silenceMs / 1000).toFixed(1)} s`,
    leg.askedAgain,
    leg.askedThrice,
    leg.bookings,
    leg.paid,
    lost(leg),
    leg.said,
  ]);
  return [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** All that was found wrong. */
export const lost = ({ found, givenUp }: Leg): number =>
  givenUp + guarded.reduce((sum, what) => sum + found[what], 0);
