import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { endLeftovers } from '../../local/processes.ts';
import { startThrowaway } from '../../local/postgres/throwaway.ts';
import { freeStackPort, keepersOf, processes, programsIn } from '../support/stack-process.ts';

// How commands end that have started programs: whatever ends them, nothing that they started is left.

const directory = mkdtempSync(join(tmpdir(), 'staybase-'));
chmodSync(directory, 0o755);
const env = {
  // A test run that is started from here is not a part of this one.
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))),
  STAYBASE_DATA: directory,
  STAYBASE_PORT: String(await freeStackPort()),
};
afterAll(async () => {
  for (const folder of dataFolders()) await endLeftovers(folder);
  rmSync(directory, { recursive: true, force: true });
});

/** The stack's folder, and those of throw-away servers. */
const dataFolders = (): string[] => {
  const tests = join(directory, 'tests');
  const numbered = existsSync(tests) ? readdirSync(tests).map((name) => join(tests, name)) : [];
  return [join(directory, 'stack'), ...numbered];
};

interface Command {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
  /** Resolves when it has printed this. */
  says(what: string): Promise<void>;
}

function command(program: string, ...args: string[]): Command {
  // A group of its own, so that what ends it reaches nothing else by chance.
  const child = spawn(program, args, { cwd: inProject(), env, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => output += chunk);
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    await expect.poll(left).toEqual([]);
  });
  return {
    child,
    output: () => output,
    ended,
    async says(what) {
      await expect.poll(() => {
        if (child.exitCode !== null) throw new Error(`It ended:\n${output}`);
        return output;
      }).toContain(what);
    },
  };
}

const node = inProject('node_modules', '.bin', 'node');
const npmStart = async () => {
  const stack = command('npm', 'start');
  await stack.says('Staybase is up');
  return stack;
};

/** What runs in this file's folder. */
const left = (): string[] =>
  processes()
    .filter(({ command }) => command.includes(directory))
    .map(({ pid, command }) => `${pid} ${command}`);

/** The live programs of a stack or a throw-away server, by what they have written down. */
const written = (): number[] => {
  const alive = new Set(processes().map(({ pid }) => pid));
  return dataFolders().flatMap((folder) => {
    const file = join(folder, 'pids.json');
    if (!existsSync(file)) return [];
    const notes = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { pid: number }>;
    return Object.values(notes).map(({ pid }) => pid).filter((pid) => alive.has(pid));
  });
};
const alive = (pids: number[]) => {
  const there = new Set(processes().map(({ pid }) => pid));
  return pids.filter((pid) => there.has(pid));
};

