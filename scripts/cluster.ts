/**
 * Proves operate/cluster: three hosts on this machine, Staybase on them, guests who book and pay, and faults.
 * Nothing that was acknowledged may be lost. docs/cluster.md has the settings and the last run.
 *
 *   npm run cluster:prove                                     every fault once, and the asynchronous mode that loses some
 *   npm run cluster:prove -- --fault kill --times 3 --seed 7
 *   npm run cluster:prove -- --measure                        no fault: what waiting for a replica costs, and what replicas serve
 *
 * The exit code is 1 when something is lost (or when the asynchronous mode loses nothing, for then nothing is proved).
 * Times are printed and never judged: they are this machine's.
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { guarded } from './cluster/checks.ts';
import { startThreeHosts, until } from './cluster/cluster.ts';
import { inTheirPlaces, type Run, runFault } from './cluster/drill.ts';
import { faults } from './cluster/faults.ts';
import { endAfter, type Frame, frameOptions } from './cluster/frame.ts';
import { quantile } from './cluster/history.ts';
import { startLoad } from './cluster/load.ts';
import { measureCommits, measureSearches } from './cluster/measure.ts';
import { startStaybase } from './cluster/staybase.ts';

const usage =
  `Starts three Postgres hosts on this machine as in operate/cluster, lets guests book and pay, breaks things
and looks whether anything that was acknowledged is lost. Needs Linux, root and Debian's packages.

  npm run cluster:prove [-- --fault NAME] [--times N] [--seed N] [--clients N] [--no-control] [--verbose]
  npm run cluster:prove -- --measure

  --fault NAME   ${Object.keys(faults).join(', ')} (may be given more than once); default: all
  --times N      how often each, by turns; default 1
  --seed N       default: a new one, which is printed
  --clients N    guests who book at the same time; default 64
  --think N      seconds from one stay of a guest to the next, on average; default 1, which keeps two cores busy
  --no-control   without the asynchronous run at the end that has to lose some
  --measure      breaks nothing: what a booking costs that waits for a replica, what a search costs on replicas
  --keep         leaves the logs where they are, and says where
  --verbose      prints what the programs log`;

const { values } = readCommandLine(usage, {
  options: {
    fault: { type: 'string', multiple: true, default: [] },
    'no-control': { type: 'boolean', default: false },
    measure: { type: 'boolean', default: false },
    think: { type: 'string', default: '1' },
    ...frameOptions,
  },
});

const chosen = values.fault.length === 0 ? Object.keys(faults) : values.fault;
const unknown = chosen.filter((name) => faults[name] === undefined);
if (unknown.length > 0) endWithUsage(usage, `There is no fault ${unknown.join(', ')}.`);
for (const name of ['times', 'clients', 'think'] as const) {
  if (!(Number(values[name]) >= (name === 'think' ? 0 : 1))) {
    endWithUsage(usage, `--${name} is a number${name === 'think' ? '' : ' from 1 up'}.`);
  }
}
await endAfter(values, prove);

async function prove({ seed, programs, folder, parts, say }: Frame): Promise<boolean> {
  const three = parts.add(
    await startThreeHosts({
      programs,
      folder,
      diskMegabytes: 1_500,
      say,
      verbose: values.verbose,
    }),
  );
  const isSynchronous = async () =>
    (await three.members()).filter(({ role }) => role === 'quorum_standby').length === 2;
  const leader = await until('a leader', () => three.leader());
  await until('two replicas', isSynchronous);
  say(`Three hosts; ${leader.name} is the primary`);
  const staybase = parts.add(
    await startStaybase({
      three,
      folder,
      guests: Number(values.clients),
      homes: values.measure ? 2_000 : 240,
      say,
    }),
  );
  if (values.measure) {
    await measureCommits({ three, staybase, say });
    await measureSearches({ three, staybase, say });
    return true;
  }
  const load = startLoad(staybase, seed, Number(values.think));
  const drill = { three, staybase, load, say };

  const runs: Run[] = [];
  const failed: string[] = [];
  for (let time = 0; time < Number(values.times); time += 1) {
    for (const name of chosen) {
      try {
        const run = await runFault(drill, name, faults[name]!, seed + time);
        runs.push(run);
        tell(run, say);
        await until('two replicas that are waited for', isSynchronous);
      } catch (error) {
        say(`${name}, seed ${seed + time}: ${error instanceof Error ? error.message : error}`);
        failed.push(name);
        await load.pause();
        await until('two replicas that are waited for', isSynchronous);
      }
    }
  }

  let control: Run | undefined;
  if (!values['no-control']) {
    await three.configure({
      synchronous_mode: false,
      synchronous_mode_strict: false,
      maximum_lag_on_failover: 1_000_000_000,
    });
    await until('asynchronous replication', async () => {
      const at = await three.leader();
      if (at === undefined) return false;
      const { rows } = await three.using(at, (client) =>
        client.query<{ names: string }>(
          `select current_setting('synchronous_standby_names') as names`,
        ));
      return rows[0]?.names === '';
    });
    say('From here on asynchronous: a run that has to lose something');
    control = await runFault(drill, 'behind', faults.behind!, seed);
    tell({ ...control, fault: 'control' }, say);
  }
  await inTheirPlaces(three);
  table(runs, control);
  say(`Seed ${seed}; clients asked again ${load.counts['asked again']} times`);
  if (values.verbose) { for (const trouble of load.troubles) say(trouble.join(': ')); }

  const lost = runs.some(({ found }) => guarded.some((what) => found[what] > 0));
  if (lost) console.log('Something was lost.');
  const unpaid = runs.filter(({ paid }) => paid === 0).map(({ fault }) => fault);
  if (unpaid.length > 0) {
    console.log(`Nobody paid during ${unpaid.join(', ')}, so nothing is proved about money there.`);
  }
  if (failed.length > 0) console.log(`Did not come back by itself: ${failed.join(', ')}.`);
  if (control !== undefined && control.found['lost bookings'] === 0) {
    console.log('The asynchronous run lost nothing, so the others prove nothing.');
    return false;
  }
  return !lost && failed.length === 0 && unpaid.length === 0;
}

function tell(
  { fault, writesAgain, silent, allBack, leaders, found }: Run,
  say: Frame['say'],
): void {
  const wrong = guarded.filter((what) => found[what] > 0).map((what) => `${found[what]} ${what}`);
  say(
    `${fault}: ${leaders}, writes again after ${seconds(writesAgain)} (${
      seconds(silent)
    } without), all back ${seconds(allBack)} after the mending; ` +
      `${wrong.length === 0 ? 'nothing lost' : wrong.join(', ')}`,
  );
  for (const detail of found.details) say(`  ${detail}`);
}

function table(runs: Run[], control: Run | undefined): void {
  const rows = Object.entries(Object.groupBy(runs, ({ fault }) => fault)).map((
    [fault, some = []],
  ) => row(fault, some));
  if (control !== undefined) rows.push(row('control', [control]));
  print(rows);
  const all = runs.map(({ writesAgain }) => writesAgain);
  console.log(
    `Of ${all.length} runs half wrote again within ${seconds(quantile(all, 0.5))}, 95 % within ${
      seconds(quantile(all, 0.95))
    }.\n`,
  );

  function row(fault: string, some: Run[]): [string, Record<string, string | number>] {
    const times = some.map(({ writesAgain }) => writesAgain);
    const silences = some.map(({ silent }) => silent);
    const last = some.at(-1)!.found.looked;
    return [fault, {
      runs: some.length,
      'writes again, median': seconds(quantile(times, 0.5)),
      'writes again, longest': seconds(Math.max(...times)),
      'without writes, median': seconds(quantile(silences, 0.5)),
      'without writes, longest': seconds(Math.max(...silences)),
      ...Object.fromEntries(
        guarded.map((what) => [what, some.reduce((sum, { found }) => sum + found[what], 0)]),
      ),
      'bookings so far': last.bookings,
      payments: last.payments,
      payouts: last.payouts,
    }];
  }
}

/** As Markdown, for docs/cluster.md. */
function print(rows: [string, Record<string, string | number>][]): void {
  const heads = ['fault', ...Object.keys(rows[0]?.[1] ?? {})];
  const lines = [
    heads,
    heads.map(() => '---'),
    ...rows.map(([name, row]) => [name, ...Object.values(row)]),
  ];
  console.log(`\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
