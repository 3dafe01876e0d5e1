/** What can go wrong for a reason that somebody can act on; the code is stable, the sentence is for people. */
export type ProblemCode =
  | 'no_postgres_client'
  | 'no_key'
  | 'wrong_key'
  | 'damaged'
  | 'not_found'
  | 'bad_setting'
  | 'busy'
  | 'stack_runs'
  | 'unreachable'
  | 'not_allowed'
  | 'target_not_empty'
  | 'target_unfit'
  | 'copy_differs'
  | 'program_failed'
  | 'storage_failed'
  | 'offsite_failed';

/** The commands end with 1 and print the code and the sentence, never a stack. */
export class BackupProblem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