/** The process that runs `script` for npm, and its shell. */
const nodeOf = (npm: ChildProcess): number => {
  const all = processes();
  const family = [npm.pid ?? 0];
  for (const parent of family) {
    for (const { pid, ppid } of all) if (ppid === parent) family.push(pid);
  }
  const found = all.find(({ pid, command }) =>
    family.includes(pid) && /^\S*node local\/start\.ts/.test(command)
  );
  if (found === undefined) throw new Error('npm runs no node.');
  return found.pid;
};

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} to npm start leaves nothing running`, async () => {
    const { child } = await npmStart();
    const programs = [...written(), nodeOf(child), ...keepersOf(nodeOf(child))];
    expect(programs).toHaveLength(5);
    child.kill(signal);
    await expect.poll(() => alive(programs)).toEqual([]);
  });
}

for (const signal of ['SIGHUP', 'SIGKILL'] as const) {
  test(`${signal} to the stack itself leaves nothing running, without another start`, async () => {
    const { child } = await npmStart();
    const stack = nodeOf(child);
    const programs = [...written(), stack, ...keepersOf(stack)];
    process.kill(stack, signal);
    await expect.poll(() => alive(programs)).toEqual([]);
  });
}

test('a signal while it starts ends it, and nothing that had started is left', async () => {
  const stack = command(node, 'local/start.ts');
  await stack.says('Postgres');
  await expect.poll(written).not.toEqual([]);
  const programs = written();
  stack.child.kill('SIGTERM');
  expect(await stack.ended).toBe(0);
  expect(alive([...programs, ...written()])).toEqual([]);
  expect(stack.output()).not.toContain('Staybase is up');
});

test('a part that does not end when it is asked is made to, and the others end too', async () => {
  const stack = command(node, 'local/start.ts');
  await stack.says('Staybase is up');
  const programs = programsIn(directory);
  const [, postgrest = 0] =
    Object.entries(programs).find(([name]) => name.startsWith('postgrest')) ?? [];
  process.kill(postgrest, 'SIGSTOP');
  stack.child.kill('SIGTERM');
  expect(await stack.ended).toBe(0);
  expect(alive(Object.values(programs))).toEqual([]);
});

test('what nobody listens to any more still ends', async () => {
  const ending = JSON.stringify(pathToFileURL(inProject('local', 'ending.ts')).href);
  const { child, ended, says } = command(
    process.execPath,
    '--input-type=module',
    '--eval',
    `const { endWhenTold } = await import(${ending});
     let beats = setInterval(() => console.error('It beats.'), 50);
     endWhenTold(() => new Promise((resolve) => setTimeout(() => (clearInterval(beats), resolve()), 500)));`,
  );
  await says('It beats.');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
});

test('a second signal ends all of it at once, by force', async () => {
  const stack = command(node, 'local/start.ts');
  await stack.says('Staybase is up');
  const programs = programsIn(directory);
  // With these two asleep it could not end in order for a minute.
  for (const pid of Object.values(programs)) process.kill(pid, 'SIGSTOP');
  stack.child.kill('SIGTERM');
  await stack.says('Stopping');
  await new Promise((wake) => setTimeout(wake, 1_100));
  stack.child.kill('SIGTERM');
  expect(await stack.ended).toBe(0);
  expect(alive(Object.values(programs))).toEqual([]);
});

test('a benchmark that is ended drops what it built and stops its Postgres', async () => {
  const bench = command(node, 'bench/run.ts', '--listings', '20000');
  await bench.says('people');
  const programs = written();
  expect(programs).not.toEqual([]);
  bench.child.kill('SIGTERM');
  expect(await bench.ended).toBe(143);
  expect(alive(programs)).toEqual([]);
  expect(await databasesLeft()).toEqual([]);
});

test('a benchmark that is killed takes its Postgres along, and the next run drops what it built', async () => {
  const bench = command(node, 'bench/run.ts', '--listings', '20000');
  await bench.says('people');
  const programs = written();
  bench.child.kill('SIGKILL');
  await expect.poll(() => alive(programs)).toEqual([]);
  expect(await databasesLeft()).toEqual([]);
});

/** Databases that a throw-away server has when it has just started, other than its templates. */
async function databasesLeft(): Promise<string[]> {
  const before = process.env.STAYBASE_DATA;
  process.env.STAYBASE_DATA = directory;
  try {
    const { cluster, stop } = await startThrowaway();
    const { rows } = await cluster.asAdmin((client) =>
      client.query<{ datname: string }>(
        `select datname from pg_database where not datistemplate and datname <> 'postgres'`,
      )
    );
    await stop();
    return rows.map(({ datname }) => datname);
  } finally {
    if (before === undefined) delete process.env.STAYBASE_DATA;
    else process.env.STAYBASE_DATA = before;
  }
}

for (
  const [what, args] of [
    ['the generation of types', ['local/types.ts', '--check']],
    ['a test run', ['node_modules/vitest/vitest.mjs', 'run', 'tests/stripe/customers.test.ts']],
  ] as const
) {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`${signal} to ${what} leaves no server running`, async () => {
      const { child, ended } = command(node, ...args);
      await expect.poll(() => written().length > 0 || child.exitCode !== null).toBe(true);
      const programs = written();
      child.kill(signal);
      await ended;
      await expect.poll(() => alive(programs)).toEqual([]);
    });
  }
}
