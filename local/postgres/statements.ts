/**
 * Splits a SQL file into its statements, as `supabase db push` records them: at semicolons outside
 * quotes, dollar quotes, comments and `begin atomic ... end` bodies; trimmed, without the semicolon,
 * comments kept.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let at = 0;
  let words: string[] = [];
  let atomicDepth = 0;

  const finish = (end: number) => {
    const statement = sql.slice(start, end).trim();
    if (words.length > 0) statements.push(statement);
    words = [];
    atomicDepth = 0;
  };

  while (at < sql.length) {
    const skipped = endOfQuoteOrComment(sql, at);
    if (skipped !== undefined) {
      if (sql[at] === "'" || sql[at] === '"' || sql[at] === '$') words.push('…');
      at = skipped;
      continue;
    }
    const word = /[a-z_][a-z0-9_$]*/iy;
    word.lastIndex = at;
    const found = word.exec(sql)?.[0].toLowerCase();
    if (found !== undefined) {
      if (found === 'atomic' && words.at(-1) === 'begin') atomicDepth += 1;
      else if (found === 'case' && atomicDepth > 0) atomicDepth += 1;
      else if (found === 'end' && atomicDepth > 0) atomicDepth -= 1;
      words.push(found);
      at += found.length;
      continue;
    }
    if (sql[at] === ';' && atomicDepth === 0) {
      finish(at);
      start = at + 1;
    } else if (!/\s/.test(sql[at] ?? '')) {
      words.push(sql[at] ?? '');
    }
    at += 1;
  }
  finish(sql.length);
  return statements;
}

/** Where a quote or comment that begins at `at` ends; undefined when none begins there. */
function endOfQuoteOrComment(sql: string, at: number): number | undefined {
  const after = (found: number, length: number) => found < 0 ? sql.length : found + length;

  if (sql.startsWith('--', at)) return after(sql.indexOf('\n', at), 0);
  if (sql.startsWith('/*', at)) {
    let depth = 1;
    let place = at + 2;
    while (depth > 0 && place < sql.length) {
      if (sql.startsWith('/*', place)) (depth += 1, place += 2);
      else if (sql.startsWith('*/', place)) (depth -= 1, place += 2);
      else place += 1;
    }
    return place;
  }
  if (sql[at] === '"') return after(sql.indexOf('"', at + 1), 1);
  if (sql[at] === "'") {
    const escapes = /(^|[^a-z0-9_$])e$/i.test(sql.slice(Math.max(0, at - 2), at));
    let place = at + 1;
    while (place < sql.length && sql[place] !== "'") {
      place += escapes && sql[place] === '\\' ? 2 : 1;
    }
    return Math.min(place + 1, sql.length);
  }
  if (sql[at] === '$') {
    const opening = /\$([a-z_][a-z0-9_]*)?\$/iy;
    opening.lastIndex = at;
    const tag = opening.exec(sql)?.[0];
    if (tag !== undefined) return after(sql.indexOf(tag, at + tag.length), tag.length);
  }
  return undefined;
}
