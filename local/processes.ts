import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keep, letGo } from './keeper.ts';

/**
 * The programs a process of ours runs (a stack, a benchmark, a test run), started, watched and stopped
 * in one place. None outlives it unless it was asked to: local/ending.ts stops them in order, and
 * local/keeper.ts ends them when this process cannot.
 *
 * Each one's pid also goes into a file in the data directory. What still runs after a power cut of the
 * keeper is found there by the next start and ended, and nothing else: a pid counts as ours only while
 * the process behind it is the very one that was written down.
 */
export interface Program {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  cwd?: string;
  /** How to ask it to end; Postgres wants SIGINT (disconnect everyone, then stop). */
  stopSignal?: NodeJS.Signals;
  /** Where its pid is remembered for the next start. */
  dataDirectory: string;
  /** True lets it outlive this process. */
  keepRunning?: boolean;
  /** Hears each line it writes. */
  onLine?: (line: string) => void;
}

export interface RunningProgram {
  name: string;
  pid: number;
  /** The last lines it wrote, for error messages. */
  lastWords(): string;
  /** Resolves when it ended, with a sentence that says how. */
  ended: Promise<string>;
  hasEnded(): boolean;
  /** Asks it to end, and makes it when it takes too long. `hurry` does not ask. */
  stop(how?: { hurry: boolean }): Promise<void>;
}

// Postgres writes everything down before it ends, which takes its time on a busy machine; an immediate
// shutdown (SIGQUIT) loses nothing either. Without it, a killed server leaves its children behind.
const patience = { postgres: 60_000, quit: 5_000, other: 5_000, kill: 5_000, leftover: 60_000 };

const running = new Set<RunningProgram>();
let isEnding = false;

/** Stops every program of this process, the youngest first, and lets none start any more. */
export async function endPrograms({ hurry = false } = {}): Promise<void> {
  isEnding = true;
  const programs = [...running].toReversed();
  if (hurry) await Promise.all(programs.map((program) => program.stop({ hurry })));
  else for (const program of programs) await program.stop();
}

/** Starts a program; throws an `Error` with a readable message when it can't even be spawned. */
export async function startProgram(program: Program): Promise<RunningProgram> {
  if (isEnding) throw new Error(`${program.name} does not start: this process is stopping.`);
  const child: ChildProcess = spawn(program.command, program.args, {
    env: program.env ?? process.env as Record<string, string>,
    cwd: program.cwd ?? '/',
    stdio: program.keepRunning ? 'ignore' : ['ignore', 'pipe', 'pipe'],
    ...(program.uid === undefined ? {} : { uid: program.uid }),
    ...(program.gid === undefined ? {} : { gid: program.gid }),
    // A process group of its own: Ctrl-C reaches only the stack, which then stops its parts in order.
    detached: true,
  });

  const lines: string[] = [];
  const listen = (chunk: string) => {
    const heard = chunk.split('\n').filter((line) => line.trim() !== '');
    heard.forEach((line) => program.onLine?.(line));
    lines.push(...heard);
    lines.splice(0, Math.max(0, lines.length - 40));
  };
  child.stdout?.setEncoding('utf8').on('data', listen);
  child.stderr?.setEncoding('utf8').on('data', listen);

  let over = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      over = true;
      resolve(`${program.name} could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      over = true;
      resolve(`${program.name} ended (${signal ?? `exit code ${code}`})`);
    });
  });
  const spawned = new Promise<void>((resolve) => child.once('spawn', () => resolve()));
  await Promise.race([spawned, ended]);
  const pid = child.pid;
  if (pid === undefined) throw new Error(await ended);
  const stopSignal = program.stopSignal ?? 'SIGTERM';
  if (!program.keepRunning) keep(pid, stopSignal);
  remember(program.dataDirectory, program.name, pid, stopSignal);

  const started: RunningProgram = {
    name: program.name,
    pid,
    lastWords: () => lines.slice(-12).join('\n'),
    ended,
    hasEnded: () => over,
    async stop({ hurry } = { hurry: false }) {
      const steps: [signal: NodeJS.Signals, milliseconds: number][] = stopSignal === 'SIGINT'
        ? [['SIGINT', patience.postgres], ['SIGQUIT', patience.quit], ['SIGKILL', patience.kill]]
        : [[stopSignal, patience.other], ['SIGKILL', patience.kill]];
      for (const [signal, milliseconds] of hurry ? steps.slice(1) : steps) {
        if (over) break;
        child.kill(signal);
        await Promise.race([ended, pause(milliseconds)]);
      }
      forget(program.dataDirectory, program.name);
    },
  };
  if (!program.keepRunning) running.add(started);
  void ended.then(() => {
    running.delete(started);
    if (!program.keepRunning) letGo(pid);
  });
  return started;
}

/** Waits without keeping the process alive. */
const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => void setTimeout(resolve, milliseconds).unref());

interface Remembered {
  pid: number;
  identity: string;
  stopSignal: NodeJS.Signals;
}

const pidsFile = (dataDirectory: string) => join(dataDirectory, 'pids.json');

function remembered(dataDirectory: string): Record<string, Remembered> {
  try {
    return JSON.parse(readFileSync(pidsFile(dataDirectory), 'utf8'));
  } catch {
    return {};
  }
}

function write(dataDirectory: string, programs: Record<string, Remembered>): void {
  if (Object.keys(programs).length === 0) return rmSync(pidsFile(dataDirectory), { force: true });
  writeFileSync(pidsFile(dataDirectory), JSON.stringify(programs, null, 2));
}

/** Notes which process is this data directory's `name`, and how to end it. */
function remember(
  dataDirectory: string,
  name: string,
  pid: number,
  stopSignal: NodeJS.Signals,
): void {
  const identity = identityOf(pid);
  if (identity === undefined) return;
  write(dataDirectory, { ...remembered(dataDirectory), [name]: { pid, identity, stopSignal } });
}

/** Removes the note again. */
function forget(dataDirectory: string, name: string): void {
  const { [name]: _gone, ...others } = remembered(dataDirectory);
  write(dataDirectory, others);
}

/** The pid noted under `name`, if that very process still runs. */
export function livePid(dataDirectory: string, name: string): number | undefined {
  const note = remembered(dataDirectory)[name];
  return note !== undefined && identityOf(note.pid) === note.identity ? note.pid : undefined;
}

/** Ends what an earlier, killed stack left running in this data directory. */
export async function endLeftovers(dataDirectory: string): Promise<void> {
  const notes = remembered(dataDirectory);
  await Promise.all(
    Object.values(notes).map(async (note) => {
      const isRunning = () => identityOf(note.pid) === note.identity;
      if (!isRunning()) return;
      process.kill(note.pid, note.stopSignal);
      const deadline = Date.now() + patience.leftover;
      while (isRunning() && Date.now() < deadline) {
        await new Promise((wake) => setTimeout(wake, 20));
      }
      if (isRunning()) process.kill(note.pid, 'SIGKILL');
    }),
  );
  write(dataDirectory, {});
}

/** What makes a pid that process and no later one: when it began and what it was started as. */
export function identityOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, startedAt] = [fields[0], fields[19]];
      return state === 'Z' ? undefined : `${pid} started at ${startedAt}`;
    } catch {
      return undefined;
    }
  }
  const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const startedAt = answer.stdout?.trim();
  return answer.status === 0 && startedAt ? `${pid} started at ${startedAt}` : undefined;
}

/** The command line of a live process; empty when there is none or it is not to be seen. */
export function commandOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/** The pid of a live process's parent, where that can be read without starting a program. */
export function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
