import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { parse } from 'yaml';
import { inProject } from '../../local/paths.ts';
import { functionSettings } from '../../scripts/deploy/target.ts';
import { LongestFirst } from '../support/order.ts';

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  name: string;
  permissions: Record<string, string>;
  jobs: Record<
    string,
    {
      steps: Step[];
      environment?: string;
      env?: Record<string, string>;
      strategy?: { matrix: Record<string, unknown[]> };
    }
  >;
}

const folder = inProject('.github', 'workflows');
const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  return { file, text, workflow: parse(text) as Workflow };
});
const scriptsOf = (...path: string[]): Record<string, string> =>
  JSON.parse(readFileSync(inProject(...path, 'package.json'), 'utf8')).scripts;
const scripts = scriptsOf();
const vitest = readFileSync(inProject('vitest.config.ts'), 'utf8');

const steps = workflows.flatMap(({ file, workflow }) =>
  Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ file, ...step })))
);
const commands = steps.flatMap(({ run = '' }) => run.trim().split('\n').filter(Boolean));

/** The jobs that deploy. */
const jobs: Workflow['jobs'] = workflows.find(({ file }) => file === 'deploy.yml')?.workflow.jobs ??
  {};

/** What is wrong with a command of a workflow or of a program in .ci; nothing when it can be run. */
function problemsOf(command: string): string[] {
  const problems: string[] = [];
  for (const [, name = ''] of command.matchAll(/\bnpm run ([\w:-]+)/g)) {
    if (!(name in scripts)) problems.push(`there is no script ${name}`);
  }
  for (const [path] of command.matchAll(/\.ci\/[\w-]+/g)) {
    if (!existsSync(inProject(path)) || (statSync(inProject(path)).mode & 0o111) === 0) {
      problems.push(`${path} is no program`);
    }
  }
  for (const [, project] of command.matchAll(/--project (\w+)/g)) {
    if (!vitest.includes(`folder('${project}'`)) problems.push(`there are no tests ${project}`);
  }
  if (/secrets\./.test(command)) problems.push('a secret is written into a command');
  const prints =
    /(^|[|;&]\s*)(echo|printf|cat|env|printenv)\b.*(SECRET|TOKEN|PASSWORD|_KEY|DATABASE_URL|SMTP_URL)/;
  if (prints.test(command) || /\bset -\w*x/.test(command)) problems.push('a secret is printed');
  return problems;
}

test('the workflows are for CI, deployments and the night', () => {
  expect(workflows.map(({ file }) => file).sort()).toEqual(['ci.yml', 'deploy.yml', 'nightly.yml']);
  expect(commands).toContain('.ci/run "--shard=$PART/3"');
});

test('the parts of CI are all tests, each once', async () => {
  const ci = workflows.find(({ file }) => file === 'ci.yml')?.workflow.jobs.test;
  expect(ci?.strategy?.matrix.part).toEqual([1, 2, 3]);
  const files = ['api/a', 'stack/start', 'sites/host', 'api/b', 'stack/bench', 'races/c', 'api/d']
    .map((name) => ({ moduleId: `/tests/${name}.test.ts` })) as TestSpecification[];
  const parts = await Promise.all(
    [1, 2, 3].map((index) =>
      new LongestFirst({ config: { shard: { index, count: 3 } } } as Vitest).shard(files)
    ),
  );
  expect(parts.flat().toSorted((one, other) => files.indexOf(one) - files.indexOf(other))).toEqual(
    files,
  );
  // The two longest are not in the same.
  expect(parts.map((part) => part.length)).toEqual([3, 2, 2]);
  expect(parts.map((part) => part.filter(({ moduleId }) => moduleId.includes('/stack/')).length))
    .toEqual([1, 1, 0]);
});

test('every command of a workflow exists, and none shows a secret', () => {
  expect(commands.flatMap((command) => problemsOf(command).map((it) => [command, it]))).toEqual([]);
  const conformance = readFileSync(inProject('.ci/conformance'), 'utf8').split('\n');
  expect(conformance.flatMap((command) => problemsOf(command))).toEqual([]);
});

test('a command that is gone, or that shows a secret, would be found', () => {
  for (
    const bad of [
      'npm run launch',
      '.ci/walk',
      'npm test -- --project moon',
      'deploy --key ${{ secrets.STRIPE_SECRET_KEY }}',
      'echo "$STRIPE_SECRET_KEY"',
      'printenv | grep DATABASE_URL',
      'set -eux',
    ]
  ) expect([bad, problemsOf(bad).length]).toEqual([bad, 1]);
});

test('no expression stands in a command, where whoever starts a workflow could write a command', () => {
  expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
});

test('every action is pinned to a commit, and a workflow may read only', () => {
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(4);
  for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({ contents: 'read' });
});

test('both environments are given the same settings, which the deployment knows', () => {
  const settingsOf = (job: string) =>
    jobs[job]?.steps.find(({ run }) => run?.includes('npm run deploy'))?.env ?? {};
  const { STAGING_DATABASE_URL, ...production } = settingsOf('production');
  expect(STAGING_DATABASE_URL).toBe('${{ secrets.STAGING_DATABASE_URL }}');
  expect({ ...production, STAYBASE_ENVIRONMENT: 'staging' }).toEqual(settingsOf('staging'));
  expect([jobs.staging?.environment, jobs.production?.environment]).toEqual([
    'staging',
    'production',
  ]);
  const source = readFileSync(inProject('scripts/deploy/target.ts'), 'utf8');
  for (const name of Object.keys(production)) {
    expect([
      name,
      name === 'ARGUMENTS' || functionSettings.includes(name) || source.includes(`'${name}'`),
    ])
      .toEqual([name, true]);
  }
  // What is secret is a secret, not a variable that everybody with access may read.
  for (const [name, value] of Object.entries(production)) {
    if (/SECRET|TOKEN|DATABASE_URL|SMTP_URL/.test(name)) expect(value).toContain('secrets.');
  }
});

test('what is deployed by docs/deploying.md is what the environments are given', () => {
  const docs = readFileSync(inProject('docs/deploying.md'), 'utf8');
  const given = jobs.production?.steps.at(-1)?.env ?? {};
  for (const name of Object.keys(given)) {
    if (name !== 'ARGUMENTS') expect(docs).toContain(`\`${name}\``);
  }
  // The storefront has scripts of its own.
  const known = { ...scripts, ...scriptsOf('examples', 'storefront') };
  for (const [, name = ''] of docs.matchAll(/npm run ([\w:-]+)/g)) {
    expect([name, name in known]).toEqual([name, true]);
  }
});
