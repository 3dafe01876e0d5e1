import type pg from 'pg';

type Client = Pick<pg.Client, 'query'>;

/** A function of the database: what it says, and what it calls. */
export interface Routine {
  /** With its schema. */
  name: string;
  /** Its text without comments. */
  body: string;
  returns: string;
  comment: string;
  /** The functions that it calls by name, or asks by a question that they are registered for. */
  called: string[];
  /** The tables whose triggers run it. */
  triggersOf: string[];
}

/** The functions of public, private and gate, by name; those that share one are one. */
export async function readRoutines(client: Client): Promise<Map<string, Routine>> {
  const { rows } = await client.query<Omit<Routine, 'called'>>(`
    select nspname || '.' || proname as name,
      coalesce(nullif(prosrc, ''), pg_get_function_sqlbody(pg_proc.oid), '') as body,
      prorettype::regtype::text as returns, coalesce(obj_description(pg_proc.oid, 'pg_proc'), '') as comment,
      array(select distinct concat_ws('.', place.nspname, relname) from pg_trigger
            join pg_class on pg_class.oid = tgrelid join pg_namespace as place on place.oid = relnamespace
            where tgfoid = pg_proc.oid and not tgisinternal order by 1) as "triggersOf"
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where nspname in ('public', 'private', 'gate')
    order by nspname collate "C", proname collate "C", pg_proc.oid`);
  const { rows: registered } = await client.query<{ question: string; answer: string }>(
    'select question, answer from private.registrations order by question, answer',
  );
  const routines = new Map<string, Routine>();
  for (const row of rows) {
    const body = row.body.replaceAll(/--.*$/gm, '');
    const called = [
      ...[...body.matchAll(/\b((?:private|gate)\.\w+)\s*\(/g)].map(([, name = '']) => name),
      ...registered.filter(({ question }) => body.includes(`'${question}'`))
        .map(({ answer }) => `private.${answer}`),
    ];
    const known = routines.get(row.name);
    routines.set(row.name, {
      ...row,
      body: known === undefined ? body : `${known.body}\n${body}`,
      called: [...new Set([...known?.called ?? [], ...called])].filter((name) => name !== row.name),
    });
  }
  return routines;
}

/** A function and all that it calls, and that these call, the nearest first; without those that are left out. */
export function reachedFrom(
  name: string,
  routines: Map<string, Routine>,
  without: string[] = [],
): Routine[] {
  const reached = new Set([name]);
  // The set grows while it is read.
  for (const one of reached) {
    for (const called of routines.get(one)?.called ?? []) {
      if (!without.includes(called)) reached.add(called);
    }
  }
  return [...reached].flatMap((one) => routines.get(one) ?? []);
}
