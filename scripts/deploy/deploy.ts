import type pg from 'pg';
import { type Item, readChecklist, readFirstGuest } from './checklist.ts';
import { using } from './database.ts';
import { DeployProblem } from './problem.ts';
import {
  beginDeployment,
  type DeployedFunction,
  finishDeployment,
  noteFunctions,
  proveDeployment,
  readDeployments,
} from './record.ts';
import { currentRevision, type Revision, withRevision } from './revision.ts';
import { type SmokeLevel, smokeTest, usualLevel } from './smoke.ts';
import { bringFunctions, type Deployment, steps } from './steps.ts';
import { ask } from './supabase.ts';
import type { Target } from './target.ts';

/**
 * Looks at everything first, then brings what differs, step by step, and looks again after each. Run
 * again it changes nothing; after a failure it goes on where the target says that something is missing.
 */
export async function deploy(
  target: Target,
  { dryRun = false, level }: { dryRun?: boolean; level?: SmokeLevel | 'none' | undefined } = {},
): Promise<void> {
  const revision = currentRevision();
  await using(target.databaseUrl, async (client) => {
    const deployment: Deployment = { target, revision, client };
    console.log(`Commit ${revision.id.slice(0, 12)}, version ${revision.version}`);
    await promote(target, revision);
    for (const step of steps) {
      const differing = await step.look(deployment);
      console.log(`${step.name}: ${summary(differing)}`);
    }
    await printChecklist(client, target);
    if (dryRun) {
      console.log('\nNothing was changed: this was a dry run.');
      return;
    }

    console.log('');
    for (const step of steps) {
      if ((await step.look(deployment))?.length) {
        console.log(`${step.name} ...`);
        await step.bring(deployment);
        const left = await step.look(deployment);
        if (left?.length) {
          throw new DeployProblem(`${step.name} did not take effect: ${left.join('; ')}`);
        }
      }
    }
    const id = await beginDeployment(client, revision);
    await finishDeployment(client, id);
    const wanted = level ?? usualLevel(target.settings.get('STRIPE_SECRET_KEY'));
    if (wanted === 'none') {
      console.log('Everything is deployed. No smoke test, as requested.');
    } else if (target.api === undefined) {
      console.log(
        'Everything is deployed. No smoke test: it needs SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY and ' +
          'SUPABASE_SECRET_KEY.',
      );
    } else {
      console.log(`Everything is deployed. Smoke test (${wanted}):`);
      await runSmoke(target, wanted).catch((error) => {
        if (target.project !== undefined) {
          console.error(
            'To restore the functions of the previous commit: npm run deploy -- rollback',
          );
        }
        throw error;
      });
      // On a live key nothing is paid, and reading is all that can be proved.
      if (wanted === 'full' || target.environment === 'production') {
        await proveDeployment(client, id);
      }
      console.log('All is well.');
    }
  });
}

/** Staging proves a commit, and production takes only that one. */
async function promote({ environment, stagingDatabaseUrl }: Target, { id }: Revision) {
  if (environment !== 'production') return;
  if (stagingDatabaseUrl === undefined) {
    console.log(
      'STAGING_DATABASE_URL is not set: whether this commit was proved in staging is not checked.',
    );
    return;
  }
  const { proved } = await using(stagingDatabaseUrl, readDeployments);
  if (!proved.includes(id)) {
    throw new DeployProblem(
      `Staging has not passed the smoke test of ${id.slice(0, 12)}` +
        (proved[0] === undefined
          ? '.'
          : `; the last commit that passed is ${proved[0].slice(0, 12)}.`) +
        ' Nothing was changed.',
    );
  }
  console.log('Staging has passed the smoke test of this commit.');
}

/** The lists before the first guest and before strangers may sign up. */
export async function check(target: Target): Promise<void> {
  await using(target.databaseUrl, (client) => printChecklist(client, target));
}

async function printChecklist(client: pg.Client, target: Target): Promise<void> {
  const { items, signUpsAreOff } = await readChecklist(client, target);
  const firstGuest = await readFirstGuest(client, target);
  if (firstGuest.length > 0) printItems('Before the first guest', firstGuest);
  printItems('Before strangers may sign up', items);
  const open = items.filter(({ done }) => done === false);
  if (open.length > 0 && target.environment !== 'local') {
    console.log(
      signUpsAreOff
        ? '  Sign-ups are off, and stay so until these are done.'
        : `  ${open.length} open. Turn sign-ups off until they are done: Authentication > Sign In / Providers.`,
    );
  }
}

function printItems(title: string, items: Item[]): void {
  console.log(`\n${title} (docs/operations.md):`);
  for (const { what, done, seen } of items) {
    const mark = done === undefined ? 'check by hand' : done ? 'done' : 'OPEN';
    console.log(`  ${mark.padEnd(13)}  ${what}: ${seen}`);
  }
}

/** The smoke test alone, of whatever runs there. */
export async function smoke(target: Target, level: SmokeLevel | 'none' | undefined): Promise<void> {
  if (target.api === undefined) {
    throw new DeployProblem(
      'Set SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY to reach the API.',
    );
  }
  if (level === 'none') return;
  await runSmoke(target, level ?? usualLevel(target.settings.get('STRIPE_SECRET_KEY')));
}

async function runSmoke({ api, settings, environment, smokeEmail }: Target, level: SmokeLevel) {
  if (api === undefined) return;
  if (level !== 'read' && environment !== 'local' && smokeEmail === undefined) {
    throw new DeployProblem(
      'SMOKE_EMAIL is not set. The test users get e-mails: name a mailbox of yours that accepts name+anything@.',
    );
  }
  const [stripeKey, stripeUrl] = [
    settings.get('STRIPE_SECRET_KEY'),
    settings.get('STRIPE_API_URL'),
  ];
  await smokeTest({
    ...api,
    level,
    ...(stripeKey === undefined ? {} : { stripeKey }),
    ...(stripeUrl === undefined ? {} : { stripeUrl }),
    ...(smokeEmail === undefined ? {} : { email: smokeEmail }),
    say: (line) => console.log(`  ${line}`),
  });
}

/**
 * Brings the functions of an earlier commit back: the named one, or the one that was proved before the one
 * that runs. The schema stays, because each release's schema serves the functions of the one before.
 */
export async function rollBack(target: Target, to: string | undefined): Promise<void> {
  const { project } = target;
  if (project === undefined) {
    throw new DeployProblem(
      'Set SUPABASE_PROJECT_REF to the project whose functions are to be rolled back.',
    );
  }
  await using(target.databaseUrl, async (client) => {
    const { functions, proved } = await readDeployments(client);
    const revision = to ?? proved.find((one) => one !== functions?.revision);
    if (revision === undefined) {
      throw new DeployProblem(
        'No other commit has been proved here. Name one: npm run deploy -- rollback COMMIT',
      );
    }
    if (!/^[0-9a-f]{40}$/.test(revision)) {
      throw new DeployProblem('Name the commit in full, 40 hexadecimal digits.');
    }
    await withRevision(revision, (workdir) => bringFunctions(project, workdir));
    const id = await beginDeployment(client, { id: revision, version: 'rolled back' });
    await noteFunctions(client, id, await ask<DeployedFunction[]>(project, 'functions'));
    await finishDeployment(client, id);
    console.log(
      `The functions are now those of ${revision}. The next deploy replaces them with the newest again.`,
    );
  });
}

const summary = (differing: string[] | undefined) =>
  differing === undefined
    ? 'not from here'
    : differing.length === 0
    ? 'up to date'
    : `to do\n${differing.map((line) => `  ${line}`).join('\n')}`;
