import type { Argument, Catalog, Column } from './catalog.ts';

/** A JSON Schema of 2020-12, as OpenAPI 3.1 has it. */
export type Schema = { [keyword: string]: unknown };

const ofBase: Record<string, Schema> = {
  'bigint': { type: 'integer', format: 'int64' },
  'boolean': { type: 'boolean' },
  'date': { type: 'string', format: 'date' },
  'double precision': { type: 'number', format: 'double' },
  'integer': { type: 'integer', format: 'int32' },
  'json': {},
  'jsonb': {},
  'numeric': { type: 'number' },
  'smallint': { type: 'integer' },
  'text': { type: 'string' },
  'time without time zone': { type: 'string', pattern: '^\\d{2}:\\d{2}(:\\d{2})?$' },
  'timestamp with time zone': { type: 'string', format: 'date-time' },
  'uuid': { type: 'string', format: 'uuid' },
};

/** What a type of the database is in JSON. */
export function schemaOf(type: string, catalog: Catalog): Schema {
  if (type.endsWith('[]')) return { type: 'array', items: schemaOf(type.slice(0, -2), catalog) };
  const base = ofBase[type];
  if (base !== undefined) return { ...base };
  const isNamed = type in catalog.enums ||
    [...catalog.tables, ...catalog.composites].some(({ name }) => name === type);
  if (!isNamed) throw new Error(`There is no JSON for the type ${type}.`);
  return { $ref: `#/components/schemas/${type}` };
}

/** The same, or null. */
export function orNull(schema: Schema): Schema {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  if (typeof schema.type !== 'string') return schema;
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
  };
}

interface Field {
  type: string;
  nullable: boolean;
  words: string[] | null;
  comment: string | null;
}

function fieldSchema(field: Field, catalog: Catalog): Schema {
  const schema = schemaOf(field.type, catalog);
  const said = field.words === null ? schema : { ...schema, enum: field.words };
  return {
    ...(field.nullable ? orNull(said) : said),
    ...(field.comment === null ? {} : { description: field.comment }),
  };
}

/** Every enum, composite type, row of a table and new row of one, by its name. */
export function namedSchemas(catalog: Catalog): Record<string, Schema> {
  const { enums, composites, tables } = catalog;
  return {
    ...Object.fromEntries(
      Object.entries(enums).map(([name, words]) => [name, { type: 'string', enum: words }]),
    ),
    ...Object.fromEntries(composites.map(({ name, comment, fields }) => [name, {
      type: 'object',
      ...(comment === null ? {} : { description: comment }),
      required: fields.map((field) => field.name),
      properties: Object.fromEntries(
        fields.map((field) => [field.name, fieldSchema(field, catalog)]),
      ),
    }])),
    ...Object.fromEntries(tables.map(({ name, comment, columns }) => [name, {
      type: 'object',
      description: `A row of ${name}. ${comment}`,
      required: columns.map((column) => column.name),
      properties: Object.fromEntries(
        columns.map((column) => [column.name, columnSchema(column, catalog)]),
      ),
    }])),
    ...Object.fromEntries(
      tables.map(({ name, columns }) => [name, columns.filter(({ inserted }) => inserted)] as const)
        .filter(([, columns]) => columns.length > 0)
        .map(([name, columns]) => [`new_${name}`, {
          description: `A row to add to ${name}.`,
          ...writtenSchema(columns, catalog, true),
        }]),
    ),
  };
}

/** The columns of a table that clients may set: of a new row those that it must have are required. */
export function writtenSchema(columns: Column[], catalog: Catalog, isNew: boolean): Schema {
  const required = columns.filter(({ nullable, hasDefault }) => isNew && !nullable && !hasDefault);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
    properties: Object.fromEntries(
      columns.map((column) => [column.name, columnSchema(column, catalog)]),
    ),
    additionalProperties: false,
  };
}

/** A column as it is read and written. */
export function columnSchema(column: Column, catalog: Catalog): Schema {
  const facts = [
    column.comment,
    column.isKey ? 'Part of the primary key.' : null,
    column.refers === null ? null : `Refers to ${column.refers}.`,
  ].filter((fact) => fact !== null);
  return fieldSchema({ ...column, comment: facts.length === 0 ? null : facts.join(' ') }, catalog);
}

/** An argument of a verb; what is null unless it is said may be null when it is. */
export function argumentSchema(argument: Argument, catalog: Catalog): Schema {
  const plain = schemaOf(argument.type, catalog);
  const schema = argument.words === null
    ? plain
    : 'items' in plain
    ? { ...plain, items: { type: 'string', enum: argument.words } }
    : { ...plain, enum: argument.words };
  if (argument.default === undefined) return schema;
  const value = valueOf(argument.default);
  if (value === null) return orNull(schema);
  return value === undefined ? schema : { ...schema, default: value };
}

/** What a literal of SQL is in JSON; undefined for anything but a literal. */
function valueOf(sql: string): unknown {
  if (/^NULL(::.+)?$/.test(sql)) return null;
  if (/^(-?\d+(\.\d+)?|true|false)$/.test(sql)) return JSON.parse(sql);
  return /^'([^']*)'::(?:text|date)$/.exec(sql)?.[1];
}
