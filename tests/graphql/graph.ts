import {
  buildASTSchema,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  parse,
} from 'graphql';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { startEdge } from '../../local/edge.ts';
import { makeDirectory } from '../../local/folders.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { now, testApi, testDatabase } from '../support/stack.ts';

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

/** The connection at the root that reads a table, whose name is the table's or its plural. */
export function wholeOf(table: string): GraphQLField<unknown, unknown> | undefined {
  const name = camelCase(table);
  const names = [name, `${name}es`, name.replace(/y$/, 'ies')];
  return Object.values(queries().getFields()).find((field) =>
    names.includes(field.name) && field.args.some((argument) => argument.name === 'first')
  );
}

/** The type of a table's rows. */
export function rowType(table: string): GraphQLObjectType | undefined {
  const connection = getNullableType(wholeOf(table)?.type);
  return isObjectType(connection)
    ? getNamedType(connection.getFields().nodes!.type) as GraphQLObjectType
    : undefined;
}

export interface Answer {
  status: number;
  // deno-lint-ignore no-explicit-any
  data: any;
  errors: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; status: number; detail: string; fields?: string[] };
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
  return await send(`${url}/functions/v1/graphql`, body, token);
}

/**
 * The graph once more, before the same database, with settings of its own; the answer asks it. It ends
 * with the test.
 */
export async function startGraph(
  { graphqlUrl, env }: { graphqlUrl?: string; env?: Record<string, string> },
): Promise<(body: unknown, token?: string) => Promise<Answer>> {
  const { postgresPort, directory } = inject('run');
  const { name, url: databaseUrl } = await testDatabase();
  const edge = await startEdge({
    ports: { functions: await freePort(), stripe: await freePort() },
    gatewayUrl: (await testApi()).url,
    siteUrl: 'http://127.0.0.1:3000',
    databaseUrl,
    graphqlUrl: graphqlUrl ??
      connectCluster(postgresPort, directory).url(name, 'staybase_graphql'),
    dataDirectory: makeDirectory(join(directory, 'workers', `${process.pid}-${randomUUID()}`)),
    now,
    stripe: 'fake',
    ...(env === undefined ? {} : { env }),
  });
  onTestFinished(() => edge.stop());
  const { url, door } = edge.functions;
  return (body, token) =>
    send(`${url}/graphql`, JSON.stringify(body), token, { 'x-staybase-door': door });
}

async function send(
  url: string,
  body: string,
  token?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      apikey: keys.publishable,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
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
