import type { Catalog, Table } from './catalog.ts';
import { type Example, exampleBodies } from './examples.ts';
import { columnSchema, type Schema } from './schemas.ts';
import { securityOf, whoMayCall } from './security.ts';
import { firstSentence } from './verbs.ts';

export const tablesTag = 'Tables';

/** What all reads of tables take, said once. */
export const tableParameters = {
  select: {
    name: 'select',
    in: 'query',
    description: 'Columns, with rows that refer to this one or that it refers to in brackets: ' +
      '`title,city,photos:listing_photos(storage_path)`. Without it: all columns.',
    schema: { type: 'string' },
  },
  filters: {
    name: 'filters',
    in: 'query',
    description: 'Any column with an operator and a value, all of which have to hold: ' +
      '`city=eq.Kyoto&capacity=gte.4`. Operators: `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `like`, ' +
      '`ilike`, `in.(a,b)`, `is.null`, `not.` before any of them; `or=(a.eq.1,b.eq.2)`.',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    style: 'form',
    explode: true,
  },
  order: {
    name: 'order',
    in: 'query',
    description: 'Columns, each with `.asc` or `.desc`: `created_at.desc,listing_id`.',
    schema: { type: 'string' },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description: 'The most rows; never more than 1,000.',
    schema: { type: 'integer', minimum: 0 },
  },
  offset: {
    name: 'offset',
    in: 'query',
    description: 'Rows to skip. A filter on the last row seen is faster.',
    schema: { type: 'integer', minimum: 0 },
  },
  prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`return=representation` answers with the rows that were written; ' +
      '`return=minimal`, the default, with none.',
    schema: { type: 'string' },
  },
};

const refer = (...names: (keyof typeof tableParameters)[]) =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }));

/** A GET for each table, and what of it clients may write. */
export function tablePaths(catalog: Catalog, examples: Example[]) {
  return Object.fromEntries(
    catalog.tables.map((
      table,
    ) => [`/rest/v1/${table.name}`, operationsOf(table, catalog, examples)]),
  );
}

function operationsOf(table: Table, catalog: Catalog, examples: Example[]) {
  const { name, comment } = table;
  const inserted = table.columns.filter((column) => column.inserted);
  const updated = table.columns.filter((column) => column.updated);
  const rows = { type: 'array', items: { $ref: `#/components/schemas/${name}` } };
  const writing = {
    tags: [tablesTag],
    security: securityOf(['authenticated']),
  };
  const refusal = { default: { $ref: '#/components/responses/Refusal' } };
  const said = (method: Example['method']) =>
    examples.filter((example) => example.table === name && example.method === method);
  return {
    get: {
      operationId: `read_${name}`,
      tags: [tablesTag],
      summary: firstSentence(comment),
      description: `${whoMayCall(table.roles)} The policies of the table decide who sees which ` +
        `rows.\n\n${comment}`,
      'x-callers': table.roles.includes('anon') ? ['everyone', 'signed in'] : ['signed in'],
      security: securityOf(table.roles),
      parameters: refer('select', 'filters', 'order', 'limit', 'offset'),
      responses: {
        200: {
          description: 'The rows that the caller may see.',
          content: { 'application/json': { schema: rows } },
        },
        ...refusal,
      },
    },
    ...(inserted.length === 0 ? {} : {
      post: {
        operationId: `insert_${name}`,
        summary: `Adds rows to ${name}`,
        description: `${whoMayCall(['authenticated'])} The policies of the table decide for what.`,
        'x-callers': ['signed in'],
        ...writing,
        parameters: refer('prefer'),
        requestBody: body(inserted, catalog, true, said('POST')),
        responses: {
          201: {
            description: 'Added; with `Prefer: return=representation` the rows.',
            content: { 'application/json': { schema: rows } },
          },
          ...refusal,
        },
      },
    }),
    ...(updated.length === 0 ? {} : {
      patch: {
        operationId: `change_${name}`,
        summary: `Changes columns of ${name}`,
        description:
          `${whoMayCall(['authenticated'])} The policies of the table decide for which ` +
          'rows. Filters say which rows: without one, all that the caller may change.',
        'x-callers': ['signed in'],
        ...writing,
        parameters: refer('filters', 'prefer'),
        requestBody: body(updated, catalog, false, said('PATCH')),
        responses: {
          200: {
            description: 'The changed rows, with `Prefer: return=representation`.',
            content: { 'application/json': { schema: rows } },
          },
          204: { description: 'Changed.' },
          ...refusal,
        },
      },
    }),
    ...(!table.deletable ? {} : {
      delete: {
        operationId: `delete_${name}`,
        summary: `Deletes rows of ${name}`,
        description:
          `${whoMayCall(['authenticated'])} The policies of the table decide for which ` +
          'rows. Filters say which rows.',
        'x-callers': ['signed in'],
        ...writing,
        parameters: refer('filters', 'prefer'),
        responses: { 204: { description: 'Deleted.' }, ...refusal },
      },
    }),
  };
}

function body(columns: Table['columns'], catalog: Catalog, isNew: boolean, examples: Example[]) {
  const required = columns.filter(({ nullable, hasDefault }) => isNew && !nullable && !hasDefault);
  return {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
          properties: Object.fromEntries(
            columns.map((column) => [column.name, columnSchema(column, catalog)]),
          ),
          additionalProperties: false,
        } satisfies Schema,
        ...exampleBodies(examples),
      },
    },
  };
}
