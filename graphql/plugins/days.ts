/**
 * Days and instants that the database takes as text, so that it can refuse what is not written as a day
 * (`private.day`), are `Date` and `DateTime` in the graph all the same: by how they are named.
 */
import { domainOfCodec, type PgCodec, TYPES } from '@dataplan/pg';
import { EXPORTABLE, EXPORTABLE_ARRAY_CLONE } from 'graphile-build';
import { sql } from 'pg-sql2';

const dayAsText = EXPORTABLE(
  (domainOfCodec, TYPES, sql) => domainOfCodec(TYPES.text, 'dayAsText', sql.fragment`text`),
  [domainOfCodec, TYPES, sql],
  'dayAsText',
) as unknown as PgCodec;
const instantAsText = EXPORTABLE(
  (domainOfCodec, TYPES, sql) => domainOfCodec(TYPES.text, 'instantAsText', sql.fragment`text`),
  [domainOfCodec, TYPES, sql],
  'instantAsText',
) as unknown as PgCodec;

function codecOf(name: string | null, codec: PgCodec): PgCodec {
  if (codec !== TYPES.text || name === null) return codec;
  if (/^check_(in|out)$|_on$|_date$/.test(name)) return dayAsText;
  return /_at$/.test(name) ? instantAsText : codec;
}

interface WithParameters {
  parameters?: readonly { name: string | null; codec: PgCodec }[];
}

function retyped(options: WithParameters, verb: string): void {
  const { parameters } = options;
  if (!parameters?.some(({ name, codec }) => codecOf(name, codec) !== codec)) return;
  options.parameters = EXPORTABLE_ARRAY_CLONE(
    parameters.map((parameter) => ({
      ...parameter,
      codec: codecOf(parameter.name, parameter.codec),
    })),
    `${verb}RetypedParameters`,
  );
}

export const daysPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseDaysPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      pgProcedures_functionResourceOptions(_info, { pgProc, functionResourceOptions }) {
        retyped(functionResourceOptions as WithParameters, pgProc.proname);
      },
      pgProcedures_PgResourceOptions(_info, { pgProc, resourceOptions }) {
        retyped(resourceOptions as WithParameters, pgProc.proname);
      },
      pgCodecs_attribute(_info, { pgAttribute, attribute }) {
        attribute.codec = codecOf(pgAttribute.attname, attribute.codec);
      },
    },
  },
  schema: {
    hooks: {
      init: {
        before: ['PgCodecs'],
        callback(init, build) {
          build.setGraphQLTypeForPgCodec(dayAsText, ['input', 'output'], 'Date');
          build.setGraphQLTypeForPgCodec(instantAsText, ['input', 'output'], 'DateTime');
          return init;
        },
      },
    },
  },
};
