import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  parent: number;
  name: string;
  /** CPU time of it and of the children it has buried, in ticks of 10 ms. */
  ticks: number;
}

/** Fields of /proc/PID/stat after the name, which may hold spaces: 1 the parent, 11 to 14 the times. */
function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + (fields[field] ?? 0), 0);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: fields[1] ?? 0, name: nameOf(command), ticks };
  } catch {
    return undefined;
  }
}

function nameOf(command: string): string {
  if (command.startsWith('postgres: ')) {
    return command.replace(/ \d+\.\d+\.\d+\.\d+\(\d+\).*/, '').trim();
  }
  const [program = ''] = command.split(' ');
  return program.split('/').at(-1) ?? program;
}

/** The tree below (and with) `root`, by its parents; programs may sit in groups of their own. */
export function treeOf(root: number): Process[] {
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readProcess(Number(entry))).filter((one) => one !== undefined);
  const members = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of all) {
      if (members.has(parent) && !members.has(pid)) {
        members.add(pid);
        grown = true;
      }
    }
  }
  return all.filter(({ pid }) => members.has(pid));
}

/** The programs whose CPU time is counted. */
export const programs = ['postgres', 'postgrest', 'deno'] as const;
export type Program = typeof programs[number];

const ticksPerSecond = 100;

/** CPU seconds of the programs below this process so far, ended sessions included (Linux). */
export function secondsOf(root = process.pid): Record<Program, number> {
  const spent = { postgres: 0, postgrest: 0, deno: 0 };
  for (const { name, ticks } of treeOf(root)) {
    const program = programs.find((one) => name === one || name.startsWith(`${one}: `));
    if (program !== undefined) spent[program] += ticks / ticksPerSecond;
  }
  return spent;
}
