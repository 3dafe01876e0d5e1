/**
 * Descriptions are the comments of the database, which speak of `radius_metres` and `quote_stay`; in the
 * graph these are `radiusMetres` and `quoteStay`. Codes of errors keep their names, and so do the words that
 * a field or an argument can have, behind "one of:": they are the same.
 */
import { errorCodes } from '../../types/errors.ts';

export const descriptionsPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseDescriptionsPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      // Before anybody has read a comment, and once: every entity's description is read from here.
      pgIntrospection_introspection: {
        callback(_info, { introspection }) {
          const rows = introspection.classes.filter(({ relkind }) => 'rc'.includes(relkind));
          const names = new Set([
            ...rows.flatMap((row) => [row.relname, ...row.getAttributes().map((a) => a.attname)]),
            ...introspection.procs.flatMap((verb) => [verb.proname, ...(verb.proargnames ?? [])]),
          ]);
          for (const code of errorCodes) names.delete(code);
          for (const description of introspection.descriptions) {
            description.description = description.description.replace(
              /\b(?:[Oo]ne|any) of: [a-z_, ]+|(?<!\{)\b[a-z]+(?:_[a-z0-9]+)+\b/g,
              (said) => names.has(said) ? camelCase(said) : said,
            );
          }
        },
      },
    },
  },
};

const camelCase = (name: string) =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
