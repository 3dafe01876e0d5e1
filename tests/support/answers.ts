// Holds the answers of verbs against what the database says of them (private.answer_fields), and their refusals against
// the reference: every client of the tests passes its answers through here, so each test that calls a verb is a test of
// its type and of its documented codes, too.
import { codesOfEveryVerb } from '../../scripts/reference/refusals.ts';
import { type Operation, readReference } from './reference.ts';
import { asPostgres } from './stack.ts';

interface Field {
  nullable: boolean;
  words: string[] | null;
  /** The composite type that the field, or each element of it, is of. */
  type: string | null;
}

interface Answers {
  /** Verb to the type it answers with. */
  verbs: Map<string, string>;
  types: Map<string, Map<string, Field>>;
}

let known: Promise<Answers> | undefined;
const broken: string[] = [];

async function read(): Promise<Answers> {
  const verbs = await asPostgres<{ verb: string; type: string }>(`
    select pg_proc.proname::text as verb, pg_type.typname::text as type
    from pg_proc
    join pg_type on pg_type.oid = pg_proc.prorettype
    join pg_class on pg_class.oid = pg_type.typrelid and pg_class.relkind = 'c'
    where pg_proc.pronamespace = 'public'::regnamespace`);
  const fields = await asPostgres<Field & { answer: string; field: string }>(`
    select answer_fields.answer, answer_fields.field, answer_fields.nullable, answer_fields.words,
      (select inner_class.relname::text
       from pg_type as inner_type
       join pg_class as inner_class on inner_class.oid = inner_type.typrelid and inner_class.relkind = 'c'
       where inner_type.oid in (pg_attribute.atttypid, (
         select typelem from pg_type as list where list.oid = pg_attribute.atttypid and list.typcategory = 'A'))
      ) as type
    from private.answer_fields()
    join pg_class on pg_class.relname = answer_fields.answer and pg_class.relnamespace = 'public'::regnamespace
    join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attname = answer_fields.field`);
  const types = new Map<string, Map<string, Field>>();
  for (const { answer, field, ...rest } of fields) {
    if (!types.has(answer)) types.set(answer, new Map());
    types.get(answer)?.set(field, rest);
  }
  return { verbs: new Map(verbs.map(({ verb, type }) => [verb, type])), types };
}

/** What is wrong with a value of this type: a sentence for each field. */
export function faultsOf(
  value: unknown,
  type: string,
  types: Answers['types'],
  at: string,
): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => faultsOf(one, type, types, at));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, content]) => {
    const field = types.get(type)?.get(name);
    // A client may ask for other columns, and for rows of other tables in them.
    if (field === undefined) return [];
    const here = `${at}: ${type}.${name}`;
    if (content === null) return field.nullable ? [] : [`${here} is null`];
    if (field.words !== null && !field.words.includes(content)) return [`${here} is "${content}"`];
    return field.type === null ? [] : faultsOf(content, field.type, types, here);
  });
}

let documented: Map<string, Set<string>> | undefined;

/** The codes of each verb, as the reference lists them with its responses. */
function readCodes(): Map<string, Set<string>> {
  const paths = Object.entries(readReference().paths);
  return new Map(paths.flatMap(([path, methods]) => {
    const [, verb] = /\/rpc\/(\w+)$/.exec(path) ?? [];
    if (verb === undefined) return [];
    const said = Object.values<Operation>(methods).map(({ responses }) => JSON.stringify(responses))
      .join();
    return [[verb, new Set(said.match(/(?<=`)[a-z]+(?:_[a-z]+)*(?=`)/g) ?? [])] as const];
  }));
}

/** What is wrong with the refusal of a verb: a code of ours that its comment does not name. */
export function refusalFaults(verb: string, refusal: unknown): string[] {
  const { code, message } = refusal as { code?: string; message?: string };
  const codes = (documented ??= readCodes()).get(verb);
  if (!code?.startsWith('PT') || message === undefined || codes === undefined) return [];
  if (codes.has(message) || codesOfEveryVerb.includes(message)) return [];
  return [`${verb} refuses with ${message}, which its comment does not name`];
}

/** `fetch`, which remembers answers of verbs that are not what their type, or their comment, says. */
export const checkedFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  const url = new URL(input instanceof Request ? input.url : input);
  const [, verb] = /\/rest\/v1\/rpc\/(\w+)$/.exec(url.pathname) ?? [];
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  if (verb === undefined || !isJson) return answer;
  if (!answer.ok) {
    broken.push(...refusalFaults(verb, await answer.clone().json()));
    return answer;
  }
  const { verbs, types } = await (known ??= read());
  const type = verbs.get(verb);
  if (type !== undefined) broken.push(...faultsOf(await answer.clone().json(), type, types, verb));
  return answer;
};

/** The faults since the last call. */
export const takeFaults = (): string[] => broken.splice(0);
