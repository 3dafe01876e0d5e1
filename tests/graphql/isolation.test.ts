import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { asPostgres } from '../support/stack.ts';
import { runs } from '../support/seeds.ts';
import { ask, camelCase, queries, rest, rowType } from './graph.ts';
import { mill, type Reader, town } from './town.ts';

/** For each type whose rows are a table's: the table, and its key in the graph's names. */
const tables = new Map<string, { table: string; key: string[] }>();
/** What REST shows each reader: `Type key key` of every row. */
const shown = new Map<string, Set<string>>();
/** Ids that stand somewhere in the town, to ask for. */
let ids: string[] = [];
let readers: Reader[];

beforeAll(async () => {
  readers = await town();
  const rows = await asPostgres<{ name: string; key: string[] }>(`
    select relname as name,
      array(select attname::text from unnest(conkey) with ordinality as part (attnum, place)
        join pg_attribute on attrelid = conrelid and pg_attribute.attnum = part.attnum order by place) as key
    from pg_class join pg_constraint on conrelid = pg_class.oid and contype = 'p'
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and has_table_privilege('authenticated', pg_class.oid, 'select')`);
  for (const { name, key } of rows) {
    const type = rowType(name)!.name;
    tables.set(type, { table: name, key: key.map(camelCase) });
    for (const { name: reader, token } of readers) {
      const seen = await rest(`${name}?select=${key.join(',')}`, token);
      const set = shown.get(reader) ?? new Set();
      shown.set(reader, set);
      if (!Array.isArray(seen)) continue;
      for (const row of seen) set.add([type, ...key.map((column) => row[column])].join(' '));
    }
  }
  const found = await asPostgres<{ id: string }>(`
    select booking_id::text as id from public.bookings
    union all select listing_id::text from public.listings
    union all select profile_id::text from public.profiles
    union all select conversation_id::text from public.conversations
    union all select payment_id::text from public.payments
    union all select wishlist_id::text from public.wishlists`);
  ids = [mill, ...found.map(({ id }) => id)];
});

type Pick = <T>(choices: readonly T[]) => T;
type Field = GraphQLField<unknown, unknown>;

/** A value for an argument, as a document writes it. */
function valueOf(type: unknown, pick: Pick): string {
  const inner = isNonNullType(type as never) ? (type as { ofType: unknown }).ofType : type;
  if (isListType(inner as never)) {
    return `[${valueOf((inner as { ofType: unknown }).ofType, pick)}]`;
  }
  if (isEnumType(inner as never)) {
    return pick((inner as unknown as { getValues(): { name: string }[] }).getValues()).name;
  }
  const { name } = inner as { name: string };
  if (name === 'UUID') return `"${pick(ids)}"`;
  if (name === 'Int' || name === 'SafeInt') return String(pick([1, 2, 3, 10]));
  if (name === 'Float') return String(pick([-10, 4, 46.9, 1000]));
  if (name === 'Boolean') return String(pick([true, false]));
  if (name === 'Date') return `"${pick(['2026-12-12', '2027-01-02', '2027-06-01', '2027-06-04'])}"`;
  if (name === 'DateTime') return '"2027-06-01T00:00:00Z"';
  return `"${pick(['price', 'EUR', 'x', 'en', 'flexible'])}"`;
}

function argumentsOf(field: Field, pick: Pick): string {
  const given = field.args.filter((argument) =>
    isNonNullType(argument.type) && argument.defaultValue === undefined ||
    argument.name !== 'after' && argument.name !== 'condition' && pick([true, false, false])
  ).map((argument) =>
    `${argument.name}: ${
      argument.name === 'first' ? pick([1, 3, 10]) : valueOf(argument.type, pick)
    }`
  );
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

/** A random selection of a type: some columns, some rows below, and always the key. */
function selectionOf(type: GraphQLObjectType, depth: number, lists: number, pick: Pick): string {
  const fields = Object.values(type.getFields());
  const key = tables.get(type.name)?.key ?? [];
  // A type may have no column of its own, as the screen of a search.
  const leaves = [
    '__typename',
    ...fields.filter((field) => isLeafType(getNamedType(field.type))).map(({ name }) => name),
  ];
  const rows = depth === 0
    ? []
    : fields.filter((field) =>
      isObjectType(getNamedType(field.type)) && field.name !== 'pageInfo' &&
      field.name !== 'edges' &&
      (lists > 0 || !isRows(field))
    );
  const parts = [...new Set(['__typename', ...key, pick(leaves), pick(leaves)])].filter(Boolean);
  const below = rows.length === 0
    ? []
    : [...new Set([pick(rows), pick(rows)])].slice(0, pick([1, 2]));
  return [...parts, ...below.map((field) => nested(field, depth - 1, lists, pick))].join(' ');
}

const isConnection = (field: Field) => /Connection$/.test(getNamedType(field.type).name);
const isRows = (field: Field) => isConnection(field) || isListType(getNullableType(field.type));

function nested(field: Field, depth: number, lists: number, pick: Pick): string {
  const type = getNamedType(field.type) as GraphQLObjectType;
  const asked = `${field.name}${argumentsOf(field, pick)}`;
  if (isConnection(field)) {
    const node = getNamedType(type.getFields().nodes!.type) as GraphQLObjectType;
    return `${asked} { nodes { ${selectionOf(node, depth, lists - 1, pick)} } }`;
  }
  return `${asked} { ${selectionOf(type, depth, isRows(field) ? lists - 1 : lists, pick)} }`;
}

function documentOf(pick: Pick): string {
  const roots = Object.values(queries().getFields()).filter((field) =>
    // Its row is what the next evaluation would be, and stands in no table.
    isObjectType(getNamedType(field.type)) && field.name !== 'superhostFigures'
  );
  return `{ ${nested(pick(roots), 3, 3, pick)} }`;
}

/** Every row of an answer that is a table's, as `Type key key`. */
function* rowsOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) { for (const inner of value) yield* rowsOf(inner); }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const row = value as Record<string, unknown>;
  const known = tables.get(String(row.__typename));
  // A mutation's or verb's row of nulls is no row.
  if (known !== undefined) {
    yield [row.__typename, ...known.key.map((column) => row[column])].join(' ');
  }
  for (const inner of Object.values(row)) yield* rowsOf(inner);
}

test('no document shows anybody a row that REST does not show them', async () => {
  let answered = 0;
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (generate) => {
      const pick: Pick = (choices) => choices[generate(fc.nat, { max: choices.length - 1 })]!;
      const reader = pick(readers);
      const document = documentOf(pick);
      const { status, data, errors } = await ask(document, { token: reader.token });
      for (const { extensions } of errors) {
        expect({ document, code: extensions.code }).not.toMatchObject({ code: 'internal_error' });
      }
      expect({ document, status, errors }).toMatchObject({ status: expect.toBeOneOf([200, 400]) });
      const foreign = [...rowsOf(data)].filter((row) => !shown.get(reader.name)!.has(row));
      expect({ document, reader: reader.name, foreign }).toEqual({
        document,
        reader: reader.name,
        foreign: [],
      });
      answered += status === 200 ? 1 : 0;
      rows += [...rowsOf(data)].length;
    }),
    runs(1_000),
  );
  console.info(`${answered} documents were answered, with ${rows} rows.`);
  const asked = runs(1_000).numRuns;
  expect(answered).toBeGreaterThan(asked / 2);
  expect(rows).toBeGreaterThan(asked / 2);
});
