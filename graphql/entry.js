// What the function needs of the schema and of its engine, in one file: the schema runs only on the
// very copy of grafast and graphql that it was made for.
export { schema } from './schema.lean.exported.js';
export { execute } from 'grafast';
export {
  getArgumentValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  isListType,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
