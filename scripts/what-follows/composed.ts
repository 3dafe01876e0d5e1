import type { Client } from './rules.ts';

/** Words of SQL that need no row and no setting to have a value. */
const constant =
  /^(?:concat_ws|case|when|then|else|end|and|or|not|is|null|true|false|distinct|from)$/i;

/**
 * The name of the e-mail that a trigger's function composes of what it is given and of its table, as
 * `concat_ws('_', 'review', tg_argv[0], ...)`: Postgres computes it. None when a row decides it.
 */
export async function composedLetters(
  client: Client,
  body: string,
  given: string[],
  table: string,
): Promise<string[]> {
  const variables = new Map(
    [...body.matchAll(/^\s+(\w+)\s+[\w.]+\s*:=\s*([^;]*);/gm)]
      .map(([, name = '', value = '']) => [name, value]),
  );
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const letters: string[] = [];
  for (
    const { index, 0: start } of body.matchAll(
      /\bprivate\.(?:write_mail|mail_about)\(\s*(?=concat_ws\()/g,
    )
  ) {
    const expression = callAt(body, index + start.length)
      .replaceAll(/'[^']*'|\w+/g, (word) => variables.has(word) ? `(${variables.get(word)})` : word)
      .replaceAll(/\btg_argv\[(\d+)\]/g, (_, at) => literal(given[Number(at)] ?? ''))
      .replaceAll(/\btg_table_name\b/g, literal(table.replace(/^\w+\./, '')));
    const words = expression.replaceAll(/'[^']*'/g, '').match(/[a-z_]\w*/gi) ?? [];
    if (!words.every((word) => constant.test(word))) continue;
    const { rows: [row] } = await client.query<{ letter: string }>(
      `select ${expression} as letter`,
    );
    if (row !== undefined) letters.push(row.letter);
  }
  return letters;
}

/** A call from its name to its closing parenthesis. */
function callAt(body: string, from: number): string {
  let depth = 0;
  for (const { 0: part, index } of body.slice(from).matchAll(/'[^']*'|[()]/g)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (depth === 0) return body.slice(from, from + index + 1);
  }
  return '';
}
