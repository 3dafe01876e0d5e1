import { Problem } from '../_shared/problem.ts';
// @ts-types='./schema.d.ts'
import {
  type Document,
  type Field,
  type FieldDefinition,
  type Fragment,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isListType,
  type ObjectType,
  type Operation,
  schema,
  type SelectionSet,
} from './schema.js';

/** What a document may ask for. All of it is checked before the database hears of it. */
export const limits = {
  bodyBytes: 20_000,
  tokens: 2_000,
  /** Operations and fragments; validation compares fragments with one another. */
  definitions: 50,
  depth: 12,
  /** Lists within lists: a search, its reviews, their author's listings. */
  listDepth: 3,
  fields: 250,
  aliases: 30,
  rootFields: 10,
  mutations: 1,
  /** Columns to order by, in one field. */
  orders: 5,
  pageSize: 100,
  /** What a verb gives at most when nobody says how many; of a connection the schema says 20. */
  defaultSize: 50,
  /** Rows that could come back at most, all lists multiplied out. */
  rows: 2_500,
  weight: 20,
  answerBytes: 2_000_000,
} as const;

/** What a verb costs, in the cheapest verb's time; every other root field weighs 1. */
export const weights: Record<string, number> = {
  searchListings: 5,
  // 1.4 times its page alone (docs/performance.md).
  searchScreen: 7,
  sharedWishlistCards: 5,
  wishlistCards: 5,
  listingCalendar: 2,
  earningsCsv: 5,
  exportMyData: 10,
};

/** What a list that takes no size counts for: the lines of a booking, for example. */
const unsizedList = 20;

/** Where a selection stands: in how many lists, how often, and the page size that its object was asked with. */
interface Within {
  lists: number;
  parents: number;
  page: number | undefined;
}

interface Sum {
  fields: number;
  aliases: number;
  rows: number;
}

/**
 * Throws `query_too_costly` for more fields or fragments than any operation may have, as they are written.
 * Validation compares each with each, so they are counted before it.
 */
export function checkLength(document: Document): void {
  atMost('definitions', document.definitions.length, 'operations and fragments');
  for (const { selectionSet } of document.definitions) {
    if (selectionSet !== undefined) atMost('fields', written(selectionSet), 'fields');
  }
}

const written = ({ selections }: SelectionSet): number =>
  selections.reduce(
    (sum, { kind, selectionSet }) =>
      sum + (kind === 'Field' ? 1 : 0) + (selectionSet === undefined ? 0 : written(selectionSet)),
    0,
  );

/** Throws `query_too_costly`, `invalid_page_size` or `too_many_results`, saying which limit. */
export function checkLimits(
  document: Document,
  operation: Operation,
  variables: Record<string, unknown>,
): void {
  const fragments = new Map(
    document.definitions.filter((definition): definition is Fragment =>
      definition.kind === 'FragmentDefinition'
    ).map((fragment) => [fragment.name.value, fragment]),
  );
  const sum: Sum = { fields: 0, aliases: 0, rows: 0 };
  const isMutation = operation.operation === 'mutation';
  const rootType = isMutation ? schema.getMutationType() : schema.getQueryType();

  // One by one: fragments of fragments may come to more fields than could ever be counted.
  const roots: [Field, ObjectType][] = [];
  for (const root of fieldsOf(operation.selectionSet, rootType)) {
    roots.push(root);
    atMost('rootFields', roots.length, 'fields at the root');
  }
  if (isMutation) atMost('mutations', roots.length, 'mutation in a request');
  const weight = roots.reduce((total, [{ name }]) => total + (weights[name.value] ?? 1), 0);
  atMost('weight', weight, 'in weight of all verbs');
  walk(operation.selectionSet, rootType, 1, { lists: 0, parents: 1, page: undefined });

  function walk(
    set: SelectionSet,
    type: ObjectType,
    depth: number,
    { lists, parents, page }: Within,
  ) {
    atMost('depth', depth, 'fields below one another');
    for (const [field, owner] of fieldsOf(set, type)) {
      const definition = owner.getFields()[field.name.value];
      sum.fields += 1;
      if (field.alias !== undefined) sum.aliases += 1;
      atMost('fields', sum.fields, 'fields');
      atMost('aliases', sum.aliases, 'aliases');
      // __typename and introspection have no definition here; whether the latter is allowed is validation's.
      if (definition === undefined) continue;

      const given = argumentsOf(definition, field, variables);
      if (Array.isArray(given.orderBy)) {
        atMost('orders', given.orderBy.length, 'columns to order by');
      }
      const asked = askedSize(definition, given);
      const isOne = isOneObject(definition);
      const size = isOne ? undefined : asked ?? sizeOfList(field, definition, given, page);
      const rows = parents * (size ?? 1);
      if (size !== undefined) {
        atMost('listDepth', lists + 1, 'lists within lists');
        sum.rows += rows;
        atMost('rows', sum.rows, 'rows, all lists multiplied out; ask for smaller pages');
      }
      if (field.selectionSet !== undefined) {
        walk(field.selectionSet, getNamedType(definition.type), depth + 1, {
          lists: size === undefined ? lists : lists + 1,
          parents: rows,
          page: isOne ? asked : undefined,
        });
      }
    }
  }

  /** The fields of a selection with the type they are of, fragments opened. */
  function* fieldsOf(
    set: SelectionSet,
    type: ObjectType,
    opened = 0,
  ): Generator<[Field, ObjectType]> {
    atMost('depth', opened, 'fragments within one another');
    for (const selection of set.selections) {
      if (selection.kind === 'Field') yield [selection, type];
      else {
        const fragment = selection.kind === 'InlineFragment'
          ? selection
          : fragments.get(selection.name.value)!;
        yield* fieldsOf(fragment.selectionSet, type, opened + 1);
      }
    }
  }
}

