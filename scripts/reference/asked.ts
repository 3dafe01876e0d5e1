import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';

/** The test that calls each verb as each person, and says what comes of it. */
export const accessTest = 'tests/database/access.test.sql';

/** A call of a verb in that test. */
export interface Asked {
  verb: string;
  /** The arguments as they stand there. */
  given: string;
  /** For each person: the number of rows that come back, or a code. */
  outcomes: Record<string, string>;
}

/** What the test says of each verb: its calls of `pg_temp.ask`, read as text. */
export function readAsked(): Asked[] {
  const text = readFileSync(inProject(accessTest), 'utf8').replaceAll(/^ *--.*$/gm, '');
  const [, columns = ''] = /create temp table asks \(\s*verb text, statement text,([^)]*)\)/
    .exec(text) ?? [];
  const people = [...columns.matchAll(/(\w+) text/g)].map(([, name = '']) => name);
  const codes = new Map(
    [...text.matchAll(/^ {2}(\w+) +constant text := '(\w+)';$/gm)]
      .map(([, name = '', code = '']) => [name, code]),
  );
  const asked = [...text.matchAll(/\bperform pg_temp\.ask\(/g)].map(({ index, 0: call }) => {
    const [verb = '', ...rest] = argumentsAt(text, index + call.length);
    const told = rest.splice(-people.length);
    return {
      verb: verb.slice(1, -1),
      given: rest.join(', '),
      outcomes: Object.fromEntries(people.map((name, at) => {
        const said = told[at] ?? '';
        // What is counted when the test runs is a number.
        return [name, /^'(\w*)'$/.exec(said)?.[1] ?? codes.get(said) ?? '1'];
      })),
    };
  });
  if (people.length === 0 || asked.length === 0) {
    throw new Error(`${accessTest} calls no verb as anybody.`);
  }
  return asked;
}

/** How many rows of each table each person sees in that test; null: the table is not theirs to ask for. */
export function readSight(): Map<string, Record<string, number | null>> {
  const text = readFileSync(inProject(accessTest), 'utf8').replaceAll(/^ *--.*$/gm, '');
  const [, columns = '', rows = ''] =
    /create temp table sight \(\s*relation text primary key,([^)]*)\);\s*insert into sight values([^;]*);/
      .exec(text) ?? [];
  const people = [...columns.matchAll(/(\w+) integer/g)].map(([, name = '']) => name);
  const sight = new Map(
    [...rows.matchAll(/\('(\w+)',([^)]*)\)/g)].map(([, table = '', numbers = '']) => [
      table,
      Object.fromEntries(
        numbers.split(',').map((said, at) => [
          people[at] ?? '',
          said.trim() === 'null' ? null : Number(said),
        ]),
      ),
    ]),
  );
  if (sight.size === 0) throw new Error(`${accessTest} says of no table who sees it.`);
  return sight;
}

/** The arguments of a call, from behind its opening parenthesis on. */
function argumentsAt(text: string, start: number): string[] {
  const given = [''];
  let depth = 0;
  let isQuoted = false;
  for (const character of text.slice(start)) {
    if (character === "'") isQuoted = !isQuoted;
    if (!isQuoted && /[([]/.test(character)) depth++;
    if (!isQuoted && /[)\]]/.test(character) && depth-- === 0) break;
    if (!isQuoted && character === ',' && depth === 0) given.push('');
    else given[given.length - 1] += character;
  }
  return given.map((one) => one.trim());
}
