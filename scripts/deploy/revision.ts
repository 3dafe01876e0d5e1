import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../../local/paths.ts';
import { DeployProblem } from './problem.ts';

export interface Revision {
  /** The commit, in full. */
  id: string;
  version: string;
}

/**
 * What is deployed: the commit of this folder, without changes that nobody could find again. Where there
 * is no git, as in an image, STAYBASE_REVISION says which commit it was made of.
 */
export function currentRevision(): Revision {
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  const given = process.env.STAYBASE_REVISION;
  if (given !== undefined) {
    if (!/^[0-9a-f]{40}$/.test(given)) {
      throw new DeployProblem('STAYBASE_REVISION is not a commit of 40 hexadecimal digits.');
    }
    return { id: given, version };
  }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: inProject(), encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--',
      'supabase',
      'scripts',
      'local',
      'package.json',
    );
    if (changed !== '') {
      throw new DeployProblem(
        `There are uncommitted changes, so nobody could tell later what was deployed:\n${changed}`,
      );
    }
    return { id: git('rev-parse', 'HEAD'), version };
  } catch (error) {
    if (error instanceof DeployProblem) throw error;
    throw new DeployProblem(
      'This is not a git repository; set STAYBASE_REVISION to its commit.',
    );
  }
}

/** Lends the folder `supabase` of another commit, for the CLI to work in. */
export async function withRevision<T>(
  revision: string,
  use: (workdir: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-deploy-'));
  try {
    const archive = spawnSync('git', [
      ...['archive', revision, 'supabase/functions', 'supabase/config.toml'],
    ], { cwd: inProject(), maxBuffer: 1 << 28 });
    if (archive.status !== 0) {
      throw new DeployProblem(`There is no commit ${revision} here: ${archive.stderr}`);
    }
    execFileSync('tar', ['-x', '-C', folder], { input: archive.stdout });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Lends a folder with the configuration of a target: config.toml is that of the local stack, whose
 * frontend is on this machine. Everything else in it holds everywhere.
 */
export async function withConfig<T>(
  siteUrl: string,
  use: (workdir: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-config-'));
  try {
    cpSync(inProject('supabase', 'templates'), join(folder, 'supabase', 'templates'), {
      recursive: true,
    });
    const config = readFileSync(inProject('supabase', 'config.toml'), 'utf8');
    writeFileSync(join(folder, 'supabase', 'config.toml'), configFor(config, siteUrl));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function configFor(config: string, siteUrl: string): string {
  const site = siteUrl.replace(/\/+$/, '');
  return config
    .replace(/^site_url = .*$/m, () => `site_url = ${JSON.stringify(site)}`)
    .replace(
      /^additional_redirect_urls = .*$/m,
      () => `additional_redirect_urls = ${JSON.stringify([site])}`,
    );
}
