import { z } from 'zod';
import { filesAnswer } from '../../supabase/functions/check-files/contract.ts';
import { paymentAnswer, paymentRequest } from '../../supabase/functions/create-payment/contract.ts';
import { documentRequest } from '../../supabase/functions/graphql/contract.ts';
import {
  onboardingAnswer,
  onboardingRequest,
} from '../../supabase/functions/host-account/contract.ts';
import { commandsAnswer } from '../../supabase/functions/run-commands/contract.ts';
import { calendarsAnswer } from '../../supabase/functions/sync-calendars/contract.ts';
import { uuid } from '../../supabase/functions/_shared/ids.ts';
import type { Catalog, Refusal } from './catalog.ts';
import { type Example, exampleBodies } from './examples.ts';
import { codesIn, refusalResponses } from './refusals.ts';
import type { Schema } from './schemas.ts';
import type { Caller, securitySchemes } from './security.ts';

export const functionsTag = 'Edge functions';

interface Described {
  /** Below the name of the function. */
  path?: string;
  name: string;
  method: 'get' | 'post';
  callers: Caller[];
  security: Partial<Record<keyof typeof securitySchemes, string[]>>[];
  summary: string;
  description: string;
  parameters?: Schema[];
  request?: z.ZodType;
  /** By media type; JSON of a schema, or text. */
  answer: { json: Schema | z.ZodType } | { text: string };
  codes?: string[];
  /** The verb that it calls, whose refusals it passes on. */
  verb?: string;
}

const person = [{ publishableKey: [], person: [] }];
const server = [{ secretKey: [] }];

const described: Described[] = [
  {
    name: 'create-payment',
    method: 'post',
    callers: ['signed in'],
    security: person,
    summary: 'What the guest has to pay, and the secret for Stripe.js to pay it',
    description:
      'Repeated, it answers with the same payment. In mode `setup` the card is saved and ' +
      'charged at `charge_at`.',
    request: paymentRequest,
    answer: { json: paymentAnswer },
    codes: ['sign_in_required', 'invalid_body'],
    verb: 'start_payment',
  },
  {
    name: 'host-account',
    method: 'post',
    callers: ['signed in'],
    security: person,
    summary: "A link to Stripe, where a host's account is set up",
    description:
      'For the owner of a listing. The link is good once, and null when nothing is to be done.',
    request: onboardingRequest,
    answer: { json: onboardingAnswer },
    codes: ['sign_in_required', 'invalid_body'],
    verb: 'start_host_account',
  },
  {
    name: 'graphql',
    method: 'post',
    callers: ['everyone', 'signed in'],
    security: [{ publishableKey: [] }, ...person],
    summary: 'Every table and verb in one graph',
    description: 'GraphQL under the same policies and with the same codes, which stand in ' +
      '`extensions.code` of an error. The schema is `schema.graphql`.',
    request: documentRequest,
    answer: {
      json: {
        type: 'object',
        properties: {
          data: { type: ['object', 'null'] },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'extensions'],
              properties: {
                message: { type: 'string' },
                path: { type: 'array' },
                extensions: {
                  type: 'object',
                  required: ['code'],
                  properties: { code: { $ref: '#/components/schemas/ErrorCode' } },
                },
              },
            },
          },
        },
      },
    },
    codes: ['invalid_body', 'invalid_document', 'query_too_costly'],
  },
  {
    name: 'calendar-export',
    path: '/{token}.ics',
    method: 'get',
    callers: ['everyone'],
    security: [],
    summary: 'The calendar of a listing for other marketplaces',
    description: 'The address from `calendar_link` is the secret.',
    parameters: [{
      name: 'token',
      in: 'path',
      required: true,
      schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    }],
    answer: { text: 'text/calendar' },
    codes: ['calendar_not_found'],
  },
  ...(['get', 'post'] as const).map((method): Described => ({
    name: 'unsubscribe',
    method,
    callers: ['everyone'],
    security: [],
    summary: method === 'get'
      ? 'The page behind the link in an e-mail, with a button'
      : 'Ends e-mails of that kind (RFC 8058)',
    description: 'The token is in the link.',
    parameters: [{ name: 'token', in: 'query', required: true, schema: { type: 'string' } }],
    answer: { text: 'text/html' },
    codes: method === 'get' ? [] : ['invalid_token'],
  })),
  {
    name: 'health',
    method: 'get',
    callers: ['everyone', 'server'],
    security: [{}, { metricsToken: [] }, ...server],
    summary: 'Whether the API and the database answer',
    description:
      'Also `/health/live` and `/health/ready`. With the metrics token or the secret key it ' +
      'tells of each part.',
    answer: {
      json: {
        type: 'object',
        required: ['status'],
        properties: {
          status: { type: 'string', enum: ['ok', 'unavailable'] },
          parts: { type: 'array', items: { $ref: '#/components/schemas/health_part' } },
        },
      },
    },
  },
  {
    name: 'metrics',
    method: 'get',
    callers: ['server'],
    security: [{ metricsToken: [] }, ...server],
    summary: 'All figures for Prometheus',
    description: 'Text in the format of Prometheus.',
    answer: { text: 'text/plain' },
    codes: ['secret_key_required'],
  },
  ...[
    [
      'run-commands',
      'Calls Stripe, sends e-mails and webhooks: what is due',
      commandsAnswer,
    ] as const,
    ['sync-calendars', 'Reads the calendars that are due', calendarsAnswer] as const,
    [
      'check-files',
      'Checks photos and avatars, and makes them public or private',
      filesAnswer,
    ] as const,
  ].map(([name, summary, answer]): Described => ({
    name,
    method: 'post',
    callers: ['server'],
    security: server,
    summary,
    description: 'Called by the scheduler; answers with counts.',
    answer: { json: answer },
    codes: ['secret_key_required'],
  })),
  ...[
    ['stripe-webhook', 'Stripe tells of a payment, refund, dispute or transfer'] as const,
    ['stripe-host-webhook', "Stripe tells of a host's account"] as const,
  ].map(([name, summary]): Described => ({
    name,
    method: 'post',
    callers: ['server'],
    security: [],
    summary,
    description: 'Called by Stripe alone, which signs it in `Stripe-Signature`.',
    parameters: [{
      name: 'Stripe-Signature',
      in: 'header',
      required: true,
      schema: { type: 'string' },
    }],
    answer: {
      json: {
        type: 'object',
        required: ['received', 'outcome'],
        properties: { received: { const: true }, outcome: { type: 'string' } },
      },
    },
    codes: ['invalid_signature', 'internal_error'],
  })),
];

