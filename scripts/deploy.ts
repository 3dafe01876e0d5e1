/**
 * Brings this commit to a project of Supabase's, or the database alone to any other Postgres of
 * Supabase's kind. docs/deploying.md says what it does and what it wants to know.
 *
 *   npm run deploy -- [--env-file FILE] [--dry-run] [--smoke read|hold|full|none]
 *   npm run deploy -- check            the list before strangers may sign up
 *   npm run deploy -- smoke            the smoke test alone
 *   npm run deploy -- rollback [COMMIT]  the functions of the commit that was proved before, or of this one
 *
 * Addresses, passwords and keys come from the environment or a file, since every user of a machine sees
 * the arguments of every process.
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { readTarget } from './deploy/target.ts';
import { DeployProblem } from './deploy/problem.ts';
import { check, deploy, rollBack, smoke } from './deploy/deploy.ts';
import { SmokeFailed, type SmokeLevel } from './deploy/smoke.ts';

const usage = `Deploys this commit; docs/deploying.md says what it does and which settings it reads.

  npm run deploy -- [--env-file FILE] [--dry-run] [--smoke read|hold|full|none]
  npm run deploy -- check [--env-file FILE]               the checklist for opening sign-ups
  npm run deploy -- smoke [--env-file FILE] [--smoke LEVEL]   the smoke test alone
  npm run deploy -- rollback [COMMIT] [--env-file FILE]   the functions of the commit that was proved before, or of COMMIT

  --env-file FILE   addresses and keys, in addition to the environment
  --dry-run         prints what differs and the checklist; changes nothing
  --smoke LEVEL     how far the smoke test goes`;

const { values, positionals: [command = 'deploy', ...rest] } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    'env-file': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    smoke: { type: 'string' },
  },
});
const level = values.smoke;
if (level !== undefined && !['read', 'hold', 'full', 'none'].includes(level)) {
  endWithUsage(usage, '--smoke must be read, hold, full or none.');
}
if (!['deploy', 'check', 'smoke', 'rollback'].includes(command)) {
  endWithUsage(usage, `There is no command "${command}": use deploy, check, smoke or rollback.`);
}
if (rest.length > (command === 'rollback' ? 1 : 0)) {
  endWithUsage(usage, `"${rest.at(-1)}" is one word too many.`);
}
if (values['dry-run'] && command !== 'deploy') {
  endWithUsage(usage, `--dry-run is an option of deploy, not of ${command}.`);
}
try {
  const target = readTarget(values['env-file']);
  const chosen = level as SmokeLevel | 'none' | undefined;
  if (command === 'deploy') await deploy(target, { dryRun: values['dry-run'], level: chosen });
  else if (command === 'check') await check(target);
  else if (command === 'smoke') await smoke(target, chosen);
  else await rollBack(target, rest[0]);
} catch (error) {
  const isExpected = error instanceof DeployProblem || error instanceof SmokeFailed;
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
