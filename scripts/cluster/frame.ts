import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataHome } from '../../local/data.ts';
import { endWhenTold } from '../../local/ending.ts';
import { makeDirectory } from '../../local/folders.ts';
import { Parts } from '../../local/parts.ts';
import { inProject } from '../../local/paths.ts';
import { removeLinks } from './host.ts';
import { whatIsMissing } from './missing.ts';

/** What both drills stand in: hosts that are taken away at the end, whatever happens. */
export interface Frame {
  seed: number;
  /** Debian 13's programs, unpacked. */
  programs: string;
  folder: string;
  /** What is stopped at the end. */
  parts: Parts;
  say(line: string): void;
}

export const frameOptions = {
  times: { type: 'string', default: '1' },
  seed: { type: 'string' },
  clients: { type: 'string', default: '64' },
  keep: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
} as const;

export interface FrameValues {
  seed?: string | undefined;
  keep: boolean;
  verbose: boolean;
}

/** Ends this process: with 0 when `prove` says true, or when this machine cannot have hosts, which is said. */
export async function endAfter(
  { keep, verbose, ...values }: FrameValues,
  prove: (frame: Frame) => Promise<boolean>,
): Promise<never> {
  const missing = whatIsMissing();
  if (missing !== undefined) skip(missing);
  const programs = unpack();
  const began = Date.now();
  const say = (line: string) =>
    console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const parts = new Parts();
  const folder = mkdtempSync(join(makeDirectory(join(dataHome(), 'cluster')), 'run-'));
  // Postgres of the upgrade's major part runs as a user of this machine.
  chmodSync(folder, 0o711);
  parts.add({
    stop: () => keep ? say(`Logs: ${folder}`) : rmSync(folder, { recursive: true }),
  });
  process.on('exit', removeLinks);
  endWhenTold(() => parts.stop());
  // Sessions that are cut off may complain at any time, in libraries of ours too.
  process.on('uncaughtException', (error) => {
    if (verbose) say(`An error that nobody caught: ${error.stack}`);
  });
  try {
    const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
    say(`Seed ${seed}`);
    const isProved = await prove({ seed, programs, folder, parts, say });
    process.exitCode = isProved ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  await parts.stop();
  process.exit();
}

function unpack(): string {
  const unpacked = spawnSync('sh', [inProject('operate', 'cluster', 'programs.sh')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, STAYBASE_DATA: dataHome() },
  });
  if (unpacked.status !== 0) skip("Debian 13's packages are not to be had.");
  return unpacked.stdout.trim();
}

function skip(why: string): never {
  console.log(`Skipped: ${why}`);
  process.exit(0);
}
