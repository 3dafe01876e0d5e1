/**
 * A line that an edge function printed, as a person wants to read it; undefined when it tells nothing:
 * the outbox worker, called every few seconds, had nothing to do.
 */
export function readableLine(line: string): string | undefined {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { at: _at, level: _level, function: name, method, status, duration_ms: ms, ...others } =
    entry;
  const { request_id: id, ...rest } = others;
  const counts = [rest['done'], rest['retried'], rest['failed'], rest['looked'] ?? 0];
  if (status === 200 && counts.every((count) => count === 0)) return;
  const details = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  // An id is of use where something went wrong.
  const request = typeof status === 'number' && status >= 500 ? ` request_id=${id}` : '';
  return `${name} ${method} ${status} in ${ms} ms${details.join('')}${request}`;
}

/** A mail in one line. Titles of homes stand in subjects, and a terminal obeys control characters. */
export const spokenMail = ({ to, subject }: { to: string; subject: string }): string =>
  `mail to ${to}: ${subject}`.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');

/** The fields of one request's log entry; undefined when the line is none. */
function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    const isEntry = typeof entry === 'object' && entry !== null && 'function' in entry &&
      'status' in entry;
    return isEntry ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
