/**
 * Values as REST gives them: money and other int8 as JSON numbers, ratings as floats, instants and times
 * of day without empty fractions.
 */
import { EXPORTABLE } from 'graphile-utils';
import { TYPES } from '@dataplan/pg';

export const scalarsPlugin: GraphileConfig.Plugin = {
  name: 'StaybaseScalarsPlugin',
  version: '1.0.0',
  schema: {
    hooks: {
      init: {
        before: ['PgCodecs'],
        callback(init, build) {
          const { GraphQLError } = build.graphql;
          const wholeNumber = EXPORTABLE(
            (GraphQLError) => (value: unknown) => {
              const number = typeof value === 'string' && value !== '' ? Number(value) : value;
              if (!Number.isSafeInteger(number)) {
                throw new GraphQLError(
                  'SafeInt is a whole number between -(2^53 - 1) and 2^53 - 1.',
                );
              }
              return number;
            },
            [GraphQLError],
            'wholeNumber',
          );
          const wholeLiteral = EXPORTABLE(
            (GraphQLError, wholeNumber) => (node: { kind: string; value?: string }) => {
              if (node.kind !== 'IntValue') {
                throw new GraphQLError(
                  'SafeInt is a whole number between -(2^53 - 1) and 2^53 - 1.',
                );
              }
              return wholeNumber(node.value);
            },
            [GraphQLError, wholeNumber],
            'wholeLiteral',
          );
          build.registerScalarType('SafeInt', {}, () => ({
            description:
              'A whole number of up to 53 bits, as a JSON number. Money is a SafeInt in minor units of its currency.',
            serialize: wholeNumber,
            parseValue: wholeNumber,
            parseLiteral: wholeLiteral as never,
          }), 'int8');
          const timeOfDay = EXPORTABLE(
            () => (value: unknown) => String(value).replace(/\.0+$/, ''),
            [],
            'timeOfDay',
          );
          build.registerScalarType('TimeOfDay', {}, () => ({
            description: 'A time of day where the listing stands, such as 15:00:00.',
            serialize: timeOfDay,
            parseValue: timeOfDay,
          }), 'time');
          // As JSON has it in Postgres: no zeros at the end of a fraction, no fraction of zeros.
          const instant = EXPORTABLE(
            () => (value: unknown) =>
              String(value).replace(
                /\.(\d*?)0+(?=[+-])/,
                (_, rest) => rest === '' ? '' : `.${rest}`,
              ),
            [],
            'instant',
          );
          const asText = EXPORTABLE(() => (value: unknown) => String(value), [], 'asText');
          build.registerScalarType('DateTime', {}, () => ({
            description:
              'A point in time with its offset (RFC 3339), such as 2027-06-01T15:00:00+00:00.',
            serialize: instant,
            parseValue: asText,
          }), 'timestamptz');
          build.setGraphQLTypeForPgCodec(TYPES.timestamptz, ['input', 'output'], 'DateTime');
          build.setGraphQLTypeForPgCodec(TYPES.time, ['input', 'output'], 'TimeOfDay');
          build.setGraphQLTypeForPgCodec(TYPES.bigint, ['input', 'output'], 'SafeInt');
          build.setGraphQLTypeForPgCodec(TYPES.numeric, ['input', 'output'], 'Float');
          return init;
        },
      },
    },
  },
};
