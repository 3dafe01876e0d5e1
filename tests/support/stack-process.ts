import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endLeftovers } from '../../local/processes.ts';
import { freeStackPort as freePortNear } from '../../local/ports.ts';
import { inProject } from '../../local/paths.ts';

export interface StackProcess {
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Resolves when the summary is out; rejects with the output when it ends before. */
  up(): Promise<void>;
  ended: Promise<number | null>;
}

/**
 * `npm start` (or another script of local/) as a person runs it.
 * @param ends with the test, if need be, or `later`: whoever asks for that ends it
 */
export function runStack(
  env: {
    STAYBASE_PORT: string;
    STAYBASE_DATA?: string;
    STRIPE_SECRET_KEY?: string;
    STRIPE_API_URL?: string;
    STAYBASE_LISTEN?: string;
    STAYBASE_PUBLIC_URL?: string;
  },
  { script = 'start.ts', args = [] as string[], project = inProject(), ends = 'with the test' }: {
    script?: string;
    args?: string[];
    project?: string;
    ends?: 'with the test' | 'later';
  } = {},
): StackProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^STAYBASE_|^STRIPE_SECRET_KEY$/.test(name)),
  );
  const child = spawn(process.execPath, [join(project, 'local', script), ...args], {
    cwd: '/',
    env: { ...inherited, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => output += chunk);
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (ends === 'with the test') {
    onTestFinished(async () => {
      if (child.exitCode === null) child.kill('SIGINT');
      await ended;
    });
  }
  return {
    child,
    output: () => output,
    ended,
    async up() {
      let isOver = false;
      void ended.then(() => isOver = true);
      while (!output.includes('Staybase is up')) {
        if (isOver) throw new Error(output);
        await new Promise((wake) => setTimeout(wake, 25));
      }
    },
  };
}

/** A folder below /tmp that goes with the test, and with it whatever still runs there. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'staybase-'));
  chmodSync(directory, 0o755);
  onTestFinished(async () => {
    await endLeftovers(join(directory, 'stack'));
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** A port for a stack, by chance: other workers look for one at the same time. */
export const freeStackPort = (): Promise<number> =>
  freePortNear(11_000 + Math.floor(Math.random() * 700) * 10);

/** The pids of the programs a stack has written down. */
export function programsIn(directory: string): Record<string, number> {
  const file = join(directory, 'stack', 'pids.json');
  if (!existsSync(file)) return {};
  const notes = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { pid: number }>;
  return Object.fromEntries(Object.entries(notes).map(([name, { pid }]) => [name, pid]));
}

/** The keepers that a process has started. */
export const keepersOf = (parent: number | undefined): number[] =>
  processes().filter(({ ppid, command }) => ppid === parent && command.endsWith('staybase-keeper'))
    .map(({ pid }) => pid);

/** Every live process of this machine; one that nobody has buried yet is not alive. */
export function processes(): { pid: number; ppid: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, state = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), ppid: Number(ppid), command: command.trimEnd() }];
  });
}
