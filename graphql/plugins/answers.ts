/**
 * What is never empty is `!`. Postgres knows it of a table's columns; of the rows that verbs answer with,
 * the database says it in comments: a field is never null unless its comment says `Null: why`.
 */
import type {} from 'graphile-build-pg';

export const answersPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseAnswersPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      pgIntrospection_introspection(_info, { introspection }) {
        const answers = introspection.classes.filter((row) =>
          row.relkind === 'c' && row.getNamespace()?.nspname === 'public'
        );
        for (const field of answers.flatMap((row) => row.getAttributes())) {
          if (!/\bNull: /.test(field.getDescription() ?? '')) field.attnotnull = true;
        }
      },
    },
  },
  schema: {
    hooks: {
      // No array in this schema holds nulls.
      GraphQLObjectType_fields_field(field, build, { scope }) {
        const { GraphQLList, GraphQLNonNull, getNullableType, isListType, isNonNullType } =
          build.graphql;
        if (!scope.isPgAttributeField && !scope.pgFieldAttribute) return field;
        const list = getNullableType(field.type);
        if (!isListType(list) || isNonNullType(list.ofType)) return field;
        const full = new GraphQLList(new GraphQLNonNull(list.ofType));
        return { ...field, type: isNonNullType(field.type) ? new GraphQLNonNull(full) : full };
      },
    },
  },
};
