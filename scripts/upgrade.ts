/**
 * Upgrades Postgres to another major version by logical replication, with a way back. docs/online-upgrade.md has the
 * steps; `npm run upgrade:prove` is its rehearsal.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { BackupProblem } from './backup/problem.ts';
import { copy } from './upgrade/copy.ts';
import { type End, UpgradeProblem } from './upgrade/ends.ts';
import { look } from './upgrade/look.ts';
import { finish, type Gate, switchOver, whoFollows } from './upgrade/switch.ts';

const usage =
  `Upgrades Postgres to another major version by logical replication, with a way back (docs/online-upgrade.md).

  npm run upgrade -- check                what is in the way, and what does not come along; changes nothing
  npm run upgrade -- copy                 roles, schema and rows to the new server, which follows from then on
  npm run upgrade -- status               who follows whom, and how far behind
  npm run upgrade -- switch --gate FILE   clients wait, both are compared, the new server takes over
  npm run upgrade -- back --gate FILE     the same the other way round, with all that was written meanwhile
  npm run upgrade -- finish               nobody follows any more, and there is no way back

  --gate FILE            is run with close, old or new, and open: operate/upgrade/gate.sh
  --compare-afterwards   clients do not wait for the comparison of every row, for data that takes long

OLD_URL and NEW_URL are the two servers as their superuser; OLD_URL_FOR_NEW and NEW_URL_FOR_OLD how they reach each
other, when that is another address.`;

const { values, positionals: [step, ...rest] } = readCommandLine(usage, {
  options: {
    gate: { type: 'string' },
    'compare-afterwards': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const steps = ['check', 'copy', 'status', 'switch', 'back', 'finish'];
if (step === undefined || !steps.includes(step) || rest.length > 0) {
  endWithUsage(usage, `Name one step: ${steps.join(', ')}.`);
}
const needsGate = step === 'switch' || step === 'back';
if (needsGate && values.gate === undefined) endWithUsage(usage, `${step} needs --gate.`);
if (!needsGate && (values.gate !== undefined || values['compare-afterwards'])) {
  endWithUsage(usage, '--gate and --compare-afterwards are for switch and back.');
}
const { OLD_URL, NEW_URL, OLD_URL_FOR_NEW, NEW_URL_FOR_OLD } = process.env;
if (!OLD_URL || !NEW_URL) endWithUsage(usage, 'Set OLD_URL and NEW_URL.');

const old: End = { name: 'old', url: OLD_URL, seenAs: OLD_URL_FOR_NEW ?? OLD_URL };
const next: End = { name: 'new', url: NEW_URL, seenAs: NEW_URL_FOR_OLD ?? NEW_URL };
const say = (line: string) => console.log(line);
const runGate = async (word: string) => void await promisify(execFile)(values.gate!, [word]);
const gate: Gate = {
  close: () => runGate('close'),
  pointTo: ({ name }) => runGate(name),
  open: () => runGate('open'),
};

try {
  await take(step);
} catch (error) {
  if (!(error instanceof UpgradeProblem || error instanceof BackupProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function take(step: string): Promise<void> {
  if (step === 'check') {
    const { problems, notes } = await look(old, next);
    for (const note of notes) say(note);
    if (problems.length > 0) throw new UpgradeProblem(problems.join('\n'));
    say('Nothing is in the way.');
  } else if (step === 'copy') await copy({ old, next, say });
  else if (step === 'status') {
    const found = await whoFollows([old, next]);
    if (found === undefined) return say('Nobody follows.');
    say(
      `The ${found.follower.name} server follows: ${found.behind} bytes behind, ${found.ready} of ${found.all} ` +
        `tables, ${found.errors} errors`,
    );
  } else if (step === 'finish') await finish([old, next]);
  else {
    const [from, to] = step === 'switch' ? [old, next] : [next, old];
    const { pausedMs, compared } = await switchOver({
      from,
      to,
      gate,
      compare: values['compare-afterwards'] ? 'afterwards' : 'meanwhile',
      say,
    });
    say(
      `${compared.tables} tables, ${compared.rows} rows are the same. Clients waited ${
        Math.round(pausedMs)
      } ms.`,
    );
  }
}
