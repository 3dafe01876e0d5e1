import { readFileSync } from 'node:fs';
import { inProject } from './paths.ts';

const folder = 'supabase/functions/_shared';

/**
 * What edge functions know of types/database.ts: the verbs they call, and what those refer to. A function
 * is deployed with its folder and `_shared` alone, so this is a file of its own.
 */
export function verbFiles(types: string): Record<string, string> {
  const public_ = types.slice(0, types.indexOf('\nexport const Constants'));
  const functions = entriesOf(public_, 'Functions', '    ');
  const chosen = calledVerbs().map((verb) =>
    found(functions, verb).replace(/\n {8}SetofOptions: \{[^}]*\};/, '')
  );
  const composites = closure(
    chosen,
    'CompositeTypes',
    entriesOf(public_, 'CompositeTypes', '    '),
  );
  const enums = closure([...chosen, ...composites], 'Enums', entriesOf(public_, 'Enums', '    '));
  const words = entriesOf(types.slice(public_.length), 'Enums', '    ');
  const names = enums.map((entry) => /^'(\w+)'/.exec(entry)![1]!);
  const text = `
    /** Of what is in a jsonb the catalog knows nothing. */
    type Json = unknown;

    /** The verbs that edge functions call: an excerpt of types/database.ts. */
    export interface Database {
      public: {
        Functions: {${chosen.join('\n')}};
        CompositeTypes: {${composites.join('\n')}};
        Enums: {${enums.join('\n')}};
      };
    }

    /** The words of the enums above. */
    export const words = {${names.map((name) => found(words, name)).join('\n')}} as const;`;
  const strange = /\['(?:Tables|Views)'\]/.exec(text);
  if (strange !== null) throw new Error('A verb that edge functions call answers with a table.');
  return { [`${folder}/verbs.ts`]: text };
}

/** The keys of the two lists in answers.ts, read as text: its types may be those of before. */
function calledVerbs(): string[] {
  const text = readFileSync(inProject(folder, 'answers.ts'), 'utf8');
  const lists = [...text.matchAll(/^export const (?:answers|claims) = \{\n([^]*?)^\} satisfies/gm)];
  const verbs = lists.flatMap(([, list]) =>
    [...list!.matchAll(/^ {2}(\w+): /gm)].map(([, verb]) => verb!)
  );
  if (lists.length !== 2 || verbs.length === 0) {
    throw new Error('answers.ts has no lists of verbs.');
  }
  return verbs.sort();
}

/** The entries of a section by name, each as it stands. */
function entriesOf(types: string, section: string, indent: string): Map<string, string> {
  const head = `\n${indent}${section}: {\n`;
  const from = types.indexOf(head);
  const to = types.slice(from + head.length).search(new RegExp(`^${indent}\\}`, 'm'));
  if (from < 0 || to < 0) throw new Error(`The generated types have no ${section}.`);
  const body = types.slice(from + head.length, from + head.length + to);
  return new Map(
    body.split(new RegExp(`^${indent}  (?=')`, 'm')).filter(Boolean)
      .map((entry) => [/^'(\w+)'/.exec(entry)![1]!, entry.trimEnd()]),
  );
}

/** The entries that texts refer to, and those that these refer to, in the order of their names. */
function closure(texts: string[], section: string, entries: Map<string, string>): string[] {
  const names = new Set<string>();
  for (let next = texts; next.length > 0;) {
    const fresh = next.flatMap((text) =>
      [...text.matchAll(new RegExp(`\\['${section}'\\]\\['(\\w+)'\\]`, 'g'))].map(([, name]) =>
        name!
      )
    ).filter((name) => !names.has(name));
    for (const name of fresh) names.add(name);
    next = fresh.map((name) => found(entries, name));
  }
  return [...names].sort().map((name) => found(entries, name));
}

function found(entries: Map<string, string>, name: string): string {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`The generated types have no ${name}.`);
  return entry;
}
