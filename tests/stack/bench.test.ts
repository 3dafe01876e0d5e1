import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { findPostgresPrograms } from '../../scripts/backup/programs.ts';

/** Runs a benchmark, small; rejects with what it printed when it fails. */
async function bench(script: string, ...args: string[]): Promise<string> {
  const node = inProject('node_modules', '.bin', 'node');
  const { stdout } = await promisify(execFile)(node, [`bench/${script}.ts`, ...args], {
    cwd: inProject(),
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** What bench/plans holds: name and content of each file. */
const keptPlans = () =>
  readdirSync(inProject('bench', 'plans'))
    .map((name) => [name, readFileSync(inProject('bench', 'plans', name), 'utf8')]);

// Its marketplace is made past all triggers, so whoever adds a column or a rule can break it unnoticed.
// Times are not judged; an error, a deadlock or a shared night ends it with 1.
test('the quick benchmark runs to its end and leaves the kept plans alone', async () => {
  const plans = keptPlans();
  const printed = await bench('run', '--quick');
  expect(printed).toContain('request_booking, 64 sessions on one home');
  expect(printed).toContain('0 deadlocks, 0 overlaps');
  expect(keptPlans()).toEqual(plans);
});

test('the benchmarks of an import and of many changes run', async () => {
  const imported = await bench('import', '--listings', '100');
  expect(imported).toContain('once more, without a change: 100 homes');
  expect(imported).not.toContain('refused');
  const changed = await bench('churn', '--changes', '1000', '--listings', '1000');
  expect(changed).toMatch(/after a vacuum: listing_search .* % HOT/);
});

const programs = (() => {
  try {
    return findPostgresPrograms();
  } catch {
    return undefined;
  }
})();
const without = programs === undefined ? ' (skipped: there is no pg_dump 17 here)' : '';

test.skipIf(programs === undefined)(
  `the benchmark of backups makes a backup, restores it and prints both ratios${without}`,
  async () => {
    const printed = await bench('backup', '--listings', '1000', '--rounds', '1');
    expect(printed).toMatch(/^backup to pg_dump +[\d.]+ s +[\d.]+ s +[\d.]+ x +<= 1\.5 x/m);
    expect(printed).toMatch(/^restore to pg_restore +[\d.]+ s +[\d.]+ s +[\d.]+ x +<= 1\.5 x/m);
  },
);

// It reads the CPU of a session from /proc.
test.runIf(process.platform === 'linux')(
  'the benchmark of the metrics prints what a scrape costs, and no large table is read whole',
  async () => {
    const printed = await bench('metrics', '--bookings', '20000', '--rounds', '20');
    expect(printed).toMatch(/^large tables: [1-9]\d*, read whole: none$/m);
    expect(printed).toMatch(/^a scrape: [\d.]+ ms \(median [\d.]+\) of CPU, select 1: /m);
    expect(printed).toMatch(/^ {2}server_samples: [\d.]+ ms \(median [\d.]+\)$/m);
  },
);
