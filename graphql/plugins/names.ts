/** Names as a reader of the graph expects them: `listings`, `listing(listingId:)`, `host`, `searchListings`. */
import type { PgCodec } from '@dataplan/pg';
import type {} from 'graphile-build-pg';

/** The field for a relation where the rules below would not find the word a reader expects. */
const fields: Record<string, { forward?: string; backward?: string }> = {
  // A relation whose column has the word already.
  bookings_cancellation_policy_fkey: { forward: 'policy' },
  listings_cancellation_policy_fkey: { forward: 'policy' },
  listings_property_type_fkey: { forward: 'propertyTypeDetails' },
  offers_cancellation_policy_fkey: { forward: 'policy' },
  listing_amenities_amenity_fkey: { forward: 'details' },
  // One row a home, of many rules.
  booking_rules_listing_id_fkey: { backward: 'bookingRules' },
  // Keys that are not named after a part.
  cohost_invitations_invited_by_fkey: { backward: 'cohostInvitationsSent' },
  offers_sent_by_fkey: { backward: 'offersSent' },
};

/** Columns with the name of a relation. */
const columns: Record<string, string> = {
  'conversations.messages': 'message_count',
};

const camelCase = (name: string) =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const capitalised = (name: string) => name[0]!.toUpperCase() + name.slice(1);
const tableOf = (codec: { name: string; extensions?: { pg?: { name: string } } }) =>
  codec.extensions?.pg?.name ?? codec.name;
/** The part that a key's column names: `guest_id` -> `guest`, `invited_by` -> `invited_by`. */
const partOf = (column: string) => column.replace(/_id$/, '');

export const namesPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseNamesPlugin',
  version: '1.0.0',
  inflection: {
    add: {
      /**
       * The field on a row for the rows of another table that refer to it. Without the row's own name
       * (`listing_photos` of a listing are its `photos`); with the part that is referred to where that
       * is another word (`bookingsAsGuest` of a profile), unless the table begins with it (`hostRating`).
       */
      staybaseBackwards(_preset, details: {
        codec: PgCodec;
        remoteResource: { codec: PgCodec };
        columns: readonly string[];
        single: boolean;
      }) {
        const own = this.singularize(tableOf(details.codec));
        const table = tableOf(details.remoteResource.codec);
        const part = details.columns.length === 1 ? partOf(details.columns[0]!) : own;
        const shorter = table.startsWith(`${own}_`) ? table.slice(own.length + 1) : table;
        const hasNoPlural = /^(history|access)$/.test(shorter);
        const words = details.single ? this.singularize(shorter) : this.distinctPluralize(shorter);
        const field = this.camelCase(hasNoPlural ? shorter : words);
        return part === own || own.endsWith(`_${part}`) || table.startsWith(`${part}_`)
          ? field
          : `${field}As${capitalised(camelCase(part))}`;
      },
    },
    replace: {
      // A verb that answers rows pages by its own arguments, so it is a plain list under its own name.
      customQueryListField(_previous, _preset, details) {
        return this.customQueryField(details);
      },
      // `CalendarLinkInput` would be the input type of the row `calendar_link` too.
      customMutationInput(_previous, _preset, details) {
        return this.upperCamelCase(`${this._functionName(details)}-mutation-input`);
      },
      // `acceptBooking` answers `booking`, `blockNights` `listingBlocks`; what is no row is the `result`.
      functionMutationResultFieldName(previous, _preset, details) {
        if (details.resource.codec.attributes === undefined) return previous!(details);
        const name = this.camelCase(details.returnGraphQLTypeName);
        return details.resource.isUnique ? name : this.pluralize(name);
      },
      singleRelation(previous, _preset, details) {
        const named = fieldOf(details)?.forward;
        if (named !== undefined) return named;
        const { localAttributes } = relationOf(details).relation;
        const [column] = localAttributes as readonly string[];
        return localAttributes.length === 1 && column!.endsWith('_by')
          ? `${camelCase(column!)}Profile`
          : previous!(details);
      },
      singleRelationBackwards(_previous, _preset, details) {
        return fieldOf(details)?.backward ??
          this.staybaseBackwards({ ...relationOf(details), codec: details.codec, single: true });
      },
      _manyRelation(_previous, _preset, details) {
        return fieldOf(details)?.backward ??
          this.staybaseBackwards({ ...relationOf(details), codec: details.codec, single: false });
      },
    },
  },
  schema: {
    hooks: {
      // Names are given; what they were made of need not be exported.
      finalize(schema, { input: { pgRegistry } }) {
        for (const relations of Object.values(pgRegistry.pgRelations)) {
          for (const relation of Object.values(relations)) {
            delete relation.extensions?.staybaseConstraint;
            if (Object.keys(relation.extensions ?? {}).length === 0) delete relation.extensions;
          }
        }
        return schema;
      },
    },
  },
  gather: {
    hooks: {
      pgIntrospection_attribute(_info, { entity }) {
        const name = columns[`${entity.getClass()?.relname}.${entity.attname}`];
        if (name !== undefined) entity.getTags().name = name;
      },
      pgRelations_relation(_info, { relation, pgConstraint }) {
        relation.extensions ??= Object.create(null);
        relation.extensions!.staybaseConstraint = pgConstraint.conname;
      },
    },
  },
};

function relationOf(
  { registry, codec, relationName }: GraphileBuild.PgRelationsPluginRelationDetails,
) {
  const relation = registry.pgRelations[codec.name]![relationName]!;
  return {
    remoteResource: relation.remoteResource,
    columns: relation.remoteAttributes as string[],
    relation,
  };
}

function fieldOf(details: GraphileBuild.PgRelationsPluginRelationDetails) {
  const { relation } = relationOf(details);
  return fields[relation.extensions?.staybaseConstraint ?? ''];
}

declare global {
  namespace DataplanPg {
    interface PgCodecRelationExtensions {
      /** Name of the constraint it comes from. */
      staybaseConstraint?: string;
    }
  }
  namespace GraphileBuild {
    interface Inflection {
      staybaseBackwards(details: {
        codec: PgCodec;
        remoteResource: { codec: PgCodec };
        columns: readonly string[];
        single: boolean;
      }): string;
    }
  }
}
