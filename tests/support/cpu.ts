import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the CPU of a run goes: `STAYBASE_TEST_CPU=10 npm test` ends with the ten files that took the
 * most, with all programs that work for them. It reads /proc, so it needs Linux.
 */
export const filesToName = existsSync('/proc/self/stat')
  ? Number(process.env.STAYBASE_TEST_CPU ?? 0)
  : 0;

/** Who works: the worker itself, sessions of Postgres, PostgREST, the edge functions, other commands. */
const kinds = ['tests', 'postgres', 'postgrest', 'deno', 'commands'] as const;
type Kind = typeof kinds[number];

// What the kernel counts in, on every Linux.
const ticksPerSecond = 100;
const everyMilliseconds = 250;

/** Where the workers of a run of vitest note what they work on. */
const notesOf = (vitest: number) => join(tmpdir(), `staybase-cpu-${vitest}`);

/** Says in a worker which file it works on. */
export function noteFile(path: string): void {
  mkdirSync(notesOf(process.ppid), { recursive: true });
  writeFileSync(join(notesOf(process.ppid), String(process.pid)), path);
}

const shared = globalThis as typeof globalThis & {
  staybaseCpu?: { table: () => string; users: number };
};

/** The global setup of every project: counts in vitest's own process, and prints the table after the last. */
export default function setup(): (() => void) | undefined {
  if (filesToName === 0) return undefined;
  const counting = shared.staybaseCpu ??= { table: countCpu(), users: 0 };
  counting.users += 1;
  return () => {
    counting.users -= 1;
    if (counting.users > 0) return;
    console.log(counting.table());
    rmSync(notesOf(process.pid), { recursive: true, force: true });
    delete shared.staybaseCpu;
  };
}

function countCpu(): () => string {
  const spent = new Map<string, Record<Kind, number>>();
  const credit = (file: string, kind: Kind, ticks: number) => {
    const row = spent.get(file) ?? { tests: 0, postgres: 0, postgrest: 0, deno: 0, commands: 0 };
    row[kind] += ticks;
    spent.set(file, row);
  };
  const known = new Map<string, number>();
  const more = (name: string, now: number) => {
    const former = known.get(name) ?? 0;
    known.set(name, Math.max(former, now));
    return Math.max(0, now - former);
  };

  const look = () => {
    const self = processTree(process.pid);
    credit('(vitest itself)', 'tests', more('self', self.own));
    for (const child of self.children) {
      // What an ended child took is in its parent's account, so that of a whole tree only grows.
      let rest = more(`tree ${child.pid}`, child.tree);
      if (child.program === 'postgres') {
        for (const session of child.children) {
          const title = textOf(`/proc/${session.pid}/cmdline`);
          const worker = /\bfile_(?:town_)?(\d+)/.exec(title)?.[1];
          if (worker === undefined) continue;
          const ticks = more(`session ${session.pid}`, session.own);
          credit(fileOf(worker) ?? '(before any file)', 'postgres', ticks);
          rest -= ticks;
        }
        credit('(Postgres: databases made and dropped, short sessions)', 'postgres', rest);
        continue;
      }
      const file = fileOf(child.pid) ??
        (textOf(`/proc/${child.pid}/cmdline`).includes('local/start.ts')
          ? '(the stack of tests/sites)'
          : '(before any file)');
      const own = more(`worker ${child.pid}`, child.own);
      credit(file, 'tests', own);
      rest -= own;
      for (const program of child.children) {
        if (program.program !== 'postgrest' && program.program !== 'deno') continue;
        const ticks = more(`program ${program.pid}`, program.own);
        credit(file, program.program, ticks);
        rest -= ticks;
      }
      credit(file, 'commands', rest);
    }
  };
  const timer = setInterval(look, everyMilliseconds);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
    return tableOf(spent);
  };
}

function tableOf(spent: Map<string, Record<Kind, number>>): string {
  const sum = (row: Record<Kind, number>) => kinds.reduce((all, kind) => all + row[kind], 0);
  const rows = [...spent].toSorted(([, one], [, other]) => sum(other) - sum(one));
  const all = { tests: 0, postgres: 0, postgrest: 0, deno: 0, commands: 0 };
  for (const [, row] of rows) for (const kind of kinds) all[kind] += row[kind];
  const line = (name: string, row: Record<Kind, number>) =>
    [sum(row), ...kinds.map((kind) => row[kind])]
      .map((ticks) => (ticks / ticksPerSecond).toFixed(1).padStart(10)).join('') + `  ${name}`;
  return [
    '\nSeconds of CPU:',
    ['all', ...kinds].map((kind) => kind.padStart(10)).join('') + '  file',
    ...rows.slice(0, filesToName).map(([name, row]) => line(name, row)),
    line(`(all ${rows.length})`, all),
  ].join('\n');
}

const fileOf = (worker: number | string) =>
  textOf(join(notesOf(process.pid), String(worker))) || undefined;

interface Process {
  pid: number;
  program: string;
  own: number;
  /** Itself and its descendants, with those that have ended. */
  tree: number;
  children: Process[];
}

/** A process and its descendants. To look at every process of the machine took a tenth of a core. */
function processTree(pid: number): Process {
  const [, program = '', rest = ''] = /\((.*)\) (.*)/s.exec(textOf(`/proc/${pid}/stat`)) ?? [];
  const fields = rest.split(' ').map(Number);
  const ticks = (...at: number[]) => at.reduce((sum, one) => sum + (fields[one] ?? 0), 0);
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
    .map((child) => processTree(Number(child)));
  const [own, buried] = [ticks(11, 12), ticks(13, 14)];
  const tree = children.reduce((sum, child) => sum + child.tree, own + buried);
  return { pid, program, own, tree, children };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
