/**
 * What an idle embedded stack costs: starts one of its own, leaves it alone, and reads the CPU time and
 * the memory of its whole process tree from /proc (Linux only).
 *
 *   node bench/idle.ts [--seconds 60] [--settle 60]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../local/command-line.ts';
import { freeStackPort } from '../local/ports.ts';
import { inProject } from '../local/paths.ts';
import { type Process, treeOf } from './processes.ts';

const usage = `Measures CPU and memory of a stack that has nothing to do.

  node bench/idle.ts [--seconds 60] [--settle 60]      Linux only`;

const { values: asked } = readCommandLine(usage, {
  options: {
    seconds: { type: 'string', default: '60' },
    settle: { type: 'string', default: '60' },
  },
});

/** Megabytes: what is shared counts in parts (PSS), so that the sum is what the tree really takes. */
function memoryOf(pid: number): { pss: number; rss: number } {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const read = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
    return { pss: read('Pss'), rss: read('Rss') };
  } catch {
    return { pss: 0, rss: 0 };
  }
}

const wait = (seconds: number) => new Promise((wake) => setTimeout(wake, seconds * 1000));

async function startStack(directory: string): Promise<ChildProcess> {
  const port = await freeStackPort(59_321);
  const stack = spawn(process.execPath, [inProject('local', 'start.ts')], {
    env: { ...process.env, STAYBASE_DATA: directory, STAYBASE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    stack.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Staybase is up')) resolve();
    });
    stack.once('exit', () => reject(new Error(`The stack did not start. It said:\n${said}`)));
  });
  return stack;
}

/** Buried children give their time to their parent, so the sum over the tree misses nobody. */
const ticksOf = (tree: Process[]) => tree.reduce((sum, { ticks }) => sum + ticks, 0);

const directory = mkdtempSync(join(tmpdir(), 'staybase-idle-'));
// Where root starts it, Postgres runs as another user.
chmodSync(directory, 0o755);
const stack = await startStack(directory);
try {
  await wait(Number(asked.settle));
  const before = treeOf(stack.pid as number);
  const began = performance.now();
  await wait(Number(asked.seconds));
  const after = treeOf(stack.pid as number);
  const seconds = (performance.now() - began) / 1000;

  const known = new Map(before.map((one) => [one.pid, one.ticks]));
  const groups = new Map<string, { count: number; ticks: number; pss: number; rss: number }>();
  for (const { pid, name, ticks } of after) {
    const group = groups.get(name) ?? { count: 0, ticks: 0, pss: 0, rss: 0 };
    const { pss, rss } = memoryOf(pid);
    groups.set(name, {
      count: group.count + 1,
      ticks: group.ticks + ticks - (known.get(pid) ?? 0),
      pss: group.pss + pss,
      rss: group.rss + rss,
    });
  }
  const rows = [...groups].map(([name, { count, ticks, pss, rss }]) => ({
    process: name,
    count,
    'cpu %': Number((ticks / seconds).toFixed(2)),
    'pss MB': Math.round(pss),
    'rss MB': Math.round(rss),
  })).toSorted((a, b) => b['pss MB'] - a['pss MB']);
  console.table(rows);
  const cpu = (ticksOf(after) - ticksOf(before)) / seconds;
  const sum = (which: 'pss' | 'rss') =>
    [...groups.values()].reduce((total, group) => total + group[which], 0);
  const [pss, rss] = [sum('pss'), sum('rss')];
  console.log(`idle for ${seconds.toFixed(0)} s, ${after.length} processes:`);
  console.log(`  CPU     ${cpu.toFixed(2)} % of one core (aim: <= 2)`);
  console.log(`  memory  ${pss.toFixed(0)} MB of PSS (aim: <= 450), ${rss.toFixed(0)} MB of RSS`);
  console.log(`  of the aims: CPU ${(cpu / 2).toFixed(2)}, memory ${(pss / 450).toFixed(2)}`);
} finally {
  const ended = new Promise((resolve) => stack.once('exit', resolve));
  stack.kill('SIGTERM');
  await ended;
  rmSync(directory, { recursive: true, force: true });
}
