import type { Catalog, Table } from './catalog.ts';
import { type Example, exampleBodies } from './examples.ts';
import { type Schema, writtenSchema } from './schemas.ts';
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
  columns: {
    name: 'columns',
    in: 'query',
    description: 'Columns to take from the body; keys that it has besides are left out. ' +
      'supabase-js sends it with a list of rows.',
    schema: { type: 'string' },
  },
  count: {
    name: 'Prefer',
    in: 'header',
    description: '`count=exact` says in the header `Content-Range` how many rows there are in all.',
    schema: { type: 'string' },
  },
  prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`return=representation` answers with the rows that were written; ' +
      '`return=minimal`, the default, with none.',
    schema: { type: 'string' },
  },
};

/** Which rows an answer has, and of how many. */
export const tableHeaders = {
  ContentRange: {
    description:
      'The first and the last row of the answer, and how many there are in all: `0-19/57`. ' +
      '`*` for the former if there are none, for the latter without `Prefer: count=exact`.',
    schema: { type: 'string', pattern: '^(\\d+-\\d+|\\*)/(\\d+|\\*)$' },
  },
};

const refer = (...names: (keyof typeof tableParameters)[]) =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }));

/** A GET and a HEAD for each table, and what of it clients may write. */
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
  const headers = { 'Content-Range': { $ref: '#/components/headers/ContentRange' } };
  const reading = {
    tags: [tablesTag],
    'x-callers': table.roles.includes('anon') ? ['everyone', 'signed in'] : ['signed in'],
    security: securityOf(table.roles),
    parameters: refer('select', 'filters', 'order', 'limit', 'offset', 'count'),
  };
  const whose = `${whoMayCall(table.roles)} The policies of the table decide who sees which rows.`;
  const shown = { content: { 'application/json': { schema: rows } } };
  return {
    get: {
      operationId: `read_${name}`,
      summary: firstSentence(comment),
      description: `${whose}\n\n${comment}`,
      ...reading,
      responses: {
        200: { description: 'The rows that the caller may see.', headers, ...shown },
        206: { description: 'Some of them, with `Prefer: count=exact`.', headers, ...shown },
        ...refusal,
      },
    },
    head: {
      operationId: `count_${name}`,
      summary: `Counts rows of ${name}`,
      description: `${whose} As GET without a body: with \`Prefer: count=exact\` the header ` +
        '`Content-Range` says how many there are.',
      ...reading,
      responses: {
        200: { description: 'All rows are counted or would be in the answer.', headers },
        206: { description: 'The answer would have some of the rows.', headers },
        default: { description: 'Refused; a HEAD has no body that says why.' },
      },
    },
    ...(inserted.length === 0 ? {} : {
      post: {
        operationId: `insert_${name}`,
        summary: `Adds rows to ${name}`,
        description:
          `${whoMayCall(['authenticated'])} The policies of the table decide for what. ` +
          'The body is a row or a list of rows, of which all are added or none.',
        'x-callers': ['signed in'],
        ...writing,
        parameters: refer('select', 'columns', 'prefer'),
        requestBody: body({
          anyOf: [
            { $ref: `#/components/schemas/new_${name}` },
            { type: 'array', items: { $ref: `#/components/schemas/new_${name}` } },
          ],
        }, said('POST')),
        responses: {
          201: {
            description:
              'Added: the rows, with `Prefer: return=representation`. Without it the body ' +
              'is empty, which clients give as null.',
            content: { 'application/json': { schema: { anyOf: [rows, { type: 'null' }] } } },
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
        parameters: refer('select', 'filters', 'prefer'),
        requestBody: body(writtenSchema(updated, catalog, false), said('PATCH')),
        responses: {
          200: {
            description: 'The changed rows, with `Prefer: return=representation`.',
            ...shown,
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
        parameters: refer('select', 'filters', 'prefer'),
        responses: {
          200: {
            description: 'The deleted rows, with `Prefer: return=representation`.',
            ...shown,
          },
          204: { description: 'Deleted.' },
          ...refusal,
        },
      },
    }),
  };
}

function body(schema: Schema, examples: Example[]) {
  return {
    required: true,
    content: { 'application/json': { schema, ...exampleBodies(examples) } },
  };
}
