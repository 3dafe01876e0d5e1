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
import { parseArgs } from 'node:util';
import { readTarget } from './deploy/target.ts';
import { DeployProblem } from './deploy/problem.ts';
import { check, deploy, rollBack, smoke } from './deploy/deploy.ts';
import { SmokeFailed, type SmokeLevel } from './deploy/smoke.ts';

try {
  const { values, positionals: [command = 'deploy', ...rest] } = parseArgs({
    allowPositionals: true,
    options: {
      'env-file': { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      smoke: { type: 'string' },
    },
  });
  const level = values.smoke;
  if (level !== undefined && !['read', 'hold', 'full', 'none'].includes(level)) {
    throw new DeployProblem('--smoke must be read, hold, full or none.');
  }
  const target = readTarget(values['env-file']);
  const chosen = level as SmokeLevel | 'none' | undefined;
  if (command === 'deploy') await deploy(target, { dryRun: values['dry-run'], level: chosen });
  else if (command === 'check') await check(target);
  else if (command === 'smoke') await smoke(target, chosen);
  else if (command === 'rollback') await rollBack(target, rest[0]);
  else {throw new DeployProblem(
      `There is no command "${command}": use deploy, check, smoke or rollback.`,
    );}
} catch (error) {
  const isExpected = error instanceof DeployProblem || error instanceof SmokeFailed ||
    (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
