import { reachedFrom, readRoutines, type Routine } from '../shared/routines.ts';
import type { Client } from './rules.ts';

/** What a function does to a table. */
export type Deed = 'adds to' | 'changes' | 'deletes from';

/** A function that a verb calls, itself or through others, and what it does to tables. */
export interface Writer {
  name: string;
  tables: Map<string, Set<Deed>>;
}

/** Every verb calls it for its caller, so it is said once. */
export const ofEveryCaller = 'private.make_profile';

/** The verbs, each with what it can write: by its own statements and those of the functions it calls. */
export async function readVerbWriters(
  client: Client,
  lettersOf: (name: string) => string = () => '',
): Promise<Map<string, Writer[]>> {
  const routines = await readRoutines(client);
  const writers = new Map(
    [...routines.values()].map((routine) => [routine.name, tablesWrittenBy(routine)]),
  );
  const verbs = [...routines.keys()].filter((name) => name.startsWith('public.'));
  return new Map(verbs.map((verb) => [
    verb,
    reachedFrom(verb, routines, [ofEveryCaller])
      .map(({ name }) => ({ name, tables: writers.get(name) ?? new Map<string, Set<Deed>>() }))
      .filter(({ name, tables }) => tables.size > 0 || lettersOf(name) !== ''),
  ]));
}

/** As in `insert into public.bookings`; what the catalog prints of an SQL body leaves out `public`. */
const table = String.raw`(?:only\s+)?((?:public|private|auth|storage)\.\w+|\w+)`;

/** The tables that a function's own statements write, and how. */
export function tablesWrittenBy({ body }: Pick<Routine, 'body'>): Map<string, Set<Deed>> {
  const found = new Map<string, Set<Deed>>();
  const note = (name: string, deed: Deed) => {
    const whole = name.includes('.') ? name : `public.${name}`;
    found.set(whole, (found.get(whole) ?? new Set()).add(deed));
  };
  const all = (pattern: string) => body.matchAll(new RegExp(pattern, 'gi'));
  for (const [, name = '', rest = ''] of all(String.raw`\binsert\s+into\s+${table}([^;]*)`)) {
    note(name, 'adds to');
    const own = rest.split(/\binsert\s+into\b/i)[0] ?? '';
    if (/\bon\s+conflict\b[^;]*?\bdo\s+update\b/i.test(own)) note(name, 'changes');
  }
  // Not `for update`, which locks, nor `do update`, which is of the insert before it.
  for (const [, name = ''] of all(String.raw`\bupdate\s+${table}\s+(?:(?:as\s+)?\w+\s+)?set\b`)) {
    if (name.toLowerCase() !== 'set') note(name, 'changes');
  }
  for (const [, name = ''] of all(String.raw`\bdelete\s+from\s+${table}`)) {
    note(name, 'deletes from');
  }
  return found;
}

/** The section of the page. */
export async function whatVerbsWrite(
  client: Client,
  { placeOf, linkToTable, lettersOf }: {
    placeOf: (name: string) => string;
    linkToTable: (name: string) => string;
    /** The e-mails that a function writes, in words; empty when it writes none. */
    lettersOf: (name: string) => string;
  },
): Promise<string> {
  const all = [...await readVerbWriters(client, lettersOf)];
  const writing = all.filter(([, writers]) => writers.length > 0);
  const reading = all.filter(([, writers]) => writers.length === 0);
  const lines = writing.map(([verb, writers]) =>
    `- \`${verb}\`, ${placeOf(verb)}: ${
      writers.map(({ name, tables }) =>
        `\`${name}\` ${[inWords(tables, linkToTable), lettersOf(name)].filter(Boolean).join(', ')}`
      ).join('; ')
    }.`
  );
  return `## What verbs write

Each verb with the functions that write for it, the nearest first, and the tables and e-mails that these write: what it
can do; what one call does depends on the state it finds. What triggers do then stands above, with the table. A signed-in
caller's first call also adds their profile (\`${ofEveryCaller}\`).

${lines.join('\n')}

The others write nothing: ${
    reading.map(([verb]) => `\`${verb.replace(/^public\./, '')}\``).join(', ')
  }.`;
}

/** As in "adds to `public.payments`, changes `public.bookings`". */
export function inWords(
  tables: Map<string, Set<Deed>>,
  linkToTable: (name: string) => string,
): string {
  return (['adds to', 'changes', 'deletes from'] as const).flatMap((deed) => {
    const names = [...tables].filter(([, its]) => its.has(deed)).map(([one]) => linkToTable(one));
    return names.length === 0 ? [] : [`${deed} ${names.join(', ')}`];
  }).join(', ');
}
