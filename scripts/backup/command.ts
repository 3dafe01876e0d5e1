import { endWhenTold } from '../../local/ending.ts';
import { createProgressLine, type Progress } from '../shared/progress.ts';
import { BackupProblem } from './problem.ts';
import { endPostgresPrograms } from './programs.ts';

/**
 * Runs one of the commands: progress on stderr, what it found on stdout. A problem that has a code ends it
 * with 1 and one line, `code: sentence`; anything else is a bug and shows its stack.
 */
export async function runCommand(work: (progress: Progress) => Promise<void>): Promise<void> {
  const line = createProgressLine(process.stderr);
  endWhenTold(() => endPostgresPrograms());
  try {
    await work(line.progress);
    line.end();
    process.exit(0);
  } catch (error) {
    line.end();
    console.error(error instanceof BackupProblem ? `${error.code}: ${error.message}` : error);
    process.exit(1);
  }
}

export function bytes(count: number): string {
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

/** How long, as people say it. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${minutes.toFixed(1)} min` : `${(minutes / 60).toFixed(1)} h`;
}
