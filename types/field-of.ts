import { constrainedColumns, verbArguments } from './fields.ts';

/**
 * The argument or column at fault, as far as the error says so: of a refused value, a broken constraint, a
 * missing or an unknown field. `sent` is what was sent, an object; with it also a value that is of the
 * wrong type is found, of which Postgres tells the value only.
 */
export function fieldOf(error: unknown, sent?: object): string | undefined {
  const fields = fieldsOf(error, sent);
  return fields.find((field) => sent !== undefined && Object.hasOwn(sent, field)) ?? fields[0];
}

/** All of them: a check may compare two columns, a call lack two arguments. */
export function fieldsOf(error: unknown, sent: object = {}): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code: given, message, details, detail, context, extensions } = error as Record<
    string,
    unknown
  >;
  // GraphQL lists them, in an error's extensions or in what was made of these.
  const { fields } = (extensions ?? error) as { fields?: unknown };
  if (Array.isArray(fields)) return fields.filter((field) => typeof field === 'string');
  const [code, said, more] = [String(given), String(message), String(details ?? detail)];

  const named = headerOf(context) ?? /^([a-z_][a-z0-9_.]*): /.exec(more)?.[1];
  if (named !== undefined) return [named];
  if (code === 'PGRST202') return argumentsAtFault(said);
  const constraint = /constraint "(\w+)"/.exec(said)?.[1] ?? '';
  if (Object.hasOwn(constrainedColumns, constraint)) return constrainedColumns[constraint] ?? [];
  const [, key] = /^Key \(([^)]*)\)=/.exec(more) ?? [];
  if (key !== undefined) return key.split(', ');
  const [, column] =
    /column ["'](\w+)["']|'(\w+)' column|column (?:\w+\.)?(\w+) does not exist/i.exec(said)
      ?.filter((part) => part !== undefined) ?? [];
  if (column !== undefined) return [column];
  if (/^22/.test(code)) {
    const [, value] = /"(.*)"/s.exec(said) ?? [];
    return Object.entries(sent)
      .filter(([, one]) => value !== undefined && textsOf(one).includes(value))
      .map(([name]) => name);
  }
  return [];
}

/** Of a verb that is called with other arguments than it has: what is missing, then what is too much. */
function argumentsAtFault(message: string): string[] {
  const [, verb = '', given = ''] = /function public\.(\w+)(?:\(([^)]*)\))?/.exec(message) ?? [];
  const known = verbArguments[verb];
  if (known === undefined) return [];
  const [required, optional] = known;
  const named = given.split(/,\s*/).filter(Boolean);
  return [
    ...required.filter((name) => !named.includes(name)),
    ...named.filter((name) => !required.includes(name) && !optional.includes(name)),
  ];
}

/** How Postgres may quote a value that was sent as JSON. */
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap(textsOf) : [
    String(value),
    ...(typeof value === 'object' ? [JSON.stringify(value)] : []),
  ];

/** A function names the field in a header, so that its body may stay unread. */
function headerOf(context: unknown): string | undefined {
  const { headers } = (context ?? {}) as Partial<Response>;
  return typeof headers?.get === 'function' ? headers.get('x-error-field') ?? undefined : undefined;
}
