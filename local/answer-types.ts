// What `supabase gen types` cannot know of our verbs, put into what it wrote: it takes every field of
// a composite type for nullable, every text for any text, and a domain for `unknown`. The database says
// what they are (supabase/migrations/*_answers.sql); of arguments, the comment of the verb does.
import type { Client } from 'pg';

/** What the database says about the types of its API. */
export interface AnswerTypes {
  /** Fields of composite types. */
  fields: { answer: string; field: string; nullable: boolean; words: string[] | null }[];
  /** Text columns of tables with a check constraint that lists their words. */
  columns: { table: string; column: string; words: string[] }[];
  /** Functions that answer with a domain: the type it is made of. */
  domains: { function: string; type: string }[];
  /** Arguments of verbs whose comment lists their words, as in "sort is one of: price, newest." */
  arguments: { function: string; argument: string; words: string[] }[];
}

/** Documents in JSON, whose shape the database does not know: the types of types/documents.ts. */
const documents = [{ answer: 'personal_export', field: 'document', type: 'PersonalDocument' }];

export async function readAnswerTypes(client: Client): Promise<AnswerTypes> {
  const { rows: fields } = await client.query('select * from private.answer_fields()');
  const { rows: columns } = await client.query(`
    select pg_class.relname::text as table, pg_attribute.attname::text as column,
      array(
        select found[1]
        from regexp_matches(pg_get_constraintdef(pg_constraint.oid), '''([a-z_]+)''::text', 'g') as found
      ) as words
    from pg_constraint
    join pg_class on pg_class.oid = pg_constraint.conrelid
    join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum = pg_constraint.conkey[1]
    where pg_constraint.contype = 'c' and cardinality(pg_constraint.conkey) = 1
      and pg_class.relnamespace = 'public'::regnamespace and pg_attribute.atttypid = 'text'::regtype
      and pg_get_constraintdef(pg_constraint.oid) ~ '^CHECK \\(\\([a-z_]+ = ANY \\(ARRAY\\['
    order by 1, 2`);
  const { rows: domains } = await client.query(`
    select pg_proc.proname::text as function, format_type(pg_type.typbasetype, pg_type.typtypmod) as type
    from pg_proc
    join pg_type on pg_type.oid = pg_proc.prorettype and pg_type.typtype = 'd'
    where pg_proc.pronamespace = 'public'::regnamespace
    order by 1`);
  const { rows: given } = await client.query(`
    select proname::text as function, argument, string_to_array(said.words, ', ') as words
    from pg_proc
    cross join unnest(proargnames[: pronargs]) as argument
    cross join lateral (select substring(
      obj_description(pg_proc.oid, 'pg_proc')
      from '\\m' || argument || '\\M[^.;:]*\\m(?:one|any) of: ([a-z_, ]+)[.;]') as words) as said
    where pronamespace = 'public'::regnamespace and said.words is not null
    order by 1, 2`);
  return { fields, columns, domains, arguments: given };
}

const union = (words: string[]) => words.map((word) => `'${word}'`).join(' | ');

const ofBase: Record<string, string> = {
  text: 'string',
  date: 'string',
  uuid: 'string',
  integer: 'number',
  bigint: 'number',
  boolean: 'boolean',
};

/** Takes the formatted text of the generator; throws when it does not hold what it should. */
export function withAnswerTypes(
  text: string,
  { fields, columns, domains, arguments: given }: AnswerTypes,
): string {
  const replaceIn = ([from, to]: [number, number], edit: (found: string) => string) => {
    text = text.slice(0, from) + edit(text.slice(from, to)) + text.slice(to);
  };
  /** Where an entry of a section begins and ends. */
  const entry = (section: string, name: string): [number, number] => {
    const from = text.indexOf(`\n      '${name}': {`, text.indexOf(`\n    ${section}: {\n`));
    const to = text.indexOf('\n      }', from);
    if (from < 0 || to < 0) throw new Error(`The generated ${section} have no ${name}.`);
    return [from, to];
  };

  const answers = Map.groupBy(fields, ({ answer }) => answer);
  for (const [answer, known] of answers) {
    replaceIn(entry('CompositeTypes', answer), (block) => {
      for (const { field, nullable, words } of known) {
        let met = false;
        block = block.replace(
          new RegExp(`(\\n        '${field}':\\s+)([^;]*?)(\\s*\\| null)?;`),
          (_, name: string, type: string) => {
            met = true;
            const said = words === null ? type : union(words);
            return `${name}${said}${nullable ? ' | null' : ''};`;
          },
        );
        if (!met) throw new Error(`The generated type of ${answer} has no ${field}.`);
      }
      return block;
    });
  }

  // The row of a table is written once: then what is known of its columns holds in answers, too.
  text = text.replace(
    /Returns: \{\n(?: {10}.*\n)+? {8}\}(\[\])?;(\n {8}SetofOptions: \{\n {10}from: '[^']*';\n {10}to: '(\w+)';)/g,
    (_, many: string | undefined, options: string, table: string) =>
      `Returns: Database['public']['Tables']['${table}']['Row']${many ?? ''};${options}`,
  );
  for (const { table, column, words } of columns) {
    replaceIn(entry('Tables', table), (block) =>
      block.replaceAll(
        new RegExp(`(\\n          '${column}'\\??: )string\\b`, 'g'),
        (_, name: string) => name + union(words),
      ));
  }
  for (const { function: name, type } of domains) {
    replaceIn(
      entry('Functions', name),
      (found) => found.replace(/Returns: unknown/, `Returns: ${ofBase[type] ?? 'string'}`),
    );
  }
  for (const { function: name, argument, words } of given) {
    replaceIn(entry('Functions', name), (block) => {
      const known = new RegExp(`(\\n          '${argument}'\\??: \\(?)string\\b`);
      if (!known.test(block)) throw new Error(`The generated type of ${name} has no ${argument}.`);
      return block.replace(known, (_, before: string) => before + union(words));
    });
  }
  for (const { answer, field, type } of documents) {
    replaceIn(entry('CompositeTypes', answer), (block) => {
      const known = new RegExp(`(\\n        '${field}': )Json\\b`);
      if (!known.test(block)) throw new Error(`The generated type of ${answer} has no ${field}.`);
      return block.replace(known, (_, name: string) => name + type);
    });
  }
  const types = documents.map(({ type }) => type).join(', ');
  return `import type { ${types} } from './documents.ts';\n\n${text}`;
}
