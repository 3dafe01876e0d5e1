/**
 * Proves docs/online-upgrade.md: upgrades Postgres and Staybase while guests book and pay, and looks whether anything that
 * was acknowledged is lost.
 *
 *   npm run upgrade:prove
 *   npm run upgrade:prove -- --part major --times 2 --seed 7
 *
 * The exit code is 1 when something was lost, or when a request needed more than one retry. Times are printed and never
 * judged: they are this machine's.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { dataHome } from '../local/data.ts';
import { makeDirectory } from '../local/folders.ts';
import { Parts } from '../local/parts.ts';
import { inProject } from '../local/paths.ts';
import { startThreeHosts, until } from './cluster/cluster.ts';
import { endAfter, type Frame, frameOptions } from './cluster/frame.ts';
import { startLoad } from './cluster/load.ts';
import { startStaybase } from './cluster/staybase.ts';
import { type Leg, lost, table } from './upgrade-drill/legs.ts';
import { drillMajor } from './upgrade-drill/major.ts';
import { drillMinor, putOlderBeside, withOlder } from './upgrade-drill/minor.ts';
import { drillRelease } from './upgrade-drill/release.ts';
import { nextIsThere, startTwoServers } from './upgrade-drill/two-servers.ts';

const everyPart = ['major', 'minor', 'release'];
const usage =
  `Upgrades Postgres and Staybase on this machine while guests book and pay, and looks whether anything that was
acknowledged is lost. Needs Linux, root and Debian's packages.

  npm run upgrade:prove [-- --part NAME] [--times N] [--seed N] [--clients N] [--keep] [--verbose]

  --part NAME    ${everyPart.join(', ')} (may be given more than once); default: all
  --times N      how often each; default 1
  --seed N       default: a new one, which is printed
  --clients N    guests who book at the same time; default 64
  --keep         leaves the logs where they are, and says where
  --verbose      prints what the programs log`;

const { values } = readCommandLine(usage, {
  options: {
    part: { type: 'string', multiple: true, default: [] },
    ...frameOptions,
  },
});

const chosen = values.part.length === 0 ? everyPart : values.part;
const unknown = chosen.filter((name) => !everyPart.includes(name));
if (unknown.length > 0) endWithUsage(usage, `There is no part ${unknown.join(', ')}.`);
await endAfter(values, prove);

async function prove(frame: Frame): Promise<boolean> {
  const legs: Leg[] = [];
  for (let time = 0; time < Number(values.times); time += 1) {
    const within = (name: string): Frame => ({
      ...frame,
      folder: makeDirectory(join(frame.folder, `${name}-${time + 1}`)),
      seed: frame.seed + time,
    });
    if (chosen.includes('major')) legs.push(...await major(within('major')));
    const onThree = chosen.filter((part) => part !== 'major');
    if (onThree.length > 0) legs.push(...await threeHosts(within('three'), onThree));
  }
  console.log(`\n${table(legs)}\n`);
  const wrong = legs.filter((leg) => lost(leg) > 0);
  if (wrong.length > 0) {
    console.log(`Something was lost: ${wrong.map(({ name }) => name).join(', ')}.`);
  }
  const twice = legs.filter(({ askedThrice, isControl }) => askedThrice > 0 && !isControl);
  if (twice.length > 0) {
    console.log(`More than one retry was needed: ${twice.map(({ name }) => name).join(', ')}.`);
  }
  const unpaid = legs.filter(({ paid }) => paid === 0);
  if (unpaid.length > 0) {
    console.log(`Nobody paid during ${unpaid.map(({ name }) => name).join(', ')}.`);
  }
  return wrong.length === 0 && twice.length === 0 && unpaid.length === 0;
}

async function major({ programs, folder, seed, parts, say }: Frame): Promise<Leg[]> {
  if (!getNext()) {
    say('Skipped: the next version of Postgres is not to be had.');
    return [];
  }
  const own = new Parts();
  parts.add(own);
  try {
    const two = own.add(
      await startTwoServers({ programs, folder, home: dataHome(), say, verbose: values.verbose }),
    );
    say(`Postgres ${two.versions.old} and ${two.versions.next}, ${two.versions.pgbouncer}`);
    const staybase = own.add(
      await startStaybase({
        three: two.door,
        folder,
        guests: Number(values.clients),
        homes: 240,
        say,
      }),
    );
    const load = startLoad(staybase, seed);
    const legs = await drillMajor(two, { staybase, load, say });
    if (values.verbose) { for (const trouble of load.troubles) say(trouble.join(': ')); }
    return legs;
  } finally {
    await own.stop();
  }
}

async function threeHosts(
  { programs, folder, seed, parts, say }: Frame,
  chosen: string[],
): Promise<Leg[]> {
  const own = new Parts();
  parts.add(own);
  try {
    const isMinor = chosen.includes('minor');
    if (isMinor) putOlderBeside(programs, dataHome());
    const three = own.add(
      await startThreeHosts({
        programs,
        folder,
        diskMegabytes: 1_500,
        say,
        verbose: values.verbose,
        ...(isMinor ? { prepare: withOlder } : {}),
      }),
    );
    await until('a leader', () => three.leader());
    await until(
      'two replicas',
      async () =>
        (await three.members()).filter(({ role }) => role === 'quorum_standby').length === 2,
    );
    say('Three hosts');
    const staybase = own.add(
      await startStaybase({ three, folder, guests: Number(values.clients), homes: 240, say }),
    );
    const load = startLoad(staybase, seed);
    const guests = { staybase, load, say };
    const legs = [
      ...(isMinor ? await drillMinor(three, guests) : []),
      ...(chosen.includes('release') ? await drillRelease(three, guests) : []),
    ];
    if (values.verbose) { for (const trouble of load.troubles) say(trouble.join(': ')); }
    return legs;
  } finally {
    await own.stop();
  }
}

/** Installs the next version's package where it is missing. */
function getNext(): boolean {
  if (nextIsThere()) return true;
  spawnSync('npm', [
    ...['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix'],
    inProject('operate', 'upgrade'),
  ], { stdio: 'inherit' });
  return nextIsThere();
}
