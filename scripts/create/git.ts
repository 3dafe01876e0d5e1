import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export class GitFailed extends Error {}

export type Git = (...args: string[]) => Promise<string>;

/** Runs git in a folder; rejects with its error output. Aborting the signal ends git and waits for it to exit. */
export const gitIn = (cwd: string, signal?: AbortSignal): Git => (...args) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    // If a git hook runs this, it has set these for its own repository.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) =>
        !['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'].includes(name)
      ),
    );
    const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complained] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => said += text);
    child.stderr.setEncoding('utf8').on('data', (text) => complained += text);
    const end = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', end);
    child.once('error', ({ message }) => reject(new GitFailed(`git cannot be run: ${message}`)));
    child.once('close', (code) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve(said.trim());
      else reject(new GitFailed(`git ${args[0]}: ${complained.trim() || `exit code ${code}`}`));
    });
  });

/**
 * Where upgrades come from: where this checkout came from, without a password in it.
 * @param remotes the remotes of the checkout and their addresses
 */
export function upstreamOf(checkout: string, remotes: Record<string, string>): string {
  const address = remotes['upstream'] ?? remotes['origin'];
  if (address === undefined) return checkout;
  if (isFolder(address)) return resolve(checkout, address);
  const url = /^https?:/.test(address) ? URL.parse(address) : null;
  if (url === null) return address;
  url.username = '';
  url.password = '';
  return url.href;
}

/** Neither a URL nor `host:path`. */
export const isFolder = (address: string): boolean =>
  !/^([a-z][\w+.-]*:\/\/|[^/]+:)/i.test(address);
