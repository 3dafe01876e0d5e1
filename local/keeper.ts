import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends this process's programs when it no longer can: a shell of one megabyte that is told of each
 * program over a pipe whose other end only this process holds. The pipe ends with the process, however
 * that ended (kill -9 too), and then the shell ends what is left: with each program's own signal, and
 * after half a minute by force. It sits in a session of its own and ignores what a terminal sends.
 */
const script = `
trap '' HUP INT TERM
programs=
is_alive() {
  kill -s 0 "$1" 2>/dev/null || return 1
  # One that nobody has buried yet is dead all the same.
  if [ -r "/proc/$1/stat" ] && read -r stat < "/proc/$1/stat"; then
    case \${stat##*)} in ' Z'*) return 1 ;; esac
  fi
}
while read -r deed pid signal; do
  kept=
  for one in $programs; do [ "\${one%%:*}" = "$pid" ] || kept="$kept $one"; done
  programs=$kept
  [ "$deed" = add ] && programs="$programs $pid:$signal"
done
for one in $programs; do kill -s "\${one#*:}" "\${one%%:*}" 2>/dev/null; done
tries=0
while [ $tries -lt 300 ]; do
  alive=
  for one in $programs; do is_alive "\${one%%:*}" && alive=yes; done
  [ -n "$alive" ] || exit 0
  sleep 0.1
  tries=$((tries + 1))
done
for one in $programs; do kill -s KILL "\${one%%:*}" 2>/dev/null; done
`;

let keeper: ChildProcess | undefined;

/** Has the program ended with this process. */
export function keep(pid: number, stopSignal: NodeJS.Signals): void {
  say(`add ${pid} ${stopSignal.replace('SIG', '')}`);
}

/** It has ended; its pid may be somebody else's by now. */
export function letGo(pid: number): void {
  say(`drop ${pid} TERM`);
}

function say(line: string): void {
  // Windows has no such shell; there the next start ends what was left, by the pids that are noted.
  if (process.platform === 'win32') return;
  keeper ??= startKeeper();
  keeper.stdin?.write(`${line}\n`);
}

function startKeeper(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script, 'staybase-keeper'], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const forget = () => void (keeper = keeper === child ? undefined : keeper);
  child.once('error', forget).once('exit', forget);
  child.stdin.on('error', forget);
  // This process may end as if it had no keeper.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