function argumentsOf(
  definition: FieldDefinition,
  field: Field,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  try {
    return getArgumentValues(definition, field, variables);
  } catch (error) {
    // A null in place of a variable's default, where none may be: no rule sees it.
    throw new Problem('invalid_variables', (error as Error).message);
  }
}

/** The arguments that say how many rows, of a connection and of verbs that refuse a page too large. */
const pageSizes = ['first', 'pageSize'];
/** Those of verbs that give fewer rows instead of refusing. */
const mostRows = ['most', 'maxRows'];

/**
 * How many rows a field is asked for, undefined where it takes no such argument. Throws what REST says of
 * the same size: `invalid_page_size` or `too_many_results`.
 */
function askedSize(
  definition: FieldDefinition,
  given: Record<string, unknown>,
): number | undefined {
  const sized = definition.args.find(({ name }) => [...pageSizes, ...mostRows].includes(name));
  if (sized === undefined) return undefined;
  const size = given[sized.name];
  if (mostRows.includes(sized.name)) {
    return typeof size === 'number' ? Math.max(0, size) : limits.defaultSize;
  }
  if (size === undefined) return limits.defaultSize;
  // A connection may be asked for its pageInfo alone; null is a page without an end.
  const least = sized.name === 'first' ? 0 : 1;
  if (typeof size !== 'number' || size < least) {
    const detail = `A page must have ${least} to ${limits.pageSize} rows.`;
    throw new Problem('invalid_page_size', detail, { field: sized.name });
  }
  if (size > limits.pageSize) {
    const detail = `Ask for at most ${limits.pageSize} rows per page.`;
    throw new Problem('too_many_results', detail, { field: sized.name });
  }
  return size;
}

/** Whether a field is a single object: neither a list nor a connection. A page size is that of its lists. */
function isOneObject({ type, args }: FieldDefinition): boolean {
  return !isListType(getNullableType(type)) && !args.some(({ name }) => name === 'first');
}

/**
 * How many rows a list without a size of its own brings at most, undefined for what is none. The lists
 * inside a connection (`nodes`, `edges`) are that connection's rows and not counted again.
 */
function sizeOfList(
  field: Field,
  definition: FieldDefinition,
  given: Record<string, unknown>,
  page: number | undefined,
): number | undefined {
  const isRows = isListType(getNullableType(definition.type)) && field.selectionSet !== undefined;
  if (!isRows || ['nodes', 'edges'].includes(field.name.value)) return undefined;
  if (page !== undefined) return page;
  // A row for each id that is given, for example.
  const lists = Object.values(given).map((value) => Array.isArray(value) ? value.length : 0);
  return Math.max(unsizedList, ...lists);
}

function atMost(limit: keyof typeof limits, value: number, of: string): void {
  if (value > limits[limit]) {
    throw new Problem('query_too_costly', `At most ${limits[limit]} ${of} (${limit}).`);
  }
}
