/**
 * Links that Postgres does not declare. The rows that verbs answer with have no foreign keys, so a column
 * named like the key of a table, or like a person's part in the row, leads there: a search result reaches
 * its listing, a card of the inbox its conversation.
 */
import type {} from 'graphile-build-pg';

/** Columns that hold a profile's id, by the part the person has in the row. */
const people = new Set(
  [
    'guest_id',
    'host_id',
    'owner_id',
    'with_id',
    'added_by',
    'reporter_id',
    'staff_id',
    'claimed_by',
  ],
);

/** Columns that are named like a key and are another's. */
const others = new Set(['webhook_attempt.event_id']);

export const linksPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseLinksPlugin',
  version: '1.0.0',
  before: ['smart-tags', 'PgFakeConstraintsPlugin'],
  gather: {
    hooks: {
      pgIntrospection_introspection(_info, { introspection }) {
        const exposed = introspection.classes.filter((row) =>
          row.getNamespace()?.nspname === 'public'
        );
        const tableOfKey = new Map<string, string>();
        for (const table of exposed.filter(({ relkind }) => relkind === 'r')) {
          const key = table.getConstraints().find(({ contype }) => contype === 'p');
          const columns = key?.getAttributes() ?? [];
          // A table that extends another by the same key is not what the key stands for.
          const own = columns.length === 1 &&
            !table.getConstraints().some((constraint) =>
              constraint.contype === 'f' && constraint.conkey?.includes(columns[0]!.attnum)
            );
          if (own) tableOfKey.set(columns[0]!.attname, table.relname);
        }
        for (const row of exposed.filter(({ relkind }) => relkind === 'c')) {
          const { tags } = row.getTagsAndDescription();
          const links = row.getAttributes()
            .filter(({ atttypid }) => atttypid === uuid)
            .flatMap(({ attname }) => {
              const table = people.has(attname) ? 'profiles' : tableOfKey.get(attname);
              if (table === undefined || others.has(`${row.relname}.${attname}`)) return [];
              const key = table === 'profiles' ? 'profile_id' : attname;
              return [
                `(${attname}) references public.${table} (${key})|@behavior -manyRelation -singularRelationBackwards`,
              ];
            });
          if (links.length > 0) tags.foreignKey = links;
        }
      },
    },
  },
};

const uuid = '2950';
