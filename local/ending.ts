import { commandOf, endPrograms, identityOf, parentOf } from './processes.ts';

/** Why a command has to end. */
export type Reason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'the death of its parent';

const exitCodes: Record<Reason, number> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
  'the death of its parent': 143,
};

// What a command does to end in order may wait for something that never comes.
const patience = 20_000;
// npm passes the terminal's signal on, so one Ctrl-C may arrive twice.
const sameSignal = 1_000;

/**
 * How every command of ours that starts programs ends. At the first signal, or when npm dies, `stop`
 * runs, then all programs still there are stopped, then the process exits. A second signal does not
 * wait: the programs are ended by force, and it exits. Nothing that was started is left in any case.
 * @param exitCode that of a command which is meant to be ended so; else it says which signal it was
 */
export function endWhenTold(
  stop: (reason: Reason) => Promise<unknown> | void,
  { exitCode }: { exitCode?: number } = {},
): void {
  // Whoever read what it says may be gone first. Words that nobody hears are no reason to fail, and failing
  // while it ends would say so in words again, without end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let since: number | undefined;
  const end = async (reason: Reason) => {
    const code = exitCode ?? exitCodes[reason];
    if (since !== undefined) {
      if (performance.now() - since < sameSignal) return;
      await endPrograms({ hurry: true });
      process.exit(code);
    }
    since = performance.now();
    // Who still talks to a program that has ended may fail at any later moment, where nothing can catch it
    // (postgres.js writes to a socket that is gone). That must not end us before the programs have ended.
    process.on('uncaughtException', (error) => console.error(`While it ends: ${error.message}`));
    const timer = Promise.withResolvers<void>();
    setTimeout(timer.resolve, patience);
    await Promise.race([
      Promise.resolve().then(() => stop(reason)).catch((error) => console.error(error)),
      timer.promise,
    ]);
    await endPrograms();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void end(signal));
  }
  watchParent(() => void end('the death of its parent'));
}

/**
 * Notices when npm is gone: a signal to npm ends npm and its shell and is not passed on, and kill -9
 * leaves the shell behind too. Only for commands that npm runs: others may outlive who started them.
 */
export function watchParent(onGone: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parents = [process.ppid];
  if (/^\S*\b(?:sh|bash|dash)\s/.test(commandOf(process.ppid))) {
    const npm = parentOf(process.ppid);
    if (npm !== undefined && npm > 1) parents.push(npm);
  }
  const known = parents.map(identityOf);
  const timer = setInterval(() => {
    const isThere = process.ppid === parents[0] &&
      // Elsewhere than on Linux each look would start a program.
      (process.platform !== 'linux' || parents.every((pid, at) => identityOf(pid) === known[at]));
    if (isThere) return;
    clearInterval(timer);
    onGone();
  }, 250);
  timer.unref();
}
