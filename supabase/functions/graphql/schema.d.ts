/** What schema.js holds: the exported schema, and of graphql-js and grafast what a request needs. */

export interface Location {
  line: number;
  column: number;
}

export declare class GraphQLError extends Error {
  constructor(message: string, options?: { extensions?: Record<string, unknown>; nodes?: unknown });
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly Location[];
  readonly originalError?: Error & { code?: string; detail?: string; extensions?: unknown };
  readonly extensions: Record<string, unknown>;
}

export interface Name {
  value: string;
}
export interface Field {
  kind: 'Field';
  name: Name;
  alias?: Name;
  selectionSet?: SelectionSet;
}
export interface FragmentSpread {
  kind: 'FragmentSpread';
  name: Name;
  selectionSet?: undefined;
}
export interface InlineFragment {
  kind: 'InlineFragment';
  selectionSet: SelectionSet;
}
export interface SelectionSet {
  selections: readonly (Field | FragmentSpread | InlineFragment)[];
}
export interface Operation {
  kind: 'OperationDefinition';
  name?: Name;
  operation: 'query' | 'mutation' | 'subscription';
  variableDefinitions?: readonly unknown[];
  selectionSet: SelectionSet;
}
export interface Fragment {
  kind: 'FragmentDefinition';
  name: Name;
  selectionSet: SelectionSet;
}
export interface Document {
  definitions: readonly (Operation | Fragment | { kind: string; selectionSet?: undefined })[];
}

export interface FieldDefinition {
  type: unknown;
  args: readonly { name: string }[];
}
export interface ObjectType {
  name: string;
  getFields(): Record<string, FieldDefinition>;
}
export interface Schema {
  getQueryType(): ObjectType;
  getMutationType(): ObjectType;
}

export declare const schema: Schema;
export declare const specifiedRules: readonly unknown[];
export declare const NoSchemaIntrospectionCustomRule: unknown;
export declare function parse(text: string, options?: { maxTokens?: number }): Document;
export declare function validate(
  schema: Schema,
  document: Document,
  rules: readonly unknown[],
  options?: { maxErrors?: number; hideSuggestions?: boolean },
): readonly GraphQLError[];
export declare function getVariableValues(
  schema: Schema,
  definitions: readonly unknown[],
  inputs: Record<string, unknown>,
  options?: { maxErrors?: number; hideSuggestions?: boolean },
): { errors: readonly GraphQLError[]; coerced?: undefined } | {
  coerced: Record<string, unknown>;
  errors?: undefined;
};
export declare function getArgumentValues(
  definition: FieldDefinition,
  node: Field,
  variables: Record<string, unknown>,
): Record<string, unknown>;
export declare function getNamedType(type: unknown): ObjectType;
export declare function isListType(type: unknown): boolean;
export declare function getNullableType(type: unknown): unknown;
export declare function execute(request: {
  schema: Schema;
  document: Document;
  operationName?: string | undefined;
  variableValues: Record<string, unknown>;
  contextValue: unknown;
  outputDataAsString: true;
}): Promise<{ data?: string | null; errors?: readonly GraphQLError[] }>;
