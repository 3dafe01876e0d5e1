import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

/** Runs the benchmark as `npm run bench -- --quick` does; rejects with what it printed when it fails. */
async function benchQuickly(): Promise<string> {
  const node = inProject('node_modules', '.bin', 'node');
  const { stdout } = await promisify(execFile)(node, ['bench/run.ts', '--quick'], {
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
  const printed = await benchQuickly();
  expect(printed).toContain('request_booking, 64 sessions on one home');
  expect(printed).toContain('0 deadlocks, 0 overlaps');
  expect(keptPlans()).toEqual(plans);
});
