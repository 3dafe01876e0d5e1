import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { definitions } from '../../supabase/functions/metrics/definitions.ts';
import { hold } from '../functions/paying.ts';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { setClock, testApi } from '../support/stack.ts';
import { home } from '../support/stays.ts';

// Alerts, dashboard and runbooks are files that nothing here runs: these tests hold them together.

const read = (...path: string[]) => readFileSync(inProject(...path), 'utf8');
const rules = read('operate', 'prometheus', 'staybase.rules.yml');
const cases = read('operate', 'prometheus', 'staybase.test.yml');
const dashboard = JSON.parse(read('operate', 'grafana', 'staybase.json'));
const runbooks = read('docs', 'runbooks.md');

const alerts = [
  ...rules.matchAll(/- alert: (\w+)\n {8}expr: '(.*)'\n([^]*?)(?=\n {6}- alert|\n {2}- name|$)/g),
]
  .map(([, name = '', expr = '', rest = '']) => ({ name, expr: expr.replaceAll(`''`, `'`), rest }));
const panels: { title: string; targets?: { expr: string }[] }[] = dashboard.panels;
const expressions = [
  ...alerts.map(({ name, expr }) => [name, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** What Prometheus itself says of a target. */
const ownMetrics = ['up', 'scrape_duration_seconds'];

const metricsIn = (expr: string) =>
  [...expr.matchAll(/\b(staybase_\w+|up|scrape_\w+)\b/g)].map(([, name = '']) => name);

test('there are alerts and panels to look at', () => {
  expect(alerts.length).toBeGreaterThan(20);
  expect(alerts.length).toBe(rules.match(/- alert:/g)?.length);
  expect(panels.length).toBeGreaterThan(20);
});

test.each(expressions)('%s asks only for what the function metrics tells: %s', (_title, expr) => {
  const known = [...Object.keys(definitions), ...ownMetrics];
  expect(metricsIn(expr).length).toBeGreaterThan(0);
  expect(metricsIn(expr).filter((name) => !known.includes(name))).toEqual([]);
});

test('every figure is shown or watched', () => {
  const used = new Set(expressions.flatMap(([, expr]) => metricsIn(expr)));
  expect(Object.keys(definitions).filter((name) => !used.has(name))).toEqual([]);
});

test('a rate is taken of counters, and of nothing else', () => {
  for (const [, expr] of expressions) {
    for (const [, name = ''] of expr.matchAll(/\b(?:rate|increase)\((staybase_\w+)/g)) {
      expect([name, definitions[name as keyof typeof definitions][0]]).toEqual([name, 'counter']);
    }
    for (const [, name = ''] of expr.matchAll(/\b(?:delta|predict_linear)\((staybase_\w+)/g)) {
      expect([name, definitions[name as keyof typeof definitions][0]]).toEqual([name, 'gauge']);
    }
  }
});

test.each(Object.entries(definitions))(
  '%s is named as Prometheus wants it',
  (name, [type, help]) => {
    expect(name).toMatch(/^staybase(_[a-z]+)+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|kb|mb|percent)\b/);
    expect(help).toMatch(/^[A-Z].*\.$/);
  },
);

describe.each(alerts)('$name', ({ name, rest }) => {
  test('has a severity, a summary, two cases and a runbook', () => {
    expect(rest).toMatch(/severity: (warning|critical)\n/);
    expect(rest).toMatch(/summary: '.+'\n/);
    expect(rest).toContain(`runbook: docs/runbooks.md#${name.toLowerCase()}`);
    expect(cases).toContain(`name: ${name} fires\n`);
    expect(cases).toContain(`name: ${name} is silent\n`);
    const [, section = ''] =
      new RegExp(`^## ${name}\n([^]*?)(?=^## |(?![^]))`, 'm').exec(runbooks) ??
        [];
    expect(section).toContain('```sql');
    expect(section).toMatch(/^Do: /m);
  });
});

describe('runbooks', () => {
  test('have no section of an alert that is gone, and lead nowhere that is not there', () => {
    const sections = [...runbooks.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    // No alert tells of what people write.
    expect(sections.pop()).toBe('What people write to you');
    expect(sections.toSorted()).toEqual(alerts.map(({ name }) => name).toSorted());
    for (const [, anchor = ''] of runbooks.matchAll(/\]\(#(\w+)\)/g)) {
      expect(sections.map((title) => title?.toLowerCase())).toContain(anchor);
    }
  });

  const statements = [...runbooks.matchAll(/^```sql\n([^]*?)^```$/gm)].map(([, sql = '']) =>
    sql.trim()
  );

  beforeAll(async () => {
    await setClock('2031-05-20T12:00:00Z');
    await hold(await home(), await person('Grace'));
  });

  test.each(statements)('%s', async (sql) => {
    const owner = await session();
    await owner.run('begin read only');
    await owner.run(sql);
    await owner.run('rollback');
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
const without = promtool ? '' : ' (skipped: Debian has it in the package prometheus)';

describe.skipIf(!promtool)(`promtool${without}`, () => {
  let folder: string;
  let metrics: string;
  beforeAll(async () => {
    const { url } = await testApi();
    const answer = await fetch(`${url}/functions/v1/metrics`, { headers: { apikey: keys.secret } });
    metrics = await answer.text();
    folder = mkdtempSync(join(tmpdir(), 'staybase-operate-'));
    cpSync(inProject('operate', 'prometheus'), folder, { recursive: true });
    writeFileSync(join(folder, 'metrics-token'), 'a token\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: string[], input = '') =>
    execFileSync('promtool', args, { cwd: folder, encoding: 'utf8', input });

  test('takes configuration and rules', () => {
    expect(run(['check', 'config', 'prometheus.yml'])).toContain(`${alerts.length} rules found`);
  });

  test('sees each alert fire on what it is for, and be silent on what is usual', () => {
    expect(run(['test', 'rules', 'staybase.test.yml'])).toContain('SUCCESS');
  });

  test('takes each expression of the dashboard', () => {
    const records = expressions.map(([, expr], place) =>
      `      - {record: "staybase:panel${place}", expr: ${JSON.stringify(expr)}}`
    );
    writeFileSync(
      join(folder, 'panels.yml'),
      `groups:\n  - name: panels\n    rules:\n${records.join('\n')}\n`,
    );
    expect(run(['check', 'rules', 'panels.yml'])).toContain(`${records.length} rules found`);
  });

  test('finds nothing to say against the metrics', () => {
    expect(run(['check', 'metrics'], metrics)).toBe('');
  });
});
