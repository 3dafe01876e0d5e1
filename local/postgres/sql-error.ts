import pg from 'pg';

/** A database's error with file and line, the way a compiler prints it; any other error as it is. */
export function located(error: unknown, { path, sql }: { path: string; sql: string }): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;

  const line = error.position === undefined
    ? undefined
    : sql.slice(0, Number(error.position) - 1).split('\n').length;
  const parts = [
    `${path}${line === undefined ? '' : `:${line}`}: ${error.message} (${error.code})`,
    line === undefined ? undefined : `  ${sql.split('\n')[line - 1]?.trim()}`,
    error.detail,
    error.hint,
    error.where,
  ];
  return new Error(parts.filter(Boolean).join('\n'), { cause: error });
}
