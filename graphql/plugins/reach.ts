/** What of the database is in the graph, and as what: verbs as plain lists, rows by their primary key. */
import type {} from 'graphile-build-pg';

export const reachPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseReachPlugin',
  version: '1.0.0',
  schema: {
    entityBehavior: {
      pgResource: {
        override: {
          callback(behavior, resource) {
            // A connection goes forward only: a page from the end has no use here, and costs a sort.
            const forward = [behavior, '-resource:connection:backwards' as const];
            return resource.parameters === undefined ? forward : [
              ...forward,
              '-connection',
              '-typeField',
              ...(resource.isUnique ? [] : ['list' as const]),
            ];
          },
        },
      },
      pgResourceUnique: {
        override: {
          callback(behavior, [_resource, unique]) {
            return unique.isPrimary ? behavior : [behavior, '-single', '-update', '-delete'];
          },
        },
      },
    },
    hooks: {
      // A verb that answers rows has page_size and after of its own; a connection goes forward only.
      GraphQLObjectType_fields_field_args: {
        after: ['PgFirstLastBeforeAfterArgsPlugin'],
        callback(args, _build, { scope }) {
          const { isPgFieldConnection, isPgFieldSimpleCollection, pgFieldResource: resource } =
            scope;
          if (isPgFieldSimpleCollection && resource?.parameters) {
            delete args.first;
          }
          delete args.offset;
          // A page that nobody sized has twenty rows.
          if (isPgFieldConnection && args.first) args.first.defaultValue = 20;
          return args;
        },
      },
    },
  },
};
