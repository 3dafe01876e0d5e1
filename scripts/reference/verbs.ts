import { type Capability, forServers } from './capabilities.ts';
import type { Catalog, Role, Verb } from './catalog.ts';
import { type Example, exampleBodies } from './examples.ts';
import { codesIn, refusalResponses } from './refusals.ts';
import { argumentSchema, orNull, type Schema, schemaOf } from './schemas.ts';
import { namesOf, securityOf, whoMayCall } from './security.ts';

/** A POST for each verb. */
export function verbPaths(catalog: Catalog, capabilities: Capability[], examples: Example[]) {
  return Object.fromEntries(catalog.verbs.map((verb) => [`/rest/v1/rpc/${verb.name}`, {
    post: {
      operationId: verb.name,
      tags: [
        (capabilities.find(({ verbs }) => verbs.includes(verb.name)) ?? forServers).name,
      ],
      summary: firstSentence(verb.comment),
      description: `${whoMayCall(callersOf(verb), isForStaff(verb))}\n\n${verb.comment}`,
      'x-callers': namesOf(callersOf(verb), isForStaff(verb)),
      'x-reads-only': verb.reads,
      security: securityOf(callersOf(verb)),
      requestBody: bodyOf(verb, catalog, examples.filter((example) => example.verb === verb.name)),
      responses: {
        ...answerOf(verb, catalog),
        ...refusalResponses(codesIn(verb.comment, catalog), 'Refusal'),
      },
    },
  }]));
}

/** Verbs for people take the secret key only where they say so: a server is nobody's guest. */
const callersOf = ({ roles }: Verb): Role[] => roles;

export const isForStaff = ({ name, comment }: Verb) =>
  name.startsWith('staff_') || /\bErrors: [^]*\bstaff_only\b/.test(comment);

/** Up to the first full stop or semicolon that ends a thought. */
export function firstSentence(text: string): string {
  const sentence = /^[^]*?(?=[.:;] |\.$|$)/.exec(text)?.[0] ?? text;
  return sentence.length <= 120 ? sentence : `${sentence.slice(0, 119).replace(/\s\S*$/, '')} …`;
}

function bodyOf(verb: Verb, catalog: Catalog, examples: Example[]) {
  const required = verb.arguments.filter(({ default: said }) => said === undefined);
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
          properties: Object.fromEntries(
            verb.arguments.map((argument) => [argument.name, argumentSchema(argument, catalog)]),
          ),
          // PostgREST finds a verb by the names of its arguments: an unknown one is no such verb.
          additionalProperties: false,
        } satisfies Schema,
        ...exampleBodies(examples),
      },
    },
  };
}

function answerOf({ answer, many }: Verb, catalog: Catalog) {
  if (answer === 'void') return { 204: { description: 'Done; no content.' } };
  const one = schemaOf(answer, catalog);
  // A verb that answers with one row, word or number may have none to answer with.
  const isNamed = '$ref' in one && !answer.endsWith('[]') && !(answer in catalog.enums);
  const schema = many ? { type: 'array', items: one } : isNamed ? one : orNull(one);
  return {
    200: {
      description: many ? 'A list, which may be empty.' : 'The answer.',
      content: { 'application/json': { schema } },
    },
  };
}
