import { execFile } from 'node:child_process';
import { inProject } from '../../local/paths.ts';

/** How a command ended, and what it printed. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** Both. */
  said: string;
}

/** What a command is given besides its settings: where Node keeps what it has compiled (global-setup.ts). */
export const compiledOnce: Record<string, string> = process.env.NODE_COMPILE_CACHE === undefined
  ? {}
  : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

/** Runs one of the commands as somebody at a terminal does; `deploy` is scripts/deploy.ts. */
export const runScript = (
  script: string,
  args: string[],
  env: Record<string, string | undefined>,
  cwd = inProject(),
): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      inProject('node_modules', '.bin', 'node'),
      [`scripts/${script}.ts`, ...args],
      { cwd, env: { ...compiledOnce, ...env } },
      (error, stdout, stderr) =>
        // What could not be started at all has a word for a code.
        resolve({
          code: error === null ? 0 : Number(error.code),
          stdout,
          stderr,
          said: stdout + stderr,
        }),
    );
  });
