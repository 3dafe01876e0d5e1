import {
  buildClientSchema,
  getIntrospectionQuery,
  getNullableType,
  isInputObjectType,
  isListType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { fingerprint } from '../../graphql/fingerprint.ts';
import { inProject } from '../../local/paths.ts';
import { asPostgres } from '../support/stack.ts';
import { ask, camelCase, graph, mutations, queries, rowType, sdl } from './graph.ts';

interface Grant {
  name: string;
  [right: string]: unknown;
}

/** What anon or authenticated may do by REST, as the catalog says. */
const tables = () =>
  asPostgres<Grant & { selects: boolean; inserts: string[]; updates: string[]; deletes: boolean }>(`
    select relname as name,
      bool_or(has_table_privilege(role, pg_class.oid, 'select')) as selects,
      bool_or(has_table_privilege(role, pg_class.oid, 'delete')) as deletes,
      array(select attname::text from pg_attribute where attrelid = pg_class.oid and attnum > 0
        and has_column_privilege('authenticated', attrelid, attnum, 'insert') order by attnum) as inserts,
      array(select attname::text from pg_attribute where attrelid = pg_class.oid and attnum > 0
        and has_column_privilege('authenticated', attrelid, attnum, 'update') order by attnum) as updates,
      array(select attname::text from pg_attribute where attrelid = pg_class.oid and attnum > 0
        and not attisdropped order by attnum) as columns
    from pg_class, unnest(array['anon', 'authenticated']) as role
    where relnamespace = 'public'::regnamespace and relkind = 'r'
    group by pg_class.oid, relname
    order by relname`);

const verbs = () =>
  asPostgres<Grant & { volatile: boolean; many: boolean; arguments: string[] }>(`
    select proname as name, provolatile = 'v' as volatile, proretset or typcategory = 'A' as many,
      coalesce(proargnames[1:pronargs], '{}') as arguments
    from pg_proc join pg_type on pg_type.oid = prorettype
    where pronamespace = 'public'::regnamespace
      and (has_function_privilege('anon', pg_proc.oid, 'execute')
        or has_function_privilege('authenticated', pg_proc.oid, 'execute'))
    order by proname`);

/** The names of an input type's fields. */
function inputFields(name: string): string[] {
  const type = graph.getType(name);
  return isInputObjectType(type) ? Object.keys(type.getFields()) : [];
}

/** A column under a name of its own, because the field of that name is a relation. */
const renamed: Record<string, string> = { 'conversations.messages': 'messageCount' };
/** A table that is written and never read would have this type's name. */
const typeOfUnread = (table: string) =>
  camelCase(`_${table.replace(/ies$/, 'y').replace(/s$/, '')}`);
const fieldOfColumn = (table: string, column: string) =>
  renamed[`${table}.${column}`] ?? camelCase(column);

test('every table that a role may read by REST is in the graph with all its columns', async () => {
  const missing: string[] = [];
  const seen = await tables();
  const verbNames = new Set((await verbs()).map(({ name }) => camelCase(name)));
  expect(seen.length).toBeGreaterThan(50);
  for (const { name, selects, columns } of seen) {
    const type = rowType(name);
    if (!selects) {
      if (type !== undefined) missing.push(`${name} is in the graph`);
      continue;
    }
    const one = Object.values(queries().getFields()).find((field) =>
      field.type === type && field.args.length > 0 && !verbNames.has(field.name)
    );
    if (one === undefined) missing.push(`${name} cannot be read by its key`);
    for (const column of columns as string[]) {
      const field = fieldOfColumn(name, column);
      if (type?.getFields()[field] === undefined) missing.push(`${name}.${column}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every verb that a role may call by REST is a query when it is stable, else a mutation', async () => {
  const wrong: string[] = [];
  const seen = await verbs();
  expect(seen.length).toBeGreaterThan(100);
  for (const verb of seen) {
    const fields = (verb.volatile ? mutations() : queries()).getFields();
    const field = fields[camelCase(verb.name)];
    if (field === undefined) {
      wrong.push(`${verb.name} is missing`);
      continue;
    }
    const given = verb.volatile
      ? inputFields(String(field.args[0]!.type).replace('!', ''))
      : field.args.map(({ name }) => name);
    for (const argument of verb.arguments) {
      if (!given.includes(camelCase(argument))) wrong.push(`${verb.name}(${argument})`);
    }
    // Its own arguments, and nothing that pages on top of them.
    for (const name of given) {
      if (name !== 'clientMutationId' && !verb.arguments.map(camelCase).includes(name)) {
        wrong.push(`${verb.name} takes ${name} too`);
      }
    }
    if (!verb.volatile && verb.many !== isListType(getNullableType(field.type))) {
      wrong.push(`${verb.name} is ${verb.many ? 'no ' : 'a '}list`);
    }
  }
  const names = new Set(seen.map(({ name }) => camelCase(name)));
  const servers = await asPostgres<{ name: string }>(
    `select proname as name from pg_proc where pronamespace = 'public'::regnamespace`,
  );
  for (const { name } of servers) {
    const field = camelCase(name);
    if (!names.has(field) && (field in queries().getFields() || field in mutations().getFields())) {
      wrong.push(`${name} is for servers`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every write that a role may do at a table is a mutation with just the granted columns', async () => {
  const wrong: string[] = [];
  const verbNames = new Set((await verbs()).map(({ name }) => camelCase(name)));
  for (const { name, inserts, updates, deletes } of await tables()) {
    const type = rowType(name)?.name ?? typeOfUnread(name);
    const expected: [string, boolean, string[]][] = [
      [`create${type}`, inserts.length > 0, inserts],
      [`update${type}`, updates.length > 0, updates],
      [`delete${type}`, deletes, []],
    ];
    for (const [field, allowed, columns] of expected) {
      // `create_listing` and the like are verbs.
      if (!allowed && verbNames.has(field)) continue;
      const mutation = mutations().getFields()[field];
      if ((mutation !== undefined) !== allowed) {
        wrong.push(`${field} is ${allowed ? 'missing' : 'there'}`);
      }
      if (mutation === undefined || !allowed || columns.length === 0) continue;
      const input = field.startsWith('create') ? `${type}Input` : `${type}Patch`;
      const given = inputFields(input);
      expect({ field, given: given.toSorted() })
        .toEqual({ field, given: columns.map((column) => fieldOfColumn(name, column)).toSorted() });
    }
  }
  expect(wrong).toEqual([]);
});

test('names read well: no "By" but where a column has it, no plural of a plural', () => {
  const columns = /(accepted|cancelled|claimed|added|proposed|invited|sent|noted|pay|is)By/;
  const odd = [...Object.values(graph.getTypeMap())].flatMap((type) =>
    'getFields' in type && !type.name.startsWith('__')
      ? Object.keys(type.getFields()).filter((field) =>
        /[a-z]By[A-Z]|[a-z]By$/.test(field) && !columns.test(field)
      )
        .map((field) => `${type.name}.${field}`)
      : []
  );
  expect(odd).toEqual([]);
  for (
    const field of ['listings', 'listing', 'searchListings', 'quoteStay', 'profile', 'myEarnings']
  ) {
    expect(queries().getFields()).toHaveProperty(field);
  }
  expect(queries().getFields().listing!.args.map(({ name }) => name)).toEqual(['listingId']);
});

test('no description speaks in names that the graph does not have', async () => {
  const columns = await asPostgres<{ name: string }>(`
    select distinct attname::text as name from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and attname like '%\\_%' and attnum > 0`);
  const known = new Set(columns.map(({ name }) => name));
  const texts = [...sdl.matchAll(/"""([\s\S]*?)"""/g)].map(([, text = '']) => text);
  // Words that a field or an argument can have are the same as by REST.
  const lists = /\b(?:[Oo]ne|any) of: ([a-z_, ]+)/g;
  const spoken = texts.flatMap((text) =>
    [...text.replaceAll(lists, '').matchAll(/(?<!\{)\b[a-z]+(?:_[a-z0-9]+)+\b/g)].map(([word]) =>
      word
    )
  );
  expect([...new Set(spoken)].filter((word) => known.has(word))).toEqual([]);
  const words = texts.flatMap((text) => [...text.matchAll(lists)].map(([, list]) => list));
  expect(words).toEqual(expect.arrayContaining([
    'price_minor, minimum_nights',
    expect.stringMatching(/^withdraw_booking, accept_booking, /),
  ]));
});

test('the function says of itself what is committed, to the last description', async () => {
  const { data, errors } = await ask(getIntrospectionQuery({ oneOf: true, specifiedByUrl: true }));
  expect(errors).toEqual([]);
  const said = printSchema(lexicographicSortSchema(buildClientSchema(data)));
  expect(said).toBe(printSchema(lexicographicSortSchema(graph)));
});

test('the committed graph was built from this schema', async () => {
  const [, print] = /^# fingerprint: (\w+)$/m.exec(sdl) ?? [];
  const now = await fingerprint(async (sql) => ({ rows: await asPostgres(sql) }));
  expect(print, 'run npm run graphql').toBe(now);
});

const tools = existsSync(inProject('graphql', 'node_modules'));

test.skipIf(!tools)('building the graph again gives the same files, byte for byte', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/graphql.ts', '--check'],
    {
      cwd: inProject(),
    },
  );
  expect(stdout).toContain('schema.js is current.');
});
