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
  depth: 12,
  /** Lists within lists: a search, its reviews, their author's listings. */
  listDepth: 3,
  fields: 250,
  aliases: 30,
  rootFields: 10,
  mutations: 1,
  pageSize: 100,
  defaultPageSize: 20,
  /** Rows that could come back at most, all lists multiplied out. */
  rows: 2_500,
  weight: 20,
  answerBytes: 2_000_000,
} as const;

/** What a verb costs, in the cheapest verb's time; every other root field weighs 1. */
export const weights: Record<string, number> = {
  searchListings: 5,
  sharedWishlistCards: 5,
  wishlistCards: 5,
  listingCalendar: 2,
  earningsCsv: 5,
  exportMyData: 10,
};

/** The size that a list without one has for the count of rows: the lines of a booking, for example. */
const unsizedList = 20;

interface Sum {
  fields: number;
  aliases: number;
  rows: number;
}

/** Throws `query_too_costly` or `invalid_page_size`, saying which limit. */
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

  const roots = [...fieldsOf(operation.selectionSet, rootType)];
  atMost('rootFields', roots.length, 'fields at the root');
  if (isMutation) atMost('mutations', roots.length, 'mutation in a request');
  const weight = roots.reduce((total, [{ name }]) => total + (weights[name.value] ?? 1), 0);
  atMost('weight', weight, 'in weight of all verbs');
  walk(operation.selectionSet, rootType, 1, 0, 1);

  function walk(
    set: SelectionSet,
    type: ObjectType,
    depth: number,
    lists: number,
    parents: number,
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

      const size = sizeOf(field, definition, variables);
      const rows = parents * (size ?? 1);
      if (size !== undefined) {
        atMost('listDepth', lists + 1, 'lists within lists');
        sum.rows += rows;
        atMost('rows', sum.rows, 'rows, all lists multiplied out; ask for smaller pages');
      }
      if (field.selectionSet !== undefined) {
        const inner = size === undefined ? lists : lists + 1;
        walk(field.selectionSet, getNamedType(definition.type), depth + 1, inner, rows);
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

/**
 * How many rows a field brings at most, undefined for one that is no list. The lists inside a
 * connection (`nodes`, `edges`) are that connection's rows and not counted again.
 */
function sizeOf(
  field: Field,
  definition: FieldDefinition,
  variables: Record<string, unknown>,
): number | undefined {
  const sized = definition.args.find(({ name }) => name === 'first' || name === 'pageSize');
  if (sized !== undefined) {
    const given = getArgumentValues(definition, field, variables)[sized.name];
    const size = given ?? limits.defaultPageSize;
    if (typeof size !== 'number' || size < 0 || size > limits.pageSize) {
      throw new Problem('invalid_page_size', `${sized.name} is 0 to ${limits.pageSize}.`);
    }
    return size;
  }
  const isRows = isListType(getNullableType(definition.type)) && field.selectionSet !== undefined;
  return isRows && !['nodes', 'edges'].includes(field.name.value) ? unsizedList : undefined;
}

function atMost(limit: keyof typeof limits, value: number, of: string): void {
  if (value > limits[limit]) {
    throw new Problem('query_too_costly', `At most ${limits[limit]} ${of} (${limit}).`);
  }
}
