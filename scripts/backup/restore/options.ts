import type { OpenBackup } from '../archive.ts';
import type { Progress } from '../../shared/progress.ts';
import type { FileAccess } from '../files.ts';
import type { PostgresPrograms } from '../programs.ts';

export interface RestoreOptions {
  backup: OpenBackup;
  programs: PostgresPrograms;
  access: FileAccess | undefined;
  /** True restores over a marketplace that is there. */
  replace: boolean;
  progress: Progress;
}

/** What was made and what still has to be done by hand. */
export interface Restored {
  database: string;
  /** The database that was there before, under the name it has now. */
  kept?: string;
  notes: string[];
}
