import { buildASTSchema, type GraphQLObjectType, type GraphQLSchema, parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { testApi } from '../support/stack.ts';

/** The SDL as it is committed. */
export const sdl = readFileSync(
  inProject('supabase', 'functions', 'graphql', 'schema.graphql'),
  'utf8',
);

export const graph: GraphQLSchema = buildASTSchema(parse(sdl, { noLocation: true }));

export const queries = (): GraphQLObjectType => graph.getQueryType()!;
export const mutations = (): GraphQLObjectType => graph.getMutationType()!;

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export interface Answer {
  status: number;
  // deno-lint-ignore no-explicit-any
  data: any;
  errors: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; status: number; detail: string };
  }[];
  text: string;
}

/** Asks the graph through the gateway, as somebody's browser does; without a token, as a stranger. */
export async function ask(
  query: unknown,
  { token, variables, ...rest }: {
    token?: string | undefined;
    variables?: unknown;
    operationName?: string;
    extensions?: unknown;
  } = {},
): Promise<Answer> {
  return await post(JSON.stringify({ query, variables, ...rest }), token);
}

/** Sends a body as it is. */
export async function post(body: string, token?: string): Promise<Answer> {
  const { url } = await testApi();
  const response = await fetch(`${url}/functions/v1/graphql`, {
    method: 'POST',
    headers: {
      apikey: keys.publishable,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  return { status: response.status, data, errors, text };
}

/** The code and status of the first error. */
export const refusal = ({ status, errors }: Answer) => ({
  status,
  code: errors[0]?.extensions.code,
});

/** Reads by REST as somebody: what is below /rest/v1. */
export async function rest(path: string, token?: string): Promise<unknown> {
  const { url } = await testApi();
  const response = await fetch(`${url}/rest/v1/${path}`, {
    headers: {
      apikey: keys.publishable,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  return await response.json();
}