/** The edge functions by the name of their folder: each is described here, or the test says so. */
export const describedFunctions = [...new Set(described.map(({ name }) => name))];

/** The refusals of a function: its own, and those that it passes on. */
function refusalsOf(one: Described, catalog: Catalog): Refusal[] {
  return (one.codes ?? []).map((code) => {
    const refusal = catalog.refusals.find((refusal) => refusal.code === code);
    if (refusal === undefined) throw new Error(`${one.name} names ${code}, which is no code.`);
    return refusal;
  }).concat(
    catalog.verbs.filter(({ name }) => name === one.verb)
      .flatMap(({ comment }) => codesIn(comment, catalog)),
  );
}

/** The edge functions with who may call each, what they have to show, and the codes that it answers with. */
export function codesOfFunctions(catalog: Catalog) {
  return described.map((one) => ({
    name: one.name,
    callers: one.callers,
    shown: [
      ...one.security.map((keys) => Object.keys(keys).join(' and ')).filter(Boolean),
      ...(one.parameters ?? []).filter((parameter) => parameter['required'] === true)
        .map((parameter) => String(parameter['name'])),
    ],
    codes: refusalsOf(one, catalog).map(({ code }) => code),
  }));
}

export function functionPaths(catalog: Catalog, examples: Example[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of described) {
    const path = `/functions/v1/${one.name}${one.path ?? ''}`;
    const found = refusalsOf(one, catalog);
    (paths[path] ??= {})[one.method] = {
      operationId: idOf(one, catalog),
      tags: [functionsTag],
      summary: one.summary,
      description: `**Who may call it:** ${
        one.callers.map((caller) => words[caller]).join('; ')
      }.\n\n${one.description}`,
      'x-callers': one.callers,
      security: one.security,
      ...(one.parameters === undefined ? {} : { parameters: one.parameters }),
      ...(one.request === undefined ? {} : {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: jsonOf(one.request, 'input'),
              ...exampleBodies(examples.filter(({ operation }) => operation === one.name)),
            },
          },
        },
      }),
      responses: {
        200: {
          description: 'The answer.',
          content: 'text' in one.answer
            ? { [one.answer.text]: { schema: { type: 'string' } } }
            : { 'application/json': { schema: jsonOf(one.answer.json, 'output') } },
        },
        ...refusalResponses(found, 'Problem'),
      },
    };
  }
  return paths;
}

/** Its name, unless a verb or its other method has it. */
function idOf({ name, method }: Described, { verbs }: Catalog): string {
  if (name === 'unsubscribe' && method === 'get') return 'unsubscribe-page';
  return verbs.some((verb) => verb.name === name) ? `${name}-function` : name;
}

const words: Record<Caller, string> = {
  'everyone': 'everyone',
  'signed in': 'people who are signed in',
  'staff': 'staff',
  'server': 'servers',
};

function jsonOf(schema: Schema | z.ZodType, io: 'input' | 'output'): Schema {
  if (!(schema instanceof z.ZodType)) return schema;
  const { $schema: _, additionalProperties: _other, ...rest } = z.toJSONSchema(schema, {
    io,
    override({ zodSchema, jsonSchema }) {
      // Any way in which Postgres writes a uuid is taken; this is the usual one.
      if (zodSchema === uuid) jsonSchema.format = 'uuid';
    },
  }) as Schema;
  return rest;
}
