import type pg from 'pg';
import type { Written } from './writers.ts';

export type Client = Pick<pg.Client, 'query'>;

/** A function in `private`, and what it does besides setting a status. */
export interface Rule extends Written {
  /** What it calls, as far as that may change something. */
  calls: string[];
  /** The e-mails that it names, and so writes. */
  letters: string[];
}

/** Who answers which question of an earlier chapter. */
export async function readRegistrations(client: Client) {
  const { rows } = await client.query<{
    question: string;
    about: string;
    answer: string;
    comment: string | null;
  }>(`
    select question, about, pg_proc.oid::regproc::text as answer,
      obj_description(pg_proc.oid, 'pg_proc') as comment
    from private.registrations
    join pg_proc on proname = answer and pronamespace = 'private'::regnamespace
    order by question collate "C", about collate "C"`);
  return rows;
}

/** The functions in `private`, each with those of them that it calls and that change something. */
export async function readRules(client: Client): Promise<Rule[]> {
  const { rows } = await client.query<
    Written & { is_volatile: boolean; names: string[]; types: string[] }
  >(`
    select oid::regproc::text as name, coalesce(nullif(prosrc, ''), pg_get_function_sqlbody(oid), '') as body,
      prorettype::regtype::text as returns, coalesce(proargnames, '{}') as names,
      array(select type::regtype::text from unnest(proargtypes) with ordinality as given (type, place)
            order by place) as types,
      provolatile = 'v' and prorettype <> 'trigger'::regtype as is_volatile
    from pg_proc where pronamespace = 'private'::regnamespace
    order by proname collate "C", oid`);
  const registrations = await readRegistrations(client);
  const all = rows.map((row) => ({
    ...row,
    called: [
      ...new Set([
        ...[...row.body.matchAll(/\b(private\.\w+)\(/g)].map(([, name = '']) => name),
        ...registrations.filter(({ question }) => row.body.includes(`'${question}'`))
          .map(({ answer }) => answer),
      ]),
    ],
  }));
  // Taking a row lock changes nothing; what writes does, and what calls something that writes.
  const writes =
    /\b(insert into|delete from|(?<!for (no key )?)update) (public|private|auth|storage)\./i;
  const effects = new Set(
    all.filter(({ is_volatile, body }) => is_volatile && writes.test(body)).map(({ name }) => name),
  );
  for (let before = -1; before < effects.size;) {
    before = effects.size;
    for (const { name, is_volatile, called } of all) {
      if (is_volatile && called.some((other) => effects.has(other))) effects.add(name);
    }
  }
  const templates = await client.query<{ template: string }>(
    'select template from private.letter_kinds order by template collate "C"',
  );
  // Both sides of a stay have their own: 'booking_altered' stands for that of the guest and that of the host.
  const lettersIn = (body: string) =>
    templates.rows.map(({ template }) => template).filter((template) =>
      body.includes(`'${template}'`) || body.includes(`'${template.replace(/_(guest|host)$/, '')}'`)
    );
  return all.map(({ name, body, returns, names, types, called }) => ({
    name,
    letters: called.some((other) => /\.(write_mail|mail_about|tell_\w+)$/.test(other)) ||
        /^private\.tell_/.test(name)
      ? lettersIn(body)
      : [],
    body,
    returns,
    parameters: types.map((type, at) => ({ name: names[at] ?? '', type })),
    calls: called.filter((other) => other !== name && effects.has(other)),
  }));
}
